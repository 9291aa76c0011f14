"""Jacobians, Hessians and Hessian-vector products of one example, recorded as outputs of a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..functional.containers import leaves, like
from ..functional.linearization import Linearization, basis
from .calling import Definition


def derived(kind: str, definition: Definition, argnums: Any) -> Definition:
    """The "jacobian", "hessian" or "hvp" of a function, as what a program can be compiled from.

    A vector for "hvp" is one input more. Raises TypeError for `argnums` that are neither indices of inputs
    nor "params", ValueError for an index that no input has and for "params" if there are none.
    """
    f, inputs = definition.f, definition.inputs
    primals = _chosen(inputs, definition.params, argnums)
    if not leaves(primals):
        raise ValueError(f'{kind}: there are no params; with argnums="params", compile needs some')
    vectors = [leaves(primals)] if kind == "hvp" else []
    vectors = [[0.0] * len(vector) for vector in vectors]

    def derivative(params: Any, arguments: list[Any], cost: Any, outputs: Any) -> Any:
        variables = leaves(_chosen(arguments[: len(inputs)], params, argnums))
        if kind == "jacobian":
            results = outputs if leaves(outputs) else cost
            first = Linearization(variables, leaves(results), on_values=True)
            return like(results, [like(primals, row) for row in first.rows()])
        gradient = Linearization(variables, [cost], on_values=True).pull([1.0])
        second = Linearization(variables, gradient, on_values=True)
        if kind == "hvp":
            return like(primals, second.push(leaves(arguments[-1])))
        columns = [second.push(basis(len(variables), i)) for i in range(len(variables))]
        return like(primals, [like(primals, column) for column in columns])  # H is symmetric

    return Definition(
        lambda *arguments: f(*arguments[: len(inputs)]), [*inputs, *vectors], definition.params, derivative
    )


def _chosen(inputs: Sequence[Any], params: Any, argnums: Any) -> Any:
    """The inputs that `argnums` names, or the parameters."""
    if argnums == "params":
        return params
    for index in leaves(argnums):
        if index.__class__ is not int:
            raise TypeError(f'argnums must be an int, a tuple of ints or "params", not {argnums!r:.40}')
        if not -len(inputs) <= index < len(inputs):
            raise ValueError(f'argnums names input {index}, but there are {len(inputs)}; or give "params"')
    return like(argnums, [inputs[index] for index in leaves(argnums)])
