# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# graphviz has no types.
"""Picture: a graphviz.Digraph that can render itself, with or without the `dot` program."""

from __future__ import annotations

import os
import re
import webbrowser
from pathlib import Path
from typing import Any

try:
    import graphviz
except ModuleNotFoundError as error:  # a checkout, with the Python of another environment
    raise ModuleNotFoundError(
        "drawing needs the package graphviz, which stepgrad's installation brings: pip install graphviz, or "
        "run the Python of the environment that stepgrad is installed in"
    ) from error

from ..nodes.display import mime, wanted
from ..nodes.files import save_by_suffix, write_file
from ..nodes.hints import Shown
from ..nodes.plain import Text
from . import dot, mermaid, render, showing, svg, tree
from .figure import Cluster, Figure
from .fixed import pdf_beside
from .ordering import in_order
from .selection import TooLarge
from .style import Theme
from .worker import one_process

RENDERED = (".svg", ".png", ".pdf", ".jpg", ".jpeg", ".gif", ".webp")  # a DOT file is not called so
CELL_WIDTH = 590.0  # points, of a notebook's cell in a window of 1,280 pixels
MAX_OUTPUTS = 4  # that a title names
READABLE = 0.62  # the scale at which the numbers in boxes are 9 pixels high


def picture_of(figure: Figure, ids: str, theme: Theme) -> Picture:
    """The picture of a figure."""
    picture = Picture("autograd", format="svg")
    picture.ids, picture.theme, picture.figure = ids, theme, figure
    dot.write(figure, picture, ids)
    picture.written = picture._lines()
    return picture


def _source_of(figure: Figure, ids: str) -> str:
    graph = graphviz.Digraph("autograd")
    dot.write(figure, graph, ids)
    return graph.source


