"""Second derivatives: every row's against mpmath over the double range, and whole programs' in both ways.

On floats (`hessian`, `hvp`) they come of formulas that are derived from the rows' first partials; on
Values (`grad(grad(f))`) of those partials themselves.
"""

from __future__ import annotations

import itertools
import math
import random

import pytest
from mpmath import mp, mpf
from numerics_page import rows
from references import once
from test_rules import GAMMA, MAX, NAMES, points

import autograd
from autograd import Value, errstate, grad, hessian, hvp, jacfwd, primitive
from autograd.operations.apply import apply
from autograd.table.lists import ListRule
from autograd.table.row import RULES, FormulaRule
from autograd.table.second import bilinear, second_partials

BOUNDS = {name: bound for [[name], [bound]] in rows("Accuracy of second derivatives")}
ROWS = list(RULES.values())  # before any test adds an operation


def exact_second(rule, point, i: int, j: int):
    """∂²/∂i∂j by a difference of the exact first partials; None at kinks, edges and poles."""
    everyday = all(1e-15 < abs(x) < 1e15 for x in point)
    gamma = rule.name in (*GAMMA, "polygamma")
    with mp.workdps(80 if gamma else 700 if everyday else 1600):
        relative = mpf(10) ** (-25 if gamma else -40)
        step = min(abs(mpf(point[j])), mpf(1)) * relative or mpf(10) ** -400
        ends = []
        for sign in (1, 0, -1):
            moved = [mpf(x) + (sign * step if k == j else 0) for k, x in enumerate(point)]
            ends.append(once(rule, moved)[1 + i - rule.index_operands * isinstance(rule, ListRule)])
        if None in ends:
            return None
        change, largest = abs(ends[0] - ends[2]), max(map(abs, ends))
        if change > mp.sqrt(step) and change > largest * mpf(10) ** -20:
            return None  # a jump
        if rule.name in ("mod", "floordiv") and abs(point[0]) > 2**50 * abs(point[1]):
            return None  # a staircase whose steps are closer than floats
        right, left = (ends[0] - ends[1]) / step, (ends[1] - ends[2]) / step
        middle = (right + left) / 2
        smooth = abs(right - left) <= abs(middle) * mpf(10) ** -15 + mpf(10) ** -330
        return middle if smooth and abs(middle) < MAX else None


def second_points(rule) -> list[tuple[float, ...]]:
    given = points(rule)
    if rule.name in (*GAMMA, "polygamma"):
        return given[:10]
    if isinstance(rule, ListRule):
        return [point for point in given[:16] if max(map(abs, point)) < 1e3]
    return random.Random(rule.name).sample(given, min(60 if len(rule.operands) == 1 else 36, len(given)))


def allowed(rule, exact, point):
    names = {**NAMES, "d": exact}
    if isinstance(rule, FormulaRule):
        names |= dict(zip(rule.operands, point, strict=True))
    names |= {"xs": point[rule.index_operands :]}
    with mp.workdps(60):
        names["y"] = mpf(rule.evaluate(*map(float, point)))
        return eval(BOUNDS.get(rule.name, "16*ulp(d)"), names)


def outcome(derivative, *point):
    """The number, or None for an error: a derivative that overflows on the way is refused."""
    try:
        return derivative(*point)
    except (ArithmeticError, ValueError):
        return None


def on_floats(rule, point, i, j):
    wanted = tuple(k in (i, j) for k in range(len(point)))
    pairs, evaluate = second_partials(rule, wanted)
    if (i, j) not in pairs:
        return 0.0
    assert evaluate is not None
    return outcome(lambda: dict(zip(pairs, evaluate(rule.evaluate(*point), *point), strict=True))[i, j])


def worst_first(rule):
    """(error in units of what is allowed, …) of every second partial at all points."""
    found = []
    for point in second_points(rule):
        if outcome(rule.evaluate, *point) in (None, math.inf, -math.inf):
            continue
        n = range(rule.index_operands, len(point))
        if isinstance(rule, ListRule):
            constants, xs = point[: rule.index_operands], point[rule.index_operands :]
            f = lambda xs, constants=constants: apply(rule, *constants, *xs)  # noqa: E731
            matrices = [outcome(hessian(f), [*xs]), outcome(jacfwd(grad(f)), [*xs])]
        for i, j in itertools.product(n, n):
            if i > j or (exact := exact_second(rule, point, i, j)) is None:
                continue
            if isinstance(rule, ListRule):
                k = rule.index_operands
                given = [matrix and matrix[i - k][j - k] for matrix in matrices]  # pyright: ignore
            else:
                f = lambda *xs: apply(rule, *xs)  # noqa: E731
                given = [on_floats(rule, point, i, j), outcome(grad(grad(f, i), j), *point)]
            with mp.workdps(60):
                for number in given:
                    if number is None or not math.isfinite(number):
                        found.append((-1.0, point, i, j, number, float(exact)))
                        continue
                    error = abs(mpf(number) - exact) / allowed(rule, exact, [mpf(x) for x in point])
                    found.append((float(error), point, i, j, number, float(exact)))
    return sorted(found, key=lambda entry: -entry[0])


