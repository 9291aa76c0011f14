"""A figure as plain text, for terminals: the output on top, below each box what it is computed from."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from .figure import Arrow, Box, Figure

MAX_LINES = 200

_Painter = Callable[[str, str], str]  # (text, the palette's name of a colour) -> text
_COLOURS = {
    "positive": "33",
    "negative": "34",
    "result": "35",
    "output": "1;35",
    "constant": "2",
    "zero": "2",
}


def tree(figure: Figure, colour: bool | None = None) -> str:
    """The figure as lines; what was written above is not repeated.

    `colour` is for terminals that know ANSI colours; by default when the output is one and NO_COLOR
    is not set.
    """
    paint = _paint if (_on_a_terminal() if colour is None else colour) else _plain
    boxes = {box.key: box for box in figure.top.all_boxes()}
    incoming: dict[str, list[Arrow]] = {}
    for arrow in figure.arrows:
        incoming.setdefault(arrow.head, []).append(arrow)
    used = {arrow.tail for arrow in figure.arrows}
    lines: list[str] = []
    written: set[str] = set()
    ends = [key for key in boxes if key not in used] or list(boxes)[-1:]
    rest: list[tuple[str, Arrow | None, str, str]] = [(key, None, "", "") for key in reversed(ends)]
    while rest:
        key, arrow, first, further = rest.pop()
        if len(lines) == MAX_LINES:
            lines.append(f"{first}…")
            break
        label = "" if arrow is None else _label(arrow, paint)
        if key in written:
            lines.append(f"{first}{boxes[key].name} (above){label}")
            continue
        written.add(key)
        own = _lines(boxes[key], paint)
        lines += [f"{first}{own[0]}{label}", *(f"{further}     {line}" for line in own[1:])]
        below = sorted(incoming.get(key, ()), key=lambda arrow: arrow.port or 0)
        for i, arrow_below in reversed(list(enumerate(below))):
            last = i == len(below) - 1
            branch, stem = ("└─ ", "   ") if last else ("├─ ", "│  ")
            rest.append((arrow_below.tail, arrow_below, further + branch, further + stem))
    return "\n".join(lines)


def _lines(box: Box, paint: _Painter) -> list[str]:
    if box.kind == "constant":
        return [paint(box.rows[0].name, "constant")]
    if box.kind == "folded":
        rows = ["  ".join([paint(row.name, box.kind), *row.numbers()]) for row in box.rows]
        return [f"{paint(box.badge, 'result')}  {box.caption}", *rows, *box.definitions]
    [row] = box.rows
    name = " ".join(filter(None, (paint(box.badge, box.kind), paint(row.name, box.kind), *box.definitions)))
    return ["  ".join([name, *row.numbers()])]


def _label(arrow: Arrow, paint: _Painter) -> str:
    return f"   [{paint(arrow.said, arrow.colour)}]" if arrow.said else ""


def _paint(text: str, colour: str) -> str:
    code = _COLOURS.get(colour)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _plain(text: str, colour: str) -> str:
    return text


def _on_a_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
