"""The graph as straight-line Python: one statement a node, forward and then in reverse.

For deep and narrow graphs, in which no two nodes of a level do the same. The formulas are the table's
float code, or its IEEE code if that raises.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..nodes.errors import DomainError
from ..nodes.modes import mode
from ..table.formulas import Formula, float_code, function, ieee_code
from ..table.row import FLOATS, IEEE_FLOATS, FormulaRule
from .arrays import numpy
from .canonical import Graph
from .tracing import COMPARISONS


class StraightEngine:
    """Runs the graph as functions of one example, made from `code`."""

    def __init__(self, graph: Graph, sizes: list[int]) -> None:
        self._graph, self.sizes = graph, sizes
        self.code = _Writer(graph, float_code).source
        self._strict = self._functions(self.code, FLOATS)
        self._ieee: Any = None
        self.order = [i for i, node in enumerate(graph.nodes) if node[0] == "param"]
        self.numpy: Any = numpy()
        self.parameters: Any = self.numpy.zeros(len(self.order))
        self.latest: Any = self.numpy.zeros(len(self.order))

    def _functions(self, source: str, names: dict[str, Any]) -> tuple[Callable[..., Any], ...]:
        graph, ieee = self._graph, names is IEEE_FLOATS
        rules = {graph.rule(node) for node in graph.order if node not in graph.sums}
        helpers = {f"value_{rule.name}": rule.evaluate_ieee if ieee else rule.evaluate for rule in rules}
        helpers |= {f"partials_{r.name}": r.differentiate_ieee if ieee else r.differentiate for r in rules}
        namespace = {**names, **helpers, "inf": math.inf, "nan": math.nan}
        where = f"autograd straight-line program {id(self)}{' ieee' if ieee else ''}"
        return function(source, "functions", namespace, where)()

    def _run(self, which: int, inputs: list[Any]) -> list[Any]:
        """The results for each example, by IEEE code where the strict one raises."""
        results: list[Any] = []
        parameters = self.parameters.tolist()
        for example in zip(*(batch.tolist() for batch in inputs)) if inputs else [()]:
            try:
                results.append(self._strict[which](parameters, *example))
            except (ArithmeticError, ValueError):
                if self._ieee is None:
                    self._ieee = self._functions(_Writer(self._graph, ieee_code).source, IEEE_FLOATS)
                results.append(self._ieee[which](parameters, *example))
        return results

    def forward(self, inputs: list[Any], m: int) -> Any:
        """(cost and outputs, examples)."""
        rows = self._run(0, inputs)
        self._check("forward", [number for row in rows for number in row])
        return self.numpy.array(rows).T

    def gradient(self, inputs: list[Any], m: int) -> float:
        """The mean cost; its derivatives with respect to the parameters become `latest`."""
        costs, gradients = zip(*self._run(1, inputs))
        gradient = gradients[0] if m == 1 else [sum(column) / m for column in zip(*gradients)]
        self._check("gradient", [*costs, *gradient])
        self.latest = self.numpy.array(gradient)
        return sum(costs) / m

    def _check(self, kind: str, numbers: list[float]) -> None:
        if not all(map(math.isfinite, numbers)) and not mode().ieee:
            raise DomainError(
                f'the {kind} result is not finite. `with autograd.errstate("ieee"):` lets it pass.'
            )


class _Writer:
    """Writes the source; `code` reads a formula as strict or as IEEE code."""

    def __init__(self, graph: Graph, code: Callable[[Formula, dict[str, str]], str]) -> None:
        self.graph, self.code = graph, code
        self.params = [i for i, node in enumerate(graph.nodes) if node[0] == "param"]
        constants = {i: repr(node[1]) for i, node in enumerate(graph.nodes) if node[0] == "constant"}
        self.names = {i: f"v{i}" for i in range(len(graph.nodes))} | constants
        self.needs = set(self.params)
        for node in graph.order:
            if not self.needs.isdisjoint(graph.operands(node)):
                self.needs.add(node)
        self.conditional = self._conditional()
        forward = [f"{self.names[node]} = {self._value(node)}" for node in graph.order]
        results = ", ".join(self.names[node] for node in (graph.cost, *graph.outputs))
        inputs: dict[int, list[int]] = {}
        for i, node in enumerate(graph.nodes):
            if node[0] == "input":
                inputs.setdefault(node[1], []).append(i)
        given = max(inputs, default=-1) + 1
        head = [f"({''.join(f'v{i}, ' for i in inputs[k])}) = x{k}" for k in inputs]
        head += [f"({''.join(f'v{i}, ' for i in self.params)}) = parameters"] if self.params else []
        arguments = ", ".join(["parameters", *(f"x{k}" for k in range(given))])
        lines = ["def functions():", f"    def forward({arguments}):"]
        lines += [f"        {line}" for line in [*head, *forward, f"return ({results},)"]]
        lines += [f"    def gradient({arguments}):"]
        lines += [f"        {line}" for line in [*head, *forward, *self._reverse()]]
        self.source = "\n".join([*lines, "    return forward, gradient"]) + "\n"

    def _value(self, node: int) -> str:
        names = self.names
        if node in self.graph.sums:
            whole = self.graph.sums[node]
            parts = [f" + {names[a]} * {names[b]}" for a, b in zip(whole.lefts, whole.rights)]
            parts += [f" + {names[term]}" for term in whole.plus] + [
                f" - {names[term]}" for term in whole.minus
            ]
            return "".join(parts).removeprefix(" + ").strip() or "0.0"
        rule, operands = self.graph.rule(node), self.graph.operands(node)
        if isinstance(rule, FormulaRule):
            return self.code(rule.value, dict(zip(rule.operands, (names[o] for o in operands))))
        return f"value_{rule.name}({', '.join(names[o] for o in operands)})"

    def _conditional(self) -> set[int]:
        """The nodes that nothing reads but `where`: in eager mode an edge leads to them if they are taken."""
        graph = self.graph
        certain = {graph.cost}
        for node in reversed(graph.order):
            choice = node not in graph.sums and graph.rule(node).name in {"where", *COMPARISONS}
            if node in certain and not choice:
                certain.update(graph.operands(node))
        return set(graph.order) - certain

    def _edges(self, node: int) -> list[tuple[int, str, str]]:
        """(operand, code of the local derivative, condition) for each operand of a node."""
        graph, names = self.graph, self.names
        if node in graph.sums:
            whole = graph.sums[node]
            edges = [(a, names[b], "") for a, b in zip(whole.lefts, whole.rights)]
            edges += [(b, names[a], "") for a, b in zip(whole.lefts, whole.rights)]
            return edges + [(t, "1.0", "") for t in whole.plus] + [(t, "-1.0", "") for t in whole.minus]
        rule, operands = graph.rule(node), graph.operands(node)
        if rule.name == "where":
            condition, a, b = operands
            return [(a, "1.0", f"{names[condition]} == 1.0"), (b, "1.0", f"{names[condition]} != 1.0")]
        if rule.name in COMPARISONS:
            return []
        if not isinstance(rule, FormulaRule):
            return [(operand, f"p{node}[{i}]", "") for i, operand in enumerate(operands)]
        given = {**dict(zip(rule.operands, (names[o] for o in operands))), "y": names[node]}
        return [(operand, self.code(partial, given), "") for operand, partial in zip(operands, rule.partials)]

    def _reverse(self) -> list[str]:
        graph, lines = self.graph, [f"d{self.graph.cost} = 1.0"]
        written = {graph.cost}
        for node in reversed(graph.order):
            if node not in written or node not in self.needs:
                continue
            guard = f"if r{node}: " if node in self.conditional else ""
            rule = graph.rule(node)
            if node not in graph.sums and not isinstance(rule, FormulaRule):
                texts = ", ".join(self.names[n] for n in (node, *graph.operands(node)))
                lines.append(f"{guard}p{node} = partials_{rule.name}({texts})")
            for operand, local, condition in self._edges(node):
                if operand not in self.needs:
                    continue
                passed = {"1.0": f"d{node}", "-1.0": f"-d{node}"}.get(local, f"d{node} * ({local})")
                edge = " and ".join(c for c in (f"r{node}" if guard else "", condition) if c)
                if edge and operand not in written:
                    lines.append(f"d{operand} = 0.0")
                    if operand in self.conditional:
                        lines.append(f"r{operand} = False")
                first = operand not in written and not edge
                lines.append(f"{f'if {edge}: ' if edge else ''}d{operand} {'=' if first else '+='} {passed}")
                if operand in self.conditional and edge:
                    lines.append(f"if {edge}: r{operand} = True")
                written.add(operand)
        gradient = "".join(f"{f'd{node}' if node in written else '0.0'}, " for node in self.params)
        return [*lines, f"return {self.names[graph.cost]}, [{gradient}]"]
