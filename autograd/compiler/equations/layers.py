"""The layers of a program, and names for its parameters.

A layer is a group that multiplies by parameters and adds others: z = W·x + b, of one neuron too, or of
several uses of one matrix. Its activation is the function that reads z, which may be another for each
neuron. Parameters are named by where they are read first: W¹ and b¹ in layer 1, by their labels if they
are single numbers, else w, u, v, …; in what these leave, they are rows of θ, all parameters in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ...table.row import FormulaRule
from ...text.mathematics import Written
from ...text.names import is_one_word
from ..groups import Group, Map, Matrix, Rows, reads
from .operations import is_function
from .phrases import Factor
from .reading import Reading
from .units import Unit

_MATRICES, _BIASES, _COLUMNS = "WUVSPQ", "bcdef", "wuvspq"


@dataclass
class Layer:
    """One layer by number, with the names of its weights.

    `activation` has the row of each neuron's activation, and `activated_by` the groups that compute them;
    they are empty if a neuron has none.
    """

    number: int
    group: Matrix
    weights: list[Factor] = field(default_factory=list[Factor])
    activation: list[int] = field(default_factory=list[int])
    activated_by: list[Group] = field(default_factory=list[Group])


def layers_of(reading: Reading) -> list[Layer]:
    """The layers in order, after all parameters have their names."""
    names = _Naming(reading)
    layers = [Layer(number, group) for number, group in enumerate(names.layers(), 1)]
    names.count(layers)
    for layer in layers:
        names.name_layer(layer)
    _find_activations(reading, layers)
    names.name_others()
    return layers


def _find_activations(reading: Reading, layers: Sequence[Layer]) -> None:
    """Find the first function that each neuron's weighted input goes to."""
    found: dict[int, tuple[int, Group]] = {}  # by the row that a function reads: that of its result
    for group in reading.layout.forward:
        if isinstance(group, Map) and isinstance(group.rule, FormulaRule) and is_function(group.rule):
            read = [operand for operand in group.operands if isinstance(operand, Rows)]
            rows: list[int] = read[0].index.tolist() if len(read) == 1 and read[0].space == "V" else []
            for i, row in enumerate(rows):
                found.setdefault(row, (group.start + i, group))
    for layer in layers:
        own = [found.get(row) for row in range(layer.group.start, layer.group.stop)]
        if None not in own:
            layer.activation = [activation[0] for activation in own if activation]
            layer.activated_by = [activation[1] for activation in own if activation]


