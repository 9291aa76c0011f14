"""A figure as DOT: pure text, the same on every machine.

Boxes and the labels of edges are tables (`autograd.drawing.tables`); here is what stands around them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..text.characters import cut
from .figure import Arrow, Cluster, Direction, Figure
from .references import MANY_BOXES, with_references
from .style import FONT, LIGHT
from .tables import attribute, box_table, colour_of, edge_table


def write(figure: Figure, graph: Any, ids: str) -> None:
    """Add the attributes, boxes, clusters and arrows of the figure to an empty graphviz.Digraph."""
    figure = with_references(figure)
    graph.attr(
        id=ids,
        rankdir=figure.direction,
        bgcolor="transparent",
        nodesep="0.2",
        ranksep=f"{_distance(figure):.2f}",
        pad="0.08",
        fontname=FONT,
        fontsize="10",
        fontcolor=LIGHT["muted"],
    )
    boxes = sum(1 for _ in figure.top.all_boxes())
    if boxes > MANY_BOXES:  # the layout's optimum costs minutes; what is near it costs seconds
        graph.attr(nslimit="1", mclimit="0.5", **({"splines": "line"} if boxes > 4 * MANY_BOXES else {}))
    graph.attr("node", shape="box", style="rounded,filled", fillcolor=LIGHT["box"], fontname=FONT)
    graph.attr("node", margin="0.03", width="0", height="0", penwidth="1.1")
    graph.attr("edge", fontname=FONT, arrowsize="0.55")
    _write_cluster(figure.top, graph, ids, figure.direction)
    for arrow in figure.arrows:
        _write_arrow(arrow, graph, ids, figure.direction)


def _distance(figure: Figure) -> float:
    """Inches between ranks: more if many arrows cross, as in no tree, or come together in one box."""
    arrows = [arrow for arrow in figure.arrows if arrow.colour != "constant"]
    boxes = sum(box.kind != "constant" for box in figure.top.all_boxes())
    crossing = max(sum(not arrow.label for arrow in arrows) - boxes, 0)
    meeting = max(Counter(arrow.head for arrow in arrows if arrow.label).values(), default=0)
    return min(0.55 + crossing / 12 + max(meeting - 3, 0) / 10, 3)


def _write_cluster(cluster: Cluster, graph: Any, ids: str, direction: Direction) -> None:
    for box in cluster.boxes:
        graph.node(
            box.key,
            f"<{box_table(box, f'{ids}-{box.key}', direction)}>",
            id=f"{ids}-{box.key}",
            color=LIGHT[colour_of(box)],
            tooltip=attribute(box.tooltip),
            **{"class": f"ad-node ad-{box.kind}" + " ad-dim" * box.dim},
        )
    for inner in cluster.clusters:
        with graph.subgraph(name=f"cluster_{inner.key}") as frame:
            frame.attr(
                id=f"{ids}-{inner.key}",
                label=attribute(cut(inner.name)),
                tooltip=attribute(inner.name),
                labeljust="l",
                style="rounded,filled",
                margin="10",
                color=LIGHT["cluster"] + "60",
                fillcolor=LIGHT["cluster"] + "12",
                **{"class": "ad-cluster"},
            )
            _write_cluster(inner, frame, ids, direction)


def _write_arrow(arrow: Arrow, graph: Any, ids: str, direction: Direction) -> None:
    leaves, enters = ("e", "w") if direction == "LR" else ("s", "n")
    id = f"{ids}-{arrow.key}"
    port = "" if arrow.port is None else f":p{arrow.port}"
    graph.edge(
        f"{arrow.tail}:{leaves}",
        f"{arrow.head}{port}:{enters}",
        f"<{edge_table(arrow, id)}>" if arrow.label else None,
        id=id,
        color=LIGHT[arrow.colour],
        penwidth=f"{arrow.width:.2f}",
        tooltip=attribute(arrow.tooltip) or " ",
        **{"class": "ad-edge" + " ad-dim" * arrow.dim},
    )
