"""The price of derivatives: gradients of 1 to 10,000 inputs, second derivatives, other libraries.

python -m benchmarks transforms
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd
from autograd import Value, grad, hessian, hvp, jvp, value_and_grad

from . import environments
from .harness import Contender, Table, interleaved, milliseconds, ratio

OURS = "stepgrad"
LIBRARIES = {"jax": "JAX", "torch": "PyTorch", "autograd": "HIPS autograd"}


def loss(x: list[Any]) -> Any:
    """Every input meets its neighbour: about three operations an input."""
    total = x[0] * 0.5
    for a, b in zip(x, x[1:] + x[:1]):
        total = total + autograd.tanh(a * b)
    return total


def start(n: int) -> list[float]:
    return [((7 * i) % 11 - 5) / 4 for i in range(n)]


def contenders(n: int) -> list[Contender]:
    """One function, evaluated and differentiated; all must agree on its value."""
    x, ones = start(n), [1.0] * n
    value = lambda: float(loss(x))  # noqa: E731

    def contender(name: str, run: Callable[[], Any], result: Callable[[], float] = value) -> Contender:
        return Contender(name, run, result, repeat=max(1, 2000 // n))

    return [
        contender("f on floats", lambda: loss(x)),
        contender("f on Values", lambda: loss([Value(c) for c in x])),
        contender("value_and_grad", lambda: value_and_grad(loss)(x), lambda: value_and_grad(loss)(x)[0]),
        contender("jvp", lambda: jvp(loss, (x,), (ones,)), lambda: jvp(loss, (x,), (ones,))[0]),
        contender("hvp", lambda: hvp(loss, (x,), (ones,))),
    ]


def gradients(rounds: int) -> Table:
    """N9: what a gradient costs, in evaluations of f, beside finite differences."""
    table = Table(
        "A gradient of n inputs, in evaluations of the function (Nielsen ch. 2)",
        ["n", "f on floats", "value_and_grad / f on floats", "value_and_grad / f on Values",
         "jvp / f on Values", "hvp / f on Values", "finite differences / f"],
    )  # fmt: skip
    for n in (1, 10, 100, 1_000, 10_000):
        times = interleaved(contenders(n), rounds)
        ratios = [
            ratio(times, name, unit)
            for name, unit in (
                ("value_and_grad", "f on floats"),
                ("value_and_grad", "f on Values"),
                ("jvp", "f on Values"),
                ("hvp", "f on Values"),
            )
        ]
        table.rows.append([f"{n:,}", milliseconds(times["f on floats"]), *ratios, f"{n + 1:,}×"])
    table.notes = [
        "Finite differences evaluate f once for every input and once more. `value_and_grad` is "
        "cheaper as soon as n exceeds its ratio, and exact.",
    ]
    return table


def second(rounds: int) -> Table:
    """The whole hessian, by columns, against one gradient."""
    table = Table("Second derivatives", ["n", "hessian / gradient", "hessian × vector / gradient"])
    for n in (4, 16, 64):
        x, ones = start(n), [1.0] * n
        jobs = {
            "gradient": lambda x=x: grad(loss)(x),
            "hessian": lambda x=x: hessian(loss)(x),
            "hvp": lambda x=x, ones=ones: hvp(loss, (x,), (ones,)),
        }
        times = interleaved([Contender(name, job, lambda: 0.0) for name, job in jobs.items()], rounds)
        ratios = [ratio(times, name, "gradient") for name in ("hessian", "hvp")]
        table.rows.append([str(n), *ratios])
    return table


def rosenbrock(rounds: int) -> Table:
    """The Rosenbrock function in processes of their own; PyPI's autograd has our import name."""
    table = Table(
        "Rosenbrock's function, microseconds a call (median of rounds), and how many times ours",
        ["library", "n", "gradient", "hessian × vector", "gradient, compiled"],
    )
    script = Path(__file__).with_name("peers.py")
    interpreters = {OURS: Path(sys.executable)} | {
        name: Path(sys.executable) if name == "torch" else environments.python(name) for name in LIBRARIES
    }
    for n in (2, 10, 100):
        seconds: dict[str, dict[str, list[float]]] = {}
        for _ in range(min(rounds, 3)):
            for library, interpreter in interpreters.items():
                if interpreter is None:
                    continue
                report = environments.answer(
                    interpreter, script, "rosenbrock", library, str(n), ours=library == OURS
                )
                for job, measured in report.items():
                    if job != "error":
                        _agree(job, n, measured["result"])
                        seconds.setdefault(library, {}).setdefault(job, []).append(measured["seconds"])
        for library, name in {OURS: OURS, **LIBRARIES}.items():
            cells = [_cell(library, job, seconds) for job in table.columns[2:]]
            table.rows.append([name, str(n), *cells])
    table.notes = [
        "Ours in plain Python on a list of numbers, the others on arrays in double precision; results agree "
        "to 1e-9. A call includes tracing, except in the last column (`compile`, `jax.jit`). "
        + environments.HINT,
    ]
    return table


_results: dict[tuple[str, int], float] = {}


def _agree(job: str, n: int, result: float) -> None:
    first = _results.setdefault((job.removesuffix(", compiled"), n), result)
    if abs(result - first) > 1e-9 * max(1.0, abs(first)):
        raise ValueError(f"{job}, n = {n}: {result!r} and {first!r}")


def _cell(library: str, job: str, seconds: dict[str, dict[str, list[float]]]) -> str:
    times = seconds.get(library, {}).get(job)
    if not times:
        return "–"
    ours = seconds[OURS].get(job, seconds[OURS]["gradient"])
    return (
        f"{statistics.median(times) * 1e6:,.0f} ({statistics.median(times) / statistics.median(ours):.2g}×)"
    )


def tables(rounds: int) -> list[Table]:
    return [gradients(rounds), second(rounds), rosenbrock(rounds)]
