"""The labels of edges: none lies across an arrow, its own or another's, a box or another label."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from drawing_graphs import SVG, expression, network

import nn
from autograd import Value, draw, softmax

Rect = tuple[float, float, float, float]


def cross_entropy() -> Value:
    scores = [Value(z, f"z{k}") for k, z in enumerate((1.0, 2.0, 0.5))]
    return nn.cross_entropy(scores, 2)


def linear_scores() -> Value:
    x, b = Value(2.0, "x"), Value(0.1, "b")
    scores = [Value(w, f"w{k}") * x + b for k, w in enumerate((0.5, -0.2, 0.3))]
    return nn.cross_entropy(scores, 1)


def squared_softmax() -> Value:
    shares = softmax([Value(z, f"z{k}") for k, z in enumerate((1.0, 2.0, 0.5))])
    return sum((p * p for p in shares), Value(0.0, "s"))


def mlp() -> Value:
    return network([2, 3, 1], [Value(0.5, "x₁"), Value(-1.0, "x₂")])


def curve(d: str) -> list[tuple[float, float]]:
    """Points along the cubic Bézier curves of a path."""
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", d)]
    knots = list(zip(numbers[::2], numbers[1::2], strict=True))
    points = []
    for start in range(0, len(knots) - 3, 3):
        for k in range(61):
            t = k / 60
            shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            four = knots[start : start + 4]
            points.append(tuple(sum(s * p[i] for s, p in zip(shares, four, strict=True)) for i in (0, 1)))
    return points


def rect(element: ElementTree.Element) -> Rect:
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return x + 1, y + 1, x + width - 1, y + height - 1


def meet(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def collisions(svg: str) -> list[str]:
    groups = list(ElementTree.fromstring(svg).iter(f"{SVG}g"))
    edges = [g for g in groups if "ad-edge" in g.get("class", "").split()]
    frames = [
        rect(e) for g in groups for e in g.findall(f"{SVG}rect") if "ad-frame" in e.get("class", "").split()
    ]
    labels = {
        g.get("id", ""): rect(e)
        for g in edges
        for e in g.iter(f"{SVG}rect")
        if "ad-edge-label-cell" in e.get("class", "").split()
    }
    assert labels
    found = []
    for name, label in labels.items():
        for edge in edges:
            line = edge.find(f"{SVG}path")
            points = [] if line is None else curve(line.get("d", ""))
            if any(label[0] < x < label[2] and label[1] < y < label[3] for x, y in points):
                found.append(f"{name} lies across {edge.get('id')}")
        found += [f"{name} covers a box" for frame in frames if meet(label, frame)]
        found += [f"{name} covers {other}" for other, r in labels.items() if other > name and meet(label, r)]
    return found


PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.mark.parametrize("path", sorted(PICTURES.rglob("*.svg")), ids=lambda path: path.stem)
def test_the_committed_pictures_are_as_clean(path):
    """`scripts/write_docs.py` writes a picture only if its words changed: delete one that fails."""
    svg = path.read_text("utf-8")
    assert "ad-edge-label-cell" not in svg or collisions(svg) == []


@pytest.mark.parametrize("direction", ["LR", "TB"])
@pytest.mark.parametrize("edges", ["chain", "local"])
@pytest.mark.parametrize(
    ("graph", "fold"),
    [
        (mlp, False), (mlp, "neuron"), (expression, False), (cross_entropy, False), (linear_scores, False),
        (squared_softmax, False),
    ],
)  # fmt: skip
def test_no_label_lies_across_an_arrow_a_box_or_a_label(graph: Callable[[], Value], fold, edges, direction):
    loss = graph()
    loss.backward()
    assert collisions(draw(loss, direction=direction, edges=edges, fold=fold).pipe("svg").decode()) == []


@pytest.mark.parametrize("fold", [False, "neuron"])
def test_no_label_lies_across_the_border_of_a_frame_if_there_is_room_beside_it(fold):
    loss = mlp()
    loss.backward()
    groups = list(ElementTree.fromstring(draw(loss, fold=fold).pipe("svg").decode()).iter(f"{SVG}g"))
    labels, frames = (
        [rect(e) for g in groups for e in g.iter(f"{SVG}rect") if name in e.get("class", "").split()]
        for name in ("ad-edge-label-cell", "ad-cluster-frame")
    )
    assert len(frames) >= 2

    def inside(one: Rect, other: Rect) -> bool:
        return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]

    assert [(r, f) for r in labels for f in frames if meet(r, f) and not inside(r, f)] == []
