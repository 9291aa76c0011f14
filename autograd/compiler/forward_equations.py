"""The forward equations of a program: a line for what deserves a name; the rest stands where it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..table.lists import ListRule
from ..text.mathematics import CASES, POWER, PRODUCT, SIGN, Style, Written, applied, write_number
from .groups import Group, Listed, Map, Matrix, Rows, reads
from .naming import Names
from .regroup import Layout
from .tracing import COMPARISONS

ARITHMETIC = {"add", "sub", "mul", "div", "neg", "exp", "log", "sqrt"}  # their derivatives are written out


@dataclass(frozen=True)
class Term:
    """number · factor ⊙ factor …"""

    number: float
    factors: tuple[Written, ...] = ()


@dataclass(frozen=True)
class Equation:
    """One line: `name = text`, and the names that books give it."""

    name: str
    text: str
    known_as: str = ""
    sign: str = "="  # "+=" where another equation adds to some of the same rows


class ForwardEquations(Names):
    """`forward` has an equation for every layer, the cost, and what is read in several places or in part."""

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style) -> None:
        super().__init__(layout, inputs, style)
        self.forward: list[Equation] = []
        self.written: dict[Group, tuple[str, str]] = {}  # the name and the value of each group
        self.layer: dict[Group, int] = {}
        self.uses = Counter(source for group in layout.forward for source in self._sources(group))
        graph = layout.graph
        self.cost = next((g for g in layout.forward if graph.cost in g.nodes), None)
        for group in layout.forward:
            self._name(group)
        name = style.name("C")
        if self.cost is None or self.names[self.cost] != Written(name):
            self.forward.append(Equation(name, self._read(layout.rows([graph.cost])).text))

    def _sources(self, group: Group) -> list[Group]:
        """The groups that a group reads; one that it reads in part counts twice, to get a name."""
        found: list[Group] = []
        for rows in reads(group):
            for source, inside in self._parts(rows):
                found += [source] * (1 if self._part(source, inside) == "" else 2)
        return found

    def _name(self, group: Group) -> None:
        """Give a group its name and its forward equation, or leave it to be written where it is read."""
        layer = self._layer_of(group)
        value = self._value(group, without_targets=layer is not None)
        if layer is not None:
            self.layer[group] = layer
            name = self.names[group] = self._letter("z" if isinstance(group, Matrix) else "a", layer)
            self.written[group] = name.text, value.text
            self.forward.append(Equation(name.text, value.text))
            if isinstance(group, Matrix):
                for target in _targets(group):
                    self.names[group] = applied("sub", [self.names[group], self._read(target)], self.style)
            return
        if group is self.cost and len(group.nodes) == 1:
            self.names[group] = Written(self.style.name("C"))
        elif self.uses[group] != 1 or group is self.cost or is_product(group):
            count = len(self.forward) - len(self.layer) + 1
            subscript = str(count).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
            self.names[group] = Written(self.style.name(f"v{subscript}"))
        else:
            self.names[group] = value
            self.written[group] = value.text, value.text
            return
        self.written[group] = self.names[group].text, value.text
        self.forward.append(Equation(self.names[group].text, value.text))

    def _layer_of(self, group: Group) -> int | None:
        """The layer of a weighted input z = W·a + b, or of its first activation; None for anything else."""
        if isinstance(group, Matrix) and self._weights(group):
            return 2 + sum(isinstance(known, Matrix) for known in self.layer)
        if isinstance(group, Map) and len(group.operands) == 1 and group.rule.name not in ARITHMETIC:
            operand = group.operands[0]
            source = self._whole(operand) if isinstance(operand, Rows) else None
            if isinstance(source, Matrix) and source in self.layer:
                layer = self.layer[source]
                return layer if [*self.layer.values()].count(layer) == 1 else None
        return None

    def read_by(self, group: Group) -> list[tuple[str, str, str]]:
        """The operands of a group: groups, parameters, constants, inputs, each with its size and gradient."""
        found: dict[tuple[str, str, str], None] = {}
        for rows in reads(group):
            sources = self._parts(rows)
            for source, _ in sources:
                found[self.written[source][0], "", ""] = None
            params = self._params_among(rows)
            leaf = params or rows
            if params or not sources:
                matrix = leaf.index.ndim == 3 and leaf.space == "U"
                shape = leaf.index.shape[1:] if matrix else (leaf.index.size,)
                size = " × ".join(map(str, shape if leaf.space == "U" else (*shape, "m")))
                name = self._read(leaf).text
                found[name, size, self._derivative(name) if params else ""] = None
        return list(found)

    # Forward
    def _operands(self, group: Map) -> list[Written]:
        return [self._read(o) if isinstance(o, Rows) else write_number(o, self.style) for o in group.operands]

    def _value(self, group: Group, without_targets: bool = False) -> Written:
        style = self.style
        if isinstance(group, Map):
            return self._applied(group)
        if isinstance(group, Listed):
            assert isinstance(group.rule, ListRule)
            which = [Written(style.name("t"))] if group.rule.index_operands and not group.rule.vector else []
            return applied(group.rule.name, [self._read(group.lists), *which], style)
        assert isinstance(group, Matrix)
        terms: list[tuple[float, Written]] = []
        for left, right in group.blocks:
            a, b = self._read(left), self._read(right)
            products = group.shape[1:] != (1, 1) or self._are_params(left)
            terms.append((1.0, self._dot(a, b) if products else self._sum(self._times(Term(1.0, (a, b))))))
        for sign, rows in group.terms:
            if without_targets and rows in _targets(group):
                continue
            terms += [(sign, addend) for addend in self._addends(rows)]
        total: Written | None = None
        for sign, term in terms:
            if total is None:
                total = term if sign > 0 else applied("neg", [term], style)
            else:
                total = applied("add" if sign > 0 else "sub", [total, term], style)
        return total or write_number(0.0, style)

    def _addends(self, rows: Rows) -> list[Written]:
        """The terms of a sum: one by one if each comes from a place of its own, else as a sum over rows."""
        if rows.index.ndim == 1:
            return [self._read(rows)]
        columns = [Rows(rows.space, column) for column in rows.index.T]
        places = len(self._parts(rows)) + bool(self._params_among(rows)) + bool(self._constants(rows))
        if len(columns) == places:
            return [self._read(column) for column in columns]
        return [self._sum(self._read(rows))]

    def _applied(self, group: Map) -> Written:
        operands = self._operands(group)
        if group.rule.name in COMPARISONS:
            left, right = (self._fence(operand, SIGN) for operand in operands)
            return Written(self.style.infix(left, group.rule.symbol, right), CASES)
        return applied(group.rule.name, operands, self.style)

    def _times(self, term: Term) -> Written:
        style, factors = self.style, list(term.factors)
        if not factors:
            return write_number(term.number, style)
        text = self._factor(factors[0]) if len(factors) > 1 or abs(term.number) != 1.0 else factors[0].text
        for factor in factors[1:]:
            text = style.infix(text, "⊙", self._factor(factor))
        product = factors[0] if len(factors) == 1 else Written(text, PRODUCT)
        if term.number == -1.0:
            return applied("neg", [product], style)
        if term.number != 1.0:
            product = Written(style.infix(write_number(term.number, style).text, "·", text), PRODUCT)
        return product

    def _factor(self, piece: Written) -> str:
        """In brackets where it would be misread: a sum, a sign, a quotient on one line."""
        unclear = piece.binds == PRODUCT and ("/" in piece.text or piece.text.startswith("−"))
        return self._fence(piece, POWER if unclear else PRODUCT)


def is_product(group: Group) -> bool:
    """Whether this is a product of matrices, and no scalar product for each of its nodes."""
    return isinstance(group, Matrix) and bool(group.blocks) and group.shape[1:] != (1, 1)


def _targets(group: Matrix) -> list[Rows]:
    """Inputs that are subtracted from a weighted input, as in z − y: they are not part of the layer."""
    return [rows for sign, rows in group.terms if sign < 0 and rows.space.startswith("X")]
