"""The program that a graph comes from, as far as Python knows it."""

from __future__ import annotations

import linecache
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

from ..graph import topological_order
from ..nodes.lines import user_frame
from ..value import Value
from .page import Source

MAX_LINES = 200


def source_of(root: Value) -> Source:
    """The file, and the lines of it that made the nodes, if they were recorded (`record_lines`).

    Otherwise the file of the caller, without lines; nothing if it has no name that a reader knows.
    """
    places = [node.line.partition(": ")[0].rpartition(":") for node in topological_order(root) if node.line]
    if not places:
        frame = user_frame()
        return Source(_name(frame.f_code.co_filename)) if frame else Source()
    file, _ = Counter(name for name, _, _ in places).most_common(1)[0]
    numbers = [int(number) for name, _, number in places if name == file]
    first, last = min(numbers), max(numbers)
    if last - first >= MAX_LINES:
        return Source(_name(file))
    text = textwrap.dedent("".join(linecache.getline(file, number) for number in range(first, last + 1)))
    return Source(_name(file), tuple(enumerate(text.splitlines(), first)))


def line_of(node: Value) -> dict[str, Any]:
    """The program's line that made a node, without the folder of the file, and its number."""
    if not node.line:
        return {"line": ""}
    place, _, source = node.line.partition(": ")
    file, _, number = place.rpartition(":")
    name = Path(file).name
    return {"line": f"{name}:{number}" + (f": {source}" if source else ""), "number": int(number)}


def _name(file: str) -> str:
    """The file without its folders; "" for the input of a shell, a notebook's cell or an installed module."""
    path = Path(file)
    own = path.suffix == ".py" and path.exists() and not path.stem.isdigit()
    return path.name if own and "site-packages" not in path.parts else ""
