"""The order, the sweep, and the sums over paths."""

from __future__ import annotations

import copy
import itertools
import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import DomainError, RangeError, Value, backward_steps, topological_order

GROW = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a.tanh() * b,
    "square": lambda a, b: a.sigmoid() * a.sigmoid(),
    "sum": lambda a, b: autograd.sum([a, b, a]),
    "dot": lambda a, b: autograd.dot([a, b], [b.sigmoid(), 0.5], a),
    "scale": lambda a, b: 0.3 * a,
    "where": lambda a, b: autograd.where(a < b, a, b),
}


@st.composite
def programs(draw, size=25):
    """The root of a random graph with shared nodes, unused ones and n-ary ones."""
    nodes = [Value(draw(st.floats(-2, 2))) for _ in range(draw(st.integers(1, 4)))]
    for kind in draw(st.lists(st.sampled_from(sorted(GROW)), min_size=1, max_size=size)):
        nodes.append(GROW[kind](draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))))
    return nodes[-1]


def diamond() -> tuple[Value, Value, Value, Value]:
    """L = b·c, c = a + b, b = a·a at a = 3: five paths from a to L."""
    a = Value(3.0, "a")
    b = a * a
    c = a + b
    return a, b, c, b * c


@given(programs())
def test_topological_order_lists_every_node_once_after_its_parents(root):
    order = topological_order(root)
    position = {node: i for i, node in enumerate(order)}
    assert len(position) == len(order)
    assert order[-1] is root
    for node in order:
        assert all(position[parent] < position[node] for parent in node.parents)


@given(programs())
def test_the_search_goes_down_the_operands_in_their_order(root):
    """A search by recursion, which finds the same order, stated at its shortest."""
    expected: list[Value] = []

    def search(node):
        for parent in node.parents:
            if not any(parent is listed for listed in expected):
                search(parent)
        expected.append(node)

    search(root)
    assert [id(node) for node in topological_order(root)] == [id(node) for node in expected]


def test_the_order_is_the_order_of_writing():
    a, b, c, f = (Value(float(i), name) for i, name in enumerate("abcf", 1))
    e = a * b
    d = e + c
    root = d * f
    written = [a, b, e, c, d, f, root]
    assert [id(node) for node in topological_order(root)] == [id(node) for node in written]


def test_why_a_topological_order_is_needed():
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert a.grad == 4.0


def test_gradients_sum_over_every_path():
    a, b, c, root = diamond()
    root.backward()
    assert (root.grad, c.grad, b.grad, a.grad) == (1.0, 9.0, 21.0, 135.0)


@given(programs())
def test_backward_is_the_stepwise_pass_without_stopping(root):
    root.backward()
    at_once = [node.grad for node in topological_order(root)]
    root.zero_grad()
    for _ in backward_steps(root):
        pass
    assert [node.grad for node in topological_order(root)] == at_once


@given(programs())
def test_steps_tell_the_truth(root):
    first, *steps = backward_steps(root)
    assert first.node is root
    assert first.parent is None
    assert (first.before, first.contribution, first.after) == (0.0, 1.0, 1.0)
    received = {root: 1.0}
    for step in steps:
        assert step.node.parents[step.slot] is step.parent  # pyright: ignore[reportArgumentType, reportCallIssue]
        assert step.local == step.node.local_derivatives[step.slot]  # pyright: ignore[reportArgumentType, reportCallIssue]
        assert step.upstream == received[step.node] == step.node.grad
        assert step.contribution == step.upstream * step.local  # pyright: ignore[reportOperatorIssue]
        assert step.before == received.get(step.parent, 0.0)
        assert step.after == step.before + step.contribution
        received[step.parent] = step.after
    assert len(steps) == sum(len(node.parents) for node in topological_order(root))


def test_repeated_backward_accumulates_in_leaves_only():
    x = Value(3.0)
    square = x**2
    y = square**2
    y.backward()
    assert (x.grad, square.grad) == (108.0, 18.0)
    y.backward()
    assert (x.grad, square.grad) == (216.0, 18.0)
    y.zero_grad()
    assert (x.grad, square.grad, y.grad) == (0.0, 0.0, 0.0)
    assert x._grad is None


