"""Corners and jumps: where an operation has no single slope, and the table decides by convention."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..value import Value

TINY = 1e-300  # the distance from 0 at which slopes are compared
MAX_OPERANDS = 64  # of an operation on lists, each of which is tried
SMALL = 1e-200  # what a smooth function's slope may change by over such a distance


@dataclass(frozen=True, slots=True)
class Kink:
    """The slopes of an operation to the left and to the right of an operand; `jumps` if the value does."""

    left: float
    right: float
    jumps: bool


def kink(node: Value, slot: int) -> Kink | None:
    """The kink at which `node` has its operand in this slot, the other operands held fixed; None if smooth.

    >>> y = Value(0.0).relu()
    >>> kink(y, 0)
    Kink(left=0.0, right=1.0, jumps=False)
    """
    operands: list[Any] = list(node.operands)
    if node.rule is None or None in operands or len(operands) > MAX_OPERANDS:
        return None
    place = [i for i, x in enumerate(operands) if isinstance(x, Value)][slot]
    numbers = [x.data if isinstance(x, Value) else x for x in operands]
    here: float = numbers[place]

    def beside(x: float) -> tuple[float, float, float]:
        assert node.rule
        moved = [*numbers[:place], x, *numbers[place + 1 :]]
        y = node.rule.evaluate_ieee(*moved)
        return x, y, node.rule.differentiate_ieee(y, *moved)[place]

    (x0, y0, left), (x1, y1, right) = (
        beside(side * TINY if here == 0.0 else math.nextafter(here, side * math.inf)) for side in (-1, 1)
    )
    if not all(map(math.isfinite, (y0, y1, left, right))):
        return None  # an edge of the domain, or a pole
    steepest = max(abs(left), abs(right))
    jumps = abs(y1 - y0) > 10 * steepest * (x1 - x0) + 1e-9 * max(abs(y0), abs(y1))
    turns = abs(right - left) > max(1e-6 * steepest, SMALL)
    return Kink(left, right, jumps) if jumps or turns else None


def kinks_above(order: list[Value]) -> dict[Value, tuple[Value, int]]:
    """For each node of a graph whose way to the output leads through a kink, the first such use.

    A use is (node, slot). Such a node has a gradient by convention, and no slope that both sides share.
    """
    found: dict[Value, tuple[Value, int]] = {}
    for node in reversed(order):
        for slot, parent in enumerate(node.parents):
            if kink(node, slot):
                found[parent] = (node, slot)
            elif node in found and parent not in found:
                found[parent] = found[node]
    return found
