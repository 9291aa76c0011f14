"""Draw the modules of autograd/ in their layers, bottom up, as an SVG."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograd.drawing.style import FONT_STACK, PALETTE, text_width  # noqa: E402

# By the first module of each layer, in the order of `ORDER` in tests/test_house.py: the layer's name,
# its purpose, and the form in which it reads the rows of the table.
LAYERS = {
    "table": ("The table", "one row per operation", "tanh′ = 1 − y²"),
    "native": ("The engine", "nodes, and the one sweep back through them", "as code on floats"),
    "functional": (
        "Derivatives of functions",
        "grad, vjp, jvp, jacobian, hessian, and their checks",
        "as code on Values",
    ),
    "text": ("In words", "the chain rule as text and formula", "as mathematics"),
    "drawing": ("To see", "pictures, and pages to step through", "as symbols and tooltips"),
}
WIDTH, MARGIN, LAYER, TITLE, CHIP = 860, 24, 92, 52, 30
SPINE = WIDTH - 2 * MARGIN - 6  # x of the line from the table through the layers above it

END = ' text-anchor="end"'


def modules() -> list[str]:
    """The modules and packages, bottom up."""
    tests = ast.parse((ROOT / "tests" / "test_house.py").read_text(encoding="utf-8"))
    [planned] = [
        ast.literal_eval(line.value)
        for line in tests.body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "ORDER"
    ]
    return [module for module in planned if source(module).exists()]


def source(module: str) -> Path:
    """The file that a reader opens first."""
    file = ROOT / "autograd" / f"{module}.py"
    return file if file.exists() else ROOT / "autograd" / module / "__init__.py"


def about(module: str) -> str:
    """The first line of a module's docstring."""
    return (ast.get_docstring(ast.parse(source(module).read_text(encoding="utf-8"))) or "").split("\n")[0]


def layers() -> dict[str, list[str]]:
    """The modules by layer, bottom up; a layer is named after its first module."""
    found: dict[str, list[str]] = {}
    for module in modules():
        if module in LAYERS:
            found[module] = []
        list(found.values())[-1].append(module)
    return found


def _style(theme: int) -> str:
    return ";".join(f"--{name}:{colours[theme]}" for name, colours in PALETTE.items())


def _text(x: float, y: float, text: str, size: int, name: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" class="{name}"{more}>{text}</text>'


def _chips(names: list[str], top: float) -> list[str]:
    """One box per module, side by side."""
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
    """The form in which a layer reads the table, beside the line that rises from it."""
    if not words:
        return []
    dot = f'<circle cx="{SPINE}" cy="{y - 5:g}" r="{6 if end else 4}" class="dot"/>'
    return [dot, _text(SPINE - 16, y, words, 13, "reads", END)]


def picture() -> str:
    """The SVG; its colours follow the reader's theme."""
    built = list(layers().items())[::-1]
    spine: list[str] = []
    height = TITLE + LAYER * len(built) + 8
    parts = [
        _text(MARGIN, 34, "autograd", 21, "ink bold"),
        _text(WIDTH - MARGIN, 34, "each layer imports only from those below it", 13, "muted", END),
    ]
    for index, (first, names) in enumerate(built):
        top = TITLE + LAYER * index
        title, words, reads = LAYERS[first]
        parts += [
            f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{LAYER - 8}" rx="10" '
            f'class="{"table" if first == "table" else "layer"}"/>',
            _text(2 * MARGIN, top + 27, title, 15, "ink bold"),
            _text(2 * MARGIN + text_width(title, 15, bold=True) + 14, top + 27, words, 13, "muted"),
            *_chips(names, top + 42),
        ]
        spine += _reader(top + 27, reads, end=first == "table")
    top, bottom = TITLE + 22, TITLE + LAYER * [first for first, _ in built].index("table") + 22
    parts += [f'<path d="M{SPINE} {bottom} V{top}" class="spine"/>', *spine]
    sheet = (
        f"svg{{{_style(0)}}}@media(prefers-color-scheme:dark){{svg{{{_style(1)}}}}}"
        f"text{{font-family:{FONT_STACK}}}.ink{{fill:var(--ink)}}.muted{{fill:var(--muted)}}"
        ".bold{font-weight:700}.layer{fill:var(--box);stroke:var(--cluster);stroke-width:1.2}"
        ".table{fill:var(--box);stroke:var(--positive);stroke-width:2.4}"
        ".spine{stroke:var(--positive);stroke-width:2.4}.dot,.reads{fill:var(--positive)}"
        ".chip{fill:none;stroke:var(--leaf)}.key{fill:none;stroke:var(--positive);stroke-width:2.4}"
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img">\n<title>The layers of autograd</title>\n<style>{sheet}</style>\n'
        f"{body}\n</svg>\n"
    )
