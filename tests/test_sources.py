"""docs/sources.md: every statement of the sources has its lesson, its function and its test, all alive."""

from __future__ import annotations

import ast
import importlib
import json
import re
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

import nn

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "sources.md").read_text("utf-8")
EXPECTED = [
    *["N1", "N2", "BP1", "BP2", "BP3", "BP4", *(f"N{n}" for n in range(3, 17))],
    *(f"B{n}" for n in range(1, 10)),
    *(f"P{n}" for n in range(1, 11)),
    *(f"D{n}" for n in range(1, 10)),
]
ROW = re.compile(
    r"^\| (?P<id>[A-Z]+\d+) \| .+? \| \[\d+\]\(lessons/(?P<lesson>\w+)\.md\), (?P<section>.+?) "
    r"\| (?P<kind>graph|stepper|picture|numbers)"
    r"(?:, (?:\[\d+\]\(lessons/(?P<seen_in>\w+)\.md\), )?(?P<seen_at>.+?))? "
    r"\| (?P<functions>`.+?`) \| `(?P<file>\S+)::(?P<test>\w+)` \|$",
    re.MULTILINE,
)
ROWS = [found.groupdict() for found in ROW.finditer(PAGE)]


# Statements about matrices, programs, costs and updates: there is no graph to draw.
WITHOUT_A_GRAPH = {"N3", "N4", "N9", "N11", "N16", "B7"}


def sections(lesson: str) -> dict[str, list[dict[str, Any]]]:
    """The headings of a lesson, each with the outputs below it, up to the next heading."""
    cells = json.loads((ROOT / "notebooks" / f"{lesson}.ipynb").read_text("utf-8"))["cells"]
    found: dict[str, list[dict[str, Any]]] = {}
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for heading in re.findall(r"^#+ (.+)$", "".join(cell["source"]), flags=re.MULTILINE):
                found[heading] = []
        elif found:
            found[[*found][-1]] += [output.get("data", {}) for output in cell["outputs"]]
    return found


def kinds(outputs: list[dict[str, Any]]) -> set[str]:
    """The kinds of pictures among the outputs of a section."""
    found = {"numbers"}
    for data in outputs:
        svg, page = ("".join(data.get(kind, [])) for kind in ("image/svg+xml", "text/html"))
        found |= {"graph"} if 'class="ad' in svg else set()
        found |= {"stepper"} if "ad-stepper" in page else set()
        found |= {"picture"} if svg or ("image/png" in data and not page) else set()
    return found


def test_every_statement_has_one_row():
    assert [row["id"] for row in ROWS] == EXPECTED


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_its_lesson_function_and_test_exist(row):
    assert row["section"] in sections(row["lesson"])
    for function in re.findall(r"`(.+?)`", row["functions"]):
        package, *names = function.split(".")
        assert callable(reduce(getattr, names, importlib.import_module(package)))
    tree = ast.parse((ROOT / row["file"]).read_text("utf-8"))
    assert row["test"] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_it_is_seen_as_the_page_says(row):
    outputs = sections(row["seen_in"] or row["lesson"])[row["seen_at"] or row["section"]]
    assert row["kind"] in kinds(outputs)
    assert (row["kind"] == "numbers") == (row["id"] in WITHOUT_A_GRAPH)


def test_links_lead_to_lessons():
    linked = set(re.findall(r"\(lessons/(\w+)\.md", PAGE))
    assert linked <= {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_every_layered_function_occurs_in_a_lesson():
    code = "\n".join(
        "".join(cell["source"])
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )
    functions = {name for name in nn.layered.__all__ if not isinstance(getattr(nn.layered, name), type)}
    functions |= {"ChapterNetwork"}
    assert {name for name in functions if not re.search(rf"\b{name}\(", code)} == set()
