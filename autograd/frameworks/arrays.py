# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""Operations on arrays of scalars: NumPy arrays of dtype object that hold Values and plain numbers."""

from __future__ import annotations

import functools
import math
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product
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


def data_of(values: Array) -> Any:
    """The numbers of an array of scalars, as floats.

    >>> data_of(array([1, Value(2.5)])).tolist()
    [1.0, 2.5]
    """
    flat = [v.data if isinstance(v, Value) else float(v) for v in values.flat]
    return np.array(flat, dtype=float).reshape(values.shape)


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
    return add_up(items) if len(items) == 1 else total(items) / len(items)


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
    """−x, without a second sign where x is a negative itself."""
    return x.operands[0] if isinstance(x, Value) and x.op == "neg" else -x


def log_softmax(items: list[Any]) -> list[Any]:
    """log softmax(items)ₖ for each k: minus the cross-entropy with target k, a node each."""
    return [-cross_entropy(items, k) for k in range(len(items))]


def negative_log_softmax_at(target: int, log_probabilities: Sequence[Any]) -> Any:
    """−log_probabilities[target]; of a log-softmax, this is its cross-entropy node."""
    return negative(log_probabilities[target])


# Leaves that are a function's arguments: beside parameters they are the x of w·x.
INPUTS: weakref.WeakSet[Value] = weakref.WeakSet()


def is_leaf(x: Any) -> bool:
    """Whether this is an input or a parameter, not a result."""
    return isinstance(x, Value) and x.rule is None


def _like_weights(values: Array) -> int:
    """2 for parameters, 0 for inputs, 1 for anything else."""
    if not all(map(is_leaf, values.flat)):
        return 1
    return 0 if any(x in INPUTS for x in values.flat) else 2


def contract(a: Array, b: Array, bias: Any = None) -> Array:
    """a · b, the product of matrices in the last two axes, one `dot` node per element.

    Shapes (…, m, k) and (…, k, n) give (…, m, n); `bias` is broadcast to that. What is more like
    weights comes first in each node, and of two that are alike, `b`.

    >>> contract(array([[1.0, 2.0]]), array([[3.0], [4.0]]), array([0.5])).tolist()
    [[11.5]]
    """
    stack = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    m, k, n = a.shape[-2], a.shape[-1], b.shape[-1]
    left = np.broadcast_to(a, (*stack, m, k)).reshape((-1, m, k))
    right = np.broadcast_to(b, (*stack, k, n)).reshape((-1, k, n))
    biases = np.broadcast_to(0.0 if bias is None else bias, (*stack, m, n)).reshape((-1, m, n))
    b_first = _like_weights(b) >= _like_weights(a)
    items = [
        dot(*((column, row) if b_first else (row, column)), biases[page, i, j])
        for page in range(left.shape[0])
        for i, row in enumerate(left[page])
        for j, column in enumerate(right[page].T)
    ]
    return array(items, (*stack, m, n))


def dot_general(a: Array, b: Array, contracting: Any, batch: Any) -> Array:
    """The sum of products over the contracting axes, for each place of the batch axes and the others.

    `contracting` and `batch` are pairs: the axes of `a`, and those of `b`. The result has the batch
    axes first, then the others of `a`, then the others of `b`.
    """
    (inner_a, inner_b), (batch_a, batch_b) = contracting, batch
    outer_a = [axis for axis in range(a.ndim) if axis not in (*inner_a, *batch_a)]
    outer_b = [axis for axis in range(b.ndim) if axis not in (*inner_b, *batch_b)]

    def size(values: Array, axes: Iterable[int]) -> int:
        return math.prod(values.shape[axis] for axis in axes)

    stack = [a.shape[axis] for axis in batch_a]
    left = a.transpose([*batch_a, *outer_a, *inner_a])
    right = b.transpose([*batch_b, *inner_b, *outer_b])
    shape = [*stack, *(a.shape[axis] for axis in outer_a), *(b.shape[axis] for axis in outer_b)]
    made = contract(
        left.reshape([*stack, size(a, outer_a), size(a, inner_a)]),
        right.reshape([*stack, size(b, inner_b), size(b, outer_b)]),
    )
    return made.reshape(shape)


def convolve(
    x: Array,
    w: Array,
    bias: Array | None,
    *,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    spread: Sequence[int],
    sizes: Sequence[int],
    groups: int = 1,
) -> Array:
    """A convolution, one `dot` node per element of the result.

    x (N, C, …) and w (O, C / groups, …) give (N, O, *sizes): place p of the result meets weight k at
    place p·stride + k·dilation − padding of x, whose items are `spread` places apart with zeros
    between them, as a transposed convolution has it.
    """
    kernel = w.shape[2:]
    meets: dict[tuple[int, ...], list[tuple[Any, ...]]] = {}
    for p in product(*map(range, sizes)):
        meets[p] = [
            (k, at)
            for k in product(*map(range, kernel))
            if (at := _source(p, k, stride, padding, dilation, spread, x.shape[2:])) is not None
        ]
    per_group, channels = w.shape[0] // groups, w.shape[1]
    items: list[Any] = []
    for n, o in product(range(x.shape[0]), range(w.shape[0])):
        first = o // per_group * channels
        for p in product(*map(range, sizes)):
            pairs = [(w[(o, c, *k)], x[(n, first + c, *at)]) for c in range(channels) for k, at in meets[p]]
            weights, inputs = zip(*pairs) if pairs else ((), ())
            items.append(dot(weights, inputs, 0.0 if bias is None else bias[o]))
    return array(items, (x.shape[0], w.shape[0], *sizes))


def _source(p: Any, k: Any, stride: Any, padding: Any, dilation: Any, spread: Any, shape: Any) -> Any:
    """Where in x the weight at k finds its input for the result at p; None outside or between items."""
    found: list[int] = []
    for axis, size in enumerate(shape):
        place = p[axis] * stride[axis] + k[axis] * dilation[axis] - padding[axis]
        if place % spread[axis] or not 0 <= place // spread[axis] < size:
            return None
        found.append(place // spread[axis])
    return tuple(found)


def median(items: Sequence[Any]) -> Any:
    """The middle item, of an even number the lower of two; equal ones share the derivative evenly.

    >>> median([3.0, 1.0, 2.0, 4.0])
    2.0
    """
    middle = sorted(map(number, items))[(len(items) - 1) // 2]
    return mean([item for item in items if number(item) == middle])


def chosen(choose: Callable[..., Any], items: Sequence[Any], index: int) -> Any:
    """The extreme item; where several are equal, the one at `index` alone gets the derivative."""
    ties = sum(number(item) == number(items[index]) for item in items)
    return items[index] if ties > 1 else functools.reduce(choose, items)


def pooled(
    choose: Callable[..., Any],
    x: Array,
    sizes: Sequence[int],
    *,
    kernel: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
) -> Array:
    """The extreme item of every window over the last axes; of several equal ones, the first is chosen.

    `sizes` is the shape of the result.
    """
    last = x.shape[-len(kernel) :]
    ones = (1,) * len(last)
    items: list[Any] = []
    for page in x.reshape((-1, *last)):
        for p in product(*map(range, sizes[-len(kernel) :])):
            window = [
                page[at]
                for k in product(*map(range, kernel))
                if (at := _source(p, k, stride, padding, dilation, ones, last)) is not None
            ]
            best = functools.reduce(choose, map(number, window))
            items.append(chosen(choose, window, [number(item) for item in window].index(best)))
    return array(items, sizes)


def number(item: Any) -> float:
    """The number of a Value, or the number itself."""
    return item.data if isinstance(item, Value) else float(item)


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
