"""Every way to a rendered picture, each in an environment of its own that really is that way."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from autograd import Value, draw
from autograd.drawing import RendererNotFound, TooLarge, render, use_renderer
from autograd.drawing.render import layout

ROOT = Path(__file__).parents[2]
SCRIPT = """
from autograd import Value, draw
from autograd.drawing.render import RendererNotFound
L = Value(2.0, "a") * Value(-3.0, "b")
bundle = L._repr_mimebundle_()
print(sorted(bundle))
print(draw(L)._repr_mimebundle_()["text/plain"])
try:
    print("png", len(draw(L).pipe("png")) > 100)
    print(draw(L).pipe("svg", encoding="utf-8").count("ad-frame"))
except RendererNotFound as error:
    print("RendererNotFound:", error)
"""
# The behaviour of a browser's Python when asked to start a process.
NO_PROCESSES = """
import sys
def refuse(event, arguments):
    if event in ("subprocess.Popen", "os.posix_spawn", "os.fork"):
        raise OSError(138, "Function not implemented")
sys.addaudithook(refuse)
"""


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """A Python that has this package and graphviz, but nothing that could render."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder / "venv", with_pip=False, symlinks=os.name != "nt")
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    add(folder, "graphviz")
    return folder, python


def add(folder: Path, package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parent
    shutil.copytree(source, folder / "packages" / package, dirs_exist_ok=True)
    libraries = source.parent / f"{package}.libs"
    if libraries.exists():
        shutil.copytree(libraries, folder / "packages" / libraries.name, dirs_exist_ok=True)


def run(python, folder, script=SCRIPT, **environment):
    paths = os.pathsep.join(map(str, (ROOT, folder / "packages")))
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
    done = subprocess.run(
        [python, "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": paths, "PATH": "", "PYTHONIOENCODING": "utf-8", **kept, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_with_nothing_there_is_a_text_tree_and_one_line_that_says_what_to_install(bare):
    folder, python = bare
    lines = run(python, folder).splitlines()
    assert lines[0] == "['text/plain']"
    assert lines[1].startswith("× a·b  data −6")
    assert lines[4].startswith("(no renderer found: `pip install pygraphviz`")
    assert lines[5].startswith("RendererNotFound: no renderer found: `pip install pygraphviz`")
    assert len(lines) == 6


PDF = """
from autograd import Value, draw
L = Value(2.0, "a") * Value(-3.0, "b")
print(draw(L).pipe("pdf")[:4])
"""


def test_pygraphviz_draws_where_it_is_all_there_is(bare, tmp_path):
    if importlib.util.find_spec("pygraphviz") is None:
        pytest.skip("there is no pygraphviz here")
    _, python = bare
    for package in ("graphviz", "pygraphviz"):
        add(tmp_path, package)
    for script in (SCRIPT, NO_PROCESSES + SCRIPT):
        assert run(python, tmp_path, script).splitlines()[-2:] == ["png True", "3"]
        assert run(python, tmp_path, script.replace(SCRIPT, PDF)).strip() == "b'%PDF'"


def test_what_graphviz_warns_of_is_not_the_users_business(bare, tmp_path):
    if importlib.util.find_spec("pygraphviz") is None:
        pytest.skip("there is no pygraphviz here")
    _, python = bare
    for package in ("graphviz", "pygraphviz"):
        add(tmp_path, package)
    paths = os.pathsep.join(map(str, (ROOT, tmp_path / "packages")))
    done = subprocess.run(
        [python, "-c", PDF], capture_output=True, env={"PYTHONPATH": paths, "PATH": ""}, check=True
    )
    assert done.stderr == b""


def test_graphviz_pure_draws_where_it_is_all_there_is(bare):
    pure = shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
    if pure is None:
        pytest.skip("there is no graphviz-pure here")
    folder, python = bare
    copied = Path(shutil.copy(pure, python.parent))
    try:
        assert run(python, folder).splitlines()[-2:] == ["png True", "3"]
        assert "RendererNotFound: no renderer found" in run(python, folder, NO_PROCESSES + SCRIPT)
    finally:
        copied.unlink()


OWN = """
from autograd import drawing
drawing.use_renderer(lambda source: '<svg width="1" height="1" viewBox="0 0 1 1"><g class="graph"/></svg>')
"""


def test_a_renderer_of_ones_own_draws_where_nothing_else_can(bare):
    folder, python = bare
    lines = run(python, folder, OWN + SCRIPT.replace('pipe("png")', 'pipe("svg")')).splitlines()
    assert lines[0] == "['image/svg+xml', 'text/plain']"
    assert lines[-2:] == ["png True", "0"]
    script = SCRIPT.replace("RendererNotFound as", "ValueError as")
    assert "use_renderer writes SVG, not png; no renderer found" in run(python, folder, OWN + script)


def test_a_renderer_of_ones_own_comes_first_until_it_is_taken_away():
    use_renderer(lambda source: f'<svg width="1" height="1" viewBox="0 0 1 1"><!--{len(source)}--></svg>')
    try:
        assert layout("digraph {}").startswith(b"<svg")
        if importlib.util.find_spec("pygraphviz") or shutil.which("dot"):
            assert b"%PDF" in layout("digraph {}", "pdf")
    finally:
        use_renderer(None)
    assert b"<!--10-->" not in layout("digraph {}")


@pytest.mark.skipif(os.name == "nt", reason="needs programs that are scripts")
def test_a_layout_that_takes_too_long_is_stopped_and_the_answer_says_what_to_do(monkeypatch, tmp_path):
    program = tmp_path / "forever"
    program.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    program.chmod(0o755)
    monkeypatch.setenv("AUTOGRAD_DOT", str(program))
    with pytest.raises(TooLarge, match=r"forever was stopped after 0\.1 s: .*around=.*fold.*tree"):
        layout("digraph {}", seconds=0.1)
    monkeypatch.setattr(render, "TIME_LIMIT", 0.1)
    bundle = (Value(2.0, "a") * Value(3.0, "b"))._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "was stopped after" in bundle["text/plain"]


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no dot program here")
def test_dot_draws_svg_png_and_pdf():
    picture = draw(Value(2.0, "a") * 3.0)
    assert picture.pipe("pdf").startswith(b"%PDF")
    assert picture.pipe("svg", encoding="utf-8").count("ad-frame") == 3
    assert picture.pipe("png")[1:4] == b"PNG"


def test_dot_comes_before_the_others_and_the_environment_before_dot(monkeypatch, tmp_path):
    for name in ("dot", "mine"):
        program = tmp_path / name
        program.write_text(f"#!{sys.executable}\nprint({name!r})\n")
        program.chmod(0o755)
    if os.name == "nt":
        pytest.skip("needs programs that are scripts")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert layout("digraph {}") == b"dot\n"
    monkeypatch.setenv("AUTOGRAD_DOT", str(tmp_path / "mine"))
    assert layout("digraph {}") == b"mine\n"
    monkeypatch.setenv("AUTOGRAD_DOT", str(tmp_path / "missing"))
    with pytest.raises(RendererNotFound, match=r"AUTOGRAD_DOT=.*missing.* does not start"):
        layout("digraph {}")


def test_what_a_renderer_refuses_is_said_in_its_own_words():
    picture = draw(Value(2.0, "a") * 3.0)
    with pytest.raises(ValueError, match="could not render 'svg'"):
        layout("digraph {")
    with pytest.raises(ValueError, match="could not render 'nonsense'"):
        picture.pipe("nonsense")


@pytest.mark.skipif(os.name == "nt", reason="needs programs that are scripts")
def test_a_format_that_no_renderer_can_write(monkeypatch, tmp_path):
    program = tmp_path / "svg-only"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.exit('Error: I write SVG')\n")
    program.chmod(0o755)
    monkeypatch.setattr(
        render, "_renderers", lambda seconds: iter([render._program([str(program)], seconds)])
    )
    with pytest.raises(ValueError, match="could not render 'pdf'; pygraphviz and Graphviz's own `dot`"):
        draw(Value(2.0, "a") * 3.0).pipe("pdf")


def test_a_format_that_the_first_cannot_write_is_left_to_the_next(monkeypatch):
    pure = shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
    if pure is None or importlib.util.find_spec("pygraphviz") is None:
        pytest.skip("there is no graphviz-pure or no pygraphviz here")
    monkeypatch.setenv("AUTOGRAD_DOT", pure)
    assert draw(Value(2.0, "a") * 3.0).pipe("pdf").startswith(b"%PDF")
