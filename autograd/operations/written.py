"""Functions of users that are formulas: those whose body is `return` and an expression of the language."""

from __future__ import annotations

import ast
import builtins
import inspect
import math
import textwrap
from collections.abc import Callable
from typing import Any

from ..table.formulas import Formula
from ..table.row import RULES, VALUES, FormulaRule


def written_formula(function: Callable[..., float]) -> str:
    """The expression that a function returns, if it is a formula of its parameters; "" otherwise.

    Calls must be operations of the table with a fixed number of operands, whether the program has them
    from `math`, from `autograd` or from Python itself.
    """
    try:
        [definition] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):  # no source, or not a statement by itself
        return ""
    if not isinstance(definition, ast.FunctionDef):
        return ""
    body = definition.body[1:] if ast.get_docstring(definition) is not None else definition.body
    match body:
        case [ast.Return(value=ast.expr() as expression)]:
            pass
        case _:
            return ""
    try:
        text = ast.unparse(_Calls(function).visit(expression))
        formula = Formula(text)
        known = set(inspect.signature(function).parameters)
        return text if set(formula.words) - formula.functions <= known else ""
    except ValueError:
        return ""


class _Calls(ast.NodeTransformer):
    """Writes every call by the name of the operation that it is; raises ValueError if it is not one."""

    def __init__(self, function: Callable[..., float]) -> None:
        variables = inspect.getclosurevars(function)
        self.names: dict[str, Any] = {**vars(builtins), **variables.globals, **variables.nonlocals}

    def visit_Call(self, node: ast.Call) -> ast.expr:
        called = self._called(node.func)
        name = getattr(called, "__name__", "")
        rule = RULES.get(name)
        own = getattr(builtins, name, None) if rule and rule.operator == name else None
        same = (VALUES.get(name), getattr(math, name, None), own)
        if called is None or called not in same or not isinstance(rule, FormulaRule):
            raise ValueError(f"{ast.unparse(node.func)} is not an operation")
        arguments = [self.visit(argument) for argument in node.args]
        return ast.Call(ast.Name(name, ast.Load()), arguments, node.keywords)

    def _called(self, function: ast.expr) -> Any:
        match function:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return getattr(self.names.get(module), name, None)
            case _:
                return None
