"""Exports by nbconvert of pictures, steppers and widgets: HTML, slides, LaTeX; without a browser."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from needed import missing

from autograd.drawing import RendererNotFound, render

ROOT = Path(__file__).parents[2]
CELLS = (
    "from autograd import Value, draw, explain, step\nimport nn",
    "a, b = Value(2.0, 'a'), Value(-3.0, 'b')\nL = a * b + a",
    "L",
    "draw(L)",
    "step(L)",
    "nn.MLP([2, 3, 1], seed=0)",
    "nn.draw_network(nn.MLP([2, 3, 1], seed=0), [1.0, 2.0])",
    "explain(L)",
)
WIDGET = "step(L, widget=True)"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook that has been run, whose widgets have lost their state, as after a kernel's end."""
    for package in ("nbconvert", "anywidget"):
        if importlib.util.find_spec(package) is None:
            missing(f"{package}: pip install --group browser")
    folder = tmp_path_factory.mktemp("exports")
    cells = [nbformat.v4.new_code_cell(code) for code in (*CELLS, WIDGET)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "plain.ipynb")
    convert(folder, "notebook", "plain.ipynb", "--execute", "--output", "run.ipynb")
    run = json.loads((folder / "run.ipynb").read_text("utf-8"))
    run["metadata"].pop("widgets", None)
    (folder / "run.ipynb").write_text(json.dumps(run), "utf-8")
    return folder


def convert(folder: Path, kind: str, name: str, *options: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")}
    command = [sys.executable, "-m", "nbconvert", "--to", kind, str(folder / name), *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["html", "slides"])
def test_pages_show_pictures_and_living_steppers(kind, notebook):
    convert(notebook, kind, "run.ipynb")
    page = (notebook / f"run.{kind.replace('slides', 'slides.html')}").read_text("utf-8")
    assert page.count('src="data:image/svg+xml;base64,') == 4 + 2  # those of the stepper and of the widget
    assert page.count("document.head.append(script)") == 2
    assert "a.grad += " in page


def test_a_widget_is_its_page_if_its_state_is_not_stored(notebook):
    """Otherwise nbconvert's page has an empty place, which a script from the network fills."""
    options = ("--execute", "--ExecutePreprocessor.store_widget_state=False", "--output", "stateless.html")
    convert(notebook, "html", "plain.ipynb", *options)
    page = (notebook / "stateless.html").read_text("utf-8")
    assert page.count("document.head.append(script)") == 2


def test_latex_has_a_pdf_for_each_picture(notebook):
    try:
        render.layout("digraph {}", "pdf")
    except (ValueError, RendererNotFound):
        pytest.skip("nothing here writes PDF")
    convert(notebook, "latex", "run.ipynb")
    source = (notebook / "run.tex").read_text("utf-8")
    assert source.count("\\includegraphics") + source.count("\\adjustimage") >= 4
    pictures = sorted((notebook / "run_files").glob("*.pdf"))
    assert len(pictures) == 4
    assert all(path.read_bytes().startswith(b"%PDF") for path in pictures)
