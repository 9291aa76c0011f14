"""Transforms: against analysis and mpmath, nested every way, and never confused about variables."""

from __future__ import annotations

import itertools
import math
import operator
from collections import OrderedDict, namedtuple
from functools import reduce
from typing import Any

import mpmath
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import (
    DomainError,
    RangeError,
    Value,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    topological_order,
    value_and_grad,
    vjp,
)
from autograd.check.differences import derivatives
from autograd.functional import linearization
from autograd.functional.linearization import Linearization


def forward(f, vector):
    """x ↦ Df(x)·v by one push."""
    return lambda *x: jvp(f, x, vector)[1]


def reverse(f, vector):
    """x ↦ Df(x)·v from one pull."""
    return lambda *x: sum(map(operator.mul, vjp(f, *x)[1](1.0), vector))


# Random programs: a list of (operation, two places to read), run on any kind of number.
UNARY = {
    "sin": (autograd.sin, mpmath.sin),
    "tanh": (autograd.tanh, mpmath.tanh),
    "sigmoid": (autograd.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
    "softplus": (autograd.softplus, lambda x: mpmath.log(1 + mpmath.exp(x))),
    "atan": (autograd.atan, mpmath.atan),
}
BINARY = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": lambda a, b: a / (b * b + 2)}
INNER = {"grad": reverse, "jvp": forward}  # d/dy of y·sin(a·y) at y = b, a derivative inside the program
STEP = st.tuples(st.sampled_from([*UNARY, *BINARY, *INNER]), st.integers(0, 9), st.integers(0, 9))


def run(program, numbers, side):
    known = list(numbers)
    for name, i, j in program:
        a, b = known[i % len(known)], known[j % len(known)]
        if name in INNER and side:
            known.append(mpmath.sin(a * b) + a * b * mpmath.cos(a * b))
        elif name in INNER:
            known.append(INNER[name](lambda y, a=a: y * autograd.sin(a * y), (1.0,))(b))
        else:
            known.append(UNARY[name][side](a) if name in UNARY else BINARY[name](a, b))
    return known[-1] * known[0] + known[-2]


@settings(deadline=None, max_examples=60)
@given(program=st.lists(STEP, min_size=1, max_size=8), seed=st.integers(0, 10**6))
def test_every_nesting_of_jvp_and_vjp_agrees_with_mpmath(program, seed):
    random = numpy.random.default_rng(seed)
    x = tuple(random.uniform(-1.5, 1.5, 2).tolist())
    vectors = [tuple(random.uniform(-1, 1, 2).tolist()) for _ in range(3)]
    for order in (1, 2, 3):
        with mpmath.workdps(40):

            def along(*ts, order=order):
                moved = [c + sum(t * v[i] for t, v in zip(ts, vectors)) for i, c in enumerate(x)]
                return run(program, moved, 1)

            expected = float(mpmath.diff(along, (mpmath.mpf(0),) * order, (1,) * order))
        for modes in itertools.product((forward, reverse), repeat=order):
            f = lambda *x: run(program, x, 0)  # noqa: E731
            for mode, vector in zip(modes, vectors):
                f = mode(f, vector)
            result = f(*x)
            assert type(result) is float
            assert result == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(program=st.lists(STEP, min_size=2, max_size=12), seed=st.integers(0, 10**6))
def test_jacobians_agree_and_the_hessian_is_symmetric(program, seed):
    random = numpy.random.default_rng(seed)
    x, v, cotangent = (random.uniform(-1.5, 1.5, 3).tolist() for _ in range(3))

    def f(x):
        return [run(program[:k], x, 0) for k in range(max(0, len(program) - 2), len(program) + 1)]

    rows = numpy.array(jacrev(f)(x))
    assert numpy.array(jacfwd(f)(x)) == pytest.approx(rows, rel=1e-12, abs=1e-12)
    assert jacobian(f)(x) == jacfwd(f)(x)
    pushed = jvp(f, (x,), (v,))[1]
    (pulled,) = vjp(f, x)[1](cotangent[: len(pushed)])
    assert numpy.dot(cotangent[: len(pushed)], pushed) == pytest.approx(numpy.dot(pulled, v), abs=1e-9)
    last = lambda x: f(x)[-1]  # noqa: E731
    second = numpy.array(hessian(last)(x))
    assert second == pytest.approx(second.T, rel=1e-10, abs=1e-10)
    assert hvp(last, (x,), (v,))[0] == pytest.approx(second @ v, rel=1e-10, abs=1e-10)


class TestConfusion:
    """∂/∂x and ∂/∂y of different calls must never meet."""

    def test_a_closure_over_an_outer_variable_is_a_constant_inside(self):
        assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
        assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,)) == (1.0, 1.0)

    @pytest.mark.parametrize("inner", [forward, reverse])
    @pytest.mark.parametrize("outer", [forward, reverse])
    def test_derivatives_flow_through_closures_as_well_as_arguments(self, outer, inner):
        f = lambda x: x * inner(lambda y: x * x * y * y, (1.0,))(x + 2.0)  # noqa: E731
        # ∂/∂y x²y² = 2x²y at y = x + 2, so f = 2x³(x + 2) and f′ = 8x³ + 12x²
        assert outer(f, (1.0,))(3.0) == 8 * 27 + 12 * 9

    @pytest.mark.parametrize("inner", [forward, reverse])
    @pytest.mark.parametrize("outer", [forward, reverse])
    def test_a_variable_that_is_closed_over_and_passed_in_counts_once(self, outer, inner):
        f = lambda x: x * inner(lambda y: x * y * y, (1.0,))(x)  # noqa: E731  (2x³)
        assert f(3.0) == 54.0
        assert outer(f, (1.0,))(3.0) == 54.0
        assert outer(outer(f, (1.0,)), (1.0,))(3.0) == 36.0

    @pytest.mark.parametrize("modes", list(itertools.product([forward, reverse], repeat=3)))
    def test_three_variables_at_three_depths(self, modes):
        one, two, three = modes

        def f(x):
            def g(y):
                return x * two(lambda z: x * y * z * z * autograd.sin(y), (1.0,))(y * x)

            return three(g, (1.0,))(x + 1.0) * x

        # g = 2x³y²sin y, so f(x) = 2x⁴(2y sin y + y² cos y) at y = x + 1
        with mpmath.workdps(30):
            expected = mpmath.diff(
                lambda x: 2 * x**4 * (2 * (x + 1) * mpmath.sin(x + 1) + (x + 1) ** 2 * mpmath.cos(x + 1)),
                0.7,
            )
        assert one(f, (1.0,))(0.7) == pytest.approx(float(expected), rel=1e-12)

    def test_the_same_function_at_every_depth(self):
        f = lambda x: x**5  # noqa: E731
        assert [reduce(lambda g, _: grad(g), range(k), f)(2.0) for k in range(1, 7)] == [
            80.0,
            160.0,
            240.0,
            240.0,
            120.0,
            0.0,
        ]

    def test_a_pullback_of_the_outer_level_used_inside(self):
        _, pullback = vjp(lambda x: x * x, 3.0)
        assert grad(lambda c: pullback(c * c)[0])(5.0) == 60.0  # 6c², twice 6c

    def test_tangents_and_cotangents_are_variables_too(self):
        pushed = lambda x: jvp(lambda y: y**3, (x,), (x * x,))[1]  # noqa: E731  (3x⁴)
        pulled = lambda x: vjp(lambda y: y**3, x)[1](x * x)[0]  # noqa: E731
        for outer, f in itertools.product((forward, reverse), (pushed, pulled)):
            assert outer(f, (1.0,))(2.0) == 96.0

    def test_a_pullback_leaked_from_inside_stays_attached_to_the_outer_variable(self):
        leaked = []

        def f(x):
            value, pullback = vjp(lambda y: y * x, x)
            leaked.append(pullback)
            return value

        assert grad(f)(3.0) == 6.0
        (slope,) = leaked[0](2.0)  # 2x
        assert slope == 6.0
        slope.backward()
        assert topological_order(slope)[0].grad == 2.0

    def test_hessian_of_a_function_that_takes_gradients(self):
        penalty = lambda x: grad(lambda y: y[0] ** 2 * y[1])(x)[0] ** 2  # noqa: E731  (2·x₀x₁)²
        assert hessian(penalty)([2.0, 3.0]) == [[72.0, 96.0], [96.0, 32.0]]


