"""check_engine: put somebody else's Value class to the tests that ours passes."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from .examples import Example, Outcome, run
from .functions import check_function, check_tails, functions_of
from .interface import Engine, Interface, Trouble, UnusableError, interface_of, said
from .names import TAILS
from .report import EngineReport, Finding
from .roots import Subject, roots
from .trials import DEPTH, LIMITS, OPERATIONS, PASSES, STATEMENTS

__all__ = ["EngineReport", "Finding", "check_engine"]

Functions = Mapping[str, Callable[..., Any]]

OTHERS = len(STATEMENTS) + len(LIMITS) + 2  # checks, with depth and the second pass


def check_engine(
    engine: Engine,
    functions: Functions | None = None,
    *,
    data: str = "",
    grad: str = "",
    backward: str = "",
) -> EngineReport:
    """Find the mistakes in a scalar autograd engine: `Class(number)`, `.data`, `.grad`, `.backward()`.

    - engine: the class, or a function that makes a value from a number.
    - functions: functions to check beside the methods with known names (`tanh`, `relu`, `exp`, …).
    - data, grad, backward: the names of the attributes and of the method, such as
      `data="value", grad="gradient"`; discovered if they are not given.

    Every operation is checked by itself and inside an expression: with another gradient coming in,
    with numbers of both signs and 0, and with operands and results used several times. Then the
    backward pass: sums over paths, its order, repeated passes, depth. Gradients are compared with ours
    or, for a function that our table does not have, with the slope of the engine's own values; an
    engine in single precision is judged in single precision.

    What is wrong is explained by its root, and what follows from it is counted there. Raises TypeError
    for a file's name, never for an engine, and prints nothing; it runs the engine's code in this process,
    without a time limit (`python -m autograd check` has one).

    >>> from autograd import Value
    >>> check_engine(Value).ok
    True
    """
    if isinstance(engine, str | Path):
        raise TypeError(f"check_engine takes a class; for a file write: python -m autograd check {engine}")
    name = getattr(engine, "__name__", "Class")
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            found = interface_of(engine, data, grad, backward)
            return _checked(found, functions or {})
        except UnusableError as error:
            return EngineReport(name, 1, 0, [Finding("wrong", str(error), f"a = {name}(2.0)")])
        except Trouble as trouble:
            sentence = f"The other checks could not run: {said(trouble)}."
            return EngineReport(name, 1, 0, [Finding("wrong", sentence, "")])


def _checked(engine: Interface, more: Functions) -> EngineReport:
    """From the simple to the composed: what is built on something wrong is not checked, and not passed."""
    subjects = [Subject(operation, [run(engine, e) for e in operation.alone()]) for operation in OPERATIONS]
    named = list(functions_of(engine, more))
    subjects += [check_function(engine, function) for function in named]
    missing = [subject.missing for subject in subjects if subject.missing]
    if len(missing) == len(subjects):
        sentence = f"Nothing can be computed with it. The first try: {missing[0].sentence}"
        return EngineReport(engine.name, 1, 0, [replace(missing[0], kind="wrong", sentence=sentence)])
    works = {subject.operation.code for subject in subjects if subject.works}
    usable = {sign for sign in "+*" if f"a {sign} b" in works}
    passes = [run(engine, e) for e in PASSES if {sign for sign in "+*" if sign in e.code} <= usable]
    others = [_deep(engine)] if "+" in usable else []
    if usable == {*"+*"}:
        for subject in subjects:
            if subject.works:
                right = [outcome.example.at["a"] for outcome in subject.alone if outcome.finding is None]
                subject.inside = [run(engine, e) for e in subject.operation.inside() if e.at["a"] in right]
        others += [_repeated(engine), *(run(engine, example) for example in STATEMENTS)]
    others += [run(engine, example) for example in LIMITS if "a ** 3" in works]
    for function in named:
        others += check_tails(engine, function)

    findings = roots(engine, passes, subjects, others) + missing
    findings += filter(None, (subject.first("limit") for subject in subjects))
    findings += _limits(others)
    made = passes + others + [outcome for subject in subjects for outcome in subject.outcomes]
    passed = sum(outcome.finding is None for outcome in made)
    tails = sum(2 for function in named if function.row in TAILS)
    checks = len(PASSES) + sum(subject.planned for subject in subjects) + OTHERS + tails
    return EngineReport(engine.name, checks, passed, findings)


def _limits(outcomes: list[Outcome]) -> Iterator[Finding]:
    """The limits found; statements that change a value in place are one."""
    in_place = False
    for outcome in outcomes:
        if outcome.finding and outcome.finding.kind == "limit":
            again, in_place = in_place, in_place or outcome.example in STATEMENTS
            if not (again and outcome.example in STATEMENTS):
                yield outcome.finding


def _repeated(engine: Interface) -> Outcome:
    """(x²)² at 3: two passes add up to 2 · 108, or the second begins again and gives 108.

    A limit rather than a wrong number: a program that builds the graph again for every pass never meets it.
    """
    example = Example("(b := a * a) * b", {"a": 3.0})
    try:
        a = engine.make(3.0)
        result = example.evaluate({"a": a})
        engine.run_backward(result)
        first = engine.gradient(a)
        engine.run_backward(result)
        got = engine.gradient(a)
    except Trouble as trouble:
        return example.limit(engine, f"A second c.{engine.backward}() raises {said(trouble)}.")
    if engine.close(got, 216.0) or engine.close(got, 108.0) or not engine.close(first, 108.0):
        return Outcome(example, None)  # a first pass that is wrong is the subject of other checks
    sentence = (
        f"After c.{engine.backward}() twice a.{engine.grad} is {got!r}; 216 (two passes added up) or 108 "
        "(the last one) would be right. The gradients that the first pass left in the results are passed on "
        "again."
    )
    return example.limit(engine, sentence, f"c.{engine.backward}(); a.{engine.grad}")


def _deep(engine: Interface) -> Outcome:
    what = f"a chain of {DEPTH} additions"
    example = Example(f"a + 1 + 1 + … ({DEPTH} times)", {"a": 0.0})
    try:
        a = engine.make(0.0)
        result = a
        for _ in range(DEPTH):
            result = result + engine.make(1.0)
        engine.run_backward(result)
        problem, got = engine.difference(a, 1.0), engine.gradient(a)
    except Trouble as trouble:
        recursion = isinstance(trouble, RecursionError)
        cause = f": {engine.backward}() calls itself; use a loop" if recursion else ""
        return example.limit(engine, f"In {what} the engine raises {type(trouble).__name__}{cause}.")
    if not problem:
        return Outcome(example, None)
    sentence = f"In {what} the gradient of a {problem}."
    finding = example.finding(engine, "wrong", sentence, f"a.{engine.grad}")
    return Outcome(example, finding, frozenset({"__add__"}), {"a": got}, {"a": 1.0})
