"""The outputs of a layer or a network: a list that says so when it is taken for a number."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from autograd import Value


class Outputs(list[Value]):
    """A list of Values, one per output, even of one.

    Arithmetic and the attributes of a Value raise TypeError or AttributeError, naming the `[0]` that is
    missing.

    >>> from nn import MLP
    >>> MLP([2, 1])([1.0, 2.0]) - 1.0
    Traceback (most recent call last):
        ...
    TypeError: the outputs of a network are a list, here of 1: take one of them, as in mlp(x)[0]
    """

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError(self._advice("mlp(x)[0]"))

    def _advice(self, instead: str) -> str:
        return f"the outputs of a network are a list, here of {len(self)}: take one of them, as in {instead}"

    __sub__ = __rsub__ = __mul__ = __rmul__ = __imul__ = __truediv__ = __rtruediv__ = _refuse  # pyright: ignore
    __pow__ = __rpow__ = __neg__ = __abs__ = __float__ = __radd__ = _refuse

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) if not isinstance(other, float | int | Value) else self._refuse()

    __hash__ = None  # pyright: ignore[reportAssignmentType]  # as of any list

    def __lt__(self, other: Any) -> bool:
        return super().__lt__(cast("list[Any]", other)) if isinstance(other, list) else self._refuse()

    def __gt__(self, other: Any) -> bool:
        return super().__gt__(cast("list[Any]", other)) if isinstance(other, list) else self._refuse()

    def __add__(self, other: Any) -> list[Any]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().__add__(cast("list[Any]", other)) if isinstance(other, list) else self._refuse()

    def __getattr__(self, name: str) -> NoReturn:
        if name in dir(Value) and not name.startswith("_"):
            if self:
                getattr(self[0], name)  # an attribute of another library's is answered by the Value
            raise AttributeError(self._advice(f"mlp(x)[0].{name}"))
        raise AttributeError(f"'list' object has no attribute {name!r}")
