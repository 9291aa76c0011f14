"""Random points in the plane to tell apart, the same for the same seed on every platform."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from ..model.hints import hinted
from ..model.numbers import at_least_0, whole
from .reading import floats

Points = tuple[list[list[float]], list[int]]


def _points(
    n: int, noise: float, seed: int, classes: int, place: Callable[[int, float], tuple[float, float]]
) -> Points:
    """`n` points, the classes in turn; `place(label, t)` is a class's curve, for t from 0 to 1."""
    whole("n", n, classes)  # one for each class
    at_least_0("noise", noise)
    rng = Random(seed)
    X: list[list[float]] = []
    Y: list[int] = []
    for i in range(n):
        label = i % classes
        x, y = place(label, rng.random())
        X.append([x + rng.gauss(0.0, noise), y + rng.gauss(0.0, noise)])
        Y.append(label)
    return X, Y


@hinted
def moons(n: int = 100, noise: float = 0.1, seed: int = 0) -> Points:
    """Two half circles, each reaching into the other; labels 0 and 1 (2·y − 1 makes them −1 and 1).

    `noise` is the standard deviation added to each coordinate. Raises ValueError for fewer than two
    points or a negative noise; so do the other shapes.

    >>> X, Y = moons(4, noise=0.0)
    >>> round(X[0][0] ** 2 + X[0][1] ** 2, 12), Y
    (1.0, [0, 1, 0, 1])
    """

    def place(label: int, t: float) -> tuple[float, float]:
        x, y = math.cos(math.pi * t), math.sin(math.pi * t)
        return (1.0 - x, 0.5 - y) if label else (x, y)

    return _points(n, noise, seed, 2, place)


@hinted
def circles(n: int = 100, noise: float = 0.05, seed: int = 0) -> Points:
    """A circle of radius 1 (label 0) around one of radius ½ (label 1).

    >>> X, Y = circles(4, noise=0.0)
    >>> [round(math.hypot(*x), 12) for x in X]
    [1.0, 0.5, 1.0, 0.5]
    """

    def place(label: int, t: float) -> tuple[float, float]:
        radius = 0.5 if label else 1.0
        return radius * math.cos(2 * math.pi * t), radius * math.sin(2 * math.pi * t)

    return _points(n, noise, seed, 2, place)


@hinted
def spirals(n: int = 150, classes: int = 3, noise: float = 0.02, seed: int = 0) -> Points:
    """One arm of a spiral for each class, all from the centre to radius 1, each a turn of 1¼.

    >>> X, Y = spirals(6)
    >>> Y
    [0, 1, 2, 0, 1, 2]
    """
    whole("classes", classes, 2)

    def place(label: int, t: float) -> tuple[float, float]:
        angle = 2 * math.pi * (label / classes + 1.25 * t)
        return t * math.cos(angle), t * math.sin(angle)

    return _points(n, noise, seed, classes, place)


@hinted
def xor(n: int = 4, noise: float = 0.0, seed: int = 0) -> Points:
    """The corners of the unit square in turn, with the label x₁ xor x₂, which no line separates.

    >>> xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    whole("n", n, 4)
    at_least_0("noise", noise)
    rng = Random(seed)
    corners = [divmod(i % 4, 2) for i in range(n)]
    X = [[a + rng.gauss(0.0, noise), b + rng.gauss(0.0, noise)] for a, b in corners]
    return X, [a ^ b for a, b in corners]


@hinted
def linear(
    n: int = 100,
    w: Sequence[float] = (2.0, -1.0),
    b: float = 0.5,
    noise: float = 0.1,
    seed: int = 0,
) -> tuple[list[list[float]], list[float]]:
    """Inputs from N(0, 1) and y = w·x + b, with noise: for linear regression to find w and b again.

    >>> X, Y = linear(2, w=[3.0], b=1.0, noise=0.0)
    >>> Y == [3.0 * x + 1.0 for [x] in X]
    True
    """
    whole("n", n)
    at_least_0("noise", noise)
    w = floats(w)
    rng = Random(seed)
    X = [[rng.gauss(0.0, 1.0) for _ in w] for _ in range(n)]
    return X, [sum(wi * xi for wi, xi in zip(w, x)) + b + rng.gauss(0.0, noise) for x in X]
