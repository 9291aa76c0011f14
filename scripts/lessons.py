"""The lessons as pages of the site: `python scripts/lessons.py`, before the build.

A notebook becomes docs/lessons/NAME.md: its text as it is, formulas as MathML, each cell of code with
the outputs that are kept in the notebook. docs/run.js can run the cells.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TARGET = ROOT / "docs" / "lessons"

# Code, which may hold dollars, or a formula.
_PIECES = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL
)


def cells(path: Path) -> list[tuple[str, str, list[Any]]]:
    """Kind, source and outputs of each cell."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [(c["cell_type"], _joined(c["source"]), c.get("outputs", [])) for c in notebook["cells"]]


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def title(path: Path) -> str:
    """A lesson's first heading."""
    found = re.search(r"^# (.+)$", cells(path)[0][1], flags=re.MULTILINE)
    return found[1] if found else path.stem


def text(source: str, convert: Callable[[str, str], str]) -> str:
    """Markdown with its formulas converted; code is left alone."""

    def replaced(found: re.Match[str]) -> str:
        if found["code"]:
            return found["code"]
        if found["block"]:
            return f"\n\n<div>{convert(found['block'].strip(), 'block')}</div>\n\n"
        return convert(found["inline"].strip(), "inline")

    # A list after a line of text is one for Jupyter; Python-Markdown wants an empty line between.
    listed = re.sub(
        r"^(?!\s*(?:[-*]|\d+\.) )(\S.*)\n(?=(?:[-*]|\d+\.) )", r"\1\n\n", source, flags=re.MULTILINE
    )
    return _PIECES.sub(replaced, listed)


def output(given: dict[str, Any]) -> str:
    """One output of a cell as HTML."""
    data = given.get("data", {})
    if "image/png" in data:
        return f'<img alt="output" src="data:image/png;base64,{_joined(data["image/png"]).strip()}">'
    if "text/html" in data:
        inside = html.escape(_joined(data["text/html"]))
        return f'<iframe class="live" title="output" srcdoc="{inside}"></iframe>'
    words = given.get("text") or data.get("text/plain", "")
    # An empty line would end the block of HTML for Markdown.
    escaped = html.escape(_joined(words).rstrip()).replace("\n\n", "\n&#8203;\n")
    return f"<pre>{escaped}</pre>"


def page(path: Path, convert: Callable[[str, str], str]) -> str:
    """A lesson as Markdown."""
    parts: list[str] = []
    for kind, source, outputs in cells(path):
        if kind == "markdown":
            parts.append(text(source, convert))
        elif kind == "code":
            shown = "".join(output(given) for given in outputs)
            below = f'\n\n<div class="output">{shown}</div>' if shown else ""
            parts.append(f'<div class="cell" markdown>\n\n```python\n{source}\n```{below}\n\n</div>')
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write all lessons, and beside each its notebook."""
    from latex2mathml.converter import convert

    TARGET.mkdir(exist_ok=True)
    for path in NOTEBOOKS:
        page_ = page(path, lambda latex, display: convert(latex, display=display))
        (TARGET / f"{path.stem}.md").write_text(page_, encoding="utf-8", newline="\n")
        (TARGET / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