class TestOuterValues:
    """Values made outside a transform are read, never written."""

    def test_closed_over_gradients_and_graphs_stay(self):
        w = Value(2.0, "w")
        loss = w * w
        loss.backward()
        assert grad(lambda x: w * x * x + loss)(3.0) == 12.0
        assert grad(grad(lambda x: w * x * x + loss))(3.0) == 4.0
        assert (w.grad, loss.grad) == (4.0, 1.0)

    def test_a_value_as_argument_gives_a_value_attached_to_it(self):
        w = Value(3.0, "w")
        slope = grad(lambda x: x * x)(w)
        assert slope.data == 6.0
        assert w._grad is None
        slope.backward()
        assert w.grad == 2.0

    def test_an_outer_variable_that_has_no_derivative_of_its_own_is_not_asked_for_one(self):
        b = Value(2.0)
        assert grad(lambda a: a**b)(-3.0) == -6.0
        assert grad(grad(lambda a: a**b))(-3.0) == 2.0
        assert grad(grad(lambda a: a**3))(-3.0) == -18.0


class TestFunctions:
    """Side effects and results that f may have."""

    def test_ignores_an_argument_or_returns_a_constant_or_its_input(self):
        assert grad(lambda x, y: y * y, (0, 1))(3.0, 4.0) == (0.0, 8.0)
        assert value_and_grad(lambda x: 7)(3.0) == (7.0, 0.0)
        assert grad(lambda x: x)(3.0) == 1.0
        assert vjp(lambda x, y: [x, y, x], 1.0, 2.0)[1]([1.0, 10.0, 100.0]) == (101.0, 10.0)
        assert jvp(lambda x: [x, 5, x], (1.0,), (3.0,)) == ([1.0, 5.0, 1.0], [3.0, 0.0, 3.0])
        assert hessian(lambda x: x[0])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
        assert jacobian(lambda x: [x[0], 1.0])([1.0]) == [[1.0], [0.0]]
        assert jacobian(lambda x: [1.0, 2.0])([]) == [[], []]
        assert grad(grad(lambda x: 3.0))(1.0) == 0.0

    def test_uses_an_input_many_times_with_if_and_loops(self):
        def f(x):
            total = x
            for _ in range(20):
                total = total * x if total < 100 else total + x
            return total

        assert grad(f)(3.0) == 5 * 81 + 16  # x⁵ = 243, and sixteen times + x
        assert grad(grad(f))(3.0) == 20 * 27

    def test_raises(self):
        def f(x):
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            grad(f)(1.0)
        assert grad(lambda x: x * x)(3.0) == 6.0
        assert type(grad(lambda x: x * x)(3.0)) is float  # the depth was restored

    def test_takes_options_and_other_arguments_as_they_are(self):
        f = lambda x, kind, *, n: x**n if kind == "power" else x  # noqa: E731
        assert grad(f)(2.0, "power", n=3) == 12.0
        assert grad(lambda kind, x: x * x, argnums=1)("square", 3.0) == 6.0
        assert grad(lambda a, b: a * b * b, argnums=-1)(2.0, 3.0) == 12.0

    def test_a_long_chain_costs_no_recursion(self):
        def f(x):
            for _ in range(50_000):
                x = x + 1.0
            return x * x

        assert grad(f)(1.0) == 2 * 50_001.0
        assert jvp(grad(f), (1.0,), (1.0,))[1] == 2.0

    def test_no_grad_outside_does_not_change_a_transform_and_inside_makes_constants(self):
        with autograd.no_grad():
            assert grad(lambda x: x**3)(2.0) == 12.0
            assert hessian(lambda x: x**3)(2.0) == 12.0

        def f(x):
            with autograd.no_grad():
                c = grad(lambda y: y**3)(x)
            assert type(c) is float
            return c * x

        assert grad(f)(2.0) == 12.0


