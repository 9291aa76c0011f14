"""The documentation: its code runs, its links lead somewhere, what it takes from the source is fresh."""

from __future__ import annotations

import ast
import doctest
import json
import math
import re
import runpy
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import autograd
import nn

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
KEPT = [path for path in sorted(DOCS.rglob("*.md")) if DOCS / "lessons" not in path.parents]
PAGES = [ROOT / "README.md", *KEPT]
NOTEBOOKS = sorted(path.relative_to(ROOT / "notebooks") for path in (ROOT / "notebooks").rglob("*.ipynb"))
# Made by `make docs`, and not kept.
MADE = {
    *(f"live/{page}.html" for page in ("fan", "product", "try", "xor", "moons")),
    *(f"lessons/{path.with_suffix('.md').as_posix()}" for path in NOTEBOOKS),
}
NEEDS = {"arrays.md": ("pandas", "scipy")}  # of a page's code
FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT).as_posix())


def prose(page: str) -> str:
    """The page without its code."""
    return re.sub("`[^`\n]*`", "", FENCE.sub("", page))


def blocks(page: str) -> list[tuple[int, str]]:
    """The blocks of Python, each with the line it begins at."""
    return [
        (page[: found.start(2)].count("\n"), found[2])
        for found in FENCE.finditer(page)
        if found[1] in ("python", "pycon")
    ]


# Code


@pytest.mark.parametrize("path", [p for p in PAGES if blocks(p.read_text("utf-8"))], ids=name)
def test_code_runs(path, tmp_path, monkeypatch, capsys):
    for library in NEEDS.get(path.name, ()):
        pytest.importorskip(library, reason=f"{library} is not installed")
    monkeypatch.chdir(tmp_path)
    page = path.read_text("utf-8")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for line, code in blocks(page):
        if ">>>" in code:
            example = doctest.DocTestParser().get_doctest(code, namespace, name(path), str(path), line)
            runner.run(example, clear_globs=False, out=lambda text: pytest.fail(text, pytrace=False))
            namespace = example.globs
        else:
            exec(compile("\n" * line + code, str(path), "exec"), namespace)


@pytest.mark.parametrize("needed", ["torch", "jax", "dask.array"])
def test_code_of_other_libraries_runs_where_they_are(needed):
    """The blocks of cluster.md that begin with such an import, after the others of the page."""
    for library in ("array_api_compat", needed):
        pytest.importorskip(library, reason=f"{library} is not installed")
    page = (DOCS / "cluster.md").read_text("utf-8")
    namespace: dict[str, Any] = {}
    for _, code in blocks(page):
        exec(code, namespace)
    program, batch = namespace["program"], (namespace["inputs"], namespace["targets"])
    cost, gradient = program.backward(*batch), program.gradient.tolist()
    found = [code for kind, code in FENCE.findall(page) if kind == "py"]
    [block] = [code for code in found if code.startswith(f"import {needed}\n")]
    exec(block, namespace)
    if needed == "torch":  # which took twenty steps
        assert float(namespace["mean_cost"]) < cost
        assert program.backward(*batch) < float(namespace["mean_cost"])
    else:
        assert float(namespace["mean_cost"]) == pytest.approx(cost, rel=1e-4)
    if needed == "dask.array":
        assert namespace["gradient"].tolist() == pytest.approx(gradient, rel=1e-9, abs=1e-12)


# Links


def slug(heading: str) -> str:
    """The anchor that Markdown gives a heading."""
    text = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", r"\1", heading)
    letters = re.sub(r"[^\w\s-]", "", text.encode("ascii", "ignore").decode())
    return re.sub(r"[\s-]+", "-", letters.strip().lower())


def anchors(path: Path) -> set[str]:
    page = path.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page), flags=re.MULTILINE)
    ids = re.findall(r'\bid="([^"]+)"', page)
    return {*map(slug, headings), *ids, *re.findall(r"^::: (\S+)", page, flags=re.MULTILINE)}


def links(path: Path) -> list[str]:
    page = prose(path.read_text("utf-8"))
    inline = re.findall(r"\]\(([^)\s]+)[^)]*\)", page)
    references = re.findall(r"^\[[^]]+\]: (\S+)", page, flags=re.MULTILINE)
    return inline + references + re.findall(r'(?:src|href)="([^"]+)"', page)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path):
    assert not [link for link in links(path) if not leads_somewhere(link, path)]


def leads_somewhere(link: str, page: Path) -> bool:
    target, _, anchor = link.partition("#")
    if re.match("[a-z]+:", link) or target in MADE:
        return True
    file = (page.parent / target).resolve() if target else page
    return file.exists() and (not anchor or file.suffix != ".md" or anchor in anchors(file))


def test_the_animation_is_there_in_both_themes():
    for theme in ("light", "dark"):
        film = DOCS / "pictures" / f"live-{theme}.webp"
        assert film.name in (ROOT / "README.md").read_text("utf-8")
        assert film.stat().st_size < 500_000
        assert b"ANIM" in film.read_bytes()[:100]


