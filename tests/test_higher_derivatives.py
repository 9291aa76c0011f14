"""Every row, differentiated up to three times, against mpmath; the formulas read on Values."""

from __future__ import annotations

import itertools
import math

import mpmath
import pytest
from references import INDEPENDENT

import autograd
from autograd import DomainError, RangeError, Value, errstate, grad, hessian, jvp, record_lines
from autograd.nodes.float_protocol import plain
from autograd.operations.apply import apply
from autograd.table.row import RULES, Rule

CHOOSERS = {"where", *(rule.name for rule in RULES.values() if rule.index_operands)}
ROWS = list(RULES.values())  # before any test adds an operation
CASES = [pytest.param(rule, point, id=f"{rule.name}{point}") for rule in ROWS for point in rule.points]

JUMPS = {("floor", 17.0), ("floor", -40.0), ("ceil", 17.0), ("ceil", -40.0), ("round", 2.5)}
JUMPS |= {("floordiv", -1.5), ("mod", -1.5), ("heaviside", 0.0), ("max", 1.0), ("min", 1.0)}
SMOOTH = [case for case in CASES if (case.values[0].name, case.values[1][0]) not in JUMPS]  # pyright: ignore[reportAttributeAccessIssue, reportIndexIssue]


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
        reference = lambda *xs: INDEPENDENT[rule.name](*map(int, constants), *xs)  # noqa: E731
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


class TestOnePolicy:
    """A local derivative may be infinite; if it is finite and too large, a step that uses it raises."""

    POLES = ((lambda x: autograd.sqrt(2 * x) + x, 0.0, -math.inf), (lambda x: x**1.5, 0.0, math.inf))
    OVERFLOWS = (
        (lambda x: autograd.log(1 / x), 1e-200, 1, r"div\(1.0, 1e-200\)"),
        (autograd.log, 1e-320, 1, r"log\(1e-320\)"),
        (autograd.log, 1e-160, 2, r"second derivative of log\(1e-160\)"),
        (lambda x: 1 / x, 1e-110, 2, r"second derivative of div\(1.0, 1e-110\)"),
        (autograd.log, 1e-110, 3, r"third derivative of log\(1e-110\)"),
        (lambda x: autograd.acosh(2 + x) + autograd.log10(x), 1e-170, 2, r"second derivative of log10"),
    )

    @pytest.mark.parametrize(("f", "x", "second"), POLES)
    def test_what_is_infinite_is_given(self, f, x, second):
        assert hessian(f)(x) == grad(grad(f))(x) == second

    @pytest.mark.parametrize(("f", "x", "order", "named"), OVERFLOWS)
    def test_what_overflows_is_refused_where_it_is_used(self, f, x, order, named):
        assert math.isfinite(f(x))
        for last in (grad, lambda g: lambda x: jvp(g, (x,), (1.0,))[1]):
            derivative = f
            for _ in range(order - 1):
                derivative = grad(derivative)
            with pytest.raises(RangeError, match=f"(?s){named}.*too large for a float") as caught:
                last(derivative)(x)
            assert caught.value.__context__ is None
            with errstate("ieee"):
                assert math.isinf(last(derivative)(x))

    def test_a_backward_pass_refuses_it_too_and_the_value_stays(self):
        x = Value(1e-320, "x")
        y = autograd.log(x) * 2.0
        with pytest.raises(RangeError, match=r"log\(x = 1e-320\).*too large"):
            y.backward()
        assert (x.grad, y.grad) == (0.0, 0.0)
        assert math.isfinite(y.data)

    def test_the_line_of_the_users_operation_is_named(self):
        w = Value(1e-160, "w")
        with record_lines():
            slope = grad(lambda x: autograd.log(w * x))(1.0) * 0 + grad(autograd.log)(w)  # this line
        with pytest.raises(RangeError, match=r"(?s)second derivative of log.*# this line"):
            slope.backward()

    def test_nan_in_a_second_derivative_names_it_as_well(self):
        with pytest.raises(DomainError, match=r"derivative of sqrt|through sqrt"):
            hessian(lambda x: x * autograd.sqrt(x))(0.0)


def test_second_derivatives_near_zero_and_in_the_tails():
    assert grad(grad(autograd.tanh))(1e-20) == -2e-20  # pyright: ignore[reportArgumentType]
    assert grad(grad(autograd.asin))(1e-20) == 1e-20  # pyright: ignore[reportArgumentType]
    assert grad(grad(autograd.acos))(1e-20) == -1e-20  # pyright: ignore[reportArgumentType]
    assert grad(grad(autograd.atanh))(1e-20) == 2e-20  # pyright: ignore[reportArgumentType]
    assert grad(grad(autograd.sigmoid))(1e-20) == -1.25e-21  # pyright: ignore[reportArgumentType]
    assert grad(grad(lambda a: autograd.hypot(a, 1e-8)))(1.0) == pytest.approx(1e-16, rel=1e-15)
    assert grad(grad(autograd.tanh))(30.0) == pytest.approx(-8 * math.exp(-60.0), rel=1e-14)  # pyright: ignore[reportArgumentType]
    assert grad(grad(autograd.sigmoid))(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-14)  # pyright: ignore[reportArgumentType]
