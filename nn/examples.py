"""What `fit` makes of the data it is given: lists of floats, or an error that names the row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def checked(data: tuple[Sequence[Any], Sequence[Any]]) -> tuple[list[list[float]], list[Any]]:
    """The inputs as lists of floats and the targets, one each; numpy arrays are welcome.

    Raises ValueError, naming the row, for inputs that are ragged or not finite, and for no examples
    or another number of targets than of inputs.
    """
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


def _listed(part: Any) -> list[Any]:
    return part.tolist() if hasattr(part, "tolist") else list(part)
