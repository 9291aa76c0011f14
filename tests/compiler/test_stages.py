"""The stages of the compiler by themselves: canonical sums, regrouping, reverse, layout, views, memory."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autograd
from autograd import Value, dot, sigmoid, tanh, where
from autograd.compiler.calling import Definition
from autograd.compiler.canonical import Graph
from autograd.compiler.computation import Computation
from autograd.compiler.groups import Map, Matrix
from autograd.compiler.levels import levels
from autograd.compiler.numpy_code import Source
from autograd.compiler.products import full_products
from autograd.compiler.regroup import regroup
from autograd.compiler.reverse import differentiate
from autograd.compiler.shapes import cut, make, nested, reshape, strides, take, transpose


def graph_of(f, inputs, params):
    trace, cost, outputs, _ = Definition(f, inputs, params).traced()
    return Graph(trace, cost, outputs)


def layout_of(f, inputs, params):
    graph = graph_of(f, inputs, params)
    forward = levels(graph, graph.order)
    differentiate(graph)
    return regroup(graph, forward)


def values(n):
    return [Value(0.1 * i + 0.1) for i in range(n)]


def test_a_weighted_sum_is_one_node_however_it_is_written():
    w, b = values(5), Value(0.5)

    def loop(x):
        total = b
        for p, q in zip(w, x, strict=True):
            total = total + p * q
        return tanh(total)

    ways = [
        loop,
        lambda x: tanh(dot(w, x, b)),
        lambda x: tanh(sum(p * q for p, q in zip(w, x, strict=True)) + b),
        lambda x: tanh(autograd.sum([b, *(q * p for p, q in zip(w, x, strict=True))])),
    ]
    for f in ways:
        graph = graph_of(f, [[0.0] * 5], [w, b])
        (whole,) = graph.sums.values()
        assert len(graph.order) == 2
        assert (whole.lefts, len(whole.rights), whole.plus) == ([0, 1, 2, 3, 4], 5, [5])


def test_a_sum_is_not_flattened_through_a_sign_nor_into_what_others_read():
    a, b, c = values(3)
    graph = graph_of(lambda x: (x - (a + b * x)).exp() + (a + c).tanh() * (a + c), [0.0], [a, b, c])
    minus = [whole for whole in graph.sums.values() if whole.minus]
    assert [len(whole.minus) for whole in minus] == [1]
    assert all(term not in graph.sums or graph.sums[term].plus for whole in minus for term in whole.minus)


def test_the_variable_of_a_transform_leaves_no_node():
    w = Value(0.5)
    graph = graph_of(lambda x: autograd.grad(lambda t: tanh(w * t))(x) + tanh(w * x), [0.0], [w])
    assert "identity" not in {graph.rule(node).name for node in graph.order if node not in graph.sums}
    assert sum(graph.nodes[node][0].name == "tanh" for node in graph.order if node not in graph.sums) == 1


def test_rows_that_meet_the_same_columns_are_one_product_in_both_directions():
    W, b = [values(4) for _ in range(3)], values(3)
    layout = layout_of(
        lambda x: autograd.sum(sigmoid(dot(w, x, c)) ** 2 for w, c in zip(W, b, strict=True)),
        [[0.0] * 4],
        [W, b],
    )
    products = [group for group in layout.groups if isinstance(group, Matrix) and group.blocks]
    assert [(group.shape, group.mean) for group in products] == [((1, 3, 1), False), ((1, 3, 4), True)]
    assert len(layout.groups) < 12


def test_full_products_of_factors():
    def products(pairs):
        lefts, rights = (np.array(line)[:, None] for line in zip(*pairs, strict=True))
        return [found.tolist() for found in full_products(lefts, rights)]

    assert products([(1, 7), (1, 8), (2, 7), (2, 8)]) == [[[[0, 1], [2, 3]]]]  # row by row
    assert products([(1, 7), (2, 7), (2, 8), (1, 8)]) == [[[[0, 3], [1, 2]]]]  # in any order
    assert products([(1, 7), (2, 8)]) == [[[[0]], [[1]]]]  # two of one size
    assert products([(1, 7), (2, 7), (1, 7), (2, 7)]) == [[[[0], [1], [2], [3]]]]  # there again


def test_the_mean_over_all_uses_of_a_weight_comes_after_what_is_batched():
    w, v = values(2), Value(0.3)

    def f(x):
        h = tanh(dot(w, x))
        return tanh(dot(w, [h * v, x[0]])) * v

    graph = layout_of(f, [[0.0] * 2], [w, v]).graph
    late = [graph.level[graph.gradient[param]] for param in range(3)]
    assert min(late) > max(graph.level[node] for node in graph.reverse if graph.batched[node])


def test_back_through_a_layer_is_one_transposed_product():
    W, V = [values(4) for _ in range(3)], [values(3) for _ in range(2)]

    def f(x):
        h = [tanh(dot(w, x)) for w in W]
        return autograd.sum(tanh(dot(v, h)) for v in V)

    layout = layout_of(f, [[0.0] * 4], [W, V])
    back = [
        g for g in layout.groups[len(layout.forward) :] if isinstance(g, Matrix) and g.blocks and not g.mean
    ]
    assert [group.shape for group in back] == [(1, 3, 1)]
    assert back[0].blocks[0][0].index[0].tolist() == [[12 + i, 15 + i] for i in range(3)]  # Vᵀ, where V lies


def test_an_adjoint_is_there_for_what_depends_on_a_parameter_only():
    w = Value(0.5)
    layout = layout_of(lambda x: tanh(x) * w + where(x > w, x, 1.0).detach(), [0.0], [w])  # pyright: ignore[reportAttributeAccessIssue]
    graph = layout.graph
    named = {
        graph.rule(node).name for node in graph.adjoint if node in graph.order and node not in graph.sums
    }
    assert not named & {"tanh", "greater", "where"}
    assert len(graph.gradient) == 1


def test_parameters_lie_as_given_and_their_matrices_are_views():
    W, b = [values(3) for _ in range(2)], values(2)
    f = lambda x: autograd.sum(tanh(dot(w, x, c)) for w, c in zip(W, b, strict=True))  # noqa: E731
    for params in (
        [W, b],
        [[w, c] for w, c in zip(W, b, strict=True)],
        [[c, w] for w, c in zip(W, b, strict=True)],
    ):
        layout = layout_of(f, [[0.0] * 3], params)
        computation = Computation(layout, [3])
        code = Source([computation.mean, computation.gradient], 1).code
        assert "take(" not in code
        assert "copyto(" not in code


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ([3, 4, 5], (1,)),
        ([[0, 1, 2], [3, 4, 5]], (3, 1)),
        ([[0, 3], [1, 4], [2, 5]], (1, 3)),
        ([[2], [2]], (0, 0)),
        ([1, 3, 5], (2,)),
        ([2, 1, 0], (-1,)),
        ([0, 1, 3], None),
        ([[0, 1], [3, 4]], (3, 1)),
        ([[0, 1], [1, 3]], None),
    ],
)
def test_an_index_may_go_through_rows_in_equal_steps(index, expected):
    assert strides(np.array(index)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ([4], ([1], 4, [1])),
        ([3, 4, 5], ([3], 3, [1])),
        ([0, 1, 3, 4, 6, 7], ([3, 2], 0, [3, 1])),
        ([0, 10, 1, 11], ([2, 2], 0, [1, 10])),
        ([0, 1, 3, 4, 10, 11, 13, 14], ([2, 2, 2], 0, [10, 3, 1])),
        ([0, 1, 3], None),
        ([0, 1, 3, 4, 6, 8], None),
    ],
)
def test_a_line_of_rows_may_be_nested_equal_steps(line, expected):
    assert nested(np.array(line)) == expected


def test_views_compose():
    table = {}
    a = make("input", ("X0",), (12,), True, table)
    turned = transpose(reshape(a, 3, 4), 1, 0)
    assert transpose(turned, 1, 0) is reshape(a, 3, 4)
    assert transpose(reshape(a, 1, 12), 1, 0) is reshape(a, 12, 1)
    assert take(a, np.arange(12).reshape(3, 4).T) is turned
    gathered = take(a, np.array([[2, 0, 1], [5, 6, 11]]))
    assert gathered.op == "take"
    assert transpose(gathered, 1, 0) is take(a, gathered.args[1].T)
    strided = take(a, np.array([[0, 1], [3, 4], [6, 7]]))
    assert (strided.op, strided.args[1:]) == ("strided", (0, (3, 1)))
    assert transpose(strided, 1, 0) is take(a, np.array([[0, 3, 6], [1, 4, 7]]))
    assert cut(cut(a, 1, 12, 4), 1, 3) is cut(a, 5, 10, 4)
    assert cut(cut(a, 2, 10), 1, 8, 3) is cut(a, 3, 10, 3)


def test_memory_is_used_again_and_the_gradient_is_computed_in_its_place():
    layers = [[values(8) for _ in range(8)] for _ in range(6)]

    def f(x):
        for W in layers:
            x = [tanh(dot(w, x)) for w in W]
        return autograd.sum(x)

    layout = layout_of(f, [[0.0] * 8], layers)
    computation = Computation(layout, [8])
    forward = Source([computation.results], 1).code
    assert forward.count("empty(8, m)") <= 3  # for six layers
    gradient = Source([computation.mean, computation.gradient], 1).code
    assert gradient.count("copyto(") == 0
    assert gradient.count(" times(") == 6 + 5 + 6


def recurrent(steps=4, units=3):
    """Two gates over a sequence: the cost of an example, an example, parameters."""
    W, V = ([values(units + 1) for _ in range(units)] for _ in range(2))

    def f(xs):
        h = [tanh(x) for x in xs[:units]]
        for x in xs:
            a, b = ([dot(w, [x, *h]) for w in gate] for gate in (W, V))
            h = [sigmoid(p) * tanh(q) for p, q in zip(a, b)]
        return autograd.sum(h)

    return f, [[0.0] * steps], [W, V]


def test_what_changes_nothing_becomes_no_node():
    w = Value(0.5)
    graph = graph_of(lambda x: where(x > 0.0, x, x) * 1.0 + 1.0 * x**1.0 + w**0.0, [0.0], [w])
    assert (len(graph.order), graph.choices) == (1, set())
    (whole,) = graph.sums.values()
    assert sorted(graph.nodes[term][0] for term in whole.plus) == ["constant", "input", "input"]

    program = autograd.compile(lambda x: (x[1] - x[0] ** 2) ** 2 + x[0] ** 3, [[0.0, 0.0]])
    hessian = program._derivative("hessian", 0).graph
    assert hessian.choices == set()  # a power's slope has cases that a known exponent decides
    assert {hessian.rule(node).name for node in hessian.order} <= {"mul", "neg", "sub", "add", "pow"}
    np.testing.assert_allclose(program.hessian([[3.0, 5.0]]), [[[12 * 9 - 20 + 18, -12], [-12, 2]]])


def test_the_adjoints_of_a_step_are_computed_together_where_the_gradient_reads_them():
    f, inputs, params = recurrent()
    layout = layout_of(f, inputs, params)
    reverse = layout.groups[len(layout.forward) :]
    assert sum(isinstance(group, Map) and len(group.nodes) == 6 for group in reverse) == 4
    computation = Computation(layout, [4])
    gradient = Source([computation.mean, computation.gradient], 1).code
    assert "take(" not in gradient
    places = re.findall(r"(v\d+) = strided\((t\d+), \d, \[6\], \[4\]\)", gradient)
    assert len({name for name, _ in places if re.search(rf"multiply\(.*, {name}\)", gradient)}) == 3


def test_products_of_other_spaces_do_not_hide_a_matrix():
    W, V = ([values(3) for _ in range(3)] for _ in range(2))

    def f(x):
        h = [dot(w, x) for w in W]
        gates = [sigmoid(dot(v, h)) for v in V]
        return autograd.sum(tanh(a * b) for a, b in zip(gates, h))

    layout = layout_of(f, [[0.0] * 3], [W, V])  # ∂C/∂h = Vᵀ·δ + gates ⊙ …
    matrices = [group for group in layout.groups if isinstance(group, Matrix) and group.blocks]
    assert [group.shape for group in matrices] == [(1, 3, 1), (1, 3, 1), (1, 3, 3), (1, 3, 1), (1, 3, 3)]


def test_local_derivatives_stay_whole():
    w = Value(0.3)
    layout = layout_of(lambda x: autograd.gelu(w * x), [0.0], [w])
    reverse = layout.groups[len(layout.forward) :]
    assert next(group.rule.name for group in reverse if isinstance(group, Map)) == "gelu′"
    assert len(reverse) <= 3


def test_statements_are_neither_copies_nor_products_with_1():
    x = Value(0.5)
    f = lambda t: autograd.logsumexp([x, t, tanh(t * x)]) + (x * t).sin() * x - x  # noqa: E731
    source = autograd.compile(f, [0.0], x, plan="straight-line").source
    statements = [line.strip() for line in source.splitlines() if re.match(r" +v\d+ = ", line)]
    assert len(statements) > 10
    assert not [line for line in statements if re.search(r"= -?[\w.]+$|\b1\.0 \*|\* 1\.0", line)]
