"""gradcheck: our derivatives of a function beside numerical ones, as a table."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from ..functional.containers import leaves, like, names
from ..graph import topological_order
from ..nodes.float_protocol import plain
from ..nodes.hints import hinted
from ..nodes.modes import no_grad
from ..nodes.numbers import to_float
from ..transforms import jacfwd, jacrev
from ..value import Value
from .differences import EPSILON, Estimate, Slope, derivatives
from .report import Entry, Gradcheck, GradcheckError

__all__ = ["Gradcheck", "GradcheckError", "gradcheck"]

Flat = Callable[[Sequence[Any]], list[Any]]


@hinted
def gradcheck(
    f: Callable[..., Any],
    *inputs: Any,
    tolerance: float = 1e-6,
    raise_exception: bool = True,
) -> Gradcheck:
    """Compare our derivatives of f at `inputs` with numerical ones; the table, true if none is wrong.

    All first derivatives, in reverse and in forward mode, and, if these are right, all second ones. The
    numerical derivatives are Richardson's extrapolation of central differences with steps chosen for
    every input, or the complex step if f takes complex numbers (an f of plain arithmetic does). Inputs
    and f's value may be containers. If f has a corner, a jump or an edge at the point, the table says so,
    and ours need only lie between the slopes of the sides.

    Raises GradcheckError (an AssertionError), worst first, if a relative error exceeds `tolerance` by
    more than rounding explains, in the numerical derivative and in ours; with `raise_exception=False`
    the table is returned then, too, and is false.

    >>> gradcheck(lambda x, y: x * x * y, 3.0, 2.0)
    derivative   reverse   forward   numerical   relative error   verdict
    ∂f/∂x             12        12          12                0   ok
    ∂f/∂y              9         9           9                0   ok
    ∂²f/∂x∂x           4         4           4                0   ok
    ∂²f/∂x∂y           6         6           6                0   ok
    ∂²f/∂y∂x           6         6           6                0   ok
    ∂²f/∂y∂y           0         0           0                0   ok
    """
    if not callable(f):
        raise TypeError(f"gradcheck takes a function and its inputs: gradcheck(f, x, y), not {f!r:.60}")
    _refuse_tuple(f, inputs)
    point = [_finite(leaf) for leaf in leaves(inputs)]
    of = _Flat(f, inputs)
    variables = _variables(f, inputs)
    outputs = names(of.output, _name(f))
    entries = _compared(of, point, [f"∂{y}/" for y in outputs], variables, tolerance)
    note = "Second derivatives were not compared."
    if all(entry.verdict == "ok" for entry in entries):
        slopes: Flat = lambda xs: leaves(jacrev(of)(xs))  # noqa: E731  (differentiated in turn)
        starts = [f"∂²{y}/∂{x}" for y in outputs for x in variables]
        entries += _compared(slopes, point, starts, variables, tolerance)
        note = ""
    report = Gradcheck(tuple(entries), note)
    if raise_exception and not report:
        raise GradcheckError(report)
    return report


def _refuse_tuple(f: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
    """Raise TypeError if the inputs of an f of several are given as one tuple, as in PyTorch."""
    if len(inputs) == 1 and isinstance(inputs[0], tuple):
        given = cast("tuple[Any, ...]", inputs[0])
        if not _takes(f, inputs) and _takes(f, given):
            written = ", ".join(f"{x!r:.20}" for x in given)
            raise TypeError(f"gradcheck takes the inputs one by one: gradcheck(f, {written:.80})")


def _takes(f: Callable[..., Any], inputs: tuple[Any, ...]) -> bool:
    try:
        inspect.signature(f).bind(*inputs)
    except TypeError:
        return False
    except ValueError:  # a built-in without a signature
        return True
    return True


def _finite(given: Any) -> float:
    x = to_float(given.data if isinstance(given, Value) else given, "gradcheck: an input")
    if math.isinf(x):
        raise ValueError(f"gradcheck: an input is {x}; there is nothing to take differences from")
    return x


class _Flat:
    """f as a function from a list of numbers to a list of numbers."""

    def __init__(self, f: Callable[..., Any], inputs: tuple[Any, ...]) -> None:
        self.f, self.inputs = f, inputs
        self.output = f(*like(inputs, map(Value, map(_finite, leaves(inputs)))))

    def __call__(self, xs: Sequence[Any]) -> list[Any]:
        return leaves(self.f(*like(self.inputs, xs)))


def _name(f: Callable[..., Any]) -> str:
    name = getattr(f, "__name__", "f")
    return name if name.isidentifier() else "f"


def _variables(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[str]:
    """The inputs' names as f's parameters have them, `x[0]` for a part of a container."""
    try:
        arguments = inspect.signature(f).bind(*inputs).arguments
    except (TypeError, ValueError):  # a built-in without a signature
        arguments = {f"x{i}": x for i, x in enumerate(inputs)}
    return [path for name, x in arguments.items() for path in names(x, name)]


def _compared(
    f: Flat, point: list[float], starts: list[str], variables: list[str], tolerance: float
) -> list[Entry]:
    """An entry for every output (`starts` begins its derivatives' names) and variable."""
    with no_grad():  # plain numbers, also if f uses Values from outside
        reverse, forward = jacrev(f)(point), jacfwd(f)(point)
    at = [Value(x) for x in point]
    values = f(at)
    noise, slack = rounding(values), [rounding(values, variable) for variable in at]
    columns = [_numerical(f, point, i, noise) for i in range(len(point))]
    entries: list[Entry] = []
    for j, start in enumerate(starts):
        for i, variable in enumerate(variables):
            estimate = columns[i][j]
            ours, off = (reverse[j][i], forward[j][i]), slack[i][j]
            verdict = _verdict(*ours, estimate, tolerance, off)
            comparable = verdict.startswith(("ok", "WRONG"))
            numerical = estimate.slope.value if comparable else math.nan
            off += estimate.slope.error
            entries.append(Entry(start + f"∂{variable}", *ours, numerical, verdict, rounding=off))
    return entries


def rounding(outputs: Sequence[Any], variable: Value | None = None) -> list[float]:
    """The rounding errors of the outputs or, with a variable, of the derivatives with respect to it.

    Each result v counts as off by 4 ulp, and so does each derivative: Σ 4·ε·|v|·|∂output/∂v|, or 4·ε for
    each node times the sum over all paths. Local derivatives count by their absolute values, so that
    nothing cancels; one pass from the leaves is enough.
    """
    sizes: dict[Value, float] = {}
    order = topological_order(*(output for output in outputs if isinstance(output, Value)))
    for node in order:
        own = float(node is variable) if variable else abs(node.data) if node.rule else 0.0
        edges = zip(node.parents, node.local_derivatives)
        total = sum((abs(local) * sizes[parent] for parent, local in edges if sizes[parent] > 0.0), own)
        sizes[node] = math.inf if math.isnan(total) else total
    unit = 4.0 * EPSILON * (len(order) if variable else 1)
    return [unit * sizes[output] if isinstance(output, Value) else 0.0 for output in outputs]


def _numerical(f: Flat, point: list[float], i: int, noise: Sequence[float]) -> list[Estimate]:
    def curve(x: float) -> list[float]:
        with no_grad():
            return [plain(y) for y in f([Value(c) for c in (*point[:i], x, *point[i + 1 :])])]

    estimates = derivatives(curve, point[i], noise)
    exact = _complex_step(f, point, i)
    if exact is None:
        return estimates
    return [
        replace(estimate, slope=Slope(slope, 0.0))
        # abs and its like take complex numbers too, and mean something else by them
        if not estimate.one_sided
        and abs(slope - estimate.slope.value) <= 10 * estimate.slope.error + 1e-9 * abs(slope)
        else estimate
        for slope, estimate in zip(exact, estimates, strict=True)
    ]


def _complex_step(f: Flat, point: list[float], i: int) -> list[float] | None:
    """Im f(x + ih) / h: no difference is taken, so none is too small; None if f can't."""
    step = 1e-100
    try:
        values = f([complex(c, step if k == i else 0.0) for k, c in enumerate(point)])
        return [complex(y).imag / step for y in values]
    except Exception:  # whatever a function of real numbers does with complex ones
        return None


def _verdict(reverse: float, forward: float, numerical: Estimate, tolerance: float, rounding: float) -> str:
    slope, left, right = numerical.slope, numerical.left, numerical.right
    size = max(abs(reverse), abs(slope.value))
    if abs(reverse - forward) > 1e-9 * max(abs(reverse), abs(forward)) + rounding:
        return "WRONG: reverse and forward mode differ"
    if numerical.jumps:
        return "the function jumps here"
    if numerical.at_corner:
        low, high = sorted((left.value, right.value))
        sides = f"a corner: slope {left.value:.6g} to the left, {right.value:.6g} to the right"
        slack = tolerance * size + left.error + right.error + rounding
        return sides if low - slack <= reverse <= high + slack else f"WRONG: {sides}"
    if math.isinf(reverse) and not slope.error < 1e-3 * abs(slope.value):
        return "an infinite slope"
    if not math.isfinite(slope.error):
        return "no numerical derivative: the function is undefined around here"
    if not abs(reverse - slope.value) <= tolerance * size + 3 * slope.error + rounding:
        return "WRONG"
    if slope.error > max(1e-3 * size, 1e-6):
        return f"can't tell: the numerical derivative may be off by {slope.error:.1e}"
    if numerical.one_sided:
        return "ok, on the side where the function is defined"
    return "ok"
