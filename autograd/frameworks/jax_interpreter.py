# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""An interpreter of the equations of a jaxpr, on JAX's arrays and on arrays of Values.

Each equation is computed twice, by JAX on its arrays and here on Values. Equations through which no
gradient can pass, such as comparisons and random bits, are computed by JAX alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..nodes.scopes import scope
from ..value import Value
from .arrays import array, data_of, has_values
from .comparison import Difference
from .jax_equations import INLINE, apply, called, floats, inner, is_float, is_literal, library_row
from .jax_table import ROWS
from .operations import Call
from .places import Places, computed, has_new, label, settle
from .refusals import needed

jnp: Any = needed("jax.numpy", "jax")
Path = tuple[tuple[Any, str], ...]


@dataclass(frozen=True, eq=False)
class Lane:
    """One variable of a jaxpr: JAX's array, and the same in Values if it depends on a leaf.

    `tracked` is False behind stop_gradient: the Values are then leaves.
    """

    theirs: Any
    values: Any = None
    tracked: bool = False

    @property
    def operand(self) -> Any:
        """An array of scalars for floats, else a NumPy array."""
        if self.values is not None:
            return self.values
        return floats(self.theirs).astype(object) if is_float(self.theirs) else np.asarray(self.theirs)


class Interpreter:
    """Computes the equations of a jaxpr on lanes."""

    def __init__(self) -> None:
        self.rows: list[Difference] = []
        self._places = Places()
        self._applied: list[tuple[Path, scope]] = []
        self._calls = 0

    @property
    def boxes(self) -> frozenset[scope]:
        """The innermost scopes that the user's code named, and the operations outside of these."""
        parents = {path[:n] for path, _ in self._applied for n in range(len(path))}
        found = [
            self._places.within(path) if path and path not in parents else p for path, p in self._applied
        ]
        return frozenset(filter(None, found))

    def jaxpr(self, jaxpr: Any, consts: Sequence[Any], lanes: Sequence[Lane], path: Path) -> list[Lane]:
        """The results of a jaxpr, computed in the scopes of a path."""
        known = dict(zip(jaxpr.constvars, map(Lane, consts), strict=True))
        known.update(zip(jaxpr.invars, lanes, strict=True))

        def read(variable: Any) -> Lane:
            return Lane(jnp.asarray(variable.val)) if is_literal(variable) else known[variable]

        for equation in jaxpr.eqns:
            operands = [read(variable) for variable in equation.invars]
            around = (*path, *_named_scopes(equation, path))
            if any(lane.tracked for lane in operands) and any(is_float(v.aval) for v in equation.outvars):
                results = self.equation(equation, operands, around)
            else:
                results = [Lane(result) for result in apply(equation, [lane.theirs for lane in operands])]
            known.update(zip(equation.outvars, results, strict=True))
        return [read(variable) for variable in jaxpr.outvars]

    def equation(self, equation: Any, operands: list[Lane], path: Path) -> list[Lane]:
        """The results of one equation."""
        name, params = equation.primitive.name, equation.params
        if name == "stop_gradient":
            return [self._stopped(lane) for lane in operands]
        if name == "scan":
            return self._scan(params, operands, path)
        if name == "cond":
            branch = params["branches"][int(operands[0].theirs)]
            return self.jaxpr(branch.jaxpr, branch.consts, operands[1:], path)
        library = library_row(equation)
        if name in INLINE and library is None:
            function = called(equation)
            if function and function[0] not in "_<":  # a private helper of JAX, a lambda
                path = (*path, self._call(function))
            consts = getattr(params[INLINE[name]], "consts", ())
            return self.jaxpr(inner(equation), consts, operands, path)
        return self._row(
            equation, operands, path, library or ROWS[name], called(equation) if library else name
        )

    def _call(self, name: str) -> tuple[Any, str]:
        self._calls += 1
        return ("call", self._calls), name

    def _stopped(self, lane: Lane) -> Lane:
        """Leaves in the place of results through which no gradient passes, shown as such."""
        if lane.values is None:
            return lane
        flat = [
            Value(v.data, f"stop_gradient({v.label})" if v.label else "stop_gradient")
            if isinstance(v, Value)
            else v
            for v in lane.values.flat
        ]
        return Lane(lane.theirs, array(flat, lane.values.shape))

    def _scan(self, params: Any, operands: list[Lane], path: Path) -> list[Lane]:
        """The body, once a step; each step is a scope."""
        body, length = params["jaxpr"], params["length"]
        first, last = params["num_consts"], params["num_consts"] + params["num_carry"]
        consts, carry, xs = operands[:first], operands[first:last], operands[last:]
        steps: list[list[Lane]] = []
        for step in reversed(range(length)) if params["reverse"] else range(length):
            given = [
                Lane(x.theirs[step], None if x.values is None else array(x.values[step]), x.tracked)
                for x in xs
            ]
            around = (*path, (self._call("step")[0], f"step {step}"))
            results = self.jaxpr(body.jaxpr, body.consts, [*consts, *carry, *given], around)
            carry, ys = results[: len(carry)], results[len(carry) :]
            steps.append(ys)
        if params["reverse"]:
            steps.reverse()
        return [*carry, *map(_stacked, zip(*steps, strict=True))]

    def _row(self, equation: Any, operands: list[Lane], path: Path, row: Any, name: str) -> list[Lane]:
        theirs = apply(equation, [lane.theirs for lane in operands])
        recorded = [floats(result) if is_float(result) else np.asarray(result) for result in theirs]

        def run(*given: Any) -> list[Any]:
            return [np.asarray(result) for result in apply(equation, [_as_jax(x) for x in given])]

        is_primitive = equation.primitive.name in ROWS
        options = dict(equation.params) if is_primitive else {}
        call = Call(name, [lane.operand for lane in operands], options, recorded, run)
        place = self._places.new(name, self._places.within(path))
        source = f"JAX's {equation.primitive.name}"
        results = [array(values) for values in computed(row, call, place, source)]
        if any(map(has_new, results)):
            self._applied.append((path, place))
            shown = self._places.result(name)
            for result, numbers, values in zip(theirs, recorded, results, strict=True):
                label(values, shown)
                settle(values, place)
                self.rows.append(Difference("value", shown, data_of(values), numbers, str(result.dtype)))
        return [
            Lane(result, values, has_values(values)) if is_float(result) else Lane(result)
            for result, values in zip(theirs, results, strict=True)
        ]


def _stacked(lanes: Sequence[Lane]) -> Lane:
    theirs = jnp.stack([lane.theirs for lane in lanes])
    tracked = any(lane.tracked for lane in lanes)
    if not tracked:
        return Lane(theirs)
    return Lane(theirs, np.stack([lane.operand for lane in lanes]), True)


def _as_jax(given: Any) -> Any:
    return jnp.asarray(given.astype(jnp.float_) if given.dtype == float else given)


def _named_scopes(equation: Any, path: Path) -> Path:
    """The jax.named_scope blocks that an equation was written in; "vmap(layer)" is "layer"."""
    stack = re.sub(r"\w+\(|\)", "", str(equation.source_info.name_stack))
    return tuple((("scope", path, name), name) for name in stack.split("/") if name)
