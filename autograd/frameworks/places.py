"""Names and scopes for what is imported: by module, operation and row, as the framework's user knows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from typing import Any, cast

import numpy as np

from ..graph import topological_order
from ..nodes.scopes import current_scope, scope
from ..operations.functions import dot
from ..value import Value
from .arrays import Array
from .operations import Call, Row

Path = Sequence[tuple[Hashable, str]]  # places, outermost first: what tells them apart, and their names


class Places:
    """The scopes of one import, and the names of its operations.

    Two places of one name get numbers: a module that is called twice is "cell: RNNCell", then
    "cell: RNNCell 2"; results are named like FX names them, "linear", then "linear_1".
    """

    def __init__(self) -> None:
        self._outer = current_scope()
        self._places: dict[tuple[Hashable, ...], scope] = {}
        self._counts: dict[tuple[scope | None, str], int] = {}
        self._names: dict[str, int] = {}

    def within(self, path: Path) -> scope | None:
        """The scope at the end of a path."""
        place = self._outer
        for depth, (_, name) in enumerate(path, 1):
            key = tuple(part for part, _ in path[:depth])
            if key not in self._places:
                self._places[key] = self.new(name, place)
            place = self._places[key]
        return place

    def new(self, name: str, around: scope | None) -> scope:
        """A new scope in another, still to be entered."""
        count = self._counts[around, name] = self._counts.get((around, name), 0) + 1
        made = scope(name if count == 1 else f"{name} {count}")
        made.parent = around
        return made

    def result(self, name: str) -> str:
        """A name for the results of one more operation called `name`."""
        count = self._names.get(name, 0)
        self._names[name] = count + 1
        return f"{name}_{count}" if count else name


def computed(row: Row, call: Call, place: scope, source: str) -> tuple[Any, ...]:
    """The results of a row, whose nodes are made in a place; an error names it, and the operation."""
    around = place.parent
    with place:
        place.parent = around
        try:
            made = row(call)
        except (ArithmeticError, ValueError) as error:
            error.add_note(f"in {place.path}, from {source}")
            raise
    return cast("tuple[Any, ...]", made) if isinstance(made, tuple) else (made,)


MOST_BOXES = 40  # of a picture at first; with more, what lies around them folds


def folded_at_first(root: Value, boxes: Collection[scope]) -> list[str]:
    """The paths of the boxes in the graph that hold several nodes, or of what lies around them."""
    sizes: dict[scope, int] = {}
    for node in topological_order(root):
        for place in _around(node.scope):
            sizes[place] = sizes.get(place, 0) + 1
    found = {box for box in boxes if sizes.get(box, 0) > 1}
    while len(found) > MOST_BOXES and (deepest := max(len(_around(box)) for box in found)) > 1:
        found = {(box.parent or box) if len(_around(box)) == deepest else box for box in found}
    return [box.path for box in found]


def place_leaves(roots: Sequence[Value | float]) -> None:
    """Draw each leaf in the innermost scope around all its uses, as a layer's weights are in the layer.

    The inputs x of a dot belong to nobody. Raises ValueError if all roots are plain numbers.
    """
    if not any(isinstance(root, Value) for root in roots):
        raise ValueError("the result is a constant: it depends on no item of what has a gradient")
    users: dict[Value, list[list[scope]]] = {}
    for node in topological_order(dot([1.0] * len(roots), roots))[:-1]:
        operands = node.operands
        n = len(operands) // 2 if node.op == "dot" else 0
        for i, operand in enumerate(operands):
            if isinstance(operand, Value) and operand.rule is None:
                around = [] if n <= i < 2 * n else _around(node.scope)[::-1]
                users.setdefault(operand, []).append(around)
    for leaf, chains in users.items():
        shared = [places[0] for places in zip(*chains) if len(set(places)) == 1]
        if len(shared) > len(_around(leaf.scope)):
            leaf.scope = shared[-1]


def _around(place: scope | None) -> list[scope]:
    """A scope and all around it."""
    found: list[scope] = []
    while place is not None:
        found.append(place)
        place = place.parent
    return found


def label(values: Array, name: str) -> None:
    """Name the Values of an array that have no name by their indices."""
    for index in np.ndindex(*values.shape):
        value = values[index]
        if isinstance(value, Value) and not value.label:
            value.label = name + (f"[{', '.join(map(str, index))}]" if index else "")


def has_new(values: Array) -> bool:
    """Whether an operation computed something: not if it only moved results that have names."""
    return any(isinstance(value, Value) and not value.label for value in values.flat)


def settle(values: Array, place: scope, is_layer: bool = False) -> None:
    """Give the nodes of an operation the scopes that they are drawn in.

    A single node needs no scope of its own beside the layer's. Else the nodes behind each row of the
    result get one; rows are counted along the first axis that has several places, if another one
    follows, and what rows share stays outside.
    """
    nodes = _nodes_in(values, place)
    if len(nodes) == 1 and not is_layer:
        nodes.pop().scope = place.parent
    axis = next((axis for axis, size in enumerate(values.shape) if size > 1), values.ndim)
    if axis >= values.ndim - 1:
        return
    behind = [_nodes_in(row, place) for row in values.swapaxes(0, axis)]
    uses = Counter(node for nodes in behind for node in nodes)
    for number, nodes in enumerate(behind):
        row = scope(f"row {number}")
        row.parent = place
        for node in nodes:
            if uses[node] == 1:
                node.scope = row


def _nodes_in(values: Array, place: scope) -> set[Value]:
    """The nodes of a scope that these are computed from."""
    found: set[Value] = set()
    waiting = [value for value in values.flat if isinstance(value, Value)]
    while waiting:
        node = waiting.pop()
        if node.scope is place and node not in found:
            found.add(node)
            waiting.extend(node.parents)
    return found
