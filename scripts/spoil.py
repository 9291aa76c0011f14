"""Spoil a copy of the project and see whether its tests notice: for promises.py and mutate_modules.py."""

from __future__ import annotations

import multiprocessing
import os
import queue
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("autograd", "nn", "stepgrad", "tests", "docs", "scripts", "notebooks", "benchmarks", "examples")
LEFT_OUT = ("lessons", "live", "playground", ".ipynb_checkpoints")
TOO_LONG = 300  # seconds, after which a fault counts as noticed: a loop has no end

# Starts processes that have imported what takes time.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["hypothesis", "mpmath", "pytest"])  # not NumPy, which has threads


@dataclass(frozen=True)
class Fault:
    """The text of a module with one thing wrong, and the tests that have to notice, the first ones first."""

    path: str
    source: str
    tests: Sequence[Sequence[str]]
    about: str


@contextmanager
def copies() -> Iterator[list[Path]]:
    """A block with two copies of the project, for two processes."""
    with TemporaryDirectory() as folder:
        made = [Path(folder, name) for name in "12"]
        for target in made:
            for name in FOLDERS:
                shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
            for path in ROOT.iterdir():
                if path.is_file():
                    shutil.copy2(path, target)
        yield made


def environment(path: str) -> dict[str, str]:
    """Without a browser, and without the native core, which would do the work of spoilt Python."""
    pure = "" if path.startswith(("autograd/native", "tests/test_native")) else "1"
    return os.environ | {"CI": "true", "REQUIRE_BROWSER": "0", "STEPGRAD_PURE": pure}


def run(project: Path, path: str, tests: Sequence[str]) -> None:
    """Run tests of a module in this process, which ends with pytest's status."""
    os.chdir(project)
    os.environ.update(environment(path) | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.exit(pytest.main(["-x", "-p", "no:cacheprovider", *tests]))


def is_noticed(fault: Fault, project: Path) -> bool:
    """Whether the tests fail on the spoilt copy, which is whole again afterwards."""
    spoilt = project / fault.path
    spoilt.write_text(fault.source, "utf-8")
    try:
        for tests in fault.tests:
            process = SERVER.Process(target=run, args=(project, fault.path, tests))
            process.start()
            process.join(TOO_LONG)
            if process.is_alive():
                process.kill()
                return True
            if process.exitcode not in (0, 1, 2, 4):  # passed, failed, broken before a test ran
                raise RuntimeError(f"pytest ended with status {process.exitcode} on {fault}")
            if process.exitcode:
                return True
        return False
    finally:
        shutil.copy2(ROOT / fault.path, spoilt)  # with its time, by which Python knows what it has compiled


def report(faults: Sequence[Fault], projects: Sequence[Path]) -> int:
    """Try the faults, one in each copy at a time; print what is not noticed, and return 1 if there is any."""
    begun, missed = time.perf_counter(), 0
    free: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for project in projects:
        free.put(project)

    def attempt(fault: Fault) -> bool:
        project = free.get()
        try:
            return is_noticed(fault, project)
        finally:
            free.put(project)

    with ThreadPoolExecutor(len(projects)) as pool:
        for fault, noticed in zip(faults, pool.map(attempt, faults), strict=True):
            if not noticed:
                missed += 1
                print(f"not noticed: {fault.path}: {fault.about}", flush=True)
    print(f"{len(faults)} faults, {missed} missed, {time.perf_counter() - begun:.0f} s")
    return 1 if missed else 0
