"""Targets as the losses take them: class indices become one-hot, and each output gets its own.

A class index is a whole number; everything else is a number per output, which a single output may have
without a list around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from autograd import Value


def listed(target: Any) -> list[Any]:
    """A target as a list: the single target of a single output may come without one."""
    return list(cast("Iterable[Any]", target)) if isinstance(target, Iterable) else [target]


def one_hot(label: Any, classes: int) -> list[float]:
    """t with 1 at the class index and 0 elsewhere.

    Raises TypeError where `label` is no integer, ValueError where it is no class.

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
    return listed(target) if isinstance(target, Iterable) or size == 1 else one_hot(target, size)


def pairs(loss: str, outputs: Iterable[Any], targets: Any) -> list[tuple[Any, Any]]:
    """Each output with its target; ValueError, naming the loss, where their numbers differ."""
    ys = list(outputs)
    ts = vector(targets, len(ys))
    if not ys or len(ys) != len(ts):
        raise ValueError(f"{loss}: {len(ys)} outputs but {len(ts)} targets")
    return list(zip(ys, ts))


def probabilities(loss: str, outputs: list[Any], target: Any) -> list[float]:
    """The target as one probability per output; ValueError, naming the loss, where it is none."""
    if not isinstance(target, Iterable):
        return one_hot(target, len(outputs))
    weights = [float(t) for _, t in pairs(loss, outputs, target)]
    if min(weights) < 0.0 or abs(sum(weights) - 1.0) > 1e-9:
        raise ValueError(f"{loss}: targets must be probabilities that add up to 1, not {weights}")
    return weights


def has_values(target: Any) -> bool:
    """Whether there is a Value among the targets, another network's output for instance."""
    return any(isinstance(t, Value) for t in listed(target))
