"""Marking the answers of a lesson's exercises."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value
from autograd.exercises import Exercises


def verdict(capsys, answer, right, hint="", slips=()):
    Exercises(1)(1, answer, right, hint, slips)
    return capsys.readouterr().out.removeprefix("Exercise 1: ").strip()


@pytest.mark.parametrize("answer", [None, (None, None), [1.0, None], [[1.0], [None]]])
def test_none_is_not_an_answer_and_neither_is_half_of_one(answer, capsys):
    assert verdict(capsys, answer, 1.0, "a hint") == "not answered"


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (6, 6.0),
        (0.1 + 0.2, 0.3),
        ((6.0, 2.0), [6, 2]),
        (np.array([[1.0, 2.0]]), [[1.0, 2.0]]),
        (np.float64(2.0), 2.0),
        (Value(2.0), 2.0),
        (" Larger", "larger"),
        (True, True),
        (5.0, lambda answer: answer > 4.0),
        ([], []),
    ],
)
def test_right(answer, right, capsys):
    assert verdict(capsys, answer, right) == "✓"


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        (6.001, 6.0),
        (1e-3, 0.0),
        (float("nan"), 1.0),
        ((6.0,), (6.0, 2.0)),
        (6.0, [6.0]),
        ("smaller", "larger"),
        (0.0, lambda answer: answer > 4.0),
        ("five", lambda answer: answer > 4.0),
        (5.0, lambda answer: answer[1] > 4.0),
        ({}, 1.0),
        (0, "larger"),
    ],
)
def test_wrong(answer, right, capsys):
    assert verdict(capsys, answer, right, "try again") == "not yet: try again"
    assert verdict(capsys, answer, right) == "not yet"


def test_a_known_slip_has_a_remark_of_its_own(capsys):
    slips = {2.0: "that is the number itself"}
    assert verdict(capsys, 2.0, 3.0, "look again", slips) == "not yet: that is the number itself"
    assert verdict(capsys, 4.0, 3.0, "look again", slips) == "not yet: look again"
    assert verdict(capsys, 3.0, 3.0, "look again", {3.0: "never said"}) == "✓"
    assert verdict(capsys, [1, 2], [2, 1], "look again", [([1, 2], "the order")]) == "not yet: the order"


def test_the_count_has_the_last_verdict_of_each_and_those_that_never_ran(capsys):
    exercise = Exercises(1, 2, 4)
    exercise(1, 5.0, 6.0)
    exercise(1, 6.0, 6.0)
    exercise(2, 5.0, 6.0)
    capsys.readouterr()
    exercise.count()
    assert capsys.readouterr().out == "1 of 3 exercises right; not yet: 2; not answered: 4\n"


def test_the_verdicts_in_japanese(capsys):
    exercise = Exercises(1, lang="ja")
    exercise(1, 1.0, 1.0)
    exercise.count()
    assert capsys.readouterr().out == "問題 1: ✓\n1 問中 1 問正解\n"


def test_numbers_and_languages_that_are_not_there_are_refused():
    with pytest.raises(KeyError, match="exercise 3 is not one of 1, 2"):
        Exercises(1, 2)(3, 1.0, 1.0)
    with pytest.raises(ValueError, match="once"):
        Exercises(1, 1)
    with pytest.raises(ValueError, match="lang"):
        Exercises(1, lang="xx")
