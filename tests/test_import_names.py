"""The import names `autograd`, `nn` and `stepgrad` beside files and projects that have them, too."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
import stepgrad

ROOT = Path(__file__).parent.parent
UNINSTALL = "python -m pip uninstall --yes autograd stepgrad"
PYPI = "def grad(f): return f\n"  # another project's autograd/__init__.py


@pytest.fixture
def run(tmp_path):
    """Run code in a folder, with our packages last on the path; the last line of what it says."""

    def runs(code: str, *, site: Path = ROOT, folder: Path = tmp_path) -> str:
        prologue = (
            f"import sys; sys.path = {[str(folder)]!r} + [p for p in sys.path[1:] if {str(ROOT)!r} != p]"
        )
        code = f"{prologue} + [{str(site)!r}]\n{code}"
        done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=folder)
        return (done.stdout + done.stderr).strip().rpartition("\n")[2]

    return runs


@pytest.fixture
def site(tmp_path):
    """A copy of the packages, as in an environment of which another project takes possession."""
    for name in ("autograd", "nn", "stepgrad"):
        shutil.copytree(ROOT / name, tmp_path / "site" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "site"


def test_stepgrad_gives_the_same_objects():
    assert stepgrad.Value is autograd.Value
    assert stepgrad.nn is nn
    assert {*dir(stepgrad)} == {*dir(autograd), "nn"}
    assert {*stepgrad.__all__} == {*autograd.__all__, "nn"}
    assert stepgrad.__version__ == autograd.__version__
    with pytest.raises(AttributeError, match="nonsense"):
        _ = stepgrad.nonsense


def test_a_students_own_files_are_named_and_stepgrad_works_beside_them(tmp_path, run):
    (tmp_path / "autograd.py").write_text("class Value: pass")
    (tmp_path / "nn.py").write_text("mine = 1")
    said = run("import stepgrad; print('; '.join(stepgrad.doctor()))")
    for name in ("autograd", "nn"):
        assert f"`import {name}` finds the file {tmp_path / f'{name}.py'}: rename it" in said
    # Each piece of advice, followed literally.
    assert run("from stepgrad import Value, nn; x = Value(3.0); print(nn.MLP.__module__, x)") == (
        "nn.model.mlp Value(3.0)"
    )
    after = "import autograd, nn; from stepgrad import Value, nn; print(nn.MLP([2, 1])([1.0, 2.0])[0].op)"
    assert run(after) == "dot"
    (tmp_path / "nn.py").unlink()
    said = run("import nn")
    assert (
        f"finds the file {tmp_path / 'autograd.py'}, not stepgrad: rename it and restart Python, or" in said
    )
    (tmp_path / "autograd.py").rename(tmp_path / "mine.py")
    assert run("import autograd, nn, stepgrad; print(stepgrad.doctor(), nn.MLP.__name__)") == "[] MLP"


def test_another_project_that_comes_first_is_named(tmp_path, run):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text(PYPI)
    assert UNINSTALL in run("import nn")
    assert UNINSTALL in run("import stepgrad; print(stepgrad.doctor()[0])")
    assert run("from stepgrad import Value, nn; print(Value(2.0) * 3)") == "Value(6.0, op='mul')"
    assert "is already imported: import stepgrad before it" in run(
        "import autograd; from stepgrad import Value"
    )


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "numpy").mkdir(),  # installed after PyPI's autograd
        lambda folder: (folder / "__init__.py").write_text(PYPI),  # before it
        lambda folder: (folder / "__init__.py").unlink(),  # PyPI's is uninstalled again
    ],
    ids=["after", "before", "uninstalled"],
)
def test_an_environment_that_two_projects_wrote_into_is_recognised(site, run, damage):
    damage(site / "autograd")
    assert UNINSTALL in run("import nn", site=site)
    assert UNINSTALL in run("from stepgrad import Value", site=site)
    assert UNINSTALL in run("import stepgrad; print(stepgrad.doctor()[0])", site=site)
    said = run("import stepgrad, sys; stepgrad.main(['x*x', 'x=3'])", site=site)
    assert said.startswith("stepgrad: ")
    assert UNINSTALL in said
    doctor = run("import stepgrad; stepgrad.main(['doctor'])", site=site)
    assert UNINSTALL in doctor


def test_the_command_does_what_the_module_does(capsys):
    stepgrad.main(["x*x", "x=3"])
    assert capsys.readouterr().out.startswith("y = 9.0\n")
    for words in (["--help"], ["check", "--help"]):
        with pytest.raises(SystemExit, match="0"):
            stepgrad.main(words)
        out = capsys.readouterr().out
        assert out.startswith(" ".join(["usage: stepgrad", *words[:-1], "[-h]"]))
        assert "python -m autograd" not in out
    with pytest.raises(SystemExit, match="0"):
        stepgrad.main(["doctor"])
    where = "the native core" if autograd.__native__ else "Python"
    assert capsys.readouterr().out.endswith(f"autograd and nn are found.\nArithmetic runs in {where}.\n")
    done = subprocess.run(
        [sys.executable, "-m", "stepgrad", "x*x", "x=3"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith("y = 9.0\n")
