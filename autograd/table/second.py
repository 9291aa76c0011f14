"""Second partial derivatives of a row, derived from the formulas of its first ones.

The chain rule on trees: `-y / b` with respect to b, where y is a / b, becomes

    -(-y / b) / b + -(-y / b / b) …

Nothing is stated here: the partial derivatives of the functions that a formula calls are those of
their rows. Conditions are not differentiated, and a derivative that is 0 by its form is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import Any

from .formulas import code, function
from .lists import ListRule
from .row import FLOATS, RULES, FormulaRule

Pairs = tuple[tuple[int, int], ...]
Slopes = Mapping[str, ast.expr | None]  # d name / dt; None for 0


class NoFormula(Exception):
    """A partial derivative is a Python function, of which there is no formula to differentiate."""


@cache
def second_partials(
    rule: FormulaRule, wanted: tuple[bool, ...]
) -> tuple[Pairs, Callable[..., tuple[float, ...]] | None]:
    """The pairs i ≤ j of wanted operands for which ∂²y/∂i∂j is not 0 by its form, and a function.

    The function of (y, *operands) computes these derivatives on floats and raises if Python's
    arithmetic does; it is None if there are no pairs. Raises NoFormula.

    >>> from autograd import RULES
    >>> pairs, evaluate = second_partials(RULES["div"], (True, True))
    >>> pairs, evaluate(1.5, 3.0, 2.0)
    (((0, 1), (1, 1)), (-0.25, 0.75))
    """
    trees = second_trees(rule, wanted)
    if not trees:
        return (), None
    body = ", ".join(code(tree, "floats") for tree in trees.values())
    source = f"def second_partials({rule.result}, {', '.join(rule.operands)}):\n    return ({body},)\n"
    where = f"autograd rule {rule.name}, second partials {wanted}"
    return tuple(trees), function(source, "second_partials", FLOATS, where)


def second_trees(rule: FormulaRule, wanted: tuple[bool, ...]) -> dict[tuple[int, int], ast.expr]:
    """The formulas of the second partial derivatives, by pairs of operands."""
    trees: dict[tuple[int, int], ast.expr] = {}
    for j, operand in enumerate(rule.operands):
        if not wanted[j]:
            continue
        slopes = {operand: ast.Constant(1), rule.result: rule.partials[j].tree}
        for i in range(j + 1):
            if wanted[i] and (tree := _differentiate(rule.partials[i].tree, slopes)) is not None:
                trees[i, j] = tree
    return trees


@cache
def bilinear(rule: ListRule) -> Pairs | None:
    """The pairs of lists whose products of items the value sums; () if it is linear, None if it is neither.

    >>> from autograd import RULES
    >>> bilinear(RULES["dot"]), bilinear(RULES["mean"]), bilinear(RULES["norm"])
    (((0, 1),), (), None)
    """
    pairs: list[tuple[int, int]] = []
    names = {*rule.lists, "y"}
    arguments = rule.arguments[rule.index_operands :]
    for i, formula in enumerate(rule.partials):
        tree = ast.parse(formula, mode="eval").body
        if isinstance(tree, ast.Name) and f"*{tree.id}" in arguments[i + 1 :] and arguments[i][0] == "*":
            pairs.append((i, arguments.index(f"*{tree.id}")))
        elif isinstance(tree, ast.Name) and f"*{tree.id}" in arguments[:i]:
            continue  # the same product, seen from its other factor
        elif _depends(tree, names):
            return None
    return tuple(pairs)


def _depends(tree: ast.AST, names: set[str]) -> bool:
    """Whether a formula changes smoothly with one of the names."""
    match tree:
        case ast.Name(id=name):
            return name in names
        case ast.IfExp(body=body, orelse=otherwise):
            return _depends(body, names) or _depends(otherwise, names)
        case ast.Call(func=ast.Name(id="len")):
            return False
        case _:
            return any(_depends(part, names) for part in ast.iter_child_nodes(tree))


def _differentiate(tree: ast.expr, slopes: Slopes) -> ast.expr | None:
    """The tree of d tree / dt, None for 0."""
    match tree:
        case ast.Name(id=name):
            return slopes.get(name)
        case ast.UnaryOp(operand=operand):
            return _negative(_differentiate(operand, slopes))
        case ast.BinOp(left=a, op=op, right=b):
            return _OPERATORS[type(op)](a, b, _differentiate(a, slopes), _differentiate(b, slopes))
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            taken, not_taken = _differentiate(body, slopes), _differentiate(otherwise, slopes)
            if taken is None and not_taken is None:
                return None
            return ast.IfExp(test, taken or ast.Constant(0), not_taken or ast.Constant(0))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _chain(name, arguments, tree, slopes)
        case _:
            return None


def _chain(name: str, arguments: list[ast.expr], call: ast.expr, slopes: Slopes) -> ast.expr | None:
    inner = [_differentiate(argument, slopes) for argument in arguments]
    if inner.count(None) == len(inner):
        return None
    rule = RULES.get(name)
    if not isinstance(rule, FormulaRule):
        raise NoFormula(name)
    operands = _Operands({**dict(zip(rule.operands, arguments, strict=True)), rule.result: call})
    total: ast.expr | None = None
    for partial, slope in zip(rule.partials, inner, strict=True):
        if slope is not None and not _is(partial.tree, 0):
            total = _plus(total, _times(operands.visit(partial.tree), slope))
    return total


class _Operands(ast.NodeTransformer):
    """A copy of a row's formula for the operands of a call."""

    def __init__(self, given: Mapping[str, ast.expr]) -> None:
        self.given = given

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Name):
            return self.given.get(node.id, node)
        same = copy(node)
        for name, part in ast.iter_fields(node):
            if isinstance(part, ast.AST) and name != "func":
                setattr(same, name, self.visit(part))
        if isinstance(same, ast.Call):
            same.args = [self.visit(argument) for argument in same.args]
        elif isinstance(same, ast.Compare):
            same.comparators = [self.visit(compared) for compared in same.comparators]
        return same