def test_every_page_is_in_the_navigation():
    def pages(entry: Any) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        parts = entry.values() if isinstance(entry, dict) else entry
        return [page for part in parts for page in pages(part)]

    config = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))
    kept = {path.relative_to(DOCS).as_posix() for path in KEPT}
    lessons = {made for made in MADE if made.endswith(".md")}
    assert set(pages(config["project"]["nav"])) == kept | lessons, (
        "a page needs its place in `nav` in zensical.toml"
    )


# Coming from micrograd


MICROGRAD = (DOCS / "micrograd.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!you want)(.+) \| (.+) \| (.+) \|$", MICROGRAD, flags=re.MULTILINE)


def spans(cell: str) -> list[str]:
    return re.findall("`([^`]+)`", cell)


def run(code: str, namespace: dict[str, Any]) -> Any:
    """The value of an expression; a statement is executed and gives None."""
    try:
        tree = ast.parse(code, mode="eval")
    except SyntaxError:
        exec(code, namespace)
        return None
    return eval(compile(tree, code, "eval"), namespace)


def comparable(value: Any) -> Any:
    """A number, if there is one to compare; else how many there are."""
    number = getattr(value, "data", value)
    if isinstance(number, int | float):
        return number
    return len(value) if isinstance(value, list) else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_micrograd_table(row):
    _, theirs, ours = row
    ours_first, *others = spans(ours)
    # All public names, of which some are loaded when they are first asked for.
    namespace: dict[str, Any] = {name: getattr(autograd, name) for name in dir(autograd)}
    exec(blocks(MICROGRAD)[0][1], namespace)
    result = run(ours_first, namespace)
    if ours_first.endswith("backward()"):
        result = namespace["a"].grad
    for code in others:
        if not code.isidentifier() and not code.startswith("(a,"):
            run(code, namespace)
    if not spans(theirs) or "draw_dot" in theirs or theirs.startswith("inside"):
        return
    engine = pytest.importorskip("micrograd.engine")
    from micrograd import nn as their_nn

    namespace = {**vars(their_nn), "a": engine.Value(-4.0), "b": engine.Value(2.0), "x": [2.0, -1.0]}
    theirs_result = run(spans(theirs)[0], namespace)
    if "backward" in spans(theirs)[0]:
        theirs_result = namespace["a"].grad
    mine, other = comparable(result), comparable(theirs_result)
    if spans(theirs)[0].startswith(("MLP", "Layer", "Neuron")) and "parameters" not in theirs:
        shape = (type(result).__name__, type(theirs_result).__name__)
        assert shape in {("Neuron",) * 2, ("Layer",) * 2, ("MLP",) * 2, ("Value",) * 2}
        count = getattr(result, "parameters", list)
        assert len(count()) == len(getattr(theirs_result, "parameters", list)())
    elif isinstance(mine, int | float) and isinstance(other, int | float):
        assert math.isclose(mine, other, rel_tol=1e-12)


# The reference


def documented(page: str) -> set[str]:
    return set(re.findall(r"^::: (\S+)", (DOCS / "reference" / page).read_text("utf-8"), flags=re.MULTILINE))


def test_every_public_name_is_in_the_reference():
    operations = {*re.findall(r'<tr id="(\w+)">', (DOCS / "operations.md").read_text("utf-8"))}
    known = documented("autograd.md") | {f"autograd.{operation}" for operation in operations}
    assert {f"autograd.{public}" for public in autograd.__all__} <= known
    assert operations <= set(dir(autograd)) | {"add", "sub", "mul", "div", "neg", "floordiv", "mod"}
    known = documented("nn.md")
    for public in nn.__all__:
        item = getattr(nn, public)
        home = item.__name__ if isinstance(item, ModuleType) else item.__module__
        assert {f"nn.{public}", home} & known, f"nn.{public}"


# Parts that are written from the source


@pytest.fixture(scope="module")
def written():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        return runpy.run_path(str(ROOT / "scripts" / "write_docs.py"), run_name="write_docs")
    finally:
        sys.path.remove(str(ROOT / "scripts"))
        for script in ("layers", "lessons", "operations", "pictures", "typed"):
            sys.modules.pop(script, None)


AGAIN = "out of date: run `python scripts/write_docs.py`"


def test_operations_are_those_of_the_table(written):
    assert (DOCS / "operations.md").read_text("utf-8") == written["operations"].page(), AGAIN


def test_the_typed_names_are_those_of_the_hints(written):
    assert (DOCS / "typed.md").read_text("utf-8") == written["typed"].page(), AGAIN


def test_lists_of_modules_and_lessons_are_complete(written):
    for path, fresh in written["PARTLY_WRITTEN"].items():
        page = path.read_text("utf-8")
        assert page == fresh(page), f"{name(path)} is {AGAIN}"


def test_the_frames_of_the_pages_show_what_their_code_saves(written, tmp_path):
    written["live_pages"](tmp_path)
    assert {f"live/{page.name}" for page in tmp_path.iterdir()} >= {
        made for made in MADE if "live/" in made
    } - {
        "live/try.html"  # an expression of site.js, to be replaced by the reader's
    }
    assert '"leaves":{"0":"a","1":"b","3":"c","5":"f"}' in (tmp_path / "product.html").read_text("utf-8")


