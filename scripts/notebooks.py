"""Refresh the outputs that the lessons keep: `python scripts/notebooks.py [LESSON …]`, or `make notebooks`.

The lessons (those named, such as `01_value`, or all) keep the outputs of a run in a fresh kernel, with a
PNG beside each picture and page, so that previews that strip SVG or scripts show them too. A lesson
whose package is not installed is left as it is. If pyproject.toml has the address of a repository on
GitHub (`address` under `[tool.stepgrad]`), each lesson begins with links that open it in Colab and in
Binder.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lessons import ELSEWHERE, JAPANESE, NOTEBOOKS, ROOT, Notebook, executed, missing, read
from metadata import address

PAGE, PICTURE = 1000, 1600  # pixels: the widest a page and a picture may be

GITHUB = "https://github.com/"
LINKS = """\
[Open in Colab](https://colab.research.google.com/github/{name}/blob/main/notebooks/{lesson}.ipynb) ·
[Open in Binder](https://mybinder.org/v2/gh/{name}/main?labpath=notebooks/{lesson}.ipynb)
"""
# Colab comes with another project whose import name is autograd, too.
INSTALL = """\
import sys

if "google.colab" in sys.modules:
    %pip uninstall --quiet --yes autograd
    %pip install --quiet "git+{address}"
"""

Photograph = Callable[[str], bytes]  # from HTML or SVG to PNG


def launchable(notebook: Notebook, lesson: str, address: str) -> Notebook:
    """The notebook with links to open it elsewhere below its title, or without, for `address=""`."""
    cells = [cell for cell in notebook["cells"] if cell["id"] not in ELSEWHERE]
    if address.startswith(GITHUB):
        links = LINKS.format(name=address.removeprefix(GITHUB).strip("/"), lesson=lesson)
        install = INSTALL.format(address=address)
        given = {"metadata": {}, "id": "launch", "source": links.splitlines(keepends=True)}
        code = {"metadata": {}, "id": "install", "source": install.splitlines(keepends=True)}
        code |= {"cell_type": "code", "execution_count": None, "outputs": []}
        cells[1:1] = [{"cell_type": "markdown"} | given, code]
    return notebook | {"cells": cells}


def refreshed(path: Path, photograph: Photograph | None = None) -> Notebook:
    """The notebook with its outputs, without times or paths."""
    notebook = read(path)
    for cell, run in zip(notebook["cells"], executed(path)["cells"], strict=True):
        if cell["cell_type"] == "code":
            outputs = [json.loads(json.dumps(given)) for given in run.outputs]
            cell |= {"execution_count": run.execution_count, "outputs": outputs}
            for given in outputs:
                given.get("data", {}).pop("application/pdf", None)  # not kept: large
                _add_png(given.get("data", {}), photograph)
                _split_lines(given)
    return notebook


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


def main(names: list[str]) -> None:
    """Refresh the lessons of these names, or all."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])

        def photograph(shown: str) -> bytes:
            svg = shown.lstrip().startswith(("<svg", "<?xml"))
            size: Any = {"width": PICTURE if svg else PAGE, "height": 700}
            page = browser.new_page(viewport=size, color_scheme="light", reduced_motion="reduce")
            page.set_content(f"<body style='margin:0;background:white'><div id=shown>{shown}</div>")
            page.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
            taken = page.locator("#shown > svg" if svg else "#shown").first.screenshot()
            page.close()
            return taken

        for path in [*NOTEBOOKS, *JAPANESE]:
            lesson = path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()
            if names and lesson not in names:
                continue
            write(path, launchable(read(path), lesson, address()))
            if not missing(path):
                write(path, refreshed(path, photograph))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
