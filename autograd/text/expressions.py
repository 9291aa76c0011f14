"""Reading an expression that somebody typed, without ever running it as code.

The text is parsed to a tree, and only arithmetic, numbers, names and the table's functions have a
meaning here. What cannot be read raises ExpressionError with one line that says why.
"""

from __future__ import annotations

import ast
import math
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..operations.apply import apply
from ..rules import RULES, FormulaRule, ListRule
from ..value import Value
from .characters import printable
from .spelling import instead, rewritten, row_of

LONGEST = 10_000  # characters

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "div",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.USub: "neg",
}
_CONSTANTS = {"pi": math.pi, "e": math.e}  # names that an expression may use for something else


class ExpressionError(ValueError):
    """The text is not an expression that can be read here; the message is one line."""


def read_expression(text: str, numbers: Mapping[str, float]) -> Value:
    """The Value of an expression such as "tanh(w*x + b)" with its variables set to `numbers`.

    Intermediate results may have names: "b = a*a; c = a + b; b*c". Raises ExpressionError for
    text that is not arithmetic, for names without a number and numbers without a name, and the
    errors of the operations, such as DomainError.

    >>> read_expression("b = a*a; c = a + b; b*c", {"a": 3.0}).data
    108.0
    >>> read_expression("__import__('os')", {})
    Traceback (most recent call last):
    autograd.text.expressions.ExpressionError: there is no function '__import__'
    """
    variables = {_normal(name): Value(number, _normal(name)) for name, number in numbers.items()}
    reader = _Reader(variables)
    try:
        statements = _parsed(text)
        for statement in statements[:-1]:
            if not isinstance(statement, ast.Assign):
                raise ExpressionError("only the last part may be without a name: b = a*a; b + 1")
            reader.assign(statement)
        result = reader.result(statements[-1])
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply") from None
    unused = variables.keys() - reader.used
    if unused:
        raise ExpressionError(f"the expression has no variable {printable(min(unused))!r}")
    return result


def read_number(name: str, text: str) -> float:
    """The number that somebody typed for a variable: 0.5, 1e-3, or arithmetic such as 1/3.

    Raises ExpressionError, naming the variable, for anything else.

    >>> read_number("x", "1/4")
    0.25
    """
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is None or (math.isinf(number) and "inf" not in text.lower()):
        try:
            number = read_expression(text, {}).data
        except ExpressionError as error:
            raise ExpressionError(
                f"{printable(name)}={printable(text):.40}: give a number, such as {printable(name)}=0.5 or "
                f"{printable(name)}=1/3 ({error})"
            ) from None
    if math.isnan(number):
        raise ExpressionError(f"{printable(name)}={printable(text):.40}: nan is not a number")
    return number


def variables(text: str, numbers: Iterable[str] = ()) -> list[str]:
    """The names that need a number, in the order in which they are read.

    `e` and `pi` need none unless they are among `numbers`. Raises ExpressionError for text that cannot
    be parsed.

    >>> variables("b = a*a; c = a + b; tanh(b*c) + pi")
    ['a']
    """
    try:
        statements = _parsed(text)
        names: list[str] = []
        defined = set(_CONSTANTS) - {_normal(name) for name in numbers}
        for statement in statements:
            called = {id(call.func) for call in ast.walk(statement) if isinstance(call, ast.Call)}
            found = [
                node
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called
            ]
            found.sort(key=lambda node: (node.lineno, node.col_offset))
            names += [node.id for node in found if node.id not in defined]
            if isinstance(statement, ast.Assign):
                defined |= {target.id for target in statement.targets if isinstance(target, ast.Name)}
    except RecursionError:
        raise ExpressionError("the expression is nested too deeply") from None
    return list(dict.fromkeys(names))


def one_line(error: Exception) -> str:
    """The reason of an error without the advice that is for programs."""
    return str(error).partition("\n")[0].partition(" `with")[0]


def _normal(name: str) -> str:
    """A name as Python's parser spells it."""
    return unicodedata.normalize("NFKC", name)


