"""Every formula of the source texts, compared with the engine on real numbers.

The names carry the rows: N (Nielsen, chapter 2), B (the textbook), P (the Perl pages), D (the notes).
N5, N6 and BP1–BP4 of whole networks are in test_layered.py; N11 as a whole is benchmarks/mnist.py.
"""

import math
from random import Random
from typing import Any

import numpy
import pytest

import autograd
from autograd import Value
from nn import MLP, cross_entropy, data, evaluate, fit, layered
from nn.layered.arrays import matvec
from nn.training import losses

RANDOM = Random()


@pytest.fixture(autouse=True)
def numbers_of_its_own(request):
    """Each test has its own numbers, the same every time, in whatever order tests run."""
    RANDOM.seed(request.node.name)


def close(theirs):
    return pytest.approx(theirs, rel=1e-12, abs=1e-15)


def vector(n):
    return [RANDOM.gauss(0, 1) for _ in range(n)]


def matrix(n, m):
    return [vector(m) for _ in range(n)]


def values(nested) -> Any:
    return [values(part) if isinstance(part, list) else Value(part) for part in nested]


def grads(nested) -> Any:
    return [grads(part) if isinstance(part, list) else part.grad for part in nested]


def flat(nested) -> Any:
    return [number for part in nested for number in flat(part)] if isinstance(nested, list) else [nested]


def passes(sizes=(3, 4, 3, 2), activation="sigmoid", seed=5) -> Any:
    """A network, its example, and one layered pass; index l of all lists is the layer, 0 the input."""
    mlp = MLP(sizes, activation, output=activation, seed=seed, init="normal")
    x, y = [0.5, -1.0, 2.0][: sizes[0]], [1.0, 0.0][: sizes[-1]]
    pass_ = layered.backprop(mlp, x, y)
    w, _ = layered.weights_and_biases(mlp)
    slopes = [[a * (1 - a) for a in layer] for layer in pass_.a]  # of the input too, unused
    nabla_a = [a - t for a, t in zip(pass_.a[-1], y)]
    return mlp, x, y, pass_, w, slopes, nabla_a


def cost_of(mlp, x, y):
    return losses.quadratic(mlp(x), y).data


# Nielsen, chapter 2


def test_N1_the_cost_of_a_batch_is_the_mean_of_half_squared_distances():
    mlp, X, Y = MLP([2, 3, 2], "sigmoid", seed=0), matrix(4, 2), matrix(4, 2)
    whole = sum(math.dist(y, [a.data for a in mlp(x)]) ** 2 for x, y in zip(X, Y)) / (2 * len(X))
    assert sum(cost_of(mlp, x, y) for x, y in zip(X, Y)) / len(X) == close(whole)
    x = X[0]
    assert layered.feedforward(mlp, x)[1][-1] == close([a.data for a in mlp(x)])


def test_N2_the_demon_changes_the_cost_by_the_error_times_its_change():
    mlp, x, y, pass_, *_ = passes()
    for l, layer in enumerate(mlp.layers, 1):  # noqa: E741  (the chapter's name)
        for neuron, delta in zip(layer.neurons, pass_.delta[l]):
            change = []
            for dz in (1e-6, -1e-6):  # a bias adds to the weighted input
                neuron.b.data += dz
                change.append(cost_of(mlp, x, y))
                neuron.b.data -= dz
            assert (change[0] - change[1]) / 2e-6 == pytest.approx(delta, rel=1e-6, abs=3e-10)


def test_BP1_is_the_output_error():
    mlp, x, y, pass_, _, slopes, nabla_a = passes()
    zs, activations = mlp.trace(x)
    losses.quadratic(activations[-1], y).backward()
    assert layered.bp1(nabla_a, slopes[-1]) == close(grads(zs[-1]))
    assert layered.bp1(nabla_a, slopes[-1]) == close(pass_.delta[-1])


def test_BP2_moves_the_error_one_layer_back():
    mlp, x, y, _, w, slopes, _ = passes()
    zs, activations = mlp.trace(x)
    losses.quadratic(activations[-1], y).backward()
    zs = [[], *zs]
    for l in (1, 2):  # noqa: E741
        assert layered.bp2(w[l + 1], grads(zs[l + 1]), slopes[l]) == close(grads(zs[l]))


def test_BP3_the_error_is_the_slope_of_the_bias():
    mlp, x, y, pass_, *_ = passes()
    losses.quadratic(mlp(x), y).backward()
    for layer, delta in zip(mlp.layers, pass_.delta[1:]):
        assert layered.bp3(delta) == close([neuron.b.grad for neuron in layer.neurons])


def test_BP4_input_activation_times_output_error():
    mlp, x, y, pass_, *_ = passes()
    losses.quadratic(mlp(x), y).backward()
    for layer, a_in, delta in zip(mlp.layers, pass_.a, pass_.delta[1:]):
        assert flat(layered.bp4(a_in, delta)) == close(flat([grads(n.w) for n in layer.neurons]))


def test_N3_matrix_forms_and_the_closed_product():
    _, _, _, pass_, w, slopes, nabla_a = passes()
    assert layered.bp1_matrix(nabla_a, slopes[-1]) == close(pass_.delta[-1])
    for l in (1, 2):  # noqa: E741
        assert layered.bp2_matrix(w[l + 1], pass_.delta[l + 1], slopes[l]) == close(pass_.delta[l])
    for l in (1, 2, 3):  # noqa: E741
        assert layered.closed_product(w[l + 1 :], slopes[l:], nabla_a) == close(pass_.delta[l])


