# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The table for PyTorch: one row per ATen operation, on arrays of Values.

A row takes the operands in the order of the operation's schema, defaults included. Views and in-place
operations need no rows (`torch_recording`), nor does what PyTorch itself defines by operations that
have one, such as huber_loss.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..operations import functions as ag
from . import arrays
from .arrays import Array, along, elementwise, number, reduce
from .operations import Call, Row, each, linear, moves, whole, with_record
from .products import contract
from .torch_layers import (
    batch_norm,
    convolution,
    embedding,
    extreme_along,
    group_norm,
    layer_norm,
    max_pool,
    nll_loss,
    picked,
    pool_places,
    scaled,
    with_bias,
)

# Functions of autograd that ATen has by the same name.
SAME_NAME = """
    abs acos acosh asin asinh atan atan2 atanh ceil cos cosh digamma erf erfc erfinv exp exp2 expm1
    floor hypot leaky_relu lgamma log log10 log1p log2 maximum minimum relu round sigmoid sign silu sin
    sinh sqrt tan tanh
"""
# Operations that move items and compute nothing.
MOVED = """
    cat stack index index_select gather scatter.src roll flip repeat tril triu slice_scatter
    select_scatter diagonal_copy reflection_pad1d reflection_pad2d replication_pad1d replication_pad2d
    upsample_nearest1d upsample_nearest2d pixel_shuffle im2col take
"""
# Numbers that PyTorch made: drawn at random, or of another's shape only.
NUMBERS = """
    bernoulli empty_like full_like new_empty new_empty_strided new_full new_ones new_zeros ones_like
    rand_like randn_like zeros_like
"""


def _clamp(x: Any, low: Any = None, high: Any = None) -> Any:
    return ag.clip(x, -math.inf if low is None else low, math.inf if high is None else high)


def _hardtanh(x: Any, low: float, high: float) -> Any:
    return _clamp(x, low, high) if number(x) not in (low, high) else number(x)  # flat at the corners here


def _elu(x: Any, alpha: float, scale: float, input_scale: float) -> Any:
    grown = ag.elu(x * input_scale if input_scale != 1 and number(x) <= 0 else x, alpha)
    return grown if scale == 1 else scale * grown


