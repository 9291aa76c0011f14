"""The smallest examples that show each mistake: of single operations, and of the backward pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .examples import Example, Functions

# More than a backward that calls itself can do. A browser's stack is small: freeing a long chain ends Python.
DEPTH = 1_200 if sys.platform == "emscripten" else 5_000
K = -1.5  # what comes in from above, in the examples about one operation: not 1, and negative

ADD = (
    "A value that is used twice gets a contribution from each use: add it (+=) to what is there, "
    "don't put it in its place (=)."
)
WAIT = (
    "A node must wait until all its uses have passed their gradients to it before it passes its "
    "own on: go through the nodes in reverse topological order."
)
ZERO = "The gradient that comes in is 0, and 0 is what must be passed on."
OPERANDS = (
    "The operation is right by itself, but not if its operands are results: do all of them get their turn in "
    "the backward pass?"
)
THREE_TIMES = "The operation is right by itself, but here its result is used three times."
IN_PLACE = (
    "The statement changes the number of a value that others were computed from: make a new value, "
    "or leave the method out, and Python will."
)


@dataclass(frozen=True)
class Operation:
    """One operation of an engine, as an expression in a (and b), and the points it is tried at.

    At a point with a zero an exception is a limit, not a wrong number.
    """

    code: str
    points: tuple[tuple[float, ...], ...]
    functions: Functions = field(default_factory=dict[str, Callable[..., Any]])
    ours: Functions = field(default_factory=dict[str, Callable[..., Any]])

    def _at(self, point: tuple[float, ...], **more: float) -> dict[str, float]:
        return dict(zip("ab", point)) | more

    def _example(self, code: str, at: dict[str, float], why: str = "", raises: str = "wrong") -> Example:
        return Example(code, at, why, self.functions, self.ours, raises)

    def alone(self) -> Iterator[Example]:
        """The operation by itself: its value and its local derivatives."""
        for point in self.points:
            example = self._example(self.code, self._at(point), raises="wrong" if all(point) else "limit")
            yield replace(example, unsupported="missing")

    def inside(self) -> Iterator[Example]:
        """The operation with more around it: a gradient comes in, operands and results are used again."""
        if not self.points:
            return
        others = " + ".join("ab"[: len(self.points[0])])
        for k in (K, 0.0):
            for point in self.points:
                yield self._example(f"({self.code}) * k + {others}", self._at(point, k=k))
        for point in self.points:
            yield self._example(f"(d := {self.code}) * d * d", self._at(point), THREE_TIMES)
        # Operands that are results themselves, with the same numbers.
        later = re.sub(r"\ba\b", "p", re.sub(r"\bb\b", "q", self.code))
        results = "; ".join(f"{p} = {a} * k" for a, p, _ in zip("ab", "pq", self.points[0]))
        for point in self.points:
            yield self._example(f"{results}; c = {later}", self._at(point, k=1.0), OPERANDS)
        if len(self.points[0]) == 2:
            yield self._example(self.code.replace("b", "a"), {"a": 2.0}, ADD)


_PAIRS = ((2.0, 3.0), (-1.5, 0.5), (0.0, -2.0))
_ONE = ((2.0,), (-1.5,), (0.0,))
_NOT_ZERO = ((2.0,), (-1.5,))

# Checks that others build on come first.
OPERATIONS = (
    Operation("a + b", _PAIRS),
    Operation("a * b", _PAIRS),
    Operation("-a", _ONE),
    Operation("+a", _ONE),
    Operation("a - b", _PAIRS),
    Operation("a ** 3", _ONE),
    Operation("a ** -1", _NOT_ZERO),
    Operation("a ** 0.5", ((2.0,), (0.25,))),
    Operation("a / b", _PAIRS),
    Operation("a + 3", _ONE),
    Operation("3 + a", _ONE),
    Operation("a * 3", _ONE),
    Operation("3 * a", _ONE),
    Operation("a - 3", _ONE),
    Operation("3 - a", _ONE),
    Operation("a / 4", _ONE),
    Operation("3 / a", _NOT_ZERO),
    Operation("a ** b", ((2.0, 3.0), (1.5, -0.5), (0.5, 2.0))),
    Operation("3 ** a", _ONE),
    Operation("abs(a)", _NOT_ZERO),
)

# About the backward pass itself, in sums and products only. At some points two nodes have the same data.
PASSES = (
    Example("(a + b) * b", why=WAIT),
    Example("(a * b) + b", why=WAIT),
    Example("a + a", {"a": 2.0}, ADD),
    Example("a * a", {"a": 3.0}, ADD),
    Example("a + a + a", {"a": 2.0}, ADD),
    Example("a * b + a", why=ADD),
    Example("(a + b) * a", {"a": -0.5, "b": 3.0}, ADD),
    Example("(d := a + a) + d", {"a": 3.0}, WAIT),
    Example("(d := a * a) * d", {"a": 3.0}, WAIT),
    Example("(e := (d := a * a) + a) * d", {"a": 3.0}, WAIT),
    Example("(d := a * a) * ((e := d + a) * a)", {"a": 3.0}, WAIT),
    Example("(e := (d := a + b) * d) * d * e + a", {"a": 1.5, "b": -0.5}, WAIT),
    Example("((d := a * b) + a) + ((e := d * d) + d) * e", {"a": 1.5, "b": -0.5}, WAIT),
    Example("(a + b) * k + m", {"a": 2.0, "b": 3.0, "k": 0.0, "m": 7.0}, ZERO),
    Example("(a + b) + (a * b)", {"a": 2.0, "b": 2.0}, WAIT),
    Example("a * b * b", {"a": 2.0, "b": 1.0}, WAIT),
    Example("a + b + b", {"a": 2.0, "b": 0.0}, WAIT),
)

_BEFORE = "d = a * b; e = d * d"
STATEMENTS = tuple(
    Example(f"{_BEFORE}; d {sign}= a; c = d * e", why=IN_PLACE, raises="limit", unsupported="missing")
    for sign in "+-*/"
)

LIMITS = tuple(
    Example(code, {"a": x}, raises="limit", unsupported="limit")
    for code, x in (("a ** 0", 0.0), ("a ** 1", 0.0), ("a ** 2", 0.0), ("a ** 2", -3.0))
)
