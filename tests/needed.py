"""What the browser tests need, and what happens where it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def missing(what: str) -> None:
    """Skip, or fail where the thing is required, as in CI."""
    if REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER=1, but there is no {what}", pytrace=False)
    pytest.skip(f"there is no {what} (see .ci/browser)")
