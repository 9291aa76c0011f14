"""The memory of a NumPy program: memory that is made once and used again, and views of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

from ..table.row import RULES
from .arrays import COMPARISONS, VIEWS, Array, examples, full_shape, numpy

LEAVES = {"params", "constants", "input", "weight", "zeros", "full"}


class Memory:
    """The lines that make memory and views, in `bound`, and those that compute, in `lines`.

    `namespace` holds what the lines name besides.
    """

    def __init__(self, dtype: Any) -> None:
        self.numpy: Any = numpy()
        self.namespace: dict[str, Any] = {"np": self.numpy, "empty": _empty, "strided": _strided}
        self.namespace["dtype"] = self.dtype = dtype
        self.namespace |= {"inf": math.inf, "nan": math.nan}
        self.bound: list[str] = []
        self.lines: list[str] = []
        self.names: dict[Any, str] = {}  # of hoisted expressions, and of arrays of constants
        self.memory: dict[Array, str] = {}  # where each array is computed, as (rows, examples)
        self.free: defaultdict[str, list[str]] = defaultdict(list)  # memory by how it was made
        self.placed: set[tuple[Array, int]] = set()  # (whole, number) of parts that are computed there
        self.uses: Counter[Array] = Counter()
        self.inside: dict[Array, str] = {}  # where parts are computed whose rows do not lie in equal steps
        self.apart: set[Array] = set()  # arrays whose rows do not lie one after the other
        self.in_line: set[Array] = set()  # arrays that are read as if rows and examples were one axis

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
            made = _made(array)
            if self.free[made]:
                self.memory[array] = self.free[made].pop()
            else:
                self.memory[array] = f"t{len(self.bound)}"
                self.bound.append(f"{self.memory[array]} = {made}")
        return self.memory[array]

    def _into(self, array: Array) -> str:
        """The memory of a result, in the shape of the result."""
        if array in self.inside:
            return self.inside[array]
        self._at(array)
        return self.text(array)

    def _release(self, arrays: list[Array]) -> None:
        for array in arrays:
            if self.memory.get(array, "v")[0] == "t":
                self.free[_made(array)].append(self.memory[array])

    def _place_parts(self, whole: Array) -> None:
        """Compute the parts of an array where they belong, if they have no other place."""
        into = self._at(whole)  # new memory: zeros are written into it one time
        if sum(part.size for part in whole.arrays) < whole.size:
            self.bound.append(f"{into}[:] = 0.0")
        for i, (part, place) in enumerate(self._parts(whole)):
            home = part.args[0] if part.op == "reshape" else part
            if (
                home.op in (*VIEWS, *LEAVES, "assemble")
                or home in self.memory
                or home in self.inside
                or home.batched != whole.batched
            ):
                continue
            shape, _, steps = place
            if steps == [1]:
                self.memory[home] = self._place(whole, place)
            elif len(shape) == 1 and (_fills(home) or home.op == "product") and home not in self.in_line:
                self.memory[home] = self._place(whole, place)
                self.apart.add(home)
            elif (
                self.uses[home] == self.uses[part] == 1
                and [n for n in home.shape if n > 1] == shape
                and _fills(home)
            ):
                self.inside[home] = self._hoist(f"{self._place(whole, place)}.reshape{full_shape(home)}")
                self.apart.add(home)
            else:
                continue
            self.placed.add((whole, i))

    def _parts(self, whole: Array) -> list[tuple[Array, tuple[list[int], int, list[int]]]]:
        """The parts of an array, and the rows of each in it: shape, first row, strides."""
        return list(zip(whole.args[::2], whole.args[1::2]))

    def _place(self, whole: Array, place: tuple[list[int], int, list[int]]) -> str:
        """The memory of a part."""
        into, (shape, start, steps) = self._at(whole), place
        if steps == [1]:
            return self._hoist(f"{into}[{start}:{start + shape[0]}]")
        return self._hoist(f"strided({into}, {start}, {shape}, {steps})")

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
        if array.op == "strided":
            return f"strided({self.flat(array.args[0])}, {args[0]}, {array.shape}, {args[1]})"
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
            return self._hoist(f"np.zeros({full_shape(array)}, dtype)", "t")
        if array.op == "constants":
            if array not in self.names:
                self.names[array] = self._object(array.args[0][..., None].astype(self.dtype), "constants")
            return self.names[array]
        number = array.args[0] if array.op == "full" else array
        text = repr(number) if isinstance(number, float) else f"{number.args[0]!r} / m"
        if array.op == "full":
            return self._hoist(f"np.full({full_shape(array)}, {text}, dtype)", "k")
        return self._number(text)

    def _number(self, text: str) -> str:
        return self._hoist(f"np.array({text}, dtype)", "k")


def _made(array: Array) -> str:
    """The statement that allocates an array."""
    return f"empty({array.size}, {examples(array)}, {'bool' if array.op in COMPARISONS else 'dtype'})"


def _fills(array: Array) -> bool:
    """Whether the operation can write its result into memory that does not lie in one line."""
    return array.op in ("outer", "examples") or getattr(RULES.get(array.op), "numpy", "") != ""


def _strided(rows: Any, start: int, shape: Any, steps: Any) -> Any:
    """A view of rows that goes through them in equal steps along each of its axes."""
    a = rows[start:]
    bytes_ = [step * a.strides[0] for step in steps]
    return numpy().lib.stride_tricks.as_strided(a, (*shape, a.shape[1]), (*bytes_, a.strides[1]))


def _empty(rows: int, columns: int, dtype: Any) -> Any:
    """Memory that begins at a cache line, with which a recurrent network is a tenth faster."""
    size = numpy().dtype(dtype).itemsize
    line = numpy().empty(rows * columns + 64 // size, dtype)
    start = -line.ctypes.data % 64 // size
    return line[start : start + rows * columns].reshape(rows, columns)
