"""Plots of training: curves, boundaries, gradients by layer, activations (`pip install "stepgrad[plot]"`).

Every function draws into the matplotlib axes `ax`, or into new ones, and returns them, with a method
`.save(path)` that writes their whole figure in the format of the path's suffix, and `.show()`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Value, drawing

from ..data.reading import as_float, read, read_inputs
from ..model.hints import answering
from ..model.parameters import layers_of
from ..training import losses
from ..training.losses import Loss, LossName
from ..training.meaning import decided, inputs_of, meaning, threshold
from ..training.targets import listed
from .sketch import HasLayers

__all__ = [
    "gradient_norms",
    "plot_activations",
    "plot_decision_boundary",
    "plot_gradient_norms",
    "plot_history",
]

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.plots")

ORANGE, BLUE, GREY = "#c2570c", "#1d63d8", "#7b8799"


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError('plots need matplotlib: pip install "stepgrad[plot]"') from None
    return pyplot.subplots(layout="constrained")[1]


def _finished(ax: Any) -> Any:
    """The axes, with methods `save` and `show`."""

    def drawn(suffix: str) -> bytes:
        content = BytesIO()
        ax.figure.savefig(content, format=suffix)
        return content.getvalue()

    def save(path: str | os.PathLike[str]) -> Path:
        """Write the figure as `.svg`, `.png` or `.pdf`, whole or not at all; the path is returned."""
        writers = {suffix: partial(drawn, suffix) for suffix in ("svg", "png", "pdf")}
        return drawing.save_by_suffix(path, writers, "a plot")

    def show() -> None:
        """Show the figure in the notebook's cell, or else in a browser."""
        svg = drawn("svg").decode()
        drawing.show(ax.figure, drawing.page_of(svg[svg.index("<svg") :], "Plot"), "plot")

    ax.save, ax.show = save, show
    return ax


def plot_history(history: Any, ax: Any = None) -> Any:
    """Loss by epoch of a `History`, and the accuracy, if there is one, on an axis of its own.

    Raises ValueError for an empty history.
    """
    if not history.epochs:
        raise ValueError("plot_history: the history has no epochs yet")
    ax = _axes(ax)
    numbers = range(1, len(history) + 1)
    names = history[-1].measured()
    ax.set(xlabel="epoch", ylabel="loss")
    right: Any = ax.twinx() if "accuracy" in names else None
    for name in names:
        on = right if name.endswith("accuracy") else ax
        on.plot(
            numbers,
            [getattr(epoch, name) for epoch in history.epochs],
            label=name.replace("_", " "),
            color=BLUE if name.endswith("accuracy") else ORANGE,
            linestyle="--" if name.startswith("validation") else "-",
        )
    if right is not None:
        right.set(ylabel="accuracy", ylim=(0.0, 1.02))
    ax.figure.legend(loc="outside upper center", ncols=4, frameon=False)
    return _finished(ax)


def plot_decision_boundary(
    model: Any,
    data: Any,
    targets: Any = None,
    ax: Any = None,
    resolution: int = 60,
    *,
    loss: LossName | Loss | None = None,
) -> Any:
    """The class that a model of two inputs says at each point of the plane, with the examples as points.

    The examples are those of `nn.fit`: `plot_decision_boundary(mlp, X, Y)`, a tuple `(X, Y)`, or pairs.
    A model with several outputs says the class of the largest, one with a single output says 1 or 0 as
    in `nn.predict`: for an output that is not a probability, `loss` names the loss of its training.
    Raises ValueError without it, and if the inputs are not pairs of numbers.
    """
    X, Y = read(data, targets, inputs_of(model))
    if any(len(x) != 2 for x in X):
        raise ValueError("plot_decision_boundary: the inputs must be pairs of numbers")
    labels = [_label(y) for y in Y]
    cost = None if loss is None else losses.named(loss)
    grids = [_grid([x[i] for x in X], resolution) for i in (0, 1)]
    probe = model(X[0])
    limit = threshold(cost, meaning(model, probe))
    decided(probe, limit, "plot_decision_boundary(mlp, X, Y")  # refuses a single output without a limit
    with autograd.no_grad():
        outputs = [[[as_float(o) for o in model([a, b])] for a in grids[0]] for b in grids[1]]
    ax = _axes(ax)
    if limit is not None and len(outputs[0][0]) == 1:
        heights = [[o[0] - limit for o in row] for row in outputs]
        most = max(abs(h) for row in heights for h in row) or 1.0
        ax.pcolormesh(*grids, heights, cmap="RdYlBu_r", vmin=-most, vmax=most, alpha=0.6, shading="nearest")
        ax.contour(*grids, heights, levels=[0.0], colors=GREY, linewidths=1.2)
    else:
        classes = [[decided(o, limit) for o in row] for row in outputs]
        ax.pcolormesh(*grids, classes, cmap="tab10", vmin=0, vmax=9, alpha=0.35, shading="nearest")
    for label in sorted(set(labels)):
        points = [x for x, y in zip(X, labels, strict=True) if y == label]
        ax.scatter(*zip(*points, strict=True), s=18, edgecolor="white", linewidth=0.5, label=str(label))
    ax.set(xlabel="x₁", ylabel="x₂")
    ax.legend(title="class", frameon=False)
    return _finished(ax)


