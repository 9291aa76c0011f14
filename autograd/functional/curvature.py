"""Second derivatives of a recorded computation, on floats.

The recorded local derivatives and the rows' second partials are all it takes:

    hvp      tangents forwards; then one sweep back that carries x̄ and its own tangent:
                 ẋ̄ₚ += ẋ̄ₙ·∂n/∂p + n̄ · Σ_q ∂²n/∂p∂q · q̇
    hessian  one sweep back that carries ∂²/∂p∂q for the pairs of nodes that meet (edge pushing:
             Gower and Mello, "A new framework for the computation of Hessians", 2012);
             pairs that never meet cost nothing

Both give None if a number is not finite or a partial is undefined: then the caller takes the same
derivative with Values as local derivatives, which follows the policy of `errstate` and names the
operation at fault.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import compress, groupby
from typing import Any

from ..nodes.float_protocol import plain
from ..nodes.modes import Block, mode
from ..operations.apply import apply
from ..table.lists import ListRule
from ..table.row import FormulaRule
from ..table.second import NoFormula, bilinear, second_partials
from ..value import Value
from .linearization import Linearization

Terms = list[tuple[Value, Value, float]]  # operands p and q, in this order, and ∂²node/∂p∂q


def hessian_vector(derivative: Linearization, tangents: Sequence[float]) -> list[float] | None:
    """H·tangents for the only output, one number per input."""
    moved: dict[Value, float] = {
        leaf: tangent for leaf, tangent in zip(derivative.inputs, tangents, strict=True) if tangent
    }
    edges, reached = derivative.edges, derivative.reached
    get = moved.get
    for node, parent, local in edges:
        if (tangent := get(parent)) is not None:
            moved[node] = get(node, 0.0) + local * tangent
    gradients: dict[Value, float] = dict.fromkeys(derivative.outputs, 1.0)
    bent: dict[Value, float] = {}  # the tangents of the gradients
    get_gradient, get_bent = gradients.get, bent.get
    last: Any = None
    upstream: float | None = None
    change: float | None = None
    try:
        for node, parent, local in reversed(edges):
            if node is not last:
                last = node
                upstream, change = get_gradient(node), get_bent(node)
                if upstream is not None and node in moved:
                    for p, bend in _bend(node, reached, moved):
                        bent[p] = get_bent(p, 0.0) + upstream * bend
            if upstream is not None:
                gradients[parent] = get_gradient(parent, 0.0) + upstream * local
            if change is not None:
                bent[parent] = get_bent(parent, 0.0) + change * local
    except (ArithmeticError, ValueError):
        return None
    product = [get_bent(leaf, 0.0) for leaf in derivative.inputs]
    return product if _all_finite(product, gradients, derivative) else None


def hessian_rows(derivative: Linearization) -> list[list[float]] | None:
    """H, the second derivatives of the only output, a list per input."""
    inputs, reached = derivative.inputs, derivative.reached
    grouped = groupby(derivative.edges, key=lambda edge: id(edge[0]))  # nodes are equal by data
    groups = [(edges[0][0], edges) for edges in ([*group] for _, group in grouped)]
    number: dict[Value, int] = {leaf: i for i, leaf in enumerate(inputs)}
    number.update((node, len(inputs) + i) for i, (node, _) in enumerate(groups))
    gradients: dict[Value, float] = dict.fromkeys(derivative.outputs, 1.0)
    get_gradient = gradients.get
    # pairs[n][m] is the second derivative with respect to n ≥ m, nodes that are not yet eliminated
    pairs: list[dict[int, float]] = [{} for _ in number]
    try:
        for node, edges in reversed(groups):
            upstream = get_gradient(node)
            if upstream is None:
                continue
            parents: dict[int, float] = {}  # of x * x both edges in one
            for _, parent, local in edges:
                place = number[parent]
                parents[place] = parents.get(place, 0.0) + local
                gradients[parent] = get_gradient(parent, 0.0) + upstream * local
            met, pairs[number[node]] = pairs[number[node]], {}
            if met:
                _eliminate(number[node], met, parents, pairs)
            for p, q, second in _terms(node, reached):
                high, low = number[p], number[q]
                if high >= low:
                    pairs[high][low] = pairs[high].get(low, 0.0) + upstream * second
    except (ArithmeticError, ValueError):
        return None
    rows = [[0.0] * len(inputs) for _ in inputs]
    for i in range(len(inputs)):
        for j, second in pairs[i].items():
            rows[i][j] = rows[j][i] = second
    numbers = [second for met in pairs[: len(inputs)] for second in met.values()]
    return rows if _all_finite(numbers, gradients, derivative) else None


def _eliminate(
    node: int,
    met: dict[int, float],
    parents: dict[int, float],
    pairs: list[dict[int, float]],
) -> None:
    """Pass on to a node's parents its second derivatives with the nodes in `met`."""
    itself = met.pop(node, 0.0)
    for parent, local in parents.items():
        row = pairs[parent]
        for other, second in met.items():
            if other < parent:
                row[other] = row.get(other, 0.0) + local * second
            elif other > parent:
                pairs[other][parent] = pairs[other].get(parent, 0.0) + local * second
            else:
                row[other] = row.get(other, 0.0) + 2.0 * local * second
        if itself:
            factor = itself * local
            for other, slope in parents.items():
                if other <= parent:
                    row[other] = row.get(other, 0.0) + factor * slope


