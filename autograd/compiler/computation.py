"""The computation of a program: an array for each group, forward and in reverse, from the rows it reads."""

from __future__ import annotations

from typing import Any

from .arrays import Array, admit, elementwise, make, owner
from .comparisons import COMPARISONS
from .groups import Group, Listed, Map, Matrix, Rows, reads
from .held_rows import HeldRows
from .layout import Layout
from .partials import Partial, Pullback
from .shapes import (
    expand,
    filled,
    mean,
    outer,
    over_examples,
    product,
    reshape,
    take,
    total,
    transpose,
)


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
        self.held = HeldRows(layout, self.table)
        if layout.params:
            self.held.lie("U", 0, self._leaf("params", layout.params, False))
        self._lie_constants("U", layout.params, layout.constants)
        for k, size in enumerate(inputs):
            self.held.lie(f"X{k}", 0, self._leaf(f"X{k}", size, True))
        if layout.seeds:
            self.held.lie("S", 0, self._seeds())
        for group in layout.forward:
            self._compute(group)
        self.compared = self._compared()
        self._lie_constants("U", layout.first_of_reverse, layout.more_constants)
        for group in layout.groups[len(layout.forward) :]:
            self._compute(group)
        graph = layout.graph
        cost = self.held.read(layout.rows([graph.cost]))
        self.mean = mean(cost) if cost.batched else cost
        self.results = self.held.assembled([graph.cost, *graph.outputs])
        zeros = filled(0.0, layout.params, False, self.table)
        self.gradient = self.held.assembled(graph.gradient) if graph.gradient else zeros

    def _leaf(self, name: str, size: int, batched: bool) -> Array:
        return make("input" if batched else "params", (name,), (size,), batched, self.table)

    def _lie_constants(self, space: str, start: int, constants: list[float]) -> None:
        if constants:
            numbers = self.layout.numpy.array(constants)
            self.held.lie(space, start, make("constants", (numbers,), numbers.shape, False, self.table))

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
        self.held.lie(group.space, group.start, self.values[group])

    def _compared(self) -> list[Array]:
        """The arrays that comparisons read, other than parameters, inputs and constants."""
        comparisons = [
            g for g in self.layout.forward if isinstance(g, Map) and g.rule in COMPARISONS.values()
        ]
        read = [self.held.read(rows) for group in comparisons for rows in reads(group)]
        return [a for a in dict.fromkeys(map(owner, read)) if a.op not in ("params", "input", "constants")]

    def _operand(self, operand: Any) -> Any:
        if isinstance(operand, Rows):
            return self.held.read(operand)
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
            term: Any = self.held.read_all(rows if several else Rows(rows.space, rows.index.reshape(shape)))
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
        return filled(value, len(group.nodes), group.space == "V", self.table)

    def _product(self, group: Matrix, left: Rows, right: Rows) -> Array:
        a, b = self.held.read_all(left), self.held.read_all(right)
        if group.mean:
            return outer(a, transpose(b, 0, 2, 1))
        if a.batched and b.batched and group.shape[1:] == (1, 1):  # Σ a·b for each example
            return total(reshape(a, a.shape[0], a.shape[2]) * reshape(b, *b.shape[:2]), 1)
        return product(a, b)

    def _listed(self, group: Listed) -> Array:
        lists = self.held.read_all(group.lists)
        rule = group.rule
        if isinstance(rule, Pullback):
            assert group.adjoints is not None
            chosen = self._one_hot(lists.shape, group.chosen)
            values = rule.rule.differentiate_arrays(self.held.read_all(group.adjoints), lists, chosen)
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
