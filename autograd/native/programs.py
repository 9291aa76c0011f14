"""Rows of the table as programs for the native core: steps on registers, made from the parsed formulas."""

from __future__ import annotations

import ast
import math
from typing import Any

from ..table.arithmetic import CONSTANTS
from ..table.row import FLOATS, RULES, FormulaRule, Rule

Step = tuple[int, int, int, int]  # instruction, register of the result or target of a jump, and two more
Program = tuple[list[tuple[list[Step], int]], list[float]]

_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "ADD",
    ast.Sub: "SUBTRACT",
    ast.Mult: "MULTIPLY",
    ast.Div: "DIVIDE",
}
_UNLESS: dict[type[ast.cmpop], str] = {
    ast.Lt: "UNLESS_LESS",
    ast.LtE: "UNLESS_LESS_OR_EQUAL",
    ast.Gt: "UNLESS_GREATER",
    ast.GtE: "UNLESS_GREATER_OR_EQUAL",
    ast.Eq: "UNLESS_EQUAL",
}


class _NotNative(Exception):
    """The formula calls a function that is Python's own."""


def program(rule: Rule, core: Any) -> Program | None:
    """The row's formulas as (steps, register of the result), and their constants; None if there are none.

    The formulas are the value and the derivatives with respect to each operand. Operands are in the first
    registers, the value comes after them. A row is left to Python if it calls a function that `math` does
    more for than call the C library.
    """
    if not isinstance(rule, FormulaRule) or rule.index_operands:
        return None
    constants: list[float] = []
    registers = {operand: i for i, operand in enumerate((*rule.operands, rule.result))}
    formulas: list[tuple[list[Step], int]] = []
    try:
        for formula in (rule.value, *rule.partials):
            writer = _Writer(core, constants, len(registers))
            formulas.append((writer.steps, writer.expression(formula.tree, registers)))
            if writer.free > core.REGISTERS:
                return None
    except _NotNative:
        return None
    return formulas, constants


class _Writer:
    """Writes the steps of one formula."""

    def __init__(self, core: Any, constants: list[float], free: int) -> None:
        self.core, self.constants = core, constants
        self.steps: list[Step] = []
        self.free = free  # the next register

    def step(self, name: str, a: int = 0, b: int = 0, to: int | None = None) -> int:
        """Add a step; the register of its result, a new one unless `to` is given."""
        if to is None:
            to, self.free = self.free, self.free + 1
        self.steps.append((self.core.INSTRUCTIONS[name], to, a, b))
        return to

    def constant(self, number: float) -> int:
        self.constants.append(number)
        return self.step("CONSTANT", len(self.constants) - 1)

    def expression(self, tree: ast.expr, registers: dict[str, int]) -> int:
        """The register where the number of an expression is found; `registers` has those of names."""
        match tree:
            case ast.Constant(value=int() | float() as number):
                return self.constant(float(number))
            case ast.Name(id=name):
                return registers[name] if name in registers else self.constant(CONSTANTS[name])
            case ast.UnaryOp(operand=operand):
                return self.step("NEGATE", self.expression(operand, registers))
            case ast.BinOp(left=left, op=op, right=right):
                a, b = self.expression(left, registers), self.expression(right, registers)
                return self.step(_ARITHMETIC[type(op)], a, b)
            case ast.IfExp(test=ast.Compare() as test):
                return self.choice(tree, test, registers)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, [self.expression(argument, registers) for argument in arguments])
            case _:
                raise _NotNative

    def choice(self, tree: ast.IfExp, test: ast.Compare, registers: dict[str, int]) -> int:
        """`p if a < b else q`: only the branch that is taken is computed."""
        a, b = self.expression(test.left, registers), self.expression(test.comparators[0], registers)
        result, self.free = self.free, self.free + 1
        unless = len(self.steps)
        self.step(_UNLESS[type(test.ops[0])], a, b, to=0)
        self.step("MOVE", self.expression(tree.body, registers), to=result)
        leave = len(self.steps)
        self.step("JUMP", to=0)
        self.aim(unless)
        self.step("MOVE", self.expression(tree.orelse, registers), to=result)
        self.aim(leave)
        return result

    def aim(self, jump: int) -> None:
        """Let a jump lead to the step that comes next."""
        instruction, _, a, b = self.steps[jump]
        self.steps[jump] = (instruction, len(self.steps), a, b)

    def call(self, name: str, arguments: list[int]) -> int:
        """A function of `math`, or the value of another row, written out."""
        function, row = FLOATS.get(name), RULES.get(name)
        if function is math.pow:
            return self.step("POWER", *arguments)
        native = getattr(function, "__name__", "")
        if native in self.core.FUNCTIONS and function is getattr(math, native):
            return self.step("CALL", self.core.FUNCTIONS[native], *arguments)
        if isinstance(row, FormulaRule) and name not in row.value.functions:
            return self.expression(row.value.tree, dict(zip(row.operands, arguments, strict=True)))
        raise _NotNative
