"""What the stepper knows of a graph: the JSON model that its page, its frames and Python share.

    {schema, root, order: [node id],
     nodes: [{id, label, op, kind, data, grad, parents, uses, scope, formula, line, check, demon}],
     edges: [{id, src, dst, slot, place, local}],
     steps: [{i, kind: "seed", node, before, after} |
             {i, kind: "push", node, edge, to, slot, upstream, local, contribution, before, after,
              nth, of, exact}],
     rules: {op: {equation, partials}}}

Ids are those of the drawn picture (`autograd.drawing.svg`): `n3` is the fourth node in topological
order, `e3-1` its second operand's edge. Every step has `before` and `after`, so seeking computes
nothing. Formulas are MathML; floats that JSON lacks are written as "inf", "-inf" and "nan".
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..explanation import repeated
from ..graph import Step, topological_order
from ..mathematics import MATHML, Written, equation, partials
from ..notation import applied_to, is_one_word, product_text, short_number, sum_text
from ..value import Value
from .demon import Demon

SCHEMA = 1


def record(root: Value, steps: Sequence[Step], names: Mapping[Value, str]) -> dict[str, Any]:
    """The model of the backward pass `steps` from `root`."""
    order = topological_order(root)
    ids = {node: f"n{k}" for k, node in enumerate(order)}
    gradients = {step.node if step.parent is None else step.parent: step.after for step in steps}
    uses = Counter(parent for node in order for parent in node.parents)
    demon = Demon(order)
    return {
        "schema": SCHEMA,
        "root": ids[root],
        "order": list(ids.values()),
        "nodes": [
            {
                "id": ids[node],
                "label": names[node],
                "op": node.op,
                "symbol": node.rule.symbol if node.rule else "",
                "kind": "output" if node is root else "result" if node.rule else "leaf",
                "data": node.data,
                "grad": gradients[node],
                "parents": [ids[parent] for parent in node.parents],
                "uses": uses[node],
                "scope": node.scope.path if node.scope else "",
                "formula": _formula(node, names),
                "line": node.line,
                **demon.about(node),
            }
            for node in order
        ],
        "edges": [
            {
                "id": _edge(ids[node], slot),
                "src": ids[parent],
                "dst": ids[node],
                "slot": slot,
                "place": slot + 1 if repeated(node, slot) else 0,
                "local": node.local_derivatives[slot],
            }
            for node in order
            for slot, parent in enumerate(node.parents)
        ],
        "steps": _steps(steps, ids, uses),
        "rules": {
            node.rule.name: {"equation": equation(node.rule, MATHML), "partials": partials(node.rule, MATHML)}
            for node in order
            if node.rule
        },
    }


def _edge(node: str, slot: int) -> str:
    return f"e{node[1:]}-{slot}"


def _steps(
    steps: Sequence[Step], ids: Mapping[Value, str], uses: Mapping[Value, int]
) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    received: Counter[Value] = Counter()
    for i, step in enumerate(steps):
        told: dict[str, Any] = {"i": i, "kind": "seed", "node": ids[step.node]}
        if not (step.parent is None or step.slot is None or step.upstream is None or step.local is None):
            received[step.parent] += 1
            product = product_text(step.upstream, step.local, step.contribution)
            total = sum_text(step.before, step.contribution, step.after)
            told |= {
                "kind": "push",
                "edge": _edge(ids[step.node], step.slot),
                "to": ids[step.parent],
                "slot": step.slot,
                "upstream": step.upstream,
                "local": step.local,
                "contribution": step.contribution,
                "nth": received[step.parent],
                "of": uses[step.parent],
                "exact": ["≈" not in product, "≈" not in total],
            }
        made.append(told | {"before": step.before, "after": step.after})
    return made


def _formula(node: Value, names: Mapping[Value, str]) -> dict[str, Any]:
    """How a result came about, in letters and in numbers: MathML for `a·a` and `3·3`."""
    if node.rule is None:
        return {}

    def letters(operand: Value) -> Written:
        name = names[operand]
        return Written(MATHML.name(name) if is_one_word(name) else MATHML.fenced(MATHML.name(name)))

    def numbers(operand: Value) -> Written:
        digits = MATHML.number(short_number(abs(operand.data)))
        return Written(MATHML.fenced(MATHML.row(MATHML.symbol("−"), digits)) if operand.data < 0 else digits)

    known = [node.data, *(parent.data for parent in node.parents)]
    return {
        "exact": all(
            Decimal(short_number(x).replace("−", "-")) == Decimal(x) for x in known if math.isfinite(x)
        ),
        "letters": applied_to(node, letters, MATHML).text,
        "numbers": applied_to(node, numbers, MATHML).text,
    }


def to_json(model: Mapping[str, Any]) -> str:
    """Compact JSON that may stand inside a script element, whatever labels say."""
    text = json.dumps(_finite(model), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _finite(item: Any) -> Any:
    """The same, with floats that JSON lacks as strings."""
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    if isinstance(item, dict):
        return {key: _finite(value) for key, value in item.items()}  # pyright: ignore
    if isinstance(item, list):
        return [_finite(value) for value in item]  # pyright: ignore
    return item