def batch_gradients(mlp, X, Y, cost):
    mlp.zero_grad()
    loss = autograd.sum(getattr(losses, cost)(mlp(x), y) for x, y in zip(X, Y)) / len(X)
    loss.backward()
    return (
        [[n.b.grad for n in layer.neurons] for layer in mlp.layers],
        [[grads(n.w) for n in layer.neurons] for layer in mlp.layers],
    )


@pytest.mark.parametrize(
    ("cost", "output"),
    [("quadratic", "sigmoid"), ("cross_entropy", "identity"), ("cross_entropy_of_probabilities", "softmax")],
)
@pytest.mark.parametrize("as_array", [False, True])
def test_N4_N7_D4_minibatch_loop_and_matrices_equal_the_engine(cost, output, as_array):
    mlp = MLP([3, 5, 4], "tanh", output=output, seed=3)
    X, Y = matrix(6, 3), [k % 4 for k in range(6)]
    nabla_b, nabla_w = batch_gradients(mlp, X, Y, cost)
    loop_b, loop_w = layered.backprop_minibatch(mlp, numpy.array(X) if as_array else X, Y, cost)  # pyright: ignore[reportArgumentType]
    columns = numpy.array(X).T if as_array else [list(column) for column in zip(*X)]
    matrix_b, matrix_w = layered.backprop_matrices(mlp, columns, Y, cost)
    if as_array:
        assert isinstance(matrix_w[1], numpy.ndarray)
        matrix_b, matrix_w = ([part.tolist() for part in parts[1:]] for parts in (matrix_b, matrix_w))
    assert flat(loop_b) == close(flat(nabla_b))
    assert flat(loop_b) == close(flat(matrix_b))
    assert flat(loop_w) == close(flat(nabla_w))
    assert flat(loop_w) == close(flat(matrix_w))


def test_N4_an_update_goes_against_the_mean_gradient():
    mlp, X, Y = MLP([2, 3, 1], "sigmoid", seed=1), matrix(5, 2), matrix(5, 1)
    batch_gradients(mlp, X, Y, "quadratic")
    expected = [p.data - 0.3 * p.grad for p in mlp.parameters()]
    layered.update(mlp, X, Y, eta=0.3)
    assert [p.data for p in mlp.parameters()] == close(expected)


def test_N8_learning_slows_where_the_input_is_small_or_the_neuron_is_saturated():
    mlp = MLP([2, 2, 1], "sigmoid", output="sigmoid", seed=1, init="normal")
    pass_ = layered.backprop(mlp, [1e-6, 1.0], [0.0])
    quiet, loud = zip(*pass_.nabla_w[1])
    assert [abs(q) for q in quiet] == close([1e-6 * abs(v) for v in loud])
    mlp.layers[1].neurons[0].b.data = 40.0  # saturated: σ′ is about 4e-18
    saturated = layered.backprop(mlp, [1e-6, 1.0], [0.0])
    assert max(map(abs, flat(saturated.nabla_w))) < 1e-16 < max(map(abs, flat(pass_.nabla_w)))
    for weight in mlp.layers[1].neurons[0].w:  # large wᵀδ makes up for it in the layer before
        weight.data *= 1e17
    mlp.layers[1].neurons[0].b.data = -sum(
        w.data * a for w, a in zip(mlp.layers[1].neurons[0].w, saturated.a[1])
    )
    assert max(map(abs, flat(layered.backprop(mlp, [1e-6, 1.0], [0.0]).nabla_w[1]))) > 1.0


def test_N9_P1_finite_differences_need_one_pass_per_weight_and_one():
    mlp, x, y, pass_, *_ = passes()
    parameters = mlp.parameters()
    calls = []

    def cost(numbers):
        calls.append(numbers)
        for parameter, number in zip(parameters, numbers):
            parameter.data = number
        return cost_of(mlp, x, y)

    slopes = layered.partial_slopes(cost, [p.data for p in parameters])
    assert len(calls) == len(parameters) + 1
    weights = [[*row, b] for rows, bs in zip(pass_.nabla_w, pass_.nabla_b) for row, b in zip(rows, bs)]
    assert slopes == pytest.approx(flat(weights), abs=1e-6)


def test_N10_the_sum_over_all_paths_is_the_gradient():
    mlp, x, y, _, w, slopes, nabla_a = passes((3, 4, 3, 2))
    losses.quadratic(mlp(x), y).backward()
    for j, neuron in enumerate(mlp.layers[0].neurons):
        for k, weight in enumerate(neuron.w):
            paths = list(layered.rate_factors(w[2:], slopes[1:], nabla_a, neuron=j, a_in=x[k]))
            assert len(paths) == 3 * 2
            assert math.fsum(factor for _, factor in paths) == close(weight.grad)
    w1 = mlp.layers[0].neurons[1].w[2]
    mlp.zero_grad()
    cost = losses.quadratic(mlp(x), y)
    cost.backward()
    found = autograd.paths(w1, cost, limit=1000)  # node by node in the engine's own graph
    assert found.total == 3 * 2
    assert math.fsum(path.derivative for path in found) == close(w1.grad)


