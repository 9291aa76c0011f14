"""The definition of a program: a function, one example's inputs and parameters, called with a tracer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

from ..functional.containers import leaves, like, names
from ..nodes.collector import paused_collector
from ..nodes.modes import Block, mode
from ..nodes.numbers import require_value, to_float
from ..value import Value
from .tracing import Trace

Derivative = Callable[[Any, list[Any], Any, Any], Any]  # of (params, arguments, cost, outputs)


@dataclass(frozen=True)
class Definition:
    """A function `f` of one example's inputs that is to be compiled, or a derivative of it."""

    f: Callable[..., Any]
    inputs: Sequence[Any]
    params: Any
    derivative: Derivative | None = None

    def traced(self) -> tuple[Trace, int, list[int], Any]:
        """Call `f` once with traced inputs: the trace, the cost, the outputs by number and as they came.

        Raises TypeError if f does not take these inputs, if an input is not a number or a parameter not a
        Value, if f needs the number of something traced, and if it returns no cost; ValueError for a
        parameter that is not a leaf, or is in params twice.
        """
        self._check_arguments()
        if mode().tracer is not None:
            raise ValueError("compile() in a function that is being compiled: call the inner function itself")
        parameters = leaves(self.params)
        _check_params(self.params)
        for k, example in enumerate(self.inputs):
            _check_input(example, f"inputs[{k}]")
        trace = Trace(parameters)
        traced = like(self.params, trace.nodes[: len(parameters)])
        arguments = [
            like(example, [trace.node(("input", k, i)) for i in range(len(leaves(example)))])
            for k, example in enumerate(self.inputs)
        ]
        try:
            # In a context of its own: an interrupt, wherever it comes, leaves no mode behind.
            cost, outputs = copy_context().run(self.call, arguments, traced, trace.operation)
            numbers = [trace.number_of(output) for output in leaves(outputs)]
            return trace, trace.number_of(cost), numbers, outputs
        finally:
            trace.close()

    def call(self, arguments: list[Any], params: Any, tracer: Any, ieee: bool = True) -> tuple[Any, Any]:
        """Call `f` with a tracer: its cost and its outputs; a derivative is an output, beside the cost 0."""
        with paused_collector(), Block(tracer=tracer, ieee=ieee, recording=True):
            result: Any = self.f(*arguments)
            cost, outputs = result if result.__class__ is tuple and len(result) == 2 else (result, ())
            if not isinstance(cost, Value | float | int):
                one = "; take one number of the list, [0]" if isinstance(cost, list) else ""
                raise TypeError(f"f must return the cost, or (cost, outputs), not {result!r:.80}{one}")
            for name, output in zip(names(outputs, "outputs"), leaves(outputs), strict=True):
                if not isinstance(output, Value):
                    to_float(output, f"f: {name}")
            if self.derivative is None:
                return cost, outputs
            return 0.0, self.derivative(params, arguments, cost, outputs)

    def _check_arguments(self) -> None:
        if getattr(self.inputs, "__iter__", None) is None:
            raise TypeError(
                f"inputs must be a list with one entry for each argument of f, not {self.inputs!r:.80}"
            )
        try:
            if isinstance(self.inputs, list | tuple):
                inspect.signature(self.f).bind(*self.inputs)
        except ValueError:  # a built-in without a signature
            pass
        except TypeError as error:
            raise TypeError(
                "compile takes one example's inputs in a list, one entry per argument of f, as in "
                f"compile(f, [0.0, [0.0, 0.0]]): {error}"
            ) from None


def _check_params(params: Any) -> None:
    parameters = leaves(params)
    for i, param in enumerate(parameters):
        if param.__class__ is not Value or param.rule is not None:
            name = names(params, "params")[i]
            require_value(param, name)
            raise ValueError(f"{name} is the result of {param.op!r}; a parameter is a leaf")
    if len(set(map(id, parameters))) < len(parameters):
        raise ValueError("a parameter is in params twice; list each Value once")


def _check_input(example: Any, called: str) -> None:
    for i, leaf in enumerate(leaves(example)):
        if leaf.__class__ is not float:
            name = names(example, called)[i]
            if isinstance(leaf, Value):
                raise TypeError(
                    f"{name} is a Value: inputs are numbers; what to differentiate with respect to is "
                    "one of params"
                )
            to_float(leaf, name)
