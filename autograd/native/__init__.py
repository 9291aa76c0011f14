"""The optional native core: `core`, an extension module in C, or None.

The core does the plain case, Values and numbers without a mode in force, of the Python that it stands
for: arithmetic, the order of evaluation, the sweep. Everything else it leaves to that Python, which is
the specification and gives the same numbers to the last bit. The core is built on installation if there
is a C compiler; `STEPGRAD_PURE=1` in the environment, on import, switches it off.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import partial, update_wrapper
from importlib import import_module
from types import FunctionType
from typing import Any, TypeVar, cast
from zlib import crc32

from ..table.row import RULES, Rule


def _found() -> Any:
    """The core, unless it is not built, out of date, switched off, or another copy of the package has it."""
    if os.environ.get("STEPGRAD_PURE", "0") not in ("", "0"):
        return None
    try:
        _core: Any = import_module("._core", __name__)
    except ImportError:
        return None
    source = os.path.join(os.path.dirname(__file__), "core.c")
    with open(source, "rb") as file:
        is_current = crc32(file.read()) == _core.SOURCE
    return _core if is_current and _core.claim() else None


core: Any = _found()
F = TypeVar("F", bound=Callable[..., Any])


def plain_case(rule: Rule, reflected: bool = False) -> Callable[[F], F]:
    """A decorator for the function of an operation: in the plain case, the core takes its place.

    `reflected` says that the function takes its two operands in the other order, as `__radd__` does.
    `inspect` finds the Python function by its `__wrapped__`.
    """
    if core is None:
        return lambda function: function

    def decorate(function: F) -> F:
        assert isinstance(function, FunctionType)
        operands = min(function.__code__.co_argcount, 2)
        operation = core.Operation(rule, function, operands, reflected, function.__defaults__)
        return cast("F", update_wrapper(operation, function))

    return decorate


def connect(
    value: type,
    scope: type,
    current_scope: ContextVar[Any],
    active_modes: list[Any],
    open_scopes: list[Any],
    open_transforms: list[Any],
) -> None:
    """Tell the core, if there is one, what it needs to know: Value, and the modes in force."""
    if core is not None:
        from .programs import program

        state = (scope, current_scope, active_modes, open_scopes, open_transforms)
        core.connect(value, *state, frozenset(RULES.values()), partial(program, core=core))
