"""A network as people sketch it, circles in columns, and the weights of a layer as small images.

The pictures are SVG written here, in the colours of `autograd.draw`; no renderer is needed.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Literal

import autograd
from autograd import Value, drawing

from .layers import MLP, Layer

RADIUS, ACROSS, DOWN = 19, 190, 48  # of a circle, between columns, between rows, in points
LEFT, TOP = 30, 63  # of the first centre
Colour = Literal["weight", "gradient"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Sketch:
    """An SVG that shows itself in notebooks."""

    svg: str

    def save(self, path: str | Path) -> Path:
        """Write the SVG to a file, whose path is returned."""
        Path(path).write_text(self.svg, encoding="utf-8")
        return Path(path)

    def _repr_svg_(self) -> str:
        return self.svg


def draw_network(
    network: MLP | Layer,
    x: Iterable[Any] | None = None,
    *,
    colour: Colour = "weight",
    most: int = 16,
    theme: drawing.Theme = "auto",
    ids: str = "network",
) -> Sketch:
    """A network, or one layer, as circles in columns, one per layer, with an edge per weight.

    An edge is orange where its weight w_jk (or, with `colour="gradient"`, ∂C/∂w_jk after a backward
    pass) is above 0 and blue below, and as wide as √|w_jk|, on one scale per layer. With an input
    `x` every circle holds its activation. Of a layer with more than `most` neurons the first and the
    last are shown. Raises ValueError where `x` has the wrong length or an option does not exist.

    >>> from nn import MLP
    >>> sketch = draw_network(MLP([2, 3, 1], seed=0), [1.0, -2.0])
    >>> sketch.svg.count("<line")
    9
    """
    if colour not in ("weight", "gradient"):
        raise ValueError(f"colour must be 'weight' or 'gradient', not {colour!r}")
    if most < 2:
        raise ValueError(f"most must be at least 2 neurons, not {most}")
    layers = network.layers if isinstance(network, MLP) else [network]
    activations = None if x is None else _activations(layers, list(x))
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
                    parts.append(_edge(layer.neurons[j].w[k], weights[j][k], largest, *ends))
    for column, neurons in enumerate(columns):
        parts.append(_caption(layers, column))
        for row, j in enumerate(neurons):
            if j is None:
                more = f"⋮ {sizes[column] - len(neurons) + 1} more"
                parts.append(_text(centre(column, row), more, 11, "muted"))
            else:
                values = None if activations is None else activations[column]
                parts.append(_circle(layers, column, j, values, centre(column, row)))
    right, bottom = centre(len(columns) - 1, 0)[0], TOP + DOWN * (tallest - 1)
    return Sketch(_svg(parts, (right + LEFT, bottom + RADIUS + 10), theme, ids))


def _activations(layers: list[Layer], x: list[Any]) -> list[list[float]]:
    computed = [x]
    with autograd.no_grad():
        for layer in layers:
            computed.append(layer(computed[-1]))
    return [list(map(float, activations)) for activations in computed]


def _shown(size: int, most: int) -> list[int | None]:
    """The neurons of a column; None stands for those between the first and the last."""
    if size <= most:
        return list(range(size))
    first = most // 2
    return [*range(first), None, *range(size - (most - first), size)]


def _number(w: Value, colour: Colour) -> float:
    return w.grad if colour == "gradient" else w.data


def _edge(w: Value, number: float, largest: float, start: Point, end: Point) -> str:
    return _tag(
        "line",
        _tag("title", escape(f"{w.label} = {w.data!r}, grad = {w.grad!r}")),
        x1=start[0] + RADIUS,
        y1=start[1],
        x2=end[0] - RADIUS,
        y2=end[1],
        stroke=drawing.style.sign_colour(number),
        stroke_width=0.4 + 2.6 * math.sqrt(abs(number) / largest if largest else 0.0),
        stroke_opacity=0.25 + 0.65 * drawing.style.strength(number, largest),
    )


def _circle(layers: list[Layer], column: int, j: int, activations: list[float] | None, centre: Point) -> str:
    kind = "leaf" if column == 0 else "output" if column == len(layers) else "result"
    title = f"x{j + 1}" if column == 0 else f"neuron {j + 1}\nb = {layers[column - 1].neurons[j].b.data!r}"
    place = {"cx": centre[0], "cy": centre[1], "r": RADIUS}
    parts = [_tag("circle", fill="box", stroke=kind, stroke_width=1.3, **place)]
    if activations is not None:
        a = activations[j]
        title += f"\na = {a!r}"
        opacity = 0.06 + 0.4 * drawing.style.strength(a, max(map(abs, activations)))
        parts.append(_tag("circle", fill=drawing.style.sign_colour(a), fill_opacity=opacity, **place))
        number = f"{a:.2g}".replace("-", "−")
        parts.append(_text(centre, number, 11 if len(number) < 6 else 9, "ink"))
    return _tag("g", _tag("title", escape(title)) + "".join(parts))


def _caption(layers: list[Layer], column: int) -> str:
    text = f"layer {column} · {layers[column - 1].activation}" if column else "input"
    anchor, aside = "middle", 0
    if column in (0, len(layers)):
        anchor, aside = ("end", RADIUS) if column else ("start", -RADIUS)
    return _text((LEFT + ACROSS * column + aside, 16), text, 12, "muted", anchor)


def _text(centre: Point, text: str, size: int, fill: str, anchor: str = "middle") -> str:
    x, y = centre[0], centre[1] + 0.355 * size
    return _tag("text", escape(text), x=x, y=y, text_anchor=anchor, font_size=size, fill=fill)


def _tag(name: str, content: str = "", /, **attributes: str | float) -> str:
    """An SVG element; a fill or stroke named as in the palette follows the theme."""
    written: dict[str, str] = {}
    classes: list[str] = []
    for key, value in attributes.items():
        if value in drawing.style.LIGHT:
            classes.append(f"ad-{key}-{value}")
            value = drawing.style.LIGHT[str(value)]
        written[key.replace("_", "-")] = value if isinstance(value, str) else f"{value:.4g}"
    if classes:
        written["class"] = " ".join(classes)
    return f"<{name}{''.join(f' {k}={chr(34)}{v}{chr(34)}' for k, v in written.items())}>{content}</{name}>"


def _svg(parts: Sequence[str], size: Point, theme: drawing.Theme, ids: str) -> str:
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{escape(ids)}" class="ad ad-{theme}" role="img" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">\n'
        f"<style>\n{drawing.style.style_sheet()}\n</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def draw_weights(
    layer: Layer,
    shape: tuple[int, int] | None = None,
    *,
    columns: int = 8,
    theme: drawing.Theme = "auto",
    ids: str = "weights",
) -> Sketch:
    """The weights w_j of every neuron j of a layer as a small image of `shape` (rows, columns).

    Orange is above 0 and blue below; opacity is magnitude, on one scale for the whole layer. Without
    a shape the inputs must be a square number. Raises ValueError where the shape does not fit.

    >>> from nn import MLP
    >>> draw_weights(MLP([64, 16, 10], seed=0).layers[0]).svg.count("<image")
    16
    """
    inputs = len(layer.neurons[0].w)
    rows, across = shape or (math.isqrt(inputs), math.isqrt(inputs))
    if rows * across != inputs:
        raise ValueError(
            f"draw_weights: a neuron has {inputs} weights, which shape {(rows, across)} cannot hold"
        )
    largest = max(abs(w.data) for neuron in layer.neurons for w in neuron.w) or 1.0
    scale = max(1, round(72 / max(rows, across)))
    width, height = across * scale, rows * scale
    parts: list[str] = []
    for j, neuron in enumerate(layer.neurons):
        x, y = 4 + (width + 12) * (j % columns), 4 + (height + 24) * (j // columns)
        image = base64.b64encode(_png([w.data / largest for w in neuron.w], across)).decode()
        place: dict[str, float] = {"x": x, "y": y, "width": width, "height": height}
        parts += [
            _tag("image", style="image-rendering:pixelated", href=f"data:image/png;base64,{image}", **place),
            _tag("rect", fill="none", stroke="zero", stroke_width=0.7, **place),
            _text((x + width / 2, y + height + 9), str(j + 1), 10, "muted"),
        ]
    used = min(columns, len(layer.neurons))
    size = (8 + (width + 12) * used - 12, 8 + (height + 24) * -(-len(layer.neurons) // columns))
    return Sketch(_svg(parts, size, theme, ids))


def _png(numbers: Sequence[float], width: int) -> bytes:
    """An image of numbers from −1 to 1: one pixel each, orange or blue, as opaque as it is large."""
    orange, blue = (224, 108, 20), (45, 115, 230)  # readable on white and on black
    pixels = [(*(orange if n > 0 else blue), round(255 * math.sqrt(min(abs(n), 1.0)))) for n in numbers]
    lines = [b"\0" + bytes(c for p in pixels[i : i + width] for c in p) for i in range(0, len(pixels), width)]
    header = struct.pack(">IIBBBBB", width, len(lines), 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
