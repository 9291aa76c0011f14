"""A Value that becomes a plain float: an error inside transforms, a warning elsewhere, or meant."""

from __future__ import annotations

import array
import math
import re
import statistics
import warnings

import numpy
import pytest

import autograd
from autograd import (
    LostGradientWarning,
    Value,
    compile,
    grad,
    hessian,
    jacobian,
    jvp,
    no_grad,
    stop_gradient,
    vjp,
)


def filled(x):
    c = numpy.zeros(2)
    c[0] = x * x
    return c[0] + x


# Each of them turns its argument into a plain float and returns a number made from that.
LOSING = {
    "float": float,
    "int": int,
    "complex": lambda x: complex(x).real,
    "math.trunc": math.trunc,
    "math.exp": math.exp,
    "math.pow": lambda x: math.pow(x, 2),
    "math.fsum": lambda x: math.fsum([x, x]),
    "math.dist": lambda x: math.dist([x], [1.0]),
    "math.hypot": lambda x: math.hypot(x, 1.0),
    "math.ldexp": lambda x: math.ldexp(x, 2),
    "math.fmod": lambda x: math.fmod(x, 3.0),
    "statistics.fmean": lambda x: statistics.fmean([x, 1.0]),
    "NormalDist.cdf": lambda x: statistics.NormalDist().cdf(x) * float(numpy.float64(x)),
    "filled array": filled,
    "assigned slice": lambda x: numpy.zeros(2).__setitem__(slice(None), [x, x]),
    "numpy.array": lambda x: numpy.array([x * x, x], float)[0],
    "numpy.asarray": lambda x: numpy.asarray(x, dtype=numpy.float32).item(),
    "astype": lambda x: numpy.array([x], dtype=object).astype(float)[0],
    "numpy.fromiter": lambda x: numpy.fromiter((x * k for k in range(3)), float).sum(),
    "numpy.full": lambda x: numpy.full(2, x, dtype=float)[0],
    "numpy.float64": numpy.float64,
    "array.array": lambda x: array.array("d", [x])[0],
    "float.__add__": lambda x: sum([0.0, float(x)]),
}
OUTSIDE = Value(1.5)
TRANSFORMS = {
    "grad": lambda f: grad(f)(1.5),
    "vjp": lambda f: vjp(f, 1.5),
    "jvp": lambda f: jvp(f, (1.5,), (1.0,)),
    "jacobian": lambda f: jacobian(f)(1.5),
    "hessian": lambda f: hessian(f)(1.5),
    "nested": lambda f: grad(lambda x: x * grad(f)(x))(1.5),
    "a list": lambda f: grad(lambda xs: f(xs[0]))([1.5, 2.0]),
    "an array": lambda f: grad(lambda xs: f(xs[0]))(numpy.ones(2)),
    "from outside": lambda f: grad(lambda x: x * f(OUTSIDE * OUTSIDE))(1.5),
}


@pytest.mark.parametrize("name", LOSING)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_inside_transforms_the_error_names_the_line_and_the_remedies(name, transform):
    with pytest.raises(TypeError) as caught:
        TRANSFORMS[transform](LOSING[name])
    message = str(caught.value)
    assert re.search(r"test_lost_gradients\.py:\d+: ", message), message
    for remedy in ("autograd.exp(x)", "dtype=object", "where(", "x.data", "stop_gradient(x)"):
        assert remedy in message


@pytest.mark.parametrize("name", LOSING)
def test_elsewhere_it_warns_once_per_line_and_gives_the_number(name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            LOSING[name](Value(1.5))
    lines = {(entry.filename, entry.lineno) for entry in caught}
    assert {entry.category for entry in caught} == {LostGradientWarning}
    assert len(caught) == len(lines) >= 1
    assert {filename for filename, _ in lines} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LostGradientWarning)
        assert math.exp(Value(0.0)) == 1.0


@pytest.mark.parametrize("name", LOSING)
def test_compile_refuses_too(name):
    with pytest.raises(TypeError):
        compile(LOSING[name], [1.5], [])


