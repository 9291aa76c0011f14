"""docs/numerics.md as data: what the tests hold the package to is what its readers see."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "numerics.md").read_text(encoding="utf-8")


def rows(heading: str, page: str = PAGE) -> list[list[list[str]]]:
    """The table under a heading: rows of cells, each the list of its code spans (or its words)."""
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    cells = [line.strip("| ").split(" | ") for line in lines]
    return [[re.findall("`([^`]+)`", cell) or [cell.strip()] for cell in row] for row in cells]


def headings(page: str = PAGE) -> list[str]:
    return re.findall(r"^## (.+)$", page, flags=re.MULTILINE)


def short_table(page: str) -> str | None:
    """The text between the markers, or None if a page has none."""
    found = re.search("<!-- numerics -->\n(.*?)<!-- /numerics -->", page, flags=re.DOTALL)
    return found and found[1]
