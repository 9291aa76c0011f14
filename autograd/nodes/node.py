"""Node: what a graph consists of, without the arithmetic. `autograd.Value` is a Node one can compute with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, SupportsFloat, TypeVar

from ..native import core
from ..table.row import Rule
from .float_protocol import read
from .modes import active_modes
from .numbers import to_float
from .scopes import current_scope, open_scopes, scope

N = TypeVar("N", bound="Node")
# (operands, parents, local derivatives) of a node made from lists or from more than two operands
Edges = tuple[tuple[Any, ...], tuple[Any, ...], tuple[float, ...]]


class _Fields:
    """The fields of a node. The native core, if there is one, has them as a struct of C."""

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_label",
        "d_first",
        "d_second",
        "first",
        "line",
        "rest",
        "rule",
        "scope",
        "second",
    )

    _data: float
    _grad: float | None  # None until a backward pass reaches the node
    _label: str
    rule: Rule | None
    scope: scope | None
    line: str  # the source line that made the node, under record_lines()

    # Up to two operands lie in the node itself, each beside the local derivative with respect to it,
    # which is None if the operand is a plain number; more of them, and lists, lie in `rest`. Tuples on
    # every node would double the time that building and differentiating take. Read `operands`,
    # `parents` and `local_derivatives` instead, unless every nanosecond counts.
    first: Any
    d_first: float | None
    second: Any
    d_second: float | None
    rest: Edges | None


if not TYPE_CHECKING and core is not None:
    _Fields = core.Fields


class Node(_Fields):
    """A number, its gradient, and the record of the operation that made it.

    `data` is the number and `grad` its gradient, the total derivative of the output with respect to
    it, 0.0 until a backward pass reaches it. A result also has its `rule` (a row of the table; `op`
    is the row's name, "" for a leaf), its `operands` (nodes and plain numbers, in order), its
    `parents` (the nodes among them, one entry per use) and `local_derivatives` (∂self/∂parent for
    each entry of `parents`, recorded in the forward pass).
    """

    __slots__ = ()

    @property
    def op(self) -> str:
        """The name of the operation that made this value; "" for a leaf."""
        return self.rule.name if self.rule else ""

    @property
    def operands(self) -> tuple[Self | float | None, ...]:
        """The operands of the operation, in order; None is a branch that `where` left out."""
        if self.rest is not None:
            return self.rest[0]
        return (
            () if self.first is None else (self.first,) if self.second is None else (self.first, self.second)
        )

    @property
    def parents(self) -> tuple[Self, ...]:
        """The nodes among the operands, one entry per use."""
        if self.rest is not None:
            return self.rest[1]
        if self.d_second is None:
            return () if self.d_first is None else (self.first,)
        return (self.second,) if self.d_first is None else (self.first, self.second)

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂self/∂parent for each entry of `parents`, the other operands held fixed."""
        if self.rest is not None:
            return self.rest[2]
        return tuple(local for local in (self.d_first, self.d_second) if local is not None)

    @property
    def data(self) -> float:
        """The number; a leaf's can be set."""
        if active_modes:
            read("data", self)
        return self._data

    @data.setter
    def data(self, data: SupportsFloat) -> None:
        if active_modes:
            read("data", self)
        if self.rule is not None:
            raise AttributeError(
                f"the data of a {self.op!r} result follows from its parents; "
                "set a leaf's data, or make a new Value"
            )
        self._data = to_float(data, "Value.data")

    @property
    def grad(self) -> float:
        """The gradient, d output / d self; 0.0 until a backward pass gets here."""
        if active_modes:
            read("grad", self)
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: SupportsFloat) -> None:
        if grad is None:  # pyright: ignore[reportUnnecessaryComparison]
            raise TypeError("Value.grad is a number: write x.grad = 0, or y.zero_grad() for all below y")
        self._grad = to_float(grad, "Value.grad")

    @property
    def label(self) -> str:
        """The name it is shown by; "" for none."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"label must be text, not {label!r}")
        self._label = label


def numbers_of(operands: tuple[Any, ...]) -> Sequence[float]:
    """The data of nodes, in a list; floats as they are, in the tuple. AttributeError for anything else."""
    if operands and operands[0].__class__ is float and set(map(type, operands)) == _ONLY_FLOATS:
        return operands
    return [operand._data for operand in operands]


_ONLY_FLOATS = {float}


def list_node(
    kind: type[N],
    rule: Rule,
    y: float,
    operands: tuple[Any, ...],
    parents: tuple[Any, ...],
    local_derivatives: tuple[float, ...],
) -> N:
    """A result of a row of lists, in default mode."""
    node = Node.__new__(kind)
    node._data = y
    node._grad = None
    node._label = ""
    node.rule = rule
    node.first = node.d_first = node.second = node.d_second = None
    node.rest = (operands, parents, local_derivatives)
    node.scope = current_scope() if open_scopes else None
    node.line = ""
    return node


if not TYPE_CHECKING and core is not None:
    numbers_of, list_node = core.numbers_of, core.list_node
