"""Compiled programs against engines that go through a graph of scalars at every step.

Every engine runs in a process of its own (see `processes`). `Load`s are functions of this module,
with their sizes bound to them, because another process has to find them.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import digit_networks
from . import workloads as w
from .digit_networks import ETA, OURS, joined, joined_parts
from .eager import micrograd_scalar, n_ary_neuron
from .harness import Contender, Table, figure, installed, interleaved, ratios
from .processes import Library, Load
from .references import SIZES, images, network

MOONS = [2, 16, 16, 1]
ENGINES = ["micrograd", "stepgrad, eager", "stepgrad, eager with dot"]


def engine(name: str) -> tuple[Any, Any, Any]:
    """Return its scalar, its sigmoid and its neuron. Raises ImportError if it is not installed."""
    if name == "micrograd":
        return micrograd_scalar(), lambda z: 1.0 / (1.0 + (-z).exp()), w.plain_neuron
    return Value, autograd.sigmoid, n_ary_neuron if name.endswith("dot") else w.plain_neuron


def compared(title: str, loads: dict[str, Load], rounds: int) -> Table:
    """One row with the collector on, one with it off."""
    table = Table(title, ["collector", *loads])
    made = installed({name: partial(Library, name, load) for name, load in loads.items()}, table)
    for collector in (True, False):
        times = interleaved([library.contenders["step"] for library in made.values()], rounds, collector)
        ours = f"{figure(statistics.median(times[OURS]) * 1e6)} µs"
        table.rows.append(["on" if collector else "off", ours, *ratios(times, table.columns[2:], OURS)])
    return table


def eager_step(name: str, parameters: list[Any], loss: Callable[[], Any], eta: float) -> dict[str, Contender]:
    """Build the graph of the loss, differentiate, update; the result is the gradient at the start."""
    start = [p.data for p in parameters]

    def run() -> None:
        for p in parameters:
            p.grad = 0.0
        loss().backward()
        for p in parameters:
            p.data -= eta * p.grad

    def result() -> Any:
        for p, data in zip(parameters, start):
            p.data = data
        run()
        return np.array([p.grad for p in parameters])

    return {"step": Contender(name, run, result)}


def compiled_step(program: Any, X: Any, Y: Any, eta: float, join: Any = joined) -> dict[str, Contender]:
    """The same by a program, its batch gathered by rows; the mean time of a hundred steps."""
    rows = np.arange(len(X))

    def run() -> None:
        program.backward(X[rows], Y[rows])
        step, parameters = program.gradient, program.parameters
        step *= eta
        parameters -= step

    def result() -> Any:
        program.load()
        return join(program.value_and_grad(X, Y)[1])

    return {"step": Contender(OURS, run, result, repeat=100)}


# The chapter's network
def compiled_digits(sizes: list[int], m: int) -> dict[str, Contender]:
    program = digit_networks.compiled(network(sizes))
    return compiled_step(program, *images(m, sizes[0]), ETA, joined_parts)


def eager_digits(name: str, sizes: list[int], m: int) -> dict[str, Contender]:
    scalar, sigmoid, neuron = engine(name)
    weights, biases = values = digit_networks.scalars(network(sizes), scalar)
    X, Y = images(m, sizes[0])
    examples = list(zip(X.tolist(), Y.tolist()))

    def loss() -> Any:
        return sum(digit_networks.cost(values, x, y, sigmoid, neuron) for x, y in examples) * (1.0 / m)

    return eager_step(name, w.flat(weights) + [b for layer in biases for b in layer], loss, ETA)


def digits(rounds: int, sizes: list[int] = SIZES, m: int = 10) -> Table:
    """A mini-batch is one graph, as in micrograd's demo."""
    loads: dict[str, Load] = {OURS: partial(compiled_digits, sizes, m)}
    loads |= {name: partial(eager_digits, name, sizes, m) for name in ENGINES}
    title = f"Compiled: a training step of {sizes} on {m} examples, against eager engines"
    table = compared(title, loads, min(rounds, 3))
    table.notes.append("Every engine makes one graph of the mean cost; micrograd got an `exp` in its style.")
    return table


# micrograd's demo
def compiled_moons(sizes: list[int]) -> dict[str, Contender]:
    layers = w.network(Value, sizes)

    def loss(x: Any, y: Any) -> Any:
        """One point's; the mean over the points is micrograd's loss."""
        margin = (1 + -y * w.forward(layers, x, w.plain_neuron)[0]).relu()
        return margin + sum(p * p for p in w.flat(layers)) * 1e-4

    points, labels = zip(*w.moons())
    program = autograd.compile(loss, [points[0], 0.0], params=layers, plan="arrays")
    return compiled_step(program, np.array(points), np.array(labels, float), 1e-3)


def eager_moons(name: str, sizes: list[int]) -> dict[str, Contender]:
    layers = w.network(engine(name)[0], sizes)
    return eager_step(name, w.flat(layers), lambda: w.w2(layers), 1e-3)


def moons(rounds: int, sizes: list[int] = MOONS) -> Table:
    loads: dict[str, Load] = {OURS: partial(compiled_moons, sizes)}
    loads |= {name: partial(eager_moons, name, sizes) for name in ENGINES[:2]}
    title = f"Compiled: micrograd's demo, a step of {sizes} on 100 points, max-margin loss and L2"
    return compared(title, loads, rounds)


# Deep and narrow
def compiled_lorenz(steps: int) -> dict[str, Contender]:
    values = [Value(number) for number in w.LORENZ]
    program = autograd.compile(lambda: w.lorenz(values, steps), params=values, plan="straight-line")
    result = lambda: np.array(program.value_and_grad()[1])  # noqa: E731
    return {"step": Contender(OURS, program.value_and_grad, result)}


def eager_lorenz(name: str, steps: int) -> dict[str, Contender]:
    values = list(map(engine(name)[0], w.LORENZ))
    return eager_step(name, values, lambda: w.lorenz(values, steps), 0.0)


def lorenz(rounds: int, steps: int = 1000) -> Table:
    """The gradient of where a path ends by all that it depends on."""
    loads: dict[str, Load] = {OURS: partial(compiled_lorenz, steps)}
    loads |= {name: partial(eager_lorenz, name, steps) for name in ENGINES[:2]}
    title = f"Compiled, straight-line: the gradient of {steps:,} Runge-Kutta steps of Lorenz's equations"
    return compared(title, loads, min(rounds, 3))


def tables(rounds: int) -> list[Table]:
    return [digits(rounds), moons(rounds), lorenz(rounds)]
