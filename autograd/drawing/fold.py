"""Folding: which nodes share a box, and the derivatives through it.

A folded scope is one box. An edge into it carries the *total* derivative through it, the sum over
the paths inside, so that upstream × total = contribution still holds, and the contributions that a
node receives still sum to its gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from ..nodes.scopes import scope
from ..value import Value

Folds = Callable[[scope], bool]
Use = tuple[Value, int]  # a node, and the index of what it uses among its parents


@dataclass(eq=False, slots=True)
class Group:
    """The content of one box: a node, a folded scope, leaves with the same users, or what is left out."""

    kind: Literal["node", "scope", "leaves", "elsewhere"]
    nodes: list[Value]  # in topological order
    place: scope | None = None  # the scope that the box is drawn in
    folded: scope | None = None
    parameters: list[Value] = field(default_factory=list["Value"])  # leaves that nobody else uses
    outputs: list[Value] = field(
        default_factory=list["Value"]
    )  # nodes that others use, or outputs of the graph


@dataclass(frozen=True, eq=False, slots=True)
class Link:
    """An edge between boxes: one use of a value, or all uses of it by a folded box.

    `contribution` is what the uses give to the gradient of the value. It is `upstream * local`
    wherever the head has one output; `local` is a total derivative where the head is folded.
    `value` is None where the edge stands for several values.
    """

    tail: Group
    head: Group
    value: Value | None
    uses: list[Use]
    upstream: float | None
    local: float | None
    contribution: float | None


def chain(place: scope | None) -> list[scope]:
    """The scopes around a place, outermost first."""
    around: list[scope] = []
    while place is not None:
        around.append(place)
        place = place.parent
    return around[::-1]


def places(order: list[Value]) -> dict[Value, scope | None]:
    """The scope in which each node is drawn.

    A leaf made outside all scopes belongs to the scope that alone uses it, as a neuron's weights
    do; the inputs x of a dot are nobody's.
    """
    users: dict[Value, set[scope | None]] = {}
    for node in order:
        operands = node.operands
        n = len(operands) // 2 if node.op == "dot" else 0
        for i, operand in enumerate(operands):
            if isinstance(operand, Value) and not operand.parents and operand.scope is None:
                users.setdefault(operand, set()).add(None if n <= i < 2 * n else node.scope)
    alone = {leaf: next(iter(scopes)) for leaf, scopes in users.items() if len(scopes) == 1}
    return {node: alone.get(node, node.scope) for node in order}


def groups(order: list[Value], folds: Folds, opened: Iterable[str] = ()) -> list[Group]:
    """The boxes of a picture, in topological order of their last nodes.

    Opening a scope opens those around it; what lies folded beside it, and inside it, stays so.
    """
    open_paths = {"/".join(path.split("/")[:n]) for path in opened for n in range(1, path.count("/") + 2)}
    boxes: dict[scope | None, scope | None] = {None: None}  # by place, the scope folded there

    def box(place: scope | None) -> scope | None:
        if place not in boxes:
            inside, boxes[place] = False, None
            for around in chain(place):
                inside = inside or folds(around)
                if inside and around.path not in open_paths:
                    boxes[place] = around
                    break
        return boxes[place]

    where = places(order)
    made: dict[Group, None] = {}
    of_scope: dict[scope, Group] = {}
    for node in order:
        folded = box(where[node])
        if folded is None:
            made[Group("node", [node], where[node])] = None
        else:
            group = of_scope.setdefault(folded, Group("scope", [], folded.parent, folded))
            group.nodes.append(node)
            made.pop(group, None)  # to the end
            made[group] = None
    return list(made)


def inner_derivatives(group: Group, output: Value) -> dict[Value, float]:
    """∂output/∂node for the nodes of the group, along the paths that stay inside it."""
    derivatives = dict.fromkeys(group.nodes, 0.0)
    derivatives[output] = 1.0
    for node in reversed(group.nodes):
        if derivatives[node]:
            for parent, local in zip(node.parents, node.local_derivatives, strict=True):
                if parent in derivatives:
                    derivatives[parent] += derivatives[node] * local
    return derivatives


def group_of(made: Iterable[Group]) -> dict[Value, Group]:
    """Where each node is shown."""
    return {node: group for group in made for node in group.nodes}


def box_keys(order: Sequence[Value], boxes: Iterable[Group]) -> dict[Group, str]:
    """The ends of the boxes' ids: n3 for a node, by its place in the graph `order`; s0, s1, … for others."""
    index, several = {node: k for k, node in enumerate(order)}, count()
    return {box: f"n{index[box.nodes[0]]}" if box.kind == "node" else f"s{next(several)}" for box in boxes}


def links(made: list[Group], outputs: Iterable[Value], gradients: Mapping[Value, float]) -> list[Link]:
    """The edges between the boxes; this also finds the groups' outputs and parameters."""
    shown_in = group_of(made)
    used_outside = {*outputs}
    for node, group in shown_in.items():
        used_outside.update(parent for parent in node.parents if shown_in[parent] is not group)
    for group in made:
        group.outputs = [node for node in group.nodes if node in used_outside]
        if group.kind == "scope":
            group.parameters = [n for n in group.nodes if not n.parents and n not in used_outside]
    found: list[Link] = []
    for group in made:
        through = inner_derivatives(group, group.outputs[0]) if len(group.outputs) == 1 else {}
        for uses in _uses_together(group, shown_in):
            found.append(_link(shown_in, uses, through, gradients))
    return found


def _uses_together(group: Group, shown_in: Mapping[Value, Group]) -> list[list[Use]]:
    """The uses of other boxes' values in this one, those in one list that share an edge."""
    together: dict[object, list[Use]] = {}
    for node in group.nodes:
        for slot, parent in enumerate(node.parents):
            tail = shown_in[parent]
            if tail is not group:
                alone = (node, slot) if group.kind == "node" else parent
                together.setdefault(tail if len(tail.outputs) > 1 else alone, []).append((node, slot))
    return list(together.values())


def _link(
    shown_in: Mapping[Value, Group],
    uses: list[Use],
    through: Mapping[Value, float],
    gradients: Mapping[Value, float],
) -> Link:
    node, slot = uses[0]
    tail, head = shown_in[node.parents[slot]], shown_in[node]
    values = {node.parents[slot] for node, slot in uses}
    value = values.pop() if len(values) == 1 else None
    upstream = local = contribution = None
    if value is not None and through:
        upstream = gradients.get(head.outputs[0])
        local = math.fsum(through[node] * node.local_derivatives[slot] for node, slot in uses)
        contribution = None if upstream is None else upstream * local
    elif all(node in gradients for node, _ in uses):
        contribution = math.fsum(gradients[node] * node.local_derivatives[slot] for node, slot in uses)
    return Link(tail, head, value, uses, upstream, local, contribution)
