"""Neuron, Layer, MLP: shapes, names, places, and the same numbers however a neuron is built."""

import copy
import math
import pickle
from itertools import chain

import numpy
import pytest

import autograd
from autograd import Value
from nn import MLP, Layer, Neuron, activations, fit, initializers, layered, load, save


def test_N1_feedforward_is_sigma_of_wx_plus_b():
    mlp = MLP([3, 4, 2], "sigmoid", output="sigmoid", seed=3)
    a = [0.3, -0.7, 0.2]
    for layer in mlp.layers:
        a = [1 / (1 + math.exp(-sum((w.data * x for w, x in zip(n.w, a)), n.b.data))) for n in layer.neurons]
    assert [y.data for y in mlp([0.3, -0.7, 0.2])] == pytest.approx(a, rel=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "leaky_relu", "gelu", "sin"])
def test_an_expanded_network_computes_the_same(activation):
    x = [0.5, -1.25, 2.0]
    plain, expanded = (MLP([3, 4, 2], activation, seed=7, expand=e) for e in (False, True))
    for mlp in (plain, expanded):
        autograd.sum(y * y for y in mlp(x)).backward()
    assert [p.data for p in plain.parameters()] == [p.data for p in expanded.parameters()]
    assert [p.grad for p in plain.parameters()] == pytest.approx(
        [p.grad for p in expanded.parameters()], rel=1e-12
    )


def test_one_neuron_is_a_dot_and_an_activation_or_binary_operations():
    def operations(neuron):
        return [v.op for v in autograd.topological_order(neuron([1.0, 2.0])) if v.op]

    assert operations(Neuron(2, "tanh", seed=0)) == ["dot", "tanh"]
    assert sorted(operations(Neuron(2, "tanh", seed=0, expand=True))) == ["add", "add", "mul", "mul", "tanh"]


def test_trace_gives_the_nodes_that_the_output_is_made_of():
    mlp = MLP([2, 3, 2], "tanh", output="sigmoid", seed=0)
    zs, activations = mlp.trace([1.0, -1.0])
    assert [[len(z), len(a)] for z, a in zip(zs, activations)] == [[3, 3], [2, 2]]
    autograd.sum(activations[-1]).backward()
    for z, a in zip(chain(*zs), chain(*activations)):
        assert a.parents[0] is z
        assert z.grad == pytest.approx(a.grad * a.local_derivatives[0])


def test_scopes_and_labels_say_where_a_number_belongs():
    mlp = MLP([2, 3, 1], seed=0)
    zs, activations = mlp.trace([1.0, 2.0])
    assert activations[0][2].scope.path == "layer 1/neuron 3"
    assert zs[1][0].scope.path == "layer 2/neuron 1"
    assert [p.label for p in mlp.layers[0].neurons[1].parameters()] == ["w¹₂,₁", "w¹₂,₂", "b¹₂"]
    assert [a.label for a in activations[0]] == ["a¹₁", "a¹₂", "a¹₃"]
    assert zs[0][0].label == "z¹₁"
    assert activations[1][0].label == "z²₁"  # with the identity a logit is z
    labels = [p.label for p in mlp.parameters()]
    assert len(set(labels)) == len(labels) == 13


def test_outputs_are_a_list_and_inputs_may_be_values():
    x = [Value(1.0, "x₁"), Value(-2.0, "x₂")]
    [y] = MLP([2, 4, 1], seed=1)(x)
    y.backward()
    h = 1e-6
    up, down = (MLP([2, 4, 1], seed=1)([1.0 + d, -2.0])[0].data for d in (h, -h))
    assert x[0].grad == pytest.approx((up - down) / (2 * h), rel=1e-8)


def test_softmax_outputs_add_up_to_one():
    mlp = MLP([2, 4, 3], output="softmax", seed=1)
    zs, activations = mlp.trace([1.0, 2.0])
    assert sum(a.data for a in activations[-1]) == pytest.approx(1.0, abs=1e-15)
    assert [a.label for a in activations[-1]] == ["a²₁", "a²₂", "a²₃"]
    assert [z.label for z in zs[-1]] == ["z²₁", "z²₂", "z²₃"]


