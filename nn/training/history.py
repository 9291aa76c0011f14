"""The record of a training run, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from autograd import drawing

from ..model.advice import EPOCH, HISTORY
from ..model.hints import Hinted, hinted
from ..model.numbers import at_least_0, whole


@dataclass(frozen=True)
class Epoch(Hinted):
    """One pass over the training examples; `accuracy` is None if there are no classes.

    `loss` and `accuracy` are means over the epoch's minibatches, each measured before its step;
    those of the validation examples are measured after the epoch.
    """

    _answers = EPOCH

    loss: float
    accuracy: float | None = None
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    def __str__(self) -> str:
        return ", ".join(f"{_title(name)} {self.shown(name)}" for name in self.measured())

    @property
    def judged(self) -> float:
        """The loss that epochs are compared by: the validation loss, or without one the training loss."""
        return self.loss if self.validation_loss is None else self.validation_loss

    def measured(self) -> list[str]:
        """The names of the figures that are not None."""
        return [f.name for f in fields(self) if getattr(self, f.name) is not None]

    def shown(self, name: str) -> str:
        """A figure as text: an accuracy in per cent, a loss with four digits."""
        number = getattr(self, name)
        if number is None:
            return "–"
        return f"{100 * number:.1f} %" if name.endswith("accuracy") else f"{number:.4g}"


@dataclass(repr=False)
class History(Hinted):
    """The epochs of a run; printing it shows them as a table.

    >>> print(History([Epoch(0.75, 0.5), Epoch(0.25, 1.0)]))
    epoch  loss  accuracy
        1  0.75    50.0 %
        2  0.25   100.0 %
    """

    _answers = HISTORY

    epochs: list[Epoch] = field(default_factory=list[Epoch])

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: int) -> Epoch:
        if isinstance(index, str):
            raise TypeError(f"a history has epochs by number: write [epoch.{index} for epoch in history]")
        return self.epochs[index]

    def __repr__(self) -> str:
        return f"History({len(self)} epochs{f', the last: {self.epochs[-1]}' if self.epochs else ''})"

    @property
    def best(self) -> int:
        """The number of the epoch with the lowest validation loss (or training loss), the first one if equal.

        Raises ValueError if there are no epochs.

        >>> History([Epoch(0.75), Epoch(0.25), Epoch(0.5)]).best
        2
        """
        losses = [epoch.judged for epoch in self.epochs]
        return losses.index(min(losses)) + 1

    def plot(self, ax: Any = None) -> Any:
        """Draw the curves into matplotlib axes and return them; see `nn.plots.plot_history`."""
        from ..views.plots import plot_history

        return plot_history(self, ax)

    def __str__(self) -> str:
        names = self.epochs[-1].measured() if self.epochs else ["loss"]
        rows = [["epoch", *map(_title, names)]]
        rows += [[str(n), *map(epoch.shown, names)] for n, epoch in enumerate(self.epochs, 1)]
        return drawing.for_output(drawing.aligned(rows, right=range(len(rows[0]))))


Callback = Callable[[History], object]


@hinted
@dataclass(unsafe_hash=True)
class early_stopping:
    """A callback that ends the training after `patience` epochs without a better loss.

    Better means lower by more than `min_delta` than the best before. It looks at the validation
    loss, or without validation at the training loss. With `restore_best`, `fit` finally gives the
    parameters back that they were after the epoch `history.best`; that takes validation examples, for
    a training loss is measured while the parameters change. Raises ValueError for a patience below 1.

    >>> stop = early_stopping(patience=2)
    >>> losses = [0.5, 0.3, 0.4, 0.3]
    >>> [stop(History([Epoch(loss) for loss in losses[:n]])) for n in (1, 2, 3, 4)]
    [False, False, False, True]
    """

    patience: int = 5
    min_delta: float = 0.0
    restore_best: bool = False

    def __post_init__(self) -> None:
        self.patience = whole("early_stopping: patience", self.patience)
        self.min_delta = at_least_0("early_stopping: min_delta", self.min_delta)

    def __call__(self, history: History) -> bool:
        """Whether the training should end."""
        best, since = math.inf, 0
        for epoch in history.epochs:
            better = epoch.judged < best - self.min_delta
            best, since = (epoch.judged, 0) if better else (best, since + 1)
        return since >= self.patience


def _title(name: str) -> str:
    return name.replace("_", " ")
