"""The lessons as pages of the site: `python scripts/lessons.py`, before the build.

A notebook becomes docs/lessons/NAME.md: its text as it is, formulas as MathML, each cell of code with
what it shows when the notebook is run now. docs/lesson.js can run the cells again in the browser.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
JAPANESE = sorted((ROOT / "notebooks" / "ja").glob("*.ipynb"))
TARGET = ROOT / "docs" / "lessons"

# The frame follows the color scheme of the page around it.
FRAME = '<!doctype html><meta name="color-scheme" content="light dark"><style>body{margin:8px}</style>'
HIDE = "---\nhide:\n  - toc\n---\n\n"  # leaves more space for pictures
# What a lesson needs beside the extra `notebook`, which is large: without it, its page has no outputs.
EXTRAS = {"13_same_numbers_in_pytorch": "torch", "14_same_numbers_in_jax": "jax"}
ELSEWHERE = ("launch", "install")  # the cells for Colab and Binder, which notebooks.py writes
# Code, which may hold dollars, or a formula.
_PIECES = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL
)

# In MathML as it is made: a raised prime, which browsers raise and shrink once more; double bars, of which
# they stretch the first; the name of a function with a factor before it or an argument without brackets,
# where they leave no space.
_PRIME = re.compile(r"<msup>(<m[io]>[^<]*</m[io]>)<mi>(&#x02032;)</mi></msup>")
_AFTER_FACTOR = re.compile(r"(?:(?<=</m[in]>)|(?<=</msu[bp]>)|(?<=29;</mo>))(?=<mi>(?:log|exp|sin|cos)</mi>)")
_BEFORE_ARGUMENT = re.compile(r"(?<=<mi>)(log|exp|sin|cos)</mi>(?=<m[infrsu])")
_SPACE = '<mspace width="0.17em"/>'

_LINKS = re.compile(r"(?<!!)\[(?P<words>[^]]+)\]\((?P<target>[^)\s]+)\)")

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    """A notebook as it is kept."""
    notebook: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def missing(path: Path) -> str:
    """The package that a lesson needs and that is not installed, or ""."""
    package = EXTRAS.get(path.stem, "")
    return "" if not package or find_spec(package) else package


def executed(path: Path) -> Notebook:
    """A notebook with the outputs of a run in a fresh kernel, or without, if a package is missing."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    if package := missing(path):
        print(f"{path.name}: no outputs, since {package} is not installed")
        return notebook
    quiet = ["--log-level=ERROR"]
    place = {"metadata": {"path": str(ROOT)}}
    # The outputs must not depend on the user's MNIST files.
    env = {name: value for name, value in os.environ.items() if name != "STEPGRAD_MNIST"}
    NotebookClient(notebook, timeout=120, resources=place, extra_arguments=quiet).execute(env=env)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = _joined_streams(cell["outputs"])
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


def joined(text: str | list[str]) -> str:
    """The text of a cell or an output, which a notebook keeps as one string or as lines."""
    return text if isinstance(text, str) else "".join(text)


def title(path: Path) -> str:
    """A lesson's first heading."""
    found = re.search(r"^# (.+)$", joined(read(path)["cells"][0]["source"]), flags=re.MULTILINE)
    return found[1] if found else path.stem


def aims_and_minutes(path: Path) -> tuple[str, str]:
    """The aims and the minutes that a lesson states below its heading; formulas become code."""
    head = joined(read(path)["cells"][0]["source"])
    found = re.search(r"\*\*Aims:\*\* (.+)\.$.*?\*\*Time:\*\* (\d+) minutes", head, re.MULTILINE | re.DOTALL)
    if not found:
        raise ValueError(f"{path.name} does not begin with its aims and its time")
    return re.sub(r"\$([^$]+)\$", lambda formula: f"`{formula[1]}`", found[1]), found[2]


