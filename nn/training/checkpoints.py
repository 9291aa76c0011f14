"""A training run on disk: a file that is written whole, and checked whole before anything changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograd import write_file

from .engines import Task
from .history import Epoch, History
from .optimizers import Optimizer

FORMAT = 2


def fingerprint(data: object) -> str:
    """A short text that is the same for the same numbers only."""
    return hashlib.sha256(repr(data).encode()).hexdigest()[:16]


def description(task: Task) -> dict[str, Any]:
    """The task, as far as a run that continues it must have the same."""
    model, cost = task.model, task.loss
    return {
        "model": repr(model) if hasattr(model, "sizes") else type(model).__qualname__,
        "data": fingerprint(task.examples),
        "validation": fingerprint(task.validation),
        "loss": getattr(cost, "__qualname__", type(cost).__name__),
        "optimizer": repr(task.optimizer),
        "l2": task.l2,
        "clip_norm": task.clip_norm,
    }


def save(
    path: Path,
    run: dict[str, Any],
    history: History,
    optimizer: Optimizer,
    best: list[float] | None,
) -> None:
    """Write the state after an epoch; a process that is killed meanwhile leaves the file of the epoch before.

    `best` are the parameters after the best epoch, if they are to be restored at the end.
    """
    state = {
        "run": run,
        "epochs": [asdict(epoch) for epoch in history.epochs],
        "parameters": [parameter.data for parameter in optimizer.parameters],
        "best": best,
        "optimizer": optimizer.state_dict(),
    }
    text = json.dumps(state, allow_nan=False)
    write_file(path, f'{{"format": {FORMAT}, "check": "{_check(text)}",\n"state": {text}}}\n')


def load(path: Path, run: dict[str, Any], optimizer: Optimizer) -> tuple[History, list[float] | None]:
    """Put parameters and optimizer where the file left them; returns history and best parameters.

    Without a file the history is empty. Raises ValueError, before anything has changed, if the file is
    not a checkpoint, is damaged, or is one of another run: other data, another seed, another
    optimizer, …; FileNotFoundError if its folder does not exist.
    """
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"checkpoint {path}: there is no folder {path.absolute().parent}")
    if not path.exists():
        return History(), None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']!r}")
        state = content["state"]
        if content["check"] != _check(json.dumps(state)):
            raise ValueError("its content has changed since it was written")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path} is not a checkpoint of fit ({error}); delete it to start again") from error
    for name, value in run.items():
        if state["run"].get(name) != value:
            raise ValueError(
                f"{path} is of another run: {name} was {state['run'].get(name)!r} there "
                f"and is {value!r} now; delete it to start again"
            )
    if len(state["parameters"]) != len(optimizer.parameters):
        raise ValueError(f"{path} is of another run: it has {len(state['parameters'])} parameters")
    optimizer.adopt(state["parameters"], optimizer.checked(state["optimizer"]))
    return History([Epoch(**epoch) for epoch in state["epochs"]]), state["best"]


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
