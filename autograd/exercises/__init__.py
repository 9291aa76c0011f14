"""Exercises: mark the answers that a reader of a lesson types in or clicks, and count them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ..nodes.plain import for_output
from ..text.catalogue import language, say
from .questions import Questions

__all__ = ["Exercises", "Questions"]


class Exercises:
    """The exercises of one lesson; call it once for each answer, and `count()` at the end.

    - numbers: the numbers of the exercises that will be marked.
    - lang: the language of the verdicts, "en" or "ja".

    A verdict is printed: ✓, "not yet" with a hint, or "not answered". A wrong answer raises nothing, so
    that a whole lesson can be run before its exercises are solved. Raises ValueError if no number or one
    number twice is given, or if the language is not in the catalogue.

    >>> exercise = Exercises(1, 2, 3)
    >>> exercise(1, 6.0, 2.0 * 3.0)
    Exercise 1: ✓
    >>> exercise(2, [1.0, 5.0], [1.0, 6.0], "add over both paths")
    Exercise 2: not yet: add over both paths
    >>> exercise(3, None, 4.0)
    Exercise 3: not answered
    >>> exercise.count()
    1 of 3 exercises right; not yet: 2; not answered: 3
    """

    def __init__(self, *numbers: int, lang: str = "en") -> None:
        if not numbers or len(set(numbers)) < len(numbers):
            raise ValueError(f"Exercises needs the number of each exercise, once: got {numbers}")
        self._lang = language(lang)
        self._verdicts = dict.fromkeys(numbers, "blank")

    def __call__(
        self,
        number: int,
        answer: Any,
        right: Any,
        hint: str = "",
        slips: Mapping[Any, str] | Sequence[tuple[Any, str]] = (),
    ) -> None:
        """Print the verdict on an answer.

        - answer: None, or anything with None in it, is not an answer yet.
        - right: the right answer, or a function that says whether an answer is right; an answer that it
          cannot take is wrong. Numbers may differ in their last digits, by 1e-9 of their size; lists and
          tuples are compared entry by entry.
        - hint: what to say if the answer is wrong.
        - slips: what to say, in place of the hint, for a wrong answer that has a known cause.

        Raises KeyError if there is no exercise of that number.
        """
        if number not in self._verdicts:
            raise KeyError(f"exercise {number} is not one of {', '.join(map(str, self._verdicts))}")
        remark = ""
        if _is_blank(answer):
            verdict = "blank"
        elif _is_right(answer, right):
            verdict = "right"
        else:
            verdict = "wrong"
            known = slips.items() if isinstance(slips, Mapping) else slips
            remark = next((words for slip, words in known if _same(answer, slip)), hint)
        self._verdicts[number] = verdict
        said = say(f"exercise.{verdict}", self._lang, number=number, remark=remark)
        print(for_output(said if remark or verdict != "wrong" else said.rstrip(" :：")))

    def count(self) -> None:
        """Print how many exercises are right, and the numbers of the others."""
        right = [n for n, verdict in self._verdicts.items() if verdict == "right"]
        parts = [say("exercise.count", self._lang, right=len(right), all=len(self._verdicts))]
        for verdict, key in (("wrong", "exercise.wrong_ones"), ("blank", "exercise.blank_ones")):
            if numbers := [str(n) for n, last in self._verdicts.items() if last == verdict]:
                parts.append(say(key, self._lang, numbers=", ".join(numbers)))
        print(for_output("".join(parts)))


def _is_blank(answer: Any) -> bool:
    entries = _entries(answer)
    return answer is None or (entries is not None and any(map(_is_blank, entries)))


def _is_right(answer: Any, right: Any) -> bool:
    if callable(right):
        try:
            return bool(cast("Callable[[Any], Any]", right)(answer))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return False  # an answer of another kind: a word in place of a number, one number in place of two
    return _same(answer, right)


def _same(answer: Any, right: Any) -> bool:
    """Whether two answers are the same, but for the last digits of their numbers."""
    mine, theirs = _entries(answer), _entries(right)
    if mine is not None and theirs is not None:
        return len(mine) == len(theirs) and all(map(_same, mine, theirs))
    if mine is not None or theirs is not None:
        return False
    if isinstance(answer, str) or isinstance(right, str):
        return str(answer).strip().casefold() == str(right).strip().casefold()
    try:
        return math.isclose(_number(answer), _number(right), rel_tol=1e-9, abs_tol=1e-12)
    except (TypeError, ValueError):
        return bool(answer == right)


def _entries(answer: Any) -> Sequence[Any] | None:
    """The entries of a list, a tuple or an array of at least one axis; None if it is a single thing."""
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    return cast("Sequence[Any]", answer) if isinstance(answer, list | tuple) else None


def _number(answer: Any) -> float:
    """A number, or that of a Value or of an engine's class, which keeps it in `data`."""
    data = getattr(answer, "data", answer)
    return float(data if isinstance(data, int | float) else answer)
