# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""Products of matrices, convolutions and pooling, on arrays of scalars: a node per element of the result."""

from __future__ import annotations

import functools
import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

import numpy as np

from ..operations.functions import dot
from ..value import Value
from .arrays import Array, array, number

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
