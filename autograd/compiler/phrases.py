"""Terms and their parts as text: which piece gets brackets, how sums, products and indices are written."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..table.row import FormulaRule
from ..text.mathematics import POWER, PRODUCT, SIGN, Style, Written, applied, write_number

FEW = 4  # terms of a sum, or parts of an index, that are written one by one


@dataclass(frozen=True)
class Term:
    """number · factor ⊙ factor …"""

    number: float
    factors: tuple[Written, ...] = ()


class Phrases:
    """Writes terms in one notation."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def fence(self, piece: Written, binds: int = PRODUCT) -> str:
        """A piece, in brackets if it binds less tightly than `binds`."""
        return self.style.fenced(piece.text) if piece.binds < binds else piece.text

    def times(self, term: Term) -> Written:
        """A term as it is written, with what stands for a scalar in front."""
        style, factors = self.style, list(term.factors)
        if not factors:
            return write_number(term.number, style)
        text = factors[0].text
        if len(factors) > 1 or abs(term.number) != 1.0:
            text = self.factor(factors[0])
        for factor in factors[1:]:
            text = style.infix(text, "⊙", self.factor(factor))
        product = factors[0] if len(factors) == 1 else Written(text, PRODUCT)
        if term.number == -1.0:
            return applied("neg", [product], style)
        if term.number != 1.0:
            return Written(style.infix(write_number(term.number, style).text, "·", text), PRODUCT)
        return product

    def factor(self, piece: Written) -> str:
        """In brackets where it would be misread: a sum, a sign, a quotient on one line, ⊙ in a product."""
        unclear = piece.binds == PRODUCT and ("/" in piece.text or "⊙" in piece.text)
        return self.fence(piece, POWER if unclear or piece.text.startswith("−") else PRODUCT)

    def dot(self, a: Written, b: Written) -> Written:
        """The matrix product a·b."""
        return Written(self.style.infix(self.operand(a), "·", self.operand(b)), PRODUCT)

    def operand(self, piece: Written) -> str:
        """A factor of a matrix product."""
        return self.fence(piece, POWER)

    def transposed(self, a: Written) -> Written:
        """The transposed matrix aᵀ."""
        return Written(self.style.transposed(self.fence(a, POWER)), POWER)

    def sum(self, a: Written) -> Written:
        """The sum over the rows, Σ a."""
        text = self.style.row(self.style.symbol("Σ"), self.style.symbol(" "), self.fence(a, POWER))
        return Written(text, SIGN)

    def added(self, terms: list[Term]) -> Term:
        """The terms of a sum, with a minus between them if the next is negative."""
        if not terms:
            return Term(0.0)
        if len(terms) == 1:
            return terms[0]
        terms = sorted(terms, key=lambda term: term.number < 0)
        total = self.times(terms[0])
        for term in terms[1:]:
            size = self.times(Term(abs(term.number), term.factors))
            total = applied("sub" if term.number < 0 else "add", [total, size], self.style)
        return Term(1.0, (total,))


def is_function(rule: FormulaRule) -> bool:
    """Whether a row is written f(x) and its derivative f′(x), which is not itself as short as 1 / x."""
    if not rule.shown:  # a comparison
        return False
    nodes = [type(n) for n in ast.walk(rule.shown[1].tree)]
    is_short = len([n for n in nodes if n in (ast.BinOp, ast.Call, ast.IfExp)]) <= (ast.BinOp in nodes)
    word = applied(rule.name, [Written("x"), *map(Written, rule.operands[1:])]).text.partition("(x")[0]
    return not is_short and word.replace("_", "").isalnum()


def sliced(numbers: list[int]) -> str | None:
    """An index as Python's slices, in its order; None if it takes too many."""
    runs: list[list[int]] = []  # first, last, step
    for number in numbers:
        if runs and (runs[-1][2] == 0 or runs[-1][1] + runs[-1][2] == number):
            step = number - runs[-1][1]
            if step != 0 and (runs[-1][2] == step or runs[-1][0] == runs[-1][1]):
                runs[-1][1:] = [number, step]
                continue
        runs.append([number, number, 0])
    if len(runs) > FEW:
        return None
    texts: list[str] = []
    for first, last, step in runs:
        if step == 0:
            texts.append(str(first))
        elif step == 1:
            texts.append(f"{first}:{last + 1}")
        elif step > 1:
            texts.append(f"{first}:{last + 1}:{step}")
        else:
            texts.append(f"{first}:{last - 1 if last > 0 else ''}:{step}")
    return ", ".join(texts)
