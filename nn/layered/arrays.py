"""The linear algebra that the equations need.

Vectors are lists, matrices lists of rows; NumPy arrays may take their place, and are multiplied by NumPy.
ValueError is raised if lengths do not fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from operator import mul
from typing import Any

Vector = Sequence[float]
Matrix = Sequence[Sequence[float]]


def is_array(a: object) -> bool:
    """Whether `a` is an array with its own matrix product."""
    return hasattr(a, "__matmul__")


def dot(a: Vector, b: Vector) -> float:
    """Σ a_k b_k, rounded once."""
    if len(a) != len(b):
        raise ValueError(f"a vector of {len(a)} numbers meets one of {len(b)}")
    return math.fsum(map(mul, a, b))


def transpose(a: Any) -> Any:
    """aᵀ: (n, m) becomes (m, n)."""
    return a.T if is_array(a) else [list(column) for column in zip(*a, strict=True)]


def matmul(a: Any, b: Any) -> Any:
    """a b: (n, k) times (k, m) is (n, m).

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]])
    [[11.0]]
    """
    if is_array(a):
        return a @ b
    columns = transpose(b)
    return [[dot(row, column) for column in columns] for row in a]


def matvec(a: Any, v: Any) -> Any:
    """a v: (n, k) times (k,) is (n,)."""
    return a @ v if is_array(a) else [dot(row, v) for row in a]


def outer(a: Any, b: Any) -> Any:
    """a bᵀ: (n,) and (m,) give (n, m)."""
    return a[:, None] * b if is_array(a) else [[x * y for y in b] for x in a]


def diagonal(v: Vector) -> list[list[float]]:
    """diag(v): the square matrix with `v` on its diagonal and zeros elsewhere."""
    return [[x if i == j else 0.0 for j in range(len(v))] for i, x in enumerate(v)]


def entrywise(f: Callable[..., float], *arrays: Any) -> Any:
    """f of the entries with the same indices: `entrywise(mul, A, B)` is A ⊙ B, the Hadamard (Schur) product.

    With one array it is the vectorised function: f(v) is f of every entry.

    >>> entrywise(mul, [[1.0, 2.0], [3.0, 4.0]], [[2.0, 2.0], [0.5, 0.5]])
    [[2.0, 4.0], [1.5, 2.0]]
    >>> entrywise(lambda x: x**2, [2.0, 3.0])
    [4.0, 9.0]
    """
    first = arrays[0]
    if is_array(first):
        import numpy

        return numpy.vectorize(f, otypes=[float])(*arrays)
    if isinstance(first, Sequence):
        return [entrywise(f, *parts) for parts in zip(*arrays, strict=True)]
    return f(*arrays)


def row_means(a: Any) -> Any:
    """The mean of each row: (n, m) becomes (n,)."""
    return a.mean(axis=1) if is_array(a) else [math.fsum(row) / len(row) for row in a]


def as_array_like(model: Any, nested: Any) -> Any:
    """`nested` as an array if `model` is one."""
    if not is_array(model) or is_array(nested):
        return nested
    import numpy

    return numpy.array(nested, dtype=float)


def columnwise(f: Callable[..., Vector], *arrays: Any) -> Any:
    """f of every column: of a matrix of logits, `softmax` gives a matrix of probabilities."""
    columns = zip(*(transpose(a) for a in arrays), strict=True)
    return as_array_like(arrays[0], transpose([list(f(*map(list, column))) for column in columns]))


def plus_column(a: Any, v: Any) -> Any:
    """`v` (n,) added to every column of `a` (n, m)."""
    return a + v[:, None] if is_array(a) else [[x + y for x in row] for row, y in zip(a, v, strict=True)]


def scaled(a: Any, factor: float) -> Any:
    """Every entry times `factor`."""
    return entrywise(partial(mul, factor), a)
