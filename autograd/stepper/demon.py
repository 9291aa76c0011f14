"""What happens to the output when one value is nudged (Nielsen's demon, ch. 2).

The demon adds Δ to one value in the graph. The gradient δ predicts that the output changes by δ·Δ;
this room computes by how much it does change, from the table's values alone, without derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..table.row import FormulaRule
from ..value import Value

POINTS = 41  # of a curve: the value itself in the middle
WORK = 300_000  # operands that one page may evaluate


class Demon:
    """Nudges the values of one graph, `order`, as long as the work it may do lasts."""

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

        `check` is (L(v+h) − L(v−h)) / 2h. `demon` has the largest Δ, `span`, and by how much the
        output changes at 41 values of Δ from −span to span. Empty when the work has run out.
        """
        if node is self.order[-1]:
            return {}
        affected = self._affected(node)
        h = 6e-6 * max(1.0, abs(node.data))
        wide = not node.rule or node in self.weighted_inputs
        count = POINTS if wide else 0
        cost = sum(len(later.operands) for later in affected) * (count + 2)
        if cost > self.work:
            return {}
        self.work -= cost
        span = _span(node.data)
        middle = count // 2
        nudges = [span * (i - middle) / middle for i in range(count)]
        above, below, *changes = self._changes(node, affected, [h, -h, *nudges])
        # What was added to the value is not exactly h, for the sum was rounded.
        width = (node.data + h) - (node.data - h)
        told: dict[str, Any] = {"check": (above - below) / width, "h": h}
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

    def _changes(self, node: Value, affected: Sequence[Value], nudges: Sequence[float]) -> list[float]:
        """By how much the output changes for each nudge of `node`."""
        columns: dict[Value, list[float]] = {node: [node.data + nudge for nudge in nudges]}
        for later in affected:
            assert later.rule is not None
            operands: list[Any] = [
                (columns.get(o) or [o.data] * len(nudges)) if isinstance(o, Value) else [o] * len(nudges)
                for o in later.operands
            ]
            columns[later] = list(map(later.rule.evaluate_ieee, *operands))
        root = self.order[-1]
        return [y - root.data for y in columns[root]]


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
