"""Show that the tests would notice a spoilt module: `python scripts/mutate_modules.py [--promises] [PATH …]`.

First come the promises of PROMISES: each is broken in the one line that keeps it, and its tests have
to fail. Then comes every module of autograd and nn: up to three of its comparisons, conditions and
signs are turned around, one at a time, until its tests notice one. Every fault is made in a copy of
the project. Prints what is not noticed; exit status 1 if a promise or a whole module is not.

With --promises only the first part runs, which takes some minutes instead of more than an hour.

The tests must pass on the project as it is; scripts/mutate.py does the same for the table.
"""

from __future__ import annotations

import ast
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("autograd", "nn", "tests", "docs", "scripts", "notebooks", "benchmarks", "examples")
LEFT_OUT = ("__pycache__", "lessons", "live", "playground", ".ipynb_checkpoints")
ATTEMPTS, TOO_LONG = 3, 300  # seconds, after which a fault counts as noticed: a loop has no end

# The tests of a module: its own examples, then those of the longest prefix of its path.
TESTS = {
    "autograd/__init__.py": "tests/test_house.py",
    "autograd/__main__.py": "tests/test_main.py",
    "autograd/check": "tests/test_check.py",
    "autograd/compiler": "tests/compiler",
    "autograd/drawing": "tests/drawing",
    "autograd/exercises": "tests/test_exercises.py",
    "autograd/frameworks": "tests/frameworks",
    "autograd/functional": "tests/test_transforms.py",
    "autograd/grading": "tests/test_grading.py",
    "autograd/graph.py": "tests/test_graph.py",
    "autograd/native": "tests/test_native.py",
    "autograd/nodes": "tests/test_copying.py tests/test_errors.py tests/test_modes.py tests/test_value.py",
    "autograd/operations": "tests/test_value.py tests/test_primitives.py tests/test_rules.py",
    "autograd/rules.py": "tests/test_rules.py",
    "autograd/stepper": "tests/stepper",
    "autograd/table": "tests/test_rules.py tests/test_numerics.py tests/test_primitives.py",
    "autograd/text": "tests/test_notation.py tests/test_explanation.py tests/test_main.py",
    "autograd/transforms.py": "tests/test_transforms.py",
    "autograd/value.py": "tests/test_value.py",
    "nn": "tests/nn",
}
SLOW = ("tests/stepper/test_page.py", "tests/stepper/test_jupyter.py", "tests/drawing/test_in_browser.py")


@dataclass(frozen=True)
class Fault:
    """A line of a module, as it is and as it would be wrong, and the tests that have to notice."""

    path: str
    right: str
    wrong: str
    tests: str
    about: str


