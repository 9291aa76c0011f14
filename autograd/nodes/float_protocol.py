"""The float protocol: a Value may stand where Python and its libraries take a float."""

from __future__ import annotations

import dis
import math
import os
import sys
from types import FrameType
from typing import Any, Protocol, Self

from .lines import at, line_of, user_frame, warn_at
from .modes import active_modes, mode
from .transforming import transforming


class LostGradientWarning(UserWarning):
    """A Value became a plain float, through which no gradient flows back; given once per line.

    >>> import math, warnings
    >>> from autograd import Value
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     y = math.exp(Value(0.0))
    >>> caught[0].category.__name__
    'LostGradientWarning'
    """


LostGradientWarning.__module__ = "autograd"

_INSTEAD = (
    "Write autograd.exp(x) for math.exp(x), and the like; keep Values in a list or in "
    "np.array(…, dtype=object); for a choice, where(condition, a, b); if a constant is meant, "
    "x.data or autograd.stop_gradient(x)."
)


def lose(value: FloatLike) -> float:
    """The data of a Value that Python or a library turns into a plain number.

    Inside a transform, whose derivative would silently miss it, raises TypeError; elsewhere warns
    once per line. Silent under `no_grad`, and for what only shows the number.
    """
    if not mode().recording:
        return value._data
    frame = user_frame()
    if frame is None or _is_shown(frame):
        return value._data
    if transforming.get() is not None:
        raise TypeError(
            "inside a transform (grad, vjp, jacobian, …) a Value cannot become a plain float: the "
            f"derivative with respect to it would be lost. {_INSTEAD}{at(line_of(frame))}"
        )
    warn_at(
        frame,
        f"a Value became a plain float, through which no gradient flows back. {_INSTEAD}",
        LostGradientWarning,
    )
    return value._data


def _is_shown(frame: FrameType) -> bool:
    """Whether the frame only shows the number: it formats with `%` or is one of Matplotlib's.

    A Value has no `%`, so that the left operand is a text. Matplotlib calls `math.isfinite` on a
    number before it looks into its units registry for the number's type: in time to register it.
    """
    if _MATPLOTLIB in frame.f_code.co_filename:
        _register_units()
        return True
    code = frame.f_code.co_code
    operation, argument = code[frame.f_lasti], code[frame.f_lasti + 1]
    name = dis.opname[operation]
    return name == "BINARY_MODULO" or (name == "BINARY_OP" and argument in _REMAINDERS)


def _register_units() -> None:
    """Have Matplotlib convert Values, also where it asks NumPy instead of `float()`."""
    units: Any = sys.modules["matplotlib.units"]
    if FloatLike in units.registry:
        return

    class Converter(units.ConversionInterface):
        @staticmethod
        def convert(value: Any, unit: Any, axis: Any) -> Any:
            return plain(value) if isinstance(value, FloatLike) else [plain(number) for number in value]

    units.registry[FloatLike] = Converter()


_MATPLOTLIB = os.path.join("site-packages", "matplotlib", "")
_REMAINDERS = (6, 19)  # `%` and `%=` among the arguments of BINARY_OP


class Array(Protocol):
    """A numpy array, to type checkers: numbers and numpy's scalars lack `__setitem__`, lists lack `flat`."""

    @property
    def flat(self) -> Any:
        """All elements, in order."""
        ...

    def __setitem__(self, key: Any, value: Any, /) -> None: ...


class FloatLike:
    """The float protocol: a Value is compared and rounded by its data; `float(x)` is `lose(x)`.

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
        return lose(self)

    def __int__(self) -> int:
        if active_modes:
            read("int", self)
        return int(lose(self))

    def __trunc__(self) -> int:
        if active_modes:
            read("trunc", self)
        return math.trunc(lose(self))

    def __floor__(self) -> int:
        if active_modes:
            read("floor", self)
        return math.floor(self._data)

    def __ceil__(self) -> int:
        if active_modes:
            read("ceil", self)
        return math.ceil(self._data)

    def conjugate(self) -> Self:
        """The number itself, which is real: NumPy's variance asks for it."""
        return self

    def __round__(self, digits: int | None = None) -> float:
        if active_modes:
            read("round", self)
        return round(self._data, digits)


def read(how: str, *operands: object) -> Any:
    """Ask the tracer, if there is one, before numbers are compared or read; None if it allows that.

    Raises TypeError in a function that is being compiled, if its parameters are among the operands.
    """
    tracer = mode().tracer
    return None if tracer is None else tracer(how, operands)


def is_finite(number: Any) -> bool:
    """Whether a float or a Value is finite; what only a program will know counts as finite."""
    if number.__class__ is float:
        return math.isfinite(number)
    return not number.is_known or math.isfinite(number._data)


def plain(number: Any) -> float:
    """The number alone, of a Value or a float: for messages and results."""
    return number._data if isinstance(number, FloatLike) else number
