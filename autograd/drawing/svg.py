"""From a renderer's SVG to the one we show: themed, tooltipped, every text in its place.

What others may rely on, in the SVG of `draw` and `render_svg(v, ids="g")`:

- the `svg` element has the id `g` and the class `ad`;
- a node's group has the id `g-n{k}`, k being its index in `topological_order(v)`; a folded box has
  `g-s{j}`, a constant `g-k{k}-{operand}`, a scope's frame `g-c{i}`; their class is `ad-node` with one
  of `ad-leaf`, `ad-result`, `ad-output`, `ad-folded`, `ad-constant`, or `ad-cluster`;
- in a node's group the texts have the classes `ad-label`, `ad-data`, `ad-grad` and `ad-badge`, the
  shape behind the gradient `ad-grad-cell`, the frame of the box `ad-frame` (a folded box has one
  label, data and grad per row);
- an edge's group has the id `g-e{k}-{slot}` (k of the node that uses, slot among its parents; into a
  folded box `g-s{j}-e{k}`, k of the value used, or `g-s{j}-es{i}` for several values of another box),
  class `ad-edge`; in it the line has the class `ad-line`, the arrow's head `ad-head`, the text
  `ad-edge-label` and its background `ad-edge-label-cell`;
- what is not on the highlighted paths has the class `ad-dim`;
- tooltips are `title` elements; colours are the custom properties `--ad-…` of `autograd.drawing.style`.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .elements import classes, numbers_in
from .labels import place_labels
from .style import LIGHT, Theme, style_sheet
from .tables import BACKSLASH

_TITLE = "{http://www.w3.org/1999/xlink}title"
_NAMES = {colour: name for name, colour in LIGHT.items()}
# The parts of a cell's role: the class of its text, and the side of the cell that the text keeps to.
_ROLES = {
    "label": ("label", "middle"),
    "name": ("label", "start"),
    "badge": ("badge", "middle"),
    "head": ("badge", "start"),
    "caption": ("caption", "start"),
    "note": ("caption", "end"),
    "definition": ("definition", "start"),
    "data": ("data", "end"),
    "grad": ("grad", "end"),
    "edge-label": ("edge-label", "middle"),
    "edge-blank": ("edge-label", "middle"),
}


def finish(rendered: str, ids: str, theme: Theme = "auto", *, labels: bool = True) -> str:
    """The renderer's SVG with our ids, classes, style sheet and tooltips.

    Raises ValueError if the text is not SVG.
    """
    try:
        svg = ElementTree.fromstring(rendered.replace(BACKSLASH, "\\"))
    except ElementTree.ParseError as error:
        raise ValueError(f"the renderer's output is not SVG: {error}") from error
    for element in svg.iter():
        element.tag = element.tag.rpartition("}")[2]
        for use in ("fill", "stroke"):  # "transparent" is what older versions of Graphviz write
            if element.get(use) == "transparent":
                element.set(use, "none")
    _unwrap_links(svg)
    for group in svg.iter("g"):
        role = group.get("id", "").rpartition("--")[2] if "--" in group.get("id", "") else ""
        if role:
            _set_in_place(group, role)
    for group in svg.iter("g"):
        kinds = classes(group)
        if "edge" in kinds:
            _finish_edge(group)
        elif "node" in kinds or "cluster" in kinds:
            _finish_box(group, "ad-frame" if "node" in kinds else "ad-cluster-frame")
        elif "graph" in kinds:
            group.attrib.pop("id", None)
    if labels:
        place_labels(svg)
    _use_classes(svg)
    style = Element("style")
    style.text = "\n" + style_sheet() + "\n"
    svg.insert(0, style)
    svg.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "id": ids,
        "class": f"ad ad-{theme}",
        "role": "img",
        **{name: svg.attrib[name] for name in ("width", "height", "viewBox")},
    }
    return ElementTree.tostring(svg, encoding="unicode")


def _unwrap_links(svg: Element) -> None:
    """Graphviz wraps whatever has a tooltip in <g id="a_…"><a xlink:title="…">; we want <title>."""
    for parent in list(svg.iter()):
        children: list[Element] = []
        for child in parent:
            children += _unwrapped(child)
        parent[:] = children


def _unwrapped(element: Element) -> Iterator[Element]:
    """The element, or what takes its place; a cell keeps its group."""
    ident = element.get("id", "")
    if element.tag == "g" and ident.startswith("a_") and len(element) and element[0].tag == "a":
        link = element[0]
        title = Element("title")
        title.text = link.get(_TITLE, "").strip()
        inner = [title] if title.text else []
        for child in link:
            inner += _unwrapped(child)
        if "--" in ident and inner and not any(child.tag == "g" for child in inner):
            element[:] = inner
            element.set("id", ident)
            yield element
        else:
            yield from inner
    elif not (element.tag == "title" and element.text and not ident):
        yield element


def _bounds(shape: Element) -> tuple[float, float, float, float]:
    numbers = numbers_in(shape.get("points") or shape.get("d") or "")
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def _set_in_place(cell: Element, role: str) -> None:
    """Align a cell's text within the cell, which Graphviz could only do by the fonts it knows."""
    del cell.attrib["id"]
    shape = next((child for child in cell if child.tag in ("polygon", "path")), None)
    text = cell.find("text")
    if shape is None or text is None:
        return
    left, top, right, bottom = _bounds(shape)
    name, anchor = _ROLES[role]
    size = float(text.get("font-size", "11"))
    x = {"start": left + 4, "middle": (left + right) / 2, "end": right - 4}[anchor]
    y = (top + bottom) / 2 + 0.355 * size
    text.attrib.update({"x": f"{x:.2f}", "y": f"{y:.2f}", "text-anchor": anchor, "class": f"ad-{name}"})
    if not (text.text or "").strip():
        cell.remove(text)
    if shape.get("fill") == "none" and role not in ("grad", "edge-label", "edge-blank"):
        cell.remove(shape)
    else:
        _make_rect(shape, f"ad-{name}-cell", radius=5)
    if role == "edge-label":  # the cell kept space for the label; its background is tight
        shape.attrib.update({"fill": LIGHT["box"], "fill-opacity": "0.85"})
        shape.attrib.update({"y": f"{(top + bottom) / 2 - size / 2 - 1:.2f}", "height": f"{size + 2:.2f}"})
    elif role == "edge-blank":
        shape.attrib.update({"fill": LIGHT["box"], "stroke": LIGHT["zero"]})


def _make_rect(shape: Element, name: str, radius: float) -> None:
    """Graphviz draws rounded corners as a long path; a `rect` is short, and scripts can read it."""
    left, top, right, bottom = _bounds(shape)
    shape.tag = "rect"
    for attribute in ("d", "points"):
        shape.attrib.pop(attribute, None)
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top, "rx": radius}
    shape.attrib.update({side: f"{size:.2f}" for side, size in sides.items()})
    shape.set("class", name)


def _finish_box(group: Element, name: str) -> None:
    frame = next((child for child in group if child.tag in ("polygon", "path")), None)
    if frame is not None:
        _make_rect(frame, name, radius=9)


def _finish_edge(group: Element) -> None:
    for child in group:
        if child.tag == "path":
            child.set("class", "ad-line")
        elif child.tag == "polygon":
            child.set("class", "ad-head")


def _use_classes(svg: Element) -> None:
    """Give every colour of the palette its class; the attribute stays for programs without CSS."""
    for element in svg.iter():
        for use in ("fill", "stroke"):
            name = _NAMES.get(element.get(use, ""))
            if name:
                element.set("class", f"{element.get('class', '')} ad-{use}-{name}".strip())
        element.attrib.pop("font-family", None)
