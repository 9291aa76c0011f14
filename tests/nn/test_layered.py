"""The layered equations of chapter 2 against the engine, which knows no layers."""

import pytest

from nn import MLP, layered
from nn.layered import network

TIGHT = 1e-12
SHAPES = [[2, 1], [2, 3, 1], [3, 5, 4, 2], [1, 2, 2, 2, 3], [16, 8, 10]]
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "identity"]


def example(mlp):
    inputs, outputs = mlp.sizes[0], mlp.sizes[-1]
    x = [((7 * k + 3) % 11 - 5) / 4 for k in range(inputs)]
    y = [((5 * k + 2) % 7) / 6 for k in range(outputs)]
    return x, y


def engine(mlp, x, y, cost=None):
    """Gradients by the engine at the weighted inputs, the biases, the weights; index l is the layer."""
    from nn.training import losses

    mlp.zero_grad()
    zs, activations = mlp.trace(x)
    losses.named(cost or "quadratic")(activations[-1], y).backward()
    return (
        [[], *([z.grad for z in layer] for layer in zs)],
        [[], *([n.b.grad for n in layer.neurons] for layer in mlp.layers)],
        [[], *([[w.grad for w in n.w] for n in layer.neurons] for layer in mlp.layers)],
    )


def close(ours, theirs):
    if isinstance(ours, list):
        assert len(ours) == len(theirs)
        return all(close(p, q) for p, q in zip(ours, theirs, strict=True))
    return ours == pytest.approx(theirs, rel=TIGHT, abs=1e-15)


@pytest.mark.parametrize("sizes", SHAPES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_BP1_BP2_BP3_BP4_equal_the_engine(sizes, activation):
    mlp = MLP(sizes, activation, output=activation, seed=1, init="normal")
    x, y = example(mlp)
    pass_ = layered.backprop(mlp, x, y)
    delta, nabla_b, nabla_w = engine(mlp, x, y)
    assert close(pass_.delta[-1], delta[-1])  # BP1
    assert close(pass_.delta[:-1], delta[:-1])  # BP2
    assert close(pass_.nabla_b, nabla_b)  # BP3
    assert close(pass_.nabla_w, nabla_w)  # BP4


@pytest.mark.parametrize(
    ("cost", "output", "y"),
    [
        ("cross_entropy", "identity", 2),
        ("cross_entropy", "identity", [0.0, 0.0, 1.0]),
        ("cross_entropy", "tanh", 0),
        ("binary_cross_entropy", "identity", [1.0, 0.0, 0.25]),
        ("quadratic", "softmax", [1.0, 0.0, 0.0]),
        ("quadratic", "sigmoid", 1),
        ("mean_squared_error", "tanh", [1.0, 0.0, -0.5]),
        ("cross_entropy_of_probabilities", "softmax", 1),
        ("cross_entropy_of_probabilities", "softmax", [0.5, 0.25, 0.25]),
        ("hinge", "identity", [1, -1, 1]),
        ("binary_cross_entropy_of_probabilities", "sigmoid", [1.0, 0.0, 0.25]),
        ("mse", "tanh", [1.0, 0.0, -0.5]),
    ],
)
def test_BP1_holds_for_every_cost(cost, output, y):
    mlp = MLP([4, 5, 3], "sigmoid", output=output, seed=2)
    x = [0.3, -1.0, 0.8, 0.1]
    pass_ = layered.backprop(mlp, x, y, cost=cost)
    delta, nabla_b, nabla_w = engine(mlp, x, y, cost)
    assert close(pass_.delta, delta)
    assert close(pass_.nabla_b, nabla_b)
    assert close(pass_.nabla_w, nabla_w)


def test_N5_another_activation_in_one_neuron_changes_only_its_own_derivative():
    mlp = MLP([2, 3, 2], "sigmoid", output="sigmoid", seed=4)
    mlp.layers[0].neurons[1].activation = "sin"
    x, y = [0.5, -0.25], [1.0, 0.0]
    pass_ = layered.backprop(mlp, x, y)
    delta, _, nabla_w = engine(mlp, x, y)
    assert close(pass_.delta, delta)
    assert close(pass_.nabla_w, nabla_w)


def test_N6_linear_neurons_have_slope_one():
    mlp = MLP([2, 3, 2], "identity", seed=4)
    pass_ = layered.backprop(mlp, [0.5, -0.25], [1.0, 0.0])
    assert pass_.delta[-1] == [pass_.a[-1][0] - 1.0, pass_.a[-1][1]]
    assert close(pass_.delta, engine(mlp, [0.5, -0.25], [1.0, 0.0])[0])


def test_compare_finds_no_difference_and_leaves_gradients_alone():
    mlp = MLP([3, 4, 2], "sigmoid", output="sigmoid", seed=0)
    mlp.layers[0].neurons[0].b.grad = 42.0
    table = layered.compare(mlp, [0.1, 0.2, 0.3], [0.0, 1.0])
    assert table.largest <= TIGHT
    assert mlp.layers[0].neurons[0].b.grad == 42.0
    assert [(row.layer, row.equation) for row in table.rows] == [
        (1, "forward"), (1, "BP2"), (1, "BP3"), (1, "BP4"),
        (2, "forward"), (2, "BP1"), (2, "BP3"), (2, "BP4"),
    ]  # fmt: skip
    assert "BP2" in str(table)


@pytest.mark.parametrize("equation", ["bp1", "bp2", "bp3", "bp4"])
def test_compare_shows_a_wrong_equation(equation, monkeypatch):
    right = getattr(network, equation)

    def wrong(*arguments):
        result = right(*arguments)
        first = result[0]
        return [[1.001 * first[0], *first[1:]] if isinstance(first, list) else 1.001 * first, *result[1:]]

    monkeypatch.setattr(network, equation, wrong)
    table = layered.compare(MLP([2, 3, 1], "sigmoid", seed=0, init="normal"), [1.0, 0.5], [0.0])
    assert equation.upper() in {row.equation for row in table.rows if row.largest > 1e-6}


@pytest.mark.parametrize("equation", ["bp1", "bp2", "bp3", "bp4"])
@pytest.mark.parametrize("saturation", [0.0, 40.0, 300.0])
def test_a_saturated_network_hides_no_wrong_equation(equation, saturation, monkeypatch):
    """Derivatives of 1e-18 and 1e-130: far below any absolute tolerance."""
    mlp = MLP([2, 3, 2], "sigmoid", output="sigmoid", seed=0, init="normal")
    for layer in mlp.layers:
        layer.neurons[0].b.data += saturation  # one neuron of each layer, so that others are large
    x, y = [1.0, 0.5], [0.0, 1.0]
    assert layered.compare(mlp, x, y).largest < TIGHT
    right = getattr(network, equation)

    def wrong(*arguments):
        """Wrong for the first neuron only, by a tenth."""
        result = right(*arguments)
        first = [1.1 * number for number in result[0]] if isinstance(result[0], list) else 1.1 * result[0]
        return [first, *result[1:]]

    monkeypatch.setattr(network, equation, wrong)
    rows = [row for row in layered.compare(mlp, x, y).rows if row.equation == equation.upper()]
    assert all(row.largest > 0.05 for row in rows)


def test_mistakes_are_named():
    mlp = MLP([2, 2], seed=0)
    with pytest.raises(ValueError, match="no cost 'mae'"):
        layered.backprop(mlp, [1.0, 2.0], [0.0, 1.0], cost="mae")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="takes 2 inputs, not 3"):
        layered.backprop(mlp, [1.0, 2.0, 3.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="2 outputs but 1 targets"):
        layered.compare(mlp, [1.0, 2.0], [0.0])
