"""The only way upwards: how a node or a step is shown is decided in layers above this one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

# By what is wanted, "sentence" or "latex" of a step, "mimebundle" of a Value; `autograd` fills it.
displays: dict[str, Callable[[Any], Any]] = {}


def displayed(how: str, thing: Any) -> Any:
    """The thing as `displays[how]` shows it."""
    return displays[how](thing)


def mime(bundle: Mapping[str, Any]) -> tuple[str, str]:
    """A notebook's bundle as marimo wants it, also for an item of a list or a dict: one type, and text."""
    svg = bundle.get("image/svg+xml")
    return ("text/html", svg) if svg else ("text/plain", bundle["text/plain"])


def wanted(kind: str) -> bool:
    """Whether the cell under way may show this MIME type: IPython in a terminal shows text alone."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    formatter = getattr(shell, "display_formatter", None)
    return formatter is None or kind in formatter.active_types
