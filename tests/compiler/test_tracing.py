"""Traces of a compile: nothing, whatever happens."""

from __future__ import annotations

import copy
import functools
import gc
import math
import sys
import threading

import numpy as np
import pytest

import autograd
from autograd import Value, compile, dot, grad, sin, tanh, where
from autograd.nodes.modes import mode

PLANS = ["arrays", "straight-line"]


def test_a_number_of_another_trace_is_refused_by_name():
    @functools.cache
    def square(v):
        return v * v

    w, u = Value(0.5), Value(2.0)
    compile(lambda x: square(w) * x + tanh(x) * u, [0.0], [w, u])
    for f in (lambda x: tanh(x) * u + sin(x) * square(w), lambda x: square(w), lambda x: square(w) * 2.0):
        with pytest.raises(TypeError, match="another function was compiled"):
            compile(f, [0.0], [w, u])


def test_a_cell_that_keeps_its_state_is_refused_in_the_second_compile_and_in_eager_mode():
    w = Value(0.5)
    state = [0.0]

    def cell(x):
        state[0] = tanh(w * x + state[0])
        return state[0]

    compile(cell, [0.0], w)
    with pytest.raises(TypeError, match="another function was compiled"):
        compile(cell, [0.0], w)
    for use in (
        lambda s: s * 2.0,
        lambda s: s * w,
        lambda s: s.exp(),
        float,
        lambda s: s > 0,
        lambda s: s * s,
    ):
        with pytest.raises(TypeError, match="another function was compiled"):
            use(state[0])


@pytest.mark.parametrize(
    "read",
    [
        float,
        bool,
        int,
        round,
        math.exp,
        copy.copy,
        copy.deepcopy,
        lambda v: v.data,
        lambda v: v.grad,
        lambda v: 1.0 if v > 0.0 else 2.0,
        lambda v: max(v, 0.0),
        lambda v: [0.0, 1.0].index(v),
    ],
)
@pytest.mark.parametrize("which", ["input", "parameter"])
def test_reading_a_number_is_refused_with_what_to_use(read, which):
    w = Value(2.0)
    with pytest.raises(TypeError, match=r"where\(condition, a, b\).*autograd\.exp"):
        compile(lambda x: x * read(x if which == "input" else w), [1.0], w)


def test_setting_a_parameter_while_tracing_is_refused():
    w = Value(2.0)

    def f(x):
        w.data = 3.0
        return w * x

    with pytest.raises(TypeError, match="no value"):
        compile(f, [1.0], w)
    assert w.data == 2.0


def test_another_thread_reads_and_evaluates_the_parameters_meanwhile():
    w = [Value(0.1 * i) for i in range(50)]
    inside, done, seen = threading.Event(), threading.Event(), []

    def other():
        inside.wait(30)
        seen.extend([v.data for v in w])
        seen.append(dot(w, [1.0] * 50).data)
        seen.append(w[1] > w[0])
        done.set()

    def f(x):
        inside.set()
        assert done.wait(30)
        return dot(w, x)

    thread = threading.Thread(target=other)
    thread.start()
    compile(f, [[0.0] * 50], w)
    thread.join()
    assert seen[:50] == [0.1 * i for i in range(50)]
    assert seen[50:] == [pytest.approx(122.5), True]


@pytest.mark.parametrize(
    "use",
    [
        lambda x, early: x * early,
        lambda x, early: autograd.sum([x, early]),
        lambda x, early: (x, [early]),
        lambda x, early: where(x > 0.0, early, x),
        lambda x, early: grad(lambda y: y * early)(x),
        lambda x, early: x * (early + 1.0),
    ],
)
def test_results_of_parameters_computed_beforehand_are_refused(use):
    """They would be constants in the program, and their gradient lost."""
    u, w, other = Value(1.0), Value(2.0), Value(3.0, "other")
    early = autograd.sum([other * 2.0, w * 2.0])
    with pytest.raises(TypeError, match=r"result of '(sum|add)' was computed from params\[1\] before f was"):
        compile(lambda x: use(x, early), [0.0], [u, w])
    with pytest.raises(TypeError, match=r"from other before(.|\n)*at .*test_tracing.py:\d+"):
        compile(lambda x: use(x, early), [0.0], [other])
    for params, constant in (([u], early), ([w], early.detach()), ([w], (other * 2.0).relu())):
        compile(lambda x, constant=constant: use(x, constant), [0.0], params)


class Interrupt(BaseException):
    pass


def test_an_interrupt_anywhere_leaves_everything_as_it_was():
    w = [Value(0.5, "w"), Value(-1.0)]
    outside = w[0] * 2.0

    def f(x):
        return autograd.sum(where(v > 0, v * x, tanh(v)) for v in w) + w[0] * w[1] * outside.detach()

    for limit in range(0, 100_000, 11):
        events = 0

        def interrupt(frame, event, argument, limit=limit):
            nonlocal events
            if frame.f_code.co_filename.endswith(("tracing.py", "calling.py", "apply.py", "program.py")):
                events += 1
                if events > limit:
                    raise Interrupt
            return interrupt

        sys.settrace(interrupt)
        try:
            compile(f, [1.0], w)
            finished = True
        except Interrupt:
            finished = False
        finally:
            sys.settrace(None)
            gc.enable()  # a trace function may raise between a block and its exit, an interrupt does not
        assert mode().tracer is None
        assert mode().recording
        assert [type(v) for v in w] == [Value, Value]
        assert [v.data for v in w] == [0.5, -1.0]
        assert outside.parents == (w[0],)
        if finished:
            return
    pytest.fail("compile never came to its end")


