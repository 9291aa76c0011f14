"""The mutation run over the modules is up to date: its lines, its tests, its modules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "scripts"))

import mutate_modules  # noqa: E402


def test_every_promise_is_a_line_of_its_module():
    assert [fault.about for fault in mutate_modules.outdated()] == []


def test_the_tests_of_every_module_are_there():
    for module in mutate_modules.modules():
        for test in mutate_modules.tests_of(module).split():
            assert (ROOT / test).exists(), test


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