def _all_finite(numbers: list[float], gradients: dict[Value, float], derivative: Linearization) -> bool:
    """Whether the numbers, and the gradient, are finite."""
    gradient = (gradients.get(leaf, 0.0) for leaf in derivative.inputs)
    return all(map(math.isfinite, numbers)) and all(map(math.isfinite, gradient))


def _bend(node: Value, reached: set[Value], moved: dict[Value, float]) -> list[tuple[Value, float]]:
    """The tangents of a node's local derivatives: (p, Σ_q ∂²node/∂p∂q · q̇) for each operand p."""
    terms = _second(node, reached)
    if terms is not None:
        return [(p, second * moved[q]) for p, q, second in terms if q in moved]
    operands, partials = _on_values(node, reached)
    return [*zip(operands, partials.push([moved.get(operand, 0.0) for operand in operands]))]


def _terms(node: Value, reached: set[Value]) -> Terms:
    """The second partials of a node, for two operands both (p, q) and (q, p)."""
    terms = _second(node, reached)
    if terms is not None:
        return terms
    operands, partials = _on_values(node, reached)
    return [
        (p, q, second)
        for p, row in zip(operands, partials.rows(), strict=True)
        for q, second in zip(operands, row, strict=True)
    ]


def _second(node: Value, reached: set[Value]) -> Terms | None:
    """The second partials from the row's formulas, None if they do not give them."""
    rule = node.rule
    operands: tuple[Any, ...] = node.operands
    terms: Terms = []
    if isinstance(rule, FormulaRule):
        try:
            pairs, evaluate = second_partials(rule, _wanted(operands, reached))
        except NoFormula:
            return None
        if evaluate is None:
            return terms
        for (i, j), second in zip(pairs, evaluate(node._data, *map(plain, operands))):
            terms.append((operands[i], operands[j], second))
            if i != j:
                terms.append((operands[j], operands[i], second))
        return terms
    assert isinstance(rule, ListRule)
    products = bilinear(rule)
    if products is None:
        return None
    arguments = rule.group_operands(operands)
    for i, j in products:
        for p, q in zip(arguments[i], arguments[j], strict=True):
            if all(_wanted((p, q), reached)):
                terms += [(p, q, 1.0), (q, p, 1.0)]
    return terms


def _on_values(node: Value, reached: set[Value]) -> tuple[list[Value], Linearization]:
    """The wanted operands, and the derivative of their first partials, which are recorded on copies."""
    rule = node.rule
    assert rule is not None
    operands: tuple[Any, ...] = node.operands
    wanted = _wanted(operands, reached)
    with nullcontext() if mode().recording else Block(recording=True):
        copies = [Value(plain(x)) if is_wanted else plain(x) for x, is_wanted in zip(operands, wanted)]
        partials = rule.differentiate_values(apply(rule, *copies), *copies, wanted=wanted)
    inputs = [copy for copy in copies if isinstance(copy, Value)]
    derivative = Linearization(inputs, [*compress(partials, wanted)])
    return [*compress(operands, wanted)], derivative


def _wanted(operands: Sequence[Any], reached: set[Value]) -> tuple[bool, ...]:
    return tuple([isinstance(operand, Value) and operand in reached for operand in operands])
