"""Formulas and operations as mathematics: plain text, LaTeX and MathML.

`applied` decides once how an operation is written: as a sum, a fraction, a power, a root, a call,
and where parentheses go. A `Style` knows only how its notation spells each of these.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..rules import RULES, FormulaRule, ListRule, Rule
from ..table.formulas import Formula
from .typesetting import LATEX, MATHML, TEXT, Style

__all__ = ["LATEX", "MATHML", "TEXT", "Written", "applied", "derivative", "equation", "partials", "written"]

# The precedence of a piece of mathematics; a part of lower precedence gets parentheses.
CASES, SUM, SIGN, PRODUCT, POWER, ATOM = range(6)


@dataclass(frozen=True)
class Written:
    """A piece of mathematics in some notation, and how tightly it binds."""

    text: str
    binds: int = ATOM


# The notations that `written` of a row may use; any other is a word before its operands, "arcsin(x)",
# or, after "=", a formula of other rows, "= 2 ** x".
_INFIX = {"a + b": ("+", SUM), "a − b": ("−", SUM), "a·b": ("·", PRODUCT), "a mod b": ("mod", PRODUCT)}
_BRACKETS = {"|x|": "||", "⌊x⌋": "⌊⌋", "⌈x⌉": "⌈⌉", "‖x‖": "‖‖"}
_ROOTS = {"√x": "", "∛x": "3"}
_SERIES = {"Σ x": "Σ", "Π x": "Π"}
_NAMES = {"PI": "π", "LN2": "log 2", "LN10": "log 10", "bias": "b"}
_SUBSCRIPTS = {"i": "ᵢ", "j": "ⱼ", "k": "ₖ", "t": "ₜ"}
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

    rule = RULES.get(operation)
    form = rule.written if rule else ""

    def fence(piece: Written, below: int) -> str:
        if piece.binds >= below:
            return piece.text
        return style.parenthesized(piece.text, for_sign=piece.binds == SIGN and below <= PRODUCT)

    first = operands[0]
    product = SIGN if first.binds == SIGN else PRODUCT  # as −2·x, which follows no other operator
    if form in _INFIX:
        (left, right), (symbol, binds) = operands, _INFIX[form]
        after = fence(right, max(binds, SIGN) + 1)
        return Written(style.infix(fence(left, min(binds, SIGN)), symbol, after), min(binds, product))
    if form == "−x":
        return Written(style.row(style.symbol("−"), fence(first, SIGN + 1)), SIGN)
    if form == "a / b" and style.stacked:
        return Written(style.fraction(first.text, operands[1].text), POWER)
    if form == "a / b":
        return Written(style.fraction(fence(first, SIGN), fence(operands[1], PRODUCT + 1)), product)
    if form == "a^b":
        _, exponent = operands
        whole = set(exponent.text) <= set("0123456789−")
        raised = exponent.text if style.stacked or whole else fence(exponent, ATOM)
        return Written(style.power(fence(first, ATOM), raised), POWER)
    if form in _ROOTS:
        body = first.text if style.stacked else fence(first, ATOM)
        return Written(style.root(body, _ROOTS[form]))
    if form in _BRACKETS:
        left, right = _BRACKETS[form]
        return Written(style.fenced(first.text, left, right))
    if form in _SERIES and len(operands) == 1:
        added = style.row(style.symbol(_SERIES[form]), "" if style.stacked else " ", fence(first, PRODUCT))
        return Written(added, POWER if first.binds >= POWER else PRODUCT)
    if form.startswith("=") and isinstance(rule, FormulaRule):
        return written(Formula(form[1:].strip()), style, dict(zip(rule.operands, operands)))
    listed = style.symbol(", ").join(operand.text for operand in operands)
    return Written(style.row(style.word(form.partition("(")[0] or operation), style.fenced(listed)))


def binding(rule: Rule | None) -> int:
    """The precedence of an operation when it is written."""
    if not isinstance(rule, FormulaRule):
        return ATOM
    return applied(rule.name, [Written(operand) for operand in rule.operands]).binds


def written(
    formula: Formula,
    style: Style = TEXT,
    names: Mapping[str, Written | float] | None = None,
    lists: Sequence[str] = (),
    counter: str = "j",
) -> Written:
    """A formula of the table as mathematics.

    `names` says what is written for its operands, `lists` which of them are lists, whose items are
    counted by `counter` inside of a sum.

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

    def item(name: str, index: str) -> Written:
        return Written(style.name(name + _SUBSCRIPTS[index]))

    def read(tree: ast.expr, index: str = "i") -> Written:
        """The mathematics of a tree; inside of a sum, `index` is its counter."""
        if (value := constant(tree)) is not None:
            return write_number(value, style)
        match tree:
            case ast.Name(id=name) if name in lists:
                return item(name, index)
            case ast.Name(id=name):
                given = known.get(name)
                return given if isinstance(given, Written) else Written(style.name(_NAMES.get(name, name)))
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=chosen)):
                return item(name, chosen)
            case ast.UnaryOp(operand=operand):
                return applied("neg", [read(operand, index)], style)
            case ast.BinOp(left=ast.Name(id=left), op=ast.Mult(), right=ast.Name(id=right)) if left == right:
                return applied("pow", [read(tree.left, index), write_number(2.0, style)], style)
            case ast.BinOp(left=left, op=op, right=right):
                return applied(_OPERATORS[type(op)], [read(left, index), read(right, index)], style)
            case ast.Call(func=ast.Name(id="pow"), args=[base, exponent]) if constant(exponent) == 1.0:
                return read(base, index)
            case ast.Call(func=ast.Name(id="len")):
                return Written(style.name("n"))
            case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=which), ast.Name(id=of)]) if of in lists:
                word = style.row(style.word(name), style.fenced(style.name(of)))
                return Written(style.subscripted(word, which if which in "kt" else index))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                inner = counter if isinstance(RULES.get(name), ListRule) else index
                return applied(name, [read(argument, inner) for argument in arguments], style)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                compared = read(left, index).text, _TESTS[type(op)], read(right, index).text
                return Written(style.infix(*compared), CASES)
            case ast.IfExp(
                test=ast.Compare(left=ast.Name(id=left), ops=[ast.Eq()], comparators=[ast.Name(id=right)]),
                body=ast.Constant(value=1),
                orelse=ast.Constant(value=0),
            ) if left in _SUBSCRIPTS and right in _SUBSCRIPTS:
                return Written(style.name("δ" + _SUBSCRIPTS[left] + _SUBSCRIPTS[right]))
            case ast.IfExp():
                return cases(tree, index)
            case _:
                raise ValueError(f"{formula.text!r}: {type(tree).__name__} cannot be written as mathematics")

    def cases(tree: ast.expr, index: str) -> Written:
        branches: list[tuple[str, str]] = []
        while isinstance(tree, ast.IfExp):
            value = read(tree.body, index)
            nested = value.binds == CASES and not style.stacked
            text = style.fenced(value.text) if nested else value.text
            branches.append((text, read(tree.test, index).text))
            tree = tree.orelse
        return Written(style.cases(branches, read(tree, index).text), CASES)

    return read(formula.tree)


