"""The state while an operation runs: error policy, recording, transforms, names of places.

Everything here is held in context variables, so threads and asyncio tasks never see each other's
blocks. `active_modes`, `open_scopes` and `open_transforms` are the short cut: while they are empty,
nothing is in force anywhere and an operation needs to ask nothing else.
"""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Callable, Generator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Literal, Self, TypeVar, cast, overload


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


F = TypeVar("F", bound=Callable[..., Any])


class _Decorator:
    """A `with` block that is a decorator too: `@no_grad()`, and `@no_grad` if it needs no argument.

    A decorated generator function is in the block while it runs, and the code that consumes it is
    not. A coroutine is in the block until it ends, as its task has a context of its own.
    """

    def _again(self) -> _Decorator:
        """A block of its own for every call of a decorated function, whatever thread it is in."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def __call__(self, function: F) -> F:
        """The function with this block around every call of it.

        Raises TypeError for a class and for an asynchronous generator: write the `with` inside.
        """
        name = type(self).__name__
        if inspect.isclass(function) or inspect.isasyncgenfunction(function) or not callable(function):
            raise TypeError(
                f"@{name} decorates functions, generator functions and coroutines, not {function!r:.80}; "
                f"write `with {name}(…):` inside"
            )

        def call(*arguments: Any, **options: Any) -> Any:
            with self._again():
                return function(*arguments, **options)

        async def run(*arguments: Any, **options: Any) -> Any:
            with self._again():
                return await function(*arguments, **options)

        def generate(*arguments: Any, **options: Any) -> Generator[Any, Any, Any]:
            return (yield from self._around_each_turn(function(*arguments, **options)))

        is_generator, is_coroutine = inspect.isgeneratorfunction, inspect.iscoroutinefunction
        around: Any = generate if is_generator(function) else run if is_coroutine(function) else call
        return cast("F", wraps(function)(around))

    def _around_each_turn(self, steps: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """The generator, in the block whenever it runs and only then."""
        resume: Callable[..., Any] = steps.send
        given: Any = None
        while True:
            try:
                with self._again():
                    item = resume(given)
            except StopIteration as end:
                return end.value
            try:
                resume, given = steps.send, (yield item)
            except GeneratorExit:
                with self._again():
                    steps.close()
                raise
            except BaseException as raised:
                resume, given = steps.throw, raised


class _Bare(_Decorator):
    """A block without arguments, which decorates without parentheses too."""

    @overload
    def __new__(cls) -> Self: ...
    @overload
    def __new__(cls, function: F) -> F: ...
    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        return super().__new__(cls) if function is None else cls()(function)


class _Block(_Decorator):
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

    def _again(self) -> _Block:
        again = object.__new__(type(self))
        _Block.__init__(again, **self._changes)
        return again


class errstate(_Block):
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


class no_grad(_Block, _Bare):
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


class record_lines(_Block, _Bare):
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


class _Scopes:
    """The scopes that are open here, outermost first."""

    __slots__ = ("__weakref__", "open")

    def __init__(self, scopes: tuple[scope, ...]) -> None:
        self.open = scopes


_scopes: ContextVar[_Scopes] = ContextVar("autograd scopes", default=_Scopes(()))  # noqa: B039  (not changed)
innermost_scope: ContextVar[scope | None] = ContextVar("autograd scope", default=None)  # the last of them
current_scope = innermost_scope.get
open_scopes: list[object] = []  # as `active_modes`


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

    __slots__ = ("_around", "_entered", "_inside", "name", "parent")

    def __init__(self, name: str) -> None:
        self.name = name
        self.parent: scope | None = None
        self._entered = False
        self._around: _Scopes | None = None  # the scopes in force around the block, and inside of it
        self._inside: _Scopes | None = None

    @property
    def path(self) -> str:
        """The names from the outermost scope to this one, joined by "/"."""
        return self.name if self.parent is None else f"{self.parent.path}/{self.name}"

    def __repr__(self) -> str:
        return f"scope({self.path!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _left, (self.name, self.parent)

    def __enter__(self) -> Self:
        if self._entered:
            raise RuntimeError(f"scope {self.name!r} was entered before; write scope(…) again")
        self._entered = True
        self.parent = innermost_scope.get()
        self._around = around = _scopes.get()
        self._inside = inside = _Scopes((*around.open, self))
        open_scopes.append(weakref.ref(inside, open_scopes.remove))
        _scopes.set(inside)
        innermost_scope.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave this scope, and no other: generators may leave theirs in another order."""
        now, inside, around = _scopes.get(), self._inside, self._around
        self._inside = self._around = None
        if now is not inside or around is None:
            if self not in now.open:  # a generator may be closed in another context
                return
            around = _Scopes(tuple(other for other in now.open if other is not self))
            if around.open:
                open_scopes.append(weakref.ref(around, open_scopes.remove))
        _scopes.set(around)
        innermost_scope.set(around.open[-1] if around.open else None)


def _left(name: str, parent: scope | None) -> scope:
    """A scope as pickle brings it back: one whose block has been left."""
    made = scope(name)
    made.parent = parent
    return made


class Transform:
    """A transform that is calling its function: what it has seen of the graph so far.

    `leaves` are the leaves that the function made itself, which are constants to it; `met` are the
    nodes that transforms inside this one have searched, so that a loop of a thousand gradients
    visits each node once.
    """

    __slots__ = ("leaves", "met")

    def __init__(self, outer: Transform | None) -> None:
        self.leaves: set[Any] = outer.leaves if outer else set()
        self.met: set[Any] = set()


transforming: ContextVar[Transform | None] = ContextVar("autograd transform", default=None)
open_transforms: list[None] = []  # one entry for each, in any thread


class paused_collector(_Bare):
    """`with paused_collector():` builds graphs at half the price: graphs have no cycles to look for.

    Python's cyclic garbage collector looks through all objects again and again while many are made;
    a graph that is no longer used is freed without it. It is restored on the way out, also after an
    error, as it was. The collector is one for the whole process, so other threads do without it too.

    >>> import gc
    >>> with paused_collector():
    ...     gc.isenabled()
    False
    """

    def __init__(self) -> None:  # pyright: ignore[reportInconsistentConstructor]
        self._restore: list[bool] = []

    def _again(self) -> paused_collector:
        return paused_collector()

    def __enter__(self) -> Self:
        self._restore.append(gc.isenabled())
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        if self._restore.pop():
            gc.enable()
