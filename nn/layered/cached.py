"""Layer by layer with a cache, as in the notes on computation graphs, for m examples together.

The examples are the columns of every matrix: A is (n, m). A layer that remembers what it computed
needs nothing but ∂C/∂A to give its own gradients and ∂C/∂A of the layer before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from typing import Any

import autograd

from ..model.activations import activation as activation_named
from ..model.activations import derivative
from ..model.mlp import MLP
from ..training.losses import LossName
from .arrays import as_array_like, columnwise, entrywise, matmul, plus_column, row_means, scaled, transpose
from .equations import softmax_error
from .network import nabla_a, weights_and_biases


@dataclass(frozen=True, eq=False)
class Cache:
    """The numbers of a layer's forward pass that its backward pass needs."""

    a_in: Any
    w: Any
    z: Any
    a: Any
    activation: str


def layer_forward(w: Any, b: Any, a_in: Any, activation: str) -> tuple[Any, Cache]:
    """Z = W A + b, A = g(Z): `w` (n[l], n[l-1]), `b` (n[l],), `a_in` (n[l-1], m), A (n[l], m).

    Lists or arrays; raises ValueError if the shapes don't fit or there is no such activation.

    >>> a, cache = layer_forward([[1.0, -1.0]], [0.5], [[2.0, 0.0], [1.0, 3.0]], "relu")
    >>> a, cache.z
    ([[1.5, 0.0]], [[1.5, -2.5]])
    """
    z = plus_column(matmul(w, a_in), b)
    if activation == "softmax":
        a = columnwise(autograd.softmax, z)
    else:
        a = entrywise(activation_named(activation), z)
    return a, Cache(a_in, w, z, a, activation)


def layer_backward(da: Any, cache: Cache) -> tuple[Any, Any, Any]:
    """dZ = dA ⊙ g′(Z), dW = dZ Aᵀ / m, db = the row means of dZ, dA of the layer before = Wᵀ dZ.

    `da` (n[l], m) holds ∂C_x/∂a of each example x, not yet divided by m. Returns `(da_in, dw, db)`
    of shapes (n[l-1], m), (n[l], n[l-1]), (n[l],).

    >>> a, cache = layer_forward([[1.0, -1.0]], [0.5], [[2.0, 0.0], [1.0, 3.0]], "relu")
    >>> layer_backward([[1.0, 1.0]], cache)
    ([[1.0, 0.0], [-1.0, 0.0]], [[1.0, 0.5]], [0.5])
    """
    if cache.activation == "softmax":
        dz = columnwise(softmax_error, da, cache.a)
    else:
        dz = entrywise(mul, da, entrywise(derivative(cache.activation), cache.z))
    dw = scaled(matmul(dz, transpose(cache.a_in)), 1.0 / len(dz[0]))
    return matmul(transpose(cache.w), dz), dw, row_means(dz)


def layer_by_columns(W: Any, b: Any, a_in: Any, da: Any, activation: str) -> tuple[Any, Any, Any, Any]:
    """One layer with the notes' storage of weights, a column per neuron: W is (n[l-1], n[l]), our wᵀ.

    Z = Wᵀ A + b, dZ = dA ⊙ g′(Z), dW = A dZᵀ / m, dA of the layer before = W dZ. Returns
    `(a, da_in, dW, db)`; otherwise as `layer_forward` and `layer_backward`.

    >>> layer_by_columns([[1.0], [-1.0]], [0.5], [[2.0], [1.0]], [[1.0]], "identity")
    ([[1.5]], [[1.0], [-1.0]], [[2.0], [1.0]], [1.0])
    """
    a, cache = layer_forward(transpose(W), b, a_in, activation)
    da_in, dw, db = layer_backward(da, cache)
    return a, da_in, transpose(dw), db


def backprop_matrices(
    mlp: MLP, X: Any, Y: Sequence[Any], cost: LossName = "quadratic"
) -> tuple[list[Any], list[Any]]:
    """`nabla_b[l]` and `nabla_w[l]` of the mean cost in one pass of matrices, without a loop over examples.

    Index l is the layer; the lists are empty for the input. The examples are the columns of `X`, (n, m);
    `Y` has a target for each. With arrays NumPy multiplies. Raises ValueError for an unknown cost, and
    for layers whose neurons differ in their activation.

    >>> nabla_b, nabla_w = backprop_matrices(MLP([2, 3, 1], seed=0), [[1.0, 0.5], [-2.0, 0.0]], [1.0, 0.0])
    >>> [len(rows) for rows in nabla_w]
    [0, 3, 1]
    """
    gradient = nabla_a(cost)
    w, b = weights_and_biases(mlp)
    a, caches = X, list[Cache]()
    for l, layer in enumerate(mlp.layers, 1):  # noqa: E741  (the chapter's name)
        a, cache = layer_forward(as_array_like(X, w[l]), as_array_like(X, b[l]), a, layer.activation)
        caches.append(cache)
    errors = [gradient(list(outputs), y) for outputs, y in zip(transpose(a), Y, strict=True)]
    da = as_array_like(X, transpose(errors))
    nabla_b: list[Any] = [[] for _ in mlp.sizes]
    nabla_w: list[Any] = [[] for _ in mlp.sizes]
    for l in range(len(caches), 0, -1):  # noqa: E741
        da, nabla_w[l], nabla_b[l] = layer_backward(da, caches[l - 1])
    return nabla_b, nabla_w
