"""Expressions of arrays, in nobody's array library: what a program computes, before it is written.

An `Array` has rows in any shape and one more axis, the last, for the examples (of length 1 if it
is the same for all). Equal expressions are one object, numbers are multiplied together in front,
and that is all the algebra: nothing is dropped because a factor is 0, since 0 · inf is nan.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..table.row import ARRAYS, IEEE_FLOATS, RULES, FormulaRule

VIEWS = {"reshape", "transpose", "slice", "strided", "expand"}  # nothing is computed for these
COMPARISONS: dict[str, tuple[str, str, Callable[[Any, Any], bool]]] = {  # NumPy's name, the operator
    "lt": ("less", "<", operator.lt),
    "lte": ("less_equal", "<=", operator.le),
    "gt": ("greater", ">", operator.gt),
    "gte": ("greater_equal", ">=", operator.ge),
    "eq": ("equal", "==", operator.eq),
}


def _operators(name: str) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """An operator's method, and the one of its right operand."""
    return lambda a, b: elementwise(name, a, b), lambda a, b: elementwise(name, b, a)


@dataclass(frozen=True, eq=False, slots=True)
class Array:
    """One array of a program: an operation on arrays, numbers and whatever else it needs."""

    op: str
    args: tuple[Any, ...]
    shape: tuple[int, ...]
    batched: bool
    table: dict[Any, Array] = field(repr=False)

    __add__, __radd__ = _operators("add")
    __sub__, __rsub__ = _operators("sub")
    __truediv__, __rtruediv__ = _operators("div")

    def __mul__(self, other: Any) -> Any:
        return _times(self, other)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return _times(-1.0, self)

    @property
    def size(self) -> int:
        """The number of rows."""
        return math.prod(self.shape)

    @property
    def arrays(self) -> list[Array]:
        """The arrays that this one is computed from."""
        return [arg for arg in self.args if isinstance(arg, Array)]


def make(op: str, args: Sequence[Any], shape: Sequence[int], batched: bool, table: dict[Any, Array]) -> Array:
    """The array of an expression, one object for equal expressions."""
    shown = tuple(
        id(a) if isinstance(a, Array) else a.tobytes() if hasattr(a, "tobytes") else repr(a) for a in args
    )
    key = op, shown, tuple(shape), batched
    if key not in table:
        table[key] = Array(op, tuple(args), tuple(shape), batched, table)
    return table[key]


def is_primitive(name: str) -> bool:
    """Whether this is a function of a user's own, which may be called what programs call their own."""
    rule = RULES.get(name)
    return isinstance(rule, FormulaRule) and not rule.forms and name in rule.value.functions


def elementwise(name: str, *args: Any) -> Any:
    """A function of the table's formulas, or an operator, element by element."""
    arrays = [arg for arg in args if isinstance(arg, Array)]
    if not arrays:
        return _on_numbers(name, *args)
    if name == "where" and not isinstance(args[0], Array):
        return args[1] if args[0] else args[2]
    if name == "where" and args[1] is args[2]:
        return args[1]
    if name == "eq" and args[1] == 1.0 and args[0].op == "where" and args[0].args[1:] == (1.0, 0.0):
        return args[0].args[0]  # whether a comparison's 0 or 1 is 1
    if name == "pow" and args[1] in (1.0, 2.0):
        return args[0] if args[1] == 1.0 else args[0] * args[0]
    shapes = [arg.shape for arg in arrays if arg.op != "weight"]
    shape = tuple(max(sizes) for sizes in zip(*shapes)) if len(shapes) > 1 else shapes[0]
    if is_primitive(name):
        name, args = "primitive", (name, *args)
    return make(name, args, shape, any(arg.batched for arg in arrays), arrays[0].table)


def _on_numbers(name: str, *args: float) -> float:
    if name in COMPARISONS:
        return COMPARISONS[name][2](*args)
    rule = RULES.get(name)
    return rule.evaluate_ieee(*args) if rule else IEEE_FLOATS[name](*args)


def _times(a: Any, b: Any) -> Any:
    """a · b with the numbers in front: 0.5 · (2 · d) is d."""
    (p, a), (q, b) = _factored(a, b), _factored(b, a)
    scale = p * q if isinstance(p, float) and isinstance(q, float) else _weight(p, q)
    rest = elementwise("mul", a, b) if a is not None and b is not None else a if b is None else b
    if rest is None:
        return scale
    return rest if isinstance(scale, float) and scale == 1.0 else elementwise("mul", scale, rest)


def _factored(a: Any, other: Any) -> tuple[Any, Any]:
    """A number and what it multiplies; a number alone multiplies nothing.

    A number stays with what it multiplies if `other` has more rows, each of which it would multiply.
    """
    if is_scalar(a):
        return a, None
    if a.op == "mul" and is_scalar(a.args[0]) and (isinstance(other, float) or a.size >= other.size):
        return a.args[0], a.args[1]
    return 1.0, a


def is_scalar(a: Any) -> bool:
    """Whether this is one number for all rows: a float, or c/m for m examples."""
    return isinstance(a, float) or a.op == "weight"


def _weight(a: Any, b: Any) -> Array:
    """A number of which one argument is c/m, for m examples, times another."""
    weight, number = (a, b) if isinstance(a, Array) else (b, a)
    return make("weight", (weight.args[0] * number,), (), False, weight.table)


_native_rules = (rule.name for rule in RULES.values() if isinstance(rule, FormulaRule) and rule.is_native)
ARRAYS.update({name: partial(elementwise, name) for name in (*COMPARISONS, "where", *_native_rules)})
ARRAYS["divide"] = partial(elementwise, "div")


def admit(rule: FormulaRule) -> FormulaRule:
    """Make what the row's formulas call known to arrays: other rows written out, or a user's function."""
    for formula in (rule.value, *rule.partials):
        for name in formula.functions - ARRAYS.keys():
            called = RULES.get(name)
            if isinstance(called, FormulaRule) and not called.is_native:
                ARRAYS[name] = called.evaluate_arrays
                admit(called)
            else:  # a primitive: number by number
                ARRAYS[name] = partial(elementwise, name)
    return rule


def numpy() -> Any:
    """NumPy; raises ModuleNotFoundError, with the command to install it, if it is missing."""
    try:
        import numpy
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            'compile needs NumPy: pip install "stepgrad[compile]"', name="numpy"
        ) from None

    return numpy


def ordered(roots: Sequence[Array]) -> list[Array]:
    """The arrays that the roots need, each after what it is computed from."""
    done: dict[Array, None] = {}
    pending = [*roots][::-1]
    while pending:
        array = pending[-1]
        missing = [arg for arg in array.arrays if arg not in done]
        if array in done or not missing:
            done.setdefault(pending.pop())
        pending += missing[::-1] if array not in done else []
    return list(done)


def examples(array: Array) -> str:
    """The length of the last axis."""
    return "m" if array.batched else "1"


def full_shape(array: Array) -> str:
    """The shape, with the examples last."""
    return f"({', '.join(map(str, (*array.shape, examples(array))))})"


def owner(array: Array) -> Array:
    """The array whose memory a view looks at."""
    while array.op in VIEWS:
        array = array.args[0]
    return array
