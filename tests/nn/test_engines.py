"""fit(engine="compiled") takes the steps that the eager engine takes, and says what it can't compile."""

import math
import random
import sys
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy
import pytest

import autograd
import nn
from autograd import RangeError, Value
from nn import MLP, SGD, Adam, data, fit

RNG = random.Random(8)
X = [[RNG.uniform(-1.0, 1.0) for _ in range(3)] for _ in range(11)]  # the last minibatch of 4 has 3
CLASSES = [RNG.randrange(3) for _ in X]
ONE_HOT = [[float(k == c) for k in range(3)] for c in CLASSES]
SOFT = [[0.5, 0.25, 0.25] if c else [0.0, 1.0, 0.0] for c in CLASSES]
SIDES = [2 * (c > 0) - 1 for c in CLASSES]


def trained(
    engine,
    targets: Any = CLASSES,
    outputs=3,
    optimizer: Any = Adam,
    lr=0.05,
    output="identity",
    **settings: Any,
):
    mlp = MLP([3, 4, outputs], seed=1, output=output)
    made = optimizer(mlp.parameters(), lr=lr)
    arguments: dict[str, Any] = {"epochs": 3, "batch_size": 4} | settings
    history = fit(mlp, (X, targets), optimizer=made, engine=engine, **arguments)
    return mlp, history, made


def figures(mlp, history, optimizer):
    """Everything that a run leaves, as numbers."""
    state = optimizer.state_dict()
    epochs = [getattr(epoch, name) for epoch in history.epochs for name in epoch.measured()]
    parameters = [p.data for p in mlp.parameters()]
    return parameters + epochs + [n for k in state.values() for n in (k if isinstance(k, list) else [k])]


def same(run, other, rel=1e-12):
    assert run[1][0].measured() == other[1][0].measured()
    assert figures(*run) == pytest.approx(figures(*other), rel=rel, abs=1e-13)


def momentum(parameters, lr):
    return SGD(parameters, lr=lr, momentum=0.9)


LOSSES = {
    "quadratic": {"targets": ONE_HOT},
    "quadratic of classes": {"loss": "quadratic"},
    "mean_squared_error": {"targets": SOFT},
    "cross_entropy": {},
    "cross_entropy of one-hot": {"loss": "cross_entropy", "targets": ONE_HOT},
    "cross_entropy of probabilities": {"loss": "cross_entropy", "targets": SOFT},
    "cross_entropy_of_probabilities": {"output": "softmax"},
    "binary_cross_entropy": {"targets": [c % 2 for c in CLASSES], "outputs": 1},
    "binary_cross_entropy of several": {"loss": "binary_cross_entropy", "targets": SOFT},
    "hinge": {"targets": SIDES, "outputs": 1},
    "hinge of lists": {"loss": "hinge", "targets": [[s, -s] for s in SIDES], "outputs": 2},
}


@pytest.mark.parametrize("optimizer", [SGD, momentum, Adam])
@pytest.mark.parametrize("loss", LOSSES)
def test_both_engines_end_with_the_same_numbers(loss, optimizer):
    settings = {"loss": loss, "optimizer": optimizer} | LOSSES[loss]
    same(trained("compiled", **settings), trained("eager", **settings))


@pytest.mark.parametrize("settings", [{"l2": 0.1}, {"clip_norm": 0.2}, {"l2": 0.1, "clip_norm": 0.2}])
@pytest.mark.parametrize("optimizer", [momentum, Adam])
def test_penalty_limit_and_validation_are_the_same_too(settings, optimizer):
    settings = settings | {"optimizer": optimizer, "validation": (X[:5], CLASSES[:5])}
    compiled = trained("compiled", **settings)
    assert compiled[1][0].measured() == ["loss", "accuracy", "validation_loss", "validation_accuracy"]
    same(compiled, trained("eager", **settings))
    assert figures(*compiled) != pytest.approx(figures(*trained("eager", optimizer=optimizer)))


def test_validation_in_blocks_is_the_mean_over_all(monkeypatch):
    settings = {"validation": (X[:5], CLASSES[:5])}
    whole = trained("compiled", **settings)  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(nn.training.compiled, "BLOCK", 2)  # blocks of 2, 2 and 1  # pyright: ignore[reportAttributeAccessIssue]
    same(trained("compiled", **settings), whole)  # pyright: ignore[reportArgumentType]


