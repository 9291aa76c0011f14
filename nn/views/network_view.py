"""A network drawn as circles in columns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any, Literal

import autograd
from autograd import Value, drawing

from ..data.reading import as_float, floats
from .sketch import HasLayers, HasNeurons, Point, Sketch, sketched, tag, text_at

RADIUS, ACROSS, DOWN = 19, 190, 48  # of a circle, between columns, between rows, in points
LEFT, TOP = 30, 63  # of the first centre
Colour = Literal["weight", "gradient"]


def draw_network(
    network: HasLayers | HasNeurons,
    x: Any = None,
    *,
    colour: Colour = "weight",
    most: int = 16,
    theme: drawing.Theme = "auto",
    ids: str = "network",
) -> Sketch:
    """A network, or one layer, as circles in columns, one per layer, with an edge per weight.

    An edge is orange if its weight w_jk (or, with `colour="gradient"`, ∂C/∂w_jk after a backward
    pass) is above 0 and blue below, and as wide as √|w_jk|, on one scale per layer. With an input
    `x` every circle holds its activation. Of a layer with more than `most` neurons the first and the
    last are shown. Raises TypeError for anything else, ValueError if `x` has the wrong length or an
    option does not exist.

    >>> from nn import MLP
    >>> sketch = draw_network(MLP([2, 3, 1], seed=0), [1.0, -2.0])
    >>> sketch.svg.count("<line")
    9
    """
    if colour not in ("weight", "gradient"):
        raise ValueError(f"colour must be 'weight' or 'gradient', not {colour!r}")
    if most < 2:
        raise ValueError(f"most must be at least 2 neurons, not {most}")
    layers: Sequence[Any] = getattr(network, "layers", [network])
    if not layers or not all(hasattr(layer, "neurons") for layer in layers):
        raise TypeError(
            f"draw_network takes a network or a layer, not {type(network).__name__}; draw(y) draws a Value"
        )
    activations = None if x is None else _activations(layers, floats(x))
    sizes = [len(layers[0].neurons[0].w), *(len(layer.neurons) for layer in layers)]
    columns = [_shown(size, most) for size in sizes]
    tallest = max(map(len, columns))

    def centre(column: int, row: int) -> Point:
        return LEFT + ACROSS * column, TOP + DOWN * (row + (tallest - len(columns[column])) / 2)

    parts: list[str] = []
    for number, layer in enumerate(layers, 1):
        weights = [[_number(w, colour) for w in neuron.w] for neuron in layer.neurons]
        largest = max(abs(w) for row in weights for w in row)
        for j_row, j in enumerate(columns[number]):
            for k_row, k in enumerate(columns[number - 1]):
                if j is not None and k is not None:
                    ends = centre(number - 1, k_row), centre(number, j_row)
                    parts.append(
                        _edge(layer.neurons[j].w[k], weights[j][k], largest, *ends, f"{number - 1}-{j}-{k}")
                    )
    for column, neurons in enumerate(columns):
        parts.append(_caption(layers, column))
        for row, j in enumerate(neurons):
            if j is None:
                more = f"⋮ {sizes[column] - len(neurons) + 1} more"
                parts.append(text_at(centre(column, row), more, 11, "muted"))
            else:
                values = None if activations is None else activations[column]
                parts.append(_circle(layers, column, j, values, centre(column, row)))
    right, bottom = centre(len(columns) - 1, 0)[0], TOP + DOWN * (tallest - 1)
    return sketched(parts, (right + LEFT, bottom + RADIUS + 10), theme, ids)


def _activations(layers: Sequence[HasNeurons], x: list[float]) -> list[list[float]]:
    computed: list[list[Any]] = [x]
    with autograd.no_grad():
        for layer in layers:
            computed.append(layer(computed[-1]))
    return [list(map(as_float, activations)) for activations in computed]


def _shown(size: int, most: int) -> list[int | None]:
    """The neurons of a column; None stands for those between the first and the last."""
    if size <= most:
        return list(range(size))
    first = most // 2
    return [*range(first), None, *range(size - (most - first), size)]


def _number(w: Value, colour: Colour) -> float:
    return w.grad if colour == "gradient" else w.data


def _edge(w: Value, number: float, largest: float, start: Point, end: Point, place: str) -> str:
    return tag(
        "line",
        tag("title", escape(f"{w.label} = {w.data!r}, grad = {w.grad!r}")),
        x1=start[0] + RADIUS,
        y1=start[1],
        x2=end[0] - RADIUS,
        y2=end[1],
        stroke=drawing.style.sign_colour(number),
        stroke_width=0.4 + 2.6 * math.sqrt(abs(number) / largest if largest else 0.0),
        stroke_opacity=0.25 + 0.65 * drawing.style.strength(number, largest),
        data_weight=place,
    )


def _circle(
    layers: Sequence[HasNeurons], column: int, j: int, activations: list[float] | None, centre: Point
) -> str:
    kind = "leaf" if column == 0 else "output" if column == len(layers) else "result"
    title = f"x{j + 1}" if column == 0 else f"neuron {j + 1}\nb = {layers[column - 1].neurons[j].b.data!r}"
    place = {"cx": centre[0], "cy": centre[1], "r": RADIUS}
    parts = [tag("circle", fill="box", stroke=kind, stroke_width=1.3, **place)]
    if activations is not None:
        a = activations[j]
        title += f"\na = {a!r}"
        opacity = 0.06 + 0.4 * drawing.style.strength(a, max(map(abs, activations)))
        parts.append(tag("circle", fill=drawing.style.sign_colour(a), fill_opacity=opacity, **place))
        number = f"{a:.2g}".replace("-", "−")
        parts.append(text_at(centre, number, 11 if len(number) < 6 else 9, "ink"))
    return tag("g", tag("title", escape(title)) + "".join(parts), data_neuron=f"{column}-{j}")


def _caption(layers: Sequence[HasNeurons], column: int) -> str:
    text = f"layer {column} · {layers[column - 1].activation}" if column else "input"
    anchor, aside = "middle", 0
    if column in (0, len(layers)):
        anchor, aside = ("end", RADIUS) if column else ("start", -RADIUS)
    return text_at((LEFT + ACROSS * column + aside, 16), text, 12, "muted", anchor)