def _label(target: Any) -> Any:
    """The class itself, or the place of the 1 in a one-hot target."""
    numbers = listed(target)
    return numbers[0] if len(numbers) == 1 else decided(numbers, None)


def _grid(values: list[float], resolution: int) -> list[float]:
    low, high = min(values), max(values)
    margin = 0.1 * (high - low) or 1.0
    step = (high - low + 2 * margin) / (resolution - 1)
    return [low - margin + step * i for i in range(resolution)]


def gradient_norms(mlp: HasLayers) -> list[float]:
    """√(mean of (∂C/∂p)²) over the parameters p of each layer, after a backward pass.

    Kept after each epoch for `plot_gradient_norms`, they show saturation (the gradients of early
    layers fade) or explosion:

    >>> from nn import MLP, fit
    >>> mlp, norms = MLP([2, 3, 1], seed=1), []
    >>> xor = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> _ = fit(mlp, xor, loss="binary_cross_entropy", epochs=3,
    ...         callbacks=[lambda history: norms.append(gradient_norms(mlp))])
    >>> len(norms), len(norms[0])
    (3, 2)
    """

    def norm(parameters: list[Value]) -> float:
        return math.sqrt(math.fsum(p.grad * p.grad for p in parameters) / len(parameters))

    return [norm(layer.parameters()) for layer in layers_of(mlp)]


def plot_gradient_norms(norms: Sequence[Sequence[float]], ax: Any = None) -> Any:
    """The size of the gradients of each layer over time, on a log scale: one curve per layer.

    Raises ValueError if there are none.
    """
    if not norms:
        raise ValueError("plot_gradient_norms: nothing was recorded; see gradient_norms")
    ax = _axes(ax)
    layers = list(zip(*norms, strict=True))
    for number, sizes in enumerate(layers, 1):
        shade = (number - 1) / max(len(layers) - 1, 1)
        ax.plot(
            range(1, len(sizes) + 1),
            [size or math.nan for size in sizes],  # a log scale has no place for 0
            label=f"layer {number}",
            color=(0.76 * (1 - shade) + 0.11 * shade, 0.34 + 0.05 * shade, 0.05 + 0.8 * shade),
        )
    ax.set(xlabel="epoch", ylabel="gradient (root mean square)", yscale="log")
    ax.legend(frameon=False)
    return _finished(ax)


def plot_activations(mlp: Any, X: Any, ax: Any = None, bins: int = 40) -> Any:
    """The distribution of each layer's activations over the rows of inputs `X`: one histogram per layer.

    Saturated layers pile up at the ends of their activation's range. Raises ValueError for no inputs.
    """
    layers: list[list[float]] = [[] for _ in layers_of(mlp)]
    rows = read_inputs(X, inputs_of(mlp))
    with autograd.no_grad():
        for x in rows:
            for values, activations in zip(layers, mlp.trace(x)[1], strict=True):
                values += map(as_float, activations)
    ax = _axes(ax)
    for number, (values, layer) in enumerate(zip(layers, mlp.layers, strict=True), 1):
        weights = [1 / len(values)] * len(values)
        ax.hist(
            values, bins=bins, weights=weights, histtype="step", label=f"layer {number} · {layer.activation}"
        )
    ax.set(xlabel="activation", ylabel="share of neurons and inputs")
    ax.legend(frameon=False)
    return _finished(ax)
