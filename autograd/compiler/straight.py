"""Running a straight-line program: example by example, by the table's float code or, if it raises, IEEE code.

For deep and narrow graphs, in which no two nodes of a level do the same.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from ..nodes.errors import DomainError
from ..nodes.modes import mode
from .arrays import numpy
from .batches import refuse_nan
from .canonical import Graph
from .python_code import NanCompared, StraightSource
from .replay import IEEE_PASSES, Replay


class StraightEngine:
    """Runs the graph as functions of one example, made from `code`; `parameters` are the program's own."""

    def __init__(self, graph: Graph, inputs: int, parameters: Any, replay: Replay) -> None:
        self.numpy: Any = numpy()
        self._graph, self._inputs = graph, inputs
        self._parameters, self._replay = parameters, replay
        self._where = f"autograd straight-line program {id(self)}"
        source = StraightSource(graph, inputs, ieee=False)
        self.code, self._strict = source.code, source.functions(self._where)
        self.latest: Any = self.numpy.zeros(len(graph.labels))

    @cached_property
    def _ieee(self) -> Any:
        return StraightSource(self._graph, self._inputs, ieee=True).functions(f"{self._where} ieee")

    def forward(self, inputs: list[Any], m: int) -> Any:
        """(cost and outputs, examples)."""
        return self._run("forward", inputs, m)

    def gradient(self, inputs: list[Any], m: int) -> float:
        """The mean cost; its derivatives with respect to the parameters become `latest`."""
        results = self._run("gradient", inputs, m)
        self.latest = results[1:]
        return results.item(0)

    def _run(self, kind: str, inputs: list[Any], m: int) -> Any:
        """The results; those that are not finite as eager mode has them, or refused."""
        try:
            rows = self._each(kind, inputs)
        except NanCompared:
            again = self._replay(kind, self._parameters, inputs, m, strict=True)
            return self._checked(kind, again, inputs)
        results = self.numpy.array(rows)
        if kind == "forward":
            results = results.T
        else:
            with self.numpy.errstate(all="ignore"):
                results = results[0] if m == 1 else results.mean(axis=0)
        if all([all(map(math.isfinite, row)) for row in rows]):  # noqa: C419
            return results
        again = self._replay(kind, self._parameters, inputs, m) if self._graph.choices else None
        return self._checked(kind, results if again is None else again, inputs)

    def _each(self, kind: str, inputs: list[Any]) -> list[Any]:
        """The results for each example, by IEEE code where the strict one raises."""
        results: list[Any] = []
        parameters, which = self._parameters.tolist(), kind == "gradient"
        for example in zip(*(batch.tolist() for batch in inputs)) if inputs else [()]:
            try:
                results.append(self._strict[which](parameters, *example))
            except (ArithmeticError, ValueError):
                results.append(self._ieee[which](parameters, *example))
        return results

    def _checked(self, kind: str, results: Any, inputs: list[Any]) -> Any:
        """The results if they are finite, or else an error with what eager mode says about an example."""
        if mode().ieee or self.numpy.isfinite(results).all():
            return results
        refuse_nan(inputs, self._parameters)
        # If there are choices, eager mode may object to a branch that is not taken.
        reason = "" if self._graph.choices else self._replay.reason(self._parameters, inputs)
        raise DomainError(f"the {kind} result is not finite{reason or f'. {IEEE_PASSES}'}")
