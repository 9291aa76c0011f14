"""Numerical derivatives, from evaluations alone: the reference of `gradcheck`."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Curve = Callable[[float], Sequence[float]]

RATIO = 4.0  # of a step to the next
CLOSE = 12  # steps that do not reach from x to 0, if there are any
EPSILON = 2.0**-52
TINY = 5e-324  # the least float: smaller values of a function are lost


@dataclass(frozen=True)
class Slope:
    """A number and how far off it may be; nan with an infinite error if nothing was found."""

    value: float
    error: float


@dataclass(frozen=True)
class Estimate:
    """The slope of a function at a point; `left` and `right` are the slopes to either side.

    A side is nan where the function is undefined there. `jumps` where the function does.
    """

    slope: Slope
    left: Slope
    right: Slope
    jumps: bool

    @property
    def one_sided(self) -> bool:
        """Whether the function is undefined to the left or to the right."""
        return not (math.isfinite(self.left.error) and math.isfinite(self.right.error))

    @property
    def at_corner(self) -> bool:
        """Whether the function turns a corner here: its slopes to the left and right differ."""
        apart = abs(self.right.value - self.left.value)
        size = max(abs(self.left.value), abs(self.right.value))
        return not self.jumps and apart > max(1e-6 * size, 10 * (self.left.error + self.right.error))


def derivatives(curve: Curve, x: float, noise: Sequence[float] = ()) -> list[Estimate]:
    """The slopes at x of a function of one number that returns several.

    `noise` is how far off rounding may put each value of the function, beside its last bit.

    Central differences at steps from 1/8 (about |x|/8 if that is more) down to some that are small
    beside |x|, each a quarter of the last, and Richardson's extrapolation of them; so the step is chosen
    for the point and the function. Steps at which the function raises ArithmeticError or ValueError,
    or is not finite, are left out.
    """
    steps = [_eighth(max(1.0, abs(x)))]
    smallest = max(_eighth(abs(x) or 1.0) / RATIO ** (CLOSE - 1), sys.float_info.min)
    while steps[-1] > smallest:
        steps.append(steps[-1] / RATIO)
    here = curve(x)
    above = [(x + h, _values(curve, x + h)) for h in steps]
    below = [(x - h, _values(curve, x - h)) for h in steps]
    noise = noise or [0.0] * len(here)
    return [_estimate(i, (x, here), above, below, noise[i]) for i in range(len(here))]


def _eighth(x: float) -> float:
    return math.ldexp(0.125, math.frexp(x)[1] - 1)


Point = tuple[float, Sequence[float] | None]


def _values(curve: Curve, x: float) -> Sequence[float] | None:
    try:
        values = curve(x)
    except (ArithmeticError, ValueError):
        return None
    return values if all(map(math.isfinite, values)) else None


def _estimate(i: int, here: Point, above: list[Point], below: list[Point], noise: float) -> Estimate:
    at_x = [here] * len(above)
    left, right = _slope(i, below, at_x, 1, noise), _slope(i, at_x, above, 1, noise)
    central = _slope(i, below, above, 2, noise)
    slope = min(central, left, right, key=lambda side: math.isinf(side.error))  # the first there is
    return Estimate(slope, left, right, _jumps(i, below, above, noise))


def _slope(i: int, lower: list[Point], upper: list[Point], order: int, noise: float) -> Slope:
    """The slope that the smallest steps say, made more precise by larger ones as long as these agree.

    A large step may leap over a pole, a corner or the whole of a narrow peak, and agree with other
    large steps in that; it cannot agree with the small ones.
    """
    found = Slope(math.nan, math.inf)
    for slope in reversed(_extrapolated(i, lower, upper, order, noise)):
        if math.isinf(found.error):
            found = slope
        elif abs(slope.value - found.value) > 3 * (slope.error + found.error):
            break
        elif slope.error < found.error:
            found = slope
    return found


def _extrapolated(i: int, lower: list[Point], upper: list[Point], order: int, noise: float) -> list[Slope]:
    """Richardson's extrapolation to step 0, for each step from all larger ones; the largest step first.

    The error of a difference is of `order` in the step. Every entry of the triangular table is
    judged by its distance from its neighbours, as Ridders does, and by the rounding of the
    function's values; of each row the best is returned.
    """
    rows: list[Slope] = []
    previous: list[float] = []
    for (a, f_a), (b, f_b) in zip(lower, upper, strict=True):
        if f_a is None or f_b is None:
            previous = []
            continue
        current = [(f_b[i] - f_a[i]) / (b - a)]
        rounding = 2 * (EPSILON * max(abs(f_a[i]), abs(f_b[i])) + noise + TINY) / (b - a)
        best = Slope(math.nan, math.inf)
        for j, corner in enumerate(previous[:CLOSE]):
            factor = RATIO ** (order * (j + 1))
            current.append((factor * current[j] - corner) / (factor - 1.0))
            error = max(abs(current[-1] - current[-2]), abs(current[-1] - corner), rounding)
            if error < best.error:
                best = Slope(current[-1], error)
        rows.append(best)
        previous = current
    return rows


def _jumps(i: int, below: list[Point], above: list[Point], noise: float) -> bool:
    """Whether the gap between the sides stays as the steps shrink."""
    pairs = [(f_a[i], f_b[i]) for (_, f_a), (_, f_b) in zip(below, above) if f_a and f_b]
    if len(pairs) < 4:
        return False
    (a, b), (before_a, before_b) = pairs[-1], pairs[-4]
    rounding = 1e4 * EPSILON * max(abs(a), abs(b)) + 10 * noise
    return abs(b - a) > max(0.5 * abs(before_b - before_a), rounding)
