"""The stepper as HTML: a fragment for a notebook's cell, and a page that needs nothing else.

The fragment works without a kernel and without a network. Its only copy of the picture is the
source of an image, so that where scripts may not run (an untrusted notebook, a preview) the picture
and the trace are still there; the script takes the picture from the image and brings it to life.
"""

from __future__ import annotations

import json
import math
import re
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any
from zlib import compress

from ..drawing.showing import document
from ..text import catalogue
from ..text.characters import printable
from .javascript import javascript

# The modules of the script, in web/: each imports only from those before it, and no two define one name.
# The rows of the table that a graph uses are written after "special".
MODULES = (
    "numbers", "arithmetic", "lists", "special", "engine", "texts", "live", "vary", "probe", "elements",
    "pass", "refusals", "words", "quiz", "summary", "message", "view", "constants", "captions", "picture",
    "demon", "details", "editor", "descent", "address", "help", "controls", "surroundings", "views",
    "stepper", "start",
)  # fmt: skip

NESTED = 200  # steps behind one another without a picture: browsers flatten what is nested deeper than 512

_WEB = Path(__file__).with_name("web")


@cache
def script(rows: str = "", modules: Sequence[str] = MODULES) -> str:
    """The page's one ES module: modules of web/ in a row, which then need no imports.

    `rows` is the JavaScript of the rows of the table that its graph uses (`autograd.stepper.javascript`).
    """
    written = (
        f"{{\nconst {{ value, partials, branches, every, shapes }} = table;\n{rows}\n"
        f'table.key = "{rows_key(rows)}";\n}}\n'
    )
    return "".join(asset(f"{module}.js") + (written if module == "special" else "") for module in modules)


def rows_key(rows: str) -> str:
    """A name for the rows in a script: each stepper on a page runs with its own."""
    return sha256(rows.encode("utf-8")).hexdigest()[:16]


@cache
def asset(name: str) -> str:
    """A file of web/, stripped."""
    return stripped(_WEB / name)


def stripped(path: Path) -> str:
    """A file of a page without indentation, comments and imports."""
    lines = map(str.strip, path.read_text(encoding="utf-8").splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith(("//", "/**", "import ")))


@dataclass(frozen=True)
class Source:
    """The origin of a graph: a file's name, and the numbered lines of it that made the nodes."""

    file: str = ""
    lines: tuple[tuple[int, str], ...] = ()


def fragment(
    model: Mapping[str, Any],
    picture: str,
    trace: Sequence[str],
    lang: str = "en",
    source: Source | None = None,
) -> str:
    """The stepper as a part of a page; a page can have any number of them."""

    def say(key: str, **values: str) -> str:
        return escape(catalogue.say(f"page.{key}", lang, **values))

    source = source or Source()
    version: str = sys.modules["autograd"].__version__
    root = next(node for node in model["nodes"] if node["id"] == model["root"])
    text = escape("\n".join(trace))
    rows = javascript(set(model["program"]["ops"].split()))
    made = say("made_from", version=version, file=printable(source.file)) if source.file else ""
    program = "".join(
        f'<span data-line="{number}">{number:4}  {escape(printable(line))}</span>'
        for number, line in source.lines
    )
    return (
        f'<div class="ad-stepper" lang="{lang}" data-rows="{rows_key(rows)}">\n'
        f"<style>\n{asset('page.css')}</style>\n"
        f'<img{" hidden" if model["quiz"] else ""} alt="{say("graph", output=printable(root["label"]))}" '
        f'src="data:image/svg+xml;base64,{base64(picture)}">\n'
        + _folded("trace", say("trace"), text)
        + _folded("program", say("program"), program)
        + f'<p class="ad-made">{made or say("made", version=version)}</p>\n'
        f'<script type="application/json">{to_json(model)}</script>\n'
        f'<script type="module">\n{packed(rows)}</script>\n</div>'
    )


def without_picture(trace: Sequence[str], lang: str) -> str:
    """The steps as text, each behind a button of the one before; without a script."""
    label = escape(catalogue.say("page.next", lang))
    shown = f'<details><summary>{label}</summary><pre style="white-space:pre-wrap">'
    near = [f"{shown}{escape(step)}</pre>" for step in trace[:NESTED]]
    rest = f'<pre tabindex="0">{escape(chr(10).join(trace[NESTED:]))}</pre>' if trace[NESTED:] else ""
    whole = _folded("trace", escape(catalogue.say("page.trace", lang)), escape("\n".join(trace)))
    return "\n".join(near) + rest + "</details>" * len(near) + f"\n{whole}"


def _folded(name: str, title: str, text: str) -> str:
    """A text that the reader can unfold; nothing if there is none."""
    pre = f'<pre tabindex="0">{text}</pre>'
    return f'<details class="ad-{name}"><summary>{title}</summary>{pre}</details>\n' if text else ""


def sentences(lang: str, part: str = "page") -> dict[str, str]:
    """The sentences of a part of the catalogue, by key; ValueError for a language that it lacks."""
    return {
        key.removeprefix(f"{part}."): sentence
        for key, sentence in catalogue.LANGUAGES[catalogue.language(lang)].items()
        if key.startswith(f"{part}.")
    }


@cache
def packed(rows: str, more: str = "", style: str = "") -> str:
    """A script that unpacks and runs the page's: a third of the size, in every page and every cell.

    What it adds is an inline script like itself, so it runs wherever this one may. The style sheet of
    what the script makes comes with it. `more` and `style` are modules and a style sheet of a page that
    holds the stepper.
    """
    styled = (
        'const style = document.createElement("style");\n'
        f"style.textContent = {json.dumps(asset('stepper.css') + style)};\n"
        "document.head.append(style);\n"
    )
    code = b64encode(compress((styled + script(rows) + more).encode("utf-8"), 9)).decode("ascii")
    return (
        f'const packed = "{code}"; // autograd/stepper/web\n'
        "const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));\n"
        'const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));\n'
        'const script = document.createElement("script");\n'
        'script.type = "module";\n'
        "script.textContent = await new Response(unpacked).text();\n"
        "document.head.append(script);\n"
    )


def base64(text: str) -> str:
    """Text as ASCII that needs no escape anywhere."""
    return b64encode(text.encode("utf-8")).decode("ascii")


def to_json(model: Mapping[str, Any]) -> str:
    """Compact JSON that may stand inside a script element in UTF-8, whatever labels say."""
    text = json.dumps(_finite(model), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<\u2028\u2029\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def _finite(item: Any) -> Any:
    """The same, with floats that JSON lacks as strings."""
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    if isinstance(item, dict):
        return {key: _finite(value) for key, value in item.items()}  # pyright: ignore
    if isinstance(item, list):
        return [_finite(value) for value in item]  # pyright: ignore
    return item


def page(title: str, body: str, lang: str = "en") -> str:
    """A whole document around a fragment."""
    style = (
        ":root { color-scheme: light dark }"
        " body { margin: 16px auto; max-width: 1120px; padding: 0 12px }"
        " h1 { font: 600 1.1rem system-ui, sans-serif; color: #55637a }"
        " @media (prefers-color-scheme: dark) { body { background: #0d1117 }"
        " h1 { color: #a3afbf } }"
        " @media (max-width: 640px) { body { margin: 8px auto; padding: 0 4px } }"
    )
    main = f"<main>\n<h1>{escape(title)}</h1>\n{body}\n</main>"
    return document(title, style, f'<body class="ad-page">\n{main}\n</body>', lang)