def _gelu(x: Any, approximate: str) -> Any:
    if approximate == "none":
        return ag.gelu(x)
    return 0.5 * x * (1 + ag.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def _softplus(x: Any, beta: float, threshold: float) -> Any:
    if number(x) * beta > threshold:
        return x
    return ag.softplus(x) if beta == 1 else ag.softplus(beta * x) / beta


def _random_relu(x: Any, recorded: Any) -> Any:
    """leaky_relu with the slope that was drawn."""
    return ag.leaky_relu(x, recorded / number(x) if number(x) < 0 else 0.0)


def _divided(a: Any, b: Any, rounding: str | None = None) -> Any:
    quotient = a / b
    if rounding is None:
        return quotient
    return ag.floor(quotient) if rounding == "floor" or number(quotient) >= 0 else ag.ceil(quotient)


def _reduced(function: Callable[..., Any]) -> Row:
    """A loss: the function at every place, then nothing (0), the mean (1) or the sum (2) of them."""

    def row(call: Call) -> Array:
        *operands, reduction = call.operands[:3]
        losses = elementwise(function, *operands)
        return losses if reduction == 0 else reduce(arrays.mean if reduction == 1 else arrays.add_up, losses)

    return row


def _over(function: Callable[..., Any]) -> Row:
    """A reduction: operand, axes, whether they are kept."""
    return whole(lambda x, dim=None, keep=False, *_: reduce(function, x, dim, bool(keep)))


def _all(function: Callable[..., Any]) -> Row:
    """A reduction over everything."""
    return whole(lambda x, *_: reduce(function, x))


def _variance(function: Callable[..., Any]) -> Row:
    def row(x: Array, dim: Any = None, correction: Any = None, keep: bool = False) -> Any:
        free = 1 if correction is None else correction
        return reduce(lambda items: function(arrays.variance(items, free)), x, dim, keep)

    return whole(row)


def _norm(items: list[Any], p: float) -> Any:
    if p == math.inf:
        return ag.max([abs(item) for item in items])
    if p == 1:
        return arrays.add_up([abs(item) for item in items])
    if p == 2 or not any(map(number, items)):
        return ag.norm(items)  # whose derivative is 0 at 0, by convention
    return arrays.add_up([abs(item) ** p for item in items]) ** (1 / p)


def _padded(call: Call) -> Any:
    x, pad, value = call.operands
    inside = call.run(np.ones(x.shape), pad, 0.0)[0] == 1
    moved = moves(Call(call.name, (x, pad, 0.0), {}, call.recorded, call.run))
    moved[~inside] = float(value)
    return moved


def _copied(x: Array, source: Array, *_: Any) -> Array:
    return np.broadcast_to(source, x.shape)


def _cumulated(function: Callable[..., Any]) -> Row:
    return whole(lambda x, dim, *_: along(lambda items: accumulate(items, function), x, dim) if x.ndim else x)


def _trilinear(a: Array, b: Array, c: Array, of_a: Any, of_b: Any, of_c: Any, over: Any, _: int) -> Array:
    """Σ a·b·c over some axes, after each has got axes of length 1."""
    expanded = [np.expand_dims(x, tuple(axes)) for x, axes in ((a, of_a), (b, of_b), (c, of_c))]
    return reduce(arrays.add_up, elementwise(lambda a, b, c: a * b * c, *expanded), over)


def _distances(a: Array, b: Array, p: float, *_: Any) -> Array:
    pairs = elementwise(operator.sub, a[..., :, None, :], b[..., None, :, :])
    return reduce(lambda items: _norm(items, p), pairs, -1)


ROWS: dict[str, Row] = {
    **{name: each(getattr(ag, name)) for name in SAME_NAME.split()},
    "fmax": each(ag.maximum),
    "fmin": each(ag.minimum),
    # Arithmetic
    "add": each(lambda a, b, alpha: a + scaled(alpha, b)),
    "sub": each(lambda a, b, alpha: a - scaled(alpha, b)),
    "rsub": each(lambda a, b, alpha: b - scaled(alpha, a)),
    "mul": each(operator.mul),
    "div": each(_divided),
    "neg": each(operator.neg),
    "pow": each(operator.pow),
    "reciprocal": each(lambda x: 1 / x),
    "sinc": each(lambda x: ag.sinc(math.pi * x)),
    "rsqrt": each(lambda x: 1 / ag.sqrt(x)),
    "remainder": each(lambda a, b: a - b * ag.floor(a / b)),
    "fmod": each(lambda a, b: a - b * _divided(a, b, "trunc")),
    "trunc": each(lambda x: ag.floor(x) if number(x) >= 0 else ag.ceil(x)),
    # Activations
    "elu": each(_elu),
    "gelu": each(_gelu),
    "softplus": each(_softplus),
    "log_sigmoid_forward": whole(lambda x: (elementwise(lambda x: -ag.softplus(-x), x), None)),
    "mish": each(lambda x: x * ag.tanh(ag.softplus(x))),
    "hardtanh": each(_hardtanh),
    "rrelu_with_noise": with_record(lambda recorded, x, *_: elementwise(_random_relu, x, recorded[0])),
    "_prelu_kernel": each(ag.leaky_relu),
    # Choices; conditions pass nothing
    "where": each(ag.where),
    "masked_fill": each(lambda x, mask, value: ag.where(mask, value, x)),
    "clamp": each(_clamp),
    "clamp_min": each(_clamp),
    "clamp_max": each(lambda x, high: _clamp(x, None, high)),
    # Products
    "mm": whole(contract),
    "bmm": whole(contract),
    "addmm": whole(with_bias),
    "baddbmm": whole(with_bias),
    "mv": whole(lambda a, x: contract(a, x[:, None])[:, 0]),
    "addmv": whole(lambda c, a, x, beta, alpha: with_bias(c[:, None], a, x[:, None], beta, alpha)[:, 0]),
    "dot": whole(lambda a, b: contract(b[None], a[:, None])[0, 0]),
    "convolution": with_record(convolution),
    "_trilinear": whole(_trilinear),
    "_cdist_forward": whole(_distances),
    # Reductions
    "sum": _all(arrays.add_up),
    "sum.dim_IntList": _over(arrays.add_up),
    "mean": _all(arrays.mean),
    "mean.dim": _over(arrays.mean),
    "prod": _all(ag.prod),
    "prod.dim_int": _over(ag.prod),
    "amax": _over(ag.max),
    "amin": _over(ag.min),
    "max": _all(ag.max),
    "min": _all(ag.min),
    "max.dim": with_record(extreme_along(ag.maximum)),
    "min.dim": with_record(extreme_along(ag.minimum)),
    "max.other": each(ag.maximum),
    "min.other": each(ag.minimum),
    "var": _variance(lambda v: v),
    "std": _variance(ag.sqrt),
    "var_mean": lambda call: (
        _variance(lambda v: v)(call),
        reduce(arrays.mean, call.operands[0], call.operands[1], call.operands[3]),
    ),
    "logsumexp": _over(ag.logsumexp),
    "linalg_vector_norm": whole(
        lambda x, p=2, dim=None, keep=False, *_: reduce(lambda items: _norm(items, p), x, dim, keep)
    ),
    "norm.ScalarOpt_dim": whole(
        lambda x, p, dim, keep: reduce(lambda items: _norm(items, 2 if p is None else p), x, dim, keep)
    ),
    "median": _all(arrays.median),
    "cumsum": _cumulated(operator.add),
    "cumprod": _cumulated(operator.mul),
    # Softmax, normalization, losses
    "_softmax": whole(lambda x, dim, _: along(ag.softmax, x, dim)),
    "_safe_softmax": whole(lambda x, dim, _: along(ag.softmax, x, dim)),
    "_log_softmax": whole(lambda x, dim, _: along(arrays.log_softmax, x, dim)),
    "native_layer_norm": whole(layer_norm),
    "native_group_norm": whole(group_norm),
    "native_batch_norm": whole(batch_norm),
    "mse_loss": _reduced(lambda a, b: (a - b) ** 2),
    "nll_loss_forward": whole(nll_loss),
    "nll_loss2d_forward": whole(nll_loss),
    "native_dropout": with_record(
        lambda recorded, x, p, _: (elementwise(lambda x, kept: x * (kept / (1 - p)), x, recorded[1]), None)
    ),
    # Pooling
    "max_pool2d_with_indices": with_record(max_pool),
    "max_pool3d_with_indices": with_record(max_pool),
    "adaptive_max_pool2d": with_record(pool_places),
    "avg_pool2d": linear,
    "avg_pool3d": linear,
    "_adaptive_avg_pool2d": linear,
    "_adaptive_avg_pool3d": linear,
    "upsample_bilinear2d": linear,
    "upsample_linear1d": linear,
    # Numbers that PyTorch made: drawn at random, or of another's shape only
    **dict.fromkeys(NUMBERS.split(), with_record(lambda recorded, *_: recorded[0])),
    # Items go elsewhere
    "embedding": whole(embedding),
    "constant_pad_nd": _padded,
    "copy": whole(_copied),
    "fill": each(lambda _, value: value),
    "zero": each(lambda _: 0.0),
    "clone": whole(lambda x, _: x),
    "_to_copy": whole(lambda x, *_: x),
    "sort": with_record(lambda recorded, x, dim, _: picked(recorded, x, dim)),
    "topk": with_record(lambda recorded, x, _, dim, *__: picked(recorded, x, dim)),
    "median.dim": with_record(picked),
    "index_put": lambda call: (linear if call.operands[3] else moves)(call),
    "scatter_add": linear,
    "index_add": linear,
    **dict.fromkeys(MOVED.split(), moves),
}


def factors(name: str, operands: Sequence[Any]) -> int:
    """The number of products that each result of an operation sums; `operands` have shapes."""
    name = name.partition(".")[0]
    if name in ("mm", "bmm", "mv", "dot"):
        return operands[0].shape[-1]
    if name in ("addmm", "baddbmm", "addmv"):
        return operands[1].shape[-1]
    if name == "convolution":
        return math.prod(operands[1].shape[1:])
    return 0
