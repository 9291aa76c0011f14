"""For the site: put a code fence around the doctests of a docstring, which is Markdown otherwise."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

_DOCTEST = re.compile(r"^>>> .*(?:\n(?!\n).*)*", flags=re.MULTILINE)


def fenced(text: str) -> str:
    """The text with every run of lines from a `>>>` to the next empty line in a fence of its own.

    >>> fenced("Twice.\\n\\n>>> 2 * 2\\n4")
    'Twice.\\n\\n```pycon\\n>>> 2 * 2\\n4\\n```'
    """
    return _DOCTEST.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```", text)


class FenceDoctests(Extension):
    """Reached by mkdocstrings through its `extensions` option."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite the docstring of everything that is read."""
        if obj.docstring:
            obj.docstring.value = fenced(obj.docstring.value)
