"""Reverse mode on the canonical graph: for every node that depends on a parameter, a node for its adjoint.

The adjoint of a node is ∂C/∂node: the sum, over all that read it, of the reader's adjoint times the local
derivative, which the table states. So it is a sum of products like any other, and what turns the nodes of
the forward pass into matrices turns these into matrices too: Σⱼ wⱼᵢ·δⱼ becomes Wᵀ·δ, and the mean over the
examples of δⱼ·xᵢ, for all j and i, becomes δ·xᵀ.

A local derivative stays one node, a `Partial`, until code is written. Of `where`, each branch receives
the adjoint if it is taken, else 0; a comparison and `detach` pass nothing on.
"""

from __future__ import annotations

import ast
import math
from collections import Counter, defaultdict
from functools import cache
from itertools import repeat
from typing import Any

from ..table.lists import ListRule
from ..table.row import RULES, FormulaRule
from .canonical import ZERO, Graph, Sum
from .comparisons import COMPARISONS, DETACH
from .new_nodes import NewNodes
from .partials import MEAN_PRODUCT, partial_of, pullback_of
from .tracing import Node

_MUL, _WHERE = RULES["mul"], RULES["where"]
_PASS_NOTHING = {*COMPARISONS.values(), DETACH}
ONE = ("constant", 1.0, 1.0)


def differentiate(graph: Graph) -> None:
    """Add the nodes of the reverse pass to a graph, whose nodes have their levels."""
    made = Reverse(graph)
    before = graph.give_back(made.nodes.sums)
    for node in made.nodes.order:
        graph.reverse += [*before.get(node, ()), node]
    graph.adjoint, graph.gradient = made.adjoint, made.gradient
    graph.spaces += [graph.space(node) for node in range(len(graph.spaces), len(graph.nodes))]