def test_N12_BP1_has_one_term_for_elementwise_activations_but_not_for_softmax():
    z = [0.3, -0.8, 1.1]
    for activation, terms in (("sigmoid", 1), ("softmax", 3)):
        for k in range(3):
            nodes = values(z)
            a = autograd.softmax(nodes) if activation == "softmax" else [autograd.sigmoid(n) for n in nodes]
            a[k].backward()
            assert sum(node.grad != 0.0 for node in nodes) == terms
    nodes, nabla_y = values(z), [0.7, -1.2, 0.4]
    autograd.dot(nabla_y, autograd.softmax(nodes)).backward()  # three terms for each δ_i  # pyright: ignore[reportAttributeAccessIssue]
    assert layered.softmax_error(nabla_y, autograd.softmax(z)) == close(grads(nodes))


def test_N13_a_change_of_a_weight_travels_forward():
    mlp, x, y, _, w, slopes, nabla_a = passes()
    losses.quadratic(mlp(x), y).backward()
    changes = layered.forward_changes(w[2:], slopes[1:], neuron=2, a_in=x[1])
    assert [len(change) for change in changes] == [4, 3, 2]
    moved = math.fsum(g * change for g, change in zip(nabla_a, changes[-1]))
    assert moved == close(mlp.layers[0].neurons[2].w[1].grad)
    neuron = mlp.layers[0].neurons[2]
    weight = neuron.w[1]

    def story(number):
        neuron.w[1] = number
        activations = mlp.trace(x)[1]
        return [a for layer in activations for a in layer]

    _, forward = autograd.jvp(story, (weight.data,), (1.0,))
    neuron.w[1] = weight
    assert forward == close(flat(changes))


def test_N14_with_the_error_at_the_activation_the_equations_need_one_more_factor():
    mlp, x, y, pass_, w, slopes, nabla_a = passes()
    _, activations = mlp.trace(x)
    losses.quadratic(activations[-1], y).backward()
    at_a = nabla_a
    for l in (2, 1):  # noqa: E741
        at_a = matvec(list(zip(*w[l + 1])), [d * s for d, s in zip(at_a, slopes[l + 1])])
        assert at_a == close(grads(activations[l - 1]))
        assert layered.bp1(at_a, slopes[l]) == close(pass_.delta[l])


def test_N15_small_things_the_vectorised_function_the_hadamard_product_the_good_demon():
    assert layered.entrywise(lambda x: x**2, [2.0, 3.0]) == [4.0, 9.0]
    assert layered.entrywise(lambda p, q: p * q, [1.0, 2.0], [3.0, 4.0]) == [3.0, 8.0]
    mlp, x, y, pass_, *_ = passes()
    here = cost_of(mlp, x, y)
    for neuron, delta in zip(mlp.layers[0].neurons, pass_.delta[1]):
        dz = layered.demon(delta, 1e-6)
        assert abs(dz) == 1e-6
        neuron.b.data += dz
        assert cost_of(mlp, x, y) - here == pytest.approx(-abs(delta) * 1e-6, rel=1e-3)  # it always falls
        neuron.b.data -= dz
    assert layered.demon(0.0, 1e-6) == 0.0


def test_N15_a_weight_has_the_receiving_neuron_first_so_that_no_transpose_is_needed():
    mlp, x, *_ = passes()
    w, b = layered.weights_and_biases(mlp)
    assert w[1][2][0] == mlp.layers[0].neurons[2].w[0].data
    z, _ = layered.feedforward(mlp, x)
    assert z[1] == close((numpy.array(w[1]) @ x + b[1]).tolist())
    assert layered.weighted_input(w[1], x, b[1]) == z[1]


def test_N15_the_equations_let_one_design_an_activation():
    """σ′ of ½ (z + tanh z) is between ½ and 1, so that errors don't fade layer by layer as with σ."""

    @autograd.primitive(z="0.5 * (2 - tanh(z) * tanh(z))")
    def designed(z):
        return 0.5 * (z + math.tanh(z))

    try:
        slopes = [autograd.grad(designed)(z) for z in (-30.0, -1.0, 0.0, 2.0, 30.0)]
        assert all(0.5 <= slope <= 1.0 for slope in slopes)
        fading = {}
        for name in ("sigmoid", "designed"):
            mlp = MLP([3, 6, 6, 6, 6, 2], name, output=name, seed=1, init="glorot")
            delta = layered.backprop(mlp, [0.5, -1.0, 2.0], [1.0, 0.0]).delta
            fading[name] = math.hypot(*delta[1]) / math.hypot(*delta[5])
            assert layered.compare(mlp, [0.5, -1.0, 2.0], [1.0, 0.0]).largest < 1e-12
        assert fading["sigmoid"] < 0.02 < 0.2 < fading["designed"]
    finally:
        del autograd.RULES["designed"]


def columns(mlp):
    """The network's numbers as the chapter keeps them: weights (n, m), biases (n, 1)."""
    w, b = layered.weights_and_biases(mlp)
    return [numpy.array(rows) for rows in w[1:]], [numpy.array(bs).reshape(-1, 1) for bs in b[1:]]


