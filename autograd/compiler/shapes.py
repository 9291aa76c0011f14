"""Rows of arrays rearranged, added up and multiplied: the other half of what an `Array` can be.

What costs nothing is a view: a slice, a reshape, a transpose, an index that goes through rows in
equal steps along each of its axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate
from math import copysign
from typing import Any

from ..table.row import ARRAYS
from .arrays import Array, is_scalar, make, numpy

Place = tuple[list[int], int, list[int]]  # rows in nested equal steps: (shape, first row, strides)


def reshape(a: Array, *shape: int) -> Array:
    """The same rows in the same order, in another shape."""
    if a.op == "reshape":
        a = a.args[0]
    if a.shape == shape:
        return a
    return make("reshape", (in_line(a),), shape, a.batched, a.table)


def in_line(a: Array) -> Array:
    """The array, or a copy, with its rows one after the other in memory, so that a reshape costs nothing."""
    base = a.args[0] if a.op == "reshape" else a
    if base.op in ("transpose", "expand", "strided") or (base.op == "slice" and base.args[3] != 1):
        return make("copy", (a,), a.shape, a.batched, a.table)
    return a


def transpose(a: Array, *axes: int) -> Array:
    """The axes of the rows in another order; the examples stay last."""
    if a.op == "transpose":
        a, axes = a.args[0], tuple(a.args[1][axis] for axis in axes)
    if a.op == "take":
        return take(a.args[0], a.args[1].transpose(axes))
    if a.op == "strided":
        of, start, strides = a.args
        shape = [a.shape[axis] for axis in axes]
        return make("strided", (of, start, tuple(strides[axis] for axis in axes)), shape, a.batched, a.table)
    long = [axis for axis in axes if a.shape[axis] > 1]
    shape = [a.shape[axis] for axis in axes]
    if long == sorted(long):
        return reshape(a, *shape)
    return make("transpose", (a, axes), shape, a.batched, a.table)


def cut(a: Array, start: int, stop: int, step: int = 1) -> Array:
    """Some of the rows of an array whose rows are in one line."""
    if a.op == "slice":  # `in_line` looks at the outermost view only
        a, first, _, every = a.args
        start, stop, step = first + start * every, first + (stop - 1) * every + 1, step * every
    if (start, stop, step) == (0, a.shape[0], 1):
        return a
    return make("slice", (a, start, stop, step), (len(range(start, stop, step)),), a.batched, a.table)


def take(a: Array, index: Any) -> Array:
    """Rows of an array whose rows are in one line, in the shape of the index.

    An axis along which the index does not change has length 1. An index that goes through the rows in
    equal steps is a view of them.
    """
    for axis, n in enumerate(index.shape):
        if n > 1 and (index == (first := index.take([0], axis))).all():
            index = first
    steps = strides(index)
    if steps is None:
        return make("take", (a, numpy().ascontiguousarray(index)), index.shape, a.batched, a.table)
    start = int(index.flat[0])
    if min(steps, default=0) < 0:
        return make("strided", (a, start, steps), index.shape, a.batched, a.table)
    order = sorted(range(index.ndim), key=lambda axis: (index.shape[axis] > 1, -steps[axis]))
    step = reach = steps[order[-1]] or 1 if order else 1
    for axis in reversed(order):
        if index.shape[axis] > 1 and steps[axis] != reach:
            return make("strided", (a, start, steps), index.shape, a.batched, a.table)
        reach *= index.shape[axis]
    line = cut(a, start, start + (index.size - 1) * step + 1, step)
    line = reshape(line, *(index.shape[axis] for axis in order))
    return transpose(line, *(order.index(axis) for axis in range(index.ndim)))


def strides(index: Any) -> tuple[int, ...] | None:
    """The step from row to row along each axis of an index, or None if the steps are not equal."""
    found: list[int] = []
    for axis, n in enumerate(index.shape):
        if n == 1:
            found.append(0)
            continue
        lines = index.swapaxes(0, axis)
        steps = lines[1:] - lines[:-1]
        found.append(int(steps.flat[0]))
        if (steps != found[-1]).any():
            return None
    return tuple(found)


def nested(line: Any) -> Place | None:
    """The place of a line of rows, if it goes through rows in nested equal steps."""
    start, shape, steps = int(line[0]), list[int](), list[int]()
    while len(line) > 1:
        differences = numpy().diff(line)
        n = int(numpy().argmax(differences != differences[0])) + 1
        table = line.reshape(-1, n) if n > 1 and len(line) % n == 0 else line[None]
        if (numpy().diff(table, axis=1) != differences[0]).any():
            return None
        shape, steps, line = [table.shape[1], *shape], [int(differences[0]), *steps], table[:, 0]
    return shape or [1], start, steps or [1]


def stepping(shape: Sequence[int], start: int, steps: Sequence[int]) -> Any:
    """The line of rows that `strides` and `nested` describe."""
    line: Any = numpy().full(shape, start)
    for i, step in zip(numpy().indices(shape), steps):
        line += i * step
    return line.ravel()


def expand(a: Array, shape: Sequence[int]) -> Array:
    """The same rows again along axes of length 1."""
    return a if a.shape == tuple(shape) else make("expand", (a,), shape, a.batched, a.table)


def filled(value: Any, n: int, batched: bool, table: dict[Any, Array]) -> Array:
    """n rows of a value, which may be a number, one row, or the same for all examples."""
    if is_scalar(value):
        zero = isinstance(value, float) and value == 0.0 and copysign(1.0, value) > 0.0
        return make("zeros" if zero else "full", () if zero else (value,), (n,), batched, table)
    if batched and not value.batched:
        return in_line(make("expand", (value,), (n,), True, table))
    return expand(value, (n,))


def total(a: Array, axis: int, keep: bool = False) -> Array:
    """Σ along an axis of the rows."""
    shape = list(a.shape)
    if shape[axis] == 1:
        return a if keep else reshape(a, *shape[:axis], *shape[axis + 1 :])
    shape[axis : axis + 1] = [1] if keep else []
    return make("sum", (a, axis, keep), shape, a.batched, a.table)


def largest(a: Array, axis: int) -> Array:
    """The largest along an axis of the rows, which stays, with length 1."""
    return make("max", (a, axis), [1 if i == axis else n for i, n in enumerate(a.shape)], a.batched, a.table)


def over_examples(a: Array) -> Any:
    """Σ over the examples; of c/m for each of m examples it is the number c."""
    if a.op == "expand":
        return expand(over_examples(a.args[0]), a.shape)
    return a.args[0] if a.op == "weight" else make("examples", (a,), a.shape, False, a.table)


def mean(a: Array) -> Array:
    """The mean of one row over the examples, in one step with a factor, a sum and squares before it."""
    weight = 1.0
    if a.op == "mul" and isinstance(a.args[0], float):
        weight, a = a.args
    if a.op == "sum" and in_line(a.args[0]) is a.args[0]:
        a = a.args[0]
    if a.op == "reshape" and a.args[0].op == "mul" and a.args[0].args[0] is a.args[0].args[1]:
        return make("mean", (in_line(a.args[0].args[0]), weight, "squares"), (1,), False, a.table)
    return make("mean", (in_line(a), weight, ""), (1,), False, a.table)


def product(a: Array, b: Array) -> Array:
    """T matrix products (T, F, K) · (T, K, P), for each example where an operand has examples."""
    shape = a.shape[0], a.shape[1], b.shape[2]
    if not a.batched:
        b = _columns(b)
    return make("product", (a, b), shape, a.batched or b.batched, a.table)


def _columns(a: Array) -> Array:
    """Matrices (T, F, K) as BLAS takes them: lines that don't overlap, of K rows one after the other."""
    if a.op == "strided" and a.batched:
        base, _, (_, step, one) = a.args
        if step >= a.shape[2] and (a.shape[2] == 1 or (one == 1 and in_line(base) is base)):
            return a
    return in_line(a)


