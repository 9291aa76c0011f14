"""`python -m autograd check FILE:Class …`: check engines, each in a process of its own, for graders."""

from __future__ import annotations

import csv
import io
import json
import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..nodes.plain import aligned
from .report import KINDS
from .submissions import SUFFIXES, Submission, check_file

EPILOG = """\
PATH is a file (.py or .ipynb) or a folder of them, with or without the name of a class:
engine.py:Value, homework/, homework/:Value. Without a name the file must have one class with a
backward pass. Names of attributes are discovered if they are not given.

Exit status: 0 nothing wrong (missing operators and limits don't count), 1 wrong numbers, or the
checks crashed or took too long, 2 there is no such file or class. For several files, 1 if anything
is wrong with any. The time limit protects from endless loops; it does not protect from
malicious code."""

COLUMNS: tuple[str, ...] = ("file", "class", "score", *KINDS, "first")


def check(words: Sequence[str], program: str) -> tuple[int, str]:
    """Run the subcommand; the exit status and what to print."""
    parser = ArgumentParser(
        f"{program} check",
        description="Find the mistakes in scalar autograd engines, classes in Python files and notebooks.",
        epilog=EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH[:Class]", help="such as engine.py:Value")
    parser.add_argument("--data", default="", metavar="NAME", help="the attribute with the number")
    parser.add_argument("--grad", default="", metavar="NAME", help="the attribute with the gradient")
    parser.add_argument("--backward", default="", metavar="NAME", help="the method that runs the pass")
    parser.add_argument(
        "--timeout", type=float, default=10.0, metavar="SECONDS", help="for a file; default: 10"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the reports as JSON")
    form.add_argument("--csv", action="store_true", help="print a line for each file as CSV")
    arguments = parser.parse_args(words)

    files: list[tuple[str, str]] = []
    paths: list[str] = arguments.paths
    for path in paths:
        found = list(_files(path))
        if not found:
            start, _ = _split(path)
            what = "nothing to check in" if Path(start).exists() else "no file or folder"
            parser.exit(2, f"autograd check: there is {what} {start!r}: give engine.py:Value, or a folder\n")
        files += found
    names: dict[str, str] = {name: getattr(arguments, name) for name in ("data", "grad", "backward")}
    timeout: float = arguments.timeout
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        checks = [pool.submit(check_file, file, name, timeout, **names) for file, name in files]
    submissions = [running.result() for running in checks]

    several = len(paths) > 1 or Path(_split(paths[0])[0]).is_dir()
    if not several and submissions[0].error:
        parser.exit(2, f"autograd check: {files[0][0]} {submissions[0].error}\n")
    status = 0 if all(submission.ok for submission in submissions) else 1
    if arguments.json:
        told = [_as_json(submission) for submission in submissions]
        return status, json.dumps(told if several else told[0], indent=2)
    if arguments.csv:
        return status, _as_csv(submissions)
    return status, _as_table(submissions) if several else str(submissions[0].report)


def _split(path: str) -> tuple[str, str]:
    """Path and class, "" if it is not named; the colon of a drive is part of the path."""
    file, _, name = path.rpartition(":")
    return (file, name) if file and name.isidentifier() else (path, "")


def _files(path: str) -> Iterator[tuple[str, str]]:
    """The files that a path stands for, each with the class to look for."""
    start, name = _split(path)
    if Path(start).is_file():
        yield start, name
    elif Path(start).is_dir():
        for file in sorted(Path(start).rglob("*")):
            inside = file.relative_to(start).parts
            if file.suffix in SUFFIXES and file.is_file() and not any(p[0] in "._" for p in inside):
                yield str(file), name


def _row(submission: Submission) -> dict[str, Any]:
    report = submission.report
    if report is None:
        return dict.fromkeys(COLUMNS, "") | {"file": submission.file, "score": 0, "first": submission.error}
    counts = {kind: len(report.of(kind)) for kind in KINDS}
    first = next((f.sentence for kind in KINDS for f in report.of(kind)), "")
    return {
        "file": submission.file,
        "class": report.engine,
        "score": report.score,
        **counts,
        "first": first,
    }


def _as_json(submission: Submission) -> dict[str, Any]:
    report = submission.report
    told = report.as_json() if report else {"ok": False, "score": 0, "error": submission.error}
    return {"file": submission.file, **told}


def _as_csv(submissions: Sequence[Submission]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_row, submissions))
    return out.getvalue().rstrip("\n")


def _as_table(submissions: Sequence[Submission]) -> str:
    """Columns as wide as they need; the last, the first finding, in 60 characters."""
    rows = [[str(cell) for cell in _row(submission).values()] for submission in submissions]
    rows = [[*row[:-1], row[-1] if len(row[-1]) <= 60 else row[-1][:59] + "…"] for row in rows]
    right = sum(submission.ok for submission in submissions)
    return f"{aligned([COLUMNS, *rows])}\n\n{right} of {len(submissions)} without a wrong number"
