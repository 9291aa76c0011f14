"""Optimizers against PyTorch's, if it is installed, and against their formulas."""

import math

import numpy
import pytest

from autograd import RangeError, Value, errstate
from nn import MLP, SGD, Adam, AdamW, clip_grad_norm
from nn.training.clipping import clipped


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
        (AdamW, "AdamW", {}),
        (AdamW, "AdamW", {"lr": 0.05, "weight_decay": 0.3}),
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


@pytest.mark.parametrize(
    ("gradient", "max_norm", "expected"),
    [
        ([1.7e308, 1.7e308], 1.0, [2**-0.5] * 2),  # the norm overflows
        ([1.7e308] * 64, 8e307, [1e307] * 64),
        ([3e-9, 4e-9], 1e-9, [3e-9 / 1005, 4e-9 / 1005]),  # PyTorch adds 1e-6 to the norm
        ([3e10, 4e10], 1e-300, [0.6e-300, 0.8e-300]),
        ([3e300, 4e300], 1e-20, [0.6e-20, 0.8e-20]),  # max_norm / norm underflows
    ],
)
@pytest.mark.parametrize("as_array", [False, True])
def test_clipping_at_the_edges_of_the_floats(gradient, max_norm, expected, as_array):
    if as_array:
        with numpy.errstate(over="ignore"):  # as in the compiled engine
            small, _ = clipped(numpy.array(gradient), max_norm)
        assert small.tolist() == pytest.approx(expected, rel=1e-9, abs=0.0)
        return
    parameters = [Value(0.0) for _ in gradient]
    for parameter, slope in zip(parameters, gradient):
        parameter.grad = slope
    clip_grad_norm(parameters, max_norm)
    assert [parameter.grad for parameter in parameters] == pytest.approx(expected, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_clipping_a_gradient_that_is_not_finite_changes_nothing(bad):
    p, q = Value(0.0), Value(0.0)
    with errstate("ieee"):
        p.grad, q.grad = 3.0, bad
    with pytest.raises(RangeError, match="a gradient is not finite"):
        clip_grad_norm([p, q], 1.0)
    assert p.grad == 3.0
    assert q.grad == bad or math.isnan(bad)


def test_a_network_stands_for_its_parameters():
    mlp = MLP([2, 3, 1], seed=0)
    for optimizer in (SGD(mlp), Adam(mlp), AdamW(mlp)):
        assert optimizer.parameters == mlp.parameters()
    mlp([1.0, 2.0])[0].backward()
    assert clip_grad_norm(mlp, 1e9) == pytest.approx(math.hypot(*(p.grad for p in mlp.parameters())))


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 1.0}, {"steps": -1}, {"steps": math.nan}, {"velocities": [0.0]},
        {"velocities": [0.0, None]},
        {"velocities": [0.0, math.inf]}, {"velocities": "ab"}, {"extra": []},
    ],
)  # fmt: skip
def test_a_damaged_state_is_refused_and_changes_nothing(change):
    sgd = SGD([Value(1.0), Value(2.0)], momentum=0.5)
    before = sgd.state_dict()
    with pytest.raises(ValueError, match="state of another optimizer"):
        sgd.load_state_dict(before | change)
    assert sgd.state_dict() == before


P = Value(1.0, "p")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SGD([]), ValueError, "no parameters"),
        (lambda: SGD([P], lr=0.0), ValueError, "lr must be a positive number"),
        (lambda: Adam([P], lr=math.nan), ValueError, "lr must be"),
        (lambda: SGD([P], momentum=1.0), ValueError, "momentum must be"),
        (lambda: SGD([P], momentum="0.9"), TypeError, "momentum must be a number, not '0.9'"),  # pyright: ignore[reportArgumentType]
        (lambda: Adam([P], betas=(0.9, 1.0)), ValueError, "betas must be"),
        (lambda: Adam([P], betas=("a", 0.9)), TypeError, "betas must be a number, not 'a'"),  # pyright: ignore[reportArgumentType]
        (lambda: Adam([P], betas=(0.9, 0.9, 0.9)), TypeError, "betas are two numbers"),  # pyright: ignore[reportArgumentType]
        (lambda: AdamW([P], weight_decay="x"), TypeError, "weight_decay must be a number"),  # pyright: ignore[reportArgumentType]
        (lambda: Adam([P], eps=0.0), ValueError, "eps must be"),
        (lambda: Adam([P], eps="0"), TypeError, "eps must be a positive number, not '0'"),  # pyright: ignore[reportArgumentType]
        (lambda: clip_grad_norm([P], "1"), TypeError, "max_norm must be a number above 0, not '1'"),  # pyright: ignore[reportArgumentType]
        (lambda: AdamW([P], weight_decay=-0.1), ValueError, "weight_decay must be"),
        (lambda: SGD([P, P]), ValueError, "twice"),
        (lambda: SGD([P * 2]), TypeError, "must be a leaf Value"),
        (lambda: Adam([1.0]), TypeError, "must be a leaf Value, not 1.0"),  # pyright: ignore[reportArgumentType]
        (lambda: clip_grad_norm([P], 0.0), ValueError, "max_norm must be above 0"),
    ],
)
def test_mistakes_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("kind", [SGD, Adam, AdamW])
def test_settings_in_single_precision_do_not_round_the_steps(kind):
    mine, theirs = Value(1.0), Value(1.0)
    for parameter, lr in ((mine, 0.1), (theirs, numpy.float32(0.1))):
        parameter.grad = 0.3
        kind([parameter], lr=lr).step()
    assert theirs.data != float(numpy.float32(theirs.data))
    assert theirs.data == pytest.approx(mine.data, rel=1e-7)