class Picture(Shown, graphviz.Digraph):
    """The result of `draw`: a graphviz.Digraph that shows itself and writes any format by `.save`.

    DOT is in `.source`; `.render` and `.pipe` work as graphviz documents them, but find a renderer
    by themselves (`autograd.drawing.render`) and finish its SVG: tooltips, two themes. Ask for another
    layout engine, and graphviz takes over, which needs its programs.
    """

    ids = "ad"  # what the ids of its elements begin with
    theme: Theme = "auto"
    figure = Figure(Cluster("", ""), [])
    answer_key: Picture | None = None  # a worksheet's, with all its numbers
    written: tuple[str, ...] = ()  # the body as `draw` wrote it, to which a user may have added
    seconds: float | None = None  # that its layout may take; by default those of `autograd.drawing.render`

    def copy(self) -> Any:
        """A picture like this one, to change."""
        twin = super().copy()
        twin.ids, twin.theme, twin.figure, twin.written = self.ids, self.theme, self.figure, self.written
        return twin

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **options: Any) -> Any:
        """The picture as bytes, or as text where an encoding is given.

        Raises RendererNotFound if nothing can lay the graph out, ValueError for a format that
        the renderer cannot write.
        """
        if args or any(
            options.get(name) is not None for name in ("engine", "renderer", "formatter", "neato_no_op")
        ):
            return super().pipe(format, *args, encoding=encoding, **options)
        format = format or self.format
        if self._lines() != self.written:  # somebody has added to it
            rendered = render.layout(self.source, format, self.seconds)
        else:
            rendered = self._in_order(format)
        if format == "svg":
            rendered = svg.finish(rendered.decode(), self.ids, self.theme).encode()
        return rendered.decode(encoding) if encoding else rendered

    def save(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, path: str | os.PathLike[str], directory: str | os.PathLike[str] | None = None
    ) -> Path:
        """Write the picture in the format that the suffix names, `save("L.svg")`; the path is returned.

        `.svg`, `.html`, `.png`, `.pdf` and `.tex` (a LaTeX document, with TikZ) hold the picture, `.dot`
        (or `.gv`) its DOT source, `.mmd` a Mermaid flowchart, `.txt` the tree. The file is written
        whole or not at all.

        Raises ValueError for any other suffix, and for letters that LaTeX has not; RendererNotFound if
        nothing can lay the graph out (never for .dot, .mmd and .txt); OSError if the file cannot be
        written.
        """
        writers: dict[str, Any] = showing.writers(self._svg, self._title()) | {
            "dot": lambda: self.source,
            "gv": lambda: self.source,
            "mmd": lambda: self.mermaid() + "\n",
            "txt": lambda: self.tree(colour=False) + "\n",
        }
        return save_by_suffix(Path(directory or "", path), writers, "a picture")

    def show(self) -> None:
        """Show the picture in the notebook's cell, or else in a browser.

        Raises RendererNotFound if nothing can lay the graph out.
        """
        showing.show(self, showing.page_of(self._svg(), self._title()), "picture")

    def _lines(self) -> tuple[str, ...]:
        body: list[str] = self.body  # pyright: ignore[reportUnknownVariableType]
        return tuple(body)

    def _in_order(self, format: str) -> bytes:
        laid_out: dict[Figure, bytes] = {}

        def sketch(figure: Figure) -> str:
            laid_out[figure] = render.layout(_source_of(figure, self.ids), "svg", self.seconds)
            return svg.finish(laid_out[figure].decode(), self.ids, self.theme, labels=False)

        with one_process():
            figure = in_order(self.figure, sketch)
            if format == "svg" and figure in laid_out:
                return laid_out[figure]
            return render.layout(_source_of(figure, self.ids), format, self.seconds)

    def _svg(self) -> str:
        drawn: str = self.pipe("svg", encoding="utf-8")
        return drawn

    def _title(self) -> str:
        outputs = [box for box in self.figure.top.all_boxes() if box.kind == "output"]
        names = [box.rows[0].name for box in outputs]
        shown = ", ".join(names if len(names) <= MAX_OUTPUTS else [*names[:MAX_OUTPUTS], "…"])
        return f"The graph of {shown}" if names else "A graph"

    def __str__(self) -> str:
        """The tree, for `print`; the DOT source is `.source`."""
        return str(self.tree())

    def __repr__(self) -> str:
        boxes = sum(box.kind != "constant" for box in self.figure.top.all_boxes())
        plural = "" if boxes == 1 else "es"
        return f"<{self._title()}, {boxes} box{plural}: .show() it, .save('graph.svg'), print() it>"

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

        `outfile` names the rendered file instead; its ending is the format. A `filename` such as
        "graph.png" is taken for one. Raises as `pipe` does.
        """
        if outfile is None and filename and Path(filename).suffix.lower() in RENDERED:
            filename, outfile = None, filename
        out = None if outfile is None else Path(directory or "", outfile)
        if out is not None:
            filename, directory = filename or out.with_suffix(".gv"), None
            format = format or out.suffix[1:]
        rendered = self.pipe(format, *args, **options)
        source = Path(directory or "", filename or "autograd.gv")
        source.parent.mkdir(parents=True, exist_ok=True)
        write_file(source, self.source)
        out = out or source.with_name(f"{source.name}.{format or self.format}")
        write_file(out, rendered)
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
        return Text(tree.tree(self.figure, colour))

    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart, for a ```mermaid block in Markdown."""
        return mermaid.mermaid(self.figure)

    def _repr_svg_(self) -> str | None:
        try:
            return self.cell_svg()
        except (render.RendererNotFound, TooLarge):
            return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, Any]:
        text = self.tree(colour=False)
        try:
            return self.bundle(text)
        except (render.RendererNotFound, TooLarge) as error:
            return {"text/plain": f"{text}\n({error})"}

    def bundle(self, text: str) -> dict[str, str]:
        """The bundle of a notebook's cell: the picture, a PDF for exports to LaTeX, and the text."""
        if not wanted("image/svg+xml"):
            return {"text/plain": text}
        with one_process():
            svg = self.cell_svg()
            return {"image/svg+xml": svg, **pdf_beside(svg), "text/plain": text}

    def _mime_(self) -> tuple[str, str]:
        return mime(self._repr_mimebundle_())

    def cell_svg(self) -> str:
        """The SVG for a notebook's cell: a wide picture is scaled down, as far as its text stays readable.

        JupyterLab shows an SVG in the size that it states, whatever the width of the cell.
        """
        drawn = self._svg()
        wide = re.search(r'width="([\d.]+)', drawn)
        scale = max(READABLE, min(1.0, CELL_WIDTH / float(wide[1]))) if wide else 1.0

        def scaled(side: re.Match[str]) -> str:
            return f'{side[1]}="{float(side[2]) * scale:.0f}'

        for side in ("width", "height"):
            drawn = re.sub(rf'({side})="([\d.]+)', scaled, drawn, count=1)
        return drawn
