"""The gradient that a row of lists passes to its list, written for the whole list from the row's own formula.

A row states ∂y/∂xᵢ for one operand, as `softmax(i, x) - (1 if i == t else 0)`; for the whole list that is
softmax(x) − one_hot(t).
"""

from __future__ import annotations

import ast

from ...rules import RULES, ListRule
from ...table.formulas import Formula
from ...text.mathematics import Style, Written, applied, write_number, written
from .phrases import Unwritable


class Slopes:
    """The derivatives of a row with respect to `listed`; `chosen` are the operands that it is about.

    Of a row with one result for each operand, yₖ, they must be c·([i = k] − sᵢ): `factors` is c, if it is
    written, and `subtracted` is s. Raises Unwritable for any other form.
    """

    def __init__(self, rule: ListRule, listed: Written, chosen: list[int] | None, style: Style) -> None:
        self.rule, self.listed, self.style = rule, listed, style
        self.chosen = chosen
        self.names: dict[str, Written | float] = {}
        self.tree = rule.shown[-1].tree
        self.factors: list[Written] = []
        self.is_factor = False
        if rule.vector:
            difference = self.tree
            if isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Mult):
                self._require(_text(difference.left) == "y")
                difference = difference.right
                self.factors = [applied(rule.name, [listed], style)]
            if not (isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub)):
                raise Unwritable
            self._require(isinstance(difference.left, ast.IfExp))
            self.subtracted = self._written(difference.right)
            self.is_factor = [self.subtracted] == self.factors

    def whole(self) -> Written:
        """All derivatives of a row with one result."""
        return self._written(self.tree)

    def _require(self, fits: bool) -> None:
        if not fits:
            raise Unwritable

    def _written(self, tree: ast.expr) -> Written:
        """A formula about operand i, written for all operands."""
        names = self.names
        whole = self

        class ForAll(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.expr:
                of_list = isinstance(node.func, ast.Name) and isinstance(RULES.get(node.func.id), ListRule)
                whole._require(of_list and _text(node.args[0]) == "i" and _text(node.args[1]) == "x")
                assert isinstance(node.func, ast.Name)
                return named(applied(node.func.id, [whole.listed], whole.style))

            def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
                index = whole.rule.index
                fits = _text(node) == f"1 if i == {index} else 0" and whole.chosen is not None
                whole._require(fits and len({*(whole.chosen or ())}) == 1)
                number = write_number(float((whole.chosen or [0])[0]), whole.style)
                return named(applied("one_hot", [number], whole.style))

            def visit_Name(self, node: ast.Name) -> ast.expr:
                whole._require(node.id in ("x", "y") and whole.rule.index == "")
                text = (
                    whole.listed if node.id == "x" else applied(whole.rule.name, [whole.listed], whole.style)
                )
                return named(text)

        def named(text: Written) -> ast.expr:
            name = f"part{len(names)}"
            names[name] = text
            return ast.Name(name)

        formula = Formula(ast.unparse(ForAll().visit(ast.parse(_text(tree), mode="eval").body)))
        return written(formula, self.style, names)


def _text(tree: ast.AST) -> str:
    return ast.unparse(tree)
