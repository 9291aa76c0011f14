"""Fair comparison: rounds in which every contender runs once, ratios taken within a round.

Machines are noisy, so an absolute time says little; the ratio of two times taken side by side, its
median over the rounds and its spread (the quartiles) say more. Contenders must agree in their
results before they are timed; one that is not installed is listed as missing.
"""

from __future__ import annotations

import gc
import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Contender:
    """`run()` does the work once; `result()` is a number that all contenders must agree on."""

    name: str
    run: Callable[[], object]
    result: Callable[[], float]
    repeat: int = 1

    def seconds(self, collector: bool) -> float:
        """The time of one run, with the cyclic garbage collector on or off."""
        gc.collect()
        (gc.enable if collector else gc.disable)()
        try:
            start = time.perf_counter()
            for _ in range(self.repeat):
                self.run()
            return (time.perf_counter() - start) / self.repeat
        finally:
            gc.enable()


@dataclass
class Table:
    """Rows of one theme, printed as Markdown and kept for JSON."""

    title: str
    columns: list[str]
    rows: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        lines = [f"### {self.title}", "", "| " + " | ".join(self.columns) + " |"]
        lines.append("|" + "---|" * len(self.columns))
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join([*lines, "", *self.notes])


def interleaved(
    contenders: Sequence[Any], rounds: int, collector: bool = True, tolerance: float = 1e-9
) -> dict[str, list[float]]:
    """Seconds per contender, one entry per round. Raises ValueError where results differ."""
    results = {contender.name: contender.result() for contender in contenders}
    first = results[contenders[0].name]
    for name, result in results.items():
        if not abs(result - first) <= tolerance * max(1.0, abs(first)):
            raise ValueError(f"{name} gives {result!r}, {contenders[0].name} gives {first!r}")
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            times[contender.name].append(contender.seconds(collector))
    return times


def ratio(times: dict[str, list[float]], slow: str, fast: str) -> str:
    """How many times as long `slow` takes as `fast`: median (quartiles) over the rounds."""
    ratios = sorted(a / b for a, b in zip(times[slow], times[fast], strict=True))
    low, median, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
    return f"{median:.3g}× ({low:.3g}–{high:.3g})"


def milliseconds(values: list[float]) -> str:
    return f"{statistics.median(values) * 1e3:.3g} ms"


def version(distribution: str) -> str | None:
    """The installed version, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine(distributions: list[str]) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) or "missing" for name in distributions},
    }
