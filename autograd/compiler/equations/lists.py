"""The right side of an equation whose group works on lists: softmax and the like, and their gradients.

A row states ∂y/∂xᵢ for one operand, as `softmax(i, x) - (1 if i == t else 0)`; for the whole list that is
softmax(x) − one_hot(t).
"""

from __future__ import annotations

import ast
from typing import Any

from ...table.lists import ListRule
from ...table.row import RULES
from ...text.mathematics import applied, write_number
from ..groups import Listed, Rows
from ..partials import Pullback
from .operations import on_terms, term_of
from .phrases import Factor, Term, Unwritable
from .reading import Reading


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
    return term_of(applied(rule.name, [listed, *which], reading.style), (1, 1))


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
    known, tree = _whole_lists(reading, group, listed), rule.shown[-1].tree
    if not rule.vector:
        return phrases.times(reading.column(adjoints), on_terms(reading, tree, known))
    own, subtracted = (on_terms(reading, part, known) for part in _parts(tree))
    received_by = [i for i in range(len(adjoints.index)) if not reading.is_zero(adjoints.at([i]))]
    if len(received_by) == 1:  # c·g ⊙ (one_hot(t) − s)
        at_place = [reading.units.elements(factor, received_by) for factor in own.factors]
        passed = phrases.times(reading.read(adjoints.at(received_by)), Term(1.0, tuple(at_place)))
        sign = -1.0 if passed.number < 0.0 else 1.0
        one_hot = _one_hot(reading, received_by[0], listed)
        difference = phrases.added([one_hot.times(sign), subtracted.times(-sign)])
        return phrases.times(passed.times(sign), difference)
    passed = reading.column(adjoints)
    received = phrases.times(passed, own)
    one = received.shape != listed.shape  # the same from each result
    shared = received.times(listed.shape[0]) if one else phrases.sum(received)
    if own == subtracted and len(received.factors) > len(passed.factors):  # a ⊙ (g − Σ g ⊙ a)
        return phrases.times(subtracted, phrases.added([passed, shared.times(-1.0)]))
    return phrases.added([received, phrases.times(shared, subtracted).times(-1.0)])


def _whole_lists(reading: Reading, group: Listed, listed: Factor) -> dict[str, Term]:
    """The parts of formulas about operand i, written for all operands of a list."""
    assert isinstance(group.rule, Pullback)
    rule = group.rule.rule
    if rule.arguments[rule.index_operands :] != ("*x",):
        raise Unwritable
    names = [name for name, row in RULES.items() if isinstance(row, ListRule) and row.vector]
    known = {f"{name}(i, x)": Term(1.0, (reading.called(name, listed),)) for name in names}
    known |= {"x": Term(1.0, (listed,)), "len(x)": Term(float(listed.shape[0]))}
    if rule.vector:
        known["y"] = Term(1.0, (reading.called(rule.name, listed),))
    elif not rule.index:
        known["y"] = term_of(applied(rule.name, [listed], reading.style))
    if group.chosen:
        known[f"1 if i == {rule.index} else 0"] = _one_hot(reading, group.chosen[0], listed)
    return known


def _one_hot(reading: Reading, place: int, listed: Factor) -> Term:
    number = write_number(float(place), reading.style)
    return term_of(applied("one_hot", [number], reading.style), listed.shape)


def _parts(tree: ast.expr) -> tuple[ast.expr, ast.expr]:
    """c and s of ∂yₖ/∂xᵢ = c·([i = k] − sᵢ); Unwritable for any other form."""
    match tree:
        case ast.BinOp(left=ast.Name() as own, op=ast.Mult(), right=ast.BinOp() as difference):
            pass
        case ast.BinOp() as difference:
            own = ast.Constant(1)
        case _:
            raise Unwritable
    if isinstance(difference.left, ast.IfExp) and isinstance(difference.op, ast.Sub):
        return own, difference.right
    raise Unwritable
