"""Reading the elements of an SVG: classes, coordinates, rectangles."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from .placement import Rect


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    written: str = element.get("class", "")
    return written.split()


def numbers_in(text: str) -> list[float]:
    """The coordinates in an attribute."""
    return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", text)]


def rect_of(shape: Element) -> Rect:
    """The rectangle of a `rect`."""
    x, y, width, height = (float(shape.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Rect(x, y, x + width, y + height)
