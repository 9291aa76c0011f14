"""One picture a step, for slides: the page's SVG as it looks at each place of the pass."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..drawing.elements import classes, numbers_in
from ..drawing.style import LIGHT, text_width
from ..text.numbers import product_text, short_number

_SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
_LINE, _SIZE, _MARGIN = 22.0, 14.0, 8.0  # of the text below the picture
_WIDER = 1.2  # than in Helvetica, if another font replaces it
_HEAD = 7.0  # the length of an arrow's head
_NOW, _MUTED = "#966400", LIGHT["muted"]  # of what is active, and of what waits
_STYLE = """
.ad{--now:#966400}.ad-dark{--now:#ffc93c}@media(prefers-color-scheme:dark){.ad-auto{--now:#ffc93c}}
.ad-stroke-now{stroke:var(--now)}.ad-fill-now{fill:var(--now)}
"""


def frames(picture: str, model: Mapping[str, Any], captions: list[list[str]]) -> Iterator[str]:
    """The SVGs for 0, 1, 2, … steps done, with the lines of a caption below each."""
    ElementTree.register_namespace("", _SVG)
    drawn = ElementTree.fromstring(picture)
    widest = _WIDER * max(text_width(line, _SIZE) for caption in captions for line in caption)
    _make_room(drawn, widest, max(map(len, captions)))
    shown = [node for node in model["nodes"] if node["row"] >= 0]
    for at, caption in enumerate(captions):
        frame = deepcopy(drawn)
        groups = {group.get("id", "").partition("-")[2]: group for group in frame.iter(f"{{{_SVG}}}g")}
        done = model["steps"][:at]
        known: dict[str, float] = {}
        for step in done:
            known |= step["gains"]
        for node in shown:
            row: int = node["row"]
            grad = known.get(node["id"])
            _parts(groups[node["box"]], "ad-grad")[row].text = "·" if grad is None else short_number(grad)
            if grad is None:
                _parts(groups[node["box"]], "ad-grad-cell")[row].set("fill-opacity", "0")
        passed = {step.get("edge"): step for step in done}
        for edge in model["edges"]:
            step = passed.get(edge["id"])
            for label in _parts(groups[edge["id"]], "ad-edge-label"):
                label.text = _product(step) if step else ""
            for cell in _parts(groups[edge["id"]], "ad-edge-label-cell"):
                cell.set("opacity", "1" if step else "0")
            group = groups[edge["id"]]
            _mark(group, ad_waits=not step, ad_active=bool(step) and step is done[-1])
            if step is None:
                _look(group, "ad-line", "ad-head", stroke=_MUTED, opacity="0.38", stroke_width="1")
                _look(group, "ad-head", fill=_MUTED)
            else:
                _turn_head(group)
            if step is not None and step is done[-1]:
                _look(group, "ad-line", "ad-head", stroke=_NOW, stroke_width="3")
                _look(group, "ad-head", fill=_NOW)
                _look(group, "ad-edge-label", font_weight="bold")
        if done:
            box = {node["id"]: node["box"] for node in model["nodes"]}
            now, receives = groups[box[done[-1]["node"]]], groups[box[done[-1].get("to", done[-1]["node"])]]
            if receives is not now:
                _mark(receives, ad_receives=True)
                _look(receives, "ad-frame", stroke=_NOW, stroke_width="2.2", stroke_dasharray="5 3")
            _mark(now, ad_now=True)
            _look(now, "ad-frame", stroke=_NOW, stroke_width="3")
        places = [text for text in frame.iter(f"{{{_SVG}}}text") if text.get("class") == "ad-rule"]
        for place, line in zip(places, caption, strict=False):
            place.text = line
        yield ElementTree.tostring(frame, encoding="unicode")


def _make_room(svg: Element, width: float, lines: int) -> None:
    """Space for lines of text of this width below the picture, and the style of what is active."""
    x, y, wide, high = (float(number) for number in svg.get("viewBox", "0 0 0 0").split())
    whole, height = max(wide, width + 2 * _MARGIN), high + lines * _LINE + _MARGIN
    svg.attrib.update(
        {"viewBox": f"{x:g} {y:g} {whole:g} {height:g}", "width": f"{whole:g}pt", "height": f"{height:g}pt"}
    )
    style = svg.find(f"{{{_SVG}}}style")
    if style is not None:
        style.text = f"{style.text}{_STYLE}"
    for line in range(lines):
        place = {
            "x": f"{x + _MARGIN:g}",
            "y": f"{y + high + (line + 0.85) * _LINE:g}",
            "font-size": f"{_SIZE:g}",
            f"{{{_XML}}}space": "preserve",
            "class": "ad-rule",
            "style": "fill:var(--ad-ink)",
        }
        ElementTree.SubElement(svg, f"{{{_SVG}}}text", place)


def _turn_head(edge: Element) -> None:
    """A backward step goes to the parent: its arrow ends there, and begins where the head was."""
    heads, lines = _parts(edge, "ad-head"), _parts(edge, "ad-line")
    if not heads or not lines:
        return
    numbers = numbers_in(lines[0].get("d", ""))
    (x, y), (towards_x, towards_y), end = numbers[:2], numbers[2:4], numbers[-2:]
    corners = numbers_in(heads[0].get("points", ""))
    tip = max(zip(corners[::2], corners[1::2], strict=True), key=lambda corner: math.dist(corner, end))
    beyond = " ".join(f"{u:.2f},{v:.2f}" for u, v in (end, tip, tip))  # a curve, as the rest of the line is
    lines[0].set("d", f"{lines[0].get('d')}C{beyond}")
    length = math.hypot(towards_x - x, towards_y - y) or 1.0
    a, b = _HEAD * (towards_x - x) / length, _HEAD * (towards_y - y) / length
    corners = [(x, y), (x + a - b * 0.45, y + b + a * 0.45), (x + a + b * 0.45, y + b - a * 0.45)]
    heads[0].set("points", " ".join(f"{u:.2f},{v:.2f}" for u, v in corners))


def _parts(group: Element, name: str) -> list[Element]:
    return [element for element in group.iter() if name in classes(element)]


def _mark(group: Element, **marks: bool) -> None:
    names = [name.replace("_", "-") for name, on in marks.items() if on]
    group.set("class", " ".join([group.get("class", ""), *names]))


def _look(group: Element, *names: str, **attributes: str) -> None:
    """Attributes for parts of a group, and the classes by which a colour follows the theme."""
    for element in (part for name in names for part in _parts(group, name)):
        found: list[str] = classes(element)
        for key, value in attributes.items():
            element.set(key.replace("_", "-"), value)
            if colour := {_NOW: "now", _MUTED: "muted"}.get(value):
                found = [name for name in found if not name.startswith(f"ad-{key}-")]
                found.append(f"ad-{key}-{colour}")
        element.set("class", " ".join(found))


def _product(step: Mapping[str, Any]) -> str:
    if step["local"] is None:
        return f"Σ = {short_number(step['contribution'])}"
    return product_text(step["upstream"], step["local"], step["contribution"])
