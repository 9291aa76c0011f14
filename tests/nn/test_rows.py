"""Every formula of the source texts, held against the engine on real numbers.

The names carry the rows: N (Nielsen, chapter 2), B (the textbook), P (the Perl pages), D (the notes).
N5 and N6 are in test_layered.py, BP1–BP4 of whole networks too; N11 is a benchmark.
"""

import math
from random import Random

import numpy
import pytest

import autograd
from autograd import Value
from nn import MLP, cross_entropy, layered
from nn.layered import differences
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


def values(nested):
    return [values(part) if isinstance(part, list) else Value(part) for part in nested]


def grads(nested):
    return [grads(part) if isinstance(part, list) else part.grad for part in nested]


def flat(nested):
    return [number for part in nested for number in flat(part)] if isinstance(nested, list) else [nested]


def passes(sizes=(3, 4, 3, 2), activation="sigmoid", seed=5):
    """A network, its example, and one layered pass."""
    mlp = MLP(sizes, activation, output=activation, seed=seed, init="normal")
    x, y = [0.5, -1.0, 2.0][: sizes[0]], [1.0, 0.0][: sizes[-1]]
    pass_ = layered.backprop(mlp, x, y)
    w, _ = layered.weights_and_biases(mlp)
    slopes = [[a * (1 - a) for a in layer] for layer in pass_.a]
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
    for index, layer in enumerate(mlp.layers):
        for neuron, delta in zip(layer.neurons, pass_.delta[index]):
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
    for l in (0, 1):  # noqa: E741  (the chapter's name)
        assert layered.bp2(w[l + 1], grads(zs[l + 1]), slopes[l]) == close(grads(zs[l]))


def test_BP3_the_error_is_the_slope_of_the_bias():
    mlp, x, y, pass_, *_ = passes()
    losses.quadratic(mlp(x), y).backward()
    for layer, delta in zip(mlp.layers, pass_.delta):
        assert layered.bp3(delta) == close([neuron.b.grad for neuron in layer.neurons])


def test_BP4_input_activation_times_output_error():
    mlp, x, y, pass_, *_ = passes()
    losses.quadratic(mlp(x), y).backward()
    for layer, a_in, delta in zip(mlp.layers, [x, *pass_.a], pass_.delta):
        assert flat(layered.bp4(a_in, delta)) == close(flat([grads(n.w) for n in layer.neurons]))


def test_N3_matrix_forms_and_the_closed_product():
    _, _, _, pass_, w, slopes, nabla_a = passes()
    assert layered.bp1_matrix(nabla_a, slopes[-1]) == close(pass_.delta[-1])
    for l in (0, 1):  # noqa: E741
        assert layered.bp2_matrix(w[l + 1], pass_.delta[l + 1], slopes[l]) == close(pass_.delta[l])
    for l in (0, 1, 2):  # noqa: E741
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
    loop_b, loop_w = layered.backprop_minibatch(mlp, numpy.array(X) if as_array else X, Y, cost)
    columns = numpy.array(X).T if as_array else [list(column) for column in zip(*X)]
    matrix_b, matrix_w = layered.backprop_matrices(mlp, columns, Y, cost)
    if as_array:
        assert isinstance(matrix_w[0], numpy.ndarray)
        matrix_b, matrix_w = ([part.tolist() for part in parts] for parts in (matrix_b, matrix_w))
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
    quiet, loud = zip(*pass_.nabla_w[0])
    assert [abs(q) for q in quiet] == close([1e-6 * abs(v) for v in loud])
    mlp.layers[1].neurons[0].b.data = 40.0  # saturated: σ′ is about 4e-18
    saturated = layered.backprop(mlp, [1e-6, 1.0], [0.0])
    assert max(map(abs, flat(saturated.nabla_w))) < 1e-16 < max(map(abs, flat(pass_.nabla_w)))
    for weight in mlp.layers[1].neurons[0].w:  # large wᵀδ makes up for it in the layer before
        weight.data *= 1e17
    mlp.layers[1].neurons[0].b.data = -sum(
        w.data * a for w, a in zip(mlp.layers[1].neurons[0].w, saturated.a[0])
    )
    assert max(map(abs, flat(layered.backprop(mlp, [1e-6, 1.0], [0.0]).nabla_w[0]))) > 1.0


def test_N9_P1_finite_differences_need_one_pass_per_weight_and_one():
    mlp, x, y, pass_, *_ = passes()
    parameters = mlp.parameters()
    calls = []

    def cost(numbers):
        calls.append(numbers)
        for parameter, number in zip(parameters, numbers):
            parameter.data = number
        return cost_of(mlp, x, y)

    slopes = differences.gradient(cost, [p.data for p in parameters])
    assert len(calls) == len(parameters) + 1
    weights = [[*row, b] for rows, bs in zip(pass_.nabla_w, pass_.nabla_b) for row, b in zip(rows, bs)]
    assert slopes == pytest.approx(flat(weights), abs=1e-6)


