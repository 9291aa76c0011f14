"""The rows for operations on any number of operands, each a single node however many there are.

Their formulas run over a list, so they are Python functions instead of a line of text; what a row
offers (`autograd.row.Rule`) is the same. None of them overflows on the way to a finite result, and
none subtracts two nearly equal numbers: `1 − yₖ` of a softmax is summed from the other outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any

from .row import VALUES, Numbers, VariadicRule, add


def _sum(*xs: float) -> float:
    """Σ xᵢ, rounded once, also where a partial sum is too large for a float; inf − inf is nan."""
    try:
        return math.fsum(xs)
    except ValueError:
        return math.nan
    except OverflowError:
        infinite = [x for x in xs if not math.isfinite(x)]
        return sum(infinite) if infinite else _exact_sum(xs)


def _exact_sum(xs: Sequence[float]) -> float:
    total = sum(map(Fraction, xs))
    try:
        return float(total)
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def _dot(*operands: float) -> float:
    n = len(operands) // 2
    terms = [*map(mul, operands[:n], operands[n:-1]), operands[-1]]
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):
        return sum(terms)


def _dot_partials(y: Any, *operands: Any) -> tuple[Any, ...]:
    """∂y/∂wᵢ = xᵢ, ∂y/∂xᵢ = wᵢ, ∂y/∂bias = 1: on floats and on Values alike."""
    n = len(operands) // 2
    return (*operands[n:-1], *operands[:n], 1.0)


def _without(items: Sequence[Any], index: int) -> Sequence[Any]:
    return [*items[:index], *items[index + 1 :]]


def _exponentials(xs: Sequence[float]) -> tuple[list[float], int]:
    """exp(xᵢ − m) for the largest, m, and its index: no overflow, and the largest is exactly 1."""
    top = max(xs)
    return [1.0 if x == top else math.exp(x - top) for x in xs], xs.index(top)


def _logsumexp(*xs: float) -> float:
    """log Σ exp(xᵢ) = m + log1p(Σ over the others of exp(xᵢ − m))."""
    exponentials, largest = _exponentials(xs)
    return xs[largest] + math.log1p(math.fsum(_without(exponentials, largest)))


def _softmaxes(xs: Sequence[float]) -> list[float]:
    exponentials, _ = _exponentials(xs)
    total = math.fsum(exponentials)
    return [exponential / total for exponential in exponentials]


def _softmax(choice: float, *xs: float) -> float:
    return _softmaxes(xs)[int(choice)]


def _cross_entropy(choice: float, *xs: float) -> float:
    """−log softmax(x)ₜ = log1p(Σ over the others of exp(xᵢ − xₜ)): relative digits near 0 too."""
    t = int(choice)
    others = [x - xs[t] for x in _without(xs, t)]
    if not max(others, default=0.0) <= 0.0:  # so that nan goes that way too
        return _logsumexp(0.0, *others)
    return math.log1p(math.fsum(map(math.exp, others)))


# Each of these is written once, for floats and for Values: `ys` are the softmax of the operands and
# `total` adds, in the arithmetic of whoever asks.
def _logsumexp_partials(ys: Sequence[Any], total: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
    return tuple(ys)


def _softmax_partials(ys: Sequence[Any], total: Any, y: Any, choice: float, *xs: Any) -> tuple[Any, ...]:
    """∂yₖ/∂xⱼ = yₖ (δₖⱼ − yⱼ)."""
    k = int(choice)
    others = total(_without(ys, k))
    return (0.0, *(y * others if j == k else -(y * ys[j]) for j in range(len(ys))))


def _cross_entropy_partials(
    ys: Sequence[Any], total: Any, y: Any, choice: float, *xs: Any
) -> tuple[Any, ...]:
    """∂C/∂xⱼ = yⱼ − δₜⱼ."""
    t = int(choice)
    return (0.0, *(-total(_without(ys, t)) if j == t else ys[j] for j in range(len(ys))))


def _ones(y: Any, *xs: Any) -> Numbers:
    return (1.0,) * len(xs)


def _row(
    name: str,
    equation: str,
    partial: str,
    evaluate: Callable[..., float],
    differentiate: Callable[..., tuple[Any, ...]],
    points: Sequence[Numbers],
    symbol: str = "",
    constants: int = 0,
    softmaxes: bool = False,
) -> None:
    def on_floats(y: float, *operands: float) -> Numbers:
        return differentiate(_softmaxes(operands[constants:]), math.fsum, y, *operands)

    def on_values(y: Any, *operands: Any, wanted: Sequence[bool] = ()) -> tuple[Any, ...]:
        if not softmaxes:
            return differentiate(y, *operands)
        ys = VALUES["softmax"](operands[constants:])
        return differentiate(ys, VALUES["sum"], y, *operands)

    floats = on_floats if softmaxes else differentiate
    add(
        VariadicRule(
            name=name,
            symbol=symbol or name,
            points=points,
            evaluate=evaluate,
            evaluate_ieee=evaluate,
            differentiate=floats,
            differentiate_ieee=floats,
            differentiate_values=on_values,
            equation=equation,
            partial=partial,
            constants=constants,
        )
    )


LISTS = ((0.5, -1.2, 3.0), (2.0,), (1.0, 1.0, 1.0, 1.0), (30.0, -20.0))
CHOICES = ((0.0, 0.5, -1.2, 3.0), (2.0, 0.5, -1.2, 3.0), (1.0, 40.0, 2.0))

_row("sum", "Σ xᵢ", "1", _sum, _ones, LISTS, symbol="Σ")
_row("dot", "Σ wᵢ·xᵢ + b", "xᵢ, wᵢ, 1", _dot, _dot_partials, ((2.0, -3.0, 0.5, 4.0, 1.0),), symbol="w·x")
_row("logsumexp", "log Σ exp(xᵢ)", "softmax(x)ᵢ", _logsumexp, _logsumexp_partials, LISTS, softmaxes=True)
_row(
    "softmax",
    "exp(xₖ) / Σ exp(xᵢ)",
    "y·(δₖᵢ − softmax(x)ᵢ)",
    _softmax,
    _softmax_partials,
    CHOICES,
    constants=1,
    softmaxes=True,
)
_row(
    "cross_entropy",
    "log Σ exp(xᵢ) − xₜ",
    "softmax(x)ᵢ − δₜᵢ",
    _cross_entropy,
    _cross_entropy_partials,
    CHOICES,
    constants=1,
    softmaxes=True,
)
