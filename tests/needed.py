"""Browsers and kernels for the tests that need them, and a visible skip if they are missing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest

REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def missing(what: str) -> NoReturn:
    """Skip, or fail if the thing is required, as in CI."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER=1, but there is no {what}", pytrace=False)
    pytest.skip(f"there is no {what} (see .ci/browser)")


def written(format: str) -> None:
    """Skip if a renderer is here, but none that writes the format: graphviz-pure writes no PDF."""
    from autograd.drawing import render

    try:
        render.layout("digraph {}", format)
    except ValueError as error:
        pytest.skip(str(error))


def execute(notebook: Any, **options: Any) -> None:
    """Run a notebook in a kernel with a file transport: another process may take a port first."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        files = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{folder}/kernel"}
        client = NotebookClient(notebook, timeout=120, kernel_name="python3", **options)
        client.config.KernelManager.update(files)
        client.execute()
