"""Recorded operations once more, on the data that the leaves have now."""

from __future__ import annotations

from typing import Any

from ..graph import topological_order
from ..rules import RULES
from ..value import Value
from .apply import apply
from .functions import where


def recompute(root: Value) -> Value:
    """The operations below `root` once more, on the leaves' current data: a new graph, `root` stays.

    For an expression that was written once, after its leaves have changed. The recorded operations
    are repeated, not the program: a branch that `if` or `where` took then is taken again. Labels
    are kept. Raises as the operations do, and TypeError if `root` is not a Value.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 5.0
    >>> y.data, recompute(y).data
    (9.0, 25.0)
    """
    again: dict[Value, Any] = {}
    for node in topological_order(root):
        if node.rule is None:
            again[node] = node
            continue
        operands = [again[operand] if isinstance(operand, Value) else operand for operand in node.operands]
        if node.rule is RULES["where"]:
            again[node] = where(operands[0], *(0.0 if branch is None else branch for branch in operands[1:]))
        else:
            again[node] = apply(node.rule, *operands)
        again[node].label = node.label
    return again[root]
