"""The change of the output when one value is nudged (the demon of Nielsen, "Neural networks and deep
learning", chapter 2).

The demon adds Δ to one value in the graph. Its gradient predicts that the output changes by gradient·Δ;
this module computes by how much it does change, from the table's values alone, without derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..check.differences import derivatives
from ..table.row import FormulaRule
from ..value import Value

POINTS = 41  # of a curve: the value itself in the middle
SMALLEST = 1e-9  # step of a check
WORK = 300_000  # operands that one page may evaluate


class Demon:
    """Nudges the values of one graph, `order`, up to a limit of work."""

    def __init__(self, order: Sequence[Value]) -> None:
        self.order = order
        self.place = {node: k for k, node in enumerate(order)}
        self.work = WORK
        self.weighted_inputs = {
            node.parents[0]
            for node in order
            if isinstance(node.rule, FormulaRule) and len(node.operands) == 1 and node.parents[0].rule
        }

    def about(self, node: Value) -> dict[str, Any]:
        """The numerical check of any node, and the curve of a leaf or a weighted input.

        `check` is the slope in the limit, or the slopes on both sides of a corner. `demon` has the
        largest Δ, `span`, and by how much the output changes at 41 values of Δ from −span to span.
        Empty when the limit of work is reached, or if nothing was found.
        """
        if node is self.order[-1]:
            return {}
        affected = self._affected(node)
        wide = not node.rule or node in self.weighted_inputs
        count = POINTS if wide else 0
        points: list[float] = []  # at which the check evaluates
        derivatives(lambda x: [points.append(x) or 0.0], node.data)
        cost = sum(len(later.operands) for later in affected) * (count + len(points))
        if cost > self.work:
            return {}
        self.work -= cost
        span = _span(node.data)
        middle = count // 2
        nudges = [span * (i - middle) / middle for i in range(count)]
        outputs = self._outputs(node, affected, [*points, *(node.data + nudge for nudge in nudges)])
        told = _check(dict(zip(points, outputs)), node.data)
        changes = [y - self.order[-1].data for y in outputs[len(points) :]]
        if wide:
            told["demon"] = {"span": span, "changes": [_shortened(change) for change in changes]}
        return told

    def _affected(self, node: Value) -> list[Value]:
        """The nodes computed from `node`, in order of evaluation."""
        reached = {node}
        affected: list[Value] = []
        for later in self.order[self.place[node] + 1 :]:
            if not reached.isdisjoint(later.parents):
                reached.add(later)
                affected.append(later)
        return affected

    def _outputs(self, node: Value, affected: Sequence[Value], points: Sequence[float]) -> list[float]:
        """The output if `node` is at each of the points."""
        columns: dict[Value, list[float]] = {node: list(points)}
        for later in affected:
            assert later.rule is not None
            operands: list[Any] = [
                (columns.get(o) or [o.data] * len(points)) if isinstance(o, Value) else [o] * len(points)
                for o in later.operands
            ]
            columns[later] = list(map(later.rule.evaluate_ieee, *operands))
        return columns[self.order[-1]]


def _check(outputs: dict[float, float], data: float) -> dict[str, Any]:
    """The slope in the limit of small steps; at a corner those of both sides; nothing if there is none."""
    least = SMALLEST * max(1.0, abs(data))  # smaller steps may be lost on the way to the output

    def curve(x: float) -> list[float]:
        return [outputs[x] if x == data or abs(x - data) >= least else math.nan]

    (found,) = derivatives(curve, data)
    if found.jumps:
        return {"check": {"kind": "jump"}}
    if found.at_corner:
        return {"check": {"kind": "corner", "left": found.left.value, "right": found.right.value}}
    slope = found.slope
    certain = slope.error <= 1e-4 * abs(slope.value) + 1e-9
    return {"check": {"kind": "smooth", "value": slope.value}} if certain else {}


def _span(data: float) -> float:
    """A round number of the size of the value: 1 for 0.5, 2 for 3, 500 for 784."""
    size = abs(data) / 2
    if not math.isfinite(size) or size < 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return power * (5.0 if size >= 5 * power else 2.0 if size >= 2 * power else 1.0)


def _shortened(x: float) -> float:
    """Six digits are plenty for a curve, and a third of the page."""
    return float(f"{x:.6g}")
