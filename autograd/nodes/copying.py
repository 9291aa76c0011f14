"""Copies of graphs by `copy` and `pickle`: as deep as they are, with everything shared kept shared.

Left to themselves both follow the operands by recursion and fail at a thousand nodes. Here a graph
is copied parents first, in a loop, so that a node's operands have their copies when its turn comes.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..table.row import RULES

if TYPE_CHECKING:
    from ..value import Edges, Value
    from .modes import scope


def _parents_first(root: Value, is_done: Callable[[int], bool], finish: Callable[[Value], None]) -> None:
    """Finish every node below `root` whose `id` is not done, each after its parents."""
    waiting = [root]
    while waiting:
        node = waiting[-1]
        missing = () if is_done(id(node)) else [parent for parent in node.parents if not is_done(id(parent))]
        if missing:
            waiting.extend(missing)
            continue
        waiting.pop()
        if not is_done(id(node)):
            finish(node)


def _operands(node: Value, of: Callable[[Any], Any]) -> tuple[Any, Any, Any]:
    """`first`, `second` and `rest` of a node, with `of(operand)` in place of every operand."""
    if node.rest is None:
        return of(node.first), of(node.second), None
    operands, parents, local_derivatives = node.rest
    mapped = tuple(map(of, operands))
    return None, None, (mapped, mapped if parents is operands else tuple(map(of, parents)), local_derivatives)


def _rebuilt(
    kind: type[Value],
    rule: str | None,
    data: float,
    grad: float | None,
    label: str,
    line: str,
    scope: scope | None,
    local_derivatives: tuple[float | None, float | None],
    operands: tuple[Any, Any, Edges | None],
) -> Value:
    """A node from its parts; every copy and every unpickled node is made here."""
    node = object.__new__(kind)
    try:
        node.rule = None if rule is None else RULES[rule]
    except KeyError:
        from pickle import UnpicklingError

        raise UnpicklingError(
            f"this graph uses the operation {rule!r}, which is not in the table here: define it first"
        ) from None
    node._data, node._grad, node._label, node.line, node.scope = data, grad, label, line, scope
    node.d_first, node.d_second = local_derivatives
    node.first, node.second, node.rest = operands
    return node


def _parts(node: Value, of: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The arguments that make `_rebuilt` build a node like this one upon other operands."""
    return (
        *(type(node), node.op or None, node._data, node._grad, node.label, node.line, node.scope),
        (node.d_first, node.d_second),
        _operands(node, of),
    )


def _attributes(node: Value) -> dict[str, Any]:
    """What an instance of a subclass holds beside the fields of every Value."""
    return getattr(node, "__dict__", {})


def shallow_copy(node: Value) -> Value:
    """Another node upon the same operands."""
    made = _rebuilt(*_parts(node, lambda operand: operand))
    _attributes(made).update(_attributes(node))
    return made


def deep_copy(root: Value, memo: dict[int, Any]) -> Value:
    """The whole graph anew; `memo`, by `id`, holds what this deepcopy has copied so far."""

    def finish(node: Value) -> None:
        memo[id(node)] = made = _rebuilt(*_parts(node, lambda operand: memo.get(id(operand), operand)))
        _attributes(made).update(deepcopy(_attributes(node), memo))

    _parents_first(root, memo.__contains__, finish)
    return memo[id(root)]


class _Record:
    """What pickle sees of a node; unpickled, it is the node.

    Pickle remembers what it has written and refers back to it. So it is given one record for each
    node, parents first: it finds the operands of each among those already written, and goes no
    deeper.
    """

    __slots__ = ("node",)

    def __init__(self, node: Value) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Any, ...]:
        records = _session().records
        parts = _parts(self.node, lambda operand: records.get(id(operand), operand))
        return _rebuilt, parts, _attributes(self.node) or None


class _Session:
    """The records that a pickler has met, by the `id` of their nodes.

    The session is a part of what is pickled, so the pickler keeps it alive, and with it the one
    record for each node that keeps sharing between `x` and `y` in `[x, y]`.
    """

    __slots__ = ("__weakref__", "records")

    def __init__(self) -> None:
        self.records: dict[int, _Record] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, ()


class _Local(threading.local):
    session: Callable[[], _Session | None] = staticmethod(lambda: None)  # a weak reference


_local = _Local()


def _session() -> _Session:
    """The session of the pickler at work in this thread."""
    session = _local.session()
    if session is None:
        session = _Session()
        _local.session = weakref.ref(session)
    return session


def reduced(root: Value) -> tuple[Any, ...]:
    """What `pickle` asks of a Value: a function, and what to give it."""
    session = _session()
    records = session.records
    new: list[_Record] = []

    def finish(node: Value) -> None:
        new.append(_Record(node))
        records[id(node)] = new[-1]

    _parents_first(root, records.__contains__, finish)
    return _last, (session, tuple(new) or (records[id(root)],))


def _nothing() -> None:
    """What a session is once it is unpickled."""


def _last(session: None, nodes: tuple[Value, ...]) -> Value:
    return nodes[-1]
