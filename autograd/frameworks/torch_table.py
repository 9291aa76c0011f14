# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The table for PyTorch: one row per ATen operation, on arrays of Values.

A row takes the operands in the order of the operation's schema, defaults included. Views and in-place
operations need no rows (`torch_recording`), nor does what PyTorch itself defines by operations that
have one, such as huber_loss.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from ..operations import functions as ag
from . import arrays
from .arrays import Array, along, contract, elementwise, number, reduce
from .operations import Call, Row, each, linear, moves, whole, with_record

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


def _scaled(alpha: Any, x: Any) -> Any:
    return x if alpha == 1 else alpha * x


def _divided(a: Any, b: Any, rounding: str | None = None) -> Any:
    quotient = a / b
    if rounding is None:
        return quotient
    return ag.floor(quotient) if rounding == "floor" or number(quotient) >= 0 else ag.ceil(quotient)


def _with_bias(bias: Array, a: Array, b: Array, beta: float, alpha: float) -> Array:
    if (beta, alpha) == (1, 1):
        return contract(a, b, bias)
    return elementwise(lambda c, d: _scaled(beta, c) + _scaled(alpha, d), bias, contract(a, b))


def _convolution(
    recorded: list[Any], x: Array, w: Array, bias: Array | None, stride: Any, padding: Any, dilation: Any,
    transposed: bool, _: Any, groups: int,
) -> Array:  # fmt: skip
    ones = [1] * len(stride)
    sizes = recorded[0].shape[2:]
    if not transposed:
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "spread": ones}
        return arrays.convolve(x, w, bias, **settings, sizes=sizes, groups=groups)
    turned = w.reshape((groups, w.shape[0] // groups, *w.shape[1:])).swapaxes(1, 2)
    w = turned.reshape((-1, *turned.shape[2:]))
    padding, dilation = ([-n for n in given] for given in (padding, dilation))
    settings = {"stride": ones, "padding": padding, "dilation": dilation, "spread": stride}
    return arrays.convolve(x, w, bias, **settings, sizes=sizes, groups=groups)


def _max_pool(
    recorded: list[Any], x: Array, kernel: Any, stride: Any, padding: Any, dilation: Any, _: Any
) -> Any:
    n = recorded[1].ndim - x.ndim + len(kernel) if len(kernel) > 1 else 2

    def per_axis(given: Any) -> list[int]:
        listed = list(given) if isinstance(given, (list, tuple)) else [given]
        return listed * n if len(listed) == 1 else listed

    settings = {"kernel": per_axis(kernel), "stride": per_axis(stride or kernel)}
    settings |= {"padding": per_axis(padding), "dilation": per_axis(dilation)}
    return arrays.pooled(ag.maximum, x, recorded[1].shape, **settings), None


def _picked(recorded: list[Any], x: Array, dim: int = -1, keep: bool = False, *_: Any) -> Any:
    """Items at places that PyTorch found along an axis: of max, sort, topk, median."""
    places = recorded[1]
    kept = places if places.ndim == x.ndim else np.expand_dims(places, dim)
    return np.take_along_axis(x, kept, axis=dim).reshape(places.shape), None


def _extreme_along(choose: Callable[..., Any]) -> Callable[..., Any]:
    def row(recorded: list[Any], x: Array, dim: int, keep: bool) -> Any:
        if not x.ndim:
            return x, None
        places = recorded[1] if keep else np.expand_dims(recorded[1], dim)
        lists = np.moveaxis(x, dim, -1).reshape((-1, x.shape[dim]))
        found = np.moveaxis(places, dim, -1).reshape(-1)
        items = [arrays.chosen(choose, list(row), int(at)) for row, at in zip(lists, found, strict=True)]
        return arrays.array(items, recorded[1].shape), None

    return row


def _pool_places(recorded: list[Any], x: Array, *_: Any) -> Any:
    """Items at the places that an adaptive pooling found, counted through the last two axes."""
    flat = x.reshape((*x.shape[:-2], -1))
    places = recorded[1].reshape((*x.shape[:-2], -1))
    return np.take_along_axis(flat, places, axis=-1).reshape(recorded[1].shape), None


def _batch_norm(
    x: Array, weight: Any, bias: Any, mean: Any, variance: Any, training: bool, _: float, eps: float
) -> Any:
    shape = (1, -1) + (1,) * (x.ndim - 2)
    if training:
        axes = [axis for axis in range(x.ndim) if axis != 1]
        y = along(lambda items: arrays.normalized(items, eps), x, axes)
    else:
        y = elementwise(
            lambda x, m, v: (x - m) / ag.sqrt(v + eps), x, mean.reshape(shape), variance.reshape(shape)
        )
    return _affine(y, weight, bias, shape), None, None


def _affine(y: Array, weight: Any, bias: Any, shape: Sequence[int]) -> Array:
    if weight is not None:
        y = elementwise(operator.mul, y, weight.reshape(shape))
    return y if bias is None else elementwise(operator.add, y, bias.reshape(shape))


def _layer_norm(x: Array, shape: Sequence[int], weight: Any, bias: Any, eps: float) -> Any:
    y = along(lambda items: arrays.normalized(items, eps), x, tuple(range(-len(shape), 0)))
    return _affine(y, weight, bias, shape), None, None


def _group_norm(
    x: Array, weight: Any, bias: Any, n: int, channels: int, size: int, groups: int, eps: float
) -> Any:
    y = along(lambda items: arrays.normalized(items, eps), x.reshape((n, groups, -1)), 2).reshape(x.shape)
    return _affine(y, weight, bias, (1, -1) + (1,) * (x.ndim - 2)), None, None


def _embedding(weight: Array, places: Any, padding: int, *_: Any) -> Array:
    found = weight[places]
    if padding >= 0:  # its gradient stays 0 by convention
        found[places == padding] = elementwise(number, found[places == padding])
    return found


def _nll_loss(x: Array, target: Any, weight: Any, reduction: int, ignored: int) -> Any:
    """−xₜ for each target t, as `reduction` says; the mean is weighted."""
    scores = np.moveaxis(x, 1 if x.ndim > 1 else 0, -1).reshape((-1, x.shape[1 if x.ndim > 1 else 0]))
    losses: list[Any] = []
    weights: list[Any] = []
    for row, t in zip(scores, target.reshape(-1), strict=True):
        w = 0.0 if t == ignored else 1.0 if weight is None else weight[t]
        losses.append(_scaled(w, arrays.negative_log_softmax_at(int(t), row)) if t != ignored else 0.0)
        weights.append(w)
    if reduction == 0:
        return arrays.array(losses, target.shape), None
    counted = [loss for loss, t in zip(losses, target.reshape(-1), strict=True) if t != ignored]
    loss = arrays.add_up(counted)
    count = ag.sum(weights)
    return arrays.array([loss if reduction == 2 or count == 1 else loss / count], ()), None


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
        return arrays.largest([abs(item) for item in items])
    if p == 1:
        return arrays.add_up([abs(item) for item in items])
    if not any(map(number, items)):
        return functools.reduce(ag.hypot, [*items, 0.0])  # its derivative is 0 there, by convention
    if p == 2:
        return ag.sqrt(arrays.add_up([item**2 for item in items]))
    return arrays.add_up([abs(item) ** p for item in items]) ** (1 / p)


def _product(items: list[Any]) -> Any:
    return functools.reduce(operator.mul, items)


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
    "add": each(lambda a, b, alpha: a + _scaled(alpha, b)),
    "sub": each(lambda a, b, alpha: a - _scaled(alpha, b)),
    "rsub": each(lambda a, b, alpha: b - _scaled(alpha, a)),
    "mul": each(operator.mul),
    "div": each(_divided),
    "neg": each(operator.neg),
    "pow": each(operator.pow),
    "reciprocal": each(lambda x: 1 / x),
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
    "addmm": whole(_with_bias),
    "baddbmm": whole(_with_bias),
    "mv": whole(lambda a, x: contract(a, x[:, None])[:, 0]),
    "addmv": whole(lambda c, a, x, beta, alpha: _with_bias(c[:, None], a, x[:, None], beta, alpha)[:, 0]),
    "dot": whole(lambda a, b: contract(b[None], a[:, None])[0, 0]),
    "convolution": with_record(_convolution),
    "_trilinear": whole(_trilinear),
    "_cdist_forward": whole(_distances),
    # Reductions
    "sum": _all(arrays.add_up),
    "sum.dim_IntList": _over(arrays.add_up),
    "mean": _all(arrays.mean),
    "mean.dim": _over(arrays.mean),
    "prod": _all(_product),
    "prod.dim_int": _over(_product),
    "amax": _over(arrays.largest),
    "amin": _over(arrays.smallest),
    "max": _all(arrays.largest),
    "min": _all(arrays.smallest),
    "max.dim": with_record(_extreme_along(ag.maximum)),
    "min.dim": with_record(_extreme_along(ag.minimum)),
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
    "native_layer_norm": whole(_layer_norm),
    "native_group_norm": whole(_group_norm),
    "native_batch_norm": whole(_batch_norm),
    "mse_loss": _reduced(lambda a, b: (a - b) ** 2),
    "nll_loss_forward": whole(_nll_loss),
    "nll_loss2d_forward": whole(_nll_loss),
    "native_dropout": with_record(
        lambda recorded, x, p, _: (elementwise(lambda x, kept: x * (kept / (1 - p)), x, recorded[1]), None)
    ),
    # Pooling
    "max_pool2d_with_indices": with_record(_max_pool),
    "max_pool3d_with_indices": with_record(_max_pool),
    "adaptive_max_pool2d": with_record(_pool_places),
    "avg_pool2d": linear,
    "avg_pool3d": linear,
    "_adaptive_avg_pool2d": linear,
    "_adaptive_avg_pool3d": linear,
    "upsample_bilinear2d": linear,
    "upsample_linear1d": linear,
    # Numbers that PyTorch made: drawn at random, or of another's shape only
    **dict.fromkeys(NUMBERS.split(), with_record(lambda recorded, *_: recorded[0])),
    # Items go elsewhere
    "embedding": whole(_embedding),
    "constant_pad_nd": _padded,
    "copy": whole(_copied),
    "fill": each(lambda _, value: value),
    "zero": each(lambda _: 0.0),
    "clone": whole(lambda x, _: x),
    "_to_copy": whole(lambda x, *_: x),
    "sort": with_record(lambda recorded, x, dim, _: _picked(recorded, x, dim)),
    "topk": with_record(lambda recorded, x, _, dim, *__: _picked(recorded, x, dim)),
    "median.dim": with_record(_picked),
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
