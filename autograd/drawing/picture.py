# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# graphviz has no types.
"""Picture: a graphviz.Digraph that can render itself, with or without the `dot` program."""

from __future__ import annotations

import os
import webbrowser
from pathlib import Path
from typing import Any

import graphviz

from . import dot, mermaid, render, svg, tree
from .figure import Cluster, Figure
from .style import Theme


def picture_of(figure: Figure, ids: str, theme: Theme) -> Picture:
    """The picture of a figure."""
    picture = Picture("autograd", format="svg")
    picture.ids, picture.theme, picture.figure = ids, theme, figure
    dot.write(figure, picture, ids)
    return picture


class Picture(graphviz.Digraph):
    """What `draw` returns: DOT in `.source`, files by `.render`, bytes or text by `.pipe`.

    Both work as graphviz documents them, but find a renderer by themselves
    (`autograd.drawing.render`) and finish its SVG: tooltips, two themes. In a notebook a picture
    shows itself. Ask for another layout engine, and graphviz takes over, which needs its programs.
    """

    ids = "ad"  # what the ids of its elements begin with
    theme: Theme = "auto"
    figure = Figure(Cluster("", ""), [])
    answer_key: Picture | None = None  # a worksheet's, with all its numbers

    def copy(self) -> Any:
        """A picture like this one, to change."""
        twin = super().copy()
        twin.ids, twin.theme, twin.figure = self.ids, self.theme, self.figure
        return twin

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **options: Any) -> Any:
        """The picture as bytes, or as text where an encoding is given.

        Raises RendererNotFound where nothing can lay the graph out, ValueError for a format that
        the renderer cannot write.
        """
        if args or any(
            options.get(name) is not None for name in ("engine", "renderer", "formatter", "neato_no_op")
        ):
            return super().pipe(format, *args, encoding=encoding, **options)
        format = format or self.format
        rendered = render.layout(self.source, format)
        if format == "svg":
            rendered = svg.finish(rendered.decode(), self.ids, self.theme).encode()
        return rendered.decode(encoding) if encoding else rendered

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *args: Any,
        outfile: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> str:
        """Write the DOT source and, beside it, the rendered file, whose path is returned.

        `outfile` names the rendered file instead; its ending is the format. Raises as `pipe` does.
        """
        out = None if outfile is None else Path(directory or "", outfile)
        if out is not None:
            filename, directory = filename or out.with_suffix(".gv"), None
            format = format or out.suffix[1:]
        rendered = self.pipe(format, *args, **options)
        source = Path(self.save(filename, directory=directory))
        out = out or source.with_name(f"{source.name}.{format or self.format}")
        out.write_bytes(rendered)
        if cleanup:
            source.unlink()
        if view:
            webbrowser.open(out.resolve().as_uri())
        return str(out)

    def tree(self, colour: bool | None = None) -> str:
        """The picture as plain text; in colour where the output is a terminal, unless told.

        >>> from autograd import Value, draw
        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> L = a * b; L.label = "L"; L.backward()
        >>> print(draw(L).tree())
        × L  data −6  grad 1
        ├─ a  data 2  grad −3   [1 × (−3) = −3]
        └─ b  data −3  grad 2   [1 × 2 = 2]
        """
        return tree.tree(self.figure, colour)

    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart, for a ```mermaid block in Markdown."""
        return mermaid.mermaid(self.figure)

    def _repr_svg_(self) -> str | None:
        try:
            return self.pipe("svg", encoding="utf-8")
        except render.RendererNotFound:
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        drawn = self._repr_svg_()
        if drawn is None:
            return {"text/plain": f"{self.tree(colour=False)}\n({render.INSTALL})"}
        return {"image/svg+xml": drawn, "text/plain": self.tree(colour=False)}
