"""The right side of an equation whose group is a sum of products: W·x + b, Σ a ⊙ b, δ·xᵀ."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from ..groups import Matrix, Rows
from .phrases import FEW, Term, Unwritable
from .reading import Reading


def matrix_value(reading: Reading, group: Matrix, place: Any) -> Term:
    """The elements at places: a block of rows and columns, or of single products."""
    if group.shape[0] > 1:
        return _element_by_element(reading, group, place)
    f, p = group.shape[1:]
    rows, columns = _block(reading, place, f, p)
    block = rows[:, None] * p + columns
    terms = [
        term
        for left, right in sorted(group.blocks, key=lambda block: reading.units.are_one(block[1]))
        for term in product(
            reading,
            left.at((0, rows)),
            right.at(0).at((slice(None), columns)),
            group.mean,
        )
    ]
    terms += _addends(reading, group, block if len(columns) > 1 else block[:, 0])
    return reading.phrases.added(_in_order(reading, terms) if group.mean else terms)


def _block(reading: Reading, place: Any, f: int, p: int) -> tuple[Any, Any]:
    """Rows and columns of an F × P result."""
    np = reading.units.numpy
    if place.ndim == 1:
        if np.array_equal(place, np.arange(f * p)):
            return np.arange(f), np.arange(p)
        if p > 1 and f > 1 and len(place) > 1:
            raise Unwritable
        return (place, np.array([0])) if p == 1 else (place[:1] // p, place % p)
    i, j = divmod(place, p)
    if (i == i[:, :1]).all() and (j == j[:1]).all():
        return i[:, 0], j[0]
    raise Unwritable


def product(reading: Reading, left: Rows, right: Rows, mean: bool) -> list[Term]:
    """left·right, of shapes (F, K) and (K, P); term by term if a row of it can't be written as a whole."""
    (f, k), p = left.index.shape, right.index.shape[1]
    phrases = reading.phrases
    are_params = reading.units.are_params(left.space, left.index)
    if are_params:  # in their order, whatever it is in memory
        order = reading.units.numpy.argsort(left.index[0], kind="stable")
        left, right = left.at((slice(None), order)), right.at(order)
    try:
        if f == p == 1 and (k == 1 or mean or not are_params):
            return [_sum_of_products(reading, left, right)]
        a = reading.column(left.at((slice(None), 0))) if k == 1 else reading.read(left)
        b = reading.column(right.at((slice(None), 0))) if p == 1 else reading.read(right)
        if a.shape == (f, k) and b.shape == (k, p):
            return [phrases.dot(a, b)]
        if b.shape == (1, 1) and f == p == 1:  # w₁·x + w₂·x
            summed = phrases.sum(a)
            return [phrases.times(summed, b)]
        if k == 1 and 1 in (f, p):  # the same for all rows, or columns
            return [phrases.times(a, b)]
    except Unwritable:
        if k == 1:
            raise
    if k == 1 or k > FEW or (p > 1 and not mean):
        raise Unwritable
    return [
        term for i in range(k) for term in product(reading, left.at((slice(None), [i])), right.at([i]), mean)
    ]


def _sum_of_products(reading: Reading, left: Rows, right: Rows) -> Term:
    """Σ a ⊙ b, or one product a·b, an error first: δ·x."""
    phrases = reading.phrases
    a, b = reading.column(left.at(0)), reading.column(right.at((slice(None), 0)))
    if reading.is_reverse(right) and reading.units.unit_of(right) and not reading.is_reverse(left):
        a, b = b, a
    whole = phrases.times(a, b)
    return phrases.sum(whole) if whole.shape != (1, 1) else whole.times(left.index.shape[1])


def _element_by_element(reading: Reading, group: Matrix, place: Any) -> Term:
    """Sums, and sums of few products, that each row has of its own."""
    _, f, p = group.shape
    terms: list[Term] = []
    for left, right in group.blocks:
        k = left.index.shape[2]
        if (f, p) != (1, 1) or k > FEW:
            raise Unwritable
        terms += [_elements(reading, left.at((place, 0, i)), right.at((place, i, 0))) for i in range(k)]
    terms += _addends(reading, group, place)
    return reading.phrases.added(_in_order(reading, terms) if group.mean else terms)


def _in_order(reading: Reading, terms: list[Term]) -> list[Term]:
    """Terms by their text, δ¹·x before δ²·a¹."""
    return sorted(terms, key=lambda term: normalize("NFKC", reading.phrases.piece(term).text))


def _elements(reading: Reading, left: Rows, right: Rows) -> Term:
    """left ⊙ right; if one has the same rows and the other the same columns, a product a·bᵀ."""
    a, b = left.index, right.index
    for one, other, i, j in ((left, right, a, b), (right, left, b, a)) if a.ndim > 1 else ():
        if (i == i[:, :1]).all() and (j == j[:1]).all():
            row = reading.transposed(reading.column(other.at(0)))
            return reading.phrases.dot(reading.column(one.at((slice(None), 0))), row)
    return reading.phrases.times(reading.read(left), reading.read(right))


def _addends(reading: Reading, group: Matrix, place: Any) -> list[Term]:
    """The terms of a sum at places; of several for each row, one by one if they are few, else as Σ."""
    terms: list[Term] = []
    for sign, rows in sorted(group.terms, key=lambda term: term[1].space == "U"):
        if sign < 0.0 and rows in reading.targets.get(group, ()):
            continue
        terms += [term.times(sign) for term in _added_rows(reading, rows, place)]
    return terms


def _added_rows(reading: Reading, rows: Rows, place: Any) -> list[Term]:
    index = rows.index
    if index.ndim == 1:
        index = index[place]
        if index.ndim > 1 and (index == index[:, :1]).all():  # a column for all columns
            index = index[:, 0]
        return [reading.read(Rows(rows.space, index))]
    n, j = index.shape
    if n > 1:
        if j > FEW:
            raise Unwritable
        return [reading.read(rows.at((place, i))) for i in range(j)]
    terms: list[Term] = []
    for run in reading.units.runs(rows.at(0)):
        term = reading.read(rows.at((0, run)))
        size = run.stop - run.start
        terms.append(term.times(size) if term.shape == (1, 1) else reading.phrases.sum(term))
    if len(terms) > FEW:
        raise Unwritable
    return terms
