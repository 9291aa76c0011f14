"""Compiled programs at the edges: infinities, nan, poles, and branches that were not taken."""

# ruff: noqa: B023
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import drawn, grow

import autograd
from autograd import DomainError, Value, compile, dot, errstate, exp, log, tanh, where
from autograd.operations.apply import apply
from autograd.table.row import RULES, FormulaRule

PLANS = ["arrays", "straight-line"]
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 40.0, -750.0, 1e-300, 1e30, math.inf, -math.inf, math.nan]
FORMULAS = sorted(
    name
    for name, rule in RULES.items()
    if isinstance(rule, FormulaRule) and name != "where" and not rule.index_operands
)


def same(a, b):
    return np.isclose(a, b, rtol=1e-9, atol=1e-300, equal_nan=True) or a == b


def eager(f, params, x):
    for param in params:
        param._grad = None
    result = f(x)
    result.backward()
    return result.data, [param.grad for param in params]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", FORMULAS)
def test_every_row_agrees_with_eager_mode_at_the_edges(name, plan):
    rule = RULES[name]
    params = [Value(1.0) for _ in rule.operands[1:]]  # pyright: ignore[reportAttributeAccessIssue]
    with errstate("ieee"):
        program = compile(lambda x: apply(rule, x * 1.0, *params) + 0.0 * x, [1.0], params, plan=plan)
        varied = [Value(1.0)]
        by_first = compile(lambda: apply(rule, *varied, *params), [], [varied, params], plan=plan)
        for first in EDGES:
            for second in EDGES if params else [0.0]:
                for param in params:
                    param.data = second
                program.load()
                value, gradient = program.value_and_grad([first]) if params else (program([first])[0], [])
                expected = eager(lambda x: apply(rule, x * 1.0, *params) + 0.0 * x, params, Value(first))
                assert same(value, expected[0]), (first, second)
                assert all(map(same, gradient, expected[1])), (first, second, gradient, expected)
                varied[0].data = first
                by_first.load()
                value, gradient = by_first.value_and_grad()
                everything = [*varied, *params]
                expected = eager(lambda x: apply(rule, *everything), everything, None)
                assert same(value, expected[0]), (first, second)
                flat = [*gradient[0], *gradient[1]]
                assert all(map(same, flat, expected[1])), (first, second, flat, expected)


@pytest.mark.parametrize("plan", PLANS)
def test_a_branch_that_is_not_taken_passes_nothing(plan):
    """log′(0) = ∞ and √′(0) = ∞ are there, behind a branch; 0 · ∞ must not come of it."""
    w = [Value(0.0), Value(4.0), Value(-1.0)]

    def f(x):
        safe = [where(v > 0, lambda v=v: v.log() * x + v.sqrt(), lambda v=v: 3 * v) for v in w]
        both = where(x > 0, lambda: (x * w[1]).log() + w[0] * 2.0, lambda: w[1] / (w[0] * x))
        return autograd.sum(safe) + both

    program = compile(f, [1.0], w, plan=plan)
    X = [2.0, 0.5, 1.0]
    value, gradient = program.value_and_grad(X)
    results = [eager(f, w, Value(x)) for x in X]
    assert value == pytest.approx(sum(v for v, _ in results) / 3)
    assert list(gradient) == pytest.approx([sum(g[i] for _, g in results) / 3 for i in range(3)])


@pytest.mark.parametrize("plan", PLANS)
def test_a_matrix_or_a_list_that_is_not_taken_passes_nothing(plan):
    w, v = [Value(1.0), Value(2.0), Value(3.0)], [Value(0.0), Value(1.0)]

    def f(x):
        far = [1 / x, autograd.log(x), autograd.exp(1e3 / x)]
        product = where(x > 0.5, lambda: autograd.dot(w, far) + autograd.dot(w[::-1], far), lambda: w[0] * x)
        listed = where(x > 0.5, lambda: autograd.softmax([1 / x, -1 / x, w[0]])[2], lambda: w[1] * 2.0)
        same = where(v[0] > 0.5, lambda: autograd.dot(w[:2], [1 / v[0], v[1]]), lambda: v[1] * w[2])
        return product + listed + same, autograd.dot(w, far)

    params = [*w, *v]
    program = compile(f, [1.0], params, plan=plan)
    X = [0.0, 0.25, 8.0]
    value, gradient = program.value_and_grad(X)
    with errstate("ieee"):
        results = [eager(lambda x: f(x)[0], params, Value(x)) for x in X]
    assert value == pytest.approx(sum(v for v, _ in results) / 3)
    assert list(gradient) == pytest.approx([sum(g[i] for _, g in results) / 3 for i in range(5)])


