"""A warning for graphs that keep growing from one training step to the next."""

from __future__ import annotations

import math

from .float_protocol import plain
from .lines import warn
from .node import Node

_CHECKED = 1000  # results of earlier passes, the oldest first, that are computed again


class StaleGraphWarning(UserWarning):
    """A backward pass mixed results from before a leaf was changed with results from after it.

    The graph grows from step to step, because a step keeps a result of the one before; the gradient
    belongs to no single point. Given on this evidence only: the pass has a new output, and goes
    through a result of an earlier pass that its operands no longer give, as well as through a new
    one that its operands do give and that depends on all leaves that the other one was made from.

    >>> import warnings
    >>> from autograd import Value
    >>> w, state = Value(0.5), Value(1.0)
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     for _ in range(3):
    ...         state = w * state  # state.detach() here is the remedy
    ...         (state * state).backward()
    ...         w.data -= 0.1 * w.grad
    >>> [warning.category.__name__ for warning in caught]
    ['StaleGraphWarning']
    """


StaleGraphWarning.__module__ = "autograd"


def warn_of_two_points(order: list[Node], before: list[float | None]) -> None:
    """Give the StaleGraphWarning if there is evidence for it among nodes that had gradients before."""
    earlier: list[Node] = []
    new: list[Node] = []
    for node, gradient in zip(order, before, strict=True):
        if node.rule is not None and any(parent.rule is None for parent in node.parents):
            (new if gradient is None else earlier).append(node)
    for old in earlier[:_CHECKED]:
        if _is_current(old):
            continue
        changed = {parent for parent in old.parents if parent.rule is None}
        for node in new:
            uses = {parent for parent, local in zip(node.parents, node.local_derivatives) if local}
            if changed <= uses and _is_current(node):
                warn(
                    f"this backward pass goes through an earlier result of {old.op}, computed before its "
                    "leaves were changed, and through new results that use their new data: the graph grows "
                    "from step to step, and the gradient belongs to no single point. Write "
                    "`state = state.detach()` for what a step keeps of the one before.",
                    StaleGraphWarning,
                )
                return


def _is_current(node: Node) -> bool:
    """Whether the operands, as they are now, give the node's data."""
    if any(operand is None for operand in node.operands):
        return True  # of `where`, whose other branch is not recorded
    assert node.rule is not None
    try:
        return node.rule.evaluate(*map(plain, node.operands)) == node.data or math.isnan(node.data)
    except (ArithmeticError, ValueError):
        return False