@pytest.mark.parametrize("rule", [rule for rule in ROWS if rule.name != "where"], ids=lambda rule: rule.name)
def test_second_partials_are_within_the_stated_bound(rule):
    found = worst_first(rule)
    refused = [entry for entry in found if entry[0] < 0]
    assert found, "no point was compared"
    assert found[0][0] <= 1, f"{rule.name}: {found[:3]}"
    for _, point, *_ in refused:  # only where numbers leave the range of floats on the way
        assert max(map(abs, point)) > 1e100 or min(map(abs, point)) < 1e-100, refused[0]
    assert len(refused) <= len(found) / 4


UNARY = [
    autograd.tanh,
    autograd.exp,
    autograd.sin,
    autograd.relu,
    autograd.gelu,
    autograd.cbrt,
    lambda v: v**2,
]
BINARY = [
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: a / (b * b + 1),
    autograd.atan2,
    autograd.hypot,
]
LISTS = [
    autograd.logsumexp,
    autograd.prod,
    autograd.norm,
    lambda xs: autograd.dot(xs, xs[::-1]),
    autograd.mean,
]
LISTS += [lambda xs: autograd.softmax(xs)[1], lambda xs: autograd.cross_entropy(xs, 0)]


def program(seed: int):
    """A function of three numbers with reuse, products of a number with itself, and lists."""

    def f(x):
        rng, values = random.Random(seed), [*x]
        for _ in range(12):
            kind = rng.random()
            if kind < 0.4:
                values.append(rng.choice(UNARY)(rng.choice(values)))
            elif kind < 0.8:
                values.append(rng.choice(BINARY)(rng.choice(values), rng.choice(values)))
            else:
                values.append(rng.choice(LISTS)([rng.choice(values) for _ in range(3)]))
        return autograd.sum(values)

    return f


@pytest.mark.parametrize("seed", range(150))
def test_programs_have_the_second_derivatives_that_values_give(seed):
    f, rng = program(seed), random.Random(seed)
    x, v = [rng.uniform(-1.5, 1.5) for _ in range(3)], [0.3, -1.0, 2.0]
    try:
        expected = jacfwd(grad(f))(x)
    except (ArithmeticError, ValueError) as error:  # a pole: the same error, whatever the way
        for derivative in (hessian(f), lambda x: hvp(f, (x,), (v,))):
            with pytest.raises(type(error), match="this step of"):
                derivative(x)
        return
    scale = max(abs(entry) for row in expected for entry in row) + 1e-12
    assert [len(row) for row in hessian(f)(x)] == [3, 3, 3]
    for row, theirs in zip(hessian(f)(x), expected, strict=True):
        assert row == pytest.approx(theirs, abs=1e-11 * scale, rel=0)
    products = [sum(map(float.__mul__, row, v)) for row in expected]
    assert hvp(f, (x,), (v,))[0] == pytest.approx(products, abs=1e-10 * scale, rel=0)


def test_the_function_is_called_once():
    calls = []
    f = lambda x: calls.append(x) or x[0] ** 2 * autograd.exp(x[1])  # noqa: E731
    hessian(f)([1.0, 2.0])
    hvp(f, ([1.0, 2.0],), ([1.0, 0.0],))
    with pytest.raises(ArithmeticError):  # also if the floats do not do
        hessian(lambda x: calls.append(x) or autograd.log(x))(1e-160)
    assert len(calls) == 3


def test_a_primitive_with_partials_in_python_has_second_derivatives():
    @primitive(x=lambda y, x: 2 * x)
    def square(x):
        return x * x

    f = lambda x: square(x[0]) * x[1] + square(x[1])  # noqa: E731
    assert hessian(f)([3.0, 5.0]) == [[10.0, 6.0], [6.0, 2.0]]
    assert hvp(f, ([3.0, 5.0],), ([1.0, 1.0],)) == ([16.0, 8.0],)


def test_ieee_gives_infinities_and_no_grad_numbers():
    f = lambda x: autograd.sqrt(x[0]) * x[1]  # noqa: E731
    with errstate("ieee"):
        assert hessian(f)([0.0, 1.0])[0][0] == -math.inf
        assert hessian(f)([0.0, 1.0])[0][1] == math.inf
    with autograd.no_grad():
        result = hessian(f)([4.0, 1.0])
    assert result == [[-1 / 32, 0.25], [0.25, 0.0]]
    assert type(result[0][0]) is float


def test_values_from_outside_stay_attached():
    w = Value(2.0)
    f = lambda x: w * x[0] ** 3 + x[1]  # noqa: E731
    curvature = hessian(f)([3.0, 1.0])[0][0]
    curvature.backward()
    assert (curvature.data, w.grad) == (36.0, 18.0)


def test_rows_of_lists_are_told_apart_by_their_form():
    names = {rule.name: bilinear(rule) for rule in ROWS if isinstance(rule, ListRule)}
    linear = {name for name, pairs in names.items() if pairs == ()}
    assert linear == {"sum", "mean", "max", "min"}
    assert names["dot"] == ((0, 1),)


def test_a_chain_of_variables_costs_what_it_is_long(monkeypatch):
    """Every variable meets its neighbours only: 3n − 2 entries, not n², are handed on."""
    from autograd.functional import curvature

    handed = []
    eliminate = curvature._eliminate
    monkeypatch.setattr(curvature, "_eliminate", lambda *a: handed.append(len(a[1])) or eliminate(*a))
    n = 40
    rows = hessian(lambda x: autograd.sum((b - a**2) ** 2 for a, b in itertools.pairwise(x)))([0.1] * n)
    assert sum(handed) < 10 * n
    assert sum(entry != 0 for row in rows for entry in row) == 3 * n - 2