def test_N10_the_sum_over_all_paths_is_the_gradient():
    mlp, x, y, _, w, slopes, nabla_a = passes((3, 4, 3, 2))
    losses.quadratic(mlp(x), y).backward()
    for j, neuron in enumerate(mlp.layers[0].neurons):
        for k, weight in enumerate(neuron.w):
            paths = list(layered.rate_factors(w[1:], slopes, nabla_a, neuron=j, a_in=x[k]))
            assert len(paths) == 3 * 2
            assert math.fsum(factor for _, factor in paths) == close(weight.grad)


def test_N12_BP1_has_one_term_for_elementwise_activations_but_not_for_softmax():
    z = [0.3, -0.8, 1.1]
    for activation, terms in (("sigmoid", 1), ("softmax", 3)):
        for k in range(3):
            nodes = values(z)
            a = autograd.softmax(nodes) if activation == "softmax" else [autograd.sigmoid(n) for n in nodes]
            a[k].backward()
            assert sum(node.grad != 0.0 for node in nodes) == terms


def test_N13_a_change_of_a_weight_travels_forward():
    mlp, x, y, _, w, slopes, nabla_a = passes()
    losses.quadratic(mlp(x), y).backward()
    changes = layered.forward_changes(w[1:], slopes, neuron=2, a_in=x[1])
    assert [len(change) for change in changes] == [4, 3, 2]
    moved = math.fsum(g * change for g, change in zip(nabla_a, changes[-1]))
    assert moved == close(mlp.layers[0].neurons[2].w[1].grad)


def test_N14_with_the_error_at_the_activation_the_equations_need_one_more_factor():
    mlp, x, y, pass_, w, slopes, nabla_a = passes()
    _, activations = mlp.trace(x)
    losses.quadratic(activations[-1], y).backward()
    at_a = nabla_a
    for l in (1, 0):  # noqa: E741
        at_a = matvec(list(zip(*w[l + 1])), [d * s for d, s in zip(at_a, slopes[l + 1])])
        assert at_a == close(grads(activations[l]))
        assert layered.bp1(at_a, slopes[l]) == close(pass_.delta[l])


# The textbook: two layers with dummy units


@pytest.fixture
def two():
    W, V, x, t = matrix(2, 3), matrix(3, 3), vector(2), [0.0, 1.0, 0.0]
    return W, V, x, t


def engine_two(W, V, x, t, output="softmax"):
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


def test_B4_gradient_and_update_of_the_output_weights(two):
    W, V, x, t = two
    _, _, V_values, _, _ = engine_two(W, V, x, t)
    pass_ = layered.two_layers(W, V, x, t)
    assert flat(pass_.nabla_v) == close(flat(grads(V_values)))
    moved = layered.updated(V, pass_.nabla_v, alpha=0.5)
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


# The Perl pages


def test_P1_slopes_by_definition():
    assert differences.slope(lambda x: 7.0, 3.0) == 0.0
    assert differences.slope(lambda x: 3 * x + 2, 3.0) == pytest.approx(3.0, abs=1e-7)
    assert differences.slope(lambda x: 3 * x + 2, 3.0) != 3.0  # rounding shows


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
    assert differences.chain(slopes) == close(x.grad)


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


def test_P3_partial_slopes_hold_the_other_inputs_constant():
    def f(x):
        return x[0] ** 2 * x[1] + autograd.sin(x[2])

    nodes = values([1.5, -2.0, 0.4])
    f(nodes).backward()
    assert differences.gradient(f, [1.5, -2.0, 0.4]) == pytest.approx(grads(nodes), abs=1e-5)


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
    db = layered.earlier_layer(pass_.delta[1], w[1], slopes[0])
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
    matrix_b, matrix_w = layered.backprop_matrices(mlp, X.T, Y, "quadratic")
    for ours, theirs in zip([*nabla_b, *nabla_w], [*matrix_b, *matrix_w], strict=True):
        assert ours == close(theirs)


def test_P8_a_derivative_is_a_function_and_a_slope_is_a_number():
    derivative = autograd.grad(lambda x: x**3)
    for at in (2.0, -1.0):
        x = Value(at)
        (x**3).backward()
        assert derivative(at) == x.grad == 3 * at * at


# The notes on computation graphs


def test_D1_one_step_back_at_a_time():
    a, b, c = Value(5.0), Value(3.0), Value(2.0)
    u = b * c
    v = a + u
    J = 3 * v
    J.backward()
    by_hand = layered.small_graph(5.0, 3.0, 2.0)
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
    a_out, cache = layered.layer_forward(*made[:3], activation)
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
