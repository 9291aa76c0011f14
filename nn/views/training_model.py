"""The model of a training page: the graphs, examples and parameters that its script computes with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import Value, drawing, stepper, topological_order

from ..model.numbers import above_0, whole
from ..model.parameters import parameters_of
from ..training import losses
from ..training.evaluation import examples
from ..training.fitting import minibatches
from ..training.losses import Loss, LossName
from ..training.meaning import Model, classes, meaning, threshold
from ..training.targets import listed
from .network_view import draw_network
from .recorded_examples import Graph, recorded

MAX_EXAMPLES, MAX_PARAMETERS = 500, 1_000
MAX_NEURONS = 16  # of a layer in the picture
MAX_ORDERS = 10_000  # numbers in the orders of the epochs


class Training:
    """A training, checked and recorded: `told` is for the page's script, as JSON.

    `network` is the picture of the network, "" for a model without layers, `graph` that of the first graph;
    `operations` are the names of the rows that the graphs use.
    """

    def __init__(
        self,
        model: Model,
        data: Any,
        targets: Any,
        loss: LossName | Loss,
        lr: float,
        batch_size: int | None,
        seed: int,
        lang: str,
    ) -> None:
        above_0("step: lr", lr)
        cost = losses.named(loss)
        X, Y = examples(model, data, targets, cost)
        parameters = parameters_of(model, "step")
        _limited("examples", len(X), MAX_EXAMPLES, "take a part of them")
        _limited("parameters", len(parameters), MAX_PARAMETERS, "use fewer or smaller layers")
        size = len(X) if batch_size is None else min(whole("step: batch_size", batch_size), len(X))
        outputs = model(X[0])
        limit = threshold(cost, meaning(model, outputs))
        says = classes(Y, len(outputs), limit)
        graphs, found = recorded(model, (X, Y), cost, parameters)
        layers = _layers(model, parameters)
        sizes = getattr(model, "sizes", None)
        self.name = f"{type(model).__name__}({sizes})" if sizes else type(model).__name__
        self.about = f"{model!r}, {len(X)} examples, {getattr(cost, '__name__', 'a loss')}"
        shown = [
            _Shown(graph, parameters, _columns(model, X[0], graph) if layers else [], lang)
            for graph in graphs
        ]
        self.graph = shown[0].picture
        self.operations = {node.op for graph in graphs for node in graph.order}
        same = len({graph.outputs_structure for graph in graphs}) == 1
        self.network = draw_network(model, X[0], most=MAX_NEURONS).svg if layers else ""  # pyright: ignore[reportArgumentType]
        self.told: dict[str, Any] = {
            "graphs": [graph.told for graph in shown],
            "examples": [
                {
                    "graph": graph,
                    "leaves": leaves,
                    "inputs": x,
                    "target": _number(y),
                    "says": said,
                    "x": _written(x),
                    "y": _written(listed(y)),
                }
                for (graph, leaves), x, y, said in zip(found, X, Y, says)
            ],
            "parameters": [{"label": p.label, "value": p.data} for p in parameters],
            "orders": _orders(len(X), seed),
            "limit": limit,
            "classes": None not in says,
            "surface": same and len(X[0]) in (1, 2),
            "layers": layers,
            "network": stepper.page.base64(self.network),
            "rate": lr,
            "batch": size,
        }


class _Shown:
    """One of the graphs: its picture, and its part of the model of the page."""

    def __init__(
        self, graph: Graph, parameters: Sequence[Value], columns: list[list[Value]], lang: str
    ) -> None:
        place = {node: k for k, node in enumerate(graph.order)}
        walked = topological_order(graph.root)
        program = stepper.program(graph.order)
        if fixed := program["locals"]:
            operation = graph.order[int(min(fixed, key=int))].op
            raise TypeError(
                f"step: a page cannot compute {operation}, which is written in Python: state it as formulas"
            )
        if "where" in (node.op for node in graph.order):
            raise TypeError(
                "step: a page takes the branch of a `where` that was recorded; use relu, abs, maximum or clip"
            )
        shown = stepper.Stepper(graph.root, lang=lang, lock=True)
        record = {key: part for key, part in shown.model().items() if key not in ("sentences", "views")}
        self.picture = shown.picture()
        self.told: dict[str, Any] = {
            "program": program if walked != graph.order else None,  # it is the record's
            "parameters": [place.get(parameter) for parameter in parameters],
            "leaves": [place.get(leaf) for leaf in (*graph.inputs, *graph.targets)],
            "outputs": [place[output] for output in graph.outputs],
            "layers": [[place[node] for node in column] for column in columns],
            "walked": [place[node] for node in walked],
            "record": record,
            "picture": stepper.page.base64(self.picture),
        }


def _limited(things: str, count: int, most: int, advice: str) -> None:
    if count > most:
        raise drawing.TooLarge(f"step: {count:,} {things} are more than a page takes ({most:,}): {advice}")


def _layers(model: Any, parameters: Sequence[Value]) -> list[dict[str, Any]]:
    """The places of weights and biases among the parameters; nothing for a model without such layers."""
    place = {parameter: k for k, parameter in enumerate(parameters)}
    try:
        return [
            {
                "weights": [[place[w] for w in neuron.w] for neuron in layer.neurons],
                "biases": [place[neuron.b] for neuron in layer.neurons],
            }
            for layer in model.layers
        ]
    except (AttributeError, TypeError, KeyError):
        return []


def _columns(model: Any, x: list[float], graph: Graph) -> list[list[Value]]:
    """The activations of each layer in the graph, found by the labels that the layers give them."""
    by_label = {node.label: node for node in graph.order}
    inputs: Any = x
    columns: list[list[Value]] = []
    for layer in model.layers:
        inputs = layer(inputs)
        columns.append([by_label[node.label] for node in inputs])
    return columns


def _orders(count: int, seed: int) -> list[list[int]]:
    """The rows in the order of `fit`'s first epochs, which the page then repeats."""
    epochs = max(1, min(100, MAX_ORDERS // count))
    return [next(minibatches(count, count, seed, epoch)) for epoch in range(epochs)]


def _number(target: Any) -> float | None:
    """A target that can be plotted: a single number."""
    numbers = listed(target)
    return float(numbers[0]) if len(numbers) == 1 else None


def _written(numbers: Sequence[Any]) -> str:
    text = ", ".join(f"{float(x):.4g}".replace("-", "−") for x in numbers)
    return text if len(numbers) == 1 else f"({text})"
