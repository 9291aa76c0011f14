"""The equations of backpropagation, layer by layer, on plain numbers (Nielsen, chapter 2).

A vector is a list, a matrix a list of rows; row j of `w` belongs to the receiving neuron, column k
to the sending one. `z = w a + b` is a layer's weighted input, `a = σ(z)` its activation and
`delta_j = ∂C/∂z_j` its error. Nothing here differentiates anything: these are the equations that
people derive by hand, and `compare` holds the engine against them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import autograd

from . import losses
from .activations import activation, derivative
from .layers import MLP, exactly

Vector = Sequence[float]
Matrix = Sequence[Sequence[float]]


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
    """∂C/∂b_j = δ_j: a bias costs exactly its neuron's error (BP3).

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


def weighted_input(w: Matrix, a_in: Vector, b: Vector) -> list[float]:
    """z = w a + b: `w` (n[l], n[l-1]), `a_in` (n[l-1],), `b` and the result (n[l],)."""
    return [
        math.fsum((*(weight * a for weight, a in zip(row, a_in, strict=True)), bias))
        for row, bias in zip(w, b, strict=True)
    ]


def feedforward(mlp: MLP, x: Vector) -> tuple[list[list[float]], list[list[float]]]:
    """z[l] = w[l] a[l−1] + b[l] and a[l] = σ(z[l]) (eq. 25), one entry per layer after the input.

    >>> zs, activations = feedforward(MLP([2, 3, 1], "sigmoid", seed=0), [1.0, -2.0])
    >>> [len(z) for z in zs]
    [3, 1]
    """
    a: Vector = [float(number) for number in exactly("the network", mlp.sizes[0], x)]
    zs: list[list[float]] = []
    activations: list[list[float]] = []
    for layer in mlp.layers:
        w = [[weight.data for weight in neuron.w] for neuron in layer.neurons]
        z = weighted_input(w, a, [neuron.b.data for neuron in layer.neurons])
        if layer.softmax:
            a = autograd.softmax(z)
        else:
            a = [activation(neuron.activation)(zj) for neuron, zj in zip(layer.neurons, z)]
        zs.append(z)
        activations.append(a)
    return zs, activations


def softmax_error(nabla_y: Vector, y: Vector) -> list[float]:
    """δ_i = Σ_j ∂C/∂y_j · y_j (I_ij − y_i): BP1 for softmax outputs, where every y_j depends on z_i."""
    mean = math.fsum(gradient * yj for gradient, yj in zip(nabla_y, y, strict=True))
    return [yi * (gradient - mean) for gradient, yi in zip(nabla_y, y)]


# ∇ₐC of each cost. The two cross-entropies take the last activations as logits.
NABLA_A: dict[str, Callable[[Vector, Any], list[float]]] = {
    "quadratic": lambda a, y: [aj - yj for aj, yj in losses.pairs("quadratic", a, y)],
    "cross_entropy": lambda a, y: [
        sj - tj for sj, tj in losses.pairs("cross_entropy", autograd.softmax(a), y)
    ],
    "binary_cross_entropy": lambda a, y: [
        autograd.sigmoid(aj) - yj for aj, yj in losses.pairs("binary_cross_entropy", a, y)
    ],
}


@dataclass(frozen=True, eq=False)
class Backprop:
    """What one pass of the layered equations gives; every list has one entry per layer after the input.

    `z[l][j]`, `a[l][j]`, the error `delta[l][j]`, and the gradient `nabla_b[l][j] = ∂C/∂b_j` and
    `nabla_w[l][j][k] = ∂C/∂w_jk`.
    """

    z: list[list[float]]
    a: list[list[float]]
    delta: list[list[float]]
    nabla_b: list[list[float]]
    nabla_w: list[list[list[float]]]


