"""The network of `references`, 784-30-10, in every library: its gradient, and training steps.

`start` is a `references.Network`; results are flat arrays, the weights first, then the biases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd
from autograd import Value

from . import references
from .references import Array, Network
from .workloads import flat, plain_neuron

OURS = "compiled"
ETA = 3.0


Differentiate = Callable[[list[Array], list[Array], Array, Array], Network]
Update = Callable[[list[Array], list[Array], Array, Array, float], None]
Job = tuple[Callable[[], Any], Callable[[], Array]]  # what to time; its result as a flat array


@dataclass
class Library:
    """`gradient(X, Y)` prepares ∂C/∂(weights, biases), `steps(X, Y, rows)` a step for each line of
    `rows` from the start, whose result are the parameters."""

    gradient: Callable[[Array, Array], Job]
    steps: Callable[[Array, Array, Array], Job]


def joined(arrays: Iterable[Any]) -> Array:
    return np.concatenate([np.asarray(a).ravel() for a in arrays])


def joined_parts(network: Any) -> Array:
    """The same for (weights, biases)."""
    return joined(array for part in network for array in part)


def job(run: Callable[[], Any], join: Callable[[Any], Array]) -> Job:
    return run, lambda: join(run())


def cost(
    network: tuple[Any, Any], x: Any, y: Any, sigmoid: Callable[[Any], Any], neuron: Any = plain_neuron
) -> Any:
    """½ Σ (a − y)² of one example, written one scalar at a time."""
    for weights, biases in zip(*network):
        x = [sigmoid(neuron([*row, b], x)) for row, b in zip(weights, biases)]
    return sum((a - t) * (a - t) for a, t in zip(x, y)) * 0.5


def scalars(start: Network, scalar: Callable[[float], Any] = Value) -> tuple[Any, Any]:
    """Weights as rows, biases as one list per layer, of `scalar`."""
    weights, biases = start
    return (
        [[[scalar(w) for w in row] for row in layer.tolist()] for layer in weights],
        [[scalar(b) for (b,) in layer.tolist()] for layer in biases],
    )


def compiled(start: Network, neuron: Any = plain_neuron, values: Any = None) -> Any:
    """The program of one example's cost; `values` are Values of the parameters."""
    values = values or scalars(start)
    x, y = [0.0] * start[0][0].shape[1], [0.0] * len(start[0][-1])
    return autograd.compile(
        lambda x, y: cost(values, x, y, autograd.sigmoid, neuron), [x, y], params=list(values)
    )


def stepgrad(start: Network) -> Library:
    values = scalars(start)
    program = compiled(start, values=values)
    begin = program.parameters.copy()

    def gradient(X: Array, Y: Array) -> Job:
        def run() -> None:
            program.backward(X, Y)

        return run, lambda: joined_parts(program.value_and_grad(X, Y)[1])

    def steps(X: Array, Y: Array, rows: Array) -> Job:
        def run() -> None:
            parameters = program.parameters
            parameters[:] = begin
            for batch in rows:
                program.backward(X[batch], Y[batch])
                step = program.gradient
                step *= ETA
                parameters -= step

        def result() -> Array:
            run()
            program.store()
            weights, biases = values
            return np.array([p.data for p in flat(weights) + [b for layer in biases for b in layer]])

        return run, result

    return Library(gradient, steps)


def numpy_matrices(start: Network, differentiate: Differentiate, update: Update) -> Library:
    """Matrix code by hand: its gradient, and its step in place."""

    def gradient(X: Array, Y: Array) -> Job:
        return job(lambda: differentiate(*start, X, Y), joined_parts)

    def steps(X: Array, Y: Array, rows: Array) -> Job:
        def run() -> Any:
            weights, biases = ([p.copy() for p in part] for part in start)
            for batch in rows:
                update(weights, biases, X[batch], Y[batch], ETA)
            return weights, biases

        return job(run, joined_parts)

    return Library(gradient, steps)


def textbook(start: Network) -> Library:
    return numpy_matrices(start, references.textbook_gradient, references.textbook_update)


def tuned(start: Network) -> Library:
    def mean(weights: Any, biases: Any, X: Array, Y: Array) -> Network:
        return references.tuned_gradient(weights, biases, X, Y, 1.0 / len(X))

    return numpy_matrices(start, mean, references.tuned_update)


