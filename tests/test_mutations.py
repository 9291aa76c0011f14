"""The lists of promises and of harmless faults are up to date, and operators are turned around."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "scripts"))

import mutate_modules  # noqa: E402
import promises  # noqa: E402


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda promise: promise.about)
def test_a_promise_is_one_line_of_its_module_and_has_tests(promise):
    assert promise.places() == 1
    assert (ROOT / promise.tests).exists()


def test_harmless_faults_are_tried():
    reported = {
        f"{path}: {about}" for path in mutate_modules.modules() for about, *_ in mutate_modules.spoilt(path)
    }
    assert set(mutate_modules.HARMLESS) <= reported


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("a <= b", "a > b"),
        ("a is not None", "a is None"),
        ("x + 1", "x - 1"),
        ("a and b", "a or b"),
        ("k not in (1, 2)", "k in (1, 2)"),
    ],
)
def test_an_operator_is_turned_around(line, wrong):
    source = f"def f(a, b, k, x):\n    return {line}\n"
    [(number, column, now, then)] = mutate_modules.spots(source)
    text = source.splitlines()[number - 1]
    assert text[:column] + then + text[column + len(now) :] == f"    return {wrong}"
