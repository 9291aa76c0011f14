"""Groups: scalar nodes that became one array operation, and the rows that it reads and makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..table.lists import ListRule
from ..table.row import FormulaRule
from .partials import Partial, Pullback


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a space, in an index of any shape."""

    space: str
    index: Any  # a numpy array of row numbers

    def at(self, place: Any) -> Rows:
        """Those of the rows that are at places of the index."""
        return Rows(self.space, self.index[place])


@dataclass(eq=False, kw_only=True)
class Group:
    """Scalar `nodes` that are computed together, into the rows from `start` on of `space`, in this order."""

    nodes: list[int]
    level: int
    space: str = ""
    start: int = 0
    scope: str = ""
    operation: str = ""
    symbol: str = ""

    @property
    def stop(self) -> int:
        """The row after the last."""
        return self.start + len(self.nodes)

    def described(self) -> str:
        """The group in a few words."""
        place = f" in {self.scope}" if self.scope else ""
        return f"{len(self.nodes)} × {self.operation}{place} (level {self.level})"


@dataclass(eq=False, kw_only=True)
class Map(Group):
    """An operation, element by element; an operand is rows, or one number for all, ("seed", c) for c/m."""

    rule: FormulaRule | Partial
    operands: list[Any]


@dataclass(eq=False, kw_only=True)
class Matrix(Group):
    """Σ over blocks of left·right + Σ sign·term, of `shape` (T, F, P), or its mean over the examples.

    A block multiplies rows (T, F, K) with rows (T, K, P): T matrix products of F rows with P
    columns (per example). A term has one row, or J rows to add up, for each of the results.
    """

    shape: tuple[int, int, int]
    blocks: list[tuple[Rows, Rows]]
    terms: list[tuple[float, Rows]]
    mean: bool = False


@dataclass(eq=False, kw_only=True)
class Listed(Group):
    """softmax and the like of `lists` (L, n): node i is about list `which[i]` and operand `choices[i]`.

    A `Pullback` has the `adjoints` of the lists' results too, and which result was `chosen` in each list.
    """

    rule: ListRule | Pullback
    lists: Rows
    which: list[int]
    choices: list[int]
    adjoints: Rows | None = None
    chosen: list[int] | None = None


def reads(group: Group) -> list[Rows]:
    """All the rows that a group reads."""
    if isinstance(group, Map):
        return [operand for operand in group.operands if isinstance(operand, Rows)]
    if isinstance(group, Listed):
        return [group.lists] if group.adjoints is None else [group.lists, group.adjoints]
    assert isinstance(group, Matrix)
    return [rows for block in group.blocks for rows in block] + [rows for _, rows in group.terms]