def test_N5_one_neuron_may_have_another_activation():
    mlp = MLP([2, 3, 1], "sigmoid", seed=0)
    mlp.layers[0].neurons[1].activation = "sin"
    z, a = (layer[0] for layer in mlp.trace([1.0, 2.0]))
    assert a[1].data == math.sin(z[1].data)
    assert mlp.layers[0].activation == "sigmoid/sin"


def test_the_seed_decides_the_parameters():
    def parameters(seed):
        return [p.data for p in MLP([4, 3], seed=seed).parameters()]

    assert parameters(5) == parameters(5) != parameters(6)
    # written down once, so that another platform or version that draws differently is noticed
    assert parameters(5)[:2] == pytest.approx([0.227569718849999, 0.4477025090421467], rel=1e-9)


def test_initializers_scale_as_their_papers_say():
    for init, variance in (("normal", 1.0), ("glorot", 2.0 / (100 + 50)), ("he", 2.0 / 100)):
        layer = Layer(100, 50, init=init, seed=0)  # pyright: ignore[reportArgumentType]
        weights = [w.data for neuron in layer.neurons for w in neuron.w]
        assert sum(w * w for w in weights) / len(weights) == pytest.approx(variance, rel=0.05)
        biases = [neuron.b.data for neuron in layer.neurons]
        assert any(biases) == (init == "normal")


def test_the_relu_family_starts_as_he_the_rest_as_glorot():
    for activation, init in (
        ("relu", "he"),
        ("gelu", "he"),
        ("softplus", "he"),
        ("tanh", "glorot"),
        ("sigmoid", "glorot"),
    ):
        default, named = (Layer(5, 4, activation, init=i, seed=2).parameters() for i in (None, init))  # pyright: ignore[reportArgumentType]
        assert [p.data for p in default] == [p.data for p in named]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: MLP([3]), ValueError, "at least"),
        (lambda: MLP([3, 0]), ValueError, "at least 1"),
        (lambda: MLP([3, 2.0]), TypeError, "whole number, not 2.0"),  # pyright: ignore[reportArgumentType]
        (lambda: MLP([3, 2], output="tahn"), ValueError, "no activation 'tahn'"),
        (lambda: MLP([3, 2, 2], "softmax"), ValueError, "last layer"),
        (lambda: MLP([3, 2, 2], ["softmax", "tanh"]), ValueError, "last layer"),
        (lambda: MLP([3, 2, 2], ["tanh"] * 3), ValueError, "3 activations for 2 layers"),
        (lambda: MLP([3, 2, 2], ["tanh", "tanh"], "sigmoid"), ValueError, "2 activations for 2 layers"),
        (lambda: MLP([3, 2], math.tanh), TypeError, "given by its name|not iterable"),  # pyright: ignore[reportArgumentType]
        (lambda: Neuron(2, "softmax"), ValueError, "softmax needs all"),
        (lambda: Neuron(2, "pow"), ValueError, "no activation 'pow'"),
        (lambda: Neuron(2, init="xavier"), ValueError, "normal, glorot, he"),  # pyright: ignore[reportArgumentType]
        (lambda: MLP([3, 2])([1.0, 2.0]), ValueError, "takes 3 inputs, not 2"),
        (lambda: Neuron(2)([1.0, 2.0, 3.0]), ValueError, "takes 2 inputs, not 3"),
        (lambda: MLP([1, 1])(["one"]), TypeError, "'one'"),
        (lambda: MLP(2, [3, 1]), TypeError, r"all sizes in one list, .* MLP\(\[2, 3, 1\]\), not 2"),  # pyright: ignore[reportArgumentType]
        (lambda: MLP([2, 1], "neg", "neg"), ValueError, "no activation 'neg'"),
        (lambda: Neuron(2, init=lambda rng, n, m: ([0.0], 0.0)), ValueError, "1 weights for 2 inputs"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("activation", "output", "expected"),
    [
        (["relu", "sigmoid"], None, ["relu", "sigmoid"]),
        (["relu"], "sigmoid", ["relu", "sigmoid"]),
        (["relu"], None, ["relu", "identity"]),
        (["relu", "softmax"], None, ["relu", "softmax"]),
    ],
)
def test_activations_may_be_given_layer_by_layer(activation, output, expected):
    assert [layer.activation for layer in MLP([2, 3, 2], activation, output).layers] == expected