def test_N16_the_chapters_program_beside_the_engine_on_its_own_data():
    mlp = MLP([3, 4, 2], "sigmoid", output="sigmoid", seed=1, init="normal")
    network = layered.ChapterNetwork([3, 4, 2], seed=0)
    assert [w.shape for w in network.weights] == [(4, 3), (2, 4)]
    network.weights, network.biases = columns(mlp)
    pairs = [(numpy.array(matrix(3, 1)), numpy.array([[float(k == 0)], [float(k == 1)]])) for k in (0, 1, 1)]
    x, y = pairs[0]
    output = network.feedforward(x)
    assert output.ravel().tolist() == close([a.data for a in mlp(x)])  # the engine takes columns, too
    cost = losses.quadratic(mlp(x), y)
    cost.backward()
    assert network.cost_derivative(output, y).ravel().tolist() == close(
        [a.data - t for a, t in zip(mlp(x), y.ravel())]
    )
    nabla_b, nabla_w = network.backprop(x, y)
    for layer, slopes_b, slopes_w in zip(mlp.layers, nabla_b, nabla_w):
        assert slopes_b.ravel().tolist() == close([neuron.b.grad for neuron in layer.neurons])
        assert flat(slopes_w.tolist()) == close(flat([grads(neuron.w) for neuron in layer.neurons]))
    network.update_mini_batch(pairs, eta=0.5)
    fit(mlp, pairs, loss="quadratic", optimizer="sgd", lr=0.5, epochs=1, batch_size=3)  # pairs of columns
    for ours, theirs in zip(columns(mlp), (network.weights, network.biases)):
        assert flat([part.tolist() for part in ours]) == close(flat([part.tolist() for part in theirs]))


def test_N16_the_chapters_program_learns():
    xnor = [(numpy.array([[a], [b]]), numpy.array([[float(a == b)]])) for a in (0.0, 1.0) for b in (0.0, 1.0)]
    network = layered.ChapterNetwork([2, 4, 1], seed=3)
    network.sgd(xnor, epochs=1500, size=2, eta=3.0)
    assert [round(network.feedforward(x).item()) for x, _ in xnor] == [1, 0, 0, 1]


def test_N11_the_reference_job_in_small():
    """Sigmoid, quadratic cost, N(0, 1), minibatches of 10, η = 3: on 600 of the 8×8 digits."""
    (X, Y), _ = data.split(*data.digits())
    mlp = MLP([64, 15, 10], "sigmoid", output="sigmoid", init="normal", seed=1)
    before = evaluate(mlp, X[600:900], Y[600:900], loss="quadratic")[1]
    history = fit(
        mlp, X[:600], Y[:600], loss="quadratic", optimizer="sgd", lr=3.0, epochs=15, engine="compiled"
    )
    after = evaluate(mlp, X[600:900], Y[600:900], loss="quadratic")[1]
    assert before < 0.3 < 0.8 < after  # pyright: ignore[reportOperatorIssue]
    assert history[-1].loss < history[0].loss / 3


# The textbook: two layers with dummy units


@pytest.fixture
def two():
    W, V, x, t = matrix(2, 3), matrix(3, 3), vector(2), [0.0, 1.0, 0.0]
    return W, V, x, t


def engine_two(W, V, x, t, output="softmax") -> Any:
    """The same network on Values; returns E and what the gradients are read from."""
    W, V = values(W), values(V)
    b = [autograd.dot(row, [*x, 1.0]) for row in W]
    a = [autograd.dot(row, [*map(autograd.sigmoid, b), 1.0]) for row in V]
    if output == "softmax":
        y = autograd.softmax(a)
        E = -autograd.sum(tk * autograd.log(yk) for tk, yk in zip(t, y))
    else:
        E = autograd.sum((autograd.sigmoid(ak) - tk) ** 2 for ak, tk in zip(a, t)) / 2
    E.backward()
    return E, W, V, a, b


def test_B1_mean_cross_entropy(two):
    W, V, _, t = two
    X = matrix(4, 2)
    ys = [layered.two_layers(W, V, x, t).y for x in X]
    whole = sum(engine_two(W, V, x, t)[0].data for x in X) / 4
    assert layered.mean_cross_entropy(ys, [t] * 4) == close(whole)


def test_B2_derivative_of_softmax():
    a = vector(4)
    y = autograd.softmax(a)
    for j in range(4):
        nodes = values(a)
        autograd.softmax(nodes)[j].backward()
        assert layered.softmax_derivative(y)[j] == close(grads(nodes))


def test_B3_the_output_error_is_y_minus_t(two):
    W, V, x, t = two
    _, _, _, a, _ = engine_two(W, V, x, t)
    pass_ = layered.two_layers(W, V, x, t)
    assert pass_.delta_out == close(grads(a))
    assert pass_.delta_out == close([y - tk for y, tk in zip(pass_.y, t)])


def test_B9_the_textbooks_way_one_output_written_out(two):
    W, V, x, t = two
    _, _, _, a, _ = engine_two(W, V, x, t)
    y = layered.two_layers(W, V, x, t).y
    for k in range(3):  # k = 0 first, "k = 1, 2 alike"
        terms, simplified = layered.output_error_written_out(k, y, t)
        assert len(terms) == 3
        assert math.fsum(terms) == close(a[k].grad)
        assert simplified == close(a[k].grad)
        assert simplified == close(y[k] - t[k])  # as t₀ + t₁ + t₂ = 1
    soft = [0.5, 0.25, 0.125]  # the step is where Σ t = 1 comes in: here it is not, and y − t is wrong
    terms, simplified = layered.output_error_written_out(0, y, soft)
    assert math.fsum(terms) == close(simplified) != close(y[0] - soft[0])


