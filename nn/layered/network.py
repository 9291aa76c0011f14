"""The algorithm of Nielsen's chapter 2 on an `MLP`: feedforward, then BP1–BP4 from the last layer back."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd

from ..model.activations import activation, derivative
from ..model.mlp import MLP
from ..model.numbers import inputs_for
from ..model.parameters import layers_of
from ..training.losses import SHORT, LossName
from ..training.targets import pairs, probabilities
from .arrays import Matrix, Vector
from .equations import bp1, bp2, bp3, bp4, softmax_error


def weighted_input(w: Matrix, a_in: Vector, b: Vector) -> list[float]:
    """z = w a + b: `w` (n[l], n[l-1]), `a_in` (n[l-1],), `b` and the result (n[l],).

    >>> weighted_input([[1.0, 2.0], [3.0, 4.0]], [10.0, 1.0], [0.5, -0.5])
    [12.5, 33.5]
    """
    return [
        math.fsum((*(weight * a for weight, a in zip(row, a_in, strict=True)), bias))
        for row, bias in zip(w, b, strict=True)
    ]


def weights_and_biases(mlp: MLP) -> tuple[list[list[list[float]]], list[list[float]]]:
    """The numbers of the network: `w[l]` (n[l], n[l-1]) and `b[l]` (n[l],) of each layer l; empty for l = 0.

    Raises TypeError, as all that is computed from them, for anything but a network of layers.

    >>> w, b = weights_and_biases(MLP([2, 3, 1], seed=0))
    >>> [len(rows) for rows in w], b
    ([0, 3, 1], [[], [0.0, 0.0, 0.0], [0.0]])
    """
    layers = layers_of(mlp)
    w = [[[weight.data for weight in neuron.w] for neuron in layer.neurons] for layer in layers]
    return [[], *w], [[], *([neuron.b.data for neuron in layer.neurons] for layer in layers)]


def feedforward(mlp: MLP, x: Vector) -> tuple[list[list[float]], list[list[float]]]:
    """z[l] = w[l] a[l−1] + b[l] and a[l] = σ(z[l]) (eq. 25) for each layer l, from a[0] = x; z[0] is empty.

    >>> z, a = feedforward(MLP([2, 3, 1], "sigmoid", seed=0), [1.0, -2.0])
    >>> [len(layer) for layer in z], a[0]
    ([0, 3, 1], [1.0, -2.0])
    """
    w, b = weights_and_biases(mlp)
    z: list[list[float]] = [[]]
    a = [[float(number) for number in inputs_for("the network", mlp.sizes[0], x)]]
    for l, layer in enumerate(mlp.layers, 1):  # noqa: E741  (the chapter's name)
        z.append(weighted_input(w[l], a[l - 1], b[l]))
        if layer.softmax:
            a.append(autograd.softmax(z[l]))
        else:
            a.append([activation(neuron.activation)(zj) for neuron, zj in zip(layer.neurons, z[l])])
    return z, a


def _mean_squared_error(a: Vector, y: Any) -> list[float]:
    return [2.0 * (aj - yj) / len(a) for aj, yj in pairs("mean_squared_error", a, y)]


def _binary_of_probabilities(a: Vector, y: Any) -> list[float]:
    return [
        (1.0 - yj) / (1.0 - aj) - yj / aj if 0.0 < yj < 1.0 else -1.0 / aj if yj else 1.0 / (1.0 - aj)
        for aj, yj in pairs("binary_cross_entropy_of_probabilities", a, y)
    ]


def _of_probabilities(a: Vector, y: Any) -> list[float]:
    weights = probabilities("cross_entropy_of_probabilities", list(a), y)
    return [-tj / aj if tj else 0.0 for aj, tj in zip(a, weights)]


def _cross_entropy(a: Vector, y: Any) -> list[float]:
    weights = probabilities("cross_entropy", list(a), y)
    return [sj - tj for sj, tj in zip(autograd.softmax(a), weights)]


# ∇ₐC of each cost. The two cross-entropies from logits take the last activations as logits.
NABLA_A: dict[str, Callable[[Vector, Any], list[float]]] = {
    "quadratic": lambda a, y: [aj - yj for aj, yj in pairs("quadratic", a, y)],
    "mean_squared_error": _mean_squared_error,
    "cross_entropy": _cross_entropy,
    "cross_entropy_of_probabilities": _of_probabilities,
    "binary_cross_entropy": lambda a, y: [
        autograd.sigmoid(aj) - yj for aj, yj in pairs("binary_cross_entropy", a, y)
    ],
    "binary_cross_entropy_of_probabilities": _binary_of_probabilities,
    "hinge": lambda a, y: [-yj if yj * aj < 1.0 else 0.0 for aj, yj in pairs("hinge", a, y)],
}


def nabla_a(cost: LossName) -> Callable[[Vector, Any], list[float]]:
    """∇ₐC of a cost, as a function of the last activations and the target; ValueError for an unknown cost."""
    name = SHORT.get(cost, cost)
    if name not in NABLA_A:
        raise ValueError(f"no cost {cost!r}; there are {', '.join(NABLA_A)}")
    return NABLA_A[name]


@dataclass(frozen=True, eq=False)
class Backprop:
    """The numbers of one pass of the layered equations; index l is the layer, 0 the input.

    `z[l][j]`, `a[l][j]`, the error `delta[l][j]`, and the gradient `nabla_b[l][j] = ∂C/∂b_j` and
    `nabla_w[l][j][k] = ∂C/∂w_jk`. `a[0]` is the input; the other lists are empty at 0.
    """

    z: list[list[float]]
    a: list[list[float]]
    delta: list[list[float]]
    nabla_b: list[list[float]]
    nabla_w: list[list[list[float]]]


def backprop(mlp: MLP, x: Vector, y: Any, cost: LossName = "quadratic") -> Backprop:
    """The algorithm of chapter 2 on one example: feedforward, BP1, BP2 back to layer 1, BP3, BP4.

    `cost` is the name of a loss in `nn.losses`, `y` the target as that loss takes it. Raises
    ValueError for another cost or an `x` or `y` of another length.

    >>> mlp = MLP([2, 3, 1], "sigmoid", seed=0)
    >>> numbers = backprop(mlp, [1.0, -2.0], [1.0])
    >>> numbers.delta[2] == [numbers.a[2][0] - 1.0]
    True
    """
    gradient = nabla_a(cost)
    w, _ = weights_and_biases(mlp)
    z, a = feedforward(mlp, x)
    sigma_prime = [
        [derivative(neuron.activation)(zj) for neuron, zj in zip(layer.neurons, z[l])]
        for l, layer in enumerate(mlp.layers, 1)  # noqa: E741
    ]
    L = len(mlp.layers)
    delta: list[list[float]] = [[] for _ in range(L + 1)]
    nabla_b: list[list[float]] = [[] for _ in range(L + 1)]
    nabla_w: list[list[list[float]]] = [[] for _ in range(L + 1)]
    for l in range(L, 0, -1):  # noqa: E741
        if l < L:
            delta[l] = bp2(w[l + 1], delta[l + 1], sigma_prime[l - 1])
        elif mlp.layers[-1].softmax:
            delta[l] = softmax_error(gradient(a[l], y), a[l])
        else:
            delta[l] = bp1(gradient(a[l], y), sigma_prime[l - 1])
        nabla_b[l] = bp3(delta[l])
        nabla_w[l] = bp4(a[l - 1], delta[l])
    return Backprop(z, a, delta, nabla_b, nabla_w)
