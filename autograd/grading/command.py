"""`python -m autograd check FILE:Class`: check an engine in a process of its own, for graders."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import check_engine
from .comparing import Trouble, said
from .examples import FUNCTIONS, MORE_FUNCTIONS
from .report import EngineReport, Finding

EPILOG = """\
Exit status: 0 nothing wrong (missing operators and limits don't count), 1 wrong numbers, or the
checks crashed or took too long, 2 there is no such file or class. The time limit protects from
endless loops; it is no protection from malicious code."""


def check(words: Sequence[str]) -> int:
    """Run the subcommand and return the exit status."""
    parser = ArgumentParser(
        "python -m autograd check",
        description="Find the mistakes in a scalar autograd engine, a class in a Python file.",
        epilog=EPILOG,
    )
    parser.add_argument("engine", metavar="FILE:Class", help="such as engine.py:Value")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS", help="default: 10")
    arguments = parser.parse_args(words)
    file, _, name = arguments.engine.rpartition(":")
    if not (file and Path(file).is_file() and name.isidentifier()):
        parser.exit(2, f"autograd check: {arguments.engine!r}: give a file and a class, engine.py:Value\n")
    report = _in_a_process(file, name, arguments.timeout)
    if isinstance(report, str):
        parser.exit(2, f"autograd check: {report}\n")
    if arguments.json:
        print(json.dumps(report.as_json(), indent=2))
    else:
        print(report)
    return 0 if report.ok else 1


def _in_a_process(file: str, name: str, timeout: float) -> EngineReport | str:
    """The report, or why there is none."""
    ours = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [ours, os.environ.get("PYTHONPATH", "")]))
    try:
        run = subprocess.run(
            [sys.executable, "-m", __name__, file, name],
            capture_output=True,
            timeout=timeout,
            env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _failed(name, f"The checks did not finish within {timeout:g} seconds.")
    answer = run.stdout.decode("utf-8", "replace").rpartition("\n")[2]
    try:
        given: dict[str, Any] = json.loads(answer)
    except ValueError:
        return _failed(name, f"The process ended without a report (exit status {run.returncode}).")
    return given["error"] if "error" in given else EngineReport.from_json(given)


def _failed(name: str, sentence: str) -> EngineReport:
    return EngineReport(name, 1, [Finding("wrong", sentence, "")])


def _answer(file: str, name: str) -> dict[str, Any]:
    """Inside the process: load the file as a module and check the class."""
    path = Path(file).resolve()
    sys.path.append(str(path.parent))  # last: a student's file must not hide a module of ours
    spec = importlib.util.spec_from_file_location(f"_{path.stem}", path)
    if spec is None or spec.loader is None:
        return {"error": f"{file} is no Python file"}
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Trouble as trouble:
        return {"error": f"{file} cannot be imported: {said(trouble)}"}
    engine = getattr(module, name, None)
    if not isinstance(engine, type):
        return {"error": f"{file} has no class {name}"}
    functions: dict[str, Callable[..., Any]] = {
        called: function
        for called, function in vars(module).items()
        if called.lower() in FUNCTIONS | MORE_FUNCTIONS and getattr(function, "__module__", "") == spec.name
    }
    return check_engine(engine, functions).as_json()


if __name__ == "__main__":
    # What the file prints, even at its end, goes nowhere; the answer goes to the real output.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with contextlib.redirect_stdout(open(os.devnull, "w", encoding="utf-8")):
        answer = _answer(*sys.argv[1:])
    out.write("\n" + json.dumps(answer))
    out.flush()
