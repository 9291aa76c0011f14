"""Running an array program: memory for each batch size, what is not finite, what does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from ..nodes.errors import DomainError
from ..nodes.modes import mode
from ..table.formulas import function
from .arrays import numpy
from .batches import refuse_nan
from .canonical import Graph
from .computation import Computation
from .groups import Map
from .levels import Levels
from .numpy_code import Source
from .regroup import regroup
from .replay import IEEE_PASSES, Replay
from .shapes import in_line

KEPT = 8  # batch sizes, each with its memory


class ArrayEngine:
    """Runs the array program of a graph on NumPy; `sizes` are the numbers that an example has, per input.

    `parameters` are the program's own, which it reads where they lie.
    """

    def __init__(
        self, graph: Graph, forward: Levels, sizes: list[int], parameters: Any, replay: Replay
    ) -> None:
        self.numpy: Any = numpy()
        self.sizes, self.dtype = sizes, parameters.dtype
        self.layout = regroup(graph, forward)
        self.computation = Computation(self.layout, sizes)
        self._parameters, self._replay = parameters, replay
        self.latest: Any = self.numpy.zeros_like(parameters)
        self._quick = any(isinstance(group, Map) and group.rule.branch_free for group in self.layout.groups)
        self._choices = bool(graph.choices)
        self._bind: dict[str, Callable[..., Any]] = {}
        self._bound: dict[tuple[str, int], Callable[..., Any]] = {}

    def forward(self, inputs: list[Any], m: int) -> Any:
        """(cost and outputs, examples)."""
        (results,) = self._run("forward", inputs, m)
        columns = self.numpy.empty((self.computation.results.size, m), self.dtype)
        columns[...] = results.reshape(len(columns), -1)
        return columns

    def gradient(self, inputs: list[Any], m: int) -> float:
        """The mean cost; its derivative with respect to them becomes `latest`."""
        mean, self.latest = self._run("gradient", inputs, m)
        return mean.item()

    def _run(self, kind: str, inputs: list[Any], m: int) -> Any:
        """Run the program; what is not finite is computed carefully, then node by node, and then refused."""
        run = self._bound.get((kind, m)) or self._bind_to(kind, m)
        try:
            results, squares = run(*inputs)
        except RuntimeError as error:
            if "cannot enter context" not in str(error):
                raise
            raise RuntimeError(
                "this program is running already; it has one memory, so compile f once for each thread"
            ) from None
        if math.isfinite(squares):
            return results
        if self._finite(results):
            if self._choices and not mode().ieee and kind != "compared":
                self._refuse_nan(inputs, m)
            return results
        if kind in ("forward", "gradient") and self._quick:
            return self._run(f"careful {kind}", inputs, m)
        if self._choices and kind != "groups":
            again = self._replay(kind.removeprefix("careful "), self._parameters, inputs, m)
            if again is not None:
                line = again.astype(self.dtype).ravel()
                results = [line] if kind.endswith("forward") else [line[:1], line[1:]]
        if not mode().ieee and not self._finite(results):
            self._refuse(kind.removeprefix("careful "), inputs, m)
        return results

    def _finite(self, results: Any) -> bool:
        return all(self.numpy.isfinite(line).all() for line in results)

    def _bind_to(self, kind: str, m: int) -> Callable[..., Any]:
        """The function for batches of m examples, with its memory and a context where nothing warns."""
        if len(self._bound) >= KEPT:
            self._bound.clear()
        if kind not in self._bind:
            source = self.source(kind)
            where = f"autograd {kind} {id(self)}"
            self._bind[kind] = function(source.code, "bind", source.namespace, where)
        context = copy_context()
        context.run(self.numpy.seterr, all="ignore")
        run = self._bound[kind, m] = partial(context.run, self._bind[kind](m, self._parameters[:, None]))
        return run

    def source(self, kind: str, notes: Any = None) -> Source:
        """The code of the "forward" pass, the "gradient", a "careful" twin of these or all "groups"."""
        careful = kind.startswith("careful")
        computed = Computation(self.layout, self.sizes, quick=False) if careful else self.computation
        watched = computed.compared
        if kind == "groups":
            roots = [in_line(array) for array in computed.values.values()]
        elif kind == "compared":
            roots, watched = [in_line(array) for array in watched], []
        else:
            roots = [computed.results] if kind.endswith("forward") else [computed.mean, computed.gradient]
        return Source(roots, len(self.sizes), notes, self.dtype, watched)

    # Checks
    def _refuse_nan(self, inputs: list[Any], m: int) -> None:
        """Raise DomainError if a comparison reads nan, which would decide without being seen."""
        if any(self.numpy.isnan(line).any() for line in self._bind_to("compared", m)(*inputs)[0]):
            self._replay("forward", self._parameters, inputs, m, strict=True)

    def _refuse(self, kind: str, inputs: list[Any], m: int) -> None:
        """Raise ValueError for nan among the numbers, or DomainError with the first group at fault."""
        refuse_nan(inputs, self._parameters)
        values, _ = self._bind_to("groups", m)(*inputs)
        wrong = (g for g, v in zip(self.layout.groups, values) if not self.numpy.isfinite(v).all())
        place = "".join(f"; first in the group {group.described()}" for group in list(wrong)[:1])
        raise DomainError(f"the {kind} result is not finite{place}. {IEEE_PASSES}")
