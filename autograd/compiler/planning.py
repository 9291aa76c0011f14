"""Which code a graph becomes: array operations, or straight-line Python where these have too little to do."""

from __future__ import annotations

import math
from typing import Literal

from ..table.lists import ListRule
from .canonical import Graph
from .levels import Levels

Plan = Literal["arrays", "straight-line"]

# Measured: from some ten operations × examples a group on, an array operation saves more than it costs (5
# for small networks, 13 for a chain); and thousands of groups take seconds to write.
WORTH_AN_ARRAY, TOO_MANY_GROUPS = 12, 3000
BATCH = 10  # how many examples a function with inputs is expected to get at a time


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
