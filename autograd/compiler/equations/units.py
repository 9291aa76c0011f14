"""Names for the rows of a program, and the owner of each row.

A unit is a name for rows in their order, as z¹ for the weighted inputs of layer 1. Rows that belong to
none are computed by a group, whose value is then written where they are read, or they are constants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ...text.mathematics import POWER, Style, Written
from ..groups import Group, Rows
from ..layout import Layout
from .phrases import FEW, Factor, Phrases, Shape, Unwritable

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(eq=False)
class Unit:
    """A name for `rows` of a space, row by row in a matrix of `shape`; `less` is subtracted from it there.

    The target y in C = (z¹ − y)² is subtracted in the group that computes z¹, of which it is not a part.
    """

    name: Written
    space: str
    rows: Any
    shape: Shape
    less: list[Rows] = field(default_factory=list[Rows])

    @property
    def whole(self) -> Factor:
        """The name, with its rows and columns."""
        return Factor(self.name.text, self.name.binds, self.shape)


Owner = Unit | Group | list[float]


class Units:
    """The owner of every row, and the row's place in it; names for indices that are too long."""

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style) -> None:
        self.layout, self.style, self.phrases = layout, style, Phrases(style)
        self.numpy = np = layout.numpy
        self.named: dict[str, Unit] = {}
        self.numbered: set[str] = set()  # the letters that have the number of a layer
        self.indices: dict[str, Any] = {}  # the rows that an index π means
        self.windows: dict[str, Any] = {}  # indices of several columns
        self.owners: list[Owner] = []
        sizes = {**layout.sizes, "S": len(layout.seeds)}
        self.owner: dict[str, Any] = {space: np.full(size, -1) for space, size in sizes.items()}
        self.place: dict[str, Any] = {space: np.arange(size) for space, size in sizes.items()}
        spaces = {f"X{k}": name for k, name in enumerate(inputs) if f"X{k}" in sizes}
        for space, name in {**spaces, "U": "θ"}.items():
            size = layout.params if space == "U" else sizes[space]
            self.add(Unit(Written(style.name(name)), space, np.arange(size), (size, 1)))
        for space, first, constants in (
            ("U", layout.params, layout.constants),
            ("U", layout.first_of_reverse, layout.more_constants),
            ("S", 0, layout.seeds),
        ):
            self._claim(constants, space, np.arange(first, first + len(constants)))
        for group in layout.groups:
            self._claim(group, group.space, np.arange(group.start, group.stop))

    def add(self, unit: Unit) -> None:
        """Name rows from now on; a unit that has one row for all of its numbers keeps that one."""
        self.named[unit.name.text] = unit
        self._claim(unit, unit.space, unit.rows)

    def _claim(self, owner: Owner, space: str, rows: Any) -> None:
        if len(rows):
            self.owner[space][rows] = len(self.owners)
            one = isinstance(owner, Unit) and owner.shape == (1, 1)
            self.place[space][rows] = 0 if one else self.numpy.arange(len(rows))
        self.owners.append(owner)

    def fresh(self, letter: str = "v") -> str:
        """A name that nothing has: v₁, v₂, …"""
        count = 1 + sum(name.startswith(self.style.name(f"{letter}₁")[:1]) for name in self.named)
        while (name := self.style.name(f"{letter}{str(count).translate(_SUBSCRIPTS)}")) in self.named:
            count += 1
        return name

    def choose(self, letters: str, layer: int | None = None) -> Written | None:
        """The first free letter, with the number of a layer if there is one.

        A letter has a number everywhere or nowhere, since w² would be the square of w.
        """
        for letter in map(self.style.name, letters):
            name = letter if layer is None else self.style.power(letter, str(layer))
            if name in self.named or letter in (self.named if layer else self.numbered):
                continue
            if layer is None:
                return Written(name)
            self.numbered.add(letter)
            return Written(name, POWER)
        return None

    def found(self, rows: Rows) -> tuple[Any, Any]:
        """The number of the owner of each row, and its place there."""
        return self.owner[rows.space][rows.index], self.place[rows.space][rows.index]

    def owners_of(self, rows: Rows) -> list[Owner]:
        """The units, groups and constants to which rows belong."""
        numbers: list[int] = self.numpy.unique(self.found(rows)[0]).tolist()
        return [self.owners[k] for k in numbers]

    def runs(self, rows: Rows) -> list[slice]:
        """Where rows in one line have the same owner, one after the other."""
        owner, _ = self.found(rows)
        cuts = [0, *(self.numpy.flatnonzero(self.numpy.diff(owner)) + 1).tolist(), len(owner)]
        return [slice(*cut) for cut in pairwise(cuts)]

    def are_one(self, rows: Rows) -> bool:
        """Whether rows are the constant 1."""
        owners, (_, places) = self.owners_of(rows), self.found(rows)
        constants = owners[0] if len(owners) == 1 and isinstance(owners[0], list) else []
        return bool(constants) and {constants[k] for k in places.ravel().tolist()} == {1.0}

    def are_params(self, space: str, index: Any) -> bool:
        """Whether these are rows of parameters alone."""
        return space == "U" and bool((index < self.layout.params).all())

    def unit_of(self, rows: Rows) -> Unit | None:
        """The one unit that all rows belong to."""
        owners = self.owners_of(rows)
        return owners[0] if len(owners) == 1 and isinstance(owners[0], Unit) else None

    # Parts
    def part(self, unit: Unit, place: Any) -> Factor:
        """The elements of a unit at places, in one line or in a matrix of them."""
        np, (rows, columns) = self.numpy, unit.shape
        whole = unit.whole
        every = np.arange(rows * columns)
        if place.ndim == 1:
            if np.array_equal(place, every):
                return whole
            numbers = self.phrases.column(whole) if min(unit.shape) > 1 else whole
            return self._indexed(numbers, self._line(place), (len(place), 1))
        shape = place.shape
        if shape == unit.shape and np.array_equal(place.ravel(), every):
            return whole
        if shape == (columns, rows) and np.array_equal(place.T.ravel(), every):
            return self.phrases.transposed(whole)
        if min(shape) == 1:
            line = self.phrases.column(self.part(unit, place.ravel()))
            return line if shape[1] == 1 else self.phrases.transposed(line)
        if min(unit.shape) > 1:
            return self._block(whole, place)
        for text, index in self.windows.items():  # read turned, they are xᵀ
            if np.array_equal(index, place):
                return self._indexed(whole, text, shape)
            if np.array_equal(index, place.T):
                return self.phrases.transposed(self._indexed(whole, text, (shape[1], shape[0])))
        text = self._columns(place)
        self.windows[text] = place
        return self._indexed(whole, text, shape)

    def elements(self, column: Factor, places: Sequence[int]) -> Factor:
        """Elements of what has no name: softmax(z)[2]."""
        return self._indexed(column, self._line(self.numpy.array(places)), (len(places), 1))

    def _indexed(self, whole: Factor, index: str, shape: Shape) -> Factor:
        return Factor(self.style.elements(self.phrases.fence(whole, POWER), index), POWER, shape)

    def _line(self, place: Any) -> str:
        return sliced(place.tolist()) or self._index(place)

    def _columns(self, place: Any) -> str:
        """Columns of places: [0:3 | 1:4]."""
        columns = [sliced(column) for column in place.T.tolist()] if place.shape[1] <= FEW else [None]
        return " | ".join(c for c in columns if c) if all(columns) else self._index(place)

    def _block(self, whole: Factor, place: Any) -> Factor:
        """Rows or columns of a matrix: z[0:2], z[:, 0:2]."""
        i, j = divmod(place, whole.shape[1])
        if (j != j[:1]).any() or (i != i[:, :1]).any():
            if (i == i[:1]).all() and (j == j[:, :1]).all():
                return self.phrases.transposed(self._block(whole, place.T))
            raise Unwritable
        rows, columns = (self._run(line) for line in (i[:, 0], j[0]))
        if j[0].tolist() != [*range(whole.shape[1])]:
            rows = f"{':' if i[:, 0].tolist() == [*range(whole.shape[0])] else rows}, {columns}"
        return self._indexed(whole, rows, place.shape)

    def _run(self, place: Any) -> str:
        """Places without a comma, which parts rows from columns."""
        text = self._line(place)
        return self._index(place) if "," in text else text

    def _index(self, place: Any) -> str:
        """A name for an index."""
        for text, index in self.indices.items():
            if self.numpy.array_equal(index, place):
                return text
        text = self.style.name(f"π{str(len(self.indices) + 1).translate(_SUBSCRIPTS)}")
        self.indices[text] = place
        return text


def sliced(numbers: list[int]) -> str | None:
    """An index as Python's slices, in its order; None if it takes too many."""
    runs: list[tuple[int, int, int]] = []  # first, last, step
    for number in numbers:
        if runs:
            first, last, step = runs[-1]
            if number != last and step in (0, number - last):
                runs[-1] = first, number, number - last
                continue
        runs.append((number, number, 0))
    return ", ".join(_slice(*run) for run in runs) if len(runs) <= FEW else None


def _slice(first: int, last: int, step: int) -> str:
    if step == 0:
        return str(first)
    if last == first + step and step != 1:
        return f"{first}, {last}"
    if step > 0:
        return f"{first}:{last + 1}" + (f":{step}" if step > 1 else "")
    return f"{first}:{last - 1 if last > 0 else ''}:{step}"
