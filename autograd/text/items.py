"""The rules of an operation on lists, with the items of one node's lists: `p₂ − t₂` of a cross-entropy."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import chain, count

from ..rules import RULES, FormulaRule, ListRule
from ..table.formulas import Formula
from ..value import Value

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MOST_TERMS = 6  # of a sum or a product that is written out
ELLIPSIS = "etc_"  # the name that stands for the terms left out of a long one
_SERIES: dict[str, tuple[type[ast.operator], int]] = {"Σ x": (ast.Add, 0), "Π x": (ast.Mult, 1)}

Operand = Value | float | None


@dataclass(frozen=True)
class ItemRule:
    """A formula of a row of lists without lists, for one node.

    Its names are `x_2` for an operand, `p_2` for an item of a softmax, `t_2` for one of the one-hot
    target, `y` for the result and `ELLIPSIS`. `places` has the places of the operands, `numbers` the
    numbers of the items.
    `conditions` are the comparisons with the result that decided a case, as of a maximum.
    """

    formula: Formula
    places: Mapping[str, int]
    numbers: Mapping[str, float]
    conditions: list[Formula]


def items(rule: ListRule, operands: int) -> list[tuple[str, int]]:
    """For each operand the argument that it belongs to, and its place in it, as the API counts."""
    lists = len(rule.lists)
    size = (operands - len(rule.arguments) + lists) // lists
    return [(name.lstrip("*"), i) for name in rule.arguments for i in range(size if name[0] == "*" else 1)]


def named_operands(node: Value) -> dict[str, Operand]:
    """The operands of a result by the names that its rule has for them: `x`, or `x_2` in a list."""
    if not isinstance(node.rule, ListRule):
        assert isinstance(node.rule, FormulaRule)
        return dict(zip(node.rule.operands, node.operands, strict=True))
    lists = node.rule.lists
    return {
        f"{name}_{place}" if name in lists else name: x
        for (name, place), x in zip(items(node.rule, len(node.operands)), node.operands, strict=True)
    }


def rule_at(node: Value, place: int) -> ItemRule | None:
    """The partial derivative of a node with respect to one operand; None if it cannot be written out."""
    rule = node.rule
    assert isinstance(rule, ListRule)
    argument, i = items(rule, len(node.operands))[place]
    plain = [name.lstrip("*") for name in rule.arguments]
    return _written_out(node, rule.shown[1 + plain.index(argument) - rule.index_operands], i)


def value_of(node: Value) -> ItemRule | None:
    """The value of a node, `a·b + c·d`; None if it cannot be written out, or depends on conditions."""
    assert isinstance(node.rule, ListRule)
    found = _written_out(node, node.rule.shown[0], None)
    return None if found is None or found.conditions else found


def softmax_item(node: Value, place: int) -> ItemRule | None:
    """An item of the softmax that the rule of a node reads: `exp(x_1) / (exp(x_0) + exp(x_1))`."""
    row = _softmax_of(node)
    assert row is not None
    return _written_out(node, row.shown[0], None, {row.index: place})


def _written_out(
    node: Value, shown: Formula, i: int | None, places: Mapping[str, int] | None = None
) -> ItemRule | None:
    reader = _AtItems(node, i)
    reader.places.update(places or {})
    try:
        formula = Formula(ast.unparse(reader.visit(ast.parse(shown.text, mode="eval").body)))
    except _Unwritten:
        return None
    read = {*formula.names, *chain.from_iterable(test.names for test in reader.conditions)}
    operands = {name: place for place, name in enumerate(reader.operands) if name in read}
    return ItemRule(formula, operands, reader.numbers, reader.conditions)


def _softmax_of(node: Value) -> ListRule | None:
    """The row, if there is one, whose items the rule of a node reads: the softmax of its operands."""
    if not isinstance(node.rule, ListRule):
        return None
    called = (RULES.get(name) for formula in node.rule.shown[1:] for name in formula.functions)
    return next((row for row in called if isinstance(row, ListRule) and row.index), None)


def marks(names: Mapping[Value, str]) -> dict[Value, str]:
    """A mark that tells the p and t of one node from those of another: "", or "1", "2", …"""
    taken = {name.rstrip("₀₁₂₃₄₅₆₇₈₉") for name in names.values()}
    found = [node for node in names if _softmax_of(node)]
    choices = chain([""] if len(found) == 1 else [], map(str, count(1)))
    return dict(zip(found, (mark for mark in choices if not taken & {f"p{mark}", f"t{mark}"})))


class _Unwritten(Exception):
    """The rule has something that is not written item by item."""


class _AtItems(ast.NodeTransformer):
    """Writes sums and products over lists out, and takes the branch that holds in place of a condition."""

    def __init__(self, node: Value, i: int | None) -> None:
        assert isinstance(node.rule, ListRule)
        self.rule = rule = node.rule
        self.size = 1 + max(place for _, place in items(rule, len(node.operands)))
        self.operands = named_operands(node)
        self.data = {
            name: x.data if isinstance(x, Value) else float(x or 0.0) for name, x in self.operands.items()
        }
        self.data["y"] = node.data
        first = node.operands[0]
        chosen = int(first) if rule.index and isinstance(first, float) else None
        self.places: dict[str, int | None] = {"i": i, "j": None, rule.index: chosen}
        self.here = i  # the place of the items that a bare list stands for
        self.numbers: dict[str, float] = {}
        self.conditions: list[Formula] = []

    def _place(self, name: str) -> int:
        place = self.places.get(name)
        if place is None:
            raise _Unwritten
        return place

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self.rule.lists:
            operand = self.operands.get(node.id)
            return ast.Constant(0) if isinstance(operand, float) and operand == 0.0 else node
        if self.here is None:
            raise _Unwritten
        return _name(f"{node.id}_{self.here}")

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        assert isinstance(node.value, ast.Name)
        assert isinstance(node.slice, ast.Name)
        return _name(f"{node.value.id}_{self._place(node.slice.id)}")

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Leave out an added 0, a factor or divisor 1, and the factors of a 0."""
        left, op = self.visit(node.left), node.op
        if _is(left, 0) and isinstance(op, ast.Mult | ast.Div):
            return left
        right = self.visit(node.right)
        if _is(left, 0) and isinstance(op, ast.Sub):
            return ast.UnaryOp(ast.USub(), right)
        if (_is(left, 0) and isinstance(op, ast.Add)) or (_is(left, 1) and isinstance(op, ast.Mult)):
            return right
        neutral = 1 if isinstance(op, ast.Mult | ast.Div) else 0
        return left if _is(right, neutral) else ast.BinOp(left, op, right)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = node.test
        if not isinstance(test, ast.Compare):
            raise _Unwritten
        names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
        if not names <= self.places.keys():
            return self.visit(node.body if self._holds(test) else node.orelse)
        places = {self._place(name) for name in names}
        if names == {"i", "t"} == {"i", self.rule.index}:
            name = f"t_{self.places['i']}"
            self.numbers[name] = float(len(places) == 1)
            return _name(name)
        return self.visit(node.body if len(places) == 1 else node.orelse)

    def _holds(self, test: ast.Compare) -> bool:
        """Whether a comparison of an item with the result holds; outside of a sum it is a reason."""
        left, right = self.visit(test.left), self.visit(test.comparators[0])
        if not (isinstance(test.ops[0], ast.Eq) and isinstance(right, ast.Name) and right.id == "y"):
            raise _Unwritten
        x, y = eval(ast.unparse(left), {}, dict(self.data)), self.data["y"]
        if self.places["j"] is None:
            sign = "==" if x == y else "<" if x < y else ">"
            self.conditions.append(Formula(f"{ast.unparse(left)} {sign} y"))
        return x == y

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name, [first, *_] = node.func.id, node.args
        called = RULES.get(name)
        if name == "len":
            return ast.Constant(self.size)
        if not isinstance(called, ListRule):
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
        if called.index:
            assert isinstance(first, ast.Name)
            place = self._place(first.id)
            numbers = list(self.data.values())[self.rule.index_operands : -1]
            self.numbers[f"p_{place}"] = called.evaluate(float(place), *numbers)
            return _name(f"p_{place}")
        if called.written in _SERIES:
            return self._series(first, *_SERIES[called.written])
        return ast.Call(node.func, _shortened(list(self._terms(first))), [])

    def _series(self, body: ast.expr, operator: type[ast.operator], neutral: int) -> ast.expr:
        """A sum or a product over all places, of which a long one shows its beginning and its end."""
        terms = list(self._terms(body))
        rest = [term for term in terms if not isinstance(term, ast.Constant)]
        constants: list[float] = [ast.literal_eval(term) for term in terms if isinstance(term, ast.Constant)]
        combined = sum(constants) if neutral == 0 else math.prod(constants)
        if combined != neutral or not rest:
            rest.insert(0, ast.Constant(combined))
        return reduce(lambda total, term: ast.BinOp(total, operator(), term), _shortened(rest))

    def _terms(self, body: ast.expr) -> Iterator[ast.expr]:
        """The formula at each place of the lists."""
        outside = self.here
        for place in range(self.size):
            self.here = self.places["j"] = place
            yield self.visit(body)
        self.here, self.places["j"] = outside, None


def _shortened(terms: list[ast.expr]) -> list[ast.expr]:
    return [*terms[: MOST_TERMS - 2], _name(ELLIPSIS), terms[-1]] if len(terms) > MOST_TERMS else terms


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _is(tree: ast.expr, number: float) -> bool:
    return isinstance(tree, ast.Constant) and tree.value == number
