"""Every lesson runs from top to bottom in a fresh kernel, without an error or a warning, and with the
solutions of its exercises in their places."""

from __future__ import annotations

import ast
import asyncio
import importlib
import json
import os
import random
import re
import struct
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from needed import execute

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
JAPANESE = sorted((ROOT / "notebooks" / "ja").glob("*.ipynb"))
LONGEST_CELL = 15  # lines of code
ONE_CELL = {"05_build_your_own": 30}  # which shows that an engine fits in one cell


@pytest.fixture(autouse=True)
def _kernel_finds_this_checkout(monkeypatch, tmp_path):
    import matplotlib.font_manager  # noqa: F401  (says on stderr that it builds its cache: here, once)

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path[:1]]))
    monkeypatch.setenv("PYTHONWARNINGS", "error::UserWarning,error::RuntimeWarning")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.delenv("STEPGRAD_MNIST", raising=False)
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())


# Exercises


def names_bound(statement: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    targets = [name for target in getattr(statement, "targets", []) for name in ast.walk(target)]
    assigned = {name.id for name in targets if isinstance(name, ast.Name)}
    return assigned | {getattr(statement, "name", "")} - {""}


def solution_of(text: str) -> str | None:
    """The code in the solution at the top of a cell of text, if there is any."""
    if not text.startswith("<details><summary>Solution</summary>"):
        return None
    inside = text.partition("</details>")[0]
    fence = re.search(r"^```python\n(.*?)^```", inside, flags=re.MULTILINE | re.DOTALL)
    line = fence or re.search(r"`(\w+(?:, \w+)* = [^`]+)`", inside)
    return line[1] if line else None


def answered(exercise: str, solution: str, more: str = "") -> str:
    """The exercise with what the solution defines in the place of its own, and then `more`."""
    tree, answer = ast.parse(exercise), ast.parse(solution).body
    names = set().union(*map(names_bound, answer))
    places = [statement for statement in tree.body if names & names_bound(statement)]
    assert places, f"{solution!r} answers nothing in {exercise!r}"
    start = tree.body.index(places[0])
    others = [statement for statement in tree.body if statement not in places]
    answer += ast.parse(more).body
    return ast.unparse(ast.Module([*others[:start], *answer, *others[start:]], []))


# Runs in the kernel: an answer of the same kind that is not right.
WRONG = """
def wrong_answer(answer):
    if isinstance(answer, bool):
        return not answer
    if isinstance(answer, str):
        return f"({answer}) + 1" if " " in answer else answer + "x"
    if isinstance(answer, (list, tuple)):
        return type(answer)(map(wrong_answer, answer)) if answer else [0.0]
    if isinstance(answer, type):
        methods = [name for name, value in vars(answer).items() if callable(value)]
        return type(answer.__name__, (answer,), {name: lambda self, *_: self for name in methods})
    if callable(answer):
        return lambda *arguments: wrong_answer(answer(*arguments))
    if hasattr(answer, "dtype"):
        return 2 * answer + 1
    if hasattr(answer, "speed"):
        return type(answer)(answer.data, answer.speed + 1)
    return answer * answer if hasattr(type(answer), "grad") else answer + 1
"""


def with_answers(cells: list) -> tuple[list, dict[int, str]]:
    """The cells, then each exercise with a wrong and with the right answer, and the count of right ones; and
    the verdicts that the exercises have to print, by the position of the cell."""
    found, verdicts = [*cells, nbformat.v4.new_code_cell(WRONG)], {}
    for position, (cell, below) in enumerate(pairwise(cells)):
        solution = solution_of(below.source) if cell.cell_type == "code" else None
        if not solution:
            continue
        marked = re.search(r"^exercise\(", cell.source, flags=re.MULTILINE)
        if marked:
            names = sorted(set().union(*map(names_bound, ast.parse(solution).body)))
            spoil = "\n".join(f"{name} = wrong_answer({name})" for name in names)
            verdicts |= {position: "not answered", len(found): "not yet", len(found) + 1: "✓"}
            found.append(nbformat.v4.new_code_cell(answered(cell.source, solution, spoil)))
        found.append(nbformat.v4.new_code_cell(answered(cell.source, solution)))
    return [*found, nbformat.v4.new_code_cell("exercise.count()")], verdicts


NEEDS = {"13_same_numbers_in_pytorch": "torch", "14_same_numbers_in_jax": "jax"}  # an extra of their own


def run(notebook):
    resources = {"metadata": {"path": str(ROOT)}}
    execute(notebook, resources=resources)
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def words(outputs) -> tuple[list[str], set[str]]:
    """A cell's words without its numbers, which depend on the machine and its speed, and its other kinds."""
    texts = [output.text if "text" in output else output.data.get("text/plain", "") for output in outputs]
    kinds = {kind for output in outputs for kind in output.get("data", {})} - {"image/png", "application/pdf"}
    return re.sub(r"[-\d.,e+▆|\s]+", " ", "".join(texts)).split(), kinds


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the Jupyter client's own libraries
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_keeps_its_outputs_and_tells_no_answer_a_wrong_one_and_the_right_one_apart(path):
    """All in one run, as starting a kernel and computing a lesson takes seconds."""
    if package := NEEDS.get(path.stem):
        pytest.importorskip(package, reason=f"{package} is not installed")
    notebook = nbformat.read(path, as_version=4)
    lesson = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kept = [words(cell.outputs) for cell in lesson]
    notebook.cells, verdicts = with_answers(notebook.cells)
    assert verdicts
    outputs = run(notebook)
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    for before, cell in zip(kept, lesson, strict=True):
        assert before == words(cell.outputs), cell.source
    for position, verdict in verdicts.items():
        cell = notebook.cells[position]
        assert re.search(rf"^Exercise \d+: {verdict}", printed(cell), flags=re.MULTILINE), (
            cell.source,
            printed(cell),
        )
    right = len(verdicts) // 3
    assert printed(notebook.cells[-1]) == f"{right} of {right} exercises right\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_begins_with_aims_and_time_and_ends_with_a_summary(path):
    cells = nbformat.read(path, as_version=4).cells
    number = int(path.stem.partition("_")[0])
    assert re.match(
        rf"# {number} · .+\n\n> \*\*Aims:\*\* .+\.\n>\n"
        r"> \*\*Time:\*\* \d+ minutes\. \*\*Before it:\*\* .+\.\n",
        cells[0].source,
    )
    assert cells[-1].source.startswith("## Summary\n\n- ")
    assert any(cell.source == "exercise.count()" for cell in cells)


PLACES = re.compile(
    r"ipykernel_|/tmp/|/home/|/root/|/Users/|[A-Z]:\\\\|site-packages|" + re.escape(f"{ROOT}{os.sep}")
)


@pytest.mark.parametrize("path", [*NOTEBOOKS, *JAPANESE], ids=lambda path: path.stem)
def test_outputs_have_no_path_of_the_machine_that_ran_them(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            shown = [output.get("text", ""), *output.get("traceback", [])]
            shown += [text for kind, text in output.get("data", {}).items() if kind != "image/png"]
            assert not PLACES.search("\n".join(shown)), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution(path):
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    _, exercises = "\n\n".join(texts).split("## Your turn")
    exercises = exercises.partition("\n## ")[0]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", exercises, flags=re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == exercises.count("<summary>Solution</summary>") >= 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_to_other_files_lead_somewhere(path):
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    targets = re.findall(r"\]\(((?!https?:)[^)#\s]+\.\w+)[^)]*\)", text)
    assert targets
    for target in targets:
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize(("path", "following"), list(pairwise(NOTEBOOKS)), ids=lambda path: path.stem)
def test_each_lesson_ends_with_a_link_to_the_next(path, following):
    *_, last = nbformat.read(path, as_version=4).cells
    number = int(following.stem.partition("_")[0])
    assert f"**Next:** [lesson {number}]({following.name})" in last.source.splitlines()[-1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_digits_are_those_of_mnist_where_there_is_a_folder(tmp_path, monkeypatch):
    rng = random.Random(1)
    for prefix, count in (("train", 30), ("t10k", 10)):
        images, labels = (tmp_path / f"{prefix}-{kind}-ubyte" for kind in ("images-idx3", "labels-idx1"))
        images.write_bytes(struct.pack(">IIII", 0x803, count, 28, 28) + rng.randbytes(count * 784))
        labels.write_bytes(struct.pack(">II", 0x801, count) + bytes(i % 10 for i in range(count)))
    monkeypatch.setenv("STEPGRAD_MNIST", str(tmp_path))
    notebook = nbformat.read(ROOT / "notebooks" / "12_digits.ipynb", as_version=4)
    run(notebook)
    [cell] = [cell for cell in notebook.cells if "STEPGRAD_MNIST" in cell.source and cell.cell_type == "code"]
    printed = "".join(output.text for output in cell.outputs)
    assert re.search(r"epoch 10: +\d+\.0% of the test digits", printed)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_has_no_wall_of_code(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            longest = ONE_CELL.get(path.stem, LONGEST_CELL)
            assert len(cell.source.splitlines()) <= longest, cell.source


@pytest.fixture
def keeper(monkeypatch):
    """scripts/notebooks.py"""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("notebooks")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["02_stepping", "08_four_equations"])
def test_a_second_run_keeps_the_same_outputs(name, keeper):
    first, second = (keeper.refreshed(ROOT / "notebooks" / f"{name}.ipynb") for _ in range(2))
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_keeps_a_png_beside_each_picture_and_page(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert outputs
    for output in outputs:
        data = output.get("data", {})
        assert "image/png" in data or not {"image/svg+xml", "text/html"} & set(data)


def test_lessons_can_be_launched_elsewhere_once_the_repository_has_an_address(keeper):
    notebook = keeper.read(ROOT / "notebooks" / "01_value.ipynb")
    launched = keeper.launchable(notebook, "01_value", "https://github.com/OWNER/NAME")
    assert [cell["id"] for cell in launched["cells"][:4]] == ["cell-00", "launch", "install", "cell-01"]
    nbformat.validate(launched)
    links, install = ("".join(cell["source"]) for cell in launched["cells"][1:3])
    assert "/github/OWNER/NAME/blob/main/notebooks/01_value.ipynb)" in links
    assert "/gh/OWNER/NAME/main?labpath=notebooks/01_value.ipynb)" in links
    assert '"git+https://github.com/OWNER/NAME"' in install
    assert keeper.launchable(launched, "01_value", "https://github.com/OWNER/NAME") == launched
    assert keeper.launchable(launched, "01_value", "") == notebook


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_lesson_has_the_links_of_the_address_in_the_project(path, keeper):
    notebook = keeper.read(path)
    assert notebook == keeper.launchable(notebook, path.stem, keeper.address())


def test_who_installs_the_notebook_extra_can_run_the_lessons():
    lessons = [path for path in NOTEBOOKS if path.stem not in NEEDS]
    cells = [cell for path in lessons for cell in nbformat.read(path, as_version=4).cells]
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code" and "%pip" not in cell.source)
    imported: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [n.name for n in node.names]
            imported |= {name.partition(".")[0] for name in names}
    assert imported - sys.stdlib_module_names == {"autograd", "nn", "IPython", "numpy", "matplotlib"}
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert {re.split("[<>=]", need)[0] for need in extra["notebook"]} >= {
        "stepgrad[plot]",
        "ipykernel",
        "numpy",
    }
    assert 'install --no-cache-dir ".[notebook]"' in (ROOT / "binder" / "postBuild").read_text("utf-8")
