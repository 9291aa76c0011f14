"""For all tests and doctests: no test depends on the clock, and operations that one defines go with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# In CI the same code gets the same answer; scripts/fuzz.py is what tries other examples each time.
settings.register_profile(
    "no clock",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("no clock")

# Compiling takes most of the time of the tests with JAX.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

# Modules that import an optional package; the examples of others say what they need in `EXAMPLES`.
collect_ignore = ["tests/typing"]  # checked, not run: what they define would stay in the table
collect_ignore_glob = [f"autograd/frameworks/{name}_*.py" for name in ("torch", "jax") if not find_spec(name)]
EXAMPLES = {"from_torch": "torch", "from_jax": "jax", "from_micrograd": "micrograd"}


@pytest.fixture(autouse=True)
def skips_without_the_package(request: pytest.FixtureRequest) -> None:
    """An example of a function for another framework is skipped visibly if that is missing."""
    package = EXAMPLES.get(request.node.name.rpartition(".")[2])
    if package and "frameworks" in request.node.name:
        pytest.importorskip(package, reason=f"{package} is not installed")


@pytest.fixture(autouse=True)
def own_table() -> Iterator[None]:
    """Restore the table of operations and the names that formulas know."""
    from autograd.operations import primitives
    from autograd.table import row

    tables = (row.RULES, row.FLOATS, row.IEEE_FLOATS, row.VALUES)
    before, defined = [dict(table) for table in tables], set(primitives._defined)
    yield
    for table, entries in zip(tables, before, strict=True):
        table.clear()
        table.update(entries)
    primitives._defined.clear()
    primitives._defined.update(defined)
