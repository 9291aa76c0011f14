"""Random programs over all rows of the table, against mpmath and PyTorch; and operations at the edges.

    python scripts/fuzz.py --seconds 60 --seed 0       # a minute, as in CI
    python scripts/fuzz.py --programs 20000            # longer, by hand

Every program is run eagerly (`backward`), through the transforms (`value_and_grad`, `jvp`, `vjp`,
`hvp`) and, one in four, compiled. Value, gradient and H·v are compared with differences in mpmath
at 120 digits, and with PyTorch if it is installed and knows the operations. The bound of a
comparison is the rounding that the recorded graph allows (`autograd.check.rounding`). Every fifth
program applies operations to extreme numbers: there the errors must be autograd's own.

Prints the first failing program as Python and exits with 1.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mpmath import mp, mpf
from random_programs import ROWS, Program

import autograd
from autograd import RULES, FormulaRule, Value, errstate
from autograd.check import rounding
from autograd.nodes.float_protocol import plain
from autograd.operations.apply import apply

DIGITS, STEP = 120, mpf(10) ** -30
EDGES = (
    0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-8, 1e-160, 5e-324, -5e-324, 1e155, -1e155, 1.7e308,
    math.inf, -math.inf,
)  # fmt: skip


def theirs() -> dict[str, Callable[..., Any]]:
    """PyTorch's functions by row; empty without PyTorch."""
    try:
        import torch
    except ImportError:
        return {}
    same = """
        abs acos acosh add asin asinh atan atan2 atanh ceil cos cosh div erf erfc exp exp2 expm1 floor gelu
        hypot log log10 log1p log2 maximum minimum mul neg pow relu round sigmoid sign silu sin sinh softsign
        sqrt sub tan tanh
    """
    nn = torch.nn.functional
    return {name: getattr(torch, name, None) or getattr(nn, name) for name in same.split()} | {
        "softplus": partial(nn.softplus, threshold=1e3),  # else x beyond 20
        "leaky_relu": lambda x, slope: torch.where(x > 0, x, slope * x),
        "elu": lambda x, alpha: torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0))),
        "sum": lambda *xs: torch.stack(xs).sum(),
        "logsumexp": lambda *xs: torch.logsumexp(torch.stack(xs), 0),
        "softmax": lambda k, *xs: torch.softmax(torch.stack(xs), 0)[int(k)],
        "cross_entropy": lambda k, *xs: -torch.log_softmax(torch.stack(xs), 0)[int(k)],
    }


THEIRS = theirs()


def reference(program: Program) -> tuple[float, list[float], list[float]]:
    """Value, gradient and H·v by central differences in mpmath."""
    with mp.workdps(DIGITS):
        at, along = [mpf(x) for x in program.at], [mpf(v) for v in program.along]
        f, h = program.mpmath, STEP

        def moved(i: int, t: Any, s: Any) -> Any:
            return f([x + s * v + (t if k == i else 0) for k, (x, v) in enumerate(zip(at, along))])

        gradient = [(moved(i, h, 0) - moved(i, -h, 0)) / (2 * h) for i in range(len(at))]
        second = [
            (moved(i, h, h) - moved(i, h, -h) - moved(i, -h, h) + moved(i, -h, -h)) / (4 * h * h)
            for i in range(len(at))
        ]
        return float(f(at)), [float(g) for g in gradient], [float(s) for s in second]


class Wrong(Exception):
    """A number that is further off than rounding allows, or an error that should not be."""


def compare(what: str, ours: Sequence[Any], right: Sequence[float], bounds: Sequence[float]) -> None:
    """Raise Wrong if a number is off by more than its bound."""
    for k, (a, b, bound) in enumerate(zip(ours, right, bounds, strict=True)):
        if not abs(plain(a) - b) <= 16 * bound + 1e-14 * abs(b) + 1e-14:
            raise Wrong(f"{what}[{k}] is {plain(a)!r}, should be {b!r} (rounding allows {bound:.1e})")


