"""A small SVG, written here in the colours of `autograd.draw`; no renderer is needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Protocol

from autograd import Value, drawing

Point = tuple[float, float]


class HasWeights(Protocol):
    """A neuron, as far as a picture is concerned."""

    w: list[Value]
    b: Value


class HasNeurons(Protocol):
    """A layer, as far as a picture is concerned."""

    @property
    def neurons(self) -> Sequence[HasWeights]:
        """The neurons, in order."""
        ...

    @property
    def activation(self) -> str:
        """The name of the activation."""
        ...

    def parameters(self) -> list[Value]:
        """All weights and biases."""
        ...

    def __call__(self, x: Any, /) -> list[Value]:
        """The activations for inputs `x`."""
        ...


class HasLayers(Protocol):
    """A network, as far as a picture is concerned."""

    @property
    def layers(self) -> Sequence[HasNeurons]:
        """The layers, in order."""
        ...


@dataclass(frozen=True, repr=False)
class Sketch(drawing.Shown):
    """An SVG that shows itself in notebooks; `.save("network.svg")` writes it, `.show()` opens it."""

    svg: str

    def __repr__(self) -> str:
        return "<A picture of a network: .show() it, .save('network.svg')>"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture as `.svg`, `.html`, `.png`, `.pdf` or `.tex`; the path is returned.

        The file is written whole or not at all. Raises ValueError for any other suffix, and for what
        TikZ cannot hold (images); RendererNotFound if nothing can paint a .png or .pdf; OSError if the
        file cannot be written.
        """
        return drawing.save_by_suffix(path, drawing.writers(lambda: self.svg, "Network"), "this picture")

    def show(self) -> None:
        """Show the picture in the notebook's cell, or else in a browser."""
        drawing.show(self, drawing.page_of(self.svg, "Network"), "network")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, **drawing.pdf_beside(self.svg), "text/plain": repr(self)}

    def _mime_(self) -> tuple[str, str]:
        return "text/html", self.svg


def text_at(centre: Point, text: str, size: int, fill: str, anchor: str = "middle") -> str:
    """Text whose middle is there."""
    x, y = centre[0], centre[1] + 0.355 * size
    return tag("text", escape(text), x=x, y=y, text_anchor=anchor, font_size=size, fill=fill)


def tag(name: str, content: str = "", /, **attributes: str | float) -> str:
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


def sketched(parts: Sequence[str], size: Point, theme: drawing.Theme, ids: str) -> Sketch:
    """The elements together, on a page of that width and height."""
    width, height = size
    body = drawing.visible("\n".join(parts), keep="\n")
    return Sketch(
        f'<svg xmlns="http://www.w3.org/2000/svg" id="{escape(ids)}" class="ad ad-{theme}" role="img" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">\n'
        f"<style>\n{drawing.style.style_sheet()}\n</style>\n{body}\n</svg>\n"
    )
