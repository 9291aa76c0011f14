"""Finding a program that lays a graph out, and running it.

In order: the program named by the environment variable AUTOGRAD_DOT; `dot` on the PATH; the
`graphviz-pure` that pip installs with this package; pygraphviz, where it is installed. Whatever
fails to start (a browser's Python starts no processes at all) is passed over for the next.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

INSTALL = "no renderer found: `pip install graphviz-pure`, or install Graphviz so that `dot` is on the PATH"

Renderer = Callable[[str, str], bytes]  # (DOT, format) -> the rendered file


class RendererNotFound(RuntimeError):
    """Nothing on this machine can lay out a graph; the message says what to install."""


class _CannotStart(Exception):
    """A renderer that is not there after all, or that the system will not run."""


def layout(source: str, format: str = "svg") -> bytes:
    """Render DOT text with the first renderer that starts.

    Raises RendererNotFound where there is none, and ValueError where the renderer refuses the
    source or cannot write the format (only Graphviz's own `dot` writes PDF).
    """
    for render in _renderers():
        try:
            return render(source, format)
        except _CannotStart:
            continue
    raise RendererNotFound(INSTALL)


def _renderers() -> Iterator[Renderer]:
    chosen = os.environ.get("AUTOGRAD_DOT")
    if chosen:
        yield _program(chosen, must_start=True)
    dot = shutil.which("dot")
    if dot:
        yield _program(dot)
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent), None):
        pure = shutil.which("graphviz-pure", path=folder)
        if pure:
            yield _program(pure)
            break
    yield _pygraphviz


def _program(path: str, must_start: bool = False) -> Renderer:
    def render(source: str, format: str) -> bytes:
        try:
            done = subprocess.run(
                [path, f"-T{format}"],
                input=source.encode(),
                capture_output=True,
                check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            if must_start:
                raise RendererNotFound(f"AUTOGRAD_DOT={path!r} does not start: {error}") from None
            raise _CannotStart from error
        if done.returncode or not done.stdout:
            raise _refused(path, format, done.stderr.decode(errors="replace"))
        return done.stdout

    return render


def _pygraphviz(source: str, format: str) -> bytes:
    try:
        import pygraphviz  # pyright: ignore
    except ImportError as error:
        raise _CannotStart from error
    try:
        drawn = cast("bytes", pygraphviz.AGraph(string=source).draw(format=format, prog="dot"))  # pyright: ignore
    except (OSError, ValueError) as error:
        raise _refused("pygraphviz", format, str(error)) from error
    return drawn


def _refused(program: str, format: str, reason: str) -> ValueError:
    name = Path(program).name
    hint = "; Graphviz's own `dot` writes PDF" if format == "pdf" else ""
    return ValueError(f"{name} could not render {format!r}{hint}:\n{reason.strip()}")
