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
from typing import Any

from .errors import DomainError, RangeError
from .graph import Step, refuse_nan_and_overflow, topological_order
from .modes import mode
from .value import Value


class Linearization:
    """J = ∂outputs/∂inputs at the point where the outputs were computed, without forming J.

    Only what lies between the inputs and the outputs takes part: an outer variable that the
    computation used is a constant here, and its `grad` is never read or written. With `on_values`
    the local derivatives are Values.
    """

    def __init__(self, inputs: Sequence[Value], outputs: Sequence[Any], on_values: bool = False) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.nodes: list[tuple[Value, list[tuple[int, Value, Any]]]] = []
        self._reached = set(inputs)
        ends = [output for output in outputs if isinstance(output, Value)]
        for node in topological_order(*ends, above=inputs):
            wanted = [parent in self._reached for parent in node.parents]
            if not any(wanted):
                continue
            locals_ = _differentiated(node, self._reached) if on_values else node.local_derivatives
            edges = zip(range(len(wanted)), node.parents, locals_, strict=True)
            self.nodes.append((node, [edge for edge, is_wanted in zip(edges, wanted) if is_wanted]))
            self._reached.add(node)

    def pull(self, cotangents: Sequence[Any], on_values: bool = False) -> list[Any]:
        """Jᵀ·v̄, one number per input: reverse mode. A cotangent of 0 leaves its output out."""
        times, plus = (_times, _plus) if on_values else (operator.mul, operator.add)
        gradients: dict[Value, Any] = {}
        for output, cotangent in zip(self.outputs, cotangents, strict=True):
            if isinstance(output, Value) and output in self._reached and not _is_plain_zero(cotangent):
                before = gradients.get(output)
                gradients[output] = cotangent if before is None else plus(before, cotangent)
        for node, edges in reversed(self.nodes):
            upstream = gradients.get(node)
            if upstream is None:
                continue
            for slot, parent, local in edges:
                contribution = times(upstream, local)
                before = gradients.get(parent)
                after = contribution if before is None else plus(before, contribution)
                if not math.isfinite(after):
                    numbers = map(float, (upstream, local, contribution, before or 0.0, after))
                    refuse_nan_and_overflow(Step(node, parent, slot, *numbers, root=self.nodes[-1][0]))
                gradients[parent] = after
        return [gradients.get(leaf, 0.0) for leaf in self.inputs]

    def push(self, tangents: Sequence[Any], on_values: bool = False) -> list[Any]:
        """J·v, one number per output: forward mode. A tangent of 0 leaves its input out."""
        times, plus = (_times, _plus) if on_values else (operator.mul, operator.add)
        moved = {
            leaf: tangent
            for leaf, tangent in zip(self.inputs, tangents, strict=True)
            if not _is_plain_zero(tangent)
        }
        for node, edges in self.nodes:
            for _, parent, local in edges:
                tangent = moved.get(parent)
                if tangent is None:
                    continue
                contribution = times(local, tangent)
                before = moved.get(node)
                after = contribution if before is None else plus(before, contribution)
                if not math.isfinite(after):
                    _refuse_tangent(node, (local, tangent, before or 0.0), after)
                moved[node] = after
        return [moved.get(output, 0.0) if isinstance(output, Value) else 0.0 for output in self.outputs]


def _differentiated(node: Value, reached: set[Value]) -> list[Any]:
    """The local derivatives as Values, one per parent; None for a parent that was not reached."""
    assert node.rule is not None
    are_values = [isinstance(operand, Value) for operand in node.operands]
    wanted = [is_value and operand in reached for operand, is_value in zip(node.operands, are_values)]
    partials = node.rule.differentiate_values(node, *node.operands, wanted=wanted)
    return [partial for partial, is_value in zip(partials, are_values, strict=True) if is_value]


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
            if plain == 0.0 and math.isfinite(other):
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
    if all(map(math.isfinite, numbers)):
        raise RangeError(f"{where} is too large for a float")
