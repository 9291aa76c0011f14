"""Random programs over all rows of the table, each with numbers around which it is smooth."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent / "tests")]

from mpmath import mpf  # noqa: E402
from references import INDEPENDENT  # noqa: E402

import autograd  # noqa: E402
from autograd import RULES, FormulaRule  # noqa: E402
from autograd.operations.apply import apply  # noqa: E402

ROWS = sorted(name for name in RULES if name in INDEPENDENT and name != "identity")
LARGEST = 50.0  # in size, of what a program computes: then no operation is anywhere near overflow

# (row, operands): a number is a constant, ("v", k) the k-th number so far.
Instruction = tuple[str, tuple[Any, ...]]


JUMPS = {"floor": lambda x: x, "ceil": lambda x: x, "round": lambda x: x + 0.5}


def is_safe(name: str, numbers: Sequence[float]) -> bool:
    """Whether all is smooth around these operands, and no reference is at its limits."""
    x = numbers[0]
    apart = min((abs(a - b) for a, b in itertools.combinations(numbers, 2)), default=1.0)
    match name:
        case "relu" | "leaky_relu" | "elu" | "softsign" | "abs" | "sign" | "heaviside" | "sinc":
            return abs(x) > 1e-2
        case "sqrt" | "cbrt" | "log" | "log2" | "log10":
            return abs(x) > 1e-2
        case "floor" | "ceil" | "round":
            return 1e-2 < JUMPS[name](x) % 1.0 < 0.99
        case "floordiv" | "mod":
            return abs(numbers[1]) > 1e-1 and 1e-2 < (x / numbers[1]) % 1.0 < 0.99
        case "maximum" | "minimum" | "hypot" | "atan2" | "max" | "min" | "norm" | "prod":
            return min(apart, *map(abs, numbers)) > 1e-2
        case "clip":
            return numbers[1] < numbers[2] and apart > 1e-2
        case "asin" | "acos" | "atanh" | "erfinv":
            return abs(x) < 0.99
        case "pow" | "acosh" | "log1p":
            return x > {"pow": 0.01, "acosh": 1.01, "log1p": -0.99}[name]
        case "xlogy":
            return numbers[1] > 1e-2 and abs(x) > 1e-2
        case "digamma" | "lgamma" | "polygamma":
            return numbers[-1] > 0.1
        case "div":
            return abs(numbers[1]) > 1e-2
        case _:
            return True


def apply_row(name: str, *operands: Any) -> Any:
    """The operation, as its function applies it."""
    if name == "where":
        return autograd.where(operands[0] == 1.0, operands[1], operands[2])
    return apply(RULES[name], *operands)


class Program:
    """A random program of one to three numbers that is defined and smooth at `at`."""

    def __init__(self, rng: random.Random) -> None:
        self.at = [
            rng.choice((rng.uniform(-2, 2), round(rng.uniform(-2, 2), 1))) for _ in range(rng.randrange(1, 4))
        ]
        self.along = [rng.uniform(-1, 1) for _ in self.at]
        self.instructions: list[Instruction] = []
        numbers = [float(x) for x in self.at]
        wanted = rng.randrange(1, 12)
        while len(self.instructions) < wanted:
            name = rng.choice(ROWS)
            operands = self.operands(rng, name, len(numbers))
            used = [self.read(operand, numbers) for operand in operands]
            try:
                made = apply_row(name, *used)
            except (ArithmeticError, ValueError):
                continue
            if abs(made) < LARGEST and is_safe(name, used):
                self.instructions.append((name, operands))
                numbers.append(made)

    def operands(self, rng: random.Random, name: str, known: int) -> tuple[Any, ...]:
        """Places to read, and now and then a constant."""
        rule = RULES[name]
        chosen = rule.index_operands
        if isinstance(rule, FormulaRule):
            n = len(rule.operands)
        else:
            items = rng.randrange(1, 4)
            n = chosen + (2 * items + 1 if name == "dot" else items)
        operands: list[Any] = [("v", rng.randrange(known)) for _ in range(n)]
        if n - chosen > 1 and rng.random() < 0.3:
            operands[rng.randrange(chosen, n)] = rng.choice((0.5, 2.0, -1.0, 3.0, rng.uniform(-2, 2)))
        if chosen:
            operands[0] = float(rng.randrange(1, 3) if name == "polygamma" else rng.randrange(n - 1))
        if name == "where":
            operands[0] = float(rng.random() < 0.5)
        return tuple(operands)

    @staticmethod
    def read(operand: Any, numbers: Sequence[Any]) -> Any:
        """The number that an operand stands for."""
        return numbers[operand[1]] if isinstance(operand, tuple) else operand

    def run(
        self, functions: Callable[[str], Callable[..., Any]], inputs: Sequence[Any], constant: Any
    ) -> Any:
        """The sum of the last numbers, by the functions of a library."""
        numbers = list(inputs)
        for name, operands in self.instructions:
            used = [
                self.read(operand, numbers) if isinstance(operand, tuple) else constant(operand)
                for operand in operands
            ]
            numbers.append(functions(name)(*used))
        total = numbers[-1]
        for number in numbers[-4:-1]:
            total = total + number
        return total

    def ours(self, inputs: Sequence[Any]) -> Any:
        """The program on Values."""
        return self.run(lambda name: partial(apply_row, name), inputs, float)

    def mpmath(self, inputs: Sequence[Any]) -> Any:
        """The program on mpmath's numbers."""
        return self.run(lambda name: INDEPENDENT[name], inputs, mpf)

    def source(self) -> str:
        """The program as Python."""
        lines = [f"v{k} = Value({x!r})" for k, x in enumerate(self.at)]
        for k, (name, operands) in enumerate(self.instructions, len(self.at)):
            shown = ", ".join(f"v{o[1]}" if isinstance(o, tuple) else repr(o) for o in operands)
            lines.append(f"v{k} = apply(RULES[{name!r}], {shown})")
        return "\n".join([*lines, f"# the sum of the last four, along {self.along}"])
