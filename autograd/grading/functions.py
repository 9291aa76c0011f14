"""An engine's functions of one value, found by their names, and its softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..operations.apply import apply
from ..operations.functions import dot, softmax
from ..table.row import RULES
from ..value import Value
from .examples import Example, Outcome, run
from .interface import NOT_SUPPORTED, Interface, Trouble, said
from .names import FUNCTIONS, MORE_FUNCTIONS, TAILS
from .roots import Subject
from .trials import Operation

POINTS = (0.5, 2.0, -0.7, 0.0)
CORNERS = ("relu", "abs")  # rows with a corner at 0, where the slope is a convention


@dataclass(frozen=True)
class Function:
    """A function of an engine: how it is called on a, and the row of our table ("" for none)."""

    name: str
    function: Callable[..., Any]
    row: str
    code: str


def functions_of(engine: Interface, more: Mapping[str, Callable[..., Any]]) -> Iterator[Function]:
    """The methods with known names, and the functions that were given."""
    known = FUNCTIONS | MORE_FUNCTIONS
    for name in dir(engine.make):
        if name.lower() in known and name not in more and hasattr(engine.make, name):
            code = f"{name}(a)" if name.lower() == "softmax" else f"a.{name}()"
            yield Function(name, getattr(engine.make, name), known[name.lower()], code)
    for name, function in more.items():
        yield Function(name, function, known.get(name.lower(), ""), f"{name}(a)")


def check_function(engine: Interface, function: Function) -> Subject:
    """A function by itself, compared with our row or, if there is none, with the slope of its own values."""
    if function.name.lower() == "softmax":
        return _softmax(engine, function)
    if not function.row:
        return _by_slopes(engine, function)
    rule = RULES[function.row]

    def ours(x: Any) -> Value:
        return apply(rule, x)

    points = tuple((x,) for x in POINTS if _is_defined(ours, x) and not (x == 0 and rule.name in CORNERS))
    operation = Operation(function.code, points, {function.name: function.function}, {function.name: ours})
    return Subject(operation, [run(engine, example) for example in operation.alone()])


def _is_defined(function: Callable[[Any], Value], x: float) -> bool:
    try:
        result = function(Value(x))
    except ArithmeticError:
        return False
    return all(map(math.isfinite, result.local_derivatives))


def _by_slopes(engine: Interface, named: Function) -> Subject:
    """Gradients compared with slopes; where they agree, inside others they are what must be passed on."""
    name, function = named.name, named.function
    alone: list[Outcome] = []
    right: dict[float, tuple[float, float]] = {}  # at x: the value and the gradient
    for x in POINTS:
        example = Example(named.code, {"a": x})

        def outcome(kind: str, sentence: str, shows: str = "", example: Example = example) -> Outcome:
            return Outcome(example, example.finding(engine, kind, sentence, shows), frozenset({name}))

        try:
            slope, corner = _slope(engine, lambda t: engine.value(function(engine.make(t))), x)
        except NOT_SUPPORTED as trouble:
            alone.append(outcome("missing", f"{name} does not run: {said(trouble)}."))
            break
        except (ArithmeticError, ValueError):
            continue  # outside the domain
        except Trouble as trouble:
            alone.append(outcome("wrong", f"`{example.code}` raises {said(trouble)} at {x}."))
            break
        if not math.isfinite(slope):
            continue  # the same, in an engine that gives nan there
        a = engine.make(x)
        try:
            result = function(a)
            engine.run_backward(result)
            value, gradient = engine.value(result), engine.gradient(a)
        except Trouble as trouble:
            alone.append(
                outcome("wrong", f"`{example.code}`: {engine.backward}() raises {said(trouble)} at {x}.")
            )
            continue
        tolerance = max(1e-5, 200 * engine.roundoff**0.8) if x else 1e-2
        if corner:
            continue
        if not engine.close(gradient, slope, tolerance):
            problem = engine.difference(a, float(f"{slope:.6g}"))
            sentence = f"In `{example.code}` the gradient of a {problem}, the slope of its values."
            alone.append(outcome("wrong", sentence, f"a.{engine.grad}"))
            continue
        right[x] = value, gradient
        alone.append(Outcome(example, None, frozenset({name})))

    def ours(x: Value) -> Value:
        """The straight line that touches the function."""
        value, gradient = right[x.data]
        return value + dot([gradient], [x - x.data])

    points = tuple((x,) for x in right) or ((0.5,),)
    return Subject(Operation(named.code, points, {name: function}, {name: ours}), alone)


def _slope(engine: Interface, f: Callable[[float], float], x: float) -> tuple[float, bool]:
    """The slope by five points (an engine may be slow), and whether there is a corner."""
    h = max(1e-3, engine.roundoff**0.2)
    below_2, below, here, above, above_2 = (f(x + k * h) for k in (-2, -1, 0, 1, 2))
    left, right = (here - below) / h, (above - here) / h
    corner = abs(right - left) > 100 * h * max(abs(left), abs(right), 1e-6)
    return (below_2 - 8 * below + 8 * above - above_2) / (12 * h), corner


def check_tails(engine: Interface, function: Function) -> Iterator[Outcome]:
    """Values far out, where a formula overflows although the function doesn't."""
    for x in (1000.0, -1000.0) if function.row in TAILS else ():
        example = Example(function.code, {"a": x})
        expected = RULES[function.row].evaluate(x)
        try:
            value = engine.value(function.function(engine.make(x)))
        except Trouble as trouble:
            sentence = f"{function.name} of {x} raises {said(trouble)}; its value is {expected!r}."
            yield example.limit(engine, sentence)
            continue
        if engine.close(value, expected):
            yield Outcome(example, None)
        else:
            sentence = f"{function.name} of {x} is {value!r} instead of {expected!r}."
            yield example.limit(engine, sentence, f"c.{engine.data}")


_THROUGH_THE_SUM = "Every output of a softmax depends on every input, through the sum too."


def _softmax(engine: Interface, function: Function) -> Subject:
    """One output, and two of them inside an expression."""
    name = function.name
    at, theirs, ours = {"a": 0.5, "b": -0.2, "k": 0.3}, {name: function.function}, {name: softmax}
    codes = (f"{name}([a, b, k])[0]", f"s = {name}([a, b, k]); c = s[0] * s[1] * a + s[0]")
    examples = (Example(code, at, _THROUGH_THE_SUM, theirs, ours, "missing", "missing") for code in codes)
    alone = [run(engine, example) for example in examples]
    return Subject(Operation(codes[0], (), theirs, ours), alone)
