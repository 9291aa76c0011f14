"""Pieces of text: what a person typed made visible, a long name cut, a formula in a graph's names."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from ..table.row import FormulaRule
from ..text.explanation import name_in, superscript
from ..text.mathematics import SUM, Written, applied, derivative, written
from ..text.names import short_number
from ..value import Value
from .fold import Group, Link

MAX_NAME = 22  # characters of a name shown in a box; the whole of it is in the tooltip

Names = Mapping[Value, str]


def name_of(node: Value, names: Names) -> str:
    """A node's name as it stands in a formula, where an expression has parentheses."""
    return cut(visible(name_in(node, names)), 60)


def derivative_of(link: Link, names: Names) -> str:
    """∂e/∂a = b = −3.0: the formula of the table, in the names of this graph, and its value."""
    assert link.value is not None
    node, slot = link.uses[0]
    head = link.head.outputs[0]
    of, by = name_of(head, names), name_of(link.value, names)
    if head is not node or len(link.uses) > 1:
        within = visible(link.head.folded.path) if link.head.folded else "what is not shown"
        return f"{derivative(of, by)} = {link.local!r}, in all through {within}"
    formula = ""
    if isinstance(node.rule, FormulaRule):
        rule, operands = node.rule, node.operands
        letters: dict[str, Written | float] = {
            a: x if isinstance(x, float) else _piece(x, {}, names)
            for a, x in zip(rule.operands, operands, strict=True)
        }
        place = [i for i, x in enumerate(operands) if isinstance(x, Value)][slot]
        formula = f" = {written(rule.shown[1 + place], names={**letters, 'y': Written(of)}).text}"
    return f"{derivative(of, by + superscript(node, slot))}{formula} = {link.local!r}"


def formula_of(group: Group, names: Names) -> str:
    """What a folded box with one output computes, "tanh(w·x + b)"; "" where it is not short."""
    if len(group.outputs) != 1:
        return ""
    pieces: dict[Value, Written] = {}
    for node in group.nodes:
        operands = [_piece(operand, pieces, names) for operand in node.operands]
        if node.op == "dot":
            pieces[node] = Written("w·x + b", SUM)
        elif isinstance(node.rule, FormulaRule):
            pieces[node] = applied(node.op, operands)
        elif node.rule:
            pieces[node] = Written(f"{node.rule.symbol}(…)")
        if node in pieces and len(pieces[node].text) > MAX_NAME:
            return ""
    made = pieces.get(group.outputs[0])
    return made.text if made else ""


def _piece(operand: Value | float | None, made: Mapping[Value, Written], names: Names) -> Written:
    if isinstance(operand, Value):
        return made.get(operand) or Written(name_of(operand, names))
    return Written("…" if operand is None else short_number(operand, 6))


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
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"):
        return "\ufffd"
    return character
