"""Which code a graph becomes: array operations, or straight-line Python where these have too little to do."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from .canonical import Graph
from .regroup import levels

if TYPE_CHECKING:
    from .running import ArrayEngine

Plan = Literal["arrays", "straight-line"]

# Measured: from some ten nodes × examples a group on, an array operation saves more than it costs (5 for
# small networks, 13 for a chain); and thousands of groups take seconds to write.
WORTH_AN_ARRAY, TOO_MANY_GROUPS = 12, 3000
BATCH = 10  # how many examples a function with inputs is expected to get at a time


def best(graph: Graph) -> Plan:
    """The plan of a graph for which nobody gave one; without NumPy it is straight-line code."""
    batch = BATCH if any(node[0] == "input" for node in graph.nodes) else 1
    groups = len(levels(graph))
    narrow = len(graph.order) * batch < WORTH_AN_ARRAY * groups or groups > TOO_MANY_GROUPS
    return "straight-line" if narrow or not _has_numpy() else "arrays"


def _has_numpy() -> bool:
    try:
        return find_spec("numpy") is not None
    except ValueError:  # barred by `sys.modules["numpy"] = None`
        return False


def array_engine(graph: Graph, sizes: list[int]) -> ArrayEngine:
    """What runs a graph as arrays; ModuleNotFoundError, with the command to install it, without NumPy."""
    if not _has_numpy():
        raise ModuleNotFoundError(
            'array programs need NumPy: pip install "stepgrad[compile]"; plan="straight-line" needs nothing',
            name="numpy",
        )
    from .running import ArrayEngine

    return ArrayEngine(graph, sizes)
