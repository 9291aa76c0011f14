"""Errors that say what went wrong, where in the user's program, and what to do.

An operation outside its domain, or whose finite operands give a non-finite value, raises before a
node is recorded; a backward step that would give nan raises before any gradient has changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..table.row import Rule
from .float_protocol import plain
from .lines import at, user_line
from .node import Node


class DomainError(ArithmeticError, ValueError):
    """An operation has no (real, finite) value or derivative for these operands.

    `node` is a node made for the error alone, so that `draw(error.node)` shows what happened; in an
    error of a backward pass, the node whose step failed.

    >>> from autograd import Value
    >>> x = Value(-1.0, "x")
    >>> try:
    ...     y = x.sqrt()
    ... except DomainError as error:
    ...     print(str(error).split(". ")[0], "|", error.node)
    sqrt(x = -1.0) needs x ≥ 0 | Value(nan, op='sqrt')
    """

    node: Node | None = None


class DivisionError(DomainError, ZeroDivisionError):
    """A division by zero: a DomainError that code written for floats can catch as usual.

    >>> from autograd import Value
    >>> try:
    ...     1 / Value(0.0)
    ... except ZeroDivisionError as error:
    ...     print(type(error).__name__)
    DivisionError
    """


class RangeError(OverflowError):
    """Finite operands gave a result too large for a float (an OverflowError); `node` as for DomainError.

    >>> from autograd import exp
    >>> try:
    ...     exp(1000.0)
    ... except OverflowError as error:
    ...     print(type(error).__name__)
    RangeError
    """

    node: Node | None = None


# Tracebacks and pickles name the errors as users import them.
for _error in (DomainError, DivisionError, RangeError):
    _error.__module__ = "autograd"


def described(operands: Sequence[object]) -> str:
    """The operands as a message shows them: `a = -1.0`, or just the number without a label."""
    shown = [_described(operand) for operand in operands[:_SHOWN]]
    more = len(operands) - len(shown)
    return ", ".join(shown) + (f", … {more} more" if more else "")


_SHOWN = 10  # of the operands; six times as many of a label's characters


def _described(operand: Any) -> str:
    label: str = getattr(operand, "label", "")
    number = plain(operand)
    if not label.isprintable():
        label = ascii(label)
    return f"{label[: 6 * _SHOWN]} = {number!r}" if label else repr(number)


def operation_error(rule: Rule, cause: Exception | None, node: Node) -> DomainError | RangeError:
    """The error for finite operands without a finite result; `cause` is what Python raised."""
    pole = bool(rule.operator) and math.isinf(node.data)  # as 0 ** -1
    if isinstance(cause, ZeroDivisionError) or (pole and isinstance(cause, ValueError)):
        kind = DivisionError
    elif isinstance(cause, OverflowError) or (cause is None and math.isinf(node.data)):
        kind = RangeError
    else:
        kind = DomainError
    if kind is RangeError:
        problem = ": the result is too large for a float"
    elif any(math.isnan(plain(operand)) for operand in node.operands if operand is not None):
        problem = " is given nan"
    else:
        problem = f" needs {rule.domain}" if rule.domain and cause else " has no value there"
    error = kind(
        f"{rule.name}({described(node.operands)}){problem}. "
        f'`with autograd.errstate("ieee"):` gives {node.data!r} instead.{at(user_line())}'
    )
    error.node = node
    return error
