"""The two operations that look at their operands before they are recorded: `where` and `clip`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from ..nodes.modes import mode
from ..nodes.numbers import to_float
from ..rules import RULES
from ..table.row import VALUES
from ..value import Value
from .apply import apply, new_node
from .signatures import Operand


def clip(x: Operand, low: Operand, high: Operand) -> Any:
    """min(max(x, low), high); the derivative with respect to x is 1 inside and at the bounds, else 0.

    Raises ValueError if `low` and `high` are numbers and `low` is greater than `high`.

    >>> clip(Value(3.0), -1.0, 1.0).data
    1.0
    """
    numbers = not isinstance(low, Value) and not isinstance(high, Value)
    if numbers and not to_float(low, "clip: low") <= to_float(high, "clip: high"):
        raise ValueError(f"clip: low = {low!r} is not at most high = {high!r}")
    return apply(RULES["clip"], x, low, high)


@overload
def where(condition: object, a: Value | Callable[[], Value], b: Value | Callable[[], Value]) -> Value: ...
@overload
def where(condition: object, a: float | Callable[[], float], b: float | Callable[[], float]) -> float: ...
@overload
def where(condition: object, a: Operand | Callable[[], Any], b: Operand | Callable[[], Any]) -> Any: ...
def where(condition: object, a: Operand | Callable[[], Any], b: Operand | Callable[[], Any]) -> Any:
    """`a` if the condition holds, else `b`; a branch given as a function runs only if it is taken.

    The branch that is not taken is not a parent of the result. While a function is traced for
    `compile`, both branches are recorded and the choice is left to the program.

    >>> x = Value(-2.0, "x")
    >>> where(x > 0, lambda: x.log(), 0.0 * x).data
    -0.0
    """
    tracer = mode().tracer
    if tracer and (traced := tracer(RULES["where"], (condition, a, b))) is not None:
        return traced
    taken = a if condition else b
    value = taken() if callable(taken) else taken
    if not isinstance(value, Value):
        return to_float(value, "where: the branch taken")
    if not mode().recording:
        return Value(value.data)
    operands = (1.0, value, None) if condition else (0.0, None, value)
    is_taken = [operand is value for operand in operands]
    return new_node(RULES["where"], value.data, operands, (0.0, 1.0, 1.0), is_taken)


VALUES.update(where=where, clip=clip)