def _is(tree: ast.expr, number: int) -> bool:
    return isinstance(tree, ast.Constant) and tree.value == number


def _plus(a: ast.expr | None, b: ast.expr | None) -> ast.expr | None:
    return b if a is None else a if b is None else ast.BinOp(a, ast.Add(), b)


def _times(a: ast.expr, b: ast.expr) -> ast.expr:
    return b if _is(a, 1) else a if _is(b, 1) else ast.BinOp(a, ast.Mult(), b)


def _negative(a: ast.expr | None) -> ast.expr | None:
    return a and ast.UnaryOp(ast.USub(), a)


def _sum(a: ast.expr, b: ast.expr, da: ast.expr | None, db: ast.expr | None) -> ast.expr | None:
    return _plus(da, db)


def _difference(a: ast.expr, b: ast.expr, da: ast.expr | None, db: ast.expr | None) -> ast.expr | None:
    return _negative(db) if da is None else da if db is None else ast.BinOp(da, ast.Sub(), db)


def _product(a: ast.expr, b: ast.expr, da: ast.expr | None, db: ast.expr | None) -> ast.expr | None:
    return _plus(da and _times(da, b), db and _times(a, db))


def _quotient(a: ast.expr, b: ast.expr, da: ast.expr | None, db: ast.expr | None) -> ast.expr | None:
    """(da − (a/b)·db) / b, term by term, as the row of division has it."""
    left = da and ast.BinOp(da, ast.Div(), b)
    over = ast.BinOp(ast.BinOp(a, ast.Div(), b), ast.Div(), b)
    return _plus(left, db and _negative(_times(over, db)))


_OPERATORS: dict[type, Callable[..., ast.expr | None]] = {
    ast.Add: _sum,
    ast.Sub: _difference,
    ast.Mult: _product,
    ast.Div: _quotient,
}
