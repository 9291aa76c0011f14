"""The lessons to hand out: `python scripts/course.py [FOLDER]`, or `make course`, into out/course/.

`student/` has the lessons without their solutions and with the exercises unanswered; links to other
lessons lead to each other. `key/` has a page in Markdown for each lesson: its exercises and solutions alone.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

from lessons import NOTEBOOKS, ROOT, Notebook, joined, read, title

from notebooks import write

SOLUTION = re.compile(r"\n*<details><summary>Solution</summary>\n(.*?)</details>\n*", re.DOTALL)
EXERCISES = "## Your turn"
OUTSIDE = re.compile(r"\[([^]]+)\]\((?:\.\./)[^)]+\)")  # files of the checkout, which students may not have


def without_solutions(notebook: Notebook) -> Notebook:
    """The notebook as students get it."""
    cells: list[dict[str, Any]] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = OUTSIDE.sub(r"\1", SOLUTION.sub("\n\n", joined(cell["source"]))).strip()
            if text:
                cells.append(cell | {"source": text.splitlines(keepends=True)})
        else:
            cells.append(cell)
    return notebook | {"cells": cells}


def key(notebook: Notebook) -> str:
    """The exercises of a notebook and their solutions, as Markdown."""
    parts: list[str] = []
    begun = False
    for cell in notebook["cells"]:
        text = joined(cell["source"])
        begun = begun or EXERCISES in text
        if not begun:
            continue
        if cell["cell_type"] == "code":
            if "exercise.count()" not in text:
                parts.append(f"```python\n{text}\n```")
            continue
        text = text.partition(EXERCISES)[2] if EXERCISES in text else text
        text = re.split(r"^## ", text, flags=re.MULTILINE)[0]
        parts.append(SOLUTION.sub(lambda found: f"\n\n**Solution.** {found[1].strip()}\n\n", text).strip())
    return "\n\n".join(part for part in parts if part) + "\n"


def main(folder: Path) -> None:
    """Write both folders, in place of what is there."""
    for name in ("student", "key"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    for path in NOTEBOOKS:
        notebook = read(path)
        write(folder / "student" / path.name, without_solutions(notebook))
        page = f"# {title(path)}: solutions\n\n{key(notebook)}"
        (folder / "key" / f"{path.stem}.md").write_text(page, encoding="utf-8", newline="\n")
    print(
        f"{len(NOTEBOOKS)} lessons without solutions in {folder / 'student'}, their key in {folder / 'key'}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "course")
