"""A finished SVG as PNG or PDF: every shape is written as DOT in its fixed place, which Graphviz then paints.

So whatever draws graphs paints network views, weights and the steps of a pass too, in the same fonts.
"""

from __future__ import annotations

import math
import re
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from ..nodes.display import wanted
from ..nodes.files import write_file
from . import render
from .shapes import Page, Shape, page_of_shapes
from .style import FONT_STACK, text_width
from .tables import content

SECONDS = 1.0  # that a PDF beside a picture may take
_FONTS = FONT_STACK.replace('"', "")  # each text has its place, so a list is safe
_HEADER = (
    "digraph {\nlayout=nop2\nnotranslate=true\npad=0\noutputorder=edgesfirst\n"
    f'node [label="" margin=0 fixedsize=true fontname="{_FONTS}"]\nedge [arrowhead=none]\n'
)


def painted(svg: str, format: str, background: str = "transparent", seconds: float | None = None) -> bytes:
    """The SVG, one of this package's own, as PNG or PDF.

    Raises RendererNotFound if nothing can paint it, ValueError if the renderer cannot write the format.
    """
    page = page_of_shapes(svg)
    with tempfile.TemporaryDirectory() as folder:
        written = "".join(_written(page, folder))
        x, y = page.width / 2, page.height / 2
        extent = f'bgcolor="{background}"\nviewport="{page.width:.2f},{page.height:.2f},1,{x:.2f},{y:.2f}"\n'
        return render.layout(f"{_HEADER}{extent}{written}}}\n", format, seconds)


def pdf_beside(svg: str) -> dict[str, str]:
    """The PDF of a picture in a notebook's cell, for its bundle: nbconvert's LaTeX and PDF cannot use an SVG.

    It has no date, so that running a notebook again changes nothing in it. Empty if nothing here writes PDF,
    or if it takes long.
    """
    if not wanted("application/pdf"):
        return {}
    try:
        pdf = painted(svg, "pdf", seconds=SECONDS)
    except (ValueError, render.RendererNotFound):
        return {}
    undated = re.sub(rb"/CreationDate \(D:[^)]*\)", lambda date: b" " * len(date[0]), pdf)
    return {"application/pdf": b64encode(undated).decode()}


def _written(page: Page, folder: str) -> Iterator[str]:
    names = (f"n{number}" for number in count())

    def node(x: float, y: float, width: float, height: float, attributes: str) -> str:
        place = f'pos="{x:.2f},{page.height - y:.2f}" width={width / 72:.5f} height={height / 72:.5f}'
        return f"{next(names)} [{place} {attributes}]\n"

    yield node(page.width / 2, page.height / 2, page.width, page.height, "style=invis")
    for shape in page.shapes:
        x, y = shape.points[0]
        if shape.kind in ("curve", "head"):
            yield _edge(shape, page.height)
        elif shape.kind == "text":
            text, width = _text(shape)
            aside = {"start": width / 2, "middle": 0.0, "end": -width / 2}[shape.anchor]
            yield node(x + aside, y - 0.355 * shape.size, width, 1.4 * shape.size, text)
        elif shape.kind == "circle":
            yield node(x, y, 2 * shape.size, 2 * shape.size, f"shape=circle {_look(shape)}")
        else:
            right, lower = shape.points[1]
            look = f"shape=box {_look(shape)}"
            if shape.kind == "image":
                file = write_file(Path(folder, f"{next(names)}.png"), b64decode(shape.href.partition(",")[2]))
                look = f'shape=none {render.IMAGE}{file.as_posix()}"'
            yield node((x + right) / 2, (y + lower) / 2, right - x, lower - y, look)


def _look(shape: Shape) -> str:
    style = ["filled"] * bool(shape.fill) + ["rounded"] * (shape.size > 0 and shape.kind == "rect")
    style += ["dashed"] * shape.dashed
    width = shape.width if shape.stroke else 0
    return (
        f'style="{",".join(style)}" fillcolor="{_colour(shape.fill, shape.fill_opacity)}" '
        f'color="{_colour(shape.stroke, shape.stroke_opacity)}" penwidth={width:.2f}'
    )


def _edge(shape: Shape, height: float) -> str:
    def place(x: float, y: float) -> str:
        return f"{x:.2f},{height - y:.2f}"

    if shape.kind == "curve":
        colour, extra = _colour(shape.stroke, shape.stroke_opacity), ""
        spline = " ".join(place(*point) for point in shape.points)
    else:  # a triangle: as the head of an arrow from the middle of its base to its tip
        tip, base, length = arrow_of(shape)
        colour = _colour(shape.fill, shape.fill_opacity)
        extra = f"arrowhead=normal arrowsize={length / 10:.3f}"
        spline = " ".join([f"e,{place(*tip)}", *[place(*base)] * 4])
    return f'n0 -> n0 [pos="{spline}" color="{colour}" penwidth={shape.width:.2f} {extra}]\n'


def arrow_of(head: Shape) -> tuple[tuple[float, float], tuple[float, float], float]:
    """The tip of an arrowhead, the middle of its base, and its length."""
    corners = head.points[:3]

    def symmetry(at: int) -> float:  # the tip is as far from one of the other corners as from the other
        tip, one, other = corners[at], corners[at - 1], corners[at - 2]
        return abs(math.dist(tip, one) - math.dist(tip, other))

    at = min(range(3), key=symmetry)
    tip, one, other = corners[at], corners[at - 1], corners[at - 2]
    base = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    return tip, base, math.dist(tip, base)


def _text(shape: Shape) -> tuple[str, float]:
    """A cell of fixed width, in which the text keeps to its side whatever font the renderer has."""
    width = 1.5 * text_width(shape.text, shape.size, shape.bold) + 2
    side = {"start": "LEFT", "middle": "CENTER", "end": "RIGHT"}[shape.anchor]
    inner = f"<B>{content(shape.text)}</B>" if shape.bold else content(shape.text)
    cell = (
        f'<TD FIXEDSIZE="TRUE" WIDTH="{math.ceil(width)}" HEIGHT="{1.4 * shape.size:.0f}" ALIGN="{side}">'
        f'<FONT POINT-SIZE="{shape.size:g}" COLOR="{_colour(shape.fill, shape.fill_opacity)}">{inner}</FONT>'
        "</TD>"
    )
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cell}</TR></TABLE>'
    return f"shape=none label=<{table}>", width


def _colour(colour: str, opacity: float) -> str:
    return f"{colour}{round(255 * opacity):02x}" if colour else "transparent"
