"""Value: a number that remembers how it was computed."""

from __future__ import annotations

import math
from decimal import Decimal
from numbers import Real
from operator import attrgetter
from typing import Any, SupportsFloat

from . import eager, graph
from .errors import operation_error, user_line
from .modes import current_scope, departures, mode, open_scopes, scope
from .row import Rule


class Value:
    """A scalar and the record of how it was computed.

    `data` is the number and `grad` its gradient ∂output/∂self, 0.0 until a backward pass reaches
    it. A result also has its `rule` (a row of the table; `op` is the row's name, "" for a leaf),
    its `operands` (Values and plain numbers, in order), its `parents` (the Values among them, one
    entry per use) and `local_derivatives` (∂self/∂parent for each entry of `parents`, recorded in
    the forward pass).

    Comparisons, `==` included, compare data, so that code written for floats keeps its meaning;
    `hash` is identity, as with torch.Tensor. Raises TypeError where `data` is not a real number
    and ValueError where it is nan (see `errstate`).

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
        "label",
        "line",
        "local_derivatives",
        "operands",
        "parents",
        "rule",
        "scope",
    )

    _data: float
    _grad: float | None  # None until a backward pass reaches the node
    label: str
    line: str  # the source line that made the node, under record_lines()
    local_derivatives: tuple[float, ...]
    operands: tuple[Value | float | None, ...]
    parents: tuple[Value, ...]
    rule: Rule | None
    scope: scope | None

    # Without this numpy would take a Value for an array of one object, at four times the price.
    __array_ufunc__ = None

    def __init__(self, data: SupportsFloat, label: str = "") -> None:
        if not isinstance(label, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"label must be text, not {label!r}")
        self._data = number(data, "Value(data)")
        self._grad = None
        self.label = label
        self.rule = None
        self.operands = self.parents = self.local_derivatives = ()
        self.scope = current_scope() if open_scopes else None
        self.line = user_line() if departures and mode().lines else ""

    @property
    def op(self) -> str:
        """The name of the operation that made this value; "" for a leaf."""
        return self.rule.name if self.rule else ""

    def _set_data(self, data: SupportsFloat) -> None:
        if self.rule is not None:
            raise AttributeError(
                f"the data of a {self.op!r} result follows from its parents; "
                "set a leaf's data, or make a new Value"
            )
        self._data = number(data, "Value.data")

    def _get_grad(self) -> float:
        return 0.0 if self._grad is None else self._grad

    def _set_grad(self, grad: SupportsFloat) -> None:
        self._grad = number(grad, "Value.grad")

    data: property = property(attrgetter("_data"), _set_data, doc="The number; a leaf's can be set.")
    grad = property(_get_grad, _set_grad, doc="∂output/∂self; 0.0 until a backward pass gets here.")

    # The graph
    def backward(self) -> None:
        """Add ∂self/∂leaf to the grad of every leaf below; see `autograd.graph.backward`."""
        graph.backward(self)

    def zero_grad(self) -> None:
        """Forget the gradient of this value and of everything below it."""
        for node in graph.topological_order(self):
            node._grad = None

    def detach(self) -> Value:
        """A leaf with the same data and label that remembers nothing."""
        return Value(self._data, self.label)

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

    # A Value where a float is expected
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self._data == (other._data if isinstance(other, Value) else other)

    def __lt__(self, other: Value | float) -> bool:
        return self._data < (other._data if isinstance(other, Value) else other)

    def __le__(self, other: Value | float) -> bool:
        return self._data <= (other._data if isinstance(other, Value) else other)

    def __gt__(self, other: Value | float) -> bool:
        return self._data > (other._data if isinstance(other, Value) else other)

    def __ge__(self, other: Value | float) -> bool:
        return self._data >= (other._data if isinstance(other, Value) else other)

    def __bool__(self) -> bool:
        return self._data != 0.0

    def __float__(self) -> float:
        return self._data

    def __int__(self) -> int:
        return int(self._data)

    def __trunc__(self) -> int:
        return math.trunc(self._data)

    def __floor__(self) -> int:
        return math.floor(self._data)

    def __ceil__(self) -> int:
        return math.ceil(self._data)

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

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


def number(given: object, role: str) -> float:
    """The float that `given` stands for; `role` names it in a message: "Value(data)".

    Accepted: int, float, bool, Fraction, Decimal, numpy scalars and arrays of one element. Raises
    TypeError for anything else (complex, text, None, lists, Values), ValueError for nan outside
    `errstate("ieee")`, OverflowError for an integer beyond the largest float.
    """
    if isinstance(given, Value):
        raise TypeError(f"{role} is a Value already: use it as it is, or take its .detach()")
    exact: Any = given
    size = getattr(given, "size", None)
    if getattr(getattr(given, "dtype", None), "kind", "") in set("biuf") and size == 1:
        exact = exact.item()
    if not isinstance(exact, Real | Decimal):
        what = f"an array of {size} elements" if isinstance(size, int) else f"{exact!r:.60}"
        raise TypeError(
            f"{role} must be a real number (int, float, Fraction, Decimal or a numpy scalar), "
            f"not {what} ({type(given).__name__})"
        )
    try:
        data = float(exact)
    except OverflowError:
        raise OverflowError(f"{role}: this integer is too large for a float") from None
    if data != data and not mode().ieee:
        raise ValueError(f'{role} is nan; `with autograd.errstate("ieee"):` lets nan pass')
    return data


def _is_number(given: object) -> bool:
    kind = getattr(getattr(given, "dtype", None), "kind", "")
    return isinstance(given, Value | Real | Decimal) or (
        kind in set("biuf") and not getattr(given, "ndim", 1)
    )


def make_node(
    rule: Rule,
    y: float,
    operands: tuple[Value | float | None, ...],
    local_derivatives: tuple[float, ...],
) -> Value:
    """A result: `local_derivatives` has one entry per operand, of which those of Values are kept."""
    node: Value = object.__new__(Value)
    pairs = [(o, d) for o, d in zip(operands, local_derivatives, strict=True) if isinstance(o, Value)]
    node._data = y
    node._grad = None
    node.label = ""
    node.rule = rule
    node.operands = operands
    node.parents = tuple(parent for parent, _ in pairs)
    node.local_derivatives = tuple(derivative for _, derivative in pairs)
    node.scope = current_scope() if open_scopes else None
    node.line = user_line() if departures and mode().lines else ""
    return node


def record(rule: Rule, *given: object) -> Any:
    """Apply an operation: a new node, or a plain float where no operand is a Value.

    Raises TypeError for an operand that is no number, and DomainError, DivisionError (a
    ZeroDivisionError) or RangeError (an OverflowError) by the policy of `errstate`, before
    anything is recorded.
    """
    operands = tuple(
        operand if isinstance(operand, Value) else number(operand, f"{rule.name}: operand {i + 1}")
        for i, operand in enumerate(given)
    )
    numbers = [operand._data if isinstance(operand, Value) else operand for operand in operands]
    cause: Exception | None = None
    try:
        y = rule.evaluate(*numbers)
    except (ArithmeticError, ValueError) as raised:
        cause, y = raised, rule.evaluate_ieee(*numbers)
    try:
        derivatives = rule.differentiate(y, *numbers)
    except (ArithmeticError, ValueError):
        derivatives = rule.differentiate_ieee(y, *numbers)
    now = mode()
    if not (math.isfinite(y) or now.ieee) and (cause or math.isnan(y) or all(map(math.isfinite, numbers))):
        raise operation_error(rule, cause, make_node(rule, y, operands, derivatives)) from None
    if not any(isinstance(operand, Value) for operand in operands):
        return y
    if not now.recording:
        return Value(y)
    return make_node(rule, y, operands, derivatives)


def operate(rule: Rule, a: object, b: object) -> Any:
    """Apply a binary operator by Python's protocol: NotImplemented for operands it does not know.

    An array (of numbers or of Values) is taken element by element.
    """
    other = b if isinstance(a, Value) else a
    if _is_number(other):
        return record(rule, a, b)
    if getattr(other, "ndim", 0) and hasattr(other, "__array_ufunc__"):
        import numpy

        pairs = numpy.frompyfunc(lambda left, right: record(rule, left, right), 2, 1)
        return pairs(*(_as_object(side) for side in (a, b)))
    return NotImplemented


def _as_object(side: object) -> Any:
    """A Value as an array of one object, so that numpy hands it on whole."""
    import numpy

    return numpy.array(side, dtype=object) if isinstance(side, Value) else side


eager.NAMES.update(
    Value=Value,
    new=object.__new__,
    record=record,
    operate=operate,
    departures=departures,
    open_scopes=open_scopes,
    current_scope=current_scope,
)