def test_B4_gradient_and_update_of_the_output_weights(two):
    W, V, x, t = two
    _, _, V_values, _, _ = engine_two(W, V, x, t)
    pass_ = layered.two_layers(W, V, x, t)
    assert flat(pass_.nabla_v) == close(flat(grads(V_values)))
    moved = layered.updated(V, pass_.nabla_v, eta=0.5)
    assert flat(moved) == close([v.data - 0.5 * v.grad for row in V_values for v in row])


def test_B5_gradient_and_error_of_the_hidden_neurons(two):
    W, V, x, t = two
    _, W_values, _, _, b = engine_two(W, V, x, t)
    pass_ = layered.two_layers(W, V, x, t)
    assert pass_.delta_hidden == close(grads(b))
    assert len(pass_.delta_hidden) == 2  # the dummy neuron has no error
    assert flat(pass_.nabla_w) == close(flat(grads(W_values)))


def test_B6_squared_error_and_sigmoid_outputs(two):
    W, V, x, t = two
    _, W_values, V_values, a, _ = engine_two(W, V, x, t, output="sigmoid")
    pass_ = layered.two_layers(W, V, x, t, output="sigmoid")
    assert pass_.delta_out == close(grads(a))
    assert flat(pass_.nabla_v) == close(flat(grads(V_values)))
    assert flat(pass_.nabla_w) == close(flat(grads(W_values)))


def test_B7_an_output_too_large_shrinks_its_weights_and_no_error_changes_nothing(two):
    W, V, x, _ = two
    y = layered.two_layers(W, V, x, [1.0, 0.0, 0.0]).y
    pass_ = layered.two_layers(W, V, x, [y[0] - 0.1, y[1] + 0.1, y[2]])
    change = [[n - o for n, o in zip(*rows)] for rows in zip(layered.updated(V, pass_.nabla_v, 1.0), V)]
    assert change[0] == pytest.approx([-0.1 * z for z in pass_.z])  # in proportion to z_j
    assert change[1] == pytest.approx([0.1 * z for z in pass_.z])
    assert change[2] == pytest.approx([0.0] * 3, abs=1e-15)


def test_B8_the_gradient_of_the_mean_is_the_mean_of_the_gradients(two):
    W, V, _, t = two
    X, W_values = matrix(3, 2), values(W)
    outputs = [
        [autograd.dot(r, [*(autograd.dot(w, [*x, 1.0]).sigmoid() for w in W_values), 1.0]) for r in V]
        for x in X
    ]
    (autograd.sum(cross_entropy(a, t) for a in outputs) / 3).backward()
    each = [flat(layered.two_layers(W, V, x, t).nabla_w) for x in X]
    assert flat(grads(W_values)) == close([sum(part) / 3 for part in zip(*each)])
    mlp = MLP([2, 2, 3], "sigmoid", seed=0)
    nabla_b, nabla_w = layered.backprop_minibatch(mlp, X, [t] * 3, cost="cross_entropy")
    engine_b, engine_w = batch_gradients(mlp, X, [t] * 3, "cross_entropy")
    assert flat(nabla_b) == close(flat(engine_b))
    assert flat(nabla_w) == close(flat(engine_w))


@pytest.mark.parametrize("Y", [[], [1.0], [1.0, 0.0, 1.0]])
def test_a_minibatch_has_examples_and_a_target_for_each(Y):
    X = [[1.0, 2.0]] * (2 if Y else 0)
    with pytest.raises(ValueError, match=f"as many inputs as targets, and some: {len(X)} and {len(Y)}"):
        layered.backprop_minibatch(MLP([2, 3, 1], seed=0), X, Y)


# The Perl pages


def test_P1_slopes_by_definition():
    assert layered.slope(lambda x: 7.0, 3.0) == 0.0
    assert f"{layered.slope(lambda x: 3 * x + 2, 3.0):.15g}" == "3.00000000444089"  # as the page prints it
    by_dx = (3 * (3.0 + 1e-7) + 2 - 11.0) / 1e-7
    assert by_dx == pytest.approx(2.99999999953, abs=1e-11)  # the change is not dx, but as 3 + dx is rounded
    assert (3.0 + 1e-7) - 3.0 != 1e-7
    assert layered.slope(lambda x: x**2, 1.0, dx=0.5) == 2.5  # from x to x + dx


def test_P2_the_slope_of_stages_is_the_product_of_their_slopes():
    x = Value(0.7)
    stages = [autograd.sin, autograd.exp, autograd.tanh]
    at, slopes = 0.7, []
    y = x
    for stage in stages:
        leaf = Value(at)
        stage(leaf).backward()
        slopes.append(leaf.grad)
        at, y = stage(at), stage(y)
    y.backward()
    assert layered.chain(slopes) == close(x.grad)


