"""A graph as a program that a page can run: its operations, and the JavaScript of their rows.

`web/engine.js` runs it: forward from other numbers in the leaves, backward, with Python's refusals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..text.catalogue import domain
from ..value import Value
from .javascript import computes, javascript
from .page import script


def program(order: Sequence[Value], ieee: bool = False, lang: str = "en") -> dict[str, Any]:
    """The graph `order`, parents first and the output last, as `Engine` of web/engine.js reads it.

    `ops` names each node's operation, "" for a leaf; `operands` are numbers of nodes, `[2.5]` for a
    constant, None for a branch that was not taken; `data` is what was recorded. `locals` has the recorded
    local derivatives of the operations that a page cannot compute, `domains` what each operation needs,
    in the language `lang`. With `ieee`, inf and nan pass.

    >>> x = Value(3.0, "x")
    >>> program([x, x * 2.0])["operands"]
    [[], [0, [2.0]]]
    """
    place = {node: k for k, node in enumerate(order)}
    rules = {node.rule.name: node.rule for node in order if node.rule}
    missing = {name for name in rules if not computes(name)}
    return {
        "ops": " ".join(node.op for node in order),
        "operands": [
            [place[o] if isinstance(o, Value) else o if o is None else [o] for o in node.operands]
            for node in order
        ],
        "data": [node.data for node in order],
        "locals": {str(place[n]): list(n.local_derivatives) for n in order if n.op in missing},
        "domains": {name: domain(rule.domain, lang) for name, rule in rules.items() if rule.domain},
        "ieee": ieee,
    }


def engine_script(ops: Iterable[str]) -> str:
    """The JavaScript that runs programs of these operations: `table`, `Engine`, and no `import` in it."""
    return script(javascript(ops), ("arithmetic", "lists", "special", "engine"))
