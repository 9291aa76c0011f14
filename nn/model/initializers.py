"""Weight initializers: a neuron's first weights and bias, random, the same for the same seed everywhere.

An initializer is a function `(rng, fan_in, fan_out) -> (weights, bias)` for one neuron with
`fan_in` inputs in a layer of `fan_out` neurons. The numbers come from `random.Random`, whose
sequence is the same on every platform.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Literal

from .hints import answering, did_you_mean

__all__ = [
    "INITIALIZERS",
    "Initializer",
    "InitializerName",
    "find",
    "glorot",
    "he",
    "normal",
]

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.initializers")

Initializer = Callable[[Random, int, int], tuple[list[float], float]]
InitializerName = Literal["normal", "glorot", "he"]


def normal(rng: Random, fan_in: int, fan_out: int) -> tuple[list[float], float]:
    """Weights and bias from N(0, 1), as in Nielsen's book.

    >>> weights, bias = normal(Random(1), 3, 2)
    >>> len(weights), round(bias, 3)
    (3, -0.765)
    """
    return [rng.gauss(0.0, 1.0) for _ in range(fan_in)], rng.gauss(0.0, 1.0)


def glorot(rng: Random, fan_in: int, fan_out: int) -> tuple[list[float], float]:
    """Weights uniform in ±√(6 / (fan_in + fan_out)), bias 0 (Glorot and Bengio 2010): for tanh, sigmoid.

    >>> weights, bias = glorot(Random(1), 4, 2)
    >>> max(map(abs, weights)) <= 1.0, bias
    (True, 0.0)
    """
    bound = math.sqrt(6.0 / (fan_in + fan_out))
    return [rng.uniform(-bound, bound) for _ in range(fan_in)], 0.0


def he(rng: Random, fan_in: int, fan_out: int) -> tuple[list[float], float]:
    """Weights from N(0, 2 / fan_in), bias 0 (He et al. 2015): for relu and its relatives.

    >>> weights, bias = he(Random(1), 8, 2)
    >>> len(weights), bias
    (8, 0.0)
    """
    scale = math.sqrt(2.0 / fan_in)
    return [rng.gauss(0.0, scale) for _ in range(fan_in)], 0.0


INITIALIZERS: dict[str, Initializer] = {"normal": normal, "glorot": glorot, "he": he}


def find(initializer: InitializerName | Initializer | None, activation: str) -> Initializer:
    """The initializer of that name; None chooses `he` for the relu family, else `glorot`.

    Raises ValueError for an unknown name.
    """
    if initializer is None:
        relu_like = activation in {"relu", "leaky_relu", "elu", "gelu", "silu", "softplus"}
        return he if relu_like else glorot
    if callable(initializer):
        return initializer
    if initializer not in INITIALIZERS:
        near = did_you_mean(initializer, INITIALIZERS)
        raise ValueError(f"no initializer {initializer!r}; there are {', '.join(INITIALIZERS)}{near}")
    return INITIALIZERS[initializer]
