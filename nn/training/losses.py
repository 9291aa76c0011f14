"""Costs of one example, from a network's outputs and its target; a batch costs the mean.

Each docstring states the output error: the derivative by the output, ∂C/∂a, which for the losses
"from logits" is the derivative by the last weighted input z.

Targets may be Values too, another network's outputs for instance: they get gradients as well, and what
is said below about which targets are refused is then not checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import autograd
from autograd import Value

from .targets import has_values, pairs, probabilities


def quadratic(outputs: Iterable[Any], targets: Any) -> Any:
    """C = ½ Σ (a_k − y_k)² (Nielsen ch. 2, eq. 26); ∂C/∂a_k = a_k − y_k.

    Raises ValueError where there are not as many targets as outputs.

    >>> quadratic([Value(0.5), Value(1.0)], [0.0, 1.0]).data
    0.125
    """
    return 0.5 * _total([(a - y) ** 2 for a, y in pairs("quadratic", outputs, targets)])


def mean_squared_error(outputs: Iterable[Any], targets: Any) -> Any:
    """C = 1/K Σ (a_k − y_k)² over the K outputs; ∂C/∂a_k = 2 (a_k − y_k) / K.

    The quadratic cost with another factor. Raises ValueError as `quadratic` does.

    >>> mean_squared_error([Value(0.5), Value(1.0)], [0.0, 1.0]).data
    0.125
    """
    squares = [(a - y) ** 2 for a, y in pairs("mean_squared_error", outputs, targets)]
    return _total(squares) / len(squares) if len(squares) > 1 else squares[0]


def cross_entropy(logits: Iterable[Any], target: Any) -> Any:
    """C = −Σ t_k log softmax(z)_k, from logits; ∂C/∂z_k = softmax(z)_k − t_k.

    `target` is a class index (a single node then), or a list of probabilities, one-hot for instance.
    Raises ValueError for an index that is no class, for probabilities that are negative or don't
    add up to 1, and for outputs of a softmax, whose softmax would be taken twice.

    >>> z = [Value(2.0), Value(2.0)]
    >>> cross_entropy(z, 1).data == cross_entropy(z, [0.0, 1.0]).data
    True
    """
    zs = list(logits)
    if any(isinstance(z, Value) and z.op == "softmax" for z in zs):
        raise ValueError(
            "cross_entropy takes logits, and these are outputs of softmax already: "
            'use a network with output="identity"'
        )
    if not isinstance(target, Iterable):
        return autograd.cross_entropy(zs, target)
    if has_values(target):
        total = autograd.logsumexp(zs)
        return _total([t * (total - z) for z, t in pairs("cross_entropy", zs, target)])
    weights = probabilities("cross_entropy", zs, target)
    if 1.0 in weights:
        return autograd.cross_entropy(zs, weights.index(1.0))
    return _total([t * autograd.cross_entropy(zs, k) for k, t in enumerate(weights) if t])


def cross_entropy_of_probabilities(outputs: Iterable[Any], target: Any) -> Any:
    """C = −Σ t_k log y_k, from probabilities such as a softmax gives; ∂C/∂y_k = −t_k / y_k.

    Less accurate than `cross_entropy` from logits, and undefined where y_k is rounded to 0: then it
    raises DomainError. `target` is a class index or a list, as there.

    >>> round(cross_entropy_of_probabilities([Value(0.25), Value(0.75)], 1).data, 6)
    0.287682
    """
    ys = list(outputs)
    if has_values(target):
        terms: list[Any] = []
        for y, t in pairs("cross_entropy_of_probabilities", ys, target):
            terms.append(t * autograd.log(y))
        return -_total(terms)
    weights = probabilities("cross_entropy_of_probabilities", ys, target)
    return -_total([t * autograd.log(y) if t != 1.0 else autograd.log(y) for y, t in zip(ys, weights) if t])


def binary_cross_entropy(logits: Iterable[Any], targets: Any) -> Any:
    """C = −Σ [y log σ(z) + (1 − y) log σ(−z)], from logits; ∂C/∂z = σ(z) − y.

    Written as y·softplus(−z) + (1 − y)·softplus(z), which keeps its relative accuracy where σ(z) is
    within rounding of 0 or 1. Raises ValueError for a target outside 0 … 1.

    >>> binary_cross_entropy([Value(-40.0)], 0).data
    4.248354255291589e-18
    """
    terms: list[Any] = []
    for z, y in pairs("binary_cross_entropy", logits, targets):
        if isinstance(y, Value):
            terms.append(y * autograd.softplus(-z) + (1.0 - y) * autograd.softplus(z))
            continue
        if not 0.0 <= y <= 1.0:
            raise ValueError(f"binary_cross_entropy: a target must lie between 0 and 1, not {y}")
        if y > 0.0:
            terms.append(y * autograd.softplus(-z) if y < 1.0 else autograd.softplus(-z))
        if y < 1.0:
            terms.append((1.0 - y) * autograd.softplus(z) if y > 0.0 else autograd.softplus(z))
    return _total(terms)


def hinge(outputs: Iterable[Any], targets: Any) -> Any:
    """C = Σ max(0, 1 − y a), the max-margin loss for labels y = −1 or 1; ∂C/∂a = −y where y a < 1, else 0.

    Raises ValueError for another label: labels 0 and 1 become −1 and 1 by 2·y − 1.

    >>> hinge([Value(0.25)], 1).data, hinge([Value(-3.0)], -1).data
    (0.75, 0.0)
    """
    terms: list[Any] = []
    for a, y in pairs("hinge", outputs, targets):
        if not isinstance(y, Value) and y not in (-1, 1):
            raise ValueError(f"hinge: a label must be -1 or 1, not {y!r}; 2*y - 1 makes them from 0 and 1")
        terms.append(autograd.relu(1.0 - y * a))
    return _total(terms)


def l2_penalty(parameters: Iterable[Value], alpha: float) -> Value:
    """α Σ p², to be added to the mean cost of a batch; ∂/∂p = 2 α p.

    It is no mean over examples and no function of the outputs, so it lies outside the chapter's two
    assumptions: BP1–BP4 hold for the rest of the cost, and 2 α p is added to their gradients.

    >>> l2_penalty([Value(3.0), Value(4.0)], 0.5).data
    12.5
    """
    ps = list(parameters)
    return alpha * autograd.dot(ps, ps)


def _total(terms: list[Any]) -> Any:
    """The sum, which is the term itself where there is one: no node for nothing."""
    return autograd.sum(terms) if len(terms) > 1 else terms[0]


Loss = Callable[[list[Any], Any], Any]

LOSSES: dict[str, Loss] = {
    "quadratic": quadratic,
    "mean_squared_error": mean_squared_error,
    "cross_entropy": cross_entropy,
    "cross_entropy_of_probabilities": cross_entropy_of_probabilities,
    "binary_cross_entropy": binary_cross_entropy,
    "hinge": hinge,
}


def named(loss: str | Loss) -> Loss:
    """The loss of that name, or the function itself. Raises ValueError for an unknown name."""
    if callable(loss):
        return loss
    if loss not in LOSSES:
        raise ValueError(f"no loss {loss!r}; there are {', '.join(LOSSES)}")
    return LOSSES[loss]
