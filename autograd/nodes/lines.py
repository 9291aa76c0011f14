"""The place in the user's program that called into this package: its frame and its source line."""

from __future__ import annotations

import linecache
import os
import re
import sys
import warnings
from types import FrameType

_HERE = os.path.dirname(os.path.dirname(__file__))  # as frames have it, through symbolic links too
_OURS = (f"{_HERE}{os.sep}", os.path.join(os.path.dirname(_HERE), "nn", ""), "<autograd ")
_PYTHON = os.path.join(os.path.dirname(os.__file__), "")
_PACKAGES = "site-packages"
# The name that Jupyter's kernel gives to a cell: no file has it, and it differs in each run.
_CELL = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py(?=:)")
_NUMPY = (os.path.join(_PACKAGES, "numpy", ""), "<__array_function__ internals>")


def user_frame() -> FrameType | None:
    """The innermost frame that is neither this package's own nor of Python's or NumPy's library."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and _is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def _is_library(filename: str) -> bool:
    return (
        filename.startswith(_OURS)
        or (filename.startswith(_PYTHON) and _PACKAGES not in filename)
        or filename.startswith("<frozen ")
        or any(part in filename for part in _NUMPY)
    )


def user_line() -> str:
    """The place in the user's program, `file:line: source`, or "" if there is no such frame."""
    frame = user_frame()
    return line_of(frame) if frame else ""


def line_of(frame: FrameType) -> str:
    """`file:line: source` of a frame."""
    filename, number = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(filename, number).strip()
    return f"{filename}:{number}" + (f": {text}" if text else "")


def at(line: str) -> str:
    """The end of a message that names a source line."""
    return f"\n  at {_CELL.sub('<cell>', line)}" if line else ""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the user's line, once for each."""
    frame = user_frame()
    if frame is not None:
        warn_at(frame, message, category)


def warn_at(frame: FrameType, message: str, category: type[Warning]) -> None:
    """Warn at the line of a frame, once for each."""
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        frame.f_globals.get("__name__"),
        frame.f_globals.setdefault("__warningregistry__", {}),
    )
