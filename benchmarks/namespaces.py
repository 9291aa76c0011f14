"""A program on other array libraries: `program.to(xp)` against NumPy in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd

from . import digit_networks
from .digit_networks import OURS
from .eager import n_ary_neuron
from .harness import Contender, Table, installed, interleaved, microseconds, ratios
from .references import images, network

Prepare = Callable[[Any, Any], Callable[[], Any]]
WIDE = [784, 512, 512, 10]


def functional(program: Any, xp: Any, transformed: Callable[[Any], Any] = lambda f: f) -> Prepare:
    """The program as a function on the array library `xp`."""
    twin = program.to(xp)
    value_and_grad = transformed(twin.value_and_grad)

    def prepare(X: Any, Y: Any) -> Callable[[], Any]:
        x, y = xp.asarray(X), xp.asarray(Y)
        return lambda: value_and_grad(twin.parameters, x, y)[1]

    return prepare


def on_torch(program: Any) -> Prepare:
    import torch

    torch.set_num_threads(1)
    return functional(program, torch)


def on_jax(program: Any) -> Prepare:
    import jax

    jax.config.update("jax_enable_x64", True)

    def transformed(f: Any) -> Any:
        compiled = jax.jit(f)
        return lambda *given: jax.block_until_ready(compiled(*given))

    return functional(program, jax.numpy, transformed)


LIBRARIES: dict[str, Callable[[Any], Prepare]] = {
    "NumPy, functional": lambda program: functional(program, np),
    "PyTorch": on_torch,
    "JAX jit": on_jax,
}


def elsewhere(rounds: int, sizes: list[int] = WIDE, batches: tuple[int, ...] = (10, 100, 1000)) -> Table:
    """The gradient of a wider network, in place on NumPy and as a function elsewhere."""
    table = Table(
        f"Compiled: the gradient of {sizes} on other array libraries, by program.to",
        ["mini-batch", OURS, *LIBRARIES],
    )
    program = digit_networks.compiled(network(sizes), n_ary_neuron)
    twins = installed({name: lambda load=load: load(program) for name, load in LIBRARIES.items()}, table)
    for m in batches:
        X, Y = images(m, sizes[0])

        def in_place(X: Any = X, Y: Any = Y) -> Any:
            program.backward(X, Y)
            return program.gradient

        runs = {OURS: in_place} | {name: twin(X, Y) for name, twin in twins.items()}
        contenders = [
            Contender(name, run, lambda run=run: np.asarray(run()).copy(), max(1, 200 // m))
            for name, run in runs.items()
        ]
        times = interleaved(contenders, rounds)
        table.rows.append([f"{m:,}", microseconds(times[OURS]), *ratios(times, LIBRARIES, OURS)])
    table.notes.append("Below 1× the other is faster, on one core and in float64: there `to` pays off.")
    return table


def tables(rounds: int) -> list[Table]:
    return [elsewhere(rounds)] if hasattr(autograd.Program, "to") else []
