"""Transforms inside compiled functions, and the derivatives that programs give for each example."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    compile,
    dot,
    errstate,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    softmax,
    tanh,
    value_and_grad,
    vjp,
    where,
)
from autograd.compiler import memory

PLANS = ["arrays", "straight-line"]
EXAMPLES = [(0.5, 0.3), (-0.1, 0.2), (1.2, -0.7)]


def u(w, x):
    return tanh(w[0] * x) * w[1] + w[2] * x * x


def softly(w, x):
    """A function of two numbers with lists, choices and kinks in it."""
    z = [dot([w[0], w[1]], x, w[2]), w[1] * x[0], x[1] ** 3]
    chosen = where(x[0] > w[0], lambda: z[0] * z[1], lambda: autograd.sin(z[2]))
    return autograd.logsumexp(z) + softmax(z)[1] * chosen + autograd.cross_entropy(z, 2) + autograd.relu(z[0])


COMPOSED = {
    "a squared residual": lambda w, x, y: (grad(lambda t: u(w, t))(x) - y) ** 2,
    "a gradient penalty": lambda w, x, y: (
        autograd.sum(g**2 for g in grad(lambda p: softly(w, p))([x, y])) + u(w, x)
    ),
    "a value and a gradient": lambda w, x, y: dot(value_and_grad(lambda t: u(w, t))(x), [y, w[0]]),
    "a second derivative": lambda w, x, y: grad(grad(lambda t: u(w, t)))(x) * y + u(w, x),
    "a third derivative": lambda w, x, y: grad(grad(grad(lambda t: u(w, t))))(x) * w[1],
    "a Hessian": lambda w, x, y: hessian(lambda p: softly(w, p))([x, y])[0][1],
    "Newton's step": lambda w, x, y: (x - grad(lambda t: u(w, t))(x) / grad(grad(lambda t: u(w, t)))(x)) * y,
    "a tangent": lambda w, x, y: jvp(lambda t: u(w, t), (x,), (y * w[0],))[1],
    "a pullback": lambda w, x, y: vjp(lambda a, b: u(w, a) * b, x, y)[1](w[2])[0],
    "a Jacobian": lambda w, x, y: jacobian(lambda p: [u(w, p[0]) * p[1], p[0] ** p[1]])([x * x, y])[1][0],
    "a Hessian times a vector": lambda w, x, y: hvp(lambda p: softly(w, p), ([x, y],), ([w[0], x],))[0][1],
    "a variable inside another": lambda w, x, y: grad(lambda t: t * grad(lambda s: t * u(w, s) + s)(x))(y),
    "a number of its own": lambda w, x, y: grad(lambda t: u(w, t))(0.5) * x + y,
    "with respect to parameters": lambda w, x, y: grad(lambda p: u(p, x) * y)(w)[1] ** 2,
}


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("name", COMPOSED)
def test_a_program_computes_what_nested_transforms_compute(name, plan):
    f = COMPOSED[name]
    w = [Value(0.3), Value(-0.7), Value(1.2)]
    program = compile(lambda x, y: f(w, x, y), [0.0, 0.0], w, plan=plan)
    cost, gradient = program.value_and_grad(*zip(*EXAMPLES, strict=True))
    numbers = [v.data for v in w]
    expected = [value_and_grad(f)(numbers, x, y) for x, y in EXAMPLES]
    assert cost == pytest.approx(sum(value for value, _ in expected) / 3, rel=1e-12)
    mean = np.mean([slopes for _, slopes in expected], axis=0)
    np.testing.assert_allclose(gradient, mean, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("plan", PLANS)
def test_detach_stops_the_derivative_and_not_the_number(plan):
    w = [Value(0.5), Value(2.0)]
    program = compile(lambda x: (w[0] * x).detach() * w[1] + w[0].detach() * x, [1.0], w, plan=plan)
    cost, gradient = program.value_and_grad([3.0])
    assert (cost, list(gradient)) == (4.5, [0.0, 1.5])


@pytest.mark.parametrize("plan", PLANS)
def test_derivatives_of_each_example_are_those_of_the_transforms(plan):
    w = [Value(0.3), Value(-0.7), Value(1.2)]
    numbers = [v.data for v in w]
    X = np.random.default_rng(0).normal(size=(4, 2))
    V = np.random.default_rng(1).normal(size=(4, 2))
    outputs = lambda p, x: [softly(p, x), [x[0] * p[0], tanh(x[1]) * p[2]]]  # noqa: E731
    program = compile(lambda x: (softly(w, x), outputs(w, x)), [[0.0, 0.0]], w, plan=plan)
    rows = X.tolist()

    first, others = program.jacobian(X)
    assert (first.shape, others.shape) == ((4, 2), (4, 2, 2))
    for i, x in enumerate(rows):
        expected = jacobian(lambda x: outputs(numbers, x))(x)
        np.testing.assert_allclose([first[i], *others[i]], [expected[0], *expected[1]], rtol=1e-12)
    by_params = program.jacobian(X, argnums="params")
    expected = jacobian(lambda p: outputs(p, rows[2]))(numbers)
    np.testing.assert_allclose(by_params[0][2], expected[0], rtol=1e-12)

    H = program.hessian(X)
    assert H.shape == (4, 2, 2)
    for i, x in enumerate(rows):
        np.testing.assert_allclose(H[i], hessian(lambda x: softly(numbers, x))(x), rtol=1e-11, atol=1e-13)
    H = program.hessian(X, argnums="params")
    expected = hessian(lambda p: softly(p, rows[1]))(numbers)
    np.testing.assert_allclose(H[1], expected, rtol=1e-11, atol=1e-13)

    products = program.hvp(X, vectors=V)
    for i, (x, v) in enumerate(zip(rows, V.tolist(), strict=True)):
        (expected,) = hvp(lambda x: softly(numbers, x), (x,), (v,))
        np.testing.assert_allclose(products[i], expected, rtol=1e-11, atol=1e-13)
    products = program.hvp(X, vectors=[1.0, 0.5, -2.0], argnums="params")
    (expected,) = hvp(lambda p: softly(p, rows[3]), (numbers,), ([1.0, 0.5, -2.0],))
    np.testing.assert_allclose(products[3], expected, rtol=1e-11, atol=1e-13)

    program.parameters = [1.0, 2.0, 3.0]  # derivatives follow the program's parameters
    expected = hessian(lambda x: softly([1.0, 2.0, 3.0], x))(rows[0])
    np.testing.assert_allclose(program.hessian(X)[0], expected, rtol=1e-11)


@pytest.mark.parametrize("plan", PLANS)
def test_derivatives_of_a_function_without_inputs(plan):
    x = [Value(0.5), Value(-1.0), Value(2.0)]
    f = lambda p: 100 * (p[1] - p[0] ** 2) ** 2 + (p[2] - p[1] ** 2) ** 2  # noqa: E731
    program = compile(lambda: f(x), [], x, plan=plan)
    numbers = [v.data for v in x]
    np.testing.assert_allclose(program.hessian(argnums="params"), hessian(f)(numbers), rtol=1e-13)
    np.testing.assert_allclose(program.jacobian(argnums="params"), grad(f)(numbers), rtol=1e-13)
    expected = hvp(f, (numbers,), ([1.0, 2.0, 3.0],))[0]
    np.testing.assert_allclose(program.hvp(vectors=[1.0, 2.0, 3.0], argnums="params"), expected, rtol=1e-13)


def test_several_inputs_and_bad_argnums():
    program = compile(lambda x, y: x * y**2, [0.0, 0.0])
    by_both = program.jacobian([3.0], [5.0], argnums=(0, 1))
    assert [float(part[0]) for part in by_both] == [25.0, 30.0]
    with pytest.raises(ValueError, match="argnums names input 2, but there are 2"):
        program.hessian([3.0], [5.0], argnums=2)
    with pytest.raises(TypeError, match='"params"'):
        program.hessian([3.0], [5.0], argnums="x")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="there are no params"):
        program.hessian([3.0], [5.0], argnums="params")


def test_hessians_in_a_batch_agree_with_jax():
    jax = pytest.importorskip("jax", reason="pip install jax")
    W = [[random.Random(i).gauss(0, 1) for i in range(3 * j, 3 * j + 3)] for j in range(4)]
    program = compile(lambda x: autograd.sum(tanh(dot(w, x)) ** 2 for w in W), [[0.0] * 3])
    X = np.random.default_rng(0).normal(size=(6, 3))
    with jax.enable_x64(True):
        on_arrays = lambda x: jax.numpy.sum(jax.numpy.tanh(jax.numpy.array(W) @ x) ** 2)  # noqa: E731
        expected = jax.vmap(jax.hessian(on_arrays))(X)
    np.testing.assert_allclose(program.hessian(X), np.asarray(expected), rtol=1e-11, atol=1e-13)


def banded(x):
    return autograd.sum((b - a * a) ** 2 for a, b in itertools.pairwise(x))


def scattered(x):
    pairs = random.Random(1).sample(list(itertools.combinations(x, 2)), 100)
    return autograd.sum(tanh(a * b) for a, b in pairs)


@pytest.mark.parametrize("f", [banded, scattered])
@pytest.mark.parametrize("m", [1, 3])
def test_the_zeros_of_a_sparse_hessian_cost_no_statements(f, m, monkeypatch):
    monkeypatch.setattr(memory, "_empty", lambda rows, n, dtype: np.full((rows, n), 7, dtype))
    n = 40
    X = np.random.default_rng(0).normal(size=(m, n))
    program = compile(f, [[0.0] * n])
    expected = [hessian(f)(row) for row in X.tolist()]
    assert np.count_nonzero(expected) < 0.2 * m * n * n
    for _ in range(2):
        np.testing.assert_allclose(program.hessian(X), expected, rtol=1e-11, atol=1e-14)
    second = program._derivative("hessian", 0)
    assert len(second.source.splitlines()) < 0.7 * n * n
    pytest.importorskip("array_api_compat", reason='pip install "stepgrad[arrays]"')
    _, flat = second.to(np)(second.parameters, X)
    np.testing.assert_allclose(flat.reshape(m, n, n), expected, rtol=1e-11, atol=1e-14)


BRANCHES = {
    "an infinite slope": lambda t: where(t > 0, lambda: autograd.sqrt(t) * 2.0, lambda: 3.0 * t * t),
    "a pole": lambda t: where(t > 0, lambda: autograd.log(t), lambda: t * t),
    "an overflow": lambda t: where(t > -0.5, lambda: 3.0 * t, lambda: autograd.exp(-800.0 * t) + t),
    "no lambda": lambda t: where(t > 0, t**1.5, t * t) + where(t < 0, t, 2.0 * t),
}
INSIDE = {
    "grad": lambda u, w, x: grad(u)(w * x),
    "grad of grad": lambda u, w, x: grad(grad(u))(w * x),
    "jvp": lambda u, w, x: jvp(u, (w * x,), (w,))[1],
    "hvp": lambda u, w, x: hvp(lambda p: u(p[0]) * p[1], ([w * x, w],), ([1.0, x],))[0][0],
    "with respect to a parameter": lambda u, w, x: grad(lambda p: u(p * x) + p)(w),
}


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.parametrize("branches", BRANCHES)
def test_a_branch_not_taken_passes_nothing_inside_a_transform_either(branches, inside, plan):
    w = Value(2.0)
    u, transform = BRANCHES[branches], INSIDE[inside]
    program = compile(lambda x: transform(u, w, x), [1.0], w, plan=plan)
    for number in (2.0, 0.5):
        program.parameters = [number]  # what is called again reads the program's parameters, not w's data
        for x in (0.0, -0.25, 1.0):
            with errstate("ieee"):
                expected, (slope, _) = value_and_grad(lambda p, x: transform(u, p, x), (0, 1))(number, x)
                assert program.value_and_grad([x]) == (pytest.approx(expected), pytest.approx(slope)), x
    assert w.data == 2.0


def test_derivatives_of_a_program_pass_nothing_through_a_branch_not_taken():
    program = compile(BRANCHES["a pole"], [0.0])
    for derived in (program.hessian([0.0, 2.0]), program.hvp([0.0, 2.0], vectors=[1.0, 1.0])):
        assert derived.tolist() == [2.0, -0.25]
    assert program.jacobian([0.0, 2.0]).tolist() == [0.0, 0.5]


@pytest.mark.parametrize("plan", PLANS)
def test_a_function_that_does_something_else_by_now_is_not_called_for_a_result(plan):
    scale = [2.0]
    w = Value(0.0)
    f = lambda x: where(x > 0.0, lambda: x * w, lambda: autograd.sqrt(w) * scale[0])  # noqa: E731
    program = compile(f, [1.0], w, plan=plan)
    assert program.value_and_grad([1.0, 3.0]) == (0.0, 2.0)
    scale[0] = 7.0
    with pytest.raises(autograd.DomainError):
        program.backward([1.0, 3.0])
    assert program([-1.0]).tolist() == [0.0]
