"""The operations as functions: `tanh(x)`, `maximum(a, b)`, `sum(xs)`.

They take Values and plain numbers; without a Value among the operands the result is a float.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, SupportsFloat, overload

from ..nodes import codegen as eager
from ..nodes.modes import mode
from ..nodes.numbers import to_float
from ..table.row import RULES, VALUES
from ..value import Value
from .apply import apply, new_node

if TYPE_CHECKING:
    from decimal import Decimal
    from numbers import Real

Operand = Value | SupportsFloat


class Unary(Protocol):
    """A function of one operand: a Value gives a Value, a number gives a float."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float | Real | Decimal, /) -> float: ...


def _function(name: str) -> Unary:
    """The generated method is the function too: it passes anything but a Value on to `apply`."""
    method: Any = getattr(Value, name)
    return method


exp, exp2, expm1 = _function("exp"), _function("exp2"), _function("expm1")
log, log1p, log2, log10 = _function("log"), _function("log1p"), _function("log2"), _function("log10")
sqrt, cbrt = _function("sqrt"), _function("cbrt")
sin, cos, tan = _function("sin"), _function("cos"), _function("tan")
asin, acos, atan = _function("asin"), _function("acos"), _function("atan")
sinh, cosh, tanh = _function("sinh"), _function("cosh"), _function("tanh")
asinh, acosh, atanh = _function("asinh"), _function("acosh"), _function("atanh")
erf, erfc = _function("erf"), _function("erfc")
sigmoid, softplus, softsign = _function("sigmoid"), _function("softplus"), _function("softsign")
relu, gelu, silu = _function("relu"), _function("gelu"), _function("silu")
abs, sign, floor, ceil, round = (
    _function("abs"),
    _function("sign"),
    _function("floor"),
    _function("ceil"),
    _function("round"),
)
leaky_relu: Callable[..., Any] = Value.leaky_relu
elu: Callable[..., Any] = Value.elu
atan2: Callable[..., Any] = Value.atan2
hypot: Callable[..., Any] = Value.hypot
maximum, minimum = eager.binary("maximum"), eager.binary("minimum")
pow = eager.binary("pow")


def clip(x: Operand, low: Operand, high: Operand) -> Any:
    """min(max(x, low), high); the derivative by x is 1 inside and at the bounds, else 0.

    Raises ValueError where `low` and `high` are numbers and `low` is not at most `high`.

    >>> clip(Value(3.0), -1.0, 1.0).data
    1.0
    """
    numbers = not isinstance(low, Value) and not isinstance(high, Value)
    if numbers and not to_float(low, "clip: low") <= to_float(high, "clip: high"):
        raise ValueError(f"clip: low = {low!r} is not at most high = {high!r}")
    return apply(RULES["clip"], x, low, high)


@overload
def where(condition: object, a: Value | Callable[[], Value], b: Value | Callable[[], Value]) -> Value: ...
@overload
def where(condition: object, a: float | Callable[[], float], b: float | Callable[[], float]) -> float: ...
@overload
def where(condition: object, a: Operand | Callable[[], Any], b: Operand | Callable[[], Any]) -> Any: ...
def where(condition: object, a: Operand | Callable[[], Any], b: Operand | Callable[[], Any]) -> Any:
    """`a` where the condition holds, else `b`; a branch given as a function runs only if taken.

    The branch not taken is no parent of the result. While a function is traced for `compile`, both
    branches are recorded and the choice is left to the program.

    >>> x = Value(-2.0, "x")
    >>> where(x > 0, lambda: x.log(), 0.0 * x).data
    -0.0
    """
    tracer = mode().tracer
    if tracer and (traced := tracer(RULES["where"], (condition, a, b))) is not None:
        return traced
    taken = a if condition else b
    value = taken() if callable(taken) else taken
    if not isinstance(value, Value):
        return to_float(value, "where: the branch taken")
    if not mode().recording:
        return Value(value.data)
    operands = (1.0, value, None) if condition else (0.0, None, value)
    is_taken = [operand is value for operand in operands]
    return new_node(RULES["where"], value.data, operands, (0.0, 1.0, 1.0), is_taken)


