"""What a training run did, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field


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


@dataclass
class History:
    """The epochs of a run; printing it shows them as a table.

    >>> print(History([Epoch(0.75, 0.5), Epoch(0.25, 1.0)]))
    epoch    loss  accuracy
        1    0.75   50.00 %
        2    0.25  100.00 %
    """

    epochs: list[Epoch] = field(default_factory=list[Epoch])

    def __len__(self) -> int:
        return len(self.epochs)

    def __getitem__(self, index: int) -> Epoch:
        return self.epochs[index]

    def __str__(self) -> str:
        columns = [name for name in _WIDTHS if any(getattr(e, name) is not None for e in self.epochs)]
        titles = {name: name.replace("_", " ") for name in columns}
        lines = ["  ".join(["epoch", *(f"{titles[name]:>{_WIDTHS[name]}}" for name in columns)])]
        for number, epoch in enumerate(self.epochs, 1):
            cells = (f"{shown(name, getattr(epoch, name)):>{_WIDTHS[name]}}" for name in columns)
            lines.append("  ".join([f"{number:>5}", *cells]))
        return "\n".join(lines)


_WIDTHS = {"loss": 6, "accuracy": 8, "validation_loss": 15, "validation_accuracy": 19}


def shown(name: str, number: float | None) -> str:
    """A figure as people read it: an accuracy in per cent, a loss with four digits."""
    if number is None:
        return "–"
    return f"{100 * number:.2f} %" if name.endswith("accuracy") else f"{number:.4g}"
