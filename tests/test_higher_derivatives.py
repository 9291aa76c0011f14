"""Every row, differentiated up to three times, against mpmath; the formulas read on Values."""

from __future__ import annotations

import itertools

import mpmath
import pytest
from references import REFERENCES

from autograd import Value, grad, hessian
from autograd.nodes.numbers import plain
from autograd.operations.apply import apply
from autograd.table.row import RULES, Rule

CHOOSERS = {"softmax", "cross_entropy", "where"}
ROWS = list(RULES.values())  # before any test adds an operation
CASES = [pytest.param(rule, point, id=f"{rule.name}{point}") for rule in ROWS for point in rule.points]

JUMPS = {("floor", 17.0), ("floor", -40.0), ("ceil", 17.0), ("ceil", -40.0), ("round", 2.5)}
SMOOTH = [case for case in CASES if (case.values[0].name, case.values[1][0]) not in JUMPS]


@pytest.mark.parametrize(("rule", "point"), SMOOTH)
def test_derivatives_up_to_the_third_agree_with_mpmath(rule: Rule, point):
    """To 1e-9 relative to the largest derivative of that order (they are a tensor's entries).

    Close to a zero of a second derivative (asin near 0) the relative error is not bounded; there
    it is 1e-15 of the first derivative.
    """
    constants, variables = point[: rule.name in CHOOSERS], point[rule.name in CHOOSERS :]
    f = lambda *xs: apply(rule, *constants, *xs)  # noqa: E731
    n = len(variables)
    with mpmath.workdps(60):
        reference = lambda *xs: REFERENCES[rule.name][0](*map(int, constants), *xs)  # noqa: E731
        first = mpmath.mpf(0)
        for order in (1, 2, 3):
            ours, expected = [], []
            for chosen in itertools.combinations_with_replacement(range(n), order):
                g = f
                for i in chosen:
                    g = grad(g, i)
                ours.append(g(*variables))
                counts = tuple(chosen.count(i) for i in range(n))
                at = tuple(map(mpmath.mpf, variables))
                expected.append(
                    mpmath.diff(reference, at, counts) if n > 1 else mpmath.diff(reference, *at, order)
                )
            scale = max(map(abs, expected))
            first = scale if order == 1 else first
            slack = 1e-15 * first if order == 2 else 0
            for mine, theirs in zip(ours, expected, strict=True):
                assert abs(mine - theirs) <= 1e-9 * scale + slack + 1e-60


@pytest.mark.parametrize(("rule", "point"), CASES)
def test_partials_on_values_are_the_float_partials_to_the_last_bit(rule: Rule, point):
    constants = point[: rule.name in CHOOSERS]
    operands = (*constants, *map(Value, point[len(constants) :]))
    y = rule.evaluate(*point)
    on_floats = rule.differentiate(y, *point)
    on_values = rule.differentiate_values(apply(rule, *operands), *operands)
    assert tuple(map(plain, on_values)) == on_floats


def test_conventions_hold_in_the_second_derivative_too():
    assert hessian(abs)(0.0) == 0.0
    for f in (lambda x: x**0, lambda x: x**1, lambda x: x**2, lambda x: x**3):
        assert hessian(f)(0.0) == (2.0 if f(3.0) == 9.0 else 0.0)


def test_power_by_base_and_exponent_at_exponent_zero():
    """∂²/∂a∂b aᵇ = aᵇ⁻¹(1 + b·log a), which is 1/a at b = 0, in both orders."""
    f = lambda a, b: a**b  # noqa: E731
    assert grad(grad(f, 0), 1)(2.0, 0.0) == 0.5
    assert grad(grad(f, 1), 0)(2.0, 0.0) == 0.5
    assert grad(f, (0, 1))(0.0, 0.0) == (0.0, 0.0)


def test_unwanted_partials_are_not_computed():
    rule, a = RULES["pow"], Value(-2.0)
    assert rule.differentiate_values(a**2, a, 2.0, wanted=(True, False))[1] is None
