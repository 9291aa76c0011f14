"""Minibatches, one example after the other: the gradient of a mean is the mean of the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model.mlp import MLP
from ..model.parameters import assign
from ..training.losses import LossName
from .arrays import Matrix, entrywise
from .network import backprop


def backprop_minibatch(
    mlp: MLP, X: Matrix, Y: Sequence[Any], cost: LossName = "quadratic"
) -> tuple[list[list[float]], list[list[list[float]]]]:
    """`nabla_b[l]` = 1/m Σ_x δ[l] and `nabla_w[l]` = 1/m Σ_x δ[l] a[l−1]ᵀ of each layer l; empty for l = 0.

    `X` is (m, n), an example a row. Raises ValueError for no examples, and as `backprop` does.

    >>> nabla_b, nabla_w = backprop_minibatch(MLP([2, 3, 1], seed=0), [[1.0, -2.0], [0.5, 0.0]], [1.0, 0.0])
    >>> [len(rows) for rows in nabla_w]
    [0, 3, 1]
    """
    if not len(X) or len(X) != len(Y):
        raise ValueError(f"a minibatch needs as many inputs as targets, and some: {len(X)} and {len(Y)}")
    passes = [backprop(mlp, x, y, cost) for x, y in zip(X, Y)]

    def mean(*gradients: float) -> float:
        return sum(gradients) / len(gradients)

    return entrywise(mean, *(p.nabla_b for p in passes)), entrywise(mean, *(p.nabla_w for p in passes))


def update(mlp: MLP, X: Matrix, Y: Sequence[Any], eta: float, cost: LossName = "quadratic") -> None:
    """One step of gradient descent: w ← w − η/m Σ δ aᵀ, b ← b − η/m Σ δ.

    Changes the network's parameters. Raises as `backprop_minibatch` does, before any has changed.

    >>> mlp = MLP([1, 1], "identity", init=lambda rng, n, m: ([1.0], 0.0))
    >>> update(mlp, [[2.0]], [[1.0]], eta=0.25)
    >>> [parameter.data for parameter in mlp.parameters()]
    [0.5, -0.25]
    """
    nabla_b, nabla_w = backprop_minibatch(mlp, X, Y, cost)
    rows = (row for layer in zip(nabla_w, nabla_b) for row in zip(*layer))
    gradient = [slope for slopes_w, slope_b in rows for slope in (*slopes_w, slope_b)]
    parameters = mlp.parameters()
    assign(parameters, "data", [p.data - eta * slope for p, slope in zip(parameters, gradient, strict=True)])
