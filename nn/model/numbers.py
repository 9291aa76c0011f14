"""Numbers as users give them: sizes, rates, and the inputs of one example."""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import index
from typing import Any, cast

from autograd import Value


def at_least_1(what: str, number: Any) -> int:
    """The whole number as an int; TypeError if it is not one, ValueError if it is below 1."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a whole number, not {number!r}")
    if number < 1:
        raise ValueError(f"{what} must be at least 1, not {number}")
    return index(number)


def unwrapped(numbers: Any) -> Any:
    """An array or a tensor as a list or, without dimensions, as a number; anything else as it is."""
    return numbers.tolist() if hasattr(numbers, "tolist") else numbers


def above_0(what: str, number: Any) -> None:
    """Raise TypeError if this is not a number, ValueError if it is not above 0 and finite."""
    if not hasattr(number, "__float__"):
        raise TypeError(f"{what} must be a positive number, not {number!r:.60}")
    if not 0.0 < number < math.inf:
        raise ValueError(f"{what} must be a positive number, not {number!r}")


def inputs_for(whose: str, expected: int, x: Iterable[Any] | Any) -> list[Any]:
    """The inputs as a list, from a list, an array, a column (n, 1), or a bare number if one is expected.

    Raises ValueError, naming whose inputs they are, if there are not as many as expected.
    """
    inputs: list[Any]
    if type(x) is list:  # the usual case comes first: every neuron asks
        inputs = cast("list[Any]", x)
    else:
        x = unwrapped(x)
        inputs = list(cast("Iterable[Any]", x)) if isinstance(x, Iterable) else [x]
    if inputs and hasattr(inputs[0], "__len__") and not isinstance(inputs[0], str):
        if any(not hasattr(number, "__len__") or len(number) != 1 for number in inputs):
            raise ValueError(
                f"{whose} takes {expected} inputs of one example, not a list of rows: [mlp(x) for x in X]"
            )
        inputs = [number[0] for number in inputs]
    if len(inputs) != expected:
        raise ValueError(f"{whose} takes {expected} inputs, not {len(inputs)}")
    return inputs


def refuse_inputs(inputs: list[Any]) -> None:
    """Raise TypeError, naming the first that is neither a number nor a Value, if there is one."""
    for place, number in enumerate(inputs):
        try:
            number if isinstance(number, Value) else Value(number)
        except TypeError:
            raise TypeError(
                f"input {place} must be a number or a Value, not {number!r:.60} ({type(number).__name__})"
            ) from None
