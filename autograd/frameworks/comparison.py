# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The framework's numbers beside ours, as a table that prints itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..nodes.plain import Printed, aligned, for_output

# Differences that are put down to rounding, relative to the largest number of the row (at least 1).
TOLERANCES = {"float64": 1e-12, "float32": 2e-5, "float16": 2e-2, "bfloat16": 2e-1}
LARGEST = {"float32": 3.4028236e38, "float16": 65504.0, "bfloat16": 3.4e38}  # of finite numbers
SHOWN = 60  # rows of a printed table


@dataclass(frozen=True, eq=False)
class Difference:
    """One row: the results of an operation, or the gradient of a leaf, in both computations."""

    kind: Literal["value", "gradient"]
    name: str
    ours: Any  # NumPy arrays of one shape
    theirs: Any
    dtype: str

    @property
    def tolerance(self) -> float:
        """The largest difference that is put down to rounding, by the framework's dtype."""
        finite = np.abs(self.theirs[np.isfinite(self.theirs)])
        return TOLERANCES[self.dtype] * max(1.0, float(finite.max()) if finite.size else 0.0)

    @cached_property
    def worst(self) -> tuple[int, ...]:
        """The index of the largest difference."""
        if not self._differences.size:
            return ()
        return tuple(int(i) for i in np.unravel_index(self._differences.argmax(), self._differences.shape))

    @cached_property
    def largest(self) -> float:
        """The largest difference between two numbers of the row; ∞ if only one of them is finite."""
        return float(self._differences[self.worst]) if self._differences.size else 0.0

    @cached_property
    def _differences(self) -> Any:
        ours, theirs = np.asarray(self.ours, float), np.asarray(self.theirs, float)
        ours = np.where(np.abs(ours) > LARGEST.get(self.dtype, math.inf), np.copysign(math.inf, ours), ours)
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        with np.errstate(invalid="ignore"):
            apart = np.abs(ours - theirs)
        return np.where(same, 0.0, np.where(np.isnan(apart), math.inf, apart))

    @property
    def agrees(self) -> bool:
        """Whether the largest difference is within the tolerance."""
        return self.largest <= self.tolerance

    def __str__(self) -> str:
        return for_output("  ".join(self.cells()))

    def cells(self) -> list[str]:
        """The row in words and numbers: at the place where the two are furthest apart."""
        place = f"[{', '.join(map(str, self.worst))}]" if self.worst else ""
        numbers = [f"{float(side[self.worst]):.9g}" for side in (self.theirs, self.ours) if side.size]
        return [
            self.kind,
            self.name + place,
            *(numbers or ["", ""]),
            f"{self.largest:.1e}",
            "" if self.agrees else f"more than {self.tolerance:.1e}",
        ]


def at_tolerance(rows: Iterable[Difference]) -> tuple[Difference, ...]:
    """The rows, each with the coarsest dtype up to it: float64 computed from float32 is no better."""
    found: list[Difference] = []
    coarsest = "float64"
    for row in rows:
        coarsest = max(coarsest, row.dtype, key=TOLERANCES.__getitem__)
        found.append(replace(row, dtype=coarsest))
    return tuple(found)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Printed):
    """A table of the framework's numbers beside ours: the results of each operation, then each gradient.

    It prints itself: of each row the two numbers that are furthest apart. `largest` is the largest
    difference of all, `first` the first row beyond its tolerance, or None, `rows` all rows.
    """

    framework: str
    rows: tuple[Difference, ...]

    @property
    def largest(self) -> float:
        """The largest difference of all rows."""
        return max((row.largest for row in self.rows), default=0.0)

    @property
    def first(self) -> Difference | None:
        """The first row beyond its tolerance: where the two computations part."""
        return next((row for row in self.rows if not row.agrees), None)

    @property
    def agrees(self) -> bool:
        """Whether every row is within its tolerance."""
        return self.first is None

    def _text(self) -> str:
        head = ["", "furthest apart at", self.framework, "stepgrad", "difference", ""]
        shown = list(self.rows[:SHOWN])
        if self.first is not None and self.first not in shown:
            shown.append(self.first)
        table = [head, *(row.cells() for row in shown)]
        lines = [aligned(table, right=range(2, 5))]
        if len(shown) < len(self.rows):
            lines.append(f"… and {len(self.rows) - len(shown)} more rows")
        return "\n".join([*lines, self.verdict])

    @property
    def verdict(self) -> str:
        """The last line: whether the two agree, and if not, where they part."""
        if self.first is None:
            return f"All {len(self.rows)} rows agree; the largest difference is {self.largest:.1e}."
        bad = sum(not row.agrees for row in self.rows)
        where = "the result of" if self.first.kind == "value" else "the gradient of"
        return f"{bad} of {len(self.rows)} rows differ, the first in {where} {self.first.name}."
