"""A picture of a program: the scalar graph of one example, and the array graph that it became."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..drawing import TooLarge, draw
from ..drawing.figure import Arrow, Box, Cell, Cluster, Figure, Row
from ..drawing.picture import Picture, picture_of
from .equations import Equations
from .groups import Group, Matrix


def diagram(equations: Equations, scalar: Any) -> Picture:
    """Both graphs, each in a frame; without the scalar one if it is too large to draw."""
    frames: list[Cluster] = []
    arrows: list[Arrow] = []
    try:
        drawn = draw(scalar, edges="none", fold=True).figure
    except TooLarge:
        pass
    else:
        frames.append(Cluster("scalars", "one example", *_apart(drawn.top)))
        arrows += [replace(a, key=f"o{a.key}", tail=f"o{a.tail}", head=f"o{a.head}") for a in drawn.arrows]
    boxes: dict[str, Box] = {}
    for i, group in enumerate(equations.layout.forward):
        name, text = equations.described(group)
        rows = f"{len(group.nodes)} × m" if group.space == "V" else f"{len(group.nodes)}"
        grad = equations.gradient_name(group)
        row = Row(name, name, Cell(rows, f"data: {rows}"), Cell(grad, grad))
        kind = "output" if group is equations.cost else "result"
        boxes[name] = Box(f"g{i}", kind, [row], f"{group.described()}\n{name} = {text}", _badge(group))
        for tail, size, gradient in equations.read_by(group):
            if tail not in boxes:
                leaf = Row(tail, tail, Cell(size, f"data: {size}"), Cell(gradient, gradient))
                boxes[tail] = Box(f"l{len(boxes)}", "leaf", [leaf], f"{tail}: {size}")
            arrows.append(Arrow(f"g{i}-{boxes[tail].key}", boxes[tail].key, f"g{i}", None))
    frames.append(Cluster("arrays", "m examples", list(boxes.values())))
    return picture_of(Figure(Cluster("", "", [], frames), arrows), "ad", "auto")


def _badge(group: Group) -> str:
    return "W·a" if isinstance(group, Matrix) and group.blocks else group.symbol


def _apart(cluster: Cluster) -> tuple[list[Box], list[Cluster]]:
    """The boxes and frames of a picture, under keys that no other picture has."""
    boxes = [replace(box, key=f"o{box.key}") for box in cluster.boxes]
    return boxes, [Cluster(f"o{inner.key}", inner.name, *_apart(inner)) for inner in cluster.clusters]
