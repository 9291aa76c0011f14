"""The reason for a step through a folded box: what its inside multiplies and adds.

`∂a/∂x = ∂a/∂z·∂z/∂x = 0.42 × (−3) = −1.26`: a product for each use of x inside the box. Of a box with
several outputs it is the sum of what the users of x pass on: `Σ = z1.grad·∂z1/∂x + z2.grad·∂z2/∂x`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..value import Value
from .mathematics import derivative
from .names import gradient_name, name_in
from .numbers import factor_text, relation, short_number
from .reasons import symbol

MAX_TERMS = 4  # that are written out


@dataclass(frozen=True, eq=False, slots=True)
class Through:
    """The uses of a value inside the folded box `box`, whose one output is `output` (None if it has several).

    A use is a node and a slot. Its factor is the derivative of the output with respect to the node,
    or, if there are several outputs, the gradient of the node.
    """

    box: str
    output: Value | None
    uses: Sequence[tuple[Value, int]]
    factors: Sequence[float]

    @property
    def direct(self) -> tuple[Value, int] | None:
        """The one use, if it is the output's own: then the rule of that operation is the reason."""
        return self.uses[0] if len(self.uses) == 1 and self.uses[0][0] is self.output else None

    def terms(self, names: Mapping[Value, str]) -> Iterator[tuple[str, str, float, float]]:
        """Each product, in letters and in numbers: `∂a/∂z`, `∂z/∂x`, 0.42, −3."""
        for (node, slot), factor in zip(self.uses[:MAX_TERMS], self.factors, strict=False):
            outer = (
                gradient_name(node, names)
                if self.output is None
                else derivative(name_in(self.output, names), name_in(node, names))
            )
            yield outer, symbol(node, slot, names), factor, node.local_derivatives[slot]

    def chain(self, names: Mapping[Value, str], result: float) -> str:
        """`= ∂a/∂z·∂z/∂x = 0.42 × (−3) = −1.26`."""
        terms = list(self.terms(names))
        rest = " + …" if len(self.uses) > len(terms) else ""
        letters = " + ".join(f"{outer}·{inner}" for outer, inner, _, _ in terms) + rest
        numbers = [(short_number(factor), short_number(local)) for _, _, factor, local in terms]
        products = [f"{factor_text(a) if i else a} × {factor_text(b)}" for i, (a, b) in enumerate(numbers)]
        total = short_number(result)

        def combined(factors: Sequence[Fraction]) -> Fraction:
            return sum((a * b for a, b in zip(factors[::2], factors[1::2], strict=True)), Fraction())

        flat = [text for pair in numbers for text in pair]
        sign = "=" if rest else relation(flat, total, combined)
        return f"= {letters} = {' + '.join(products)}{rest} {sign} {total}"
