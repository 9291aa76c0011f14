"""Many examples, one after the other (N4): every gradient of a mean is the mean of the gradients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model.mlp import MLP
from .arrays import Matrix, entrywise
from .network import backprop


def backprop_minibatch(
    mlp: MLP, X: Matrix, Y: Sequence[Any], cost: str = "quadratic"
) -> tuple[list[list[float]], list[list[list[float]]]]:
    """∂C/∂b = 1/m Σ_x δ and ∂C/∂w = 1/m Σ_x δ aᵀ, one entry per layer after the input.

    `X` is (m, n), an example a row. Raises ValueError for no examples, and as `backprop` does.

    >>> nabla_b, nabla_w = backprop_minibatch(MLP([2, 3, 1], seed=0), [[1.0, -2.0], [0.5, 0.0]], [1.0, 0.0])
    >>> len(nabla_w[0]), len(nabla_w[0][0])
    (3, 2)
    """
    if not len(X) or len(X) != len(Y):
        raise ValueError(f"a minibatch needs as many inputs as targets, and some: {len(X)} and {len(Y)}")
    passes = [backprop(mlp, x, y, cost) for x, y in zip(X, Y)]

    def mean(*gradients: float) -> float:
        return sum(gradients) / len(gradients)

    return entrywise(mean, *(p.nabla_b for p in passes)), entrywise(mean, *(p.nabla_w for p in passes))


def update(mlp: MLP, X: Matrix, Y: Sequence[Any], eta: float, cost: str = "quadratic") -> None:
    """One step of gradient descent: w ← w − η/m Σ δ aᵀ, b ← b − η/m Σ δ.

    Changes the network's parameters. Raises as `backprop_minibatch` does, before any has changed.

    >>> mlp = MLP([1, 1], "identity", init=lambda rng, n, m: ([1.0], 0.0))
    >>> update(mlp, [[2.0]], [[1.0]], eta=0.25)
    >>> [parameter.data for parameter in mlp.parameters()]
    [0.5, -0.25]
    """
    nabla_b, nabla_w = backprop_minibatch(mlp, X, Y, cost)
    for layer, gradients_b, gradients_w in zip(mlp.layers, nabla_b, nabla_w):
        for neuron, gradient_b, row in zip(layer.neurons, gradients_b, gradients_w):
            neuron.b.data -= eta * gradient_b
            for weight, gradient in zip(neuron.w, row):
                weight.data -= eta * gradient