@pytest.mark.parametrize(("cost", "right"), [("binary_cross_entropy", "z"), ("quadratic", "a")])
def test_P3_a_minus_y_is_the_slope_at_z_for_cross_entropy_and_at_a_for_the_quadratic_cost(cost, right):
    z, y = Value(0.8), 1.0
    a = autograd.sigmoid(z)
    C = losses.binary_cross_entropy([z], y) if cost == "binary_cross_entropy" else losses.quadratic([a], y)
    C.backward()
    slope = a.data * (1 - a.data)
    [once] = layered.last_layer([a.data - y], [slope], [1.0])[0]  # the page multiplies by f′(z)
    if right == "z":
        assert z.grad == close(a.data - y)
        assert once != pytest.approx(z.grad, rel=1e-2)  # wrong for the cross-entropy
    else:
        assert once == close(z.grad)  # right for the quadratic cost

    def cost_at(numbers):
        [number] = numbers
        if right == "z":
            return losses.binary_cross_entropy(number, y)
        return losses.quadratic(autograd.sigmoid(number), y)

    assert layered.partial_slopes(cost_at, [z.data]) == pytest.approx([z.grad], rel=1e-6)


def test_P3_partial_slopes_hold_the_other_inputs_constant():
    def f(x):
        return x[0] ** 2 * x[1] + autograd.sin(x[2])

    nodes = values([1.5, -2.0, 0.4])
    f(nodes).backward()
    assert layered.partial_slopes(f, [1.5, -2.0, 0.4]) == pytest.approx(grads(nodes), abs=1e-5)
    assert layered.partial_slopes(lambda x: x[0] ** 2, [1.0], dx=0.5) == [2.5]  # from x to x + dx


def test_P9_each_input_alone_is_right_for_a_sum_of_terms_and_wrong_for_softmax():
    def quadratic(a, y):
        return a - y

    nodes, y = values([0.3, -0.8, 1.1]), [0.0, 1.0, 0.0]
    losses.quadratic(nodes, y).backward()
    assert layered.cost_derivative_each(quadratic, [n.data for n in nodes], y) == close(grads(nodes))

    z = values([0.3, -0.8, 1.1])
    losses.cross_entropy(z, y).backward()
    p = autograd.softmax([n.data for n in z])
    alone = layered.cost_derivative_each(lambda p, y: -y * (1 - p), p, y)  # of −y log p in its own z only
    assert alone != close(grads(z))
    assert alone[1] == close(z[1].grad)  # right for the target's output, 0 for the others
    assert [alone[0], alone[2]] == [0.0, 0.0]
    assert layered.output_error(p, y) == close(grads(z))


def test_P10_an_output_is_a_line_in_each_parameter_one_layer_back_too():
    w, b, inputs = vector(3), 0.4, vector(3)
    output = sum(wk * xk for wk, xk in zip(w, inputs)) + b
    for k in range(3):
        slope, constant = layered.as_line(w, b, inputs, k)
        assert slope == inputs[k]
        assert slope * w[k] + constant == close(output)
        node = Value(w[k])
        autograd.dot([*w[:k], node, *w[k + 1 :]], inputs, b).backward()
        assert slope == close(node.grad)
    slope, constant = layered.as_line(w, b, inputs)
    assert (slope, b + constant) == (1.0, close(output))
    # The step that the page leaves out: the weights of the layer before.
    mlp, x, y, pass_, w, slopes, _ = passes()
    losses.quadratic(mlp(x), y).backward()
    db = layered.earlier_layer(pass_.delta[3], w[3], slopes[2])
    assert flat(layered.weight_slopes(db, pass_.a[1])) == close(
        flat([grads(n.w) for n in mlp.layers[1].neurons])
    )


def test_P4_P5_slopes_of_the_last_layer():
    mlp, x, y, pass_, _, slopes, nabla_a = passes()
    losses.quadratic(mlp(x), y).backward()
    last = mlp.layers[-1].neurons
    db, dw = layered.last_layer(nabla_a, slopes[-1], pass_.a[-2])
    assert db == close([n.b.grad for n in last])
    assert flat(dw) == close(flat([grads(n.w) for n in last]))
    by_columns = layered.weight_slopes_column_major(db, pass_.a[-2])
    assert by_columns == close([n.w[k].grad for k in range(len(last[0].w)) for n in last])
    outer = numpy.array(db).reshape(-1, 1) @ numpy.array(pass_.a[-2]).reshape(1, -1)
    assert by_columns == close(outer.flatten(order="F").tolist())


def test_P6_slopes_of_an_earlier_layer_reuse_those_of_the_next():
    mlp, x, y, pass_, w, slopes, _ = passes()
    losses.quadratic(mlp(x), y).backward()
    db = layered.earlier_layer(pass_.delta[2], w[2], slopes[1])
    assert db == close([n.b.grad for n in mlp.layers[0].neurons])


def test_P7_one_element_repeated_is_the_matrix():
    w, a = matrix(3, 4), vector(4)
    elements = [[w[j][k] * a[k] for k in range(4)] for j in range(3)]
    z = layered.weighted_input(w, a, [0.0] * 3)
    assert z == close([sum(row) for row in elements])
    assert z == close((numpy.array(w) @ a).tolist())


