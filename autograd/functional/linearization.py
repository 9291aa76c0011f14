"""The derivative of a computation at a point: a linear map, applied forwards or backwards.

The map is the graph itself, with a local derivative on every edge. Forward mode pushes tangents
from the inputs along the edges, reverse mode pulls cotangents back from the outputs; both are one
loop over the same list. The local derivatives are the recorded floats or, where an outer derivative
is being taken, Values made from the same formulas: then the results are differentiable in turn.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from itertools import compress
from typing import Any

from ..graph import Step, refuse_nan_and_overflow, topological_order
from ..nodes.errors import DomainError, RangeError
from ..nodes.modes import mode
from ..nodes.numbers import is_finite
from ..value import Value

Edge = tuple[Value, Value, Any]  # node, parent, ∂node/∂parent with the other operands held fixed


class Linearization:
    """J = ∂outputs/∂inputs at the point where the outputs were computed, without forming J.

    Only what lies between the inputs and the outputs takes part: an outer variable that the
    computation used is a constant here, and its `grad` is never read or written. With `on_values`
    the local derivatives are Values. `older` are nodes known to have been there before the inputs;
    those found in the search are added to it.
    """

    def __init__(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Any],
        on_values: bool = False,
        older: set[Value] | None = None,
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.edges: list[Edge] = []  # in topological order; of one node, the last operand first
        self._reached = reached = set(inputs)
        edges = self.edges
        ends = [output for output in outputs if isinstance(output, Value)]
        above = set[Value]() if older is None else older
        above.update(inputs)
        for node in topological_order(*ends, above=above):
            before = len(edges)
            if on_values or node.rest is not None:
                locals_ = _differentiated(node, reached) if on_values else node.local_derivatives
                pairs = zip(node.parents[::-1], locals_[::-1], strict=True)
                edges += [(node, parent, local) for parent, local in pairs if parent in reached]
            else:
                if node.d_second is not None and node.second in reached:
                    edges.append((node, node.second, node.d_second))
                if node.d_first is not None and node.first in reached:
                    edges.append((node, node.first, node.d_first))
            if len(edges) > before:
                reached.add(node)

    def pull(self, cotangents: Sequence[Any], on_values: bool = False) -> list[Any]:
        """Jᵀ·v̄, one number per input: reverse mode. A cotangent of 0 leaves its output out."""
        times, plus = (_times, _plus) if on_values else (operator.mul, operator.add)
        gradients: dict[Value, Any] = {}
        for output, cotangent in zip(self.outputs, cotangents, strict=True):
            if isinstance(output, Value) and output in self._reached and not _is_plain_zero(cotangent):
                before = gradients.get(output)
                gradients[output] = cotangent if before is None else plus(before, cotangent)
        for node, parent, local in reversed(self.edges):
            upstream = gradients.get(node)
            if upstream is None:
                continue
            contribution = times(upstream, local)
            before = gradients.get(parent)
            after = contribution if before is None else plus(before, contribution)
            if not is_finite(after):
                slot = _slot(node, parent, local)
                numbers = map(float, (upstream, local, contribution, before or 0.0, after))
                refuse_nan_and_overflow(Step(node, parent, slot, *numbers, root=self.edges[-1][0]))
            gradients[parent] = after
        return [gradients.get(leaf, 0.0) for leaf in self.inputs]

    def push(self, tangents: Sequence[Any], on_values: bool = False) -> list[Any]:
        """J·v, one number per output: forward mode. A tangent of 0 leaves its input out."""
        times, plus = (_times, _plus) if on_values else (operator.mul, operator.add)
        moved: dict[Value, Any] = {
            leaf: tangent
            for leaf, tangent in zip(self.inputs, tangents, strict=True)
            if not _is_plain_zero(tangent)
        }
        for node, parent, local in self.edges:
            tangent = moved.get(parent)
            if tangent is None:
                continue
            contribution = times(local, tangent)
            before = moved.get(node)
            after = contribution if before is None else plus(before, contribution)
            if not is_finite(after):
                _refuse_tangent(node, (local, tangent, before or 0.0), after)
            moved[node] = after
        return [moved.get(output, 0.0) if isinstance(output, Value) else 0.0 for output in self.outputs]


def _differentiated(node: Value, reached: set[Value]) -> list[Any]:
    """The local derivatives as Values, one per parent; None for a parent that was not reached."""
    operands = node.operands
    are_values = [isinstance(operand, Value) for operand in operands]
    wanted = [is_value and operand in reached for operand, is_value in zip(operands, are_values)]
    if not any(wanted):
        return [None] * len(node.parents)
    assert node.rule is not None  # it has parents
    partials = node.rule.differentiate_values(node, *operands, wanted=wanted)
    return list(compress(partials, are_values))


def _slot(node: Value, parent: Value, local: Any) -> int:
    """Which of the node's parents it is: the same one may be there twice."""
    pairs = zip(node.parents, node.local_derivatives)
    return next(
        (i for i, pair in enumerate(pairs) if pair[0] is parent and pair[1] == local),
        [entry is parent for entry in node.parents].index(True),
    )


def _is_plain_zero(number: Any) -> bool:
    return number.__class__ is float and number == 0.0


def _times(a: Any, b: Any) -> Any:
    """a·b, without a node for a plain factor 1 or −1, or for a plain 0 times a finite number."""
    for plain, other in ((a, b), (b, a)):
        if plain.__class__ is float:
            if plain == 1.0:
                return other
            if plain == -1.0:
                return -other
            if plain == 0.0 and is_finite(other):
                return 0.0
    return a * b


def _plus(a: Any, b: Any) -> Any:
    """a + b, without a node for a plain 0."""
    return b if _is_plain_zero(a) else a if _is_plain_zero(b) else a + b


def _refuse_tangent(node: Value, numbers: Sequence[Any], after: Any) -> None:
    """Infinity may flow from an infinite local derivative; nan and overflow may not appear."""
    if mode().ieee:
        return
    where = f"forward mode: the tangent of {node!r}"
    if math.isnan(after):
        raise DomainError(f"{where} is nan: {float(numbers[0])!r} × {float(numbers[1])!r}")
    if all(map(is_finite, numbers)):
        raise RangeError(f"{where} is too large for a float")
