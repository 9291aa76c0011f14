"""The interface of an engine: its constructor, the names of its attributes, and its precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Engine = Callable[[float], Any]  # a class, as a rule

# Exceptions of students' code; only a KeyboardInterrupt is the user's own.
Trouble = (Exception, SystemExit)
NOT_SUPPORTED = (TypeError, AttributeError, NotImplementedError, AssertionError)

# Names that engines in the wild use, the most common first.
DATA = ("data", "value", "val", "v", "x", "primal")
GRAD = ("grad", "gradient", "g", "adjoint", "derivative", "d")
BACKWARD = ("backward", "backprop", "backpropagate", "backward_pass", "back", "compute_gradients")

START = 1.75  # exact in every float format, and unlikely to be an attribute's value by chance
ROUNDOFFS = (2.0**-53, 2.0**-24, 2.0**-11)  # of double, single and half precision


class UnusableError(Exception):
    """The engine cannot be made, read or run; the message is a sentence."""


@dataclass(frozen=True)
class Interface:
    """An engine, the names it is used by, and the relative error of its numbers."""

    make: Engine
    data: str = "data"
    grad: str = "grad"
    backward: str = "backward"
    roundoff: float = ROUNDOFFS[0]

    @property
    def name(self) -> str:
        """The name of the class."""
        return getattr(self.make, "__name__", "Class")

    def value(self, node: Any) -> float:
        """The number of a value."""
        return float(getattr(node, self.data))

    def gradient(self, node: Any) -> float:
        """The gradient of a value; raises if it is not a number."""
        return float(getattr(node, self.grad))

    def run_backward(self, node: Any) -> None:
        """Run the backward pass from a value."""
        getattr(node, self.backward)()

    def close(self, got: float, expected: float, tolerance: float = 1e-9) -> bool:
        """Whether two numbers agree to `tolerance`, or to the precision of the engine if that is less."""
        if math.isnan(expected) or math.isinf(expected):
            return got == expected
        tolerance = max(tolerance, min(1000 * self.roundoff, 0.1))
        return abs(got - expected) <= tolerance * max(abs(expected), abs(got), max(1e-3, 1e4 * self.roundoff))

    def difference(self, variable: Any, expected: float) -> str:
        """The mistake in a gradient, in words; "" if it is right."""
        try:
            got = self.gradient(variable)
        except Trouble:
            return f"is {getattr(variable, self.grad, 'not there')!r}, which is not a number"
        if self.close(got, expected):
            return ""
        if self.close(got, -expected):
            return f"has the wrong sign: {got!r} instead of {expected!r}"
        if got == 0.0:
            return f"is 0 instead of {expected!r}: nothing arrives there"
        return f"is {got!r} instead of {expected!r}"


def said(trouble: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(trouble).split()).rstrip(".")
    return f"{type(trouble).__name__}: {text:.100}" if text else type(trouble).__name__


def interface_of(engine: Engine, data: str = "", grad: str = "", backward: str = "") -> Interface:
    """The names an engine goes by, discovered if they are not given, and its precision.

    `data` is an attribute that holds the number the value was made of, `backward` a method, and
    `grad` an attribute that the backward pass sets to 1. Raises UnusableError.
    """
    name = getattr(engine, "__name__", "Class")
    try:
        node = engine(START)
        data = data or _first(DATA, node, lambda x: x == START)
        backward = backward or _first(BACKWARD, node, callable)
        before = {attribute: _read(node, attribute) for attribute in _public(node)}
        getattr(node, backward)()
        grad = (
            grad
            or next(filter(before.__contains__, GRAD), "")
            or next((n for n in before if _read(node, n) == 1.0 != before[n]), GRAD[0])
        )
        found = Interface(engine, data, grad, backward)
        for number in (START, 0.0, -2.5):
            if found.value(engine(number)) != number:
                raise UnusableError(f"{name}({number}).{data} is {getattr(engine(number), data)!r}.")
        if found.gradient(node) != 1.0:
            raise UnusableError(
                "The gradient of a value with respect to itself is 1, but after "
                f"a.{backward}() a.{grad} is {getattr(node, grad)!r}."
            )
    except Trouble as trouble:
        if isinstance(trouble, UnusableError):
            raise
        raise UnusableError(
            f"An engine needs {name}({START}), .data, .grad and .backward(), or other names that are given "
            f"(data='value', grad='gradient'); here this raises {said(trouble)}."
        ) from None
    return Interface(engine, data, grad, backward, _roundoff(found))


def _public(node: Any) -> list[str]:
    return [name for name in dir(node) if not name.startswith("_")]


def _read(node: Any, name: str) -> Any:
    """An attribute if it is a number, else None."""
    try:
        value = getattr(node, name)
        return None if callable(value) else float(value)
    except Trouble:
        return None


def _first(names: Iterable[str], node: Any, fits: Callable[[Any], bool]) -> str:
    """The first of the usual names that is there; else an attribute that fits, or the usual name."""
    usual = tuple(names)
    for name in usual:
        if hasattr(node, name):
            return name
    if fits is callable:
        return usual[0]
    return next((name for name in _public(node) if fits(_read(node, name))), usual[0])


def _roundoff(engine: Interface) -> float:
    """The precision that numbers and gradients are kept in, from a product of two decimal fractions."""
    worst = 0.0
    for x, y in ((0.1, 0.3), (1 / 3, 0.7)):
        try:
            a, b = engine.make(x), engine.make(y)
            pairs = [(engine.value(a), x), (engine.value(b), y)]
            c = a * b
            engine.run_backward(c)
            pairs += [(engine.value(c), x * y), (engine.gradient(a), y), (engine.gradient(b), x)]
        except Trouble:
            pairs = []
        errors = [abs(got - right) / right for got, right in pairs]
        worst = max([worst, *(error for error in errors if error < 2.0**-10)])
    return next((u for u in ROUNDOFFS if worst <= 4 * u), ROUNDOFFS[-1])