def check(program: Program, compiled: bool) -> None:
    """Raise Wrong if anything about the program is."""
    at, along, f = program.at, program.along, program.ours
    value, gradient, second = reference(program)

    xs = [Value(x) for x in at]
    y = f(xs)
    if not isinstance(y, Value):
        return  # nothing depends on the inputs
    y.backward()
    slopes = autograd.grad(f)(xs)
    products = autograd.hvp(f, (xs,), (along,))[0]
    bounds = [rounding([y]), rounding(slopes), rounding(products)]
    compare("value", [y], [value], bounds[0])
    compare("backward", [x.grad for x in xs], gradient, bounds[1])
    compare("grad of Values", slopes, gradient, bounds[1])
    compare("hvp of Values", products, second, bounds[2])

    ours, g = autograd.value_and_grad(f)(at)
    compare("value_and_grad", [ours, *g], [value, *gradient], [*bounds[0], *bounds[1]])
    compare("vjp", autograd.vjp(f, at)[1](1.0)[0], gradient, bounds[1])
    slope = [sum(a * b for a, b in zip(gradient, along))]
    off = rounding([autograd.jvp(f, (xs,), (along,))[1]])
    compare("jvp", [autograd.jvp(f, (at,), (along,))[1]], slope, [off[0] + sum(bounds[1])])
    compare("hvp", autograd.hvp(f, (at,), (along,))[0], second, bounds[2])
    if THEIRS and all(name in THEIRS for name, _ in program.instructions):
        compare_with_torch(program, bounds)
    if compiled:
        whole = autograd.compile(lambda: f(xs), [], xs)
        ours, g = whole.value_and_grad()
        wide = [[64 * bound for bound in part] for part in bounds]  # sums in another order
        compare("compiled", [ours, *g], [value, *gradient], [*wide[0], *wide[1]])
        pushed = autograd.compile(lambda p: autograd.hvp(f, (p,), (along,))[0][0], [at])
        compare("compiled hvp", [float(pushed([at])[0])], second[:1], wide[2][:1])


def compare_with_torch(program: Program, bounds: Sequence[Sequence[float]]) -> None:
    """Raise Wrong if PyTorch's numbers are others."""
    import torch

    xs = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.at]
    y = program.run(THEIRS.__getitem__, xs, lambda c: torch.tensor(c, dtype=torch.float64))
    gradient = torch.autograd.grad(y, xs, create_graph=True, materialize_grads=True)
    slope: Any = sum(g * v for g, v in zip(gradient, program.along))
    second: Any = [0.0] * len(xs)
    if slope.requires_grad:
        second = torch.autograd.grad(slope, xs, materialize_grads=True)
    wide = [[1e3 * bound + 1e-11 for bound in part] for part in bounds]  # they cancel where we do not
    value, slopes = autograd.value_and_grad(program.ours)(program.at)
    compare("value beside PyTorch's", [value], [y.item()], wide[0])
    compare("gradient beside PyTorch's", slopes, [g.item() for g in gradient], wide[1])
    products = autograd.hvp(program.ours, (program.at,), (program.along,))[0]
    compare("H·v beside PyTorch's", products, [float(s) for s in second], wide[2])


def check_edge(rng: random.Random) -> str:
    """One operation at extreme numbers, in every mode: a result, or an error of autograd's own."""
    name = rng.choice([row for row in ROWS if row != "where"])
    rule = RULES[name]
    constants = rule.index_operands
    n = len(rule.operands) if isinstance(rule, FormulaRule) else constants + (5 if name == "dot" else 2)
    operands = [float(rng.randrange(2)) if i < constants else rng.choice(EDGES) for i in range(n)]
    said = f"{name}({', '.join(map(repr, operands))})"
    variables = operands[constants:]

    def f(xs: Sequence[Any]) -> Any:
        return apply(rule, *operands[:constants], *xs)

    def backward() -> Any:
        xs = [Value(x) for x in variables]
        f(xs).backward()
        return [x.grad for x in xs]

    for policy in ("strict", "ieee"):
        for way in (
            backward,
            lambda: autograd.grad(f)(variables),
            lambda: autograd.jvp(f, (variables,), ([1.0] * len(variables),)),
            lambda: autograd.hessian(f)(variables),
        ):
            try:
                with errstate(policy):
                    way()
            except (autograd.DomainError, autograd.RangeError) as error:
                if policy == "ieee":
                    raise Wrong(f"{said} raises under ieee: {error}") from error
            except Exception as error:
                raise Wrong(f"{said}, {policy}: {type(error).__name__}: {error}") from error
    return said


def main() -> int:
    """Run programs until the time or their number is up; 1 if one of them is wrong."""
    parser = argparse.ArgumentParser(description="Random programs against mpmath and PyTorch.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--programs", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the program to begin with")
    options = parser.parse_args()
    start, done, rows = time.monotonic(), 0, set[str]()
    for k in range(options.first, options.first + options.programs):
        if time.monotonic() - start > options.seconds:
            break
        rng = random.Random(f"{options.seed} {k}")
        program = None
        try:
            if k % 5 == 4:
                check_edge(rng)
            else:
                program = Program(rng)
                rows |= {name for name, _ in program.instructions}
                check(program, compiled=k % 4 == 0)
        except Exception as error:
            told = "" if isinstance(error, Wrong) else f"{type(error).__name__}: "
            print(f"program {k} of seed {options.seed}: {told}{error}")
            if program:
                print(program.source())
            return 1
        done += 1
    beside = "mpmath and PyTorch" if THEIRS else "mpmath (PyTorch is not installed)"
    print(f"{done} programs over {len(rows)} rows agree with {beside} ({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