class TestContainers:
    def test_come_back_in_the_same_shape(self):
        Point = namedtuple("Point", "x y")
        tree = {"p": Point(1.0, 2.0), "w": [[3.0], (4.0,)], "o": OrderedDict(b=5.0)}

        def f(t):
            return t["p"].x * t["p"].y + t["w"][0][0] * t["w"][1][0] * t["o"]["b"]

        value, gradient = value_and_grad(f)(tree)
        assert value == 62.0
        assert gradient == {"p": Point(2.0, 1.0), "w": [[20.0], (15.0,)], "o": OrderedDict(b=12.0)}
        assert type(gradient["p"]) is Point
        assert type(gradient["o"]) is OrderedDict
        assert tree["p"] == Point(1.0, 2.0)

    def test_arrays(self):
        a = numpy.array([[1.0, 2.0], [3.0, 4.0]])
        x = numpy.array([1, 2])
        value, gradient = value_and_grad(lambda x: (a @ x).sum())(x)
        assert value == 16.0
        assert gradient.dtype == float
        assert gradient.tolist() == [4.0, 6.0]
        assert jacobian(lambda x: a @ x)(x).tolist() == a.tolist()
        assert jacrev(lambda x: a @ x)(x).tolist() == a.tolist()
        assert hessian(lambda x: x @ a @ x)(x).tolist() == (a + a.T).tolist()
        assert grad(lambda x: numpy.tanh(x).mean())(numpy.zeros(4)).tolist() == [0.25] * 4
        assert jacobian(lambda x: x * 2)(numpy.ones((2, 3))).shape == (2, 3, 2, 3)

    @pytest.mark.parametrize(
        ("f", "gradient"),
        [
            (numpy.sum, [1.0, 1.0]),
            (numpy.mean, [0.5, 0.5]),
            (lambda x: numpy.dot(x, x), [2.0, 6.0]),
            (lambda x: x.max(), [0.0, 1.0]),
            (lambda x: numpy.exp(x - x).sum(), [0.0, 0.0]),
            (lambda x: numpy.sqrt(x * x) @ numpy.array([1.0, 2.0]), [1.0, 2.0]),
            (lambda x: (x.reshape(2, 1) * x).T.trace(), [2.0, 6.0]),
        ],
    )
    def test_what_numpy_does_with_arrays_of_values(self, f, gradient):
        assert grad(f)(numpy.array([1.0, 3.0])).tolist() == gradient

    def test_hessians_of_arrays_come_in_blocks(self):
        def f(p):
            return (p["W"] @ p["x"]).sum() * p["b"]

        blocks = hessian(f)({"W": numpy.ones((2, 3)), "x": numpy.arange(3), "b": 2.0})
        assert blocks["W"]["x"].shape == (2, 3, 3)
        assert blocks["x"]["W"].tolist() == blocks["W"]["x"].transpose(2, 0, 1).tolist()
        assert blocks["b"]["x"].tolist() == [2.0, 2.0, 2.0]
        assert blocks["b"]["b"] == 0.0

    def test_arrays_of_containers_have_the_array_axes_first(self):
        block = jacobian(lambda p: numpy.array([p["a"], p["b"] * 2, p["a"]]))({"a": 1.0, "b": 2.0})
        assert block["a"].tolist() == [1.0, 0.0, 1.0]
        assert block["b"].tolist() == [0.0, 2.0, 0.0]

    def test_several_argnums(self):
        f = lambda x, y: x * x * y  # noqa: E731
        assert grad(f, (0, 1))(3.0, 5.0) == (30.0, 9.0)
        assert hessian(f, (0, 1))(3.0, 5.0) == ((10.0, 6.0), (6.0, 0.0))
        assert jacobian(lambda x, y: [x * y], (0, 1))(3.0, 5.0) == [(5.0, 3.0)]
        assert hvp(f, (3.0, 5.0), (1.0, 0.0)) == (10.0, 6.0)

    def test_linearize(self):
        value, push = linearize(lambda x: {"s": x[0] * x[1]}, [3.0, 5.0])
        assert value == {"s": 15.0}
        assert push([1.0, 1.0]) == {"s": 8.0}


