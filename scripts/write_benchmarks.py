"""Put measured figures into docs/benchmarks.md: `python scripts/write_benchmarks.py out/benchmarks.json`.

The file is what `make bench` writes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"


def figures(report: dict[str, Any]) -> str:
    """The machine, then every table, as Markdown."""
    machine = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    lines = [
        f"Measured on {machine['date']} with Python {machine['python']} on {machine['system']} "
        f"({machine['machine']}, {machine['cores']} cores); {versions}.",
    ]
    for table in report["tables"]:
        rows = [table["columns"], ["---"] * len(table["columns"]), *table["rows"]]
        lines += ["", f"## {table['title']}", "", *(f"| {' | '.join(row)} |" for row in rows)]
        for note in table["notes"]:
            lines += ["", note]
    return "\n".join(lines) + "\n"


def filled(page: str, text: str) -> str:
    """The page with the text between its markers."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2]


def main() -> None:
    """Read the file named on the command line, and write the page."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    page = filled(PAGE.read_text(encoding="utf-8"), figures(report))
    PAGE.write_text(page, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
