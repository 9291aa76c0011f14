"""Runs in a peer's environment (see `environments`): one library's work, its result as JSON.

python peers.py engine MODULE:CLASS [FUNCTIONS]     check a scalar engine with check_engine
python peers.py rosenbrock LIBRARY N                the Rosenbrock function's derivatives, timed

It imports nothing of ours for "rosenbrock": PyPI's autograd has our import name.
"""

from __future__ import annotations

import importlib
import itertools
import json
import sys
import time


def engine(path: str, functions: str = "") -> dict:
    import autograd

    module, _, name = path.partition(":")
    cls = getattr(importlib.import_module(module), name)
    return autograd.check_engine(cls, FUNCTIONS[functions](cls) if functions else None).as_json()


def kaitorch(cls) -> dict:
    """Its activations are classes, and softmax takes a list."""
    import kaitorch.activations as a

    names = ("sigmoid", "tanh", "ReLU", "LeakyReLU", "ELU", "swish")
    return {name: getattr(a, name)() for name in names} | {"softmax": a.softmax}


def omnigrad(cls) -> dict:
    """Γ(x) by a sum over as many terms as its digamma uses: the default takes ten times as long."""
    return {"gamma": lambda x: x.gamma_actual(n_a=100_000)}


FUNCTIONS = {"kaitorch": kaitorch, "omnigrad": omnigrad}


def rosenbrock(x):
    """Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²."""
    return sum(100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2 for a, b in itertools.pairwise(x))


def on_arrays(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def start(n: int) -> list[float]:
    return [-1.2 + 0.1 * (i % 24) for i in range(n)]


def jobs(library: str, n: int) -> dict:
    """The functions to time: the gradient, and the hessian times a vector, as lists."""
    x, v = start(n), [1.0 / (i + 1) for i in range(n)]
    if library == "stepgrad":
        from autograd import Value, compile, grad, hvp

        values = [Value(number) for number in x]
        program = compile(lambda: rosenbrock(values), params=values)
        return {
            "gradient": lambda: grad(rosenbrock)(x),
            "hessian × vector": lambda: hvp(rosenbrock, (x,), (v,))[0],
            "gradient, compiled": lambda: program.value_and_grad()[1],
        }
    import numpy

    x, v = numpy.array(x), numpy.array(v)
    if library == "autograd":
        from autograd import grad, make_hvp

        return {
            "gradient": lambda: grad(on_arrays)(x),
            "hessian × vector": lambda: make_hvp(on_arrays)(x)[0](v),
        }
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        gradient = jax.grad(on_arrays)
        compiled = jax.jit(gradient)
        return {
            "gradient": lambda: numpy.asarray(gradient(x)),
            "hessian × vector": lambda: numpy.asarray(jax.jvp(gradient, (x,), (v,))[1]),
            "gradient, compiled": lambda: numpy.asarray(compiled(x)),
        }
    import torch

    x, v = torch.tensor(x, dtype=torch.float64), torch.tensor(v, dtype=torch.float64)
    return {
        "gradient": lambda: torch.func.grad(on_arrays)(x),
        "hessian × vector": lambda: torch.func.jvp(torch.func.grad(on_arrays), (x,), (v,))[1],
    }


def timed(library: str, n: str) -> dict:
    """Per job the best of five batches, in seconds, and the sum of the result's entries."""
    report = {}
    for name, job in jobs(library, int(n)).items():
        result = [float(entry) for entry in job()]
        begin = time.perf_counter()
        job()
        calls = max(1, int(0.05 / (time.perf_counter() - begin)))
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            for _ in range(calls):
                job()
            times.append((time.perf_counter() - begin) / calls)
        report[name] = {"seconds": min(times), "result": sum(result)}
    return report


if __name__ == "__main__":
    print(json.dumps({"engine": engine, "rosenbrock": timed}[sys.argv[1]](*sys.argv[2:])))
