"""Value: a number that remembers how it was computed."""

from __future__ import annotations

from typing import Any, SupportsFloat

from . import graph
from .nodes import codegen as eager
from .nodes import copying
from .nodes.errors import user_line
from .nodes.hints import Hinted
from .nodes.modes import active_modes, current_scope, mode, open_scopes, open_transforms, scope, transforming
from .nodes.numbers import FloatLike, read, to_float
from .table.row import Rule

# (operands, parents, local derivatives) of a node made from lists or from more than two operands
Edges = tuple["tuple[Value | float | None, ...]", "tuple[Value, ...]", tuple[float, ...]]


class Value(FloatLike, Hinted):
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
    a real number and ValueError where it is nan (see `errstate`).

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> c = a * b
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-6.0, -3.0, 2.0)
    """

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

    # Up to two operands lie in the node itself, each beside the local derivative by it, which is
    # None where the operand is a plain number; more of them, and lists, lie in `rest`. Tuples on
    # every node would double the time that building and differentiating take. Read `operands`,
    # `parents` and `local_derivatives` instead, unless every nanosecond counts.
    first: Any
    d_first: float | None
    second: Any
    d_second: float | None
    rest: Edges | None

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
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

    @property
    def op(self) -> str:
        """The name of the operation that made this value; "" for a leaf."""
        return self.rule.name if self.rule else ""

    @property
    def operands(self) -> tuple[Value | float | None, ...]:
        """What the operation was applied to, in order; None is a branch that `where` left out."""
        if self.rest is not None:
            return self.rest[0]
        return (
            () if self.first is None else (self.first,) if self.second is None else (self.first, self.second)
        )

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values among the operands, one entry per use."""
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
        """∂output/∂self; 0.0 until a backward pass gets here."""
        if active_modes:
            read("grad", self)
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: SupportsFloat) -> None:
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

    # The graph
    def backward(self) -> None:
        """Add ∂self/∂leaf to the grad of every leaf below, and set the grad of every result to its own.

        A second pass adds to the leaves again, as for a loss that is a sum; `zero_grad` starts anew.
        Raises DomainError at a step that gives nan and RangeError at one that overflows, before any
        gradient has changed.

        >>> x = Value(3.0)
        >>> (x * x).backward()
        >>> (5 * x).backward()
        >>> x.grad
        11.0
        """
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

    # Arithmetic, from the table
    __add__ = eager.operator("add")
    __radd__ = eager.reflected("add")
    __sub__ = eager.operator("sub")
    __rsub__ = eager.reflected("sub")
    __mul__ = eager.operator("mul")
    __rmul__ = eager.reflected("mul")
    __truediv__ = eager.operator("div")
    __rtruediv__ = eager.reflected("div")
    __pow__ = eager.operator("pow")
    __rpow__ = eager.reflected("pow")
    __neg__ = eager.unary("neg")
    __abs__ = abs = eager.unary("abs")

    def __pos__(self) -> Value:
        return self

    exp = eager.unary("exp")
    exp2 = eager.unary("exp2")
    expm1 = eager.unary("expm1")
    log = eager.unary("log")
    log1p = eager.unary("log1p")
    log2 = eager.unary("log2")
    log10 = eager.unary("log10")
    sqrt = eager.unary("sqrt")
    cbrt = eager.unary("cbrt")
    sin = eager.unary("sin")
    cos = eager.unary("cos")
    tan = eager.unary("tan")
    asin = arcsin = eager.unary("asin")
    acos = arccos = eager.unary("acos")
    atan = arctan = eager.unary("atan")
    atan2 = arctan2 = eager.binary("atan2")
    hypot = eager.binary("hypot")
    sinh = eager.unary("sinh")
    cosh = eager.unary("cosh")
    tanh = eager.unary("tanh")
    asinh = arcsinh = eager.unary("asinh")
    acosh = arccosh = eager.unary("acosh")
    atanh = arctanh = eager.unary("atanh")
    erf = eager.unary("erf")
    erfc = eager.unary("erfc")
    sigmoid = eager.unary("sigmoid")
    softplus = eager.unary("softplus")
    softsign = eager.unary("softsign")
    relu = eager.unary("relu")
    leaky_relu = eager.binary("leaky_relu")
    elu = eager.binary("elu")
    gelu = eager.unary("gelu")
    silu = eager.unary("silu")
    sign = eager.unary("sign")
    floor = eager.unary("floor")
    ceil = eager.unary("ceil")
    round = rint = eager.unary("round")

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        op = f", op={self.op!r}" if self.op else ""
        grad = "" if self._grad is None else f", grad={self._grad!r}"
        return f"Value({self._data!r}{label}{op}{grad})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """In a notebook a Value shows the picture of its graph."""
        from .drawing import mimebundle

        return mimebundle(self)
