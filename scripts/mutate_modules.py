"""Show that the tests would notice a spoilt module: `python scripts/mutate_modules.py [PATH …]`.

First the tests run once, while coverage.py records which lines each of them executes. Then three
comparisons, conditions or signs of every module of autograd and nn are turned around, one at a time, in a
copy of the project: the quickest tests that execute the line have to fail. Prints what they do not notice;
exit status 1 if there is any. Takes about three times as long as the tests; with the paths of modules
or tests, only those are spoilt or run. Browsers and notebooks are left out.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from zlib import crc32

from spoil import ROOT, Fault, copies, environment, report

FAULTS = 3  # of each module
FIRST, SECONDS = 6, 30.0  # the quickest tests of a line, and the time of those that run if these pass

# Tests that read the source, start a kernel or run other tests.
LEFT_OUT = """
    drawing/test_gallery.py stepper/test_exports.py stepper/test_jupyter.py test_benchmarks.py test_course.py
    test_house.py test_japanese_lessons.py test_mutations.py test_notebooks.py test_one_row.py test_prose.py
    test_release.py test_site.py
"""
NATIVE = Path("tests/test_native.py")  # run with the native core, the others without

OPPOSITE = {
    ast.Lt: "<,>=", ast.LtE: "<=,>", ast.Gt: ">,<=", ast.GtE: ">=,<", ast.Eq: "==,!=", ast.NotEq: "!=,==",
    ast.In: "in,not in", ast.NotIn: "not in,in", ast.Is: "is,is not", ast.IsNot: "is not,is",
    ast.Add: "+,-", ast.Sub: "-,+", ast.And: "and,or", ast.Or: "or,and",
}  # fmt: skip

# Modules that only run in a process of their own, where their lines are not recorded, and their tests.
ELSEWHERE = {"nn/__main__.py": "tests/nn/test_demo.py"}

# Faults that change no behaviour, as they are reported, and the reason.
HARMLESS = {
    "autograd/operations/functions.py: is → is not in k_data = k if k.__class__ is float else k._data": (
        "the fast path raises AttributeError and gives way to `apply`, which computes the same"
    ),
}


def modules() -> list[str]:
    """Every module of the two packages."""
    paths = [path for name in ("autograd", "nn") for path in sorted((ROOT / name).rglob("*.py"))]
    return [path.relative_to(ROOT).as_posix() for path in paths]


def operations(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.AST, ast.expr]]:
    """Every operator in the function between its two operands."""
    skipped: set[ast.AST] = set()
    for node in (node for statement in function.body for node in ast.walk(statement)):
        if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert):  # words; positions in f-strings are off
            skipped |= set(ast.walk(node))
        if node in skipped:
            continue
        if isinstance(node, ast.Compare):
            yield from zip([node.left, *node.comparators], node.ops, node.comparators)
        elif isinstance(node, ast.BinOp):
            yield node.left, node.op, node.right
        elif isinstance(node, ast.BoolOp):
            yield from ((a, node.op, b) for a, b in zip(node.values, node.values[1:]))


def is_text(node: ast.expr) -> bool:
    """Whether it is a string, which can be added but not subtracted."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def spots(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Line and column of each operator in a function that can be turned around, and both of its forms."""
    lines = source.encode().splitlines()
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for left, operator, right in operations(function):
            if type(operator) not in OPPOSITE or left.end_lineno != right.lineno:
                continue
            if isinstance(operator, ast.Add | ast.Sub) and (is_text(left) or is_text(right)):
                continue
            start = left.end_col_offset or 0
            between = lines[right.lineno - 1][start : right.col_offset].decode()
            now, then = OPPOSITE[type(operator)].split(",")
            if between.strip("() ") == now:
                yield right.lineno, start + between.index(now), now, then


class Record:
    """Which tests execute a line of the project, and how long each takes."""

    def __init__(self, project: Path, tests: list[str]) -> None:
        """Run the tests in a copy of the project, those of the native core with it."""
        from coverage import CoverageData

        options = ["-n", "2", "-vv", "--durations=0", "-p", "no:cacheprovider"]
        options += ["--cov=autograd", "--cov=nn", "--cov-context=test", "--cov-append", "--cov-report="]
        ignored = [f"--ignore=tests/{name}" for name in [*LEFT_OUT.split(), NATIVE.name]]
        self.project, self.seconds = project, dict[str, float]()
        for some in ([*tests, *ignored], [NATIVE.as_posix()]):
            command = [sys.executable, "-m", "pytest", *options, *some]
            ran = subprocess.run(
                command, cwd=project, env=environment(some[0]), capture_output=True, text=True
            )
            if ran.returncode:
                raise RuntimeError(f"the tests fail though nothing is spoilt:\n{ran.stdout[-5000:]}")
            found = re.findall(r"^([\d.]+)s call +(.+)$", ran.stdout, re.MULTILINE)
            self.seconds |= {test: float(seconds) for seconds, test in found}
        self.data = CoverageData(str(project / ".coverage"))
        self.data.read()

    def tests_of(self, path: str, line: int) -> list[list[str]]:
        """The quickest tests that execute the line, or the module if there is none; then more of them."""
        if path in ELSEWHERE:
            return [[ELSEWHERE[path]]]
        contexts = self.data.contexts_by_lineno(str(self.project / path))
        executing = contexts.get(line) or [context for found in contexts.values() for context in found]
        tests = {context.rpartition("|")[0] for context in executing} & self.seconds.keys()
        ordered = sorted(tests, key=lambda test: (self.seconds[test], test))
        of_function: dict[str, str] = {}
        for test in ordered:
            of_function.setdefault(test.partition("[")[0], test)
        first = list(of_function.values())[:FIRST]
        total = accumulate(self.seconds[test] for test in ordered)
        more = [test for test, seconds in zip(ordered, total) if seconds < SECONDS and test not in first]
        return [some for some in (first, more) if some]


def spoilt(path: str) -> Iterator[tuple[str, int, str]]:
    """The spoilt texts of a module: what was done, in which line, and the text.

    The lines are chosen by a checksum, so that an edit elsewhere chooses no others.
    """
    lines = (ROOT / path).read_text("utf-8").splitlines(keepends=True)
    found = sorted(set(spots("".join(lines))), key=lambda spot: crc32(lines[spot[0] - 1].strip().encode()))
    for number, column, now, then in found[:FAULTS]:
        line = lines[number - 1]
        start = len(line.encode()[:column].decode())
        wrong = line[:start] + then + line[start + len(now) :]
        about = f"{now} → {then} in {line.strip()}"
        yield about, number, "".join([*lines[: number - 1], wrong, *lines[number:]])


def main(paths: list[str]) -> int:
    """Spoil the modules (all of them by default) and report what the tests do not notice."""
    if not list((ROOT / "autograd" / "native").glob("_core.*")):
        raise FileNotFoundError("the native core is not built: pip install --editable .")
    chosen = [path for path in modules() if path in paths or not paths]
    tests = [path for path in paths if path not in chosen] or ["autograd", "nn", "stepgrad", "tests"]
    with copies() as projects:
        record = Record(projects[0], tests)
        faults = [
            Fault(path, source, record.tests_of(path, number), about)
            for path in chosen
            for about, number, source in spoilt(path)
            if f"{path}: {about}" not in HARMLESS
        ]
        return report(faults, projects)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
