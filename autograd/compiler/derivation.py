"""What a program computes: each group forward, and the chain rule on groups in reverse.

A product W·A passes δ·Aᵀ to W and Wᵀ·δ to A, an elementwise operation its partial derivative from
the table. The adjoint of a group is the sum of what its users pass to it, row by row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .arrays import Array, elementwise, make
from .forward import Forward, reads, squeezed
from .groups import Group, Listed, Map, Matrix, Rows
from .regroup import Layout
from .shapes import (
    concat,
    cut,
    expand,
    is_number,
    largest,
    outer,
    over_examples,
    product,
    reshape,
    spread,
    take,
    transpose,
)


@dataclass(frozen=True, eq=False)
class Passed:
    """What a group passes to the rows from `start` to `stop`: an array, or one number for each of them.

    `reached` says for which examples (0 or 1) the graph has such an edge at all; None: for all.
    """

    start: int
    stop: int
    value: Any
    reached: Array | None


class Derivation(Forward):
    """What is computed forward, and the `gradient` of the mean cost, with the `adjoints` of the groups."""

    def __init__(self, layout: Layout, inputs: list[int], quick: bool = True) -> None:
        super().__init__(layout, inputs, quick)
        self.adjoints: dict[Group, Any] = {}
        self.passed: defaultdict[tuple[str, int], list[Passed]] = defaultdict(list)  # by space and array
        self.needs = {space: layout.numpy.zeros(layout.sizes[space], bool) for space in ("U", "V")}
        self.needs["U"][: len(layout.params)] = True
        for group in layout.groups:
            needed = any(self._needs(rows) for rows in reads(group))
            self.needs[group.space][group.start : group.stop] = needed
        self.gradient = self._differentiated(layout.rows([layout.graph.cost]))

    def _needs(self, rows: Rows) -> bool:
        """Whether any of the rows depends on a parameter."""
        return rows.space in self.needs and bool(self.needs[rows.space][rows.index].any())

    def _differentiated(self, cost: Rows) -> Array:
        """The gradient of the mean cost by the parameters."""
        weight = make("weight", (1.0,), (), False, self.table) if cost.space == "V" else 1.0
        if cost.space in self.needs:
            self._pass(cost, weight, cost.space, None)
        for group in reversed(self.layout.groups):
            if self.needs[group.space][group.start]:
                delta, reached = self._adjoint(group.space, group.start, group.stop)
                if delta is not None:
                    self.adjoints[group] = delta
                    self._pass_on(group, delta, reached)
        gradient, _ = self._adjoint("U", 0, len(self.layout.params), whole=True)
        return gradient

    def _pass(self, rows: Rows, value: Any, space: str, reached: Array | None) -> None:
        """Pass a contribution from a group in `space` to rows; what has no examples gets their sum."""
        if not self._needs(rows):
            return
        if space == "V" and rows.space == "U":
            value = over_examples(value if is_number(value) else expand(value, rows.index.shape))
        index, shape = rows.index.ravel(), rows.index.shape
        if is_number(value):
            ordered = sorted(set(index.tolist()))
            if len(ordered) == index.size == ordered[-1] + 1 - ordered[0] and (
                reached is None or index.size == 1
            ):
                for k in range(
                    self._segment(rows.space, ordered[0]), self._segment(rows.space, ordered[-1]) + 1
                ):
                    start, array = self.segments[rows.space][k]
                    low, high = max(start, ordered[0]), min(start + array.size, ordered[-1] + 1)
                    self.passed[rows.space, k].append(Passed(low, high, value, reached))
                return
            value = make("full", (value,), shape, rows.space == "V", self.table)
        value = expand(value, shape)
        if reached is not None:
            reached = expand(reached, shape)
            if rows.space == "U" and reached.batched:
                reached = over_examples(reached)  # by how many of them
        numpy, starts = self.layout.numpy, self.starts[rows.space]
        places = numpy.searchsorted(starts, index, "right") - 1
        first = int(places[0])
        if (places != first).any():  # operands that lie in several arrays
            for k in numpy.unique(places):
                here = numpy.flatnonzero(places == k)
                part, mask = (a and take(reshape(a, a.size), here) for a in (value, reached))
                self._pass(Rows(rows.space, index[here]), part, rows.space, mask)
            return
        if (
            reached is None
            and not self.quick
            and self.layout.graph.trace.choices
            and len({*index}) <= index.max() - index.min()
        ):
            reached = make("full", (1.0,), shape, value.batched, self.table)  # but not the rows between
        start, array = spread(value, rows.index)
        mask = None if reached is None else spread(reached, rows.index)[1]
        self.passed[rows.space, first].append(Passed(start, start + array.size, array, mask))

    def _segment(self, space: str, row: int) -> int:
        """Which of a space's arrays has a row."""
        return bisect_right(self.starts[space], row) - 1

    def _adjoint(self, space: str, start: int, stop: int, whole: bool = False) -> tuple[Any, Array | None]:
        """The sum of what was passed to the rows from `start` to `stop`; None where nothing was."""
        passed = self.passed[space, self._segment(space, start)] if stop > start else []
        cuts = sorted({start, stop, *(min(max(c, start), stop) for p in passed for c in (p.start, p.stop))})
        pieces: list[tuple[int, Any]] = []
        masks: list[Any] = []
        for low, high in pairwise(cuts):
            value: Any = None
            reached: list[Any] = []
            for p in passed:
                if p.start <= low and high <= p.stop:
                    part = p.value if is_number(p.value) else cut(p.value, low - p.start, high - p.start)
                    value = part if value is None else _sum(value, part)
                    reached.append(
                        None if p.reached is None else cut(p.reached, low - p.start, high - p.start)
                    )
            pieces.append((high - low, value))
            masks.append(0.0 if value is None else None if None in reached else _any(reached))
        if not whole and all(value is None for _, value in pieces):
            return None, None
        first = pieces[0][1] if pieces else None
        same = len(pieces) == 1 or (is_number(first) and all(value is first for _, value in pieces))
        if not whole and same and masks == [None] * len(masks):
            return first, None
        batched = space == "V"
        arrays = [self._filled(n, 0.0 if value is None else value, batched) for n, value in pieces]
        mask = None
        if any(m is not None for m in masks):
            filled = [1.0 if mask is None else mask for mask in masks]
            mask = concat([self._filled(n, m, batched) for (n, _), m in zip(pieces, filled)])
        return (concat(arrays) if arrays else self._filled(0, 0.0, False)), mask

    def _pass_on(self, group: Group, delta: Any, reached: Array | None) -> None:
        if isinstance(group, Map):
            self._map(group, delta, reached)
        elif isinstance(group, Matrix):
            self._matrix(group, delta, reached)
        else:
            assert isinstance(group, Listed)
            self._listed(group, self._filled(len(group.nodes), delta, group.space == "V"), reached)

    def _map(self, group: Map, delta: Any, reached: Array | None) -> None:
        operands = self._operands(group)
        if group.rule.name == "where":  # the branch not taken has no edge
            taken = elementwise("eq", operands[0], 1.0)
            for i, rows in enumerate(group.operands[1:]):
                if isinstance(rows, Rows):
                    value, mask = (
                        elementwise("where", taken, *((x, 0.0) if i == 0 else (0.0, x))) for x in (delta, 1.0)
                    )
                    if self.quick:  # 0 times a finite slope is nothing passed
                        mask = None
                    elif reached is not None:
                        mask = mask * reached
                    self._pass(rows, value, group.space, mask)
            return
        partials = group.rule.differentiate_arrays(self.values[group], *operands, quick=self.quick)
        for rows, partial in zip(group.operands, partials):
            if isinstance(rows, Rows):
                value = partial * delta
                self._pass(rows, _where_reached(reached, value), group.space, reached)

    def _listed(self, group: Listed, delta: Array, reached: Array | None) -> None:
        x, chosen = self.read_all(group.lists), self._chosen(group)
        passed = group.rule.differentiate_arrays(self._results(group, delta), x, chosen)
        if reached is not None:  # all operands of a list are reached where one of its results is
            reached = largest(self._results(group, reached), 1)
        self._pass(group.lists, _where_reached(reached, passed), group.space, reached)

    def _results(self, group: Listed, a: Array) -> Array:
        """What belongs to the nodes of a group, in the shape in which the array code has results."""
        lists, n = group.lists.index.shape
        columns = n if group.rule.vector else 1
        start, a = spread(a, self._places(group))
        ends = (self._filled(k, 0.0, a.batched) for k in (start, lists * columns - start - a.size))
        before, after = ends
        return reshape(concat([piece for piece in (before, a, after) if piece.size]), lists, columns)

    def _matrix(self, group: Matrix, delta: Any, reached: Array | None) -> None:
        for sign, rows in group.terms:
            shape = squeezed(group.shape)
            if rows.index.ndim == 1:
                rows = Rows(rows.space, rows.index.reshape(shape))
            else:
                shape = (len(group.nodes), 1)
            value, mask = (
                a if a is None or is_number(a) else reshape(a, *shape) for a in (sign * delta, reached)
            )
            self._pass(rows, value, group.space, mask)
        if not group.blocks:
            return
        reached = None if reached is None else reshape(reached, *group.shape)
        g = reshape(self._filled(len(group.nodes), delta, group.space == "V"), *group.shape)
        for left, right in group.blocks:
            a, b = self.read_all(left), self.read_all(right)
            by_row = by_column = None
            if reached is not None:
                by_row, by_column = largest(reached, 2), largest(reached, 1)
                if a.batched or not reached.batched:
                    a, b = _where_reached(by_row, a), _where_reached(by_column, b)
                elif b.batched:
                    b = _where_reached(by_column, b)
            if a.batched and b.batched and group.shape[1:] == (1, 1):
                self._pass(left, g * transpose(b, 0, 2, 1), group.space, by_row)
                self._pass(right, g * transpose(a, 0, 2, 1), group.space, by_column)
                continue
            if self._needs(left):
                weight = b.batched and not a.batched
                back = outer(g, b) if weight else product(g, transpose(b, 0, 2, 1))
                self._pass(left, back, "U" if weight else group.space, by_row)
            if self._needs(right):
                self._pass(right, product(transpose(a, 0, 2, 1), g), group.space, by_column)


def _sum(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        if isinstance(a, float) or isinstance(b, float):
            return a + b
        return make("weight", (a.args[0] + b.args[0],), (), False, a.table)
    return elementwise("add", a, b)


def _where_reached(reached: Array | None, value: Any) -> Any:
    """0 instead of what would be 0 · ∞ where there is no edge."""
    if reached is None:
        return value
    return elementwise("where", elementwise("gt", reached, 0.0), value, 0.0)


def _any(masks: list[Array]) -> Array:
    found = masks[0]
    for mask in masks[1:]:
        found = elementwise("maximum", found, mask)
    return found
