"""The graphs of a training: the loss of each example as the model records it, and what differs between them.

Examples whose graphs are the same but for the numbers of the inputs share one graph, with the inputs as its
leaves. A class index or a label is a constant of the graph, so that each class has its own; if there are
more targets than that, the targets become leaves too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import autograd
from autograd import Value, drawing, topological_order

from ..data.reading import Examples
from ..model.layers import subscript
from ..training.losses import Loss
from ..training.meaning import Model
from ..training.targets import listed

MAX_GRAPHS, MAX_NODES = 12, 500


@dataclass(frozen=True, eq=False)
class Graph:
    """The loss of one example, its inputs and targets as leaves, and the model's outputs.

    `order` has all their nodes, parents first and the loss last.

    `structure` is the same for two graphs that differ in the numbers of these leaves only, and
    `outputs_structure` for two whose outputs do.
    """

    order: list[Value]
    inputs: list[Value]
    targets: list[Value]
    outputs: list[Value]
    structure: Hashable
    outputs_structure: Hashable

    @property
    def root(self) -> Value:
        """The loss."""
        return self.order[-1]

    @property
    def leaves(self) -> list[float]:
        """The numbers of this example."""
        return [leaf.data for leaf in (*self.inputs, *self.targets)]


def recorded(
    model: Model, examples: Examples, cost: Loss, parameters: Sequence[Value]
) -> tuple[list[Graph], list[tuple[int, list[float]]]]:
    """The different graphs, and for each example the index of its graph and the numbers of its leaves.

    Raises TooLarge if the graphs are too many or too large for a page, TypeError if a graph depends on the
    values of parameters in another way than by its operations, or if the loss does not depend on them.
    """
    X, Y = examples
    places = {parameter: k for k, parameter in enumerate(parameters)}
    first = _graph(model, cost, X[0], Y[0], places)
    if (nodes := len(first.order)) > MAX_NODES:
        raise drawing.TooLarge(
            f"step: the graph of one example has {nodes:,} nodes, and a page takes {MAX_NODES}: use fewer or "
            "smaller layers"
        )
    graphs, found = _grouped(model, cost, examples, places, as_leaves=False)
    if len(graphs) > MAX_GRAPHS:
        with suppress(TypeError, ValueError):  # of a loss that takes no Values for targets
            graphs, found = _grouped(model, cost, examples, places, as_leaves=True)
    if len(graphs) > MAX_GRAPHS:
        raise drawing.TooLarge(
            f"step: the examples have more than {MAX_GRAPHS} different graphs, the most that a page takes: "
            "use fewer classes, or a loss that takes Values as targets"
        )
    for number in range(len(graphs)):
        row = [index for index, _ in found].index(number)
        _refuse_branches(model, cost, X[row], Y[row], parameters)
    return graphs, found


def _grouped(
    model: Model, cost: Loss, examples: Examples, places: dict[Value, int], as_leaves: bool
) -> tuple[list[Graph], list[tuple[int, list[float]]]]:
    graphs: dict[Hashable, Graph] = {}
    found: list[tuple[int, list[float]]] = []
    for x, y in zip(*examples):
        graph = _graph(model, cost, x, y, places, as_leaves)
        graphs.setdefault(graph.structure, graph)
        found.append((list(graphs).index(graph.structure), graph.leaves))
        if len(graphs) > MAX_GRAPHS:
            break
    return list(graphs.values()), found


def _graph(
    model: Model, cost: Loss, x: list[float], y: Any, places: dict[Value, int], as_leaves: bool = False
) -> Graph:
    inputs = _named("x", x)
    targets = _named("y", listed(y)) if as_leaves else []
    outputs = list(model(inputs))
    if as_leaves and isinstance(cost(outputs, y), Value):
        y = targets if len(listed(y)) > 1 or isinstance(y, list) else targets[0]
    root = cost(outputs, y)
    if not isinstance(root, Value) or not root.parents:
        raise TypeError("step: the loss of an example does not depend on the parameters")
    if not root.label:
        root.label = "C"
    order = topological_order(root)
    below = _together(topological_order(output) for output in outputs)
    order = [*_together([order[:-1], below]), root]  # a loss may take some of the outputs only
    known: dict[Value, Hashable] = {leaf: ("leaf", k) for k, leaf in enumerate((*inputs, *targets))}
    known |= {parameter: ("parameter", k) for parameter, k in places.items()}
    return Graph(order, inputs, targets, outputs, _structure(order, known), _structure(below, known))


def _together(orders: Iterable[Sequence[Value]]) -> list[Value]:
    """The nodes of all, each once, parents first."""
    return list(dict.fromkeys(node for order in orders for node in order))


def _named(letter: str, numbers: Sequence[Any]) -> list[Value]:
    labels = [letter] if len(numbers) == 1 else [letter + subscript(k) for k in range(1, len(numbers) + 1)]
    return [Value(number, label) for number, label in zip(numbers, labels)]


def _structure(order: Sequence[Value], known: dict[Value, Hashable]) -> Hashable:
    """Operations and operands; numbers only of constants."""
    place = {node: k for k, node in enumerate(order)}
    return tuple(
        known.get(node, repr(node.data))
        if node.rule is None
        else (node.op, *(place[o] if isinstance(o, Value) else repr(o) for o in node.operands))
        for node in order
    )


def _refuse_branches(model: Model, cost: Loss, x: Any, y: Any, parameters: Sequence[Value]) -> None:
    """TypeError if the graph would be another at other values of the parameters."""
    with suppress(ModuleNotFoundError):  # without NumPy it is taken on trust
        autograd.compile(lambda: cost(model(x), y), [], parameters)
