"""Eager mode: build a graph, differentiate it, free it, against other scalar engines.

python -m benchmarks eager
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import autograd
from autograd import Value

from . import nodes
from . import workloads as w
from .harness import Contender, Table, installed, interleaved, milliseconds, ratios
from .processes import Library

OURS, PURE = "stepgrad", "stepgrad, pure Python"


def n_ary_neuron(parameters: list[Any], inputs: list[Any]) -> Any:
    return autograd.dot(parameters[:-1], inputs, parameters[-1])


def job(make: Callable[[], Any], parameters: Callable[[Any], list[Any]], loss: Callable[[Any], Any]) -> Any:
    """Build, differentiate and free; the result compares both the loss and the gradients."""
    model = make()

    def run() -> None:
        loss(model).backward()

    def result() -> float:
        for p in parameters(model):
            p.grad = 0.0
        out = loss(model)
        out.backward()
        return float(out.data) + sum(p.grad for p in parameters(model))

    return run, result


def ours() -> dict[str, Contender]:
    two, three = [2, 16, 16, 1], [64, 32, 10]

    return {
        "W1": Contender(OURS, *job(lambda: w.leaves(Value), list, w.w1)),
        "W2": Contender(OURS, *job(lambda: w.network(Value, two), w.flat,
                lambda m: w.w2(m, n_ary_neuron, autograd.sum))),
        "W2, binary operators": Contender(OURS, *job(lambda: w.network(Value, two), w.flat, w.w2)),
        "W3": Contender(OURS, *job(lambda: w.network(Value, three), w.flat,
                lambda m: w.w3(m, n_ary_neuron, autograd.cross_entropy)), repeat=10),
        "W3, binary operators": Contender(OURS, *job(lambda: w.network(Value, three), w.flat, w.w3),
            repeat=10),
    }  # fmt: skip


def micrograd_scalar() -> Any:
    """micrograd's Value, and exp and log in its own style; a copy, so that nobody else's changes."""
    spec = importlib.util.find_spec("micrograd.engine")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    Micro = module.Value

    def exp(self: Any) -> Any:
        out = Micro(math.exp(self.data), (self,), "exp")

        def _backward() -> None:
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def log(self: Any) -> Any:
        out = Micro(math.log(self.data), (self,), "log")

        def _backward() -> None:
            self.grad += out.grad / self.data

        out._backward = _backward
        return out

    Micro.exp, Micro.log = exp, log
    return Micro


def micrograd() -> dict[str, Contender]:
    Micro = micrograd_scalar()
    two, three = [2, 16, 16, 1], [64, 32, 10]
    return {
        "W1": Contender("micrograd", *job(lambda: w.leaves(Micro), list, w.w1)),
        "W2": Contender("micrograd", *job(lambda: w.network(Micro, two), w.flat, w.w2)),
        "W3": Contender("micrograd", *job(lambda: w.network(Micro, three), w.flat, w.w3), repeat=10),
    }  # fmt: skip


def pytorch() -> dict[str, Contender]:
    import torch

    torch.set_num_threads(1)

    def scalar(x: float) -> Any:
        return torch.tensor(x, dtype=torch.float64, requires_grad=True)

    def torch_job(make: Any, parameters: Any, loss: Any) -> Any:
        model = make()
        inputs = parameters(model)

        def run() -> None:
            loss(model).backward()

        def result() -> float:
            for p in inputs:
                p.grad = None
            out = loss(model)
            out.backward()
            return out.item() + sum(p.grad.item() for p in inputs if p.grad is not None)

        return run, result

    return {
        "W1": Contender("PyTorch scalars", *torch_job(lambda: w.leaves(scalar), list, w.w1)),
        "W2": Contender(
            "PyTorch scalars", *torch_job(lambda: w.network(scalar, [2, 16, 16, 1]), w.flat, w.w2)
        ),
        "W3": Contender("PyTorch scalars", *torch_job(lambda: w.network(scalar, [64, 32, 10]), w.flat, w.w3)),
    }


def xad() -> dict[str, Contender]:
    """XAD records on a C++ tape; `relu`, `exp` and `log` are its own functions."""
    xmath, adj_1st = importlib.import_module("xad.math"), importlib.import_module("xad.adj_1st")
    Real, Tape = adj_1st.Real, adj_1st.Tape
    Real.relu = lambda self: xmath.max(self, 0.0)
    Real.exp = lambda self: xmath.exp(self)
    Real.log = lambda self: xmath.log(self)

    def xad_job(make: Any, parameters: Any, loss: Any) -> Any:
        model, tape = make(), Tape()
        inputs = parameters(model)
        for p in inputs:
            tape.registerInput(p)

        def run(read: Any = lambda out: None) -> Any:
            tape.activate()
            tape.newRecording()
            out = loss(model)
            tape.registerOutput(out)
            out.derivative = 1.0
            tape.computeAdjoints()
            answer = read(out)
            tape.deactivate()
            return answer

        def result() -> float:
            return run(lambda out: float(out.value) + sum(p.derivative for p in inputs))

        return run, result

    return {
        "W1": Contender("XAD", *xad_job(lambda: w.leaves(Real), list, w.w1)),
        "W2": Contender("XAD", *xad_job(lambda: w.network(Real, [2, 16, 16, 1]), w.flat, w.w2)),
        "W3": Contender("XAD", *xad_job(lambda: w.network(Real, [64, 32, 10]), w.flat, w.w3), repeat=10),
    }


def speed(rounds: int) -> Table:
    """Forward, backward and freeing, with the collector on and off."""
    table = Table(
        "Eager: forward + backward + free",
        ["workload", "collector", *LOADS],
    )
    libraries = installed(
        {
            name: partial(Library, name, load, STEPGRAD_PURE="1" if name == PURE else "")
            for name, load in LOADS.items()
        },
        table,
    )
    for workload in libraries[OURS].contenders:
        # A library without n-ary operations has one version of a network, the one with binary operators.
        network = workload.partition(",")[0]
        every = [library.contenders for library in libraries.values()]
        contenders = [of_one.get(workload, of_one[network]) for of_one in every]
        for collector in (True, False):
            times = interleaved(contenders, rounds, collector, tolerance=1e-6)
            row = [workload, "on" if collector else "off", milliseconds(times[OURS])]
            table.rows.append(row + ratios(times, table.columns[3:], OURS))
    if not autograd.__native__:
        table.notes.append(f"There is no native core here: the column {OURS} is pure Python, too.")
    table.notes.append(
        "W1: a random expression of 100,000 operations, chosen before it is timed. W2: micrograd's demo, a "
        "2-16-16-1 network on 100 points. W3: a 64-32-10 network on one example. A neuron of ours is one "
        "operation, unless the row says that it has binary operators, as those of the others have. "
        "Each ratio says how many times as long the other takes: median (quartiles). Every library runs in a "
        "process of its own, where the collector has no other library's objects to go through; in a round "
        "they run one after the other."
    )
    return table


def ours_in_python() -> dict[str, Contender]:
    """Ours without the native core, which the environment of the process switches off."""
    assert not autograd.__native__
    return {workload: replace(contender, name=PURE) for workload, contender in ours().items()}


LOADS = {OURS: ours, PURE: ours_in_python, "micrograd": micrograd, "PyTorch scalars": pytorch, "XAD": xad}


def tables(rounds: int = 7) -> list[Table]:
    """Everything this theme shows."""
    return [speed(rounds), nodes.memory(), nodes.growth(rounds)]