def numpy_examples(start: Network) -> Library:
    """The chapter's way; its examples are pairs of columns, in a list made beforehand."""

    def columns(X: Array, Y: Array) -> list[tuple[Array, Array]]:
        return [(x[:, None], y[:, None]) for x, y in zip(X, Y)]

    def gradient(X: Array, Y: Array) -> Job:
        examples = columns(X, Y)

        def run() -> Any:
            after = references.example_update(*start, examples, 1.0)
            return [[p - q for p, q in zip(*parts)] for parts in zip(start, after)]

        return job(run, joined_parts)

    def steps(X: Array, Y: Array, rows: Array) -> Job:
        examples = columns(X, Y)

        def run() -> Any:
            network = start
            for batch in rows:
                network = references.example_update(*network, [examples[row] for row in batch], ETA)
            return network

        return job(run, joined_parts)

    return Library(gradient, steps)


def torch_eager(start: Network) -> Library:
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)

    def fresh() -> tuple[list[Any], list[Any]]:
        weights, biases = ([torch.tensor(p, requires_grad=True) for p in part] for part in start)
        return weights, [b.detach().flatten().requires_grad_() for b in biases]

    def differentiate(weights: Any, biases: Any, x: Any, y: Any) -> Any:
        a = x
        for w, b in zip(weights, biases):
            a = torch.sigmoid(F.linear(a, w, b))
        loss = F.mse_loss(a, y, reduction="sum") * (0.5 / len(x))
        return torch.autograd.grad(loss, [*weights, *biases])

    def gradient(X: Array, Y: Array) -> Job:
        x, y, network = torch.from_numpy(X), torch.from_numpy(Y), fresh()
        return job(lambda: differentiate(*network, x, y), joined)

    def steps(X: Array, Y: Array, rows: Array) -> Job:
        images, targets, batches = (torch.from_numpy(array) for array in (X, Y, rows))

        def run() -> Any:
            weights, biases = fresh()
            for batch in batches:
                step = differentiate(weights, biases, images[batch], targets[batch])
                with torch.no_grad():
                    for p, g in zip([*weights, *biases], step):
                        p.sub_(g, alpha=ETA)
            return [p.detach() for p in (*weights, *biases)]

        return job(run, joined)

    return Library(gradient, steps)


def jax_jit(start: Network) -> Library:
    """Compiled by XLA: a function for the gradient, and one `lax.scan` for all steps.

    Examples are columns, as in `references`: XLA too is faster so, by a third.
    """
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    weights, biases = start
    parameters = [jnp.asarray(p) for p in (*weights, *biases)]

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        layers, a = len(parameters) // 2, x.T
        for w, b in zip(parameters[:layers], parameters[layers:]):
            a = jax.nn.sigmoid(w @ a + b)
        return 0.5 / len(x) * jnp.sum((a - y.T) ** 2)

    differentiate = jax.jit(jax.grad(loss))

    @jax.jit
    def train(parameters: Any, images: Any, targets: Any, rows: Any) -> Any:
        def step(parameters: Any, batch: Any) -> Any:
            gradient = jax.grad(loss)(parameters, images[batch], targets[batch])
            return [p - ETA * g for p, g in zip(parameters, gradient)], None

        return jax.lax.scan(step, parameters, rows)[0]

    def gradient(X: Array, Y: Array) -> Job:
        x, y = jnp.asarray(X), jnp.asarray(Y)
        return job(lambda: jax.block_until_ready(differentiate(parameters, x, y)), joined)

    def steps(X: Array, Y: Array, rows: Array) -> Job:
        images, targets, batches = jnp.asarray(X), jnp.asarray(Y), jnp.asarray(rows)
        return job(lambda: jax.block_until_ready(train(parameters, images, targets, batches)), joined)

    return Library(gradient, steps)


LIBRARIES: dict[str, Callable[[Network], Library]] = {
    OURS: stepgrad,
    "matrix NumPy, textbook": textbook,
    "matrix NumPy, tuned": tuned,
    "the chapter's loop": numpy_examples,
    "PyTorch eager": torch_eager,
    "JAX jit": jax_jit,
}