@pytest.mark.parametrize("x", [1.5, [1.5], numpy.array([1.5]), numpy.array([[1.5]]), Value(1.5), (1.5,)])
def test_one_input_may_come_without_a_list_and_a_column_counts_as_a_list(x):
    mlp = MLP([1, 2, 1], seed=0)
    assert mlp(x) == mlp([1.5])
    assert mlp.layers[0].trace(x) == mlp.layers[0].trace([1.5])
    assert MLP([2, 1], seed=0)(numpy.array([[1.0], [2.0]])) == MLP([2, 1], seed=0)([1.0, 2.0])
    with pytest.raises(ValueError, match="of one example, not a list of rows"):
        MLP([2, 1])([[1.0, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize(
    "use",
    [
        lambda y: y - 1.0,
        lambda y: 1.0 - y,
        lambda y: y * 2,
        lambda y: 2 * y,
        lambda y: y + 1.0,
        lambda y: 1.0 + y,
        lambda y: y / 2,
        lambda y: y**2,
        lambda y: -y,
        lambda y: abs(y),
        lambda y: y - [1.0],
        lambda y: Value(1.0) - y,
        float,
    ],
)
def test_outputs_taken_for_a_number_say_which_of_them(use):
    with pytest.raises(TypeError, match=r"mlp\(x\)\[0\]|unsupported|not list|not Outputs"):
        use(MLP([2, 1])([1.0, 2.0]))


def test_attributes_of_a_value_say_which_output_has_them():
    y = MLP([2, 1])([1.0, 2.0])
    for name in ("data", "backward", "tanh"):
        with pytest.raises(AttributeError, match=rf"mlp\(x\)\[0\]\.{name}"):
            getattr(y, name)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = y.nonsense  # pyright: ignore[reportAttributeAccessIssue]
    assert y + [1.0] == [y[0], 1.0]  # noqa: RUF005
    assert pickle.loads(pickle.dumps(y)) == copy.deepcopy(y) == y


def test_sizes_may_be_numpy_integers():
    assert MLP(numpy.array([2, 3, 1]), seed=0).sizes == [2, 3, 1]  # pyright: ignore[reportArgumentType]


def test_an_operation_of_ones_own_is_an_activation_for_both_engines(tmp_path):
    @autograd.primitive(x="exp(x) / (1 + exp(x))")
    def log1pexp(x):
        return math.log1p(math.exp(x))

    theirs, ours = (
        [MLP([2, 3, 1], f, seed=0, init="he") for _ in range(2)] for f in ("softplus", "log1pexp")
    )
    for mlps in (theirs, ours):
        for mlp, engine in zip(mlps, ("eager", "compiled")):
            data = [[1.0, 2.0], [0.5, -1.0]], [0, 1]
            fit(mlp, data, loss="binary_cross_entropy", engine=engine, epochs=3)
    for theirs_, ours_ in zip(theirs, ours):
        numbers, expected = ([p.data for p in mlp.parameters()] for mlp in (ours_, theirs_))
        assert numbers == pytest.approx(expected, rel=1e-12)
    assert layered.compare(ours[0], [1.0, 2.0], 1.0).largest < 1e-12
    save(ours[0], tmp_path / "mlp.json")
    assert load(tmp_path / "mlp.json")([1.0, 2.0]) == ours[0]([1.0, 2.0])


def test_no_grad_records_nothing():
    with autograd.no_grad():
        [y] = MLP([2, 3, 1], seed=0)([1.0, 2.0])
    assert y.parents == ()


@pytest.mark.parametrize("name", activations.USUAL)
def test_he_is_for_activations_that_pass_on_half_of_what_comes_in(name):
    """Its factor 2 makes up for the side on which relu and its relatives are (nearly) flat."""
    f = activations.activation(name)
    is_relu_like = f(40.0) == pytest.approx(40.0) and abs(f(-40.0)) < 4.0
    assert initializers.find(None, name) is (initializers.he if is_relu_like else initializers.glorot)
