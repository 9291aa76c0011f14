"""Small changes and their effects (Nielsen, chapter 2): the demon, the forward story, the sum over paths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product

from .arrays import Matrix, Vector, matvec


def demon(delta: float, size: float) -> float:
    """The change Δz, of that size, with which the good demon lowers the cost.

    Its sign is opposite to δ = ∂C/∂z. It changes the cost by about δ Δz, so not at all if δ is 0.

    >>> demon(-0.5, 0.1), demon(0.25, 0.1), demon(0.0, 0.1)
    (0.1, -0.1, 0.0)
    """
    return -math.copysign(size, delta) if delta else 0.0


def forward_changes(
    w: Sequence[Matrix], sigma_prime_z: Sequence[Vector], neuron: int, a_in: float, dw: float = 1.0
) -> list[list[float]]:
    """The changes of the activations, layer after layer, that a change `dw` of one weight causes (eq. 47–52).

    The weight leads into `neuron` of the first of the layers whose slopes σ′(z) are given, from a
    neuron with the activation `a_in`; `w` are the weights of the layers after that one.
    Δa_j = σ′(z_j) a_in Δw, then Δa[l+1] = σ′(z[l+1]) ⊙ w[l+1] Δa[l]: to first order, from left to
    right, which is forward mode.

    >>> forward_changes([[[2.0, 3.0]]], [[0.5, 1.0], [1.0]], neuron=1, a_in=4.0)
    [[0.0, 4.0], [12.0]]
    """
    first = sigma_prime_z[0]
    changes = [[slope * a_in * dw if j == neuron else 0.0 for j, slope in enumerate(first)]]
    for weights, slopes in zip(w, sigma_prime_z[1:], strict=True):
        moved = matvec(weights, changes[-1])
        changes.append([slope * change for slope, change in zip(slopes, moved, strict=True)])
    return changes


def rate_factors(
    w: Sequence[Matrix], sigma_prime_z: Sequence[Vector], nabla_a: Vector, neuron: int, a_in: float
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every path from a weight to the cost, and the product of the rate factors along it (eq. 53).

    The arguments are those of `forward_changes`, and ∇ₐC. A path is the neurons it visits, one per
    layer; its product is ∂C/∂a_m · … ∂a_q/∂a_j · ∂a_j/∂w with ∂a_q/∂a_j = σ′(z_q) w_qj. The sum over
    all paths is ∂C/∂w; there are exponentially many, which backpropagation never enumerates.

    >>> list(rate_factors([[[2.0, 3.0]]], [[0.5, 1.0], [1.0]], [10.0], neuron=1, a_in=4.0))
    [((1, 0), 120.0)]
    """
    later = (range(len(slopes)) for slopes in sigma_prime_z[1:])
    for rest in product(*later):
        visited = (neuron, *rest)
        factors = [a_in, *(slopes[j] for slopes, j in zip(sigma_prime_z, visited, strict=True))]
        factors += [weights[q][j] for weights, j, q in zip(w, visited[:-1], rest, strict=True)]
        yield visited, math.prod(factors) * nabla_a[visited[-1]]
