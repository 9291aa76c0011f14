"""Putting a graph into words: numbers become short text, signs colours, magnitudes widths.

What is short here is exact in a tooltip.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..mathematics import derivative
from ..modes import scope
from ..notation import product_text, short_number
from ..value import Value
from . import style
from .figure import Arrow, Box, Cell, Cluster, Direction, Figure, Kind, Row
from .fold import Group, Link

Edges = Literal["local", "chain", "none"]

MAX_NAME = 22  # characters of a name shown in a box; the whole of it is in the tooltip
MAX_PORTS = 12  # with more operands than this all arrows end in one place
MAX_CONSTANTS = 4  # of one operation; more are drawn as one
MAX_ROWS = 8  # of a folded box


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """What is written: the names of nodes, their gradients, what stands on edges, how many digits."""

    names: Mapping[Value, str]
    gradients: Mapping[Value, float]
    edges: Edges
    digits: int = 3


class Author:
    """Writes the figure of one graph, whose nodes are `order` and whose boxes are `groups`."""

    def __init__(self, order: Sequence[Value], groups: Sequence[Group], wording: Wording) -> None:
        self.groups = groups
        self.wording = wording
        self.root = order[-1]
        self.index = {node: k for k, node in enumerate(order)}
        folded = (group for group in groups if group.folded)
        boxes = {group: f"s{j}" for j, group in enumerate(folded)}
        self.keys = {group: boxes.get(group) or self._key(group.nodes[0]) for group in groups}
        self.largest_gradient = _largest(wording.gradients.get(node, 0.0) for node in order)

    def figure(self, links: Sequence[Link], direction: Direction) -> Figure:
        """All boxes, each in the frame of its scope, and all arrows."""
        top = Cluster("", "")
        frames: dict[scope | None, Cluster] = {None: top}
        arrows: list[Arrow] = []
        for group in self.groups:
            boxes = _frame(frames, group.place).boxes
            if group.folded:
                boxes.append(self._folded(group, group.folded))
                continue
            boxes.append(self._node(group.nodes[0]))
            for constant, arrow in self._constants(group.nodes[0]):
                boxes.append(constant)
                arrows.append(arrow)
        largest = _largest(link.contribution or 0.0 for link in links)
        arrows += [self._arrow(link, largest) for link in links]
        return Figure(top, arrows, direction)

    def _key(self, node: Value) -> str:
        return f"n{self.index[node]}"

    def _short(self, x: float) -> str:
        return short_number(x, self.wording.digits)

    # Boxes
    def _row(self, node: Value, main: bool = True) -> Row:
        name = visible(self.wording.names[node])
        data = Cell(self._short(node.data), f"data = {node.data!r}")
        gradient = self.wording.gradients.get(node)
        if gradient is None:
            grad = Cell("·", "no backward pass has been here")
        else:
            tint = style.tint(gradient, self.largest_gradient)
            grad = Cell(self._short(gradient), f"grad = {gradient!r}", tint)
        return Row(cut(name), name, data, grad, main)

    def _node(self, node: Value) -> Box:
        kind: Kind = "output" if node is self.root else "result" if node.rule else "leaf"
        row = self._row(node)
        tooltip = _lines([row.whole_name, row.data.exact, row.grad.exact, visible(node.line)])
        badge = node.rule.symbol if node.rule else ""
        places = len(_shown_operands(node))
        return Box(
            self._key(node), kind, [row], tooltip, badge, ports=places if 0 < places <= MAX_PORTS else 1
        )

    def _folded(self, group: Group, place: scope) -> Box:
        rows = [self._row(node) for node in group.outputs]
        rows += [self._row(node, main=False) for node in group.parameters]
        nodes = f"{len(group.nodes)} nodes"
        caption = nodes if len(rows) <= MAX_ROWS else f"{nodes}, {len(rows) - MAX_ROWS} rows more"
        tooltip = visible(place.path) + f"\n{nodes} folded into one box"
        return Box(self.keys[group], "folded", rows[:MAX_ROWS], tooltip, visible(place.name), caption)

    def _constants(self, node: Value) -> list[tuple[Box, Arrow]]:
        """The plain numbers among the operands, each at its own port, or as one where many."""
        operands = node.operands
        plain = {i: x for i in _shown_operands(node) if not isinstance(x := operands[i], Value)}
        if len(plain) > MAX_CONSTANTS:
            shown = {next(iter(plain)): f"{len(plain)} numbers"}
            exact = ", ".join(map(repr, plain.values()))
        else:
            shown = {i: short_number(x or 0.0, 6) for i, x in plain.items()}
            exact = ""
        made: list[tuple[Box, Arrow]] = []
        for i, text in shown.items():
            key = f"k{self.index[node]}-{i}"
            row = Row(text, exact or repr(plain[i]))
            box = Box(key, "constant", [row], f"constant {cut(row.whole_name, 200)}")
            made.append((box, Arrow(f"{key}-e", key, self._key(node), _port(node, i))))
        return made

    # Arrows
    def _arrow(self, link: Link, largest: float) -> Arrow:
        node, slot = link.uses[0]
        tail, head = self.keys[link.tail], self.keys[link.head]
        if link.head.folded:
            key, port = f"{head}-e{tail if link.value is None else self.index[link.value]}", 0
        else:
            operand = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
            key, port = f"e{self.index[node]}-{slot}", _port(node, operand)
        label, number = self._edge_label(link)
        known = link.contribution
        width = 1.2 if known is None else style.line_width(known, largest)
        colour = style.sign_colour(number)
        return Arrow(key, tail, head, port, label, colour, width, self._edge_tooltip(link))

    def _edge_label(self, link: Link) -> tuple[str, float]:
        """What stands on an edge, and the number whose sign colours it."""
        edges, local, contribution = self.wording.edges, link.local, link.contribution
        if contribution is None or (edges == "local" and local is not None):
            text = "" if local is None else self._short(local)
            number = local or 0.0
        elif link.upstream is not None and local is not None:
            text = product_text(link.upstream, local, contribution, self.wording.digits)
            number = contribution
        else:
            text = f"Σ = {self._short(contribution)}"
            number = contribution
        return "" if edges == "none" else text, number

    def _edge_tooltip(self, link: Link) -> str:
        lines: list[str] = []
        if link.value is not None and link.local is not None:
            names = self.wording.names
            output = names[link.head.outputs[0]]
            lines.append(f"{derivative(output, names[link.value])} = {link.local!r}")
            if link.upstream is not None:
                lines.append(f"{link.upstream!r} × {link.local!r} = {link.contribution!r}")
        return visible("\n".join(lines), keep="\n")


def cut(text: str, length: int = MAX_NAME) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def visible(text: str, keep: str = "") -> str:
    """Text whose control characters are seen and not obeyed, and that XML can hold.

    >>> visible("a\\x00b\\n")
    'a␀b␊'
    """
    return "".join(c if c in keep else _seen(c) for c in text)


def _seen(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character in "\u200c\u200d":  # joiners belong to words and emoji
        return character
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
        return "\ufffd"
    return character


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))


def _largest(numbers: Iterable[float]) -> float:
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


def _frame(frames: dict[scope | None, Cluster], place: scope | None) -> Cluster:
    """The frame of a scope, made inside those of the scopes around it where it is not there yet."""
    if place not in frames:
        assert place
        around = _frame(frames, place.parent)
        frames[place] = Cluster(f"c{len(frames) - 1}", visible(place.name))
        around.clusters.append(frames[place])
    return frames[place]


def _shown_operands(node: Value) -> list[int]:
    """The operands a picture shows: not a branch left out, nor a dot's bias 0 that nobody wrote."""
    operands = node.operands
    shown = [i for i, operand in enumerate(operands) if operand is not None]
    if node.op == "dot" and not isinstance(operands[-1], Value) and operands[-1] == 0.0:
        shown.pop()
    return shown


def _port(node: Value, operand: int) -> int:
    shown = _shown_operands(node)
    return shown.index(operand) if len(shown) <= MAX_PORTS else 0
