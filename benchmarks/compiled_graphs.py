"""Compiled programs of other graphs: Rosenbrock's function, and a million nodes to compile."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import derivatives, digit_networks
from . import workloads as w
from .digit_networks import OURS
from .eager import n_ary_neuron
from .harness import Contender, Table, installed, interleaved, microseconds, ratios
from .references import network

NETWORKS = [([784, 30, 10], "+ and *"), ([784, 30, 10], "dot"), ([784, 420, 10], "+ and *")]


def rosenbrock(rounds: int, sizes: tuple[int, ...] = (100, 1_000, 10_000)) -> Table:
    """A function other than a network: value and gradient."""
    table = Table("Compiled: Rosenbrock's function, value and gradient", ["n", "plan", OURS, "JAX jit"])
    jax = installed({"JAX jit": jax_rosenbrock}, table)
    for n in sizes:
        x = derivatives.start(n)
        values = [Value(number) for number in x]
        program = autograd.compile(lambda values=values: derivatives.rosenbrock(values), params=values)
        result = lambda program=program: np.array(program.value_and_grad()[1])  # noqa: E731
        contenders = [Contender(OURS, program.value_and_grad, result, repeat=max(1, 100_000 // n))]
        for name, prepare in jax.items():
            run = prepare(x)
            contenders.append(
                Contender(name, run, lambda run=run: np.asarray(run()[1]), contenders[0].repeat)
            )
        times = interleaved(contenders, rounds)
        table.rows.append(
            [f"{n:,}", program.plan, microseconds(times[OURS]), *ratios(times, ["JAX jit"], OURS)]
        )
    table.notes.append("Ours from a sum over scalars, JAX's from one over arrays; one core, float64.")
    return table


def jax_rosenbrock() -> Callable[[list[float]], Callable[[], Any]]:
    import jax

    jax.config.update("jax_enable_x64", True)
    call = jax.jit(jax.value_and_grad(derivatives.on_arrays))

    def prepare(numbers: list[float]) -> Callable[[], Any]:
        x = jax.numpy.array(numbers)
        return lambda: jax.block_until_ready(call(x))

    return prepare


def compile_time(rounds: int, networks: list[tuple[list[int], str]] = NETWORKS) -> Table:
    """Tracing, regrouping and writing the program; the collector on, `compile` pauses it itself."""
    table = Table(
        "Compiling the sigmoid network with the quadratic cost",
        ["network", "written with", "nodes", "groups", "time"],
    )
    for sizes, written in networks:
        neuron = n_ary_neuron if written == "dot" else w.plain_neuron
        start = network(sizes)
        made: list[Any] = []

        def run(start: Any = start, neuron: Any = neuron, made: list[Any] = made) -> None:
            made[:] = [digit_networks.compiled(start, neuron)]

        times = interleaved([Contender(OURS, run, lambda: 0.0)], min(rounds, 3))
        seconds = f"{statistics.median(times[OURS]):.2f} s"
        table.rows.append(
            [str(sizes), written, f"{nodes(sizes, neuron):,}", str(len(made.pop().groups)), seconds]
        )
    table.notes.append("Nodes are those of one example's graph, its parameters and inputs among them.")
    return table


def nodes(sizes: list[int], neuron: Any) -> int:
    """The size of the graph of one example, counted in eager mode."""
    x, y = ([Value(0.0) for _ in range(n)] for n in (sizes[0], sizes[-1]))
    values = digit_networks.scalars(network(sizes))
    return len(autograd.topological_order(digit_networks.cost(values, x, y, autograd.sigmoid, neuron)))


def tables(rounds: int) -> list[Table]:
    return [rosenbrock(rounds), compile_time(rounds)]
