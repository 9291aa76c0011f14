"""The network that the compiled one is compared with, by hand: 784-30-10, sigmoid, quadratic cost.

Three times: over the whole minibatch with matrices, as in the equations; the same, optimized for
speed; and as in the chapter's program, one example after another with column vectors (Nielsen,
chapters 1 and 2).
Weights have the shape (to, from), biases (to, 1); images and targets are rows of float64.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

Array = np.ndarray
Network = tuple[list[Array], list[Array]]  # weights and biases, layer by layer

SIZES = [784, 30, 10]


def network(sizes: list[int] = SIZES, seed: int = 0) -> Network:
    """Weights and biases drawn from N(0, 1), the chapter's start."""
    rng = np.random.default_rng(seed)
    biases = [rng.standard_normal((n, 1)) for n in sizes[1:]]
    return [rng.standard_normal((n, m)) for m, n in pairwise(sizes)], biases


def one_hot(labels: Iterable[int], classes: int = 10) -> Array:
    """A row for each label, 1 in the label's column."""
    return np.eye(classes)[list(labels)]


def images(count: int, size: int = 784, seed: int = 0) -> tuple[Array, Array]:
    """As many made-up images, ink on a fifth of each, and their targets."""
    rng = np.random.default_rng(seed)
    X = rng.random((count, size)) * (rng.random((count, size)) < 0.2)
    return X, one_hot(rng.integers(0, 10, count))


def batches(count: int, size: int, rng: np.random.Generator) -> Iterator[Array]:
    """The rows of each mini-batch of one epoch, all rows once in random order."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


# All examples in one matrix product
def textbook_gradient(weights: list[Array], biases: list[Array], X: Array, Y: Array) -> Network:
    """The gradient of the mean cost, BP1 to BP4 with a column for each example (Nielsen ch. 2, problem)."""
    (w2, w3), (b2, b3) = weights, biases
    x, y, m = X.T, Y.T, len(X)
    a2 = sigmoid(w2 @ x + b2)
    a3 = sigmoid(w3 @ a2 + b3)
    delta3 = (a3 - y) * a3 * (1.0 - a3)
    delta2 = (w3.T @ delta3) * a2 * (1.0 - a2)
    nabla_b = [delta.sum(1, keepdims=True) / m for delta in (delta2, delta3)]
    return [delta2 @ x.T / m, delta3 @ a2.T / m], nabla_b


def textbook_update(weights: list[Array], biases: list[Array], X: Array, Y: Array, eta: float) -> None:
    nabla_w, nabla_b = textbook_gradient(weights, biases, X, Y)
    for parameters, nabla in zip(weights + biases, nabla_w + nabla_b):
        parameters -= eta * nabla


def _squash(z: Array) -> Array:
    """σ(z), in place."""
    np.negative(z, z)
    np.exp(z, z)
    z += 1.0
    return np.reciprocal(z, z)


def tuned_gradient(weights: list[Array], biases: list[Array], X: Array, Y: Array, scale: float) -> Network:
    """`scale` times the gradient of ½ Σ |a³ − y|², summed over the rows of X; 1/m gives the mean's.

    A column for each example: on NumPy's OpenBLAS that is faster than a row for each, by a quarter at
    1,000 examples; `dot` is faster than `@` for one example, slower for more.
    """
    (w2, w3), (b2, b3) = weights, biases
    times = np.dot if len(X) == 1 else np.matmul
    x, y = X.T, Y.T
    a2 = times(w2, x)
    a2 += b2
    _squash(a2)
    a3 = times(w3, a2)
    a3 += b3
    _squash(a3)
    delta3 = a3 - y
    delta3 *= a3
    delta3 *= 1.0 - a3
    delta3 *= scale
    delta2 = times(w3.T, delta3)
    delta2 *= a2
    delta2 *= 1.0 - a2
    nabla_b = [delta2.sum(1, keepdims=True), delta3.sum(1, keepdims=True)]
    return [times(delta2, X), times(delta3, a2.T)], nabla_b


def tuned_update(weights: list[Array], biases: list[Array], X: Array, Y: Array, eta: float) -> None:
    """One step down the gradient of the mean cost, in place; η is multiplied where least is to multiply."""
    nabla_w, nabla_b = tuned_gradient(weights, biases, X, Y, eta / len(X))
    for parameters, nabla in zip(weights + biases, nabla_w + nabla_b):
        parameters -= nabla


# One example after another
def feedforward(weights: list[Array], biases: list[Array], x: Array) -> Array:
    """The outputs for a column x, or for each column of it."""
    for w, b in zip(weights, biases):
        x = sigmoid(w @ x + b)
    return x


def example_gradient(weights: list[Array], biases: list[Array], x: Array, y: Array) -> Network:
    """BP1 to BP4 for one example, x and y being columns."""
    activations = [x]
    for w, b in zip(weights, biases):
        activations.append(sigmoid(w @ activations[-1] + b))
    nabla_w: list[Array] = []
    nabla_b: list[Array] = []
    back = activations[-1] - y  # ∂C/∂a of the layer at hand, from the last one on
    for w, a, before in zip(weights[::-1], activations[:0:-1], activations[-2::-1]):
        delta = back * a * (1.0 - a)
        nabla_w.insert(0, delta @ before.T)
        nabla_b.insert(0, delta)
        back = w.T @ delta
    return nabla_w, nabla_b


def example_update(
    weights: list[Array], biases: list[Array], examples: list[tuple[Array, Array]], eta: float
) -> Network:
    """New weights and biases after the mini-batch `examples`, columns x and y each."""
    sum_w = [np.zeros(w.shape) for w in weights]
    sum_b = [np.zeros(b.shape) for b in biases]
    for x, y in examples:
        nabla_w, nabla_b = example_gradient(weights, biases, x, y)
        sum_w = [total + nabla for total, nabla in zip(sum_w, nabla_w)]
        sum_b = [total + nabla for total, nabla in zip(sum_b, nabla_b)]
    rate = eta / len(examples)
    return (
        [w - rate * total for w, total in zip(weights, sum_w)],
        [b - rate * total for b, total in zip(biases, sum_b)],
    )
