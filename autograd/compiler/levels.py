"""Levels: which nodes of a graph can be computed together.

The level of a node is one more than the highest level that it reads, so the nodes of one level don't need
each other; those that do the same, to operands of the same spaces, become one group.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from .canonical import Graph

Levels = list[tuple[int, list[int]]]  # (level, nodes) of each group to be


def levels(graph: Graph, order: list[int]) -> Levels:
    """Group the nodes in `order`, in order of evaluation; their levels go into `graph.level`."""
    _note_levels(graph, order)
    groups: dict[tuple[int, Hashable], list[int]] = {}
    for node in order:
        groups.setdefault((graph.level[node], _kind(graph, node)), []).append(node)
    return [(key[0], groups[key]) for key in sorted(groups, key=lambda key: key[0])]


def _note_levels(graph: Graph, order: list[int]) -> None:
    """Every node as early as what it reads allows, then, in reverse, as late as what reads it allows.

    So what is read together is computed together, as the adjoints of all gates of a recurrent layer. The
    means of all uses of shared weights, which nothing reads, come last, together.
    """
    level, sums = graph.level, graph.sums
    level += [0] * (len(graph.nodes) - len(level))
    read = [graph.operands(node) for node in order]
    for node, operands in zip(order, read):
        level[node] = 1 + max([level[operand] for operand in operands], default=0)
    if order is graph.reverse:
        last = max([level[node] for node in order], default=0)
        latest: dict[int, int] = {}
        for node, operands in zip(reversed(order), reversed(read)):
            if node in latest:
                level[node] = latest[node]
            elif node in sums and sums[node].mean and len(operands) > 1:
                level[node] = last
            before = level[node] - 1
            for operand in operands:
                if operand not in latest or latest[operand] > before:
                    latest[operand] = before


def _kind(graph: Graph, node: int) -> Hashable:
    """The common properties of the nodes of a group; never the values of constants."""
    spaces = graph.spaces
    whole = graph.sums.get(node)
    if whole:
        factors = zip([spaces[left] for left in whole.lefts], [spaces[right] for right in whole.rights])
        terms = ([spaces[term] for term in whole.plus], [spaces[term] for term in whole.minus])
        return (*map(_counted, (factors, *terms)), graph.batched[node], whole.mean)
    operands: list[int] = [*graph.nodes[node][1:]]
    return graph.rule(node), *[spaces[operand] for operand in operands]


def _counted(items: Iterable[Hashable]) -> frozenset[tuple[Hashable, int]]:
    """The items, each with its count."""
    counts: dict[Hashable, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return frozenset(counts.items())
