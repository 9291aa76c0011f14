"""Converting inputs to float, with errors that say what is accepted."""

from __future__ import annotations

import math
from numbers import Complex, Number, Real
from typing import Any

from .float_protocol import FloatLike
from .modes import mode


def is_real(given: object) -> bool:
    """Whether this is a real number of Python's kinds; a Decimal is a Number, but no Real."""
    return isinstance(given, Real) or (isinstance(given, Number) and not isinstance(given, Complex))


def in_short(given: object, most: int = 60) -> str:
    """Its `repr`, of which a message shows `most` characters; some have none, being nested too deeply."""
    try:
        return f"{given!r:.{most}}"
    except RecursionError:
        return f"a {type(given).__name__} that is nested too deeply"


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
            what = f"an array of {size} elements" if several else in_short(given)
            advice = ": write its .item()" if getattr(given, "shape", None) == () else ""
            raise TypeError(
                f"{role} must be a real number (int, float, Fraction, Decimal or a numpy scalar), "
                f"not {what} ({type(given).__name__}){advice}"
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
    """Raise TypeError if `given`, which a message calls `role`, is not a Value."""
    if not isinstance(given, FloatLike):
        raise TypeError(f"{role} must be a Value, not {in_short(given)} ({type(given).__name__})")