def test_jacobian_takes_the_mode_with_fewer_sweeps(monkeypatch):
    sweeps = []
    for mode in ("push", "pull"):
        sweep = getattr(Linearization, mode)
        monkeypatch.setattr(
            Linearization, mode, lambda *given, m=mode, s=sweep: sweeps.append(m) or s(*given)
        )
    jacobian(lambda x: [x[0] * x[1] * x[2]])([1.0, 2.0, 3.0])
    jacobian(lambda x: [x, x * x, 1.0])(2.0)
    assert sweeps == ["pull", "push"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda: grad(3.0), TypeError, r"takes a function: grad\(f\)\(x\)"),  # pyright: ignore[reportArgumentType, reportCallIssue]
            (lambda: grad(abs, 1.0), TypeError, "argnums must be an int or a tuple of ints, not 1.0"),  # pyright: ignore[reportArgumentType, reportCallIssue]
            (lambda: hessian(3.0), TypeError, r"hessian takes a function: hessian\(f\)\(x\)"),  # pyright: ignore[reportArgumentType, reportCallIssue]
            (
                lambda: hessian(lambda x: [x])(1.0),
                TypeError,
                "a gradient needs a function that returns one number",
            ),
            (
                lambda: hessian(abs, [0]),  # pyright: ignore[reportArgumentType, reportCallIssue]
                TypeError,
                r"hessian: argnums must be an int or a tuple of ints, not \[0\]",
            ),
            (lambda: grad(abs, 2)(1.0), ValueError, "argnums names argument 2, .* called with 1"),
            (lambda: grad(abs, (0, 0))(1.0), ValueError, "names an argument twice"),
            (lambda: grad(lambda x: numpy.array([x, x]))(1.0), TypeError, "returns one number.*jacobian"),
            (lambda: grad(lambda x: [x, x])(1.0), TypeError, "returns one number.*jacobian"),
            (lambda: grad(lambda x: [x])(1.0), TypeError, "returns one number"),
            (lambda: grad(lambda x: None)(1.0), TypeError, "the result must be a real number.*None"),
            (lambda: grad(lambda x: x)("3"), TypeError, "argument 0 must be a real number"),
            (
                lambda: grad(lambda x: x)({1.0, 2.0}),
                TypeError,
                "argument 0 .*set.*; numbers may be in lists, tuples",
            ),
            (lambda: jvp(abs, 1.0, 1.0), TypeError, r"jvp takes tuples.*jvp\(f, \(1.0,\), \(1.0,\)\)"),  # pyright: ignore[reportArgumentType]
            (lambda: hvp(abs, [1.0], [1.0]), TypeError, "hvp takes tuples"),  # pyright: ignore[reportArgumentType]
            (lambda: jvp(abs, (1.0,), (1.0, 2.0)), ValueError, "tangents must have the shape of the primals"),
            (lambda: jvp(abs, ([1.0],), (1.0,)), ValueError, "tangents must have the shape"),
            (lambda: vjp(abs, 1.0)[1]([1.0]), ValueError, "cotangent must have the shape"),
            (lambda: vjp(abs, 1.0)[1]("1"), TypeError, "cotangent must be a real number"),
        ],
    )
    def test_say_what_to_do(self, call, error, message):
        with pytest.raises(error, match=message):
            call()

    @pytest.mark.parametrize("kind", ["itself", "a dict in itself", "deep", "deep dicts"])
    @pytest.mark.parametrize(
        "call",
        [
            lambda given: grad(lambda x: x)(given),
            lambda given: jacobian(lambda x: given)(1.0),
            lambda given: vjp(lambda x: x, 1.0)[1](given),
            lambda given: jvp(lambda x: x, (given,), (1.0,)),
            lambda given: hvp(lambda x: x, (1.0,), (given,)),
            lambda given: autograd.gradcheck(lambda x: given, 1.0),
            autograd.stop_gradient,
            lambda given: grad(lambda x: x, (given,)),  # pyright: ignore[reportArgumentType]
        ],
    )
    def test_a_container_without_an_end_is_named(self, call, kind):
        given: Any = [1.0]
        if kind == "itself":
            given.append(given)
        elif kind == "a dict in itself":
            given = {"a": given}
            given["b"] = given
        else:
            for _ in range(5000):
                given = [given] if kind == "deep" else {"a": given}
        with pytest.raises(
            (ValueError, TypeError), match=r"contains itself|nested too deeply|does not fit|ints"
        ):
            call(given)

    def test_nan_and_overflow_are_named_and_allowed_in_ieee(self):
        def f(x):
            return autograd.sqrt(x) * 0.0

        with pytest.raises(DomainError, match="gives nan"):
            grad(f)(0.0)
        with pytest.raises(DomainError, match=r"forward mode.*gives nan"):
            jvp(f, (0.0,), (1.0,))
        with pytest.raises(RangeError):
            grad(lambda x: (x * 1e-200) * 1e200 * 1e200)(1e-100)
        with pytest.raises(RangeError):
            jvp(lambda x: (x * 1e200) * 1e200, (1e-200,), (1.0,))
        assert grad(autograd.sqrt)(0.0) == math.inf
        with autograd.errstate("ieee"):
            assert math.isnan(grad(f)(0.0))
            assert math.isnan(jvp(f, (0.0,), (1.0,))[1])


