"""The types of the functions that are generated from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, SupportsFloat, overload

from ..value import Value

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
