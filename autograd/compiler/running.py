"""Running an array program: memory for each batch size, what is not finite, what does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from ..nodes.errors import DomainError
from ..nodes.modes import errstate, mode
from ..table.formulas import function
from .arrays import numpy
from .canonical import Graph
from .derivation import Derivation
from .groups import Map
from .numpy_code import Source
from .regroup import Layout
from .straight import StraightEngine

KEPT = 8  # batch sizes, each with its memory


class ArrayEngine:
    """Runs the array program of a graph on NumPy; `sizes` are the numbers an example has, per input."""

    def __init__(self, graph: Graph, sizes: list[int]) -> None:
        self.numpy: Any = numpy()
        self._kind, self._double = self.numpy.ndarray, self.numpy.dtype(float)
        self.sizes = sizes
        self.layout = Layout(graph)
        self.derivation = Derivation(self.layout, sizes)
        self.order = self.layout.params
        self._column = self.numpy.zeros((len(self.order), 1))
        self.parameters: Any = self._column[:, 0]
        self.latest: Any = self.numpy.zeros(len(self.order))
        self._quick = any(isinstance(group, Map) and group.rule.quick for group in self.layout.groups)
        self._choices = bool(graph.trace.choices)
        self._straight: StraightEngine | None = None
        self._bind: dict[str, Callable[..., Any]] = {}
        self._bound: dict[tuple[str, int], Callable[..., Any]] = {}

    def forward(self, inputs: list[Any], m: int) -> Any:
        """(cost and outputs, examples)."""
        (results,) = self._run("forward", inputs, m)
        columns = self.numpy.empty((self.derivation.results.size, m))
        columns[...] = results.reshape(len(columns), -1)
        return columns

    def gradient(self, inputs: list[Any], m: int) -> float:
        """The mean cost; its derivative by the parameters becomes `latest`."""
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
        if math.isfinite(squares) or self._finite(results):
            return results
        if kind in ("forward", "gradient") and self._quick:
            return self._run(f"careful {kind}", inputs, m)
        if self._choices and kind != "groups":
            results = self._node_by_node(kind.removeprefix("careful "), inputs, m)
        if not mode().ieee and not self._finite(results):
            self._refuse(kind.removeprefix("careful "), inputs, m)
        return results

    def _finite(self, results: Any) -> bool:
        return all(self.numpy.isfinite(line).all() for line in results)

    def _node_by_node(self, kind: str, inputs: list[Any], m: int) -> list[Any]:
        """The results as eager mode has them, which passes nothing, not 0 · ∞, to a branch not taken."""
        if self._straight is None:
            self._straight = StraightEngine(self.layout.graph, self.sizes)
        straight, order = self._straight, self.numpy.argsort(self.order)
        straight.parameters[:] = self.parameters[order].tolist()
        examples = [batch.tolist() for batch in inputs]
        with errstate("ieee"):
            if kind == "forward":
                return [self.numpy.array(straight.forward(examples, m)).ravel()]
            mean = straight.gradient(examples, m)
        gradient = self.numpy.empty(len(order))
        gradient[order] = straight.latest
        return [self.numpy.array([mean]), gradient]

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
        run = self._bound[kind, m] = partial(context.run, self._bind[kind](m, self._column))
        return run

    def source(self, kind: str, notes: Any = None) -> Source:
        """The code of the "forward" pass, the "gradient", a "careful" twin of these or all "groups"."""
        careful = kind.startswith("careful")
        derived = Derivation(self.layout, self.sizes, quick=False) if careful else self.derivation
        if kind == "groups":
            roots = list(derived.values.values())
        else:
            roots = [derived.results] if kind.endswith("forward") else [derived.mean, derived.gradient]
        return Source(roots, len(self.sizes), notes)

    # Checks
    def read(self, batches: tuple[Any, ...]) -> list[Any]:
        """The batches as arrays (examples, numbers). Raises TypeError and ValueError where they are none."""
        inputs: list[Any] = []
        for k, (batch, size) in enumerate(zip(batches, self.sizes)):
            fits = batch.__class__ is self._kind and batch.dtype is self._double and batch.ndim == 2
            fits = fits and batch.shape[1] == size
            inputs.append(batch if fits else self._array(batch, k, size))
        if self._choices:  # else nan shows itself in the result
            self._refuse_nan(inputs)
        return inputs

    def _array(self, batch: Any, k: int, size: int) -> Any:
        try:
            given = self.numpy.asarray(batch)
        except ValueError:
            raise ValueError(
                f"input {k} must have {size} numbers for each example, {batch!r:.60} has not"
            ) from None
        if given.dtype.kind not in "biuf":
            raise TypeError(f"input {k} must be an array of real numbers, not of {given.dtype}")
        if given.ndim == 0 or given.size != len(given) * size or (given.ndim == 1 and size > 1):
            raise ValueError(f"input {k} must have the shape (batch, {size}), not {given.shape}")
        return given.astype(float).reshape(len(given), size)

    def _refuse_nan(self, inputs: list[Any]) -> None:
        if not mode().ieee:
            for k, batch in enumerate(inputs):
                if math.isnan(batch.sum()) and (rows := self.numpy.isnan(batch).any(axis=1)).any():
                    raise ValueError(f"input {k}: example {int(rows.argmax())} has nan in it")

    def _refuse(self, kind: str, inputs: list[Any], m: int) -> None:
        """Raise ValueError for nan in an input, or DomainError with the first group that is not finite."""
        self._refuse_nan(inputs)
        values, _ = self._bind_to("groups", m)(*inputs)
        wrong = (g for g, v in zip(self.layout.groups, values) if not self.numpy.isfinite(v).all())
        place = "".join(f"; first in the group {group.described()}" for group in list(wrong)[:1])
        raise DomainError(
            f'the {kind} result is not finite{place}. `with autograd.errstate("ieee"):` lets it pass.'
        )
