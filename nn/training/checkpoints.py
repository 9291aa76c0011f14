"""A training run on disk: written atomically, and refused by a run that is not the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..model.saving import write_atomically
from .history import Epoch, History
from .optimizers import Optimizer

FORMAT = 1


def fingerprint(data: object) -> str:
    """A short text that is the same for the same numbers only."""
    return hashlib.sha256(repr(data).encode()).hexdigest()[:16]


def save(path: Path, run: dict[str, Any], history: History, optimizer: Optimizer) -> None:
    """Write the state after an epoch; whoever is killed meanwhile leaves the file of the epoch before."""
    state = {
        "format": FORMAT,
        "run": run,
        "epochs": [asdict(epoch) for epoch in history.epochs],
        "parameters": [parameter.data for parameter in optimizer.parameters],
        "optimizer": optimizer.state_dict(),
    }
    write_atomically(path, json.dumps(state, allow_nan=False))


def load(path: Path, run: dict[str, Any], optimizer: Optimizer) -> History:
    """Put parameters and optimizer where the file left them; the history so far, empty without a file.

    Raises ValueError, before anything has changed, where the file is no checkpoint or is one of
    another run: other data, another seed, another optimizer, …; FileNotFoundError where its folder
    does not exist.
    """
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(f"checkpoint {path}: there is no folder {path.absolute().parent}")
    if not path.exists():
        return History()
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["format"] != FORMAT:
            raise ValueError(f"format {state['format']!r}")
        history = History([Epoch(**epoch) for epoch in state["epochs"]])
        made_by, parameters, remembered = state["run"], list(state["parameters"]), state["optimizer"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no checkpoint of fit ({error}); delete it to start anew") from error
    for name, value in run.items():
        if made_by.get(name) != value:
            raise ValueError(
                f"{path} is of another run: {name} was {made_by.get(name)!r} there and is {value!r} now; "
                "delete it to start anew"
            )
    optimizer.load_state_dict(remembered)
    for parameter, data in zip(optimizer.parameters, parameters, strict=True):
        parameter.data = data
    return history
