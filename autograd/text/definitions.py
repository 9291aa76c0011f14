"""The definitions of made-up names, which appear only beside them: `where v7 = w1·x1 + w2·x2`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..nodes.plain import aligned_lines
from ..rules import ListRule
from ..value import Value
from .catalogue import say
from .items import SUBSCRIPTS, marks, softmax_item
from .mathematics import Written
from .names import Constant, definition, is_variable, written_name, written_out
from .numbers import short_number
from .typesetting import TEXT, Style

MAX_DEFINED = 6  # names, in one sentence


@dataclass(frozen=True, eq=False)
class Definitions:
    """The meanings of the names of one graph, in one language.

    `constant` writes the constants in them; otherwise they are their numbers.
    """

    names: Mapping[Value, str]
    lang: str = "en"
    constant: Constant | None = None

    def lines(self, told: Iterable[Value], most: int | None = None) -> list[str]:
        """`where v7 = w1·x1 + w2·x2`: the made-up names among those of `told`, a line each."""
        found = self.of(told, most)
        return aligned_lines(
            [("" if i else say("text.where", self.lang), line) for i, line in enumerate(found)], gap=" "
        )

    def of(self, told: Iterable[Value], most: int | None = None, style: Style = TEXT) -> list[str]:
        """`v7 = w1·x1 + w2·x2`, for each made-up name that `told` leads to.

        Beyond `most` definitions there is an ellipsis.
        """
        waiting, seen = deque(dict.fromkeys(told)), set[Value]()
        lines: dict[Value, str] = {}
        rules: dict[Value, str] = {}
        while waiting and (most is None or len(lines) < most):
            node = waiting.popleft()
            name = self.names[node]
            if node not in seen and node in self.marks:
                rules[node] = self._softmax(node)
            meaning = definition(node, self.names, self._place[node], self.constant, style)
            if node in seen or (is_variable(name) and not meaning):
                continue
            seen.add(node)
            if node.rule and not node.label:  # an expression has the names of its operands in it
                waiting.extend(node.parents)
            if meaning:
                lines[node] = meaning
        found = [lines[node] for node in sorted(lines, key=self._place.__getitem__)]
        return [*found, *map(style.words, rules.values()), *[style.symbol("…")] * bool(waiting)]

    def _softmax(self, node: Value) -> str:
        """The meaning of p in the rule of a node, and the class that t marks."""
        assert isinstance(node.rule, ListRule)
        first = node.rule.index_operands
        shown = [self._operand(node, i) for i in range(first, len(node.operands))]
        if len(shown) > MAX_DEFINED:
            shown = [*shown[:2], "…", shown[-1]]
        mark, chosen = self.marks[node], node.operands[0]
        has_target = node.rule.index == "t" and isinstance(chosen, float)
        index = int(chosen) if has_target and isinstance(chosen, float) else 0
        softmax = f"p{mark} = softmax({', '.join(shown)})"
        if item := softmax_item(node, 0):
            text = written_out(item, node, self._written_name, constant=self.constant).text
            softmax = say("text.softmax", self.lang, softmax=softmax, item=f"p{mark}₀ = {text}")
        if not has_target:
            return softmax
        t = f"t{mark}{str(index).translate(SUBSCRIPTS)}"
        return say(
            "text.target",
            self.lang,
            softmax=softmax,
            t=t,
            letter=f"t{mark}",
            index=index,
            name=self._operand(node, first + index),
        )

    def _operand(self, node: Value, place: int) -> str:
        operand = node.operands[place]
        if isinstance(operand, Value):
            return self._written_name(operand).text
        if operand is None:
            return "…"
        written = self.constant and self.constant(node, place, operand)
        return written.text if written else short_number(operand)

    def _written_name(self, node: Value) -> Written:
        return written_name(node, self.names)

    def on_one_line(self, nodes: Iterable[Value]) -> str:
        """The definitions of the made-up names in a formula with these nodes, on one line; "" without any."""
        found = self.of(nodes, MAX_DEFINED)
        return f"{say('text.where', self.lang)} {', '.join(found)}" if found else ""

    @cached_property
    def marks(self) -> Mapping[Value, str]:
        """The marks of p and t in the rules of softmax and cross-entropy."""
        return marks(self.names)

    @cached_property
    def _place(self) -> dict[Value, int]:
        """The places of the nodes in topological order, by which names are made up."""
        return {node: place for place, node in enumerate(self.names, 1)}
