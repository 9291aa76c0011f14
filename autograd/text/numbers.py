"""Numbers to read at a glance, and whether what is printed is exact.

The stepper's page writes numbers in the same way (`short` in stepper/web/numbers.js).
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any


def short_number(x: float, digits: int = 3) -> str:
    """A number to read at a glance: 3 significant digits, whole numbers plain, "−" for minus.

    >>> [short_number(x) for x in (63.0, -0.70710678, 1234.56, 0.0000123456, 2e9, float("-inf"))]
    ['63', '−0.707', '1235', '1.23e−5', '2e9', '−∞']
    """
    if not math.isfinite(x):
        return "nan" if math.isnan(x) else "∞" if x > 0 else "−∞"
    exact = Decimal(abs(x))
    if 1e-3 <= abs(x) < 1e6 or x == 0:
        decimals = 0 if x == int(x) else max(0, digits - 1 - exact.adjusted())
        text, exponent = f"{_rounded(exact, -decimals):f}", ""
    else:
        mantissa = _rounded(exact, exact.adjusted() - digits + 1)
        text = f"{mantissa.scaleb(-mantissa.adjusted()):f}"
        exponent = f"e{mantissa.adjusted()}"
    shortest = text.rstrip("0").rstrip(".") if "." in text else text
    sign = "-" if x < 0 else ""
    return f"{sign}{shortest}{exponent}".replace("-", "−")


def _rounded(x: Decimal, place: int) -> Decimal:
    """As at school, and as in JavaScript: a half is rounded up."""
    return x.quantize(Decimal(1).scaleb(place), ROUND_HALF_UP, _PLENTY)


_PLENTY = Context(prec=1200)  # enough for every digit of every float


def product_text(upstream: float, local: float, contribution: float, digits: int = 3) -> str:
    """One product of the chain rule; "≈" where the rounded factors don't give the printed product.

    >>> product_text(21.0, 3.0, 63.0), product_text(2.0, -0.707106, -1.414212)
    ('21 × 3 = 63', '2 × (−0.707) ≈ −1.41')
    """
    factors = [short_number(upstream, digits), short_number(local, digits)]
    product = short_number(contribution, digits)
    return f"{factors[0]} × {factor_text(factors[1])} {relation(factors, product, math.prod)} {product}"


def factor_text(number: str) -> str:
    """A written number as it follows a sign: a negative one in parentheses."""
    return f"({number})" if number.startswith("−") else number


def relation(operands: list[str], result: str, combine: Any) -> str:
    """ "=" where the numbers as printed give the printed result, else "≈"."""
    if any(c in "".join((*operands, result)) for c in "∞n"):
        return "="
    *exact, total = (Fraction(text.replace("−", "-")) for text in (*operands, result))
    return "=" if combine(exact) == total else "≈"


def is_short(x: float) -> bool:
    """Whether a number is printed in full."""
    return not math.isfinite(x) or float(short_number(x).replace("−", "-")) == x