@pytest.mark.parametrize("plan", PLANS)
def test_lists_with_infinities(plan):
    rows = [[math.inf, 1.0, 2.0], [-math.inf, 0.5, -math.inf], [1.0, math.inf, 3.0], [2.0, -math.inf, 0.0]]
    with errstate("ieee"):
        for t in range(3):
            program = compile(lambda x: autograd.cross_entropy(x, t), [[0.0] * 3], plan=plan)
            expected = [autograd.cross_entropy([Value(x) for x in row], t).data for row in rows]
            np.testing.assert_allclose(program(rows), expected, rtol=1e-15)


@pytest.mark.parametrize("plan", PLANS)
def test_division_by_the_constant_0(plan):
    a = Value(2.0)
    with errstate("ieee"):
        cost, gradient = compile(lambda x: x * a / 0.0, [1.0], a, plan=plan).value_and_grad([1.0])
    assert (cost, gradient) == (math.inf, math.inf)


@pytest.mark.parametrize("plan", PLANS)
def test_choices_nest(plan):
    a, b = Value(0.0), Value(2.0)

    def f(x):
        inner = where(a > 0, lambda: 1 / a, lambda: b * x)
        return where(x < b, lambda: inner * b, lambda: autograd.sqrt(b - x)) + where(b == 2, a, lambda: 1 / a)

    program = compile(f, [0.0], [a, b], plan=plan)
    value, gradient = program.value_and_grad([1.5])
    expected = eager(f, [a, b], Value(1.5))
    assert value == pytest.approx(expected[0])
    assert list(gradient) == pytest.approx(expected[1])


UNARY = ["log", "sqrt", "exp", "sigmoid", "tanh", "abs", "relu", "sign", "atan", "softplus"]


def operations_under_ieee(nodes, a, b, j):
    return [
        lambda: a + b,
        lambda: a - b,
        lambda: a * b,
        lambda: a / b,
        lambda: autograd.maximum(a, b),
        lambda: where(a < b, lambda: a * 2.0, lambda: b - 1.0),
        lambda: where(a > 0, lambda: a.log(), lambda: b * a),
        lambda: a * 0.0 + 1.0,
        lambda: getattr(autograd, UNARY[j % len(UNARY)])(a),
    ]


# The same graphs in each run, and no 1e30: a program adds in another order, and (x − p) − x may be −p or 0.
@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    drawn(operations=9, size=15),
    st.lists(st.sampled_from([edge for edge in EDGES if edge != 1e30]), min_size=3, max_size=3),
    st.sampled_from(PLANS),
)
def test_random_graphs_under_ieee(graph, numbers, plan):
    params = [Value(0.5), Value(-1.0), Value(2.0)]

    def f(x, y, z):
        nodes = grow([*params, x, y, z], graph, operations_under_ieee)
        return nodes[-1] * 1.0 + params[0] * x

    with errstate("ieee"):
        compiled = compile(f, [1.0, 1.0, 1.0], params, plan=plan)
        value, gradient = compiled.value_and_grad(*([number] for number in numbers))
        expected, expected_gradient = eager(lambda xs: f(*xs), params, [Value(number) for number in numbers])
    assert same(value, expected)
    assert all(map(same, gradient, expected_gradient)), (gradient, expected_gradient)


@pytest.mark.parametrize("name", [name for name in FORMULAS if RULES[name].branch_free])  # pyright: ignore[reportAttributeAccessIssue]
def test_quick_formulas_keep_the_digits_of_the_table(name):
    """Also in the tails: 1 − y² as tanh′ would have none left at 20."""
    rule = RULES[name]
    xs = [Value(x) for x in np.concatenate([np.linspace(-40, 40, 801), np.geomspace(1e-300, 300, 101)])]
    program = compile(lambda: autograd.sum(apply(rule, x) for x in xs), [], xs, plan="arrays")
    _, gradient = program.value_and_grad()
    expected = [rule.differentiate(rule.evaluate(x.data), x.data)[0] for x in xs]
    np.testing.assert_allclose(gradient, expected, rtol=4e-15, atol=0.0)
    each = compile(lambda x: apply(rule, x), [0.0], plan="arrays")
    values = each([x.data for x in xs])
    np.testing.assert_allclose(values, [rule.evaluate(x.data) for x in xs], rtol=4e-15, atol=0.0)


@pytest.mark.parametrize("plan", PLANS)
def test_the_two_zeros_stay_apart_in_one_group(plan):
    """1 · 0.0 and 1 · −0.0 are one array operation, and differ."""
    x = [Value(1.0), Value(1.0)]
    program = compile(
        lambda: (0.0, [autograd.atan2(a * zero, -1.0) for a, zero in zip(x, (0.0, -0.0), strict=True)]),
        [],
        x,
        plan=plan,
    )
    assert program()[1] == [math.pi, -math.pi]


