"""Folding: totals through boxes, and which boxes there are."""

from __future__ import annotations

import math
import re
from operator import add, mul, sub
from typing import Any

import pytest
from drawing_graphs import diamond, expression, parsed, texts, tooltip
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value, draw, paths, scope, topological_order
from autograd.drawing import TooLarge, render_svg
from autograd.drawing.fold import groups, inner_derivatives, links
from autograd.drawing.selection import MAX_UNFOLDED, flows, neighbourhood, select
from autograd.text.names import display_names


@st.composite
def scoped_graphs(draw):
    """Random graphs whose nodes lie in scopes at random, entered and left at any time."""
    numbers = st.floats(-2.0, 2.0)
    scopes = [scope(name) for name in "ABC"]
    nodes = [Value(draw(numbers), f"x{i}") for i in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(1, 14))):
        a, b = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        operation = draw(st.sampled_from([mul, add, sub, autograd.maximum, lambda x, _: x.tanh()]))
        made = operation(a, b)
        made.scope = draw(st.sampled_from([None, *scopes]))
        nodes.append(made)
    return nodes[-1]


@given(scoped_graphs())
def test_contributions_sum_to_the_gradient_however_a_graph_is_folded(root):
    root.backward()
    order = topological_order(root)
    gradients = {node: node.grad for node in order}
    made = groups(order, lambda place: True)
    received = dict.fromkeys(order, 0.0)
    for link in links(made, [root], gradients):
        assert link.contribution is not None
        if link.value is not None:
            received[link.value] += link.contribution
            if link.local is not None:
                product = gradients[link.head.outputs[0]] * link.local
                assert math.isclose(product, link.contribution, rel_tol=1e-9, abs_tol=1e-9)
    for group in made:
        if group.kind == "node" and group.nodes[0] is not root:
            node = group.nodes[0]
            assert math.isclose(received[node], node.grad, rel_tol=1e-9, abs_tol=1e-9)


@given(scoped_graphs())
def test_the_total_derivative_through_a_box_is_the_sum_over_its_inner_paths(root):
    order = topological_order(root)
    made = groups(order, lambda place: True)
    links(made, [root], {})
    for group in made:
        inside = set(group.nodes)
        for output in group.outputs:
            totals = inner_derivatives(group, output)
            for node in group.nodes:
                routes = [
                    path.derivative for path in paths(node, output, limit=None) if set(path.nodes) <= inside
                ]
                assert math.isclose(totals[node], math.fsum(routes), rel_tol=1e-9, abs_tol=1e-12)


@given(scoped_graphs())
def test_what_flows_out_of_w_is_its_derivative(root):
    order = topological_order(root)
    w = order[0]
    through = flows(order, w)
    start = math.fsum(flow for (node, slot), flow in through.items() if node.parents[slot] is w)
    total = math.fsum(path.derivative for path in paths(w, root, limit=None))
    assert math.isclose(start, 0.0 if w is root else total, rel_tol=1e-9, abs_tol=1e-9)


def network(sizes, inputs):
    outputs = nn.MLP(sizes, seed=1)(inputs)
    with scope("loss"):
        loss = autograd.sum(y * y for y in outputs)
    loss.backward()
    return loss


def shown(picture):
    """The names of folded boxes and of frames."""
    lines = picture.source.splitlines()
    return sum('"ad-node ad-folded' in line for line in lines), picture.source.count("subgraph")


def test_small_graphs_are_not_folded_and_large_ones_are():
    small = topological_order(network([2, 3, 1], [1.0, 2.0]))
    assert len(small) <= MAX_UNFOLDED
    assert all(group.kind == "node" for group in select(small))
    large = select(topological_order(network([8, 16, 10], [0.5] * 8)))
    assert [group.folded.path for group in large if group.folded][:2] == [
        "layer 1/neuron 1",
        "layer 1/neuron 2",
    ]
    assert sum(group.kind == "scope" for group in large) == 26
    larger = select(topological_order(network([4, 50, 30], [0.5] * 4)))
    assert [group.folded.path for group in larger if group.folded] == ["layer 1", "layer 2", "loss"]


