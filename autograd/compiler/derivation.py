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
from .forward import Forward, squeezed
from .groups import Group, Listed, Map, Matrix, Rows, reads
from .regroup import Layout
from .shapes import (
    concat,
    cut,
    expand,
    is_number,
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
    """What a group passes to the rows from `start` to `stop`: an array, or one number for each of them."""

    start: int
    stop: int
    value: Any


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
            self._pass(cost, weight, cost.space)
        for group in reversed(self.layout.groups):
            if self.needs[group.space][group.start]:
                delta = self._adjoint(group.space, group.start, group.stop)
                if delta is not None:
                    self.adjoints[group] = delta
                    self._pass_on(group, delta)
        n = len(self.layout.params)
        gradient = self._adjoint("U", 0, n) if n else None
        return self._filled(n, 0.0 if gradient is None else gradient, False)

    def _pass(self, rows: Rows, value: Any, space: str) -> None:
        """Pass a contribution from a group in `space` to rows; what has no examples gets their sum."""
        if not self._needs(rows):
            return
        index, shape = rows.index.ravel(), rows.index.shape
        if space == "V" and rows.space == "U":
            value = over_examples(value if is_number(value) else expand(value, shape))
        numpy, starts = self.layout.numpy, self.starts[rows.space]
        places: Any = numpy.searchsorted(starts, index, "right") - 1  # in which of the space's arrays
        if is_number(value) and len({*index.tolist()}) == index.size == index.max() + 1 - index.min():
            for k in numpy.unique(places).tolist():
                here = index[places == k]
                self.passed[rows.space, k].append(Passed(int(here.min()), int(here.max()) + 1, value))
            return
        if is_number(value):
            value = make("full", (value,), shape, rows.space == "V", self.table)
        value = expand(value, shape)
        first = int(places[0])
        if (places != first).any():
            for k in numpy.unique(places):
                here = numpy.flatnonzero(places == k)
                self._pass(Rows(rows.space, index[here]), take(reshape(value, value.size), here), rows.space)
            return
        start, array = spread(value, rows.index)
        self.passed[rows.space, first].append(Passed(start, start + array.size, array))

    def _adjoint(self, space: str, start: int, stop: int) -> Any:
        """The sum of what was passed to the rows from `start` to `stop`; None where nothing was."""
        passed = self.passed[space, bisect_right(self.starts[space], start) - 1]
        cuts = sorted({start, stop, *(min(max(c, start), stop) for p in passed for c in (p.start, p.stop))})
        pieces: list[tuple[int, Any]] = []
        for low, high in pairwise(cuts):
            value: Any = None
            for p in passed:
                if p.start <= low and high <= p.stop:
                    part = p.value if is_number(p.value) else cut(p.value, low - p.start, high - p.start)
                    value = part if value is None else _sum(value, part)
            pieces.append((high - low, value))
        first = pieces[0][1]
        if len(pieces) == 1 or all(
            value is first and (first is None or is_number(first)) for _, value in pieces
        ):
            return first
        return concat([self._filled(n, 0.0 if v is None else v, space == "V") for n, v in pieces])

    def _pass_on(self, group: Group, delta: Any) -> None:
        if isinstance(group, Map):
            for rows, value in zip(group.operands, self._through(group, delta)):
                if isinstance(rows, Rows) and value is not None:
                    self._pass(rows, value, group.space)
        elif isinstance(group, Matrix):
            self._matrix(group, delta)
        else:
            assert isinstance(group, Listed)
            x, chosen = self.read_all(group.lists), self._chosen(group)
            delta = self._filled(len(group.nodes), delta, group.space == "V")
            passed = group.rule.differentiate_arrays(self._results(group, delta), x, chosen)
            self._pass(group.lists, passed, group.space)

    def _through(self, group: Map, delta: Any) -> list[Any]:
        """What each operand receives; a condition nothing, and a branch only where it is taken."""
        operands = self._operands(group)
        if group.rule.name == "where":
            taken = elementwise("eq", operands[0], 1.0)
            return [None, elementwise("where", taken, delta, 0.0), elementwise("where", taken, 0.0, delta)]
        partials = group.rule.differentiate_arrays(self.values[group], *operands, quick=self.quick)
        return [partial * delta for partial in partials]

    def _results(self, group: Listed, a: Array) -> Array:
        """What belongs to the nodes of a group, in the shape in which the array code has results."""
        lists, n = group.lists.index.shape
        columns = n if group.rule.vector else 1
        start, a = spread(a, self._places(group))
        ends = (self._filled(k, 0.0, a.batched) for k in (start, lists * columns - start - a.size))
        before, after = ends
        return reshape(concat([piece for piece in (before, a, after) if piece.size]), lists, columns)

    def _matrix(self, group: Matrix, delta: Any) -> None:
        for sign, rows in group.terms:
            value, shape = sign * delta, squeezed(group.shape)
            if rows.index.ndim == 1:
                rows = Rows(rows.space, rows.index.reshape(shape))
            else:
                shape = (len(group.nodes), 1)
            self._pass(rows, value if is_number(value) else reshape(value, *shape), group.space)
        if not group.blocks:
            return
        g = reshape(self._filled(len(group.nodes), delta, group.space == "V"), *group.shape)
        for left, right in group.blocks:
            a, b = self.read_all(left), self.read_all(right)
            a_transposed, b_transposed = transpose(a, 0, 2, 1), transpose(b, 0, 2, 1)
            if a.batched and b.batched and group.shape[1:] == (1, 1):
                self._pass(left, g * b_transposed, group.space)
                self._pass(right, g * a_transposed, group.space)
                continue
            if self._needs(left):
                weight = b.batched and not a.batched
                back = outer(g, b) if weight else product(g, b_transposed)
                self._pass(left, back, "U" if weight else group.space)
            if self._needs(right):
                self._pass(right, product(a_transposed, g), group.space)


def _sum(a: Any, b: Any) -> Any:
    if is_number(a) and is_number(b):
        if isinstance(a, float) or isinstance(b, float):
            return a + b
        return make("weight", (a.args[0] + b.args[0],), (), False, a.table)
    return elementwise("add", a, b)
