"""Rows as they are written where they are read: by name, as numbers, or as what computes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ...text.mathematics import Style, applied, write_number
from ..groups import Group, Map, Matrix, Rows
from ..layout import Layout
from ..partials import Partial
from .phrases import FEW, Factor, Phrases, Term, Unwritable
from .units import Owner, Unit, Units


def copied_by(owner: Owner) -> Rows | None:
    """The rows that a group copies, or of which it takes the mean."""
    if isinstance(owner, Matrix) and not owner.blocks and len(owner.terms) == 1:
        sign, rows = owner.terms[0]
        return rows if sign > 0.0 and rows.index.ndim == 1 else None
    return None


class Reading:
    """Writes rows of a layout; `value` writes the elements of a group at places."""

    def __init__(
        self,
        layout: Layout,
        inputs: Sequence[str],
        style: Style,
        value: Callable[[Reading, Group, Any], Term],
    ) -> None:
        self.layout, self.style = layout, style
        self.phrases, self.units = Phrases(style), Units(layout, inputs, style)
        self.targets: dict[Group, list[Rows]] = {}  # what a layer's group subtracts besides
        self.texts: dict[str, Factor] = {}  # the names of what has a line, by its text
        self._value = value
        self.forward_rows = max((g.stop for g in layout.forward if g.space == "V"), default=0)

    def read(self, rows: Rows) -> Term:
        """The contents of rows, in one line or as a matrix.

        One row that is read several times is written once. Raises Unwritable if there is no short way.
        """
        rows = self.through(rows)
        owner, place = self.units.found(rows)
        if owner.ndim > 1 and 1 in owner.shape:
            term = self.column(Rows(rows.space, rows.index.ravel()))
            return self.transposed(term) if owner.shape[1] > 1 else term
        if not (owner == owner.flat[0]).all():
            if owner.ndim > 1:
                raise Unwritable
            return self._pieces(rows, owner)
        if (place == place.flat[0]).all():
            place = place.ravel()[:1]
        source = self.units.owners[int(owner.flat[0])]
        if isinstance(source, Unit):
            return self._named(source, place)
        return self._numbers(source, place) if isinstance(source, list) else self._value(self, source, place)

    def through(self, rows: Rows) -> Rows:
        """Rows without the groups that only copy them, or take their mean over the examples."""
        while True:
            owner, place = self.units.found(rows)
            numbers: list[int] = self.units.numpy.unique(owner).tolist()
            copied = {k: copied_by(self.units.owners[k]) for k in numbers}
            spaces = {read.space if read else rows.space for read in copied.values()}
            if len(spaces) > 1 or not any(copied.values()):
                return rows
            rows = Rows(spaces.pop(), rows.index.copy())
            for k, read in copied.items():
                if read:
                    rows.index[owner == k] = read.index[place[owner == k]]

    def value(self, group: Group) -> Term:
        """The operation of a group, whatever names its rows have."""
        return self._value(self, group, self.units.numpy.arange(len(group.nodes)))

    def column(self, rows: Rows) -> Term:
        """Rows below each other, even if they are all of a matrix."""
        term = self.read(rows)
        return Term(term.number, tuple(map(self.phrases.column, term.factors)))

    def transposed(self, term: Term) -> Term:
        """The transposed matrix of a term."""
        return Term(term.number, tuple(map(self.phrases.transposed, term.factors)))

    def called(self, name: str, listed: Factor) -> Factor:
        """A function of a list, with as many results; by the name that the result has."""
        text = applied(name, [listed], self.style).text
        return self.texts.get(text, Factor(text, shape=listed.shape))

    def is_zero(self, rows: Rows) -> bool:
        """Whether a row is the constant 0."""
        (owner,), (place,) = self.units.found(self.through(rows))
        constants = self.units.owners[int(owner)]
        return isinstance(constants, list) and constants[int(place)] == 0.0

    def is_local(self, operand: Any) -> bool:
        """Whether an operand is a local derivative."""
        owners = self.units.owners_of(operand) if isinstance(operand, Rows) else []
        return any(isinstance(owner, Map) and isinstance(owner.rule, Partial) for owner in owners)

    def is_reverse(self, rows: Rows) -> bool:
        """Whether the reverse pass computes rows, for each example."""
        return rows.space == "V" and bool((rows.index >= self.forward_rows).all())

    def _named(self, unit: Unit, place: Any) -> Term:
        term = Term(1.0, (self.units.part(unit, place),))
        less = [self.read(Rows(rows.space, rows.index.ravel()[place])) for rows in unit.less]
        return self.phrases.added([term, *(read.times(-1.0) for read in less)])

    def _numbers(self, constants: list[float], place: Any) -> Term:
        """A number for all rows, or a column of numbers: (1, 2, 3)."""
        numbers: list[float] = [constants[k] for k in place.ravel().tolist()]
        if len({*numbers}) == 1:
            return Term(numbers[0])
        if place.ndim > 1:
            raise Unwritable
        sign = -1.0 if max(numbers) < 0.0 else 1.0
        listed = self._listed([Factor(write_number(sign * number, self.style).text) for number in numbers])
        return listed.times(sign)

    def _pieces(self, rows: Rows, owner: Any) -> Term:
        """Rows of several owners, one after the other: (a, b)."""
        with suppress(Unwritable):
            return self._joined(rows, owner)
        runs = self.units.runs(rows)
        if len(runs) > FEW:
            raise Unwritable
        parts: list[Factor] = []
        terms: list[Term] = []
        for run in runs:
            term = self.read(rows.at(run))
            piece = self.phrases.column(self.phrases.piece(term))
            terms.append(term)
            parts += [piece] * (run.stop - run.start if piece.shape == (1, 1) else 1)
        return terms[0] if terms[0].factors == () and len({*terms}) == 1 else self._listed(parts)

    def _joined(self, rows: Rows, owner: Any) -> Term:
        """Rows of several groups with one operation, as this operation on the rows that they read."""
        numpy, place = self.units.numpy, self.units.found(rows)[1]
        numbers: list[int] = numpy.unique(owner).tolist()
        groups = [group for group in map(self.units.owners.__getitem__, numbers) if isinstance(group, Map)]
        rules = {group.rule for group in groups}
        if len(groups) < len(numbers) or len(rules) > 1 or isinstance(groups[0].rule, Partial):
            raise Unwritable
        joined: list[Rows] = []
        for operands in zip(*(group.operands for group in groups)):
            if not all(isinstance(o, Rows) and o.space == operands[0].space for o in operands):
                raise Unwritable
            index = numpy.empty(len(place), int)
            for number, operand in zip(numbers, operands):
                index[owner == number] = operand.index[place[owner == number]]
            joined.append(Rows(operands[0].space, index))
        whole = Map(nodes=[], level=0, rule=rules.pop(), operands=[*joined])
        return self._value(self, whole, numpy.arange(len(place)))

    def _listed(self, parts: list[Factor]) -> Term:
        if len(parts) > 2 * FEW:
            raise Unwritable
        text = self.style.fenced(self.style.symbol(", ").join(part.text for part in parts))
        return Term(1.0, (Factor(text, shape=(sum(part.shape[0] for part in parts), 1)),))