PROMISES = [
    Fault(
        "autograd/text/expressions.py",
        '"ln": "log"',
        '"ln": "log10"',
        "tests/test_main.py",
        "ln is the natural logarithm",
    ),
    Fault(
        "autograd/operations/choices.py",
        "(1.0, value, None) if condition else (0.0, None, value)",
        "(0.0, value, None) if condition else (1.0, None, value)",
        "tests/test_value.py",
        "where records its condition",
    ),
    Fault(
        "autograd/check/__init__.py",
        "> 1e-9 * max(abs(reverse), abs(forward))",
        "> 1e-3 * max(abs(reverse), abs(forward))",
        "tests/test_check.py",
        "gradcheck compares forward with reverse mode to rounding",
    ),
    Fault(
        "autograd/compiler/batches.py",
        "if self.choices and not mode().ieee:",
        "if False:",
        "tests/compiler/test_tracing.py",
        "nan decides no where in a compiled program",
    ),
    Fault(
        "autograd/stepper/frames.py",
        "ad_active=bool(step) and step is done[-1]",
        "ad_active=False",
        "tests/stepper/test_stepper.py",
        "a frame marks the edge of its step",
    ),
    Fault(
        "nn/training/history.py",
        "epoch.judged < best - self.min_delta",
        "epoch.judged < best + self.min_delta",
        "tests/nn/test_checkpoints.py",
        "min_delta is the least improvement that counts",
    ),
    Fault(
        "nn/training/fitting.py",
        "True in [callback(history) for callback in callbacks]",
        "any(callback(history) is True for callback in callbacks)",
        "tests/nn/test_training.py",
        "every callback sees every epoch",
    ),
    Fault(
        "nn/model/initializers.py",
        '"silu", "softplus"}',
        '"silu"}',
        "tests/nn/test_layers.py",
        "he is the initializer for softplus",
    ),
    Fault(
        "nn/data/reading.py",
        "if doubtful and _fits",
        "if False and _fits",
        "tests/nn/test_reading.py",
        "data that can be read in two ways are refused",
    ),
    Fault(
        "nn/training/meaning.py",
        "        return 0.5\n",
        "        return 0.0\n",
        "tests/nn/test_meaning.py",
        "a probability says class 1 above one half",
    ),
    Fault(
        "nn/model/parameters.py",
        "    except BaseException:\n        write()\n        raise",
        "    except BaseException:\n        raise",
        "tests/nn/test_interrupts.py",
        "an interrupt leaves one step or the other",
    ),
    Fault(
        "nn/training/checkpoints.py",
        'if content["check"] != _check(json.dumps(state)):',
        'if not content["check"]:',
        "tests/nn/test_checkpoints.py",
        "a checkpoint with a changed digit is refused",
    ),
    Fault(
        "nn/training/clipping.py",
        "scale = 2.0**-64",
        "scale = 1.0",
        "tests/nn/test_optimizers.py",
        "a gradient whose norm overflows is scaled rightly",
    ),
    Fault(
        "nn/training/optimizers.py",
        "keep = 1.0 - self.lr * self.weight_decay",
        "keep = 1.0 + self.lr * self.weight_decay",
        "tests/nn/test_optimizers.py",
        "weight decay shrinks",
    ),
    Fault(
        "nn/layered/comparison.py",
        "max(abs(p), abs(q), 1e-290)",
        "max(abs(p), abs(q), 1.0)",
        "tests/nn/test_layered.py",
        "a saturated network hides no wrong equation",
    ),
    Fault(
        "nn/views/plots.py",
        "heights = [[o[0] - limit for o in row] for row in outputs]",
        "heights = [[o[0] for o in row] for row in outputs]",
        "tests/nn/test_plots.py",
        "the boundary of probabilities is at one half",
    ),
    Fault(
        "nn/layered/definition.py",
        "return (f(changed) - f(x)) / (changed - x)",
        "return (f(changed) - f(x)) / dx",
        "tests/nn/test_rows.py",
        "a slope is divided by the change that the machine makes",
    ),
]

OPPOSITE = {
    ast.Lt: "<,>=", ast.LtE: "<=,>", ast.Gt: ">,<=", ast.GtE: ">=,<", ast.Eq: "==,!=", ast.NotEq: "!=,==",
    ast.In: "in,not in", ast.NotIn: "not in,in", ast.Is: "is,is not", ast.IsNot: "is not,is",
    ast.Add: "+,-", ast.Sub: "-,+", ast.And: "and,or", ast.Or: "or,and",
}  # fmt: skip


def modules() -> list[str]:
    """Every module of the two packages that has code to spoil."""
    paths = [path for name in ("autograd", "nn") for path in sorted((ROOT / name).rglob("*.py"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if list(spots((ROOT / name).read_text("utf-8")))]


def tests_of(module: str) -> str:
    """The module's own examples and the tests of its package, those of a similar name first."""
    prefix = max((prefix for prefix in TESTS if module.startswith(prefix)), key=len)
    tests = TESTS[prefix].split()
    if (ROOT / tests[0]).is_dir():
        files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / tests[0]).rglob("test_*.py"))
        stem = Path(module).stem
        tests = sorted((test for test in files if test not in SLOW), key=lambda test: stem[:5] not in test)
    return " ".join([module, *tests])


