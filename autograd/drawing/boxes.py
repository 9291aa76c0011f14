"""The boxes of a picture: nodes, folded scopes and constants, with their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..nodes.modes import scope
from ..text.names import short_number
from ..value import Value
from . import style
from .figure import Box, Cell, Kind, Row
from .fold import Group
from .phrases import cut, formula_of, visible
from .wording import Wording, largest

MAX_PORTS = 12  # with more operands than this all arrows end in one place
MAX_CONSTANTS = 4  # of one operation; more are drawn as one
MAX_ROWS = 8  # of a folded box
ROOMY = 12  # in a picture of so many boxes at most, folded boxes show their parameters


class Boxes:
    """Puts the boxes of one graph, whose nodes are `order`, into words."""

    def __init__(self, order: Sequence[Value], groups: Sequence[Group], wording: Wording) -> None:
        self.groups = groups
        self.wording = wording
        self.root = order[-1]
        self.index = {node: k for k, node in enumerate(order)}
        self.largest = largest(wording.gradients.get(node, 0.0) for node in order)
        several = (group for group in groups if group.kind != "node")
        scopes = {group: f"s{j}" for j, group in enumerate(several)}
        self.keys = {group: scopes.get(group) or self.key(group.nodes[0]) for group in groups}

    def key(self, node: Value) -> str:
        """What the ids of a node's box end in."""
        return f"n{self.index[node]}"

    def box(self, group: Group) -> Box:
        """The box of a group."""
        if group.folded:
            return self._folded(group, group.folded)
        return self._node(group.nodes[0]) if group.kind == "node" else self._leaves(group)

    def constants(self, node: Value) -> dict[int, Box]:
        """The plain numbers among the operands, by operand, or all as one where they are many."""
        operands = node.operands
        plain = {i: x for i in shown_operands(node) if not isinstance(x := operands[i], Value)}
        first = next(iter(plain), 0)
        shown = {i: short_number(x or 0.0, 6) for i, x in plain.items()}
        if len(plain) > MAX_CONSTANTS:
            shown = {first: f"{len(plain)} numbers"}
        boxes: dict[int, Box] = {}
        for i, text in shown.items():
            exact = ", ".join(map(repr, plain.values())) if len(shown) < len(plain) else repr(plain[i])
            key, dim = f"k{self.index[node]}-{i}", self.wording.is_dim([node])
            boxes[i] = Box(key, "constant", [Row(text, exact)], f"constant {cut(exact, 200)}", dim=dim)
        return boxes

    def _row(self, node: Value, main: bool = True) -> Row:
        name = visible(self.wording.names[node])
        hide = self.wording.blank
        exact, result = f"data = {node.data!r}", bool(node.parents)
        data = Cell(self.wording.short(node.data), exact, blank="data" in hide and result)
        gradient = self.wording.gradients.get(node)
        if gradient is None:
            grad = Cell("·", "no backward pass has been here", blank="grad" in hide)
        else:
            tint = style.tint(gradient, self.largest)
            blank = "grad" in hide and node is not self.root
            grad = Cell(self.wording.short(gradient), f"grad = {gradient!r}", tint, blank)
        return Row(cut(name), name, data, grad, main)

    def _node(self, node: Value) -> Box:
        kind: Kind = "output" if node is self.root else "result" if node.rule else "leaf"
        row = self._row(node)
        exact = [cell.exact for cell in (row.data, row.grad) if not cell.blank]
        tooltip = _lines([row.whole_name, *exact, visible(node.line)])
        badge = node.rule.symbol if node.rule else ""
        places = len(shown_operands(node))
        ports = places if 0 < places <= MAX_PORTS else 1
        return Box(self.key(node), kind, [row], tooltip, badge, ports=ports, dim=self.wording.is_dim([node]))

    def _folded(self, group: Group, place: scope) -> Box:
        """A folded scope: what it computes, its outputs and its parameters."""
        formula = formula_of(group, self.wording.names)
        rows = self._rows(group, group.outputs, "outputs", main=True)
        rows += self._rows(group, group.parameters, "parameters", main=False)
        size = f"{len(group.nodes)} nodes"
        tooltip = _lines([visible(place.path), f"{size} in one box", formula])
        caption, dim = cut(formula or size), self.wording.is_dim(group.nodes)
        return Box(self.keys[group], "folded", rows, tooltip, cut(visible(place.name)), caption, dim=dim)

    def _leaves(self, group: Group) -> Box:
        """Leaves with the same users, named by the first and the last of them."""
        first, last = (visible(self.wording.names[group.nodes[i]]) for i in (0, -1))
        rows = self._rows(group, group.nodes, "leaves", main=False)
        size, dim = f"{len(group.nodes)} leaves", self.wording.is_dim(group.nodes)
        tooltip = f"{first} … {last}\n{size} in one box"
        return Box(self.keys[group], "folded", rows, tooltip, cut(f"{first} … {last}"), size, dim=dim)

    def _rows(self, group: Group, nodes: Sequence[Value], what: str, main: bool) -> list[Row]:
        """A row for each that is shown, and one that counts the others."""
        shown = set(shown_rows(group, len(self.groups)))
        rows = [self._row(node, main) for node in nodes if node in shown]
        if len(rows) < len(nodes):
            left = len(nodes) - len(rows)
            others = f"… {left} more {what}" if rows else f"{left} {what if left > 1 else what[:-1]}"
            rows.append(Row(others, others, main=False))
        return rows


def shown_rows(group: Group, boxes: int) -> list[Value]:
    """The values that have a row of their own in the box of a group, from the top."""
    if group.kind != "scope":
        room = MAX_ROWS if boxes <= ROOMY else 3
        return group.nodes if len(group.nodes) <= room else group.nodes[: room - 1]
    if len(group.outputs) > MAX_ROWS:
        return group.outputs[: MAX_ROWS - 1]
    room = MAX_ROWS - len(group.outputs) if boxes <= ROOMY else 0
    return group.outputs + (group.parameters if len(group.parameters) <= room else [])


def shown_operands(node: Value) -> list[int]:
    """The operands a picture shows: not a branch left out, nor a dot's bias 0 that nobody wrote."""
    operands = node.operands
    shown = [i for i, operand in enumerate(operands) if operand is not None]
    if node.op == "dot" and not isinstance(operands[-1], Value) and operands[-1] == 0.0:
        shown.pop()
    return shown


def port(node: Value, operand: int) -> int:
    """The place of a node's box in which the arrow of an operand ends."""
    shown = shown_operands(node)
    return shown.index(operand) if len(shown) <= MAX_PORTS else 0


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))
