"""Every row of docs/numerics.md, executed: strict and ieee, values and what backward() leaves."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from numerics_page import ROOT, headings, rows, short_table

import autograd
from autograd import Value, errstate
from autograd.nodes.float_protocol import plain

NAMES = {
    **{name: getattr(autograd, name) for name in (*autograd.__all__, "abs", "pow", "round", "sum")},
    "Fraction": Fraction,
    "Decimal": Decimal,
    "inf": math.inf,
    "nan": math.nan,
    "pi": math.pi,
}
ERRORS = {
    kind.__name__: kind
    for kind in (TypeError, ValueError, OverflowError, autograd.DomainError, autograd.DivisionError)
} | {"RangeError": autograd.RangeError}

CASES = [
    (heading, policy, row[0], row[2] if policy == "ieee" and row[2] != ["same"] else row[1])
    for heading in headings()
    if heading != "Passes" and not heading.startswith("Accuracy")
    for row in rows(heading)
    for policy in ("strict", "ieee")
]


def same(given: float, expected: float) -> bool:
    """Equal to 4 ulp, nan to nan, and zeros with their signs."""
    if math.isnan(expected) or expected == 0.0 or math.isinf(expected):
        return repr(given) == repr(float(expected))
    return math.isclose(given, expected, rel_tol=1e-15, abs_tol=2e-323)


def outcome(make):
    """The result or the exception of `make()`."""
    try:
        return make()
    except Exception as error:
        return error


def agree(given, text: str, same=same) -> bool:
    expected = eval(text, NAMES | ERRORS)
    if isinstance(expected, type):
        return type(given) is expected
    return not isinstance(given, Exception) and same(plain(given), expected)


def same_slope(given: float, expected: float) -> bool:
    """Sums of contributions begin at 0.0, so the sign of a zero derivative says nothing."""
    return given == expected == 0.0 or same(given, expected)


def test_the_page_has_its_tables():
    assert len(CASES) > 180
    assert all(len(expected) >= 1 and expected != ["same"] for _, _, _, expected in CASES)


@pytest.mark.parametrize(("heading", "policy", "case", "expected"), CASES)
def test_row(heading, policy, case, expected):
    expression, *inputs = case
    names = [text.split(" = ")[0] for text in inputs]

    def run():
        leaves = {
            name: Value(eval(text.split(" = ")[1], NAMES), name)
            for name, text in zip(names, inputs, strict=True)
        }
        return leaves, eval(expression, NAMES | leaves)

    with errstate(policy):
        made = outcome(run)
        if isinstance(made, Exception):
            assert agree(made, expected[0]), f"{made!r}, not {expected[0]}"
            assert len(expected) == 1
            return
        leaves, result = made
        assert agree(result, expected[0]), f"{result!r}, not {expected[0]}"
        if not names:
            return
        assert len(expected) == 1 + len(names), "the row states a derivative for every input"
        refused = outcome(result.backward)
        for leaf, text in zip(leaves.values(), expected[1:], strict=True):
            given = leaf.grad
            if text in ERRORS:
                given = refused
            elif refused is not None:  # no gradient is set, so the recorded derivative is asked
                slot = next(i for i, parent in enumerate(result.parents) if parent is leaf)
                given = result.local_derivatives[slot]
            assert agree(given, text, same_slope), f"{leaf.label}: {given!r}, not {text}"


@pytest.mark.parametrize(("program", "result"), [(row[0][0], row[1][0]) for row in rows("Passes")])
def test_passes(program, result):
    names = dict(NAMES)
    exec(program, names)
    assert eval(result, names)


def test_the_readme_shows_the_short_table_as_it_is_here():
    readme = short_table((ROOT / "README.md").read_text(encoding="utf-8"))
    assert readme is not None
    assert readme == short_table((ROOT / "docs" / "numerics.md").read_text(encoding="utf-8"))
