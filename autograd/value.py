"""Value: a number that remembers how it was computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never, SupportsFloat

from . import graph, native
from .nodes import copying, methods, scopes
from .nodes.display import displayed, mime
from .nodes.float_protocol import read
from .nodes.hints import Hinted, refuse_argument
from .nodes.lines import user_line
from .nodes.methods import Methods
from .nodes.modes import active_modes, mode
from .nodes.node import Node
from .nodes.numbers import to_float
from .nodes.plain import for_output
from .nodes.scopes import current_scope, open_scopes
from .nodes.transforming import open_transforms, transforming


def _without_arguments(method: Callable[[Any], None]) -> Callable[[Any], None]:
    """The method as type checkers and subclasses see it: it refuses all arguments, with advice."""
    return method


class Value(Methods, Node, Hinted):
    """A scalar and the record of how it was computed.

    `data` is the number and `grad` its gradient ∂output/∂self, 0.0 until a backward pass reaches
    it. A result also has its `rule` (a row of the table; `op` is the row's name, "" for a leaf),
    its `operands` (Values and plain numbers, in order), its `parents` (the Values among them, one
    entry per use) and `local_derivatives` (∂self/∂parent for each entry of `parents`, recorded in
    the forward pass).

    Comparisons, `==` included, compare data, so that code written for floats keeps its meaning;
    `hash` is identity, as with torch.Tensor. `float(x)`, and so `math.sin(x)`, is a plain number,
    through which no gradient flows back, so it gives a LostGradientWarning, or a TypeError inside a
    transform: write `x.sin()`, or `x.data` if a constant is meant. Raises TypeError if `data` is not
    a real number and ValueError if it is nan (see `errstate`).

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-6.0, -3.0, 2.0)
    """

    __slots__ = ()

    def __init__(self, data: SupportsFloat, label: str = "", *more: Never, **others: Never) -> None:
        if more or others:
            refuse_argument("Value", next(iter(others), "_op"))
        self._data = to_float(data, "Value(data)")
        self._grad = None
        self._label = ""
        if label != "":
            self.label = label
        self.rule = None
        self.first = self.d_first = self.second = self.d_second = self.rest = None
        self.scope = current_scope() if open_scopes else None
        self.line = user_line() if active_modes and mode().lines else ""
        if open_transforms and (transform := transforming.get()):
            transform.leaves.add(self)

    # The graph
    @_without_arguments
    def backward(self, *gradient: Never, **others: Never) -> None:
        """Add ∂self/∂leaf to the grad of every leaf below, and set the grad of every result to its own.

        A second pass adds to the leaves again, as for a loss that is a sum; `zero_grad` starts again.
        Raises DomainError at a step that gives nan and RangeError at one that overflows, before any
        gradient has changed.

        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> (5 * x).backward()
        >>> x.grad
        11.0
        """
        if gradient or others:
            refuse_argument("backward", next(iter(others), "gradient"))
        graph.backward(self)

    def zero_grad(self) -> None:
        """Forget the gradient of this value and of everything below it."""
        graph.zero_gradients(self)

    def detach(self) -> Value:
        """A leaf with the same data and label that remembers nothing."""
        if active_modes and (traced := read("detach", self)) is not None:
            return traced
        return Value(self._data, self.label)

    def item(self) -> float:
        """The number, as `data`: a constant, from which no gradient flows back."""
        return self.data

    # Copies, by `copy.copy`, `copy.deepcopy` and `pickle`
    def __copy__(self) -> Value:
        if active_modes:
            read("copy", self)
        return copying.shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        if active_modes:
            read("copy", self)
        return copying.deep_copy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        if active_modes:
            read("copy", self)
        return copying.reduced(self)

    def __pos__(self) -> Value:
        return self

    def __divmod__(self, other: SupportsFloat) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: SupportsFloat) -> tuple[Value, Value]:
        return other // self, other % self

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        op = f", op={self.op!r}" if self.op else ""
        grad = "" if self._grad is None else f", grad={self._grad!r}"
        return for_output(f"Value({self._data!r}{label}{op}{grad})")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """In a notebook a Value shows the picture of its graph."""
        return displayed("mimebundle", self)

    def _mime_(self) -> tuple[str, str]:
        """The same in marimo, also in lists and dicts; an input is shown as text there."""
        return mime(self._repr_mimebundle_()) if self.parents else ("text/plain", repr(self))


methods.Value = Value  # of which the generated methods make nodes
native.connect(
    Value,
    scope=scopes.scope,
    current_scope=scopes.innermost_scope,
    active_modes=active_modes,
    open_scopes=open_scopes,
    open_transforms=open_transforms,
)