def spots(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Line and column of each operator in a function that can be turned around, and both of its forms."""
    lines = source.encode().splitlines()
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert):  # words; positions in f-strings are off
            skipped |= set(ast.walk(node))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in (node for statement in function.body for node in ast.walk(statement)):
            if node in skipped:
                continue
            pairs: list[tuple[ast.expr, ast.AST, ast.expr]] = []
            if isinstance(node, ast.Compare):
                pairs = list(zip([node.left, *node.comparators], node.ops, node.comparators))
            elif isinstance(node, ast.BinOp):
                pairs = [(node.left, node.op, node.right)]
            elif isinstance(node, ast.BoolOp):
                pairs = [(a, node.op, b) for a, b in zip(node.values, node.values[1:])]
            for left, operator, right in pairs:
                if type(operator) not in OPPOSITE or left.end_lineno != right.lineno:
                    continue
                is_text = any(
                    isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (left, right)
                )
                if isinstance(operator, ast.Add | ast.Sub) and is_text:
                    continue
                start, end = left.end_col_offset or 0, right.col_offset
                between = lines[right.lineno - 1][start:end].decode()
                now, then = OPPOSITE[type(operator)].split(",")
                if between.strip("() ") == now:
                    yield right.lineno, start + between.index(now), now, then


def automatic(module: str) -> list[Fault]:
    """A few faults in different parts of a module."""
    source = (ROOT / module).read_text("utf-8")
    found = sorted(set(spots(source)))
    chosen = {found[len(found) * part // 4] for part in (2, 1, 3)} if found else set()
    faults: list[Fault] = []
    for line, column, now, then in sorted(chosen)[:ATTEMPTS]:
        right = source.splitlines()[line - 1]
        start = len(right.encode()[:column].decode())
        wrong = right[:start] + then + right[start + len(now) :]
        faults.append(
            Fault(module, f"{line}: {right}", wrong, tests_of(module), f"line {line}: {now} → {then}")
        )
    return faults


def spoilt(source: str, fault: Fault) -> str:
    """The module's text with the fault. Raises ValueError if the line is not there once."""
    number, _, line = fault.right.partition(": ")
    if number.isdecimal():
        lines = source.splitlines()
        assert lines[int(number) - 1] == line
        return "\n".join([*lines[: int(number) - 1], fault.wrong, *lines[int(number) :], ""])
    if source.count(fault.right) != 1:
        raise ValueError(
            f"{fault.path} has changed: {fault.right!r} is there {source.count(fault.right)} times"
        )
    return source.replace(fault.right, fault.wrong)


def outdated() -> list[Fault]:
    """The promises whose line is not in its module, or not once."""
    paths = {fault: ROOT / fault.path for fault in PROMISES}
    return [
        f for f, path in paths.items() if not path.exists() or path.read_text("utf-8").count(f.right) != 1
    ]


def copy(target: Path) -> Path:
    """The project in another folder."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, target)
    return target


def is_noticed(fault: Fault, project: Path) -> bool:
    """Whether the tests fail on the spoilt copy, which is whole again afterwards."""
    path = project / fault.path
    source = path.read_text("utf-8")
    path.write_text(spoilt(source, fault), "utf-8")
    # Not in parallel: two faults are tried at the same time.
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *fault.tests.split()]
    # The native core would do the work of the spoilt Python.
    pure = "" if fault.path.startswith("autograd/native/") else "1"
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "STEPGRAD_PURE": pure}
    try:
        status = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, timeout=TOO_LONG
        ).returncode
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(source, "utf-8")
    if status not in (0, 1, 2):  # passed, failed, broken by the fault before a test ran
        raise RuntimeError(f"pytest ended with status {status}: {' '.join(command)}")
    return status != 0


def main(names: list[str]) -> int:
    """Spoil the promises and the modules (all of them by default) and report what is not noticed."""
    promises, names = "--promises" in names, [name for name in names if name != "--promises"]
    begun, missed, tried = time.perf_counter(), [], 0
    stale = outdated()
    for fault in stale:
        print(f"PROMISES: {fault.path} has changed: {fault.right!r} is not there once ({fault.about})")
        missed.append(fault.path)
    if not list((ROOT / "autograd" / "native").glob("_core.*")):
        print("the native core is not built: of autograd/native, nothing is noticed")
    jobs = [[f] for f in PROMISES if f not in stale and (not names or f.path in names)]
    if not promises:
        jobs += [automatic(module) for module in modules() if not names or module in names]
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for k in range(2):
            copies.put(copy(Path(folder) / str(k)))

        def attempt(faults: list[Fault]) -> list[tuple[Fault, bool]]:
            project, outcomes = copies.get(), []
            try:
                for fault in faults:
                    outcomes.append((fault, is_noticed(fault, project)))
                    if outcomes[-1][1]:
                        break
            finally:
                copies.put(project)
            return outcomes

        with ThreadPoolExecutor(2) as pool:
            for outcomes in pool.map(attempt, jobs):
                tried += len(outcomes)
                for fault, noticed in outcomes:
                    if not noticed:
                        print(f"not noticed: {fault.path}: {fault.about}", flush=True)
                if not outcomes[-1][1]:
                    missed.append(outcomes[-1][0].path)
    for path in missed:
        print(f"{path}: nothing that was spoilt was noticed")
    print(f"{tried} faults, {len(missed)} promises or modules missed, {time.perf_counter() - begun:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
