"""Compiled programs against matrix code by hand, other libraries, and eager engines.

python -m benchmarks compile
"""

from __future__ import annotations

import numpy as np

from . import against_eager, compiled_graphs, compiled_models, namespaces
from .digit_networks import LIBRARIES, OURS, Library
from .harness import Contender, Table, installed, interleaved, microseconds, ratios
from .references import SIZES, images, network

HOW = "Each ratio says how many times as long the other takes: median (quartiles). One core, float64."


def libraries(sizes: list[int], names: list[str], table: Table) -> dict[str, Library]:
    start = network(sizes)
    return installed({name: lambda name=name: LIBRARIES[name](start) for name in names}, table)


def gradient(rounds: int, sizes: list[int] = SIZES, batches: tuple[int, ...] = (1, 10, 100, 1000)) -> Table:
    """∂C/∂(weights, biases) of one mini-batch."""
    names = [name for name in LIBRARIES if name != "the chapter's loop"]
    title = f"Compiled: the gradient of {sizes}, sigmoid, quadratic cost"
    table = Table(title, ["mini-batch", *names])
    made = libraries(sizes, names, table)
    for m in batches:
        X, Y = images(m, sizes[0])
        repeat = max(1, 2000 // (m + 10))
        contenders = [Contender(name, *lib.gradient(X, Y), repeat) for name, lib in made.items()]
        times = interleaved(contenders, rounds)
        table.rows.append([f"{m:,}", microseconds(times[OURS]), *ratios(times, names[1:], OURS)])
    table.notes += [HOW + " Compiled programs and PyTorch compute the mean cost too."]
    return table


def training(rounds: int, sizes: list[int] = SIZES, examples: int = 50_000, steps: int = 200) -> Table:
    """Gather ten examples by their rows, differentiate, update: as many steps in a row."""
    table = Table(f"Compiled: a training step of {sizes} on 10 of {examples:,} examples", list(LIBRARIES))
    made = libraries(sizes, table.columns, table)
    X, Y = images(examples, sizes[0])
    rows = np.random.default_rng(1).integers(0, examples, (steps, 10))
    contenders = [Contender(name, *lib.steps(X, Y, rows)) for name, lib in made.items()]
    times = interleaved(contenders, rounds)
    step = microseconds([seconds / steps for seconds in times[OURS]])
    table.rows = [[step, *ratios(times, table.columns[1:], OURS)]]
    table.notes += [
        f"{HOW} All have the same parameters after {steps} steps. JAX runs them in one `lax.scan`."
    ]
    return table


def tables(rounds: int) -> list[Table]:
    """Everything this theme shows."""
    others = (against_eager, compiled_models, compiled_graphs, namespaces)
    return [
        gradient(rounds),
        training(rounds),
        *(table for module in others for table in module.tables(rounds)),
    ]
