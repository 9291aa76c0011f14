"""Comparing an engine's numbers with the right ones, in words."""

from __future__ import annotations

import math
from typing import Any

# What students' code may raise; only a KeyboardInterrupt is the user's own.
Trouble = (Exception, SystemExit)
NOT_SUPPORTED = (TypeError, AttributeError, NotImplementedError, AssertionError)


def difference(variable: Any, expected: float) -> str:
    """What is wrong with a gradient, in words; "" where nothing is."""
    try:
        got = float(variable.grad)
    except Trouble:
        return f"is {getattr(variable, 'grad', 'not there')!r}, which is no number"
    if close(got, expected):
        return ""
    if close(got, -expected):
        return f"has the wrong sign: {got!r} instead of {expected!r}"
    if got == 0.0:
        return f"is 0 instead of {expected!r}: nothing arrives there"
    return f"is {got!r} instead of {expected!r}"


def close(got: float, expected: float, tolerance: float = 1e-9) -> bool:
    """Whether two numbers are the same to `tolerance`."""
    if math.isnan(expected) or math.isinf(expected):
        return got == expected
    return abs(got - expected) <= tolerance * max(abs(expected), abs(got), 1e-3)


def said(trouble: BaseException) -> str:
    """An exception in one line."""
    text = " ".join(str(trouble).split()).rstrip(".")
    return f"{type(trouble).__name__}: {text:.100}" if text else type(trouble).__name__