class Reverse:
    """Adds the adjoints to a graph; `adjoint` tells them by what they are of."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = NewNodes(graph)
        self.adjoint: dict[int, int] = {}
        self.received: defaultdict[int, Sum] = defaultdict(Sum)
        self.averaged: defaultdict[int, Sum] = defaultdict(Sum)  # by what is one for all examples
        params = range(len(graph.labels))
        uses = Counter[int]()
        for node in graph.order:
            uses.update(graph.operands(node))
        self.once = {param for param in params if uses[param] == 1}
        self.needs = self._needed(params)
        self.listed = {node for node in graph.order if self._is_list(node)}
        self.lists = Counter(map(self._list, self.listed))
        self.pending: defaultdict[Node, dict[int, int]] = defaultdict(dict)  # adjoints in a list, by choice
        cost = graph.cost
        self.received[cost].plus.append(self.nodes.node(("seed", 1.0) if graph.batched[cost] else ONE, False))
        for node in sorted(graph.order, key=graph.level.__getitem__, reverse=True):
            if node in self.needs and (node in self.received or node in self.averaged):
                self._pass_on(node, self._resolved(node))
            if node in self.listed:
                self._list_is_done(node)
        zero = self.nodes.node(ZERO, False)
        for param in params:
            if param in self.received or param in self.averaged:
                self._resolved(param)
        self.gradient = [self.adjoint.get(param, zero) for param in params]

    def _needed(self, params: range) -> set[int]:
        """The nodes that depend on a parameter."""
        graph = self.graph
        needed = set(params)
        for node in graph.order:
            passes = node in graph.sums or graph.rule(node) not in _PASS_NOTHING
            if passes and not needed.isdisjoint(graph.operands(node)):
                needed.add(node)
        return needed

    # Passing on
    def _resolved(self, node: int) -> int:
        """The adjoint of a node that has received everything."""
        averaged = self.averaged.pop(node, None)
        if averaged is not None:
            self.received[node].plus.append(self.nodes.summed(averaged, mean=True))
        adjoint = self.adjoint[node] = self.nodes.summed(self.received.pop(node))
        return adjoint

    def _add(self, source: int, target: int, value: int, sign: int = 1) -> None:
        """Pass a value from `source` to `target`."""
        if target not in self.needs:
            return
        graph = self.graph
        terms = self.received[target]
        if graph.batched[source] and not graph.batched[target]:
            if graph.nodes[value][0] == "seed":  # its mean is the number
                value = self.nodes.of_number(graph.nodes[value][1])
            else:
                terms = self.averaged[target]
        (terms.plus if sign > 0 else terms.minus).append(value)

    def _add_product(self, source: int, target: int, a: int, b: int) -> None:
        """Pass a·b from `source` to `target`."""
        if target not in self.needs:
            return
        batched = self.graph.batched
        if batched[a] and batched[b]:
            whole = self.received if batched[target] else self.averaged
            whole[target].lefts.append(a)
            whole[target].rights.append(b)
            return
        p, q = self.nodes.number(a), self.nodes.number(b)
        if p is None and q is not None:
            a, b, p, q = b, a, q, p  # a number is in front
        if p is not None and q is not None:
            self._add(source, target, self.nodes.of_number(p * q, a, b))
        elif p is not None and abs(p) == 1.0 and self.graph.nodes[a][0] == "constant":
            self._add(source, target, b, int(p))
        elif p is not None:
            self._add(source, target, self.nodes.operation(_MUL, a, b))
        else:
            if batched[a]:
                a, b = b, a
            if batched[source] and not batched[target]:
                if not batched[b]:  # one for all, in each example
                    self._add(source, target, self.nodes.operation(_MUL, a, b))
                    return
                b = self.nodes.mean_of(b)
            terms = self.received[target]
            terms.lefts.append(a)
            terms.rights.append(b)

    def _pass_on(self, node: int, adjoint: int) -> None:
        graph = self.graph
        if node in graph.sums:
            self._through_sum(node, graph.sums[node], adjoint)
            return
        rule, operands = graph.rule(node), graph.operands(node)
        if isinstance(rule, ListRule):
            choice = operands[0] if rule.index_operands else node
            self.pending[self._list(node)][choice] = adjoint
        elif rule is _WHERE:
            condition, a, b = operands
            zero = self.nodes.node(ZERO, False)
            if a in self.needs:
                self._add(node, a, self.nodes.operation(_WHERE, condition, adjoint, zero))
            if b in self.needs:
                self._add(node, b, self.nodes.operation(_WHERE, condition, zero, adjoint))
        else:
            assert isinstance(rule, FormulaRule)
            for slot, operand in enumerate(operands):
                if operand in self.needs:
                    self._add_product(node, operand, self._local(node, rule, slot), adjoint)

    def _through_sum(self, node: int, terms: Sum, adjoint: int) -> None:
        needs, batched = self.needs, self.graph.batched
        lefts, rights = terms.lefts, terms.rights
        if batched[adjoint] and self.once.issuperset(lefts) and all(map(batched.__getitem__, rights)):
            # The weights of a neuron: all at once.
            first = len(batched)
            made = range(first, first + len(lefts))
            self.graph.nodes += zip(repeat(MEAN_PRODUCT), repeat(adjoint), rights)
            batched += repeat(False, len(lefts))
            self.nodes.order += made
            self.adjoint.update(zip(lefts, made))
            for left, right in () if needs.isdisjoint(rights) else zip(lefts, rights):
                self._add_product(node, right, left, adjoint)
        else:
            for left, right in zip(lefts, rights):
                self._add_product(node, left, adjoint, right)
                self._add_product(node, right, left, adjoint)
        for term in terms.plus:
            self._add(node, term, adjoint)
        for term in terms.minus:
            self._add(node, term, adjoint, -1)

    def _local(self, node: int, rule: FormulaRule, slot: int) -> int:
        """The local derivative: an operand, a number, or a `Partial`."""
        operands, form = self.graph.operands(node), _form(rule, slot)
        if isinstance(form, float):
            return self.nodes.of_number(form)
        if form is not None:
            return (node, *operands)[form]
        numbers = [self.nodes.number(operand) for operand in operands]
        read = dict(zip(rule.operands, numbers))
        if all(read.get(name) is not None for name in rule.partials[slot].names):
            filled = [math.nan if number is None else number for number in numbers]
            return self.nodes.of_number(rule.differentiate_ieee(math.nan, *filled)[slot])
        return self.nodes.operation(partial_of(rule, slot), node, *operands)

    # Lists
    def _is_list(self, node: int) -> bool:
        return node not in self.graph.sums and isinstance(self.graph.rule(node), ListRule)

    def _list(self, node: int) -> Node:
        """The list that a node is about: several results of softmax share theirs."""
        rule: Any = self.graph.rule(node)
        operands = tuple(self.graph.operands(node))
        return (rule, *(operands[rule.index_operands :] if rule.vector else operands))

    def _list_is_done(self, node: int) -> None:
        """Pass on from a list when all its results have received everything."""
        key = self._list(node)
        self.lists[key] -= 1
        if self.lists[key] or key not in self.pending:
            return
        graph, rule = self.graph, key[0]
        adjoints = self.pending.pop(key)
        listed: tuple[int, ...] = key[1:] if rule.vector else key[1 + rule.index_operands :]
        chosen = () if rule.vector else key[1 : 1 + rule.index_operands]
        if rule.vector:
            zero = self.nodes.node(ZERO, False)
            places = (self.nodes.of_number(float(i)) for i in range(len(listed)))
            given = [adjoints.get(place, zero) for place in places]
        else:
            given = list(adjoints.values())
        batched: bool = graph.batched[listed[0]]
        given = [self.nodes.copy(g, batched) for g in given]
        for i, operand in enumerate(listed):
            if operand in self.needs:
                place = self.nodes.of_number(float(i))
                pulled = self.nodes.operation(pullback_of(rule), place, *chosen, *given, *listed)
                self._add(node, operand, pulled)


@cache
def _form(rule: FormulaRule, slot: int) -> int | float | None:
    """A partial that is a number, or the result (0) or an operand (from 1 on); None for any other formula."""
    tree = rule.partials[slot].tree
    if isinstance(tree, ast.Name):
        names = (rule.result, *rule.operands)
        return names.index(tree.id) if tree.id in names else None
    sign = -1.0 if isinstance(tree, ast.UnaryOp) else 1.0
    number: Any = tree.operand if isinstance(tree, ast.UnaryOp) else tree
    return sign * float(number.value) if isinstance(number, ast.Constant) else None  # pyright: ignore
