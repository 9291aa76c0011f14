"""Pictures and steppers: time and size against the number of nodes.

python -m benchmarks drawing
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import nn
from autograd import Value, draw, step, topological_order

from .harness import Table


def neuron() -> Value:
    x1, x2, w1, w2, b = (
        Value(n, s) for n, s in ((2.0, "x₁"), (0.0, "x₂"), (-3.0, "w₁"), (1.0, "w₂"), (6.9, "b"))
    )
    return (x1 * w1 + x2 * w2 + b).tanh()


def expression(size: int) -> Value:
    """A balanced tree of products and sums of `size` leaves."""
    level = [Value(0.5 + i / size, f"x{i}") for i in range(size)]
    while len(level) > 1:
        pairs = list(zip(level[::2], level[1::2], strict=True))
        level = [a * b if i % 2 else a + b for i, (a, b) in enumerate(pairs)]
    return level[0]


def network(sizes: list[int]) -> Value:
    outputs = nn.MLP(sizes, seed=1)([0.1] * sizes[0])
    return nn.quadratic(outputs, [1.0] * sizes[-1])


def timed(run: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    run()
    times, made = [], None
    for _ in range(rounds):
        start = time.perf_counter()
        made = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3, made


def tables(rounds: int = 7) -> list[Table]:
    """The cost of a picture and of a stepper."""
    table = Table(
        "Drawing and stepping",
        ["graph", "nodes", "DOT text", "SVG, laid out", "size", "stepper's page", "size"],
    )
    graphs: dict[str, Value] = {
        "neuron": neuron(),
        "tree of 16 leaves": expression(16),
        "tree of 32 leaves": expression(32),
        "MLP [2, 3, 1]": network([2, 3, 1]),
        "MLP [8, 8, 4]": network([8, 8, 4]),
        "MLP [64, 16, 10]": network([64, 16, 10]),
    }
    for name, root in graphs.items():
        root.backward()
        nodes = len(topological_order(root))
        dot, _ = timed(lambda root=root: draw(root).source, rounds)
        svg, picture = timed(lambda root=root: draw(root).pipe("svg"), rounds)
        row = [name, f"{nodes}", f"{dot:.0f} ms", f"{svg:.0f} ms", f"{len(picture) / 1e3:.0f} kB"]
        try:
            page_time, page = timed(lambda root=root: step(root)._repr_html_(), min(rounds, 3))
            row += [f"{page_time:.0f} ms", f"{len(page.encode()) / 1e3:.0f} kB"]
        except ValueError as refused:
            row += ["refused", str(refused).splitlines()[0][:60]]
        table.rows.append(row)
    return [table]
