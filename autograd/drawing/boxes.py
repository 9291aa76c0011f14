"""The boxes of a picture: nodes, folded scopes and constants, with the texts in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ..nodes.scopes import scope
from ..text.characters import cut, visible
from ..text.mathematics import ATOM, SIGN, Written
from ..text.names import definition
from ..text.numbers import short_number
from ..value import Value
from . import style
from .figure import Box, Cell, Kind, Row
from .fold import Group, box_keys
from .folded import words_in
from .rows import MAX_CONSTANTS, MAX_PORTS, constants, shown_operands, shown_rows
from .wording import Wording

MAX_DEFINITION = 28  # characters below a made-up name; the tooltip has all
MAX_DEFINITIONS = 3  # in a folded box


class Boxes:
    """Writes the boxes of one graph, whose nodes are `order`."""

    def __init__(
        self,
        order: Sequence[Value],
        outputs: Sequence[Value],
        groups: Sequence[Group],
        wording: Wording,
    ) -> None:
        self.groups = groups
        self.wording = wording
        self.outputs = set(outputs)
        self.index = {node: k for k, node in enumerate(order)}
        seen = outputs if "grad" in wording.blank else order  # or the strength of one would tell of others
        self.largest = largest(wording.gradients.get(node, 0.0) for node in seen)
        self.keys = box_keys(order, groups)

    def key(self, node: Value) -> str:
        """The end of the ids of a node's box."""
        return f"n{self.index[node]}"

    def box(self, group: Group) -> Box:
        """The box of a group."""
        if group.folded:
            return self._folded(group, group.folded)
        return self._node(group.nodes[0]) if group.kind == "node" else self._leaves(group)

    def constants(self, node: Value) -> dict[int, Box]:
        """The plain numbers among the operands, by operand; if there are many, one box for all."""
        plain = constants(node)
        first = next(iter(plain), 0)
        shown = {i: short_number(x, 6) for i, x in plain.items()}
        if len(plain) > MAX_CONSTANTS:
            shown = {first: self.wording.say("constants", count=len(plain))}
        boxes: dict[int, Box] = {}
        for i, text in shown.items():
            exact = ", ".join(map(repr, plain.values())) if len(shown) < len(plain) else repr(plain[i])
            tooltip = self.wording.say("constant", numbers=cut(exact, 200))
            key, dim = f"k{self.index[node]}-{i}", self.wording.is_dim([node])
            boxes[i] = Box(key, "constant", [Row(text, exact)], tooltip, dim=dim)
        return boxes

    def _row(self, node: Value, main: bool = True) -> Row:
        name = visible(self.wording.names[node])
        hide = self.wording.blank
        exact, result = f"data = {node.data!r}", bool(node.parents)
        data = Cell(self.wording.short(node.data), exact, blank="data" in hide and result)
        gradient = self.wording.gradients.get(node)
        if gradient is None:
            grad = Cell("·", self.wording.say("no_gradient"), blank="grad" in hide)
        else:
            tint = style.tint(gradient, self.largest)
            blank = "grad" in hide and node not in self.outputs
            grad = Cell(self.wording.short(gradient), f"grad = {gradient!r}", tint, blank)
        return Row(cut(name), name, data, grad, main)

    def _node(self, node: Value) -> Box:
        kind: Kind = "output" if node in self.outputs else "result" if node.rule else "leaf"
        row, meaning = self._row(node), self._meaning(node)
        exact = [cell.exact for cell in (row.data, row.grad) if not cell.blank]
        tooltip = _lines([" ".join([row.whole_name, meaning]).rstrip(), *exact, visible(node.line)])
        badge = node.rule.symbol if node.rule else ""
        places = len(shown_operands(node))
        ports = places if 0 < places <= MAX_PORTS else 1
        defined = [cut(meaning, MAX_DEFINITION)] if meaning else []
        dim = self.wording.is_dim([node])
        return Box(self.key(node), kind, [row], tooltip, badge, "", defined, ports, dim)

    def _meaning(self, node: Value) -> str:
        """`= w1·x1 + w2·x2` of a result whose name, `v7`, was made up; else ""."""
        if not node.rule:
            return ""  # its number is in the box
        names = self.wording.formula_names
        return definition(node, names, self.index[node] + 1, _constant).removeprefix(f"{names[node]} ")

    def _folded(self, group: Group, place: scope) -> Box:
        """A folded scope: its formula, its outputs and its parameters."""
        names = self.wording.formula_names
        formula, *defined = words_in(group, names, shown_rows(group, len(self.groups)), self.index)
        rows = self._rows(group, group.outputs, "outputs", main=True)
        rows += self._rows(group, group.parameters, "parameters", main=False)
        size = self.wording.say("nodes", count=len(group.nodes))
        tooltip = _lines([visible(place.path), self.wording.say("in_one_box", size=size), formula, *defined])
        caption, dim = cut(formula or size), self.wording.is_dim(group.nodes)
        shown = [cut(text, MAX_DEFINITION) for text in defined[:MAX_DEFINITIONS]]
        return Box(
            self.keys[group], "folded", rows, tooltip, cut(visible(place.name)), caption, shown, dim=dim
        )

    def _leaves(self, group: Group) -> Box:
        """Leaves with the same users, named by the first and the last of them."""
        first, last = (visible(self.wording.names[group.nodes[i]]) for i in (0, -1))
        rows = self._rows(group, group.nodes, "leaves", main=False)
        size = self.wording.say("leaves", count=len(group.nodes))
        tooltip = _lines([f"{first} … {last}", self.wording.say("in_one_box", size=size)])
        dim = self.wording.is_dim(group.nodes)
        return Box(self.keys[group], "folded", rows, tooltip, cut(f"{first} … {last}"), size, dim=dim)

    def _rows(self, group: Group, nodes: Sequence[Value], kind: str, main: bool) -> list[Row]:
        """A row for each node that is shown, and one that counts the others."""
        shown = set(shown_rows(group, len(self.groups)))
        rows = [self._row(node, main) for node in nodes if node in shown]
        if len(rows) < len(nodes):
            others = self.wording.say(f"more_{kind}" if rows else kind, count=len(nodes) - len(rows))
            rows.append(Row(others, others, main=False))
        return rows


def _constant(node: Value, place: int, x: float) -> Written:
    """A plain number in a definition, as its own box has it."""
    return Written(short_number(x, 6), SIGN if x < 0 else ATOM)


def largest(numbers: Iterable[float]) -> float:
    """The largest finite magnitude, the scale of colours and widths; 0.0 if there is none."""
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))
