"""The house in one picture: the rooms of autograd/ on their floors, bottom up, as an SVG."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograd.drawing.style import FONT_STACK, PALETTE, text_width  # noqa: E402

# The first room of each floor, in the order of `ROOMS` in tests/test_house.py: the floor's name, what
# it is for, and as what it reads the rows of the table.
FLOORS = {
    "table": ("The table", "one row per operation", "tanh′(x) = 4·σ(2x)·σ(−2x)"),
    "nodes": ("The engine", "nodes, and the one sweep back through them", "as code on floats"),
    "functional": ("Derivatives of functions", "a derivative is a function again", "as code on Values"),
    "text": ("In words", "the chain rule as text and formula", "as mathematics"),
    "drawing": ("To see", "pictures, and pages to step through", "as symbols and tooltips"),
}
WIDTH, MARGIN, FLOOR, ROOF, CHIP = 860, 24, 92, 78, 30
SPINE = WIDTH - 2 * MARGIN - 6  # where the line from the table rises through the floors above it


def rooms() -> list[str]:
    """The rooms that there are, bottom up."""
    tests = ast.parse((ROOT / "tests" / "test_house.py").read_text(encoding="utf-8"))
    [planned] = [
        ast.literal_eval(line.value)
        for line in tests.body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "ROOMS"
    ]
    return [room for room in planned if source(room).exists()]


def source(room: str) -> Path:
    """The file that a reader opens first."""
    file = ROOT / "autograd" / f"{room}.py"
    return file if file.exists() else ROOT / "autograd" / room / "__init__.py"


def about(room: str) -> str:
    """The first line of a room's docstring."""
    return (ast.get_docstring(ast.parse(source(room).read_text(encoding="utf-8"))) or "").split("\n")[0]


def floors() -> dict[str, list[str]]:
    """The rooms by floor, bottom up."""
    found: dict[str, list[str]] = {}
    for room in rooms():
        if room in FLOORS:
            found[room] = []
        list(found.values())[-1].append(room)
    return found


def _style(theme: int) -> str:
    return ";".join(f"--{name}:{colours[theme]}" for name, colours in PALETTE.items())


def _text(x: float, y: float, text: str, size: int, name: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" class="{name}"{more}>{text}</text>'


def _chips(names: list[str], top: float) -> list[str]:
    """One box per room, side by side."""
    parts: list[str] = []
    left = 2 * MARGIN
    for name in names:
        width = text_width(name, 13) + 22
        kind = "key" if name in ("rules", "graph", "value") else "chip"
        parts.append(
            f'<rect x="{left:.1f}" y="{top:g}" width="{width:.1f}" height="{CHIP}" rx="8" class="{kind}"/>'
        )
        parts.append(_text(round(left + width / 2, 1), top + 20, name, 13, "ink", ' text-anchor="middle"'))
        left += width + 8
    return parts


def _reader(y: float, words: str, end: bool) -> list[str]:
    """As what a floor reads the table, beside the line that rises from it."""
    if not words:
        return []
    dot = f'<circle cx="{SPINE}" cy="{y - 5:g}" r="{6 if end else 4}" class="dot"/>'
    return [dot, _text(SPINE - 16, y, words, 13, "reads", ' text-anchor="end"')]


def picture() -> str:
    """The SVG; its colours follow the reader's theme."""
    built = list(floors().items())[::-1]
    spine: list[str] = []
    height = ROOF + FLOOR * len(built) + 8
    parts = [
        f'<path d="M4 {ROOF - 4} L{WIDTH / 2:g} 8 L{WIDTH - 4} {ROOF - 4} Z" class="roof"/>',
        _text(WIDTH / 2, ROOF - 24, "autograd", 21, "ink bold", ' text-anchor="middle"'),
    ]
    for index, (first, names) in enumerate(built):
        top = ROOF + FLOOR * index
        title, words, reads = FLOORS[first]
        parts += [
            f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{FLOOR - 8}" rx="10" '
            f'class="{"table" if first == "table" else "floor"}"/>',
            _text(2 * MARGIN, top + 27, title, 15, "ink bold"),
            _text(2 * MARGIN + text_width(title, 15, bold=True) + 14, top + 27, words, 13, "muted"),
            *_chips(names, top + 42),
        ]
        spine += _reader(top + 27, reads, end=first == "table")
    top, bottom = ROOF + 22, ROOF + FLOOR * [first for first, _ in built].index("table") + 22
    parts += [f'<path d="M{SPINE} {bottom} V{top}" class="spine"/>', *spine]
    sheet = (
        f"svg{{{_style(0)}}}@media(prefers-color-scheme:dark){{svg{{{_style(1)}}}}}"
        f"text{{font-family:{FONT_STACK}}}.ink{{fill:var(--ink)}}.muted{{fill:var(--muted)}}"
        ".bold{font-weight:700}.roof,.floor{fill:var(--box);stroke:var(--cluster);stroke-width:1.2}"
        ".table{fill:var(--box);stroke:var(--positive);stroke-width:2.4}"
        ".spine{stroke:var(--positive);stroke-width:2.4}.dot,.reads{fill:var(--positive)}"
        ".chip{fill:none;stroke:var(--leaf)}.key{fill:none;stroke:var(--positive);stroke-width:2.4}"
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img">\n<title>The rooms of autograd</title>\n<style>{sheet}</style>\n'
        f"{body}\n</svg>\n"
    )
