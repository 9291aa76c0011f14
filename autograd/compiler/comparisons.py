"""Rows that only traces have: on Values a comparison is a boolean of Python, and `detach` makes a leaf."""

from __future__ import annotations

from ..table.formulas import Formula
from ..table.row import FormulaRule


def _private(name: str, symbol: str, operands: tuple[str, ...], value: str) -> FormulaRule:
    """A row that only traces have."""
    flat = (Formula("0"),) * len(operands)
    return FormulaRule(name=name, symbol=symbol, operands=operands, value=Formula(value), partials=flat)


COMPARISONS = {
    name: _private(name, symbol, ("a", "b"), value)
    for name, symbol, value in (
        ("less", "<", "1 if a < b else 0"),
        ("less_equal", "≤", "1 if a <= b else 0"),
        ("greater", ">", "1 if a > b else 0"),
        ("greater_equal", "≥", "1 if a >= b else 0"),
        ("equal", "=", "1 if a == b else 0"),
        ("not_equal", "≠", "0 if a == b else 1"),
    )
}
DETACH = _private("detach", "detach", ("x",), "x")
