"""Derivatives by definition: one small change at a time (P1, P3), and what that costs (N9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def slope(f: Callable[[float], float], x: float, dx: float = 1e-7) -> float:
    """(f(x + dx) − f(x)) / dx: the derivative before its limit, so with errors of rounding and of dx.

    >>> slope(lambda x: 5.0, 2.0)
    0.0
    >>> round(slope(lambda x: 3 * x + 2, 2.0), 6)
    3.0
    """
    return (f(x + dx) - f(x)) / dx


def gradient(f: Callable[[list[float]], float], xs: Sequence[float], dx: float = 1e-7) -> list[float]:
    """∂f/∂x_i for every i, the other inputs held constant, each by a change of dx.

    f is called once for every input and once more: for a network with a million weights, a million
    and one forward passes (N9). Backpropagation needs about as much as two.

    >>> [round(g, 5) for g in gradient(lambda x: x[0] * x[1], [2.0, 3.0])]
    [3.0, 2.0]
    """
    here = f(list(xs))
    changed = ([*xs[:i], x + dx, *xs[i + 1 :]] for i, x in enumerate(xs))
    return [(f(inputs) - here) / dx for inputs in changed]


def chain(slopes: Sequence[float]) -> float:
    """The slope of a function of several stages: the product of the stages' slopes (P2).

    Each stage's slope is taken where the stages before it have led.

    >>> chain([2.0, 3.0, 0.5])
    3.0
    """
    whole = 1.0
    for one in slopes:
        whole *= one
    return whole
