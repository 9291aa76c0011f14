"""Formulas and operations as mathematics: plain text, LaTeX and MathML.

`applied` decides once how an operation is written: as a sum, a fraction, a power, a root, a call,
and where parentheses go. A `Style` knows only how its notation spells each of these.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..table.formulas import Formula
from ..table.row import FormulaRule, Rule, VariadicRule
from .typesetting import LATEX, MATHML, TEXT, Style

__all__ = ["LATEX", "MATHML", "TEXT", "Written", "applied", "derivative", "equation", "partials", "written"]

# How tightly a piece of mathematics holds together; what binds less gets parentheses.
CASES, SUM, SIGN, PRODUCT, POWER, ATOM = range(6)


@dataclass(frozen=True)
class Written:
    """A piece of mathematics in some notation, and how tightly it binds."""

    text: str
    binds: int = ATOM


BINDS = {"add": SUM, "sub": SUM, "neg": SIGN, "mul": PRODUCT, "div": PRODUCT, "pow": POWER}
_INFIX = {"add": "+", "sub": "−", "mul": "·"}
_BRACKETS = {"abs": "||", "floor": "⌊⌋", "ceil": "⌈⌉"}
_ROOTS = {"sqrt": "", "cbrt": "3"}
_WORDS = {
    "sigmoid": "σ", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "maximum": "max", "minimum": "min", "sign": "sgn",
}  # fmt: skip
_CONSTANTS = {"PI": "π", "LN2": "log 2", "LN10": "log 10"}
_OPERATORS: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}
_TESTS: dict[type[ast.AST], str] = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "="}


def write_number(x: float, style: Style = TEXT) -> Written:
    """A constant with all its digits, a whole number without a point."""
    digits = f"{abs(x):.0f}" if abs(x) < 1e16 and x == int(x) else repr(abs(x))
    written = Written(style.number(digits))
    return applied("neg", [written], style) if x < 0 else written


def applied(operation: str, operands: Sequence[Written], style: Style = TEXT) -> Written:
    """An operation of the table, written on operands that are written already.

    >>> a, b = Written("a"), Written("b")
    >>> applied("mul", [applied("add", [a, b]), applied("tanh", [a])]).text
    '(a + b)·tanh(a)'
    """

    def fence(piece: Written, below: int) -> str:
        return style.fenced(piece.text) if piece.binds < below else piece.text

    if operation in _INFIX:
        (left, right), binds = operands, BINDS[operation]
        after = fence(right, max(binds, SIGN) + 1)
        return Written(style.infix(fence(left, min(binds, SIGN)), _INFIX[operation], after), binds)
    first = operands[0]
    if operation == "neg":
        return Written(style.row(style.symbol("−"), fence(first, SIGN + 1)), SIGN)
    if operation == "div" and style.stacked:
        return Written(style.fraction(first.text, operands[1].text))
    if operation == "div":
        return Written(style.fraction(fence(first, SIGN), fence(operands[1], PRODUCT + 1)), PRODUCT)
    if operation == "pow":
        _, exponent = operands
        whole = set(exponent.text) <= set("0123456789−")
        raised = exponent.text if style.stacked or whole else fence(exponent, ATOM)
        return Written(style.power(fence(first, ATOM), raised), POWER)
    if operation in _ROOTS:
        body = first.text if style.stacked else fence(first, ATOM)
        return Written(style.root(body, _ROOTS[operation]))
    if operation in _BRACKETS:
        left, right = _BRACKETS[operation]
        return Written(style.fenced(first.text, left, right))
    listed = style.symbol(", ").join(operand.text for operand in operands)
    return Written(style.row(style.word(_WORDS.get(operation, operation)), style.fenced(listed)))


def written(
    formula: Formula, style: Style = TEXT, names: Mapping[str, Written | float] | None = None
) -> Written:
    """A formula of the table as mathematics; `names` says what stands for its operands.

    >>> written(Formula("4 * sigmoid(2*x) * sigmoid(-2*x)")).text
    '4·σ(2·x)·σ(−2·x)'
    >>> written(Formula("-y / b"), LATEX).text
    '\\\\frac{-y}{b}'
    >>> written(Formula("x if x > 0 else slope * x")).text
    'x if x > 0, else slope·x'
    >>> written(Formula("b * pow(a, b - 1)"), names={"a": Written("w"), "b": 3.0}).text
    '3·w²'
    """
    known = names or {}

    def constant(tree: ast.expr) -> float | None:
        """The number that a tree of plain numbers stands for."""
        match tree:
            case ast.Constant(value=int() | float() as value):
                return value
            case ast.Name(id=name):
                given = known.get(name)
                return given if isinstance(given, float) else None
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                a, b = constant(left), constant(right)
                return None if a is None or b is None else a - b
            case _:
                return None

    def read(tree: ast.expr) -> Written:
        if (value := constant(tree)) is not None:
            return write_number(value, style)
        match tree:
            case ast.Name(id=name) if name in _CONSTANTS:
                return Written(style.name(_CONSTANTS[name]))
            case ast.Name(id=name):
                given = known.get(name)
                return given if isinstance(given, Written) else Written(style.name(name))
            case ast.UnaryOp(operand=operand):
                return applied("neg", [read(operand)], style)
            case ast.BinOp(left=left, op=op, right=right):
                return applied(_OPERATORS[type(op)], [read(left), read(right)], style)
            case ast.Call(func=ast.Name(id="pow"), args=[base, exponent]) if constant(exponent) == 1.0:
                return read(base)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return applied(name, [read(argument) for argument in arguments], style)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return Written(style.infix(read(left).text, _TESTS[type(op)], read(right).text), CASES)
            case ast.IfExp():
                return cases(tree)
            case _:
                raise ValueError(f"{formula.text!r}: {type(tree).__name__} has no mathematics")

    def cases(tree: ast.expr) -> Written:
        branches: list[tuple[str, str]] = []
        while isinstance(tree, ast.IfExp):
            value = read(tree.body)
            nested = value.binds == CASES and not style.stacked
            text = style.fenced(value.text) if nested else value.text
            branches.append((text, read(tree.test).text))
            tree = tree.orelse
        return Written(style.cases(branches, read(tree).text), CASES)

    return read(formula.tree)


def equation(rule: Rule, style: Style = TEXT) -> str:
    """The value of a row: `y = a·b`, `y = Σ xᵢ`.

    >>> from autograd.rules import RULES
    >>> equation(RULES["mul"]), equation(RULES["logsumexp"], LATEX)
    ('y = a·b', 'y = \\\\log\\\\sum \\\\exp\\\\left(x_{i}\\\\right)')
    """
    if isinstance(rule, FormulaRule):
        value = written(rule.shown[0], style).text
    else:
        assert isinstance(rule, VariadicRule)
        value = _spelled(rule.equation, style)
    return style.infix(style.name("y"), "=", value)


def partials(rule: Rule, style: Style = TEXT) -> list[str]:
    """The local derivatives of a row, one per operand or per kind of operand.

    >>> from autograd.rules import RULES
    >>> partials(RULES["mul"])
    ['∂y/∂a = b', '∂y/∂b = a']
    >>> partials(RULES["dot"])
    ['∂y/∂wᵢ = xᵢ', '∂y/∂xᵢ = wᵢ', '∂y/∂b = 1']
    """
    if isinstance(rule, FormulaRule):
        formulas = rule.shown[1:]
        pairs = [(o, written(p, style).text) for o, p in zip(rule.operands, formulas, strict=True)]
    else:
        assert isinstance(rule, VariadicRule)
        kinds = rule.partial.split(", ")
        operands = re.findall(r"\b[a-z]ᵢ?\b", rule.equation) if len(kinds) > 1 else ["xᵢ"]
        pairs = [(o, _spelled(p, style)) for o, p in zip(operands, kinds, strict=True)]
    return [style.infix(derivative(style.name("y"), style.name(o), style), "=", p) for o, p in pairs]


def derivative(of: str, by: str, style: Style = TEXT) -> str:
    """∂of/∂by, of two names that are written already."""
    d = style.symbol("∂")
    return style.fraction(style.row(d, of), style.row(d, by)) if style.stacked else f"{d}{of}/{d}{by}"


def _spelled(text: str, style: Style) -> str:
    """A variadic row's equation, which is text already, in another notation."""
    if style is TEXT:
        return text
    parts: list[str] = []
    for token in re.findall(r"\w+|[^\w\s]", text):
        if token[0] == "Σ" or not token[0].isalnum():
            parts.append(style.symbol(token))
        elif token.isdigit():
            parts.append(style.number(token))
        else:
            plain = token.isascii() and len(token) > 1
            parts.append(style.word(token) if plain else style.name(token))
    return style.row(*parts)
