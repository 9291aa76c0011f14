# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The table for JAX: one row per primitive, on arrays of Values, and one per function of its own library.

A row takes a primitive's operands, and its parameters by name. Control flow and calls have no rows
(`jax_graph`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np

from ..operations import functions as ag
from ..value import Value
from . import arrays, products
from .arrays import Array, along, elementwise, number, reduce
from .operations import Call, Row, each, linear, moves, whole, with_record

# Functions of autograd that JAX has by the same name, then those with another.
SAME_NAME = """
    acos acosh asin asinh atan atan2 atanh cbrt ceil cos cosh digamma erf erfc exp exp2 expm1 floor
    lgamma log log1p sign sin sinh sqrt tan tanh
"""
RENAMED = {
    "erf_inv": ag.erfinv,
    "logistic": ag.sigmoid,
    "max": ag.maximum,
    "min": ag.minimum,
    "round": ag.round,
}
MOVED = "concatenate dynamic_slice dynamic_update_slice gather pad rev scatter slice split stack"


def _each(function: Callable[..., Any]) -> Row:
    """The function at every place, without the primitive's parameters, such as its accuracy."""
    row = each(function)
    return lambda call: row(replace(call, options={}))


def _over(function: Callable[..., Any]) -> Row:
    return whole(lambda x, axes, **_: reduce(function, x, axes))


def _select(which: Any, *cases: Any) -> Any:
    if len(cases) == 2:
        return ag.where(bool(which), cases[1], cases[0])
    return ag.where(True, cases[int(which)], 0.0)


def _clamp(low: Any, x: Any, high: Any) -> Any:
    """Flat at the corners too."""
    return ag.clip(x, low, high) if number(x) not in (number(low), number(high)) else number(x)


def _divided(call: Call) -> Array:
    """a / b, with exp(zₖ − m) / Σ exp(zᵢ − m) as softmax(z)ₖ, where m passes no gradient."""
    known: dict[Value, dict[Any, Any]] = {}

    def quotient(a: Any, b: Any) -> Any:
        if isinstance(b, Value) and b not in known:
            scores = _shifted_scores(b)
            known[b] = dict(zip(b.operands, ag.softmax(scores))) if scores else {}
        return known[b][a] if isinstance(b, Value) and isinstance(a, Value) and a in known[b] else a / b

    return elementwise(quotient, *call.operands)


def _shifted_scores(total: Value) -> list[Any]:
    """The z of a sum of exp(zᵢ − m), m a leaf; nothing for any other node."""
    if total.op != "sum":
        return []
    scores: list[Any] = []
    shifts: set[Any] = set()
    for term in total.operands:
        if not isinstance(term, Value) or term.op != "exp":
            return []
        inside = term.operands[0]
        if not isinstance(inside, Value) or inside.op != "sub":
            return []
        score, shift = inside.operands
        if not products.is_leaf(shift):
            return []
        scores.append(score)
        shifts.add(shift)
    return scores if len(shifts) == 1 else []


def _convolution(
    recorded: list[Any],
    x: Array,
    w: Array,
    *,
    window_strides: Any,
    padding: Any,
    lhs_dilation: Any,
    rhs_dilation: Any,
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
    **_: Any,
) -> Array:
    if batch_group_count != 1:
        raise NotImplementedError("from_jax does not cover conv_general_dilated with batch_group_count")
    of_x, of_w, of_result = dimension_numbers
    y = products.convolve(
        x.transpose(of_x),
        w.transpose(of_w),
        None,
        stride=window_strides,
        padding=[low for low, _ in padding],
        dilation=rhs_dilation,
        spread=lhs_dilation,
        sizes=[recorded[0].shape[axis] for axis in of_result[2:]],
        groups=feature_group_count,
    )
    return y.transpose(np.argsort(of_result))


def _window_max(
    recorded: list[Any], x: Array, *, window_dimensions: Any, window_strides: Any, padding: Any,
    base_dilation: Any, window_dilation: Any,
) -> Array:  # fmt: skip
    return products.pooled(
        ag.maximum,
        x,
        recorded[0].shape,
        kernel=window_dimensions,
        stride=window_strides,
        padding=[low for low, _ in padding],
        dilation=window_dilation,
    )


def _broadcast(x: Array, shape: Sequence[int], broadcast_dimensions: Sequence[int], **_: Any) -> Array:
    sizes = [1] * len(shape)
    for axis, size in zip(broadcast_dimensions, x.shape, strict=True):
        sizes[axis] = size
    return np.broadcast_to(x.reshape(sizes), shape)


def _sorted(*operands: Any, dimension: int, num_keys: int, **_: Any) -> Any:
    """All operands in the order of the first, whose numbers are compared."""
    keys = elementwise(number, operands[0]).astype(float)
    order = np.argsort(keys, axis=dimension, kind="stable")
    return tuple(np.take_along_axis(operand, order, axis=dimension) for operand in operands)


def _cumulated(function: Callable[..., Any]) -> Row:
    def row(x: Array, axis: int, reverse: bool) -> Array:
        turned = np.flip(x, axis) if reverse else x
        y = along(lambda items: accumulate(items, function), turned, axis)
        return np.flip(y, axis) if reverse else y

    return whole(row)


ROWS: dict[str, Row] = {
    **{name: _each(getattr(ag, name)) for name in SAME_NAME.split()},
    **{name: _each(function) for name, function in RENAMED.items()},
    # At 0 JAX takes the slope from the right.
    "abs": _each(lambda x: ag.abs(x) if number(x) else ag.where(True, x, 0.0)),
    # Arithmetic
    "add": _each(operator.add),
    "add_any": _each(operator.add),
    "sub": _each(operator.sub),
    "mul": _each(operator.mul),
    "div": _divided,
    "neg": _each(arrays.negative),
    "pow": _each(operator.pow),
    "integer_pow": each(lambda x, y: x**y),
    "square": _each(lambda x: x**2),
    "rsqrt": _each(lambda x: 1 / ag.sqrt(x)),
    "rem": _each(lambda a, b: a - b * (ag.floor(a / b) if number(a) * number(b) >= 0 else ag.ceil(a / b))),
    # Choices; conditions pass nothing
    "select_n": _each(_select),
    "clamp": _each(_clamp),
    # Products, convolutions, pooling
    "dot_general": whole(lambda a, b, dimension_numbers, **_: products.dot_general(a, b, *dimension_numbers)),
    "conv_general_dilated": with_record(_convolution),
    "reduce_window_max": with_record(_window_max),
    "reduce_window_sum": linear,
    # Reductions
    "reduce_sum": _over(arrays.add_up),
    "reduce_max": _over(ag.max),
    "reduce_min": _over(ag.min),
    "reduce_prod": _over(ag.prod),
    "cumsum": _cumulated(operator.add),
    "cumprod": _cumulated(operator.mul),
    # Items go elsewhere
    "sort": whole(_sorted),
    "convert_element_type": whole(lambda x, **_: x),
    "copy": whole(lambda x, **_: x),
    "copy_p": whole(lambda x, **_: x),
    "reduce_precision": whole(lambda x, **_: x),
    "optimization_barrier": whole(lambda *xs: xs),
    "top_k": with_record(lambda recorded, x, **_: (np.take_along_axis(x, recorded[1], axis=-1), recorded[1])),
    "scatter-add": linear,
    "broadcast_in_dim": whole(_broadcast),
    "expand_dims": whole(lambda x, dimensions, **_: np.expand_dims(x, dimensions)),
    "reshape": whole(lambda x, new_sizes, **_: x.reshape(new_sizes)),
    "squeeze": whole(lambda x, dimensions, **_: np.squeeze(x, tuple(dimensions))),
    "transpose": whole(lambda x, permutation, **_: x.transpose(permutation)),
    **dict.fromkeys(MOVED.split(), moves),
}


def _log_softmax(x: Array, axis: int) -> Array:
    return along(arrays.log_softmax, x, axis)


def _logaddexp(a: Any, b: Any) -> Any:
    return ag.softplus(a) if not isinstance(b, Value) and b == 0 else ag.logsumexp([a, b])


# Functions of jax.nn and jax.numpy that are one node here. JAX differentiates them by rules of their
# own, so they have names in its programs; `axis` is the one that they reduce over.
LIBRARY: dict[str, Callable[..., Any]] = {
    "relu": lambda x: elementwise(ag.relu, x),
    "relu6": lambda x: elementwise(lambda x: _clamp(0.0, x, 6.0), x),
    "silu": lambda x: elementwise(ag.silu, x),
    "log_softmax": _log_softmax,
    "logaddexp": lambda a, b: elementwise(_logaddexp, a, b),
}
