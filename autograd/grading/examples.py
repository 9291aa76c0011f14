"""The smallest examples that show each mistake, and how they are run on an engine."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any

from ..value import Value
from .interface import NOT_SUPPORTED, Interface, Trouble, said
from .report import Finding

# More than a backward that calls itself can do. A browser's stack is small: freeing a long chain ends Python.
DEPTH = 1_200 if sys.platform == "emscripten" else 5_000
K = -1.5  # what comes in from above, in the examples about one operation: not 1, and negative

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Example:
    """An expression `code` in variables `at` some numbers, or statements that end in "c = …".

    `functions` are what the code calls on the engine, `ours` what it calls on our Values, and
    `why` explains a wrong gradient. An exception, or nan, is a finding of the kind `raises`; one that
    says that something is not there, of the kind `unsupported`.
    """

    code: str
    at: Mapping[str, float] = field(default_factory=lambda: {"a": 2.0, "b": 3.0})
    why: str = ""
    functions: Functions = field(default_factory=dict[str, Callable[..., Any]])
    ours: Functions = field(default_factory=dict[str, Callable[..., Any]])
    raises: str = "wrong"
    unsupported: str = "wrong"

    @property
    def lines(self) -> list[str]:
        """The statements, the last of which sets c."""
        return self.code.split("; ") if "c = " in self.code else [f"c = {self.code}"]

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The result of the code on an engine's values."""
        return _executed(self.lines, {**self.functions, **variables})

    def graph(self) -> tuple[Value, dict[str, Value]]:
        """Our own result, before its backward pass, and the variables."""
        variables = {name: Value(x, name) for name, x in self.at.items()}
        lines = self.lines
        for name in self.ours:  # which need not be a method of ours
            lines = [re.sub(rf"\b(\w)\.{name}\(\)", rf"{name}(\1)", line) for line in lines]
        return _executed(lines, {**self.ours, **variables}), variables

    def finding(self, engine: Interface, kind: str, sentence: str, shows: str = "") -> Finding:
        """A mistake, with the lines that show it; `shows` is the expression to look at."""
        made = ", ".join(f"{engine.name}({x!r})" for x in self.at.values())
        lines = [f"{', '.join(self.at)} = {made}", *self.lines, f"c.{engine.backward}()"]
        return Finding(kind, sentence, "\n".join([*lines, *([shows] if shows else [])]))

    def limit(self, engine: Interface, sentence: str, shows: str = "") -> Outcome:
        """The outcome of an example that finds a limit."""
        return Outcome(self, self.finding(engine, "limit", sentence, shows))


def _executed(lines: Sequence[str], names: Mapping[str, Any]) -> Any:
    space = {"__builtins__": {"abs": abs}, **names}
    exec("\n".join(lines), space)  # our own text only
    return space["c"]


@dataclass(frozen=True)
class Outcome:
    """The results of an engine on an example.

    `finding` is None if all is right. `gradients` are the engine's, if it got so far, and
    `expected` ours. `methods` are the operators and functions of the engine that were called.
    """

    example: Example
    finding: Finding | None
    methods: frozenset[str] = frozenset()
    gradients: Mapping[str, float] = field(default_factory=dict[str, float])
    expected: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def wrong(self) -> bool:
        """Whether a number was wrong, or there was an error where none should be."""
        return self.finding is not None and self.finding.kind == "wrong"