def backprop(mlp: MLP, x: Vector, y: Any, cost: str = "quadratic") -> Backprop:
    """The algorithm of chapter 2 on one example: feedforward, BP1, BP2 back to the input, BP3, BP4.

    `cost` is "quadratic", "cross_entropy" or "binary_cross_entropy" (from logits), `y` the target as
    that loss takes it. Raises ValueError for another cost or an `x` or `y` of another length.

    >>> mlp = MLP([2, 3, 1], "sigmoid", seed=0)
    >>> pass_ = backprop(mlp, [1.0, -2.0], [1.0])
    >>> pass_.delta[1] == [pass_.a[1][0] - 1.0]
    True
    """
    if cost not in NABLA_A:
        raise ValueError(f"no cost {cost!r}; there are {', '.join(NABLA_A)}")
    z, a = feedforward(mlp, x)
    slopes = [
        [derivative(neuron.activation)(zj) for neuron, zj in zip(layer.neurons, zs)]
        for layer, zs in zip(mlp.layers, z)
    ]
    nabla_a = NABLA_A[cost](a[-1], y)
    error = softmax_error(nabla_a, a[-1]) if mlp.layers[-1].softmax else bp1(nabla_a, slopes[-1])
    delta = [error]
    for layer, slope in zip(mlp.layers[:0:-1], slopes[-2::-1]):
        w = [[weight.data for weight in neuron.w] for neuron in layer.neurons]
        delta.insert(0, bp2(w, delta[0], slope))
    return Backprop(
        z=z,
        a=a,
        delta=delta,
        nabla_b=[bp3(error) for error in delta],
        nabla_w=[bp4(a_in, error) for a_in, error in zip([x, *a], delta)],
    )


@dataclass(frozen=True)
class Difference:
    """The largest difference between layered equations and engine in one layer, relative above 1."""

    layer: int
    equation: str
    quantity: str
    numbers: int
    largest: float


@dataclass(frozen=True)
class Comparison:
    """The table of `compare`: `rows` by layer; printing it shows it."""

    rows: tuple[Difference, ...]

    @property
    def largest(self) -> float:
        """The largest difference of all."""
        return max(row.largest for row in self.rows)

    def __str__(self) -> str:
        lines = ["layer  equation  quantity  numbers  largest difference"]
        for row in self.rows:
            lines.append(
                f"{row.layer:>5}  {row.equation:<8}  {row.quantity:<8}  {row.numbers:>7}  {row.largest:.1e}"
            )
        return "\n".join(lines)


def compare(mlp: MLP, x: Vector, y: Any, cost: str = "quadratic") -> Comparison:
    """Run the layered equations and the engine side by side on one example.

    The engine knows no layers: it multiplies local derivatives node by node. The errors δ are held
    against its gradients at the weighted inputs. Works on a copy, so no gradient of `mlp` changes.
    Raises as `backprop` does.

    >>> compare(MLP([2, 3, 1], "sigmoid", seed=0), [1.0, -2.0], [1.0]).largest < 1e-12
    True
    """
    layered = backprop(mlp, x, y, cost)
    engine = copy.deepcopy(mlp)
    engine.zero_grad()
    zs, activations = engine.trace(x)
    getattr(losses, cost)(activations[-1], y).backward()
    rows: list[Difference] = []
    for number, layer in enumerate(engine.layers):
        flat_nabla_w = [w for row in layered.nabla_w[number] for w in row]
        output = number == len(engine.layers) - 1
        for equation, quantity, ours, nodes, read in (
            ("forward", "a", layered.a[number], activations[number], "data"),
            ("BP1" if output else "BP2", "δ", layered.delta[number], zs[number], "grad"),
            ("BP3", "∂C/∂b", layered.nabla_b[number], [n.b for n in layer.neurons], "grad"),
            ("BP4", "∂C/∂w", flat_nabla_w, [w for n in layer.neurons for w in n.w], "grad"),
        ):
            theirs = [getattr(node, read) for node in nodes]
            largest = max(abs(p - q) / max(1.0, abs(q)) for p, q in zip(ours, theirs, strict=True))
            rows.append(Difference(number + 1, equation, quantity, len(nodes), largest))
    return Comparison(tuple(rows))
