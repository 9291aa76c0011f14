# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The forms that the rows of a framework's table take: elementwise, movement, linear, general.

A row is a function of a `Call`. Its operands are arrays of scalars wherever the framework has floats;
integers, truth values and settings are as the framework has them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..functional.containers import mapped
from .arrays import Array, array, combined, elementwise


@dataclass
class Call:
    """One use of an operation: what it is given, what the framework computed, and how to run it again.

    `operands` and `options` are the positional and the named arguments; `recorded` has the framework's
    results as NumPy arrays. `run(*operands)` applies the framework's own operation to NumPy arrays.
    """

    name: str
    operands: Sequence[Any]
    options: dict[str, Any]
    recorded: list[Any]
    run: Callable[..., list[Any]] = field(repr=False)


Row = Callable[[Call], Any]  # gives an array of scalars, or a tuple of them


def is_array(operand: Any) -> bool:
    """Whether an operand is an array of scalars."""
    return isinstance(operand, np.ndarray) and operand.dtype == object


def each(function: Callable[..., Any]) -> Row:
    """The function of scalars at every place; what is not an array is given to it as it is."""

    def row(call: Call) -> Array:
        places = [i for i, operand in enumerate(call.operands) if isinstance(operand, np.ndarray)]

        def at(*scalars: Any) -> Any:
            operands = list(call.operands)
            for place, scalar in zip(places, scalars, strict=True):
                operands[place] = scalar
            return function(*operands, **call.options)

        return elementwise(at, *(call.operands[place] for place in places))

    return row


def whole(function: Callable[..., Any]) -> Row:
    """The function of whole arrays."""
    return lambda call: function(*call.operands, **call.options)


def with_record(function: Callable[..., Any]) -> Row:
    """The function of the framework's results and whole arrays: a mask that was drawn, indices found."""
    return lambda call: function(call.recorded, *call.operands, **call.options)


def moves(call: Call) -> Any:
    """Items go elsewhere and none is computed: the framework's own operation moves their numbers.

    It is run on the places 1, 2, … of the items, and says where each comes from; 0 is a zero that it
    puts in.
    """
    items: list[Any] = [0.0]

    def places(operand: Any) -> Any:
        if not is_array(operand):
            return operand
        start = len(items)
        items.extend(operand.flat)
        return np.arange(start, len(items), dtype=float).reshape(operand.shape)

    results = call.run(*mapped(places, call.operands))
    table = array(items, (len(items),))
    moved = tuple(_taken(table, result) for result in results)
    return moved[0] if len(moved) == 1 else moved


def _taken(table: Array, places: Any) -> Array:
    return array([table[int(place)] for place in places.flat], places.shape)


def linear(call: Call) -> Array:
    """A linear operation: its matrix is what the framework's own makes of each unit vector."""
    arrays = [place for place, operand in enumerate(call.operands) if is_array(operand)]
    operands = list(call.operands)
    for place in arrays:
        operands[place] = np.zeros(call.operands[place].shape)
    result = call.recorded[0]
    weights: list[list[float]] = [[] for _ in range(result.size)]
    items: list[list[Any]] = [[] for _ in range(result.size)]
    for place in arrays:
        unit = operands[place].reshape(-1)
        for at, item in enumerate(call.operands[place].flat):
            unit[at] = 1.0
            column = call.run(*operands)[0].reshape(-1)
            unit[at] = 0.0
            for to in np.flatnonzero(column):
                weights[to].append(float(column[to]))
                items[to].append(item)
    return array(map(combined, weights, items), result.shape)
