"""Training, seen: curves, boundaries, gradients by layer, activations (`pip install "stepgrad[plot]"`).

Every function draws into the matplotlib axes it is given, or into new ones, and returns them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import autograd
from autograd import Value

from ..model.mlp import MLP
from ..training.evaluation import predict
from ..training.history import History
from ..training.targets import listed

ORANGE, BLUE, GREY = "#c2570c", "#1d63d8", "#7b8799"


def _axes(ax: Any) -> Any:
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError('plots need matplotlib: pip install "stepgrad[plot]"') from None
    return pyplot.subplots(layout="constrained")[1]


def plot_history(history: History, ax: Any = None) -> Any:
    """Loss by epoch, and the accuracy, where there is one, on an axis of its own.

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
    return ax


def plot_decision_boundary(
    model: Any, data: tuple[Sequence[Any], Sequence[Any]], ax: Any = None, resolution: int = 60
) -> Any:
    """Where in the plane a classifier of two inputs says what, with its examples as points.

    A model with one output says a class by the sign of its output (a logit), one with several by the
    largest. Raises ValueError where the inputs are not pairs, or none.
    """
    X, Y = data
    if not len(X) or any(len(x) != 2 for x in X):
        raise ValueError("plot_decision_boundary: the inputs must be pairs of numbers, at least one")
    labels = [_label(y) for y in Y]
    ax = _axes(ax)
    grids = [_grid([float(x[i]) for x in X], resolution) for i in (0, 1)]
    with autograd.no_grad():
        outputs = [[[float(o) for o in model([a, b])] for a in grids[0]] for b in grids[1]]
    if len(outputs[0][0]) == 1:
        heights = [[o[0] for o in row] for row in outputs]
        limit = max(abs(h) for row in heights for h in row) or 1.0
        ax.pcolormesh(*grids, heights, cmap="RdYlBu_r", vmin=-limit, vmax=limit, alpha=0.6, shading="nearest")
        ax.contour(*grids, heights, levels=[0.0], colors=GREY, linewidths=1.2)
    else:
        classes = [[predict(o) for o in row] for row in outputs]
        ax.pcolormesh(*grids, classes, cmap="tab10", vmin=0, vmax=9, alpha=0.35, shading="nearest")
    for label in sorted(set(labels)):
        points = [x for x, y in zip(X, labels, strict=True) if y == label]
        ax.scatter(*zip(*points, strict=True), s=18, edgecolor="white", linewidth=0.5, label=str(label))
    ax.set(xlabel="x₁", ylabel="x₂")
    ax.legend(title="class", frameon=False)
    return ax


def _label(target: Any) -> Any:
    """The class as it was given, or the place of the 1 in a one-hot target."""
    numbers = listed(target)
    return numbers[0] if len(numbers) == 1 else predict(numbers)


def _grid(values: list[float], resolution: int) -> list[float]:
    low, high = min(values), max(values)
    margin = 0.1 * (high - low) or 1.0
    step = (high - low + 2 * margin) / (resolution - 1)
    return [low - margin + step * i for i in range(resolution)]


def gradient_norms(mlp: MLP) -> list[float]:
    """√(mean of (∂C/∂p)²) over the parameters p of each layer, after a backward pass.

    A callback that keeps them for `plot_gradient_norms`, and so shows saturation (the gradients of
    early layers fade) or explosion:

    >>> from nn import fit
    >>> mlp, norms = MLP([2, 3, 1], seed=1), []
    >>> xor = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> _ = fit(mlp, xor, loss="binary_cross_entropy", epochs=3,
    ...         callbacks=[lambda history: norms.append(gradient_norms(mlp))])
    >>> len(norms), len(norms[0])
    (3, 2)
    """

    def norm(parameters: list[Value]) -> float:
        return math.sqrt(math.fsum(p.grad * p.grad for p in parameters) / len(parameters))

    return [norm(layer.parameters()) for layer in mlp.layers]


def plot_gradient_norms(norms: Sequence[Sequence[float]], ax: Any = None) -> Any:
    """The size of the gradients of each layer over time, on a log scale: one curve per layer.

    Raises ValueError where there are none.
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
    return ax


def plot_activations(mlp: MLP, X: Iterable[Sequence[Any]], ax: Any = None, bins: int = 40) -> Any:
    """How the activations of each layer are distributed over the inputs `X`: one histogram per layer.

    Saturated layers pile up at the ends of their activation's range. Raises ValueError for no inputs.
    """
    ax = _axes(ax)
    layers: list[list[float]] = [[] for _ in mlp.layers]
    with autograd.no_grad():
        for x in X:
            for values, activations in zip(layers, mlp.trace(x)[1], strict=True):
                values += map(float, activations)
    if not layers[0]:
        raise ValueError("plot_activations: no inputs")
    for number, (values, layer) in enumerate(zip(layers, mlp.layers, strict=True), 1):
        weights = [1 / len(values)] * len(values)
        ax.hist(
            values, bins=bins, weights=weights, histtype="step", label=f"layer {number} · {layer.activation}"
        )
    ax.set(xlabel="activation", ylabel="share of neurons and inputs")
    ax.legend(frameon=False)
    return ax
