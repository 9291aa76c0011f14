"""Operations of the user's own: a Python function on floats and its partial derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Protocol, SupportsFloat, overload

from ..nodes.numbers import to_float
from ..table.arithmetic import total
from ..table.formulas import Formula
from ..table.row import FLOATS, IEEE_FLOATS, RULES, VALUES, row
from ..value import Value
from .apply import apply

_defined: set[str] = set()  # by users; only these names may be defined again
# What a row is told beside its partial derivatives; y is its result.
_RESERVED = {"y", "wanted"} | {
    p.name for p in inspect.signature(row).parameters.values() if p.kind is p.KEYWORD_ONLY
}

Partial = str | Callable[..., Any]


class Operation(Protocol):
    """A function that takes Values where the function that it was made from takes floats."""

    @overload
    def __call__(self, *operands: float, **named: float) -> float: ...
    @overload
    def __call__(self, *operands: Value, **named: Value) -> Value: ...
    @overload
    def __call__(self, *operands: Value | SupportsFloat, **named: Value | SupportsFloat) -> Any: ...


@overload
def primitive(
    function: None = None,
    /,
    *,
    symbol: str = "",
    domain: str = "",
    points: tuple[tuple[float, ...], ...] = (),
    **partials: Partial,
) -> Callable[[Callable[..., float]], Operation]: ...
@overload
def primitive(
    function: Callable[..., float],
    /,
    *,
    symbol: str = "",
    domain: str = "",
    points: tuple[tuple[float, ...], ...] = (),
    **partials: Partial,
) -> Operation: ...
def primitive(
    function: Callable[..., float] | None = None,
    /,
    *,
    symbol: str = "",
    domain: str = "",
    points: tuple[tuple[float, ...], ...] = (),
    **partials: Partial,
) -> Any:
    """Make a function on floats an operation of the table, like the built-in ones.

    Its graph shows one node, which is drawn, stepped, explained and differentiated to any order.
    State a partial derivative for each parameter, by its name: as a formula in the parameters and
    `y`, the result, or as a function of (y, *parameters) written with autograd's functions, so
    that it takes floats and Values (`math.cos` would lose second derivatives: `gradcheck` tells).
    `symbol` is the node's badge, `domain` completes "the operation needs …" where the function
    raises ValueError, ArithmeticError or gives nan.

    Raises ValueError where a partial is missing, names no parameter, or the name is built in.

    >>> @primitive(x="3 * x * x", symbol="x³")
    ... def cube(x):
    ...     return x * x * x
    >>> from autograd import Value, grad
    >>> cube(2.0), cube(Value(2.0)), grad(grad(cube))(2.0)
    (8.0, Value(8.0, op='cube'), 12.0)
    """
    if function is None:
        return partial(primitive, symbol=symbol, domain=domain, points=points, **partials)
    name, signature = function.__name__, inspect.signature(function)
    operands = tuple(signature.parameters)
    _check(name, signature, partials)

    def on_floats(*numbers: float) -> float:
        return to_float(function(*numbers), f"{name}: the result")

    formulas: dict[str, Any] = {
        operand: given if isinstance(given, str) else f"{name}_by_{operand}({', '.join(('y', *operands))})"
        for operand, given in ((operand, partials[operand]) for operand in operands)
    }
    previous = RULES.pop(name, None)
    try:
        call = f"{name}({', '.join(operands)})"
        rule = row(name, call, symbol=symbol, domain=domain, points=points, **formulas)
    except ValueError:
        RULES.update({name: previous} if previous else {})
        raise
    _defined.add(name)
    FLOATS[name], IEEE_FLOATS[name] = on_floats, total(name, on_floats)
    for operand, given in partials.items():
        if not isinstance(given, str):
            called = f"{name}_by_{operand}"
            FLOATS[called] = VALUES[called] = _a_number(given, f"{name}: the partial derivative by {operand}")
            IEEE_FLOATS[called] = total(called, given)

    @wraps(function)
    def operation(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        bound.apply_defaults()
        return apply(rule, *bound.args)

    VALUES[name] = operation
    return operation


def _a_number(partial: Callable[..., Any], role: str) -> Callable[..., Any]:
    """The function, refusing to return anything else, such as None for want of a `return`."""

    def derivative(*operands: Any) -> Any:
        made = partial(*operands)
        return made if isinstance(made, Value) else to_float(made, role)

    return derivative


def _check(name: str, signature: inspect.Signature, partials: dict[str, Partial]) -> None:
    taken = name in FLOATS or name in VALUES or name in RULES
    if not name.isidentifier() or (taken and name not in _defined):
        raise ValueError(f"primitive {name!r}: the name is taken or is none; give the function another")
    for operand, parameter in signature.parameters.items():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or operand in _RESERVED:
            raise ValueError(
                f"primitive {name}: {str(parameter)!r} cannot be an operand; operands are plain "
                f"parameters, and no operand is called {', '.join(sorted(_RESERVED))}"
            )
    missing = [operand for operand in signature.parameters if operand not in partials]
    if missing:
        wanted = ", ".join(f"{operand}=…" for operand in missing)
        raise ValueError(
            f"primitive {name}: no partial derivative by {', '.join(missing)}; write @primitive({wanted})"
        )
    for operand in partials:
        if operand not in signature.parameters:
            raise ValueError(f"primitive {name}: there is a partial by {operand}, which is no parameter")
    for operand, given in partials.items():
        known = {name, "y", *signature.parameters, *VALUES}
        unknown = Formula(given).words - known if isinstance(given, str) else set[str]()
        if unknown:
            raise ValueError(
                f"primitive {name}: the partial by {operand}, {given!r}, has {', '.join(sorted(unknown))} in "
                "it, which is no parameter and no operation"
            )
