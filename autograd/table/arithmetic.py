"""Float functions, twice: as Python computes them and as IEEE 754 does.

A formula of the table is evaluated on floats with one of two sets of functions. `STRICT` raises
where a function is undefined or overflows (Python's own behaviour); `IEEE` returns inf or nan there
and never raises. The names are the ones formulas may use.
"""

from __future__ import annotations

import math
from collections.abc import Callable

CONSTANTS: dict[str, float] = {"PI": math.pi, "LN2": math.log(2.0), "LN10": math.log(10.0)}


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


def _is_odd(x: float) -> bool:
    return x.is_integer() and x % 2.0 == 1.0


def _power_limit(a: float, b: float) -> float:
    """The value of `a ** b` where `math.pow` raises: a pole, an overflow or no real number."""
    if a < 0.0 and not b.is_integer():
        return math.nan
    negative = math.copysign(1.0, a) < 0.0 and _is_odd(b)
    return -math.inf if negative else math.inf


def _pole_at(pole: float) -> Callable[[float], float]:
    return lambda x: -math.inf if x == pole else math.nan


def _atanh_limit(x: float) -> float:
    return math.copysign(math.inf, x) if abs(x) == 1.0 else math.nan


def _undefined(*_: float) -> float:
    return math.nan


def _round_half_even(x: float) -> float:
    return x if not math.isfinite(x) else math.copysign(float(round(x)), x)


def _floor(x: float) -> float:
    return math.copysign(float(math.floor(x)), x) if abs(x) < 2.0**53 else x


def _ceil(x: float) -> float:
    return math.copysign(float(math.ceil(x)), x) if abs(x) < 2.0**53 else x


_Function = Callable[..., float]

# name: (the function, what IEEE 754 says where the function raises ValueError)
_FUNCTIONS: dict[str, tuple[_Function, _Function]] = {
    "pow": (math.pow, _power_limit),
    "exp": (math.exp, _undefined),
    "exp2": (math.exp2, _undefined),
    "expm1": (math.expm1, _undefined),
    "log": (math.log, _pole_at(0.0)),
    "log1p": (math.log1p, _pole_at(-1.0)),
    "log2": (math.log2, _pole_at(0.0)),
    "log10": (math.log10, _pole_at(0.0)),
    "sqrt": (math.sqrt, _undefined),
    "cbrt": (math.cbrt, _undefined),
    "sin": (math.sin, _undefined),
    "cos": (math.cos, _undefined),
    "tan": (math.tan, _undefined),
    "asin": (math.asin, _undefined),
    "acos": (math.acos, _undefined),
    "atan": (math.atan, _undefined),
    "atan2": (math.atan2, _undefined),
    "sinh": (math.sinh, _undefined),
    "cosh": (math.cosh, _undefined),
    "tanh": (math.tanh, _undefined),
    "asinh": (math.asinh, _undefined),
    "acosh": (math.acosh, _undefined),
    "atanh": (math.atanh, _atanh_limit),
    "erf": (math.erf, _undefined),
    "erfc": (math.erfc, _undefined),
    "hypot": (math.hypot, _undefined),
    "abs": (math.fabs, _undefined),
    "floor": (_floor, _undefined),
    "ceil": (_ceil, _undefined),
    "round": (_round_half_even, _undefined),
}


def _overflow(name: str, *operands: float) -> float:
    """The signed infinity that an overflowing function tends to."""
    if name == "pow":
        return _power_limit(*operands)
    return math.copysign(math.inf, operands[0]) if name == "sinh" else math.inf


def total(name: str, function: _Function, limit: _Function = _undefined) -> _Function:
    """The function made to return inf, or `limit`, where Python's raises."""

    def ieee(*operands: float) -> float:
        try:
            return function(*operands)
        except OverflowError:
            return _overflow(name, *operands)
        except ValueError:
            return limit(*operands)

    return ieee


STRICT: dict[str, _Function] = {name: function for name, (function, _) in _FUNCTIONS.items()}
IEEE: dict[str, _Function] = {
    name: total(name, function, limit) for name, (function, limit) in _FUNCTIONS.items()
} | {"divide": divide}
