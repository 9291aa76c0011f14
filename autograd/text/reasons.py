"""The reason for a local derivative: the table's rule, with a node's own operands and their numbers.

`∂o/∂z = 1 − o² = 1 − 0.707² ≈ 0.5`: the symbol, the rule, the rule in numbers, the value.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..table.formulas import Formula
from ..table.row import FLOATS, FormulaRule
from ..value import Value
from .items import ELLIPSIS, SUBSCRIPTS, named_operands, rule_at
from .mathematics import TEXT, Written, applied, derivative, written
from .names import name_in, repeated, written_name
from .numbers import is_short, short_number
from .typesetting import Style

_OPPOSITE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Lt: ast.GtE(), ast.LtE: ast.Gt(), ast.Gt: ast.LtE(), ast.GtE: ast.Lt(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """A local derivative in letters and in numbers, in one notation.

    `letters` is "" if the table states no rule, `numbers` if the rule is one number or one name.
    `condition` is what chose the branch of the rule; `exact` tells whether the numbers are printed in
    full.
    """

    letters: str
    numbers: str
    condition: str
    exact: bool

    def chain(self, value: str, style: Style = TEXT) -> str:
        """`= 1 − o² = 1 − 0.707² ≈ 0.5`, with `value` as it is to be shown."""
        middle = [part for part in (self.letters, self.numbers) if part and part != value]
        relations = ["="] * len(middle) + ["=" if self.exact else "≈"]
        parts = [f"{style.symbol(r)} {part}" for r, part in zip(relations, [*middle, value], strict=True)]
        return style.row(" ".join(parts), style.aside(self.condition) if self.condition else "")


def symbol(node: Value, slot: int, names: Mapping[Value, str], style: Style = TEXT) -> str:
    """`∂b/∂a⁽¹⁾`: the derivative of `node` with respect to one operand, the others held fixed."""
    of, by = (style.name(name_in(x, names)) for x in (node, node.parents[slot]))
    return derivative(of, style.marked(by, slot + 1) if repeated(node, slot) else by, style)


def reason(node: Value, slot: int, names: Mapping[Value, str], style: Style = TEXT, mark: str = "") -> Reason:
    """Why the local derivative of `node` with respect to the operand in this slot is what it is.

    `mark` follows the letters p and t in the rules of softmax and cross-entropy.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b
    >>> reason(c, 0, {a: "a", b: "b", c: "c"})
    Reason(letters='b', numbers='', condition='', exact=True)
    """
    rule = _Instance.of(node, slot, names, style, mark)
    local = node.local_derivatives[slot]
    if rule is None:
        return Reason("", "", "", is_short(local))
    tree = rule.shown.tree
    formula, conditions = _branches(tree, [])[_branch_number(tree, rule.data)]
    conditions = [*rule.conditions, *conditions]
    exact = all(map(is_short, (*(rule.data[name] for name in formula.names), local)))
    return rule.reason(formula, conditions, lambda name: _number(rule.data[name], style), exact)


def alternatives(
    node: Value,
    slot: int,
    names: Mapping[Value, str],
    style: Style,
    mark: str,
    number: Callable[[str], Written],
    constant: Callable[[str], Written | None],
) -> tuple[list[tuple[Reason, list[str]]], int]:
    """The reasons for a local derivative, one per branch of its rule, and which of them applies now.

    With each reason are the names that its formula reads. `number` writes the number of a name: of an
    operand, of the result `y`, or of an item of a softmax, `p_2`. `constant` writes a constant operand in
    the place of its number, or gives None. There is no reason if the table states no rule.
    """
    rule = _Instance.of(node, slot, names, style, mark, constant)
    if rule is None:
        return [], 0
    branches = [
        (
            rule.reason(formula, [*rule.conditions, *conditions], number, True),
            [name for name in formula.names if isinstance(rule.letters[name], Written)],
        )
        for formula, conditions in _branches(rule.shown.tree, [])
    ]
    return branches, _branch_number(rule.shown.tree, rule.data)


@dataclass(frozen=True)
class _Instance:
    """The rule of a local derivative for one node: the letters and the numbers of its names."""

    shown: Formula
    style: Style
    letters: Mapping[str, Written | float]  # a constant is its number
    data: Mapping[str, float]
    conditions: list[Formula] = field(default_factory=list[Formula])  # which decided cases in it

    @classmethod
    def of(
        cls,
        node: Value,
        slot: int,
        names: Mapping[Value, str],
        style: Style,
        mark: str,
        constant: Callable[[str], Written | None] = lambda _: None,
    ) -> _Instance | None:
        """The rule for the operand in this slot, if the table states one."""
        place = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
        data = {"y": node.data}
        letters: dict[str, Written | float] = {"y": written_name(node, names, style)}
        conditions: list[Formula] = []
        if isinstance(node.rule, FormulaRule):
            shown = node.rule.shown[1 + place]
            operands = named_operands(node)
        else:
            found = rule_at(node, place)
            if found is None:
                return None
            shown, conditions = found.formula, found.conditions
            operands = {name: node.operands[i] for name, i in found.places.items()}
            letters[ELLIPSIS], data[ELLIPSIS] = Written(style.symbol("…")), math.nan
            for name, number in found.numbers.items():
                letter, _, item = name.partition("_")
                letters[name] = Written(style.name(f"{letter}{mark}{item.translate(SUBSCRIPTS)}"))
                data[name] = number
        for letter, x in operands.items():
            if isinstance(x, Value):
                letters[letter], data[letter] = written_name(x, names, style), x.data
            else:
                letters[letter] = Written(style.symbol("…")) if x is None else constant(letter) or x
                data[letter] = math.nan if x is None else x
        return cls(shown, style, letters, data, conditions)

    def reason(
        self, formula: Formula, conditions: list[Formula], number: Callable[[str], Written], exact: bool
    ) -> Reason:
        """A branch of the rule in letters and in numbers."""
        style, letters = self.style, self.letters
        text = written(formula, style, letters).text
        holding = [
            written(test, style, letters).text
            for test in conditions
            if any(isinstance(letters[name], Written) for name in test.names)
        ]
        if isinstance(formula.tree, ast.Name | ast.Constant) or not formula.names:
            numeric = ""
        else:
            digits = {
                name: x if isinstance(x, float) else number(name)
                for name, x in letters.items()
                if name in formula.names
            }
            numeric = written(formula, style, digits).text
        return Reason(text, "" if numeric == text else numeric, style.symbol(", ").join(holding), exact)


def _branches(tree: ast.expr, conditions: list[Formula]) -> list[tuple[Formula, list[Formula]]]:
    """All branches of a formula, each with the conditions that choose it."""
    if not isinstance(tree, ast.IfExp):
        return [(Formula(ast.unparse(tree)), _joined(conditions))]
    test, fails = tree.test, list[Formula]()
    if isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE:
        opposite = ast.Compare(test.left, [_OPPOSITE[type(test.ops[0])]], test.comparators)
        fails = [Formula(ast.unparse(opposite))]
    holds = _branches(tree.body, [*conditions, Formula(ast.unparse(test))])
    return holds + _branches(tree.orelse, [*conditions, *fails])


def _branch_number(tree: ast.expr, data: Mapping[str, float]) -> int:
    """The place among `_branches` of the one that applies to these numbers."""
    if not isinstance(tree, ast.IfExp):
        return 0
    if eval(ast.unparse(tree.test), {**FLOATS}, dict(data)):
        return _branch_number(tree.body, data)
    return len(_branches(tree.body, [])) + _branch_number(tree.orelse, data)


def _joined(tests: list[Formula]) -> list[Formula]:
    """The conditions without those that another implies: a ≤ b and a ≥ b are a = b, a < b implies a ≤ b."""
    texts = {test.text for test in tests}
    kept: list[Formula] = []
    for test in tests:
        if " >= " in test.text and test.text.replace(">=", "<=") in texts:
            kept.append(Formula(test.text.replace(">=", "==")))
        elif not {test.text.replace("= ", " "), test.text.replace("<=", ">=")} & (texts - {test.text}):
            kept.append(test)
    return kept


def _number(x: float, style: Style) -> Written:
    """A number as the reader sees it in the picture; an ellipsis for what has none."""
    if math.isnan(x):
        return Written(style.symbol("…"))
    digits = Written(style.number(short_number(abs(x))))
    return applied("neg", [digits], style) if x < 0 else digits
