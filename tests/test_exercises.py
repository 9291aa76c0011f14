"""Marking the answers of a lesson's exercises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from autograd import Value
from autograd.exercises import Exercises, Questions

ROOT = Path(__file__).parent.parent


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
        ("[6.0]", [6.0]),
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


# Questions to click


ASKED = Questions(
    (
        "What is the slope of `a*b` in `a`?",
        {"`b`": "the other factor", "`a`": "a < b: its own value", "1": ""},
    ),
    ("And of `a+b`?", {"1": "", "`b`": "that is a product's"}),
)


def shown(page):
    """The visible verdicts, one for each question, and the count, read as a reader sees it."""
    return page.evaluate(
        """() => [...document.querySelectorAll("fieldset")].map((set) => {
            const seen = [...set.querySelectorAll("p")].filter((p) => p.checkVisibility());
            return seen.map((p) => `${p.className}: ${p.textContent}`).join();
        })"""
    )


def test_text_has_the_questions_and_a_call_marks_an_answer(capsys):
    lines = repr(ASKED).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("1. What is the slope of a*b in a?   a) ")
    answers = dict(re.findall(r"(\w)\) (\w)", lines[0]))
    assert sorted(answers.values()) == ["1", "a", "b"]
    for letter, answer in answers.items():
        ASKED(1, letter)
        verdict = {"b": "✓ the other factor", "a": "not yet: a < b: its own value", "1": "not yet:"}[answer]
        assert capsys.readouterr().out.strip() == f"1 {letter}) {answer}: {verdict}"
    for number, letter in ((3, "a"), (1, "d"), (0, "a")):
        with pytest.raises(KeyError):
            ASKED(number, letter)


def test_questions_that_ask_nothing_are_refused():
    for questions in ((), (("Really?", {"yes": "so"}),)):
        with pytest.raises(ValueError, match="at least"):
            Questions(*questions)
    with pytest.raises(ValueError, match="lang"):
        Questions(("A?", {"b": "", "c": ""}), lang="xx")


def test_a_click_shows_its_verdict_and_the_count_without_a_script(tab):
    html = ASKED._repr_html_()
    assert "<script" not in html
    assert "a &lt; b" in html
    tab.set_content(html + Questions(("Alone?", {"yes": "", "no": ""}))._repr_html_())
    assert shown(tab) == ["ad-blank: not answered"] * 3
    tab.get_by_label("a", exact=True).check()
    assert shown(tab)[:2] == ["ad-wrong: not yet: a < b: its own value", "ad-blank: not answered"]
    tab.get_by_label("b", exact=True).first.check()
    assert shown(tab)[:2] == ["ad-right: ✓ the other factor", "ad-blank: not answered"]
    tab.get_by_label("b", exact=True).last.check()
    assert shown(tab) == [
        "ad-right: ✓ the other factor",
        "ad-wrong: not yet: that is a product's",
        "ad-blank: not answered",
    ]
    tab.get_by_label("yes").check()  # of other questions on the page, which leaves these alone
    assert [verdict.partition(":")[0] for verdict in shown(tab)] == ["ad-right", "ad-wrong", "ad-right"]


def test_the_right_answer_is_not_always_first_and_the_order_is_the_same_each_time():
    asked = [(f"Question {n}?", {"right": "", "wrong": ""}) for n in range(20)]
    first = [line.partition("a) ")[2].split()[0] for line in repr(Questions(*asked)).splitlines()]
    assert set(first) == {"right", "wrong"}
    assert repr(Questions(*asked)) == repr(Questions(*asked))


@pytest.mark.parametrize("right", range(4))
def test_the_count_is_drawn_by_the_style_sheet(tab, right):
    """Style sheets count: the picture of the last line is that of the same line with the numbers in it."""
    questions = [(f"Question {n}?", {"yes": "", "no": ""}) for n in range(3)]
    tab.set_content(Questions(*questions)._repr_html_())
    for n in range(right):
        tab.get_by_label("yes").nth(n).check()
    last = tab.locator(".ad-questions > p strong")
    drawn = last.screenshot()
    last.evaluate(
        "(line, text) => (line.textContent = text)", f"{right} of 3 right, {3 - right} not answered"
    )
    assert drawn == last.screenshot()


LESSONS = sorted((ROOT / "notebooks").rglob("[0-9]*.ipynb"))


def pages(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = ("".join(output.get("data", {}).get("text/html", [])) for output in outputs)
    return [page for page in found if "ad-questions" in page]


@pytest.mark.parametrize("path", [path for path in LESSONS if pages(path)], ids=lambda path: path.stem)
def test_questions_of_lessons_tell_no_answer_a_wrong_one_and_the_right_one_apart(path, tab):
    [page] = pages(path)
    tab.set_content(page)
    assert all(verdict.startswith("ad-blank: ") for verdict in shown(tab))
    for number, question in enumerate(tab.locator("fieldset").all()):
        assert question.locator(".ad-yes").count() == 1
        for answer in question.locator("input").all():
            answer.check()
            kind, _, words = shown(tab)[number].partition(": ")
            assert kind == ("ad-right" if answer.get_attribute("class") else "ad-wrong")
            assert words.strip() not in {"✓", "not yet:", "もう一度:"}  # each answer has a remark


def test_lessons_have_questions():
    assert len([path for path in LESSONS if pages(path)]) >= 15
