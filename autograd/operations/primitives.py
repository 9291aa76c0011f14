"""Operations of the user's own: a Python function on floats and its partial derivatives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Protocol, SupportsFloat, overload

from ..nodes.numbers import to_float
from ..table.adding import formula_row
from ..table.formulas import Formula
from ..table.row import FLOATS, RULES, VALUES, FormulaRule
from ..value import Value
from .apply import apply
from .written import written_formula

_defined: set[str] = set()  # by users; only these names may be defined again
# Names that the functions of a row have for other things.
_RESERVED = {"symbol", "domain", "points", "wanted", "quick"}
# Names that formulas on whole arrays call.
_ON_ARRAYS = {"divide", "where", "lt", "lte", "gt", "gte", "eq", "over", "total", "list_sum", "list_max"}

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
    `symbol` is the node's badge, `domain` completes "the operation needs …" if the function
    raises ValueError, ArithmeticError or gives nan. A function that only returns an expression, such as
    `return x * math.exp(x)`, is shown as it is written, and computed by the stepper's page too.

    Raises ValueError if a partial is missing or names no parameter, or if the name is built in.

    >>> @primitive(x="3 * x * x", symbol="x³")
    ... def cube(x):
    ...     return x * x * x
    >>> from autograd import Value, grad
    >>> cube(2.0), cube(Value(2.0)), grad(grad(cube))(2.0)
    (8.0, Value(8.0, op='cube'), 12.0)
    """
    if function is None:
        return partial(primitive, symbol=symbol, domain=domain, points=points, **partials)
    name, signature = getattr(function, "__name__", f"{function!r:.40}"), inspect.signature(function)
    operands = tuple(signature.parameters)
    _check(name, signature, partials)

    def on_floats(*numbers: float) -> float:
        return to_float(function(*numbers), f"{name}: the result")

    stated: dict[str, Any] = {operand: _checked(name, operand, partials[operand]) for operand in operands}
    previous = RULES.pop(name, None)
    if isinstance(previous, FormulaRule):
        previous.freeze()  # graphs keep the definition that they were computed with
    try:
        rule = formula_row(
            name,
            written_formula(function) or on_floats,
            stated,
            numeric={"y": on_floats},
            symbol=symbol,
            domain=domain,
            points=points,
        )
    except ValueError:
        RULES.update({name: previous} if previous else {})
        raise
    _defined.add(name)

    @wraps(function)
    def operation(*given: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*given, **named)
        except TypeError as error:
            raise TypeError(f"{name}{signature}: {error}") from None
        bound.apply_defaults()
        return apply(rule, *bound.args)

    VALUES[name] = operation
    return operation


def _checked(name: str, operand: str, partial: Partial) -> Partial:
    """A partial that refuses to return anything but a number, such as None for want of a `return`."""
    if isinstance(partial, str):
        return partial

    def derivative(*operands: Any) -> Any:
        result = partial(*operands)
        role = f"{name}: the partial derivative with respect to {operand}"
        return result if isinstance(result, Value) else to_float(result, role)

    return derivative


def _check_kind(name: str, operand: str, signature: inspect.Signature, given: object) -> None:
    """Refuse a partial that is neither a formula nor a function of (y, *operands)."""
    role = f"primitive {name}: the partial derivative with respect to {operand}"
    if isinstance(given, str):
        return
    if not callable(given):
        raise TypeError(f"{role} is a formula in quotes or a function, not {given!r:.40}")
    called = ("y", *signature.parameters)
    try:
        inspect.signature(given).bind(*called)
    except TypeError as error:
        raise TypeError(f"{role} is called with ({', '.join(called)}), the result first: {error}") from None
    except ValueError:  # a built-in without a signature
        pass


def _check(name: str, signature: inspect.Signature, partials: dict[str, Partial]) -> None:
    taken = name in FLOATS or name in VALUES or name in _ON_ARRAYS
    if not name.isidentifier() or (taken and name not in _defined):
        raise ValueError(
            f"primitive {name!r}: the name is taken or is not an identifier; write def and another name"
        )
    if not signature.parameters:
        raise ValueError(f"primitive {name}: the function has no parameter, and an operation has an operand")
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
            f"primitive {name}: no partial derivative with respect to {', '.join(missing)}; "
            f"write @primitive({wanted})"
        )
    for operand in partials:
        if operand not in signature.parameters:
            raise ValueError(
                f"primitive {name}: there is a partial derivative with respect to {operand}, "
                "which is not a parameter"
            )
    for operand, given in partials.items():
        _check_kind(name, operand, signature, given)
        known = {name, "y", *signature.parameters, *VALUES}
        unknown = Formula(given).words - known if isinstance(given, str) else set[str]()
        if unknown:
            raise ValueError(
                f"primitive {name}: the partial derivative with respect to {operand}, {given!r}, has "
                f"{', '.join(sorted(unknown))} in it, which is neither a parameter nor an operation"
            )
