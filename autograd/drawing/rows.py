"""The contents of a box: which values have rows, which operands have ports, which constants have boxes."""

from __future__ import annotations

from ..value import Value
from .fold import Group

MAX_PORTS = 12  # a node with more operands has one port for all arrows
MAX_CONSTANTS = 4  # of one operation; more are drawn as one
MAX_ROWS = 8  # of a folded box
ROOMY = 12  # in a picture of at most this many boxes, folded boxes show their parameters


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


def constants(node: Value) -> dict[int, float]:
    """The plain numbers among these operands, by their places."""
    operands = node.operands
    return {i: x for i in shown_operands(node) if not (isinstance(x := operands[i], Value) or x is None)}


def port(node: Value, operand: int) -> int:
    """The port of a node's box at which the arrow of an operand ends."""
    shown = shown_operands(node)
    return shown.index(operand) if len(shown) <= MAX_PORTS else 0
