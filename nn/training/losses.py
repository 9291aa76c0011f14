"""Costs of one example, from a network's outputs and its target; a batch costs the mean.

Each docstring states the output error: the derivative with respect to the output, ∂C/∂a, which for the
losses "from logits" is the derivative with respect to the last weighted input z. Outputs are a list, or a
bare number if there is one. Numbers give a number, Values a Value.

Targets may be Values too, another network's outputs for instance: they get gradients as well, and the
conditions that are stated below for targets are then not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import autograd
from autograd import Value

from ..model.hints import answering, did_you_mean
from ..model.numbers import unwrapped
from ..model.parameters import Parameters, values_of
from .targets import has_values, listed, pairs, probabilities

__all__ = [
    "LOSSES",
    "Loss",
    "LossName",
    "binary_cross_entropy",
    "binary_cross_entropy_of_probabilities",
    "cross_entropy",
    "cross_entropy_of_probabilities",
    "hinge",
    "l2_penalty",
    "mean_squared_error",
    "named",
    "quadratic",
]

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.losses")

_LOGS: tuple[Any, Any] = autograd.log, autograd.log1p
Number = TypeVar("Number", Value, float)
Target = Value | float | Iterable[Any]
Loss = Callable[[list[Any], Any], Any]
LossName = Literal[
    "quadratic",
    "mean_squared_error",
    "mse",
    "cross_entropy",
    "ce",
    "cross_entropy_of_probabilities",
    "binary_cross_entropy",
    "bce",
    "binary_cross_entropy_of_probabilities",
    "hinge",
]


def quadratic(outputs: Iterable[Number] | Number, target: Target) -> Number:
    """C = ½ Σ (a_k − y_k)² (Nielsen, chapter 2, eq. 26); ∂C/∂a_k = a_k − y_k.

    Raises ValueError if there are not as many targets as outputs.

    >>> quadratic([Value(0.5), Value(1.0)], [0.0, 1.0]).data
    0.125
    """
    return 0.5 * _total([(a - y) ** 2 for a, y in pairs("quadratic", outputs, target)])


def mean_squared_error(outputs: Iterable[Number] | Number, target: Target) -> Number:
    """C = 1/K Σ (a_k − y_k)² over the K outputs; ∂C/∂a_k = 2 (a_k − y_k) / K.

    The quadratic cost with another factor. Raises ValueError as `quadratic` does.

    >>> mean_squared_error([Value(0.5), Value(1.0)], [0.0, 1.0]).data
    0.125
    """
    squares = [(a - y) ** 2 for a, y in pairs("mean_squared_error", outputs, target)]
    return _total(squares) / len(squares) if len(squares) > 1 else squares[0]


def cross_entropy(logits: Iterable[Number] | Number, target: Target) -> Number:
    """C = −Σ t_k log softmax(z)_k, from logits; ∂C/∂z_k = softmax(z)_k − t_k.

    `target` is a class index (the cost is then a single node), or a list of probabilities, one-hot for
    instance. Raises ValueError for an index that is not a class, for probabilities that are negative or
    don't add up to 1, and for outputs of softmax or sigmoid, which are not logits.

    >>> z = [Value(2.0), Value(2.0)]
    >>> cross_entropy(z, 1).data == cross_entropy(z, [0.0, 1.0]).data
    True
    """
    zs, target = _logits("cross_entropy", logits), unwrapped(target)
    if not isinstance(target, Iterable):
        return autograd.cross_entropy(zs, target)  # pyright: ignore
    if has_values(target):
        total = autograd.logsumexp(zs)
        return _total([t * (total - z) for z, t in pairs("cross_entropy", zs, target)])
    weights = probabilities("cross_entropy", zs, target)
    if 1.0 in weights:
        return autograd.cross_entropy(zs, weights.index(1.0))
    return _total([t * autograd.cross_entropy(zs, k) for k, t in enumerate(weights) if t])


def cross_entropy_of_probabilities(outputs: Iterable[Number] | Number, target: Target) -> Number:
    """C = −Σ t_k log y_k, from probabilities such as softmax gives; ∂C/∂y_k = −t_k / y_k.

    Less accurate than `cross_entropy` from logits, and undefined if a y_k is rounded to 0: then it
    raises DomainError. `target` is a class index or a list, as for `cross_entropy`.

    >>> round(cross_entropy_of_probabilities([Value(0.25), Value(0.75)], 1).data, 6)
    0.287682
    """
    name, ys = "cross_entropy_of_probabilities", listed(outputs)
    if has_values(target):
        return -_total([t * autograd.log(y) for y, t in pairs(name, ys, target)])
    weights = probabilities(name, ys, target)
    return -_total([_times(t, autograd.log(y)) for y, t in zip(ys, weights) if t])


def binary_cross_entropy(logits: Iterable[Number] | Number, target: Target) -> Number:
    """C = −Σ [y log σ(z) + (1 − y) log σ(−z)], from logits; ∂C/∂z = σ(z) − y.

    Computed as y·softplus(−z) + (1 − y)·softplus(z), which keeps its relative accuracy if σ(z) is
    within rounding of 0 or 1. Raises ValueError for a target outside 0 … 1, and for outputs of sigmoid
    or softmax, which are not logits.

    >>> binary_cross_entropy([Value(-40.0)], 0).data
    4.248354255291589e-18
    """
    name = "binary_cross_entropy"
    outputs = pairs(name, _logits(name, logits), target)
    softplus: Any = autograd.softplus
    return _two_sided(name, outputs, lambda z: softplus(-z), softplus)


def binary_cross_entropy_of_probabilities(outputs: Iterable[Number] | Number, target: Target) -> Number:
    """C = −Σ [y log a + (1 − y) log(1 − a)], from probabilities.

    ∂C/∂a = (a − y) / (a (1 − a)); the a are outputs of σ, for instance. Less accurate than
    `binary_cross_entropy` from logits, and undefined if an a is rounded to 0 or 1:
    then it raises DomainError. Raises ValueError for a target outside 0 … 1.

    >>> round(binary_cross_entropy_of_probabilities(Value(0.25), 1).data, 6)
    1.386294
    """
    name, log, log1p = "binary_cross_entropy_of_probabilities", *_LOGS
    return _two_sided(name, pairs(name, outputs, target), lambda a: -log(a), lambda a: -log1p(-a))


def hinge(outputs: Iterable[Number] | Number, target: Target) -> Number:
    """C = Σ max(0, 1 − y a), the max-margin loss for labels y = −1 or 1; ∂C/∂a = −y if y a < 1, else 0.

    Raises ValueError for another label: labels 0 and 1 become −1 and 1 by 2·y − 1.

    >>> hinge([Value(0.25)], 1).data, hinge([Value(-3.0)], -1).data
    (0.75, 0.0)
    """
    terms: list[Any] = []
    for a, y in pairs("hinge", outputs, target):
        if not isinstance(y, Value) and y not in (-1, 1):
            raise ValueError(f"hinge: a label must be -1 or 1, not {y!r}; 2*y - 1 makes them from 0 and 1")
        terms.append(autograd.relu(1.0 - y * a))
    return _total(terms)


def l2_penalty(parameters: Parameters, alpha: float) -> Value:
    """α Σ p² of Values or a network, to be added to the mean cost of a batch; ∂/∂p = 2 α p.

    It is neither a mean over examples nor a function of the outputs, so it lies outside the chapter's two
    assumptions: BP1–BP4 hold for the rest of the cost, and 2 α p is added to their gradients.

    >>> l2_penalty([Value(3.0), Value(4.0)], 0.5).data
    12.5
    """
    ps = values_of(parameters)
    return alpha * autograd.dot(ps, ps)


def _logits(loss: str, outputs: Any) -> list[Any]:
    """The outputs as a list; ValueError if they are probabilities already."""
    zs = listed(outputs)
    for z in zs:
        if isinstance(z, Value) and z.op in ("softmax", "sigmoid"):
            raise not_logits(loss, z.op)
    return zs


def not_logits(loss: str, activation: str) -> ValueError:
    """The error of a loss from logits that meets probabilities."""
    other = "cross_entropy_of_probabilities"
    if activation == "sigmoid":
        other = f"binary_{other}"
    return ValueError(
        f"{loss} takes logits, and these are outputs of {activation} already: "
        f'use a network with output="identity", or the loss {other}'
    )


def _two_sided(
    loss: str, outputs: list[tuple[Any, Any]], if_1: Callable[[Any], Any], if_0: Callable[[Any], Any]
) -> Any:
    """Σ y·if_1(a) + (1 − y)·if_0(a), without the terms that are 0."""
    terms: list[Any] = []
    for a, y in outputs:
        if isinstance(y, Value):
            terms.append(y * if_1(a) + (1.0 - y) * if_0(a))
            continue
        if not 0.0 <= y <= 1.0:
            raise ValueError(f"{loss}: a target must lie between 0 and 1, not {y}")
        if y > 0.0:
            terms.append(_times(y, if_1(a)))
        if y < 1.0:
            terms.append(_times(1.0 - y, if_0(a)))
    return _total(terms)


def _times(weight: float, term: Any) -> Any:
    """The product; a weight of 1 adds no node."""
    return term if weight == 1.0 else weight * term


def _total(terms: list[Any]) -> Any:
    """The sum; a single term is its own sum and adds no node."""
    return autograd.sum(terms) if len(terms) > 1 else terms[0]


_ALL: tuple[Callable[..., Any], ...] = (
    quadratic,
    mean_squared_error,
    cross_entropy,
    cross_entropy_of_probabilities,
    binary_cross_entropy,
    binary_cross_entropy_of_probabilities,
    hinge,
)
LOSSES: dict[str, Loss] = {loss.__name__: loss for loss in _ALL}
SHORT = {"mse": "mean_squared_error", "ce": "cross_entropy", "bce": "binary_cross_entropy"}


def named(loss: LossName | Loss) -> Loss:
    """The loss of that name, or the function itself. Raises ValueError for an unknown name."""
    if callable(loss):
        return loss
    if (name := SHORT.get(loss, loss)) not in LOSSES:
        names = (*LOSSES, *SHORT)
        raise ValueError(f"no loss {loss!r}; there are {', '.join(names)}{did_you_mean(loss, names)}")
    return LOSSES[name]
