"""Values with many uses: in a large picture each use shows the name, instead of a line across it.

Five weights that every step of a recurrence uses would be hundreds of long lines, which nobody can
follow and which cost the layout minutes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from .figure import Arrow, Box, Cluster, Figure, Row

MANY_BOXES = 60  # a smaller picture shows every line
MANY_USES = 6


def with_references(figure: Figure) -> Figure:
    """The figure with a small box at each use of a value that has many; a small figure as it is."""
    boxes = {box.key: box for box in figure.top.all_boxes()}
    if sum(box.kind != "constant" for box in boxes.values()) <= MANY_BOXES:
        return figure
    uses = Counter(arrow.tail for arrow in figure.arrows)
    repeated = {key for key, count in uses.items() if count > MANY_USES}
    beside: dict[str, list[Box]] = {}
    arrows: list[Arrow] = []
    for arrow in figure.arrows:
        if arrow.tail in repeated:
            reference = _reference(boxes[arrow.tail], arrow)
            beside.setdefault(arrow.head, []).append(reference)
            arrow = replace(arrow, tail=reference.key)
        arrows.append(arrow)
    return Figure(_with(figure.top, beside), arrows, figure.direction)


def _reference(box: Box, arrow: Arrow) -> Box:
    return Box(f"{arrow.key}-r", "reference", [Row(box.name, box.name)], box.tooltip, dim=arrow.dim)


def _with(cluster: Cluster, beside: dict[str, list[Box]]) -> Cluster:
    """The frame, each box after the references that lead to it."""
    boxes = [one for box in cluster.boxes for one in (*beside.get(box.key, ()), box)]
    return Cluster(cluster.key, cluster.name, boxes, [_with(inner, beside) for inner in cluster.clusters])
