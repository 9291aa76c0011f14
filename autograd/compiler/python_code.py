"""A graph as straight-line Python: one statement a node, forward and then in reverse."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, cast

from ..nodes.modes import mode
from ..table.formulas import Formula, function
from ..table.row import FLOATS, IEEE_FLOATS, RULES, FormulaRule
from .arrays import is_primitive
from .canonical import Graph
from .comparisons import COMPARISONS
from .partials import MEAN_PRODUCT, Partial, Pullback

_MUL = RULES["mul"]
LONGEST = 1000  # terms in one expression: Python's compiler recurses with their number


class NanCompared(Exception):
    """A comparison reads nan, perhaps for a branch that is not taken."""


def _decided(answer: float, a: float, b: float) -> float:
    """The answer of a comparison; raises NanCompared if a number is nan, except in "ieee" mode."""
    if (a != a or b != b) and not mode().ieee:
        raise NanCompared
    return answer


class StraightSource:
    """`code` is the source of a function that returns those for the forward pass and for the gradient.

    The formulas are the table's float code or, with `ieee`, its IEEE code.
    """

    def __init__(self, graph: Graph, inputs: int, ieee: bool) -> None:
        self.graph, self.ieee = graph, ieee
        self.floats = IEEE_FLOATS if ieee else FLOATS
        self.namespace = {**self.floats, "decided": _decided, "inf": math.inf, "nan": math.nan}
        self.statements: list[str] = []
        self.lists: dict[Any, str] = {}  # the names of what lists pass on, each to all its operands
        self.names: dict[int, str] = {}
        unpacked: defaultdict[str, list[str]] = defaultdict(list)
        for i, node in enumerate(cast(Any, graph.nodes)):
            is_number = node[0] == "constant" or node[0] == "seed"
            self.names[i] = repr(node[1]) if is_number else f"v{i}"
            if node[0] == "param" or node[0] == "input":
                unpacked["parameters" if node[0] == "param" else f"x{node[1]}"].append(f"v{i}, ")
        self.known = {*self.names.values()}
        self.uses = Counter(o for node in (*graph.order, *graph.reverse) for o in graph.operands(node))
        self.uses.update([graph.cost, *graph.outputs, *graph.gradient] * 2)
        self._add(graph.order)
        forward = [*self.statements]
        self._add(graph.reverse)
        results = ", ".join(self.names[node] for node in (graph.cost, *graph.outputs))
        gradient = ", ".join(self.names[node] for node in (graph.cost, *graph.gradient))
        head = [f"({''.join(names)}) = {whole}" for whole, names in unpacked.items()]
        arguments = ", ".join(["parameters", *(f"x{k}" for k in range(inputs))])
        lines = ["def functions():"]
        for name, body, returned in ("forward", forward, results), ("gradient", self.statements, gradient):
            lines += [f"    def {name}({arguments}):"]
            lines += [f"        {line}" for line in (*head, *body, f"return ({returned},)")]
        self.code = "\n".join([*lines, "    return forward, gradient"]) + "\n"

    def functions(self, where: str) -> tuple[Callable[..., Any], ...]:
        """The functions of (parameters, x0, x1, …), which tracebacks find at `where`."""
        return function(self.code, "functions", self.namespace, where)()

    def _add(self, order: list[int]) -> None:
        """Add the statements for nodes."""
        graph = self.graph
        for node in order:
            text = self._value(node)
            if self.uses[node] == 1 and node not in graph.sums and isinstance(graph.rule(node), Partial):
                self.names[node] = f"({text})"  # written where it is read
            elif text in self.known:  # a copy
                self.names[node] = text
            else:
                self.statements.append(f"{self.names[node]} = {text}")

    def _value(self, node: int) -> str:
        """The expression for a node; what a list passes on is one statement for all its operands."""
        graph, names = self.graph, self.names
        if node in graph.sums:
            terms = graph.sums[node]
            parts = [("+", _product(names[a], names[b])) for a, b in zip(terms.lefts, terms.rights)]
            parts += [("+", names[term]) for term in terms.plus]
            parts += [("-", names[term]) for term in terms.minus]
            while len(parts) > LONGEST:
                self.statements.append(f"{names[node]} = {_sum(parts[:LONGEST])}")
                parts = [("+", names[node]), *parts[LONGEST:]]
            return _sum(parts)
        rule: Any = graph.rule(node)
        operands = [names[operand] for operand in graph.operands(node)]
        if rule is _MUL or rule is MEAN_PRODUCT:
            return _product(*operands)
        if isinstance(rule, FormulaRule):
            text = self._formula(rule.value, dict(zip(rule.operands, operands)))
            return f"decided({text}, {', '.join(operands)})" if rule in COMPARISONS.values() else text
        if isinstance(rule, Partial):
            named = dict(zip((rule.rule.result, *rule.rule.operands), operands))
            return self._formula(rule.rule.partials[rule.slot], named)
        if isinstance(rule, Pullback):
            which, *others = graph.operands(node)
            key = (rule, *others)
            if key not in self.lists:
                self.lists[key] = f"p{node}"
                passed = self._call(f"pull_{rule.rule.name}", rule.on_floats, operands[1:])
                self.statements.append(f"p{node} = {passed}")
            return f"{self.lists[key]}[{int(graph.nodes[which][1])}]"
        return self._call(f"value_{rule.name}", rule.evaluate_ieee if self.ieee else rule.evaluate, operands)

    def _call(self, name: str, called: Callable[..., Any], operands: list[str]) -> str:
        self.namespace[name] = called
        return f"{name}({', '.join(operands)})"

    def _formula(self, formula: Formula, names: dict[str, str]) -> str:
        """A formula as code, with other names for primitives, which may be called v1 or gradient as well."""
        own = {name: f"own_{name}" for name in formula.functions if is_primitive(name)}
        self.namespace |= {other: self.floats[name] for name, other in own.items()}
        return formula.code("ieee" if self.ieee else "floats", own | names)


def _sum(parts: list[tuple[str, str]]) -> str:
    """The sum of terms that have a sign."""
    text = "".join(f" {sign} {part}" for sign, part in parts).removeprefix(" + ") or "0.0"
    return text.replace(" - ", "-", 1) if text.startswith(" ") else text


def _product(a: str, b: str) -> str:
    """a · b, without a factor 1."""
    return b if a == "1.0" else a if b == "1.0" else f"{a} * {b}"