def test_P7_N7_a_program_of_one_example_is_the_matrix_form_over_a_batch():
    mlp = MLP([3, 5, 4], "tanh", output="sigmoid", seed=3)
    X, Y = numpy.array(matrix(6, 3)), numpy.array(matrix(6, 4))
    biases = [[neuron.b for neuron in layer.neurons] for layer in mlp.layers]
    weights = [[neuron.w for neuron in layer.neurons] for layer in mlp.layers]

    def example(x, y):
        return losses.quadratic(mlp(x), y)

    program = autograd.compile(example, [X[0], Y[0]], [biases, weights], plan="arrays")
    _, (nabla_b, nabla_w) = program.value_and_grad(X, Y)
    matrix_b, matrix_w = layered.backprop_matrices(mlp, X.T, Y, "quadratic")  # pyright: ignore[reportArgumentType]
    for ours, theirs in zip([*nabla_b, *nabla_w], [*matrix_b[1:], *matrix_w[1:]], strict=True):
        assert ours == close(theirs)
    pass_ = layered.backprop(mlp, X[0].tolist(), Y[0].tolist())
    _, (_, one_w) = program.value_and_grad(X[:1], Y[:1])  # one example, one element after the other
    for l in (1, 2):  # noqa: E741
        assert flat(layered.bp4(pass_.a[l - 1], pass_.delta[l])) == close(flat(one_w[l - 1].tolist()))


def test_P8_a_derivative_is_a_function_and_a_slope_is_a_number():
    derivative = autograd.grad(lambda x: x**3)
    for at in (2.0, -1.0):
        x = Value(at)
        (x**3).backward()
        assert derivative(at) == x.grad == 3 * at * at


# The notes on computation graphs


def test_D1_one_step_back_at_a_time():
    a, b, c = Value(5.0, "a"), Value(3.0, "b"), Value(2.0, "c")
    u = b * c
    v = a + u
    J = 3 * v
    by_hand = layered.small_graph(5.0, 3.0, 2.0)
    names = {v: "v", u: "u", a: "a", b: "b", c: "c"}
    seen = [(names[s.parent], s.contribution) for s in autograd.backward_steps(J) if s.parent is not None]
    assert dict(seen) == {name: by_hand[f"d{name}"] for name in "vuabc"}
    assert seen[0][0] == "v"
    for node in (a, b, c):
        node.grad = 0.0
    J.backward()
    assert [by_hand[name] for name in ("u", "v", "J")] == [u.data, v.data, J.data]
    assert [by_hand[f"d{n}"] for n in "vuabc"] == [v.grad, u.grad, a.grad, b.grad, c.grad]


def regression(loss, w, b, X, Y):
    w_values, b_value = values(w), Value(b)
    C = autograd.sum(loss(autograd.dot(w_values, x, b_value), y) for x, y in zip(X, Y)) / len(X)
    C.backward()
    return C.data, grads(w_values), b_value.grad


def test_D2_linear_regression():
    w, b, X, Y = vector(3), 0.5, matrix(5, 3), vector(5)
    C, dw, db = layered.linear_regression(w, b, X, Y)
    expected = regression(lambda a, y: (a - y) ** 2 / 2, w, b, X, Y)
    assert [C, *dw, db] == close([expected[0], *expected[1], expected[2]])


@pytest.mark.parametrize("as_array", [False, True])
def test_D3_logistic_regression_in_loops_and_without(as_array):
    w, b, X, Y = vector(3), 0.5, matrix(5, 3), [1.0, 0.0, 0.0, 1.0, 1.0]
    C, dw, db = layered.logistic_regression(w, b, X, Y)
    expected = regression(lambda z, y: losses.binary_cross_entropy([z], y), w, b, X, Y)
    assert [C, *dw, db] == close([expected[0], *expected[1], expected[2]])
    columns = [list(column) for column in zip(*X)]
    arrays = (numpy.array(part) for part in (w, columns, Y)) if as_array else (w, columns, Y)
    w_, columns_, Y_ = arrays
    matrix_dw, matrix_db = layered.logistic_regression_matrices(w_, b, columns_, Y_)
    assert [*matrix_dw, matrix_db] == close([*dw, db])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "softmax"])
@pytest.mark.parametrize("as_array", [False, True])
def test_D4_a_layer_with_a_cache(activation, as_array):
    w, b, A, dA = matrix(3, 2), vector(3), matrix(2, 4), matrix(3, 4)
    w_values, b_values, A_values = values(w), values(b), values(A)
    terms = []
    for x, upstream in zip(zip(*A_values), zip(*dA)):
        z = [autograd.dot(row, x, bias) for row, bias in zip(w_values, b_values)]
        a = autograd.softmax(z) if activation == "softmax" else map(getattr(autograd, activation), z)
        terms.append(autograd.dot(upstream, a))
    autograd.sum(terms).backward()
    made = [numpy.array(part) if as_array else part for part in (w, b, A, dA)]
    a_out, cache = layered.layer_forward(*made[:3], activation)  # pyright: ignore[reportCallIssue]
    da, dw, db = layered.layer_backward(made[3], cache)
    shapes = [numpy.shape(part) for part in (a_out, cache.z, da, dw, db)]
    assert shapes == [(3, 4), (3, 4), (2, 4), (3, 2), (3,)]
    assert flat(numpy.array(da).tolist()) == close(flat(grads(A_values)))
    assert flat(numpy.array(dw).tolist()) == close([g / 4 for g in flat(grads(w_values))])
    assert flat(numpy.array(db).tolist()) == close([g / 4 for g in grads(b_values)])