@pytest.mark.parametrize("plan", ["arrays", "straight-line"])
class TestNanThatIsComputedAndCompared:
    def test_it_does_not_decide(self, plan):
        w = Value(1.0)

        def f(x):
            difference = exp(x) * 1e308 - exp(x) * 1e308 * w  # ∞ − ∞ if x is large
            return where(difference > 0.0, x * w, 2.0 * x * w)

        program = compile(f, [0.0], [w], plan=plan)
        assert program([-5.0]).tolist() == [-10.0]
        for run in (program, program.backward, program.value_and_grad):
            with pytest.raises(DomainError, match="comparison reads nan"):
                run([-5.0, 5.0])
            with errstate("ieee"):
                run([-5.0, 5.0])
        assert program([-5.0]).tolist() == [-10.0]

    def test_a_branch_that_is_not_taken_may_compare_nan(self, plan):
        w = Value(3.0)
        program = compile(
            lambda x: where(x > 0.0, where(log(x) > 1.0, w, 2.0 * w), w * x), [0.0], [w], plan=plan
        )
        assert program([-1.0, 1.0, 5.0]).tolist() == [-3.0, 6.0, 3.0]
        cost, gradient = program.value_and_grad([-1.0, 1.0, 5.0])
        assert cost == pytest.approx(2.0)
        assert gradient.tolist() == pytest.approx([2.0 / 3.0])

    def test_infinity_may_be_compared(self, plan):
        program = compile(lambda x: where(exp(x) * 1e308 > 1.0, x, 0.0), [0.0], plan=plan)
        assert program([5.0]).tolist() == [5.0]


@pytest.mark.parametrize("plan", ["arrays", "straight-line"])
@pytest.mark.parametrize(
    "name",
    ["copy", "zeros", "product", "take", "slice", "np", "m", "v1", "t1", "x0", "gradient", "decided", "inf"],
)
def test_a_primitive_may_be_called_what_programs_call_their_own(name, plan):
    def f(x):
        return math.atan(x)

    f.__name__ = name
    f = autograd.primitive(x="1 / (1 + x * x)")(f)
    w = Value(0.3)
    program = compile(lambda x: autograd.tanh(f(f(w * x)) * x), [1.0], w, plan=plan)
    cost, slope = program.value_and_grad([0.5, 2.0])
    expected = [autograd.tanh(f(f(w * x)) * x) for x in (0.5, 2.0)]
    mean = autograd.mean(expected)
    assert cost == pytest.approx(mean.data, rel=1e-12)
    mean.backward()
    assert slope == pytest.approx(w.grad, rel=1e-12)


@pytest.mark.parametrize("examples", [1, 200])
def test_gradients_that_the_caller_keeps_stay(examples):
    layer = [[Value(0.1 * i - 0.01 * j) for j in range(20)] for i in range(3)]
    biases = [Value(0.1) for _ in range(3)]
    program = compile(
        lambda x: autograd.sum(tanh(dot(w, x, b)) for w, b in zip(layer, biases)),
        [[0.0] * 20],
        [layer, biases],
        plan="arrays",
    )
    batches = np.random.default_rng(0).normal(size=(8, examples, 20))
    expected = []
    for batch in batches:
        program.backward(batch)
        expected.append(program.gradient.copy())
    kept = []
    for batch, line in zip(batches, expected):
        kept.append(program.value_and_grad(batch)[1])
        program.gradient[:] = 7.0  # another array
        program.backward(-batch)
        weights, slopes = program.value_and_grad(batch)[1]
        assert np.concatenate([weights.ravel(), slopes]).tolist() == line.tolist()
    for (weights, slopes), line in zip(kept, expected):
        assert np.concatenate([weights.ravel(), slopes]).tolist() == line.tolist()


def test_sums_of_any_length_are_statements():
    weights = [Value(0.001 * i) for i in range(20_000)]
    program = compile(lambda x: x - dot(weights, [x] * 20_000), [0.0], weights, plan="straight-line")
    x = 0.5
    cost, gradient = program.value_and_grad([x])
    assert cost == pytest.approx(x - sum(w.data * x for w in weights), rel=1e-12)
    assert gradient.tolist() == [-x] * 20_000
    shared = compile(
        lambda: autograd.sum([weights[1].sin()] * 20_000), [], weights[1:2], plan="straight-line"
    )
    assert shared.value_and_grad()[1] == pytest.approx(20_000 * math.cos(0.001))
