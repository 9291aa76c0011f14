"""Compiled programs of other models: a convolution, an LSTM, attention; alone, in batches, and in float32."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import autograd
from autograd import Value, dot, sigmoid, softmax, tanh

from .harness import Contender, Table, installed, interleaved, microseconds, ratios
from .namespaces import LIBRARIES

Model = tuple[Callable[..., Any], list[Any], Any]  # the cost of an example, an example, parameters
ELSEWHERE = ["PyTorch", "JAX jit"]


def matrix(rng: random.Random, rows: int, columns: int) -> list[list[Value]]:
    return [[Value(rng.uniform(-0.3, 0.3)) for _ in range(columns)] for _ in range(rows)]


def convolution(size: int = 12, kernel: int = 3, channels: int = 4, classes: int = 10) -> Model:
    """Kernels over an image, tanh, a dense layer, softmax; squared error."""
    rng, places = random.Random(0), range(size - kernel + 1)
    kernels, (biases,) = matrix(rng, channels, kernel * kernel), matrix(rng, 1, channels)
    weights, (offsets,) = matrix(rng, classes, len(places) ** 2 * channels), matrix(rng, 1, classes)

    def cost(x: Any, t: Any) -> Any:
        patches = [
            [x[i + p][j + q] for p in range(kernel) for q in range(kernel)] for i in places for j in places
        ]
        h = [tanh(dot(k, patch, b)) for k, b in zip(kernels, biases) for patch in patches]
        p = softmax([dot(w, h, b) for w, b in zip(weights, offsets)])
        return autograd.sum((a - y) ** 2 for a, y in zip(p, t))

    return cost, [[[0.0] * size] * size, [0.0] * classes], [kernels, biases, weights, offsets]


def lstm(units: int = 8, inputs: int = 4, steps: int = 8) -> Model:
    """Four gates over a sequence, then a neuron; squared error."""
    rng = random.Random(0)
    gates, biases = [matrix(rng, units, inputs + units) for _ in range(4)], matrix(rng, 4, units)
    ((*last, bias),) = matrix(rng, 1, units + 1)

    def cost(xs: Any, y: Any) -> Any:
        h: list[Any] = [0.0] * units
        c: list[Any] = [0.0] * units
        for x in xs:
            i, f, o, g = ([dot(w, [*x, *h], b) for w, b in zip(W, B)] for W, B in zip(gates, biases))
            c = [sigmoid(f) * c + sigmoid(i) * tanh(g) for i, f, g, c in zip(i, f, g, c)]
            h = [sigmoid(o) * tanh(c) for o, c in zip(o, c)]
        return (dot(last, h, bias) - y) ** 2

    return cost, [[[0.0] * inputs] * steps, 0.0], [gates, biases, last, bias]


def attention(tokens: int = 8, width: int = 16) -> Model:
    """One head over a sequence, then a neuron; squared error."""
    rng = random.Random(0)
    Q, K, V = (matrix(rng, width, width) for _ in range(3))
    (last,) = matrix(rng, 1, tokens * width)

    def cost(xs: Any, y: Any) -> Any:
        queries, keys, values = ([[dot(w, x) for w in W] for x in xs] for W in (Q, K, V))
        out: list[Any] = []
        for query in queries:
            p = softmax([dot(query, key) * width**-0.5 for key in keys])
            out += [dot(p, column) for column in zip(*values)]
        return (dot(last, out) - y) ** 2

    return cost, [[[0.0] * width] * tokens, 0.0], [Q, K, V, last]


MODELS: dict[str, Callable[[], Model]] = {"convolution": convolution, "LSTM": lstm, "attention": attention}


def gradients(rounds: int, batches: tuple[int, ...] = (1, 10, 100)) -> Table:
    """∂C/∂parameters of one mini-batch."""
    names = ["in float32", *ELSEWHERE]
    table = Table(
        "Compiled: the gradient of a convolution, an LSTM and attention",
        ["model", "mini-batch", "compiled", *names],
    )
    for name, model in MODELS.items():
        cost, example, params = model()
        double = autograd.compile(cost, example, params)
        single = autograd.compile(cost, example, params, dtype="float32")
        loaders = {library: partial(LIBRARIES[library], double) for library in ELSEWHERE}
        twins = installed(loaders, table)
        for m in batches:
            rng = np.random.default_rng(m)
            X, Y = (rng.random((m, size)) for size in double.inputs)
            runs = {
                "compiled": backward(double, X, Y),
                "in float32": backward(single, *map(np.float32, (X, Y))),
            }
            runs |= {library: twin(X, Y) for library, twin in twins.items()}
            contenders = [
                Contender(each, run, lambda run=run: np.asarray(run()).astype(float), max(1, 500 // m))
                for each, run in runs.items()
            ]
            times = interleaved(contenders, rounds, tolerance=1e-4)
            table.rows.append(
                [name, f"{m:,}", microseconds(times["compiled"]), *ratios(times, names, "compiled")]
            )
    table.notes.append(
        "Each ratio says how many times as long the other takes: median (quartiles). One core; below 1× the "
        "other is faster. PyTorch and JAX run the same program, by `program.to`, in float64."
    )
    return table


def backward(program: Any, X: Any, Y: Any) -> Callable[[], Any]:
    def run() -> Any:
        program.backward(X, Y)
        return program.gradient

    return run


def tables(rounds: int) -> list[Table]:
    return [gradients(rounds)] if hasattr(autograd.Program, "to") else []
