"""Every lesson runs from top to bottom in a fresh kernel, without an error or a warning."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(autouse=True)
def _kernel_finds_this_checkout(monkeypatch, tmp_path):
    import matplotlib.font_manager  # noqa: F401  (says on stderr that it builds its cache: here, once)

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path[:1]]))
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning,error::RuntimeWarning")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the Jupyter client's own libraries
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_runs(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
    ).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert not [o for o in outputs if o.get("name") == "stderr"], [
        o.text for o in outputs if o.get("name") == "stderr"
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_has_no_wall_of_code(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 15, cell.source


@pytest.fixture
def keeper(monkeypatch):
    """scripts/notebooks.py"""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("notebooks")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["03_stepping", "07_four_equations"])
def test_a_second_run_keeps_the_same_outputs(name, keeper):
    first, second = (keeper.refreshed(ROOT / "notebooks" / f"{name}.ipynb") for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_showcase_lessons_keep_outputs_with_a_png_and_others_none(path, keeper):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert bool(outputs) == (path.stem in keeper.SHOWCASE)
    for output in outputs:
        data = output.get("data", {})
        assert "image/png" in data or not {"image/svg+xml", "text/html"} & set(data)
