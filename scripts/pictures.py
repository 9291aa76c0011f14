"""docs/pictures/: the drawings on the documentation's pages, beside the gallery's."""

from __future__ import annotations

import re

import layers

import nn
from autograd import Program, Value, compile, dot, draw, scope, sigmoid
from autograd import sum as total


def product() -> Value:
    """L = (a·b + c)·f."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    L = (a * b + c) * f
    L.label = "L"
    return L


def fan() -> Value:
    """a is used three times: L = b·c, c = a + b, b = a·a."""
    a = Value(3.0, "a")
    b = a * a
    c = a + b
    L = b * c
    for node, label in ((b, "b"), (c, "c"), (L, "L")):
        node.label = label
    return L


def network() -> Value:
    """The output of a small network for one example."""
    with scope("input"):
        x = [Value(0.5, "x₁"), Value(-1.0, "x₂")]
    [y] = nn.MLP([2, 3, 1], seed=1)(x)
    return y


def layer() -> Program:
    """Two neurons, each with two inputs, compiled."""
    W = [[Value(0.5, "w₁₁"), Value(-1.0, "w₁₂")], [Value(0.3, "w₂₁"), Value(0.8, "w₂₂")]]
    b = [Value(0.1, "b₁"), Value(-0.1, "b₂")]

    def cost(x: list[Value], y: list[Value]) -> Value:
        a = [sigmoid(dot(w, x, b_j)) for w, b_j in zip(W, b, strict=True)]
        return total((a_j - y_j) ** 2 for a_j, y_j in zip(a, y, strict=True))

    return compile(cost, [[1.0, 2.0], [1.0, 0.0]], [W, b], plan="arrays")


def drawn() -> dict[str, str]:
    """The drawings of docs/pictures/, by file name."""
    made = {"layers.svg": layers.picture()}
    for name, value, fold in (
        ("readme", product(), None),
        ("fan", fan(), None),
        ("network", network(), "neuron"),
    ):
        value.backward()
        made[f"{name}.svg"] = draw(value, fold=fold).pipe("svg", encoding="utf-8")
    made["program.svg"] = layer().draw().pipe("svg", encoding="utf-8")
    return made


def words(svg: str) -> list[str]:
    """The texts in a picture; renderers differ only in their positions."""
    return sorted(re.findall("<(?:text|title)[^>]*>([^<]*)", svg))