@pytest.mark.parametrize("plan", PLANS)
def test_parameters_gradients_and_params_have_one_order(plan):
    """Also if the program reads them in another."""
    w = [Value(float(i)) for i in range(6)]
    weights = [w[5], w[0], w[3], w[1], w[4], w[2]]
    program = compile(lambda x: dot(weights[:3], x) + dot(weights[3:], x) ** 2, [[0.0] * 3], w, plan=plan)
    assert all(a is b for a, b in zip(program.params, w, strict=True))
    assert program.parameters.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    _, shaped = program.value_and_grad([[1.0, 2.0, 3.0]])
    z = 1.0 * w[1].data + 2.0 * w[4].data + 3.0 * w[2].data
    by_weight = dict(zip(map(id, weights), [1.0, 2.0, 3.0, 2 * z, 4 * z, 6 * z], strict=True))
    expected = [by_weight[id(v)] for v in w]
    assert list(shaped) == list(program.gradient) == expected
    before = program.parameters.copy()
    program.parameters -= 0.1 * program.gradient
    np.testing.assert_allclose(program.parameters, before - 0.1 * np.array(expected))
    program.store()
    assert w[5].data == pytest.approx(5.0 - 0.1)
    if plan == "arrays":
        pytest.importorskip("array_api_compat", reason="pip install array-api-compat")
        program.load()
        twin = program.to(np)
        _, gradient = twin.value_and_grad(twin.parameters, np.array([[1.0, 2.0, 3.0]]))
        _, again = program.value_and_grad([[1.0, 2.0, 3.0]])
        np.testing.assert_allclose(gradient, again)


@pytest.mark.parametrize("plan", PLANS)
def test_results_are_arrays_under_every_plan(plan):
    w = {"a": [Value(1.0), Value(2.0)], "b": Value(3.0)}
    program = compile(
        lambda x: (dot(w["a"], x) + w["b"], {"both": [x[0], w["b"]], "one": x[1]}), [[0.0, 0.0]], w, plan=plan
    )
    cost, gradient = program.value_and_grad([[1.0, 2.0], [3.0, 4.0]])
    assert isinstance(cost, float)
    assert (type(gradient["a"]), type(gradient["b"])) == (np.ndarray, float)
    costs, outputs = program([[1.0, 2.0], [3.0, 4.0]])
    assert costs.tolist() == [8.0, 14.0]
    assert outputs["both"].tolist() == [[1.0, 3.0], [3.0, 3.0]]
    assert outputs["one"].tolist() == [2.0, 4.0]
    assert (type(program.parameters), type(program.gradient)) == (np.ndarray, np.ndarray)
    first = program.value_and_grad([[1.0, 2.0]])[1]["a"]
    kept = first.copy()
    program.value_and_grad([[5.0, 6.0]])
    assert (first == kept).all()  # a gradient is not overwritten by the next


def test_the_plan_follows_the_work():
    w, b = [Value(0.01 * i) for i in range(100)], Value(0.0)
    neuron = compile(lambda x, y: (tanh(dot(w, x, b)) - y) ** 2, [[0.0] * 100, 0.0], [w, b])
    assert neuron.plan == "arrays"
    x = Value(0.5)
    assert compile(lambda: (x.sin() * x).exp(), [], x).plan == "straight-line"


def test_a_gradient_without_parameters_says_what_to_do():
    program = compile(lambda x: x * x, [1.0])
    for call in (program.backward, program.value_and_grad):
        with pytest.raises(ValueError, match=r"compile\(f, inputs, params\)"):
            call([1.0])


@pytest.mark.parametrize("plan", PLANS)
def test_nan_never_decides_a_choice_silently(plan):
    w = Value(1.0)
    program = compile(lambda x: where(x > w, 1.0, 2.0) * w, [0.0], w, plan=plan)
    with pytest.raises(ValueError, match="input 0: example 1 has nan"):
        program([1.0, math.nan])
    program.parameters[0] = math.nan
    with pytest.raises(ValueError, match="parameter 0 is nan"):
        program([1.0])


def test_small_batches_of_small_functions_run_as_statements():
    a = [Value(0.3 * i - 0.5) for i in range(5)]
    f = lambda x, y: (a[0] + x * (a[1] + x * (a[2] + x * (a[3] + x * a[4]))) - y) ** 2  # noqa: E731
    program, arrays = compile(f, [0.0, 0.0], a), compile(f, [0.0, 0.0], a, plan="arrays")
    assert program.plan == "arrays"
    assert program._engines.for_examples(1) is program._engines.statements
    assert arrays._engines.for_examples(1) is arrays._engines.arrays
    rng = np.random.default_rng(0)
    for m in (1, 2, 100, 3):
        X, Y = rng.normal(size=(2, m))
        for made in (program, arrays):
            made.backward(X, Y)
            assert made.gradient.dtype == float
        np.testing.assert_allclose(program.gradient, arrays.gradient, rtol=1e-12)
        np.testing.assert_allclose(program(X, Y), arrays(X, Y), rtol=1e-12)
        for made in (program, arrays):
            made.parameters -= 0.1 * made.gradient
    np.testing.assert_allclose(program.parameters, arrays.parameters, rtol=1e-12)