@pytest.mark.parametrize("as_array", [False, True])
def test_D5_one_relu_layer_and_mean_squared_error(as_array):
    parameters = [matrix(4, 3), vector(4), matrix(2, 4), vector(2)]
    X, Y = matrix(3, 5), matrix(2, 5)
    W1, b1, W2, b2 = values(parameters)
    terms = []
    for x, y in zip(zip(*X), zip(*Y)):
        h = [autograd.relu(autograd.dot(row, x, b)) for row, b in zip(W1, b1)]
        terms += [(autograd.dot(row, h, b) - t) ** 2 for row, b, t in zip(W2, b2, y)]
    C = autograd.sum(terms) / 5
    C.backward()
    made = [numpy.array(part) for part in (*parameters, X, Y)] if as_array else [*parameters, X, Y]
    E, gradients = layered.relu_network(*made)
    assert close(C.data) == E
    for ours, theirs, parameter in zip(gradients, grads([W1, b1, W2, b2]), parameters):
        assert numpy.shape(ours) == numpy.shape(parameter)  # a gradient has its parameter's shape
        assert flat(numpy.array(ours).tolist()) == close(flat(theirs))


def test_D6_one_neuron_a_layer():
    w, b, x, y, names = vector(3), vector(3), 0.7, 0.2, ["tanh", "sigmoid", "identity"]
    w_values, b_values = values(w), values(b)
    a = Value(x)
    for weight, bias, name in zip(w_values, b_values, names):
        z = weight * a + bias
        a = z if name == "identity" else getattr(autograd, name)(z)
    C = (a - y) ** 2
    C.backward()
    cost, dw, db = layered.one_neuron_a_layer(w, b, x, y, names)
    assert [cost, *dw, *db] == close([C.data, *grads(w_values), *grads(b_values)])


def test_D7_the_negative_gradient_is_the_way_down():
    def f(p):
        return (p[0] - 1) ** 2 + 3 * (p[1] + 2) ** 2

    nodes = values([3.0, 1.0])
    f(nodes).backward()
    gradient = grads(nodes)
    here, eta = f([3.0, 1.0]), 1e-4
    step = layered.descend([3.0, 1.0], gradient, eta)
    assert f(step) < here < f(layered.descend([3.0, 1.0], gradient, -eta))
    length = eta * math.hypot(*gradient)
    for angle in range(0, 360, 15):  # no step of that length leads further down
        other = [3.0 + length * math.cos(math.radians(angle)), 1.0 + length * math.sin(math.radians(angle))]
        assert f(step) <= f(other)
    assert (f([3.0 + eta, 1.0]) - here) / eta == pytest.approx(gradient[0], rel=1e-3)  # sensitivity


@pytest.mark.parametrize("as_array", [False, True])
def test_D8_a_column_per_neuron_is_the_transposed_matrix(as_array):
    W, b, A, dA = matrix(2, 3), vector(3), matrix(2, 4), matrix(3, 4)  # 2 inputs, 3 neurons, 4 examples
    W_values, b_values, A_values = values(W), values(b), values(A)
    terms, outputs = [], []
    for x, upstream in zip(zip(*A_values), zip(*dA)):
        a = [autograd.tanh(autograd.dot([row[j] for row in W_values], x, b_values[j])) for j in range(3)]
        outputs.append([number.data for number in a])
        terms.append(autograd.dot(upstream, a))
    autograd.sum(terms).backward()
    given = [numpy.array(part) for part in (W, b, A, dA)] if as_array else [W, b, A, dA]
    a, da_in, dW, db = layered.layer_by_columns(*given, "tanh")  # pyright: ignore[reportCallIssue]
    assert numpy.shape(dW) == (2, 3)  # its parameter's shape again
    assert flat(numpy.array(a).T.tolist()) == close(flat(outputs))
    assert flat(numpy.array(da_in).tolist()) == close(flat(grads(A_values)))
    assert flat(numpy.array(dW).tolist()) == close([g / 4 for g in flat(grads(W_values))])
    assert flat(numpy.array(db).tolist()) == close([g / 4 for g in grads(b_values)])


def test_D9_how_steep_and_the_slope_of_a_bias():
    def f(p):
        return (p[0] - 1) ** 2 + 3 * (p[1] + 2) ** 2

    nodes = values([3.0, 1.0])
    f(nodes).backward()
    gradient = grads(nodes)
    length = layered.steepness(gradient)

    def along(angle):
        return autograd.grad(lambda s: f([3.0 + s * math.cos(angle), 1.0 + s * math.sin(angle)]))(0.0)

    slopes = [along(2 * math.pi * k / 360) for k in range(360)]
    assert along(math.atan2(gradient[1], gradient[0])) == close(length)
    assert max(slopes) <= length * (1 + 1e-12)
    assert max(slopes) == pytest.approx(length, rel=1e-3)
    # The bias slope of the simplest network: ∂z/∂b = 1, but ∂C/∂b = f′(z) · 2 (a − y).
    w, b, x, y = [0.8], [-0.3], 0.7, 0.2
    bias = Value(b[0])
    ((bias + w[0] * x).sigmoid() - y).__pow__(2).backward()
    _, _, [db] = layered.one_neuron_a_layer(w, b, x, y, ["sigmoid"])
    z = w[0] * x + b[0]
    a = 1 / (1 + math.exp(-z))
    assert db == close(bias.grad)
    assert db == close(a * (1 - a) * 2 * (a - y))
