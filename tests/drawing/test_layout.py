"""The layout: siblings in order, large pictures in bounded time, values with many uses named at each."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from drawing_graphs import SVG

import nn
from autograd import Value, draw, topological_order
from autograd.drawing import TooLarge, dot, references


def network(sizes: list[int]) -> Value:
    outputs = nn.MLP(sizes, seed=1)([Value(0.3 * i + 0.1, f"x{i}") for i in range(sizes[0])])
    return sum((y * y for y in outputs), start=Value(0.0))


def places(svg: str, direction: str) -> dict[str, float]:
    """The position of each box across the ranks, by its first label."""
    axis, extent = ("y", "height") if direction == "LR" else ("x", "width")
    found: dict[str, float] = {}
    for group in ElementTree.fromstring(svg).iter(f"{SVG}g"):
        frames = [rect for rect in group.iter(f"{SVG}rect") if "ad-frame" in rect.get("class", "").split()]
        if "ad-node" in group.get("class", "").split() and frames:
            labels = [
                t.text or "" for t in group.iter(f"{SVG}text") if "ad-label" in t.get("class", "").split()
            ]
            found[labels[0]] = float(frames[0].get(axis, "")) + float(frames[0].get(extent, "")) / 2
    return found


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("fold", [False, "neuron"])
@pytest.mark.parametrize("sizes", [[2, 3, 1], [2, 3, 2], [3, 6, 1]], ids=str)
def test_neurons_stand_in_index_order(sizes, fold, direction):
    drawn = places(
        draw(network(sizes), fold=fold, direction=direction).pipe("svg", encoding="utf-8"), direction
    )
    activations = [f"a¹{'₁₂₃₄₅₆'[j]}" for j in range(sizes[1])]
    assert sorted(activations, key=drawn.__getitem__) == activations


def test_every_format_has_the_same_order():
    picture = draw(network([2, 3, 2]), fold=False)
    plain = picture.pipe("plain", encoding="utf-8")
    across = {line.split()[1]: float(line.split()[3]) for line in plain.splitlines() if line[:4] == "node"}
    order = topological_order(network([2, 3, 2]))
    activations = [f"n{k}" for k, node in enumerate(order) if node.op == "tanh"]
    heights = [across[key] for key in activations]
    assert heights == sorted(heights, reverse=True)  # "plain" counts from the bottom


def recurrence(operations: int) -> Value:
    leaves = [Value(0.3 + 0.1 * i, name) for i, name in enumerate("abcde")]
    h = leaves[0]
    for i in range(operations):
        h = h * leaves[i % 5] if i % 2 else h + leaves[i % 5]
    return h


def test_values_with_many_uses_are_named_at_each_of_them():
    picture = draw(recurrence(100), fold=False)
    svg = picture.pipe("svg", encoding="utf-8")
    groups = {group.get("id"): group for group in ElementTree.fromstring(svg).iter(f"{SVG}g")}
    order = topological_order(recurrence(100))
    uses = [
        (k, slot, parent)
        for k, node in enumerate(order)
        for slot, parent in enumerate(node.parents)
        if not parent.parents
    ]
    for k, slot, parent in uses:
        reference = groups[f"ad-e{k}-{slot}-r"]
        assert [text.text for text in reference.iter(f"{SVG}text")] == [parent.label]
        assert f"ad-e{k}-{slot}" in groups
    assert all(f"ad-n{k}" in groups for k in range(len(order)))
    assert "(above)" in picture.tree(colour=False)


def test_small_pictures_keep_every_line():
    figure = draw(recurrence(20)).figure
    assert references.with_references(figure) is figure


def test_the_effort_of_a_layout_is_bounded_when_it_grows():
    assert "nslimit" not in draw(recurrence(20)).source
    assert "nslimit=1" in draw(recurrence(100)).source
    assert "splines=line" in draw(recurrence(300), fold=False).source
    assert dot.MANY_BOXES == references.MANY_BOXES


def test_more_boxes_than_anybody_reads_are_refused_before_they_are_laid_out():
    with pytest.raises(TooLarge, match=r"1,005 boxes would be too large.*around=.*scope.*fold=False"):
        draw(recurrence(1000))
    bundle = recurrence(1000)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "would be too large" in bundle["text/plain"]


def test_a_neighbourhood_has_the_same_limit():
    x = Value(1.0, "x")
    y = x
    for _ in range(2500):
        y = y + x
    with pytest.raises(TooLarge, match="more than 500 values are within 1 edges"):
        draw(y, around=x, radius=1)
    assert "ad-n0" in draw(y, around=y, radius=1).pipe("svg", encoding="utf-8")
