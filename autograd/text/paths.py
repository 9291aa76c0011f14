"""The paths from a node to an output: a gradient is the sum over all of them (N10)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..graph import topological_order
from ..nodes.numbers import require_value
from ..value import Value
from .characters import printable
from .names import display_names, short_number

LISTED = 1000  # paths, unless a caller wants more: there may be more than atoms in the world


@dataclass(frozen=True, eq=False)
class Path:
    """One path from `nodes[0]` to `nodes[-1]`; ∂nodes[i+1]/∂nodes[i] is `local_derivatives[i]`."""

    nodes: tuple[Value, ...]
    local_derivatives: tuple[float, ...]

    @property
    def derivative(self) -> float:
        """The product of the local derivatives along the path."""
        return math.prod(reversed(self.local_derivatives))

    def __str__(self) -> str:
        return _written(self, display_names(self.nodes[-1]))


class Paths(list[Path]):
    """A list of paths that knows how many there are in all, `total`, and says so when printed."""

    total: int

    def __str__(self) -> str:
        if not self.total:
            return "no path"
        names = display_names(self[0].nodes[-1]) if self else {}
        lines = [_written(path, names) for path in self]
        if self.total > len(self):
            left = self.total - len(self)
            lines.append(f"… and {_large(left)} more of {_large(self.total)} paths; `limit=` lists more")
        return "\n".join(lines)

    __repr__ = __str__


def paths(w: Value, loss: Value, limit: int | None = LISTED) -> Paths:
    """Every path from `w` to `loss`; their derivatives sum to ∂loss/∂w.

    A list, empty where there is no path, of at most `limit` paths (None lists them all); its
    `total` is the number of all paths, found without enumerating them, and a warning says where
    the default limit left some out. Two uses of a node by the same operation are two paths.
    Raises TypeError where `w` or `loss` is no Value, ValueError where `limit` is negative.

    >>> a = Value(3.0, "a")
    >>> b = a * a; b.label = "b"
    >>> c = a + b; c.label = "c"
    >>> L = b * c; L.label = "L"
    >>> found = paths(a, L)
    >>> found.total, sum(path.derivative for path in found)
    (5, 135.0)
    >>> print(found)
    a → b → L: 3 × 12 = 36
    a → b → L: 3 × 12 = 36
    a → c → L: 1 × 9 = 9
    a → b → c → L: 3 × 1 × 9 = 27
    a → b → c → L: 3 × 1 × 9 = 27
    """
    if limit is not None and limit < 0:
        raise ValueError(f"paths: limit must be at least 0 (or None for all), not {limit}")
    for given, role in ((w, "the start of a path"), (loss, "the end of a path")):
        require_value(given, role)
    counts = _counts(w, loss)
    found = Paths(islice(_walk(w, loss, counts), limit))
    found.total = counts[loss]
    if found.total > LISTED == limit:
        warnings.warn(
            f"{LISTED:,} of {_large(found.total)} paths are listed; `limit=None` lists all", stacklevel=2
        )
    return found


def _counts(w: Value, loss: Value) -> dict[Value, int]:
    """How many paths lead from `w` to each node below `loss`: one sum per node."""
    counts: dict[Value, int] = {}
    for node in topological_order(loss):
        counts[node] = 1 if node is w else sum(counts[parent] for parent in node.parents)
    return counts


def _walk(w: Value, loss: Value, counts: dict[Value, int]) -> Iterator[Path]:
    """The paths, found from `loss` down, entering only nodes that `w` leads to."""

    def uses(node: Value) -> Iterator[tuple[Value, float]]:
        pairs = zip(node.parents, node.local_derivatives, strict=True)
        return iter([] if node is w else [pair for pair in pairs if counts[pair[0]]])

    trail, locals_, open_uses = [loss], [1.0], [uses(loss)]
    if loss is w:
        yield Path((w,), ())
    while open_uses:
        use = next(open_uses[-1], None)
        if use is None:
            for pile in (trail, locals_, open_uses):
                pile.pop()
            continue
        parent, local = use
        trail.append(parent)
        locals_.append(local)
        open_uses.append(uses(parent))
        if parent is w:
            yield Path(tuple(reversed(trail)), tuple(reversed(locals_[1:])))


def _written(path: Path, names: dict[Value, str]) -> str:
    route = " → ".join(printable(names[node]) for node in path.nodes)
    shown = [short_number(local) for local in path.local_derivatives]
    factors = [f"({text})" if text.startswith("−") and i else text for i, text in enumerate(shown)]
    product = f"{' × '.join(factors)} = " if len(factors) > 1 else ""
    return f"{route}: {product}{short_number(path.derivative)}"


def _large(count: int) -> str:
    if count < 10**15:
        return f"{count:,}"
    return f"about 10^{math.floor(math.log10(count))}"
