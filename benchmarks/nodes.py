"""The cost of one node of an eager graph: its bytes, and its time as graphs grow."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Value

from .harness import Table


def memory() -> Table:
    """Bytes that one binary operation keeps."""
    table = Table("Eager: memory per node", ["operation", "bytes"])
    x, y = Value(1.1), Value(2.3)
    for name, make in {
        "x * y": lambda: x * y,
        "x + y": lambda: x + y,
        "x * 2.0": lambda: x * 2.0,
        "tanh(x)": lambda: x.tanh(),
        "x * y, after backward": lambda: x * y,
    }.items():
        kept: list[Any] = [None] * 10_000
        tracemalloc.start()
        start = tracemalloc.get_traced_memory()[0]
        for i in range(len(kept)):
            kept[i] = make()
            if "backward" in name:
                kept[i].backward()
        table.rows.append([name, f"{(tracemalloc.get_traced_memory()[0] - start) / len(kept):.0f}"])
        tracemalloc.stop()
    return table


def chain(n: int) -> tuple[Value, int]:
    x = y = Value(0.5)
    for _ in range(n // 2):
        y = (y + x) * 0.5
    return y, n


def wide(n: int) -> tuple[Value, int]:
    x = Value(0.5)
    return autograd.sum([x * 0.5 for _ in range(n)]), n


def fan_out(n: int) -> tuple[Value, int]:
    x, total = Value(0.5), Value(0.0)
    for _ in range(n):
        total = total + x
    return total, n


def ladder(n: int) -> tuple[Value, int]:
    y = Value(0.5)
    for _ in range(n // 3):
        y = (y * 0.5) + (y * 0.25)
    return y, n


def growth(rounds: int, largest: int = 6) -> Table:
    """The cost per node from 10³ to 10⁶ nodes, which should be constant."""
    sizes = [10**k for k in range(3, largest + 1)]
    table = Table(
        "Eager: what one node costs as graphs grow, collector off",
        ["graph", "per node", *(f"{size:,}" for size in sizes), "last ÷ first"],
    )
    for make in (chain, wide, fan_out, ladder):
        costs = [_per_node(make, size, rounds=max(1, min(rounds, 10**6 // size))) for size in sizes]
        for what, row in zip(("forward, ns", "backward, ns", "memory, bytes"), zip(*costs, strict=True)):
            name = make.__name__.replace("_", " ")
            table.rows.append([name, what, *(f"{cost:.0f}" for cost in row), f"{row[-1] / row[0]:.2f}×"])
    return table


def _per_node(make: Callable[[int], tuple[Value, int]], size: int, rounds: int) -> tuple[float, ...]:
    """Nanoseconds of the forward and of the backward pass (medians), and the bytes kept after both."""
    forward: list[float] = []
    backward: list[float] = []
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        start = time.perf_counter()
        root, nodes = make(size)
        built = time.perf_counter()
        root.backward()
        done = time.perf_counter()
        forward.append((built - start) / nodes * 1e9)
        backward.append((done - built) / nodes * 1e9)
        del root
    tracemalloc.start()
    root, nodes = make(size)
    root.backward()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    gc.enable()
    return statistics.median(forward), statistics.median(backward), kept / nodes
