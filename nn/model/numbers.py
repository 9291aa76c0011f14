"""Numbers as users give them: sizes, rates, and the inputs of one example."""

from __future__ import annotations

import math
from collections.abc import Iterable
from operator import index
from typing import Any, cast

from autograd import Value


def whole(what: str, number: Any, at_least: int = 1) -> int:
    """The whole number as an int; TypeError if it is not one, ValueError if it is below `at_least`."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a whole number, not {number!r:.60}")
    if number < at_least:
        raise ValueError(f"{what} must be at least {at_least}, not {number}")
    return index(number)


def unwrapped(numbers: Any) -> Any:
    """An array or a tensor as a list or, without dimensions, as a number; anything else as it is."""
    return numbers.tolist() if hasattr(numbers, "tolist") else numbers


def above_0(what: str, number: Any) -> float:
    """The number as a float; TypeError if it is not one, ValueError if it is not above 0 and finite."""
    if not hasattr(number, "__float__"):
        raise TypeError(f"{what} must be a positive number, not {number!r:.60}")
    if not 0.0 < number < math.inf:
        raise ValueError(f"{what} must be a positive number, not {number!r}")
    return float(number)


def at_least_0(what: str, number: Any, below: float = math.inf) -> float:
    """The number as a float; TypeError if it is not one, ValueError if it is not in 0 ≤ number < `below`."""
    if not hasattr(number, "__float__"):
        raise TypeError(f"{what} must be a number, not {number!r:.60}")
    if not 0.0 <= number < below:
        limit = "" if below == math.inf else f" and below {below:g}"
        raise ValueError(f"{what} must be at least 0{limit}, not {number!r}")
    return float(number)


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
