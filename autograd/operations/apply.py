"""Applying an operation: from a row of the table and operands to a node of the graph.

The functions written from the table handle the common case in line; here is everything else: other kinds
of numbers, the error policy, `no_grad`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any

from ..nodes import methods
from ..nodes.errors import operation_error
from ..nodes.lines import user_line
from ..nodes.modes import active_modes, mode
from ..nodes.node import Node
from ..nodes.numbers import is_real, to_float
from ..nodes.scopes import current_scope, open_scopes
from ..table.row import RULES, FormulaRule, Rule
from ..value import Value

new = Node.__new__


def new_node(
    rule: Rule | None,
    y: float,
    operands: tuple[Value | float | None, ...],
    derivatives: tuple[float, ...],
    are_values: list[bool],
) -> Value:
    """A result; `derivatives` has one entry per operand, of which those of Values are kept.

    Without a rule and operands it is a leaf.
    """
    node = new(Value)
    node._data = y
    node._grad = None
    node._label = ""
    node.rule = rule
    node.scope = current_scope() if open_scopes else None
    node.line = user_line() if active_modes and mode().lines else ""
    node.first = node.d_first = node.second = node.d_second = node.rest = None
    if len(operands) > 2:
        parents: Any = operands if all(are_values) else tuple(compress(operands, are_values))
        kept = derivatives if parents is operands else tuple(compress(derivatives, are_values))
        node.rest = (operands, parents, kept)
        return node
    if operands:
        node.first = operands[0]
        node.d_first = derivatives[0] if are_values[0] else None
    if len(operands) == 2:
        node.second = operands[1]
        node.d_second = derivatives[1] if are_values[1] else None
    return node


def apply(rule: Rule, *given: object) -> Any:
    """Apply an operation: a new node, or a plain float where no operand is a Value.

    Raises TypeError for an operand that is not a number, and DomainError, DivisionError (a
    ZeroDivisionError) or RangeError (an OverflowError) by the policy of `errstate`, before
    anything is recorded.
    """
    if active_modes and (tracer := mode().tracer) and (traced := tracer(rule, given)) is not None:
        return traced
    are_values = [isinstance(operand, Value) for operand in given]
    if any(are_values[: rule.index_operands]):
        raise TypeError(f"{rule.name}: operand 1 is a whole number, which has no derivative: give an int")
    operands: Any = given
    if not set(map(type, given)) <= {Value, float}:
        operands = tuple(
            operand if is_value else _to_float(rule, i, operand)
            for i, (operand, is_value) in enumerate(zip(given, are_values))
        )
    numbers: list[float] = [o._data if is_value else o for o, is_value in zip(operands, are_values)]
    cause: Exception | None = None
    try:
        y = rule.evaluate(*numbers)
    except (ArithmeticError, ValueError) as raised:
        cause, y = raised, rule.evaluate_ieee(*numbers)
    if not math.isfinite(y) and not mode().ieee and (cause or y != y or all(map(math.isfinite, numbers))):
        node = new_node(rule, y, operands, _derivatives(rule, y, numbers), are_values)
        raise operation_error(rule, cause, node) from None
    if not any(are_values):
        return y
    if active_modes and not mode().recording:
        return Value(y)
    return new_node(rule, y, operands, _derivatives(rule, y, numbers), are_values)


def _to_float(rule: Rule, place: int, operand: object) -> float:
    """A plain operand as a float; TypeError, which says how to take a list item by item, if it is none."""
    try:
        return to_float(operand, f"{rule.name}: operand {place + 1}")
    except TypeError as error:
        several = isinstance(operand, list | tuple) or getattr(operand, "ndim", 0)
        if not several or not isinstance(rule, FormulaRule) or len(rule.operands) > 1:
            raise
        raise TypeError(f"{error}; item by item: [{rule.name}(x) for x in xs]") from None


def _derivatives(rule: Rule, y: float, numbers: list[float]) -> tuple[float, ...]:
    """The local derivatives, inf or nan if there are none."""
    try:
        return rule.differentiate(y, *numbers)
    except (ArithmeticError, ValueError):
        return rule.differentiate_ieee(y, *numbers)


def _is_number(given: object) -> bool:
    if isinstance(given, Value) or is_real(given):
        return True
    kind = getattr(getattr(given, "dtype", None), "kind", "")
    return kind in set("biuf") and not getattr(given, "ndim", 1)


def apply_operator(rule: Rule, a: object, b: object) -> Any:
    """Apply a binary operator by Python's protocol: NotImplemented for operands it does not know.

    A numpy array is one of these: it takes a Value for a number, element by element.
    """
    return apply(rule, a, b) if _is_number(b if isinstance(a, Value) else a) else NotImplemented


def require_list(name: str, xs: Any, more: Sequence[Any] = ()) -> None:
    """Raise TypeError for numbers that are given one by one instead of in a list."""
    if more or getattr(xs, "__iter__", None) is None:
        formulas = (rule for rule in RULES.values() if isinstance(rule, FormulaRule))
        rules = (rule for rule in formulas if rule.reduction == name)
        instead = "".join(f": write {rule.name}({', '.join(rule.operands)})" for rule in rules)
        raise TypeError(f"{name} takes its numbers in a list, [a, b]{instead}")


def items_of(name: str, xs: Iterable[Any], at_least: int, more: Sequence[Any] = ()) -> tuple[Any, ...]:
    """The operands of a list, of which there must be enough."""
    require_list(name, xs, more)
    items = tuple(xs)
    if len(items) < at_least:
        raise ValueError(f"{name} needs at least {at_least} operand")
    return items


def index_of(rule: Rule, xs: Sequence[Any], target: Any) -> float:
    """The index of an item; TypeError if it is not a whole number, ValueError if there is no such item."""
    if isinstance(target, bool) or not hasattr(target, "__index__"):
        raise TypeError(f"{rule.name}: target must be a class index, not {target!r}; it needs {rule.domain}")
    if not 0 <= target < len(xs):
        raise ValueError(f"{rule.name}: target {target} is not an index of {len(xs)} operands")
    return float(target)


methods.apply, methods.apply_operator = apply, apply_operator
Rule.apply = staticmethod(apply)
