"""What a training run did, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Epoch:
    """One pass over the training examples; `accuracy` is None where there are no classes.

    `loss` and `accuracy` are means over the epoch's minibatches, each measured before its step;
    those of the validation examples are measured after the epoch.
    """

    loss: float
    accuracy: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    def __str__(self) -> str:
        return ", ".join(f"{_title(name)} {self.shown(name)}" for name in self.measured())

    def measured(self) -> list[str]:
        """The names of the figures that there are."""
        return [f.name for f in fields(self) if getattr(self, f.name) is not None]

    def shown(self, name: str) -> str:
        """A figure as people read it: an accuracy in per cent, a loss with four digits."""
        number = getattr(self, name)
        if number is None:
            return "–"
        return f"{100 * number:.1f} %" if name.endswith("accuracy") else f"{number:.4g}"


@dataclass(repr=False)
class History:
    """The epochs of a run; printing it shows them as a table.

    >>> print(History([Epoch(0.75, 0.5), Epoch(0.25, 1.0)]))
    epoch  loss  accuracy
        1  0.75    50.0 %
        2  0.25   100.0 %
    """

    epochs: list[Epoch] = field(default_factory=list[Epoch])

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: int) -> Epoch:
        return self.epochs[index]

    def __repr__(self) -> str:
        return f"History({len(self)} epochs{f', the last: {self.epochs[-1]}' if self.epochs else ''})"

    def plot(self, ax: Any = None) -> Any:
        """Draw the curves into matplotlib axes and return them; see `nn.plots.plot_history`."""
        from ..views.plots import plot_history

        return plot_history(self, ax)

    def __str__(self) -> str:
        names = self.epochs[-1].measured() if self.epochs else ["loss"]
        rows = [["epoch", *map(_title, names)]]
        rows += [[str(n), *map(epoch.shown, names)] for n, epoch in enumerate(self.epochs, 1)]
        widths = [max(map(len, column)) for column in zip(*rows)]
        return "\n".join("  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths)) for row in rows)


Callback = Callable[[History], object]


def early_stopping(patience: int = 5, min_delta: float = 0.0) -> Callback:
    """A callback that ends the training after `patience` epochs without a better loss.

    Better means lower by more than `min_delta` than the best before. It looks at the validation
    loss, or without validation at the training loss. Raises ValueError for a patience below 1.

    >>> stop = early_stopping(patience=2)
    >>> losses = [0.5, 0.3, 0.4, 0.3]
    >>> [stop(History([Epoch(loss) for loss in losses[:n]])) for n in (1, 2, 3, 4)]
    [False, False, False, True]
    """

    if patience < 1:
        raise ValueError(f"early_stopping: patience must be at least 1 epoch, not {patience}")

    def stop(history: History) -> bool:
        best, since = math.inf, 0
        for epoch in history.epochs:
            loss = epoch.loss if epoch.validation_loss is None else epoch.validation_loss
            best, since = (loss, 0) if loss < best - min_delta else (best, since + 1)
        return since >= patience

    return stop


def _title(name: str) -> str:
    return name.replace("_", " ")
