"""Arrays as functional code on the Python Array API standard: NumPy, PyTorch, JAX, Dask.

Nothing is changed in place and nothing depends on values, so JAX can jit the function and Dask can
spread the examples over a cluster. Every array is kept as (rows, examples). Constants take the precision
and the device of the parameters, or without parameters of the inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..table.formulas import function
from ..table.row import RULES
from .arrays import COMPARISONS, VIEWS, Array, examples, full_shape, numpy, ordered
from .libraries import like, mover, name_of, special
from .shapes import stepping


class FunctionalSource:
    """`code` is the source of a function of (parameters, X0, X1, …) that returns the roots."""

    def __init__(self, roots: Sequence[Array], inputs: int, xp: Any) -> None:
        self.xp = xp
        self.namespace: dict[str, Any] = {
            "xp": xp,
            "LN2": math.log(2.0),
            "like": partial(like, xp, mover(xp)),
        }
        self.constants = {"one": xp.asarray(numpy().ones(1)), "zero": xp.asarray(numpy().zeros(1))}
        self.lines: list[str] = []
        self.names: dict[Any, str] = {}  # of expressions and of arrays, each as (rows, examples)
        for array in ordered(roots):
            if array.op not in VIEWS - {"strided"} | {"weight"}:
                self.names[array] = self._name(getattr(self, f"_{array.op}", self._elementwise)(array))
        results = ", ".join(self.flat(root) for root in roots)
        arguments = ", ".join(["parameters", *(f"X{k}" for k in range(inputs))])
        lines = [f"m = {'X0.shape[0]' if inputs else '1'}", *self.lines, f"return {results}"]
        self.namespace["constants"] = list(self.constants.values())
        lines.insert(0, f"{', '.join(self.constants)} = like([{arguments}], constants)")
        self.code = f"def run({arguments}):\n" + "".join(f"    {line}\n" for line in lines)

    def function(self) -> Callable[..., Any]:
        """The function that the code defines."""
        return function(self.code, "run", self.namespace, f"autograd functional {id(self)}")

    def _name(self, text: str) -> str:
        if text not in self.names:
            self.names[text] = f"v{len(self.lines)}"
            self.lines.append(f"{self.names[text]} = {text}")
        return self.names[text]

    def _object(self, thing: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = self.xp.asarray(thing)
        return name

    # Dask can split an axis, or merge some, but not do both in one reshape; so all are of one kind.
    def _in_rows(self, text: str, array: Array) -> str:
        """(rows, examples) of an array whose rows have the array's shape."""
        return text if len(array.shape) == 1 else f"xp.reshape({text}, ({array.size}, {examples(array)}))"

    def flat(self, array: Array) -> str:
        """The array as (rows, examples)."""
        base = array.args[0] if array.op == "reshape" else array
        if base in self.names:
            return self.names[base]
        text = self.text(base)
        return text if len(base.shape) == 1 else self._name(self._in_rows(text, base))

    def text(self, array: Array) -> str:
        """The array in its shape, with the examples last."""
        of: Any = array.args[0] if array.args else None
        args = array.args[1:]
        if array.op == "weight":
            return f"({of!r} / m)"
        if array.op == "slice":
            return self._name(f"{self.text(of)}[{':'.join(map(str, args if args[2] != 1 else args[:2]))}, :]")
        if array.op == "transpose":
            return self._name(f"xp.permute_dims({self.text(of)}, {(*args[0], len(args[0]))})")
        if array.op == "expand":
            return self._name(f"xp.broadcast_to({self.text(of)}, {full_shape(array)})")
        if len(array.shape) == 1:
            return self.flat(array)
        return self._name(f"xp.reshape({self.flat(array)}, {full_shape(array)})")

    def _operand(self, arg: Any) -> str:
        return self.text(arg) if isinstance(arg, Array) else repr(arg)

    # Leaves
    def _params(self, array: Array) -> str:
        return "xp.expand_dims(parameters, axis=1)"

    def _input(self, array: Array) -> str:
        return f"xp.permute_dims({array.args[0]}, (1, 0))"

    def _constants(self, array: Array) -> str:
        return self._object(array.args[0].reshape(-1, 1))

    def _zeros(self, array: Array) -> str:
        return f"xp.broadcast_to(zero, ({array.size}, {examples(array)}))"

    def _full(self, array: Array) -> str:
        return f"xp.broadcast_to(one * {self._operand(array.args[0])}, ({array.size}, {examples(array)}))"

    # Rows
    def _assemble(self, array: Array) -> str:
        places = numpy().concatenate([stepping(*place) for place in array.args[1::2]])
        n = len(places)
        parts = [
            self.flat(part)
            if part.batched == array.batched
            else f"xp.broadcast_to({self.flat(part)}, ({part.size}, m))"
            for part in array.arrays
        ]
        parts += [f"xp.broadcast_to(zero, (1, {examples(array)}))"] if n < array.size else []
        whole = f"xp.concat([{', '.join(parts)}], axis=0)"
        rows = numpy().full(array.size, n)
        rows[places] = numpy().arange(n)
        in_order = n == array.size and (rows[1:] > rows[:-1]).all()
        return whole if in_order else f"xp.take({whole}, {self._object(rows)}, axis=0)"

    def _copy(self, array: Array) -> str:
        return self._in_rows(self.text(array.args[0]), array)

    def _take(self, array: Array) -> str:
        return f"xp.take({self.flat(array.args[0])}, {self._object(array.args[1].ravel())}, axis=0)"

    def _strided(self, array: Array) -> str:
        of, start, steps = array.args
        rows = self._object(stepping(array.shape, start, steps))
        return f"xp.take({self.flat(of)}, {rows}, axis=0)"

    def _sum(self, array: Array) -> str:
        return self._in_rows(f"xp.{array.op}({self.text(array.args[0])}, axis={array.args[1]})", array)

    _max = _sum

    def _examples(self, array: Array) -> str:
        (a,) = array.args
        return f"xp.sum({self.flat(a)}, axis=1, keepdims=True)" if a.batched else f"{self.flat(a)} * m"

    def _mean(self, array: Array) -> str:
        a, weight, squares = array.args
        summed = f"{self.flat(a)} * {self.flat(a)}" if squares else self.flat(a)
        return f"xp.sum({summed}, keepdims=True) * ({weight!r} / m)"

    # Products
    def _matrix(self, array: Array) -> str:
        """(T, x, y) as a matrix, or T of them, with the examples as further columns."""
        t, x, y = array.shape
        if array.op == "transpose" and not array.batched:
            turned = self._matrix(array.args[0])
            return self._name(f"xp.permute_dims({turned}, {(1, 0) if t == 1 else (0, 2, 1)})")
        if t == y == 1 and array.batched:
            return self.flat(array)
        several = f"{t}, " if t > 1 else ""
        if not array.batched:
            return self._name(f"xp.reshape({self.flat(array)}, ({several}{x}, {y}))")
        parted = self._name(f"xp.reshape({self.flat(array)}, ({several}{x}, {y}, m))")
        return self._name(f"xp.reshape({parted}, ({several}{x}, {y} * m))")

    def _product(self, array: Array) -> str:
        a, b = array.args
        t, _, y = array.shape
        if a.batched:  # for each example
            left, right = (f"xp.permute_dims({self.text(part)}, (3, 0, 1, 2))" for part in (a, b))
            return self._in_rows(f"xp.permute_dims(xp.matmul({left}, {right}), (1, 2, 3, 0))", array)
        text = f"xp.matmul({self._matrix(a)}, {self._matrix(b)})"
        if t == y == 1 and array.batched:
            return text
        return self._in_rows(f"xp.reshape({text}, {full_shape(array)})" if array.batched else text, array)

    def _outer(self, array: Array) -> str:
        a, b = array.args
        axes = (1, 0) if array.shape[0] == 1 else (0, 2, 1)
        return self._in_rows(
            f"xp.matmul({self._matrix(a)}, xp.permute_dims({self._matrix(b)}, {axes}))", array
        )

    # Element by element
    def _elementwise(self, array: Array) -> str:
        op, operands = array.op, [self._operand(arg) for arg in array.args]
        rule: Any = RULES.get(op)
        infix = rule.operator if op in ("add", "sub", "mul", "div") else ""
        infix = COMPARISONS[op][1] if op in COMPARISONS else infix
        if infix:
            text = f"{operands[0]} {infix} {operands[1]}"
        elif rule and rule.array_api:
            text = rule.array_api.format(*operands)
        elif hasattr(self.xp, op):
            arrays = [
                text if isinstance(arg, Array) else f"one * {text}" for arg, text in zip(array.args, operands)
            ]
            text = f"xp.{op}({', '.join(arrays)})"
        else:
            self.namespace[op] = special(self.xp, getattr(rule, "special", "") or op)
            text = f"{op}({', '.join(operands)})"
        return self._in_rows(text, array)

    def _primitive(self, array: Array) -> str:
        raise NotImplementedError(f"{name_of(self.xp)} has no {array.args[0]!r} for whole arrays")
