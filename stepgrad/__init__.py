"""The packages `autograd` and `nn` under the project's own name: `from stepgrad import Value, nn`.

These are the same objects. They are found beside this package, even if `import autograd` or `import nn`
would find something else: a file autograd.py or nn.py beside the notebook, or another project.
"""

from __future__ import annotations

import os
import pathlib
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import nn as nn
    from autograd import *  # noqa: F403

SITE = pathlib.Path(__file__).resolve().parent.parent
AGAIN = (
    "run `python -m pip uninstall --yes autograd stepgrad`, then install stepgrad again. Use PyPI's autograd "
    "in an environment of its own"
)


def _load(name: str) -> ModuleType:
    """The package beside this one. Raises ImportError if another package of that name is in use."""
    folder = SITE / name
    loaded = sys.modules.get(name)
    if loaded is not None and pathlib.Path(loaded.__file__ or "").resolve() == folder / "__init__.py":
        return loaded
    if damage := _damage():
        raise ImportError(damage, name=name)
    if loaded is not None and hasattr(loaded, "__path__"):
        where = next(iter(loaded.__path__), "?")
        raise ImportError(
            f"another package {name}, at {where}, is already imported: import stepgrad before it, or {AGAIN}",
            name=name,
        )
    spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        if loaded is not None:
            sys.modules[name] = loaded
        raise
    return module


def _damage() -> str:
    """Whether another project's files are mixed with ours, and what to do; "" if not."""
    folder = SITE / "autograd"
    start = folder / "__init__.py"
    mixed = (
        (folder / "numpy").is_dir() or not start.exists() or "backward_steps" not in start.read_text("utf-8")
    )
    return f"another project has written into {folder}, or removed files from it: {AGAIN}" if mixed else ""


def __getattr__(name: str) -> Any:
    # Loaded when it is asked for, so that the command `stepgrad doctor` runs whatever is installed.
    autograd = _load("autograd")
    if name == "__all__":
        found: Any = [*autograd.__all__, "nn"]
    elif name == "nn":
        found = _load("nn")
    elif name.startswith("__") and name not in ("__native__", "__version__"):
        raise AttributeError(f"module 'stepgrad' has no attribute {name!r}")
    else:
        found = getattr(autograd, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*dir(_load("autograd")), "nn"})


def doctor(folder: str = "") -> list[str]:
    """What keeps `import autograd` and `import nn` from finding stepgrad in a folder, and what to do.

    No line means that nothing does.

    >>> doctor()
    []
    """
    if damage := _damage():
        return [damage]
    troubles: list[str] = []
    for name in ("autograd", "nn"):
        spec = PathFinder.find_spec(name, [folder or os.getcwd(), *sys.path])
        origin = spec.origin if spec else None
        if origin is not None and pathlib.Path(origin).resolve() == SITE / name / "__init__.py":
            continue
        if origin is not None and pathlib.Path(origin).name == f"{name}.py":
            troubles.append(
                f"`import {name}` finds the file {origin}: rename it and restart Python, or write "
                f"`from stepgrad import {'nn' if name == 'nn' else 'Value'}`"
            )
        elif spec is not None:
            where = origin or next(iter(spec.submodule_search_locations or ()), "?")
            troubles.append(f"`import {name}` finds another project at {where}: {AGAIN}")
        else:
            troubles.append(f"`import {name}` finds nothing: install stepgrad in {sys.executable}")
    return troubles


def main(words: Sequence[str] | None = None) -> None:
    """The command `stepgrad`: that of `python -m autograd`, and `stepgrad doctor`."""
    words = sys.argv[1:] if words is None else words
    if words[:1] == ["doctor"]:
        troubles = doctor()
        lines = [f"stepgrad in {SITE}, Python {sys.version.split()[0]} in {sys.executable}", *troubles]
        if not troubles:
            where = "the native core" if _load("autograd").__native__ else "Python"
            lines += ["autograd and nn are found.", f"Arithmetic runs in {where}."]
        _print("\n".join(lines))
        sys.exit(1 if troubles else 0)
    try:
        _load("autograd")
    except ImportError as error:
        sys.exit(f"stepgrad: {error}")
    from autograd.__main__ import main as autograd_main

    autograd_main(words, "stepgrad")


def _print(text: str) -> None:
    """Print paths to an output that may not have every character, or a pipe that may be closed."""
    out: Any = sys.stdout
    try:
        print(
            text.encode(out.encoding or "utf-8", "backslashreplace").decode(out.encoding or "utf-8"),
            flush=True,
        )
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
