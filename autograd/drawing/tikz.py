r"""A finished SVG as TikZ: a LaTeX document of its own, whose `tikzpicture` can be copied into another.

It needs the packages tikz, standalone, helvet and amsmath, which every TeX distribution has, and compiles
with pdflatex, xelatex and lualatex alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text.latex import latex_text
from .shapes import Shape, page_of_shapes

_DOCUMENT = r"""\documentclass[border=2bp]{standalone}
\usepackage[T1]{fontenc}
\usepackage{amsmath,tikz}
\usepackage[scaled=0.96]{helvet}
\begin{document}
%(colours)s
\begin{tikzpicture}[x=1bp, y=-1bp, line cap=round, inner sep=0pt, every node/.style={font=\sffamily}]
%(body)s\end{tikzpicture}
\end{document}
"""
_ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}


def tikz(svg: str) -> str:
    """The SVG, one of this package's own, as a LaTeX document.

    Raises ValueError if it has an image, or a letter that pdflatex has not, such as a Japanese one.
    """
    page = page_of_shapes(svg)
    body = "".join(map(_command, page.shapes))
    hexes = sorted(set(re.findall(r"\bad([0-9A-F]{6})\b", body)))
    colours = "\n".join(rf"\definecolor{{ad{each}}}{{HTML}}{{{each}}}" for each in hexes)
    frame = f"\\useasboundingbox (0,0) rectangle ({page.width:.2f},{page.height:.2f});\n"
    return _DOCUMENT % {"colours": colours, "body": frame + body}


def _command(shape: Shape) -> str:
    places = [f"({x:.2f},{y:.2f})" for x, y in shape.points]
    if shape.kind == "image":
        raise ValueError(
            "TikZ cannot hold images: save this picture as .pdf and include it with \\includegraphics"
        )
    if shape.kind == "text":
        font = rf"\fontsize{{{shape.size:g}bp}}{{{shape.size:g}bp}}\selectfont" + r"\bfseries" * shape.bold
        text = latex_text(shape.text).replace("   ", r"\quad ")
        look = f"anchor={_ANCHORS[shape.anchor]}, text={_colour(shape.fill)}, font=\\sffamily{font}"
        return f"\\node[{look}] at {places[0]} {{{text}}};\n"
    look = ", ".join(_look(shape))
    if shape.kind == "rect":
        return f"\\path[{look}] {places[0]} rectangle {places[1]};\n"
    if shape.kind == "circle":
        return f"\\path[{look}] {places[0]} circle[radius={shape.size:g}bp];\n"
    if shape.kind == "head":
        return f"\\path[{look}] {' -- '.join(places[:3])} -- cycle;\n"
    curves = [
        f" .. controls {one} and {two} .. {end}"
        for one, two, end in zip(places[1::3], places[2::3], places[3::3], strict=True)
    ]
    return f"\\path[{look}] {places[0]}{''.join(curves)};\n"


def _look(shape: Shape) -> Iterator[str]:
    if shape.fill:
        yield f"fill={_colour(shape.fill)}"
        yield f"fill opacity={shape.fill_opacity:.3g}"
    if shape.stroke:
        yield f"draw={_colour(shape.stroke)}"
        yield f"draw opacity={shape.stroke_opacity:.3g}"
        yield f"line width={shape.width:.2f}bp"
    if shape.dashed:
        yield "dashed"
    if shape.kind == "rect" and shape.size:
        (left, top), (right, bottom) = shape.points
        yield f"rounded corners={min(shape.size, (right - left) / 2, (bottom - top) / 2):.2f}bp"


def _colour(colour: str) -> str:
    """The name of a colour, which the document defines: LaTeX knows no #rrggbb."""
    return f"ad{colour[1:].upper()}"
