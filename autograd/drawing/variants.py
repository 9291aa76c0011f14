"""The same graph at other numbers: for exercises that are not all alike."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from ..graph import topological_order
from ..operations.apply import apply
from ..value import Value

ATTEMPTS = 200
MOST = 1000.0  # of the magnitudes that a learner should multiply by hand


def variant(root: Value, seed: int, names: Mapping[str, Any] | None = None) -> Value:
    """A graph with the same operations and labels, whose inputs are small random numbers.

    The inputs are halves from −3 to 3, other than 0. A node without a label gets the name of its
    variable in `names` as its label. Raises ValueError if the graph takes branches,
    or if no such numbers were found at which every operation is defined and no value is large.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> other = variant(a * b, seed=1)
    >>> [operand.label for operand in other.operands], other.op
    (['a', 'b'], 'mul')
    """
    order = topological_order(root)
    if any(None in node.operands for node in order):
        raise ValueError("a graph with `where` takes other branches at other numbers: it has no variants")
    chance = Random(seed)
    labels = {node: name for name, node in (names or {}).items() if isinstance(node, Value)}
    for _ in range(ATTEMPTS):
        try:
            found = _evaluated(order, labels, chance)
        except (ArithmeticError, ValueError):
            continue
        if all(abs(node.data) <= MOST for node in found.values()):
            return found[root]
    raise ValueError(f"no small numbers were found for which every operation of {root!r} is defined")


def _evaluated(order: list[Value], labels: Mapping[Value, str], chance: Random) -> dict[Value, Value]:
    """The nodes of the variant, by those of the graph."""
    found: dict[Value, Value] = {}
    for node in order:
        if node.rule:
            copy = apply(node.rule, *(found[x] if isinstance(x, Value) else x for x in node.operands))
        else:
            copy = Value(chance.choice([-1, 1]) * chance.randint(1, 6) / 2)
        copy.label, copy.scope, copy.line = node.label or labels.get(node, ""), node.scope, node.line
        found[node] = copy
    return found
