"""The matrix equations that a program computes, forward and reverse, as the books write them.

Layers count from 2, as in Nielsen's chapter 2, where layer 1 is the input: z² = W²·x + b². What a
group passes back is a sum of products of a number and factors; the equations of backpropagation are
named where they are met: BP1 and BP2 for the error δ of a layer, BP3 and BP4 for what it is of.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from ..text.mathematics import POWER, TEXT, Style, Written, applied, derivative, write_number, written
from .arrays import Array, owner
from .computation import Computation
from .forward_equations import ARITHMETIC, Equation, ForwardEquations, Term, is_product
from .groups import Group, Listed, Map, Matrix, Rows
from .naming import are_windows
from .regroup import Layout
from .tracing import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Passed:
    """A term that some rows of a group receive, and whether it comes through the weights of a layer."""

    rows: frozenset[int]
    part: str
    term: Term
    weighted: bool


class Equations(ForwardEquations):
    """`forward` and `reverse` equations of a layout; `inputs` are the names of f's arguments."""

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style = TEXT) -> None:
        super().__init__(layout, inputs, style)
        self.reverse: list[Equation] = []
        self.errors: dict[Group, str] = {}  # the names of adjoints
        self.passed: defaultdict[Group, list[Passed]] = defaultdict(list)
        self.gradients: defaultdict[str, list[tuple[Term, str]]] = defaultdict(list)
        self._pass(layout.rows([layout.graph.cost]), Term(1.0))
        for group in reversed(layout.forward):
            if self.passed[group]:
                self._differentiate(group)
        for name, terms in self.gradients.items():
            sign = "+=" if name in self.adding else "="
            self.reverse.append(Equation(name, self._total([term for term, _ in terms]), terms[0][1], sign))

    # Reverse
    def _differentiate(self, group: Group) -> None:
        """Name the error of a layer, or of what receives several terms, and pass it on."""
        received = self.passed[group]
        is_layer = isinstance(group, Matrix) and group in self.layer
        weighted = any(p.weighted for p in received)
        if len(received) == 1 and received[0].part == "" and not is_product(group) and not is_layer:
            self._pass_on(group, received[0].term, received[0].weighted)
            return
        if is_layer:
            name = self._letter("δ", self.layer[group])
            known = "BP2" if weighted else "BP1"
            texts = {factor.text for p in received for factor in p.term.factors}
            if known == "BP1" and not texts.isdisjoint(
                error for of, error in self.errors.items() if isinstance(of, Matrix)
            ):
                known = ""  # it is another layer's error, as it is
        else:
            name, known = Written(self._derivative(self.written[group][0])), ""
        self.errors[group] = name.text
        parts = {p.part: p.rows for p in received}
        overlap = sum(map(len, parts.values())) > len(frozenset[int]().union(*parts.values()))
        for part in parts:
            terms = [p.term for p in received if p.part == part]
            sign = "+=" if overlap else "="
            self.reverse.append(Equation(name.text + part, self._total(terms), known, sign))
        self._pass_on(group, Term(1.0, (name,)), weighted and not is_layer)

    def _total(self, terms: list[Term]) -> str:
        """The terms of a sum, with a minus between them where the next is negative."""
        text = self._times(terms[0]).text
        for term in terms[1:]:
            size = self._times(Term(abs(term.number), term.factors))
            sign = "−" if term.number < 0 else "+"
            text = self.style.infix(text, sign, self._fence(size) if term.number < 0 else size.text)
        return text

    def _pass(self, rows: Rows, term: Term, known_as: str = "", weighted: bool = False) -> None:
        """Note what parameters, or the groups in which the rows lie, receive."""
        params = self._params_among(rows)
        if params:
            name = self._derivative(self._read(params).text)
            self.gradients[name].append((self._added(params.index, term), known_as))
        for group, inside in self._parts(rows):
            added = self._added(inside, term, are_windows(rows.index))
            reached = frozenset[int](inside.tolist())
            self.passed[group].append(Passed(reached, self._part(group, inside), added, weighted))

    def _added(self, index: Any, term: Term, windows: bool = False) -> Term:
        """The gradient of rows that were read several times: the sum; of windows that overlap, folded."""
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
            self._pass(group.lists, self._through_list(group, term), weighted=weighted)
        else:
            assert isinstance(group, Matrix)
            for sign, rows in group.terms:
                known = "BP3" if group in self.layer and sign > 0 else ""
                self._pass(rows, Term(sign * term.number, term.factors), known, weighted)
            delta = self._times(term)
            for left, right in group.blocks:
                a, b = self._read(left), self._read(right)
                if group.shape[1:] == (1, 1) and not self._are_params(left):
                    self._pass(left, Term(term.number, (*term.factors, b)), weighted=weighted)
                    self._pass(right, Term(term.number, (*term.factors, a)), weighted=weighted)
                    continue
                layer = group in self.layer
                to_left, to_right = (
                    self._dot(delta, self._transposed(b)),
                    self._dot(self._transposed(a), delta),
                )
                self._pass(left, Term(1.0, (to_left,)), "BP4" if layer else "", weighted)
                self._pass(right, Term(1.0, (to_right,)), weighted=weighted or layer)

    def _through_list(self, group: Listed, term: Term) -> Term:
        """The gradients that softmax and the like pass on; each result depends on all operands."""
        soft = applied("softmax", [self._read(group.lists)], self.style)
        if group.rule.name == "softmax":
            received = Term(1.0, term.factors)
            shared = self._sum(self._times(Term(1.0, (*term.factors, soft))))
            return Term(term.number, (soft, applied("sub", [self._times(received), shared], self.style)))
        if group.rule.name == "cross_entropy":
            soft = applied("sub", [soft, Written(self.style.name("t"))], self.style)
        elif group.rule.name != "logsumexp":
            name = f"{group.rule.name}{self.style.symbol('′')}"
            soft = Written(
                self.style.row(self.style.word(name), self.style.fenced(self._read(group.lists).text))
            )
        return Term(term.number, (*term.factors, soft))

    def _is_condition(self, group: Map, i: int) -> bool:
        """Whether an operand only decides, so that nothing is passed to it."""
        return group.rule.name in COMPARISONS or (group.rule.name == "where" and i == 0)

    def _local(self, group: Map, operands: list[Written], i: int) -> Term:
        """∂result/∂operand."""
        rule: Any = group.rule
        style = self.style
        constants = [o for o in group.operands if isinstance(o, float)]
        if rule.name == "mul" and constants:
            return Term(prod(constants))
        if rule.name == "pow" and isinstance(group.operands[1], float):
            exponent = group.operands[1]
            lower = (
                operands[0]
                if exponent == 2.0
                else applied("pow", [operands[0], write_number(exponent - 1.0, style)], style)
            )
            return Term(exponent, (lower,))
        if rule.name == "neg":
            return Term(-1.0)
        if rule.name == "where":
            taken = [write_number(1.0, style), write_number(0.0, style)][:: 1 if i == 1 else -1]
            return Term(1.0, (applied("where", [operands[0], *taken], style),))
        if rule.name in ARITHMETIC:
            names = {**dict(zip(rule.operands, operands)), "y": self.names[group]}
            return Term(1.0, (written(rule.shown[1 + i], style, names),))
        called = applied(rule.name, operands, style).text
        word = called.split("(")[0].removesuffix("\\left")
        if len(operands) == 1 and word:
            return Term(1.0, (Written(called.replace(word, word + style.symbol("′"), 1)),))
        return Term(1.0, (Written(derivative(word, self._fence(operands[i], POWER), style)),))

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

    def notes(self, computation: Computation) -> dict[Array, str]:
        """A description of the arrays of a program, for comments in its source."""
        notes = {
            owner(array): " = ".join(dict.fromkeys(self.written[group]))
            for group, array in computation.values.items()
            if group in self.written
        }
        adjoints = self.layout.graph.adjoint
        for group, name in self.errors.items():
            made = [adjoints[node] for node in group.nodes if node in adjoints]
            if len(made) == len(group.nodes):
                adjoint = computation.read(self.layout.rows(made))
                notes.setdefault(owner(adjoint), name)
        row = 0
        for part in computation.gradient.arrays:
            notes |= {owner(part): self.gradient_at[row]} if row in self.gradient_at else {}
            row += part.size
        return notes
