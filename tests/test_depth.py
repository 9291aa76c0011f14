"""A million nodes: no recursion anywhere, and a graph is freed by reference counting alone."""

from __future__ import annotations

import copy
import gc
import pickle
import random
import weakref

import pytest

import autograd
from autograd import Value, topological_order

MILLION = 1_000_000


def chain(n: int) -> tuple[Value, Value]:
    """y ← 0.999·y + x, n/2 times: one leaf used n/2 times, a path of n nodes."""
    y = x = Value(0.5, "x")
    for _ in range(n // 2):
        y = y * 0.999 + x
    return x, y


def web(n: int) -> tuple[Value, Value]:
    """A random DAG: each node uses two of the hundred latest; everything flows into the last."""
    x = Value(0.5, "x")
    latest = [x] * 100
    for i, j in enumerate(random.Random(3).choices(range(100), k=n // 2)):
        latest[i % 100] = (latest[j] - latest[i % 100]) * 0.7
    return x, autograd.sum(latest)


@pytest.fixture
def no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("build", [chain, web])
def test_a_million_nodes(build, no_collector):
    x, y = build(MILLION)
    order = topological_order(y)
    assert len(order) > 0.9 * MILLION
    y.backward()
    assert x.grad
    gradients = x.grad
    twin = copy.deepcopy(y)
    twin_x = topological_order(twin)[0]
    assert (twin.data, twin_x.grad) == (y.data, gradients)
    y.zero_grad()
    assert x._grad is None
    assert twin_x.grad == gradients
    dead = [weakref.ref(order[i]) for i in range(0, len(order), 1000)]
    del x, y, order
    assert all(ref() is None for ref in dead)
    del twin, twin_x
    assert gc.collect() == 0


@pytest.mark.parametrize("build", [chain, web])
def test_a_pickle_of_many_nodes(build, no_collector):
    """A tenth of a million here: a million take 7 s and 64 MB (benchmarks)."""
    x, y = build(MILLION // 10)
    y.backward()
    data = pickle.dumps((x, y))
    twin_x, twin = pickle.loads(data)
    assert (twin.data, twin_x.grad) == (y.data, x.grad)
    assert len(topological_order(twin)) == len(topological_order(y))
    twin.zero_grad()
    twin.backward()
    assert twin_x.grad == x.grad
    dead = weakref.ref(twin)
    del x, y, twin_x, twin
    assert dead() is None
    assert gc.collect() == 0


def test_errors_and_words_about_a_deep_graph_stay_short(no_collector):
    x = Value(0.0, "x")
    y = x.sqrt()
    for _ in range(100_000):
        y = y * 0.5
    with pytest.raises(autograd.DomainError) as caught:
        y.backward()
    assert "through sqrt(x = 0.0)" in str(caught.value)
    assert len(str(caught.value)) < 400
    assert len(repr(y)) < 100


def test_paths_are_counted_without_walking_them():
    x = y = Value(1.0, "x")
    for _ in range(1000):
        y = y + y
    assert autograd.paths(x, y, limit=0).total == 2**1000


def test_a_deep_graph_counts_its_paths(no_collector):
    x, y = chain(100_000)
    assert autograd.paths(x, y, limit=0).total == 50_001


def test_many_uses_and_many_operands_are_no_different(no_collector):
    x = Value(1.0, "x")
    y = autograd.sum([x] * MILLION)
    y.backward()
    assert x.grad == MILLION
    assert len(topological_order(y)) == 2
    dead = weakref.ref(y)
    del y
    assert dead() is None