def test_a_derivative_of_any_order_calls_the_function_once():
    calls = []

    def f(x):
        calls.append(x)
        return x[0] ** 3 * x[1]

    point, v = [2.0, 3.0], [1.0, 0.5]
    for derivative in (
        lambda: value_and_grad(f)(point),
        lambda: jvp(f, (point,), (v,)),
        lambda: hvp(f, (point,), (v,)),
        lambda: hessian(f)(point),
        lambda: jacrev(jacfwd(grad(f)))(point),
    ):
        calls.clear()
        derivative()
        assert len(calls) == 1


def test_the_edges_of_a_gradient_are_the_uses_of_values():
    """So its price is a multiple of the evaluation's, however many inputs there are."""
    for n in (1, 10, 1000):
        x = [Value(1.0) for _ in range(n)]
        y = x[0] * 2.0
        for a, b in itertools.pairwise(x):
            y = y + (a * b).tanh()
        assert len(Linearization(x, [y]).edges) == 1 + 5 * (n - 1)


def test_third_derivatives_in_one_expression_agree_with_mpmath():
    f = lambda x: (autograd.exp(x[0] * x[1]) * autograd.sin(x[1])).tanh()  # noqa: E731
    third = jacobian(hessian(f))([0.3, 0.7])
    with mpmath.workdps(40):
        g = lambda a, b: mpmath.tanh(mpmath.exp(a * b) * mpmath.sin(b))  # noqa: E731
        for i, j, k in itertools.product(range(2), repeat=3):
            ones = i + j + k
            expected = mpmath.diff(g, (mpmath.mpf(0.3), mpmath.mpf(0.7)), (3 - ones, ones))
            assert third[i][j][k] == pytest.approx(float(expected), rel=1e-12)


