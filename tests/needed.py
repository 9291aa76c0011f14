"""What tests need from elsewhere, browsers and kernels, and what happens where it is missing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def missing(what: str) -> None:
    """Skip, or fail where the thing is required, as in CI."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER=1, but there is no {what}", pytrace=False)
    pytest.skip(f"there is no {what} (see .ci/browser)")


def execute(notebook: Any, **options: Any) -> None:
    """Run a notebook in a kernel that is reached through files: a port may be taken before it binds it."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as folder:
        files = {} if os.name == "nt" else {"transport": "ipc", "ip": f"{folder}/kernel"}
        client = NotebookClient(notebook, timeout=120, kernel_name="python3", **options)
        client.config.KernelManager.update(files)
        client.execute()
