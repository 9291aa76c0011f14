"""One call of a function on fresh nodes: the graph that a transform differentiates.

Every transform calls its function once, inside a `Trace`. Inside another transform the fresh nodes
follow the outer variables, and derivatives are Values. Which transform we are inside is a context
variable, so that threads and tasks never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from typing import Any

from ..nodes.modes import _Block, mode
from ..nodes.numbers import to_float
from ..operations.apply import apply
from ..rules import RULES
from ..value import Value
from .containers import leaves, like, same_shape
from .linearization import Linearization

Argnums = int | tuple[int, ...]

# Inside a transform: the nodes that the transforms inside it have met so far. They are older than the
# fresh nodes of the next one, which need not search above them: in a loop of a thousand gradients each
# node is visited once, not a thousand times.
_met: ContextVar[set[Value] | None] = ContextVar("autograd nodes met in a transform", default=None)


def nested() -> bool:
    """Whether an outer transform, or a program, is to see through what happens here."""
    now = mode()
    return now.tracer is not None or (_met.get() is not None and now.recording)


def settled(tree: Any) -> Any:
    """Values for an outer transform, floats for the user."""
    return tree if nested() else like(tree, [float(leaf) for leaf in leaves(tree)])


def _input(given: Any, role: str) -> Value:
    """A fresh node for a number, so that its derivative is nobody else's.

    Inside another transform a Value is followed by an `identity`: outer derivatives pass through it.
    In a function that is being compiled every number is, so that its program has a place for it.
    """
    if mode().tracer is not None:
        return apply(RULES["identity"], given)
    if not isinstance(given, Value):
        return Value(to_float(given, role))
    return apply(RULES["identity"], given) if nested() else given.detach()


def _indices(argnums: Argnums, given: int) -> tuple[int, ...]:
    chosen = argnums if isinstance(argnums, tuple) else (argnums,)
    for index in chosen:
        if not -given <= index < given:
            raise ValueError(
                f"argnums names argument {index}, "
                f"but the function was called with {given} positional arguments"
            )
    positions = tuple(range(given)[index] for index in chosen)
    if len(set(positions)) < len(positions):
        raise ValueError(f"argnums names an argument twice: {argnums!r}")
    return positions


class Trace:
    """One call of a function on fresh nodes: its `output` as it came, and the derivative there."""

    def __init__(
        self, f: Callable[..., Any], arguments: Sequence[Any], options: dict[str, Any], argnums: Argnums
    ) -> None:
        """Differentiate by the arguments that `argnums` names; pass the others on as they are."""
        chosen = _indices(argnums, len(arguments))
        self.primals = tuple(arguments[index] for index in chosen)
        name = getattr(f, "__name__", "f")
        inputs = [
            _input(leaf, f"{name}: argument {index}")
            for index, primal in zip(chosen, self.primals)
            for leaf in leaves(primal)
        ]
        traced = dict(enumerate(arguments)) | dict(zip(chosen, like(self.primals, inputs)))
        token = _met.set(set())
        try:
            with nullcontext() if mode().recording else _Block(recording=True):
                self.output = f(*traced.values(), **options)
        finally:
            _met.reset(token)
        outputs = leaves(self.output)
        for output in outputs:
            if not isinstance(output, Value):
                to_float(output, f"{name}: the result")
        older = _met.get() if nested() and mode().tracer is None else None
        self.derivative = Linearization(inputs, outputs, on_values=nested(), older=older)

    def scalar(self) -> Any:
        """The output, which must be one number."""
        if not (len(numbers := leaves(self.output)) == 1 and numbers[0] is self.output):
            raise TypeError(
                f"a gradient needs a function that returns one number, not {self.output!r:.80}; "
                "jacobian differentiates several at once"
            )
        return self.output

    def pull(self, cotangent: Any) -> tuple[Any, ...]:
        """Jᵀ·cotangent, one container per argument."""
        numbers = numbers_like(cotangent, self.output, "the cotangent", "the function's value")
        return settled(like(self.primals, self.derivative.pull(numbers, nested())))

    def push(self, tangents: tuple[Any, ...]) -> Any:
        """J·tangents, a container like the output."""
        numbers = numbers_like(tangents, self.primals, "the tangents", "the primals")
        return settled(like(self.output, self.derivative.push(numbers, nested())))


def numbers_like(given: Any, shape: Any, role: str, of: str) -> list[Any]:
    """The numbers of a container, which must have the shape of another; ValueError if not."""
    if not same_shape(given, shape):
        raise ValueError(f"{role} must have the shape of {of}: {given!r:.80} does not fit {shape!r:.80}")
    return [leaf if isinstance(leaf, Value) else to_float(leaf, role) for leaf in leaves(given)]
