"""Runs in a peer's environment (see `environments`): derivatives of Rosenbrock's function, timed.

python derivatives.py LIBRARY

It imports nothing of ours unless the library is ours: PyPI's autograd has our import name.
"""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable

import numpy

SIZES = (2, 10, 100, 1000)
LARGEST = {  # what takes seconds at the next size
    ("stepgrad", "hessian, compiled"): 100,
    ("num-dual", "hessian"): 100,
    ("ddx-ad", "hessian, compiled"): 100,
}
Jobs = dict[str, Callable[[], object]]


def rosenbrock(x):
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²."""
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in itertools.pairwise(x))


def start(n: int) -> list[float]:
    return [-1.2 + 0.1 * (i % 24) for i in range(n)]


def on_arrays(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def stepgrad(x: list[float], v: list[float]) -> Jobs:
    from autograd import Value, compile, grad, hessian, hvp

    values, inputs = [Value(number) for number in x], numpy.array([x])
    program, on_inputs = compile(lambda: rosenbrock(values), params=values), compile(rosenbrock, [x])
    return {
        "gradient": lambda: grad(rosenbrock)(x),
        "hessian × vector": lambda: hvp(rosenbrock, (x,), (v,))[0],
        "hessian": lambda: hessian(rosenbrock)(x),
        "gradient, compiled": lambda: program.value_and_grad()[1],
        "hessian, compiled": lambda: on_inputs.hessian(inputs),
    }


def jax(numbers: list[float], vector: list[float]) -> Jobs:
    import jax

    jax.config.update("jax_enable_x64", True)
    x, v = numpy.array(numbers), numpy.array(vector)
    gradient, hessian = jax.grad(on_arrays), jax.hessian(on_arrays)
    compiled, compiled_hessian = jax.jit(gradient), jax.jit(hessian)
    return {
        "gradient": lambda: gradient(x),
        "hessian × vector": lambda: jax.jvp(gradient, (x,), (v,))[1],
        "hessian": lambda: hessian(x),
        "gradient, compiled": lambda: compiled(x).block_until_ready(),
        "hessian, compiled": lambda: compiled_hessian(x).block_until_ready(),
    }


def torch(numbers: list[float], vector: list[float]) -> Jobs:
    import torch

    torch.set_num_threads(1)
    x, v = torch.tensor([numbers, vector], dtype=torch.float64)
    gradient = torch.func.grad(on_arrays)
    return {
        "gradient": lambda: gradient(x),
        "hessian × vector": lambda: torch.func.jvp(gradient, (x,), (v,))[1],
        "hessian": lambda: torch.autograd.functional.hessian(on_arrays, x, vectorize=True),
    }


def autograd(numbers: list[float], vector: list[float]) -> Jobs:
    from autograd import grad, hessian, make_hvp

    x, v = numpy.array(numbers), numpy.array(vector)
    return {
        "gradient": lambda: grad(on_arrays)(x),
        "hessian × vector": lambda: make_hvp(on_arrays)(x)[0](v),
        "hessian": lambda: hessian(on_arrays)(x),
    }


def casadi(x: list[float], v: list[float]) -> Jobs:
    import casadi

    def program(kind: str) -> Callable[..., object]:
        symbols = casadi.SX.sym("x", len(x))
        value = rosenbrock(casadi.vertsplit(symbols))
        result = {
            "gradient": lambda: casadi.gradient(value, symbols),
            "hessian × vector": lambda: casadi.jtimes(casadi.gradient(value, symbols), symbols, casadi.DM(v)),
            "hessian": lambda: casadi.hessian(value, symbols)[0],
        }[kind]()
        return casadi.Function("f", [symbols], [result])

    kinds = ("gradient", "hessian × vector", "hessian")
    compiled = {kind: program(kind) for kind in kinds}
    jobs: Jobs = {kind: lambda kind=kind: program(kind)(x) for kind in kinds}
    return jobs | {f"{kind}, compiled": lambda kind=kind: compiled[kind](x) for kind in kinds[::2]}


def num_dual(x: list[float], v: list[float]) -> Jobs:
    import num_dual

    return {
        "gradient": lambda: num_dual.gradient(rosenbrock, x)[1],
        "hessian": lambda: num_dual.hessian(rosenbrock, x)[2],
    }


def ddx_ad(numbers: list[float], vector: list[float]) -> Jobs:
    import ddx

    x, v = numpy.array(numbers), numpy.array(vector)

    def equation():
        return ddx.equation(lambda: rosenbrock([ddx.var(f"x{i}") for i in range(len(x))]))

    compiled = equation().compile()
    return {
        "gradient": lambda: equation().gradient(x),
        "hessian × vector": lambda: equation().hvp(v, x)[2],
        "hessian": lambda: equation().hessian(x)[2],
        "gradient, compiled": lambda: compiled.gradient(x),
        "hessian, compiled": lambda: compiled.hessian(x)[2],
    }


def timed(job: Callable[[], object], least: float = 0.03) -> dict[str, float]:
    """The best of three batches, in seconds a call, and a weighted sum of all entries of the result."""
    entries = numpy.asarray(job(), dtype=float).ravel()
    begin = time.perf_counter()
    job()
    calls = max(1, int(least / (time.perf_counter() - begin)))
    times: list[float] = []
    for _ in range(3):
        begin = time.perf_counter()
        for _ in range(calls):
            job()
        times.append((time.perf_counter() - begin) / calls)
    return {"seconds": min(times), "result": float(entries @ numpy.cos(numpy.arange(entries.size)))}


def main(library: str) -> dict[int, dict[str, dict[str, float]]]:
    """By the number of inputs, and by job, the time and the result."""
    report: dict[int, dict[str, dict[str, float]]] = {}
    for n in SIZES:
        jobs: Jobs = globals()[library.replace("-", "_")](start(n), [1.0 / (i + 1) for i in range(n)])
        report[n] = {
            name: timed(job) for name, job in jobs.items() if n <= LARGEST.get((library, name), SIZES[-1])
        }
    return report


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
