"""Finding a program that lays a graph out, and running it within a time limit.

In order: the function given to `use_renderer`; the program named by the environment variable
AUTOGRAD_DOT; `dot` on the PATH; pygraphviz, which pip installs with this package if it has a wheel;
`graphviz-pure`, an alternative. Whatever fails to start is passed over for the next.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from . import worker
from .selection import TooLarge

INSTALL = "no renderer found: `pip install pygraphviz`, or install Graphviz so that `dot` is on the PATH"
IMAGE = 'imagescale=both image="'  # how an image begins in our DOT
TIME_LIMIT = 20.0  # seconds; a layout that needs more has a picture that nobody can read

Renderer = Callable[[str, str], bytes]  # (DOT, format) -> the rendered file


_chosen: Callable[[str], str] | None = None


class RendererNotFound(RuntimeError):
    """Nothing on this machine can lay out a graph; the message says what to install."""


class _CannotStart(Exception):
    """A renderer that is not installed after all, or that the system will not run."""


def use_renderer(renderer: Callable[[str], str] | None) -> None:
    """Draw with a function of your own from now on: it takes DOT text and returns SVG text.

    It is for places where none of the renderers can run, such as a Python in the browser, which
    passes the DOT to Viz.js. Formats other than SVG still need one of them. `use_renderer(None)`
    ends it.

    >>> from autograd import Value, draw
    >>> use_renderer(lambda source: '<svg width="1" height="1" viewBox="0 0 1 1"/>')
    >>> draw(Value(2.0)).pipe("svg").startswith(b"<svg")
    True
    >>> use_renderer(None)
    """
    global _chosen
    if renderer is not None and not callable(renderer):
        raise TypeError(
            f"use_renderer takes a function from DOT to SVG, not {renderer!r:.60}; the environment variable "
            "AUTOGRAD_DOT names a program"
        )
    _chosen = renderer


def layout(source: str, format: str = "svg", seconds: float | None = None) -> bytes:
    """Render DOT text with the first renderer that starts and can write the format.

    Raises RendererNotFound if there is none, TooLarge if the layout takes longer than the time
    limit, and ValueError if all refuse the source or the format.
    """
    refused: ValueError | None = None
    for render in _renderers(TIME_LIMIT if seconds is None else seconds):
        try:
            return render(source, format)
        except _CannotStart:
            continue
        except TooLarge:
            raise
        except ValueError as error:
            refused = refused or error
    raise refused or RendererNotFound(INSTALL)


def _renderers(seconds: float) -> Iterator[Renderer]:
    if _chosen:
        yield _own(_chosen)
    if named := os.environ.get("AUTOGRAD_DOT"):
        yield _program([named], seconds, must_start=True)
    if dot := shutil.which("dot"):
        yield _program([dot], seconds)
    if (found := find_spec("pygraphviz")) and found.origin:
        yield _pygraphviz(str(Path(found.origin).parents[1]), seconds)
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent), None):
        if pure := shutil.which("graphviz-pure", path=folder):
            yield _program([pure], seconds)
            break


def _own(renderer: Callable[[str], str]) -> Renderer:
    def render(source: str, format: str) -> bytes:
        if format != "svg":
            raise ValueError(f"the function given to use_renderer writes SVG, not {format}; {INSTALL}")
        return renderer(source).encode()

    return render


def _program(command: Sequence[str], seconds: float, must_start: bool = False) -> Renderer:
    name = Path(command[0]).name

    def render(source: str, format: str) -> bytes:
        if Path(name).stem == "graphviz-pure" and IMAGE in source:  # it would leave them out silently
            raise ValueError("graphviz-pure paints no images; pygraphviz and Graphviz's own `dot` do")
        try:
            done = subprocess.run(
                [*command, f"-T{format}"],
                input=source.encode(),
                capture_output=True,
                check=False,
                timeout=seconds,
                creationflags=worker.WINDOWLESS,
            )
        except OSError as error:  # a browser's Python starts no processes at all
            if must_start:
                raise RendererNotFound(f"AUTOGRAD_DOT={command[0]!r} does not start: {error}") from None
            raise _CannotStart from error
        except subprocess.TimeoutExpired:
            raise _too_large(name, seconds) from None
        if done.returncode or not done.stdout:
            raise _refused(name, format, done.stderr.decode(errors="replace"))
        return done.stdout

    return render


def _pygraphviz(packages: str, seconds: float) -> Renderer:
    def render(source: str, format: str) -> bytes:
        try:
            return worker.render(packages, source, format, seconds)
        except TimeoutError:
            raise _too_large("pygraphviz", seconds) from None
        except OSError:  # no other process starts here
            return _in_this_process(source, format)
        except ValueError as error:
            raise _refused("pygraphviz", format, str(error)) from None

    return render


def _too_large(name: str, seconds: float) -> TooLarge:
    return TooLarge(
        f"{name} was stopped after {seconds:g} s: this picture takes too long to lay out. Draw a "
        "part of it, `draw(v, around=w)`; compute in scopes, `with autograd.scope(name):`, and fold "
        "them, `draw(v, fold=True)`; or read it as text, `print(draw(v).tree())`"
    )


def _in_this_process(source: str, format: str) -> bytes:
    """For systems that start no others: without a time limit."""
    try:
        import pygraphviz  # pyright: ignore
    except ImportError as error:
        raise _CannotStart from error
    try:
        drawn = cast("bytes", pygraphviz.AGraph(string=source).draw(format=format, prog="dot"))  # pyright: ignore
    except (OSError, ValueError, TypeError) as error:  # TypeError: its answer to an unknown format
        raise _refused("pygraphviz", format, str(error)) from error
    return drawn


def _refused(program: str, format: str, reason: str) -> ValueError:
    hint = "; pygraphviz and Graphviz's own `dot` write PDF" if format == "pdf" else ""
    return ValueError(f"{program} could not render {format!r}{hint}:\n{_last(reason)}")


def _last(reason: str) -> str:
    """The complaint of a program, without warnings about fonts and cells and without a traceback."""
    lines = [line for line in reason.strip().splitlines() if line.startswith(("Error", "pygraphviz."))]
    return "\n".join(lines) or reason.strip()
