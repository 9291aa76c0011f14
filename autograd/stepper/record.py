"""The stepper's record of a graph: the JSON model that its page, its frames and Python share.

    {schema, lang, letters: {delta, h}, root, order: [node id],
     open: {constants, nodes, boxes, edges, steps, rules},
     nodes: [{id, label, name, gradient, op, kind, data, grad, parents, uses, scope, box, row, formula,
              line, number, means, defined, convention, check, demon}],
     boxes: [{id, label, scope, size, words, nodes: [node id], inner: [place]}],
     edges: [{id, src, dst, slot, place, local, letters, numbers, condition, reads, exact, cases, selects,
              kink, use}],
     steps: [{i, kind: "seed", node, before, after, gains, inside} |
             {i, kind: "push", node, edge, to, slot, upstream, local, contribution, before, after,
              gains, inside, nth, of, uses, out, terms, rule}]}

Ids are those of the drawn picture (`autograd.drawing.svg`): `n3` is the fourth node in topological
order, `e3-1` its second operand's edge, `s0` the first folded box, in which a node has a row. Every
step has `before` and `after`, so seeking computes nothing; `gains` are all gradients that it changes.

`letters` of an edge are the rule of its local derivative with the node's own operands, `numbers` the same
in numbers, as a template that the page fills (`Template`), and `reads` the numbers that it reads; `cases`
are there if the rule has several, `selects` if the operand has a slope only as the result of the
operation, as of a maximum. `kink` is there if the operand is at a corner or a jump, and `convention` if a
corner or a jump lies between a node and the output.

In a folded picture a step stands for several `uses`, pairs of a node's place in topological order and a
slot; `out` is the only output of its box, and `terms` are the products that its local derivative (of
several outputs, its contribution) adds up; `use` of an edge is the one use that leads straight to `out`.
Where several steps share an edge, the `rule` of each has what differs in it and is not in the step.
`inside` are the steps in a box that has received all.

The `words` of a box are its formula, "" for none, and the definitions of made-up names in it.

`open` is there if a reader can change constants: their places, and the texts of the record that then give
way (`autograd.stepper.constants`). Formulas are MathML; floats that JSON lacks are
written as "inf", "-inf" and "nan".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from ..drawing.boxes import formulas_in, shown_rows, words_in
from ..drawing.fold import Group
from ..graph import Step, sweep, topological_order
from ..rules import FormulaRule, ListRule
from ..text.characters import cut
from ..text.explanation import MAX_DEFINED, Narration
from ..text.items import items
from ..text.kinks import kink, kinks_above
from ..text.mathematics import ATOM, MATHML, SIGN, TEXT, Written, write_number
from ..text.names import (
    Constant,
    applied_to,
    gradient_name,
    meaning,
    name_in,
    repeated,
    short_number,
    written_name,
)
from ..text.reasons import Reason, alternatives, is_short, reason
from ..value import Value
from .constants import constants, differences, names_without_constants
from .demon import Demon
from .messages import Message, box_keys

SCHEMA = 2
MAX_FORMULA_NAME = 40  # characters of a name in a formula
MAX_PARAMETERS = 12  # of a folded box, which a reader may ask about
MAX_INSIDE = 24  # steps inside a folded box that a reader can unfold


def record(
    root: Value, boxes: Sequence[Group], passed: Sequence[Message], narration: Narration
) -> dict[str, Any]:
    """The model of the pass `passed` over the boxes of the graph below `root`."""
    recorder = _Recorder(root, boxes, passed, narration)
    model = recorder.model()
    changeable = [f"c{k}_{i}" for k, node in enumerate(recorder.order) for i in recorder.constants(node)]
    if not changeable:
        return model
    opened = replace(narration, names=names_without_constants(narration.names))
    texts = _Recorder(root, boxes, passed, opened, open=True).model()
    return model | {"open": {"constants": changeable, **differences(model, texts)}}


class _Recorder:
    """Writes the record; if it is `open`, with places for constants, and only texts that may differ."""

    def __init__(
        self,
        root: Value,
        boxes: Sequence[Group],
        passed: Sequence[Message],
        narration: Narration,
        open: bool = False,
    ) -> None:
        self.order = topological_order(root)
        self.root, self.boxes, self.passed, self.is_open = root, boxes, passed, open
        self.narration = replace(narration, constant=self._constant()) if open else narration
        self.names = narration.names
        self.short = {node: cut(name, MAX_FORMULA_NAME) for node, name in self.names.items()}
        self.conventions = kinks_above(self.order)
        self.recorded = {node for box in boxes for node in self._known(box)}
        self.place = {node: k for k, node in enumerate(self.order)}
        self.ids = {node: f"n{k}" for node, k in self.place.items()}
        self.is_folded = any(box.kind != "node" for box in boxes)
        self.keys = box_keys(self.order, boxes)
        # An output of a box that its inside uses too receives something there, at the end.
        arrivals = [step for m in passed for step in (m.step, *m.inside)]
        self.uses = Counter(step.parent for step in arrivals if step.parent is not None)
        self.gradients: dict[Value, float] = {}
        for _ in sweep(root, self.gradients):
            pass
        self.single = {node for box in boxes if box.kind == "node" for node in box.nodes}
        self.demon = None if open else Demon(self.order)

    def model(self) -> dict[str, Any]:
        nodes = [told for box in self.boxes for told in self._box(box)]
        nodes.sort(key=lambda told: int(told["id"][1:]))
        return {
            "schema": SCHEMA,
            "lang": self.narration.lang,
            "letters": letters(self.names.values()),
            "root": self.ids[self.root],
            "order": [told["id"] for told in nodes],
            "nodes": nodes,
            "boxes": [
                {
                    "id": self.keys[box],
                    "label": box.folded.name if box.folded else "leaves",
                    "scope": box.folded.path if box.folded else "",
                    "size": len(box.nodes),
                    "words": words_in(box, self.names, shown_rows(box, len(self.boxes)), self.place),
                    "nodes": [self.ids[node] for node in self._known(box)],
                    "inner": [self.place[node] for node in box.nodes],
                }
                for box in self.boxes
                if box.kind != "node"
            ],
            "edges": list(self._shared.values()),
            "steps": self._steps(),
        }

    def _box(self, box: Group) -> list[dict[str, Any]]:
        """The nodes of a box that can be seen or can receive something, outputs first."""
        single = box.kind == "node"
        shown = box.nodes if single else shown_rows(box, len(self.boxes))
        rows = {node: row for row, node in enumerate(shown)}
        return [
            {
                "id": self.ids[node],
                "label": self.names[node],
                "name": name_in(node, self.short),
                "gradient": gradient_name(node, self.short),
                "op": node.op,
                "symbol": node.rule.symbol if node.rule else "",
                "kind": "output" if node is self.root else "result" if node.rule else "leaf",
                "data": node.data,
                "grad": self.gradients[node],
                "parents": [self.ids[parent] for parent in node.parents],
                "uses": self.uses[node],
                "scope": node.scope.path if node.scope else "",
                "box": self.keys[box],
                "row": rows.get(node, -1),
                "formula": self._formula(node) if single else self._caption(node, box),
                **line_of(node),
                **({"means": means} if single and (means := self._means(node)) else {}),
                **({"defined": lines} if (lines := self._defined(node)) else {}),
                **({"convention": True} if node in self.conventions else {}),
                **(self.demon.about(node) if self.demon else {}),
            }
            for node in self._known(box)
        ]

    def _defined(self, node: Value) -> list[Any]:
        """The definitions of the made-up names in a node's; that of an input has its number on the page."""
        return [self._inputs.get(line, line) for line in self.narration.defined([node], MAX_DEFINED)]

    def _means(self, node: Value) -> str:
        """`L = (a·b + c)·f` of a result whose name does not say it already."""
        formula = meaning(node, self.names, self.narration.constant) if node.rule else self.names[node]
        return "" if formula == self.names[node] else f"{self.names[node]} = {formula}"

    @cached_property
    def _inputs(self) -> dict[str, dict[str, Any]]:
        return {
            f"{self.names[x]} = {short_number(x.data)}": {"name": self.names[x], "leaf": self.place[x]}
            for x in self.order
            if not x.rule
        }

    def _known(self, box: Group) -> list[Value]:
        if box.kind == "node":
            return box.nodes
        shown = shown_rows(box, len(self.boxes))
        return list(dict.fromkeys([*shown, *box.outputs, *box.parameters[:MAX_PARAMETERS]]))

    @cached_property
    def _shared(self) -> dict[str, dict[str, Any]]:
        """The edges by their ids; of several steps along one, the first."""
        edges: dict[str, dict[str, Any]] = {}
        for message in self.passed:
            if message.step.parent is not None and message.edge not in edges:
                edges[message.edge] = self._edge(message)
        return edges

    def _edge(self, message: Message) -> dict[str, Any]:
        step = message.step
        assert step.parent is not None
        return {
            "id": message.edge,
            "src": self.ids[step.parent],
            "dst": self.ids[step.node],
            "slot": step.slot,
            "place": step.slot + 1 if step.slot is not None and repeated(step.node, step.slot) else 0,
            "local": step.local,
            **self._reason(step),
        }

    def _reason(self, step: Step) -> dict[str, Any]:
        """The rule of the local derivative, and the kink at which the operand is."""
        through = self.narration.through.get(step)
        node, slot = through.direct or (step.node, None) if through else (step.node, step.slot)
        if slot is None:
            return {}
        said = reason(node, slot, self.short)
        selects = isinstance(node.rule, ListRule) and said.condition != ""
        cases, now = ([], 0) if selects else self._cases(node, slot)
        found: dict[str, Any] = (cases[now] if cases else {"letters": "", "numbers": ""}) | {
            "exact": said.exact
        }
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

    def _letters(self, step: Step) -> str:
        """The rule of a step inside a box, without numbers: `x`; "" if it has cases or constants."""
        assert step.slot is not None
        if constants(step.node):
            return ""
        found = reason(step.node, step.slot, self.names, mark=self.narration.marks.get(step.node, ""))
        if found.condition or not found.letters or found.letters == short_number(step.local or 0.0):
            return ""
        return found.letters

    def _cases(self, node: Value, slot: int) -> tuple[list[dict[str, Any]], int]:
        """The cases of the rule of a local derivative, and which of them applies."""
        mark, operands = self.narration.marks.get(node, ""), _operands(node)
        places = {name: i for i, name in enumerate(operands) if i in constants(node)}
        nodes = {name: x for name, x in operands.items() if isinstance(x, Value)} | {"y": node}

        def reference(name: str, operand: Value | None) -> str:
            if name in places:
                return f"c{self.place[node]}_{places[name]}"
            return f"p{name.partition('_')[2]}" if operand is None else self.ids[operand]

        def write(binds: int) -> tuple[list[tuple[Reason, list[str]]], int]:
            def constant(name: str) -> Written | None:
                is_place = self.is_open and name in places
                return Written(Template.mark(reference(name, None)), binds) if is_place else None

            def number(name: str, operand: Value | None) -> Written:
                if place := constant(name):
                    return place
                if operand is None and name.startswith("t_"):  # of the target, which is not computed
                    return Written(MATHML.number("1" if node.operands[0] == float(name[2:]) else "0"))
                if operand is None and not name.startswith("p_"):
                    return Written(MATHML.symbol("…"))
                return Written(Template.mark(reference(name, operand)), binds)

            return alternatives(node, slot, self.short, MATHML, mark, number, constant)

        (bare, now), (signed, _) = write(ATOM), write(SIGN)
        return [
            {
                "letters": Template.of(one.letters, other.letters),
                "numbers": Template.of(one.numbers, other.numbers),
                "condition": Template.of(one.condition, other.condition),
                "reads": [
                    reference(name, nodes.get(name))
                    for name in reads
                    if name in nodes or name in places or name[:2] == "p_"
                ],
            }
            for (one, reads), (other, _) in zip(bare, signed, strict=True)
        ], now

    def _steps(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        received: Counter[Value] = Counter()
        passing = Counter(message.edge for message in self.passed)
        for i, message in enumerate(self.passed):
            step = message.step
            gains = {self.ids[step.node if step.parent is None else step.parent]: step.after}
            gains |= {
                self.ids[x.parent]: x.after
                for x in message.inside
                if x.parent is not None and x.parent in self.recorded
            }
            told: dict[str, Any] = {"i": i, "kind": "seed", "node": self.ids[step.node]}
            if step.parent is not None:
                received[step.parent] += 1
                told |= {
                    "kind": "push",
                    "edge": message.edge,
                    "to": self.ids[step.parent],
                    "slot": step.slot,
                    "upstream": step.upstream,
                    "local": step.local,
                    "contribution": step.contribution,
                    "nth": received[step.parent],
                    "of": self.uses[step.parent],
                }
                if passing[message.edge] > 1:
                    own, first = self._edge(message), self._shared[message.edge]
                    told["rule"] = {
                        key: own.get(key)
                        for key in own | first  # in the same order in every run
                        if own.get(key) != first.get(key) and key not in {"src", "slot", "local", "use"}
                    }
                if self.is_folded:
                    told["uses"] = [[self.place[node], slot] for node, slot in message.uses]
                    if len(message.head.outputs) == 1:
                        told["out"] = self.place[message.head.outputs[0]]
                if message.through and not message.through.direct:
                    terms = [term[:2] for term in message.through.terms(self.names)]
                    told["terms"] = {"shown": terms, "more": len(message.uses) - len(terms)}
            if message.inside:
                lines = [
                    [self.narration.factors(x), self.place[x.node], x.slot, self._letters(x)]
                    for x in message.inside[:MAX_INSIDE]
                ]
                told["inside"] = {"lines": lines, "more": len(message.inside) - len(lines)}
            found.append(told | {"before": step.before, "after": step.after, "gains": gains})
        return found

    def _formula(self, node: Value) -> dict[str, Any]:
        """The derivation of a result, in letters and in numbers: MathML for `a·a` and `3·3`."""
        if node.rule is None:
            return {}
        known = [node.data, *(parent.data for parent in node.parents)]
        return {
            "exact": all(map(is_short, known)),
            "letters": self._applied(node, lambda operand: written_name(operand, self.short, MATHML)),
            "numbers": self._applied(
                node, lambda operand: Written(Template.mark(self.ids[operand], fenced=True))
            ),
        }

    def _applied(self, node: Value, write: Callable[[Value], Written]) -> str:
        bare, signed = (
            applied_to(node, write, MATHML, self._constant(binds) if self.is_open else None).text
            for binds in (ATOM, SIGN)
        )
        return Template.of(bare, signed)

    def _constant(self, binds: int | None = None) -> Constant:
        """Writes a place for a constant; without `binds`, with parentheses around a negative number."""

        def write(node: Value, i: int, x: float) -> Written:
            if i not in constants(node):
                return write_number(x, TEXT if binds is None else MATHML)
            reference = f"c{self.place[node]}_{i}"
            return Written(Template.mark(reference, fenced=binds is None), ATOM if binds is None else binds)

        return write

    def constants(self, node: Value) -> list[int]:
        """The constants of a node that the picture shows."""
        return constants(node) if node in self.single else []

    def _caption(self, node: Value, box: Group) -> dict[str, Any]:
        """The formula of a result in a folded box, short."""
        formula = formulas_in(box, self.names).get(node)
        return {"exact": True, "letters": MATHML.name(formula), "numbers": ""} if formula else {}


def letters(names: Iterable[str]) -> dict[str, str]:
    """Letters for a small change that are nobody's name."""
    taken = set(names)
    return {
        what: next(letter for letter in choices if letter not in taken)
        for what, choices in (("delta", _letters("Δεη")), ("h", _letters("hεη")))
    }


def _letters(first: str) -> Iterator[str]:
    yield from first
    yield from (f"{first[0]}{number}" for number in count(1))


def line_of(node: Value) -> dict[str, Any]:
    """The program's line that made a node, without the folder of the file, and its number."""
    if not node.line:
        return {"line": ""}
    place, _, source = node.line.partition(": ")
    file, _, number = place.rpartition(":")
    name = Path(file).name
    return {"line": f"{name}:{number}" + (f": {source}" if source else ""), "number": int(number)}


class Template:
    """Mathematics with places for numbers, which the page fills (`filled` in web/numbers.js).

    A place is `n3` for the number of a node, `c4_1` for a constant of one, and `p2` for the number of an
    item of a softmax, between two characters that no name has; after a `(`, a negative number gets
    parentheses there.
    """

    @staticmethod
    def mark(reference: str, fenced: bool = False) -> str:
        """A place for a number."""
        return f"\ufff9{'(' * fenced}{reference}\ufffb"

    @staticmethod
    def of(bare: str, signed: str) -> str:
        """The template of a formula that was written twice: its numbers without a sign, and with one."""
        places = re.split("(\ufff9\\w+\ufffb)", bare)
        rest = signed
        for i in range(1, len(places), 2):
            before, rest = rest.split(places[i], 1)
            if _opened(before) > _opened(places[i - 1]):
                places[i] = places[i].replace("\ufff9", "\ufff9(")
        return _ARGUMENT.sub("\ufff9", "".join(places))


_OPEN = MATHML.fenced("|").partition("|")[0]
# The start of a number that is alone between brackets and commas, as in exp(−1): it needs no parentheses.
_ARGUMENT = re.compile(r"(?<=<mo>[(|⌊⌈‖,]</mo>)\ufff9\((?=\w+\ufffb<mo>[)|⌋⌉‖,]</mo>)")


def _opened(text: str) -> int:
    """The number of parentheses that open at the end of a text."""
    return 1 + _opened(text.removesuffix(_OPEN)) if text.endswith(_OPEN) else 0


def _operands(node: Value) -> dict[str, Value | float | None]:
    """The operands of a node by the names that its rule has for them."""
    if isinstance(node.rule, FormulaRule):
        return dict(zip(node.rule.operands, node.operands, strict=True))
    assert isinstance(node.rule, ListRule)
    belongs = items(node.rule, len(node.operands))
    return {
        f"{name}_{i}" if name in node.rule.lists else name: x
        for (name, i), x in zip(belongs, node.operands, strict=True)
    }
