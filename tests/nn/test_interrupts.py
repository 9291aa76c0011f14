"""An interrupt at any line leaves one step or the other: parameters and optimizer together."""

import contextvars
import gc
import sys
from pathlib import Path

import pytest

import autograd
import nn
from nn import MLP, SGD, Adam, clip_grad_norm, fit, load, save
from nn.training.optimizers import Optimizer

ROOT = Path(nn.__file__).parent
WATCHED = (str(ROOT), str(Path(autograd.__file__).parent / "value.py"))


class Interrupt(KeyboardInterrupt):
    pass


def interrupted(run, at):
    """Run, with an interrupt at the `at`-th line of the watched files; whether it came to that."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.startswith(WATCHED):
            return None
        if event == "line":
            count += 1
            if count == at:
                raise Interrupt
        return trace

    before = sys.gettrace()
    try:
        # A line event comes before a `with` block is left, where no interrupt arrives in earnest: the
        # context, and the collector that fit pauses, are this test's own.
        contextvars.copy_context().run(lambda: (sys.settrace(trace), run()))
    except Interrupt:
        return True
    finally:
        sys.settrace(before)
        gc.enable()
    return False


def state_of(optimizer, parameters, state):
    memory = [sorted(map(float, part)) for name, part in state.items() if name != "steps"]
    return sorted(map(float, parameters)), state["steps"], memory


@pytest.mark.parametrize("make", [lambda mlp: SGD(mlp, lr=0.1, momentum=0.5), lambda mlp: Adam(mlp, lr=0.1)])
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_an_interrupted_fit_leaves_one_step_or_the_other(make, engine, monkeypatch):
    steps = []
    stepped = Optimizer.stepped

    def record(self, *arguments):
        result = stepped(self, *arguments)
        steps.append(state_of(self, *result))
        return result

    def run(at=None):
        mlp = MLP([1, 2], seed=0)
        optimizer = make(mlp)
        job = lambda: fit(  # noqa: E731
            mlp, [1.0, -2.0, 0.5], [0, 1, 1], optimizer=optimizer, epochs=2, batch_size=2,
            engine=engine, clip_norm=0.5, progress=False,
        )  # fmt: skip
        done = not interrupted(job, at) if at else job()
        return state_of(optimizer, [p.data for p in mlp.parameters()], optimizer.state_dict()), done

    mlp = MLP([1, 2], seed=0)
    start = state_of(None, [p.data for p in mlp.parameters()], make(mlp).state_dict())
    with monkeypatch.context() as patch:
        patch.setattr(Optimizer, "stepped", record)
        last, _ = run()
    assert steps[-1] == last
    allowed, seen, at, stride = [start, *steps], set(), 1, 1
    while True:
        state, done = run(at)
        assert state in allowed, f"line {at}"
        seen.add(allowed.index(state))
        if done:
            break
        at += stride
    assert seen == set(range(len(allowed))) if engine == "eager" else {0, len(steps)} <= seen


def test_gradients_are_cleared_and_clipped_whole_or_not_at_all():
    mlp = MLP([2, 3], seed=0)
    for change in (lambda: clip_grad_norm(mlp, 1e-3), SGD(mlp).zero_grad, mlp.zero_grad):
        at, results = 1, set()
        while True:
            for k, parameter in enumerate(mlp.parameters(), 1):
                parameter.grad = float(k)
            came = interrupted(change, at)
            results.add(tuple(p.grad for p in mlp.parameters()))
            at += 1
            if not came:
                break
        assert len(results) == 2


def test_a_network_is_loaded_whole_or_not_at_all(tmp_path):
    save(MLP([2, 3], seed=1), tmp_path / "mlp.json")
    at, results = 1, set()
    while True:
        mlp = MLP([2, 3], seed=0)
        came = interrupted(lambda: load(tmp_path / "mlp.json", mlp), at)  # noqa: B023
        results.add(tuple(p.data for p in mlp.parameters()))
        at += 7 if len(results) == 1 else 1
        if not came:
            break
    assert len(results) == 2
