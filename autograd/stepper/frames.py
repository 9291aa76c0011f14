"""One picture a step, for slides: the page's SVG as it looks at each place of the pass."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..drawing.labels import numbers_in
from ..drawing.style import text_width
from ..text.names import product_text, short_number

_SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
_LINE, _SIZE, _MARGIN = 22.0, 14.0, 8.0  # of the text below the picture
_STYLE = """
.ad{--now:#966400}.ad-dark{--now:#ffc93c}@media(prefers-color-scheme:dark){.ad-auto{--now:#ffc93c}}
.ad-waits .ad-line,.ad-waits .ad-head{stroke:var(--ad-muted);stroke-width:1;opacity:.38}
.ad-waits .ad-head{fill:var(--ad-muted)}
.ad-now .ad-frame{stroke:var(--now);stroke-width:3}
.ad-receives .ad-frame{stroke:var(--now);stroke-width:2.2;stroke-dasharray:5 3}
.ad-active .ad-line,.ad-active .ad-head{stroke:var(--now);stroke-width:3}.ad-active .ad-head{fill:var(--now)}
.ad-active .ad-edge-label{font-weight:bold}
"""


def frames(picture: str, model: Mapping[str, Any], captions: list[list[str]]) -> Iterator[str]:
    """The SVGs for 0, 1, 2, … steps done, with the lines of a caption below each."""
    ElementTree.register_namespace("", _SVG)
    drawn = ElementTree.fromstring(picture)
    widest = max(text_width(line, _SIZE) for caption in captions for line in caption)
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
            _mark(groups[edge["id"]], ad_waits=not step, ad_active=bool(step) and step is done[-1])
        if done:
            box = {node["id"]: node["box"] for node in model["nodes"]}
            _mark(groups[box[done[-1]["node"]]], ad_now=True)
            if "to" in done[-1]:
                _mark(groups[box[done[-1]["to"]]], ad_receives=True)
            if "edge" in done[-1]:
                _turn_head(groups[done[-1]["edge"]])
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
    """A backward step goes to the parent: its arrow ends there."""
    heads, lines = _parts(edge, "ad-head"), _parts(edge, "ad-line")
    if not heads or not lines:
        return
    numbers = numbers_in(lines[0].get("d", ""))
    (x, y), (towards_x, towards_y) = numbers[:2], numbers[2:4]
    length = math.hypot(towards_x - x, towards_y - y) or 1.0
    a, b = 9 * (towards_x - x) / length, 9 * (towards_y - y) / length
    corners = [(x, y), (x + a - b * 0.45, y + b + a * 0.45), (x + a + b * 0.45, y + b - a * 0.45)]
    heads[0].set("points", " ".join(f"{u:.2f},{v:.2f}" for u, v in corners))


def _parts(group: Element, name: str) -> list[Element]:
    return [element for element in group.iter() if name in element.get("class", "").split()]


def _mark(group: Element, **marks: bool) -> None:
    names = [name.replace("_", "-") for name, on in marks.items() if on]
    group.set("class", " ".join([group.get("class", ""), *names]))


def _product(step: Mapping[str, Any]) -> str:
    if step["local"] is None:
        return f"Σ = {short_number(step['contribution'])}"
    return product_text(step["upstream"], step["local"], step["contribution"])
