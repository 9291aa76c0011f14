"""Every row of the table against mpmath: values and local derivatives over the whole double range.

The exact numbers are those of the row's own schoolbook formulas (`references.py`), and these are
compared with a second source. Errors are measured in ulp of the exact result;
4 are allowed everywhere but where the table "Accuracy" of docs/numerics.md says otherwise.
"""

from __future__ import annotations

import itertools
import math
import operator
import random
import sys
from pathlib import Path

import pytest
from mpmath import mp, mpf
from numerics_page import rows
from references import FUNCTIONS, INDEPENDENT, exact

import autograd
from autograd import Value, errstate, rules
from autograd.nodes import float_protocol
from autograd.operations import primitives
from autograd.table.lists import ListRule
from autograd.table.row import RULES, FormulaRule

# Magnitudes across the double range, dense where functions bend, round or run out of it.
MAGNITUDES = (
    *(5e-324, 3e-310, 2.3e-308, 1e-300, 1e-160, 1e-100, 1e-17, 1e-8, 1e-4, 0.01, 0.3, 0.5, 0.7071),
    *(0.99, 1 - 2**-30, 1 - 2**-53, 1.0, 1 + 2**-52, 1.5, 2.0, 3.7, 10.0, 17.3, 25.0, 37.0, 40.0),
    *(100.0, 351.0, 700.0, 709.5, 740.0, 1000.0, 12345.678, 1e8, 1e16, 1e100, 1.3e154, 1e155),
    *(1e200, 1e300, 8e307, 1.7e308),
)
FEWER = (5e-324, 3e-310, 1e-160, 1e-17, 0.3, 1.0, 2.0, 3.7, 40.0, 1000.0, 2.0**53, 1e155, 1.7e308)
GAMMA = ("digamma", "lgamma")  # mpmath takes long far from 0
KNOWN = {  # points that random search found to be the worst
    "cbrt": [(0.025964557935050273,), (-0.0031295812204004177,)],
    "pow": [(0.041862847552568264, 226.92119271998487), (1.29787357410639, -2797.532974098035)],
    "atan2": [(1.7e308, 1.7e308), (1.1e308, -1.7e308), (-8.779674034735914, 0.14861939154401596)],
    "erf": [(16.279257612776366,), (1.7e308,)],
}
SHAPES = {"leaky_relu": (0.01, 0.3), "elu": (1.0, 0.5)}  # what the last operand usually is


def _signed(magnitudes) -> list[float]:
    return [0.0, *magnitudes, *(-magnitude for magnitude in magnitudes)]


def _random(rng: random.Random) -> float:
    """Of any sign and any magnitude, or of an everyday one."""
    exponent = rng.uniform(-1074, 1023) if rng.random() < 0.5 else rng.uniform(-8, 8)
    return rng.choice((-1, 1)) * 2.0**exponent


