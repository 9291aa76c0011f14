"""A backward pass over the boxes of a picture, in which a folded scope passes everything on in one step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from ..drawing.fold import Group, Link, Use, box_keys, group_of, inner_derivatives, links
from ..graph import Step, gradients_of
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
    root, index, keys = order[-1], {node: k for k, node in enumerate(order)}, box_keys(order, boxes)
    final, shown_in = gradients_of(root), group_of(boxes)
    gradients = {root: 1.0}  # so far

    def step(
        node: Value, to: Value, slot: int | None, upstream: float | None, local: float | None, gain: float
    ) -> Step:
        before = gradients.get(to)
        gradients[to] = gain if before is None else before + gain
        return Step(node, to, slot, upstream, local, gain, before or 0.0, gradients[to], root)

    seed = Step(root, None, None, None, None, 1.0, 0.0, 1.0, root)
    found = [Message(seed, shown_in[root], "", [], [])]
    last = {shown_in[root]: found[0]}  # that a box has received
    for box, into in _order(boxes, links(list(boxes), [root], final), index):
        if box.folded and box in last:
            last[box].inside.extend(
                step(node, parent, slot, final[node], local, final[node] * local)
                for node in reversed(box.nodes)
                for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives, strict=True))
                if shown_in[parent] is box and node in final
            )
        for link in into:
            for value, uses, upstream, local, contribution, through in _shares(link, final):
                node, slot = uses[0]
                if box.kind == "node":
                    told = step(node, value, slot, upstream, local, contribution)
                    edge = f"e{index[node]}-{link.uses[0][1]}"
                else:
                    told = step(box.outputs[-1], value, None, upstream, local, contribution)
                    edge = f"{keys[box]}-e{keys[link.tail] if link.value is None else index[link.value]}"
                found.append(Message(told, box, edge, uses, [], through))
                last[shown_in[value]] = found[-1]
    return found


def _order(
    boxes: Sequence[Group], found: Sequence[Link], index: Mapping[Value, int]
) -> Iterator[tuple[Group, list[Link]]]:
    """The boxes from the output on, each after all that use it, with the edges into it.

    Scopes may use each other in a circle; then the one with the fewest uses to come is next, and of
    several the one computed last.
    """
    into: dict[Group, list[Link]] = {box: [] for box in boxes}
    waiting = dict.fromkeys(boxes, 0)
    for link in found:
        into[link.head].append(link)
        waiting[link.tail] += 1
    box_at = {index[box.nodes[-1]]: box for box in boxes}
    queue = [(waiting[box], -place) for place, box in box_at.items()]
    heapify(queue)
    while queue:
        count, place = heappop(queue)
        box = box_at[-place]
        if waiting.get(box) != count:
            continue  # done, or with fewer uses to come by now
        del waiting[box]
        for link in into[box]:
            if link.tail in waiting:
                waiting[link.tail] -= 1
                heappush(queue, (waiting[link.tail], -index[link.tail.nodes[-1]]))
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
