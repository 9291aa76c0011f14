# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""Equations of a jaxpr: what they call, whether they have a row, and their results by JAX itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .jax_table import LIBRARY
from .refusals import needed

jnp: Any = needed("jax.numpy", "jax")

# Primitives that call a function, and the parameter that has its jaxpr.
INLINE = {
    "checkpoint": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "remat2": "jaxpr",
}


def apply(equation: Any, operands: Sequence[Any]) -> list[Any]:
    """An equation, computed by JAX."""
    bound = equation.primitive.get_bind_params(equation.params)
    functions, params = bound if isinstance(bound, tuple) else ((), bound)  # by the version of JAX
    results = equation.primitive.bind(*functions, *operands, **params)
    return list(results) if equation.primitive.multiple_results else [results]


def floats(theirs: Any) -> Any:
    """JAX's array as a NumPy array of floats."""
    return np.asarray(theirs).astype(float)


def is_float(given: Any) -> bool:
    """Whether something is an array of floats."""
    return jnp.issubdtype(given.dtype, np.floating) if hasattr(given, "dtype") else False


def is_complex(given: Any) -> bool:
    """Whether something is an array of complex numbers."""
    return jnp.issubdtype(given.dtype, np.complexfloating) if hasattr(given, "dtype") else False


def is_literal(variable: Any) -> bool:
    """Whether an operand of an equation is a number, written in place."""
    return hasattr(variable, "val")


def inner(equation: Any) -> Any:
    """The jaxpr that an equation calls."""
    called = equation.params[INLINE[equation.primitive.name]]
    return getattr(called, "jaxpr", called)


def called(equation: Any) -> str:
    """The name of the function that an equation calls."""
    return str(equation.params.get("name") or getattr(inner(equation).debug_info, "func_name", ""))


def is_of_jax(jaxpr: Any) -> bool:
    """Whether a function is one of JAX's own library."""
    source = str(getattr(jaxpr.debug_info, "func_src_info", "")).replace("\\", "/")
    return "/jax/_src/" in source or "/jax/nn/" in source


def library_row(equation: Any) -> Any:
    """The row for a call of a function in JAX's own library, if there is one."""
    if equation.primitive.name not in INLINE:
        return None
    name, body = called(equation), inner(equation)
    if name not in LIBRARY or not is_of_jax(body):
        return None
    function = LIBRARY[name]
    axes = [e.params["axes"] for e in body.eqns if e.primitive.name == "reduce_max"]
    if name == "log_softmax":
        return (
            (lambda call: function(*call.operands[:1], axes[0])) if len(body.invars) == 1 and axes else None
        )
    return lambda call: function(*call.operands)


def factors(equation: Any) -> int:
    """The number of products that each result of an equation sums."""
    name, params = equation.primitive.name, equation.params
    if name == "dot_general":
        (axes, _), _ = params["dimension_numbers"]
        return math.prod(equation.invars[0].aval.shape[axis] for axis in axes)
    if name == "conv_general_dilated":
        weight = equation.invars[1].aval
        return weight.size // weight.shape[params["dimension_numbers"][1][0]]
    return 0
