"""The program of Nielsen's chapter 2, in this project's words: arrays, and columns of shape (n, 1).

Its readers know it as the class `Network` with `backprop`, `update_mini_batch` and `cost_derivative`. It
needs NumPy, and takes data as the chapter's loader gives them: pairs (x, y) of columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise
from random import Random
from typing import Any

Pair = tuple[Any, Any]


def sigmoid(z: Any) -> Any:
    """σ(z) = 1 / (1 + e⁻ᶻ), entry by entry."""
    return 1.0 / (1.0 + import_module("numpy").exp(-z))


def sigmoid_prime(z: Any) -> Any:
    """σ′(z) = σ(z) (1 − σ(z)), entry by entry."""
    return sigmoid(z) * (1.0 - sigmoid(z))


class ChapterNetwork:
    """Sigmoid neurons and the quadratic cost, layer after layer.

    `biases[i]` (n, 1) and `weights[i]` (n, n of the layer before) belong to layer i + 1; they begin as
    N(0, 1). From the end, index −i is the i-th last layer: that is how `backprop` counts.

    >>> import numpy
    >>> network = ChapterNetwork([2, 3, 1], seed=0)
    >>> nabla_b, nabla_w = network.backprop(numpy.ones((2, 1)), numpy.zeros((1, 1)))
    >>> [slopes.shape for slopes in nabla_w]
    [(3, 2), (1, 3)]
    """

    def __init__(self, sizes: Sequence[int], seed: int = 0) -> None:
        normal = import_module("numpy").random.default_rng(seed).normal
        self.biases = [normal(size=(n, 1)) for n in sizes[1:]]
        self.weights = [normal(size=(n, m)) for m, n in pairwise(sizes)]

    def feedforward(self, a: Any) -> Any:
        """The output for the input column `a`."""
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def cost_derivative(self, output: Any, y: Any) -> Any:
        """∇ₐC = a − y, of the quadratic cost."""
        return output - y

    def backprop(self, x: Any, y: Any) -> tuple[list[Any], list[Any]]:
        """(∇_b C, ∇_w C) of one example, layer by layer, in the shapes of `biases` and `weights`."""
        activations, zs = [x], list[Any]()
        for w, b in zip(self.weights, self.biases):
            zs.append(w @ activations[-1] + b)
            activations.append(sigmoid(zs[-1]))
        nabla_b, nabla_w = [None] * len(zs), [None] * len(zs)
        delta: Any = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])  # BP1
        for i in range(1, len(zs) + 1):
            if i > 1:
                delta = (self.weights[-i + 1].T @ delta) * sigmoid_prime(zs[-i])  # BP2
            nabla_b[-i] = delta  # BP3
            nabla_w[-i] = delta @ activations[-i - 1].T  # BP4
        return nabla_b, nabla_w

    def update_mini_batch(self, batch: Sequence[Pair], eta: float) -> None:
        """One step of gradient descent on the mean cost of the pairs: w ← w − η/m Σ ∇_w C, and likewise b."""
        gradients = [self.backprop(x, y) for x, y in batch]
        nabla_b, nabla_w = ([sum(layer) for layer in zip(*part)] for part in zip(*gradients))
        rate = eta / len(batch)
        self.biases = [b - rate * slope for b, slope in zip(self.biases, nabla_b)]
        self.weights = [w - rate * slope for w, slope in zip(self.weights, nabla_w)]

    def sgd(self, data: Sequence[Pair], epochs: int, size: int, eta: float, seed: int = 0) -> None:
        """Train by minibatches of that size; every epoch visits the pairs in a random order."""
        rng, pairs = Random(seed), list(data)
        for _ in range(epochs):
            rng.shuffle(pairs)
            for start in range(0, len(pairs), size):
                self.update_mini_batch(pairs[start : start + size], eta)
