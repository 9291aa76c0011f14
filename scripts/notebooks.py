"""Refresh what the lessons keep of their outputs: `python scripts/notebooks.py`, or `make notebooks`.

The showcase lessons keep the outputs of a run in a fresh kernel, with a PNG beside each picture and
page, so that previews that strip SVG or scripts show them too. The other lessons keep none.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessons import NOTEBOOKS, Notebook, executed, read

SHOWCASE = ("01_value", "03_stepping", "07_four_equations", "11_digits")
PAGE, PICTURE = 1000, 1600  # pixels: the widest a page and a picture may be

Photograph = Callable[[str], bytes]  # from HTML or SVG to PNG


def stripped(notebook: Notebook) -> Notebook:
    """The notebook without outputs."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"execution_count": None, "outputs": []}
    return notebook


def refreshed(path: Path, photograph: Photograph | None = None) -> Notebook:
    """The notebook with its outputs; nothing in it tells when or where it was run."""
    notebook = read(path)
    for cell, run in zip(notebook["cells"], executed(path).cells, strict=True):
        if cell["cell_type"] == "code":
            outputs = [json.loads(json.dumps(given)) for given in _joined_streams(run.outputs)]
            cell |= {"execution_count": run.execution_count, "outputs": outputs}
            for given in outputs:
                _add_png(given.get("data", {}), photograph)
                _split_lines(given)
    return notebook


def _joined_streams(outputs: list[Any]) -> list[Any]:
    """The printed pieces of a cell as one: how a kernel cuts them is chance."""
    joined: list[Any] = []
    for given in outputs:
        if joined and given["output_type"] == joined[-1]["output_type"] == "stream":
            joined[-1]["text"] += given["text"]
        else:
            joined.append(given)
    return joined


def _add_png(data: dict[str, Any], photograph: Photograph | None) -> None:
    shown = data.get("image/svg+xml") or data.get("text/html")
    if shown and photograph and "image/png" not in data:
        data["image/png"] = base64.b64encode(photograph(shown)).decode()


def _split_lines(given: dict[str, Any]) -> None:
    """Text as a list of lines, so that a change shows as a change of lines."""
    if "text" in given:
        given["text"] = given["text"].splitlines(keepends=True)
    for kind, content in given.get("data", {}).items():
        if kind != "image/png":
            given["data"][kind] = content.splitlines(keepends=True)


def write(path: Path, notebook: Notebook) -> None:
    """Keep the notebook, laid out as Jupyter does."""
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Refresh all lessons."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")

        def photograph(shown: str) -> bytes:
            svg = shown.lstrip().startswith(("<svg", "<?xml"))
            page.set_viewport_size({"width": PICTURE if svg else PAGE, "height": 700})
            page.set_content(f"<body style='margin:0;background:white'><div id=shown>{shown}</div>")
            page.wait_for_timeout(300)  # a page's script draws itself
            return page.locator("#shown > svg" if svg else "#shown").first.screenshot()

        for path in NOTEBOOKS:
            showcase = path.stem in SHOWCASE
            write(path, refreshed(path, photograph) if showcase else stripped(read(path)))
        browser.close()


if __name__ == "__main__":
    main()
