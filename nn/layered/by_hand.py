"""Small networks by hand, as in the notes: three operations, a chain of neurons, one ReLU layer."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul, sub
from typing import Any

import autograd

from ..model.activations import activation, derivative
from .arrays import Vector, entrywise, matmul, plus_column, scaled, transpose


def small_graph(a: float, b: float, c: float) -> dict[str, float]:
    """J = 3 (a + b c) in steps u = b c, v = a + u, J = 3 v, and dvar = ∂J/∂var one step back at a time.

    >>> small_graph(5.0, 3.0, 2.0)
    {'u': 6.0, 'v': 11.0, 'J': 33.0, 'dv': 3.0, 'da': 3.0, 'du': 3.0, 'db': 6.0, 'dc': 9.0}
    """
    u = b * c
    v = a + u
    J = 3.0 * v
    dv = 3.0
    da, du = dv * 1.0, dv * 1.0
    db, dc = du * c, du * b
    return {"u": u, "v": v, "J": J, "dv": dv, "da": da, "du": du, "db": db, "dc": dc}


def one_neuron_a_layer(
    w: Vector, b: Vector, x: float, y: float, activations: Sequence[str]
) -> tuple[float, list[float], list[float]]:
    """C = (a[L] − y)² of a chain of neurons: ∂C/∂w[L] = a[L−1] f′(z[L]) 2 (a[L] − y), and further back.

    ∂C/∂b[L] = f′(z[L]) 2 (a[L] − y), as ∂z/∂b = 1. One weight, bias and activation a layer. Returns
    `(C, dw, db)`.

    >>> one_neuron_a_layer([2.0, 3.0], [0.0, 0.0], 1.0, 5.0, ["identity", "identity"])
    (1.0, [6.0, 4.0], [6.0, 2.0])
    """
    a, zs = [x], list[float]()
    for weight, bias, name in zip(w, b, activations, strict=True):
        zs.append(weight * a[-1] + bias)
        a.append(activation(name)(zs[-1]))
    dw, db = list[float](), list[float]()
    da = 2.0 * (a[-1] - y)
    for weight, z, a_in, name in zip(w[::-1], zs[::-1], a[-2::-1], activations[::-1]):
        dz = derivative(name)(z) * da
        dw.insert(0, a_in * dz)
        db.insert(0, dz)
        da = weight * dz
    return (a[-1] - y) ** 2, dw, db


def relu_network(
    W1: Any, b1: Any, W2: Any, b2: Any, X: Any, Y: Any
) -> tuple[float, tuple[Any, Any, Any, Any]]:
    """One hidden layer of ReLUs and E = 1/m Σ ‖A2 − Y‖², the examples being columns.

    dZ2 = 2 (A2 − Y) / m, dW2 = dZ2 A1ᵀ, db2 = row sums of dZ2, dZ1 = (W2ᵀ dZ2) ⊙ [Z1 > 0],
    dW1 = dZ1 Xᵀ, db1 = row sums of dZ1. Returns `(E, (dW1, db1, dW2, db2))`: every gradient has its
    parameter's shape, for it holds one number for each of the parameter's numbers.

    >>> E, (dW1, db1, dW2, db2) = relu_network([[1.0]], [0.0], [[2.0]], [1.0], [[3.0, -1.0]], [[5.0, 1.0]])
    >>> E, dW2, db2, dW1, db1
    (2.0, [[6.0]], [2.0], [[12.0]], [4.0])
    """
    m = len(X[0])
    Z1 = plus_column(matmul(W1, X), b1)
    A1 = entrywise(autograd.relu, Z1)
    A2 = plus_column(matmul(W2, A1), b2)
    errors = entrywise(sub, A2, Y)
    E = sum(error * error for row in errors for error in row) / m
    dZ2 = scaled(errors, 2.0 / m)
    dA1 = matmul(transpose(W2), dZ2)
    dZ1 = entrywise(mul, dA1, entrywise(derivative("relu"), Z1))
    db1, db2 = ([sum(row) for row in dZ] for dZ in (dZ1, dZ2))
    return E, (matmul(dZ1, transpose(X)), db1, matmul(dZ2, transpose(A1)), db2)
