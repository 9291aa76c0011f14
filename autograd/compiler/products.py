"""Full products among sums: the nodes that pair every row of left factors with every column of right ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from .arrays import numpy


def full_products(lefts: Any, rights: Any) -> list[Any]:
    """The products that sums with factors (nodes, K) form: for each size an index (T, F, P) of the nodes.

    The left factors that meet the same right factors are the rows of one product, again if they are there
    again.
    """
    whole = _in_order(lefts, rights)
    if whole is not None:
        return [whole]
    seen: Counter[tuple[bytes, bytes]] = Counter()
    meets: defaultdict[tuple[bytes, int], dict[bytes, int]] = defaultdict(dict)
    for i, (left, right) in enumerate(zip(map(_bytes, lefts), map(_bytes, rights))):
        meets[left, seen[left, right]][right] = i
        seen[left, right] += 1
    buckets: defaultdict[frozenset[bytes], list[dict[bytes, int]]] = defaultdict(list)
    for met in meets.values():
        buckets[frozenset(met)].append(met)
    stacks: defaultdict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for members in buckets.values():
        columns = list(members[0])
        stacks[len(members), len(columns)].append([met[column] for met in members for column in columns])
    return [numpy().array(found).reshape(len(found), f, p) for (f, p), found in stacks.items()]


def _in_order(lefts: Any, rights: Any) -> Any:
    """The index (1, F, P) if all nodes are one product, row by row: found without looking at each node."""
    changes = (lefts != lefts[0]).any(axis=1)
    p = int(changes.argmax()) or len(lefts)
    if len(lefts) % p:
        return None
    rows, columns = lefts.reshape(-1, p, lefts.shape[1]), rights.reshape(-1, p, rights.shape[1])
    if (rows != rows[:, :1]).any() or (columns != columns[0]).any():
        return None
    return numpy().arange(len(lefts)).reshape(1, -1, p)


def _bytes(factors: Any) -> bytes:
    return factors.tobytes()
