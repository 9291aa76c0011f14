"""The lines of the reverse pass: δ of each layer, other adjoints, and the gradient of the parameters.

A line is BP1 if it is an error that comes from no other, BP2 if it is Wᵀ·δ of a later layer, ⊙ f′(z), BP3 if
it is δ, and BP4 if it is one product δ·aᵀ.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...text.mathematics import POWER, SUM, Written, derivative
from ..groups import Group, Rows
from .layers import Layer
from .lines import Equation, Lines, is_hidden
from .phrases import Factor, Shape, Term, Unwritable
from .units import Unit


def write_backward(lines: Lines) -> None:
    """Write the reverse pass and the gradient, if there are parameters."""
    if lines.layout.graph.gradient:
        backward = Backward(lines)
        backward.write_groups()
        backward.write_gradient()


class Backward:
    """Writes the lines of the reverse pass, and knows which of them read an error δ."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.reading, self.units = lines, lines.reading, lines.units
        self.layout, self.numpy, self.phrases = lines.layout, lines.units.numpy, lines.reading.phrases
        self.errors: dict[str, Unit] = {}  # δ of each layer, by name
        self.after: set[int] = set()  # the owners, by identity, that are or read an error
        self.pulled: list[str] = []  # Wᵀ·δ of each layer that has its error
        self.named = self._adjoints_of_names()

    # Adjoints
    def write_groups(self) -> None:
        """Write the groups in order, δ of a layer when it is complete."""
        waiting = {layer.number: rows for layer in self.lines.layers if len(rows := self._adjoints(layer))}
        inside = {row for rows in waiting.values() for row in rows.tolist()}
        gradient = {*self.layout.graph.gradient}
        for group in self.layout.groups[len(self.layout.forward) :]:
            if self._is_after_error(*self.lines.read_by(group)):
                self.after.add(id(group))
            is_error = group.space == "V" and inside.issuperset(range(group.start, group.stop))
            in_gradient = self.lines.uses[group] == 1 and gradient.issuperset(group.nodes)
            if not is_error and not in_gradient:
                value = self.lines.value(group)
                if self.lines.has_line(group, value):
                    self._adjoint(group, value)
            for number, rows in [*waiting.items()]:
                if group.space == "V" and (rows < group.stop).all():
                    del waiting[number]
                    self._error(self.lines.layers[number - 1], rows)

    def _is_after_error(self, *read: Rows) -> bool:
        return any(id(owner) in self.after for rows in read for owner in self.units.owners_of(rows))

    def _adjoints(self, layer: Layer) -> Any:
        """The rows of ∂C/∂z, if the reverse pass computes them for each example; else none."""
        rows = self.layout.adjoints(layer.group.nodes)
        if rows is None or not self.reading.is_reverse(rows):
            return []
        return rows.index if len(self.numpy.unique(rows.index)) == len(rows.index) else []

    def _error(self, layer: Layer, rows: Any) -> None:
        """δ = ∂C/∂z, in the shape of z; vec(δ) if what is written for it is a column, and z is a matrix."""
        name = self.lines.numbered("δ", layer)
        z = self.units.named[self.lines.numbered("z", layer).text]
        value = self.lines.read(Rows("V", rows))
        known = ""
        if not is_hidden(value):
            value = self._oriented(value, z.shape)
            known = self._known_error(rows, self.phrases.piece(value).text)
        error = Unit(name, "V", rows, z.shape)
        whole = error.whole
        is_column = value.shape == (len(rows), 1) and not is_hidden(value)
        left = self.phrases.column(whole) if is_column else whole
        self.lines.line(self.lines.reverse, error, value, known, left.text)
        self.errors[name.text] = error
        self.after.add(id(error))
        for weights in layer.weights:
            turned, delta = Term(1.0, (self.phrases.transposed(weights),)), Term(1.0, (whole,))
            self.pulled.append(self.phrases.piece(self.phrases.dot(turned, delta)).text)

    def _known_error(self, rows: Any, text: str) -> str:
        if not self._is_after_error(Rows("V", rows)):
            return "BP1"
        rests = [text.removeprefix(start) for start in self.pulled if text.startswith(start)]
        slope = self.lines.style.symbol("′")
        return "BP2" if any(not rest or slope in rest for rest in rests) else ""

    def _adjoints_of_names(self) -> dict[tuple[str, bytes], tuple[str, Any]]:
        """By the rows of the adjoints of a name of the forward pass: the name, and the rows in its order."""
        layout, numpy = self.layout, self.numpy
        node_at = {space: numpy.full(len(owner), -1) for space, owner in self.units.owner.items()}
        for group in layout.forward:
            node_at[group.space][group.start : group.stop] = group.nodes
        found: dict[tuple[str, bytes], tuple[str, Any]] = {}
        for name, unit in self.units.named.items():
            nodes: list[int] = node_at[unit.space][unit.rows].tolist() if unit.space in "UV" else []
            if (rows := layout.adjoints(nodes)) is not None:
                found.setdefault((rows.space, numpy.sort(rows.index).tobytes()), (name, rows.index))
        return found

    def _adjoint(self, group: Group, value: Term) -> None:
        """A line for ∂C/∂ of a name of the forward pass, in its order, or for a new name."""
        unit = self.lines.unit(group, self.units.fresh(), value)
        name, rows = self.named.get((group.space, unit.rows.tobytes()), ("", unit.rows))
        d = self.lines.style.symbol("∂")
        slope = self.lines.style.row(d, self.lines.cost_name, "/", d, name)
        if name and slope not in self.units.named:  # on one line, since it is read in fractions
            unit.name = Written(slope, POWER)
        with suppress(Unwritable):  # else it is in the order of the group
            value, unit.rows = self.reading.read(Rows(group.space, rows)), rows
        self.lines.line(self.lines.reverse, unit, value)
        if id(group) in self.after:
            self.after.add(id(unit))

    # The gradient
    def write_gradient(self) -> None:
        """∂C/∂ of every name that parameters have, and of what else there is as rows of θ."""
        numpy, n = self.numpy, self.layout.params
        theta = self.units.named[self.lines.style.name("θ")]
        named = [unit for unit in self.units.named.values() if self.units.are_params(unit.space, unit.rows)]
        left = numpy.ones(n, bool)
        for unit in named:
            if unit is not theta:
                left[unit.rows] = False
                self._slope(unit.whole, unit.rows.reshape(unit.shape))
        (rest,) = numpy.nonzero(left)
        for run in numpy.split(rest, numpy.flatnonzero(numpy.diff(rest) > 1) + 1) if len(rest) else ():
            self._slope(self.units.part(theta, run), run[:, None])

    def _slope(self, of: Factor, index: Any) -> None:
        """∂C/∂ of a block of parameters."""
        rows = self.layout.rows(self.numpy.array(self.layout.graph.gradient)[index])
        try:
            value = self._oriented(self.reading.read(rows), index.shape)
            text, known = self.phrases.piece(value).text, self._known_slope(value)
        except Unwritable:
            sizes = index.shape if min(index.shape) > 1 else (index.size,)
            text, known = self.phrases.piece(self.lines.hidden(1, *sizes)).text, ""
        name = derivative(self.lines.cost_name, self.phrases.fence(of, POWER), self.lines.style)
        self.lines.reverse.append(Equation(name, text, known))

    def _oriented(self, value: Term, shape: Shape) -> Term:
        """A row for a column, or a column for a row, transposed."""
        is_turned = 1 in shape and value.shape == shape[::-1] != shape
        return self.reading.transposed(value) if is_turned else value

    def _known_slope(self, value: Term) -> str:
        text = self.phrases.piece(value).text
        if text in self.errors:
            return "BP3"
        is_product = value.number == 1.0 and value.factors and value.factors[-1].binds != SUM
        for name, error in self.errors.items() if is_product and len(value.factors) < 3 else ():
            if text.startswith(self.lines.style.infix(name, "·", "").rstrip()) and error.shape[1] == 1:
                return "BP4"
        return ""
