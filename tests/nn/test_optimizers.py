"""Optimizers against PyTorch's, where it is installed, and against their formulas."""

import math

import pytest

from autograd import RangeError, Value
from nn import SGD, Adam, clip_grad_norm


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


def rosenbrock(x, y):
    return (1 - x) ** 2 + 5 * (y - x * x) ** 2


@pytest.mark.parametrize(
    ("ours", "name", "settings"),
    [
        (SGD, "SGD", {"lr": 0.01}),
        (SGD, "SGD", {"lr": 0.01, "momentum": 0.9}),
        (SGD, "SGD", {}),
        (Adam, "Adam", {}),
        (Adam, "Adam", {"lr": 0.1}),
        (Adam, "Adam", {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3}),
    ],
)
@pytest.mark.parametrize("max_norm", [None, 0.7])
def test_fifty_steps_as_pytorchs(ours, name, settings, max_norm):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    theirs = [torch.tensor(start, dtype=torch.float64, requires_grad=True) for start in (1.5, -0.5)]
    values = [Value(1.5), Value(-0.5)]
    reference, optimizer = getattr(torch.optim, name)(theirs, **settings), ours(values, **settings)
    for _ in range(50):
        reference.zero_grad()
        rosenbrock(*theirs).backward()
        optimizer.zero_grad()
        rosenbrock(*values).backward()
        if max_norm is not None:
            norm = torch.nn.utils.clip_grad_norm_(theirs, max_norm)
            assert clip_grad_norm(values, max_norm) == pytest.approx(norm.item(), rel=1e-10)
            assert [p.grad for p in values] == pytest.approx([p.grad.item() for p in theirs], rel=1e-10)
        reference.step()
        optimizer.step()
        assert [p.data for p in values] == pytest.approx([p.item() for p in theirs], rel=1e-10)


@pytest.mark.parametrize("optimizer", [SGD, Adam])
def test_a_step_happens_whole_or_not_at_all(optimizer):
    p, q = Value(1.0, "p"), Value(1e308, "q")
    step = optimizer([p, q], lr=1e308)
    before = step.state_dict()
    p.grad, q.grad = 1.0, -1.0
    with pytest.raises(RangeError, match=r"this step would take q from 1e\+308 to inf .* smaller lr"):
        step.step()
    assert (p.data, q.data) == (1.0, 1e308)
    assert step.state_dict() == before


def test_a_parameter_that_no_gradient_reached_stays():
    p = Value(1.0)
    for optimizer in (SGD([p]), Adam([p])):
        optimizer.step()
        assert p.data == 1.0


@pytest.mark.parametrize("optimizer", [lambda p: SGD(p, momentum=0.9), Adam])
def test_the_state_can_be_taken_along(optimizer):
    def walk(p, step, count):
        for _ in range(count):
            step.zero_grad()
            (p * p * p).backward()
            step.step()

    p = Value(1.0)
    first = optimizer([p])
    walk(p, first, 3)
    q = Value(p.data)
    second = optimizer([q])
    second.load_state_dict(first.state_dict())
    walk(p, first, 3)
    walk(q, second, 3)
    assert p.data == q.data
    with pytest.raises(ValueError, match="of another optimizer or of other parameters"):
        optimizer([Value(0.0), Value(0.0)]).load_state_dict(first.state_dict())


def test_clipping_leaves_small_gradients_alone():
    p = Value(0.0)
    p.grad = 0.5
    assert clip_grad_norm([p], 1.0) == 0.5
    assert p.grad == 0.5
    p.grad = 1e300
    clip_grad_norm([p, Value(0.0)], 1.0)
    assert p.grad == pytest.approx(1.0)


P = Value(1.0, "p")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SGD([]), ValueError, "no parameters"),
        (lambda: SGD([P], lr=0.0), ValueError, "lr must be a positive number"),
        (lambda: Adam([P], lr=math.nan), ValueError, "lr must be"),
        (lambda: SGD([P], momentum=1.0), ValueError, "momentum must be"),
        (lambda: Adam([P], betas=(0.9, 1.0)), ValueError, "betas must be"),
        (lambda: Adam([P], eps=0.0), ValueError, "eps must be"),
        (lambda: SGD([P, P]), ValueError, "twice"),
        (lambda: SGD([P * 2]), TypeError, "must be a leaf Value"),
        (lambda: Adam([1.0]), TypeError, "must be a leaf Value, not 1.0"),
        (lambda: clip_grad_norm([P], 0.0), ValueError, "max_norm must be above 0"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()
