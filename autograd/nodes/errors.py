"""Errors that say what went wrong, where in the user's program, and what to do.

An operation outside its domain, or whose finite operands give a non-finite value, raises before a
node is recorded; a backward step that would give nan raises before any gradient has changed.
"""

from __future__ import annotations

import linecache
import math
import os
import sys
import warnings
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..table.row import Rule
    from ..value import Value

_HERE = os.path.dirname(os.path.dirname(__file__))  # as frames have it, through symbolic links too
_OURS = (f"{_HERE}{os.sep}", os.path.join(os.path.dirname(_HERE), "nn", ""), "<autograd ")
_PYTHON = os.path.join(os.path.dirname(os.__file__), "")
_PACKAGES = "site-packages"
_NUMPY = (os.path.join(_PACKAGES, "numpy", ""), "<__array_function__ internals>")


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

    node: Value | None = None


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

    node: Value | None = None


# Tracebacks and pickles name the errors as users import them.
for _error in (DomainError, DivisionError, RangeError):
    _error.__module__ = "autograd"


def user_frame() -> FrameType | None:
    """The innermost frame that is neither this package's own nor of Python's or NumPy's library."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _is_library(filename: str) -> bool:
    return (
        filename.startswith(_OURS)
        or (filename.startswith(_PYTHON) and _PACKAGES not in filename)
        or filename.startswith("<frozen ")
        or any(part in filename for part in _NUMPY)
    )


def user_line() -> str:
    """Where the user's program is: `file:line: source`, or "" if there is no such frame."""
    frame = user_frame()
    return line_of(frame) if frame else ""


def line_of(frame: FrameType) -> str:
    """`file:line: source` of a frame."""
    filename, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(filename, number).strip()
    return f"{filename}:{number}" + (f": {text}" if text else "")


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the user's line, once for each."""
    frame = user_frame()
    if frame is not None:
        warn_at(frame, message, category)


def warn_at(frame: FrameType, message: str, category: type[Warning]) -> None:
    """Warn at the line of a frame, once for each."""
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        frame.f_globals.get("__name__"),
        frame.f_globals.setdefault("__warningregistry__", {}),
    )


def described(operands: Sequence[object]) -> str:
    """The operands as a message shows them: `a = -1.0`, or just the number without a label."""
    shown = [_described(operand) for operand in operands[:_SHOWN]]
    more = len(operands) - len(shown)
    return ", ".join(shown) + (f", … {more} more" if more else "")


_SHOWN = 10  # of the operands; six times as many of a label's characters


def _described(operand: object) -> str:
    label: str = getattr(operand, "label", "")
    number = _number(operand)
    if not label.isprintable():
        label = ascii(label)
    return f"{label[: 6 * _SHOWN]} = {number!r}" if label else repr(number)


def _number(operand: Any) -> Any:
    return getattr(operand, "data", operand)


def operation_error(rule: Rule, cause: Exception | None, node: Value) -> DomainError | RangeError:
    """The error for finite operands without a finite result; `cause` is what Python raised."""
    pole = rule.name == "pow" and node.operands[0:1] != () and _number(node.operands[0]) == 0.0
    if isinstance(cause, ZeroDivisionError) or (pole and isinstance(cause, ValueError)):
        kind = DivisionError
    elif isinstance(cause, OverflowError) or (cause is None and math.isinf(node.data)):
        kind = RangeError
    else:
        kind = DomainError
    if kind is RangeError:
        problem = ": the result is too large for a float"
    elif any(math.isnan(_number(operand)) for operand in node.operands if operand is not None):
        problem = " is given nan"
    else:
        problem = f" needs {rule.domain}" if rule.domain and cause else " has no value there"
    error = kind(
        f"{rule.name}({described(node.operands)}){problem}. "
        f'`with autograd.errstate("ieee"):` gives {node.data!r} instead.{at(user_line())}'
    )
    error.node = node
    return error


def at(line: str) -> str:
    """The end of a message that names a source line."""
    return f"\n  at {line}" if line else ""
