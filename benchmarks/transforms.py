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
from .harness import Contender, Table, equal, figure, interleaved, milliseconds, ratio

OURS = "stepgrad"
LIBRARIES = {
    "jax": "JAX",
    "torch": "PyTorch",
    "autograd": "HIPS autograd",
    "casadi": "CasADi",
    "num-dual": "num-dual",
    "ddx-ad": "ddx-ad",
}


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
    """Every library in a process of its own; results must agree."""
    jobs = ["gradient", "hessian × vector", "hessian", "gradient, compiled", "hessian, compiled"]
    title = "Rosenbrock's function, microseconds a call, and how many times ours"
    table = Table(title, ["n", "library", *jobs])
    script = Path(__file__).with_name("derivatives.py")
    interpreters = {OURS: Path(sys.executable)} | {name: environments.python(name) for name in LIBRARIES}
    reports: dict[str, list[dict[str, Any]]] = {library: [] for library in interpreters}
    for _ in range(min(rounds, 3)):
        for library, python in interpreters.items():
            reports[library].append(
                environments.answer(python, script, library, ours=library == OURS)
                if python
                else {"error": "it is not installed"}
            )
    errors = {
        library: report["error"]
        for library, found in reports.items()
        for report in found
        if "error" in report
    }
    for library in errors:
        del reports[library]
    for n in reports[OURS][0]:
        ours = {job: _seconds(reports[OURS], n, job) for job in jobs}
        for library, found in reports.items():
            for job, measured in found[0][n].items():
                _agree(f"{library}: {job}, n = {n}", measured, reports[OURS][0][n].get(job))
            times = {job: _seconds(found, n, job) for job in found[0][n]}
            cells = [_cell(times.get(job), ours[job]) for job in jobs]
            table.rows.append([f"{int(n):,}", {OURS: OURS, **LIBRARIES}[library], *cells])
    table.notes = [
        "Ours, CasADi, num-dual and ddx-ad compute with a list of scalars, the others with arrays, in double "
        "precision; results agree to 1e-9. A call includes recording the function, unless it is compiled: "
        "`compile`, `jax.jit`, a `Function` of CasADi's, LLVM in ddx-ad. PyTorch's Hessian is the one with "
        "`vectorize=True`.",
        *(
            f"{LIBRARIES[library]} is missing: {error}. {environments.HINT}"
            for library, error in errors.items()
        ),
    ]
    return table


def _seconds(reports: list[dict[str, Any]], n: str, job: str) -> float | None:
    """The median of the rounds; None if the job was not timed at this size."""
    if job not in reports[0][n]:
        return None
    return statistics.median(report[n][job]["seconds"] for report in reports)


def _agree(what: str, measured: dict[str, float], ours: dict[str, float] | None) -> None:
    result, expected = measured["result"], (ours or measured)["result"]
    if not equal(result, expected, 1e-9):
        raise ValueError(f"{what}: {result!r} and {expected!r}")


def _cell(seconds: float | None, ours: float | None) -> str:
    if seconds is None:
        return "–"
    return figure(seconds * 1e6) + (f" ({figure(seconds / ours)}×)" if ours else "")


def tables(rounds: int) -> list[Table]:
    return [gradients(rounds), second(rounds), rosenbrock(rounds)]