def points(rule) -> list[tuple[float, ...]]:
    """The operands at which a row is held to account: its own, the range's, and random ones."""
    rng = random.Random(rule.name)
    spread: list[tuple[float, ...]] = []
    if isinstance(rule, ListRule):
        for _ in range(30):
            n = rng.randrange(1, 5)
            xs = [rng.choice((_random(rng), rng.uniform(-40, 40))) for _ in range(n)]
            more = [rng.uniform(-3, 3) for _ in range(n + 1)] if rule.name == "dot" else []
            choice = [float(rng.randrange(n))] * rule.index_operands
            spread.append((*choice, *xs, *more))
    elif rule.index_operands:
        spread = [(float(n), rng.uniform(-30, 30)) for n in range(4) for _ in range(4)]
    elif rule.name in GAMMA:
        spread = [(x,) for x in _signed(MAGNITUDES) if 1e-17 <= abs(x) <= 1e4 and x != x // 1]
        spread += [(rng.uniform(-50, 50),) for _ in range(40)]
    elif len(rule.operands) == 1:
        spread = [(x,) for x in _signed(MAGNITUDES)] + [(_random(rng),) for _ in range(40)]
    elif rule.name in SHAPES:
        spread = list(itertools.product(_signed(MAGNITUDES), SHAPES[rule.name]))
    elif len(rule.operands) == 2:
        grid = list(itertools.product(_signed(FEWER), repeat=2))
        spread = rng.sample(grid, 200) + [(_random(rng), _random(rng)) for _ in range(60)]
    elif rule.name == "clip":
        spread = [(_random(rng), *sorted((_random(rng), _random(rng)))) for _ in range(40)]
    return [*rule.points, *KNOWN.get(rule.name, ()), *spread]


TINY, MAX = mpf(5e-324), mpf(sys.float_info.max)


def ulp(exact) -> mpf:  # pyright: ignore[reportInvalidTypeForm]
    """The distance between floats near an exact number."""
    return mpf(math.ulp(float(abs(exact)))) if abs(exact) < MAX else mpf(2) ** 971


BOUNDS = {(name, of): bound for [[name], [of], [bound]] in rows("Accuracy")}
NAMES = {"ulp": ulp, "TINY": TINY, "MAX": MAX, "log": mp.log, "exp": mp.exp, "sqrt": mp.sqrt} | {
    "erfc": FUNCTIONS["erfc"],
    "hypot": mp.hypot,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
}


def allowed(rule, of: str, exact, operands) -> mpf:  # pyright: ignore[reportInvalidTypeForm]
    """The error that docs/numerics.md allows; `of` is "y", or "da" for the derivative with respect to a."""
    bound = BOUNDS.get((rule.name, of))
    if bound is None:
        return 4 * ulp(exact)
    names = {**NAMES, of: exact}
    if isinstance(rule, FormulaRule):
        names |= dict(zip(rule.operands, operands, strict=True))
    else:
        xs = operands[rule.index_operands :]
        half = len(xs) // 2
        names |= {"xs": xs, "ws": xs[:half]} if rule.name != "dot" else {"ws": xs[:half], "xs": xs[half:-1]}
    return eval(bound, names)


def check(rule, of: str, given: float, exact, operands) -> None:
    """Hold one number of a row to its exact value."""
    if exact is None or abs(exact) > MAX:
        return
    error = abs(mpf(given) - exact) if math.isfinite(given) else mp.inf
    assert error <= allowed(rule, of, exact, [mpf(x) for x in operands]), (
        f"{rule.name}{tuple(operands)}: {of} = {given!r}, exactly {mp.nstr(exact, 20)}"
    )


def check_row(rule) -> None:
    """The row's float formulas at all its points, against its own schoolbook formulas."""
    for operands in points(rule):
        value, *slopes = exact(rule, operands)
        if value is None or abs(value) > MAX:
            continue
        with mp.workdps(60):
            y = rule.evaluate_ieee(*operands)
            check(rule, "y", y, value, operands)
            partials = rule.differentiate_ieee(y, *operands)[rule.index_operands :]
            names = operand_names(rule, len(operands))
            for name, partial, slope in zip(names, partials, slopes[-len(partials) :], strict=True):
                check(rule, name, partial, slope, operands)


def operand_names(rule, n: int) -> list[str]:
    """The names of the derivatives in docs/numerics.md: da, or dx for the items of any list."""
    if isinstance(rule, ListRule):
        return ["dx"] * (n - rule.index_operands)
    return [f"d{operand}" for operand in rule.operands[rule.index_operands :]]


JUMPS = {"floor", "ceil", "round", "floordiv", "mod"}


def check_independently(rule) -> None:
    """The schoolbook formulas against another source, the derivatives as mpmath finds them by itself."""
    second = INDEPENDENT[rule.name]
    fixed = rule.index_operands or rule.name == "where"  # operands that have no derivative
    for operands in rule.points:
        value, *slopes = exact(rule, operands)
        with mp.workdps(40):
            numbers = [mpf(x) for x in operands]
            assert mp.almosteq(second(*numbers), value, rel_eps=1e-25, abs_eps=1e-30), operands
            at_a_jump = rule.name in JUMPS and mp.isint(2 * numbers[0] / (numbers[1:] or [1])[0])
            for i in range(int(fixed), len(operands)):
                at_a_tie = rule.name in ("max", "min") and len(set(operands)) < len(operands)
                if at_a_jump or at_a_tie:
                    continue
                if rule.name == "heaviside" and operands[0] == 0.0 and i == 0:
                    continue

                def along(x, i=i, numbers=numbers):
                    return second(*numbers[:i], x, *numbers[i + 1 :])

                found = mp.diff(along, numbers[i], relative=numbers[i] != 0)
                slope = slopes[i - len(operands)]
                assert mp.almosteq(found, slope, rel_eps=1e-12, abs_eps=1e-30), (operands, i)


def check_strict_agrees(rule) -> None:
    """Where strict code gives a number, IEEE code gives the same one."""
    for operands in points(rule):
        y = rule.evaluate_ieee(*operands)
        for strict, ieee, given in (
            (rule.evaluate, rule.evaluate_ieee, operands),
            (rule.differentiate, rule.differentiate_ieee, (y, *operands)),
        ):
            try:
                number = strict(*given)
            except (ArithmeticError, ValueError):
                continue
            assert repr(number) == repr(ieee(*given)), f"{rule.name}{operands}"


def check_on_values(rule) -> None:
    """The partials computed on Values are the same floats, to the last bit."""
    constants = rule.index_operands
    with errstate("ieee"):
        for operands in points(rule):
            y = rule.evaluate_ieee(*operands)
            values = [x if i < constants else Value(x) for i, x in enumerate(operands)]
            on_values = rule.differentiate_values(Value(y), *values)
            on_floats = rule.differentiate_ieee(y, *operands)
            assert [repr(float_protocol.plain(v)) for v in on_values] == [
                repr(float(x)) for x in on_floats
            ], f"{rule.name}{operands}"


OPERATORS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": operator.pow,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
}


