"""The smallest examples that show each mistake, and how they are run on an engine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .report import Finding

Engine = Callable[[float], Any]  # a class, as a rule
# More than a backward that calls itself can do. A browser's stack is small: freeing a long chain ends Python.
DEPTH = 1_200 if sys.platform == "emscripten" else 5_000

_ADD = (
    "A value that is used twice gets a contribution from each use: add it (+=) to what is there, "
    "don't put it in its place (=)."
)
_WAIT = (
    "A node must wait until all its uses have passed their gradients to it before it passes its "
    "own on: go through the nodes in reverse topological order."
)


@dataclass(frozen=True)
class Result:
    """What an example gives."""

    value: float
    gradients: dict[str, float]


@dataclass(frozen=True)
class Example:
    """An expression `code` in variables `at` some numbers; `why` explains a wrong gradient in it.

    `needs` is another example that must work for this one to say anything.
    """

    code: str
    at: Mapping[str, float] = field(default_factory=lambda: {"a": 2.0, "b": 3.0})
    why: str = ""
    needs: str = ""

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """The result of the expression on an engine's values."""
        return eval(self.code, {"__builtins__": {"abs": abs}}, dict(variables))  # our own text only

    def result(self, engine: Engine) -> Result:
        """Value and gradients on an engine that is right: ours."""
        variables = {name: engine(x) for name, x in self.at.items()}
        result = self.evaluate(variables)
        result.backward()
        return Result(result.data, {name: variable.grad for name, variable in variables.items()})

    def finding(self, engine: Engine, kind: str, sentence: str, shows: str = "") -> Finding:
        """A mistake, with the lines that show it; `shows` is the expression to look at."""
        name = getattr(engine, "__name__", "Class")
        lines = [f"{', '.join(self.at)} = {', '.join(f'{name}({x!r})' for x in self.at.values())}"]
        lines += [f"c = {self.code}", "c.backward()", *([shows] if shows else [])]
        return Finding(kind, sentence, "\n".join(lines))


_A = {"a": 2.0}

OPERATORS = (
    Example("a + b"),
    Example("a * b"),
    Example("a - b"),
    Example("a / b"),
    Example("-a", _A),
    Example("+a", _A),
    Example("a ** 3", _A),
    Example("a ** -1", _A),
    Example("a ** 0.5", _A),
    Example("a + 3", _A),
    Example("3 + a", _A),
    Example("a * 3", _A),
    Example("3 * a", _A),
    Example("a - 3", _A),
    Example("3 - a", _A),
    Example("a / 4", _A),
    Example("3 / a", _A),
    Example("a ** b"),
    Example("3 ** a", _A),
    Example("abs(a)", {"a": -2.0}),
)

SUMS = (
    Example("a + a", _A, _ADD),
    Example("a * a", {"a": 3.0}, _ADD),
    Example("a * b + a", why=_ADD),
)

ORDERS = (
    Example("(d := a + a) + d", {"a": 3.0}, _WAIT),
    Example("(e := (d := a * a) + a) * d", {"a": 3.0}, _WAIT),
    Example("(e := (d := a + b) * d) * d * e + a", {"a": 1.5, "b": -0.5}, _WAIT),
)

LIMITS = (
    Example("a ** 0", {"a": 0.0}, needs="a ** 3"),
    Example("a ** 1", {"a": 0.0}, needs="a ** 3"),
    Example("a ** 2", {"a": 0.0}, needs="a ** 3"),
    Example("a ** 2", {"a": -3.0}, needs="a ** 3"),
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

# Others, whose values are a matter of parameters or none of our rows: only gradients are checked.
MORE_FUNCTIONS = {
    "leaky_relu": "", "leakyrelu": "", "elu": "", "selu": "", "gelu": "", "mish": "", "square": "",
    "cube": "", "reciprocal": "", "gamma": "", "lgamma": "", "digamma": "", "softmax": "",
}  # fmt: skip

TAILS = ("tanh", "sigmoid", "softplus", "softsign")  # rows that are finite however large x is
