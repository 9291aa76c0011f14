"""Worksheets for paper: graphs with empty cells on A4 or letter pages, and the answers apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args

from ..nodes.files import save_by_suffix, write_file
from ..nodes.hints import Shown
from ..text.catalogue import say
from ..text.characters import visible
from ..value import Value
from . import draw, showing
from .figure import Direction
from .picture import Picture
from .style import Theme
from .wording import Blank

Paper = Literal["A4", "letter"]
WIDTH = {"A4": 180.0, "letter": 185.9}  # millimetres between margins of 15 mm
HEIGHT = {"A4": 180.0, "letter": 170.0}  # that one graph may take, at most
POINT = 25.4 / 72  # millimetres
LARGEST = 1.0  # scale of a small graph
BROWSERS = ("chromium", "google-chrome", "chromium-browser", "chrome", "microsoft-edge", "msedge")
MADE_OF = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)"')


def worksheet(
    graphs: Iterable[Value | Callable[[Random], Value]] | Value | Callable[[Random], Value],
    *,
    blank: Blank | Sequence[Blank] = "grad",
    title: str = "",
    instructions: str = "",
    paper: Paper = "A4",
    seed: int = 0,
    lang: str = "en",
    **options: Any,
) -> Worksheet:
    """Exercises on paper: each graph with the `blank` numbers left out, to be written in by hand.

    `.save("sheet.html")` writes pages that a browser prints, `.save("sheet.pdf")` a PDF (with
    Chromium, Chrome or Edge, if one is installed); `.key` has the answers, to be saved apart.

    - `graphs` are Values, or functions that make one from a `random.Random`: another `seed` then gives
      other numbers, the same for the exercises and for the key. A single one needs no list.
    - `blank` is "grad", "data", "local" or several of them; by default `title` and `instructions` are
      those for it. `lang` is the language of the page's own words.
    - `options` go to `draw`: names, fold, edges, direction (by default the one that fits better).

    Raises ValueError if there is no graph or an option does not exist, RendererNotFound if nothing can
    lay graphs out.

    >>> def product(random):
    ...     a, b = Value(random.randint(2, 9), "a"), Value(random.randint(2, 9), "b")
    ...     return a * b + a
    >>> sheet = worksheet([product, product], title="Two products", seed=7)
    >>> sheet
    <Worksheet "Two products", 2 graphs: .save('sheet.html'), .key.save('answers.html')>
    """
    random = Random(seed)
    if isinstance(graphs, Value) or callable(graphs):
        graphs = [graphs]
    elif not isinstance(graphs, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"worksheet takes Values, or functions that make them, not {graphs!r:.60}")
    values = [graph if isinstance(graph, Value) else graph(random) for graph in graphs]
    if not values:
        raise ValueError("worksheet takes at least one graph")
    if paper not in WIDTH:
        raise ValueError(f"paper must be 'A4' or 'letter', not {paper!r}")
    blanks = (blank,) if isinstance(blank, str) else tuple(blank)
    for one in blanks:
        if one not in get_args(Blank):
            raise ValueError(f"blank must be {' or '.join(map(repr, get_args(Blank)))}, not {one!r}")
    title = visible(title) or say("worksheet.title", lang)
    instructions = visible(instructions, "\n") or " ".join(say(f"worksheet.{one}", lang) for one in blanks)
    sheets: list[str] = []
    answers: list[str] = []
    for number, value in enumerate(values):
        picture = _best(value, blanks, paper, {"ids": f"w{number}", "lang": lang, **options})
        sheets.append(_svg(picture))
        answers.append(_svg(picture.answer_key or picture))
    key = Worksheet(say("worksheet.answers", lang, title=title), "", answers, paper, lang)
    return Worksheet(title, instructions, sheets, paper, lang, key)


class Worksheet(Shown):
    """Exercises, or, as the `key` of such a sheet, their answers."""

    def __init__(
        self,
        title: str,
        instructions: str,
        pictures: Sequence[str],
        paper: Paper,
        lang: str,
        key: Worksheet | None = None,
    ) -> None:
        self.title, self.instructions, self.pictures = title, instructions, pictures
        self.paper: Paper = paper
        self.lang, self.key = lang, key or self

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the sheet as `.html` or `.pdf`, whole or not at all; the path is returned.

        Raises ValueError for any other suffix, RuntimeError if a PDF is asked for and no browser is
        there to write it, OSError if the file cannot be written.
        """
        writers: dict[str, Any] = {"html": self.html, "pdf": self._pdf}
        return save_by_suffix(path, writers, "a worksheet")

    def show(self) -> None:
        """Show the sheet in the notebook's cell, or else in a browser."""
        showing.show(self, self.html(), "worksheet")

    def html(self) -> str:
        """The sheet as a page that needs nothing else."""
        exercises = "".join(self._exercise(number, svg) for number, svg in enumerate(self.pictures, 1))
        name = "" if self.key is self else _name_line(self.lang)
        instructions = f"<p>{escape(self.instructions)}</p>\n" if self.instructions else ""
        header = f"<header><h1>{escape(self.title)}</h1>{name}</header>"
        body = f"<body>\n{header}\n{instructions}<ol>\n{exercises}</ol>\n</body>"
        return showing.document(self.title, _style(self.paper), body, self.lang)

    def _exercise(self, number: int, svg: str) -> str:
        width, height = _size(svg)
        scale = _scale(width, height, self.paper)
        place = f"width:{width * scale * POINT:.1f}mm;height:{height * scale * POINT:.1f}mm"
        return f'<li><div style="{place}">{svg}</div></li>\n'

    def _pdf(self) -> bytes:
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser is None:
            raise RuntimeError(
                "a PDF of a worksheet needs Chromium, Chrome or Edge on the PATH; or save it as .html, "
                "open it in any browser and print it"
            )
        with tempfile.TemporaryDirectory() as folder:
            page, pdf = write_file(Path(folder, "sheet.html"), self.html()), Path(folder, "sheet.pdf")
            command = [browser, "--headless", f"--user-data-dir={folder}/profile", "--no-pdf-header-footer"]
            if hasattr(os, "geteuid") and os.geteuid() == 0:
                command.append("--no-sandbox")  # a browser refuses to run as root otherwise
            command += [f"--print-to-pdf={pdf}", page.as_uri()]
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
            if not pdf.exists():
                raise RuntimeError(f"{browser} wrote no PDF:\n{done.stderr.decode(errors='replace')[-500:]}")
            return pdf.read_bytes()

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self.html())}" style="width:100%;height:600px;border:0"></iframe>'

    def __repr__(self) -> str:
        count = len(self.pictures)
        graphs = "1 graph" if count == 1 else f"{count} graphs"
        answers = "" if self.key is self else ", .key.save('answers.html')"
        return f"<Worksheet \"{self.title}\", {graphs}: .save('sheet.html'){answers}>"


