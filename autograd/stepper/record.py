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
in numbers, with places that the page fills (`autograd.stepper.formulas`), and `reads` the places; `cases`
are there if the rule has several, `selects` if the operand has a slope only as the result of the
operation, as of a maximum. `kink` is there if the operand is at a corner or a jump, and `convention` if a
corner or a jump lies between a node and the output.

In a folded picture a step stands for several `uses`, pairs of a node's place in topological order and a
slot; `out` is the only output of its box, and `terms` are the products that its local derivative (of
several outputs, its contribution) adds up; `use` of an edge is the one use that leads straight to `out`.
Where several steps share an edge, the `rule` of each has what differs in it and is not in the step.
`inside` are the steps in a box that has received all.

The `words` of a box are its formula or its size, "" for leaves, and the definitions of made-up names in it.

`open` is there if a reader can change constants: their places, and the texts of the record that then give
way (`autograd.stepper.constants`). Formulas are MathML; floats that JSON lacks are
written as "inf", "-inf" and "nan".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from ..drawing.fold import Group, box_keys
from ..drawing.folded import words_in
from ..drawing.rows import shown_rows
from ..graph import gradients_of
from ..text.catalogue import say
from ..text.kinks import kinks_above
from ..text.names import gradient_name, name_in, repeated
from ..text.narration import MAX_INSIDE, Narration
from ..value import Value
from .constants import changeable, differences, names_without_constants
from .demon import Demon
from .formulas import Formulas
from .messages import Message
from .source import line_of

SCHEMA = 2
MAX_PARAMETERS = 12  # of a folded box, which a reader may ask about


def record(boxes: Sequence[Group], passed: Sequence[Message], narration: Narration) -> dict[str, Any]:
    """The model of the pass `passed` over the boxes of the graph that the narration is about."""
    model = _Recorder(boxes, passed, Formulas(narration)).model()
    single = {box.nodes[0] for box in boxes if box.kind == "node"}
    places = [(k, i) for k, node in enumerate(narration.names) if node in single for i in changeable(node)]
    if not places:
        return model
    opened = replace(narration, names=names_without_constants(narration.names))
    texts = _Recorder(boxes, passed, Formulas(opened, is_open=True)).model()
    ids = [f"c{k}_{i}" for k, i in places]
    return model | {"open": {"constants": ids, **differences(model, texts)}}


class _Recorder:
    """Writes the record; if its formulas are open, only the texts in it are of use."""

    def __init__(self, boxes: Sequence[Group], passed: Sequence[Message], formulas: Formulas) -> None:
        self.boxes, self.passed, self.formulas = boxes, passed, formulas
        self.order = list(formulas.names)
        self.root = self.order[-1]
        self.place, self.ids = formulas.place, formulas.ids
        self.conventions = kinks_above(self.order)
        self.recorded = {node for box in boxes for node in self._known(box)}
        self.is_folded = any(box.kind != "node" for box in boxes)
        self.keys = box_keys(self.order, boxes)
        # An output of a box that its inside uses too receives something there, at the end.
        arrivals = [step for m in passed for step in (m.step, *m.inside)]
        self.uses = Counter(step.parent for step in arrivals if step.parent is not None)
        self.gradients = gradients_of(self.root)
        self.demon = None if formulas.is_open else Demon(self.order)

    def model(self) -> dict[str, Any]:
        nodes = [told for box in self.boxes for told in self._nodes(box)]
        nodes.sort(key=lambda told: int(told["id"][1:]))
        return {
            "schema": SCHEMA,
            "lang": self.formulas.narration.lang,
            "letters": letters(self.formulas.names.values()),
            "root": self.ids[self.root],
            "order": [told["id"] for told in nodes],
            "nodes": nodes,
            "boxes": [self._box(box) for box in self.boxes if box.kind != "node"],
            "edges": list(self._shared.values()),
            "steps": self._steps(),
        }

    def _box(self, box: Group) -> dict[str, Any]:
        names, rows = self.formulas.names, shown_rows(box, len(self.boxes))
        formula, *defined = words_in(box, names, rows, self.place)
        if box.folded and not formula:
            formula = say("picture.nodes", self.formulas.narration.lang, count=len(box.nodes))
        return {
            "id": self.keys[box],
            "label": box.folded.name if box.folded else "leaves",
            "scope": box.folded.path if box.folded else "",
            "size": len(box.nodes),
            "words": [formula, *defined],
            "nodes": [self.ids[node] for node in self._known(box)],
            "inner": [self.place[node] for node in box.nodes],
        }

    def _nodes(self, box: Group) -> Iterator[dict[str, Any]]:
        """The nodes of a box that can be seen or can receive something, outputs first."""
        single = box.kind == "node"
        shown = box.nodes if single else shown_rows(box, len(self.boxes))
        rows = {node: row for row, node in enumerate(shown)}
        formulas = self.formulas
        for node in self._known(box):
            means, defined = single and formulas.means(node), formulas.defined(node)
            yield {
                "id": self.ids[node],
                "label": formulas.names[node],
                "name": name_in(node, formulas.short),
                "gradient": gradient_name(node, formulas.short),
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
                "formula": formulas.value(node) if single else formulas.caption(node, box),
                **line_of(node),
                **({"means": means} if means else {}),
                **({"defined": defined} if defined else {}),
                **({"convention": True} if node in self.conventions else {}),
                **(self.demon.about(node) if self.demon else {}),
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
            **self.formulas.rule(step),
        }

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
                    terms = [term[:2] for term in message.through.terms(self.formulas.names)]
                    told["terms"] = {"shown": terms, "more": len(message.uses) - len(terms)}
            if message.inside:
                lines = [
                    [self.formulas.narration.factors(x), self.place[x.node], x.slot, self.formulas.letters(x)]
                    for x in message.inside[:MAX_INSIDE]
                ]
                told["inside"] = {"lines": lines, "more": len(message.inside) - len(lines)}
            found.append(told | {"before": step.before, "after": step.after, "gains": gains})
        return found


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
