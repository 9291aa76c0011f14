"""Which code runs a graph: array operations, or straight-line Python where these have too little to do."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, Literal

from ..table.lists import ListRule
from .canonical import Graph
from .levels import Levels
from .replay import Replay
from .running import ArrayEngine
from .straight import StraightEngine

Plan = Literal["arrays", "straight-line"]

# Measured: from some ten operations × examples a group on, an array operation saves more than it costs (5
# for small networks, 13 for a chain); and thousands of groups take seconds to write.
WORTH_AN_ARRAY, TOO_MANY_GROUPS = 12, 3000
BATCH = 10  # how many examples a function with inputs is expected to get at a time


class Engines:
    """The engines of a graph, each made when it is first needed.

    `plan` is the one that was given, or else the better one; then batches of so few examples that arrays
    don't pay run as statements all the same.
    """

    def __init__(
        self,
        graph: Graph,
        forward: Levels,
        inputs: list[int],
        parameters: Any,
        replay: Replay,
        plan: Plan | None,
    ) -> None:
        self._graph, self._forward = graph, forward
        self._inputs, self._parameters, self._replay = inputs, parameters, replay
        free = plan is None and parameters.dtype == "float64"
        enough = enough_for_arrays(graph, forward) if free else 0.0
        self.plan: Plan = plan or best(graph, enough)
        self._enough = enough if self.plan == "arrays" else math.inf  # examples for arrays
        if enough <= 1.0 or self.plan == "straight-line":  # else the first batch says which engine it takes
            self.for_examples(1)

    def for_examples(self, m: int) -> Any:
        """The engine for batches of m examples."""
        return self.statements if m < self._enough else self.arrays

    @cached_property
    def arrays(self) -> ArrayEngine:
        """The engine of array operations; raises ValueError for the other plan."""
        if self.plan == "straight-line":
            raise ValueError(
                'a straight-line program has no arrays and no matrix equations; compile with plan="arrays"'
            )
        return ArrayEngine(self._graph, self._forward, self._inputs, self._parameters, self._replay)

    @cached_property
    def statements(self) -> StraightEngine:
        """The engine of Python's statements."""
        return StraightEngine(self._graph, len(self._inputs), self._parameters, self._replay)


def enough_for_arrays(graph: Graph, forward: Levels) -> float:
    """The number of examples from which on arrays are faster: each array operation has enough to do."""
    groups = len(forward)
    work = sum(_work(graph, node) for node in graph.order)
    return math.inf if groups > TOO_MANY_GROUPS else WORTH_AN_ARRAY * groups / max(work, 1)


def best(graph: Graph, enough: float) -> Plan:
    """The plan of a graph for which nobody gave one."""
    batch = BATCH if any(node[0] == "input" for node in graph.nodes) else 1
    return "arrays" if batch >= enough else "straight-line"


def _work(graph: Graph, node: int) -> int:
    """Roughly how many operations on numbers a node stands for: a sum of 100 products is not a single one."""
    if node in graph.sums:
        whole = graph.sums[node]
        return max(1, len(whole.lefts) + len(whole.plus) + len(whole.minus) - 1)
    return len(graph.operands(node)) if isinstance(graph.rule(node), ListRule) else 1