def test_inputs_with_the_same_users_become_one_box():
    made = select(topological_order(network([40, 16, 10], [Value(0.5, f"x{i}") for i in range(40)])))
    leaves = [group for group in made if group.kind == "leaves"]
    assert [len(group.nodes) for group in leaves] == [40]


def test_a_scope_is_folded_by_name_and_opened_by_path():
    loss = network([2, 3, 1], [1.0, 2.0])
    assert shown(draw(loss, fold="neuron")) == (4, 3)
    assert shown(draw(loss, fold="layer")) == (2, 1)
    assert shown(draw(loss, fold=True)) == (3, 0)
    assert shown(draw(loss, fold="layer 1")) == (1, 3)
    assert shown(draw(loss, fold=["layer 1/neuron 2", "loss"])) == (2, 5)
    assert shown(draw(loss, fold="neuron", open=["layer 1/neuron 2"])) == (3, 4)
    assert shown(draw(loss, fold="layer", open=["layer 1"])) == (4, 2)
    assert shown(draw(loss, fold=False)) == (0, 7)


def test_a_folded_neuron_shows_its_output_its_parameters_and_what_it_computes():
    source = draw(network([2, 3, 1], [1.0, 2.0]), fold="neuron").source
    assert ">tanh(w·x + b)<" in source
    for name in ("a¹₁", "w¹₁,₁", "w¹₁,₂", "b¹₁"):
        assert f">{name}<" in source


def test_names_that_fit_nothing_are_refused_with_those_there_are():
    loss = network([2, 2, 1], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"fold='head' fits no scope.*'layer 1'"):
        draw(loss, fold="head")
    with pytest.raises(ValueError, match=r"open='layer 9' is not a scope.*'layer 1'"):
        draw(loss, open=["layer 9"])
    with pytest.raises(ValueError, match="has none"):
        draw(expression(), fold="layer")


def chain(length):
    v = Value(1.0, "x")
    for _ in range(length):
        v = v + 1.0
    return v


def test_what_nobody_could_read_is_refused_with_what_to_ask_for():
    v = chain(20_000)
    with pytest.raises(TooLarge, match=r"20,001 boxes.*around=w"):
        draw(v)
    with scope("chain"):
        folded = chain(20_000)
    assert shown(draw(folded * 2.0)) == (1, 0)


def test_insisting_draws_everything():
    assert draw(chain(2500), fold=False).source.count("ad-node ad-result") == 2499


def test_a_neighbourhood_of_a_huge_graph():
    v = chain(50_000)
    middle = topological_order(v)[25_000]
    source = draw(v, around=middle, radius=2).source
    assert source.count('class="ad-node ad-result"') == 5
    assert source.count(">⋯<") == 2


def test_the_rest_of_the_graph_still_contributes():
    L = diamond()
    L.backward()
    order = topological_order(L)
    a = order[0]
    made = neighbourhood(order, a, 0)
    gradients = {node: node.grad for node in order}
    assert [link.contribution for link in links(made, [L], gradients)] == [135.0]


def test_a_node_from_elsewhere_is_refused():
    for option in ("around", "path"):
        options: dict[str, Any] = {option: Value(1.0)}
        with pytest.raises(ValueError, match=f"{option}: Value.* is not in the graph"):
            draw(expression(), **options)
    with pytest.raises(ValueError, match="radius"):
        draw(expression(), around=expression(), radius=-1)


def test_a_neighbourhood_is_not_folded():
    with pytest.raises(ValueError, match="leave out fold"):
        draw(expression(), around=expression(), fold="layer")


def test_paths_are_highlighted_and_the_rest_is_dim():
    L = expression()
    c = next(node for node in topological_order(L) if node.label == "c")
    elements = parsed(render_svg(L, path=c))
    dim = {name for name, element in elements.items() if "ad-dim" in element.get("class", "").split()}
    names = {node.label: f"ad-n{k}" for k, node in enumerate(topological_order(L))}
    k, root = int(names["d"][4:]), int(names["L"][4:])
    edges = {f"ad-e{names['e'][4:]}-0", f"ad-e{names['e'][4:]}-1", f"ad-e{k}-0", f"ad-e{root}-1"}
    assert dim == {names[name] for name in "abef"} | edges
    assert texts(elements[f"ad-e{k}-1"], "ad-edge-label") == ["∂d/∂c = 1"]


