"""Losses against high-precision arithmetic, and their output errors against the stated formulas."""

import mpmath
import pytest

import autograd
from autograd import Value
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_of_probabilities,
    cross_entropy,
    cross_entropy_of_probabilities,
    hinge,
    l2_penalty,
    mean_squared_error,
    quadratic,
)


def values(numbers):
    return [Value(x) for x in numbers]


def gradients(loss, nodes):
    loss.backward()
    return [node.grad for node in nodes]


def test_quadratic_is_half_the_squared_distance():
    a = values([0.5, -1.0, 2.0])
    loss = quadratic(a, [1.0, 1.0, 2.0])
    assert loss.data == 0.5 * (0.25 + 4.0)
    assert gradients(loss, a) == [-0.5, -2.0, 0.0]


def test_B3_cross_entropy_error_is_softmax_minus_target():
    z = values([0.3, -1.2, 2.0])
    y = autograd.softmax([0.3, -1.2, 2.0])
    loss = cross_entropy(z, 1)
    exact = -mpmath.log(mpmath.exp(-1.2) / sum(map(mpmath.exp, (0.3, -1.2, 2.0))))
    assert loss.data == pytest.approx(float(exact), rel=1e-15)
    assert gradients(loss, z) == pytest.approx([y[0], y[1] - 1.0, y[2]], rel=1e-14)


def test_cross_entropy_takes_one_hot_and_soft_targets():
    numbers = [0.3, -1.2, 2.0]
    assert cross_entropy(values(numbers), [0, 1, 0]).data == cross_entropy(values(numbers), 1).data
    z = values(numbers)
    loss = cross_entropy(z, [0.25, 0.0, 0.75])
    y = autograd.softmax(numbers)
    assert loss.data == pytest.approx(-0.25 * autograd.log(y[0]) - 0.75 * autograd.log(y[2]), rel=1e-14)
    assert gradients(loss, z) == pytest.approx([y[0] - 0.25, y[1], y[2] - 0.75], rel=1e-13)


