"""Programs on other array libraries give NumPy's results."""

from __future__ import annotations

import random
from importlib import import_module

import numpy as np
import pytest

import autograd
from autograd import Value, compile, dot, softmax, where

r = random.Random(0)
W = [[Value(r.gauss(0, 1)) for _ in range(5)] for _ in range(4)]
V = [[Value(r.gauss(0, 1)) for _ in range(4)] for _ in range(3)]
b, c = [Value(0.1 * i) for i in range(4)], [Value(-0.1 * i) for i in range(3)]
PARAMS = [W, b, V, c]


def classifier(x, y):
    """Everything an emitter has to write: products, maps, lists, reductions, gathers, choices."""
    h = [autograd.tanh(dot(w, x, bias)) for w, bias in zip(W, b, strict=True)]
    h = [where(a > 0, a, 0.1 * a.cbrt()) + a.relu() * 2.0 for a in h]
    z = [dot(v, h, bias).sigmoid() for v, bias in zip(V, c, strict=True)]
    patches = [dot([*W[0][:2], W[1][0]], [x[i], x[i + 1], x[i + 2]]).exp2() for i in range(3)]
    pairs = [a * p for a, p in zip(z, patches, strict=True)]
    attention = dot(softmax(z), pairs) + dot(softmax(pairs), z)
    return autograd.logsumexp(z) - dot(y, z) + attention**2 + 0.01 * autograd.sum(w * w for w in W[2]), z


PROGRAM = compile(classifier, [[0.0] * 5, [0.0] * 3], PARAMS, plan="arrays")
X, Y = (np.random.default_rng(0).normal(size=(7, n)) for n in (5, 3))
COST, _ = PROGRAM.value_and_grad(X, Y)
GRADIENT = PROGRAM.gradient.copy()


def same(twin, x, y, tolerance=1e-12):
    cost, gradient = twin.value_and_grad(twin.parameters, x, y)
    assert float(cost) == pytest.approx(COST, rel=tolerance)
    np.testing.assert_allclose(np.asarray(gradient), GRADIENT, rtol=tolerance, atol=tolerance)
    costs, outputs = twin(twin.parameters, x, y)
    expected, expected_outputs = PROGRAM(X, Y)
    np.testing.assert_allclose(np.asarray(costs), expected, rtol=tolerance)
    np.testing.assert_allclose(np.asarray(outputs), expected_outputs, rtol=tolerance, atol=tolerance)


def library(name):
    for needed in ("array_api_compat", name.split(".")[0]):
        pytest.importorskip(
            needed, reason=f"there is no {needed}: pip install array-api-compat torch jax dask[distributed]"
        )
    return import_module(name)


def test_numpy():
    same(PROGRAM.to(library("numpy")), X, Y)


def test_pytorch():
    torch = library("torch")
    same(PROGRAM.to(torch), torch.asarray(X), torch.asarray(Y), tolerance=1e-11)


def test_jax_inside_jit():
    jax = library("jax")
    jax.config.update("jax_platforms", "cpu")
    with jax.enable_x64(True):
        twin = PROGRAM.to(library("jax.numpy"))
        twin.value_and_grad = jax.jit(twin.value_and_grad)
        same(twin, X, Y, tolerance=1e-11)
    same(PROGRAM.to(library("jax.numpy")), X.astype("float32"), Y.astype("float32"), tolerance=1e-4)


def test_dask_on_a_cluster_that_loses_a_worker():
    arrays = library("dask.array")
    distributed = library("dask.distributed")
    twin = PROGRAM.to(arrays)
    x, y = (arrays.from_array(np.tile(batch, (40, 1)), chunks=(70, -1)) for batch in (X, Y))
    library("dask").config.set({"distributed.comm.timeouts.connect": "180s"})  # where much else runs
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",  # any port that is free
    )
    with cluster, distributed.Client(cluster) as client:
        futures = client.compute(list(twin.value_and_grad(twin.parameters, x, y)))
        next(iter(cluster.workers.values())).process.process._process.kill()
        cost, gradient = client.gather(futures)
    assert float(cost) == pytest.approx(COST, rel=1e-12)
    np.testing.assert_allclose(gradient, GRADIENT, rtol=1e-11, atol=1e-12)


def test_what_cannot_be_taken_elsewhere_is_refused():
    library("numpy")
    x = Value(0.5)
    with pytest.raises(ValueError, match="straight-line"):
        compile(lambda: x * 2.0, [], [x], plan="straight-line").to(np)

    @autograd.primitive(a="3 * a * a")
    def cubed(a):
        return a**3

    with pytest.raises(NotImplementedError, match="cubed"):
        compile(lambda: cubed(x), [], [x], plan="arrays").to(np)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-5), ("bfloat16", 0.1)])
