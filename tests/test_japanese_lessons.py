"""The Japanese lessons: the same code as the English ones, with words in Japanese."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from needed import execute

ROOT = Path(__file__).parent.parent
JAPANESE = sorted((ROOT / "notebooks" / "ja").glob("*.ipynb"))
TERMS = [
    "逆誤差伝播法",
    "重み",
    "バイアス",
    "傾き",
    "損失関数",
    "活性化関数",
]  # as the Japanese source has them


class WithoutWords(ast.NodeTransformer):
    """Empties the strings that are sentences, and drops `lang`."""

    def visit_Constant(self, node):
        words = isinstance(node.value, str) and (" " in node.value or not node.value.isascii())
        return ast.Constant("") if words else node

    def visit_Call(self, node):
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "lang"]
        return self.generic_visit(node)


def code(cells):
    trees = (ast.parse(cell.source) for cell in cells if cell.cell_type == "code")
    return [ast.unparse(WithoutWords().visit(tree)) for tree in trees]


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_the_code_is_that_of_the_english_lesson(path):
    japanese, english = (nbformat.read(p, as_version=4).cells for p in (path, ROOT / "notebooks" / path.name))
    assert [cell.cell_type for cell in japanese] == [cell.cell_type for cell in english]
    names = ("engine:", "each alone:")  # one word, or a short one, that is translated too
    ours, theirs = ("\n".join(code(cells)) for cells in (japanese, english))
    for name in names:
        theirs = theirs.replace(f"'{name}'", "''")
    assert ours == theirs


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_its_texts_and_comments_are_japanese(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert re.search("[ぁ-ん]", cell.source), cell.source
            assert not re.search(r"\b(?:the|and|with)\b", cell.source), cell.source
        for comment in re.findall(r"# (.*[A-Za-z]{4}.*)", cell.source if cell.cell_type == "code" else ""):
            assert re.search("[ぁ-んァ-ヶ一-龯]", comment), comment


def test_the_terms_are_those_of_the_source():
    text = "\n".join(cell.source for path in JAPANESE for cell in nbformat.read(path, as_version=4).cells)
    assert [term for term in TERMS if term not in text] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_it_runs_and_keeps_its_outputs(path, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    assert [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    execute(notebook, resources={"metadata": {"path": str(ROOT)}})
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert re.search(
        r"\d 問中 0 問正解; まだ: 1.*\n\Z", "".join(output.get("text", "") for output in outputs)
    )


@pytest.mark.parametrize("path", JAPANESE, ids=lambda path: path.stem)
def test_its_links_lead_somewhere(path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    for target in re.findall(r"\]\(([^)#\s]+\.\w+)[^)]*\)", text):
        assert (path.parent / target).exists(), target
