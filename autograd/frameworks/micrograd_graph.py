# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""From the nodes of micrograd, and of engines like it, to Values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from ..operations import functions as ag
from ..value import Value
from .comparison import Difference
from .imported import Imported
from .refusals import refuse_large, refuse_uncovered

SAME_NAME = "abs cos exp log relu sigmoid silu sin softplus sqrt tanh"
# By the `_op` of a node; what such engines write differs a little.
ROWS: dict[str, Callable[..., Any]] = {
    "+": lambda *xs: xs[0] + xs[1],
    "*": lambda *xs: xs[0] * xs[1],
    "-": lambda *xs: xs[0] - xs[1] if len(xs) == 2 else -xs[0],
    "/": lambda *xs: xs[0] / xs[1],
    "**": lambda *xs: xs[0] ** xs[1],
    "neg": lambda x: -x,
    **{name: getattr(ag, name) for name in SAME_NAME.split()},
}


def row_of(node: Any) -> Callable[..., Any] | None:
    """The row for a node: "ReLU" has that of "relu", and "**3" a fixed exponent."""
    name = str(node._op).lower()
    if name.startswith("**") and name != "**":
        try:
            exponent = float(name[2:])
        except ValueError:
            return None
        return lambda x: x**exponent
    return ROWS.get(name)


def import_micrograd(root: Any, names: Mapping[str, Any]) -> Imported:
    """See `autograd.from_micrograd`."""
    for attribute in ("data", "_prev", "_op"):
        if not hasattr(root, attribute):
            raise TypeError(
                f"from_micrograd takes a node with data, _prev and _op, as micrograd's Value has them, not "
                f"{root!r:.60} ({type(root).__name__})"
            )
    order = _topological_order(root)
    uncovered = [str(node._op) or "a result without _op" for node in order if node._prev and not row_of(node)]
    refuse_uncovered("micrograd", uncovered, ROWS)
    refuse_large("micrograd", len(order), ("this value", len(order)), 1)
    variables = {id(node): name for name, node in names.items() if hasattr(node, "_prev")}
    ours: dict[int, Value] = {}
    leaves: dict[str, Any] = {}
    rows: list[Difference] = []
    gradients: dict[str, tuple[Any, str]] = {}
    theirs = _gradients(root, order)
    for place, node in enumerate(order, 1):
        label = str(getattr(node, "label", "") or variables.get(id(node), ""))
        if node._prev:
            value = ours[id(node)] = _computed(node, [ours[id(operand)] for operand in node._prev])
            name = label or f"{node._op} (node {place})"
            rows.append(
                Difference("value", name, np.array(value.data), np.array(float(node.data)), "float64")
            )
            value.label = value.label or label
        else:
            name = label or f"leaf_{place}"
            name = name if name not in leaves else f"{name}_{place}"
            value = ours[id(node)] = Value(node.data, label)
            leaves[name] = value
            gradients[name] = np.array(theirs[id(node)]), "float64"
    return Imported("micrograd", ours[id(root)], leaves, tuple(rows), gradients, frozenset())


def _topological_order(root: Any) -> list[Any]:
    """The nodes below `root`, operands first."""
    order: list[Any] = []
    seen: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(root, False)]
    while waiting:
        node, is_done = waiting.pop()
        if is_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            waiting.extend((operand, False) for operand in node._prev)
    return order


def _computed(node: Any, operands: Sequence[Value]) -> Value:
    """The node in Values. `_prev` may be a set: then its order is the one that gives the node's number."""
    row = row_of(node)
    assert row is not None
    binary = str(node._op) in ("+", "*", "-", "/", "**")
    if binary and len(operands) == 1 and str(node._op) != "-":  # a set has x + x's operand once
        operands = [operands[0], operands[0]]
    candidates = [operands] if len(operands) < 2 else list(permutations(operands))
    if isinstance(node._prev, (list, tuple)) or str(node._op) in ("+", "*"):
        candidates = candidates[:1]
    for given in candidates:
        try:
            value: Value = row(*given)
        except ArithmeticError:
            continue
        if math.isclose(value.data, float(node.data), rel_tol=1e-9, abs_tol=1e-300):
            return value
    raise ValueError(
        f"from_micrograd: a node {node._op!r} has the data {node.data!r}, which the operation does not give "
        "for its operands: another operation of that name, or data that was changed afterwards"
    )


def _gradients(root: Any, order: Sequence[Any]) -> dict[int, float]:
    """The engine's own gradients, with the ids of nodes as keys; the nodes keep those that they had."""
    held = [node.grad for node in order]
    try:
        for node in order:
            node.grad = 0.0
        root.backward()
        return {id(node): float(node.grad) for node in order}
    finally:
        for node, grad in zip(order, held, strict=True):
            node.grad = grad
