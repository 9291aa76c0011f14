"""Two layers, softmax and cross-entropy, as in chapter 7 of the textbook.

D inputs, M hidden neurons, K outputs: b_j = Σ w_ji x_i, z_j = h(b_j), a_k = Σ v_kj z_j, y = softmax(a).
Biases are weights of dummy units that are constantly 1: `x` gets x_D = 1 and `z` gets z_M = 1, so
W is (M, D+1) and V is (K, M+1). Here b is a weighted input, not a bias, and a is not an activation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import autograd

from ..model.activations import activation, derivative
from .arrays import Matrix, Vector, dot, entrywise, outer


@dataclass(frozen=True, eq=False)
class TwoLayers:
    """One forward and backward pass.

    `b`, `z` (with its dummy), `a`, `y` forward; `delta_out` = δ⁽²⁾ (K,) and `delta_hidden` = δ⁽¹⁾ (M,)
    backward; `nabla_v` = ∂E/∂v (K, M+1) and `nabla_w` = ∂E/∂w (M, D+1).
    """

    b: list[float]
    z: list[float]
    a: list[float]
    y: list[float]
    delta_out: list[float]
    delta_hidden: list[float]
    nabla_v: list[list[float]]
    nabla_w: list[list[float]]


def cross_entropy(y: Vector, t: Vector) -> float:
    """E_n = −Σ t_k log y_k of one example (7-22).

    >>> cross_entropy([0.5, 0.25, 0.25], [1.0, 0.0, 0.0]) == autograd.log(2.0)
    True
    """
    return -sum(tk * autograd.log(yk) for yk, tk in zip(y, t, strict=True) if tk)


def mean_cross_entropy(ys: Sequence[Vector], ts: Sequence[Vector]) -> float:
    """E = −1/N Σ_n Σ_k t_nk log y_nk (7-18).

    >>> mean_cross_entropy([[0.5, 0.5], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]) == autograd.log(2.0) / 2
    True
    """
    return sum(cross_entropy(y, t) for y, t in zip(ys, ts, strict=True)) / len(ys)


def softmax_derivative(y: Vector) -> list[list[float]]:
    """∂y_j/∂a_i = y_j (I_ij − y_i), row j, column i (4-130).

    >>> softmax_derivative([0.5, 0.5])
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    return [[yj * ((i == j) - yi) for i, yi in enumerate(y)] for j, yj in enumerate(y)]


def output_error(y: Vector, t: Vector) -> list[float]:
    """δ_k⁽²⁾ = ∂E/∂a_k = y_k − t_k, for softmax and cross-entropy (7-31 … 7-33), as Σ t_k = 1.

    >>> output_error([0.75, 0.25], [1.0, 0.0])
    [-0.25, 0.25]
    """
    return [yk - tk for yk, tk in zip(y, t, strict=True)]


def output_error_written_out(k: int, y: Vector, t: Vector) -> tuple[list[float], float]:
    """∂E/∂a_k term by term, without a sum sign, and simplified; for k = 0 (7-27 … 7-31):

    −t₀/y₀·∂y₀/∂a₀ − t₁/y₁·∂y₁/∂a₀ − t₂/y₂·∂y₂/∂a₀ = (t₀ + t₁ + t₂) y₀ − t₀, and likewise for the other k.
    Returns the terms, whose sum is the derivative, and the right-hand side.

    >>> output_error_written_out(0, [0.5, 0.25, 0.25], [0.0, 1.0, 0.0])
    ([-0.0, 0.5, 0.0], 0.5)
    """
    slopes = softmax_derivative(y)
    return [-t[j] / y[j] * slopes[j][k] for j in range(len(y))], sum(t) * y[k] - t[k]


def squared_output_error(a: Vector, y: Vector, t: Vector, h: str = "sigmoid") -> list[float]:
    """δ_k⁽²⁾ = (y_k − t_k) h′(a_k), for outputs y = h(a) and E = ½ Σ (y_k − t_k)².

    >>> squared_output_error([0.0], [0.5], [1.0])
    [-0.125]
    """
    prime = derivative(h)
    return [(yk - tk) * prime(ak) for ak, yk, tk in zip(a, y, t, strict=True)]


def hidden_error(V: Matrix, delta_out: Vector, b: Vector, h: str = "sigmoid") -> list[float]:
    """δ_j⁽¹⁾ = h′(b_j) Σ_k v_kj δ_k⁽²⁾ for the M hidden neurons; the dummy has no error (7-47).

    `V` is (K, M+1), `delta_out` (K,), `b` and the result (M,).

    >>> hidden_error([[2.0, 9.0], [1.0, 9.0]], [0.5, -0.25], [0.0])
    [0.1875]
    """
    prime = derivative(h)
    return [prime(bj) * dot([row[j] for row in V], delta_out) for j, bj in enumerate(b)]


def two_layers(
    W: Matrix, V: Matrix, x: Vector, t: Vector, h: str = "sigmoid", output: str = "softmax"
) -> TwoLayers:
    """Forward, then back: ∂E/∂v_kj = δ_k⁽²⁾ z_j (7-41) and ∂E/∂w_ji = δ_j⁽¹⁾ x_i.

    `output="softmax"` is with cross-entropy, any other activation with half the squared error.
    Raises ValueError if lengths don't fit: W is (M, D+1), V is (K, M+1), dummies last.

    >>> net = two_layers([[1.0, -1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]], [2.0, 2.0], [1.0, 0.0])
    >>> net.z, net.y, net.delta_out
    ([0.5, 1.0], [0.5, 0.5], [-0.5, 0.5])
    """
    x_dummy = [*x, 1.0]
    b = [dot(row, x_dummy) for row in W]
    z = [*map(activation(h), b), 1.0]
    a = [dot(row, z) for row in V]
    if output == "softmax":
        y = autograd.softmax(a)
        delta_out = output_error(y, t)
    else:
        y = [activation(output)(ak) for ak in a]
        delta_out = squared_output_error(a, y, t, output)
    delta_hidden = hidden_error(V, delta_out, b, h)
    nabla_v, nabla_w = outer(delta_out, z), outer(delta_hidden, x_dummy)
    return TwoLayers(b, z, a, y, delta_out, delta_hidden, nabla_v, nabla_w)


def updated(weights: Any, gradient: Any, eta: float) -> Any:
    """v_kj − η ∂E/∂v_kj for every weight: an output that is too large shrinks its weights.

    >>> updated([[1.0, 2.0]], [[4.0, -4.0]], eta=0.25)
    [[0.0, 3.0]]
    """
    step: Callable[[float, float], float] = lambda weight, slope: weight - eta * slope  # noqa: E731
    return entrywise(step, weights, gradient)
