"""The rows for operations on any number of operands, each a single node however many there are.

Their formulas run over a list, so they are Python functions instead of a line of text; what a row
offers (`autograd.table.row.Rule`) is the same. None of them overflows on the way to a finite result, and
none subtracts two nearly equal numbers: `1 − yₖ` of a softmax is summed from the other outputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import mul
from typing import Any

from .row import ARRAYS, VALUES, VariadicRule, add

Floats = Sequence[float]


def _sum(xs: Floats) -> float:
    """Σ xᵢ, rounded once, also where a partial sum is too large for a float; inf − inf is nan."""
    try:
        return math.fsum(xs)
    except ValueError:
        return math.nan
    except OverflowError:
        infinite = [x for x in xs if not math.isfinite(x)]
        return sum(infinite) if infinite else _exact_sum(xs)


def _exact_sum(xs: Floats) -> float:
    from fractions import Fraction

    total = sum(map(Fraction, xs))
    try:
        return float(total)
    except OverflowError:
        return math.inf if total > 0 else -math.inf


def _dot(ws: Floats, xs: Floats, bias: float) -> float:
    terms = [*map(mul, ws, xs), bias]
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):
        return _sum(terms)


def _dot_partials(y: Any, ws: Any, xs: Any, bias: Any) -> tuple[Any, ...]:
    """∂y/∂wᵢ = xᵢ, ∂y/∂xᵢ = wᵢ, ∂y/∂bias = 1: on floats and on Values alike."""
    return xs, ws, 1.0


def _without(items: Sequence[Any], index: int) -> Sequence[Any]:
    return [*items[:index], *items[index + 1 :]]


def _exponentials(xs: Floats) -> tuple[list[float], int]:
    """exp(xᵢ − m) for the largest, m, and its index: no overflow, and the largest is exactly 1."""
    top = max(xs)
    return [1.0 if x == top else math.exp(x - top) for x in xs], xs.index(top)


def _logsumexp(xs: Floats) -> float:
    """log Σ exp(xᵢ) = m + log1p(Σ over the others of exp(xᵢ − m))."""
    exponentials, largest = _exponentials(xs)
    return xs[largest] + math.log1p(math.fsum(_without(exponentials, largest)))


def _softmaxes(xs: Floats) -> list[float]:
    exponentials, _ = _exponentials(xs)
    total = math.fsum(exponentials)
    return [exponential / total for exponential in exponentials]


def _softmax(choice: float, xs: Floats) -> float:
    return _softmaxes(xs)[int(choice)]


def _cross_entropy(choice: float, xs: Floats) -> float:
    """−log softmax(x)ₜ = log1p(Σ over the others of exp(xᵢ − xₜ)): relative digits near 0 too."""
    t = int(choice)
    others = [x - xs[t] for x in _without(xs, t)]
    if not max(others, default=0.0) <= 0.0:  # so that nan goes that way too
        return _logsumexp([0.0, *others])
    return math.log1p(math.fsum(map(math.exp, others)))


# Each of these is written once, for floats and for Values: `ys` are the softmax of the operands and
# `total` adds, in the arithmetic of whoever asks.
def _logsumexp_partials(ys: Sequence[Any], total: Any, y: Any, xs: Any) -> tuple[Any, ...]:
    return (ys,)


def _softmax_partials(ys: Sequence[Any], total: Any, y: Any, choice: float, xs: Any) -> tuple[Any, ...]:
    """∂yₖ/∂xⱼ = yₖ (δₖⱼ − yⱼ)."""
    k = int(choice)
    others = total(_without(ys, k))
    return 0.0, [y * others if j == k else -(y * ys[j]) for j in range(len(ys))]


def _cross_entropy_partials(ys: Sequence[Any], total: Any, y: Any, choice: float, xs: Any) -> tuple[Any, ...]:
    """∂C/∂xⱼ = yⱼ − δₜⱼ."""
    t = int(choice)
    return 0.0, [-total(_without(ys, t)) if j == t else ys[j] for j in range(len(ys))]


def _ones(y: Any, xs: Any) -> tuple[Any, ...]:
    return ((1.0,) * len(xs),)


# On arrays of lists (L, n); `chosen` is 1 at the operand that a constant chooses, 0 at the others.
def _array_exponentials(x: Any) -> tuple[Any, Any]:
    top = ARRAYS["largest"](x)
    return ARRAYS["where"](ARRAYS["eq"](x, top), 1.0, ARRAYS["exp"](x - top)), top


def _array_softmax(x: Any, chosen: Any) -> Any:
    exponentials, _ = _array_exponentials(x)
    return exponentials / ARRAYS["total"](exponentials)


def _array_softmax_pullback(cotangent: Any, x: Any, chosen: Any) -> Any:
    """yⱼ (gⱼ − Σ yₖ gₖ), with g counted from the one of the largest x, so that 1 − yₖ keeps its digits."""
    total, where, y = ARRAYS["total"], ARRAYS["where"], _array_softmax(x, chosen)
    top = ARRAYS["eq"](x, ARRAYS["largest"](x))
    cotangent = cotangent - total(where(top, cotangent, 0.0)) / total(where(top, 1.0, 0.0))
    return y * (cotangent - total(y * cotangent))


def _array_logsumexp(x: Any, chosen: Any) -> Any:
    exponentials, top = _array_exponentials(x)
    return top + ARRAYS["log"](ARRAYS["total"](exponentials))


def _array_logsumexp_pullback(cotangent: Any, x: Any, chosen: Any) -> Any:
    return cotangent * _array_softmax(x, chosen)


def _array_cross_entropy(x: Any, chosen: Any) -> Any:
    """M + log1p(Σ over the others of exp(uᵢ − M) + expm1(−M)), u = x − xₜ, M = max(u): exact near 0."""
    total, where, is_t = ARRAYS["total"], ARRAYS["where"], ARRAYS["eq"](chosen, 1.0)
    exponentials, top = _array_exponentials(where(is_t, 0.0, x - total(where(is_t, x, 0.0))))
    others = total(where(is_t, 0.0, exponentials))
    return top + ARRAYS["log1p"](others + ARRAYS["expm1"](-top))


def _array_cross_entropy_pullback(cotangent: Any, x: Any, chosen: Any) -> Any:
    y = ARRAYS["where"](ARRAYS["eq"](chosen, 1.0), 0.0, _array_softmax(x, chosen))
    return cotangent * (y - chosen * ARRAYS["total"](y))


def _as_matrices(*_: Any) -> Any:
    raise NotImplementedError("sums are matrix products on arrays: autograd.compiler.canonical")


ON_ARRAYS = {
    "logsumexp": (_array_logsumexp, _array_logsumexp_pullback),
    "softmax": (_array_softmax, _array_softmax_pullback),
    "cross_entropy": (_array_cross_entropy, _array_cross_entropy_pullback),
}


def _row(
    name: str,
    arguments: tuple[str, ...],
    equation: str,
    partial: str,
    evaluate: Callable[..., float],
    differentiate: Callable[..., tuple[Any, ...]],
    points: Sequence[tuple[float, ...]],
    symbol: str = "",
    softmaxes: bool = False,
) -> None:
    def on_floats(y: float, *given: Any) -> tuple[Any, ...]:
        return differentiate(_softmaxes(given[-1]), math.fsum, y, *given)

    def on_values(y: Any, *given: Any) -> tuple[Any, ...]:
        return differentiate(VALUES["softmax"](given[-1]), VALUES["sum"], y, *given)

    add(
        VariadicRule(
            name=name,
            symbol=symbol or name,
            points=points,
            equation=equation,
            partial=partial,
            arguments=arguments,
            constants=int(arguments[0] == "choice"),
            evaluate_lists=evaluate,
            differentiate_lists=on_floats if softmaxes else differentiate,
            differentiate_lists_of_values=on_values if softmaxes else differentiate,
            vector=name == "softmax",
            evaluate_arrays=ON_ARRAYS.get(name, (_as_matrices,))[0],
            differentiate_arrays=ON_ARRAYS.get(name, (_as_matrices,))[-1],
        )
    )


LISTS = ((0.5, -1.2, 3.0), (2.0,), (1.0, 1.0, 1.0, 1.0), (30.0, -20.0))
CHOICES = ((0.0, 0.5, -1.2, 3.0), (2.0, 0.5, -1.2, 3.0), (1.0, 40.0, 2.0))
DOTS = ((2.0, -3.0, 0.5, 4.0, 1.0),)
ONE, CHOOSING = ("*xs",), ("choice", "*xs")

_row("sum", ONE, "Σ xᵢ", "1", _sum, _ones, LISTS, symbol="Σ")
_row("dot", ("*ws", "*xs", "bias"), "Σ wᵢ·xᵢ + b", "xᵢ, wᵢ, 1", _dot, _dot_partials, DOTS, symbol="w·x")
_row("logsumexp", ONE, "log Σ exp(xᵢ)", "softmax(x)ᵢ", _logsumexp, _logsumexp_partials, LISTS, softmaxes=True)
_row(
    "softmax",
    CHOOSING,
    "exp(xₖ) / Σ exp(xᵢ)",
    "y·(δₖᵢ − softmax(x)ᵢ)",
    _softmax,
    _softmax_partials,
    CHOICES,
    softmaxes=True,
)
_row(
    "cross_entropy",
    CHOOSING,
    "log Σ exp(xᵢ) − xₜ",
    "softmax(x)ᵢ − δₜᵢ",
    _cross_entropy,
    _cross_entropy_partials,
    CHOICES,
    softmaxes=True,
)
