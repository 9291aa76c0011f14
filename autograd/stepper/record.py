"""The stepper's record of a graph: the JSON model that its page, its frames and Python share.

    {schema, lang, letters: {delta, h}, root, order: [node id],
     nodes: [{id, label, name, gradient, op, kind, data, grad, parents, uses, scope, box, row, formula,
              line, number, defined, convention, check, demon}],
     boxes: [{id, label, scope, size, nodes: [node id]}],
     edges: [{id, src, dst, slot, place, local, letters, numbers, condition, exact, kink}],
     steps: [{i, kind: "seed", node, before, after, gains, inside} |
             {i, kind: "push", node, edge, to, slot, upstream, local, contribution, before, after,
              gains, inside, nth, of, exact}]}

Ids are those of the drawn picture (`autograd.drawing.svg`): `n3` is the fourth node in topological
order, `e3-1` its second operand's edge, `s0` the first folded box, in which a node has a row. Every
step has `before` and `after`, so seeking computes nothing; `gains` are all gradients that it changes.
`letters` of an edge are the rule of its local derivative with the node's own operands, `numbers` the same
in numbers; `kink` is there if the operand is at a corner or a jump, and `convention` if a corner or a jump
lies between a node and the output. Formulas are MathML; floats that JSON lacks are written as "inf",
"-inf" and "nan".
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from ..drawing.boxes import formula_of, shown_rows
from ..drawing.fold import Group
from ..graph import Step, sweep, topological_order
from ..text.characters import cut
from ..text.explanation import MAX_DEFINED, Narration
from ..text.kinks import kink, kinks_above
from ..text.mathematics import MATHML, Written
from ..text.names import (
    applied_to,
    gradient_name,
    name_in,
    product_text,
    repeated,
    short_number,
    sum_text,
    written_name,
)
from ..text.reasons import reason
from ..value import Value
from .demon import Demon
from .messages import Message, box_keys

SCHEMA = 2
MAX_FORMULA_NAME = 40  # characters of a name in a formula
MAX_PARAMETERS = 12  # of a folded box, which a reader may ask about


def record(
    root: Value, boxes: Sequence[Group], passed: Sequence[Message], narration: Narration
) -> dict[str, Any]:
    """The model of the pass `passed` over the boxes of the graph below `root`."""
    return _Recorder(root, boxes, passed, narration).model()


class _Recorder:
    def __init__(
        self, root: Value, boxes: Sequence[Group], passed: Sequence[Message], narration: Narration
    ) -> None:
        self.order = topological_order(root)
        self.root, self.boxes, self.passed, self.narration = root, boxes, passed, narration
        self.names = narration.names
        self.short = {node: cut(name, MAX_FORMULA_NAME) for node, name in self.names.items()}
        self.conventions = kinks_above(self.order)
        self.recorded = {node for box in boxes for node in self._known(box)}
        self.ids = {node: f"n{k}" for k, node in enumerate(self.order)}
        self.keys = box_keys(self.order, boxes)
        self.uses = Counter(m.step.parent for m in passed if m.step.parent is not None)
        self.gradients: dict[Value, float] = {}
        for _ in sweep(root, self.gradients):
            pass
        self.demon = Demon(self.order)

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
                    "nodes": [self.ids[node] for node in self._known(box)],
                }
                for box in self.boxes
                if box.kind != "node"
            ],
            "edges": self._edges(),
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
                **({"defined": lines} if (lines := self.narration.defined([node], MAX_DEFINED)) else {}),
                **({"convention": True} if node in self.conventions else {}),
                **self.demon.about(node),
            }
            for node in self._known(box)
        ]

    def _known(self, box: Group) -> list[Value]:
        if box.kind == "node":
            return box.nodes
        shown = shown_rows(box, len(self.boxes))
        return list(dict.fromkeys([*shown, *box.outputs, *box.parameters[:MAX_PARAMETERS]]))

    def _edges(self) -> list[dict[str, Any]]:
        edges: dict[str, dict[str, Any]] = {}
        for message in self.passed:
            step = message.step
            if step.parent is not None:
                edges[message.edge] = {
                    "id": message.edge,
                    "src": self.ids[step.parent],
                    "dst": self.ids[step.node],
                    "slot": step.slot,
                    "place": step.slot + 1 if step.slot is not None and repeated(step.node, step.slot) else 0,
                    "local": step.local,
                    **self._reason(step),
                }
        return list(edges.values())

    def _reason(self, step: Step) -> dict[str, Any]:
        """The rule of the local derivative, and the kink at which the operand is."""
        if step.slot is None:
            return {}
        found: dict[str, Any] = asdict(
            reason(step.node, step.slot, self.short, MATHML, self.narration.marks.get(step.node, ""))
        )
        if corner := kink(step.node, step.slot):
            sides = {"left": short_number(corner.left), "right": short_number(corner.right)}
            found["kink"] = {**sides, "jumps": corner.jumps}
        return found

    def _steps(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        received: Counter[Value] = Counter()
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
                product = ""
                if step.upstream is not None and step.local is not None:
                    product = product_text(step.upstream, step.local, step.contribution)
                total = sum_text(step.before, step.contribution, step.after)
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
                    "exact": ["≈" not in product, "≈" not in total],
                }
            if message.inside:
                lines = [self.narration.product(inner) for inner in message.inside[:MAX_PARAMETERS]]
                told["inside"] = {"lines": lines, "more": len(message.inside) - len(lines)}
            found.append(told | {"before": step.before, "after": step.after, "gains": gains})
        return found

    def _formula(self, node: Value) -> dict[str, Any]:
        """The derivation of a result, in letters and in numbers: MathML for `a·a` and `3·3`."""
        if node.rule is None:
            return {}
        known = [node.data, *(parent.data for parent in node.parents)]
        return {
            "exact": all(Decimal(short_number(x).replace("−", "-")) == x for x in known if math.isfinite(x)),
            "letters": applied_to(
                node, lambda operand: written_name(operand, self.short, MATHML), MATHML
            ).text,
            "numbers": applied_to(node, _numbers, MATHML).text,
        }

    def _caption(self, node: Value, box: Group) -> dict[str, Any]:
        """The formula of a folded box, if it is short."""
        if node.rule is None:
            return {}
        inside = formula_of(box, self.names) or f"{box.folded.name if box.folded else ''}(…)"
        return {"exact": True, "letters": MATHML.name(inside), "numbers": ""}


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


def _numbers(operand: Value) -> Written:
    digits = MATHML.number(short_number(abs(operand.data)))
    return Written(MATHML.fenced(MATHML.row(MATHML.symbol("−"), digits)) if operand.data < 0 else digits)