def outer(a: Array, b: Array) -> Array:
    """T products (T, F, P) · (T, K, P)ᵀ summed over the examples, which makes the gradient of a weight."""
    a, b = _columns(a), _columns(b)
    return make("outer", (a, b), (a.shape[0], a.shape[1], b.shape[1]), False, a.table)


def concat(pieces: Sequence[Array]) -> Array:
    """Arrays with rows in one line, one after the other."""
    starts = [*accumulate((piece.size for piece in pieces), initial=0)]
    return assemble([(p, ([p.size], start, [1])) for p, start in zip(pieces, starts)], starts[-1])


def assemble(parts: Sequence[tuple[Array, Place | None]], size: int) -> Array:
    """Arrays with rows in one line, each at its place in the whole; rows that no part fills are 0."""
    if parts[0][1] == ([size], 0, [1]):
        return parts[0][0]
    args = [item for part in parts for item in part]
    batched = any(part.batched for part, _ in parts)
    return make("assemble", args, (size,), batched, parts[0][0].table)


def _length(x: Array) -> float:
    return float(x.shape[1])


def _over(value: Array, x: Array) -> Array:
    """The value for each item of the lists."""
    if value.shape == x.shape:
        return value
    return value * make("full", (1.0,), x.shape, x.batched, x.table)


def _sums(x: Array, _: Array) -> Array:
    return total(x, axis=1, keep=True)


def _maxima(x: Array, _: Array) -> Array:
    return largest(x, axis=1)


# The reductions that formulas on lists consist of: a list is an axis.
ARRAYS["len"] = _length
ARRAYS["total"] = partial(total, axis=1, keep=True)
ARRAYS["over"] = _over
ARRAYS["list_sum"] = _sums
ARRAYS["list_max"] = _maxima
