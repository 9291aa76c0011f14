"""Numbers in containers: lists, tuples, dicts and numpy arrays, nested, and back in the same shape.

A container is its own description of a shape: `leaves` lists its numbers, `like` puts other items
in their places.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Any

from ..table.formulas import function
from ..value import Value

_NUMBERS = frozenset({float, int, Value})  # the usual leaves and containers, recognised first
_FLAT = frozenset({list, tuple})
_TOO_DEEP = "numbers in a list, tuple or dict that contains itself, or is nested too deeply"


def is_array(given: Any) -> bool:
    """Whether this is a numpy array with at least one axis (a scalar of numpy's is a number)."""
    numpy: Any = sys.modules.get("numpy")  # an array exists only if it was imported
    return numpy is not None and isinstance(given, numpy.ndarray) and given.ndim > 0


def _parts(tree: Any) -> dict[Any, Any] | None:
    """The contents of a dict, list or tuple, by key or index; None for a number and for an array."""
    if isinstance(tree, dict):
        return tree  # pyright: ignore[reportUnknownVariableType]
    return dict(enumerate(tree)) if isinstance(tree, list | tuple) else None  # pyright: ignore


def _rebuilt(tree: Any, parts: Sequence[Any]) -> Any:
    """A dict, list or tuple of the same kind and keys that holds `parts`."""
    if isinstance(tree, tuple):
        kind: Any = type(tree)  # pyright: ignore
        return kind._make(parts) if hasattr(kind, "_make") else kind(parts)
    if tree.__class__ is list:
        return [*parts]
    same = copy(tree)  # an OrderedDict stays one, a defaultdict too
    for key, part in zip(_parts(tree) or (), parts, strict=True):
        same[key] = part
    return same


def leaves(tree: Any) -> list[Any]:
    """The numbers of a container, in order; anything else counts as one number.

    Raises ValueError if a container contains itself, or is nested deeper than Python calls functions.

    >>> leaves({"w": [1.0, 2.0], "b": (3.0,)})
    [1.0, 2.0, 3.0]
    """
    if tree.__class__ in _NUMBERS:
        return [tree]
    if tree.__class__ in _FLAT and _NUMBERS.issuperset(map(type, tree)):
        return [*tree]
    parts = _parts(tree)
    if parts is not None:
        try:
            return [leaf for part in parts.values() for leaf in leaves(part)]
        except RecursionError:
            raise ValueError(_TOO_DEEP) from None
    return tree.ravel().tolist() if is_array(tree) else [tree]


def parts_of(tree: Any) -> list[Any]:
    """All that is in a container and in those within it, in order; an array is one part.

    Raises as `leaves` does.

    >>> parts_of({"w": [1.0, "a"], "b": (None,)})
    [1.0, 'a', None]
    """
    parts = _parts(tree)
    try:
        return [tree] if parts is None else [inner for part in parts.values() for inner in parts_of(part)]
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def mapped(function: Callable[[Any], Any], tree: Any) -> Any:
    """The container with the function of each of its `parts_of` in place of the part; raises as these do.

    >>> mapped(abs, {"w": [1.0, -2.0], "b": (-3.0,)})
    {'w': [1.0, 2.0], 'b': (3.0,)}
    """
    parts = _parts(tree)
    if parts is None:
        return function(tree)
    try:
        return _rebuilt(tree, [mapped(function, part) for part in parts.values()])
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def names(tree: Any, name: str) -> list[str]:
    """The expression for each number of a container that is called `name`.

    >>> names({"w": [1.0, 2.0], "b": 3.0}, "p")
    ["p['w'][0]", "p['w'][1]", "p['b']"]
    """
    parts = _parts(tree)
    if parts is not None:
        try:
            return [path for key, part in parts.items() for path in names(part, f"{name}[{key!r}]")]
        except RecursionError:
            raise ValueError(_TOO_DEEP) from None
    if not is_array(tree):
        return [name]
    import numpy

    return [f"{name}[{', '.join(map(str, index))}]" for index in numpy.ndindex(tree.shape)]


def like(tree: Any, items: Iterable[Any]) -> Any:
    """A container of the shape of `tree` that holds `items`, which may be containers themselves.

    >>> like({"w": [1.0, 2.0], "b": (3.0,)}, "xyz")
    {'w': ['x', 'y'], 'b': ('z',)}
    """
    return _filled(tree, iter(items))


def _filled(tree: Any, items: Iterator[Any]) -> Any:
    if tree.__class__ in _NUMBERS:
        return next(items)
    if tree.__class__ in _FLAT:
        if _NUMBERS.issuperset(map(type, tree)):
            return tree.__class__(islice(items, len(tree)))
        return tree.__class__([_filled(part, items) for part in tree])
    parts = _parts(tree)
    if parts is not None:
        return _rebuilt(tree, [_filled(part, items) for part in parts.values()])
    if is_array(tree):
        return _stacked([next(items) for _ in range(tree.size)], tree.shape)
    return next(items)


def _stacked(items: list[Any], shape: tuple[int, ...]) -> Any:
    """An array of `items`; of containers, a container of arrays, whose last axes are the items' own."""
    import numpy

    first: Any = items[0] if items else 0.0
    parts = _parts(first)
    if parts is not None:
        columns = zip(*(leaves_of.values() for leaves_of in map(_parts, items) if leaves_of is not None))
        return _rebuilt(first, [_stacked(list(column), shape) for column in columns])
    numbers = [number for item in items for number in leaves(item)]
    kind = float if all(isinstance(number, float | int) for number in numbers) else object
    inner: tuple[int, ...] = first.shape if is_array(first) else ()
    return numpy.array(numbers, dtype=kind).reshape(shape + inner)


def shaper(tree: Any) -> Callable[[Any], Any]:
    """Reshapes the last axis of a numpy array to the shape of `tree`; lists of one shape become arrays.

    The tree is read here, one time; a call then costs as much as there are arrays, not numbers.

    >>> import numpy
    >>> shaper({"w": [[1.0, 2.0]], "b": 3.0})(numpy.array([5.0, 6.0, 7.0]))
    {'w': array([[5., 6.]]), 'b': 7.0}
    """
    names: dict[str, Any] = {"rebuilt": _rebuilt}
    text, _ = _shaped(tree, 0, names)
    return function(f"def shaped(flat):\n    return {text}", "shaped", names, "autograd shaper")


def _shaped(tree: Any, start: int, names: dict[str, Any]) -> tuple[str, int]:
    """The expression that reads a tree from an array whose numbers begin at `start`, and where they end."""
    shape = _full_shape(tree)
    if shape is None:
        parts: list[str] = []
        for part in (_parts(tree) or {}).values():
            text, start = _shaped(part, start, names)
            parts.append(text)
        listed = f"[{', '.join(parts)}]"
        if tree.__class__ is list:
            return listed, start
        names[name := f"tree{len(names)}"] = tree
        return f"rebuilt({name}, {listed})", start
    stop = start + math.prod(shape)
    if not shape:
        return f"flat[..., {start}] if flat.ndim > 1 else flat.item({start})", stop
    text = f"flat[..., {start}:{stop}]"
    return (text if len(shape) == 1 else f"{text}.reshape(flat.shape[:-1] + {shape})"), stop


def _full_shape(tree: Any) -> tuple[int, ...] | None:
    """The shape of nested lists that are a full array, () for a number, None for anything else."""
    parts = _parts(tree)
    if parts is None:
        return tree.shape if is_array(tree) else ()
    shapes = {_full_shape(part) for part in parts.values()}
    shape = shapes.pop() if isinstance(tree, list) and len(shapes) == 1 else None
    return None if shape is None else (len(parts), *shape)


def same_shape(tree: Any, other: Any) -> bool:
    """Whether two containers hold their numbers in the same places (a list may stand for a tuple)."""
    parts, others = _parts(tree), _parts(other)
    if parts is None or others is None:
        return parts is others and getattr(tree, "shape", ()) == getattr(other, "shape", ())
    return parts.keys() == others.keys() and all(same_shape(parts[key], others[key]) for key in parts)
