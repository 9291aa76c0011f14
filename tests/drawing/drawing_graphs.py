"""The graphs that the tests of pictures draw, and how they read what was drawn."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import autograd
import nn
from autograd import Value

SVG = "{http://www.w3.org/2000/svg}"


def expression() -> Value:
    """L = (a·b + c)·f."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    L = d * f
    L.label = "L"
    return L


def diamond() -> Value:
    """L = b·c, c = a + b, b = a·a: five paths from a."""
    a = Value(3.0, "a")
    b = a * a
    b.label = "b"
    c = a + b
    c.label = "c"
    L = b * c
    L.label = "L"
    return L


def neuron() -> Value:
    """tanh(x₁w₁ + x₂w₂ + b) with micrograd's numbers."""
    x1, x2 = Value(2.0, "x₁"), Value(0.0, "x₂")
    w1, w2, b = Value(-3.0, "w₁"), Value(1.0, "w₂"), Value(6.8813735870195432, "b")
    first, second = x1 * w1, x2 * w2
    first.label, second.label = "x₁w₁", "x₂w₂"
    total = first + second
    total.label = "w·x"
    n = total + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return o


def network(sizes: list[int], inputs: list[Value] | None = None) -> Value:
    """The loss of an MLP, after a backward pass."""
    xs = inputs or [Value(0.3 * (i % 7) - 1.0, f"x{i + 1}") for i in range(sizes[0])]
    outputs = nn.MLP(sizes, seed=1)(xs)
    with autograd.scope("loss"):
        loss = autograd.sum((y - 1.0) ** 2 for y in outputs)
    loss.label = "L"
    loss.backward()
    return loss


def parsed(svg: str) -> dict[str, Element]:
    """The elements of an SVG that have an id."""
    elements = [e for e in ElementTree.fromstring(svg).iter() if e.get("id")]
    found = {e.get("id", ""): e for e in elements}
    assert len(found) == len(elements), "two elements have the same id"
    return found


def texts(group: Element, name: str) -> list[str]:
    """The texts that the elements of a class say."""
    return [e.text or "" for e in group.iter(f"{SVG}text") if name in (e.get("class") or "").split()]


def of_class(group: Element, name: str) -> list[Element]:
    return [e for e in group.iter() if name in (e.get("class") or "").split()]


def tooltip(group: Element) -> str:
    title = group.find(f"{SVG}title")
    return "" if title is None or title.text is None else title.text
