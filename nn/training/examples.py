"""What `fit` makes of the data it is given: lists of floats, or an error that names the row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from . import losses
from .losses import Loss
from .targets import listed


def checked(data: tuple[Sequence[Any], Sequence[Any]]) -> tuple[list[list[float]], list[Any]]:
    """The inputs as lists of floats and the targets, one each; numpy arrays are welcome.

    Raises TypeError where there are not inputs and targets, ValueError, naming the row, for inputs that
    are ragged or not finite, and for no examples or another number of targets than of inputs.
    """
    if not isinstance(data, Sequence) or len(data) != 2:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("data must be a pair (X, Y): a list of inputs and a list of targets")
    X, Y = map(_listed, data)
    if not X:
        raise ValueError("there are no examples to learn from")
    if len(X) != len(Y):
        raise ValueError(f"{len(X)} inputs but {len(Y)} targets")
    inputs: list[list[float]] = []
    for row, x in enumerate(X):
        try:
            inputs.append([float(number) for number in x])
        except (TypeError, ValueError):
            raise ValueError(f"row {row} of the inputs is no list of numbers: {x!r:.60}") from None
        if len(inputs[row]) != len(inputs[0]):
            raise ValueError(f"row {row} has {len(inputs[row])} inputs, row 0 has {len(inputs[0])}")
        if not all(map(math.isfinite, inputs[row])):
            raise ValueError(f"row {row} of the inputs has a number that is not finite: {inputs[row]}")
    return inputs, Y


def tried(
    model: Any, data: tuple[Sequence[Any], Sequence[Any]], cost: Loss
) -> tuple[list[list[float]], list[Any]]:
    """The same, tried on model and loss, so that what does not fit is named before the first step."""
    X, Y = checked(data)
    outputs = model(X[0])
    if cost is losses.cross_entropy and len(outputs) == 1:
        raise ValueError(
            "cross_entropy compares the outputs of several classes, and there is one output: "
            'use loss="binary_cross_entropy" for a yes or no, "quadratic" for a number'
        )
    if cost in losses.LOSSES.values():
        for row, y in enumerate(Y):
            _try_target(cost, len(outputs), y, f"row {row} of the targets")
        with suppress(ArithmeticError):  # the step that meets it says more
            cost(outputs, Y[0])
    return X, Y


def _try_target(cost: Loss, outputs: int, y: Any, where: str) -> None:
    try:
        finite = all(map(math.isfinite, listed(y)))
        with suppress(ArithmeticError):
            cost([1.0 / outputs] * outputs, y)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{where}: {error}") from None
    if not finite:
        raise ValueError(f"{where} is not finite: {y!r}")


def _listed(part: Any) -> list[Any]:
    return part.tolist() if hasattr(part, "tolist") else list(part)
