"""Gradient clipping: shrinking a gradient whose norm is too large."""

from __future__ import annotations

import math
from typing import Any, cast

from autograd import RangeError

from ..model.parameters import Parameters, assign, values_of


def clip_grad_norm(parameters: Parameters, max_norm: float) -> float:
    """Shrink all gradients together so that their norm √Σ g² is at most `max_norm`; returns the norm before.

    As PyTorch's `clip_grad_norm_`, it multiplies by `max_norm / (norm + 1e-6)` if that is below 1. A norm
    above the largest float is returned as inf; the gradients are scaled rightly nevertheless. Raises
    ValueError if `max_norm` is not above 0, RangeError if a gradient is not finite; then no gradient
    has changed.

    >>> from autograd import Value
    >>> p, q = Value(0.0), Value(0.0)
    >>> (3.0 * p + 4.0 * q).backward()
    >>> clip_grad_norm([p, q], max_norm=1.0)
    5.0
    >>> round(p.grad, 6), round(q.grad, 6)
    (0.6, 0.8)
    """
    values = values_of(parameters)
    gradient, norm = clipped([value.grad for value in values], max_norm)
    assign(values, "grad", gradient)
    return norm


def clipped(gradient: Any, max_norm: float) -> tuple[Any, float]:
    """The gradient, a list or a flat array, with a norm of at most `max_norm`, and its norm before.

    Raises ValueError if `max_norm` is not above 0, RangeError if a number of the gradient is not finite.
    """
    require_limit("clip_grad_norm: max_norm", max_norm)
    norm = _norm(gradient)
    if norm + 1e-6 <= max_norm:
        return gradient, norm
    divisor, scale = norm + 1e-6, 1.0
    if math.isinf(norm):  # the numbers may be finite nevertheless
        scale = 2.0**-64
        divisor = _norm(gradient, scale)
    if not math.isfinite(divisor):
        raise RangeError(f"clip_grad_norm: a gradient is not finite, and the norm is {norm!r}")
    # Divided first: a factor of max_norm / norm could round to 0.
    if isinstance(gradient, list):
        return [slope * scale / divisor * max_norm for slope in cast("list[float]", gradient)], norm
    return gradient * scale / divisor * max_norm, norm


def require_limit(what: str, max_norm: Any) -> None:
    """Raise TypeError if this is not a number, ValueError if it is not above 0; it may be infinite."""
    if not hasattr(max_norm, "__float__"):
        raise TypeError(f"{what} must be a number above 0, not {max_norm!r:.60}")
    if not max_norm > 0.0:
        raise ValueError(f"{what} must be above 0, not {max_norm!r}")


def _norm(gradient: Any, scale: float = 1.0) -> float:
    """√Σ (scale · g)², without overflow or underflow of the squares."""
    if not isinstance(gradient, list):
        square = float((gradient * gradient).sum()) if scale == 1.0 else 0.0
        if 1e-200 < square < math.inf:
            return math.sqrt(square)
        gradient = gradient.tolist()
    return math.hypot(*(slope * scale for slope in cast("list[float]", gradient)))
