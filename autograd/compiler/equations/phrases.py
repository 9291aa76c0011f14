"""Terms and their factors as text: brackets, sums, products, transposes, and one shape for all operands.

Every factor knows its rows and columns for one example. `·` is a product of matrices or with a number,
`⊙` works element by element, `Σ` adds up all elements, `vec` writes the rows of a matrix one after another
as a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import isfinite, prod

from ...text.mathematics import POWER, PRODUCT, SIGN, SUM, Style, Written, applied, write_number

FEW = 4  # terms of a sum, or parts of an index, that are written one by one
LONGEST = 6  # characters of a factor such as 0.125; 0.3333333333333333 is written as a division by 3
LARGEST = 100  # divisor of such a factor
Shape = tuple[int, int]


class Unwritable(Exception):
    """There is no true and readable way to write something."""


@dataclass(frozen=True)
class Factor(Written):
    """A piece of mathematics, with its rows and columns; one that is `below` divides.

    A transposed matrix has `turned`, what is transposed.
    """

    shape: Shape = (1, 1)
    below: bool = False
    turned: Written | None = None


@dataclass(frozen=True)
class Term:
    """number · factor ⊙ factor … / factor; what has one row and one column counts for any shape."""

    number: float
    factors: tuple[Factor, ...] = ()

    @property
    def shape(self) -> Shape:
        """The shape of the largest factor."""
        return max((factor.shape for factor in self.factors), key=prod, default=(1, 1))

    def times(self, number: float) -> Term:
        """The term with a number in front."""
        return Term(number * self.number, self.factors)


class Phrases:
    """Writes terms in one notation."""

    def __init__(self, style: Style) -> None:
        self.style = style

    def fence(self, piece: Written, binds: int = PRODUCT) -> str:
        """A piece, in brackets if it binds less tightly than `binds`."""
        return self.style.fenced(piece.text) if piece.binds < binds else piece.text

    # Products
    def piece(self, term: Term) -> Factor:
        """A term as it is written: its number in front, what divides it behind a `/`."""
        style = self.style
        above = [factor for factor in term.factors if not factor.below]
        below = [factor for factor in term.factors if factor.below]
        number, divisor = _as_fraction(term.number)
        whole = self._product(abs(number), above)
        if below or divisor != 1.0:
            whole = applied("div", [whole, self._product(divisor, below)], style)
        if term.number < 0.0 and self._is_sum(whole):
            whole = Written(style.row(style.symbol("−"), whole.text), SIGN)
        elif term.number < 0.0:
            whole = applied("neg", [whole], style)
        return Factor(whole.text, whole.binds, term.shape)

    def _product(self, number: float, factors: Sequence[Factor]) -> Written:
        """number · factor ⊙ factor; beside what has one row and one column, `·` will do for `⊙`."""
        if not factors:
            return write_number(number, self.style)
        factors = self._powers(factors)
        if len(factors) == 1 and number == 1.0:
            return factors[0]
        text, shape = self._factor(factors[0]), factors[0].shape
        if number != 1.0:
            first = factors[0].text if self._is_sum(factors[0]) and len(factors) == 1 else text
            text = self.style.infix(write_number(number, self.style).text, "·", first)
        for last, factor in pairwise(factors):
            simple = PRODUCT not in (last.binds, factor.binds) and (1, 1) in (shape, factor.shape)
            text = self.style.infix(text, "·" if simple else "⊙", self._factor(factor))
            shape = max(shape, factor.shape, key=prod)
        return Written(text, PRODUCT)

    def _powers(self, factors: Sequence[Factor]) -> list[Factor]:
        """a ⊙ a as a²."""
        powers: list[Factor] = []
        for factor, n in Counter(factors).items():
            power = (
                applied("pow", [factor, write_number(float(n), self.style)], self.style) if n > 1 else factor
            )
            powers.append(replace(factor, text=power.text, binds=power.binds))
        return powers

    def _factor(self, piece: Written) -> str:
        """In brackets where it would be misread: a sum, a sign, a quotient on one line, ⊙ in a product."""
        unclear = piece.binds == PRODUCT and any(sign in piece.text for sign in ("/", "⊙", "odot"))
        return self.fence(piece, POWER if unclear or piece.text.startswith(("−", "-")) else PRODUCT)

    def _is_sum(self, piece: Written) -> bool:
        return piece.binds == SIGN and piece.text.startswith(self.style.symbol("Σ"))

    def times(self, *terms: Term) -> Term:
        """The elementwise product of terms; what is above and below cancels, and a factor 0 leaves 0."""
        number = prod(term.number for term in terms)
        factors = [factor for term in self.matched(terms) for factor in term.factors]
        for factor in [factor for factor in factors if factor.below]:
            if (same := replace(factor, below=False)) in factors:
                factors.remove(factor)
                factors.remove(same)
        return Term(number, tuple(factors)) if number else Term(0.0)

    def over(self, term: Term) -> Term:
        """1 / term."""
        factors = term.factors if term.number else (self.piece(term),)
        return Term(1.0 / (term.number or 1.0), tuple(replace(f, below=not f.below) for f in factors))

    # Sums
    def sum(self, term: Term) -> Term:
        """The sum of all elements, Σ a, with the number in front."""
        style, whole = self.style, self.piece(Term(1.0, term.factors))
        text = style.row(style.symbol("Σ"), style.symbol(" "), self.fence(whole, POWER))
        return Term(term.number, (Factor(text, SIGN),))

    def added(self, terms: Sequence[Term]) -> Term:
        """The terms of a sum: equal ones as one, those with a minus last; 0·a is left out."""
        numbers: dict[tuple[Factor, ...], float] = {}
        for term in self.matched(terms):
            numbers[term.factors] = numbers.get(term.factors, 0.0) + term.number
        kept = [Term(number, factors) for factors, number in numbers.items() if number]
        if len(kept) < 2:
            return kept[0] if kept else Term(0.0)
        kept.sort(key=lambda term: term.number < 0.0)
        total: Written = self.piece(kept[0])
        for term in kept[1:]:
            size = self.piece(Term(abs(term.number), term.factors))
            sign = "−" if term.number < 0.0 else "+"
            plain = self._is_sum(size) or (sign == "+" and not size.text.startswith(("−", "-")))
            text = size.text if plain else self.fence(size, PRODUCT)
            total = Written(self.style.infix(total.text, sign, text), SUM)
        return Term(1.0, (Factor(total.text, SUM, self.shape(kept)),))

    # Shapes
    def shape(self, terms: Sequence[Term]) -> Shape:
        """The shape of an elementwise operation on terms."""
        return max((term.shape for term in terms), key=prod, default=(1, 1))

    def matched(self, terms: Sequence[Term]) -> list[Term]:
        """Operands of one elementwise operation: a matrix beside a column of as many elements is a column.

        A column of fewer elements is added to each column of the matrix.
        """
        shapes = {factor.shape for term in terms for factor in term.factors} - {(1, 1)}
        size = max(map(prod, shapes), default=1)
        wide = {shape for shape in shapes if prod(shape) == size}
        if len(shapes) < 2:
            return list(terms)
        if len(wide) == 1 and shapes <= {*wide, (next(iter(wide))[0], 1)}:
            return list(terms)
        if any(prod(shape) != size for shape in shapes):
            raise Unwritable
        return [Term(term.number, tuple(map(self.column, term.factors))) for term in terms]

    def column(self, factor: Factor) -> Factor:
        """All elements below each other."""
        rows, columns = factor.shape
        if columns == 1:
            return factor
        if rows == 1:
            return self.transposed(factor)
        text = self.style.row(self.style.word("vec"), self.style.fenced(factor.text))
        return Factor(text, shape=(rows * columns, 1), below=factor.below)

    def transposed(self, factor: Factor) -> Factor:
        """The transposed matrix aᵀ; of a transposed matrix, the matrix."""
        if factor.shape == (1, 1):
            return factor
        shape = factor.shape[1], factor.shape[0]
        if factor.turned:
            return Factor(factor.turned.text, factor.turned.binds, shape, factor.below)
        text = self.style.transposed(self.fence(factor, POWER))
        return Factor(text, POWER, shape, factor.below, Written(factor.text, factor.binds))

    def dot(self, a: Term, b: Term) -> Term:
        """The matrix product a·b."""
        if not (a.factors and b.factors):
            return Term(a.number * b.number, (*a.factors, *b.factors))
        left, right = (self.fence(self.piece(Term(1.0, t.factors)), POWER) for t in (a, b))
        shape = a.shape[0], b.shape[1]
        text = self.style.infix(left, "·", right)
        return Term(a.number * b.number, (Factor(text, PRODUCT, shape),))


def _as_fraction(number: float) -> tuple[float, float]:
    """A number, or what is to be divided by a whole number if that is shorter."""
    if isfinite(number) and len(repr(abs(number))) > LONGEST:
        fraction = Fraction(number).limit_denominator(LARGEST)
        if fraction.numerator / fraction.denominator == number:
            return float(fraction.numerator), float(fraction.denominator)
    return number, 1.0
