"""The only way upwards: how a node or a step is shown is decided in layers above this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# By what is wanted, "sentence" or "latex" of a step, "mimebundle" of a Value; `autograd` fills it.
displays: dict[str, Callable[[Any], Any]] = {}


def displayed(how: str, thing: Any) -> Any:
    """The thing as `displays[how]` shows it."""
    return displays[how](thing)