def text(source: str, convert: Callable[[str, str], str]) -> str:
    """Markdown with its formulas converted; code is left alone."""

    def replaced(found: re.Match[str]) -> str:
        if found["code"]:
            return found["code"]
        if found["block"]:
            return f"\n\n<div class=formula>{convert(found['block'].strip(), 'block')}</div>\n\n"
        # Python-Markdown would end a paragraph at a line that begins with <math>.
        return f"<span>{convert(found['inline'].strip(), 'inline')}</span>"

    # A list after a line of text is one for Jupyter; Python-Markdown wants an empty line between.
    listed = re.sub(
        r"^(?!\s*(?:[-*]|\d+\.) )(\S.*)\n(?=(?:[-*]|\d+\.) )", r"\1\n\n", source, flags=re.MULTILINE
    )
    opened = listed.replace("<details>", "<details markdown>")  # there is Markdown inside
    return _PIECES.sub(replaced, _LINKS.sub(_relinked, opened))


def refined(mathml: str) -> str:
    """The formula with its primes and spaces as books set them."""
    primed = _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', mathml)
    barred = primed.replace("<mo>&#x02016;</mo>", "<mi>&#x02016;</mi>")
    return _BEFORE_ARGUMENT.sub(rf"\1</mi>{_SPACE}", _AFTER_FACTOR.sub(_SPACE, barred))


def _relinked(found: re.Match[str]) -> str:
    """A link as it leads from the page; what is not on the site stays as its words."""
    words, target = found["words"], found["target"]
    path, mark, anchor = target.partition("#")
    if path.endswith(".ipynb") and "/" not in path.removeprefix("../"):
        return f"[{words}]({path.removesuffix('.ipynb')}.md{mark}{anchor.lower()})"
    if path.startswith("../docs/"):
        return f"[{words}]({target.replace('../docs/', '../', 1)})"
    return words if path.startswith("../") else found[0]


def output(given: dict[str, Any], convert: Callable[[str, str], str]) -> str:
    """One output of a cell as HTML."""
    data = given.get("data", {})
    if "text/latex" in data:
        latex = joined(data["text/latex"]).strip("$\n").replace("{aligned}", "{align*}")  # the converter's
        return f"<div class=formula>{convert(latex, 'block')}</div>"
    if "image/svg+xml" in data:
        # As an image it keeps its ids to itself, and follows the page's theme.
        code = base64.b64encode(joined(data["image/svg+xml"]).encode()).decode()
        return f'<img alt="graph" src="data:image/svg+xml;base64,{code}">'
    if "image/png" in data:
        return f'<img alt="output" src="data:image/png;base64,{joined(data["image/png"]).strip()}">'
    if "text/html" in data:
        inside = html.escape(FRAME + joined(data["text/html"]))
        return f'<iframe class="live" title="output" srcdoc="{inside}"></iframe>'
    words = given.get("text") or data.get("text/plain") or "\n".join(given.get("traceback", []))
    # An empty line would end the block of HTML for Markdown.
    escaped = html.escape(joined(words).rstrip()).replace("\n\n", "\n&#8203;\n")
    return f"<pre>{escaped}</pre>"


def page(notebook: Notebook, convert: Callable[[str, str], str]) -> str:
    """A lesson as Markdown; `convert(latex, "inline" or "block")` gives a formula's HTML."""
    parts = [HIDE]
    for cell in notebook["cells"]:
        source = joined(cell["source"])
        if cell["id"] in ELSEWHERE:
            continue
        if cell["cell_type"] == "markdown":
            parts.append(text(source, convert))
        elif cell["cell_type"] == "code":
            shown = "".join(output(given, convert) for given in cell["outputs"])
            if "hide-input" in cell["metadata"].get("tags", []):
                parts.append(shown)
                continue
            below = f'\n\n<div class="output">{shown}</div>' if shown else ""
            code = f'<div class="cell" markdown>\n\n```python\n{source}\n```{below}\n\n</div>'
            parts.append(code)
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write all lessons, and beside each its notebook."""
    from latex2mathml.converter import convert

    shutil.rmtree(TARGET, ignore_errors=True)  # a lesson may have gone
    TARGET.mkdir()
    (TARGET / "ja").mkdir()
    for path in [*NOTEBOOKS, *JAPANESE]:
        page_ = page(executed(path), lambda latex, display: refined(convert(latex, display=display)))
        place = TARGET / path.relative_to(ROOT / "notebooks")
        place.with_suffix(".md").write_text(page_, encoding="utf-8", newline="\n")
        place.write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
