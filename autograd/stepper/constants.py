"""The texts of a page whose reader changes a constant: `a·b + 1` would be a false name for `a·b + 2`.

A name that is made of constants gives way to a made-up one, which its definition explains, and in formulas
and definitions a constant is a place that the page fills. The page writes these texts in the place of the
record's as long as a constant differs from the recorded one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, repeat
from typing import Any

from ..drawing.rows import MAX_CONSTANTS, constants
from ..text.names import is_variable
from ..value import Value

_TEXTS = {
    "nodes": ("label", "name", "gradient", "formula", "means", "defined"),
    "boxes": ("words",),
    "edges": ("letters", "numbers", "condition", "reads", "cases"),
    "steps": ("inside", "terms"),
}


def changeable(node: Value) -> list[int]:
    """The operands of a node that are constants with a box of their own, other than indices."""
    plain = constants(node)
    if node.rule is None or len(plain) > MAX_CONSTANTS:
        return []
    return [i for i in plain if i >= node.rule.index_operands]


def names_without_constants(names: Mapping[Value, str]) -> dict[Value, str]:
    """The names of a graph in topological order; those made of constants, and of such names, are made up.

    >>> a = Value(2.0, "a")
    >>> b, d, e = a + 1.0, a * a, a * 2.0
    >>> c = b * a
    >>> list(names_without_constants({a: "a", b: "a + 1", c: "(a + 1)·a", d: "a·a", e: "a·2"}).values())
    ['a', 'v2', 'v3', 'a·a', 'v5']
    """
    taken, found = set(names.values()), dict(names)
    for place, (node, name) in enumerate(names.items(), 1):
        derived = node.rule is not None and not node.label and not is_variable(name)
        if derived and (changeable(node) or any(found[parent] != names[parent] for parent in node.parents)):
            made_up = accumulate(repeat("′"), initial=f"v{place}")
            found[node] = next(choice for choice in made_up if choice not in taken)
            taken.add(found[node])
    return found


def differences(recorded: Mapping[str, Any], opened: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of one record that differ in another of the same graph, by kind and id."""
    found = {kind: _differing(recorded[kind], opened[kind], keys) for kind, keys in _TEXTS.items()}
    return found | {"rules": _differing(_rules(recorded), _rules(opened), _TEXTS["edges"])}


def _rules(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules of steps that share an edge, whole, by the numbers of the steps."""
    edges = {edge["id"]: edge for edge in record["edges"]}
    return [
        edges[step["edge"]] | step["rule"] | {"id": step["i"]} for step in record["steps"] if "rule" in step
    ]


def _differing(
    recorded: Sequence[Mapping[str, Any]], opened: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> dict[str, Any]:
    pairs = zip(recorded, opened, strict=True)
    found = {
        str(other.get("id", other.get("i"))): {
            key: other[key] for key in keys if key in other and other[key] != one.get(key)
        }
        for one, other in pairs
    }
    return {key: texts for key, texts in found.items() if texts}
