"""The eager workloads, written once for every library: each takes the class of its scalars.

W1 is a random expression of about 100,000 operations; W2 is micrograd's own demo, a 2-16-16-1
network on 100 points with a max-margin loss; W3 is a 64-32-10 network on one example with softmax
cross-entropy. Each returns the output and the inputs whose gradients are compared.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

Workload = Callable[..., tuple[Any, list[Any]]]


def w1(scalar: Callable[[float], Any], operations: int = 100_000) -> tuple[Any, list[Any]]:
    """A random expression: 200 live values, each operation replaces one of them."""
    rng = random.Random(1)
    leaves = [scalar(rng.uniform(-0.9, 0.9)) for _ in range(200)]
    live = list(leaves)
    pick = rng.random
    for _ in range(operations - len(live)):
        i, j, kind = int(pick() * 200), int(pick() * 200), pick()
        if kind < 0.4:
            live[i] = live[i] * leaves[j]
        elif kind < 0.7:
            live[i] = live[i] + leaves[j]
        elif kind < 0.9:
            live[i] = live[i] - leaves[j]
        else:
            live[i] = live[i] * 0.5 + live[j] * leaves[j]
    out = live[0]
    for value in live[1:]:
        out = out + value
    return out, leaves


def moons(n: int = 100) -> tuple[list[tuple[float, float]], list[int]]:
    """Two interleaved half circles; labels −1 and 1."""
    import math

    rng = random.Random(2)
    points, labels = [], []
    for i in range(n):
        t, side = math.pi * rng.random(), i % 2
        x, y = (math.cos(t), math.sin(t)) if side else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append((x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)))
        labels.append(2 * side - 1)
    return points, labels


def _weights(sizes: list[int], scalar: Callable[[float], Any], seed: int) -> list[list[list[Any]]]:
    """Per layer, per neuron: the weights and then the bias."""
    rng = random.Random(seed)
    return [
        [[scalar(rng.uniform(-1, 1) / m**0.5) for _ in range(m)] + [scalar(0.0)] for _ in range(n)]
        for m, n in itertools.pairwise(sizes)
    ]


def _plain_neuron(parameters: list[Any], inputs: list[Any]) -> Any:
    z = parameters[-1]
    for w, x in zip(parameters, inputs):
        z = z + w * x
    return z


def _forward(layers: Any, inputs: list[Any], neuron: Any, activate: Any) -> list[Any]:
    for depth, layer in enumerate(layers):
        inputs = [neuron(parameters, inputs) for parameters in layer]
        if depth < len(layers) - 1:
            inputs = [activate(z) for z in inputs]
    return inputs


def w2(
    scalar: Callable[[float], Any],
    neuron: Any = _plain_neuron,
    add: Any = sum,
    relu: Any = lambda z: z.relu(),
) -> tuple[Any, list[Any]]:
    """mean(relu(1 − yᵢ·score(xᵢ))) + 1e-4·Σ p²; `neuron` and `add` may be n-ary operations."""
    layers = _weights([2, 16, 16, 1], scalar, 3)
    parameters = [p for layer in layers for neuron_ in layer for p in neuron_]
    losses = []
    for point, label in zip(*moons()):
        (score,) = _forward(layers, list(point), neuron, relu)
        losses.append(relu(score * -label + 1.0))
    loss = add(losses) * (1.0 / len(losses)) + add([p * p for p in parameters]) * 1e-4
    return loss, parameters


def w3(
    scalar: Callable[[float], Any],
    neuron: Any = _plain_neuron,
    cross_entropy: Any = None,
    relu: Any = lambda z: z.relu(),
) -> tuple[Any, list[Any]]:
    """One example through 64-32-10, relu, softmax cross-entropy."""
    rng = random.Random(5)
    layers = _weights([64, 32, 10], scalar, 4)
    parameters = [p for layer in layers for neuron_ in layer for p in neuron_]
    logits = _forward(layers, [rng.random() for _ in range(64)], neuron, relu)
    return cross_entropy(logits, 3), parameters
