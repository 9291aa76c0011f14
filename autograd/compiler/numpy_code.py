"""Arrays as NumPy source: every result goes into memory that is there already.

`bind(m, params)` makes the memory and the views for batches of m examples, and returns a function
that only computes. An array that becomes a part of another, as the gradient of a weight, is
computed in its place there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..table.row import IEEE_FLOATS, RULES
from .arrays import COMPARISONS, VIEWS, Array, examples, ordered, owner
from .memory import LEAVES, Memory
from .shapes import in_line

TIMES = "times = dot if m == 1 else matmul"
SPECIAL = {
    "where",
    "primitive",
    "assemble",
    "copy",
    "take",
    "sum",
    "max",
    "examples",
    "mean",
    "product",
    "outer",
}


class Source(Memory):
    """`code` is the source of `bind` for some results, `namespace` holds what it calls.

    `notes` are comments for the lines that compute certain arrays; `compared` are arrays in which nan would
    decide between branches without being seen in the results.
    """

    def __init__(
        self,
        roots: Sequence[Array],
        inputs: int,
        notes: Mapping[Array, str] | None = None,
        dtype: Any = float,
        compared: Sequence[Array] = (),
    ) -> None:
        super().__init__(dtype)
        self.order = ordered(roots)
        self.uses.update(arg for array in self.order for arg in array.arrays)
        self.uses.update(owner(array) for array in (*roots, *compared))
        kept = {owner(root) for root in roots}
        self.in_line = kept | {*compared}
        for array in self.order:
            if array.op in ("mean", "product", "outer"):
                read = [*array.arrays, array]
                self.in_line |= {owner(a) for a in read if a.shape[-1] > 1 or array.op == "mean"}
        for array in self.order:
            if array.op == "assemble":
                kept |= {array, *map(owner, array.arrays)}
                self._place_parts(array)
        last = {
            owner(arg): i
            for i, array in enumerate(self.order)
            if array.op not in VIEWS
            for arg in array.arrays
        }
        squares: list[str] = []
        for i, array in enumerate(self.order):
            if array.op in VIEWS | LEAVES:
                continue
            read = dict.fromkeys(map(owner, array.arrays))
            dying = [a for a in read if last[a] == i and a not in kept]
            if array.op not in SPECIAL:  # the result may take the place of an operand
                texts = [self._operand(arg) for arg in array.args]
                self._release(dying)
                self._elementwise(array, texts)
            else:
                getattr(self, f"_{array.op}")(array)
                self._release(dying)
            if array in compared:
                squares.append(self._squares(f"{self.flat(array)}.reshape(-1)", f"s{i}"))
            if notes and array in notes:
                self.lines[-1] += f"  # {notes[array]}"
        lines = [self._result(root) for root in roots]
        self.namespace["dot"] = self.numpy.dot
        # Not finite if a result is not.
        squares += [f"{line} * {line}" if line == "mean" else f"dot({line}, {line})" for line in lines]
        results = f"({', '.join(lines)},), {' + '.join(squares)}"
        arguments = ", ".join(f"X{k}" for k in range(inputs))
        head = "".join(f"    {line}\n" for line in self.bound)
        body = "".join(f"        {line}\n" for line in [*self.lines, f"return {results}"])
        self.code = f"def bind(m, params):\n{head}\n    def run({arguments}):\n{body}\n    return run\n"

    def _result(self, root: Array) -> str:
        """A number, or a result in one line."""
        return "mean" if root.op == "mean" else self._view(f"{self.flat(root)}.reshape(-1)")

    def _squares(self, line: str, name: str) -> str:
        """The name of the sum of squares of what will be overwritten."""
        line = self._view(line)
        self.lines.append(f"{name} = dot({line}, {line})")
        return name

    # Operations
    def _assemble(self, whole: Array) -> None:
        for i, (part, place) in enumerate(self._parts(whole)):
            if (whole, i) in self.placed:
                continue
            into = self._place(whole, place)
            if part.op == "zeros":
                self.bound.append(f"{into}[:] = 0.0")
            else:
                shape, lined = place[0], self.flat(part)
                shaped = f"{lined}.reshape({', '.join(map(str, shape))}, {examples(part)})"
                self._call("copyto", into, lined if len(shape) == 1 else self._view(shaped))

    def _copy(self, array: Array) -> None:
        self._call("copyto", self._into(array), self.text(array.args[0]))

    def _take(self, array: Array) -> None:
        source, index = array.args
        self._call(
            "take", self.text(source), self._object(index.ravel(), "rows"), "0", self._at(array), "'clip'"
        )

    def _sum(self, array: Array) -> None:
        a, axis, keep = array.args
        self._at(array)
        if a.size == a.shape[axis] and a.op not in VIEWS:
            ones = self._hoist(f"np.ones({a.size}, dtype)", "k")
            self._call("dot", ones, self.flat(a), self._hoist(f"{self.memory[array]}.reshape(-1)"))
        else:
            self.lines.append(f"np.add.reduce({self.text(a)}, {axis}, None, {self.text(array)}, {keep})")

    def _max(self, array: Array) -> None:
        a, axis = array.args
        self.lines.append(f"np.maximum.reduce({self.text(a)}, {axis}, None, {self._into(array)}, True)")

    def _examples(self, array: Array) -> None:
        (a,), into = array.args, self._into(array)
        if not a.batched:
            self._call("multiply", self.text(a), "m", into)
            return
        text = self.text(a)
        if array in self.memory and in_line(a) is a:  # a matrix, which BLAS multiplies
            text, into = self.flat(a), self.memory[array]
        name = "matmul" if array in self.apart else "dot"
        self._call(name, text, self._hoist("np.ones(m, dtype)", "k"), self._hoist(f"{into}[..., 0]"))

    def _mean(self, array: Array) -> None:
        a, weight, squares = array.args
        self.namespace["dot"] = self.numpy.dot
        line = self._view(f"{self.flat(a)}.reshape(-1)")
        if squares:
            value = f"dot({line}, {line}) * {self._hoist(f'{weight!r} / m', 'k')}"
        else:
            value = f"dot({line}, {self._hoist(f'np.full({a.size} * m, {weight!r} / m, dtype)', 'k')})"
        self.lines.append(f"mean = {value}")

    # Products
    def _matrix(self, array: Array) -> str:
        """(T, x, y) as a matrix, or T of them, with the examples as further columns."""
        t, x, y = array.shape
        several = f"{t}, " if t > 1 else ""
        if array.op == "transpose" and array.args[1] == (0, 2, 1) and not array.batched:
            return self._turned(self._matrix(array.args[0]), t)
        if array.batched:
            text = self.text(array) if array.op == "strided" else self.flat(array)
            alone = t == y == 1 and array.op != "strided"
            return text if alone else self._view(f"{text}.reshape({several}{x}, {y} * m)")
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
            self._multiply(array, self._matrix(a), self._matrix(b), self._matrix(array))

    def _multiply(self, array: Array, a: str, b: str, into: str) -> None:
        """The matrix product; by `dot` for one example, where `matmul` takes up to five times as long."""
        if array.shape[0] > 1 or array in self.apart:
            self._call("matmul", a, b, into)
            return
        self.namespace.update(matmul=self.numpy.matmul, dot=self.numpy.dot)
        if TIMES not in self.bound:
            self.bound.append(TIMES)
        self.lines.append(f"times({a}, {b}, {into})")

    def _outer(self, array: Array) -> None:
        a, b = array.args
        t = array.shape[0]
        into = self._hoist(f"{self._into(array)}[{'0' if t == 1 else ':'}, :, :, 0]")
        self._multiply(array, self._matrix(a), self._turned(self._matrix(b), t), into)

    # Element by element
    def _operand(self, arg: Any) -> str:
        return self.text(arg) if isinstance(arg, Array) else self._number(repr(arg))

    def _where(self, array: Array) -> None:
        condition, a, b = map(self._operand, array.args)
        into = self._into(array)
        self._call("copyto", into, b)
        self._call("copyto", into, a, f"where={condition}")

    def _elementwise(self, array: Array, operands: list[str]) -> None:
        name = getattr(RULES.get(array.op), "numpy", "")
        if array.op in COMPARISONS:
            name = COMPARISONS[array.op][0]
        out = self._into(array)
        if name == "multiply" and array.args[0] == -1.0:
            self._call("negative", operands[1], out)
        elif name:
            self._call(name, *operands, f"out={out}" if name in ("maximum", "minimum") else out)
        else:
            self._number_by_number(array.op, operands, out)

    def _primitive(self, array: Array) -> None:
        name, *operands = array.args
        self._number_by_number(name, [*map(self._operand, operands)], self._into(array))

    def _number_by_number(self, name: str, operands: list[str], into: str) -> None:
        """A function on floats: erf, or a user's primitive."""
        function = self._object(self.numpy.frompyfunc(IEEE_FLOATS[name], len(operands), 1), f"{name}_")
        self._call("copyto", into, f"{function}({', '.join(operands)}).astype(float)")
