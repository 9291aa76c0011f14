"""The formulas of a page: mathematics with places for numbers, which change when a reader edits the graph.

A place (`autograd.text.typesetting.number_place`) is `n3` for the number of a node, `c4_1` for a constant
of one, and `p2` for an item of a softmax.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..drawing.fold import Group
from ..drawing.folded import formulas_in
from ..graph import Step
from ..rules import ListRule
from ..text.characters import cut
from ..text.definitions import MAX_DEFINED
from ..text.items import named_operands
from ..text.kinks import kink
from ..text.mathematics import MATHML, SIGN, Written
from ..text.names import applied_to, meaning, written_name
from ..text.narration import Narration
from ..text.numbers import is_short, short_number
from ..text.reasons import alternatives, reason
from ..text.typesetting import number_place
from ..value import Value
from .constants import changeable

MAX_FORMULA_NAME = 40  # characters of a name in a formula


class Formulas:
    """The formulas of one graph in the names of its narration; if they are open, constants are places too."""

    def __init__(self, narration: Narration, is_open: bool = False) -> None:
        self.names = narration.names
        self.is_open = is_open
        self.narration = replace(narration, constant=self._constant) if is_open else narration
        self.short = {node: cut(name, MAX_FORMULA_NAME) for node, name in self.names.items()}
        self.place = {node: k for k, node in enumerate(self.names)}
        self.ids = {node: f"n{k}" for node, k in self.place.items()}

    def value(self, node: Value) -> dict[str, Any]:
        """The derivation of a result, in letters and in numbers: MathML for `a·a` and `3·3`."""
        if node.rule is None:
            return {}

        def applied(write: Callable[[Value], Written]) -> str:
            return applied_to(node, write, MATHML, self.narration.constant).text

        return {
            "exact": all(map(is_short, [node.data, *(parent.data for parent in node.parents)])),
            "letters": applied(lambda operand: written_name(operand, self.short, MATHML)),
            "numbers": applied(lambda operand: _place(self.ids[operand])),
        }

    def caption(self, node: Value, box: Group) -> dict[str, Any]:
        """The formula of a result in a folded box, short."""
        formula = formulas_in(box, self.names).get(node)
        return {"exact": True, "letters": MATHML.name(formula), "numbers": ""} if formula else {}

    def means(self, node: Value) -> str:
        """`L = (a·b + c)·f` of a result whose name does not say it already."""
        formula = meaning(node, self.names, self.narration.constant) if node.rule else self.names[node]
        return "" if formula == self.names[node] else f"{self.names[node]} = {formula}"

    def defined(self, node: Value) -> list[Any]:
        """The definitions of the made-up names in a node's; that of an input has its number on the page."""
        return [self._inputs.get(line, line) for line in self.narration.definitions.of([node], MAX_DEFINED)]

    @cached_property
    def _inputs(self) -> dict[str, dict[str, Any]]:
        return {
            f"{name} = {short_number(x.data)}": {"name": name, "leaf": self.place[x]}
            for x, name in self.names.items()
            if not x.rule
        }

    def rule(self, step: Step) -> dict[str, Any]:
        """The rule of the local derivative of a step, and the kink at which the operand is."""
        through = self.narration.through.get(step)
        node, slot = through.direct or (step.node, None) if through else (step.node, step.slot)
        if slot is None:
            return {}
        now = reason(node, slot, self.short)
        selects = isinstance(node.rule, ListRule) and now.condition != ""
        cases, applies = ([], 0) if selects else self._cases(node, slot)
        found: dict[str, Any] = cases[applies] if cases else {"letters": "", "numbers": ""}
        found = found | {"exact": now.exact}
        if selects:
            found["selects"] = True
        if through:
            found["use"] = [self.place[node], slot]
        if len(cases) > 1:
            found["cases"] = cases
        if corner := kink(node, slot):
            sides = {"left": short_number(corner.left), "right": short_number(corner.right)}
            found["kink"] = {**sides, "jumps": corner.jumps}
        return found

    def letters(self, step: Step) -> str:
        """The rule of a step inside a box, without numbers: `x`; "" if it has cases or constants."""
        assert step.slot is not None
        if changeable(step.node):
            return ""
        found = self.narration.reason(step.node, step.slot)
        if found.condition or not found.letters or found.letters == short_number(step.local or 0.0):
            return ""
        return found.letters

    def _cases(self, node: Value, slot: int) -> tuple[list[dict[str, Any]], int]:
        """The cases of the rule of a local derivative, and which of them applies."""
        operands = named_operands(node) | {"y": node}
        names, k = list(operands), self.place[node]
        places = {names[i]: f"c{k}_{i}" for i in changeable(node)}

        def reference(name: str) -> str | None:
            """The place of the number of a name; None if the page computes none."""
            x = operands.get(name)
            if name in places:
                return places[name]
            return self.ids[x] if isinstance(x, Value) else f"p{name[2:]}" if name[:2] == "p_" else None

        def number(name: str) -> Written:
            if place := reference(name):
                return _place(place)
            if name.startswith("t_"):
                return Written(MATHML.number("1" if node.operands[0] == float(name[2:]) else "0"))
            return Written(MATHML.symbol("…"))

        def constant(name: str) -> Written | None:
            return number(name) if self.is_open and name in places else None

        mark = self.narration.definitions.marks.get(node, "")
        branches, applies = alternatives(node, slot, self.short, MATHML, mark, number, constant)
        return [
            {
                "letters": case.letters,
                "numbers": case.numbers,
                "condition": case.condition,
                "reads": list(filter(None, map(reference, reads))),
            }
            for case, reads in branches
        ], applies

    def _constant(self, node: Value, i: int, _: float) -> Written | None:
        """A place for a constant that a reader may change."""
        return _place(f"c{self.place[node]}_{i}") if i in changeable(node) else None


def _place(reference: str) -> Written:
    """A place for a number, which may be negative."""
    return Written(number_place(reference), SIGN)
