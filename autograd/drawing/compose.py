"""Composing the figure of a graph: every box in the frame of its scope, and every arrow with its label."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..nodes.scopes import scope
from ..text.characters import visible
from ..text.mathematics import derivative
from ..text.numbers import product_text, short_number
from ..text.reasons import symbol
from ..value import Value
from . import style
from .boxes import Boxes, largest
from .figure import Arrow, Box, Cluster, Direction, Figure, Row
from .fold import Group, Link
from .rows import port
from .wording import Blank, Wording

SHORT = 3  # if no name is longer, ∂e/∂a fits on an edge


def figure_of(
    order: Sequence[Value],
    outputs: Sequence[Value],
    groups: Sequence[Group],
    links: Sequence[Link],
    wording: Wording,
    direction: Direction,
) -> Figure:
    """The figure of the graph below `outputs`, whose nodes are `order` and whose boxes are `groups`."""
    boxes = Boxes(order, outputs, groups, wording)
    frames: dict[scope | None, Cluster] = {None: Cluster("", "")}
    arrows: list[Arrow] = []
    for group in groups:
        if group.kind == "elsewhere":
            continue
        frame = _frame(frames, group.place)
        frame.boxes.append(boxes.box(group))
        if group.kind == "node":
            node = group.nodes[0]
            for operand, constant in boxes.constants(node).items():
                frame.boxes.append(constant)
                end, place = boxes.key(node), port(node, operand)
                arrows.append(Arrow(f"{constant.key}-e", constant.key, end, place, dim=constant.dim))
    writer = _Arrows(boxes, links)
    for link in links:
        arrow = writer.arrow(link)
        if "elsewhere" in (link.tail.kind, link.head.kind):
            box, arrow = _left_out(link, arrow, wording)
            frames[None].boxes.append(box)
        arrows.append(arrow)
    return Figure(frames[None], arrows, direction)


def _frame(frames: dict[scope | None, Cluster], place: scope | None) -> Cluster:
    """The frame of a scope, added inside those of the scopes around it if it is new."""
    if place not in frames:
        assert place
        around = _frame(frames, place.parent)
        frames[place] = Cluster(f"c{len(frames) - 1}", visible(place.name))
        around.clusters.append(frames[place])
    return frames[place]


def _left_out(link: Link, arrow: Arrow, wording: Wording) -> tuple[Box, Arrow]:
    """The rest of the graph, drawn as three dots at one end of the arrow."""
    if link.head.kind == "elsewhere":
        key = f"{arrow.tail}-out"
        tooltip = wording.say("uses_not_shown", count=len(link.uses))
        arrow = replace(arrow, key=f"{key}-e", head=key, port=None)
    else:
        key, tooltip = f"{arrow.key}-in", wording.say("not_shown")
        arrow = replace(arrow, tail=key)
    return Box(key, "constant", [Row("⋯", tooltip)], tooltip), arrow


class _Arrows:
    """Writes the arrows between boxes."""

    def __init__(self, boxes: Boxes, links: Sequence[Link]) -> None:
        self.boxes = boxes
        self.wording = boxes.wording
        self.largest = largest(self._weight(link) or 0.0 for link in links)
        self.short_names = all(len(name) <= SHORT for name in self.wording.names.values())

    def arrow(self, link: Link) -> Arrow:
        """The arrow of a link."""
        node, slot = link.uses[0]
        tail, head = self.boxes.keys[link.tail], self.boxes.keys[link.head]
        key, place = f"e{self.boxes.index[node]}-{slot}", None
        if link.head.kind == "node":
            operand = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
            place = port(node, operand)
        else:
            key = f"{head}-e{tail if link.value is None else self.boxes.index[link.value]}"
        weight = self._weight(link)
        if self.wording.flows and weight is None:
            return Arrow(key, tail, head, place, dim=True)
        label, number = self._label(link)
        blank = label != "" and bool({self._gives_away(), "data"} & self.wording.blank)
        if self.wording.blank:
            weight, number = None, number if label and not blank else 0.0
        width = 1.2 if weight is None else style.line_width(weight, self.largest)
        tooltip = self._tooltip(link)
        return Arrow(key, tail, head, place, label, style.sign_colour(number), width, tooltip, blank)

    def _weight(self, link: Link) -> float | None:
        """The number that an edge's width shows: its share of the highlighted paths, or its contribution."""
        if self.wording.flows:
            through = [self.wording.flows[use] for use in link.uses if use in self.wording.flows]
            return math.fsum(through) if through else None
        return link.contribution

    def _gives_away(self) -> Blank:
        """The number that a reader could learn from the edges."""
        return "local" if self.wording.edges == "local" else "grad"

    def _label(self, link: Link) -> tuple[str, float]:
        """The label of an edge, and the number whose sign colours it."""
        edges, local, contribution = self.wording.edges, link.local, link.contribution
        if link.value is None:
            return "", 0.0
        if contribution is None or (edges == "local" and local is not None):
            text, number = ("", 0.0) if local is None else (self._local(link), local)
        elif link.upstream is not None and local is not None:
            text = product_text(link.upstream, local, contribution, self.wording.digits)
            number = contribution
        else:
            text, number = f"Σ = {self.wording.short(contribution)}", contribution
        return "" if edges == "none" else text, number

    def _local(self, link: Link) -> str:
        """∂e/∂a = −3; the number alone if names are long or the derivative leads through a folded box."""
        number = self.wording.short(link.local or 0.0)
        if not self.short_names or link.head.kind != "node":
            return number
        return f"{symbol(*link.uses[0], self.wording.formula_names)} = {number}"

    def _tooltip(self, link: Link) -> str:
        if link.value is None:
            return self.wording.say("values", count=len({node.parents[slot] for node, slot in link.uses}))
        lines: list[str] = []
        if link.local is not None and not {"local", "data"} & self.wording.blank:
            lines.append(self._reason(link, link.value, link.local))
        if link.contribution is not None and not self.wording.blank:
            product = "" if link.upstream is None else f"{link.upstream!r} × {link.local!r} = "
            lines.append(f"{self.wording.name(link.value)}.grad += {product}{link.contribution!r}")
        node = link.uses[0][0]
        told = [node, *node.parents] if link.head.kind == "node" else [*link.head.outputs[:1], link.value]
        where = self.wording.narration.definitions.on_one_line(told) if lines else ""
        return "\n".join(filter(None, [*lines, visible(where)]))

    def _reason(self, link: Link, value: Value, local: float) -> str:
        """∂e/∂a = b = −3.0: the rule in the names of this graph, and its value, or the sum it is in."""
        node, slot = link.uses[0]
        names = self.wording.formula_names
        if link.head.kind == "node":
            rule = replace(self.wording.narration.reason(node, slot), numbers="", exact=True)
            if rule.letters == short_number(local):
                rule = replace(rule, letters="")
            return f"{symbol(node, slot, names)} {rule.chain(repr(local))}"
        head = self.wording.name(link.head.outputs[0])
        within = visible(link.head.folded.path) if link.head.folded else self.wording.say("rest")
        through = self.wording.say("in_all_through", scope=within)
        return f"{derivative(head, self.wording.name(value))} = {local!r}, {through}"
