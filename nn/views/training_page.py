"""The page of a whole small training: `step(mlp, X, Y, loss="bce")`.

The page holds the recorded graph of each kind of example, and computes with it: the same rows of the table,
as JavaScript, give the outputs, the cost and the gradients for every example and at every epoch.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from autograd import Value, drawing, stepper, topological_order

from ..model.hints import hinted
from ..model.layers import above_0, at_least_1
from ..model.parameters import parameters_of
from ..training import losses
from ..training.evaluation import examples
from ..training.fitting import minibatches
from ..training.losses import Loss, LossName
from ..training.meaning import Model, classes, meaning, threshold
from ..training.targets import listed
from .network_view import draw_network
from .recorded_examples import Graph, recorded

MAX_EXAMPLES, MAX_PARAMETERS, MAX_BYTES = 500, 1_000, 4_000_000
MAX_NEURONS = 16  # of a layer in the picture
MAX_ORDERS = 10_000  # numbers in the orders of the epochs
MODULES = ("example", "run", "curve", "surface", "network", "walk", "training")

_WEB = Path(__file__).with_name("web")


@hinted
def step(
    model: Model,
    data: Any,
    targets: Any = None,
    *,
    loss: LossName | Loss = "cross_entropy",
    lr: float = 0.1,
    batch_size: int | None = None,
    seed: int = 0,
    lang: str = "en",
) -> TrainingPage:
    """Train a small network on a page: every epoch, every example, every number of the chain rule.

    In a notebook the result shows itself; a script that runs at a terminal opens a browser. The page runs
    gradient descent by itself: one step, one epoch, or on and on, with a learning rate that the reader
    sets. It shows the weights, the loss and, for one or two inputs, what the network says everywhere; it
    goes back to any epoch, and its stepper walks the graph of any example. The steps are those of `nn.fit`
    with `optimizer="sgd"` and the same seed. The model stays as it is.

    Args:
        model: an MLP, or anything that is called like one and has `parameters()`.
        data: the inputs, or inputs and targets, as for `fit`.
        targets: the targets, if `data` are the inputs.
        loss: as for `fit`.
        lr: the learning rate that the page begins with.
        batch_size: how many examples make one step; all, unless given.
        seed: decides the order of the examples, as for `fit`.
        lang: the language of the page, "en" or "ja".

    Raises what `fit` raises for data and losses that do not fit; TooLarge (a ValueError) for more examples,
    parameters or nodes than a page takes; TypeError for a model or a loss whose operations depend on the
    values of parameters, or have no formula that a page could compute.

    >>> from nn import MLP, data
    >>> step(MLP([2, 4, 1], seed=1), data.xor(), loss="bce")
    TrainingPage(MLP([2, 4, 1]: 2 → 4 tanh → 1 identity, 17 parameters), 4 examples, binary_cross_entropy)
    """
    page = TrainingPage(model, data, targets, loss, lr, batch_size, seed, lang)
    if sys.stdout and sys.stdout.isatty() and "IPython" not in sys.modules:
        page.show()
    return page


class TrainingPage(drawing.Shown):
    """A training that runs on its page: `.save("training.html")`, `.show()`; a notebook shows it."""

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
        self.lang = lang
        self._say = stepper.page.sentences(lang, "training")
        above_0("step: lr", lr)
        cost = losses.named(loss)
        X, Y = examples(model, data, targets, cost)
        parameters = parameters_of(model, "step")
        _limited("examples", len(X), MAX_EXAMPLES, "take a part of them")
        _limited("parameters", len(parameters), MAX_PARAMETERS, "use fewer or smaller layers")
        size = len(X) if batch_size is None else min(at_least_1("step: batch_size", batch_size), len(X))
        outputs = model(X[0])
        limit = threshold(cost, meaning(model, outputs))
        says = classes(Y, len(outputs), limit)
        graphs, found = recorded(model, (X, Y), cost, parameters)
        layers = _layers(model, parameters)
        sizes = getattr(model, "sizes", None)
        self._name = f"{type(model).__name__}({sizes})" if sizes else type(model).__name__
        self._about = f"{model!r}, {len(X)} examples, {getattr(cost, '__name__', 'a loss')}"
        self._graphs = [
            _Shown(graph, parameters, _columns(model, X[0], graph) if layers else [], lang)
            for graph in graphs
        ]
        same = len({graph.outputs_structure for graph in graphs}) == 1
        self._network = draw_network(model, X[0], most=MAX_NEURONS).svg if layers else ""  # pyright: ignore[reportArgumentType]
        self._model: dict[str, Any] = {
            "graphs": [shown.told for shown in self._graphs],
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
            "network": stepper.page.base64(self._network),
            "rate": lr,
            "batch": size,
            "training": self._say,
            "sentences": stepper.page.sentences(lang),
        }
        self._html = self._fragment()
        if len(self._html) > MAX_BYTES:
            raise drawing.TooLarge(
                f"step: the page would have {len(self._html):,} bytes, more than {MAX_BYTES:,}: use fewer or "
                "smaller layers, or fewer classes"
            )

    def __repr__(self) -> str:
        return f"TrainingPage({self._about})"

    def _repr_html_(self) -> str:
        """The training as HTML, for a notebook's cell: it needs no kernel and no network."""
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page as `.html`, whole or not at all; it works from a file. The path is returned.

        Raises ValueError for any other suffix, OSError if the file cannot be written.
        """
        advice = "draw_network(mlp) and plots.plot_history(history) have pictures as"
        return drawing.save_by_suffix(
            path, {"html": self.html}, "a training", {kind: f"{advice} .{kind}" for kind in ("svg", "png")}
        )

    def show(self) -> None:
        """Show the page in the notebook's cell, or else in a browser."""
        drawing.show(self, self.html(), "training")

    def html(self) -> str:
        """The page that `.save("page.html")` writes, to embed in another application."""
        title = self._say["title"].format(model=self._name)
        return stepper.page.page(title, self._html, self.lang)

    def _fragment(self) -> str:
        """The training as a part of a page; a page can have any number of them."""
        pictures = [self._network, self._graphs[0].picture]
        images = "".join(
            f'<img class="nn-fallback" alt="" src="data:image/svg+xml;base64,{stepper.page.base64(svg)}">\n'
            for svg in pictures
            if svg
        )
        rows = stepper.page.javascript({node.op for shown in self._graphs for node in shown.order})
        return (
            f'<div class="ad-stepper ad-live nn-training" lang="{self.lang}" '
            f'data-rows="{stepper.page.rows_key(rows)}">\n'
            f"<style>\n{stepper.page.asset('page.css')}</style>\n"
            f'<p class="nn-fallback">{escape(self._say["no_script"])}</p>\n{images}'
            f'<script type="application/json">{stepper.page.to_json(self._model)}</script>\n'
            f'<script type="module">\n{_script(rows)}</script>\n</div>'
        )


class _Shown:
    """One of the graphs: its picture, and its part of the model of the page."""

    def __init__(
        self, graph: Graph, parameters: Sequence[Value], columns: list[list[Value]], lang: str
    ) -> None:
        self.order = graph.order
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


@cache
def _script(rows: str) -> str:
    """The stepper's script with these rows, and the modules of the training."""
    own = "".join(stepper.page.stripped(_WEB / f"{module}.js") for module in MODULES)
    return stepper.page.packed(rows, own, stepper.page.stripped(_WEB / "training.css"))
