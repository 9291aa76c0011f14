"""How good a model is: its mean loss, and the share of examples whose class it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from autograd import Value

from . import losses
from .examples import checked
from .losses import Loss
from .targets import listed

Data = tuple[Sequence[Any], Sequence[Any]]


class Model(Protocol):
    """What can be trained: an MLP, or anything else that is called with one input like it."""

    def __call__(self, x: Iterable[Any], /) -> list[Value]:
        """The outputs for one input."""
        ...

    def parameters(self) -> list[Value]:
        """The Values to train."""
        ...


def evaluate(model: Model, data: Data, loss: str | Loss = "cross_entropy") -> tuple[float, float | None]:
    """The mean loss and the accuracy (None where targets are no classes) of a model on `(X, Y)`.

    Raises as `fit` does, for data that is empty, ragged or not finite.

    >>> from nn import MLP
    >>> evaluate(MLP([1, 1], init=lambda rng, n, m: ([1.0], 0.0)), ([[3.0]], [1.0]), "quadratic")
    (2.0, None)
    """
    cost = losses.named(loss)
    X, Y = checked(data)
    total, outputs = 0.0, list[list[float]]()
    for x, y in zip(X, Y):
        a = model(x)
        total += float(cost(a, y))
        outputs.append([float(value) for value in a])  # numbers: no example's graph outlives it
    return total / len(X), accuracy(outputs, Y, cost)


def predict(outputs: Sequence[Any]) -> int:
    """The class that outputs say: the largest, or, of a single one, 1 where it is above 0, else 0.

    >>> predict([0.2, 1.5, 0.3]), predict([-0.7])
    (1, 0)
    """
    if len(outputs) == 1:
        return int(outputs[0] > 0.0)
    return max(range(len(outputs)), key=lambda k: float(outputs[k]))


def accuracy(
    outputs: Sequence[Sequence[Any]], targets: Sequence[Any], loss: str | Loss = "cross_entropy"
) -> float | None:
    """The share of examples whose predicted class is the target; None where targets are no classes.

    A single output stands for two classes only where the loss decides by its sign.
    """
    wanted = classes(targets, len(outputs[0]), loss)
    if None in wanted:
        return None
    return sum(predict(a) == y for a, y in zip(outputs, wanted)) / len(wanted)


def classes(targets: Sequence[Any], outputs: int, loss: str | Loss) -> list[int | None]:
    """The class that each target stands for; None for one that is no class."""
    by_sign = losses.named(loss) in (losses.binary_cross_entropy, losses.hinge)
    return [_class(y) if by_sign or outputs > 1 else None for y in targets]


def _class(target: Any) -> int | None:
    numbers = listed(target)
    if len(numbers) > 1:
        one_hot = sorted(numbers)[-2:] == [0, 1] and sum(numbers) == 1
        return numbers.index(1) if one_hot else None
    label = numbers[0]
    return max(int(label), 0) if label == int(label) else None  # a margin's labels are −1 and 1