class _Naming:
    """Names parameters; `taken` are those that have a name."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.units, self.numpy = reading, reading.units, reading.units.numpy
        self.params = reading.layout.params
        self.taken = self.numpy.zeros(self.params, bool)
        self.shared = Counter[bytes]()  # by how many layers, by the parameters in ascending order

    # Layers
    def layers(self) -> list[Matrix]:
        """The groups that multiply by parameters."""
        groups = self.reading.layout.forward
        return [g for g in groups if isinstance(g, Matrix) and g.space == "V" and self._weights(g)]

    def _weights(self, group: Matrix) -> list[Any]:
        """The matrices of parameters by which a group multiplies; the w of w·x + b."""
        single = self._single_weight(group)
        if single is not None:
            return [single]
        found: list[Any] = []
        for left, right in sorted(group.blocks, key=lambda block: block[1].space == "U"):  # constants last
            is_matrix = len(left.index) == 1 and not self.units.are_one(right)
            if is_matrix and self.units.are_params(left.space, left.index):
                found.append(left.index[0][:, self.numpy.argsort(left.index[0, 0], kind="stable")])
        return found

    def _single_weight(self, group: Matrix) -> Any:
        """The w of w·x + b, which is not a product of matrices, if there is one such term."""
        found: list[Any] = []
        for _, rows in group.terms if not group.blocks else ():
            if self.units.are_params(rows.space, rows.index):
                continue
            (owner,) = self.units.owners_of(rows) if rows.index.size == 1 else [None]
            if isinstance(owner, Map) and owner.rule.name == "mul" and rows.space == "V":
                weights = [o for o in owner.operands if isinstance(o, Rows) and o.space == "U"]
                if weights and self.units.are_params("U", weights[0].index):
                    found.append(weights[0].index[rows.index.ravel() - owner.start])
                    continue
            if not rows.space.startswith("X"):
                return None
        return found[0] if len(found) == 1 else None

    def name_layer(self, layer: Layer) -> None:
        """Name what a layer multiplies by and adds."""
        weights, biases = self._weights(layer.group), self._biases(layer.group)
        numbers = all(index.size == 1 for index in weights)
        for index in weights:
            self._name(index, _COLUMNS if numbers else _MATRICES, self._number(index, layer), numbers)
            unit = self.units.unit_of(Rows("U", index))
            if unit is not None:
                layer.weights.append(self.units.part(unit, self.units.place["U"][index]))
        for index in biases:
            self._name(index, _BIASES, self._number(index, layer), numbers)

    def _number(self, index: Any, layer: Layer) -> int | None:
        """The number of the layer, or none if several layers share the parameters."""
        return None if self.shared[self._set(index)] > 1 else layer.number

    def _set(self, index: Any) -> bytes:
        return self.numpy.sort(index.ravel()).tobytes()

    def count(self, layers: Sequence[Layer]) -> None:
        """Count the layers that read each set of parameters."""
        for layer in layers:
            self.shared.update({*map(self._set, (*self._weights(layer.group), *self._biases(layer.group)))})

    def _biases(self, group: Matrix) -> list[Any]:
        """The columns of parameters that a group adds, also as the weights of a dummy unit, 1."""
        t, f, p = group.shape
        tables = [(rows, rows.index.reshape(f, p)) for _, rows in group.terms if rows.index.size == f * p]
        columns = [(rows, table[:, 0]) for rows, table in tables if (table == table[:, :1]).all()]
        blocks = [left for left, right in group.blocks if self.units.are_one(right)]
        columns += [(left, left.index[0, :, 0]) for left in blocks if left.index.shape[2] == 1]
        return [column for rows, column in columns if t == 1 and self.units.are_params(rows.space, column)]

    # Others
    def name_others(self) -> None:
        """Name what is read besides: single numbers by their labels, then the largest sets first."""
        layout = self.reading.layout
        read = [rows for group in layout.groups for rows in reads(group)]
        read.append(layout.rows([layout.graph.cost]))
        read = [rows.index for rows in read if rows.space == "U"]
        read = [index[0] if index.ndim == 3 and len(index) == 1 else index for index in read]
        inside = [index < self.params for index in read]
        sets = [index if all_.all() else index[all_] for index, all_ in zip(read, inside) if all_.any()]
        for index in sets:
            if len(self.numpy.unique(index)) == 1:
                self._by_label(int(index.flat[0]))
        for index in sorted(sets, key=lambda index: -index.size):
            if index.ndim == 2 and min(index.shape) > 1 and not self._repeats(index):
                self._name(index, _MATRICES)
            _, first = self.numpy.unique(index, return_index=True)
            left = index.ravel()[self.numpy.sort(first)]
            left = left[~self.taken[left]]
            if left.size:
                self._name(left, _COLUMNS)

    def _repeats(self, index: Any) -> bool:
        return len(self.numpy.unique(index)) < index.size

    def _by_label(self, param: int) -> bool:
        """Whether a parameter has a name now that is its label."""
        style, label = self.reading.style, self.reading.layout.graph.labels[param]
        plain = label != "" and is_one_word(label) and label.isprintable()
        taken = style.name(label) in {*self.units.named, *self.units.numbered}
        if self.taken[param] or not plain or taken:
            return False
        self._add(self.numpy.array([param]), (1, 1), Written(style.name(label)))
        return True

    def _name(self, index: Any, letters: str, layer: int | None = None, by_label: bool = False) -> None:
        """Give parameters the first letter that is free; none if some of them have a name already."""
        if self.taken[index].any() or self._repeats(index):
            return
        if by_label and self._by_label(int(index.flat[0])):
            return
        name = self.units.choose(letters, layer)
        if name is not None:
            self._add(index.ravel(), index.shape if index.ndim == 2 else (index.size, 1), name)

    def _add(self, index: Any, shape: tuple[int, int], name: Written) -> None:
        self.units.add(Unit(name, "U", index, shape))
        self.taken[index] = True