def _best(value: Value, blank: Sequence[Blank], paper: Paper, options: dict[str, Any]) -> Picture:
    """The picture in the direction in which it is printed larger."""
    theme: Theme = "light"
    directions: list[Direction] = ["LR", "TB"]
    if "direction" in options:
        directions = [options.pop("direction")]
    pictures = [
        draw(value, blank=blank, theme=theme, direction=direction, **options) for direction in directions
    ]
    return max(pictures, key=lambda picture: _scale(*_size(_svg(picture)), paper))


def _svg(picture: Picture) -> str:
    drawn: str = picture.pipe("svg", encoding="utf-8")
    return drawn


def _size(svg: str) -> tuple[float, float]:
    found = MADE_OF.search(svg)
    assert found
    return float(found[1]), float(found[2])


def _scale(width: float, height: float, paper: Paper) -> float:
    return min(LARGEST, WIDTH[paper] / (width * POINT), HEIGHT[paper] / (height * POINT))


def _name_line(lang: str) -> str:
    name, date = (say(f"worksheet.{word}", lang) for word in ("name", "date"))
    return f"<p class=name>{name} <span></span> {date} <span class=short></span></p>"


def _style(paper: Paper) -> str:
    return (
        f"@page {{ size: {paper}; margin: 15mm }} :root {{ color-scheme: light }}"
        " body { font: 11pt/1.4 system-ui, Helvetica, Arial, sans-serif; color: #000; background: #fff;"
        f" max-width: {WIDTH[paper]:g}mm; margin: 0 auto }}"
        " header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;"
        " gap: 0 8mm; border-bottom: .3mm solid; margin-bottom: 4mm }"
        " h1 { font-size: 15pt; margin: 0 0 2mm } .name { margin: 0 0 2mm; white-space: nowrap }"
        " .name span { display: inline-block; width: 55mm; border-bottom: .2mm solid; margin-right: 4mm }"
        " .name .short { width: 28mm; margin-right: 0 }"
        " ol { padding: 0; list-style-position: inside } li { break-inside: avoid; margin: 6mm 0 }"
        " li svg { width: 100%; height: 100% } @media screen { body { padding: 10mm } }"
        " @media print { * { print-color-adjust: exact } }"
    )
