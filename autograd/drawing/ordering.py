"""Neurons in order: the scopes beside each other in a picture stand as they were computed.

Graphviz places siblings so that few lines cross, and may put neuron 3 above neuron 1. It follows the
order in which they are written, up to a permutation; so a picture that is out of order is laid out once
more, written in the order that undoes the permutation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from xml.etree import ElementTree

from .elements import classes, rect_of
from .figure import Box, Cluster, Direction, Figure

ROUNDS = 3
MAX_BOXES_IN_ORDER = 150  # a second layout of a larger picture would take too long

Interval = tuple[float, float]
Places = Mapping[str, tuple[Interval, Interval]]  # by key, along the ranks and across them


def in_order(figure: Figure, draw: Callable[[Figure], str]) -> Figure:
    """The figure written so that siblings are drawn in the order in which `figure` has them.

    `draw` makes the SVG of a figure.
    """
    families = list(_families(figure.top))
    if not families or sum(1 for _ in figure.top.all_boxes()) > MAX_BOXES_IN_ORDER:
        return figure
    best, fewest = figure, math.inf
    written = figure
    for _ in range(ROUNDS):
        places = _places(draw(written), figure.direction)
        swaps = {
            was.key: wanted
            for family in families
            for was, wanted in _swaps(family, places)
            if was is not wanted
        }
        if len(swaps) < fewest:
            best, fewest = written, len(swaps)
        if not swaps:
            break
        written = Figure(_rewritten(written.top, swaps), figure.arrows, figure.direction)
    return best


def _families(cluster: Cluster) -> Iterator[list[Cluster] | list[Box]]:
    """Frames, or folded boxes, in one frame."""
    folded = [box for box in cluster.boxes if box.kind == "folded"]
    if cluster.key and len(folded) > 1:
        yield folded
    if cluster.key and len(cluster.clusters) > 1:
        yield cluster.clusters
    for inner in cluster.clusters:
        yield from _families(inner)


def _swaps(
    family: list[Cluster] | list[Box], places: Places
) -> Iterator[tuple[Cluster | Box, Cluster | Box]]:
    """The siblings that share a rank, in their order and in the order that they should have."""
    columns: list[list[Cluster | Box]] = []
    for one in family:
        low, high = places[one.key][0]
        for column in columns:
            left, right = places[column[0].key][0]
            if low < right and left < high:
                column.append(one)
                break
        else:
            columns.append([one])
    for column in columns:
        yield from zip(sorted(column, key=lambda one: places[one.key][1]), column)


def _rewritten(cluster: Cluster, swaps: Mapping[str, Cluster | Box]) -> Cluster:
    """The frame with its frames and boxes written in the places of others."""
    boxes = [swaps.get(box.key, box) for box in cluster.boxes]
    clusters = [swaps.get(inner.key, inner) for inner in cluster.clusters]
    return Cluster(
        cluster.key,
        cluster.name,
        [box for box in boxes if isinstance(box, Box)],
        [_rewritten(inner, swaps) for inner in clusters if isinstance(inner, Cluster)],
    )


def _places(svg: str, direction: Direction) -> Places:
    """The positions of the frames and boxes of a finished SVG."""
    places: dict[str, tuple[Interval, Interval]] = {}
    for group in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        frames = (child for child in group if {"ad-frame", "ad-cluster-frame"} & {*classes(child)})
        for rect in map(rect_of, frames):
            across, down = (rect.left, rect.right), (rect.top, rect.bottom)
            key = group.get("id", "").rpartition("-")[2]
            places[key] = (across, down) if direction == "LR" else (down, across)
    return places