def check_eager(rule) -> None:
    """The public functions record the row's numbers, with Values and plain numbers as operands."""
    if not isinstance(rule, FormulaRule) or rule.name in ("identity", "where"):
        return
    call = OPERATORS.get(rule.name) or getattr(autograd, rule.name)
    for operands in points(rule):
        for plain in range(-1, len(operands) if len(operands) > 1 else 0):
            if rule.index_operands and plain >= 0:
                continue
            given = [x if i == plain or i < rule.index_operands else Value(x) for i, x in enumerate(operands)]
            with errstate("ieee"):
                loud = call(*given)
            try:
                quick = call(*given)
            except (ArithmeticError, ValueError):
                quick = loud
            y = rule.evaluate_ieee(*operands)
            partials = rule.differentiate_ieee(y, *operands)
            expected = [repr(float(x)) for x, v in zip(partials, given) if isinstance(v, Value)]
            for node in (quick, loud):
                assert repr(node.data) == repr(float(y)), f"{rule.name}{operands}"
                assert [repr(float(x)) for x in node.local_derivatives] == expected, f"{rule.name}{operands}"


def _whole(x: float):
    return int(x) if x.is_integer() else Value(x)


MAKERS = ((Value,), (float,), (Value, float), (float, _whole))  # of the items of a list


def list_call(rule):
    """A row of lists as users call it, with its arguments in the order of the row."""
    public = getattr(autograd, rule.name)
    if rule.vector:
        return lambda k, xs: public(xs)[int(k)]
    return (lambda t, xs: public(xs, int(t))) if rule.index else public


def check_eager_on_lists(rule) -> None:
    """So do the rows of lists, whichever of their operands are Values, floats and other numbers."""
    if isinstance(rule, FormulaRule):
        return
    rng = random.Random(rule.name)
    call = list_call(rule)
    for operands in rule.points * 40:
        given = rule.group_operands(operands)
        for i in range(rule.index_operands, len(given)):
            makers = rng.choice(MAKERS)
            items = given[i] if isinstance(given[i], tuple) else [given[i]]
            made = [rng.choice(makers)(x) for x in items]
            given[i] = made if isinstance(given[i], tuple) else made[0]
        flat = rule.flatten(given)
        are_values = [isinstance(x, Value) for x in flat]
        y = rule.evaluate(*operands)
        partials = rule.differentiate(y, *operands)
        quick = call(*given)
        with errstate("ieee"):
            loud = call(*given)
        for node in (quick, loud):
            if not any(are_values):
                assert repr(node) == repr(y), given
                continue
            assert repr(node.data) == repr(y), given
            expected = [x if is_value else float(x) for x, is_value in zip(flat, are_values)]
            assert list(map(type, node.operands)) == list(map(type, expected)), given
            assert list(map(repr, node.operands)) == list(map(repr, expected)), given
            assert list(map(id, node.parents)) == [id(x) for x in flat if isinstance(x, Value)], given
            kept = [repr(d) for d, is_value in zip(partials, are_values) if is_value]
            assert list(map(repr, node.local_derivatives)) == kept, given


CHECKS = (
    check_row,
    check_independently,
    check_strict_agrees,
    check_on_values,
    check_eager,
    check_eager_on_lists,
)


def test_every_row_has_a_reference_and_every_reference_a_row():
    assert set(INDEPENDENT) == set(RULES) - primitives._defined
    assert {name for name, _ in BOUNDS} <= set(RULES)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("checked", CHECKS, ids=lambda check: check.__name__)
def test_row(name, checked):
    checked(RULES[name])


def test_the_row_that_contributing_adds_is_new_and_right(monkeypatch):
    page = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text("utf-8")
    known = set(RULES)
    exec(page.partition("```python\n")[2].partition("```")[0], {"row": rules.row})
    assert set(RULES) - known == {"squareplus"}
    rule = RULES.pop("squareplus")  # other tests go through the table as it is
    root = lambda x: mp.sqrt(x * x + 4)  # noqa: E731
    monkeypatch.setitem(INDEPENDENT, "squareplus", lambda x: (x + root(x)) / 2)
    for checked in (check_row, check_independently, check_strict_agrees, check_on_values):
        checked(rule)
