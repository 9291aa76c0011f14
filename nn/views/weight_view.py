"""The weights of a layer as small images, one per neuron."""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Sequence

from autograd import drawing

from .sketch import HasNeurons, Sketch, sketched, tag, text_at


def draw_weights(
    layer: HasNeurons,
    shape: tuple[int, int] | None = None,
    *,
    columns: int = 8,
    theme: drawing.Theme = "auto",
    ids: str = "weights",
) -> Sketch:
    """The weights w_j of every neuron j of a layer as a small image of `shape` (rows, columns).

    Orange is above 0 and blue below; opacity is magnitude, on one scale for the whole layer. Without
    a shape, a square number of inputs is a square, and any other a row. Raises TypeError for anything
    but a layer, ValueError if the shape does not fit.

    >>> from nn import MLP
    >>> draw_weights(MLP([64, 16, 10], seed=0).layers[0]).svg.count("<image")
    16
    """
    if not hasattr(layer, "neurons"):
        raise TypeError(
            f"draw_weights takes a layer, as in draw_weights(mlp.layers[0]), not {type(layer).__name__}"
        )
    inputs = len(layer.neurons[0].w)
    side = math.isqrt(inputs)
    rows, across = shape or ((side, side) if side * side == inputs else (1, inputs))
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
        image = base64.b64encode(_png([w.data / largest for w in neuron.w], across, scale)).decode()
        place: dict[str, float] = {"x": x, "y": y, "width": width, "height": height}
        parts += [
            tag("image", style="image-rendering:pixelated", href=f"data:image/png;base64,{image}", **place),
            tag("rect", fill="none", stroke="zero", stroke_width=0.7, **place),
            text_at((x + width / 2, y + height + 9), str(j + 1), 10, "muted"),
        ]
    used = min(columns, len(layer.neurons))
    size = (8 + (width + 12) * used - 12, 8 + (height + 24) * -(-len(layer.neurons) // columns))
    return sketched(parts, size, theme, ids)


def _png(numbers: Sequence[float], width: int, scale: int) -> bytes:
    """An image of numbers from −1 to 1: a square each, orange or blue, as opaque as it is large."""
    orange, blue = (224, 108, 20), (45, 115, 230)  # readable on white and on black
    pixels = [(*(orange if n > 0 else blue), round(255 * math.sqrt(min(abs(n), 1.0)))) for n in numbers]
    rows = [pixels[i : i + width] for i in range(0, len(pixels), width)]
    lines = [b"\0" + b"".join(bytes(pixel) * scale for pixel in row) for row in rows for _ in range(scale)]
    header = struct.pack(">IIBBBBB", width * scale, len(lines), 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