def run(engine: Interface, example: Example) -> Outcome:
    """Value and gradients of an example, compared with ours."""
    root, ours = example.graph()
    root.backward()
    expected = {name: variable.grad for name, variable in ours.items()}
    methods: set[str] = set()

    def outcome(kind: str, sentence: str, shows: str = "") -> Outcome:
        finding = example.finding(engine, kind, sentence, shows)
        return Outcome(example, finding, frozenset(methods), gradients, expected)

    gradients: dict[str, float] = {}
    try:
        variables = {name: engine.make(x) for name, x in example.at.items()}
        with _called(methods):
            result = example.evaluate(variables)
        if type(result) in (int, float):
            return outcome("wrong", f"`{example.code}` gives {result!r}, a plain number without a gradient.")
        value = engine.value(result)
    except NOT_SUPPORTED as trouble:
        return outcome(example.unsupported, f"`{example.code}` is not supported: {said(trouble)}.")
    except Trouble as trouble:
        return outcome(example.raises, f"`{example.code}` raises {said(trouble)}.")
    if not engine.close(value, root.data):
        sentence = f"`{example.code}` gives {value!r} instead of {root.data!r}."
        return outcome("wrong", f"{sentence} {example.why}".rstrip(), f"c.{engine.data}")
    try:
        engine.run_backward(result)
    except Trouble as trouble:
        sentence = f"`{example.code}`: {engine.backward}() raises {said(trouble)}."
        return outcome(example.raises, sentence)
    problems: dict[str, str] = {}
    for name, variable in variables.items():
        problems[name] = engine.difference(variable, expected[name])
        try:
            gradients[name] = engine.gradient(variable)
        except Trouble:
            gradients[name] = math.nan
    for name, problem in problems.items():
        if problem:
            why = f" {example.why}" if example.why else ""
            kind = example.raises if math.isnan(gradients[name]) else "wrong"
            sentence = f"In `{example.code}` the gradient of {name} {problem}.{why}"
            return outcome(kind, sentence, f"{name}.{engine.grad}")
    return Outcome(example, None, frozenset(methods), gradients, expected)


class _called:
    """Collect the names of the operators and functions that Python code calls."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def _profile(self, frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_name
        if event == "call" and name in METHODS:
            self.names.add(name)

    def __enter__(self) -> None:
        self.before = sys.getprofile()
        sys.setprofile(self._profile)

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self.before)


@dataclass(frozen=True)
class Operation:
    """One operation of an engine, as an expression in a (and b), and the points it is tried at.

    At a point with a zero an exception is a limit, and no wrong number.
    """

    code: str
    points: tuple[tuple[float, ...], ...]
    functions: Functions = field(default_factory=dict[str, Callable[..., Any]])
    ours: Functions = field(default_factory=dict[str, Callable[..., Any]])

    def _at(self, point: tuple[float, ...], **more: float) -> dict[str, float]:
        return dict(zip("ab", point)) | more

    def _example(self, code: str, at: Mapping[str, float], why: str = "", raises: str = "wrong") -> Example:
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

# Names of methods and functions of one value, as engines spell them: the row of our table whose
# values they must have.
FUNCTIONS = {
    "exp": "exp", "log": "log", "ln": "log", "log2": "log2", "log10": "log10", "log1p": "log1p",
    "sqrt": "sqrt", "cbrt": "cbrt", "expm1": "expm1", "abs": "abs",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "arcsin": "asin", "acos": "acos",
    "arccos": "acos", "atan": "atan", "arctan": "atan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "erf": "erf",
    "sigmoid": "sigmoid", "logistic": "sigmoid", "relu": "relu", "softplus": "softplus",
    "softsign": "softsign", "silu": "silu", "swish": "silu",
}  # fmt: skip

# Others, whose values are a matter of parameters or in none of our rows: only gradients are checked.
MORE_FUNCTIONS = {
    "leaky_relu": "", "leakyrelu": "", "elu": "", "selu": "", "gelu": "", "mish": "", "square": "",
    "cube": "", "reciprocal": "", "gamma": "", "lgamma": "", "digamma": "", "softmax": "",
}  # fmt: skip

TAILS = ("tanh", "sigmoid", "softplus", "softsign")  # rows that are finite however large x is

# The methods that one operation of an engine may be built on.
METHODS = frozenset(
    f"__{prefix}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for prefix in ("", "r", "i")
) | {"__neg__", "__pos__", "__abs__", *FUNCTIONS, *MORE_FUNCTIONS}
