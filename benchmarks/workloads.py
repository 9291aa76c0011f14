"""The eager workloads, written once for every library: each takes the class of its scalars.

W1 is a random expression of 100,000 operations; W2 is micrograd's own demo, a 2-16-16-1 network on
100 points with a max-margin loss; W3 is a 64-32-10 network on one example with softmax
cross-entropy. `neuron` and `add` are the library's n-ary operations if it has them.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

Scalar = Callable[[float], Any]


def leaves(scalar: Scalar, n: int = 200) -> list[Any]:
    rng = random.Random(1)
    return [scalar(rng.uniform(-0.9, 0.9)) for _ in range(n)]


@cache
def draws(n: int, operations: int) -> list[tuple[int, int, str]]:
    """The random choices of W1: which values, and what to do with them. They are drawn before it is timed."""
    pick = random.Random(2).random
    drawn: list[tuple[int, int, str]] = []
    done = n - 1
    while done < operations:
        i, j, kind = int(pick() * n), int(pick() * n), pick()
        drawn.append((i, j, "*" if kind < 0.4 else "+" if kind < 0.7 else "-" if kind < 0.9 else "both"))
        done += 1 if kind < 0.9 else 3
    return drawn


def w1(xs: list[Any], operations: int = 100_000) -> Any:
    """As many live values as leaves; each operation replaces one of them."""
    live = list(xs)
    for i, j, kind in draws(len(xs), operations):
        if kind == "*":
            live[i] = live[i] * xs[j]
        elif kind == "+":
            live[i] = live[i] + xs[j]
        elif kind == "-":
            live[i] = live[i] - xs[j]
        else:
            live[i] = live[i] * 0.5 + live[j] * xs[j]
    out = live[0]
    for value in live[1:]:
        out = out + value
    return out


def network(scalar: Scalar, sizes: list[int]) -> list[list[list[Any]]]:
    """Per layer, per neuron: the weights, then the bias."""
    rng = random.Random(3)
    return [
        [[scalar(rng.uniform(-1, 1) / math.sqrt(m)) for _ in range(m)] + [scalar(0.1)] for _ in range(n)]
        for m, n in pairwise(sizes)
    ]


def flat(layers: list[list[list[Any]]]) -> list[Any]:
    return [p for layer in layers for parameters in layer for p in parameters]


def plain_neuron(parameters: list[Any], inputs: list[Any]) -> Any:
    """Σ w·x + b with binary operators, as micrograd writes it."""
    z = parameters[-1]
    for w, x in zip(parameters, inputs):
        z = z + w * x
    return z


def forward(layers: Any, inputs: list[Any], neuron: Any) -> list[Any]:
    for depth, layer in enumerate(layers):
        inputs = [neuron(parameters, inputs) for parameters in layer]
        if depth < len(layers) - 1:
            inputs = [z.relu() for z in inputs]
    return inputs


@cache
def moons(n: int = 100) -> list[tuple[list[float], int]]:
    """Two interleaved half circles, labelled −1 and 1."""
    rng = random.Random(4)
    points = []
    for i in range(n):
        t, label = math.pi * rng.random(), 2 * (i % 2) - 1
        x, y = (math.cos(t), math.sin(t)) if label > 0 else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append(([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], label))
    return points


def w2(layers: Any, neuron: Any = plain_neuron, add: Any = sum) -> Any:
    """Mean of relu(1 − y·score(x)) over 100 points, plus 1e-4·Σ p²."""
    losses = [(1 + -y * forward(layers, x, neuron)[0]).relu() for x, y in moons()]
    return add(losses) * (1.0 / len(losses)) + add([p * p for p in flat(layers)]) * 1e-4


def plain_cross_entropy(logits: list[Any], target: int) -> Any:
    """−log softmax(logits)[target], written with exp and log."""
    exponentials: Any = sum(z.exp() for z in logits)
    return exponentials.log() - logits[target]


@cache
def example(n: int = 64) -> list[float]:
    rng = random.Random(5)
    return [rng.random() for _ in range(n)]


def w3(layers: Any, neuron: Any = plain_neuron, cross_entropy: Any = plain_cross_entropy) -> Any:
    """One example of 64 numbers, its class being 3."""
    return cross_entropy(forward(layers, example(), neuron), 3)


LORENZ = (10.0, 28.0, 8.0 / 3.0, 1.0, 1.0, 1.0)  # σ, ρ, β and where the path begins


def lorenz(values: list[Any], steps: int, h: float = 1e-3) -> Any:
    """|(x, y, z)|² after `steps` steps of the classical Runge-Kutta method."""
    s, r, b, *place = values

    def slope(x: Any, y: Any, z: Any) -> list[Any]:
        return [s * (y - x), x * (r - z) - y, x * y - b * z]

    def moved(by: list[Any], t: float) -> list[Any]:
        return [p + d * t for p, d in zip(place, by)]

    for _ in range(steps):
        k1 = slope(*place)
        k2 = slope(*moved(k1, h / 2))
        k3 = slope(*moved(k2, h / 2))
        k4 = slope(*moved(k3, h))
        place = moved([a + (b2 + c) * 2.0 + e for a, b2, c, e in zip(k1, k2, k3, k4)], h / 6)
    x, y, z = place
    return x * x + y * y + z * z
