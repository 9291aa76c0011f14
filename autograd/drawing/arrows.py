"""The arrows of a picture, with their words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..text.explanation import superscript
from ..text.mathematics import derivative
from ..text.names import product_text
from ..value import Value
from . import style
from .boxes import Boxes, port
from .figure import Arrow
from .fold import Link
from .phrases import derivative_of
from .wording import Blank, largest

SHORT = 3  # with no longer names, ∂e/∂a fits on an edge


class Arrows:
    """Puts links between boxes into words."""

    def __init__(self, boxes: Boxes, links: Sequence[Link]) -> None:
        self.boxes = boxes
        self.wording = boxes.wording
        self.largest = largest(self._weight(link) or 0.0 for link in links)
        self.short_names = all(len(name) <= SHORT for name in self.wording.names.values())

    def arrow(self, link: Link) -> Arrow:
        """The arrow of a link."""
        node, slot = link.uses[0]
        tail, head = self.boxes.keys[link.tail], self.boxes.keys[link.head]
        key, place = f"e{self.boxes.index[node]}-{slot}", None
        if link.head.kind == "node":
            operand = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
            place = port(node, operand)
        else:
            key = f"{head}-e{tail if link.value is None else self.boxes.index[link.value]}"
        weight = self._weight(link)
        if self.wording.flows and weight is None:
            return Arrow(key, tail, head, place, dim=True)
        label, number = self._edge_label(link)
        blank = label != "" and self._gives_away() in self.wording.blank
        if self.wording.blank:
            weight, number = None, 0.0 if blank else number
        width = 1.2 if weight is None else style.line_width(weight, self.largest)
        tooltip = self._edge_tooltip(link)
        return Arrow(key, tail, head, place, label, style.sign_colour(number), width, tooltip, blank)

    def _weight(self, link: Link) -> float | None:
        """What an edge's width shows: what flows along the highlighted paths, or its contribution."""
        if self.wording.flows:
            through = [self.wording.flows[use] for use in link.uses if use in self.wording.flows]
            return math.fsum(through) if through else None
        return link.contribution

    def _gives_away(self) -> Blank:
        """What a reader would learn from the edges."""
        return "local" if self.wording.edges == "local" else "grad"

    def _edge_label(self, link: Link) -> tuple[str, float]:
        """What stands on an edge, and the number whose sign colours it."""
        edges, local, contribution = self.wording.edges, link.local, link.contribution
        if link.value is None:
            return "", 0.0
        if contribution is None or (edges == "local" and local is not None):
            text, number = ("", 0.0) if local is None else (self._local(link), local)
        elif link.upstream is not None and local is not None:
            text = product_text(link.upstream, local, contribution, self.wording.digits)
            number = contribution
        else:
            text, number = f"Σ = {self.wording.short(contribution)}", contribution
        return "" if edges == "none" else text, number

    def _local(self, link: Link) -> str:
        """∂e/∂a = −3, or, where names are long, the number."""
        number = self.wording.short(link.local or 0.0)
        if not self.short_names or link.value is None:
            return number
        slot = superscript(*link.uses[0]) if len(link.uses) == 1 else ""
        of, by = self.wording.name(link.head.outputs[0]), self.wording.name(link.value)
        return f"{derivative(of, by + slot)} = {number}"

    def _edge_tooltip(self, link: Link) -> str:
        if link.value is None:
            return f"{len({node.parents[slot] for node, slot in link.uses})} values"
        lines: list[str] = []
        if link.local is not None and "local" not in self.wording.blank:
            lines.append(derivative_of(link, self.wording.names))
        if link.contribution is not None and not self.wording.blank:
            name = f"∂{self.wording.name(self.boxes.root)}/∂{self.wording.name(link.value)}"
            product = "" if link.upstream is None else f"{link.upstream!r} × {link.local!r} = "
            lines.append(f"{name} += {product}{link.contribution!r}")
        return "\n".join(lines)
