"""Text for an output that cannot encode mathematics: a pipe or a terminal in ASCII or cp1252."""

from __future__ import annotations

import math
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
    return text if _is_encodable(text) else ascii_style(text)


def _is_encodable(text: str) -> bool:
    encoding = getattr(sys.stdout, "encoding", None)
    if not encoding:
        return True
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


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
    return "\n".join(aligned_lines(rows, right, gap))


def aligned_lines(
    rows: Sequence[Sequence[str]],
    right: Container[int] = (),
    gap: str = "  ",
    *,
    widest: float = math.inf,
    printed: bool = True,
) -> list[str]:
    """The lines of a table that is to be `printed`, also by an output in whose letters ∂ is `partial`.

    A cell of more than `widest` columns stands out, and leaves its column as narrow as the others have it.
    """
    plain = printed and not _is_encodable("".join(cell for row in rows for cell in row))
    widths = [[columns(ascii_style(cell) if plain else cell) for cell in row] for row in rows]
    most = [max((width for width in column if width <= widest), default=0) for column in zip(*widths)]
    lines: list[str] = []
    for row, own in zip(rows, widths):
        spaces = [" " * (wide - width) for wide, width in zip(most, own)]
        cells = (
            space + cell if k in right else cell + space for k, (cell, space) in enumerate(zip(row, spaces))
        )
        lines.append(gap.join(cells).rstrip())
    return lines


def columns(text: str) -> int:
    """The number of columns of a terminal that the text takes: two for a wide character, none for an accent.

    >>> columns("loss"), columns("損失"), columns("é")
    (4, 4, 1)
    """
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


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