def _parsed(text: str) -> list[ast.stmt]:
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text):,} characters, more than {LONGEST:,}")
    if ours := rewritten(text):
        raise ExpressionError(f"{printable(text):.40} is not an expression: write {ours:.80}")
    try:
        with warnings.catch_warnings(action="ignore"):
            statements = ast.parse(text.strip()).body
    except (SyntaxError, ValueError) as error:
        reason = getattr(error, "msg", str(error))
        raise ExpressionError(f"this is not an expression: {printable(reason)}") from None
    except MemoryError:
        raise ExpressionError("the expression is nested too deeply") from None
    if not statements:
        raise ExpressionError("the expression is empty")
    return statements


class _Reader:
    """Computes trees from the operations of the table."""

    def __init__(self, variables: Mapping[str, Value]) -> None:
        self.values: dict[str, Any] = dict(variables)
        self.used: set[str] = set()

    def assign(self, statement: ast.Assign) -> Any:
        """Give a name to a result, and to its node if that has none yet."""
        match statement.targets:
            case [ast.Name(id=name)]:
                if name in self.values:
                    raise ExpressionError(f"{printable(name)!r} has a value already")
                self.values[name] = made = self.read(statement.value)
                if isinstance(made, Value) and not made.label:
                    made.label = name
                return made
            case _:
                raise ExpressionError("the left side of = must be one name")

    def result(self, statement: ast.stmt) -> Value:
        """The last part; without a name it is called y, L or out, whichever is free."""
        match statement:
            case ast.Expr(value=tree):
                made = self.read(tree)
            case ast.Assign():
                made = self.assign(statement)
                self.used |= {name for name, value in self.values.items() if value is made}
            case _:
                raise ExpressionError("only arithmetic can be read, no statements")
        root = made if isinstance(made, Value) else Value(made)
        if not root.label:
            root.label = next((n for n in ("y", "L", "out") if n not in self.values), "")
        return root

    def read(self, tree: ast.expr) -> Any:
        """The Value, or the float, that a tree stands for."""
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._number(number)
            case ast.Name(id=name):
                if name not in self.values:
                    if name in _CONSTANTS:
                        return _CONSTANTS[name]
                    apart = f", or write {self._apart(name)}" if self._apart(name) else ""
                    raise ExpressionError(f"{printable(name)!r} has no value: add {printable(name)}=…{apart}")
                self.used.add(name)
                return self.values[name]
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                return apply(RULES[_OPERATORS[type(op)]], self.read(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return apply(RULES[_OPERATORS[type(op)]], self.read(left), self.read(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                function = self._function(name, len(arguments))
                return function(*map(self.read, arguments))
            case _:
                raise ExpressionError(
                    "only + - * / ** // %, numbers, names and functions such as tanh(x) can be read, "
                    f"not {printable(ast.unparse(tree)):.40}"
                )

    def _number(self, number: float) -> float:
        try:
            read = float(number)
        except OverflowError:
            read = math.inf
        if math.isinf(read):
            raise ExpressionError("the expression has a number that is too large for a float")
        return read

    def _apart(self, name: str) -> str:
        """`x*y` for xy, `sin(x)` for sinx, if x and y have values; else ""."""
        for k in range(1, len(name)):
            first, rest = name[:k], name[k:]
            if rest in self.values and (first in self.values or row_of(first)):
                return f"{first}*{rest}" if first in self.values else f"{first}({rest})"
        return ""

    def _function(self, name: str, given: int) -> Callable[..., Any]:
        rule = row_of(name)
        if isinstance(rule, FormulaRule) and rule.reduction and given != len(rule.operands):
            rule = RULES[rule.reduction]
        if isinstance(rule, ListRule) and len(rule.arguments) == 1:
            if given < max(rule.at_least, 1):
                raise ExpressionError(f"{name} takes at least {max(rule.at_least, 1)} operand, not {given}")
            return lambda *operands: apply(rule, *operands)
        if not isinstance(rule, FormulaRule) or rule.name == "where":
            raise ExpressionError(f"there is no function {printable(name)!r}{instead(name)}")
        most, least = len(rule.operands), len(rule.operands) - len(rule.defaults)
        if not least <= given <= most:
            wanted = f"{most}" if least == most else f"{least} or {most}"
            raise ExpressionError(f"{name} takes {wanted} operand{'s' if most > 1 else ''}, not {given}")
        defaults = rule.defaults[given - least :]
        return lambda *operands: apply(rule, *operands, *defaults)
