"""micrograd's graphs, and those of engines like it, as graphs of Values."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from autograd import draw, explain, from_micrograd


class Node:
    """An engine like micrograd's: operands in a tuple, more operations, labels."""

    def __init__(self, data: float, _children: tuple[Any, ...] = (), _op: str = "", label: str = "") -> None:
        self.data, self.grad, self._prev, self._op, self.label = data, 0.0, _children, _op, label
        self._backward = lambda: None

    def __sub__(self, other: Node) -> Node:
        out = Node(self.data - other.data, (self, other), "-")

        def _backward() -> None:
            self.grad += out.grad
            other.grad -= out.grad

        out._backward = _backward
        return out

    def tanh(self) -> Node:
        out = Node(math.tanh(self.data), (self,), "tanh")

        def _backward() -> None:
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def backward(self) -> None:
        order: list[Node] = []

        def visit(node: Node) -> None:
            if node not in order:
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()


def agree(root: Any, names: Any = None) -> Any:
    imported = from_micrograd(root, names)
    comparison = imported.compare()
    assert comparison.agrees, comparison
    return imported


def test_operands_in_order_and_labels():
    a, b = Node(0.3, label="a"), Node(-1.2)
    imported = agree((a - b).tanh() - a, {"b": b})
    assert set(imported.leaves) == {"a", "b"}
    assert imported.leaves["b"].label == "b"
    tree = draw(imported).tree(colour=False)
    assert "tanh" in tree


def test_its_gradients_are_left_as_they_were():
    a = Node(0.3, label="a")
    a.grad = 5.0
    root = (a - Node(1.0)).tanh()
    from_micrograd(root)
    assert (a.grad, root.grad) == (5.0, 0.0)


def test_an_operation_that_is_not_covered_is_refused_by_name():
    with pytest.raises(NotImplementedError, match="sinc"):
        from_micrograd(Node(1.0, (Node(0.0),), "sinc"))


def test_a_node_that_its_operation_does_not_give_is_refused():
    with pytest.raises(ValueError, match=r"a node 'tanh' has the data 0\.5"):
        from_micrograd(Node(0.5, (Node(0.0),), "tanh"))


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match=r"from_micrograd takes a node with data, _prev and _op"):
        from_micrograd(3.0)


@pytest.fixture
def engine():
    return pytest.importorskip("micrograd.engine", reason="micrograd is not installed").Value


OPERATIONS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: a / (b * b + 1.0),
    lambda a, b: (a * 0.3) ** 3,
    lambda a, b: a.relu(),
    lambda a, b: -a + 2 * a,
]


def random_graph(rng: random.Random, engine: Any) -> Any:
    nodes = [engine(rng.uniform(-2, 2)) for _ in range(3)]
    for _ in range(rng.randrange(5, 40)):
        made = rng.choice(OPERATIONS)(rng.choice(nodes[-8:]), rng.choice(nodes))
        nodes.append(made if abs(made.data) < 10 else made * 0.01)
    return sum(nodes[-3:])


@pytest.mark.parametrize("seed", range(25))
def test_random_graphs_of_micrograd(seed, engine):
    agree(random_graph(random.Random(seed), engine))


def test_an_mlp_of_micrograd(engine):
    from micrograd.nn import MLP

    random.seed(1)
    model = MLP(3, [4, 4, 1])
    imported = agree(model([1.0, -2.0, 0.5]))
    assert len(imported.leaves) >= len(model.parameters())
    assert "grad" in explain(imported)
