"""Copies of graphs by `copy` and `pickle`: as deep as they are, with everything shared kept shared.

Left to themselves both follow the operands by recursion and fail at a thousand nodes. Here a graph
is copied parents first, in a loop, so that a node's operands have their copies when its turn comes.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from copy import deepcopy
from itertools import count
from operator import attrgetter
from typing import Any, TypeVar, cast

from ..table.row import RULES
from .node import Edges, Node
from .scopes import scope

N = TypeVar("N", bound=Node)


def _parents_first(root: Node, is_done: Callable[[int], bool], finish: Callable[[Node], None]) -> None:
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


def _operands(node: Node, of: Callable[[Any], Any]) -> tuple[Any, Any, Any]:
    """`first`, `second` and `rest` of a node, with `of(operand)` in place of every operand."""
    if node.rest is None:
        return of(node.first), of(node.second), None
    operands, parents, local_derivatives = node.rest
    mapped = tuple(map(of, operands))
    return None, None, (mapped, mapped if parents is operands else tuple(map(of, parents)), local_derivatives)


def _rebuilt(
    kind: type[N],
    rule: str | None,
    data: float,
    grad: float | None,
    label: str,
    line: str,
    scope: scope | None,
    local_derivatives: tuple[float | None, float | None],
    operands: tuple[Any, Any, Edges | None],
) -> N:
    """A node from its parts; every copy and every unpickled node is made here."""
    node = Node.__new__(kind)
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


def _parts(node: Node, of: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The arguments that make `_rebuilt` build a node like this one upon other operands."""
    return (
        *(type(node), node.op or None, node._data, node._grad, node.label, str(node.line), node.scope),
        (node.d_first, node.d_second),
        _operands(node, of),
    )


def _attributes(node: Node) -> dict[str, Any]:
    """The attributes of an instance of a subclass, in a dict or slots, beside the fields of every Node."""
    state: Any = object.__getstate__(node)
    parts = cast("tuple[Any, ...]", state) if isinstance(state, tuple) else (state,)
    found: dict[str, Any] = {}
    for part in parts:
        found.update(part or {})
    return {name: attribute for name, attribute in found.items() if not hasattr(Node, name)}


def _copied(node: N, of: Callable[[Any], Any]) -> N:
    """A node like this one upon other operands, still without attributes of its own."""
    made = _rebuilt(*_parts(node, of))
    made.rule = node.rule  # the one recorded, also if there is another of that name by now
    return made


def _set_attributes(node: Node, attributes: dict[str, Any]) -> None:
    for name, attribute in attributes.items():
        object.__setattr__(node, name, attribute)


def shallow_copy(node: N) -> N:
    """Another node upon the same operands."""
    made = _copied(node, lambda operand: operand)
    _set_attributes(made, _attributes(node))
    return made


def deep_copy(root: N, memo: dict[int, Any]) -> N:
    """A copy of the whole graph; `memo`, by `id`, holds what this deepcopy has copied so far."""

    def finish(node: Node) -> None:
        memo[id(node)] = made = _copied(node, lambda operand: memo.get(id(operand), operand))
        _set_attributes(made, deepcopy(_attributes(node), memo))

    _parents_first(root, memo.__contains__, finish)
    return memo[id(root)]


_places = count()


class _Record:
    """The state of a node for pickle; unpickled, it is the node.

    Pickle remembers what it has written and refers back to it. So it is given one record for each
    node, parents first: it finds the operands of each among those already written, and goes no
    deeper.
    """

    __slots__ = ("__weakref__", "batch", "node", "place")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.place = next(_places)  # operands before what uses them
        self.batch: Callable[[], _Batch | None] = _no_batch  # a weak reference

    def __reduce__(self) -> tuple[Any, ...]:
        parts = _parts(self.node, lambda operand: _records.get(id(operand), operand))
        attributes = _attributes(self.node)
        return _rebuilt, parts, (None, attributes) if attributes else None  # which pickle sets one by one


class _Batch:
    """Records in the order in which to write them, after all those of `earlier` batches.

    A pickler that has written a batch refers back to it; another one, which has not, writes it. So
    nothing depends on which pickler asks, in which thread. An earlier batch that is not at least
    twice as large is taken into the new one: pickle never goes deeper into batches than the
    logarithm of their size.
    """

    __slots__ = ("__weakref__", "earlier", "records")

    def __init__(self, earlier: tuple[_Batch, ...], records: tuple[_Record, ...]) -> None:
        self.earlier, self.records = earlier, records

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing, (self.earlier, self.records)


def _no_batch() -> None:
    """The batch of a record that is in none."""


# The record of each node, by `id`, as long as a pickler remembers it; a record keeps its node.
_records: weakref.WeakValueDictionary[int, _Record] = weakref.WeakValueDictionary()
_lock = threading.RLock()  # of the records and their batches


def reduced(root: Node) -> tuple[Any, ...]:
    """The answer to `pickle`: a function, and its arguments."""
    with _lock:
        record = _records.get(id(root))
        batch = record and record.batch()
        if record is None or batch is None:
            batch = _new_batch(root)
            record = batch.records[-1]
        return _second, (batch, record)


def _new_batch(root: Node) -> _Batch:
    records: dict[int, _Record] = {}
    earlier: dict[_Batch, None] = {}  # in the order of their being met

    def is_done(key: int) -> bool:
        if key in records:
            return True
        record = _records.get(key)
        batch = record and record.batch()
        if batch is None:
            return False
        earlier[batch] = None
        return True

    def finish(node: Node) -> None:
        record = _records.get(id(node)) or _Record(node)
        _records[id(node)] = records[id(node)] = record

    _parents_first(root, is_done, finish)
    everything = set(records.values())
    while small := next((batch for batch in earlier if len(batch.records) < 2 * len(everything)), None):
        del earlier[small]
        earlier.update(dict.fromkeys(small.earlier))
        everything.update(small.records)
    made = _Batch(tuple(earlier), tuple(sorted(everything, key=attrgetter("place"))))
    for record in made.records:
        record.batch = weakref.ref(made)
    return made


def _nothing(earlier: object, records: object) -> None:
    """A batch after unpickling."""


def _second(batch: None, node: Node) -> Node:
    return node
