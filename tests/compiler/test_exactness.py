"""Compiled programs against eager mode: the same cost and gradient, whatever the graph."""

# ruff: noqa: E731
from __future__ import annotations

import copy
import gc
import itertools
import math
import pickle
import random
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import drawn, grow

import autograd
from autograd import Value, compile, dot, errstate, sigmoid, softmax, tanh, where
from autograd.functional.containers import leaves
from autograd.operations.apply import apply
from autograd.table.lists import ListRule
from autograd.table.row import RULES, FormulaRule

PLANS = ["arrays", "straight-line"]


def magnitudes(root, values):
    """For each value the sum of |products of local derivatives| over all paths from the root to it."""
    found = {root: 1.0}
    for node in reversed(autograd.topological_order(root)):
        for parent, local in zip(node.parents, node.local_derivatives, strict=True):
            found[parent] = found.get(parent, 0.0) + found[node] * abs(local)
    return np.array([found.get(value, 0.0) for value in values])


def copies(program, m=3):
    """The lines of `bind` whose result should be a view, and is a copy, which no call would fill."""
    source = program._engines.arrays.source("gradient" if program.params else "forward")
    made = {**source.namespace, "m": m, "params": np.zeros((len(program.params), 1))}
    found = []
    for line in source.bound:
        exec(line, made)
        name, text = line.split(" = ", 1)
        base = re.search(r"\b([tv]\d+|params)\b", text)
        if name[0] == "v" and base and not np.shares_memory(made[name], made[base[0]]):
            found.append(line)
    return found


def check(f, examples, params, plan, tolerance=1e-12):
    """The program's mean cost and gradient are eager mode's, to `tolerance` times the terms' magnitudes."""
    program = compile(f, examples[0], params, plan=plan)
    batches = [np.array([leaves(example[k]) for example in examples]) for k in range(len(examples[0]))]
    cost, gradient = program.value_and_grad(*batches)
    values = leaves(params)
    for value in values:
        value._grad = None
    total = 0.0
    magnitude = np.zeros(len(values))
    for example in examples:
        result = f(*example)
        result = result[0] if isinstance(result, tuple) else result
        result.backward()
        total += result.data
        magnitude += magnitudes(result, values)
    m = len(examples)
    assert cost == pytest.approx(total / m, rel=1e-12, abs=1e-12)
    expected = np.array([value.grad for value in values]) / m
    difference = abs(np.array(leaves(gradient)) - expected)
    assert program.plan != "arrays" or not copies(program)
    assert (difference <= tolerance * magnitude / m).all(), (difference / (magnitude / m + 1e-300)).max()
    return program


def network(sizes, seed=0):
    r = random.Random(seed)
    return [
        (
            [[Value(r.gauss(0, 1)) for _ in range(n)] for _ in range(m)],
            [Value(r.gauss(0, 1)) for _ in range(m)],
        )
        for n, m in itertools.pairwise(sizes)
    ]


def binary(w, x, b):
    for wi, xi in zip(w, x, strict=True):
        b = b + wi * xi
    return b


def feed(layers, x, activation, z=binary):
    for W, b in layers:
        x = [activation(z(w, x, bias)) for w, bias in zip(W, b, strict=True)]
    return x


def numbers(seed, *sizes, m=7):
    r = random.Random(seed)
    return [[[r.gauss(0, 1) for _ in range(n)] for n in sizes] for _ in range(m)]


