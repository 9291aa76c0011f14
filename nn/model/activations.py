"""Activation functions by name: one-operand rows of autograd's table, and "identity".

The forward pass uses the row's function on Values, the layered equations its derivative on numbers,
so an operation added to the table, by `autograd.primitive` too, is an activation immediately.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import autograd

from .hints import answering, did_you_mean

__all__ = [
    "USUAL",
    "activation",
    "derivative",
]

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.activations")

USUAL = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus")


def _row(name: Any) -> tuple[autograd.FormulaRule, Callable[[Any], Any]]:
    """The row of an activation, and the operation itself."""
    if not isinstance(name, str):
        raise TypeError(f'an activation is given by its name, as in "relu", not {name!r:.60}')
    rule = autograd.RULES.get(name)
    if isinstance(rule, autograd.FormulaRule) and rule.function is not rule:  # operators have none
        needed = len(rule.operands) - len(rule.defaults)
        if needed == 1:
            return rule, rule.function
    problem = f"no activation {name!r} (define one of your own with @autograd.primitive)"
    if name == "softmax":
        problem = "softmax needs all weighted inputs of a layer: it is an output of MLP, not of one neuron"
    raise ValueError(f"{problem}; the usual ones are {', '.join(USUAL)}{did_you_mean(name, USUAL)}")


def _identity(z: Any) -> Any:
    return z


def activation(name: str) -> Callable[[Any], Any]:
    """The function f of `a = f(z)`: a Value gives a Value, a number a float.

    Raises ValueError if `name` is neither "identity" nor a row of the table with one operand.

    >>> activation("relu")(-2.0)
    0.0
    """
    return _identity if name == "identity" else _row(name)[1]


def derivative(name: str) -> Callable[[float], float]:
    """f′, on plain numbers: the σ′(z) of BP1 and BP2. Raises ValueError as `activation` does.

    >>> derivative("sigmoid")(0.0)
    0.25
    """
    if name == "identity":
        return lambda z: 1.0
    rule, _ = _row(name)
    return lambda z: rule.differentiate(rule.evaluate(z, *rule.defaults), z, *rule.defaults)[0]
