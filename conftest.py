"""For all tests and doctests: no test depends on the clock, and operations that one defines go with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


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
