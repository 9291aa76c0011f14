"""check_engine: hold somebody else's Value class to the tests that ours passes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from ..value import Value
from .comparing import NOT_SUPPORTED, Trouble, close, difference, said
from .examples import DEPTH, LIMITS, OPERATORS, ORDERS, SUMS, Engine, Example
from .functions import check_functions
from .report import EngineReport, Finding

__all__ = ["EngineReport", "Finding", "check_engine"]

Found = Iterator[Finding | None]  # one for every check


def check_engine(engine: Engine, functions: Mapping[str, Callable[..., Any]] | None = None) -> EngineReport:
    """Find the mistakes in a scalar autograd engine: `Class(number)`, `.data`, `.grad`, `.backward()`.

    `engine` is the class, or a function that makes a value of a number.

    Checks the operators in both orders, sums over paths, the order of the backward pass, repeated
    passes, depth, edge cases, and the methods with known names (`tanh`, `relu`, `exp`, …);
    `functions` names more of them, such as functions of a module. Gradients are held against ours
    or, of a function that our table has not, against the slope of the engine's own values. What is
    missing is reported as missing. Never raises, and prints nothing; it runs the engine's code in
    this process, without a time limit (`python -m autograd check FILE:Class` has one).

    >>> check_engine(Value).ok
    True
    """
    report = EngineReport(getattr(engine, "__name__", repr(engine)))
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            for finding in _all_checks(engine, functions or {}):
                report.add(finding)
        except Trouble as trouble:
            report.add(Finding("wrong", f"The other checks could not run: {said(trouble)}.", ""))
    return report


def _all_checks(engine: Engine, functions: Mapping[str, Callable[..., Any]]) -> Found:
    """Simple things first; what is built on something wrong is not checked."""
    basics = list(_basics(engine))
    yield from basics
    if any(basics):
        return
    operators = [(example, _run(engine, example)) for example in OPERATORS]
    yield from (finding for _, finding in operators)
    works = {example.code for example, finding in operators if finding is None}
    if {"a + b", "a * b"} <= works:
        sums = [_run(engine, example) for example in SUMS]
        yield from sums
        orders = [_run(engine, example) for example in ORDERS if not any(sums)]
        yield from orders
        if not any(sums + orders):
            yield from _repeated(engine)
        yield from _deep(engine)
    for example in LIMITS:
        if example.needs in works:
            yield _run(engine, example, "limit")
    yield from check_functions(engine, functions)


def _basics(engine: Engine) -> Found:
    """Can it be made, read and run at all?"""
    example = Example("a", {"a": 2.0})
    try:
        a: Any = engine(2.0)
        if float(a.data) != 2.0:
            yield example.finding(engine, "wrong", f"Class(2.0).data is {a.data!r}.")
        a.backward()
        if float(a.grad) != 1.0:
            sentence = f"The gradient of a value by itself is 1, but after a.backward() a.grad is {a.grad!r}."
            yield example.finding(engine, "wrong", sentence, "a.grad")
        yield None
    except Trouble as trouble:
        sentence = (
            f"A class must do Class(2.0), .data, .grad and .backward(); here this raises {said(trouble)}."
        )
        yield example.finding(engine, "wrong", sentence)


def _run(engine: Engine, example: Example, trouble_is: str = "wrong") -> Finding | None:
    """Value and gradients of an example beside ours."""
    expected = example.result(Value)
    try:
        variables = {name: engine(x) for name, x in example.at.items()}
        result = example.evaluate(variables)
        value = float(result.data)
    except NOT_SUPPORTED as trouble:
        return example.finding(engine, "missing", f"`{example.code}` is not supported: {said(trouble)}.")
    except Trouble as trouble:
        return example.finding(engine, trouble_is, f"`{example.code}` raises {said(trouble)}.")
    if not close(value, expected.value):
        sentence = f"`{example.code}` gives {value!r} instead of {expected.value!r}."
        return example.finding(engine, "wrong", sentence, "c.data")
    try:
        result.backward()
    except Trouble as trouble:
        return example.finding(engine, trouble_is, f"`{example.code}`: backward() raises {said(trouble)}.")
    for name, gradient in expected.gradients.items():
        problem = difference(variables[name], gradient)
        if problem:
            why = f" {example.why}" if example.why else ""
            sentence = f"In `{example.code}` the gradient of {name} {problem}.{why}"
            return example.finding(engine, "wrong", sentence, f"{name}.grad")
    return None


def _repeated(engine: Engine) -> Found:
    """(x²)² at 3: two passes add up to 2 · 108, or the second starts anew and gives 108.

    A limit rather than a wrong number: who builds the graph anew for every pass never meets it.
    """
    example = Example("(b := a * a) * b", {"a": 3.0})
    try:
        a = engine(3.0)
        result = example.evaluate({"a": a})
        result.backward()
        result.backward()
        got = float(a.grad)
    except Trouble as trouble:
        sentence = f"A second c.backward() raises {said(trouble)}."
        yield example.finding(engine, "limit", sentence)
        return
    if close(got, 216.0) or close(got, 108.0):
        yield None
        return
    sentence = (
        f"After c.backward() twice a.grad is {got!r}; 216 (two passes added up) or 108 (the last one) "
        "would be right. The gradients that the first pass left in the results are passed on again."
    )
    yield example.finding(engine, "limit", sentence, "c.backward(); a.grad")


def _deep(engine: Engine) -> Found:
    what = f"a chain of {DEPTH} additions"
    example = Example(f"a + 1 + 1 + … ({DEPTH} times)", {"a": 0.0})
    try:
        a = engine(0.0)
        result = a
        for _ in range(DEPTH):
            result = result + engine(1.0)
        result.backward()
        problem = difference(a, 1.0)
        if problem:
            sentence = f"In {what} the gradient of a {problem}."
            yield example.finding(engine, "wrong", sentence, "a.grad")
        yield None
    except Trouble as trouble:
        cause = ": backward() calls itself; use a loop" if isinstance(trouble, RecursionError) else ""
        kind = type(trouble).__name__
        yield example.finding(engine, "limit", f"In {what} the engine raises {kind}{cause}.")
