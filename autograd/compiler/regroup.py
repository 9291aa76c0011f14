"""From scalar nodes to groups: nodes that do the same, at the same level, become one array operation.

Sums of products are rolled up into matrices: the left factors of a node are a row of W,
the right factors a column of A, and nodes that pair every row with every column are the product W·A:
a dense layer, a convolution, the four gates of an LSTM, queries against keys.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from ..table.lists import ListRule
from .arrays import numpy
from .canonical import Graph
from .groups import Group, Listed, Map, Matrix, Rows
from .levels import Levels, levels
from .partials import MEAN_PRODUCT, Pullback
from .shapes import strides

FEW = 3  # terms that are added one after the other; more of them are summed along an axis


class Layout:
    """The groups of a graph and the row of every node.

    The rows of "U" are the parameters (as many as `params` says, in their order), the constants and the
    results that are the same for all examples.
    """

    def __init__(self, graph: Graph, forward: Levels) -> None:
        self.graph = graph
        self.numpy: Any = numpy()
        self.groups: list[Group] = []
        self.params = len(graph.labels)
        self.row: Any = self.numpy.full(len(graph.nodes), -1)
        self.row[: self.params] = range(self.params)  # the first nodes
        self.space: Any = self.numpy.array(graph.spaces)
        self.home: Any = self.numpy.full(len(graph.nodes), -1)  # the number of the group of each node
        self.lined_up: list[set[int]] = []  # groups that are computed next to each other
        self.constants: list[float] = []
        self.more_constants: list[float] = []  # of the reverse pass, after the results that are one for all
        self.seeds: list[float] = []
        self.first_of_reverse = 0
        self.sizes: defaultdict[str, int] = defaultdict(int)  # rows of each space
        self.sizes["U"] = self.params
        self._lie(range(graph.first_adjoint), self.constants)
        self._group(forward)
        self.forward = list(self.groups)
        self.first_of_reverse = self.sizes["U"]
        self._lie(range(graph.first_adjoint, len(graph.nodes)), self.more_constants)
        self._group(levels(graph, graph.reverse))

    def _lie(self, numbers: range, constants: list[float]) -> None:
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

    def _group(self, found: Levels) -> None:
        graph = self.graph
        for level, nodes in found:
            if nodes[0] in graph.sums or graph.rule(nodes[0]) is MEAN_PRODUCT:
                self._matrices(level, nodes)
            elif isinstance(graph.rule(nodes[0]), ListRule | Pullback):
                self._lists(level, nodes)
            else:
                self._map(level, nodes)

    def rows(self, nodes: Any) -> Rows:
        """Where nodes (an index of one space) lie."""
        index = self.numpy.asarray(nodes, int)
        return Rows(str(self.space[index.flat[0]]) if index.size else "U", self.row[index])

    def _add(self, group: Group) -> None:
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

    def _sorted(self, nodes: list[int], operands: Any) -> tuple[list[int], Any]:
        """Nodes in the order of what they read, so that their operands lie in line."""
        if len(nodes) == 1:
            return nodes, operands
        batched = sorted(range(operands.shape[1]), key=lambda k: self.space[operands[0, k]] == "U")
        order = self.numpy.lexsort([self.row[operands[:, k]] for k in reversed(batched)])
        return [nodes[i] for i in order], operands[order]

    def _apart(self, *tables: Any, more: int = 1) -> list[Any]:
        """Which items of a group become groups of their own: those that read the same groups, once.

        What an item reads is a row of each table. One operation on what lies in several groups has to copy
        it together first; if the copies cost as much as several operations, these are better. `more` says
        how many operations each part is.
        """
        together = sum(map(self._copies, tables))
        if not together:
            return self._together(tables)
        lines = [self.home[table].reshape(len(table), -1) for table in tables]
        lines += [_occurrences(table)[:, None] for table in tables if table.ndim == 1]
        parts: defaultdict[bytes, list[int]] = defaultdict(list)
        for i, line in enumerate(self.numpy.concatenate(lines, axis=1)):
            parts[line.tobytes()].append(i)
        if (len(parts) - 1) * more > together:
            return self._together(tables)
        apart = (len(parts) - 1) * more
        apart += sum(self._copies(table[part]) for part in parts.values() for table in tables)
        return list(parts.values()) if apart <= together else self._together(tables)

    def _together(self, tables: tuple[Any, ...]) -> list[Any]:
        for table in tables:
            self._line_up(table)
        return [slice(None)]

    def _line_up(self, index: Any) -> None:
        """Note that what lies in several groups comes to lie together."""
        homes = {*self.home[index].ravel().tolist()}
        if len(homes) > 1:
            self.lined_up.append(homes)

    def _copies(self, index: Any) -> int:
        """The number of arrays to copy in order to have the values of nodes together, in this order."""
        np = self.numpy
        rows, homes = self.row[index].ravel(), self.home[index].ravel()
        found: set[int] = {*homes.tolist()}
        if len(found) == 1:
            return int(strides(self.row[index]) is None)
        taken = [together for together in self.lined_up if not together.isdisjoint(found)]
        if any(together.issuperset(found) for together in taken):
            return 1
        copies = int(np.count_nonzero(np.diff(homes)) >= len(found))
        for home in found:
            part = rows[homes == home]
            whole = home >= 0 and len(part) == len(self.groups[home].nodes) and (np.diff(part) == 1).all()
            copies += not whole or any(home in together for together in taken)
        return copies

    def _map(self, level: int, nodes: list[int]) -> None:
        nodes, table = self._sorted(nodes, self.numpy.array([self.graph.operands(node) for node in nodes]))
        rule: Any = self.graph.rule(nodes[0])
        for part in self._apart(*table.T):
            operands: list[Any] = []
            for column in table[part].T:
                one, *others = set(column.tolist())
                shared = None if others else self.graph.number(one)
                operands.append(self.rows(column) if shared is None else shared)
            own: list[int] = self.numpy.array(nodes)[part].tolist()
            self._add(Map(nodes=own, level=level, rule=rule, operands=operands))

    def _lists(self, level: int, nodes: list[int]) -> None:
        rule: Any = self.graph.rule(nodes[0])
        split = rule.index_operands
        keys = [tuple(self.graph.operands(node)[split if rule.vector else 0 :]) for node in nodes]
        lists = {key: i for i, key in enumerate(dict.fromkeys(keys))}
        which = [lists[key] for key in keys]
        firsts = [self.graph.constant(self.graph.operands(node)[0]) if split else 0.0 for node in nodes]
        choices = [int(first) for first in firsts if first is not None]
        adjoints: Rows | None = None
        listed: Any = list(lists)
        chosen: list[int] | None = None
        if isinstance(rule, Pullback):
            start = 0 if rule.rule.vector else rule.rule.index_operands
            if start:
                chosen = [int(self.graph.nodes[key[0]][1]) for key in lists]
            n = len(listed[0]) - start
            n = n // 2 if rule.rule.vector else n - 1  # operands of a list
            adjoints = self.rows([key[start:-n] for key in lists])
            listed = [key[-n:] for key in lists]
        elif not rule.vector:
            listed = [key[split:] for key in lists]
        self._add(
            Listed(
                nodes=nodes,
                level=level,
                rule=rule,
                lists=self.rows(listed),
                which=which,
                choices=choices,
                adjoints=adjoints,
                chosen=chosen,
            )
        )

    # Sums of products
    def _matrices(self, level: int, nodes: list[int]) -> None:
        np, sums = self.numpy, self.graph.sums
        if nodes[0] not in sums:
            if not self._dense(level, nodes):
                lefts, rights = np.array([self.graph.nodes[node][1:] for node in nodes]).T
                self._products(level, nodes, lefts[:, None], rights[:, None])
            return
        if not sums[nodes[0]].lefts:
            table = np.array([[*sorted(sums[node].plus), *sorted(sums[node].minus)] for node in nodes])
            if not sums[nodes[0]].mean:  # else they are in the order of the parameters
                nodes, table = self._sorted(nodes, table)
            for part in self._apart(*table.T):
                own: list[int] = np.array(nodes)[part].tolist()
                self._matrix(level, own, [], [], (len(own), 1, 1))
            return
        self._products(level, nodes, *self._in_line(nodes))

    def _dense(self, level: int, nodes: list[int]) -> bool:
        """Whether all left factors meet the same right factors, in order: a single product."""
        np = self.numpy
        lefts, rights = np.array([self.graph.nodes[node][1:] for node in nodes]).T
        p = int(np.argmax(lefts != lefts[0])) or len(lefts)
        if len(lefts) % p:
            return False
        lefts, rights = lefts.reshape(-1, p), rights.reshape(-1, p)
        if (lefts != lefts[:, :1]).any() or (rights != rights[0]).any() or len({*lefts[:, 0]}) < len(lefts):
            return False
        self._matrix(level, nodes, lefts[None, :, :1], rights[:1, :, None], (1, *lefts.shape))
        return True

    def _products(self, level: int, nodes: list[int], lefts: Any, rights: Any) -> None:
        """Groups of full products from the factors (nodes, K) of each node."""
        np = self.numpy
        keys: list[tuple[bytes, bytes, int]] = []
        seen: Counter[tuple[bytes, bytes]] = Counter()
        for left, right in zip(lefts, rights):
            pair = left.tobytes(), right.tobytes()
            keys.append((*pair, seen[pair]))
            seen[pair] += 1
        meets: defaultdict[tuple[bytes, int], dict[bytes, int]] = defaultdict(dict)
        for i, (left, right, again) in enumerate(keys):
            meets[left, again][right] = i
        buckets: defaultdict[frozenset[bytes], list[dict[bytes, int]]] = defaultdict(list)
        for met in meets.values():
            buckets[frozenset(met)].append(met)
        stacks: defaultdict[tuple[int, int], list[list[int]]] = defaultdict(list)
        for members in buckets.values():
            columns = list(members[0])
            stacks[len(members), len(columns)].append([met[column] for met in members for column in columns])
        for (f, p), products in stacks.items():
            order: Any = np.array(products).reshape(len(products), f, p)
            a, b = lefts[order[:, :, 0]], rights[order[:, 0, :]]
            for part in self._apart(a, b):
                ordered: list[int] = [nodes[i] for i in order[part].ravel()]
                self._matrix(level, ordered, a[part], b[part], order[part].shape)

    def _in_line(self, nodes: list[int]) -> tuple[Any, Any]:
        """The left and right factors (nodes, K), K ordered by spaces and by the row of the right factor."""
        np, sums = self.numpy, self.graph.sums
        lefts = np.array([sums[node].lefts for node in nodes])
        rights = np.array([sums[node].rights for node in nodes])
        if not sums[nodes[0]].mean:
            # Within one space, the factor of the lower row is the left one.
            swap = (self.space[lefts] == self.space[rights]) & (self.row[lefts] > self.row[rights])
            lefts, rights = np.where(swap, rights, lefts), np.where(swap, lefts, rights)
        keys = (self.row[lefts], self.row[rights], self.space[rights], self.space[lefts])
        order = np.lexsort(keys, axis=-1)
        return np.take_along_axis(lefts, order, -1), np.take_along_axis(rights, order, -1)

    def _matrix(
        self, level: int, nodes: list[int], lefts: Any, rights: Any, shape: tuple[int, int, int]
    ) -> None:
        """One group of the sums in `nodes`, with left factors (T, F, K) and right factors (T, P, K)."""
        np = self.numpy
        blocks: list[tuple[Rows, Rows]] = []
        if len(lefts):
            mean = nodes[0] not in self.graph.sums or self.graph.sums[nodes[0]].mean
            pairs = list(zip(self.space[lefts[0, 0]], self.space[rights[0, 0]]))
            for pair in dict.fromkeys(pairs):  # K is split where the space changes
                first = pairs.index(pair)
                ks = [np.arange(first, first + pairs.count(pair))]
                if mean:
                    ks = [
                        ks[0][part] for part in self._apart(lefts[0, :, ks[0]], rights[0, :, ks[0]], more=2)
                    ]
                blocks += [
                    (self.rows(lefts[:, :, k]), self.rows(rights[:, :, k].transpose(0, 2, 1))) for k in ks
                ]
        terms: list[tuple[float, Rows]] = []
        if nodes[0] not in self.graph.sums:
            self._add(Matrix(nodes=nodes, level=level, shape=shape, blocks=blocks, terms=terms, mean=True))
            return
        for sign, name in ((1.0, "plus"), (-1.0, "minus")):
            listed: list[list[int]] = [getattr(self.graph.sums[node], name) for node in nodes]
            for space in dict.fromkeys(self.graph.spaces[term] for term in listed[0]):
                columns = self.numpy.array(
                    [
                        sorted([t for t in own if self.graph.spaces[t] == space], key=self._place)
                        for own in listed
                    ]
                )
                many = len(nodes) > 1 or columns.shape[1] == 1
                few = many and columns.shape[1] <= max(FEW, self._copies(columns))
                terms += [(sign, self.rows(c)) for c in (columns.T if few else [columns])]
        mean = self.graph.sums[nodes[0]].mean
        self._add(Matrix(nodes=nodes, level=level, shape=shape, blocks=blocks, terms=terms, mean=mean))

    def _place(self, node: int) -> tuple[int, int]:
        return int(self.row[node]), node


def _occurrences(line: Any) -> Any:
    """For each number of a line, its count before that place."""
    seen = Counter[int]()
    found = numpy().zeros(len(line), int)
    for i, number in enumerate(line.tolist()):
        found[i] = seen[number]
        seen[number] += 1
    return found
