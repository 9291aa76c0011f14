"""The matrix equations that a program computes, forward and reverse, as the books write them.

Layers count from 2, as in Nielsen's chapter 2, where layer 1 is the input: z² = W²·x + b². What a
group passes back is a sum of products of a number and factors; the equations of backpropagation are
named where they are met: BP1 and BP2 for the error δ of a layer, BP3 and BP4 for what it is of.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from ..mathematics import (
    CASES,
    POWER,
    PRODUCT,
    SIGN,
    TEXT,
    Style,
    Written,
    applied,
    derivative,
    number,
    written,
)
from .arrays import Array, owner
from .derivation import Derivation
from .forward import reads
from .naming import Names, are_windows
from .regroup import Group, Layout, Listed, Map, Matrix, Rows
from .tracing import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True)
class Passed:
    """A term that rows of a group receive, and whether it comes through the weights of a layer."""

    part: str
    term: Term
    weighted: bool


class Equations(Names):
    """`forward` and `reverse` equations of a layout; `inputs` are the names of f's arguments."""

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style = TEXT) -> None:
        super().__init__(layout, inputs, style)
        self.forward: list[Equation] = []
        self.reverse: list[Equation] = []
        self.written: dict[Group, tuple[str, str]] = {}  # the name and the value of each group
        self.errors: dict[Group, str] = {}  # the names of adjoints
        self.layer: dict[Group, int] = {}
        self.passed: defaultdict[Group, list[Passed]] = defaultdict(list)
        self.gradients: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self.uses = Counter(source for group in layout.groups for source in self._sources(group))
        graph = layout.graph
        self.cost = next((g for g in layout.groups if graph.cost in g.nodes), None)
        for group in layout.groups:
            self._name(group)
        cost = layout.rows([graph.cost])
        name = self.style.name("C")
        if self.cost is None or self.names[self.cost] != Written(name):
            self.forward.append(Equation(name, self._read(cost).text))
        self._pass(cost, Term(1.0))
        for group in reversed(layout.groups):
            if self.passed[group]:
                self._differentiate(group)
        for name, terms in self.gradients.items():
            sign = "+=" if name in self.adding else "="
            self.reverse.append(Equation(name, " + ".join(text for text, _ in terms), terms[0][1], sign))

    # Names
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
        elif self.uses[group] != 1 or group is self.cost or _is_product(group):
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
        """The layer of a weighted input z = W·a + b, or of its activation; None for anything else."""
        if isinstance(group, Matrix) and self._weights(group):
            return 2 + sum(isinstance(known, Matrix) for known in self.layer)
        if isinstance(group, Map) and len(group.operands) == 1 and group.rule.name not in ARITHMETIC:
            operand = group.operands[0]
            source = self._whole(operand) if isinstance(operand, Rows) else None
            if isinstance(source, Matrix) and source in self.layer:
                return self.layer[source]
        return None

    def read_by(self, group: Group) -> list[tuple[str, str, str]]:
        """What a group reads: groups, parameters, constants, inputs, each with its size and gradient."""
        found: dict[tuple[str, str, str], None] = {}
        for rows in reads(group):
            sources = self._parts(rows)
            for source, _ in sources:
                found[self.written[source][0], "", ""] = None
            if not sources:
                matrix = rows.index.ndim == 3 and rows.space == "U"
                shape = rows.index.shape[1:] if matrix else (rows.index.size,)
                size = " × ".join(map(str, shape if rows.space == "U" else (*shape, "m")))
                name = self._read(rows).text
                gradient = self._derivative(name) if self._are_params(rows) else ""
                found[name, size, gradient] = None
        return list(found)

    # Forward
    def _operands(self, group: Map) -> list[Written]:
        return [self._read(o) if isinstance(o, Rows) else number(o, self.style) for o in group.operands]

    def _value(self, group: Group, without_targets: bool = False) -> Written:
        style = self.style
        if isinstance(group, Map):
            return self._applied(group)
        if isinstance(group, Listed):
            return applied(group.rule.name, [self._read(group.lists)], style)
        assert isinstance(group, Matrix)
        terms: list[tuple[float, Written]] = []
        for left, right in group.blocks:
            a, b = self._read(left), self._read(right)
            terms.append(
                (
                    1.0,
                    self._dot(a, b)
                    if group.shape[1:] != (1, 1) or self._are_params(left)
                    else self._sum(self._times(Term(1.0, (a, b)))),
                )
            )
        for sign, rows in group.terms:
            if without_targets and rows in _targets(group):
                continue
            read = self._read(rows)
            terms.append((sign, self._sum(read) if rows.index.ndim > 1 else read))
        total: Written | None = None
        for sign, term in terms:
            if total is None:
                total = term if sign > 0 else applied("neg", [term], style)
            else:
                total = applied("add" if sign > 0 else "sub", [total, term], style)
        return total or number(0.0, style)

    def _applied(self, group: Map) -> Written:
        operands = self._operands(group)
        if group.rule.name in COMPARISONS:
            left, right = (self._fence(operand, SIGN) for operand in operands)
            return Written(self.style.infix(left, group.rule.symbol, right), CASES)
        return applied(group.rule.name, operands, self.style)

    # Reverse
    def _times(self, term: Term) -> Written:
        style, factors = self.style, list(term.factors)
        if not factors:
            return number(term.number, style)
        text = self._factor(factors[0]) if len(factors) > 1 or abs(term.number) != 1.0 else factors[0].text
        for factor in factors[1:]:
            text = style.infix(text, "⊙", self._factor(factor))
        product = factors[0] if len(factors) == 1 else Written(text, PRODUCT)
        if term.number == -1.0:
            return applied("neg", [product], style)
        if term.number != 1.0:
            product = Written(style.infix(number(term.number, style).text, "·", text), PRODUCT)
        return product

    def _factor(self, piece: Written) -> str:
        """In brackets where it would be misread: a sum, a sign, a quotient on one line."""
        unclear = piece.binds == PRODUCT and ("/" in piece.text or piece.text.startswith("−"))
        return self._fence(piece, POWER if unclear else PRODUCT)

    def _differentiate(self, group: Group) -> None:
        """Name the error of a layer, or of what receives several terms, and pass it on."""
        received = self.passed[group]
        is_layer = isinstance(group, Matrix) and group in self.layer
        if len(received) == 1 and received[0].part == "" and not _is_product(group) and not is_layer:
            self._pass_on(group, received[0].term, received[0].weighted)
            return
        if is_layer:
            name = self._letter("δ", self.layer[group])
            known = "BP2" if any(p.weighted for p in received) else "BP1"
            texts = {factor.text for p in received for factor in p.term.factors}
            if known == "BP1" and not texts.isdisjoint(self.errors.values()):
                known = ""  # it is another layer's error, as it is
        else:
            name, known = Written(self._derivative(self.written[group][0])), ""
        self.errors[group] = name.text
        for part in dict.fromkeys(p.part for p in received):
            terms = [self._times(p.term).text for p in received if p.part == part]
            self.reverse.append(Equation(name.text + part, " + ".join(terms), known))
        self._pass_on(group, Term(1.0, (name,)), False)

    def _pass(self, rows: Rows, term: Term, known_as: str = "", weighted: bool = False) -> None:
        """Note what parameters, or the groups in which the rows lie, receive."""
        if self._are_params(rows):
            name = self._derivative(self._read(rows).text)
            self.gradients[name].append((self._times(self._added(rows.index, term)).text, known_as))
            return
        for group, inside in self._parts(rows):
            added = self._added(inside, term, are_windows(rows.index))
            self.passed[group].append(Passed(self._part(group, inside), added, weighted))

    def _added(self, index: Any, term: Term, windows: bool = False) -> Term:
        """What rows that were read several times receive: the sum; of windows that overlap, folded."""
        if len(set(index.ravel().tolist())) == index.size:
            return term
        passed = self._times(term)
        return Term(1.0, (applied("fold", [passed], self.style) if windows else self._sum(passed),))

    def _pass_on(self, group: Group, term: Term, weighted: bool) -> None:
        if isinstance(group, Map):
            operands = self._operands(group)
            for i, rows in enumerate(group.operands):
                if isinstance(rows, Rows) and not self._is_condition(group, i):
                    local = self._local(group, operands, i)
                    made = Term(term.number * local.number, term.factors + local.factors)
                    self._pass(rows, made, weighted=weighted)
        elif isinstance(group, Listed):
            self._pass(group.lists, self._through_list(group, term))
        else:
            assert isinstance(group, Matrix)
            for sign, rows in group.terms:
                known = "BP3" if group in self.layer and sign > 0 else ""
                self._pass(rows, Term(sign * term.number, term.factors), known)
            delta = self._times(term)
            for left, right in group.blocks:
                a, b = self._read(left), self._read(right)
                if group.shape[1:] == (1, 1) and not self._are_params(left):
                    self._pass(left, Term(term.number, (*term.factors, b)))
                    self._pass(right, Term(term.number, (*term.factors, a)))
                    continue
                known = "BP4" if group in self.layer else ""
                self._pass(left, Term(1.0, (self._dot(delta, self._transposed(b)),)), known)
                self._pass(
                    right, Term(1.0, (self._dot(self._transposed(a), delta),)), weighted=group in self.layer
                )

    def _through_list(self, group: Listed, term: Term) -> Term:
        """What softmax and the like pass on; each result depends on all operands."""
        soft = applied("softmax", [self._read(group.lists)], self.style)
        if group.rule.name == "softmax":
            received = Term(1.0, term.factors)
            shared = self._sum(self._times(Term(1.0, (*term.factors, soft))))
            return Term(term.number, (soft, applied("sub", [self._times(received), shared], self.style)))
        if group.rule.name == "cross_entropy":
            soft = applied("sub", [soft, Written(self.style.name("t"))], self.style)
        return Term(term.number, (*term.factors, soft))

    def _is_condition(self, group: Map, i: int) -> bool:
        """Whether an operand only decides, so that nothing is passed to it."""
        return group.rule.name in COMPARISONS or (group.rule.name == "where" and i == 0)

    def _local(self, group: Map, operands: list[Written], i: int) -> Term:
        """∂result/∂operand."""
        rule, style = group.rule, self.style
        constants = [o for o in group.operands if isinstance(o, float)]
        if rule.name == "mul" and constants:
            return Term(prod(constants))
        if rule.name == "pow" and isinstance(group.operands[1], float):
            exponent = group.operands[1]
            lower = (
                operands[0]
                if exponent == 2.0
                else applied("pow", [operands[0], number(exponent - 1.0, style)], style)
            )
            return Term(exponent, (lower,))
        if rule.name == "neg":
            return Term(-1.0)
        if rule.name == "where":
            taken = [number(1.0, style), number(0.0, style)][:: 1 if i == 1 else -1]
            return Term(1.0, (applied("where", [operands[0], *taken], style),))
        if rule.name in ARITHMETIC:
            names = {**dict(zip(rule.operands, operands)), "y": self.names[group]}
            return Term(1.0, (written(rule.partials[i], style, names),))
        called = applied(rule.name, operands, style).text
        word = called.split("(")[0].removesuffix("\\left")
        if len(operands) == 1 and word:
            return Term(1.0, (Written(called.replace(word, word + style.symbol("′"), 1)),))
        return Term(1.0, (Written(derivative(style.word(rule.name), operands[i].text, style)),))

    # As a whole
    def __str__(self) -> str:
        width = max((len(equation.name) for equation in self.forward + self.reverse), default=0)
        signs = max(len(equation.sign) for equation in (self.forward + self.reverse))
        lines: list[str] = []
        for part in (self.forward, self.reverse):
            texts = [
                f"{equation.name:<{width}} {equation.sign:<{signs}} {equation.text}" for equation in part
            ]
            room = max(map(len, texts), default=0) + 3
            known = [f"({equation.known_as})" if equation.known_as else "" for equation in part]
            lines += [f"{text:<{room}}{name}".rstrip() for text, name in zip(texts, known)]
            lines.append("")
        return "\n".join(lines)

    def aligned(self) -> str:
        """All equations below each other, where the style is LaTeX."""
        signs = {"=": "=", "+=": r"\mathrel{+}="}
        rows = [
            rf"{equation.name} &{signs[equation.sign]} {equation.text}"
            + (rf" && \text{{({equation.known_as})}}" if equation.known_as else "")
            for equation in self.forward + self.reverse
        ]
        return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"

    def notes(self, derivation: Derivation) -> dict[Array, str]:
        """What the arrays of a program are, for comments in its source."""
        notes = {
            owner(array): " = ".join(dict.fromkeys(self.written[group]))
            for group, array in derivation.values.items()
        }
        for group, name in self.errors.items():
            if isinstance(adjoint := derivation.adjoints.get(group), Array):
                notes[owner(adjoint)] = name
        row = 0
        for part in derivation.gradient.arrays:
            notes |= {owner(part): self.gradient_at[row]} if row in self.gradient_at else {}
            row += part.size
        return notes


def _is_product(group: Group) -> bool:
    """Whether this is a product of matrices, and no scalar product for each of its nodes."""
    return isinstance(group, Matrix) and bool(group.blocks) and group.shape[1:] != (1, 1)


def _targets(group: Matrix) -> list[Rows]:
    """Inputs that are subtracted from a weighted input, as in z − y: they are no part of the layer."""
    return [rows for sign, rows in group.terms if sign < 0 and rows.space.startswith("X")]
