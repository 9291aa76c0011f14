"""Reading examples: which data `fit`, `evaluate`, `predict` and the plots take, checked in one place.

Inputs are rows, one per example, of as many numbers as the network has inputs: lists, tuples, arrays
or data frames; a row may be a column of shape (n, 1), or a bare number if there is one input. Examples
are `X, Y` (rows and targets), a tuple `(X, Y)`, or a list or an iterator of pairs `(x, y)`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, cast

from autograd import Value

Examples = tuple[list[list[float]], list[Any]]

_DATA = "data must be a pair (X, Y) or a list of pairs (x, y)"


def as_list(items: Any) -> list[Any]:
    """A list of the items of any iterable, array or data frame; TypeError if it is none of these."""
    for convert in ("to_numpy", "tolist"):
        items = getattr(items, convert)() if hasattr(items, convert) else items
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise TypeError(f"a list or an array is needed, not {cast('object', items)!r:.60}")
    return list(cast("Iterable[Any]", items))


def as_float(number: Any) -> float:
    """The float of a number, of a Value, or of a list or array of one number.

    Raises TypeError or ValueError for anything else, text included.
    """
    if isinstance(number, Value):
        return number.data
    if isinstance(number, str | bytes):
        raise TypeError(f"text is not a number: {number!r:.60}")
    if hasattr(number, "__len__"):
        [number] = as_list(number)
        return as_float(number)
    return float(number)


def floats(row: Any) -> list[float]:
    """One row of inputs as floats: a list, an array, a column (n, 1), or a bare number.

    >>> floats([1, [2.5]]), floats(3)
    ([1.0, 2.5], [3.0])
    """
    numbers = as_list(row) if isinstance(row, Iterable) else [row]
    plain = set(map(type, numbers)) <= {float, int}
    return list(map(float if plain else as_float, numbers))


def read_inputs(X: Any, size: int | None = None) -> list[list[float]]:
    """The rows of inputs as lists of floats, `size` numbers each if that is known.

    Raises ValueError, naming the row, if a row is not a list of numbers, has another length than the
    network takes or than row 0 has, or has a number that is not finite; and if there are no rows.

    >>> read_inputs([[0, 1], [1, 1]])
    [[0.0, 1.0], [1.0, 1.0]]
    """
    rows: list[list[float]] = []
    for number, x in enumerate(as_list(X)):
        try:
            rows.append(floats(x))
        except (TypeError, ValueError, RecursionError):  # of a list in itself
            raise ValueError(f"row {number} of the inputs is not a list of numbers: {x!r:.60}") from None
        if size is not None and len(rows[-1]) != size:
            bare = "" if isinstance(x, Iterable) else "; one example is a row in a list, [x]"
            raise ValueError(f"the network takes {size} inputs, not {len(rows[-1])} (row {number}){bare}")
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(f"row {number} has {len(rows[-1])} inputs, row 0 has {len(rows[0])}")
        if not all(map(math.isfinite, rows[-1])):
            raise ValueError(f"row {number} of the inputs has a number that is not finite: {rows[-1]}")
    if not rows:
        raise ValueError("there are no examples")
    return rows


def read(data: Any, targets: Any = None, size: int | None = None) -> Examples:
    """The examples as rows of floats and a list of targets: `read(X, Y)`, `read((X, Y))`, `read(pairs)`.

    `size` is the number of inputs of the network, if it is known. Arrays among the targets become
    lists; otherwise targets stay as they are. Raises TypeError if the data are neither of these,
    ValueError if they can be read in both ways, if there are not as many targets as inputs, and as
    `read_inputs` does.

    >>> read([([0, 1], 1), ([1, 1], 0)])
    ([[0.0, 1.0], [1.0, 1.0]], [1, 0])
    """
    X, Y = _parts(data, size) if targets is None else (data, targets)
    try:
        inputs, wanted = read_inputs(X, size), as_list(Y)
    except (TypeError, ValueError) as error:
        if targets is None and not isinstance(data, tuple):
            error.add_note("the data were read as pairs (x, y): there are no targets, as in fit(mlp, X, Y)")
        raise
    if len(inputs) != len(wanted):
        raise ValueError(f"{len(inputs)} inputs but {len(wanted)} targets")
    return inputs, [y.tolist() if hasattr(y, "tolist") else y for y in wanted]


def _parts(data: Any, size: int | None) -> tuple[Any, Any]:
    """X and Y: the two parts of a tuple, or the first and second parts of pairs."""
    if isinstance(data, str | Mapping) or hasattr(data, "tolist") or hasattr(data, "to_numpy"):
        raise TypeError(f"{_DATA}; two arrays go in as X, Y")
    items: list[Any] = list(cast("Iterable[Any]", data)) if isinstance(data, Iterable) else []
    paired = [_is_pair(item) for item in items]
    if len(items) == 2 and all(paired):
        # A tuple of two is (X, Y), unless it holds two tuples; a list of two holds pairs, unless these
        # are lists: then only the numbers in it can tell, if at all.
        doubtful = all(isinstance(item, tuple) == isinstance(data, tuple) for item in items)
        [(a, b), (c, d)] = items
        if doubtful and _fits([a, b], [c, d], size) and _fits([a, c], [b, d], size):
            raise ValueError(
                "data can be read as (X, Y) and as two pairs (x, y): pass X and Y as two arguments, "
                "or a list of tuples"
            )
    if isinstance(data, tuple):
        if len(items) != 2:
            raise TypeError(f"{_DATA}, not a tuple of {len(items)}")
        return items[0], items[1]
    if not items and isinstance(data, Iterable):
        raise ValueError("there are no examples")
    if not items or not all(paired):
        where = f": item {paired.index(False)} is not a pair" if items else f", not {data!r:.60}"
        raise TypeError(f"{_DATA}{where}")
    return [x for x, _ in items], [y for _, y in items]


def _is_pair(item: Any) -> bool:
    return not isinstance(item, str | Mapping) and hasattr(item, "__len__") and len(item) == 2


def _fits(X: Any, Y: Any, size: int | None) -> bool:
    """Whether these could be inputs and targets: rows of one length, and targets of one length."""
    try:
        read_inputs(X, size)
        return len({len(floats(y)) for y in as_list(Y)}) == 1
    except (TypeError, ValueError):
        return False
