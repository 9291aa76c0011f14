"""Layer by layer with a cache: what the notes on computation graphs do, on m examples at once (D4).

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
from .arrays import alike, columnwise, entrywise, matmul, plus_column, row_means, scaled, transpose
from .equations import softmax_error
from .network import NABLA_A, weights_and_biases


@dataclass(frozen=True, eq=False)
class Cache:
    """What the forward pass of a layer keeps for its backward pass."""

    a_in: Any
    w: Any
    z: Any
    a: Any
    activation: str


def layer_forward(w: Any, b: Any, a_in: Any, activation: str) -> tuple[Any, Cache]:
    """Z = W A + b, A = g(Z): `w` (n[l], n[l-1]), `b` (n[l],), `a_in` (n[l-1], m), A (n[l], m).

    Lists or arrays; raises ValueError where the shapes don't fit or there is no such activation.

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


def backprop_matrices(
    mlp: MLP, X: Any, Y: Sequence[Any], cost: str = "quadratic"
) -> tuple[list[Any], list[Any]]:
    """∇_b C and ∇_w C of the mean cost in one pass of matrices, without a loop over examples (N7).

    The examples are the columns of `X`, (n, m); `Y` has a target for each. With arrays NumPy
    multiplies. Raises ValueError for an unknown cost, and for layers whose neurons differ in
    their activation.

    >>> nabla_b, nabla_w = backprop_matrices(MLP([2, 3, 1], seed=0), [[1.0, 0.5], [-2.0, 0.0]], [1.0, 0.0])
    >>> len(nabla_w[0]), len(nabla_w[0][0])
    (3, 2)
    """
    if cost not in NABLA_A:
        raise ValueError(f"no cost {cost!r}; there are {', '.join(NABLA_A)}")
    a = X
    caches: list[Cache] = []
    for layer, w, b in zip(mlp.layers, *weights_and_biases(mlp)):
        a, cache = layer_forward(alike(X, w), alike(X, b), a, layer.activation)
        caches.append(cache)
    errors = [NABLA_A[cost](list(outputs), y) for outputs, y in zip(transpose(a), Y, strict=True)]
    da = alike(X, transpose(errors))
    nabla_b: list[Any] = []
    nabla_w: list[Any] = []
    for cache in reversed(caches):
        da, dw, db = layer_backward(da, cache)
        nabla_b.insert(0, db)
        nabla_w.insert(0, dw)
    return nabla_b, nabla_w
