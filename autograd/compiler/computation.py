"""The computation of a program: an array for each group, forward and in reverse, from the rows it reads."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from math import copysign
from typing import Any

from .arrays import Array, admit, elementwise, is_scalar, make, owner
from .comparisons import COMPARISONS
from .groups import Group, Listed, Map, Matrix, Rows, reads
from .layout import Layout
from .partials import Partial, Pullback
from .shapes import (
    Place,
    assemble,
    concat,
    cut,
    expand,
    in_line,
    mean,
    nested,
    outer,
    over_examples,
    product,
    reshape,
    take,
    total,
    transpose,
)

MOST_PARTS = 100  # of results and of a gradient; those of more parts are gathered


class Computation:
    """The arrays of all groups in `values`, of the `results`, the `mean` cost and its `gradient`.

    The adjoints of what differs between examples have the factor 1/m of the mean in them, from the seed
    on; so a mean over the examples is written as a sum. With `quick`, by the rows' quick formulas, which
    are right if the results are finite.
    """

    def __init__(self, layout: Layout, inputs: list[int], quick: bool = True) -> None:
        self.quick = quick
        self.table: dict[Any, Array] = {}
        self.layout = layout
        self.values: dict[Group, Array] = {}
        self.segments: defaultdict[str, list[tuple[int, Array]]] = defaultdict(list)  # (first row, rows)
        self.joined: defaultdict[str, list[tuple[Array, Any, Any]]] = defaultdict(list)  # see `_together`
        self.starts: defaultdict[str, list[int]] = defaultdict(list)  # the first rows alone
        if layout.params:
            self._lie("U", 0, self._leaf("params", layout.params, False))
        self._lie_constants("U", layout.params, layout.constants)
        for k, size in enumerate(inputs):
            self._lie(f"X{k}", 0, self._leaf(f"X{k}", size, True))
        if layout.seeds:
            self._lie("S", 0, self._seeds())
        for group in layout.forward:
            self._compute(group)
        self.compared = self._compared()
        self._lie_constants("U", layout.first_of_reverse, layout.more_constants)
        for group in layout.groups[len(layout.forward) :]:
            self._compute(group)
        graph = layout.graph
        cost = self.read(layout.rows([graph.cost]))
        self.mean = mean(cost) if cost.batched else cost
        self.results = self._assembled([graph.cost, *graph.outputs])
        zeros = self._filled(layout.params, 0.0, False)
        self.gradient = self._assembled(graph.gradient) if graph.gradient else zeros

    def _lie(self, space: str, start: int, array: Array) -> None:
        """Note that an array holds the rows of a space from `start` on."""
        self.segments[space].append((start, array))
        self.starts[space].append(start)

    def _leaf(self, name: str, size: int, batched: bool) -> Array:
        return make("input" if batched else "params", (name,), (size,), batched, self.table)

    def _lie_constants(self, space: str, start: int, constants: list[float]) -> None:
        if constants:
            numbers = self.layout.numpy.array(constants)
            self._lie(space, start, make("constants", (numbers,), numbers.shape, False, self.table))

    def _weight(self, number: float) -> Array:
        """number/m for m examples."""
        return make("weight", (number,), (), False, self.table)

    def _seeds(self) -> Array:
        numbers = self.layout.seeds
        if len({*numbers}) == 1:
            return make("full", (self._weight(numbers[0]),), (len(numbers),), False, self.table)
        array = self.layout.numpy.array(numbers)
        constants = make("constants", (array,), array.shape, False, self.table)
        return elementwise("mul", self._weight(1.0), constants)

    def _compute(self, group: Group) -> None:
        self.values[group] = reshape(self._value(group), len(group.nodes))
        self._lie(group.space, group.start, self.values[group])

    def _compared(self) -> list[Array]:
        """The arrays that comparisons read, other than parameters, inputs and constants."""
        comparisons = [
            g for g in self.layout.forward if isinstance(g, Map) and g.rule in COMPARISONS.values()
        ]
        read = [self.read(rows) for group in comparisons for rows in reads(group)]
        return [a for a in dict.fromkeys(map(owner, read)) if a.op not in ("params", "input", "constants")]

    def _assembled(self, nodes: list[int]) -> Array:
        """The rows of nodes, in their order: each array that they lie in goes to its places."""
        layout, numpy = self.layout, self.layout.numpy
        index, spaces = layout.row[nodes], layout.space[nodes]
        parts: list[tuple[Array, Any]] = []
        for space in dict.fromkeys(spaces.tolist()):
            (own,) = numpy.nonzero(spaces == space)
            segments: Any = numpy.searchsorted(self.starts[space], index[own], "right") - 1
            found: list[int] = numpy.unique(segments).tolist()
            for k in found:
                start, array = self.segments[space][k]
                places = own[segments == k]
                places = places[numpy.argsort(index[places], kind="stable")]
                if self._part(array, index[places] - start).op == "zeros":
                    continue  # as rows are that no part fills
                if nested(places) is None or len(parts) == MOST_PARTS:
                    return self._gathered(index, spaces)
                parts.append((self._part(array, index[places] - start), places))
        if not parts:
            return self._filled(len(index), 0.0, False)
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
            return self._filled(len(rows), numbers.pop(), False)
        return in_line(expand(take(array, rows), rows.shape))

    # Rows
    def read(self, rows: Rows) -> Array:
        """Rows, from the one or several arrays in which they lie."""
        numpy, starts = self.layout.numpy, self.starts[rows.space]
        low, high = (bisect_right(starts, row) - 1 for row in (rows.index.min(), rows.index.max()))
        if low == high:
            start, array = self.segments[rows.space][low]
            return take(array, rows.index - start)
        for whole, known, places in self.joined[rows.space]:
            at: Any = numpy.searchsorted(known, rows.index).clip(max=len(known) - 1)
            if (known[at] == rows.index).all():
                return take(whole, places[at])
        whole, known, places = self._together(rows)
        self.joined[rows.space].append((whole, known, places))
        return take(whole, places[numpy.searchsorted(known, rows.index)])

    def _together(self, rows: Rows) -> tuple[Array, Any, Any]:
        """An array of rows that lie in several arrays, which rows it holds, and where each of them.

        They are in the order in which they are read, if each array goes to its places in equal steps.
        """
        numpy = self.layout.numpy
        known, first = numpy.unique(rows.index, return_index=True)
        places: Any = numpy.argsort(numpy.argsort(first))
        segments: Any = numpy.searchsorted(self.starts[rows.space], known, "right") - 1
        parts: list[tuple[Array, Place | None]] = []
        pieces: list[Array] = []
        spans: list[range] = []
        numbers: list[int] = numpy.unique(segments).tolist()
        for k in numbers:
            (start, array), own = self.segments[rows.space][k], known[segments == k]
            span = range(int(own[0]), int(own[-1]) + 1)
            parts.append((take(array, own - start), nested(places[segments == k])))
            pieces.append(cut(array, span.start - start, span.stop - start))
            spans.append(span)
        if all(part.op != "take" and place for part, place in parts):
            return assemble([(in_line(part), place) for part, place in parts], len(known)), known, places
        known = numpy.concatenate(spans)
        return concat(pieces), known, numpy.arange(len(known))

    def read_all(self, rows: Rows) -> Array:
        """Rows in the full shape of their index."""
        return expand(self.read(rows), rows.index.shape)

    def _operand(self, operand: Any) -> Any:
        if isinstance(operand, Rows):
            return self.read(operand)
        seeds: Any = operand
        return self._weight(seeds[1]) if isinstance(operand, tuple) else operand

    # Groups
    def _value(self, group: Group) -> Array:
        if isinstance(group, Map):
            return self._map(group)
        if isinstance(group, Listed):
            return self._listed(group)
        assert isinstance(group, Matrix)
        value: Any = None
        shape = squeezed(group.shape)
        for left, right in group.blocks:
            product_ = reshape(self._product(group, left, right), *shape)
            value = product_ if value is None else value + product_
        for sign, rows in group.terms:
            several = rows.index.ndim > 1
            term: Any = self.read_all(rows if several else Rows(rows.space, rows.index.reshape(shape)))
            term = over_examples(term) if group.mean else term
            term = reshape(total(term, 1), *shape) if several else term
            value = sign * term if value is None else value + term if sign > 0 else value - term
        return expand(value, shape)

    def _map(self, group: Map) -> Array:
        operands = [self._operand(operand) for operand in group.operands]
        if isinstance(group.rule, Partial):
            rule = admit(group.rule.rule)
            value = rule.differentiate_arrays(*operands, quick=self.quick)[group.rule.slot]
        else:
            value = admit(group.rule).evaluate_arrays(*operands, quick=self.quick)
        return self._filled(len(group.nodes), value, group.space == "V")

    def _filled(self, n: int, value: Any, batched: bool) -> Array:
        """n rows of a value, which may be a number, one row, or the same for all examples."""
        if is_scalar(value):
            zero = isinstance(value, float) and value == 0.0 and copysign(1.0, value) > 0.0
            return make("zeros" if zero else "full", () if zero else (value,), (n,), batched, self.table)
        if batched and not value.batched:
            return in_line(make("expand", (value,), (n,), True, self.table))
        return expand(value, (n,))

    def _product(self, group: Matrix, left: Rows, right: Rows) -> Array:
        a, b = self.read_all(left), self.read_all(right)
        if group.mean:
            return outer(a, transpose(b, 0, 2, 1))
        if a.batched and b.batched and group.shape[1:] == (1, 1):  # Σ a·b for each example
            return total(reshape(a, a.shape[0], a.shape[2]) * reshape(b, *b.shape[:2]), 1)
        return product(a, b)

    def _listed(self, group: Listed) -> Array:
        lists = self.read_all(group.lists)
        rule = group.rule
        if isinstance(rule, Pullback):
            assert group.adjoints is not None
            chosen = self._one_hot(lists.shape, group.chosen)
            values = rule.rule.differentiate_arrays(self.read_all(group.adjoints), lists, chosen)
        else:
            chosen = self._one_hot(lists.shape, None if rule.vector else group.choices)
            values = rule.evaluate_arrays(lists, chosen)
        n = values.shape[1]
        pairs = zip(group.which, group.choices)
        places = self.layout.numpy.array([w * n + c if n > 1 else w for w, c in pairs])
        return take(reshape(values, values.size), places)

    def _one_hot(self, shape: tuple[int, ...], choices: list[int] | None) -> Array:
        """(L, n) with 1 at the operand that a list is about."""
        chosen = self.layout.numpy.zeros(shape)
        if choices is not None and len(choices) == shape[0]:
            chosen[range(shape[0]), choices] = 1.0
        return make("constants", (chosen,), chosen.shape, False, self.table)


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without axes of length 1."""
    return tuple(n for n in shape if n > 1) or (1,)
