"""The rows of a program: where the result of each node lies."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .arrays import numpy
from .canonical import Graph
from .groups import Group, Rows


class Layout:
    """The groups of a graph, filled by `regroup`, and the row of every node in its space.

    The rows of "U" are the parameters (as many as `params` says, in their order), the constants and the
    results that are the same for all examples.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.numpy: Any = numpy()
        self.groups: list[Group] = []
        self.forward: list[Group] = []
        self.params = len(graph.labels)
        self.row: Any = self.numpy.full(len(graph.nodes), -1)
        self.row[: self.params] = range(self.params)  # the first nodes
        self.space: Any = self.numpy.array(graph.spaces)
        self.home: Any = self.numpy.full(len(graph.nodes), -1)  # the number of the group of each node
        self.constants: list[float] = []
        self.more_constants: list[float] = []  # of the reverse pass, after the results that are one for all
        self.seeds: list[float] = []
        self.first_of_reverse = 0
        self.sizes: defaultdict[str, int] = defaultdict(int)  # rows of each space
        self.sizes["U"] = self.params

    def lie(self, numbers: range, constants: list[float]) -> None:
        """Give inputs, constants and seeds their rows."""
        for number in numbers:
            node = self.graph.nodes[number]
            if node[0] == "input":
                self.row[number] = node[2]
                self.sizes[f"X{node[1]}"] += 1
            elif node[0] == "constant":
                self.row[number] = self.sizes["U"]
                self.sizes["U"] += 1
                constants.append(node[1])
            elif node[0] == "seed":
                self.row[number] = len(self.seeds)
                self.seeds.append(node[1])

    def adjoints(self, nodes: list[int]) -> Rows | None:
        """The rows of the adjoints of nodes; None unless all have one, in the same space."""
        found = [self.graph.adjoint.get(node, -1) for node in nodes]
        is_one = found != [] and min(found) >= 0 and len({*self.space[found]}) == 1
        return self.rows(found) if is_one else None

    def rows(self, nodes: Any) -> Rows:
        """Where nodes (an index of one space) lie."""
        index = self.numpy.asarray(nodes, int)
        return Rows(str(self.space[index.flat[0]]) if index.size else "U", self.row[index])

    def add(self, group: Group) -> None:
        """Give the nodes of a group the next rows of their space."""
        graph, nodes = self.graph, group.nodes
        group.space = str(self.space[nodes[0]])
        group.start = self.sizes[group.space]
        self.row[nodes] = range(group.start, group.stop)
        self.home[nodes] = len(self.groups)
        self.sizes[group.space] += len(nodes)
        place = graph.scopes.get(nodes[0])
        group.scope = place.path if place else ""
        rule = graph.rule(nodes[0])
        group.operation, group.symbol = rule.name, rule.symbol
        self.groups.append(group)
