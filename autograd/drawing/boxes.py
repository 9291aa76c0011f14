"""The boxes of a picture: nodes, folded scopes and constants, with the texts in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..nodes.scopes import scope
from ..table.row import FormulaRule
from ..text.catalogue import say
from ..text.characters import MAX_NAME, cut, visible
from ..text.mathematics import ATOM, SIGN, SUM, Written, applied
from ..text.names import definition, is_made_up, is_variable, name_in
from ..text.narration import Narration
from ..text.numbers import short_number
from ..value import Value
from . import style
from .figure import Box, Cell, Kind, Row
from .fold import Group, Use, box_keys

Edges = Literal["local", "chain", "none"]
Blank = Literal["data", "grad", "local"]

ELLIPSIS = "…"
MAX_PORTS = 12  # a node with more operands has one port for all arrows
MAX_CONSTANTS = 4  # of one operation; more are drawn as one
MAX_ROWS = 8  # of a folded box
MAX_DEFINITION = 28  # characters below a made-up name; the tooltip has all
MAX_DEFINITIONS = 3  # in a folded box
ROOMY = 12  # in a picture of at most this many boxes, folded boxes show their parameters


@dataclass(frozen=True, eq=False)
class Wording:
    """The content of one picture: its names, gradients, options and language.

    `flows`, if there are any, are the edges to highlight, with the share that each carries; `blank`
    names the numbers that a worksheet leaves out.
    """

    names: Mapping[Value, str]
    gradients: Mapping[Value, float]
    edges: Edges
    digits: int = 3
    flows: Mapping[Use, float] = field(default_factory=dict[Use, float])
    blank: frozenset[Blank] = frozenset()
    lang: str = "en"

    def short(self, x: float) -> str:
        """A number as the picture shows it."""
        return short_number(x, self.digits)

    def name(self, node: Value) -> str:
        """A node's name as it is written in a formula: an expression gets parentheses."""
        return name_in(node, self.formula_names)

    @cached_property
    def formula_names(self) -> dict[Value, str]:
        """The names as formulas have them: short, without control characters."""
        return {node: cut(visible(name), 60) for node, name in self.names.items()}

    def say(self, key: str, **values: str | int) -> str:
        """A sentence of the catalogue, in the language of the picture."""
        return say(f"picture.{key}", self.lang, **values)

    @cached_property
    def narration(self) -> Narration:
        """The graph in words, in the names that formulas have here."""
        return Narration(self.formula_names, self.lang)

    def is_dim(self, nodes: Iterable[Value]) -> bool:
        """Whether paths are highlighted, and none of them visits these nodes."""
        return bool(self.flows) and not any(node in self._lit for node in nodes)

    @cached_property
    def _lit(self) -> set[Value]:
        return {node for user, slot in self.flows for node in (user, user.parents[slot])}


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
        operands = node.operands
        plain = {i: x for i in shown_operands(node) if not isinstance(x := operands[i], Value)}
        first = next(iter(plain), 0)
        shown = {i: short_number(x or 0.0, 6) for i, x in plain.items()}
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


def name_of(node: Value, names: Mapping[Value, str]) -> str:
    """A node's name as a picture writes it in a formula."""
    return cut(visible(name_in(node, names)), 60)


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
    """The operands a picture shows: not a branch left out, nor a dot's default bias 0."""
    operands = node.operands
    shown = [i for i, operand in enumerate(operands) if operand is not None]
    if node.op == "dot" and not isinstance(operands[-1], Value) and operands[-1] == 0.0:
        shown.pop()
    return shown


def port(node: Value, operand: int) -> int:
    """The port of a node's box at which the arrow of an operand ends."""
    shown = shown_operands(node)
    return shown.index(operand) if len(shown) <= MAX_PORTS else 0


def words_in(
    group: Group, names: Mapping[Value, str], rows: Iterable[Value], index: Mapping[Value, int]
) -> list[str]:
    """The words in a folded box: its formula, and `v9 = exp(…)` for the made-up names in its `rows`.

    With several outputs, or none that is a result, the formula is "".
    """
    formulas, told = formulas_in(group, names), set(rows)
    formula = formulas.pop(group.outputs[0], "") if len(group.outputs) == 1 else ""
    for node in reversed(group.nodes):
        if node in told and not (node.label or is_variable(names[node])):
            told.update(node.parents)  # of which its name is made
    defined = [node for node in formulas if node in told and is_made_up(node, names, index[node] + 1)]
    return [formula, *(f"{names[node]} = {formulas[node]}" for node in defined)]


def formulas_in(group: Group, names: Mapping[Value, str]) -> dict[Value, str]:
    """The results in a folded box as formulas of what comes into it, `tanh(w·x + b)`; `tanh(…)` if long."""
    left_out = Written(ELLIPSIS)
    found: dict[Value, str] = {}
    pieces: dict[Value, tuple[Written, ...]] = {}  # of a longer formula: as it is, in short, left out

    def piece(operand: Value | float | None, length: int) -> Written:
        if isinstance(operand, Value):
            return pieces[operand][length] if operand in pieces else Written(name_of(operand, names))
        return left_out if operand is None else Written(short_number(operand, 6))

    for node in group.nodes:
        if node.op == "dot":
            whole = short = Written("w·x + b", SUM)
        elif isinstance(node.rule, FormulaRule):
            choices = [applied(node.op, [piece(x, length) for x in node.operands]) for length in range(3)]
            whole = next((choice for choice in choices if len(choice.text) <= MAX_NAME), choices[-1])
            short = applied(node.op, [left_out] * len(node.operands))
        elif node.rule:
            whole = short = Written(f"{node.rule.symbol}(…)")
        else:
            continue
        found[node] = whole.text
        short = short if short.binds == ATOM else left_out  # "…·…" says nothing
        pieces[node] = short if whole.text.strip("…· +−") == "" else whole, short, left_out
    return found


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(filter(None, lines))
