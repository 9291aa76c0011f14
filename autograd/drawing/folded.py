"""The words in a folded box: the formula of what it computes, and the definitions of made-up names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..table.row import FormulaRule
from ..text.characters import MAX_NAME
from ..text.mathematics import ATOM, SUM, Written, applied
from ..text.names import is_made_up, is_variable, name_in
from ..text.numbers import short_number
from ..value import Value
from .fold import Group

ELLIPSIS = "…"


def words_in(
    group: Group, names: Mapping[Value, str], rows: Iterable[Value], index: Mapping[Value, int]
) -> list[str]:
    """The words in a folded box: its formula, and `v9 = exp(…)` for the made-up names in its `rows`.

    With several outputs, or none that is a result, the formula is ""; also if it has no place, or an
    operand of an operator is left out: `… / … + x` says less than how many nodes there are.
    """
    formulas, told = formulas_in(group, names), set(rows)
    formula = formulas[group.outputs[0]] if len(group.outputs) == 1 and group.outputs[0] in formulas else ""
    if formula and _says_enough(formula):
        del formulas[group.outputs[0]]
    else:
        formula = ""
    for node in reversed(group.nodes):
        if node in told and not (node.label or is_variable(names[node])):
            told.update(node.parents)  # of which its name is made
    defined = [node for node in formulas if node in told and is_made_up(node, names, index[node] + 1)]
    return [formula, *(f"{names[node]} = {formulas[node]}" for node in defined)]


def formulas_in(group: Group, names: Mapping[Value, str]) -> dict[Value, str]:
    """The results in a folded box as formulas of what comes into it, `tanh(w·x + b)`; `tanh(…)` if long."""
    left_out = Written(ELLIPSIS)
    found: dict[Value, str] = {}
    pieces: dict[Value, tuple[Written, ...]] = {}  # of a longer formula: as it is, in short, left out

    def piece(operand: Value | float | None, length: int) -> Written:
        if isinstance(operand, Value):
            return pieces[operand][length] if operand in pieces else Written(name_in(operand, names))
        return left_out if operand is None else Written(short_number(operand, 6))

    for node in group.nodes:
        if node.op == "dot":
            whole = short = Written("w·x + b", SUM)
        elif isinstance(node.rule, FormulaRule):
            choices = [applied(node.op, [piece(x, length) for x in node.operands]) for length in range(3)]
            whole = next((choice for choice in choices if len(choice.text) <= MAX_NAME), choices[-1])
            short = applied(node.op, [left_out] * len(node.operands))
        elif node.rule:
            whole = short = Written(f"{node.rule.symbol}(…)")
        else:
            continue
        found[node] = whole.text
        short = short if short.binds == ATOM else left_out  # "…·…" says nothing
        pieces[node] = short if whole.text.strip("…· +−") == "" else whole, short, left_out
    return found


def _says_enough(formula: str) -> bool:
    """Whether it has its place in a head, and every operand of its outermost operators."""
    outside, found = formula, 1
    while found:
        outside, found = re.subn(r"\([^()]*\)", "", outside)
    return len(formula) <= MAX_NAME and ELLIPSIS not in outside
