"""Paths: their derivatives sum to the gradient (N10)."""

from __future__ import annotations

import math
import tracemalloc
import warnings

import pytest
from hypothesis import given
from test_graph import diamond, programs

import autograd
from autograd import Value, paths, topological_order


def test_five_paths_sum_to_the_gradient():
    a, b, c, root = diamond()
    found = paths(a, root)
    assert found.total == len(found) == 5
    assert [path.derivative for path in found] == [36.0, 36.0, 9.0, 27.0, 27.0]
    assert [[id(node) for node in path.nodes] for path in found][2] == [id(a), id(c), id(root)]
    assert [path.nodes[0] is a and path.nodes[-1] is root for path in found] == [True] * 5
    assert [path.derivative for path in paths(b, root)] == [12.0, 9.0]


@given(programs())
def test_paths_sum_to_the_gradient_of_every_node(root):
    root.backward()
    for node in topological_order(root):
        with warnings.catch_warnings(action="ignore"):
            found = paths(node, root)
        assert found.total >= len(found) > 0
        if found.total == len(found):
            scale = sum(abs(path.derivative) for path in found) + 1.0
            assert math.isclose(sum(p.derivative for p in found), node.grad, abs_tol=1e-12 * scale)
        for path in found[:5]:
            for parent, child, local in zip(path.nodes, path.nodes[1:], path.local_derivatives, strict=False):
                uses = zip(child.parents, child.local_derivatives, strict=True)
                assert any(p is parent and d == local for p, d in uses)


def test_no_path_and_the_path_of_no_step():
    a, b = Value(1.0, "a"), Value(2.0)
    assert paths(a, b * 2) == []
    assert paths(a, b * 2).total == 0
    assert str(paths(a, b * 2)) == "no path"
    (itself,) = paths(a, a)
    assert (itself.derivative, str(itself)) == (1.0, "a: 1")


def test_equal_numbers_are_different_nodes():
    a, b = Value(1.0), Value(1.0)
    assert [path.nodes[0] is b for path in paths(b, a + b)] == [True]


def test_counting_needs_no_listing_and_the_cap_is_told():
    x = y = Value(1.0, "x")
    for _ in range(3000):
        y = 0.5 * y + 0.5 * y
    y.label = "y"
    with pytest.warns(UserWarning, match=r"1,000 of about 10\^903 paths are listed"):
        found = paths(x, y)
    assert (len(found), found.total) == (1000, 2**3000)
    assert str(paths(x, y, limit=2)).splitlines()[2].startswith("… and about 10^903 more of")
    assert len(str(paths(x, y, limit=0)).splitlines()) == 2


def test_bad_input():
    with pytest.raises(ValueError, match="limit"):
        paths(Value(1.0), Value(1.0), limit=-1)
    with pytest.raises(TypeError, match="the end of a path must be a Value"):
        paths(Value(1.0), 2.0)  # pyright: ignore


def test_a_path_of_a_hundred_thousand_nodes():
    x = y = Value(1.0)
    for _ in range(100_000):
        y = 1.0 * y
    (path,) = paths(x, y)
    assert len(path.nodes) == 100_001


def test_counting_paths_keeps_no_number_longer_than_it_is_needed():
    v = x = Value(0.5, "x")
    for _ in range(20_000):
        v = v * v
    tracemalloc.start()
    found = paths(x, v, limit=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.total == 2**20_000
    assert peak < 15_000_000  # the numbers of all nodes have 27 MB


def test_made_up_names_are_defined_below_the_paths():
    w, x = Value(2.0, "w"), Value(-3.0, "x")
    total = autograd.sum([w * 1.0, x, w, x, x])
    loss = total * total
    found = paths(w, loss, limit=1)
    meaning = "where v4 = w·1 + x + w + x + x"
    assert str(found).splitlines()[-1] == meaning
    assert str(found[0]).splitlines()[-1] == meaning
