"""Batches as programs take them: one float array (batch, numbers of an example) for each input."""

from __future__ import annotations

import math
from typing import Any

from ..nodes.modes import mode
from ..value import Value
from .arrays import numpy


class Batches:
    """Reads batches for inputs of certain sizes; with `choices`, numbers decide between branches."""

    def __init__(self, sizes: list[int], choices: bool, dtype: Any = float) -> None:
        self.numpy: Any = numpy()
        self.sizes, self.choices = sizes, choices
        self._kind, self._dtype = self.numpy.ndarray, self.numpy.dtype(dtype)

    def read(self, batches: tuple[Any, ...], parameters: Any) -> tuple[list[Any], int]:
        """The arrays, and the number of examples, which is 1 if there are no inputs.

        Raises TypeError and ValueError for what does not fit, and ValueError if nan would decide
        between branches (outside `errstate("ieee")`).
        """
        if len(batches) != len(self.sizes):
            raise TypeError(f"this program takes {len(self.sizes)} inputs, {len(batches)} were given")
        inputs: list[Any] = []
        for k, (batch, size) in enumerate(zip(batches, self.sizes)):
            fits = batch.__class__ is self._kind and batch.dtype is self._dtype and batch.ndim == 2
            fits = fits and batch.shape[1] == size
            inputs.append(batch if fits else self._array(batch, k, size))
        lengths = {*map(len, inputs)}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(
                f"the inputs must have the same number of examples, at least 1, not {sorted(lengths)}"
            )
        if self.choices and not mode().ieee:  # else nan shows itself in the result
            refuse_nan(inputs, parameters)
        return inputs, lengths.pop() if lengths else 1

    def _array(self, batch: Any, k: int, size: int) -> Any:
        try:
            read = self.numpy.asarray(batch)
        except ValueError:
            raise ValueError(
                f"input {k} must have {size} numbers for each example, {batch!r:.60} does not"
            ) from None
        if read.dtype.kind not in "biuf":
            kind = type(read.flat[0]).__name__ if read.dtype == object and read.size else read.dtype
            values = any(isinstance(item, Value) for item in read.flat)
            advice = "; gradients flow through the function, not through its program" if values else ""
            raise TypeError(f"input {k} must be an array of real numbers, not of {kind}{advice}")
        if read.ndim == 0 or read.size != len(read) * size or (read.ndim == 1 and size > 1):
            raise ValueError(f"input {k} must have the shape (batch, {size}), not {read.shape}")
        return read.astype(self._dtype, copy=False).reshape(len(read), size)


def refuse_nan(inputs: list[Any], parameters: Any) -> None:
    """Raise ValueError for nan in an input or among the parameters, naming the example."""
    for k, batch in enumerate(inputs):
        if math.isnan(batch.sum()) and (rows := numpy().isnan(batch).any(axis=1)).any():
            raise ValueError(f"input {k}: example {int(rows.argmax())} has nan in it")
    if math.isnan(parameters.sum()) and (nan := numpy().isnan(parameters)).any():
        raise ValueError(f"parameter {int(nan.argmax())} is nan")
