"""Showing a picture or a page immediately, in the notebook's cell or else in a browser, and its formats."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..nodes.files import Content, write_file
from .fixed import painted
from .tikz import tikz


def show(shown: Any, html: str, name: str) -> None:
    """Display `shown` in the notebook's cell, or open a page with this HTML in a browser.

    The page is a file in the system's folder for temporary files, which empties it.
    """
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if hasattr(shell, "kernel"):
        ipython.display.display(shown)
        return
    with tempfile.NamedTemporaryFile(suffix=".html", prefix=f"{name}-", delete=False) as file:
        path = Path(file.name)
    write_file(path, html)
    webbrowser.open(path.as_uri())


def document(title: str, style: str, body: str, lang: str = "en") -> str:
    """A whole page, with the element of its body."""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n{body}\n</html>\n"
    )


def page_of(svg: str, title: str) -> str:
    """A whole page that holds one picture, as large as the window allows, in light and dark."""
    style = (
        ":root { color-scheme: light dark }"
        " body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #fff }"
        " body > svg { width: min(98vw, 200%); max-height: 98vh }"
        " @media (prefers-color-scheme: dark) { body { background: #0d1117 } }"
    )
    return document(title, style, f"<body>\n{svg}\n</body>")


def writers(svg: Callable[[], str], title: str) -> dict[str, Callable[[], Content]]:
    """By suffix, the formats in which an SVG of this package's own can be saved."""
    return {
        "svg": svg,
        "png": lambda: painted(svg(), "png"),
        "pdf": lambda: painted(svg(), "pdf"),
        "html": lambda: page_of(svg(), title),
        "tex": lambda: tikz(svg()),
    }