_sum, _dot, _logsumexp = eager.of_lists("sum"), eager.of_lists("dot"), eager.of_lists("logsumexp")
_softmax, _cross_entropy = eager.of_lists("softmax"), eager.of_lists("cross_entropy")


def _listed(name: str, xs: Iterable[Any], at_least: int) -> tuple[Any, ...]:
    items = tuple(xs)
    if len(items) < at_least:
        raise ValueError(f"{name} needs at least {at_least} operand")
    return items


@overload
def sum(xs: Iterable[Value]) -> Value: ...
@overload
def sum(xs: Iterable[float]) -> float: ...
@overload
def sum(xs: Iterable[Operand]) -> Any: ...
def sum(xs: Iterable[Operand]) -> Any:
    """Σ xᵢ as one node, rounded once; 0.0 for no operands.

    >>> sum([Value(1.0), 2, Value(3.0)]).data
    6.0
    """
    return _sum(tuple(xs))


@overload
def dot(ws: Iterable[Value], xs: Iterable[Operand], bias: Operand = 0.0) -> Value: ...
@overload
def dot(ws: Iterable[float], xs: Iterable[float], bias: float = 0.0) -> float: ...
@overload
def dot(ws: Iterable[Operand], xs: Iterable[Operand], bias: Operand = 0.0) -> Any: ...
def dot(ws: Iterable[Operand], xs: Iterable[Operand], bias: Operand = 0.0) -> Any:
    """Σ wᵢ·xᵢ + bias as one node: a neuron's weighted input z.

    Raises ValueError where `ws` and `xs` have different lengths.

    >>> dot([Value(2.0), Value(-1.0)], [3.0, 4.0], bias=1).data
    3.0
    """
    weights, inputs = tuple(ws), tuple(xs)
    if len(weights) != len(inputs):
        raise ValueError(f"dot: {len(weights)} weights but {len(inputs)} inputs")
    return _dot(weights, inputs, bias)


def logsumexp(xs: Iterable[Any]) -> Any:
    """log Σ exp(xᵢ) as one node, without overflow; ∂y/∂xⱼ = softmax(x)ⱼ. Raises ValueError for no operands.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return _logsumexp(_listed("logsumexp", xs, 1))


def softmax(xs: Iterable[Any]) -> list[Any]:
    """yₖ = exp(xₖ) / Σ exp(xᵢ): a list, one node per output; ∂yₖ/∂xⱼ = yₖ (δₖⱼ − yⱼ).

    Raises ValueError for no operands.

    >>> [y.data for y in softmax([Value(7.0), Value(7.0)])]
    [0.5, 0.5]
    """
    xs = _listed("softmax", xs, 1)
    return [_softmax(float(k), xs) for k in range(len(xs))]


def cross_entropy(xs: Iterable[Any], target: int) -> Any:
    """−log softmax(xs)[target] from logits, as one node; ∂C/∂xⱼ = yⱼ − δⱼₜ.

    Raises TypeError where `target` is no integer, ValueError where it is no index of `xs`.

    >>> x = [Value(0.0), Value(0.0)]
    >>> cross_entropy(x, 1).backward()
    >>> x[0].grad, x[1].grad
    (0.5, -0.5)
    """
    xs = _listed("cross_entropy", xs, 1)
    if isinstance(target, bool) or not hasattr(target, "__index__"):
        raise TypeError(
            f"cross_entropy: target must be a class index, not {target!r}; "
            "where the target is computed or an input, write logsumexp(xs) - dot(shares, xs)"
        )
    if not 0 <= target < len(xs):
        raise ValueError(f"cross_entropy: target {target} is no index of {len(xs)} logits")
    return _cross_entropy(float(target), xs)


VALUES.update({name: made for name, made in globals().items() if name in RULES})