# Looking at a number loses nothing.
LOOKING = {
    "format": lambda v: f"{v:.3f} {v} {v!r}" + format(v, ".2e"),
    "percent": lambda v: "%.3f and %s, %6.2e" % (v, v, v),  # noqa: UP031
    "percent one": lambda v: "%g" % v,  # noqa: UP031
    "print": lambda v: str([v, v]) + str(numpy.array([v], dtype=object)),
    "round": lambda v: round(v, 2) + round(v),
    "floor": lambda v: math.floor(v) + math.ceil(v),
    "compare": lambda v: (v < 3, v >= v, v == 1.5, bool(v), max([v, v]), sorted([v, -v])),
    "numpy compare": lambda v: (numpy.float64(2.0) > v, v < numpy.float64(2.0)),
    "hash": lambda v: {v: 1}[v],
    "data": lambda v: math.exp(v.data) + math.exp(v.item()),
    "stop_gradient": lambda v: stop_gradient(v) * 2.0,
    "operations": lambda v: v * numpy.float64(2.0) + numpy.exp(v) + numpy.array([1.0, 2.0]) @ [v, v],
}


@pytest.mark.parametrize("name", LOOKING)
def test_looking_at_a_number_is_silent_everywhere(name):  # warnings are errors in the test suite
    LOOKING[name](Value(1.5))
    grad(lambda x: (LOOKING[name](x), x * x)[1])(1.5)
    grad(grad(lambda x: (LOOKING[name](x), x * x)[1]))(1.5)


def test_plots_are_silent():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    vs = [Value(1.0), Value(2.5)]

    def show():
        figure, ((a, b), (c, d)) = plt.subplots(2, 2)
        (line,) = a.plot(vs)
        a.plot(numpy.array(vs, dtype=object), [0.5, vs[0]])
        a.axhline(vs[0])
        a.set_xlim(vs[0], vs[1])
        b.scatter(vs, vs)
        b.errorbar([0, 1], vs, yerr=vs)
        c.bar([0, 1], vs)
        c.fill_between([0, 1], vs, vs)
        d.hist(vs)
        d.text(vs[0], vs[1], "a")
        figure.canvas.draw()
        plt.close(figure)
        return list(line.get_ydata())

    assert show() == [1.0, 2.5]
    assert grad(lambda x: (show(), x)[1])(1.0) == 1.0


def test_under_no_grad_nothing_is_lost():
    v = Value(1.5)
    with no_grad():
        assert math.exp(v) == float(numpy.array([v], float)[0] * 0 + math.exp(1.5))

    def f(x):
        with no_grad():
            scale = float(x)
        return scale * x

    assert grad(f)(3.0) == 3.0


def test_data_item_and_stop_gradient_are_constants_inside_transforms():
    assert grad(lambda x: x * x.data)(3.0) == 3.0
    assert grad(lambda x: x * x.item())(3.0) == 3.0
    assert grad(lambda x: x * stop_gradient(x))(3.0) == 3.0
    assert grad(grad(lambda x: x * x * stop_gradient(x)))(3.0) == 6.0
    assert stop_gradient(2.0) == 2.0
    assert [v.parents for v in stop_gradient({"a": [Value(2.0) * 3]})["a"]] == [()]
    for f in (lambda x: x.data, lambda x: x.item()):
        with pytest.raises(TypeError):
            compile(f, [1.5], [])
    for constant in (stop_gradient, lambda x: x.detach()):
        w = Value(3.0)
        program = compile(lambda x, c=constant, w=w: x * w * c(w), [2.0], [w])
        assert program.value_and_grad([2.0])[1] == [6.0]


def test_the_public_functions_do_what_the_message_says():
    for name in ("exp", "sin", "tanh", "log"):
        assert grad(getattr(autograd, name))(0.7) == pytest.approx(
            (getattr(math, name)(0.7 + 1e-6) - getattr(math, name)(0.7 - 1e-6)) / 2e-6, rel=1e-8
        )
