"""Questions with answers to click, in a notebook's cell or on a page, without a script.

Radio buttons and style sheets do everything: a checked answer shows its verdict, and CSS counters count.
So the questions work in a saved notebook without a kernel, and where scripts are removed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from string import ascii_lowercase

from ..nodes.plain import for_output
from ..text.catalogue import language, say
from ..text.characters import visible

_STYLE = """
.ad-questions{font:15px/1.5 system-ui,sans-serif;max-width:46em;counter-reset:right 0 blank var(--all)}
.ad-questions fieldset{border:0;margin:0 0 1em;padding:0;min-width:0}
.ad-questions legend{padding:0;font-weight:600;margin-bottom:.2em}
.ad-questions label{cursor:pointer;padding:.15em 0;display:block}
.ad-questions input{cursor:pointer;accent-color:#6d4fc2;float:left;clear:left;margin:.5em .6em 0 .2em}
.ad-questions input:checked{counter-increment:blank -1}
.ad-questions input.ad-yes:checked{counter-increment:right 1 blank -1}
.ad-questions [role=status] p{margin:.2em 0 0;padding:.1em .7em;border-left:4px solid #888}
.ad-questions [role=status] .ad-right{border-color:#2da44e;font-weight:600}
.ad-questions [role=status] .ad-wrong{border-color:#d9730d}
.ad-questions [role=status] .ad-blank{opacity:.75}
.ad-questions input:checked~[role=status] .ad-blank{display:none}
.ad-questions .ad-number::before{content:counter(right)}
.ad-questions .ad-number.ad-open::before{content:counter(blank)}
"""


class Questions:
    """Questions about what a lesson has shown, each with answers to click.

    - questions: pairs of a question and its answers, a mapping from each answer to what to say when it is
      chosen. The first answer is the right one; they are shown in another order. `Code` between backticks
      is set as code.
    - lang: the language of the verdicts, "en" or "ja".

    A notebook shows radio buttons: a question is not answered, right (✓) or "not yet" with its remark, and
    the last line counts. Elsewhere the questions are text, and a call marks an answer by its letter. Raises
    ValueError if there is no question, if one has fewer than two answers, or if the language is not in the
    catalogue; a call raises KeyError for a number or letter that is not there.

    >>> questions = Questions(("∂(`a*b`)/∂a?", {"b": "the other factor", "a": "that is its own value"}))
    >>> questions
    1. ∂(a*b)/∂a?   a) b   b) a
    >>> questions(1, "a")
    1 a) b: ✓ the other factor
    >>> questions(1, "b")
    1 b) a: not yet: that is its own value
    """

    def __init__(self, *questions: tuple[str, Mapping[str, str]], lang: str = "en") -> None:
        if not questions or any(len(answers) < 2 for _, answers in questions):
            raise ValueError("Questions needs at least one question, and for each at least two answers")
        self._lang = language(lang)
        self._questions = [(text, _shuffled(text, answers)) for text, answers in questions]

    def __call__(self, number: int, letter: str) -> None:
        """Print the verdict on the answer with that letter to the question of that number."""
        answers = dict(zip(ascii_lowercase, dict(enumerate(self._questions, 1))[number][1]))
        answer, right, remark = answers[letter]
        print(for_output(f"{number} {letter}) {_plain(answer)}: {self._verdict(right, remark)}"))

    def __repr__(self) -> str:
        lines: list[str] = []
        for number, (text, answers) in enumerate(self._questions, 1):
            choices = (f"   {letter}) {answer}" for letter, (answer, *_) in zip(ascii_lowercase, answers))
            lines.append(_plain(f"{number}. {text}{''.join(choices)}"))
        return for_output("\n".join(lines))

    def _repr_html_(self) -> str:
        fieldsets = "".join(self._fieldset(number) for number in range(len(self._questions)))
        count = say(
            "question.count",
            self._lang,
            right='<span class="ad-number"></span>',
            all=len(self._questions),
            blank='<span class="ad-number ad-open"></span>',
        )
        most = max(len(answers) for _, answers in self._questions)
        shown = ",".join(
            f".ad-questions input:nth-of-type({n}):checked~[role=status] p:nth-child({n + 1})"
            for n in range(1, most + 1)
        )
        style = f"{_STYLE}{shown}{{display:block}}"
        return (
            f'<div class="ad-questions" lang="{self._lang}" style="--all:{len(self._questions)}">'
            f"<style>{style}</style>\n{fieldsets}<p><strong>{count}</strong></p></div>"
        )

    def _fieldset(self, index: int) -> str:
        text, answers = self._questions[index]
        name = f"q{sha256(repr((index, self._questions)).encode()).hexdigest()[:12]}"  # one on a page
        choices: list[str] = []
        verdicts = [f'<p class="ad-blank">{say("question.blank", self._lang)}</p>']
        for n, (answer, right, remark) in enumerate(answers):
            kind = ' class="ad-yes"' if right else ""
            choices.append(f'<input type="radio" name="{name}" id="{name}-{n}"{kind}>')
            choices.append(f'<label for="{name}-{n}">{_marked_up(answer)}</label>')
            verdict = _marked_up(self._verdict(right, remark))
            verdicts.append(f'<p class="ad-{"right" if right else "wrong"}" hidden>{verdict}</p>')
        return (
            f"<fieldset><legend>{index + 1}. {_marked_up(text)}</legend>\n{''.join(choices)}\n"
            f'<div role="status">{"".join(verdicts)}</div></fieldset>\n'
        )

    def _verdict(self, right: bool, remark: str) -> str:
        return say(f"question.{'right' if right else 'wrong'}", self._lang, remark=remark)


def _shuffled(text: str, answers: Mapping[str, str]) -> list[tuple[str, bool, str]]:
    """The answers, whether each is right, and its remark, in an order that is the same in every run."""

    def shuffled(entry: tuple[str, bool, str]) -> bytes:
        return sha256(f"{text}{entry[0]}".encode(errors="backslashreplace")).digest()

    entries = [(answer, n == 0, remark) for n, (answer, remark) in enumerate(answers.items())]
    return sorted(entries, key=shuffled)


def _marked_up(text: str) -> str:
    return re.sub(r"`(.+?)`", r"<code>\1</code>", escape(visible(text, "\n\t")))


def _plain(text: str) -> str:
    return text.replace("`", "")
