"""A program's graph evaluated node by node, as eager mode would: only the branches that are taken.

Array programs compute both branches of every choice, and 0 · ∞ is nan. What does not come out finite is
computed here once more, on Values, so that a branch that is not taken passes nothing.
"""

from __future__ import annotations

import math
from typing import Any

from ..nodes.errors import DomainError
from ..nodes.modes import errstate
from ..nodes.numbers import plain
from ..operations.apply import apply
from ..operations.functions import sum as total
from ..operations.functions import where
from ..table.row import RULES
from ..value import Value
from .arrays import numpy
from .canonical import Graph
from .tracing import COMPARISONS, DETACH

NAN_DECIDES = (
    "a comparison reads nan (from ∞ − ∞ or 0 · ∞), which would decide between the branches of a where. "
    '`with autograd.errstate("ieee"):` lets it pass.'
)
choose: Any = where
_WHERE, _MUL = RULES["where"], RULES["mul"]


def replayed(
    graph: Graph, parameters: Any, inputs: list[Any], m: int, kind: str, strict: bool = False
) -> Any:
    """(examples, cost and outputs) for "forward"; the mean cost and its gradient for "gradient".

    `parameters` are in the order of the graph's parameters. If `strict`, a comparison of nan raises
    DomainError, unless it belongs to a branch that is not taken.
    """
    np = numpy()
    rows: list[list[float]] = []
    with errstate("ieee"):
        for i in range(m):
            params = [Value(number) for number in parameters.tolist()]
            values = _Values(graph, params, [batch[i].tolist() for batch in inputs], strict)
            cost = values.of(graph.cost)
            if kind == "forward":
                rows.append([plain(number) for number in (cost, *map(values.of, graph.outputs))])
                continue
            if isinstance(cost, Value):
                cost.backward()
            rows.append([plain(cost), *(param.grad for param in params)])
    results = np.array(rows)
    with np.errstate(all="ignore"):
        return results if kind == "forward" else results.mean(axis=0)


class _Values:
    """The Values of nodes, for one example, each made when it is first needed."""

    def __init__(self, graph: Graph, params: list[Value], inputs: list[list[float]], strict: bool) -> None:
        self.graph, self.strict = graph, strict
        self.known: dict[int, Any] = {}
        param = iter(params)
        for i, node in enumerate(graph.nodes):
            if node[0] == "param":
                self.known[i] = next(param)
            elif node[0] == "input":
                self.known[i] = inputs[node[1]][node[2]]
            elif node[0] == "constant":
                self.known[i] = node[1]

    def of(self, root: int) -> Any:
        """The Value, or the number, of a node."""
        graph, known = self.graph, self.known
        pending = [root]
        while pending:
            node = pending[-1]
            if node in known:
                pending.pop()
                continue
            operands = graph.operands(node)
            if node not in graph.sums and graph.rule(node) is _WHERE:
                condition, a, b = operands
                operands = (condition,) if condition not in known else (a if known[condition] == 1.0 else b,)
            missing = [operand for operand in operands if operand not in known]
            if missing:
                pending += missing
            else:
                known[node] = self._made(node)
        return known[root]

    def _made(self, node: int) -> Any:
        graph, known = self.graph, self.known
        if node in graph.sums:
            terms = graph.sums[node]
            products = [apply(_MUL, known[a], known[b]) for a, b in zip(terms.lefts, terms.rights)]
            return total([*products, *(known[a] for a in terms.plus), *(-known[a] for a in terms.minus)])
        rule, operands = graph.rule(node), graph.operands(node)
        if rule is _WHERE:
            condition, a, b = operands
            return choose(known[condition] == 1.0, known.get(a, 0.0), known.get(b, 0.0))
        values = [known[operand] for operand in operands]
        if rule in COMPARISONS.values() or rule is DETACH:
            numbers = [*map(plain, values)]
            if self.strict and rule is not DETACH and any(map(math.isnan, numbers)):
                raise DomainError(NAN_DECIDES)
            return rule.evaluate_ieee(*numbers)
        return apply(rule, *values)
