"""Optimizers against PyTorch's, where it is installed, and against their formulas."""

import pytest

from autograd import Value
from nn import SGD


def test_one_step_of_gradient_descent():
    p, q = Value(3.0), Value(-1.0)
    (p * p + q).backward()
    SGD([p, q], lr=0.5).step()
    assert (p.data, q.data) == (0.0, -1.5)


def test_zero_grad_clears_every_parameter():
    p = Value(3.0)
    (p * p).backward()
    optimizer = SGD([p])
    optimizer.zero_grad()
    assert p.grad == 0.0


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_sgd_walks_as_pytorchs_for_50_steps(momentum):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    theirs = torch.tensor([1.5, -0.5], dtype=torch.float64, requires_grad=True)
    ours = [Value(1.5), Value(-0.5)]
    reference = torch.optim.SGD([theirs], lr=0.01, momentum=momentum)
    optimizer = SGD(ours, lr=0.01, momentum=momentum)
    for _ in range(50):
        for x, y, step in ((*theirs, reference), (*ours, optimizer)):
            step.zero_grad()
            ((1 - x) ** 2 + 5 * (y - x * x) ** 2).backward()
            step.step()
    assert [p.data for p in ours] == pytest.approx(theirs.tolist(), rel=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"parameters": []}, "no parameters"),
        ({"parameters": [Value(1.0)], "lr": 0.0}, "lr must be a positive number"),
        ({"parameters": [Value(1.0)], "lr": float("nan")}, "lr must be"),
        ({"parameters": [Value(1.0)], "momentum": 1.0}, "momentum must be"),
    ],
)
def test_mistakes_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        SGD(**arguments)
