"""Derivatives by definition, one small change at a time, as in "Introduction to deep learning in Perl"."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence


def slope(f: Callable[[float], float], x: float, dx: float = 1e-7) -> float:
    """(f(x + dx) − f(x)) / ((x + dx) − x): the difference quotient, with errors of rounding and of dx.

    The divisor is the change that the machine really makes: x + dx is rounded, and dividing by dx would
    add that error to the slope (2.99999999953 below).

    >>> slope(lambda x: 5.0, 2.0)
    0.0
    >>> f"{slope(lambda x: 3 * x + 2, 3.0):.15g}"  # Perl's 15 digits
    '3.00000000444089'
    """
    changed = x + dx
    return (f(changed) - f(x)) / (changed - x)


def partial_slopes(f: Callable[[list[float]], float], xs: Sequence[float], dx: float = 1e-7) -> list[float]:
    """∂f/∂x_i for every i by definition, the other inputs held constant.

    f is called once for every input and once more: for a network with a million weights, a million
    and one forward passes. Backpropagation needs about as much as two.

    >>> [round(g, 5) for g in partial_slopes(lambda x: x[0] * x[1], [2.0, 3.0])]
    [3.0, 2.0]
    """
    here = f(list(xs))
    slopes: list[float] = []
    for i, x in enumerate(xs):
        changed = x + dx
        slopes.append((f([*xs[:i], changed, *xs[i + 1 :]]) - here) / (changed - x))
    return slopes


def chain(slopes: Sequence[float]) -> float:
    """The slope of a function of several stages: the product of the stages' slopes.

    Each stage's slope is taken at the output of the stage before it.

    >>> chain([2.0, 3.0, 0.5])
    3.0
    """
    return math.prod(slopes, start=1.0)
