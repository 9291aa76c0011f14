"""The graph as straight-line Python: one statement a node, forward and then in reverse.

For deep and narrow graphs, in which no two nodes of a level do the same. The formulas are the table's
float code, or its IEEE code if that raises.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from ..nodes.errors import DomainError
from ..nodes.modes import mode
from ..table.formulas import Formula, function
from ..table.lists import ListRule
from ..table.row import FLOATS, IEEE_FLOATS, RULES, FormulaRule
from .arrays import is_primitive, numpy
from .batches import Batches
from .canonical import Graph
from .comparisons import COMPARISONS
from .partials import MEAN_PRODUCT, Partial, Pullback
from .replay import Replay

_MUL = RULES["mul"]


class StraightEngine:
    """Runs the graph as functions of one example, made from `code`; `parameters` are the program's own."""

    def __init__(self, graph: Graph, sizes: list[int], parameters: Any, replay: Replay) -> None:
        self.numpy: Any = numpy()
        self._graph, self._inputs, self._sizes = graph, len(sizes), sizes
        self._parameters, self._replay = parameters, replay
        self.code = _source(graph, len(sizes), "floats")
        self._strict = self._functions(self.code, FLOATS)
        self._ieee: Any = None
        self.latest: Any = self.numpy.zeros(len(graph.labels))

    def _functions(self, source: str, names: dict[str, Any]) -> tuple[Callable[..., Any], ...]:
        graph, ieee = self._graph, names is IEEE_FLOATS
        helpers: dict[str, Any] = {}
        for node in (*graph.order, *graph.reverse):
            rule: Any = None if node in graph.sums else graph.rule(node)
            if isinstance(rule, ListRule):
                helpers[f"value_{rule.name}"] = rule.evaluate_ieee if ieee else rule.evaluate
            elif isinstance(rule, Pullback):
                helpers[f"pull_{rule.rule.name}"] = rule.on_floats
        helpers["decided"] = _decided
        helpers |= {f"own_{name}": names[name] for name in RULES if is_primitive(name)}
        namespace = {**names, **helpers, "inf": math.inf, "nan": math.nan}
        where = f"autograd straight-line program {id(self)}{' ieee' if ieee else ''}"
        return function(source, "functions", namespace, where)()

    def forward(self, inputs: list[Any], m: int) -> Any:
        """(cost and outputs, examples)."""
        return self._run("forward", inputs, m)

    def gradient(self, inputs: list[Any], m: int) -> float:
        """The mean cost; its derivatives with respect to the parameters become `latest`."""
        results = self._run("gradient", inputs, m)
        self.latest = results[1:]
        return results.item(0)

    def _run(self, kind: str, inputs: list[Any], m: int) -> Any:
        """The results; those that are not finite as eager mode has them, or refused."""
        try:
            rows = self._each(kind, inputs)
        except _NanCompared:
            again = self._replay(kind, self._parameters, inputs, m, strict=True)
            return self._checked(kind, again, inputs)
        results = self.numpy.array(rows)
        if kind == "forward":
            results = results.T
        else:
            with self.numpy.errstate(all="ignore"):
                results = results[0] if m == 1 else results.mean(axis=0)
        if all([all(map(math.isfinite, row)) for row in rows]):  # noqa: C419
            return results
        again = self._replay(kind, self._parameters, inputs, m) if self._graph.choices else None
        return self._checked(kind, results if again is None else again, inputs)

    def _each(self, kind: str, inputs: list[Any]) -> list[Any]:
        """The results for each example, by IEEE code where the strict one raises."""
        results: list[Any] = []
        parameters, which = self._parameters.tolist(), kind == "gradient"
        for example in zip(*(batch.tolist() for batch in inputs)) if inputs else [()]:
            try:
                results.append(self._strict[which](parameters, *example))
            except (ArithmeticError, ValueError):
                if self._ieee is None:
                    source = _source(self._graph, self._inputs, "ieee")
                    self._ieee = self._functions(source, IEEE_FLOATS)
                results.append(self._ieee[which](parameters, *example))
        return results

    def _checked(self, kind: str, results: Any, inputs: list[Any]) -> Any:
        """The results if they are finite, or else an error with what eager mode says about an example."""
        if mode().ieee or self.numpy.isfinite(results).all():
            return results
        Batches(self._sizes, False).refuse_nan(inputs, self._parameters)
        advice = '. `with autograd.errstate("ieee"):` lets it pass.'
        # If there are choices, eager mode may object to a branch that is not taken.
        reason = "" if self._graph.choices else self._replay.reason(self._parameters, inputs)
        raise DomainError(f"the {kind} result is not finite{reason or advice}")


