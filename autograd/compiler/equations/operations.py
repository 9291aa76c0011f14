"""The right side of an equation whose group works element by element."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from ...table.formulas import Formula
from ...table.row import RULES, FormulaRule
from ...text.mathematics import CASES, SUM, Written, applied, written
from ..comparisons import COMPARISONS
from ..groups import Map, Rows
from ..partials import Partial
from .phrases import Factor, Shape, Term, Unwritable
from .reading import Reading

_OPERATORS: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}


def operands(group: Map) -> dict[str, Any]:
    """The operands that are written, by name: of a local derivative, those of f′(x), or of its formula."""
    rule = group.rule
    if not isinstance(rule, Partial):
        return dict(zip(rule.operands, group.operands))
    names = rule.rule.operands if _is_slope(rule, group) else rule.formula.names
    return {name: o for name, o in zip(("y", *rule.rule.operands), group.operands) if name in names}


def _is_slope(partial: Partial, group: Map) -> bool:
    """Whether a local derivative is written f′(x): all other operands are numbers."""
    others = group.operands[2:]
    return is_function(partial.rule) and not any(isinstance(operand, Rows) for operand in others)


def is_function(rule: FormulaRule) -> bool:
    """Whether a row is written f(x) and its derivative f′(x), which is not itself as short as 1 / x."""
    if not rule.shown:  # a comparison
        return False
    nodes = [type(n) for n in ast.walk(rule.shown[1].tree)]
    is_short = len([n for n in nodes if n in (ast.BinOp, ast.Call, ast.IfExp)]) <= (ast.BinOp in nodes)
    word = applied(rule.name, [Written("x"), *map(Written, rule.operands[1:])]).text.partition("(x")[0]
    return not is_short and word.replace("_", "").isalnum()


def map_value(reading: Reading, group: Map, place: Any) -> Term:
    """The elements at places of a result that is computed element by element."""
    rule = group.rule
    read = {name: _operand(reading, operand, place) for name, operand in operands(group).items()}
    terms = [*read.values()]
    if isinstance(rule, Partial):
        slope = _is_slope(rule, group)
        return _slope(reading, rule.rule, terms) if slope else on_terms(reading, rule.formula.tree, read)
    if rule in COMPARISONS.values():
        terms = reading.phrases.matched(terms)
        left, right = (reading.phrases.fence(reading.phrases.piece(term), SUM) for term in terms)
        text = reading.style.infix(left, rule.symbol, right)
        return Term(1.0, (Factor(text, CASES, reading.phrases.shape(terms)),))
    if rule.name == "mul" and reading.is_local(group.operands[0]):  # the local derivative comes last
        terms.reverse()
    return _applied(reading, rule.name, terms)


def _operand(reading: Reading, operand: Any, place: Any) -> Term:
    if isinstance(operand, Rows):
        return reading.read(operand.at(place))
    seeds: Any = operand
    return Term(seeds[1] if isinstance(operand, tuple) else seeds)


def term_of(piece: Written, shape: Shape = (1, 1)) -> Term:
    """A term of what is written already, with its rows and columns."""
    return Term(1.0, (Factor(piece.text, piece.binds, shape),))


def _slope(reading: Reading, rule: FormulaRule, terms: list[Term]) -> Term:
    """f′(x), with the numbers that f takes besides."""
    called = applied(rule.name, [*map(reading.phrases.piece, terms)], reading.style).text
    word = called.split("(")[0].removesuffix("\\left")
    sloped = called.replace(word, word + reading.style.symbol("′"), 1)
    return Term(1.0, (Factor(sloped, shape=reading.phrases.shape(terms)),))


def on_terms(reading: Reading, tree: ast.expr, terms: Mapping[str, Term]) -> Term:
    """A formula of the table on `terms`, which may stand for parts of it too; a condition is Unwritable."""
    known = terms.get(ast.unparse(tree))
    if known is not None:
        return known
    match tree:
        case ast.Constant(value=int() | float() as number):
            return Term(float(number))
        case ast.Name(id=name) if name.isupper():
            return term_of(written(Formula(name), reading.style))
        case ast.UnaryOp(operand=operand):
            name, parts = "neg", [operand]
        case ast.BinOp(left=left, op=op, right=right):
            name, parts = _OPERATORS[type(op)], [left, right]
        case ast.Call(func=ast.Name(id=name), args=parts):
            pass
        case _:
            raise Unwritable
    return _applied(reading, name, [on_terms(reading, part, terms) for part in parts])


def _applied(reading: Reading, name: str, terms: list[Term]) -> Term:
    """An operation on terms; a row that is written as a formula of others, as that."""
    phrases, rule = reading.phrases, RULES[name]
    if name == "mul":
        return phrases.times(*terms)
    if name == "div" and (terms[1].factors or not terms[0].factors):  # a / 2 stays as it is
        return phrases.times(terms[0], phrases.over(terms[1]))
    if name == "neg":
        return terms[0].times(-1.0)
    if name in ("add", "sub"):
        return phrases.added([terms[0], terms[1].times(1.0 if name == "add" else -1.0)])
    if name == "pow" and terms[1] == Term(1.0):
        return terms[0]
    if rule.written.startswith("=") and isinstance(rule, FormulaRule):
        formula = Formula(rule.written[1:].strip())
        return on_terms(reading, formula.tree, dict(zip(rule.operands, terms)))
    terms = phrases.matched(terms)
    return term_of(applied(name, [*map(phrases.piece, terms)], reading.style), phrases.shape(terms))
