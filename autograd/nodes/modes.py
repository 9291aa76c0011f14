"""The state while an operation runs: error policy, recording, source lines.

The mode is held in a context variable, so threads and asyncio tasks never see each other's blocks.
`active_modes` is the short cut: while it is empty, the default is in force everywhere and an operation
needs to ask nothing else.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from .blocks import Bare, Decorator


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Mode:
    """The settings an operation reads; the default is strict, recording, no source lines."""

    ieee: bool = False
    recording: bool = True
    lines: bool = False
    tracer: Callable[..., Any] | None = None  # takes over operations: `autograd.compiler.tracing`
    blocks: tuple[_Entry, ...] = field(default=(), repr=False)  # what made it so, outermost first


class _Entry:
    """One entry into a block: blocks may be left in another order than that of entering them."""

    __slots__ = ("changes",)

    def __init__(self, changes: dict[str, Any]) -> None:
        self.changes = changes


_DEFAULT = Mode()
_mode: ContextVar[Mode] = ContextVar("autograd mode", default=_DEFAULT)
# One entry for every mode that a block has set, as long as any context holds it: a task that was
# started inside a block keeps the block's mode when the block is left.
active_modes: list[weakref.ref[Mode]] = []


def mode() -> Mode:
    """The mode in force here, in this thread or task."""
    return _mode.get()


def _set_mode(blocks: tuple[_Entry, ...]) -> None:
    changes: dict[str, Any] = {}
    for entry in blocks:
        changes |= entry.changes
    changed = Mode(**changes, blocks=blocks) if blocks else _DEFAULT
    if blocks:
        active_modes.append(weakref.ref(changed, active_modes.remove))
    _mode.set(changed)


class Block(Decorator):
    """A block that changes some fields of the mode."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._entries: list[_Entry] = []

    def __enter__(self) -> Self:
        entry = _Entry(self._changes)
        self._entries.append(entry)
        _set_mode((*_mode.get().blocks, entry))
        return self

    def __exit__(self, *_: object) -> None:
        """Take this block's changes back, and leave those of blocks that were entered since."""
        entry = self._entries.pop()
        blocks = _mode.get().blocks
        if entry in blocks:  # a generator may be closed in another context, which never had it
            _set_mode(tuple(other for other in blocks if other is not entry))

    def _again(self) -> Block:
        again = object.__new__(type(self))
        Block.__init__(again, **self._changes)
        return again


class errstate(Block):
    """`with errstate("ieee"):` gives inf and nan where the default, "strict", raises.

    >>> import autograd
    >>> with errstate("ieee"):
    ...     print(autograd.log(0.0))
    -inf
    """

    def __init__(self, policy: Literal["strict", "ieee"]) -> None:
        if policy not in ("strict", "ieee"):
            raise ValueError(f'errstate takes "strict" or "ieee", not {policy!r:.80}')
        super().__init__(ieee=policy == "ieee")


class no_grad(Block, Bare):
    """`with no_grad():` computes without recording: results are leaves without parents.

    Also a decorator, `@no_grad` or `@no_grad()`: of functions, generator functions and coroutines.

    Raises TypeError in a function that is being compiled, whose program would differentiate them.

    >>> from autograd import Value
    >>> with no_grad():
    ...     y = Value(3.0) * 2
    >>> y.parents
    ()
    """

    def __init__(self) -> None:  # pyright: ignore[reportInconsistentConstructor]
        super().__init__(recording=False)

    def __enter__(self) -> Self:
        if mode().tracer:
            raise TypeError(
                "no_grad() in a function that is being compiled: its program differentiates all that f "
                "does. Compute what is to be a constant beforehand, or give it to f as an input."
            )
        return super().__enter__()


class record_lines(Block, Bare):
    """`with record_lines():` keeps, for every node, the source line that created it.

    Errors of a backward pass then name that line. `node.line` reads "file:line: source".

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with record_lines():
    ...     y = x * x
    >>> x.line == "", y.line != ""
    (True, True)
    """

    def __init__(self) -> None:  # pyright: ignore[reportInconsistentConstructor]
        super().__init__(lines=True)
