"""In a real kernel: a Value shows its picture, and the user's variables name its nodes."""

from __future__ import annotations

import warnings

import pytest
from needed import execute

from autograd.drawing.render import layout

CELL = """
from autograd import Value
a, b = Value(2.0), Value(-3.0)
loss = a * b
loss
"""


def test_a_value_at_the_end_of_a_cell_is_its_picture_with_the_users_names():
    layout("digraph {}")  # or there is nothing to draw with
    nbformat = pytest.importorskip("nbformat", reason="needs the extra `test`")
    pytest.importorskip("nbclient", reason="needs the extra `test`")
    cells = [
        nbformat.v4.new_code_cell(CELL),
        nbformat.v4.new_code_cell("from autograd import draw\ndraw(loss)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's own libraries
        execute(notebook)
    for cell in notebook.cells:
        data = cell.outputs[-1]["data"]
        assert all(f">{name}<" in data["image/svg+xml"] for name in ("a", "b", "loss"))
    assert notebook.cells[0].outputs[-1]["data"]["text/plain"] == "Value(-6.0, op='mul')"
    assert notebook.cells[1].outputs[-1]["data"]["text/plain"].startswith("× loss")