def quadratic(a, y):
    return 0.5 * autograd.sum((ai - yi) ** 2 for ai, yi in zip(a, y, strict=True))


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("z", [binary, dot])
@pytest.mark.parametrize(
    "activation", [sigmoid, tanh, autograd.relu, autograd.gelu, autograd.softplus, lambda x: x]
)
def test_mlp(plan, z, activation):
    layers = network([6, 5, 4, 3])
    check(lambda x, y: quadratic(feed(layers, x, activation, z), y), numbers(1, 6, 3), layers, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_softmax_regression(plan):
    layers = network([6, 4])

    def f(x, y):
        z = feed(layers, x, lambda z: z)
        return autograd.logsumexp(z) - dot(y, z)

    check(f, numbers(2, 6, 4), layers, plan)
    check(lambda x: autograd.cross_entropy(feed(layers, x, tanh), 2), numbers(2, 6), layers, plan)

    def g(x, y):
        return -autograd.sum(t * p.log() for t, p in zip(y, softmax(feed(layers, x, tanh)), strict=True))

    check(g, numbers(3, 6, 4), layers, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_logistic_regression_and_hinge_with_penalty(plan):
    w, b = [Value(0.3), Value(-0.5)], Value(0.1)
    check(lambda x, y: (z := dot(w, x, b)).softplus() - y[0] * z, numbers(4, 2, 1), [w, b], plan)
    layers = network([2, 8, 8, 1])

    def hinge(x, y):
        (score,) = feed(layers, x, autograd.relu)
        return (1 - y[0] * score).relu() + 1e-2 * sum(p * p for p in leaves(layers))

    check(hinge, numbers(5, 2, 1), layers, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_skip_connections_sharing_and_tied_weights(plan):
    layers = network([4, 4])
    ((W, b),) = layers

    def skip(x, y):
        h = feed(layers, x, tanh)
        h = [hi + xi for hi, xi in zip(feed(layers, h, tanh), h, strict=True)]
        return quadratic([binary(w, [*h, *x][:4], bi) for w, bi in zip(W, b, strict=True)], y)

    check(skip, numbers(6, 4, 4), layers, plan)
    encoder = network([5, 3])
    V, _c = encoder[0]

    def tied(x):
        h = feed(encoder, x, sigmoid)
        return quadratic([sigmoid(autograd.sum(V[j][i] * h[j] for j in range(3))) for i in range(5)], x)

    check(tied, numbers(7, 5), encoder, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_convolution(plan):
    r = random.Random(0)
    filters = [[Value(r.gauss(0, 1)) for _ in range(4)] for _ in range(3)]

    def f(x):
        total = 0.0
        for w in filters:
            for i in range(3):
                for j in range(3):
                    patch = [x[4 * i + j], x[4 * i + j + 1], x[4 * i + j + 4], x[4 * i + j + 5]]
                    total = total + tanh(binary(w, patch, 0.0))
        return total

    program = check(f, numbers(8, 16), filters, plan)
    if plan == "arrays":
        assert program.source.count("matmul(") + program.source.count("times(") <= 3


@pytest.mark.parametrize("plan", PLANS)
def test_recurrent_networks(plan):
    W, U, b = network([2, 3])[0][0], network([3, 3])[0][0], [Value(0.1) for _ in range(3)]

    def rnn(x):
        h = [0.0] * 3
        for t in range(4):
            h = [
                tanh(binary(w, x[2 * t : 2 * t + 2], binary(u, h, bi)))
                for w, u, bi in zip(W, U, b, strict=True)
            ]
        return quadratic(h, [0.5, -0.5, 0.2])

    check(rnn, numbers(9, 8), [W, U, b], plan)
    gates = [network([5, 3], seed)[0] for seed in range(4)]

    def lstm(x):
        h = c = [0.0] * 3
        for t in range(3):
            i, g, o, k = (
                [binary(w, [*x[2 * t : 2 * t + 2], *h], bi) for w, bi in zip(*gate, strict=True)]
                for gate in gates
            )
            c = [sigmoid(kk) * cc + sigmoid(ii) * tanh(gg) for kk, cc, ii, gg in zip(k, c, i, g, strict=True)]
            h = [sigmoid(oo) * tanh(cc) for oo, cc in zip(o, c, strict=True)]
        return quadratic(h, [0.5, -0.5, 0.2])

    check(lstm, numbers(10, 6), gates, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_attention(plan):
    r = random.Random(1)
    Q, K, W = ([[Value(r.gauss(0, 1)) for _ in range(3)] for _ in range(3)] for _ in range(3))

    def f(x):
        tokens = [x[3 * i : 3 * i + 3] for i in range(4)]
        q, k, v = ([[binary(row, token, 0.0) for row in M] for token in tokens] for M in (Q, K, W))
        total = 0.0
        for qi in q:
            weights = softmax([binary(qi, kj, 0.0) for kj in k])
            for d in range(3):
                total = total + binary(weights, [vj[d] for vj in v], 0.0) ** 2
        return total

    check(f, numbers(11, 12), [Q, K, W], plan)


@pytest.mark.parametrize("plan", PLANS)
def test_functions_without_inputs_and_numeric_codes(plan):
    xs = [Value(0.1 * i) for i in range(20)]
    check(
        lambda: sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(xs)),
        [()],
        xs,
        plan,
    )

    state = [Value(1.0), Value(2.0), Value(20.0)]

    def lorenz():
        def slope(s):
            x, y, z = s
            return [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]

        s, h = state, 0.01
        for _ in range(5):
            k1 = slope(s)
            k2 = slope([a + h / 2 * b for a, b in zip(s, k1, strict=True)])
            k3 = slope([a + h / 2 * b for a, b in zip(s, k2, strict=True)])
            k4 = slope([a + h * b for a, b in zip(s, k3, strict=True)])
            s = [a + h / 6 * (p + 2 * q + 2 * r + t) for a, p, q, r, t in zip(s, k1, k2, k3, k4, strict=True)]
        return s[0] + s[1] * s[2]

    check(lorenz, [()], state, plan)
    rate, volatility = Value(0.05), Value(0.2)

    def black_scholes(x):
        spot, strike, time = x
        spread = volatility * time.sqrt() if isinstance(time, Value) else volatility * math.sqrt(time)
        ratio = (spot / strike).log() if isinstance(spot, Value) else math.log(spot / strike)
        d1 = (ratio + (rate + volatility**2 / 2) * time) / spread
        normal = lambda z: 0.5 * autograd.erfc(-z / math.sqrt(2))
        return spot * normal(d1) - strike * (-rate * time).exp() * normal(d1 - spread)

    check(black_scholes, [[[100.0 + i, 95.0, 0.5 + 0.1 * i]] for i in range(5)], [rate, volatility], plan)


@pytest.mark.parametrize("plan", PLANS)
def test_pruned_network(plan):
    r = random.Random(3)
    layers = network([10, 8, 4])
    kept = {id(w): r.random() < 0.5 for w in leaves(layers)}

    def z(w, x, b):
        for wi, xi in zip(w, x, strict=True):
            if kept[id(wi)]:
                b = b + wi * xi
        return b

    check(lambda x, y: quadratic(feed(layers, x, tanh, z), y), numbers(12, 10, 4), layers, plan)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize(
    "rule",
    [r for r in RULES.values() if isinstance(r, FormulaRule) and not r.index_operands],
    ids=lambda r: r.name,
)
def test_every_row_of_the_table_compiles(rule, plan):
    for point in rule.points:
        params = [Value(x) for x in point]
        if rule.name == "where":
            f = lambda params=params: where(params[0] > 0, params[1] * 2, params[2] * 3)
        else:
            f = lambda params=params: 1.5 * apply(rule, *params)
        check(f, [()], params, plan)


UNARY = ["sin", "tanh", "sigmoid", "softplus", "abs", "relu", "exp"]


def operations(nodes, a, b, j):
    """Everything that could grow without bound goes through tanh."""
    return [
        lambda: a + b,
        lambda: a - b,
        lambda: tanh(a * b),
        lambda: tanh(a * b + a),
        lambda: autograd.maximum(a, b),
        lambda: autograd.sum(nodes[-5:]),
        lambda: tanh(dot(nodes[:4], nodes[-4:], a)),
        lambda: where(a < b, lambda: a * 2.0, lambda: b - 1.0),
        lambda: softmax(nodes[-3:])[j % 3],
        lambda: autograd.logsumexp(nodes[-3:]),
        lambda: a * 3.0 + 1.0,
        lambda: a / 2.0,
        lambda: autograd.cross_entropy(nodes[-4:], j % 4),
        lambda: tanh(getattr(autograd, UNARY[j % len(UNARY)])(a)),
    ]


# The same graphs in each run: where a and b differ by rounding only, a program may take the other branch.
@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    drawn(operations=14, size=40),
    st.sampled_from(PLANS),
)
def test_random_graphs(graph, plan):
    params = [Value(x) for x in (0.5, -1.25, 0.75)]

    def f(x):
        nodes = grow([*params, *x], graph, operations)
        return autograd.sum(nodes[-3:]) + params[0] * x[0]

    check(f, [[[0.3, -0.8]], [[1.1, 0.2]], [[-0.4, 0.6]]], params, plan)


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: dot([where(x[0] > 0.2, w, w)] * 4, [x[0], x[1], w, 2 * w]),
        lambda x, w: autograd.leaky_relu(3.0, x[0]) * w + autograd.leaky_relu(-3.0, x[1]),
        lambda x, w: where(x[1] > 0.2, 1.5, 1.5) * w,
    ],
)
def test_results_that_are_the_same_for_all_examples_or_one_number(f, plan):
    w = Value(2.0)
    check(lambda x: f(x, w), [[[0.3, -0.8]], [[1.1, 0.2]], [[-0.4, 0.6]]], w, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_a_part_of_rows_that_lie_apart(plan):
    """One component of each softmax: every fourth row of all components, and of these the last two."""
    w = [Value(0.3), Value(-0.7)]

    def f(x):
        s = [softmax(x[i : i + 3])[i] for i in range(3)]
        layer = [tanh(w[0] * a + w[1] * b) for a, b in itertools.pairwise(s)]
        return autograd.sum([*layer, tanh(w[0] * s[2] + w[1] * x[4])])

    check(f, numbers(1, 5), w, plan)

    def components(x):  # the first of the first, the last of the last
        return autograd.sum([softmax([w[0], *x[:2]])[0] ** 2, softmax([w[1], *x[2:]])[2] ** 2])

    check(components, numbers(2, 4), w, plan)
    check(lambda x: (w[0] * x[0]) ** 2 + x[0] ** 2 + x[3] ** 2, numbers(3, 4), w, plan)
    check(lambda x: x[0] ** 2 + x[3] ** 2 + 0.0 * w[0], numbers(3, 4), w, plan)
    check(lambda x: softmax(x)[0] ** 2 + softmax(x)[3] ** 2 + 0.0 * w[0], numbers(3, 4), w, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_the_same_sum_of_each_batch_anew(plan):
    program = compile(lambda x: autograd.sum([tanh(x)] * 3), [0.0], plan=plan)
    for x in (0.5, -2.0, 1.0):
        assert program([x, x]).mean() == pytest.approx(3 * math.tanh(x))


@pytest.mark.parametrize("plan", PLANS)
def test_lists_of_several_inputs_are_kept_apart(plan):
    w = [Value(0.5), Value(-1.0)]

    def f(x, y):
        own = [autograd.logsumexp(a) for a in (x, y, w, [tanh(v) for v in x])]
        shares = [*softmax(x), *softmax(y), *softmax(w)]
        classes = [autograd.cross_entropy(a, 1) for a in (x, y, w)]
        return (
            dot(own, [1.0, 2.0, w[0], 4.0]) + dot(shares, [*range(1, 7)]) * w[1] + dot(classes, [1, w[1], 3])
        )

    check(f, numbers(13, 2, 2), w, plan)


@pytest.mark.parametrize("plan", PLANS)
def test_constants_of_one_content_in_several_shapes(plan):
    """Which of two operands is meant, and two numbers: both are 1, 0."""
    w, u = Value(0.5), Value(-0.7)

    def f(x):
        sums = tanh(x[0] + x[1] * w + 1.0) + tanh(x[1] + x[0] * u + 0.0) * u
        return sums + autograd.cross_entropy([w, x[0]], 0) * w

    check(f, [[[0.3, -0.8]], [[1.1, 0.2]]], [w, u], plan)


@pytest.mark.parametrize("plan", PLANS)
def test_a_condition_that_is_known_beforehand_chooses_at_once(plan):
    w = Value(0.5)

    def f(x):
        seen: list[str] = []
        last = 0.0
        for i in range(3):
            last = where(i > 0, lambda last=last: last * w, lambda: seen.append("first") or x * w)
        assert seen == ["first"]
        return last + where(True, 2, x) + where(Value(1.0) > 2.0, x, w)

    program = check(f, [[0.3], [-0.2]], w, plan)
    assert "where" not in program.source
    with pytest.raises(TypeError, match="where"):
        compile(lambda x: x * where(True, "one", x), [1.0])  # pyright: ignore[reportArgumentType, reportCallIssue]


@pytest.mark.parametrize("plan", PLANS)
def test_gradients_of_saturated_lists_keep_their_digits(plan):
    """1 − softmax is what the others have, even if that is 1e-22 of the whole."""
    w = [Value(50.0), Value(0.0), Value(-1.0)]
    check(lambda x: softmax([a * x for a in w])[0] * 2.0, [[1.0], [0.5]], w, plan)
    check(lambda x: dot(softmax([a * x for a in w]), [3.0, 5.0, 7.0]), [[1.0], [0.5]], w, plan)
    check(lambda x: softmax([w[0] * x, w[0] * x, w[1]])[1], [[1.0], [0.5]], w, plan)


def test_a_branch_on_an_input_or_a_parameter_is_refused_and_the_collector_restored():
    w = Value(2.0)
    with pytest.raises(TypeError, match=r"where.*\n.*test_exactness"):
        compile(lambda x: w if x > 0 else -w, [1.0], [w])
    with pytest.raises(TypeError, match="where"):
        compile(lambda: max(w, 2 * w), [], [w])
    with pytest.raises(TypeError, match="where"):
        compile(lambda x: w * math.exp(x), [1.0], [w])
    assert gc.isenabled()
    assert type(w) is Value


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_program_cannot_be_copied_and_says_so(plan, copied):
    w = Value(1.0)
    with pytest.raises(TypeError, match="compile f again"):
        copied(compile(lambda x: w * x, [1.0], w, plan=plan))


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_no_batch_and_no_vector_of_parameters_is_refused(plan):
    w = [Value(1.0), Value(2.0)]
    program = compile(lambda x: dot(w, x), [[0.0, 0.0]], w, plan=plan)
    for batch in (None, object(), "ab", ["ab"], [[None, 1.0]], [[1j, 2.0]], {"a": [1.0, 2.0]}):
        with pytest.raises(TypeError, match="input 0 must"):
            program(batch)
    with pytest.raises(TypeError, match="not of Value; gradients flow through the function, not through"):
        autograd.grad(lambda x: program([[x, 1.0]])[0])(2.0)
    for batch in ([[1.0, 2.0], [1.0]], [[1.0, 2.0, 3.0]], [1.0, 2.0], np.ones((3, 2, 2))):
        with pytest.raises(ValueError, match=r"input 0 (must )?ha"):
            program(batch)
    for batch in ([], np.ones((0, 2))):
        with pytest.raises(ValueError, match=r"batch, 2|at least 1"):
            program(batch)
    for vector in ([1.0], [1.0, 2.0, 3.0], np.ones(3), 1.0):
        with pytest.raises(ValueError, match="vector of 2 numbers"):
            program.parameters = vector
    with pytest.raises(TypeError, match="real number"):
        program.parameters = ["a", "b"]
    program.parameters = np.array([3.0, 4.0])
    assert list(program([[1.0, 10.0]])) == [43.0]


def test_what_a_program_cannot_keep_apart_is_refused_while_tracing():
    w, kept = Value(2.0), []

    def constant(x):
        with autograd.no_grad():
            return w * x

    with pytest.raises(TypeError, match="no_grad"):
        compile(constant, [1.0], w)
    with pytest.raises(ValueError, match="being compiled"):
        compile(lambda x: compile(lambda y: y * w, [0.0], w)([1.0])[0] * x, [1.0], w)
    with pytest.raises(TypeError, match=r"outputs\['a'\]\[1\]"):
        compile(lambda x: (w * x, {"a": [x, "b"]}), [1.0], w)
    with pytest.raises(TypeError, match="logsumexp"):
        compile(lambda x, t: autograd.cross_entropy([w, x], t), [1.0, 0.0], w)
    compile(lambda x: kept.append(x) or w * x, [1.0], w)
    with pytest.raises(TypeError, match="has no value"):
        kept[0].exp()


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="inputs must be a list"):
        compile(lambda x: x * 2, 1.0)  # type: ignore[arg-type]
    w = Value(2.0)
    with pytest.raises(TypeError, match="is a Value: inputs are numbers"):
        compile(lambda x: x * w, [w], [w])
    with pytest.raises(TypeError, match=r"params\[0\] must be a Value"):
        compile(lambda x: x * w, [1.0], [2.0])
    program = compile(lambda x: dot([w, w], x), [[1.0, 2.0]], [w], plan="arrays")
    with pytest.raises(ValueError, match=r"shape \(batch, 2\), not \(3, 3\)"):
        program(np.ones((3, 3)))
    with pytest.raises(TypeError, match="real numbers"):
        program(np.ones((3, 2), complex))
    with pytest.raises(ValueError, match="example 1 has nan"):
        program([[1.0, 2.0], [math.nan, 0.0]])
    with pytest.raises(TypeError, match="takes 1 inputs, 2 were given"):
        program([[1.0, 2.0]], [1.0])


@pytest.mark.parametrize("plan", PLANS)
def test_a_result_that_is_not_finite_is_refused(plan):
    w = Value(-1.0, "w")
    program = compile(lambda x: (w * x).log(), [1.0], [w], plan=plan)
    named = (
        "× log" if plan == "arrays" else r"in example 1: log\(-2.0\) needs x > 0(.|\n)*at .*test_exactness"
    )
    with pytest.raises(autograd.DomainError, match=named):
        program.value_and_grad([[-1.0], [2.0]])
    with pytest.raises(ValueError, match="input 0: example 1 has nan in it"):
        program([[1.0], [math.nan]])
    with errstate("ieee"):
        assert math.isnan(program.value_and_grad([[1.0], [2.0]])[0])


@pytest.mark.parametrize("plan", PLANS)
def test_parameters_are_one_flat_vector(plan):
    w = [Value(1.0), Value(2.0)]
    program = compile(lambda x: (dot(w, x, 0.0), [2 * w[0], x[0]]), [[0.0, 0.0]], w, plan=plan)
    program.parameters[1] = 5.0
    costs, outputs = program([[1.0, 10.0], [2.0, 0.0]])
    assert (list(costs), outputs.tolist()) == ([51.0, 2.0], [[2.0, 1.0], [2.0, 2.0]])
    program.store()
    assert w[1].data == 5.0
    w[1].data = 7.0
    program.load()
    assert list(program.parameters) == [1.0, 7.0]


def test_a_gradient_in_the_shape_of_params_costs_no_call_per_parameter():
    def calls(n):
        weights = [[Value(0.1 * j) for j in range(n)] for _ in range(3)]
        f = lambda x: (dot(weights[0], x) * dot(weights[1], x) + dot(weights[2], x), weights[0][0] * x[0])
        program = compile(f, [[0.0] * n], [weights, {"b": weights[0][:0]}], plan="arrays")
        X, count = np.ones((2, n)), 0

        def counted(frame, event, argument):
            nonlocal count
            count += event in ("call", "c_call")

        program.value_and_grad(X)
        sys.setprofile(counted)
        program.value_and_grad(X)
        program(X)
        sys.setprofile(None)
        return count

    assert abs(calls(50) - calls(5)) < 45  # for 135 parameters more


def test_compile_needs_numpy_and_says_how_to_get_it():
    program = """
import sys
sys.modules["numpy"] = None
from autograd import Value, compile
w = Value(0.5)
for plan in (None, "arrays", "straight-line"):
    try:
        compile(lambda x: w * x, [0.0], [w], plan=plan)
    except ModuleNotFoundError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count('pip install "stepgrad[compile]"') == 3


@pytest.mark.parametrize("plan", PLANS)
def test_an_operand_may_be_called_y(plan):
    """The result has another name in such a row's formulas."""

    def slope(result, x, y):
        return result / y

    @autograd.primitive(x=lambda result, x, y: 2.0 * x * y, y=slope)
    def square_times(x, y):
        return x * x * y

    w = Value(3.0)
    program = compile(lambda x: square_times(x * w, w + 1.0), [0.0], w, plan=plan)
    assert program.value_and_grad([2.0]) == (144.0, 132.0)


def test_one_program_is_not_run_twice_at_once():
    """Its memory is one: a second call meanwhile is refused, not mixed in."""
    w = Value(0.5)
    program = compile(lambda x: (w * x) ** 2, [0.0], [w], plan="arrays")
    program.backward([1.0])
    run: Any = program._engines.arrays._bound["gradient", 1]
    with pytest.raises(RuntimeError, match="once for each thread"):
        run.func(program.backward, [1.0])  # in its context, as while another call is in it
    assert program.backward([1.0]) == 0.25


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize(
    "rule", [r for r in RULES.values() if isinstance(r, ListRule) and r.name != "dot"], ids=lambda r: r.name
)
def test_every_row_of_lists_compiles(rule, plan):
    w = [Value(number) for number in (0.5, -1.2, 3.0)]
    call = getattr(autograd, rule.name)

    def f(x):
        xs = [x * a for a in w]
        if rule.vector:
            return call(xs)[1] * 2.0
        return (call(xs, 1) if rule.index else call(xs)) * 2.0

    check(f, [[1.0], [0.5], [-2.0]], w, plan)
