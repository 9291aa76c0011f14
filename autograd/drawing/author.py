"""Writing the figure of a graph: all boxes, each in the frame of its scope, and all arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..nodes.modes import scope
from ..value import Value
from .arrows import Arrows
from .boxes import Boxes, port
from .figure import Arrow, Box, Cluster, Direction, Figure, Row
from .fold import Group, Link
from .phrases import visible
from .wording import Wording


def write_figure(
    order: Sequence[Value],
    groups: Sequence[Group],
    links: Sequence[Link],
    wording: Wording,
    direction: Direction,
) -> Figure:
    """The figure of the graph whose nodes are `order` and whose boxes are `groups`."""
    boxes = Boxes(order, groups, wording)
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
    writer = Arrows(boxes, links)
    for link in links:
        arrow = writer.arrow(link)
        if "elsewhere" in (link.tail.kind, link.head.kind):
            box, arrow = _left_out(link, arrow)
            frames[None].boxes.append(box)
        arrows.append(arrow)
    return Figure(frames[None], arrows, direction)


def _frame(frames: dict[scope | None, Cluster], place: scope | None) -> Cluster:
    """The frame of a scope, made inside those of the scopes around it where it is not there yet."""
    if place not in frames:
        assert place
        around = _frame(frames, place.parent)
        frames[place] = Cluster(f"c{len(frames) - 1}", visible(place.name))
        around.clusters.append(frames[place])
    return frames[place]


def _left_out(link: Link, arrow: Arrow) -> tuple[Box, Arrow]:
    """The rest of the graph, as three dots at the one end of the arrow."""
    uses = len(link.uses)
    if link.head.kind == "elsewhere":
        key, tooltip = f"{arrow.tail}-out", f"{uses} use{'s' * (uses > 1)} not shown"
        arrow = replace(arrow, key=f"{key}-e", head=key, port=None)
    else:
        key, tooltip = f"{arrow.key}-in", "not shown"
        arrow = replace(arrow, tail=key)
    return Box(key, "constant", [Row("⋯", tooltip)], tooltip), arrow
