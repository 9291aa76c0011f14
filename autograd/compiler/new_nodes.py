"""Nodes that are added to a graph, each once: what is a number, or one term alone, becomes no node."""

from __future__ import annotations

from math import copysign
from typing import Any

from ..table.row import RULES
from .canonical import Graph, Sum
from .tracing import Node

_MUL, _SUM = RULES["mul"], RULES["sum"]


class NewNodes:
    """Adds nodes to a graph; `order` lists the operations among them, `sums` the sums that are not means."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.order: list[int] = []
        self.sums: list[int] = []
        self.known: dict[Any, int] = {n: i for i, n in enumerate(graph.nodes) if n[0] == "constant"}

    def node(self, key: Node, batched: bool) -> int:
        """The node for `key`, which may be there already."""
        number = self.known.get(key)
        if number is None:
            number = self.known[key] = self.graph.add(key, batched)
            if key[0].__class__ is not str:
                self.order.append(number)
        return number

    def operation(self, rule: Any, *operands: int) -> int:
        """The node of an operation."""
        batched = self.graph.batched
        return self.node((rule, *operands), any(batched[operand] for operand in operands))

    def number(self, node: int) -> float | None:
        """The number of a constant or a seed."""
        key = self.graph.nodes[node]
        return key[1] if key[0] == "constant" or key[0] == "seed" else None

    def of_number(self, number: float, *like: int) -> int:
        """A constant, or a seed if one of the nodes is a seed."""
        if any(self.graph.nodes[node][0] == "seed" for node in like):
            return self.node(("seed", number), False)
        return self.node(("constant", number, copysign(1.0, number)), False)

    def summed(self, terms: Sum, mean: bool = False) -> int:
        """The node of a sum; without a node of its own if it is one term or one product."""
        lefts, plus, minus = terms.lefts, terms.plus, terms.minus
        if not mean and len(lefts) + len(plus) + len(minus) == 1:
            if plus:
                return plus[0]
            if lefts:
                return self.operation(_MUL, lefts[0], terms.rights[0])
        numbers = [self.number(node) for node in (*plus, *minus)]
        if not lefts and not mean and all(number is not None for number in numbers):
            signs = [1.0] * len(plus) + [-1.0] * len(minus)
            whole = sum(sign * number for sign, number in zip(signs, numbers) if number is not None)
            return self.of_number(whole, *plus, *minus)
        terms.mean = mean
        batched = not mean and any(self.graph.batched[node] for node in terms.operands)
        return self._sum(("sum", mean, *map(tuple, (lefts, terms.rights, plus, minus))), terms, batched)

    def mean_of(self, node: int) -> int:
        """The mean of one node over the examples."""
        return self.summed(Sum(plus=[node]), mean=True)

    def copy(self, node: int, batched: bool) -> int:
        """The node itself, or a copy of it in the space of the other results of its kind."""
        if self.graph.space(node) == ("V" if batched else "U"):
            return node
        return self._sum(("copy", node), Sum(plus=[node]), batched)

    def _sum(self, key: Node, terms: Sum, batched: bool) -> int:
        if key not in self.known:
            number = self.known[key] = self.graph.add((_SUM,), batched)
            self.graph.sums[number] = terms
            self.order.append(number)
            if not terms.mean:
                self.sums.append(number)
        return self.known[key]
