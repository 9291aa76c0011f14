"""Show that docs/sources.md proves what it says: `python scripts/prove_sources.py [ID …]`.

Every row of that page names functions and a test that compares them with the engine. Each function in
turn is spoilt (every number that it returns is put off by about a hundredth, a function that changes its
arguments does nothing), and the named test has to fail then, by an assertion. Exit status 1 if one
passes, fails in another way, or fails though nothing is spoilt.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import importlib
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
os.chdir(ROOT)

import pytest  # noqa: E402

from autograd import Value  # noqa: E402

ROW = re.compile(
    r"^\| (?P<id>[A-Z]+\d+) \| .+ \| (?P<functions>`[^|]+`) \| `(?P<test>\S+::\w+)` \|$", re.MULTILINE
)
# For a class, the method that the row is about.
METHODS = {
    "autograd.compile": "autograd.Program.value_and_grad",
    "nn.MLP": "nn.MLP.trace",
    "nn.Neuron": "nn.Neuron.activate",
    "nn.layered.ChapterNetwork": "nn.layered.ChapterNetwork.backprop",
}


def off(numbers: Iterator[int], result: Any) -> Any:
    """The result with every number in it put off, each by another share."""
    share = functools.partial(off, numbers)
    if isinstance(result, bool | int | str | bytes | type(None)):
        return result
    if isinstance(result, float | Value) or hasattr(result, "dtype"):
        return result * (1.01 + 0.003 * (7 * next(numbers) % 11)) + 1e-3
    if isinstance(result, tuple | list):
        parts = [share(part) for part in result]
        if isinstance(result, list):
            same = copy.copy(result)
            same[:] = parts
            for name, value in vars(result).items() if hasattr(result, "__dict__") else ():
                setattr(same, name, share(value) if isinstance(value, float) else value)
            return same
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if isinstance(result, dict):
        return {key: share(value) for key, value in result.items()}
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        same = copy.copy(result)
        for field in dataclasses.fields(result):
            if not isinstance(
                value := getattr(result, field.name), Value
            ):  # a step's nodes stay who they are
                object.__setattr__(same, field.name, share(value))
        return same
    if isinstance(result, Iterator):
        return map(share, result)
    if callable(result):
        return spoilt(result)
    return result


def spoilt(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with a wrong result, or without its effect if it returns nothing."""
    numbers = count(1)

    @functools.wraps(function)
    def wrong(*arguments: Any, **options: Any) -> Any:
        if getattr(function, "__annotations__", {}).get("return") in ("None", "History"):
            return function(*copy.deepcopy(arguments), **copy.deepcopy(options))
        return off(numbers, function(*arguments, **options))

    return wrong


@contextmanager
def replaced(name: str) -> Iterator[None]:
    """A block in which the function of that name is spoilt wherever it has been imported."""
    *path, attribute = METHODS.get(name, name).split(".")
    home: Any = importlib.import_module(path[0])
    for part in path[1:]:
        home = getattr(home, part)
    right = getattr(home, attribute)
    wrong = spoilt(right)
    places = [(home, attribute)]
    for module in list(sys.modules.values()):
        for key, value in list(getattr(module, "__dict__", {}).items()):
            if value is right:
                places.append((module, key))
    for place, key in places:
        setattr(place, key, wrong)
    try:
        yield
    finally:
        for place, key in places:
            setattr(place, key, right)


class Outcome:
    """A pytest plugin that keeps how a test ended: "passed", "failed" by an assertion, or its error."""

    def __init__(self) -> None:
        self.words: set[str] = set()

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        """Called by pytest after each phase of a test."""
        if call.excinfo is not None:
            right = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
            self.words.add("failed" if right else f"{call.excinfo.typename}: {call.excinfo.value}")
        elif call.when == "call":
            self.words.add("passed")


def run(test: str) -> set[str]:
    """The outcomes of a test, one for each of its parametrizations."""
    outcome = Outcome()
    with redirect_stdout(StringIO()):
        pytest.main(
            ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", test], plugins=[outcome]
        )
    return outcome.words or {"was not found"}


def main(ids: list[str]) -> int:
    """Spoil the functions of the rows (of all if none is named), and report what no test noticed."""
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = [row for row in ROW.finditer(page) if not ids or row["id"] in ids]
    begun, tried, problems = time.perf_counter(), 0, list[str]()
    for row in rows:
        if (words := run(row["test"])) != {"passed"}:
            problems.append(f"{row['id']}: {row['test']} fails though nothing is spoilt: {words}")
            continue
        for name in re.findall(r"`(.+?)`", row["functions"]):
            tried += 1
            with replaced(name):
                words = run(row["test"])
            if "failed" not in words:
                problems.append(f"{row['id']}: with {name} spoilt, {row['test']} {', '.join(words)}")
    for problem in problems:
        print(problem)
    seconds = time.perf_counter() - begun
    print(f"{len(rows)} rows, {tried} functions spoilt, {len(problems)} problems, {seconds:.0f} s")
    return 1 if problems or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
