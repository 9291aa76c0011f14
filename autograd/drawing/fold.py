"""Folding: which nodes share a box, and the derivatives through it.

A folded scope is one box. An edge into it carries the *total* derivative through it, the sum over
the paths inside, so that upstream × total = contribution still holds, and the contributions that a
node receives still sum to its gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..modes import scope
from ..value import Value

Folds = Callable[[scope], bool]
Use = tuple[Value, int]  # a node, and the index of what it uses among its parents


@dataclass(eq=False, slots=True)
class Group:
    """What one box shows: a single node, or the nodes of the scope `folded`."""

    nodes: list[Value]
    place: scope | None  # the scope that the box is drawn in
    folded: scope | None = None
    parameters: list[Value] = field(default_factory=list["Value"])  # leaves that nobody else uses
    outputs: list[Value] = field(default_factory=list["Value"])  # nodes that others use, or the root


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
        inputs = range(0)
        if node.op == "dot":
            n = len(node.operands) // 2
            inputs = range(n, 2 * n)
        for i, operand in enumerate(node.operands):
            if isinstance(operand, Value):
                users.setdefault(operand, set()).add(None if i in inputs else node.scope)
    return {
        node: next(iter(users[node]))
        if not node.parents and node.scope is None and len(users.get(node, ())) == 1
        else node.scope
        for node in order
    }


def named(name: str) -> Folds:
    """Scopes called `name`, or `name` and a number ("layer" folds "layer 1"), or with that path.

    >>> named("layer")(scope("layer 2")), named("layer")(scope("layered"))
    (True, False)
    """
    return lambda place: place.path == name or name == place.name or place.name.startswith(f"{name} ")


def at_depth(depth: int) -> Folds:
    """Scopes inside `depth - 1` others."""
    return lambda place: len(chain(place)) == depth


def groups(order: list[Value], folds: Folds, opened: Iterable[str] = ()) -> list[Group]:
    """The boxes of a picture, in topological order of their first nodes.

    Opening a scope opens those around it; what lies folded beside it, and inside it, stays so.
    """
    open_paths = {"/".join(path.split("/")[:n]) for path in opened for n in range(1, path.count("/") + 2)}
    decided: dict[scope | None, scope | None] = {None: None}

    def folded(place: scope | None) -> scope | None:
        if place not in decided:
            inside = False
            decided[place] = None
            for around in chain(place):
                inside = inside or folds(around)
                if inside and around.path not in open_paths:
                    decided[place] = around
                    break
        return decided[place]

    where = places(order)
    of_scope: dict[scope, Group] = {}
    made: list[Group] = []
    for node in order:
        box = folded(where[node])
        group = of_scope.get(box) if box else None
        if group is None:
            group = Group([], box.parent if box else where[node], box)
            made.append(group)
            if box:
                of_scope[box] = group
        group.nodes.append(node)
    return made


def inner_derivatives(group: Group, output: Value) -> dict[Value, float]:
    """∂output/∂node for the nodes of the group, along the paths that stay inside it."""
    inside = set(group.nodes)
    derivatives = {output: 1.0}
    for node in reversed(group.nodes):
        if node in derivatives:
            for parent, local in zip(node.parents, node.local_derivatives, strict=True):
                if parent in inside:
                    derivatives[parent] = derivatives.get(parent, 0.0) + derivatives[node] * local
    return derivatives


def links(made: list[Group], root: Value, gradients: Mapping[Value, float]) -> list[Link]:
    """The edges between the boxes; this also finds the groups' outputs and parameters."""
    group_of = {node: group for group in made for node in group.nodes}
    used_outside = {root}
    for node, group in group_of.items():
        used_outside.update(parent for parent in node.parents if group_of[parent] is not group)
    for group in made:
        group.outputs = [node for node in group.nodes if node in used_outside]
        if group.folded:
            group.parameters = [n for n in group.nodes if not n.parents and n not in used_outside]
    found: list[Link] = []
    for group in made:
        single = len(group.outputs) == 1
        through = inner_derivatives(group, group.outputs[0]) if single else {}
        found += [_link(group_of, uses, through, gradients) for uses in _uses_together(group, group_of)]
    return found


def _uses_together(group: Group, group_of: Mapping[Value, Group]) -> list[list[Use]]:
    """The uses of other boxes' values in this one, those in one list that share an edge."""
    together: dict[object, list[Use]] = {}
    for node in group.nodes:
        for slot, parent in enumerate(node.parents):
            tail = group_of[parent]
            if tail is not group:
                many = len(tail.outputs) > 1
                edge = tail if many else parent if group.folded else (node, slot)
                together.setdefault(edge, []).append((node, slot))
    return list(together.values())


def _link(
    group_of: Mapping[Value, Group],
    uses: list[Use],
    through: Mapping[Value, float],
    gradients: Mapping[Value, float],
) -> Link:
    node, slot = uses[0]
    head, tail = group_of[node], group_of[node.parents[slot]]
    values = {node.parents[slot] for node, slot in uses}
    value = values.pop() if len(values) == 1 else None
    if value is not None and through:
        upstream = gradients.get(head.outputs[0])
        local = math.fsum(through[node] * node.local_derivatives[slot] for node, slot in uses)
        contribution = None if upstream is None else upstream * local
    else:
        upstream = local = contribution = None
        if all(node in gradients for node, _ in uses):
            contribution = math.fsum(gradients[node] * node.local_derivatives[slot] for node, slot in uses)
    return Link(tail, head, value, uses, upstream, local, contribution)
