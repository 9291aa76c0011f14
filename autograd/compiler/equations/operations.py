"""The right side of an equation whose group works element by element, or on a list."""

from __future__ import annotations

import ast
from typing import Any

from ...table.formulas import Formula
from ...table.row import RULES, FormulaRule
from ...text.mathematics import CASES, SUM, Written, applied, write_number, written
from ..comparisons import COMPARISONS
from ..groups import Listed, Map, Rows
from ..partials import Partial, Pullback
from .gradients_of_lists import Slopes
from .phrases import Factor, Shape, Term, Unwritable
from .reading import Reading

_OPERATORS: dict[type[ast.AST], str] = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}


def operands(group: Map) -> list[Any]:
    """The operands that are written: of a local derivative, those that its formula names."""
    if not isinstance(group.rule, Partial):
        return group.operands
    names = group.rule.rule.shown[1 + group.rule.slot].names
    return [o for o, name in zip(group.operands, ("y", *group.rule.rule.operands)) if name in names]


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
    if isinstance(group.rule, Partial):
        return _partial(reading, group.rule, group.operands, place)
    terms = [_operand(reading, operand, place) for operand in group.operands]
    if group.rule in COMPARISONS.values():
        terms = reading.phrases.matched(terms)
        left, right = (reading.phrases.fence(reading.phrases.piece(term), SUM) for term in terms)
        text = reading.style.infix(left, group.rule.symbol, right)
        return Term(1.0, (Factor(text, CASES, reading.phrases.shape(terms)),))
    if group.rule.name == "mul" and reading.is_local(group.operands[0]):  # the local derivative comes last
        terms.reverse()
    return _applied(reading, group.rule.name, terms)


def _operand(reading: Reading, operand: Any, place: Any) -> Term:
    if isinstance(operand, Rows):
        return reading.read(operand.at(place))
    seeds: Any = operand
    return Term(seeds[1] if isinstance(operand, tuple) else seeds)


def _term(piece: Written, shape: Shape) -> Term:
    return Term(1.0, (Factor(piece.text, piece.binds, shape),))


def _partial(reading: Reading, partial: Partial, operands: list[Any], place: Any) -> Term:
    """∂result/∂operand: f′(x), or the formula that the row shows."""
    rule, phrases = partial.rule, reading.phrases
    formula = rule.shown[1 + partial.slot]
    is_slope = is_function(rule) and not any(isinstance(operand, Rows) for operand in operands[2:])
    names = rule.operands if is_slope else formula.names
    terms = {
        name: _operand(reading, operand, place)
        for name, operand in zip(("y", *rule.operands), operands)
        if name in names
    }
    if not is_slope:
        return _formula(reading, formula.tree, terms)
    pieces = [phrases.piece(term) for term in terms.values()]
    called = applied(rule.name, pieces, reading.style).text
    word = called.split("(")[0].removesuffix("\\left")
    sloped = called.replace(word, word + reading.style.symbol("′"), 1)
    return Term(1.0, (Factor(sloped, shape=phrases.shape([*terms.values()])),))


def _formula(reading: Reading, tree: ast.expr, terms: dict[str, Term]) -> Term:
    """A formula of the table on terms; a condition is Unwritable."""
    match tree:
        case ast.Constant(value=int() | float() as number):
            return Term(float(number))
        case ast.Name(id=name):
            return terms.get(name) or _term(written(Formula(name), reading.style), (1, 1))
        case ast.UnaryOp(operand=operand):
            name, parts = "neg", [operand]
        case ast.BinOp(left=left, op=op, right=right):
            name, parts = _OPERATORS[type(op)], [left, right]
        case ast.Call(func=ast.Name(id=name), args=parts):
            pass
        case _:
            raise Unwritable
    return _applied(reading, name, [_formula(reading, part, terms) for part in parts])


def _applied(reading: Reading, name: str, terms: list[Term]) -> Term:
    """An operation on terms; a row that is written as a formula of others, as that."""
    phrases, rule = reading.phrases, RULES[name]
    if name == "mul":
        return phrases.times(*terms)
    if name == "div" and terms[1].factors:  # what divides is a factor of its own
        return phrases.times(terms[0], phrases.over(terms[1]))
    if name == "neg":
        return terms[0].times(-1.0)
    if name in ("add", "sub"):
        return phrases.added([terms[0], terms[1].times(1.0 if name == "add" else -1.0)])
    if name == "pow" and terms[1] == Term(1.0):
        return terms[0]
    if rule.written.startswith("=") and isinstance(rule, FormulaRule):
        formula = Formula(rule.written[1:].strip())
        return _formula(reading, formula.tree, dict(zip(rule.operands, terms)))
    terms = phrases.matched(terms)
    return _term(applied(name, [*map(phrases.piece, terms)], reading.style), phrases.shape(terms))


