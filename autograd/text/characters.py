"""Text as it is shown: control characters made visible, long names cut."""

from __future__ import annotations

import unicodedata

MAX_NAME = 22  # characters of a name shown in a box; the whole name is in the tooltip


def printable(text: str) -> str:
    """Text that is safe on a terminal: control and direction characters are shown, not obeyed.

    >>> print(printable("a\\x1b[31m\\n"))
    a\\x1b[31m\\n
    """
    return "".join(
        c.encode("unicode_escape").decode()
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else c
        for c in text
    )


def visible(text: str, keep: str = "") -> str:
    """Text with a visible symbol for each control character, and nothing that XML cannot hold.

    >>> visible("a\\x00b\\n")
    'a␀b␊'
    """
    return "".join(c if c in keep else _symbol(c) for c in text)


def _symbol(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character in "\u200c\u200d":  # joiners belong to words and emoji
        return character
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"):
        return "\ufffd"
    return character


def cut(text: str, length: int = MAX_NAME) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"
