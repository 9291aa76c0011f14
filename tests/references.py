"""Independent references for every row of the table: textbook formulas on mpmath numbers.

Each entry gives the value and then one partial derivative per operand; for an operation on any
number of operands the partials are one function that returns a list. Precision is the caller's
business (`mpmath.workdps`); formulas here need not be stable, only right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf

Reference = tuple[Callable[..., Any], ...]


def _steps(function: Callable[[Any], Any]) -> Reference:
    return function, lambda x: mpf(0)


def _erfc(x: Any) -> Any:
    """mpmath's own fails on numbers of more digits than a float can count."""
    return mp.erfc(x) if abs(x) < 1e6 else mpf(2) if x < 0 else mpf(0)


def _logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def _phi(x: Any) -> Any:
    """The density of the standard normal distribution."""
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def _Phi(x: Any) -> Any:
    return _erfc(-x / mp.sqrt(2)) / 2


def _power_by_base(a: Any, b: Any) -> Any:
    return mpf(0) if b == 0 else b * mp.power(a, b - 1)


def _power_by_exponent(a: Any, b: Any) -> Any:
    return mpf(0) if a == 0 and b >= 0 else mp.power(a, b) * mp.log(a)


def _share(mine: Any, other: Any) -> Any:
    """The derivative of max(mine, other) by the first."""
    return mpf(1) if mine > other else mpf(0) if mine < other else mpf(1) / 2


def _over_length(part: Any, a: Any, b: Any) -> Any:
    length = mp.sqrt(a * a + b * b)
    return part / length if length else mpf(0)


def _total(xs: Any) -> Any:
    return mp.fsum(xs)


def _softmax(xs: Any) -> list[Any]:
    exponentials = [mp.exp(x) for x in xs]
    return [exponential / _total(exponentials) for exponential in exponentials]


def _dot(*operands: Any) -> Any:
    n = len(operands) // 2
    return _total([w * x for w, x in zip(operands[:n], operands[n:], strict=False)]) + operands[-1]


def _dot_partials(*operands: Any) -> list[Any]:
    n = len(operands) // 2
    return [*operands[n : 2 * n], *operands[:n], mpf(1)]


def _softmax_partials(choice: Any, *xs: Any) -> list[Any]:
    k, ys = int(choice), _softmax(xs)
    return [mpf(0), *(ys[k] * ((j == k) - y) for j, y in enumerate(ys))]


def _cross_entropy_partials(choice: Any, *xs: Any) -> list[Any]:
    t = int(choice)
    return [mpf(0), *(y - (j == t) for j, y in enumerate(_softmax(xs)))]


REFERENCES: dict[str, Reference] = {
    "add": (lambda a, b: a + b, lambda a, b: mpf(1), lambda a, b: mpf(1)),
    "sub": (lambda a, b: a - b, lambda a, b: mpf(1), lambda a, b: mpf(-1)),
    "mul": (lambda a, b: a * b, lambda a, b: b, lambda a, b: a),
    "div": (lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "identity": (lambda x: x, lambda x: mpf(1)),
    "neg": (lambda x: -x, lambda x: mpf(-1)),
    "pow": (mp.power, _power_by_base, _power_by_exponent),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x))),
    "cbrt": (
        lambda x: mp.sign(x) * mp.cbrt(abs(x)),
        lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2),
    ),
    "exp": (mp.exp, mp.exp),
    "exp2": (lambda x: mp.power(2, x), lambda x: mp.power(2, x) * mp.log(2)),
    "expm1": (mp.expm1, mp.exp),
    "log": (mp.log, lambda x: 1 / x),
    "log1p": (mp.log1p, lambda x: 1 / (1 + x)),
    "log2": (lambda x: mp.log(x) / mp.log(2), lambda x: 1 / (x * mp.log(2))),
    "log10": (mp.log10, lambda x: 1 / (x * mp.log(10))),
    "hypot": (mp.hypot, lambda a, b: _over_length(a, a, b), lambda a, b: _over_length(b, a, b)),
    "sin": (mp.sin, mp.cos),
    "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tan": (mp.tan, lambda x: mp.sec(x) ** 2),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt(1 - x * x)),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt(1 - x * x)),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "atan2": (mp.atan2, lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b)),
    "sinh": (mp.sinh, mp.cosh),
    "cosh": (mp.cosh, mp.sinh),
    "tanh": (mp.tanh, lambda x: mp.sech(x) ** 2),
    "asinh": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": (mp.acosh, lambda x: 1 / mp.sqrt(x * x - 1)),
    "atanh": (mp.atanh, lambda x: 1 / (1 - x * x)),
    "sigmoid": (_logistic, lambda x: _logistic(x) * _logistic(-x)),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), _logistic),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2),
    "erf": (
        lambda x: mp.erf(x) if abs(x) < 1e6 else mp.sign(x),
        lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "erfc": (_erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "relu": (lambda x: max(x, mpf(0)), lambda x: mpf(x > 0)),
    "leaky_relu": (
        lambda x, slope: x if x > 0 else slope * x,
        lambda x, slope: mpf(1) if x > 0 else slope,
        lambda x, slope: mpf(0) if x > 0 else x,
    ),
    "elu": (
        lambda x, alpha: x if x > 0 else alpha * mp.expm1(x),
        lambda x, alpha: mpf(1) if x > 0 else alpha * mp.exp(x),
        lambda x, alpha: mpf(0) if x > 0 else mp.expm1(x),
    ),
    "gelu": (lambda x: x * _Phi(x), lambda x: _Phi(x) + x * _phi(x)),
    "silu": (
        lambda x: x * _logistic(x),
        lambda x: _logistic(x) + x * _logistic(x) * _logistic(-x),
    ),
    "abs": (abs, mp.sign),
    "sign": _steps(mp.sign),
    "floor": _steps(mp.floor),
    "ceil": _steps(mp.ceil),
    "round": _steps(mp.nint),
    "maximum": (max, _share, lambda a, b: _share(b, a)),
    "minimum": (min, lambda a, b: _share(-a, -b), lambda a, b: _share(-b, -a)),
    "clip": (
        lambda x, low, high: min(max(x, low), high),
        lambda x, low, high: mpf(low <= x <= high),
        lambda x, low, high: mpf(x < low),
        lambda x, low, high: mpf(x > high),
    ),
    "where": (
        lambda condition, a, b: a if condition else b,
        lambda condition, a, b: mpf(0),
        lambda condition, a, b: mpf(bool(condition)),
        lambda condition, a, b: mpf(not condition),
    ),
    "sum": (lambda *xs: _total(xs), lambda *xs: [mpf(1)] * len(xs)),
    "dot": (_dot, _dot_partials),
    "logsumexp": (lambda *xs: mp.log(_total(map(mp.exp, xs))), lambda *xs: _softmax(xs)),
    "softmax": (lambda choice, *xs: _softmax(xs)[int(choice)], _softmax_partials),
    "cross_entropy": (
        lambda choice, *xs: -mp.log(_softmax(xs)[int(choice)]),
        _cross_entropy_partials,
    ),
}
