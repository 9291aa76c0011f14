"""The derivative of a computation at a point: a linear map, applied forwards or backwards.

The map is the graph itself, with a local derivative on every edge. Forward mode pushes tangents
from the inputs along the edges, reverse mode pulls cotangents back from the outputs; both are one
loop over the same list. The local derivatives are the recorded floats or, if an outer derivative is
being taken, Values made from the same formulas: then the results are differentiable in turn.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import compress
from typing import Any

from ..graph import Step, topological_order
from ..native import core
from ..nodes.float_protocol import is_finite, plain
from ..nodes.modes import errstate
from ..nodes.refusals import DerivativeLine, refuse_nan_and_overflow
from ..value import Value

Edge = tuple[Value, Value, Any]  # node, parent, ∂node/∂parent with the other operands held fixed


class Linearization:
    """J = ∂outputs/∂inputs at the point where the outputs were computed, without forming J.

    Only what lies between the inputs and the outputs takes part: an outer variable that the
    computation used is a constant here, and its `grad` is never read or written. With `on_values`
    the local derivatives are Values; so they are if a leaf is found below the outputs that is
    neither an input nor one of `constants`. `older` are nodes known to have been there before the
    inputs; those found in the search are added to it.
    """

    def __init__(
        self,
        inputs: Sequence[Value],
        outputs: Sequence[Any],
        on_values: bool = False,
        older: set[Value] | None = None,
        constants: set[Value] | None = None,
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        ends = [output for output in outputs if isinstance(output, Value)]
        above = set[Value]() if older is None else older
        above.update(inputs)
        self._nodes = topological_order(*ends, above=above)
        if constants is not None:
            on_values = any(node.rule is None and node not in constants for node in self._nodes)
        self.on_values = on_values
        self.reached = set(inputs)  # and, once there are `edges`, what depends on them
        if on_values:
            _ = self.edges  # recorded in the mode that is in force now

    @cached_property
    def edges(self) -> list[Edge]:
        """The edges in topological order; of one node, the last operand first."""
        edges: list[Edge] = []
        reached = self.reached
        for node in self._nodes:
            before = len(edges)
            if self.on_values or node.rest is not None:
                locals_ = differentiated(node, reached) if self.on_values else node.local_derivatives
                pairs = zip(node.parents[::-1], locals_[::-1], strict=True)
                edges += [(node, parent, local) for parent, local in pairs if parent in reached]
            else:
                if node.d_second is not None and node.second in reached:
                    edges.append((node, node.second, node.d_second))
                if node.d_first is not None and node.first in reached:
                    edges.append((node, node.first, node.d_first))
            if len(edges) > before:
                reached.add(node)
        return edges

    @cached_property
    def _upwards(self) -> list[Edge]:
        """The edges from parent to node."""
        return [(parent, node, local) for node, parent, local in self.edges]

    def pull(self, cotangents: Sequence[Any]) -> list[Any]:
        """Jᵀ·v̄, one number per input: reverse mode. A cotangent of 0 leaves its output out."""
        if core is not None and not self.on_values and cotangents == [1.0]:
            root, inputs = self.outputs[0], [*self.inputs]
            if isinstance(root, Value) and (found := core.gradients(root, inputs)) is not None:
                return found
        plus = self._arithmetic(cotangents)[1]
        gradients: dict[Value, Any] = {}
        for output, cotangent in zip(self.outputs, cotangents, strict=True):
            if isinstance(output, Value) and not _is_plain_zero(cotangent):
                before = gradients.get(output)
                gradients[output] = cotangent if before is None else plus(before, cotangent)
        self._spread(gradients, cotangents, forward=False)
        return [gradients.get(leaf, 0.0) for leaf in self.inputs]

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """J·v, one number per output: forward mode. A tangent of 0 leaves its input out."""
        moved: dict[Value, Any] = {
            leaf: tangent
            for leaf, tangent in zip(self.inputs, tangents, strict=True)
            if not _is_plain_zero(tangent)
        }
        self._spread(moved, tangents, forward=True)
        return [moved.get(output, 0.0) if isinstance(output, Value) else 0.0 for output in self.outputs]

    def _spread(self, known: dict[Value, Any], given: Sequence[Any], forward: bool) -> None:
        """Multiply what is known by the derivative on every edge, and add it up at the edge's other end."""
        times, plus = self._arithmetic(given)
        for start, end, local in self._upwards if forward else reversed(self.edges):
            factor = known.get(start)
            if factor is None:
                continue
            before = known.get(end)
            try:
                contribution = times(factor, local)
                after = contribution if before is None else plus(before, contribution)
            except ArithmeticError:
                after = math.nan
            if not is_finite(after):
                self._refuse(*((end, start) if forward else (start, end)), local, factor, before, forward)
            known[end] = after

    def rows(self, forward: bool | None = None) -> list[list[Any]]:
        """J, a list for each output; forward mode takes a sweep per input, reverse mode one per output.

        None chooses the mode that takes fewer.
        """
        n, m = len(self.inputs), len(self.outputs)
        if n <= m if forward is None else forward:
            columns = [self.push(basis(n, i)) for i in range(n)]
            return [[column[j] for column in columns] for j in range(m)]
        return [self.pull(basis(m, j)) for j in range(m)]

    def _arithmetic(self, factors: Sequence[Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
        if self.on_values or any(isinstance(factor, Value) for factor in factors):
            return _times, _plus
        return operator.mul, operator.add

    def _refuse(
        self, node: Value, parent: Value, local: Any, factor: Any, before: Any, forward: bool
    ) -> None:
        """Raise if this step gives nan or overflows, as `refuse_nan_and_overflow` says."""
        numbers = (plain(factor), plain(local), plain(before or 0.0))
        contribution = numbers[0] * numbers[1]
        after = numbers[2] + contribution
        ends = (output for output in self.outputs if isinstance(output, Value))
        order = next(order for end in ends if node in (order := topological_order(end)))
        slot = _slot(node, parent, local)
        step = Step(node, parent, slot, *numbers[:2], contribution, numbers[2], after, order[-1])
        refuse_nan_and_overflow(step, order, forward)


def basis(length: int, index: int) -> list[float]:
    """The unit vector of this length that is 1 at `index`."""
    return [float(i == index) for i in range(length)]


def differentiated(node: Value, reached: set[Value]) -> list[Any]:
    """The local derivatives as Values, one per parent; None for a parent that was not reached.

    One that is infinite or overflows is kept, as a recorded float is, until a step uses it.
    """
    operands = node.operands
    are_values = [isinstance(operand, Value) for operand in operands]
    wanted = [is_value and operand in reached for operand, is_value in zip(operands, are_values)]
    if not any(wanted):
        return [None] * len(node.parents)
    rule = node.rule
    assert rule is not None  # it has parents
    try:
        partials = rule.differentiate_values(node, *operands, wanted=wanted)
    except (ArithmeticError, ValueError):
        with errstate("ieee"):
            partials = rule.differentiate_values(node, *operands, wanted=wanted)
    for partial in partials:
        if not (isinstance(partial, Value) and partial.is_known) or partial.rule is None:
            continue
        if not any(partial is known for known in (node, *operands)):
            partial.line = DerivativeLine(partial.line, node)
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
    for factor, other in ((a, b), (b, a)):
        if factor.__class__ is float:
            if factor == 1.0:
                return other
            if factor == -1.0:
                return -other
            if factor == 0.0 and is_finite(other):
                return 0.0
    return a * b


def _plus(a: Any, b: Any) -> Any:
    """a + b, without a node for a plain 0."""
    return b if _is_plain_zero(a) else a if _is_plain_zero(b) else a + b