def test_a_parameter_that_nothing_uses_is_only_penalised():
    def run(engine):
        mlp, alone = MLP([3, 3], seed=0), Value(2.0)
        adam = Adam([alone, *mlp.parameters()], lr=0.1)
        return mlp, fit(mlp, (X, CLASSES), optimizer=adam, epochs=2, l2=0.1, engine=engine), adam, alone.data

    compiled, eager = run("compiled"), run("eager")
    same(compiled[:3], eager[:3])
    assert compiled[3] == pytest.approx(eager[3], rel=1e-12)
    assert compiled[3] < 2.0


def test_a_huge_gradient_is_limited_without_overflow():
    settings = {"targets": [[1e200] * 3] * 11, "loss": "mean_squared_error", "clip_norm": 1.0, "epochs": 1}
    settings |= {"loss": lambda a, y: 1e180 * a[0]}
    same(trained("compiled", **settings), trained("eager", **settings))


def test_an_order_of_minibatches_and_one_compilation(monkeypatch):
    calls = []
    compile = autograd.compile
    monkeypatch.setattr(autograd, "compile", lambda *a, **k: calls.append(a) or compile(*a, **k))
    assert trained("compiled", seed=1)[1] != trained("compiled", seed=2)[1]
    assert len(calls) == 2


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_training_written_in_pytorch_ends_with_the_same_numbers(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    settings = {"lr": 0.05, "momentum": 0.9} if name == "SGD" else {"lr": 0.05}
    mlp = MLP([3, 4, 3], seed=1)
    tensors = [
        torch.tensor(rows, dtype=torch.float64, requires_grad=True)
        for layer in mlp.layers
        for rows in ([[w.data for w in n.w] for n in layer.neurons], [n.b.data for n in layer.neurons])
    ]
    theirs = getattr(torch.optim, name)(tensors, **settings)
    x, y = torch.tensor(X, dtype=torch.float64), torch.tensor(CLASSES)
    for epoch in range(5):
        for rows in nn.training.fitting.minibatches(len(X), 4, seed=0, epoch=epoch):  # pyright: ignore[reportAttributeAccessIssue]
            w1, b1, w2, b2 = tensors
            logits = torch.tanh(x[rows] @ w1.T + b1) @ w2.T + b2
            cost = torch.nn.functional.cross_entropy(logits, y[rows])
            theirs.zero_grad()
            (cost + 0.01 * sum((p * p).sum() for p in tensors)).backward()
            torch.nn.utils.clip_grad_norm_(tensors, 0.3)
            theirs.step()
    ours = getattr(nn, name)(mlp.parameters(), **settings)
    fit(mlp, (X, CLASSES), optimizer=ours, epochs=5, batch_size=4, l2=0.01, clip_norm=0.3, engine="compiled")
    for layer, weights, biases in zip(mlp.layers, tensors[::2], tensors[1::2]):
        for neuron, row, bias in zip(layer.neurons, weights.tolist(), biases.tolist()):
            assert [p.data for p in neuron.parameters()] == pytest.approx([*row, bias], rel=1e-10)


# Targets of a loss of one's own


def test_a_loss_of_ones_own_gets_numbers_and_lists_as_they_are():
    def absolute(outputs, y):
        return abs(outputs[0] - y) + 0.1 * outputs[1] ** 2

    def weighted(outputs, ys):
        t, weight = ys
        return weight * autograd.where(t > 0.0, autograd.softplus(-outputs[0]), (outputs[1] - t) ** 2)

    numbers = {"loss": absolute, "targets": [x[0] - 0.2 for x in X], "outputs": 2}
    lists = {"loss": weighted, "targets": [(x[0], 1.0 + x[1]) for x in X], "outputs": 2}
    for settings in (numbers, lists):
        compiled = trained("compiled", **settings)
        assert compiled[1][0].accuracy is None
        same(compiled, trained("eager", **settings))


def test_what_cannot_be_traced_is_explained_before_anything_changes():
    def branch(outputs, y):
        return outputs[0] if outputs[0] > y else -outputs[0]

    def chosen(outputs, y):
        return -outputs[y]

    mlp = MLP([3, 2], seed=0)
    before = [p.data for p in mlp.parameters()]
    for loss, message in ((branch, r"Write where\(condition, a, b\)"), (chosen, "Traced")):
        with pytest.raises(TypeError, match=message) as raised:
            fit(mlp, (X, CLASSES), loss=loss, engine="compiled")
        assert "give one-hot targets" in raised.value.__notes__[-1]
        assert 'engine="eager"' in raised.value.__notes__[-1]
    assert [p.data for p in mlp.parameters()] == before
    assert type(mlp.parameters()[0]) is Value


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([[1.0, 2.0]] * 10 + [[1.0]], "row 10 of the targets has 1 numbers, row 0 has 2"),
        ([1.0] * 10 + ["b"], "row 10 of the targets is not a list of numbers: 'b'"),
        ([None] * 11, "row 0 of the targets is not a list of numbers: None"),
    ],
)
def test_targets_without_numbers_are_named(targets, message):
    with pytest.raises(ValueError, match=message):
        trained("compiled", targets=targets, loss=lambda outputs, y: outputs[0])


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_classes_that_are_none_leave_their_minibatch_without_accuracy(engine):
    targets = [*ONE_HOT[:10], [0.5, 0.5, 0.0]]
    _, history, _ = trained(engine, targets=targets, batch_size=11, validation=(X[:2], ONE_HOT[:2]))
    assert history[-1].accuracy is None
    assert history[-1].validation_accuracy is not None
    assert trained(engine, targets=targets)[1][0].accuracy is not None


