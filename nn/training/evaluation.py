"""Evaluation of a model: its mean loss, the classes that it says, and the share that is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, overload

from autograd import Value

from ..data.reading import Examples, as_float, read, read_inputs
from ..model.hints import hinted
from . import losses
from .losses import Loss, LossName
from .meaning import Model, classes, decided, inputs_of, meaning, refuse_mismatch, threshold
from .targets import listed


@hinted
def evaluate(
    model: Model,
    data: Any,
    targets: Any = None,
    *,
    loss: LossName | Loss = "cross_entropy",
) -> tuple[float, float | None]:
    """The mean loss and the accuracy of a model on the same kinds of data as `fit` takes.

    The accuracy is None if targets are not classes, or if it is unknown what a single output means. Raises as
    `fit` does.

    >>> from nn import MLP
    >>> mlp = MLP([1, 1], init=lambda rng, n, m: ([1.0], 0.0))
    >>> evaluate(mlp, [[3.0], [1.0]], [1.0, 1.0], loss="quadratic")
    (1.0, None)
    """
    cost = losses.named(loss)
    X, Y = examples(model, data, targets, cost)
    total, outputs = 0.0, list[list[float]]()
    for x, y in zip(X, Y):
        a = model(x)
        total += as_float(cost(a, y))
        outputs.append([as_float(value) for value in a])  # numbers: no example's graph outlives it
    return total / len(X), accuracy(outputs, Y, threshold(cost, meaning(model, model(X[0]))))


@overload
def predict(model: Sequence[Any], X: None = None, *, loss: LossName | Loss | None = None) -> int: ...
@overload
def predict(model: Model, X: Any, *, loss: LossName | Loss | None = None) -> list[int]: ...
def predict(model: Any, X: Any = None, *, loss: LossName | Loss | None = None) -> int | list[int]:
    """The class of each row of X, `predict(mlp, X)`, or of a list of outputs, `predict(outputs)`.

    The largest of several outputs decides. A single one gives 1 or 0: a probability (of sigmoid) if it is
    above ½ or not, any other number only together with the `loss` that it was trained for.
    Raises ValueError without it, and as `fit` does for rows that the network does not take.

    >>> predict([0.2, 1.5, 0.3]), predict([-0.7], loss="binary_cross_entropy")
    (1, 0)
    >>> from nn import MLP
    >>> predict(MLP([2, 3], seed=0), [[1.0, 2.0], [0.0, -1.0]])
    [0, 1]
    """
    cost = None if loss is None else losses.named(loss)
    if X is None:
        if callable(model) or any(isinstance(row, list | tuple) for row in model):
            raise TypeError("predict takes a network and rows, predict(mlp, X), or the outputs of one row")
        return decided(model, threshold(cost, meaning(None, model)))
    found: list[int] = []
    for x in read_inputs(X, inputs_of(model)):
        outputs = model(x)
        found.append(decided(outputs, threshold(cost, meaning(model, outputs))))
    return found


def accuracy(outputs: Sequence[Sequence[Any]], targets: Sequence[Any], limit: float | None) -> float | None:
    """The share of examples whose class is the target's; None if targets are not classes.

    `limit` is what a single output must exceed to say class 1, None if it does not say a class.
    """
    wanted = classes(targets, len(outputs[0]), limit)
    if None in wanted:
        return None
    return sum(decided(a, limit) == y for a, y in zip(outputs, wanted)) / len(wanted)


def examples(model: Any, data: Any, targets: Any, cost: Loss) -> Examples:
    """The examples, tried on model and loss, so that what does not fit is named before the first step."""
    _require_model(model)
    X, Y = read(data, targets, inputs_of(model))
    outputs = model(X[0])
    if not hasattr(outputs, "__len__"):
        raise TypeError(f"the model must return a list of outputs, even of one, not {outputs!r:.60}")
    refuse_mismatch(cost, len(outputs), meaning(model, outputs))
    if cost in losses.LOSSES.values():
        for row, y in enumerate(Y):
            _try_target(cost, len(outputs), y, f"row {row} of the targets")
        with suppress(ArithmeticError):  # the step that meets it says more
            cost(outputs, Y[0])
    return X, Y


def _require_model(model: object) -> None:
    if isinstance(model, type):
        raise TypeError(f"the model is a network, as from MLP([2, 3, 1]), not the class {model.__name__}")
    if not callable(model):
        raise TypeError(f"the model comes first, as in fit(mlp, X, Y), not {model!r:.60}")


def _try_target(cost: Loss, outputs: int, y: Any, where: str) -> None:
    if isinstance(y, str) or any(isinstance(t, str) for t in listed(y)):
        raise TypeError(
            f"{where} is text, {y!r:.40}: number the classes, as in names = sorted(set(Y)), "
            "Y = [names.index(y) for y in Y]"
        )
    try:
        finite = all(math.isfinite(t.data if isinstance(t, Value) else t) for t in listed(y))
        with suppress(ArithmeticError):
            cost([1.0 / outputs] * outputs, y)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{where}: {error}") from None
    if not finite:
        raise ValueError(f"{where} is not finite: {y!r}")
