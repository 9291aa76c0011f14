"""The graph below a value: its order and the one backward sweep.

Every traversal is a loop over a list, so depth costs no recursion, and keeps its bookkeeping to
itself, so that an abandoned or failed sweep leaves no mark on the graph.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .native import core
from .nodes.display import displayed
from .nodes.modes import mode
from .nodes.node import Node
from .nodes.numbers import require_value
from .nodes.refusals import refuse_nan_and_overflow
from .nodes.stale import warn_of_two_points

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    N = TypeVar("N", bound=Node, default=Any)  # `Step` alone is a step of any kind of node
else:
    N = TypeVar("N")


def topological_order(*roots: N, above: set[N] | None = None) -> list[N]:
    """All nodes below the roots, parents before results: the order of evaluation; one root is last.

    A depth-first search: a node is listed when all its parents are.

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

    What follows is this function without recursion and without building tuples of parents. Reversed,
    the order is the one in which `backward` visits the nodes, each after everything that uses it has
    passed its gradient on. The search stops above the nodes in `above`, which are not listed, and adds
    those that are. Raises TypeError if a root is not a Value.

    >>> from autograd import Value
    >>> a = Value(3.0, "a")
    >>> b = a + a; c = b + b
    >>> [v.op or v.label for v in topological_order(c)]
    ['a', 'add', 'add']
    """
    # A leaf has no parents: the search of the core ends there, too.
    if core is not None and all(node.rule is None for node in above or ()):
        found = core.topological_order(roots)
        if found is not None and above:
            found = [node for node in found if node not in above]
            above.update(found)
        if found is not None:
            return found
    order: list[N] = []
    seen: set[N] = set() if above is None else above
    left_off: dict[N, Iterator[N]] = {}  # among the parents of a node with more than two
    for root in roots:
        require_value(root, "the output of a graph")
        if root in seen:
            continue
        seen.add(root)
        path: list[Any] = [None]  # above the node whose parents are being searched, up to the root
        node: Any = root
        done: N | None = None  # the parent of `node` that the search comes back from
        while node is not None:
            if done is None and node.d_first is not None and (parent := node.first) not in seen:
                seen.add(parent)
                if parent.rule is not None:
                    path.append(node)
                    node = parent
                    continue
                order.append(parent)
            if done is not node.second and node.d_second is not None and (parent := node.second) not in seen:
                seen.add(parent)
                if parent.rule is not None:
                    path.append(node)
                    node, done = parent, None
                    continue
                order.append(parent)
            if node.rest is None:
                order.append(node)
                node, done = path.pop(), node
                continue
            if node not in left_off:
                left_off[node] = iter(() if seen.issuperset(node.rest[1]) else node.rest[1])
            for parent in left_off[node]:
                if parent not in seen:
                    seen.add(parent)
                    if parent.rule is not None:
                        path.append(node)
                        node, done = parent, None
                        break
                    order.append(parent)
            else:
                order.append(node)
                node, done = path.pop(), node
    return order


@dataclass(frozen=True, eq=False, slots=True)
class Step(Generic[N]):
    """One use of the chain rule: `parent.grad += upstream * local`.

    `node` passes its gradient `upstream` to `node.parents[slot]`, multiplied by `local`, the
    recorded derivative of `node` by that operand with the others held fixed; `before` and `after`
    are the parent's gradient around the step. In the first step of a pass, which seeds the output
    with 1, `parent`, `slot`, `upstream` and `local` are None. `root` is the output. Printed, a step
    is the chain rule with its numbers (`autograd.text.narration`).

    >>> from autograd import Value
    >>> x = Value(3.0, "x")
    >>> y = 5 * x; y.label = "y"
    >>> _, step = backward_steps(y)
    >>> step.upstream, step.local, step.contribution
    (1.0, 5.0, 5.0)
    >>> print(step)
    x.grad += y.grad · ∂y/∂x = 1 × 5 = 5   0 → 5   ∂y/∂x = 5
    """

    node: N
    parent: N | None
    slot: int | None
    upstream: float | None
    local: float | None
    contribution: float
    before: float
    after: float
    root: N

    def __str__(self) -> str:
        return displayed("sentence", self)

    def _repr_latex_(self) -> str:
        return displayed("latex", self)


def sweep(root: N, gradients: dict[N, float]) -> Iterator[Step[N]]:
    """The backward pass from `root`, one chain-rule step at a time; it touches no node.

    What each node has received so far is summed in `gradients`, which may hold gradients of leaves
    from earlier passes. Raises DomainError at a step that gives nan and RangeError at one whose
    finite factors overflow, unless `errstate("ieee")` is in force.
    """
    order = topological_order(root)
    before = gradients.get(root, 0.0)
    gradients[root] = before + 1.0
    yield Step(root, None, None, None, None, 1.0, before, gradients[root], root)
    for node in reversed(order):
        upstream = gradients[node]
        for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives)):
            contribution = upstream * local
            before = gradients.get(parent)
            after = contribution if before is None else before + contribution
            step = Step(node, parent, slot, upstream, local, contribution, before or 0.0, after, root)
            if not math.isfinite(after):
                refuse_nan_and_overflow(step, order)
            gradients[parent] = after
            yield step


def gradients_of(root: N) -> dict[N, float]:
    """The gradients of the nodes below `root` in a pass that writes none of them; raises as `sweep` does."""
    gradients: dict[N, float] = {}
    deque(sweep(root, gradients), maxlen=0)
    return gradients


def backward_steps(root: N) -> Iterator[Step[N]]:
    """Perform the backward pass from `root`, one step per `next()`, writing `grad` as it goes.

    The first step seeds ∂root/∂root = 1. Leaves add to their gradients of earlier passes; results
    show this pass only. An abandoned generator leaves the sums that it has reached.
    Raises as `sweep` does, at the step.

    >>> from autograd import Value
    >>> x = Value(3.0, "x")
    >>> y = x * x; y.label = "y"
    >>> for step in backward_steps(y):
    ...     print(step.contribution, x.grad)
    1.0 0.0
    3.0 3.0
    3.0 6.0
    """
    order = topological_order(root)
    set_gradients([node for node in order if node.parents], repeat(None))
    gradients: dict[N, Any] = {node: node._grad for node in order if node._grad is not None}
    for step in sweep(root, gradients):
        (step.node if step.parent is None else step.parent)._grad = step.after
        yield step


def backward(root: Node) -> None:
    """Like `backward_steps`, but all at once; leaves the graph unchanged if it raises.

    Two passes add up in the leaves: through (x²)² at 3 they give 216 in x, as 2 · 108 should.
    """
    if core is not None and core.backward(root):  # a pass that this function would complete, too
        return
    order = topological_order(root)
    before = [node._grad for node in order]
    try:
        leaves = _add_gradients(root, order)
        # A node that is inf or nan makes the leaves below it so, even times 0.
        if not all(map(math.isfinite, map(_GRADIENT, leaves))) and not mode().ieee:
            # The stepwise pass allows it or names the step at fault.
            set_gradients(order, before)
            for _ in backward_steps(root):
                pass
        elif before[-1] is None and before.count(None) < len(order) - len(leaves):
            warn_of_two_points(order, before)
    except BaseException:  # an interrupt from the keyboard, too
        set_gradients(order, before)
        raise


def _add_gradients(root: N, order: list[N]) -> list[N]:
    """The loop of the pass; the leaves among the nodes."""
    leaves: list[N] = []
    for node in order:
        if node.rule is None:
            leaves.append(node)
            if node._grad is not None:
                continue
        node._grad = 0.0
    root._grad = root.grad + 1.0
    for node in reversed(order):
        upstream: Any = node._grad
        if node.d_first is not None:
            node.first._grad += upstream * node.d_first
        if node.d_second is not None:
            node.second._grad += upstream * node.d_second
        if node.rest is not None:
            for parent, local in zip(node.rest[1], node.rest[2]):
                parent._grad += upstream * local  # pyright: ignore
    return leaves


_GRADIENT = attrgetter("_grad")


def set_gradients(nodes: Iterable[Node], gradients: Iterable[float | None]) -> None:
    """Write all gradients or none: one call of C's, which an interrupt from the keyboard does not enter."""
    deque(map(setattr, nodes, repeat("_grad"), gradients), maxlen=0)


def zero_gradients(root: Node) -> None:
    """Forget the gradients of all nodes below the root, and its own."""
    set_gradients(topological_order(root), repeat(None))