def test_two_engines_only():
    with pytest.raises(ValueError, match="engine must be"):
        trained("jit")
    with pytest.raises(ValueError, match="engine must be"):
        trained("eager", arrays=numpy)


def test_without_numpy_the_command_that_helps_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(ModuleNotFoundError, match=r'pip install "stepgrad\[compile\]"'):
        trained("compiled")


# The parameters during a run


@pytest.mark.parametrize("optimizer", [momentum, Adam])
def test_some_parameters_in_any_order_and_a_state_to_go_on_from(optimizer):
    def run(engine):
        mlp = MLP([3, 4, 3], seed=1)
        made = optimizer(mlp.layers[1].parameters()[::-1], 0.05)
        first = fit(mlp, (X, CLASSES), optimizer=made, epochs=2, batch_size=4, engine="eager")
        second = fit(mlp, (X, CLASSES), optimizer=made, epochs=2, batch_size=4, engine=engine)
        third = fit(mlp, (X, CLASSES), optimizer=made, epochs=2, batch_size=4, engine="eager")
        first.epochs += second.epochs + third.epochs
        return mlp, first, made

    compiled = run("compiled")
    fixed = [p.data for p in MLP([3, 4, 3], seed=1).layers[0].parameters()]
    assert [p.data for p in compiled[0].layers[0].parameters()] == fixed
    same(compiled, run("eager"))
    assert all(type(p.data) is float for p in compiled[0].parameters())


def test_callbacks_see_the_parameters_and_may_change_them():
    def run(engine):
        mlp = MLP([3, 3], seed=0)
        sgd, seen = SGD(mlp.parameters(), lr=0.5), []

        def change(history):
            seen.append(mlp.parameters()[0].data)
            mlp.parameters()[1].data = 0.25
            sgd.lr /= 2

        history = fit(mlp, (X, CLASSES), optimizer=sgd, epochs=3, callbacks=[change], engine=engine)
        assert len(set(seen)) == 3
        return mlp, history, sgd

    same(run("compiled"), run("eager"))


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_an_error_leaves_the_last_good_step(engine):
    """A row whose cost is not finite: the steps before it in the epoch are kept, its own is not taken."""
    rows = [[0.1 * k] for k in range(8)]
    batches = list(nn.training.fitting.minibatches(8, 2, seed=0, epoch=0))  # pyright: ignore[reportAttributeAccessIssue]
    bad = batches[2][0]
    rows[bad] = [1e6]

    def run(X, epochs=1, **settings):
        mlp = MLP([1, 1], "exp", output="exp", seed=0, init=lambda rng, n, m: ([0.5], 0.0))
        sgd = SGD(mlp.parameters(), lr=0.01, momentum=0.5)
        try:
            fit(mlp, (X, [0.0] * 8), loss="quadratic", optimizer=sgd, batch_size=2, epochs=epochs, **settings)
        except ArithmeticError as error:
            return mlp, sgd, error
        return mlp, sgd, None

    mlp, sgd, error = run(rows, engine=engine)
    assert isinstance(error, ArithmeticError)
    shown = ", ".join(map(str, batches[2]))
    assert error.__notes__[-1] == f"in epoch 1, on rows {shown}; the last good step is kept"
    assert "exp" in str(error)
    assert sgd.state_dict()["steps"] == 2
    by_hand = MLP([1, 1], "exp", output="exp", init=lambda rng, n, m: ([0.5], 0.0))
    velocity = [0.0, 0.0]
    for batch in batches[:2]:
        gradient = [0.0, 0.0]
        w, b = (p.data for p in by_hand.parameters())
        for row in batch:
            a = math.exp(w * rows[row][0] + b)
            gradient = [gradient[0] + a * a * rows[row][0] / 2, gradient[1] + a * a / 2]
        velocity = [0.5 * v + g for v, g in zip(velocity, gradient)]
        for p, v in zip(by_hand.parameters(), velocity):
            p.data -= 0.01 * v
    expected = [p.data for p in by_hand.parameters()]
    assert [p.data for p in mlp.parameters()] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_step_out_of_the_floats_is_refused_whole(engine):
    mlp = MLP([1, 1], seed=0)
    mlp.parameters()[0].data = 1e308
    before = [p.data for p in mlp.parameters()]
    sgd = SGD(mlp.parameters(), lr=1e308)
    with pytest.raises(RangeError, match=r"this step would take w¹₁,₁ from 1e\+308 to inf"):
        fit(mlp, ([[1e-308]], [0.0]), loss=lambda a, y: -a[0] * 1e308, optimizer=sgd, epochs=1, engine=engine)
    assert [p.data for p in mlp.parameters()] == before