class _NanCompared(Exception):
    """A comparison reads nan, perhaps for a branch that is not taken."""


def _decided(answer: float, a: float, b: float) -> float:
    """The answer of a comparison; raises _NanCompared if a number is nan, except in "ieee" mode."""
    if (a != a or b != b) and not mode().ieee:
        raise _NanCompared
    return answer


def _source(graph: Graph, inputs: int, reader: str) -> str:
    """The source of `functions`, which returns the functions for the forward pass and for the gradient."""
    order = [*graph.order, *graph.reverse]
    uses = Counter(operand for node in order for operand in graph.operands(node))
    uses.update([graph.cost, *graph.outputs, *graph.gradient] * 2)
    names: dict[int, str] = {}
    members: list[list[str]] = [[] for _ in range(inputs)]
    params: list[str] = []
    for i, node in enumerate(cast(Any, graph.nodes)):
        number = graph.number(i)
        names[i] = f"v{i}" if number is None else repr(number if number.__class__ is float else number[1])
        if node[0] == "input":
            members[int(node[1])].append(f"v{i}, ")
        elif node[0] == "param":
            params.append(f"v{i}, ")
    head = [f"({''.join(part)}) = x{k}" for k, part in enumerate(members) if part]
    head += [f"({''.join(params)}) = parameters"] if params else []
    known = {*names.values()}
    lists: dict[Any, str] = {}
    statements: list[str] = []
    forward = 0
    for node in order:
        text = _value(graph, node, names, reader, lists, statements)
        if uses[node] == 1 and node not in graph.sums and isinstance(graph.rule(node), Partial):
            names[node] = f"({text})"  # written where it is read
        elif text in known:  # a copy
            names[node] = text
        else:
            statements.append(f"{names[node]} = {text}")
        if node < graph.first_adjoint:
            forward = len(statements)
    results = ", ".join(names[node] for node in (graph.cost, *graph.outputs))
    gradient = "".join(f"{names[node]}, " for node in graph.gradient)
    arguments = ", ".join(["parameters", *(f"x{k}" for k in range(inputs))])
    lines = ["def functions():", f"    def forward({arguments}):"]
    lines += [f"        {line}" for line in [*head, *statements[:forward], f"return ({results},)"]]
    lines += [f"    def gradient({arguments}):"]
    lines += [f"        {line}" for line in [*head, *statements, f"return ({names[graph.cost]}, {gradient})"]]
    return "\n".join([*lines, "    return forward, gradient"]) + "\n"


def _value(
    graph: Graph, node: int, names: dict[int, str], reader: str, lists: dict[Any, str], statements: list[str]
) -> str:
    """The expression for a node; what a list passes on is one statement for all its operands."""
    if node in graph.sums:
        terms = graph.sums[node]
        parts = [("+", _product(names[a], names[b])) for a, b in zip(terms.lefts, terms.rights)]
        parts += [("+", names[term]) for term in terms.plus] + [("-", names[term]) for term in terms.minus]
        text = "".join(f" {sign} {part}" for sign, part in parts).removeprefix(" + ") or "0.0"
        return text.replace(" - ", "-", 1) if text.startswith(" ") else text
    rule: Any = graph.rule(node)
    operands = [names[operand] for operand in graph.operands(node)]
    if rule is _MUL or rule is MEAN_PRODUCT:
        return _product(*operands)
    if isinstance(rule, FormulaRule):
        text = _formula(rule.value, reader, dict(zip(rule.operands, operands)))
        return f"decided({text}, {', '.join(operands)})" if rule in COMPARISONS.values() else text
    if isinstance(rule, Partial):
        names_of = dict(zip((rule.rule.result, *rule.rule.operands), operands))
        return _formula(rule.rule.partials[rule.slot], reader, names_of)
    if isinstance(rule, Pullback):
        key = (rule, *graph.operands(node)[1:])
        if key not in lists:
            lists[key] = f"p{node}"
            statements.append(f"p{node} = pull_{rule.rule.name}({', '.join(operands[1:])})")
        return f"{lists[key]}[{int(graph.nodes[graph.operands(node)[0]][1])}]"
    return f"value_{rule.name}({', '.join(operands)})"


def _product(a: str, b: str) -> str:
    """a · b, without a factor 1."""
    return b if a == "1.0" else a if b == "1.0" else f"{a} * {b}"


def _formula(formula: Formula, reader: str, names: dict[str, str]) -> str:
    """A formula as code, with other names for primitives, which may be called v1 or gradient as well."""
    own = {name: f"own_{name}" for name in formula.functions if is_primitive(name)}
    return formula.code(reader, own | names)
