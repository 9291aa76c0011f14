"""BP1–BP4, one function an equation (Nielsen, chapter 2), in their vector and their matrix form.

`sigma_prime_z` is σ′(z), one number per neuron of the layer. Each function is one line of the
chapter: it takes the right-hand side and returns the left-hand side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

from .arrays import Matrix, Vector, diagonal, matmul, matvec, transpose


def bp1(nabla_a: Vector, sigma_prime_z: Vector) -> list[float]:
    """δ[L] = ∇ₐC ⊙ σ′(z[L]): the error of the output layer (BP1).

    `nabla_a` and `sigma_prime_z` have one entry per output; so has the result.

    >>> bp1([0.5, -1.0], [0.25, 0.25])
    [0.125, -0.25]
    """
    return [gradient * slope for gradient, slope in zip(nabla_a, sigma_prime_z, strict=True)]


def bp2(w_next: Matrix, delta_next: Vector, sigma_prime_z: Vector) -> list[float]:
    """δ[l] = (w[l+1]ᵀ δ[l+1]) ⊙ σ′(z[l]): the error, moved one layer back (BP2).

    `w_next` is (n[l+1], n[l]), `delta_next` (n[l+1],), `sigma_prime_z` and the result (n[l],).

    >>> bp2([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0], [1.0, 0.5])
    [31.0, 21.0]
    """
    columns = zip(*w_next, strict=True)
    return [
        math.fsum(w * delta for w, delta in zip(column, delta_next, strict=True)) * slope
        for column, slope in zip(columns, sigma_prime_z, strict=True)
    ]


def bp3(delta: Vector) -> list[float]:
    """∂C/∂b_j = δ_j: the slope of a bias is its neuron's error (BP3).

    >>> bp3([0.125, -0.25])
    [0.125, -0.25]
    """
    return list(delta)


def bp4(a_in: Vector, delta: Vector) -> list[list[float]]:
    """∂C/∂w_jk = a_k δ_j, that is δ aᵀ: input activation times output error (BP4).

    `a_in` is (n[l-1],), `delta` (n[l],), the result (n[l], n[l-1]) as the weights.

    >>> bp4([1.0, 2.0], [0.5, -1.0])
    [[0.5, 1.0], [-1.0, -2.0]]
    """
    return [[a * d for a in a_in] for d in delta]


def bp1_matrix(nabla_a: Vector, sigma_prime_z: Vector) -> list[float]:
    """δ[L] = Σ′(z[L]) ∇ₐC with the square matrix Σ′(z) = diag(σ′(z)): BP1 without ⊙.

    >>> bp1_matrix([0.5, -1.0], [0.25, 0.25])
    [0.125, -0.25]
    """
    return matvec(diagonal(sigma_prime_z), nabla_a)


def bp2_matrix(w_next: Matrix, delta_next: Vector, sigma_prime_z: Vector) -> list[float]:
    """δ[l] = Σ′(z[l]) w[l+1]ᵀ δ[l+1]: BP2 without ⊙.

    >>> bp2_matrix([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0], [1.0, 0.5])
    [31.0, 21.0]
    """
    return matvec(diagonal(sigma_prime_z), matvec(transpose(w_next), delta_next))


def closed_product(w: Sequence[Matrix], sigma_prime_z: Sequence[Vector], nabla_a: Vector) -> list[float]:
    """δ[l] = Σ′(z[l]) w[l+1]ᵀ … Σ′(z[L−1]) w[L]ᵀ Σ′(z[L]) ∇ₐC, multiplied out from the left.

    `sigma_prime_z` are those of the layers l … L, `w` the weights of the layers l+1 … L. Multiplying
    matrices by matrices costs more than BP2's matrix by vector, which starts at the right end.

    >>> closed_product([[[1.0, 2.0], [3.0, 4.0]]], [[1.0, 0.5], [1.0, 1.0]], [1.0, 10.0])
    [31.0, 21.0]
    """
    factors: list[Any] = [diagonal(sigma_prime_z[0])]
    for weights, slopes in zip(w, sigma_prime_z[1:], strict=True):
        factors += [transpose(weights), diagonal(slopes)]
    return matvec(reduce(matmul, factors), nabla_a)


def softmax_error(nabla_y: Vector, y: Vector) -> list[float]:
    """δ_i = Σ_j ∂C/∂y_j · y_j (I_ij − y_i): BP1 for softmax outputs, where every y_j depends on every z_i.

    All of it is (n[L],): the gradient with respect to the outputs, `nabla_y`, the outputs `y`, the result.

    >>> softmax_error([1.0, 0.0], [0.5, 0.5])
    [0.25, -0.25]
    """
    mean = math.fsum(gradient * yj for gradient, yj in zip(nabla_y, y, strict=True))
    return [yi * (gradient - mean) for gradient, yi in zip(nabla_y, y)]