# The purpose


def test_the_digits_are_read_in_a_moment():
    train, test = data.split(*data.digits())
    mlp = MLP([64, 30, 10], seed=0)
    sgd = SGD(mlp.parameters(), lr=0.1, momentum=0.9)
    history = fit(mlp, train, optimizer=sgd, epochs=10, validation=test, engine="compiled")
    assert history[-1].validation_accuracy >= 0.95
    assert nn.evaluate(mlp, test)[1] == history[-1].validation_accuracy


# Other array libraries


@contextmanager
def library(name):
    """The library that does the computing, in double precision; a visible skip without it."""
    pytest.importorskip("array_api_compat", reason="array-api-compat is not installed")
    xp = pytest.importorskip(name, reason=f"{name} is not installed")
    with sys.modules["jax"].enable_x64(True) if name == "jax.numpy" else nullcontext():
        yield xp


LIBRARIES = ["array_api_compat.numpy", "torch", "jax.numpy", "dask.array"]


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("optimizer", [momentum, Adam])
def test_another_array_library_ends_with_the_same_numbers(name, optimizer):
    settings = {"l2": 0.01, "clip_norm": 0.3, "validation": (X[:5], CLASSES[:5]), "optimizer": optimizer}
    with library(name) as xp:
        other = trained("compiled", arrays=xp, **settings)
    assert all(type(p.data) is float for p in other[0].parameters())
    same(other, trained("eager", **settings))


@pytest.mark.parametrize("name", LIBRARIES)
def test_numbers_that_are_not_finite_are_found_in_other_libraries_too(name):
    mlp = MLP([1, 1], "exp", output="exp", seed=0)
    before = [p.data for p in mlp.parameters()]
    points, failure = ([[0.0], [1e6]], [0.0, 0.0]), "not finite; first in the group"
    with library(name) as xp, pytest.raises(ArithmeticError, match=failure) as raised:
        fit(mlp, points, loss="quadratic", epochs=1, engine="compiled", arrays=xp)
    assert "the last good step is kept" in raised.value.__notes__[-1]
    assert [p.data for p in mlp.parameters()] == before


def test_single_precision_says_which_library_was_left():
    """A cost beyond float32 stops the training, though double precision would do."""
    with library("torch") as torch, pytest.raises(RangeError, match="cost is inf in the precision of torch"):
        trained("compiled", arrays=torch, dtype="float32", loss=lambda a, y: (1e25 * a[0]) ** 2, epochs=1)


@pytest.mark.parametrize("name", [None, *LIBRARIES])
@pytest.mark.parametrize("optimizer", [momentum, Adam])
def test_training_in_single_precision(name, optimizer):
    settings = {"validation": (X[:5], CLASSES[:5]), "optimizer": optimizer}
    with library(name) if name else nullcontext() as xp:
        single = trained("compiled", arrays=xp, dtype="float32", **settings)
    double = trained("eager", **settings)
    numbers, others = figures(*single), figures(*double)
    assert numbers == pytest.approx(others, rel=1e-3, abs=1e-4)
    assert numbers != pytest.approx(others, rel=1e-12, abs=1e-13)


def test_training_in_bfloat16_and_on_a_device():
    with library("torch") as torch:
        mlp, history, _ = trained("compiled", arrays=torch, dtype="bfloat16", device="cpu")
        assert history[-1].loss < history[0].loss
        rounded = torch.asarray([p.data for p in mlp.parameters()], dtype=torch.bfloat16)
        assert rounded.tolist() == [p.data for p in mlp.parameters()]
        with pytest.raises((RuntimeError, AssertionError)):  # a device that this machine has not
            trained("compiled", arrays=torch, device="xpu")


def test_precision_and_device_need_the_engine_that_has_them():
    with pytest.raises(ValueError, match="dtype is the precision"):
        trained("eager", dtype="float32")
    with pytest.raises(ValueError, match="device needs the array library"):
        trained("compiled", device="cuda")
