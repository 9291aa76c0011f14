"""Loading somebody's file in a process of its own: `python -m autograd.grading.submissions FILE CLASS …`."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from . import check_engine
from .interface import BACKWARD, Trouble, said
from .names import FUNCTIONS, MORE_FUNCTIONS
from .report import EngineReport, Finding

SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True)
class Submission:
    """A file and the report about a class in it, or why there is none."""

    file: str
    report: EngineReport | None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.report is not None and self.report.ok


def check_file(file: str, name: str, timeout: float, **names: str) -> Submission:
    """Check the class `name`, or if that is "" the only engine, in a process; `names` are its attributes."""
    ours = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [ours, os.environ.get("PYTHONPATH", "")]))
    try:
        run = subprocess.run(
            [sys.executable, "-m", __name__, file, name, json.dumps(names)],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(file, name, f"The checks did not finish within {timeout:g} seconds.")
    answer = run.stdout.decode("utf-8", "replace").rpartition("\n")[2]
    try:
        told: dict[str, Any] = json.loads(answer)
    except ValueError:
        return _failed(file, name, f"The process ended without a report (exit status {run.returncode}).")
    if "error" in told:
        return Submission(file, None, told["error"])
    return Submission(file, EngineReport.from_json(told))


def _failed(file: str, name: str, sentence: str) -> Submission:
    return Submission(file, EngineReport(name or "?", 1, 0, [Finding("wrong", sentence, "")]))


# Inside the process


def _answer(file: str, name: str, names: dict[str, str]) -> dict[str, Any]:
    path = Path(file).resolve()
    sys.path.insert(0, str(path.parent))  # for the files beside it; what is imported here stays ours
    module = ModuleType(f"_{path.stem}")
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    trouble = ""
    try:
        for code in _cells(path):
            try:
                exec(compile(code, str(path), "exec", dont_inherit=True), vars(module))
            except Trouble as error:
                # In a notebook the class may be there although another cell fails.
                trouble = trouble or f"cannot be imported: {said(error)}"
                if path.suffix != ".ipynb":
                    return {"error": trouble}
        engine = _engine(module, name)
    except LookupError as error:
        return {"error": "; it ".join(filter(None, [error.args[0], trouble]))}
    except (OSError, ValueError) as error:
        return {"error": f"cannot be read: {said(error)}"}
    functions: dict[str, Callable[..., Any]] = {
        called: function
        for called, function in vars(module).items()
        if called.lower() in FUNCTIONS | MORE_FUNCTIONS
        and getattr(function, "__module__", "") == module.__name__
    }
    return check_engine(engine, functions, **names).as_json()


def _cells(path: Path) -> list[str]:
    """The code, of a notebook cell by cell, without the lines that are for IPython."""
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return [text]
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in cells]
    return [
        "\n".join("pass" if line.startswith(("%", "!", "?")) else line for line in source.splitlines())
        for source in sources
        if not source.startswith("%%")
    ]


def _engine(module: ModuleType, name: str) -> type:
    """The class of that name; without a name the only one with a backward pass that no other is based on.

    Raises LookupError.
    """
    if name:
        if not isinstance(engine := vars(module).get(name), type):
            raise LookupError(f"has no class {name}")
        return engine
    classes = {v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__}
    engines = {v for v in classes if any(callable(getattr(v, n, None)) for n in BACKWARD)}
    last = {v for v in engines if not any(v in other.__mro__[1:] for other in engines)}
    if len(last) != 1:
        found = ", ".join(sorted(v.__name__ for v in last)) or "none"
        raise LookupError(f"must have one class with a backward(), or name it (FILE:Class); it has {found}")
    return last.pop()


if __name__ == "__main__":
    # The output of the file, even at its end, is dropped; the answer goes to the real output.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.redirect_stdout(open(os.devnull, "w", encoding="utf-8")):
        answer = _answer(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
    out.write("\n" + json.dumps(answer))
    out.flush()
    os._exit(0)  # threads that the file began would keep the process
