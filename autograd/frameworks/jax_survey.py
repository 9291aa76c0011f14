# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""A look at a jaxpr before it is computed: operations without a row, and the number of scalars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .jax_equations import (
    INLINE,
    called,
    factors,
    inner,
    is_complex,
    is_float,
    is_literal,
    is_of_jax,
    library_row,
)
from .jax_table import ROWS


class Survey:
    """The operations without a row and the number of scalars of a jaxpr, found without computing."""

    def __init__(self) -> None:
        self.uncovered: list[str] = []
        self.scalars: dict[str, int] = {}

    def count(self, name: str, scalars: int) -> None:
        """Add to the scalars of an operation."""
        self.scalars[name] = self.scalars.get(name, 0) + scalars

    def jaxpr(self, jaxpr: Any, tracked: Sequence[bool], times: int) -> list[bool]:
        """Which results depend on tracked inputs; the equations count `times` times."""
        known = dict(zip(jaxpr.invars, tracked, strict=True))

        def read(variable: Any) -> bool:
            return not is_literal(variable) and known.get(variable, False)

        for equation in jaxpr.eqns:
            inputs = [read(variable) for variable in equation.invars]
            floats = [is_float(variable.aval) for variable in equation.outvars]
            passes = [False] * len(floats)
            if any(inputs) and any(is_complex(variable.aval) for variable in equation.outvars):
                self.uncovered.append(f"complex numbers, such as those of {equation.primitive.name}")
            if any(inputs) and any(floats):
                passes = self.equation(equation, inputs, times)
            known.update(
                zip(equation.outvars, (a and b for a, b in zip(passes, floats, strict=True)), strict=True)
            )
        return [read(variable) for variable in jaxpr.outvars]

    def equation(self, equation: Any, inputs: list[bool], times: int) -> list[bool]:
        """Which results of an equation depend on tracked inputs."""
        name, params = equation.primitive.name, equation.params
        if name == "stop_gradient":
            return [False] * len(equation.outvars)
        if name == "scan":
            return self._scan(params, inputs, times)
        if name == "cond":
            branches = [self.jaxpr(branch.jaxpr, inputs[1:], times) for branch in params["branches"]]
            return [any(passes) for passes in zip(*branches, strict=True)]
        if name in INLINE and library_row(equation) is None:
            if name.startswith("custom_") and not is_of_jax(inner(equation)):
                self.uncovered.append(f"{called(equation)}, whose derivative is a {name[:10]} of your own,")
            return self.jaxpr(inner(equation), inputs, times)
        if name not in ROWS and library_row(equation) is None:
            advice = (
                ", which JAX itself can't differentiate in reverse (write a scan)" if name == "while" else ""
            )
            self.uncovered.append(name + advice)
        size = sum(variable.aval.size for variable in equation.outvars)
        self.count(name, size * (1 + factors(equation)) * times)
        return [True] * len(equation.outvars)

    def _scan(self, params: Any, inputs: list[bool], times: int) -> list[bool]:
        body, consts, carries = params["jaxpr"].jaxpr, params["num_consts"], params["num_carry"]
        carry = inputs[consts : consts + carries]
        while True:
            trial = Survey()
            around = [*inputs[:consts], *carry, *inputs[consts + carries :]]
            results = trial.jaxpr(body, around, times * params["length"])
            grown = [a or b for a, b in zip(carry, results, strict=False)]
            if grown == carry:
                break
            carry = grown
        self.uncovered += trial.uncovered
        for name, scalars in trial.scalars.items():
            self.count(name, scalars)
        return results
