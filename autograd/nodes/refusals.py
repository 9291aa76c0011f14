"""Errors for a step of a pass over the graph, backward or forward, that gives nan or overflows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .errors import DomainError, RangeError, described
from .float_protocol import plain
from .lines import at
from .modes import mode
from .node import Node

Step = Any  # `autograd.graph.Step`, of a layer above


def refuse_nan_and_overflow(step: Step, order: Sequence[Node], forward: bool = False) -> None:
    """Refuse a step of a backward pass, or of a forward pass of tangents, that gives nan or overflows.

    `order` is the topological order of the pass. Infinity flows on from a local derivative that is
    infinite, as sqrt's at 0 is, and not from one that is finite and too large for a float, as log's at
    1e-320. Raises DomainError or RangeError naming the operation and the step, unless
    `errstate("ieee")` is in force.
    """
    if mode().ieee:
        return
    node, degree = step.node, 1
    while (origin := _derivative_of(node, order)) is not None:
        node, degree = origin, degree + 1
    operation = f"{node.op}({described(node.operands)})"
    if degree > 1:
        operation = f"the {_ORDINALS.get(degree, f'{degree}th')} derivative of {operation}"
    where = at(node.line) if node.line else "; `with autograd.record_lines():` shows where the node was made"
    through = f"this step of {'forward mode' if forward else 'the backward pass'}, through {operation},"
    shown = f"{step.before!r} + {step.upstream!r} × {step.local!r}" if forward else str(step)
    if _overflows(step):
        error = RangeError(f"{through} uses a derivative that is too large for a float:\n  {shown}{where}")
    elif math.isnan(step.after):
        error = DomainError(f"{through} gives nan:\n  {shown}{where}")
    elif all(map(math.isfinite, (step.upstream or 0.0, step.local or 0.0, step.before))):
        error = RangeError(f"{through} overflows:\n  {shown}{where}")
    else:
        return
    error.node = node
    raise error


_ORDINALS = {2: "second", 3: "third"}


def _overflows(step: Step) -> bool:
    """Whether the local derivative is infinite only because floats end: it has no pole there."""
    rule = step.node.rule
    if rule is None or not math.isinf(step.local or 0.0):
        return False
    numbers = [plain(operand) for operand in step.node.operands if operand is not None]
    if not all(map(math.isfinite, (step.node.data, *numbers))):
        return False
    try:
        rule.differentiate(step.node.data, *numbers)
    except OverflowError:
        return True
    except (ArithmeticError, ValueError):  # a pole
        return False
    return True


class DerivativeLine(str):
    """The line of a node that a transform made: the value of a local derivative of `node`."""

    __slots__ = ("node",)

    node: Node

    def __new__(cls, line: str, node: Node) -> DerivativeLine:
        """A text that remembers a node."""
        made = super().__new__(cls, line)
        made.node = node
        return made


def _derivative_of(node: Node, order: Sequence[Node]) -> Node | None:
    """The node whose local derivative `node` is a part of; None for the user's own operations."""
    above = {node}
    for user in order:
        if user is node or not above.isdisjoint(user.parents):
            above.add(user)
            if isinstance(user.line, DerivativeLine) and node not in _below(user.line.node):
                return user.line.node
    return None


def _below(root: Node) -> set[Node]:
    """The node and all that it was computed from."""
    found, waiting = {root}, [root]
    while waiting:
        new = set(waiting.pop().parents) - found
        found |= new
        waiting += new
    return found
