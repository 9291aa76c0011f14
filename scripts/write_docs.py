"""Write what the documentation takes from the source: `python scripts/write_docs.py`.

docs/operations.md comes from the table of operations, docs/typed.md from the tables of hints. The list of
modules in docs/how-it-works.md consists of their docstrings' first lines. It redraws docs/pictures/.
docs/live/, which is not committed, gets pages of the stepper and site.json.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import layers  # noqa: E402
import lessons  # noqa: E402
import operations  # noqa: E402
import pictures  # noqa: E402
import typed  # noqa: E402

from autograd.__main__ import EXAMPLE  # noqa: E402
from autograd.stepper import Stepper  # noqa: E402
from autograd.text.expressions import read_expression, read_number  # noqa: E402

DOCS = ROOT / "docs"


def listed(page: str) -> str:
    """The page with the list of modules, between its markers, as it should be."""
    rows = ["| module | contents |", "|---|---|"]
    for first, names in reversed(layers.layers().items()):
        title, *_ = layers.LAYERS[first]
        rows.append(f"| **{title}** | |")
        rows += [f"| `{name}` | {layers.about(name)} |" for name in names]
    return between("modules", page, rows)


def lesson_list(page: str) -> str:
    """The page with the list of lessons, between its markers, as it should be."""
    rows = ["| lesson | minutes | you will |", "|---|---|---|"]
    for path in lessons.NOTEBOOKS:
        aims, minutes = lessons.aims_and_minutes(path)
        rows.append(f"| [{lessons.title(path)}](lessons/{path.stem}.md) | {minutes} | {aims} |")
    return between("lessons", page, ["", *rows, ""])


def navigation(config: str) -> str:
    """The site's configuration with all lessons in its `nav`."""
    rows = [f'    "lessons/{path.stem}.md",\n' for path in lessons.NOTEBOOKS]
    japanese = ", ".join(f'"lessons/ja/{path.stem}.md"' for path in lessons.JAPANESE)
    for name, lines in (("lessons", rows), ("japanese", [f'    {{ "日本語" = [{japanese}] }},\n'])):
        before, mark, rest = config.partition(f"    # <{name}>\n")
        config = before + mark + "".join(lines) + f"    # </{name}>" + rest.partition(f"    # </{name}>")[2]
    return config


def between(name: str, page: str, lines: list[str]) -> str:
    """The page with these lines between the markers of that name."""
    before, _, rest = page.partition(f"<!-- {name} -->\n")
    after = rest.partition(f"<!-- /{name} -->")[2]
    return "\n".join([before + f"<!-- {name} -->", *lines, f"<!-- /{name} -->" + after])


def site() -> dict[str, Any]:
    """The facts that docs/site.js asks for: whether it has Python, and an expression to try."""
    expression, *numbers = shlex.split(EXAMPLE)
    return {
        "playground": (DOCS / "playground" / "packages.zip").exists(),
        "expression": expression,
        "numbers": dict(number.split("=") for number in numbers),
    }


def live_pages(folder: Path) -> None:
    """Run the blocks of live.md and gallery.md that save pages, in the folder that their frames point to,
    and the one that index.md begins with."""
    blocks = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):  # at a terminal they would open
        for name in ("live.md", "gallery.md"):
            first, *others = blocks.findall((DOCS / name).read_text(encoding="utf-8"))
            for code in (first, *(first + code for code in others)):
                if ".save(" in code:
                    exec(code, {})
        shown, *_ = blocks.findall((DOCS / "index.md").read_text(encoding="utf-8"))
        exec(shown + "import autograd\nautograd.step(L, names=vars()).save('product.html')", {})


def write(path: Path, text: str) -> None:
    """A text file, the same on every system."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


PARTLY_WRITTEN = {
    DOCS / "how-it-works.md": listed,
    DOCS / "lessons.md": lesson_list,
    ROOT / "zensical.toml": navigation,
}

if __name__ == "__main__":
    write(DOCS / "operations.md", operations.page())
    write(DOCS / "typed.md", typed.page())
    for path, fresh in PARTLY_WRITTEN.items():
        write(path, fresh(path.read_text(encoding="utf-8")))
    for name, text in pictures.drawn().items():
        kept = DOCS / "pictures" / name
        if not kept.exists() or pictures.words(kept.read_text(encoding="utf-8")) != pictures.words(text):
            write(kept, text)
    (DOCS / "live").mkdir(exist_ok=True)
    example = site()
    numbers = {name: read_number(name, text) for name, text in example["numbers"].items()}
    tried = read_expression(example["expression"], numbers)
    Stepper(tried).save(DOCS / "live" / "try.html")
    live_pages(DOCS / "live")
    write(DOCS / "live" / "site.json", json.dumps(example) + "\n")
