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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Contender:
    """`run()` does the work once; `result()` is a number, or an array, that all contenders agree on."""

    name: str
    run: Callable[[], object]
    result: Callable[[], Any]
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
    first = contenders[0].result()
    for contender in contenders[1:]:
        result = contender.result()
        if not equal(result, first, tolerance):
            raise ValueError(f"{contender.name} gives {result!r}, {contenders[0].name} gives {first!r}")
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for _ in range(rounds):
        for contender in contenders:
            times[contender.name].append(contender.seconds(collector))
    return times


def equal(a: Any, b: Any, tolerance: float) -> bool:
    """Numbers to the tolerance, relative above 1; arrays relative to the largest entry."""
    if hasattr(b, "shape"):
        return a.shape == b.shape and bool((abs(a - b) <= tolerance * abs(b).max()).all())
    return abs(a - b) <= tolerance * max(1.0, abs(b))


def ratio(times: dict[str, list[float]], slow: str, fast: str) -> str:
    """The time of `slow` as a multiple of that of `fast`: median (quartiles) over the rounds."""
    all_ratios = sorted(a / b for a, b in zip(times[slow], times[fast], strict=True))
    low, median, high = statistics.quantiles(all_ratios, n=4) if len(all_ratios) > 1 else all_ratios * 3
    return f"{figure(median)}× ({figure(low)}–{figure(high)})"


def figure(number: float) -> str:
    """Three significant digits, without a power of ten."""
    return f"{float(f'{number:.3g}'):,.0f}" if number >= 100 else f"{number:.3g}"


def ratios(times: dict[str, list[float]], names: Iterable[str], fast: str) -> list[str]:
    """`ratio` for each name, or a dash if it was not timed."""
    return [ratio(times, name, fast) if name in times else "–" for name in names]


def installed(loaders: dict[str, Callable[[], T]], table: Table) -> dict[str, T]:
    """The libraries that load; the table notes once which are not installed."""
    made: dict[str, T] = {}
    for name, load in loaders.items():
        try:
            made[name] = load()
        except ImportError as error:
            note = f"{name} is missing: {error}."
            table.notes += [note] if note not in table.notes else []
    return made


def milliseconds(values: list[float]) -> str:
    return f"{figure(statistics.median(values) * 1e3)} ms"


def microseconds(values: list[float]) -> str:
    return f"{figure(statistics.median(values) * 1e6)} µs"


def version(distribution: str) -> str | None:
    """The installed version, or None."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine(distributions: list[str]) -> dict[str, Any]:
    """The versions and the machine that the figures depend on."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) or "missing" for name in distributions},
    }