# Lists
def list_value(reading: Reading, group: Listed, place: Any) -> Term:
    """The elements at places of what is computed from one list, or passed back to it."""
    lists, phrases = group.lists.index, reading.phrases
    if len(lists) > 1:
        return _each_column(reading, group, place)
    n = lists.shape[1]
    listed = phrases.piece(reading.column(group.lists.at(0)))
    if listed.shape != (n, 1):
        raise Unwritable
    if isinstance(group.rule, Pullback):
        return _chosen(reading, _pulled_back(reading, group, listed), group, place, n)
    rule = group.rule
    if rule.vector:
        return _chosen(reading, Term(1.0, (reading.called(rule.name, listed),)), group, place, n)
    places: list[int] = place.ravel().tolist() if rule.index_operands else []
    choices = {group.choices[k] for k in places}
    if len(choices) > 1:
        raise Unwritable
    which = [write_number(float(choice), reading.style) for choice in choices]
    return _term(applied(rule.name, [listed, *which], reading.style), (1, 1))


def _each_column(reading: Reading, group: Listed, place: Any) -> Term:
    """softmax and the like of several lists: they work on each column of a matrix."""
    numpy, (count, n) = reading.units.numpy, group.lists.index.shape
    which, choice = numpy.array(group.which)[place], numpy.array(group.choices)[place]
    if place.ndim == 1 and len(place) == count * n:
        which, choice = which.reshape(count, n), choice.reshape(count, n)
    if isinstance(group.rule, Pullback) or which.ndim == 1:
        raise Unwritable
    lists, elements = numpy.arange(count), numpy.arange(n)
    turned = which.shape == (count, n) and (lists == which.T).all() and (choice == elements).all()
    if not turned and not (
        which.shape == (n, count) and (which == lists).all() and (elements == choice.T).all()
    ):
        raise Unwritable
    columns = reading.phrases.piece(reading.read(Rows(group.lists.space, group.lists.index.T)))
    if columns.shape != (n, count):
        raise Unwritable
    called = Term(1.0, (reading.called(group.rule.name, columns),))
    return reading.transposed(called) if turned else called


def _chosen(reading: Reading, whole: Term, group: Listed, place: Any, n: int) -> Term:
    """Elements of a result for the whole list."""
    choices: list[int] = [group.choices[k] for k in place.ravel().tolist()]
    if place.ndim > 1 and 1 not in place.shape:
        raise Unwritable
    if whole.shape == (1, 1) or choices == list(range(n)):
        return whole
    return Term(1.0, (reading.units.elements(reading.phrases.piece(whole), choices),))


def _pulled_back(reading: Reading, group: Listed, listed: Factor) -> Term:
    """The adjoints of a list: those of its results times the row's derivatives."""
    assert isinstance(group.rule, Pullback)
    assert group.adjoints is not None
    phrases, rule, adjoints = reading.phrases, group.rule.rule, group.adjoints.at(0)
    slopes = Slopes(rule, listed, group.chosen, reading.style)
    if not rule.vector:
        whole = slopes.whole()
        passed = reading.column(adjoints)
        return phrases.times(passed, Term(1.0, (Factor(whole.text, whole.binds, listed.shape),)))
    own = [reading.called(rule.name, listed)] if slopes.factors else []
    subtracted = Factor(slopes.subtracted.text, slopes.subtracted.binds, listed.shape)
    subtracted = own[0] if slopes.is_factor else subtracted
    received_by = [i for i in range(len(adjoints.index)) if not reading.is_zero(adjoints.at([i]))]
    if len(received_by) == 1:  # c·g ⊙ (one_hot(t) − a)
        (t,) = received_by
        one_hot = applied("one_hot", [write_number(float(t), reading.style)], reading.style)
        passed = reading.read(adjoints.at(received_by))
        passed = phrases.times(passed, *(Term(1.0, (reading.units.elements(c, [t]),)) for c in own))
        signs = [Term(1.0, (Factor(one_hot.text, shape=listed.shape),)), Term(-1.0, (subtracted,))]
        if passed.number < 0.0:
            passed, signs = passed.times(-1.0), [sign.times(-1.0) for sign in signs]
        difference = phrases.added(signs)
        return phrases.times(passed, difference) if passed != Term(1.0) else difference
    passed = reading.column(adjoints)
    received = phrases.times(passed, Term(1.0, tuple(own)))
    one = received.shape != listed.shape  # the same from each result
    shared = received.times(listed.shape[0]) if one else phrases.sum(received)
    if slopes.is_factor and len(received.factors) > len(passed.factors):  # a ⊙ (g − Σ g ⊙ a)
        inner = phrases.added([passed, shared.times(-1.0)])
        return phrases.times(Term(1.0, (subtracted,)), Term(1.0, (phrases.piece(inner),)))
    return phrases.added([received, Term(-shared.number, (*shared.factors, subtracted))])
