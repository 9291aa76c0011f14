"""Rows in arrays: which array holds which rows of a space, and reading rows that several arrays hold."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .arrays import Array
from .groups import Rows
from .layout import Layout
from .shapes import Place, assemble, concat, cut, expand, filled, in_line, nested, take

MOST_PARTS = 100  # of results and of a gradient; those of more parts are gathered


class HeldRows:
    """The arrays of each space, with the first row that each of them holds."""

    def __init__(self, layout: Layout, table: dict[Any, Array]) -> None:
        self.layout, self.table = layout, table
        self.starts: defaultdict[str, list[int]] = defaultdict(list)  # ascending
        self.arrays: defaultdict[str, list[Array]] = defaultdict(list)
        self.joined: defaultdict[str, list[tuple[Array, Any, Any]]] = defaultdict(list)  # see `_together`

    def lie(self, space: str, start: int, array: Array) -> None:
        """Note that an array holds the rows of a space from `start` on."""
        self.starts[space].append(start)
        self.arrays[space].append(array)

    def read(self, rows: Rows) -> Array:
        """Rows, from the one or several arrays in which they lie."""
        numpy, starts = self.layout.numpy, self.starts[rows.space]
        low, high = (bisect_right(starts, row) - 1 for row in (rows.index.min(), rows.index.max()))
        if low == high:
            return take(self.arrays[rows.space][low], rows.index - starts[low])
        for whole, known, places in self.joined[rows.space]:
            at: Any = numpy.searchsorted(known, rows.index).clip(max=len(known) - 1)
            if (known[at] == rows.index).all():
                return take(whole, places[at])
        whole, known, places = self._together(rows)
        self.joined[rows.space].append((whole, known, places))
        return take(whole, places[numpy.searchsorted(known, rows.index)])

    def read_all(self, rows: Rows) -> Array:
        """Rows in the full shape of their index."""
        return expand(self.read(rows), rows.index.shape)

    def _holders(self, space: str, index: Any) -> Iterator[tuple[Array, Any, Any]]:
        """The arrays that hold rows, each with which of its own rows these are, and where in the index."""
        numpy, starts = self.layout.numpy, self.starts[space]
        segments: Any = numpy.searchsorted(starts, index, "right") - 1
        found: list[int] = numpy.unique(segments).tolist()
        for k in found:
            (places,) = numpy.nonzero(segments == k)
            yield self.arrays[space][k], index[places] - starts[k], places

    def _together(self, rows: Rows) -> tuple[Array, Any, Any]:
        """An array of rows that lie in several arrays, which rows it holds, and where each of them.

        They are in the order in which they are read, if each array goes to its places in equal steps.
        """
        numpy = self.layout.numpy
        known, first = numpy.unique(rows.index, return_index=True)
        places: Any = numpy.argsort(numpy.argsort(first))
        parts: list[tuple[Array, Place | None]] = []
        pieces: list[Array] = []
        spans: list[Any] = []
        for array, own, at in self._holders(rows.space, known):
            low, high = int(own[0]), int(own[-1]) + 1
            parts.append((take(array, own), nested(places[at])))
            pieces.append(cut(array, low, high))
            spans.append(numpy.arange(low, high) + known[at[0]] - low)
        if all(part.op != "take" and place for part, place in parts):
            return assemble([(in_line(part), place) for part, place in parts], len(known)), known, places
        known = numpy.concatenate(spans)
        return concat(pieces), known, numpy.arange(len(known))

    def assembled(self, nodes: list[int]) -> Array:
        """The rows of nodes, in their order: each array that they lie in goes to its places."""
        layout, numpy = self.layout, self.layout.numpy
        index, spaces = layout.row[nodes], layout.space[nodes]
        parts: list[tuple[Array, Any]] = []
        for space in dict.fromkeys(spaces.tolist()):
            (own,) = numpy.nonzero(spaces == space)
            own = own[numpy.argsort(index[own], kind="stable")]
            for array, held, at in self._holders(space, index[own]):
                part, places = self._part(array, held), own[at]
                if part.op == "zeros":
                    continue  # as rows are that no part fills
                if nested(places) is None or len(parts) == MOST_PARTS:
                    return self._gathered(index, spaces)
                parts.append((part, places))
        if not parts:
            return filled(0.0, len(index), False, self.table)
        parts.sort(key=lambda part: int(part[1][0]))
        return assemble([(part, nested(run)) for part, run in parts], len(index))

    def _gathered(self, index: Any, spaces: Any) -> Array:
        """The same by copying row by row, for too many parts."""
        numpy = self.layout.numpy
        owns = {space: numpy.nonzero(spaces == space)[0] for space in dict.fromkeys(spaces.tolist())}
        whole = concat([in_line(self.read_all(Rows(space, index[own]))) for space, own in owns.items()])
        return take(whole, numpy.argsort(numpy.concatenate([*owns.values()])))

    def _part(self, array: Array, rows: Any) -> Array:
        """Rows of an array, in line; a number for all if they are the same constant."""
        if array.op == "constants" and len(numbers := {*array.args[0][rows].tolist()}) == 1:
            return filled(numbers.pop(), len(rows), False, self.table)
        return in_line(expand(take(array, rows), rows.shape))