def test_one_parameter_is_not_called_parameters():
    x = Value(1.0, "x")
    for k in range(14):  # enough boxes that each shows only its outputs
        with scope(f"block {k}"):
            x = x * Value(2.0, f"w{k}")
    x.backward()
    svg = render_svg(x, fold=True)
    assert ">1 parameter<" in svg
    assert "1 parameters" not in svg


def test_an_output_of_the_graph_is_one_of_its_box_and_not_a_parameter():
    with scope("box"):
        w, x, y = Value(2.0, "w"), Value(3.0, "x"), Value(4.0, "y")
        c = w * x + y
        d = c * c
    e = d + y
    made = groups(topological_order(e, c, w), lambda place: True)
    links(made, [e, c, w], {})
    [box] = [group for group in made if group.folded]
    assert set(box.outputs) == {c, d, w, y}  # d and y lead out of it, c and w are asked for
    assert box.parameters == [x]
    links(made, [e], {})
    assert (set(box.outputs), set(box.parameters)) == ({d, y}, {w, x})


def test_a_formula_that_is_cut_or_leaves_operands_out_gives_way_to_the_number_of_nodes():
    x = Value(0.7, "x")
    with autograd.scope("one"):
        first = ((x * 2.0 + 1.0).tanh() * (-x).exp()) / (1.0 + x**2) + x * 3.5
    with autograd.scope("two"):
        second = first * first  # of a name of some length: (v10 + x·3.5)·(v10 + x·3.5)
    with autograd.scope("three"):
        third = (second * x + x * x * x + 1.0).tanh()
    lines = draw(third, fold=True).tree(colour=False).splitlines()
    heads = [next(line for line in lines if name in line) for name in ("one  ", "two  ", "three  ")]
    assert "one  11 nodes " in heads[0]
    assert "two  1 node " in heads[1]
    assert "three  tanh(…)" in heads[2]
    assert any(line.strip("│ ").startswith("v13 = (v10 + x·3.5)·") for line in lines)


def test_made_up_names_in_a_folded_box_are_defined_there():
    """Below its rows, with a formula in its head that leaves out what is long."""
    a, b, c = (Value(x, name) for x, name in ((1.0, "alpha"), (0.5, "beta"), (-0.3, "gamma")))
    with autograd.scope("one"):
        first = (a * b + c * a + b).tanh() * (a * b * c * a).exp()
    with autograd.scope("two"):
        inside = a * b * c * a * b + c
        second, third = (inside * b * c - a).sigmoid(), inside * 2.0
    loss = first * second + third
    picture, names = draw(loss, fold=True), display_names(loss)
    lines = [line.strip("│├└─ ") for line in picture.tree(colour=False).splitlines()]
    made_up = names[inside]
    one, at = (next(k for k, line in enumerate(lines) if line.startswith(box)) for box in ("one  ", "two  "))
    assert "tanh(… + beta)·exp(…)" in lines[one]
    assert lines[one + 1].startswith(f"{names[first]}  data ")
    assert [line.partition("  data ")[0] for line in lines[at + 1 : at + 3]] == [names[second], names[third]]
    assert names[third] == f"{made_up}·2"
    below = [line for line in lines if re.match(r"v\d+ = ", line)]
    assert f"{made_up} = …·beta + gamma" in below
    assert set(re.findall(r"v\d+", names[first] + names[second] + names[third])) == {
        line.split()[0] for line in below
    }
    elements = parsed(picture.pipe("svg", encoding="utf-8"))
    one, two = elements["ad-s0"], elements["ad-s1"]
    assert [*texts(one, "ad-definition"), *texts(two, "ad-definition")] == below
    tooltips, mermaid = tooltip(one) + tooltip(two), picture.mermaid()
    assert all(line in tooltips and line.partition("(")[0] in mermaid for line in below)
