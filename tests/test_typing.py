"""A user's program passes the strict modes of mypy and pyright, and mistakes in it do not."""

from __future__ import annotations

import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "tests" / "typing" / "program.py"

# Each is a line at the end of the program that both checkers have to refuse.
MISTAKES = {
    "a parameter that the function has not": "grad(area)(3.0, depth=1.0)",
    "an argument too many": "value_and_grad(area)(3.0, 4.0, 5.0)",
    "a choice that is not one": 'draw(L, direction="up")',
    "an operand that is no number": 'total(["one"])',
    "an array of weights": 'dot("ab", [1.0])',
    "a Value for a float": "x: float = a * b",
    "an argument that the operation cannot take": 'cube("two")',
}


def mypy(path: Path) -> subprocess.CompletedProcess[str]:
    if find_spec("mypy") is None:
        pytest.skip("mypy is not installed: pip install --group lint")
    options = ["--strict", "--follow-imports=silent", "--no-error-summary", f"--cache-dir={path.parent}/mypy"]
    return subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)], cwd=ROOT, capture_output=True, text=True
    )


def pyright(path: Path) -> subprocess.CompletedProcess[str]:
    if find_spec("pyright") is None:
        pytest.skip("pyright is not installed: pip install --group lint")
    (path.parent / "pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "strict", "include": ["{path.name}"], "extraPaths": ["{ROOT.as_posix()}"]}}'
    )
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", str(path.parent)]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True)


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright], ids=["mypy", "pyright"])


@CHECKERS
def test_a_program_is_typed_strictly(checker, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM.read_text("utf-8"), "utf-8")
    done = checker(path)
    assert done.returncode == 0, done.stdout + done.stderr


@CHECKERS
def test_mistakes_are_found(checker, tmp_path):
    """All in one run; each is named by the line that it is on."""
    path = tmp_path / "program.py"
    text = PROGRAM.read_text("utf-8")
    path.write_text(text + "".join(f"{line}\n" for line in MISTAKES.values()), "utf-8")
    said = checker(path).stdout
    first = text.count("\n") + 1
    for number, what in enumerate(MISTAKES, first):
        assert f"program.py:{number}:" in said, what


def test_the_program_runs():
    runpy.run_path(str(PROGRAM))
