"""From scalar nodes to groups: nodes that do the same, at the same level, become one array operation.

Sums of products are rolled up into matrices: the left factors of a node are a row of W,
the right factors a column of A, and nodes that pair every row with every column are the product W·A:
a dense layer, a convolution, the four gates of an LSTM, queries against keys.
"""

from __future__ import annotations

from typing import Any

from ..table.lists import ListRule
from .canonical import Graph
from .copying import Copying
from .groups import Listed, Map, Matrix, Rows
from .layout import Layout
from .levels import Levels, levels
from .partials import MEAN_PRODUCT, Pullback
from .products import full_products

FEW = 3  # terms that are added one after the other; more of them are summed along an axis


def regroup(graph: Graph, forward: Levels) -> Layout:
    """Lay out a graph, whose nodes of the forward pass are in the order of `forward`."""
    layout = Layout(graph)
    regrouping = Regrouping(layout)
    layout.lie(range(graph.first_adjoint), layout.constants)
    regrouping.add(forward)
    layout.forward = [*layout.groups]
    layout.first_of_reverse = layout.sizes["U"]
    layout.lie(range(graph.first_adjoint, len(graph.nodes)), layout.more_constants)
    regrouping.add(levels(graph, graph.reverse))
    return layout


class Regrouping:
    """Adds groups to a layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.copying = layout, Copying(layout)
        self.graph, self.numpy, self.rows = layout.graph, layout.numpy, layout.rows
        self.row, self.space = layout.row, layout.space

    def add(self, found: Levels) -> None:
        """Add a group, or several, for the nodes of each level that do the same."""
        graph = self.graph
        for level, nodes in found:
            if nodes[0] in graph.sums or graph.rule(nodes[0]) is MEAN_PRODUCT:
                self._matrices(level, nodes)
            elif isinstance(graph.rule(nodes[0]), ListRule | Pullback):
                self._lists(level, nodes)
            else:
                self._map(level, nodes)

    def _sorted(self, nodes: list[int], operands: Any) -> tuple[list[int], Any]:
        """Nodes in the order of what they read, so that their operands lie in line."""
        if len(nodes) == 1:
            return nodes, operands
        batched = sorted(range(operands.shape[1]), key=lambda k: self.space[operands[0, k]] == "U")
        order = self.numpy.lexsort([self.row[operands[:, k]] for k in reversed(batched)])
        return [nodes[i] for i in order], operands[order]

    def _map(self, level: int, nodes: list[int]) -> None:
        nodes, table = self._sorted(nodes, self.numpy.array([self.graph.operands(node) for node in nodes]))
        rule: Any = self.graph.rule(nodes[0])
        for part in self.copying.apart(*table.T):
            operands: list[Any] = []
            for column in table[part].T:
                one, *others = set(column.tolist())
                shared = None if others else self.graph.number(one)
                operands.append(self.rows(column) if shared is None else shared)
            own: list[int] = self.numpy.array(nodes)[part].tolist()
            self.layout.add(Map(nodes=own, level=level, rule=rule, operands=operands))

    def _lists(self, level: int, nodes: list[int]) -> None:
        graph, rule = self.graph, self.graph.rule(nodes[0])
        split = rule.index_operands
        keys = [tuple(graph.operands(node)[split if rule.vector else 0 :]) for node in nodes]
        lists = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        firsts = [graph.nodes[graph.operands(node)[0]][1] if split else 0 for node in nodes]
        listed: Any = [key if rule.vector else key[split:] for key in lists]
        adjoints: Rows | None = None
        chosen: list[int] | None = None
        if isinstance(rule, Pullback):
            abouts: tuple[list[int], ...]
            abouts, given, listed = zip(*map(rule.split, lists))
            adjoints = self.rows(given)
            chosen = [int(graph.nodes[about[0]][1]) for about in abouts] if abouts[0] else None
        self.layout.add(
            Listed(
                nodes=nodes,
                level=level,
                rule=rule,
                lists=self.rows(listed),
                which=[lists[key] for key in keys],
                choices=[*map(int, firsts)],
                adjoints=adjoints,
                chosen=chosen,
            )
        )

    # Sums of products
    def _matrices(self, level: int, nodes: list[int]) -> None:
        np, graph = self.numpy, self.graph
        whole = graph.sums.get(nodes[0])
        if whole is None:
            factors = np.array([graph.nodes[node][1:] for node in nodes])
            lefts, rights = factors[:, :1], factors[:, 1:]
        elif whole.lefts:
            lefts, rights = self._in_line(nodes)
        else:
            table = np.array(
                [[*sorted(graph.sums[node].plus), *sorted(graph.sums[node].minus)] for node in nodes]
            )
            if not whole.mean:  # else they are in the order of the parameters
                nodes, table = self._sorted(nodes, table)
            for part in self.copying.apart(*table.T):
                own: list[int] = np.array(nodes)[part].tolist()
                self._matrix(level, own, (len(own), 1, 1), [])
            return
        for order in full_products(lefts, rights):
            a, b = lefts[order[:, :, 0]], rights[order[:, 0, :]]
            for part in self.copying.apart(a, b):
                ordered: list[int] = np.array(nodes)[order[part].ravel()].tolist()
                blocks = self._blocks(a[part], b[part], whole is None or whole.mean)
                self._matrix(level, ordered, order[part].shape, blocks)

    def _in_line(self, nodes: list[int]) -> tuple[Any, Any]:
        """The left and right factors (nodes, K), K ordered by spaces and by the row of the right factor."""
        np, sums = self.numpy, self.graph.sums
        lefts = np.array([sums[node].lefts for node in nodes])
        rights = np.array([sums[node].rights for node in nodes])
        if not sums[nodes[0]].mean:
            # Within one space, the factor of the lower row is the left one.
            swap = (self.space[lefts] == self.space[rights]) & (self.row[lefts] > self.row[rights])
            lefts, rights = np.where(swap, rights, lefts), np.where(swap, lefts, rights)
        keys = (
            self.row[lefts],
            self.row[rights],
            self.space[rights],
            self.space[lefts],
        )
        order = np.lexsort(keys, axis=-1)
        return np.take_along_axis(lefts, order, -1), np.take_along_axis(rights, order, -1)

    def _matrix(self, level: int, nodes: list[int], shape: Any, blocks: list[tuple[Rows, Rows]]) -> None:
        """One group of the sums, or mean products, in `nodes`."""
        whole = self.graph.sums.get(nodes[0])
        terms = self._terms(nodes) if whole else []
        mean = whole is None or whole.mean
        self.layout.add(Matrix(nodes=nodes, level=level, shape=shape, blocks=blocks, terms=terms, mean=mean))

    def _blocks(self, lefts: Any, rights: Any, mean: bool) -> list[tuple[Rows, Rows]]:
        """Left factors (T, F, K) and right factors (T, P, K), with K split where the space changes."""
        np = self.numpy
        blocks: list[tuple[Rows, Rows]] = []
        pairs = list(zip(self.space[lefts[0, 0]], self.space[rights[0, 0]]))
        for pair in dict.fromkeys(pairs):
            first = pairs.index(pair)
            k = np.arange(first, first + pairs.count(pair))
            ks = [k]
            if mean:
                ks = [k[part] for part in self.copying.apart(lefts[0, :, k], rights[0, :, k], more=2)]
            elif len({*self.layout.home[rights[0, 0, k]].tolist()}) > 1:  # in the order of the weights
                ks = [k[np.argsort(self.row[lefts[0, 0, k]], kind="stable")]]
            blocks += [(self.rows(lefts[:, :, k]), self.rows(rights[:, :, k].transpose(0, 2, 1))) for k in ks]
        return blocks

    def _terms(self, nodes: list[int]) -> list[tuple[float, Rows]]:
        """The terms of sums; a few of them one after the other, each with a row for every node."""
        sums, spaces = self.graph.sums, self.graph.spaces
        found: list[tuple[float, Rows]] = []
        for sign, name in ((1.0, "plus"), (-1.0, "minus")):
            listed: list[list[int]] = [getattr(sums[node], name) for node in nodes]
            for space in dict.fromkeys(spaces[term] for term in listed[0]):
                own = [sorted([t for t in terms if spaces[t] == space], key=self._place) for terms in listed]
                columns = self.numpy.array(own)
                many = len(nodes) > 1 or columns.shape[1] == 1
                few = many and columns.shape[1] <= max(FEW, self.copying.copies(columns))
                found += [(sign, self.rows(c)) for c in (columns.T if few else [columns])]
        return found

    def _place(self, node: int) -> tuple[int, int]:
        return int(self.row[node]), node
