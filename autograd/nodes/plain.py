"""Text for an output that cannot encode mathematics: a pipe or a terminal in ASCII or cp1252."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from abc import abstractmethod
from collections.abc import Container, Sequence
from pathlib import Path

from .files import save_by_suffix

_ASCII = {
    "·": "*", "⋅": "*", "×": "*", "÷": "/", "−": "-", "√": "sqrt", "∛": "cbrt", "∂": "partial ", "Σ": "sum",
    "Π": "prod", "σ": "sigmoid", "λ": "lambda", "∇": "grad", "∞": "inf", "≈": "~", "≤": "<=", "≥": ">=",
    "≠": "!=", "⊙": "(*)", "→": "->", "←": "<-", "′": "'", "…": "...", "⋯": "...", "⋮": ":", "▢": "____",
    "⟨": "<", "⟩": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "‖": "|", "›": ">", "–": "-",
    "—": "-", "├": "|", "└": "`", "─": "-", "│": "|", "∈": "in", "⊤": "T", "ᵀ": "^T", "ᵗ": "^t", "✓": "+",
    "░": ":", "▒": "+", "▓": "#", "█": "@",
}  # fmt: skip
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻"


def for_output(text: str) -> str:
    """The text as it is, if standard output can encode it; else in letters that every output has."""
    encoding = getattr(sys.stdout, "encoding", None)
    if not encoding:
        return text
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ascii_style(text)
    return text


def ascii_style(text: str) -> str:
    """Mathematics in ASCII: `partial` for ∂ (d is for gradients), `*` for products, `^` before an exponent.

    >>> ascii_style("∂b/∂a⁽¹⁾ = a = −3 → x₂² ≈ 9")
    'partial b/partial a^(1) = a = -3 -> x2^2 ~ 9'
    """
    written: list[str] = []
    raised = False
    for character in text:
        if character in _RAISED:
            written.append(
                ("" if raised else "^") + unicodedata.normalize("NFKC", character).replace("−", "-")
            )
        elif character in _ASCII:
            written.append(_ASCII[character])
        elif character.isascii():
            written.append(character)
        else:
            plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
            written.append(plain or _greek(character) or "?")
        raised = character in _RAISED
    return "".join(written)


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = (), gap: str = "  ") -> str:
    """A table: columns as wide as their widest cells, those with a number in `right` to the right.

    >>> print(aligned([("layer", "size"), ("1", "30")], right=(1,)))
    layer  size
    1        30
    """
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join(
        gap.join(
            cell.rjust(width) if k in right else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    )


def _greek(character: str) -> str:
    """The name of a Greek letter, `delta` or `Delta`; "" for anything else."""
    found = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(character, ""))
    return "" if not found else found[2].lower() if found[1] == "SMALL" else found[2].title()


class Printed:
    """A base of what is read as text: a prompt and a cell show what `print` prints."""

    __slots__ = ()

    @abstractmethod
    def _text(self) -> str:
        """The whole text, with its mathematics."""

    def __str__(self) -> str:
        return for_output(self._text())

    def __repr__(self) -> str:
        return str(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the text as `.txt`, in UTF-8, whole or not at all; the path is returned.

        Raises ValueError for any other suffix, and OSError if the file cannot be written.
        """
        return save_by_suffix(path, {"txt": lambda: self._text() + "\n"}, "text")


class Text(Printed, str):
    """Text that is shown as it is, in what the output can encode; it stays the whole text everywhere else."""

    __slots__ = ()

    def _text(self) -> str:
        return str.__str__(self)
