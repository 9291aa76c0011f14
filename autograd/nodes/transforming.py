"""The transforms (`grad`, `jvp`, …) that are calling their function now, in this thread or task."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any


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
open_transforms: list[None] = []  # one entry for each, in any thread; as `active_modes`
