"""Numbers: what is taken for one, and what lets a Value pass for one."""

from __future__ import annotations

import math
from numbers import Complex, Number, Real
from typing import Any

from .modes import active_modes, mode


class FloatLike:
    """A Value where a float is expected: compared, converted and rounded by its data.

    `hash` is identity, so that equal Values are two keys of a dict.
    """

    __slots__ = ()

    _data: float
    is_known = True  # unlike a number that a function being compiled will have when its program runs

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        if active_modes and (traced := read("equal", self, other)) is not None:
            return traced
        return self._data == (other._data if isinstance(other, FloatLike) else other)

    def __ne__(self, other: object) -> bool:
        if active_modes and (traced := read("not_equal", self, other)) is not None:
            return traced
        return self._data != (other._data if isinstance(other, FloatLike) else other)

    def __lt__(self, other: FloatLike | float) -> bool:
        if active_modes and (traced := read("less", self, other)) is not None:
            return traced
        return self._data < (other._data if isinstance(other, FloatLike) else other)

    def __le__(self, other: FloatLike | float) -> bool:
        if active_modes and (traced := read("less_equal", self, other)) is not None:
            return traced
        return self._data <= (other._data if isinstance(other, FloatLike) else other)

    def __gt__(self, other: FloatLike | float) -> bool:
        if active_modes and (traced := read("greater", self, other)) is not None:
            return traced
        return self._data > (other._data if isinstance(other, FloatLike) else other)

    def __ge__(self, other: FloatLike | float) -> bool:
        if active_modes and (traced := read("greater_equal", self, other)) is not None:
            return traced
        return self._data >= (other._data if isinstance(other, FloatLike) else other)

    def __bool__(self) -> bool:
        if active_modes:
            read("bool", self)
        return self._data != 0.0

    def __float__(self) -> float:
        if active_modes:
            read("float", self)
        return self._data

    def __int__(self) -> int:
        if active_modes:
            read("int", self)
        return int(self._data)

    def __trunc__(self) -> int:
        if active_modes:
            read("trunc", self)
        return math.trunc(self._data)

    def __floor__(self) -> int:
        if active_modes:
            read("floor", self)
        return math.floor(self._data)

    def __ceil__(self) -> int:
        if active_modes:
            read("ceil", self)
        return math.ceil(self._data)

    def __round__(self, digits: int | None = None) -> float:
        if active_modes:
            read("round", self)
        return round(self._data, digits)


def read(how: str, *operands: object) -> Any:
    """Ask whoever traces operations before numbers are compared or read; None if nobody minds.

    Raises TypeError in a function that is being compiled, if its parameters are among the operands.
    """
    tracer = mode().tracer
    return None if tracer is None else tracer(how, operands)


def is_finite(number: Any) -> bool:
    """Whether a float or a Value is finite; what only a program will know counts as finite."""
    if number.__class__ is float:
        return math.isfinite(number)
    return not number.is_known or math.isfinite(number._data)


def is_real(given: object) -> bool:
    """Whether this is a real number of Python's kinds; a Decimal is a Number, but no Real."""
    return isinstance(given, Real) or (isinstance(given, Number) and not isinstance(given, Complex))


def to_float(given: object, role: str) -> float:
    """The float that `given` stands for; `role` names it in a message: "Value(data)".

    Accepted: int, float, bool, Fraction, Decimal, numpy scalars and arrays of one element. Raises
    TypeError for anything else (complex, text, None, lists, Values), ValueError for nan outside
    `errstate("ieee")`, OverflowError for a finite number beyond the largest float.
    """
    if given.__class__ is float and given == given:
        return given  # type: ignore[return-value]
    if isinstance(given, FloatLike):
        raise TypeError(f"{role} is a Value already: use it as it is, or take its .detach()")
    exact: Any = given
    if not is_real(given):
        size = getattr(given, "size", None)
        if getattr(getattr(given, "dtype", None), "kind", "") in set("biuf") and size == 1:
            exact = exact.item()
        else:
            several = isinstance(size, int) and size != 1
            what = f"an array of {size} elements" if several else f"{given!r:.60}"
            raise TypeError(
                f"{role} must be a real number (int, float, Fraction, Decimal or a numpy scalar), "
                f"not {what} ({type(given).__name__})"
            )
    try:
        data = float(exact)
    except OverflowError:  # of an int or a Fraction; other kinds become inf
        data = math.inf
    if abs(data) == math.inf != abs(exact):
        raise OverflowError(f"{role}: this number is too large for a float")
    if data != data and not mode().ieee:
        raise ValueError(f'{role} is nan; `with autograd.errstate("ieee"):` lets nan pass')
    return data


def require_value(given: object, role: str) -> None:
    """Raise TypeError where `given`, which a message calls `role`, is no Value."""
    if not isinstance(given, FloatLike):
        raise TypeError(f"{role} must be a Value, not {given!r:.60} ({type(given).__name__})")
