"""Backward passes with one mistake, run on our graphs: which of them gives the numbers an engine gives?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..value import Value
from .examples import Outcome, run
from .interface import Interface
from .trials import ADD, WAIT, ZERO

# The nodes in the order in which a pass goes through them; True for operands from right to left.
Order = Callable[[Value, bool], Iterable[Value]]

Slots = frozenset[tuple[str, int]]  # operands: the operation's name and which of its operands
EVERY: Slots = frozenset((name, slot) for name in ("add", "mul") for slot in (0, 1))


@dataclass(frozen=True)
class Mistake:
    """A pass that goes through nodes in some `order`, and what it does at some operands.

    At those in `assigns` it puts gradients in place of the ones that are there; at those in
    `forgets` it takes the incoming gradient for 1.
    """

    sentence: str
    order: Order
    assigns: Slots = frozenset()
    forgets: Slots = frozenset()

    @property
    def methods(self) -> frozenset[str]:
        """The one method at fault; none if it is the pass."""
        names = {name for name, _ in self.assigns | self.forgets}
        return frozenset(f"__{name}__" for name in names) if len(names) == 1 else frozenset()

    def gradients(self, root: Value, swapped: bool) -> dict[Value, float]:
        """The gradients after the pass."""
        gradients: dict[Value, float] = defaultdict(float, {root: 1.0})
        for node in self.order(root, swapped):
            for slot, (parent, local) in enumerate(zip(node.parents, node.local_derivatives)):
                upstream = 1.0 if (node.op, slot) in self.forgets else gradients[node]
                before = 0.0 if (node.op, slot) in self.assigns else gradients[parent]
                gradients[parent] = before + upstream * local
        return gradients

    def explains(self, engine: Interface, outcome: Outcome) -> bool:
        """Whether it gives the engine's gradients of an example, wrong or right."""
        root, variables = outcome.example.graph()
        for swapped in (False, True):
            gradients = self.gradients(root, swapped)
            if all(engine.close(outcome.gradients[name], gradients[v]) for name, v in variables.items()):
                return True
        return False


def _operands(node: Value, swapped: bool) -> Sequence[Value]:
    return node.parents[::-1] if swapped else node.parents


def _forward(root: Value, swapped: bool) -> list[Value]:
    """Depth first, a node after its operands."""
    order: list[Value] = []
    seen: set[Value] = set()

    def visit(node: Value) -> None:
        if node not in seen:
            seen.add(node)
            for parent in _operands(node, swapped):
                visit(parent)
            order.append(node)

    visit(root)
    return order


def _right(root: Value, swapped: bool) -> Iterable[Value]:
    return reversed(_forward(root, swapped))


def _as_met(root: Value, swapped: bool) -> Iterator[Value]:
    stack, seen = [root], set[Value]()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            stack += _operands(node, not swapped)


def _by_levels(root: Value, swapped: bool) -> Iterator[Value]:
    queue = [root]
    for node in queue:  # which grows
        yield node
        queue += [parent for parent in _operands(node, swapped) if parent not in set(queue)]


def _every_time(root: Value, swapped: bool) -> Iterator[Value]:
    yield root
    for parent in _operands(root, swapped):
        yield from _every_time(parent, swapped)


def _levels_every_time(root: Value, swapped: bool) -> Iterator[Value]:
    queue = [root]
    for node in queue:  # which grows
        yield node
        queue += _operands(node, swapped)


_ASSIGNS = "`=` takes the place of `+=`"
_FORGETS = "takes the incoming gradient for 1: multiply each local derivative by the result's own gradient."
_SOON = f"A node passes its gradient on as soon as it is met, and only once. {WAIT}"
_AGAIN = (
    "A node is gone through for each of its uses, and passes on again what it has passed on before: go "
    "through each node once, in reverse topological order."
)
_EQUAL = Mistake(
    "Two nodes with the same number are taken for one node, because == compares numbers: look nodes up by "
    "identity, such as id(node) in a set.",
    _right,
)


def _steps_of(sign: str, name: str) -> Iterator[Mistake]:
    """Mistakes in the backward step of one operation: for both operands, or for one of them."""
    for slots in ((0, 1), (0,), (1,)):
        where = frozenset((name, slot) for slot in slots)
        yield Mistake(f"{_ASSIGNS} in the backward step of `{sign}`. {ADD}", _right, assigns=where)
        yield Mistake(f"The backward step of `{sign}` {_FORGETS}", _right, forgets=where)


# The most popular first.
MISTAKES = (
    Mistake(
        "The pass goes from the inputs to the output, or only one step down: it must start at the output "
        "and go through the nodes in *reverse* topological order (`reversed`).",
        _forward,
    ),
    Mistake(f"{_ASSIGNS} in the backward pass. {ADD}", _right, assigns=EVERY),
    Mistake(f"The backward pass {_FORGETS}", _right, forgets=EVERY),
    *_steps_of("+", "add"),
    *_steps_of("*", "mul"),
    Mistake(_SOON, _as_met),
    Mistake(_SOON, _by_levels),
    Mistake(_AGAIN, _every_time),
    Mistake(_AGAIN, _levels_every_time),
)


def mistake_in(engine: Interface, outcomes: Sequence[Outcome]) -> Mistake | None:
    """The mistake that gives the engine's numbers in all examples about passes."""
    complete = [outcome for outcome in outcomes if outcome.gradients]
    wrong = [outcome.example for outcome in complete if outcome.wrong]
    if not wrong:
        return None
    if not any(example.why == ZERO for example in wrong):
        # Wrong only at points where two nodes have the same number?
        elsewhere = (replace(e, at=dict(zip(e.at, (1.37, -0.71)))) for e in wrong)
        if not any(run(engine, example).wrong for example in elsewhere):
            return _EQUAL
    return next((m for m in MISTAKES if all(m.explains(engine, outcome) for outcome in complete)), None)
