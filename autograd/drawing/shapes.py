"""The shapes of a finished SVG: rectangles, circles, curves, arrowheads, texts and images, on one page.

The other formats are written from them: PNG and PDF by `fixed`, TikZ by `tikz`. Only SVGs that this
package wrote can be read: their colours are attributes too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .elements import classes, numbers_in
from .placement import Point
from .style import PALETTE

Kind = Literal["rect", "circle", "curve", "head", "text", "image"]
Anchor = Literal["start", "middle", "end"]

_INHERITED = ("fill", "stroke", "stroke-width", "font-size", "font-weight")


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape; y grows downwards from the top of the page, and lengths are points.

    `points` are the corners of a rectangle or an image (upper left, lower right), the centre of a
    circle, the knots of a cubic Bézier curve, the corners of an arrowhead, the baseline of a text at
    its `anchor`. A colour is "#rrggbb", "" for none. `size` is that of a text's letters, and the
    radius of a circle or of a rectangle's corners.
    """

    kind: Kind
    points: tuple[Point, ...]
    fill: str = ""
    stroke: str = ""
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    width: float = 1.0
    dashed: bool = False
    size: float = 0.0
    text: str = ""
    bold: bool = False
    anchor: Anchor = "start"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The shapes of a picture, from back to front, and its extent."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def page_of_shapes(svg: str) -> Page:
    """The shapes of an SVG that this package wrote.

    >>> drawn = '<svg viewBox="0 0 9 9"><g transform="translate(1 2)"><circle cx="3" cy="4" r="2"/></g></svg>'
    >>> page_of_shapes(drawn).shapes[0].points
    ((4.0, 6.0),)
    """
    top = ElementTree.fromstring(svg)
    left, upper, width, height = numbers_in(top.get("viewBox", ""))
    dark = "ad-dark" in classes(top)
    colours = {light: seen if dark else light for light, seen in PALETTE.values()}
    return Page(width, height, tuple(_shapes(top, (-left, -upper), 1.0, {}, colours)))


def _shapes(
    element: Element, origin: Point, opacity: float, around: Mapping[str, str], colours: Mapping[str, str]
) -> Iterator[Shape]:
    moved = re.search(r"translate\(([^)]*)\)", element.get("transform", ""))
    x, y = numbers_in(moved[1]) if moved else (0.0, 0.0)
    origin = origin[0] + x, origin[1] + y
    opacity *= float(element.get("opacity", "1")) * (0.35 if "ad-dim" in classes(element) else 1)
    look = {**around, **{name: element.get(name, "") for name in _INHERITED if name in element.attrib}}
    shape = _shape(element, origin, opacity, look, colours)
    if shape is not None:
        yield shape
    for child in element:
        yield from _shapes(child, origin, opacity, look, colours)


def _shape(
    element: Element, origin: Point, opacity: float, look: Mapping[str, str], colours: Mapping[str, str]
) -> Shape | None:
    def number(name: str, default: float = 0.0) -> float:
        return float(element.get(name, default))

    def place(x: float, y: float) -> Point:
        return origin[0] + x, origin[1] + y

    def colour(name: str, default: str) -> str:
        written = look.get(name, default)
        return "" if written == "none" else colours.get(written, written)

    if not opacity:
        return None
    kind: Kind
    size, text, anchor = 0.0, "", "start"
    tag = element.tag.rpartition("}")[2]
    if tag in ("rect", "image"):
        x, y = number("x"), number("y")
        points = (place(x, y), place(x + number("width"), y + number("height")))
        kind, size = ("rect", number("rx")) if tag == "rect" else ("image", 0.0)
    elif tag == "circle":
        kind, points, size = "circle", (place(number("cx"), number("cy")),), number("r")
    elif tag == "line":
        ends = (place(number("x1"), number("y1")), place(number("x2"), number("y2")))
        kind, points = "curve", (ends[0], *ends, ends[1])
    elif tag in ("path", "polygon"):
        numbers = numbers_in(element.get("d") or element.get("points") or "")
        points = tuple(map(place, numbers[::2], numbers[1::2]))
        kind = "curve" if tag == "path" else "head"
    elif tag == "text" and (text := "".join(element.itertext()).strip()):
        kind, points = "text", (place(number("x"), number("y")),)
        size, anchor = float(look.get("font-size", "11")), element.get("text-anchor", "start")
    else:
        return None
    return Shape(
        kind,
        points,
        colour("fill", "none" if kind == "curve" else "#000000"),
        colour("stroke", "none"),
        opacity * number("fill-opacity", 1.0),
        opacity * number("stroke-opacity", 1.0),
        float(look.get("stroke-width", "1")),
        "stroke-dasharray" in element.attrib,
        size,
        text,
        look.get("font-weight") == "bold",
        "middle" if anchor == "middle" else "end" if anchor == "end" else "start",
        element.get("href", ""),
    )
