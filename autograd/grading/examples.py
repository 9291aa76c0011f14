"""An example shows one mistake; running it compares an engine's numbers with ours."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from ..value import Value
from .interface import NOT_SUPPORTED, Interface, Trouble, said
from .names import METHODS
from .report import Finding

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
