"""`draw(v)` gives a graphviz.Digraph that shows itself."""

from __future__ import annotations

import base64
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import graphviz
import pytest
from drawing_graphs import diamond, expression

import autograd
from autograd import Value, draw
from autograd.drawing import mimebundle, render


def test_a_picture_is_a_digraph_that_may_be_added_to():
    picture = draw(expression())
    assert isinstance(picture, graphviz.Digraph)
    picture.node("note", "mine")
    assert "mine" in picture.source
    assert b"mine" in picture.pipe("svg")


def test_a_copy_is_a_picture_of_its_own():
    picture = draw(expression(), ids="first", theme="dark")
    twin = picture.copy()
    twin.node("note", "mine")
    assert "mine" not in picture.source
    assert 'id="first"' in twin.pipe("svg", encoding="utf-8")
    assert "ad-dark" in twin.pipe("svg", encoding="utf-8")


def test_scopes_are_frames():
    with autograd.scope("layer <1>"), autograd.scope("neuron 1"):
        y = Value(2.0, "x").tanh()
    source = draw(y + 1.0).source
    assert source.count("subgraph cluster_") == 2
    assert "layer <1>" in draw(y + 1.0).pipe("svg", encoding="utf-8").replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_pipe_gives_bytes_or_text():
    picture = draw(diamond())
    assert picture.pipe().startswith(b"<svg")
    assert picture.pipe("svg", encoding="utf-8").startswith("<svg")
    assert picture.pipe("png")[1:4] == b"PNG"


def test_render_writes_the_source_and_the_picture_beside_it(tmp_path: Path):
    path = Path(draw(diamond()).render(tmp_path / "deep" / "L.gv"))
    assert path == tmp_path / "deep" / "L.gv.svg"
    assert path.read_text(encoding="utf-8").startswith("<svg")
    assert (tmp_path / "deep" / "L.gv").read_text(encoding="utf-8") == draw(diamond()).source


def test_render_to_a_named_file(tmp_path: Path):
    path = draw(diamond()).render(outfile=tmp_path / "L.png", cleanup=True)
    assert [file.name for file in tmp_path.iterdir()] == ["L.png"]
    assert Path(path).read_bytes()[1:4] == b"PNG"


def test_a_file_called_like_a_picture_is_one(tmp_path):
    path = draw(expression()).render(tmp_path / "graph.svg")
    assert path == str(tmp_path / "graph.svg")
    assert "<svg" in Path(path).read_text("utf-8")
    assert (tmp_path / "graph.gv").read_text("utf-8").startswith("digraph")


def test_drawing_changes_no_gradient():
    L = diamond()
    draw(L).pipe()
    assert all(node._grad is None for node in autograd.topological_order(L))


def test_a_value_shows_its_picture_in_a_notebook_and_always_its_text():
    render.layout("digraph {}")  # or there is nothing to draw with
    L = expression()
    bundle = L._repr_mimebundle_()
    assert bundle["text/plain"] == repr(L)
    assert bundle["image/svg+xml"].startswith("<svg")
    assert L._mime_() == ("text/html", bundle["image/svg+xml"])
    assert Value(1.0)._mime_() == ("text/plain", "Value(1.0)")


def test_a_pdf_lies_beside_the_picture_and_is_the_same_each_time():
    L = expression()
    try:
        render.layout("digraph {}", "pdf")
    except (ValueError, render.RendererNotFound):
        assert "application/pdf" not in L._repr_mimebundle_()
        return
    first, again = L._repr_mimebundle_(), draw(L)._repr_mimebundle_()
    pdf = base64.b64decode(first["application/pdf"])
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert first["application/pdf"] == again["application/pdf"]


def test_a_picture_and_its_pdf_start_one_process(monkeypatch):
    pytest.importorskip("pygraphviz")
    monkeypatch.setattr("shutil.which", lambda *given, **options: None)
    started: list[Any] = []
    start = subprocess.Popen

    def counting(*given: Any, **options: Any) -> Any:
        started.append(start(*given, **options))
        return started[-1]

    monkeypatch.setattr("autograd.drawing.worker.subprocess.Popen", counting)
    assert len(expression()._repr_mimebundle_()) == 3
    [process] = started
    assert process.returncode is not None  # it has ended


def test_a_pdf_that_takes_long_is_left_out(monkeypatch):
    render.layout("digraph {}")  # or there is nothing to draw with
    monkeypatch.setattr("autograd.drawing.fixed.SECONDS", 0.0)
    assert set(expression()._repr_mimebundle_()) >= {"image/svg+xml", "text/plain"}


def test_a_terminal_that_shows_only_text_makes_no_picture(monkeypatch):
    shell = SimpleNamespace(display_formatter=SimpleNamespace(active_types=["text/plain"]), user_ns={})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(render, "layout", None)
    L = expression()
    assert L._repr_mimebundle_() == {"text/plain": repr(L)}
    assert set(draw(L, names={})._repr_mimebundle_()) == {"text/plain"}


def test_a_huge_value_shows_only_text():
    v = Value(1.0)
    for _ in range(5000):
        v = v + 1.0
    bundle = mimebundle(v)
    assert set(bundle) == {"text/plain"}
    assert "draw(" in bundle["text/plain"]


def test_without_a_renderer_there_is_text_and_one_line_that_says_what_to_install(monkeypatch):
    monkeypatch.setattr(render, "_renderers", lambda seconds: iter(()))
    picture = draw(expression())
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "pip install" in bundle["text/plain"]
    with pytest.raises(render.RendererNotFound, match="pip install pygraphviz"):
        picture.pipe("svg")


def test_names_come_from_variables():
    x, w = Value(2.0), Value(3.0)
    loss = x * w
    assert ">loss<" in draw(loss, names=vars()).source
    assert ">loss<" not in draw(loss).source


@pytest.mark.parametrize(
    ("boxes", "scale"), [(1, 1.0), (4, None), (12, 0.62)], ids=["small", "as wide as a cell", "readable"]
)
def test_a_notebooks_cell_gets_a_picture_that_fits_or_can_still_be_read(boxes, scale):
    v = Value(1.0, "v")
    for _ in range(boxes):
        v = v.tanh()
    picture = draw(v, edges="local")

    def width(svg: str) -> float:
        return float(svg.split('width="')[1].split("pt")[0])

    natural, shown = width(picture.pipe("svg", encoding="utf-8")), width(picture._repr_svg_())  # pyright: ignore[reportArgumentType]
    if scale is None:
        assert shown == 590 < natural
    else:
        assert shown == pytest.approx(scale * natural, rel=0.01)
    assert width(v._repr_mimebundle_()["image/svg+xml"]) == shown