LINKS = "[graph.py](../autograd/graph.py), [next](b.ipynb#Now), [docs](../docs/tour.md), [out](https://example.org)"


def test_a_lesson_becomes_a_page(written, tmp_path):
    title = ["# A *title*\n", "Costs $x^2$, not `$y$`:\n", "- one\n", LINKS]
    cells = [
        {"id": "0", "cell_type": "markdown", "source": title},
        {"id": "launch", "cell_type": "markdown", "source": "Open it elsewhere"},
        {
            "id": "1",
            "cell_type": "code",
            "metadata": {},
            "source": "price = '$5 or $6'",
            "outputs": [
                {"text": "<b>\n\n1"},
                {"data": {"text/html": '<p>"hi"</p>'}},
                {"data": {"text/latex": "$$y$$"}},
            ],
        },
        {
            "id": "2",
            "cell_type": "markdown",
            "source": "<details><summary>Solution</summary>\n\n`5`\n</details>",
        },
        {
            "id": "3",
            "cell_type": "code",
            "metadata": {"tags": ["hide-input"]},
            "source": "ask()",
            "outputs": [{"data": {"text/html": "<i>how many?</i>"}}],
        },
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    made = written["lessons"].page({"cells": cells}, lambda latex, display: f"[{display}: {latex}]")
    assert "Costs <span>[inline: x^2]</span>, not `$y$`:\n\n- one" in made
    assert "graph.py, [next](b.md#now), [docs](../tour.md), [out](https://example.org)" in made
    assert "```python\nprice = '$5 or $6'\n```" in made
    assert "<details markdown><summary>Solution</summary>\n\n`5`" in made
    assert "elsewhere" not in made
    assert "<div class=formula>[block: y]</div>" in made
    assert "<pre>&lt;b&gt;\n" in made
    assert "\n\n1" not in made
    assert '&lt;p&gt;&quot;hi&quot;&lt;/p&gt;"></iframe>' in made
    assert "how many?" in made
    assert "ask()" not in made
    assert written["lessons"].title(path) == "A *title*"


def test_formulas_are_set_as_in_books(written):
    refined = written["lessons"].refined
    prime, space = '<mo lspace="0" rspace="0">&#x02032;</mo>', '<mspace width="0.17em"/>'
    assert refined("<msup><mi>f</mi><mi>&#x02032;</mi></msup>") == f"<mrow><mi>f</mi>{prime}</mrow>"
    assert refined("<mi>y</mi><mi>log</mi><mi>a</mi>") == f"<mi>y</mi>{space}<mi>log</mi>{space}<mi>a</mi>"
    minus_log_of = '<mo>&#x02212;</mo><mi>log</mi><mo stretchy="false">&#x00028;</mo>'
    assert refined(minus_log_of) == minus_log_of


@pytest.fixture
def browser_python(monkeypatch):
    """docs/python.py as in the browser: with a layout that the page gives, and no IPython."""
    renderer = next(autograd.drawing.render._renderers(20.0))
    monkeypatch.setattr(autograd.drawing.render, "_chosen", None)  # what the file sets, the test takes back
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setitem(sys.modules, "IPython.display", None)
    given = {"lay_out": lambda source, format: renderer(source, format).decode()}
    run_cell = runpy.run_path(str(DOCS / "python.py"), init_globals=given)["run_cell"]
    return lambda source: json.loads(run_cell(source))


def test_cells_run_in_the_browser(browser_python):
    setup = "from autograd import Value, step\na = Value(3.0)\nb = a * a"
    assert browser_python(setup) == []
    assert browser_python("print('x')\nb.data") == [
        {"kind": "text", "text": "x"},
        {"kind": "text", "text": "9.0"},
    ]
    [picture] = browser_python("b")
    assert picture["kind"] == "svg"
    assert ">a<" in picture["text"]  # the user's variable names the node
    assert browser_python("step(b)")[0]["kind"] == "html"
    [picture] = browser_python("from IPython.display import SVG\nSVG('<svg/>')")
    assert picture == {"kind": "svg", "text": "<svg/>"}
    [error] = browser_python("a.log(")
    assert error["kind"] == "error"
    assert "SyntaxError" in error["text"]
    [error] = browser_python("nobody")
    assert "NameError" in error["text"]
    [error] = browser_python("raise ModuleNotFoundError('needs an extra')")  # which names no module
    assert "needs an extra" in error["text"]
    [note] = browser_python("import no_such_module")
    assert note["kind"] == "missing"
    assert "needs no_such_module" in note["text"]
    assert browser_python("nobody") == [note]  # it was to come from the cell above
    [error] = browser_python("1 / Value(0.0)")
    assert "DivisionError" in error["text"]
    assert "python.py" not in error["text"]


def test_pictures_show_what_is_drawn_today(written):
    for file, drawn in written["pictures"].drawn().items():
        kept = (DOCS / "pictures" / file).read_text("utf-8")
        assert written["pictures"].words(kept) == written["pictures"].words(drawn), f"{file} is {AGAIN}"
