"""scripts/course.py: the lessons without their solutions, and the key apart."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        importlib.import_module("course").main(folder)
    return folder


def test_every_lesson_is_there_twice(handed_out):
    names = [path.stem for path in NOTEBOOKS]
    assert sorted(path.stem for path in (handed_out / "student").glob("*.ipynb")) == names
    assert sorted(path.stem for path in (handed_out / "key").glob("*.md")) == names


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_students_get_the_exercises_and_the_key_has_the_solutions(path, handed_out):
    whole = nbformat.read(path, as_version=4)
    student = nbformat.read(handed_out / "student" / path.name, as_version=4)
    nbformat.validate(student)
    text = "\n".join(cell.source for cell in student.cells)
    key = (handed_out / "key" / f"{path.stem}.md").read_text("utf-8")
    solutions = [
        found.strip()
        for cell in whole.cells
        for found in re.findall(r"<summary>Solution</summary>\n(.*?)</details>", cell.source, re.DOTALL)
    ]
    assert solutions
    for solution in solutions:
        assert solution in key
        assert solution not in text
    assert "<details>" not in text + key
    assert "](../" not in text
    code = [cell.source for cell in whole.cells if cell.cell_type == "code"]
    assert [cell.source for cell in student.cells if cell.cell_type == "code"] == code
    numbers = set(
        re.findall(r"^(\d+)\. ", text.partition("## Your turn")[2].partition("\n## ")[0], re.MULTILINE)
    )
    assert numbers == set(re.findall(r"^(\d+)\. ", key, re.MULTILINE))
