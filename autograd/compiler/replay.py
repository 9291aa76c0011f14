"""The compiled function called again for one example, on Values, as eager mode would call it.

Programs compute both branches of every choice, and 0 · ∞ is nan. If a result is not finite, a program with
choices asks here: a branch that is not taken passes nothing, also inside the transforms that the function
uses, and a comparison that reads nan can be refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextvars import copy_context
from typing import Any

from ..functional.containers import leaves, like
from ..nodes.errors import DomainError, RangeError
from ..nodes.float_protocol import plain
from ..nodes.modes import errstate
from ..nodes.numbers import to_float
from ..operations.apply import apply
from ..table.row import RULES
from ..value import Value
from .arrays import numpy
from .calling import Definition
from .comparisons import COMPARISONS
from .tracing import Trace

IEEE_PASSES = '`with autograd.errstate("ieee"):` lets it pass.'
NAN_DECIDES = (
    "a comparison reads nan (from ∞ − ∞ or 0 · ∞), which would decide between the branches of a where. "
    + IEEE_PASSES
)


class Replay:
    """Computes what a program computes, or None if f no longer does what it did in `trace`."""

    def __init__(self, definition: Definition, trace: Trace) -> None:
        self._definition = definition
        self._record = hash(tuple(trace.keys)) if trace.choices else None

    def __call__(self, kind: str, parameters: Any, inputs: list[Any], m: int, strict: bool = False) -> Any:
        """(cost and outputs, examples) for "forward", else the mean cost and its gradient in one line.

        If `strict`, raise DomainError for a comparison of nan, unless it belongs to a branch not taken.
        """
        np, numbers = numpy(), parameters.tolist()
        trace = self._definition.traced()[0]
        if hash(tuple(trace.keys)) != self._record:
            if strict:
                raise DomainError(NAN_DECIDES)
            return None
        with errstate("ieee"):
            examples = ([batch[i].tolist() for batch in inputs] for i in range(m))
            rows: Any = np.array([self._row(kind, numbers, example, strict) for example in examples])
        with np.errstate(all="ignore"):
            return rows.T if kind == "forward" else rows.mean(axis=0)

    def reason(self, parameters: Any, inputs: list[Any]) -> str:
        """The objection of eager mode to the first example that it refuses: operation and line; or ""."""
        for i in range(len(inputs[0]) if inputs else 1):
            example = [batch[i].tolist() for batch in inputs]
            try:
                self._row("gradient", parameters.tolist(), example, strict=False, ieee=False)
            except (DomainError, RangeError) as error:
                return f", in example {i}: {error}"
        return ""

    def _row(
        self, kind: str, parameters: list[float], example: list[Any], strict: bool, ieee: bool = True
    ) -> list[float]:
        definition, params = self._definition, [Value(number) for number in parameters]
        stand_in = _StandIn(dict(zip(map(id, leaves(definition.params)), params)), strict)
        arguments = [like(shape, map(Value, given)) for shape, given in zip(definition.inputs, example)]
        cost, outputs = copy_context().run(
            definition.call, arguments, like(definition.params, params), stand_in, ieee
        )
        cost, *results = stand_in.swapped((cost, *leaves(outputs)))
        numbers = [*map(plain, (cost, *results))]
        if strict and any(map(math.isnan, numbers)):
            raise DomainError(NAN_DECIDES)
        if kind == "forward":
            return numbers
        if isinstance(cost, Value):
            cost.backward()
        return [plain(cost), *(param.grad for param in params)]


class _StandIn:
    """The tracer of a replay: eager mode, with a Value of the program's in the place of each parameter.

    If `strict`, a comparison that reads nan is nan, and so is what it decides.
    """

    def __init__(self, values: dict[int, Value], strict: bool) -> None:
        self.values, self.strict = values, strict

    def swapped(self, given: Sequence[Any]) -> list[Any]:
        """The operands, with Values in the places of the parameters."""
        return [self.values.get(id(operand), operand) for operand in given]

    def __call__(self, rule: Any, given: Sequence[Any]) -> Any:
        """The result of an operation, or None for one that eager mode may do."""
        operands = self.swapped(given)
        if rule is RULES["where"]:
            condition, a, b = operands
            if self.strict and math.isnan(plain(condition)):
                return Value(math.nan)
            taken = a if plain(condition) else b
            (value,) = self.swapped([taken() if callable(taken) else taken])
            return value if isinstance(value, Value) else to_float(value, "where: the branch taken")
        if isinstance(rule, str):
            numbers = [*map(plain, operands)]
            if rule not in COMPARISONS:
                return operands[0].detach() if rule == "detach" and operands[0] is not given[0] else None
            nan = self.strict and any(map(math.isnan, numbers))
            return Value(math.nan) if nan else COMPARISONS[rule].evaluate_ieee(*numbers) == 1.0
        return None if all(a is b for a, b in zip(operands, given)) else apply(rule, *operands)
