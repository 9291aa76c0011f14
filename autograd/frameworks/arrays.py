# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""Operations on arrays of scalars: NumPy arrays of dtype object that hold Values and plain numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..operations.functions import cross_entropy, dot, sqrt
from ..operations.functions import sum as total
from ..value import Value

Array = Any  # a numpy.ndarray of dtype object


def array(items: Any, shape: Sequence[int] | None = None) -> Array:
    """An array of these scalars; `shape` is needed for a flat sequence of them.

    >>> array([1.0, Value(2.0)], (2, 1)).shape
    (2, 1)
    """
    if shape is None:
        return np.asarray(items, dtype=object)
    made = np.empty(math.prod(shape), dtype=object)
    made[:] = list(items)
    return made.reshape(tuple(shape))


def number(item: Any) -> float:
    """The number of a Value, or the number itself."""
    return item.data if isinstance(item, Value) else float(item)


def data_of(values: Array) -> Any:
    """The numbers of an array of scalars, as floats.

    >>> data_of(array([1, Value(2.5)])).tolist()
    [1.0, 2.5]
    """
    return np.array([*map(number, values.flat)], dtype=float).reshape(values.shape)


def has_values(values: Array) -> bool:
    """Whether there is a Value in the array, through which a gradient may pass."""
    return any(isinstance(v, Value) for v in values.flat)


def elementwise(function: Callable[..., Any], *arrays: Any) -> Array:
    """The function at every place of the broadcast arrays.

    >>> elementwise(lambda a, b: a * b, array([[1.0], [2.0]]), array([3.0, 4.0])).tolist()
    [[3.0, 4.0], [6.0, 8.0]]
    """
    with np.errstate(all="ignore"):  # the functions raise what is to be raised
        return np.asarray(np.frompyfunc(function, len(arrays), 1)(*arrays), dtype=object)


def axes_of(axes: Any, ndim: int) -> tuple[int, ...]:
    """Axes counted from 0: None or none at all means all of them."""
    if axes is None or (isinstance(axes, (list, tuple)) and not axes):
        return tuple(range(ndim))
    listed: Iterable[int] = axes if isinstance(axes, (list, tuple)) else (axes,)
    return tuple(axis % ndim for axis in listed) if ndim else ()


def reduce(function: Callable[..., Any], values: Array, axes: Any = None, keep: bool = False) -> Array:
    """The function of the list of scalars along the axes, for every place of the other axes.

    >>> reduce(total, array([[1.0, 2.0], [3.0, 4.0]]), axes=1).tolist()
    [3.0, 7.0]
    """
    gone = axes_of(axes, values.ndim)
    rest = [axis for axis in range(values.ndim) if axis not in gone]
    shape = tuple(values.shape[axis] for axis in rest)
    count = math.prod(values.shape[axis] for axis in gone)
    lists = values.transpose([*rest, *gone]).reshape((math.prod(shape), count))
    result = array([function(list(items)) for items in lists], shape)
    if keep:
        result = result.reshape([1 if axis in gone else n for axis, n in enumerate(values.shape)])
    return result


def along(function: Callable[[list[Any]], Iterable[Any]], values: Array, axes: Any) -> Array:
    """A function from lists to lists of the same length, along the axes.

    >>> from autograd import softmax
    >>> along(softmax, array([[0.0, 0.0]]), axes=1).tolist()
    [[0.5, 0.5]]
    """
    inner = axes_of(axes, values.ndim)
    order = [axis for axis in range(values.ndim) if axis not in inner] + list(inner)
    last = values.transpose(order)
    count = math.prod(values.shape[axis] for axis in inner)
    items = [item for row in last.reshape((-1, count)) for item in function(list(row))]
    return array(items, last.shape).transpose(np.argsort(order)) if order else array(items, ())


def add_up(items: Sequence[Any]) -> Any:
    """Σ items as one node; a single one is itself."""
    return items[0] if len(items) == 1 else total(items)


def mean(items: Sequence[Any]) -> Any:
    """Σ items / n.

    >>> mean([Value(1.0), Value(2.0)]).data
    1.5
    """
    return items[0] if len(items) == 1 else total(items) / len(items)


def variance(items: Sequence[Any], correction: float = 0) -> Any:
    """Σ (item − mean)² / (n − correction).

    >>> variance([1.0, 3.0], correction=1)
    2.0
    """
    middle = mean(items)
    return total((item - middle) ** 2 for item in items) / (len(items) - correction)


def normalized(items: Sequence[Any], eps: float) -> list[Any]:
    """(item − mean) / √(variance + eps) for each item.

    >>> normalized([1.0, 3.0], eps=0.0)
    [-1.0, 1.0]
    """
    middle = mean(items)
    deviation = sqrt(variance(items) + eps)
    return [(item - middle) / deviation for item in items]


def negative(x: Any) -> Any:
    """−x, without a second sign where x is a negative itself: that of a log-softmax is its cross-entropy."""
    return x.operands[0] if isinstance(x, Value) and x.op == "neg" else -x


def log_softmax(items: list[Any]) -> list[Any]:
    """log softmax(items)ₖ for each k: minus the cross-entropy with target k, a node each."""
    return [-cross_entropy(items, k) for k in range(len(items))]


def median(items: Sequence[Any]) -> Any:
    """The middle item, of an even number the lower of two; equal ones share the derivative evenly.

    >>> median([3.0, 1.0, 2.0, 4.0])
    2.0
    """
    middle = sorted(map(number, items))[(len(items) - 1) // 2]
    return mean([item for item in items if number(item) == middle])


def combined(weights: Sequence[float], items: Sequence[Any]) -> Any:
    """Σ wᵢ·itemᵢ for numbers w, with a common weight factored out."""
    if not items:
        return 0.0
    [(common, count)] = Counter(weights).most_common(1)
    if count < len(weights):
        return dot(weights, items)
    if common == 1.0:
        return add_up(items)
    whole = round(1 / common) if common else 0
    return add_up(items) / whole if whole and 1 / whole == common else add_up(items) * common
