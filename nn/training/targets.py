"""Targets as the losses take them: a class index becomes a one-hot list, one number per output.

A class index is a whole number; any other target is a number per output, or for a single output a bare
number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from autograd import Value

from ..model.numbers import unwrapped


def listed(target: Any) -> list[Any]:
    """A target, or outputs, as a list: a bare number becomes a list of one, a column (n, 1) a list of n."""
    target = unwrapped(target)
    if not isinstance(target, Iterable):
        return [target]
    numbers = list(cast("Iterable[Any]", target))
    if any(hasattr(number, "__len__") and len(number) == 1 for number in numbers):
        return [part for number in numbers for part in (number if hasattr(number, "__len__") else [number])]
    return numbers


def one_hot(label: Any, classes: int) -> list[float]:
    """t with 1 at the class index and 0 elsewhere.

    Raises TypeError if `label` is not an integer, ValueError if it is not one of the classes.

    >>> one_hot(2, 4)
    [0.0, 0.0, 1.0, 0.0]
    """
    if isinstance(label, bool) or not hasattr(label, "__index__"):
        raise TypeError(f"a class must be an index, not {label!r}")
    if not 0 <= label < classes:
        raise ValueError(f"class {label} is none of the {classes} classes 0 … {classes - 1}")
    return [1.0 if k == label else 0.0 for k in range(classes)]


def vector(target: Any, size: int) -> list[Any]:
    """The target of `size` outputs as a list of numbers: a class index becomes one-hot."""
    target = unwrapped(target)
    numbers = listed(target)
    if len(numbers) == 1 < size and (not isinstance(target, Iterable) or hasattr(numbers[0], "__index__")):
        return one_hot(numbers[0], size)
    return numbers


def pairs(loss: str, outputs: Any, target: Any) -> list[tuple[Any, Any]]:
    """Each output with its target; ValueError, naming the loss, if their numbers differ."""
    ys = listed(outputs)
    ts = vector(target, len(ys))
    if not ys or len(ys) != len(ts):
        raise ValueError(f"{loss}: {len(ys)} outputs but {len(ts)} targets")
    return list(zip(ys, ts))


def probabilities(loss: str, outputs: list[Any], target: Any) -> list[float]:
    """The target as one probability per output; ValueError, naming the loss, if it is not that."""
    target = unwrapped(target)
    if not isinstance(target, Iterable):
        return one_hot(target, len(outputs))
    weights = [float(t) for _, t in pairs(loss, outputs, target)]
    if min(weights) < 0.0 or abs(sum(weights) - 1.0) > 1e-9:
        raise ValueError(f"{loss}: targets must be probabilities that add up to 1, not {weights}")
    return weights


def has_values(target: Any) -> bool:
    """Whether there is a Value among the targets, another network's output for instance."""
    return any(isinstance(t, Value) for t in listed(target))
