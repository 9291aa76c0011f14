"""Draw the pictures of docs/gallery.md, each by the lines above it: `make gallery`.

A new picture is a block of Python whose last line draws it, and below it the picture's link. The page's
text and Mermaid forms of one of the graphs are brought up to date as well.

The pictures of docs/frameworks.md are drawn in the same way, by all blocks up to each picture, if PyTorch
and JAX are installed (`make .venv/peers`).
"""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
LARGEST = 200_000  # bytes of a picture
SETUP = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(
    r"^```python\n((?:(?!^```).)*)^```\n\n!\[[^]]*\]\(pictures/gallery/([\w-]+)\.svg\)$",
    re.MULTILINE | re.DOTALL,
)
FRAMEWORKS = re.compile(
    r"^```py\n(?P<code>(?:(?!^```).)*)^```\n(?:\n!\[[^]]*\]\(pictures/frameworks/(?P<name>[\w-]+)\.svg\)$)?",
    re.MULTILINE | re.DOTALL,
)


def drawn(lines: str) -> Any:
    """Run the lines; the value of the last one is the picture."""
    *before, last = lines.splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(before), names)
    return eval(last, names)


def svg_of(picture: Any) -> str:
    """The SVG of whatever shows itself in notebooks."""
    svg: str = picture._repr_mimebundle_()["image/svg+xml"]
    return svg if svg.endswith("\n") else svg + "\n"


def fenced(page: str, language: str, content: str) -> str:
    """The page with this content in its one block of that language."""
    opening = f"```{language}\n"
    before, _, rest = page.partition(opening)
    return before + opening + content.rstrip() + "\n```" + rest.partition("\n```")[2]


def gallery(page: str) -> tuple[str, dict[str, str]]:
    """The page as it should be, and the pictures by name."""
    setup = SETUP.search(page)
    assert setup, "the first block imports what the others use"
    entries = {name: drawn(setup[1] + code) for code, name in ENTRY.findall(page)}
    pictures = {name: svg_of(picture) for name, picture in entries.items()}
    for theme, background in (("light", "#ffffff"), ("dark", "#14181d")):
        entries["expression"].theme = theme
        svg = svg_of(entries["expression"])
        pictures[theme] = svg.replace("<svg ", f'<svg style="background:{background}" ', 1)
    diamond = entries["diamond"]
    page = fenced(page, "text", diamond.tree(colour=False))
    return fenced(page, "mermaid", diamond.mermaid()), pictures


def of_frameworks(page: str) -> dict[str, str]:
    """The pictures of docs/frameworks.md by name; its blocks run one after the other."""
    names: dict[str, Any] = {}
    pictures: dict[str, str] = {}
    for code, name in FRAMEWORKS.findall(page):
        *before, last = code.splitlines()
        exec("\n".join(before if name else [*before, last]), names)
        if name:
            pictures[name] = svg_of(eval(last, names))
    return pictures


def main(target: Path = DOCS) -> None:
    """Write the page and its pictures; fail where a picture is too large."""
    page, pictures = gallery((DOCS / "gallery.md").read_text(encoding="utf-8"))
    write(target / "pictures" / "gallery", pictures)
    (target / "gallery.md").write_text(page, encoding="utf-8", newline="\n")
    if all(map(find_spec, ("torch", "jax", "micrograd"))):
        frameworks = of_frameworks((DOCS / "frameworks.md").read_text(encoding="utf-8"))
        write(target / "pictures" / "frameworks", frameworks)
    else:
        print("docs/frameworks.md is left as it is: its pictures need `make .venv/peers`")


def write(folder: Path, pictures: dict[str, str]) -> None:
    """Write pictures by name; fail if one is too large."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    for name, svg in pictures.items():
        size = len(svg.encode())
        if size > LARGEST:
            raise SystemExit(f"{name}.svg has {size:,} bytes, more than {LARGEST:,}")
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
        print(f"{size:8,}  {name}.svg")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
