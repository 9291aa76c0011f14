"""Which lines are written: the layers forward, their errors in reverse, the gradient of each parameter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ...text.mathematics import CASES, POWER, SUM, Written, derivative
from ..groups import Group, Listed, Map, Matrix, Rows, reads
from .layers import Layer, layers_of
from .operations import list_value, map_value, operands
from .phrases import Factor, Shape, Term, Unwritable
from .products import matrix_value, product
from .reading import Reading, copied_by
from .units import Unit

SHORT = 16  # characters of what the reverse pass may repeat
LETTERS = {"z": "zsqr", "a": "ahgo", "δ": "δεη", "C": "CLJE"}  # the first that no input or parameter has
LONG = 60  # characters, from which on what is read once has a name and a line of its own


@dataclass(frozen=True)
class Equation:
    """One line: `name = text`, and the names that books give it."""

    name: str
    text: str
    known_as: str = ""


def value_of(reading: Reading, group: Group, place: Any) -> Term:
    """The elements of a group at places, as its operation on what it reads."""
    if isinstance(group, Map):
        return map_value(reading, group, place)
    if isinstance(group, Listed):
        return list_value(reading, group, place)
    assert isinstance(group, Matrix)
    return matrix_value(reading, group, place)


class Lines:
    """Writes the `forward` and `reverse` lines; names what is read more than once, or is long."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.units, self.style = reading, reading.units, reading.style
        self.layout = layout = reading.layout
        self.forward: list[Equation] = []
        self.reverse: list[Equation] = []
        self.layers = layers_of(reading)
        free = {c: [self.style.name(o) for o in others] for c, others in LETTERS.items()}
        self.letters = {c: next(o for o in others if o not in self.units.named) for c, others in free.items()}
        self.cost_name = self.letters["C"]
        self.errors: dict[str, Layer] = {}  # the layers by the names of their errors
        self.from_errors: set[str] = set()  # names that are computed from errors
        graph = layout.graph
        self.in_reverse = {*layout.groups[len(layout.forward) :]}
        self.uses_forward = self._counted(layout.forward, [graph.cost])
        self.uses = self._counted(layout.groups, [graph.cost, *graph.gradient])
        self.cost = next((g for g in layout.forward if layout.graph.cost in g.nodes), None)
        self._forward()
        if layout.graph.gradient:
            self._reverse()
            self._gradient()

    # Names
    def _counted(self, groups: list[Group], results: list[int]) -> Counter[Group]:
        """The number of times that each group is read; of an elementwise one, the most for an element."""
        numpy, layout = self.units.numpy, self.layout
        counts = {space: numpy.zeros(len(owner), int) for space, owner in self.units.owner.items()}
        read = [rows for group in groups if not copied_by(group) for rows in self._read_by(group)]
        spaces, nodes = layout.space[results], numpy.array(results, int)
        read += [layout.rows(nodes[spaces == space]) for space in sorted({*spaces})]
        uses: Counter[Group] = Counter()
        for rows in [Rows(*self.reading.through(rows.space, rows.index)) for rows in read]:
            counts[rows.space][numpy.unique(rows.index)] += 1
            uses.update(owner for owner in self.units.owners_of(rows) if isinstance(owner, Group))
        for group in layout.groups:
            if isinstance(group, Map):
                uses[group] = int(counts[group.space][group.start : group.stop].max())
        return uses

    def _read_by(self, group: Group) -> list[Rows]:
        read = operands(group) if isinstance(group, Map) else reads(group)
        return [rows for rows in read if isinstance(rows, Rows)]

    def _text(self, group: Group) -> Term:
        try:
            return self.reading.value(group)
        except Unwritable:
            return self._hidden(len(group.nodes), group.space)

    def _hidden(self, n: int, space: str) -> Term:
        size = f"{n} × m" if space == "V" else f"{n}"
        return Term(1.0, (Factor(f"…   ({size})", CASES, (n, 1)),))

    def _has_line(self, group: Group, value: Term) -> bool:
        """Whether what a group computes has a name, rather than being written where it is read."""
        text = self.reading.phrases.piece(value).text
        if "…" in text:
            return True
        if self._is_short(value) or copied_by(group):
            return False
        if len(text) > LONG:
            return True
        if isinstance(group, Map) and all(rows.space == "U" for rows in self._read_by(group)):
            return False
        if group in self.in_reverse:
            return self.uses[group] != 1
        is_product = isinstance(group, Matrix) and bool(group.blocks) and group.shape[1:] != (1, 1)
        repeated = self.uses[group] != 1 and len(text) > SHORT
        return is_product or repeated or self.uses_forward[group] != 1

    def _is_short(self, value: Term) -> bool:
        """Whether this is a name or a number."""
        factors = value.factors
        return not factors or (len(factors) == 1 and abs(value.number) == 1.0 and len(factors[0].text) <= 3)

    def _line(self, lines: list[Equation], unit: Unit, value: Term, known: str = "", left: str = "") -> None:
        """Write a line, and the name from there on; `left` is the left side, if it is not the name."""
        text = self.reading.phrases.piece(value).text
        if len(unit.rows) > 1 and value.shape == (1, 1):
            unit.shape = 1, 1
        self.units.add(unit)
        if "…" not in text:
            self.reading.texts[text] = Factor(unit.name.text, unit.name.binds, unit.shape)
        if self.from_errors.union(self.errors) & {name for name in self.units.named if name in text}:
            self.from_errors.add(unit.name.text)
        lines.append(Equation(left or unit.name.text, text, known))

    def _unit(self, group: Group, name: Written, value: Term) -> Unit:
        rows = self.units.numpy.arange(group.start, group.stop)
        return Unit(name, group.space, rows, value.shape if value.shape != (1, 1) else (len(rows), 1))

    def _numbered(self, letter: str, layer: Layer) -> Written:
        return Written(self.style.power(self.letters[letter], str(layer.number)), POWER)

    # Forward
    def _forward(self) -> None:
        layer_of: dict[Group, Layer] = {layer.group: layer for layer in self.layers}
        waiting = [layer for layer in self.layers if layer.activation]
        for number, group in enumerate(self.layout.forward):
            value = self._text(group)
            if group in layer_of:
                self._weighted_input(layer_of[group])
            elif group is self.cost and len(group.nodes) == 1:
                self._line(self.forward, self._unit(group, Written(self.cost_name), value), value)
            elif not self._is_activation(group) and (self._has_line(group, value) or group is self.cost):
                self._line(self.forward, self._unit(group, Written(self.units.fresh()), value), value)
            done = {*self.layout.forward[: number + 1]}
            for layer in [layer for layer in waiting if done.issuperset(layer.activated_by)]:
                waiting.remove(layer)
                self._activation(layer)
        if self.cost_name not in self.units.named:
            try:
                cost = self.reading.read(self.layout.rows([self.layout.graph.cost]))
                text = self.reading.phrases.piece(cost).text
            except Unwritable:
                text = "…"
            self.forward.append(Equation(self.cost_name, text))

    def _weighted_input(self, layer: Layer) -> None:
        """z = W·x + b, without the targets that its group subtracts too."""
        group = layer.group
        targets = [rows for sign, rows in group.terms if sign < 0.0 and rows.space.startswith("X")]
        self.reading.targets[group] = targets
        value = self._text(group)
        if "…" in self.reading.phrases.piece(value).text:
            targets = []
        unit = self._unit(group, self._numbered("z", layer), value)
        unit.less = targets
        self._line(self.forward, unit, value)

    def _is_activation(self, group: Group) -> bool:
        rows = {*range(group.start, group.stop)}
        return (
            bool(rows)
            and group.space == "V"
            and rows <= {r for layer in self.layers for r in layer.activation}
        )

    def _activation(self, layer: Layer) -> None:
        rows = self.units.numpy.array(layer.activation)
        name = self._numbered("a", layer)
        try:
            value = self.reading.read(Rows("V", rows))
        except Unwritable:
            value = self._hidden(len(rows), "V")
        shape = value.shape if value.shape != (1, 1) else (len(rows), 1)
        self._line(self.forward, Unit(name, "V", rows, shape), value)

    # Reverse
    def _reverse(self) -> None:
        reverse = self.layout.groups[len(self.layout.forward) :]
        waiting = {layer.number: rows for layer in self.layers if (rows := self._adjoints(layer)) is not None}
        self.adjoint_lines = self._adjoint_lines()
        inside = {row for rows in waiting.values() for row in rows.tolist()}
        for group in reverse:
            if group.space == "V" and inside.issuperset(range(group.start, group.stop)):
                pass
            elif not self._is_gradient(group):
                value = self._text(group)
                if self._has_line(group, value):
                    self._adjoint_line(group, value)
            for number, rows in list(waiting.items()):
                if group.space == "V" and (rows < group.stop).all():
                    del waiting[number]
                    self._error(self.layers[number - 1], rows)

    def _adjoints(self, layer: Layer) -> Any:
        """The rows of ∂C/∂z, if the reverse pass computes them for each example."""
        adjoint, space = self.layout.graph.adjoint, self.layout.space
        nodes = [adjoint.get(node, -1) for node in layer.group.nodes]
        if min(nodes) < 0 or any(space[node] != "V" for node in nodes):
            return None
        rows = self.layout.rows(nodes).index
        return (
            rows if self.reading.is_reverse(Rows("V", rows)) and len({*rows.tolist()}) == len(rows) else None
        )

    def _is_gradient(self, group: Group) -> bool:
        """Whether a group is read by the gradient alone, in whose lines it is written."""
        return self.uses[group] == 1 and {*self.layout.graph.gradient}.issuperset(group.nodes)

    def _error(self, layer: Layer, rows: Any) -> None:
        """δ = ∂C/∂z, in the shape of z; vec(δ) if what is written for it is a column, and z is a matrix."""
        name, phrases = self._numbered("δ", layer), self.reading.phrases
        z = self.units.named[self._numbered("z", layer).text]
        try:
            value = self._oriented(self.reading.read(Rows("V", rows)), z.shape)
        except Unwritable:
            value = self._hidden(len(rows), "V")
        known = self._known(phrases.piece(value).text)
        left = Factor(name.text, POWER, z.shape)
        left = (
            phrases.column(left)
            if value.shape == (len(rows), 1) and "…" not in phrases.piece(value).text
            else left
        )
        self._line(self.reverse, Unit(name, "V", rows, z.shape), value, known, left.text)
        self.errors[name.text] = layer

    def _adjoint_lines(self) -> dict[tuple[str, bytes], tuple[str, Any]]:
        """By the rows of the adjoints of a name of the forward pass: the name, and the rows in its order."""
        layout, numpy = self.layout, self.units.numpy
        node_at = {space: numpy.full(len(owner), -1) for space, owner in self.units.owner.items()}
        for group in layout.forward:
            node_at[group.space][group.start : group.stop] = group.nodes
        found: dict[tuple[str, bytes], tuple[str, Any]] = {}
        for name, unit in self.units.named.items():
            nodes: list[int] = node_at[unit.space][unit.rows].tolist() if unit.space in "UV" else []
            adjoints = [layout.graph.adjoint.get(node, -1) for node in nodes]
            if adjoints and min(adjoints) >= 0 and len({layout.space[node] for node in adjoints}) == 1:
                rows = layout.rows(adjoints)
                found.setdefault((rows.space, numpy.sort(rows.index).tobytes()), (name, rows.index))
        return found

    def _adjoint_line(self, group: Group, value: Term) -> None:
        """A line for ∂C/∂ of a name of the forward pass, in its order, or for a new name."""
        unit = self._unit(group, Written(""), value)
        name, rows = self.adjoint_lines.get((group.space, unit.rows.tobytes()), ("", unit.rows))
        text = derivative(self.cost_name, name, self.style)
        unit.name = (
            Written(text, POWER) if name and text not in self.units.named else Written(self.units.fresh())
        )
        if name and not self.units.numpy.array_equal(rows, unit.rows):
            try:
                unit.rows, value = rows, self.reading.read(Rows(group.space, rows))
            except Unwritable:
                unit.rows = self.units.numpy.sort(rows)
        self._line(self.reverse, unit, value)

    def _known(self, text: str) -> str:
        """BP1 for an error that comes from no other; BP2 for W·δ of a later layer, transposed, ⊙ f′(z)."""
        if "…" in text:
            return ""
        if not any(name in text for name in (*self.errors, *self.from_errors)):
            return "BP1"
        phrases = self.reading.phrases
        for unit in self.units.named.values():
            for error in self.errors:
                weights, delta = Factor(unit.name.text, POWER, unit.shape), Factor(error, POWER)
                product = phrases.dot(Term(1.0, (phrases.transposed(weights),)), Term(1.0, (delta,)))
                start = phrases.piece(product).text
                rest = text.removeprefix(start)
                if unit.space == "U" and text.startswith(start) and ("′" in rest or "'" in rest or not rest):
                    return "BP2"
        return ""

    # The gradient
    def _gradient(self) -> None:
        """∂C/∂ of every name that parameters have, and of what else there is as rows of θ."""
        layout, numpy = self.layout, self.units.numpy
        theta = self.units.named[self.style.name("θ")]
        params = [unit for unit in self.units.named.values() if unit.space == "U" and self._is_block(unit)]
        left = numpy.ones(layout.params, bool)
        for unit in params:
            left[unit.rows] = False
            self._slope(Factor(unit.name.text, unit.name.binds, unit.shape), unit.rows.reshape(unit.shape))
        (rest,) = numpy.nonzero(left)
        for run in numpy.split(rest, numpy.flatnonzero(numpy.diff(rest) > 1) + 1) if len(rest) else ():
            self._slope(self.units.part(theta, run), run[:, None])

    def _is_block(self, unit: Unit) -> bool:
        return bool((unit.rows < self.layout.params).all()) and unit.name.text != self.style.name("θ")

    def _slope(self, of: Factor, index: Any) -> None:
        """∂C/∂ of a block of parameters."""
        gradient = self.units.numpy.array(self.layout.graph.gradient)
        name = derivative(self.cost_name, self.reading.phrases.fence(of, POWER), self.style)
        rows = self.layout.rows(gradient[index])
        try:
            value = self._stacked(rows) if min(index.shape) > 1 else self.reading.read(rows)
            value = self._oriented(value, index.shape)
            text = self.reading.phrases.piece(value).text
        except Unwritable:
            value, text = None, f"…   ({' × '.join(map(str, index.shape))})"
        self.reverse.append(Equation(name, text, self._known_slope(value, text)))

    def _oriented(self, value: Term, shape: Shape) -> Term:
        """A row for a column, or a column for a row, transposed."""
        is_turned = 1 in shape and value.shape == shape[::-1] != shape
        return self.reading.transposed(value) if is_turned else value

    def _stacked(self, rows: Rows) -> Term:
        """A matrix; if its rows are products of several groups with the same right factor, as one product."""
        lefts: list[Rows] = []
        rights: list[Rows] = []
        for owner, place in zip(self.units.owner["U"][rows.index], self.units.place["U"][rows.index]):
            group = self.units.owners[int(owner[0])]
            if not (isinstance(group, Matrix) and group.mean and len(group.blocks) == 1 and not group.terms):
                return self.reading.read(rows)
            i, j = divmod(place, group.shape[2])
            (left, right) = group.blocks[0]
            if (owner != owner[0]).any() or (i != i[0]).any() or group.shape[0] > 1:
                return self.reading.read(rows)
            lefts.append(Rows(left.space, left.index[0][i[0]]))
            rights.append(Rows(right.space, right.index[0][:, j]))
        numpy = self.units.numpy
        same = all(r.space == rights[0].space and numpy.array_equal(r.index, rights[0].index) for r in rights)
        if not same or len({left.space for left in lefts}) > 1:
            return self.reading.read(rows)
        left = Rows(lefts[0].space, numpy.array([left.index for left in lefts]))
        return self.reading.phrases.added(product(self.reading, left, rights[0], mean=True))

    def _known_slope(self, value: Term | None, text: str) -> str:
        """BP3 for δ, BP4 for one product δ·aᵀ."""
        if text in self.errors:
            return "BP3"
        starts = {name: self.style.infix(name, "·", "").rstrip() for name in self.errors}
        error = next((name for name, start in starts.items() if text.startswith(start)), None)
        if value is None or error is None or value.number != 1.0 or value.factors[-1].binds == SUM:
            return ""
        return "BP4" if self.units.named[error].shape[1] == 1 and len(value.factors) < 3 else ""
