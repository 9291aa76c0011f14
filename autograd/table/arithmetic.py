"""Functions on floats that Python's `math` lacks, and what IEEE 754 says where Python raises.

A formula of the table is evaluated on floats in one of two ways: with functions that raise if they
are undefined or overflow (Python's own behaviour), or with the same functions made `total`, which
return inf or nan there and never raise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import mul

CONSTANTS: dict[str, float] = {"PI": math.pi, "LN2": math.log(2.0), "LN10": math.log(10.0)}

Function = Callable[..., float]


def total(function: Function, limit: Function | None = None) -> Function:
    """The function made to return a limit where Python's raises.

    Without a `limit` that is inf if the function overflows and nan if it is undefined.
    """

    def ieee(*operands: float) -> float:
        try:
            return function(*operands)
        except OverflowError:
            return limit(*operands) if limit else math.inf
        except (ValueError, ZeroDivisionError):
            return limit(*operands) if limit else math.nan

    return ieee


def divide(a: float, b: float) -> float:
    """`a / b` by IEEE 754: a zero divisor gives a signed infinity, or nan for 0/0.

    >>> divide(1.0, -0.0), divide(0.0, 0.0)
    (-inf, nan)
    """
    try:
        return a / b
    except ZeroDivisionError:
        if a == 0.0 or math.isnan(a):
            return math.nan
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


# Limits
def infinity_of_sign(x: float, *_: float) -> float:
    """The infinity on the side of x."""
    return math.copysign(math.inf, x)


def pole_at(pole: float, value: float = -math.inf) -> Function:
    """A limit of `value` at a pole, nan elsewhere."""

    def limit(x: float) -> float:
        return value if x == pole else math.nan

    return limit


def poles_at_one(x: float) -> float:
    """A limit of ±inf at ±1, nan elsewhere."""
    return math.copysign(math.inf, x) if abs(x) == 1.0 else math.nan


def power_limit(a: float, b: float) -> float:
    """The value of `a ** b` where `math.pow` raises: a pole, an overflow or no real number."""
    if a < 0.0 and not b.is_integer():
        return math.nan
    odd = b.is_integer() and b % 2.0 == 1.0
    return -math.inf if odd and math.copysign(1.0, a) < 0.0 else math.inf


def infinite(*_: float) -> float:
    """+∞, the limit at a pole from both sides."""
    return math.inf


# Division with a remainder, as Python has it
def floor_divide(a: float, b: float) -> float:
    """⌊a / b⌋."""
    return a // b


def remainder(a: float, b: float) -> float:
    """a − b·⌊a / b⌋, of the sign of b."""
    return a % b


# Rounding; a float of 2⁵³ and above is whole, and inf and nan stay what they are.
def floor(x: float) -> float:
    """⌊x⌋ with the sign of x, as IEEE 754 has it for −0.0."""
    return math.copysign(float(math.floor(x)), x) if abs(x) < 2.0**53 else x


def ceil(x: float) -> float:
    """⌈x⌉ with the sign of x."""
    return math.copysign(float(math.ceil(x)), x) if abs(x) < 2.0**53 else x


def round_half_even(x: float) -> float:
    """x rounded to a whole number, halves to the even one."""
    return math.copysign(float(round(x)), x) if abs(x) < 2.0**53 else x


# Lists
def add_exactly(xs: Sequence[float]) -> float:
    """Σ xⱼ, rounded once, also if a partial sum is too large for a float; inf − inf is nan."""
    try:
        return math.fsum(xs)
    except (OverflowError, ValueError):
        return _add_fractions(xs, [1.0] * len(xs))


def average(xs: Sequence[float]) -> float:
    """Σ xⱼ / n, also if the sum is too large for a float."""
    try:
        return math.fsum(xs) / len(xs)
    except (OverflowError, ValueError):
        return _add_fractions(xs, [1.0] * len(xs), len(xs))


def add_products(ws: Sequence[float], xs: Sequence[float], bias: float) -> float:
    """Σ wⱼ·xⱼ + bias, each product rounded, their sum rounded once; exact if one is too large for a float."""
    try:
        y = math.fsum([*map(mul, ws, xs), bias])
    except (OverflowError, ValueError):
        y = math.nan
    return y if math.isfinite(y) else _add_fractions([*ws, bias], [*xs, 1.0])


def _add_fractions(xs: Sequence[float], factors: Sequence[float], divisor: int = 1) -> float:
    """Σ xⱼ·fⱼ / divisor, rounded once; what is infinite or nan among them decides as in IEEE 754."""
    from fractions import Fraction  # slow to import

    decisive = [x * f for x, f in zip(xs, factors) if not (math.isfinite(x) and math.isfinite(f))]
    if decisive:
        return sum(decisive)
    exact = sum(Fraction(x) * Fraction(f) for x, f in zip(xs, factors)) / divisor
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def largest(xs: Sequence[float]) -> float:
    """The largest of the numbers; nan if any of them is."""
    return math.nan if any(x != x for x in xs) else max(xs)


def smallest(xs: Sequence[float]) -> float:
    """The smallest of the numbers; nan if any of them is."""
    return math.nan if any(x != x for x in xs) else min(xs)


def length(xs: Sequence[float]) -> float:
    """√Σ xⱼ², without overflow on the way."""
    return math.hypot(*xs)


def product(xs: Sequence[float]) -> float:
    """Π xⱼ: mantissas and exponents apart, so that nothing overflows or vanishes on the way.

    >>> product([1e200, 1e200, 1e-300, 1e-90])
    10000000000.0
    """
    mantissa, exponent = 1.0, 0
    for x in xs:
        m, e = math.frexp(mantissa * math.frexp(x)[0])
        mantissa, exponent = m, exponent + e + (math.frexp(x)[1] if math.isfinite(x) else 0)
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(math.inf, mantissa)
