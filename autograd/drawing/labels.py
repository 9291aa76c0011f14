"""The labels of a laid out SVG: each is moved beside its own edge (`autograd.drawing.placement`)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from .elements import classes, numbers_in, rect_of
from .placement import Point, Rect, place
from .style import text_width

MAX_PLACED = 200  # labels; with more, they stay where Graphviz put them


def place_labels(svg: Element) -> None:
    """Put every edge's label beside its own edge."""
    edges = [group for group in svg.iter("g") if "ad-edge" in classes(group)]
    drawn = [(edge, path) for edge in edges if (path := edge.find("path")) is not None]
    cells: list[tuple[int, Element, Element | None]] = []
    for number, (edge, _) in enumerate(drawn):
        for label in edge.findall("g"):
            cell, text = label.find("rect"), label.find("text")
            if cell is not None:
                cells.append((number, cell, text))
    if not 0 < len(cells) <= MAX_PLACED:
        return
    lines = [_points(path) for _, path in drawn]
    boxes, frames = (
        [rect_of(e) for e in svg.iter("rect") if e.get("class") == name]
        for name in ("ad-frame", "ad-cluster-frame")
    )
    places = place(
        [(number, rect_of(cell)) for number, cell, _ in cells],
        lines,
        boxes + list(_scope_names(svg)),
        frames,
        Rect.around([point for line in lines for point in line], margin=20),
    )
    _make_room(svg, places)
    for (_, cell, text), new in zip(cells, places, strict=True):
        old = rect_of(cell)
        for element in (cell, text):
            if element is None:  # an empty place, to write in
                continue
            for name, by in (("x", new.left - old.left), ("y", new.top - old.top)):
                element.set(name, f"{float(element.get(name, '0')) + by:.2f}")


def _scope_names(svg: Element) -> Iterator[Rect]:
    """The rectangles of the names of scopes, by our own widths."""
    for group in svg.iter("g"):
        text = group.find("text")
        if text is not None and "ad-cluster" in classes(group):
            x, y, size = (float(text.get(name, "0")) for name in ("x", "y", "font-size"))
            half = text_width(text.text or "", size) / 2
            yield Rect(x - half, y - size, x + half, y + size / 4)


def _make_room(svg: Element, places: Sequence[Rect]) -> None:
    """Widen the view where a label lies beyond what Graphviz drew."""
    graph = next(group for group in svg.iter("g") if "graph" in classes(group))
    x, y = numbers_in(graph.get("transform", "").rpartition("translate")[2])
    left, top, width, height = numbers_in(svg.get("viewBox", ""))
    rects = [Rect(left - x, top - y, left - x + width, top - y + height), *places]
    view = Rect.around([corner for r in rects for corner in ((r.left, r.top), (r.right, r.bottom))])
    size = (view.right - view.left, view.bottom - view.top)
    svg.set("viewBox", f"{view.left + x:.2f} {view.top + y:.2f} {size[0]:.2f} {size[1]:.2f}")
    for name, extent, before in zip(("width", "height"), size, (width, height), strict=True):
        if extent > before:
            svg.set(name, f"{extent:.0f}pt")


def _points(line: Element) -> list[Point]:
    """Points along an edge, which Graphviz draws as cubic Bézier curves, about 4 points apart."""
    numbers = numbers_in(line.get("d", ""))
    knots = list(zip(numbers[::2], numbers[1::2], strict=True))
    points: list[Point] = []
    for i in range(0, len(knots) - 3, 3):
        a, b, c, d = knots[i : i + 4]
        steps = max(2, round(math.dist(a, d) / 4))
        for step in range(steps):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * knot[k] for w, knot in zip(weights, (a, b, c, d), strict=True)) for k in (0, 1))
            points.append((x, y))
    return [*points, knots[-1]]