def test_constants_take_the_precision_of_the_parameters(dtype, tolerance):
    torch = library("torch")
    twin, kind = PROGRAM.to(torch), getattr(torch, dtype)
    x, y = (torch.asarray(batch, dtype=kind) for batch in (X, Y))
    cost, gradient = twin.value_and_grad(twin.parameters.to(kind), x, y)
    assert (cost.dtype, gradient.dtype) == (kind, kind)
    assert float(cost) == pytest.approx(COST, rel=tolerance)
    np.testing.assert_allclose(gradient.to(torch.float64), GRADIENT, atol=10 * tolerance)
    costs, outputs = twin(twin.parameters.to(kind), x, y)
    assert (costs.dtype, outputs.dtype) == (kind, kind)


def test_constants_lie_on_the_device_of_the_parameters():
    torch = library("torch")
    twin = PROGRAM.to(torch)
    parameters = twin.parameters.to("meta", torch.float32)  # an operation with a tensor of the CPU is refused
    cost, gradient = twin.value_and_grad(
        parameters, torch.zeros(7, 5, device="meta"), torch.zeros(7, 3, device="meta")
    )
    assert (cost.device.type, gradient.device.type, gradient.dtype) == ("meta", "meta", torch.float32)


def test_without_parameters_the_batches_decide():
    torch = library("torch")
    twin = compile(lambda x: where(x > 0.5, x * 0.3, 2.0), [0.0], plan="arrays").to(torch)
    x = torch.asarray([[0.25], [0.75]], dtype=torch.float32)
    assert twin(twin.parameters, x).dtype == torch.float32


def test_the_standard_alone_suffices():
    strict = library("array_api_strict")
    twin = PROGRAM.to(strict)
    parameters, x, y = (strict.asarray(a, dtype=strict.float32) for a in (PROGRAM.parameters, X, Y))
    cost, gradient = twin.value_and_grad(parameters, x, y)
    assert (cost.dtype, gradient.dtype) == (strict.float32, strict.float32)
    assert float(cost) == pytest.approx(COST, rel=1e-5)
    np.testing.assert_allclose(np.asarray(gradient), GRADIENT, rtol=1e-3, atol=1e-5)


def test_numpy_programs_in_float32():
    program = compile(classifier, [[0.0] * 5, [0.0] * 3], PARAMS, dtype="float32")
    cost, gradient = program.value_and_grad(X, Y)
    costs, outputs = program(X, Y)
    expected, _ = PROGRAM(X, Y)
    results = [program.parameters, program.gradient, costs, *outputs, *gradient[:1]]
    assert {result.dtype for result in results} == {np.dtype("float32")}
    assert cost == pytest.approx(COST, rel=1e-5)
    np.testing.assert_allclose(program.gradient, GRADIENT, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(costs, expected, rtol=1e-4)
    before = program.parameters.copy()
    program.parameters -= 0.1 * program.gradient
    assert program.parameters.dtype == np.float32
    assert (program.parameters != before).any()
    assert program.jacobian(X, Y)[0].dtype == np.float32


def test_float32_computes_in_float32_throughout():
    """One array of float64 among the operands would make NumPy compute, and convert, in float64."""
    program = compile(classifier, [[0.0] * 5, [0.0] * 3], PARAMS, dtype="float32")
    for kind in ("gradient", "careful gradient", "forward"):
        source = program._engines.arrays.source(kind)
        kinds = {thing.dtype for thing in source.namespace.values() if isinstance(thing, np.ndarray)}
        assert kinds <= {np.dtype("float32"), np.dtype(int)}
        assert all(
            "dtype" in line or "bool" in line
            for line in source.bound
            if "np." in line and "shape" not in line
        )


def test_what_float32_cannot_be_is_refused():
    with pytest.raises(ValueError, match="dtype must be"):
        compile(classifier, [[0.0] * 5, [0.0] * 3], PARAMS, dtype="int32")
    with pytest.raises(ValueError, match="Python's floats"):
        compile(lambda x: x, [0.0], plan="straight-line", dtype="float32")
    big = Value(1e300)
    with pytest.raises(OverflowError, match=r"parameter 0 is 1e\+300"):
        compile(lambda x: big * x, [0.0], [big], dtype="float32")
