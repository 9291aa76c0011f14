"""The measured figures as Markdown: all tables in docs/benchmarks.md, a summary in README.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->"
Report = dict[str, Any]


def write(report: Report, root: Path = ROOT) -> None:
    """Put the figures between the markers of both pages. Raises ValueError if the report lacks a table."""
    texts = {"docs/benchmarks.md": every_table(report), "README.md": summary(report)}
    for name, text in texts.items():
        path = root / name
        before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
        page = before + BEGIN + "\n" + text + "\n" + END + rest.partition(END)[2]
        path.write_text(page, encoding="utf-8", newline="\n")


def every_table(report: Report) -> str:
    """The machine, then every table with its notes."""
    lines = [f"Figures {measured_on(report)}."]
    for table in report["tables"]:
        lines += ["", f"## {table['title']}", "", *markdown(table["columns"], table["rows"])]
        for note in table["notes"]:
            lines += ["", note]
    return "\n".join(lines) + "\n"


def summary(report: Report) -> str:
    """Two tables: eager mode against scalar engines, a compiled gradient against array libraries."""
    eager = _table(report, "Eager: forward + backward + free")
    libraries = eager["columns"][3:]
    cells: dict[str, list[list[str]]] = {}
    for workload, _, _, *ratios in eager["rows"]:
        cells.setdefault(workload, []).append([ratio.partition(" ")[0] for ratio in ratios])
    rows = [
        [text, *(f"{on} / {off}" if on != off else on for on, off in zip(*cells[workload], strict=True))]
        for workload, text in WORKLOADS.items()
    ]
    compiled = _table(report, "Compiled: the gradient of [784, 30, 10]")
    row = next(row for row in compiled["rows"] if row[0] == "10")
    return "\n".join(
        [
            "Times of other libraries for the forward pass, the backward pass and freeing the graph, as",
            f"multiples of ours, with the garbage collector on / off ({measured_on(report)}):",
            "",
            *markdown(["", *libraries], rows),
            "",
            "The compiled gradient of Nielsen's digit network, 784-30-10, on mini-batches of 10, in float64:",
            "",
            *markdown(compiled["columns"][1:], [[cell.partition(" (")[0] for cell in row[1:]]]),
            "",
        ]
    )


WORKLOADS = {
    "W1": "a random expression of 100,000 operations",
    "W2": "micrograd's demo: 2-16-16-1 on 100 points, n-ary neurons",
    "W2, binary operators": "the same, with + and × only",
    "W3": "64-32-10 on one example, n-ary neurons",
    "W3, binary operators": "the same, with + and × only",
}


def _table(report: Report, title: str) -> dict[str, Any]:
    for table in report["tables"]:
        if table["title"].startswith(title):
            return table
    raise ValueError(f"the report has no table {title!r}: run all themes")


def markdown(columns: list[str], rows: list[list[str]]) -> list[str]:
    """The lines of a table."""
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def measured_on(report: Report) -> str:
    """When, and with what."""
    facts = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    return (
        f"measured on {facts['date']} with Python {facts['python']} on {facts['system']} "
        f"({facts['machine']}, {facts['cores']} cores); {versions}"
    )