@pytest.mark.parametrize("z", [-700.0, -40.0, -1.0, 0.0, 0.3, 36.0, 700.0])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_D3_binary_cross_entropy_keeps_relative_accuracy_in_the_tails(z, y):
    with mpmath.workdps(700):
        p, q = 1 / (1 + mpmath.exp(-mpmath.mpf(z))), 1 / (1 + mpmath.exp(mpmath.mpf(z)))
        exact = -(mpmath.mpf(y) * mpmath.log(p) + (1 - mpmath.mpf(y)) * mpmath.log(q))
        error = p - mpmath.mpf(y)
    node = Value(z)
    loss = binary_cross_entropy([node], y)
    assert loss.data == pytest.approx(float(exact), rel=1e-14, abs=0.0)
    loss.backward()
    if y != 0.3:  # there σ(z) − y has no small value to lose
        assert node.grad == pytest.approx(float(error), rel=1e-14, abs=0.0)
    assert node.grad == pytest.approx(float(error), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("numbers", [[0.5, -1.0, 2.0], [0.25]])
def test_losses_equal_pytorchs(numbers):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    y = [1.0, 0.0, 1.0][: len(numbers)]
    pairs = [
        (mean_squared_error, functional.mse_loss),
        (
            binary_cross_entropy,
            lambda z, t: functional.binary_cross_entropy_with_logits(z, t, reduction="sum"),
        ),
    ]
    for ours, theirs in pairs:
        nodes, tensor = values(numbers), torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        loss, reference = ours(nodes, y), theirs(tensor, torch.tensor(y, dtype=torch.float64))
        reference.backward()
        assert loss.data == pytest.approx(reference.item(), rel=1e-14)
        assert gradients(loss, nodes) == pytest.approx(tensor.grad.tolist(), rel=1e-13)


def test_cross_entropy_of_probabilities_and_its_error_by_the_output():
    ys = values([0.2, 0.5, 0.3])
    loss = cross_entropy_of_probabilities(ys, 1)
    assert loss.data == pytest.approx(0.6931471805599453)
    assert gradients(loss, ys) == [0.0, -2.0, 0.0]
    z = values([0.3, -1.2, 2.0])
    through_softmax = cross_entropy_of_probabilities(autograd.softmax(z), [0.25, 0.0, 0.75])
    assert through_softmax.data == pytest.approx(cross_entropy([0.3, -1.2, 2.0], [0.25, 0.0, 0.75]))
    y = autograd.softmax([0.3, -1.2, 2.0])
    assert gradients(through_softmax, z) == pytest.approx([y[0] - 0.25, y[1], y[2] - 0.75], rel=1e-12)


@pytest.mark.parametrize(
    ("a", "y", "cost", "error"), [(0.25, 1, 0.75, -1), (0.25, -1, 1.25, 1), (2, 1, 0, 0)]
)
def test_hinge_and_its_error(a, y, cost, error):
    node = Value(a)
    loss = hinge([node], y)
    assert (loss.data, *gradients(loss, [node])) == (cost, error)


@pytest.mark.parametrize("a", [1e-300, 1e-9, 0.25, 0.5, 0.999])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_binary_cross_entropy_of_probabilities_is_the_textbooks_formula(a, y):
    with mpmath.workdps(400):
        p, t = mpmath.mpf(a), mpmath.mpf(y)
        exact = -((t * mpmath.log(p) if y else 0) + ((1 - t) * mpmath.log(1 - p) if y < 1 else 0))
        error = (p - t) / (p * (1 - p))
    node = Value(a)
    loss = binary_cross_entropy_of_probabilities(node, y)
    assert loss.data == pytest.approx(float(exact), rel=1e-14, abs=0.0)
    assert gradients(loss, [node]) == [pytest.approx(float(error), rel=1e-13, abs=0.0)]


@pytest.mark.parametrize(
    "loss",
    [quadratic, mean_squared_error, binary_cross_entropy, binary_cross_entropy_of_probabilities, hinge],
)
def test_a_single_output_needs_no_list(loss):
    assert loss(Value(0.25), 1).data == loss([Value(0.25)], [1.0]).data == loss(0.25, 1)


def test_the_l2_penalty_adds_2_alpha_p_to_a_gradient():
    ps = values([3.0, -4.0])
    loss = l2_penalty(ps, 0.1)
    assert loss.data == pytest.approx(2.5)
    assert gradients(loss, ps) == pytest.approx([0.6, -0.8])


def test_losses_accept_plain_numbers():
    assert quadratic([0.5], 0.0) == 0.125
    assert cross_entropy([1.0, 1.0], 0) == pytest.approx(0.6931471805599453)
    assert binary_cross_entropy([0.0], 1) == pytest.approx(0.6931471805599453)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: quadratic(values([1.0]), [1.0, 2.0]), ValueError, "1 outputs but 2 targets"),
        (lambda: quadratic([], []), ValueError, "0 outputs"),
        (lambda: cross_entropy(values([1.0, 2.0]), 2), ValueError, "target 2"),
        (lambda: cross_entropy(values([1.0, 2.0]), 1.0), TypeError, "class index"),
        (lambda: cross_entropy(values([1.0, 2.0]), [0.5, 0.6]), ValueError, "add up to 1"),
        (lambda: cross_entropy(values([1.0, 2.0]), [1.5, -0.5]), ValueError, "add up to 1"),
        (lambda: cross_entropy(autograd.softmax(values([1.0, 2.0])), 0), ValueError, "takes logits"),
        (lambda: cross_entropy([autograd.sigmoid(Value(1.0))] * 2, 0), ValueError, "outputs of sigmoid"),
        (
            lambda: binary_cross_entropy(autograd.sigmoid(Value(1.0)), 1),
            ValueError,
            "binary_cross_entropy_of",
        ),
        (lambda: binary_cross_entropy_of_probabilities(Value(1.0), 0), autograd.DomainError, "log1p"),
        (lambda: binary_cross_entropy_of_probabilities(Value(0.5), 2), ValueError, "between 0 and 1"),
        (lambda: hinge(values([1.0]), 0), ValueError, r"2\*y - 1"),
        (lambda: quadratic(values([1.0, 2.0]), 2), ValueError, "class 2 is none of the 2 classes"),
        (lambda: quadratic(values([1.0, 2.0]), 0.5), TypeError, "must be an index, not 0.5"),
        (lambda: cross_entropy_of_probabilities(values([1.0, 0.0]), 1), autograd.DomainError, "log"),
        (lambda: binary_cross_entropy(values([1.0]), 2), ValueError, "between 0 and 1"),
        (lambda: binary_cross_entropy(values([1.0]), -1), ValueError, "between 0 and 1"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("loss", "outputs", "target"),
    [
        (quadratic, [0.3, -1.0], [0.5, 0.25]),
        (mean_squared_error, [0.3, -1.0], [0.5, 0.25]),
        (cross_entropy, [0.3, -1.0, 2.0], [0.2, 0.5, 0.3]),
        (cross_entropy_of_probabilities, [0.3, 0.1, 0.6], [0.2, 0.5, 0.3]),
        (binary_cross_entropy, [0.3, -1.0], [0.25, 0.75]),
        (hinge, [0.3, -0.5], [1.0, -1.0]),
    ],
)
def test_targets_may_be_values_and_get_their_gradients(loss, outputs, target):
    nodes, targets = values(outputs), values(target)
    cost = loss(nodes, targets)
    fixed = values(outputs)
    reference = loss(fixed, target)
    assert cost.data == pytest.approx(reference.data, rel=1e-14)
    assert gradients(cost, nodes) == pytest.approx(gradients(reference, fixed), rel=1e-13)

    def at(k, change):
        moved = values([t + change * (j == k) for j, t in enumerate(target)])
        return loss(outputs, moved).data

    slopes = [(at(k, 1e-6) - at(k, -1e-6)) / 2e-6 for k in range(len(target))]
    assert [t.grad for t in targets] == pytest.approx(slopes, rel=1e-7, abs=1e-9)
