"""All equations of a program as text or LaTeX, cut at a page, and its groups by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...text.mathematics import TEXT, Style, derivative
from ..arrays import Array, owner
from ..computation import Computation
from ..groups import Group, Rows, reads
from ..layout import Layout
from .backward import write_backward
from .forward import write_forward
from .lines import Equation, Lines, value_of
from .phrases import Term, Unwritable
from .reading import Reading
from .units import Unit

MEAN = "means over the batch"
PAGE = 120  # lines, after which a text is cut


def _written(
    layout: Layout, inputs: Sequence[str], style: Style, decisions: dict[Group, bool] | None
) -> Lines:
    lines = Lines(Reading(layout, inputs, style, value_of), decisions)
    write_forward(lines)
    write_backward(lines)
    return lines


class Equations:
    """`forward` and `reverse` equations of a layout; `inputs` are the names of f's arguments.

    `units` tells which rows each name means, and `indices` which places an index π means.
    """

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style = TEXT) -> None:
        self.layout, self.inputs, self.style = layout, inputs, style
        self._numpy, self._has_examples = layout.numpy, len(inputs) > 0
        lines = _written(layout, inputs, TEXT, None)
        if style is not TEXT:
            lines = _written(layout, inputs, style, lines.decisions)
        self._reading = lines.reading
        self.forward, self.reverse, self.cost = lines.forward, lines.reverse, lines.cost
        self._cost_name = lines.cost_name
        self.units, self.indices = self._reading.units.named, self._reading.units.indices

    # As a whole
    def _lines(self) -> list[Equation | None]:
        """The equations, cut at a page; None stands for what is left out."""
        lines: list[Equation | None] = [*self.forward, Equation("", ""), *self.reverse]
        if len(lines) <= PAGE:
            return lines
        return [*lines[: PAGE // 2], None, *lines[-PAGE // 2 :]]

    def __str__(self) -> str:
        lines = self._lines()
        width = max((len(e.name) for e in lines if e), default=0)
        texts = [f"{e.name:<{width}} = {e.text}" if e and e.name else "" for e in lines]
        room = max((len(text) for text, e in zip(texts, lines) if e and e.known_as), default=0) + 3
        shown: list[str] = []
        for text, e in zip(texts, lines):
            if e is None:
                hidden = len(self.forward) + len(self.reverse) + 1 - PAGE
                shown.append(f"… ({hidden} more lines: program.equations().forward and .reverse)")
            else:
                shown.append(f"{text:<{room}}({e.known_as})" if e.known_as else text)
        shown += [f"{name}: rows {places}" for name, places in self._legend()]
        return "\n".join([*shown, *([f"({MEAN}: 1/m)"] if self._has_examples else [])])

    def _legend(self) -> list[tuple[str, str]]:
        """The indices that the lines name, with their first places."""
        texts = [e.text for e in self._lines() if e]
        legend: list[tuple[str, str]] = []
        for name, index in self.indices.items():
            if any(name in text for text in texts):
                places = [*map(str, index.ravel().tolist()[:12])]
                more = [self.style.symbol("…")] if index.size > 12 else []
                legend.append((name, ", ".join([*places, *more])))
        return legend

    def aligned(self) -> str:
        """All equations below each other, if the style is LaTeX."""
        rows: list[str] = []
        for e in self._lines():
            if e is None:
                rows.append(r"&\;\vdots")
            elif e.name:
                known = rf" && \text{{({e.known_as})}}" if e.known_as else ""
                rows.append(rf"{e.name} &= {e.text}{known}")
        rows += [rf"{name} &: \text{{rows }} {places}" for name, places in self._legend()]
        rows += [rf"&\text{{({MEAN}: }}1/m\text{{)}}"] if self._has_examples else []
        return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"

    # Its groups
    def described(self, group: Group) -> tuple[str, str]:
        """The name of what a group computes, or else its value; and its value."""
        named = Rows(group.space, self._numpy.arange(group.start, group.stop))
        value = self._text(lambda: self._reading.value(group))
        return self._text(lambda: self._reading.read(named)), value

    def gradient_name(self, group: Group) -> str:
        """The name of the adjoint of what a group computes, if it has one."""
        rows = self.layout.adjoints(group.nodes)
        named = rows is not None and self._reading.units.unit_of(rows)
        return self._text(lambda: self._reading.read(rows)) if rows and named else ""

    def _text(self, term: Callable[[], Term]) -> str:
        try:
            return self._reading.phrases.piece(term()).text
        except Unwritable:
            return "…"

    def read_by(self, group: Group) -> list[tuple[str, str, str]]:
        """The operands of a group: groups, parameters, inputs, each with its size and gradient."""
        found: dict[tuple[str, str, str], None] = {}
        for rows in reads(group):
            for source in self._reading.units.owners_of(self._reading.through(rows)):
                if isinstance(source, Group):
                    found[self.described(source)[0], "", ""] = None
                elif isinstance(source, Unit):
                    size, gradient = self._size(source)
                    found[source.name.text, size, gradient] = None
        return list(found)

    def _size(self, unit: Unit) -> tuple[str, str]:
        """The size of a leaf, and the name of its gradient if it is a parameter."""
        if unit.space.startswith("X"):
            return f"{len(unit.rows)} × m", ""
        if not self._reading.units.are_params(unit.space, unit.rows):
            return "", ""
        shape = unit.shape if unit.shape[1] > 1 else unit.shape[:1]
        by = derivative(self._cost_name, unit.name.text, self.style)
        return " × ".join(map(str, shape)), by

    def notes(self, computation: Computation) -> dict[Array, str]:
        """A description of the arrays of a program, for comments in its source."""
        notes: dict[Array, str] = {}
        for group, array in computation.values.items():
            name, text = self.described(group)
            if name != "…":
                forward = group in self.layout.forward
                notes.setdefault(owner(array), name if name == text or not forward else f"{name} = {text}")
        gradient = self._numpy.array(self.layout.graph.gradient)
        for unit in self.units.values() if len(gradient) else ():
            if self._reading.units.are_params(unit.space, unit.rows):
                rows = self.layout.rows(gradient[unit.rows])
                match self._reading.units.owners_of(rows):
                    case [Group() as group] if len(group.nodes) == len(unit.rows):
                        notes[owner(computation.values[group])] = self._size(unit)[1]
                    case _:
                        pass
        return notes
