"""scope: the name of the place in a model that a node belongs to."""

from __future__ import annotations

import weakref
from contextvars import ContextVar
from typing import Any, Self


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
