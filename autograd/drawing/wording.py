"""Putting a graph into words: numbers become short text, signs colours, magnitudes widths.

What is short here is exact in a tooltip.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..explanation import superscript
from ..mathematics import derivative
from ..modes import scope
from ..notation import product_text, short_number
from ..value import Value
from . import style
from .figure import Arrow, Box, Cell, Cluster, Direction, Figure, Kind, Row
from .fold import Group, Link, Use
from .phrases import cut, derivative_of, formula_of, name_of, visible

Edges = Literal["local", "chain", "none"]
Blank = Literal["data", "grad", "local"]

SHORT = 3  # with no longer names, ∂e/∂a fits on an edge
MAX_PORTS = 12  # with more operands than this all arrows end in one place
MAX_CONSTANTS = 4  # of one operation; more are drawn as one
MAX_ROWS = 8  # of a folded box
ROOMY = 12  # in a picture of so many boxes at most, folded boxes show their parameters


@dataclass(frozen=True, eq=False, slots=True)
class Wording:
    """What is written, and how.

    `flows`, where there are any, are the edges to highlight, with what flows through each; `blank`
    says which numbers a worksheet leaves out.
    """

    names: Mapping[Value, str]
    gradients: Mapping[Value, float]
    edges: Edges
    digits: int = 3
    flows: Mapping[Use, float] = field(default_factory=dict[Use, float])
    blank: frozenset[Blank] = frozenset()


class Author:
    """Writes the figure of one graph, whose nodes are `order` and whose boxes are `groups`."""

    def __init__(self, order: Sequence[Value], groups: Sequence[Group], wording: Wording) -> None:
        self.groups = groups
        self.wording = wording
        self.root = order[-1]
        self.index = {node: k for k, node in enumerate(order)}
        several = (group for group in groups if group.kind != "node")
        keys = {group: f"s{j}" for j, group in enumerate(several)}
        self.keys = {group: keys.get(group) or self._key(group.nodes[0]) for group in groups}
        self.largest_gradient = _largest(wording.gradients.get(node, 0.0) for node in order)
        self.short_names = all(len(name) <= SHORT for name in wording.names.values())
        self.lit = {node for user, slot in wording.flows for node in (user, user.parents[slot])}

    def figure(self, links: Sequence[Link], direction: Direction) -> Figure:
        """All boxes, each in the frame of its scope, and all arrows."""
        frames: dict[scope | None, Cluster] = {None: Cluster("", "")}
        arrows: list[Arrow] = []
        for group in self.groups:
            if group.kind == "elsewhere":
                continue
            boxes = _frame(frames, group.place).boxes
            if group.kind != "node":
                boxes.append(self._several(group))
                continue
            boxes.append(self._node(group.nodes[0]))
            for constant, arrow in self._constants(group.nodes[0]):
                boxes.append(constant)
                arrows.append(arrow)
        largest = _largest(self._weight(link) or 0.0 for link in links)
        for link in links:
            arrow = self._arrow(link, largest)
            if "elsewhere" in (link.tail.kind, link.head.kind):
                box, arrow = self._left_out(link, arrow)
                frames[None].boxes.append(box)
            arrows.append(arrow)
        return Figure(frames[None], arrows, direction)

    def _key(self, node: Value) -> str:
        return f"n{self.index[node]}"

    def _name(self, node: Value) -> str:
        return name_of(node, self.wording.names)

    def _short(self, x: float) -> str:
        return short_number(x, self.wording.digits)

    def _dim(self, nodes: Iterable[Value]) -> bool:
        return bool(self.lit) and not any(node in self.lit for node in nodes)

    # Boxes
    def _row(self, node: Value, main: bool = True) -> Row:
        name = visible(self.wording.names[node])
        given = not node.parents
        hide = self.wording.blank
        data = Cell(self._short(node.data), f"data = {node.data!r}", blank="data" in hide and not given)
        gradient = self.wording.gradients.get(node)
        if gradient is None:
            grad = Cell("·", "no backward pass has been here", blank="grad" in hide)
        else:
            tint = style.tint(gradient, self.largest_gradient)
            blank = "grad" in hide and node is not self.root
            grad = Cell(self._short(gradient), f"grad = {gradient!r}", tint, blank)
        return Row(cut(name), name, data, grad, main)

    def _node(self, node: Value) -> Box:
        kind: Kind = "output" if node is self.root else "result" if node.rule else "leaf"
        row = self._row(node)
        exact = [cell.exact for cell in (row.data, row.grad) if not cell.blank]
        tooltip = _lines([row.whole_name, *exact, visible(node.line)])
        badge = node.rule.symbol if node.rule else ""
        places = len(_shown_operands(node))
        ports = places if 0 < places <= MAX_PORTS else 1
        return Box(self._key(node), kind, [row], tooltip, badge, ports=ports, dim=self._dim([node]))

    def _several(self, group: Group) -> Box:
        """A folded scope, with its outputs and parameters, or leaves with the same users."""
        names = self.wording.names
        shown = set(shown_rows(group, len(self.groups)))
        if group.folded:
            name, path = visible(group.folded.name), visible(group.folded.path)
            caption = formula_of(group, names)
            rows = self._rows(group.outputs, shown, "outputs", main=True)
            rows += self._rows(group.parameters, shown, "parameters", main=False)
        else:
            name = path = f"{visible(names[group.nodes[0]])} … {visible(names[group.nodes[-1]])}"
            caption = ""
            rows = self._rows(group.nodes, shown, "leaves", main=False)
        size = f"{len(group.nodes)} {'nodes' if group.folded else 'leaves'}"
        tooltip = f"{path}\n{size} in one box" + (f": {caption}" if caption else "")
        caption, dim = cut(caption or size), self._dim(group.nodes)
        return Box(self.keys[group], "folded", rows, tooltip, cut(name), caption, dim=dim)

    def _rows(self, nodes: Sequence[Value], shown: set[Value], what: str, main: bool) -> list[Row]:
        """A row for each that is shown, and one that counts the others."""
        rows = [self._row(node, main) for node in nodes if node in shown]
        if len(rows) < len(nodes):
            others = f"… {len(nodes) - len(rows)} more {what}" if rows else f"{len(nodes)} {what}"
            rows.append(Row(others, others, main=False))
        return rows

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
            tooltip = f"constant {cut(row.whole_name, 200)}"
            dim = self._dim([node])
            made.append(
                (
                    Box(key, "constant", [row], tooltip, dim=dim),
                    Arrow(f"{key}-e", key, self._key(node), _port(node, i), dim=dim),
                )
            )
        return made

    def _left_out(self, link: Link, arrow: Arrow) -> tuple[Box, Arrow]:
        """The rest of the graph, as three dots at the one end of the arrow."""
        uses = len(link.uses)
        if link.head.kind == "elsewhere":
            key, tooltip = f"{arrow.tail}-out", f"{uses} use{'s' * (uses > 1)} not shown"
            arrow = replace(arrow, key=f"{key}-e", head=key, port=None)
        else:
            key, tooltip = f"{arrow.key}-in", "not shown"
            arrow = replace(arrow, tail=key)
        return Box(key, "constant", [Row("⋯", tooltip)], tooltip), arrow

    # Arrows
    def _weight(self, link: Link) -> float | None:
        """What an edge's width shows: what flows along the highlighted paths, or its contribution."""
        if self.wording.flows:
            through = [self.wording.flows[use] for use in link.uses if use in self.wording.flows]
            return math.fsum(through) if through else None
        return link.contribution

    def _arrow(self, link: Link, largest: float) -> Arrow:
        node, slot = link.uses[0]
        tail, head = self.keys[link.tail], self.keys[link.head]
        key, port = f"e{self.index[node]}-{slot}", None
        if link.head.kind == "node":
            operand = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
            port = _port(node, operand)
        else:
            key = f"{head}-e{tail if link.value is None else self.index[link.value]}"
        weight = self._weight(link)
        if self.wording.flows and weight is None:
            return Arrow(key, tail, head, port, dim=True)
        label, number = self._edge_label(link)
        blank = label != "" and self._gives_away() in self.wording.blank
        if self.wording.blank:
            weight, number = None, 0.0 if blank else number
        width = 1.2 if weight is None else style.line_width(weight, largest)
        tooltip = self._edge_tooltip(link)
        return Arrow(key, tail, head, port, label, style.sign_colour(number), width, tooltip, blank)

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
            text, number = f"Σ = {self._short(contribution)}", contribution
        return "" if edges == "none" else text, number

    def _local(self, link: Link) -> str:
        """∂e/∂a = −3, or, where names are long, the number."""
        number = self._short(link.local or 0.0)
        if not self.short_names or link.value is None:
            return number
        slot = superscript(*link.uses[0]) if len(link.uses) == 1 else ""
        of, by = self._name(link.head.outputs[0]), self._name(link.value)
        return f"{derivative(of, by + slot)} = {number}"

    def _edge_tooltip(self, link: Link) -> str:
        if link.value is None:
            return f"{len({node.parents[slot] for node, slot in link.uses})} values"
        lines: list[str] = []
        if link.local is not None and "local" not in self.wording.blank:
            lines.append(derivative_of(link, self.wording.names))
        if link.contribution is not None and not self.wording.blank:
            name = f"∂{self._name(self.root)}/∂{self._name(link.value)}"
            product = "" if link.upstream is None else f"{link.upstream!r} × {link.local!r} = "
            lines.append(f"{name} += {product}{link.contribution!r}")
        return _lines(lines)


def shown_rows(group: Group, boxes: int) -> list[Value]:
    """The values that have a row of their own in the box of a group, from the top."""
    if group.kind != "scope":
        room = MAX_ROWS if boxes <= ROOMY else 3
        return group.nodes if len(group.nodes) <= room else group.nodes[: room - 1]
    if len(group.outputs) > MAX_ROWS:
        return group.outputs[: MAX_ROWS - 1]
    room = MAX_ROWS - len(group.outputs) if boxes <= ROOMY else 0
    return group.outputs + (group.parameters if len(group.parameters) <= room else [])


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
