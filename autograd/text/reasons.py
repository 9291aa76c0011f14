"""The reason for a local derivative: the table's rule, written with a node's own operands."""

from __future__ import annotations

from collections.abc import Callable

from ..table.row import FormulaRule
from ..value import Value
from .mathematics import Written, derivative, written
from .names import superscript


def reason(node: Value, slot: int, name: Callable[[Value], str]) -> str:
    """`∂c/∂a = b`: the derivative of a node with respect to one operand, and its formula.

    `name` writes a node's name. An operation on lists has only the left side.
    """
    parent = node.parents[slot]
    left = derivative(name(node), name(parent) + superscript(node, slot))
    if not isinstance(node.rule, FormulaRule):
        return left
    operands = node.operands
    letters: dict[str, Written | float] = {
        letter: Written(name(x)) if isinstance(x, Value) else Written("…") if x is None else x
        for letter, x in zip(node.rule.operands, operands, strict=True)
    }
    place = [i for i, x in enumerate(operands) if isinstance(x, Value)][slot]
    formula = written(node.rule.shown[1 + place], names={**letters, "y": Written(name(node))})
    return f"{left} = {formula.text}"
