"""The graphs that the tests of pictures draw, and how they read what was drawn."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from autograd import Value

SVG = "{http://www.w3.org/2000/svg}"


def expression() -> Value:
    """L = (a·b + c)·f."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    L = d * f
    L.label = "L"
    return L


def diamond() -> Value:
    """L = b·c, c = a + b, b = a·a: five paths from a."""
    a = Value(3.0, "a")
    b = a * a
    b.label = "b"
    c = a + b
    c.label = "c"
    L = b * c
    L.label = "L"
    return L


def parsed(svg: str) -> dict[str, Element]:
    """The elements of an SVG that have an id."""
    elements = [e for e in ElementTree.fromstring(svg).iter() if e.get("id")]
    found = {e.get("id", ""): e for e in elements}
    assert len(found) == len(elements), "two elements have the same id"
    return found


def texts(group: Element, name: str) -> list[str]:
    """What the text elements of a class say."""
    return [e.text or "" for e in group.iter(f"{SVG}text") if name in (e.get("class") or "").split()]


def of_class(group: Element, name: str) -> list[Element]:
    return [e for e in group.iter() if name in (e.get("class") or "").split()]


def tooltip(group: Element) -> str:
    title = group.find(f"{SVG}title")
    return "" if title is None or title.text is None else title.text
