"""Linear and logistic regression, networks without a hidden layer, and gradient descent, as in the notes."""

from __future__ import annotations

import math
from operator import sub
from typing import Any

import autograd

from .arrays import Matrix, Vector, dot, entrywise, matmul, plus_column, scaled, transpose


def linear_regression(w: Vector, b: float, X: Matrix, Y: Vector) -> tuple[float, list[float], float]:
    """C = 1/(2m) Σ (a − y)² with a = w·x + b; dw = 1/m Σ (a − y) x and db = 1/m Σ (a − y).

    `X` is (m, n), an example a row. Returns `(C, dw, db)`.

    >>> linear_regression([1.0], 0.0, [[1.0], [3.0]], [2.0, 5.0])
    (1.25, [-3.5], -1.5)
    """
    m = len(Y)
    errors = [dot(w, x) + b - y for x, y in zip(X, Y, strict=True)]
    dw = [dot(errors, column) / m for column in transpose(X)]
    return dot(errors, errors) / (2 * m), dw, sum(errors) / m


def logistic_regression(w: Vector, b: float, X: Matrix, Y: Vector) -> tuple[float, list[float], float]:
    """Log-loss of a = σ(w·x + b): dz = a − y, dw_i = x_i dz, db = dz, all as means, in loops.

    `X` is (m, n), an example a row, and `Y` holds 0s and 1s. Returns `(C, dw, db)`; C is computed from
    z, −(y log a + (1 − y) log(1 − a)) = softplus(z) − y z, so that it is right in the tails too.

    >>> logistic_regression([0.0], 0.0, [[2.0], [4.0]], [1.0, 0.0])[1:]
    ([0.5], 0.0)
    """
    m = len(Y)
    cost, dw, db = 0.0, [0.0] * len(w), 0.0
    for x, y in zip(X, Y, strict=True):
        z = dot(w, x) + b
        cost += y * autograd.softplus(-z) + (1.0 - y) * autograd.softplus(z)
        dz = autograd.sigmoid(z) - y
        for i, xi in enumerate(x):
            dw[i] += xi * dz
        db += dz
    return cost / m, [slope / m for slope in dw], db / m


def logistic_regression_matrices(w: Any, b: float, X: Any, Y: Any) -> tuple[list[float], float]:
    """The same gradients without loops: dw = X dzᵀ / m, db = the mean of dz.

    Here the examples are the columns of `X`, (n, m); lists or arrays.

    >>> logistic_regression_matrices([0.0], 0.0, [[2.0, 4.0]], [1.0, 0.0])
    ([0.5], 0.0)
    """
    [z] = plus_column(matmul([list(w)], [list(row) for row in X]), [b])
    dz = entrywise(sub, entrywise(autograd.sigmoid, z), list(Y))
    [dw] = scaled(matmul([dz], transpose([list(row) for row in X])), 1.0 / len(dz))
    return dw, sum(dz) / len(dz)


def descend(parameters: Vector, gradient: Vector, eta: float) -> list[float]:
    """p − η ∂C/∂p: the gradient points uphill, so the step is its negative.

    >>> descend([3.0, 1.0], [6.0, -1.0], 0.5)
    [0.0, 1.5]
    """
    return [p - eta * g for p, g in zip(parameters, gradient, strict=True)]


def steepness(gradient: Vector) -> float:
    """√Σ (∂C/∂p)²: the length of the gradient is the slope of the cost in the steepest direction.

    >>> steepness([3.0, 4.0])
    5.0
    """
    return math.hypot(*gradient)
