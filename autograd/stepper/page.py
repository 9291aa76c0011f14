"""The stepper as HTML: a fragment for a notebook's cell, and a page that needs nothing else.

The fragment works without a kernel and without a network. Its only copy of the picture is the
source of an image, so that where scripts may not run (an untrusted notebook, a preview) the picture
and the trace are still there; the script takes the picture from the image and brings it to life.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from zlib import compress

from ..notation import printable


@cache
def asset(name: str) -> str:
    """The script or the style sheet that lies beside this file, without indentation and comments."""
    lines = map(str.strip, Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def fragment(model: Mapping[str, Any], picture: str, trace: Sequence[str]) -> str:
    """The stepper as a part of a page; any number of them can stand on one."""
    root = next(node for node in model["nodes"] if node["id"] == model["root"])
    words = escape(f"The graph of {printable(root['label'])}")
    text = escape("\n".join(trace))
    return (
        f'<div class="ad-stepper">\n<style>\n{asset("stepper.css")}</style>\n'
        f'<img alt="{words}" src="data:image/svg+xml;base64,{base64(picture)}">\n'
        f'<details class="ad-trace"><summary>The backward pass as text</summary>'
        f'<pre tabindex="0">{text}</pre></details>\n'
        f'<script type="application/json">{to_json(model)}</script>\n'
        f'<script type="module">\n{_unpack(asset("stepper.js"))}</script>\n</div>'
    )


@cache
def _unpack(script: str) -> str:
    """A script that unpacks and runs another: a third of the size, in every page and every cell.

    What it adds is an inline script like itself, so it runs wherever this one may.
    """
    packed = b64encode(compress(script.encode("utf-8"), 9)).decode("ascii")
    return (
        f'const packed = "{packed}"; // autograd/stepper/stepper.js\n'
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
    """Compact JSON that may stand inside a script element, whatever labels say."""
    text = json.dumps(_finite(model), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _finite(item: Any) -> Any:
    """The same, with floats that JSON lacks as strings."""
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    if isinstance(item, dict):
        return {key: _finite(value) for key, value in item.items()}  # pyright: ignore
    if isinstance(item, list):
        return [_finite(value) for value in item]  # pyright: ignore
    return item


def page(title: str, body: str) -> str:
    """A whole document around a fragment."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        "<style>:root { color-scheme: light dark }"
        " body { margin: 16px auto; max-width: 1120px; padding: 0 12px }"
        " h1 { font: 600 1.1rem system-ui, sans-serif; color: #55637a }"
        " @media (prefers-color-scheme: dark) { body { background: #0d1117 }"
        " h1 { color: #a3afbf } }</style>\n"
        '</head>\n<body class="ad-page">\n<main>\n'
        f"<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
