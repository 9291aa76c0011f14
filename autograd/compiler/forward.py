"""What a program computes on the way forward: an array for each group, from the rows that it reads."""

from __future__ import annotations

from collections import defaultdict
from math import copysign
from typing import Any

from .arrays import Array, admit, make
from .groups import Group, Listed, Map, Matrix, Rows
from .regroup import Layout
from .shapes import concat, cut, expand, in_line, is_number, mean, product, reshape, take, total


class Forward:
    """The arrays of all groups in `values`, and of the `results`, as expressions.

    With `quick`, by the rows' quick formulas, which are right where the results are finite.
    """

    def __init__(self, layout: Layout, inputs: list[int], quick: bool = True) -> None:
        self.quick = quick
        self.table: dict[Any, Array] = {}
        self.layout = layout
        self.values: dict[Group, Array] = {}
        self.segments: defaultdict[str, list[tuple[int, Array]]] = defaultdict(list)  # (first row, rows)
        self.starts: defaultdict[str, list[int]] = defaultdict(list)  # the first rows alone
        self.params = self._leaf("params", len(layout.params), False)
        if layout.params:
            self._lie("U", 0, self.params)
        if layout.constants:
            constants = layout.numpy.array(layout.constants)
            array = make("constants", (constants,), constants.shape, False, self.table)
            self._lie("U", layout.first_constant, array)
        for k, size in enumerate(inputs):
            self._lie(f"X{k}", 0, self._leaf(f"X{k}", size, True))
        for group in layout.groups:
            self.values[group] = reshape(self._value(group), len(group.nodes))
            self._lie(group.space, group.start, self.values[group])
        graph = layout.graph
        self.cost = self.read(layout.rows([graph.cost]))
        outputs = [self.read(layout.rows([output])) for output in graph.outputs]
        self.results = concat([self.cost, *outputs])
        self.mean = mean(self.cost) if self.cost.batched else self.cost

    def _lie(self, space: str, start: int, array: Array) -> None:
        """Note that an array holds the rows of a space from `start` on."""
        self.segments[space].append((start, array))
        self.starts[space].append(start)

    def _leaf(self, name: str, size: int, batched: bool) -> Array:
        return make("input" if batched else "params", (name,), (size,), batched, self.table)

    # Forward
    def read(self, rows: Rows) -> Array:
        """Rows, from the one or several arrays in which they lie."""
        numpy = self.layout.numpy
        pieces: list[Array] = []
        index = numpy.empty_like(rows.index)
        offset = 0
        places: Any = numpy.searchsorted(self.starts[rows.space], rows.index, "right") - 1
        segments = self.segments[rows.space]
        for start, array in (segments[int(k)] for k in numpy.unique(places)):
            inside = (rows.index >= start) & (rows.index < start + array.size)
            if inside.all():
                return take(array, rows.index - start)
            first, last = int(rows.index[inside].min()), int(rows.index[inside].max())
            pieces.append(cut(array, first - start, last - start + 1))
            index[inside] = rows.index[inside] - first + offset
            offset += pieces[-1].size
        return take(concat(pieces), index)

    def _operands(self, group: Map) -> list[Any]:
        return [self.read(o) if isinstance(o, Rows) else o for o in group.operands]

    def _value(self, group: Group) -> Array:
        if isinstance(group, Map):
            value = admit(group.rule).evaluate_arrays(*self._operands(group), quick=self.quick)
            return self._filled(len(group.nodes), value, group.space == "V")
        if isinstance(group, Listed):
            values = group.rule.evaluate_arrays(self.read_all(group.lists), self._chosen(group))
            return take(reshape(values, values.size), self._places(group))
        assert isinstance(group, Matrix)
        value: Any = None
        shape = squeezed(group.shape)
        for left, right in group.blocks:
            product_ = reshape(self._product(group, left, right), *shape)
            value = product_ if value is None else value + product_
        for sign, rows in group.terms:
            if rows.index.ndim > 1:
                term = reshape(total(self.read_all(rows), 1), *shape)
            else:
                term = self.read(Rows(rows.space, rows.index.reshape(shape)))
            value = sign * term if value is None else value + term if sign > 0 else value - term
        return expand(value, shape)

    def _filled(self, n: int, value: Any, batched: bool) -> Array:
        """n rows of a value, which may be a number, one row, or the same for all examples."""
        if is_number(value):
            zero = isinstance(value, float) and value == 0.0 and copysign(1.0, value) > 0.0
            return make("zeros" if zero else "full", () if zero else (value,), (n,), batched, self.table)
        if batched and not value.batched:
            return in_line(make("expand", (value,), (n,), True, self.table))
        return expand(value, (n,))

    def read_all(self, rows: Rows) -> Array:
        """Rows in the full shape of their index."""
        return expand(self.read(rows), rows.index.shape)

    def _product(self, group: Matrix, left: Rows, right: Rows) -> Array:
        a, b = self.read_all(left), self.read_all(right)
        if a.batched and b.batched and group.shape[1:] == (1, 1):  # Σ a·b for each example
            return total(reshape(a, a.shape[0], a.shape[2]) * reshape(b, *b.shape[:2]), 1)
        return product(a, b)

    def _places(self, group: Listed) -> Any:
        """Where the results lie among those of the array code."""
        n = group.lists.index.shape[1]
        pairs = zip(group.which, group.choices)
        return self.layout.numpy.array([w * n + c if group.rule.vector else w for w, c in pairs])

    def _chosen(self, group: Listed) -> Any:
        """(L, n) with 1 at the operand that a list is about."""
        lists, n = group.lists.index.shape
        chosen = self.layout.numpy.zeros((lists, n))
        chosen[group.which, group.choices] = 1.0
        return make("constants", (chosen,), chosen.shape, False, self.table)


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape without axes of length 1."""
    return tuple(n for n in shape if n > 1) or (1,)
