# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The rows of PyTorch's table that take more than a line: convolution, pooling, normalization, losses."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..operations import functions as ag
from . import arrays, products
from .arrays import Array, along, elementwise, number
from .products import contract


def scaled(alpha: Any, x: Any) -> Any:
    """alpha·x, without a product if alpha is 1."""
    return x if alpha == 1 else alpha * x


def with_bias(bias: Array, a: Array, b: Array, beta: float, alpha: float) -> Array:
    """beta·bias + alpha·(a @ b)."""
    if (beta, alpha) == (1, 1):
        return contract(a, b, bias)
    return elementwise(lambda c, d: scaled(beta, c) + scaled(alpha, d), bias, contract(a, b))


def convolution(
    recorded: list[Any], x: Array, w: Array, bias: Array | None, stride: Any, padding: Any, dilation: Any,
    transposed: bool, _: Any, groups: int,
) -> Array:  # fmt: skip
    """A convolution in groups; a transposed one spreads its input instead of stepping over it."""
    ones = [1] * len(stride)
    sizes = recorded[0].shape[2:]
    if not transposed:
        settings = {"stride": stride, "padding": padding, "dilation": dilation, "spread": ones}
        return products.convolve(x, w, bias, **settings, sizes=sizes, groups=groups)
    turned = w.reshape((groups, w.shape[0] // groups, *w.shape[1:])).swapaxes(1, 2)
    w = turned.reshape((-1, *turned.shape[2:]))
    padding, dilation = ([-n for n in given] for given in (padding, dilation))
    settings = {"stride": ones, "padding": padding, "dilation": dilation, "spread": stride}
    return products.convolve(x, w, bias, **settings, sizes=sizes, groups=groups)


def max_pool(
    recorded: list[Any], x: Array, kernel: Any, stride: Any, padding: Any, dilation: Any, _: Any
) -> Any:
    """The largest item in each window; the places where PyTorch found it pass no gradient."""
    n = recorded[1].ndim - x.ndim + len(kernel) if len(kernel) > 1 else 2

    def per_axis(given: Any) -> list[int]:
        listed = list(given) if isinstance(given, (list, tuple)) else [given]
        return listed * n if len(listed) == 1 else listed

    settings = {"kernel": per_axis(kernel), "stride": per_axis(stride or kernel)}
    settings |= {"padding": per_axis(padding), "dilation": per_axis(dilation)}
    return products.pooled(ag.maximum, x, recorded[1].shape, **settings), None


def picked(recorded: list[Any], x: Array, dim: int = -1, keep: bool = False, *_: Any) -> Any:
    """Items at places that PyTorch found along an axis: of max, sort, topk, median."""
    places = recorded[1]
    kept = places if places.ndim == x.ndim else np.expand_dims(places, dim)
    return np.take_along_axis(x, kept, axis=dim).reshape(places.shape), None


def extreme_along(choose: Callable[..., Any]) -> Callable[..., Any]:
    """The largest or smallest item along an axis, at the place where PyTorch found it."""

    def row(recorded: list[Any], x: Array, dim: int, keep: bool) -> Any:
        if not x.ndim:
            return x, None
        places = recorded[1] if keep else np.expand_dims(recorded[1], dim)
        lists = np.moveaxis(x, dim, -1).reshape((-1, x.shape[dim]))
        found = np.moveaxis(places, dim, -1).reshape(-1)
        items = [products.chosen(choose, list(row), int(at)) for row, at in zip(lists, found, strict=True)]
        return arrays.array(items, recorded[1].shape), None

    return row


def pool_places(recorded: list[Any], x: Array, *_: Any) -> Any:
    """Items at the places that an adaptive pooling found, counted through the last two axes."""
    flat = x.reshape((*x.shape[:-2], -1))
    places = recorded[1].reshape((*x.shape[:-2], -1))
    return np.take_along_axis(flat, places, axis=-1).reshape(recorded[1].shape), None


def batch_norm(
    x: Array, weight: Any, bias: Any, mean: Any, variance: Any, training: bool, _: float, eps: float
) -> Any:
    """By the mean and variance of the batch in training, else by the running ones."""
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


def layer_norm(x: Array, shape: Sequence[int], weight: Any, bias: Any, eps: float) -> Any:
    """By the mean and variance over the last axes."""
    y = along(lambda items: arrays.normalized(items, eps), x, tuple(range(-len(shape), 0)))
    return _affine(y, weight, bias, shape), None, None


def group_norm(
    x: Array, weight: Any, bias: Any, n: int, channels: int, size: int, groups: int, eps: float
) -> Any:
    """By the mean and variance over each group of channels."""
    y = along(lambda items: arrays.normalized(items, eps), x.reshape((n, groups, -1)), 2).reshape(x.shape)
    return _affine(y, weight, bias, (1, -1) + (1,) * (x.ndim - 2)), None, None


def embedding(weight: Array, places: Any, padding: int, *_: Any) -> Array:
    """The rows of a matrix at places."""
    found = weight[places]
    if padding >= 0:  # its gradient stays 0 by convention
        found[places == padding] = elementwise(number, found[places == padding])
    return found


def nll_loss(x: Array, target: Any, weight: Any, reduction: int, ignored: int) -> Any:
    """−xₜ for each target t, as `reduction` says; the mean is weighted."""
    scores = np.moveaxis(x, 1 if x.ndim > 1 else 0, -1).reshape((-1, x.shape[1 if x.ndim > 1 else 0]))
    losses: list[Any] = []
    weights: list[Any] = []
    for row, t in zip(scores, target.reshape(-1), strict=True):
        w = 0.0 if t == ignored else 1.0 if weight is None else weight[t]
        losses.append(scaled(w, arrays.negative(row[int(t)])) if t != ignored else 0.0)
        weights.append(w)
    if reduction == 0:
        return arrays.array(losses, target.shape), None
    counted = [loss for loss, t in zip(losses, target.reshape(-1), strict=True) if t != ignored]
    loss = arrays.add_up(counted)
    count = ag.sum(weights)
    return arrays.array([loss if reduction == 2 or count == 1 else loss / count], ()), None