def test_backward_from_a_leaf_and_from_a_part():
    x = Value(2.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0
    y = x * 3
    z = y * 5
    y.backward()
    assert x.grad == 5.0
    assert z.grad == 0.0


def test_an_abandoned_generator_leaves_its_partial_sums_and_no_harm():
    a, b, _, root = diamond()
    assert len(list(itertools.islice(backward_steps(root), 4))) == 4
    assert a.grad == 9.0
    root.backward()
    assert a.grad == 9.0 + 135.0
    assert b.grad == 21.0


def test_changing_a_leaf_afterwards_mixes_no_points():
    x = Value(3.0)
    y = x * x
    x.data = 100.0
    y.backward()
    assert x.grad == 6.0


def test_nan_in_a_backward_pass_names_the_step_and_changes_nothing():
    x = Value(0.0, "x")
    y = 0.0 * x.sqrt() + x
    x.grad = 7.0
    with pytest.raises(DomainError, match="nan"):
        y.backward()
    assert x.grad == 7.0
    assert y._grad is None
    with autograd.errstate("ieee"):
        y.backward()
    assert math.isnan(x.grad)


def test_an_overflow_deep_in_the_graph_shows_though_it_is_multiplied_by_zero():
    x, w = Value(2.0), Value(0.0)
    inside = x * w
    root = autograd.sum([inside * 1e200 * 1e200, x, x])
    with pytest.raises(RangeError, match="overflows"):
        root.backward()
    assert x._grad is w._grad is inside._grad is None


def test_an_infinite_local_derivative_flows_and_an_overflow_raises():
    x = Value(0.0)
    x.sqrt().backward()
    assert x.grad == math.inf
    tiny = Value(1e-200)
    y = (tiny * 1e200) * 1e200
    with pytest.raises(RangeError, match="overflows"):
        y.backward()
    assert tiny._grad is None


@pytest.mark.parametrize("kind", sorted(GROW))
def test_depth_costs_no_recursion(kind):
    y = x = Value(0.5)
    for _ in range(20_000):
        y = GROW[kind](y * 0.1, x)
    y.backward()
    assert len(topological_order(y)) > 20_000
    y.zero_grad()


@pytest.mark.parametrize("use", [autograd.topological_order, lambda y: next(autograd.backward_steps(y))])
@pytest.mark.parametrize("given", [3.0, None, [Value(2.0)]], ids=repr)
def test_a_pass_begins_at_a_value(use, given):
    with pytest.raises(TypeError, match="must be a Value, not"):
        use(given)


class TestStaleGraphs:
    """A graph that keeps growing over training steps gets one warning; nothing else does."""

    @staticmethod
    def train(cut=lambda state: state, move=0.1, steps=6):
        """A state that each step hands on to the next, and its weights."""
        w, u, state = Value(0.5), Value(-0.3), Value(1.0)
        for k in range(steps):
            state = cut((w * state + u * float(k)).tanh())
            loss = (state - 0.5) ** 2
            w.grad = u.grad = 0.0
            loss.backward()
            w.data -= move * w.grad
            u.data -= move * u.grad

    def test_one_warning_names_detach(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            self.train()
        (warning,) = caught
        assert warning.category is autograd.StaleGraphWarning
        assert "state.detach()" in str(warning.message)
        assert warning.filename == __file__

    def test_as_an_error_it_leaves_all_gradients(self):
        w = Value(0.5)
        state = w * 2.0
        (state * state).backward()
        w.data = 0.4
        loss = (w * state) ** 2
        before = [(node, node._grad) for node in topological_order(loss)]
        with pytest.raises(autograd.StaleGraphWarning):
            loss.backward()
        assert [(node, node._grad) for node in topological_order(loss)] == before

    def test_right_programs_get_none(self):  # warnings are errors in the test suite
        self.train(cut=Value.detach)
        self.train(move=0.0)  # nothing changes: gradients through all of the past are right
        x = Value(3.0)
        y = x * x
        y.backward()
        x.data = 100.0
        y.backward()  # again, at the recorded point
        (y * y).backward()  # and from above it
        y.zero_grad()

        w, data = Value(2.0), Value(1.0)  # two losses on one trunk, with an input that changes
        trunk = w * data
        (trunk * trunk).backward()
        data.data = 5.0
        (w * trunk).backward()

    def test_with_data_as_leaves_it_says_nothing_without_evidence(self):
        w, state = Value(0.5), Value(0.0)
        for k in range(4):
            state = w * Value(float(k)) + state  # each product has a leaf of its own
            (state * state).backward()
        assert w.grad != 0.0


class TestRecompute:
    @given(root=programs())
    def test_it_gives_what_the_operations_give_on_the_new_data(self, root):
        leaves = [node for node in topological_order(root) if not node.parents]
        before = [(node, node.data) for node in topological_order(root)]
        assert [n.data for n in topological_order(autograd.recompute(root))] == [data for _, data in before]
        for leaf in leaves:
            leaf.data += 0.25
        try:
            again = autograd.recompute(root)
        except (DomainError, RangeError):
            return
        twin = copy.deepcopy(again)
        again.backward()
        twin.backward()
        now = topological_order(again)
        assert [n.local_derivatives for n in now] == [n.local_derivatives for n in topological_order(twin)]
        assert [n for n in now if not n.parents] == leaves
        assert [(node, node.data) for node in topological_order(root) if node.parents] == [
            (node, data) for node, data in before if node.parents
        ]

    def test_branches_stay_and_errors_change_nothing(self):
        x = Value(2.0, "x")
        y = autograd.where(x > 0, lambda: x.log(), 0.0) * 3
        x.data = 4.0
        assert autograd.recompute(y).data == math.log(4.0) * 3
        x.data = -1.0
        with pytest.raises(DomainError, match=r"log\(x = -1.0\)"):
            autograd.recompute(y)
        assert y.data == math.log(2.0) * 3
