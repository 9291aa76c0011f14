"""A backward pass over the boxes of a picture, in which a folded scope passes everything on in one step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..drawing.fold import Group, Link, Use, group_of, inner_derivatives, links
from ..graph import Step, sweep
from ..text.through import Through
from ..value import Value


@dataclass(frozen=True, eq=False, slots=True)
class Message:
    """A step, and how the picture shows it: the box `head` passes it along the drawn edge `edge`.

    `uses` are the uses of the value that it stands for. If the step leads through a folded box, `through`
    has the ways inside it; if it completes what a folded box receives, `inside` has the steps in there.
    """

    step: Step
    head: Group
    edge: str
    uses: list[Use]
    inside: list[Step]
    through: Through | None = None


def messages(order: Sequence[Value], boxes: Sequence[Group]) -> list[Message]:
    """The steps over the boxes of the graph `order`, whose last node is the output.

    If nothing is folded these are the steps of the sweep. A folded box passes on its total
    derivatives: `local` is the sum over the paths inside it; if it has several outputs there is only
    the `contribution` of them all. The edges are named as the picture names them.
    """
    root, index = order[-1], {node: k for k, node in enumerate(order)}
    if all(box.kind == "node" for box in boxes):
        head_of = {box.nodes[0]: box for box in boxes}
        return [
            Message(step, head_of[step.node], "", [], [])
            if step.slot is None
            else Message(
                step, head_of[step.node], f"e{index[step.node]}-{step.slot}", [(step.node, step.slot)], []
            )
            for step in sweep(root, {})
        ]
    final: dict[Value, float] = {}
    for _ in sweep(root, final):
        pass
    keys = box_keys(order, boxes)
    found: list[Message] = []
    gradients = {root: 1.0}
    last: dict[Group, Message] = {}  # that a box has received
    shown_in = group_of(boxes)
    for box, into in _order(boxes, links(list(boxes), [root], final), index):
        if root in box.nodes:
            seed = Message(Step(root, None, None, None, None, 1.0, 0.0, 1.0, root), box, "", [], [])
            found.append(seed)
            last[box] = seed
        if box.folded and box in last:
            last[box].inside.extend(_inside(box, final, gradients, root))
        for link in into:
            for value, uses, upstream, local, contribution, through in _shares(link, final):
                node, slot = uses[0]
                before = gradients.get(value, 0.0)
                gradients[value] = before + contribution
                single = box.kind == "node"
                step = Step(
                    node if single else box.outputs[-1], value, slot if single else None,
                    upstream, local, contribution, before, gradients[value], root,
                )  # fmt: skip
                tail = keys[link.tail] if link.value is None else str(index[link.value])
                edge = f"e{index[node]}-{link.uses[0][1]}" if single else f"{keys[box]}-e{tail}"
                found.append(Message(step, box, edge, uses, [], through))
                last[shown_in[value]] = found[-1]
    return found


def _inside(
    box: Group, final: Mapping[Value, float], gradients: dict[Value, float], root: Value
) -> Iterator[Step]:
    """The steps from a node of a box to another; they add to `gradients`."""
    within = set(box.nodes)
    for node in reversed(box.nodes):
        for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives, strict=True)):
            if parent in within and node in final:
                before, contribution = gradients.get(parent, 0.0), final[node] * local
                gradients[parent] = before + contribution
                yield Step(
                    node, parent, slot, final[node], local, contribution, before, gradients[parent], root
                )


def box_keys(order: Sequence[Value], boxes: Sequence[Group]) -> dict[Group, str]:
    """The boxes' names in the picture: n3 for a node, s0, s1, … for the others."""
    index = {node: k for k, node in enumerate(order)}
    several = (box for box in boxes if box.kind != "node")
    keys = {box: f"s{j}" for j, box in enumerate(several)}
    return {box: keys.get(box) or f"n{index[box.nodes[0]]}" for box in boxes}


def _order(
    boxes: Sequence[Group], found: Sequence[Link], index: Mapping[Value, int]
) -> Iterator[tuple[Group, list[Link]]]:
    """The boxes from the output on, each after all that use it, with the edges into it.

    Scopes may use each other in a circle; then the one computed last comes first.
    """
    into: dict[Group, list[Link]] = {box: [] for box in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for link in found:
        into[link.head].append(link)
        waiting[link.tail] += 1
    while waiting:
        box = max(waiting, key=lambda box: (-waiting[box], index[box.nodes[-1]]))
        del waiting[box]
        for link in into[box]:
            if link.tail in waiting:
                waiting[link.tail] -= 1
        yield box, into[box]


def _shares(
    link: Link, final: Mapping[Value, float]
) -> Iterator[tuple[Value, list[Use], float | None, float | None, float, Through | None]]:
    """The parts that an edge brings to each of its values: uses, upstream, local, contribution, the ways."""
    head = link.head
    if head.kind == "node":
        for node, slot in link.uses:
            upstream, local = final[node], node.local_derivatives[slot]
            yield node.parents[slot], [(node, slot)], upstream, local, upstream * local, None
        return
    output = head.outputs[0] if len(head.outputs) == 1 else None
    factors = final if output is None else inner_derivatives(head, output)
    for value in dict.fromkeys(node.parents[slot] for node, slot in link.uses):
        uses = [(node, slot) for node, slot in link.uses if node.parents[slot] is value]
        through = Through(
            head.folded.path if head.folded else "", output, uses, [factors[n] for n, _ in uses]
        )
        total = math.fsum(factors[n] * n.local_derivatives[s] for n, s in uses)
        if output is None:
            yield value, uses, None, None, total, through
        else:
            yield value, uses, final[output], total, final[output] * total, through
