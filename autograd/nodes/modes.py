"""What is in force while an operation runs: error policy, recording, names of places.

Everything here is held in context variables, so threads and asyncio tasks never see each other's
blocks. `active_modes` and `open_scopes` are the short cut: while they are empty, no `with` block is
in force anywhere and an operation needs to ask nothing else.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Mode:
    """The settings an operation reads; the default is strict, recording, no source lines."""

    ieee: bool = False
    recording: bool = True
    lines: bool = False
    tracer: Callable[..., Any] | None = None  # takes over operations: `autograd.compiler.tracing`


_mode: ContextVar[Mode] = ContextVar("autograd mode", default=Mode())  # noqa: B039  (frozen)
# One entry for every mode that a block has set, as long as any context holds it: a task that was
# started inside a block keeps the block's mode when the block is left.
active_modes: list[weakref.ref[Mode]] = []


def mode() -> Mode:
    """The mode in force here, in this thread or task."""
    return _mode.get()


class _Block(ContextDecorator):
    """A `with` block, or a decorator, that changes some fields of the mode."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._tokens: list[Token[Mode]] = []

    def __enter__(self) -> Self:
        changed = replace(_mode.get(), **self._changes)
        active_modes.append(weakref.ref(changed, active_modes.remove))
        self._tokens.append(_mode.set(changed))
        return self

    def __exit__(self, *_: object) -> None:
        _mode.reset(self._tokens.pop())

    def _recreate_cm(self) -> Self:
        """A block of its own for every call of a decorated function, whatever thread it is in."""
        fresh = copy(self)
        fresh._tokens = []
        return fresh


class errstate(_Block):
    """`with errstate("ieee"):` gives inf and nan where the default, "strict", raises.

    >>> import autograd
    >>> with errstate("ieee"):
    ...     print(autograd.log(0.0))
    -inf
    """

    def __init__(self, policy: Literal["strict", "ieee"]) -> None:
        if policy not in ("strict", "ieee"):
            raise ValueError(f'errstate takes "strict" or "ieee", not {policy!r}')
        super().__init__(ieee=policy == "ieee")


class no_grad(_Block):
    """`with no_grad():` computes without recording: results are leaves without parents.

    Raises TypeError in a function that is being compiled, whose program would differentiate them.

    >>> from autograd import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2
    >>> y.parents
    ()
    """

    def __init__(self) -> None:
        super().__init__(recording=False)

    def __enter__(self) -> Self:
        if mode().tracer:
            raise TypeError(
                "no_grad() in a function that is being compiled: its program differentiates all that f "
                "does. Compute what is to be a constant beforehand, or give it to f as an input."
            )
        return super().__enter__()


class record_lines(_Block):
    """`with record_lines():` keeps, for every node, the source line that created it.

    Errors of a backward pass then name that line. `node.line` reads "file:line: source".

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with record_lines():
    ...     y = x * x
    >>> x.line == "", y.line != ""
    (True, True)
    """

    def __init__(self) -> None:
        super().__init__(lines=True)


_scope: ContextVar[scope | None] = ContextVar("autograd scope", default=None)
open_scopes: list[object] = []


class scope:
    """`with scope("attention"):` names the place that the nodes inside belong to; scopes nest.

    A picture folds a scope into one box; `node.scope.path` reads "layer 1/neuron 3". Entering the
    same scope object twice raises RuntimeError: each block is a place of its own.

    >>> from autograd import Value
    >>> with scope("layer 1"), scope("neuron 3"):
    ...     z = Value(0.5)
    >>> z.scope.path
    'layer 1/neuron 3'
    """

    __slots__ = ("_token", "name", "parent")

    def __init__(self, name: str) -> None:
        self.name = name
        self.parent: scope | None = None
        self._token: Token[scope | None] | None = None

    @property
    def path(self) -> str:
        """The names from the outermost scope to this one, joined by "/"."""
        return self.name if self.parent is None else f"{self.parent.path}/{self.name}"

    def __repr__(self) -> str:
        return f"scope({self.path!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _left, (self.name, self.parent)

    def __enter__(self) -> Self:
        if self._token is not None:
            raise RuntimeError(f"scope {self.name!r} was entered before; write scope(…) anew")
        self.parent = _scope.get()
        self._token = _scope.set(self)
        open_scopes.append(None)
        return self

    def __exit__(self, *_: object) -> None:
        open_scopes.pop()
        assert self._token is not None
        _scope.reset(self._token)


def _left(name: str, parent: scope | None) -> scope:
    """A scope as pickle brings it back: one whose block has been left."""
    made = scope(name)
    made.parent = parent
    return made


current_scope = _scope.get


class paused_collector(ContextDecorator):
    """`with paused_collector():` builds graphs at half the price: graphs have no cycles to look for.

    Python's cyclic garbage collector looks through all objects again and again while many are made;
    a graph that is no longer used is freed without it. It is restored on the way out, also after an
    error, as it was. The collector is one for the whole process, so other threads do without it too.

    >>> import gc
    >>> with paused_collector():
    ...     gc.isenabled()
    False
    """

    def __init__(self) -> None:
        self._restore: list[bool] = []

    def __enter__(self) -> Self:
        self._restore.append(gc.isenabled())
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        if self._restore.pop():
            gc.enable()
