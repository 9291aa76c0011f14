"""The rule of an operation on lists, for one item of a list: `p₂ − t₂` of a cross-entropy."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from itertools import chain, count

from ..rules import RULES, ListRule
from ..table.formulas import Formula
from ..value import Value

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

Operand = Value | float | None


def items(rule: ListRule, operands: int) -> list[tuple[str, int]]:
    """For each operand the argument that it belongs to, and its place in it, as the API counts."""
    lists = len(rule.lists)
    size = (operands - len(rule.arguments) + lists) // lists
    return [(name.lstrip("*"), i) for name in rule.arguments for i in range(size if name[0] == "*" else 1)]


def rule_at(node: Value, place: int) -> tuple[Formula | None, dict[str, Operand], dict[str, float]]:
    """The partial derivative with respect to one operand, as a formula without lists.

    Its names stand for operands (`x_2`), for an item of a softmax (`p_2`) and for an item of the
    one-hot target (`t_2`): the operands and the numbers of the others are given with it. There is no
    formula if the rule needs more than that.
    """
    rule = node.rule
    assert isinstance(rule, ListRule)
    belongs = items(rule, len(node.operands))
    argument, i = belongs[place]
    plain = [name.lstrip("*") for name in rule.arguments]
    shown = rule.shown[1 + plain.index(argument) - rule.index_operands]
    reader = _AtItem(rule, node, i)
    try:
        tree = reader.visit(ast.parse(shown.text, mode="eval"))
    except _Unwritten:
        return None, {}, {}
    formula = Formula(ast.unparse(tree))
    operands: dict[str, Operand] = {
        f"{name}_{j}" if name in rule.lists else name: x for (name, j), x in zip(belongs, node.operands)
    }
    return formula, {name: operands[name] for name in formula.names if name in operands}, reader.numbers


def _reads_softmax(node: Value) -> bool:
    """Whether the rule of a node reads the softmax of its operands."""
    rule = node.rule
    indexed = {name for name, other in RULES.items() if isinstance(other, ListRule) and other.index}
    return isinstance(rule, ListRule) and any(formula.functions & indexed for formula in rule.shown[1:])


def marks(names: Mapping[Value, str]) -> dict[Value, str]:
    """A mark that tells the p and t of one node from those of another: "", or "1", "2", …"""
    taken = {name.rstrip("₀₁₂₃₄₅₆₇₈₉") for name in names.values()}
    found = [node for node in names if _reads_softmax(node)]
    choices = chain([""] if len(found) == 1 else [], map(str, count(1)))
    return dict(zip(found, (mark for mark in choices if not taken & {f"p{mark}", f"t{mark}"})))


class _Unwritten(Exception):
    """The rule runs over the whole list."""


class _AtItem(ast.NodeTransformer):
    """Puts the item number i in place of lists, and what an index chooses in place of conditions."""

    def __init__(self, rule: ListRule, node: Value, i: int) -> None:
        self.rule, self.node, self.i = rule, node, i
        first = node.operands[0]
        self.chosen = int(first) if rule.index_operands and isinstance(first, float) else None
        self.numbers: dict[str, float] = {}

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(f"{node.id}_{self.i}", ast.Load()) if node.id in self.rule.lists else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        names = {part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)}
        if names != {"i", self.rule.index}:
            raise _Unwritten
        holds = self.i == self.chosen
        if self.rule.index != "t":
            return self.visit(node.body if holds else node.orelse)
        name = f"t_{self.i}"
        self.numbers[name] = float(holds)
        return ast.Name(name, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        called = RULES.get(node.func.id)
        if not isinstance(called, ListRule) or not called.index:
            raise _Unwritten
        numbers = [x.data if isinstance(x, Value) else float(x or 0.0) for x in self.node.operands]
        name = f"p_{self.i}"
        self.numbers[name] = called.evaluate(float(self.i), *numbers[self.rule.index_operands :])
        return ast.Name(name, ast.Load())

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Sub) and isinstance(left, ast.Constant) and left.value == 0:
            return ast.UnaryOp(ast.USub(), right)
        return ast.BinOp(left, node.op, right)
