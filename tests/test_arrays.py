"""Every line of docs/arrays.md: right with its gradient, or refused with a line to write that is right."""

from __future__ import annotations

import re

import numpy
import pytest
from numerics_page import ROOT, rows

from autograd import LostGradientWarning, Value, grad

pandas = pytest.importorskip("pandas")
pytest.importorskip("scipy")

PAGE = (ROOT / "docs" / "arrays.md").read_text(encoding="utf-8")
SETUP, SOLVE = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
START = [0.5, 1.25, 2.75]
WEIGHTS = [0.3, -0.7, 1.1, 0.2, 0.9, -0.4, 0.5, 0.6, 0.8]

RIGHT = [row[0][0] for row in rows("Right, with gradients", PAGE)]
REFUSED = [(call, error, write) for [call], [error], [write] in rows("Refused", PAGE)]
FLOATS = [(call, write) for [call], [write] in rows("Plain floats", PAGE)]


def evaluate(expression: str, x):
    """The page's expression, with its names and this x."""
    names: dict = {"__name__": "page"}
    exec(SETUP + SOLVE, names)
    names |= {"x": x, "A": numpy.outer(x, x) + numpy.eye(3)}
    return eval(expression, names)


def weighted(result):
    """One number that depends on all numbers of a result."""
    entries = numpy.ravel(numpy.array(getattr(result, "values", result), dtype=object))
    total = 0.0
    for entry, weight in zip(entries, WEIGHTS * 3):
        total = total + weight * (entry if isinstance(entry, Value) else float(entry))
    return total


def on_values(expression: str) -> tuple[float, list[float]]:
    x = numpy.array([Value(number) for number in START])
    total = weighted(evaluate(expression, x))
    if not isinstance(total, Value):
        return float(total), [0.0] * 3
    total.backward()
    return total.data, [leaf.grad for leaf in x]


def on_floats(expression: str) -> tuple[float, list[float]]:
    """The same library's function on its own floats, with differences for the gradient."""
    slopes, step = [], 1e-6
    for i in range(3):
        ends = []
        for sign in (1, -1):
            moved = numpy.array(START)
            moved[i] += sign * step
            ends.append(float(weighted(evaluate(expression, moved))))
        slopes.append((ends[0] - ends[1]) / (2 * step))
    return float(weighted(evaluate(expression, numpy.array(START)))), slopes


def agree(mine: str, theirs: str) -> None:
    (value, slopes), (expected, differences) = on_values(mine), on_floats(theirs)
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert slopes == pytest.approx(differences, rel=1e-5, abs=1e-6)


def test_the_page_has_its_tables():
    assert (len(RIGHT) > 100, len(REFUSED) > 30, len(FLOATS) > 10) == (True, True, True)


@pytest.mark.parametrize("call", RIGHT)
def test_what_is_right(call):
    agree(call, call)


@pytest.mark.parametrize(("call", "error", "write"), REFUSED)
def test_what_is_refused_and_what_to_write(call, error, write):
    with pytest.raises({"TypeError": TypeError, "AttributeError": AttributeError}[error]):
        on_values(call)
    agree(write, call)


@pytest.mark.parametrize(("call", "write"), FLOATS)
def test_what_gives_plain_floats_says_so(call, write):
    with pytest.warns(LostGradientWarning):
        on_values(call)
    with pytest.raises(TypeError, match=r"plain float|Could not convert Value"):
        grad(lambda x: weighted(evaluate(call, numpy.array(x))))(START)
    agree(write, call)