def equation(rule: Rule, style: Style = TEXT) -> str:
    """The value of a row: `y = a·b`, `y = Σ xᵢ`.

    >>> from autograd.rules import RULES
    >>> equation(RULES["mul"]), equation(RULES["logsumexp"], LATEX)
    ('y = a·b', 'y = \\\\log\\\\left(\\\\sum \\\\exp\\\\left(x_{i}\\\\right)\\\\right)')
    """
    value = written(rule.shown[0], style, lists=_lists(rule), counter="i").text
    return style.infix(style.name("y"), "=", value)


def partials(rule: Rule, style: Style = TEXT) -> list[str]:
    """The local derivatives of a row, one per operand or per kind of operand.

    >>> from autograd.rules import RULES
    >>> partials(RULES["mul"])
    ['∂y/∂a = b', '∂y/∂b = a']
    >>> partials(RULES["dot"])
    ['∂y/∂wᵢ = xᵢ', '∂y/∂xᵢ = wᵢ', '∂y/∂b = 1']
    """
    names = operand_names(rule)
    pairs = [
        (name, written(formula, style, lists=_lists(rule)).text)
        for name, formula in zip(names, rule.shown[-len(names) :], strict=True)
    ]
    return [style.infix(derivative(style.name("y"), style.name(o), style), "=", p) for o, p in pairs]


def derivative(of: str, by: str, style: Style = TEXT) -> str:
    """∂of/∂by, of two names that are written already."""
    d = style.symbol("∂")
    return style.fraction(style.row(d, of), style.row(d, by)) if style.stacked else f"{d}{of}/{d}{by}"


def operand_names(rule: Rule) -> list[str]:
    """The names of the operands that have derivatives: x, or xᵢ for the items of a list."""
    if isinstance(rule, ListRule):
        arguments = rule.arguments[rule.index_operands :]
        return [f"{a[1:]}ᵢ" if a[0] == "*" else _NAMES.get(a, a) for a in arguments]
    assert isinstance(rule, FormulaRule)
    return [*rule.operands[rule.index_operands :]]


def _lists(rule: Rule) -> Sequence[str]:
    return rule.lists if isinstance(rule, ListRule) else ()
