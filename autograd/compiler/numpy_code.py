"""Arrays as NumPy source: every result goes into memory that is there already.

`bind(m, params)` makes the memory and the views for batches of m examples, and returns a function
that only computes. An array that becomes a part of another, as the gradient of a weight, is
computed in its place there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ..row import IEEE_FLOATS
from .arrays import BOOLEAN, VIEWS, Array, examples, full_shape, numpy, ordered, owner

UFUNCS = {
    "add": "add", "sub": "subtract", "mul": "multiply", "div": "divide", "pow": "power", "abs": "absolute",
    "round": "rint", "lt": "less", "lte": "less_equal", "gt": "greater", "gte": "greater_equal",
    "eq": "equal", "atan2": "arctan2", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip
LEAVES = {"params", "constants", "input", "weight", "zeros", "full"}
SPECIAL = {*VIEWS, *LEAVES, "concat", "copy", "take", "sum", "max", "examples", "mean", "product", "outer"}


class Source:
    """`code` is the source of `bind` for some results, `namespace` holds what it calls.

    `notes` are comments for the lines that compute certain arrays.
    """

    def __init__(self, roots: Sequence[Array], inputs: int, notes: Mapping[Array, str] | None = None) -> None:
        self.numpy: Any = numpy()
        self.namespace: dict[str, Any] = {"np": self.numpy, "empty": _empty, "inf": math.inf, "nan": math.nan}
        self.bound: list[str] = []
        self.lines: list[str] = []
        self.names: dict[str, str] = {}  # of hoisted expressions
        self.memory: dict[Array, str] = {}  # where each array is computed, as (rows, examples)
        self.free: defaultdict[str, list[str]] = defaultdict(list)  # memory by how it was made
        self.order = ordered(roots)
        self.placed: set[tuple[Array, int]] = set()  # (whole, first row) of parts that are computed there
        kept = {owner(root) for root in roots}
        for array in self.order:
            if array.op == "concat":
                kept |= {array, *map(owner, array.arrays)}
                self._place_parts(array)
        last = {
            owner(arg): i
            for i, array in enumerate(self.order)
            if array.op not in VIEWS
            for arg in array.arrays
        }
        for i, array in enumerate(self.order):
            dying = {owner(arg) for arg in array.arrays if array.op not in VIEWS} - kept
            in_place = array.op not in SPECIAL and array.op != "where"
            if in_place:  # the result may take the place of an operand
                texts = [self._operand(arg) for arg in array.args]
                self._release([a for a in dying if last[a] == i])
                self._elementwise(array, texts)
            elif array.op not in (*VIEWS, *LEAVES):
                getattr(self, f"_{array.op}")(array)
                self._release([a for a in dying if last[a] == i])
            if notes and array in notes:
                self.lines[-1] += f"  # {notes[array]}"
        lines = [self._result(root) for root in roots]
        self.namespace["dot"] = self.numpy.dot
        squares = " + ".join(f"dot({line}, {line})" for line in lines)  # not finite if a result is not
        results = f"({', '.join(lines)},), {squares}"
        arguments = ", ".join(f"X{k}" for k in range(inputs))
        head = "".join(f"    {line}\n" for line in self.bound)
        body = "".join(f"        {line}\n" for line in [*self.lines, f"return {results}"])
        self.code = f"def bind(m, params):\n{head}\n    def run({arguments}):\n{body}\n    return run\n"

    def _result(self, root: Array) -> str:
        """Results are returned in one line."""
        return self._view(f"{self.flat(root)}.reshape(-1)")

    # Names and memory
    def _hoist(self, text: str, prefix: str = "v") -> str:
        """A name for an expression that is the same in every call."""
        if text not in self.names:
            self.names[text] = f"{prefix}{len(self.bound)}"
            self.bound.append(f"{self.names[text]} = {text}")
        return self.names[text]

    def _view(self, text: str) -> str:
        """An input differs from call to call, and so do views of it."""
        return text if "X" in text else self._hoist(text)

    def _call(self, name: str, *args: str) -> None:
        self.namespace[name] = getattr(self.numpy, name)
        self.lines.append(f"{name}({', '.join(args)})")

    def _object(self, thing: Any, prefix: str) -> str:
        name = f"{prefix}{len(self.namespace)}"
        self.namespace[name] = thing
        return name

    def _at(self, array: Array) -> str:
        """Memory for an array, as (rows, examples): a place in another, what is free, or new."""
        if array not in self.memory:
            kind = ", bool" if array.op in BOOLEAN else ""
            made = f"empty({array.size}, {examples(array)}{kind})"
            if self.free[made]:
                self.memory[array] = self.free[made].pop()
            else:
                self.memory[array] = f"t{len(self.bound)}"
                self.bound.append(f"{self.memory[array]} = {made}")
        return self.memory[array]

    def _release(self, arrays: list[Array]) -> None:
        for array in arrays:
            if self.memory.get(array, "v")[0] == "t":
                kind = ", bool" if array.op in BOOLEAN else ""
                self.free[f"empty({array.size}, {examples(array)}{kind})"].append(self.memory[array])

    def _place_parts(self, whole: Array) -> None:
        """Compute the parts of an array where they belong, if they have no other place."""
        into = self._at(whole)
        start = 0
        for part in whole.arrays:
            home = part.args[0] if part.op == "reshape" else part
            if (
                home.op not in (*VIEWS, *LEAVES, "concat")
                and home not in self.memory
                and home.batched == whole.batched
            ):
                self.memory[home] = self._hoist(f"{into}[{start}:{start + part.size}]")
                self.placed.add((whole, start))
            start += part.size

    def text(self, array: Array) -> str:
        """The array, in its shape, with the examples last."""
        if array.op in VIEWS:
            return self._view(self._viewed(array))
        if array.op in LEAVES:
            return self._leaf(array)
        flat = self.memory[array]
        return flat if len(array.shape) == 1 else self._hoist(f"{flat}.reshape{full_shape(array)}")

    def flat(self, array: Array) -> str:
        """The array as (rows, examples)."""
        base = array.args[0] if array.op == "reshape" else array
        if base in self.memory:
            return self.memory[base]
        text = self.text(base)
        return text if len(base.shape) == 1 else self._view(f"{text}.reshape({base.size}, {examples(base)})")

    def _viewed(self, array: Array) -> str:
        of, args = self.text(array.args[0]), array.args[1:]
        if array.op == "reshape":
            return f"{of}.reshape{full_shape(array)}"
        if array.op == "slice":
            return f"{of}[{args[0]}:{args[1]}{f':{args[2]}' if args[2] != 1 else ''}]"
        if array.op == "transpose":
            return f"{of}.transpose({', '.join(map(str, (*args[0], len(args[0]))))})"
        return f"np.broadcast_to({of}, {full_shape(array)})"

    def _leaf(self, array: Array) -> str:
        if array.op == "params":
            return "params"
        if array.op == "input":
            return f"{array.args[0]}.T"
        if array.op == "zeros":
            return self._hoist(f"np.zeros({full_shape(array)})", "t")
        if array.op == "constants":
            values = array.args[0].tobytes()
            if values not in self.names:
                self.names[values] = self._object(array.args[0][..., None], "constants")
            return self.names[values]
        number = array.args[0] if array.op == "full" else array
        text = repr(number) if isinstance(number, float) else f"{number.args[0]!r} / m"
        return self._hoist(
            f"np.full({full_shape(array)}, {text})" if array.op == "full" else f"np.array({text})", "k"
        )

    # Operations
    def _concat(self, whole: Array) -> None:
        start = 0
        for part in whole.arrays:
            if (whole, start) not in self.placed:
                place = self._hoist(f"{self.memory[whole]}[{start}:{start + part.size}]")
                if part.op == "zeros":
                    self.bound.append(f"{place}[:] = 0.0")
                else:
                    self._call("copyto", place, self.text(part))
            start += part.size

    def _copy(self, array: Array) -> None:
        self._at(array)
        self._call("copyto", self.text(array), self.text(array.args[0]))

    def _take(self, array: Array) -> None:
        source, index = array.args
        self._call(
            "take", self.text(source), self._object(index.ravel(), "rows"), "0", self._at(array), "'clip'"
        )

    def _sum(self, array: Array) -> None:
        a, axis, keep = array.args
        self._at(array)
        if a.size == a.shape[axis] and a.op not in VIEWS:
            ones = self._hoist(f"np.ones({a.size})", "k")
            self._call("dot", ones, self.flat(a), self._hoist(f"{self.memory[array]}.reshape(-1)"))
        else:
            self.lines.append(f"np.add.reduce({self.text(a)}, {axis}, None, {self.text(array)}, {keep})")

    def _max(self, array: Array) -> None:
        a, axis = array.args
        self._at(array)
        self.lines.append(f"np.maximum.reduce({self.text(a)}, {axis}, None, {self.text(array)}, True)")

    def _examples(self, array: Array) -> None:
        (a,) = array.args
        self._at(array)
        if a.batched:
            ones = self._hoist("np.ones(m)", "k")
            self._call("dot", self.flat(a), ones, self._hoist(f"{self.memory[array]}.reshape(-1)"))
        else:
            self._call("multiply", self.flat(a), "m", self.memory[array])

    def _mean(self, array: Array) -> None:
        a, weight, squares = array.args
        self.namespace["dot"] = self.numpy.dot
        line = self._view(f"{self.flat(a)}.reshape(-1)")
        if squares:
            value = f"dot({line}, {line}) * {self._hoist(f'{weight!r} / m', 'k')}"
        else:
            value = f"dot({line}, {self._hoist(f'np.full({a.size} * m, {weight!r} / m)', 'k')})"
        self.lines.append(f"{self._at(array)}[0, 0] = {value}")

    # Products
    def _matrix(self, array: Array) -> str:
        """(T, x, y) as a matrix, or T of them, with the examples as further columns."""
        t, x, y = array.shape
        several = f"{t}, " if t > 1 else ""
        if array.op == "transpose" and array.args[1] == (0, 2, 1) and not array.batched:
            return self._turned(self._matrix(array.args[0]), t)
        if array.batched:
            return (
                self.flat(array)
                if t == y == 1
                else self._view(f"{self.flat(array)}.reshape({several}{x}, {y} * m)")
            )
        if array.op == "reshape":
            return self._view(f"{self.text(array.args[0])}.reshape({several}{x}, {y})")
        return self._view(f"{self.text(array)}[{'0' if t == 1 else ':'}, :, :, 0]")

    def _turned(self, text: str, t: int) -> str:
        """Transposed matrices."""
        if t > 1:
            return self._view(f"{text}.transpose(0, 2, 1)")
        return text.removesuffix(".T") if text.endswith(".T") else self._view(f"{text}.T")

    def _product(self, array: Array) -> None:
        a, b = array.args
        self._at(array)
        if a.batched:  # for each example
            self._call(
                "matmul", *(self._view(f"{self.text(part)}.transpose(3, 0, 1, 2)") for part in (a, b, array))
            )
        else:
            self._call("matmul", self._matrix(a), self._matrix(b), self._matrix(array))

    def _outer(self, array: Array) -> None:
        a, b = array.args
        t, x, y = array.shape
        into = self._hoist(f"{self._at(array)}.reshape({f'{t}, ' if t > 1 else ''}{x}, {y})")
        self._call("matmul", self._matrix(a), self._turned(self._matrix(b), t), into)

    # Element by element
    def _operand(self, arg: Any) -> str:
        return self.text(arg) if isinstance(arg, Array) else self._hoist(f"np.array({arg!r})", "k")

    def _where(self, array: Array) -> None:
        condition, a, b = map(self._operand, array.args)
        self._at(array)
        self._call("copyto", self.text(array), b)
        self._call("copyto", self.text(array), a, f"where={condition}")

    def _elementwise(self, array: Array, operands: list[str]) -> None:
        name = UFUNCS.get(array.op, array.op)
        self._at(array)
        out = self.text(array)
        if name == "multiply" and array.args[0] == -1.0:
            self._call("negative", operands[1], out)
        elif hasattr(self.numpy, name):
            self._call(name, *operands, f"out={out}" if name in ("maximum", "minimum") else out)
        else:  # number by number: erf, or a user's primitive
            self.namespace[name] = self.numpy.frompyfunc(IEEE_FLOATS[name], len(operands), 1)
            self._call("copyto", out, f"{name}({', '.join(operands)}).astype(float)")


def _empty(rows: int, columns: int, kind: type = float) -> Any:
    """Memory that begins at a cache line, for which products are a tenth faster."""
    size = numpy().dtype(kind).itemsize
    line = numpy().empty(rows * columns + 64 // size, kind)
    start = -line.ctypes.data % 64 // size
    return line[start : start + rows * columns].reshape(rows, columns)
