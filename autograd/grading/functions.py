"""Checking an engine's functions of one value, and its softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..table.row import RULES
from .comparing import NOT_SUPPORTED, Trouble, close, difference, said
from .examples import FUNCTIONS, MORE_FUNCTIONS, TAILS, Engine, Example
from .report import Finding


def check_functions(engine: Engine, more: Mapping[str, Callable[..., Any]]) -> Iterator[Finding | None]:
    """Every function with a known name, and those that were named."""
    known = FUNCTIONS | MORE_FUNCTIONS
    methods = {name: getattr(engine, name) for name in dir(engine) if name.lower() in known}
    for name, function in (methods | dict(more)).items():
        if name.lower() == "softmax":
            yield _softmax(engine, name, function)
            continue
        row = known.get(name.lower(), "")
        yield _function(engine, name, function, row)
        if row in TAILS:
            yield _tails(engine, name, function, row)


def _function(engine: Engine, name: str, function: Callable[..., Any], row: str) -> Finding | None:
    """Values beside ours, gradients beside the slope of the engine's own values."""
    rule = RULES.get(row)
    for x in (0.5, 2.0, -0.7, 0.0):
        example = Example(f"{name}(a)", {"a": x})
        try:
            slope, corner = _slope(lambda t: float(function(engine(t)).data), x)
        except NOT_SUPPORTED as trouble:
            return example.finding(engine, "missing", f"{name} does not run: {said(trouble)}.")
        except Trouble:
            continue  # outside the domain
        if not math.isfinite(slope):
            continue  # the same, in an engine that gives nan there
        a: Any = engine(x)
        try:
            result = function(a)
            result.backward()
        except Trouble as trouble:
            return example.finding(engine, "wrong", f"{name}: backward() raises {said(trouble)} at {x}.")
        if rule and not close(float(result.data), rule.evaluate(x)):
            sentence = f"{name} of {x} is {result.data!r} instead of {rule.evaluate(x)!r}."
            return example.finding(engine, "wrong", sentence, "c.data")
        if corner:
            continue
        if rule:
            (slope,) = rule.differentiate_ieee(rule.evaluate(x), x)
        if not close(_gradient(a), slope, 1e-9 if rule else 1e-5 if x else 1e-2):
            problem = difference(a, slope if rule else float(f"{slope:.6g}"))
            of = "" if rule else ", the slope of its values"
            return example.finding(engine, "wrong", f"The gradient of {name} at {x} {problem}{of}.", "a.grad")
    return None


def _gradient(variable: Any) -> float:
    try:
        return float(variable.grad)
    except Trouble:
        return math.nan


def _slope(f: Callable[[float], float], x: float) -> tuple[float, bool]:
    """The slope by five points (an engine may be slow), and whether there is a corner."""
    h = 1e-3
    below_2, below, here, above, above_2 = (f(x + k * h) for k in (-2, -1, 0, 1, 2))
    left, right = (here - below) / h, (above - here) / h
    corner = abs(right - left) > 0.1 * max(abs(left), abs(right), 1e-6)
    return (below_2 - 8 * below + 8 * above - above_2) / (12 * h), corner


def _tails(engine: Engine, name: str, function: Callable[..., Any], row: str) -> Finding | None:
    for x in (1000.0, -1000.0):
        example = Example(f"{name}(a)", {"a": x})
        expected = RULES[row].evaluate(x)
        try:
            value = float(function(engine(x)).data)
        except Trouble as trouble:
            sentence = f"{name} of {x} raises {said(trouble)}; its value is {expected!r}."
            return example.finding(engine, "limit", sentence)
        if not close(value, expected):
            sentence = f"{name} of {x} is {value!r} instead of {expected!r}."
            return example.finding(engine, "limit", sentence, "c.data")
    return None


def _softmax(engine: Engine, name: str, function: Callable[..., Any]) -> Finding | None:
    """The gradient of the first output by every input: y₀ (δ₀ⱼ − yⱼ)."""
    example = Example(f"{name}([a, b])[0]", {"a": 0.5, "b": -0.2})
    a, b = engine(0.5), engine(-0.2)
    share = 1 / (1 + math.exp(-0.7))
    try:
        result = function([a, b])[0]
        result.backward()
    except Trouble as trouble:
        return example.finding(engine, "missing", f"{name} does not run: {said(trouble)}.")
    for variable, label, expected in ((a, "a", share * (1 - share)), (b, "b", -share * (1 - share))):
        problem = difference(variable, expected)
        if problem:
            why = "Every output of a softmax depends on every input, through the sum too."
            sentence = f"In `{example.code}` the gradient of {label} {problem}. {why}"
            return example.finding(engine, "wrong", sentence, f"{label}.grad")
    return None