def test_gradients_are_backwards_to_the_last_bit():
    def f(x):
        return (
            autograd.sum(autograd.softmax([a * b / (c + 3) for a, b, c in zip(x, x[1:], x[2:])])[:2]) * x[0]
        )

    x = [0.3, -1.2, 0.7, 2.5, -0.4]
    values = [Value(c) for c in x]
    f(values).backward()
    assert grad(f)(x) == [value.grad for value in values]


def test_a_loop_of_gradients_visits_each_node_once(monkeypatch):
    """A pendulum by small steps, its force a gradient in which the speed is an outer variable."""
    listed = []
    order = linearization.topological_order

    def counting(*roots, above):
        nodes = order(*roots, above=above)
        listed.append(len(nodes))
        return nodes

    monkeypatch.setattr(linearization, "topological_order", counting)

    def final(angle, length, steps=40):
        def energy(q, p):
            return p * p / 2 - autograd.cos(q) / length

        q, p = angle, 0.0
        for _ in range(steps):
            p = p - 0.1 * grad(energy, 0)(q, p)
            q = q + 0.1 * grad(energy, 1)(q, p)
        return q

    gradient = grad(final, (0, 1))(1.0, 2.0)
    assert sum(listed[:-1]) < 80 * 30
    for i in range(2):
        estimate = derivatives(lambda x, i=i: [final(*((x, 2.0), (1.0, x))[i])], (1.0, 2.0)[i])[0]
        assert gradient[i] == pytest.approx(estimate.slope.value, rel=1e-8)


def test_needless_nodes_are_not_made():
    """Adding, negating and picking need no nodes at all in the graph of a derivative."""
    made = grad(lambda x: grad(lambda y: y + 1 - y * 2 + y)(x))
    depth = []

    def f(x):
        slope = grad(lambda y: 3.0 + y - (-y))(x)
        depth.append(slope)
        return x

    assert grad(f)(2.0) == 1.0
    assert depth == [2.0]
    assert type(depth[0]) is float
    assert made(2.0) == 0.0


def test_a_linearization_holds_only_what_lies_between():
    w, x = Value(2.0), Value(3.0)
    unrelated = w * w * w
    y = (x * unrelated).exp() + unrelated
    assert [node.op for node, _, _ in Linearization([x], [y]).edges] == ["mul", "exp", "add"]
