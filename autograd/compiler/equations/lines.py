"""A program's lines and the names in them: which group has a line of its own, and what it is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from ...text.mathematics import CASES, LATEX, POWER, TEXT, Written
from ..groups import Group, Listed, Map, Matrix, Rows, reads
from .layers import Layer, layers_of
from .lists import list_value
from .operations import map_value, operands
from .phrases import Factor, Term, Unwritable
from .products import matrix_value
from .reading import Reading, copied_by
from .units import Unit

LETTERS = {"z": "zsqr", "a": "ahgo", "δ": "δεη", "C": "CLJE"}  # the first that no input or parameter has
LONG = 60  # characters, from which on what is read once has a name and a line of its own
HIDDEN = tuple(style.symbol("…").strip() for style in (TEXT, LATEX))
SHORT = 16  # characters of what the forward pass reads once, and the reverse pass may repeat


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
    """The `forward` and `reverse` lines, and the decisions that they share.

    What is read more than once, or is long, has a line; the rest is written where it is read. These
    `decisions` are those of plain text in all notations.
    """

    def __init__(self, reading: Reading, decisions: dict[Group, bool] | None = None) -> None:
        self.reading, self.units, self.style = reading, reading.units, reading.style
        self.layout = layout = reading.layout
        self.forward: list[Equation] = []
        self.reverse: list[Equation] = []
        self.layers = layers_of(reading)
        free = {c: [self.style.name(o) for o in others] for c, others in LETTERS.items()}
        self.letters = {c: next(o for o in others if o not in self.units.named) for c, others in free.items()}
        self.cost_name = self.letters["C"]
        self._decided, self.decisions = decisions, dict[Group, bool]()
        graph = layout.graph
        self.cost = next((g for g in layout.forward if graph.cost in g.nodes), None)
        self.in_reverse = {*layout.groups[len(layout.forward) :]}
        self.uses_forward = self._counted(layout.forward, [graph.cost])
        self.uses = self._counted(layout.groups, [graph.cost, *graph.gradient])

    # Decisions
    def _counted(self, groups: list[Group], results: list[int]) -> Counter[Group]:
        """The number of times that each group is read, or each element of it; of a list, the whole."""
        numpy, layout = self.units.numpy, self.layout
        counts = {space: numpy.zeros(len(owner), int) for space, owner in self.units.owner.items()}
        read = [rows for group in groups if not copied_by(group) for rows in self.read_by(group)]
        spaces, nodes = layout.space[results], numpy.array(results, int)
        read += [layout.rows(nodes[spaces == space]) for space in sorted({*spaces})]
        uses: Counter[Group] = Counter()
        for rows in map(self.reading.through, read):
            counts[rows.space][numpy.unique(rows.index)] += 1
            uses.update(owner for owner in self.units.owners_of(rows) if isinstance(owner, Group))
        for group in layout.groups:
            if isinstance(group, Map | Matrix):
                uses[group] = int(counts[group.space][group.start : group.stop].max())
        return uses

    def read_by(self, group: Group) -> list[Rows]:
        """The rows that a group's value names."""
        read = operands(group).values() if isinstance(group, Map) else reads(group)
        return [rows for rows in read if isinstance(rows, Rows)]

    def has_line(self, group: Group, value: Term) -> bool:
        """Whether what a group computes has a name, rather than being written where it is read."""
        if self._decided is None:
            self.decisions[group] = self._needs_line(group, value)
            return self.decisions[group]
        return self._decided[group]

    def _needs_line(self, group: Group, value: Term) -> bool:
        text = self.reading.phrases.piece(value).text
        if is_hidden(value):
            return True
        if self._is_short(value) or copied_by(group):
            return False
        if len(text) > LONG:
            return True
        if isinstance(group, Map) and all(rows.space == "U" for rows in self.read_by(group)):
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

    # Lines
    def value(self, group: Group) -> Term:
        """The operation of a group; "…" if there is no way to write it."""
        return self._or_hidden(lambda: self.reading.value(group), len(group.nodes), group.space)

    def read(self, rows: Rows) -> Term:
        """Rows as they are read; "…" if there is no way to write them."""
        return self._or_hidden(lambda: self.reading.read(rows), len(rows.index), rows.space)

    def _or_hidden(self, term: Callable[[], Term], n: int, space: str) -> Term:
        try:
            return term()
        except Unwritable:
            return self.hidden(n, n, "m") if space == "V" else self.hidden(n, n)

    def hidden(self, n: int, *sizes: int | str) -> Term:
        """The sign "…" in place of n elements that cannot be written, with their sizes behind it."""
        size = reduce(lambda a, b: self.style.infix(a, "×", b), map(str, sizes))
        return Term(1.0, (Factor(self.style.symbol("…") + self.style.aside(size), CASES, (n, 1)),))

    def unit(self, group: Group, name: str, value: Term) -> Unit:
        """A name for all that a group computes."""
        rows = self.units.numpy.arange(group.start, group.stop)
        return Unit(Written(name), group.space, rows, self.shape(value, len(rows)))

    def shape(self, value: Term, n: int) -> tuple[int, int]:
        """The shape of n elements; a column if they are all the same."""
        return value.shape if value.shape != (1, 1) else (n, 1)

    def numbered(self, letter: str, layer: Layer) -> Written:
        """zˡ, aˡ, δˡ."""
        return Written(self.style.power(self.letters[letter], str(layer.number)), POWER)

    def line(self, lines: list[Equation], unit: Unit, value: Term, known: str = "", left: str = "") -> None:
        """Write a line, and the name from there on; `left` is the left side, if it is not the name."""
        text = self.reading.phrases.piece(value).text
        if len(unit.rows) > 1 and value.shape == (1, 1):
            unit.shape = 1, 1
        self.units.add(unit)
        if not is_hidden(value):
            self.reading.texts[text] = unit.whole
        lines.append(Equation(left or unit.name.text, text, known))


def is_hidden(value: Term) -> bool:
    """Whether this stands for what cannot be written."""
    return any(factor.text.startswith(HIDDEN) for factor in value.factors)
