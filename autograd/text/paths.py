"""The paths from a node to an output: a gradient is the sum over all of them."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ..graph import topological_order
from ..nodes.numbers import require_value
from ..nodes.plain import Printed, for_output
from ..value import Value
from .catalogue import say
from .characters import printable
from .definitions import Definitions
from .names import display_names, name_in, repeated
from .numbers import relation, short_number
from .roots import GraphOutputs, root_of
from .typesetting import TEXT

MAX_DEFINED = 20  # names below the paths
LISTED = 1000  # paths, unless a caller wants more: there may be more than atoms in the world


@dataclass(frozen=True, eq=False)
class Path:
    """One path from `nodes[0]` to `nodes[-1]`.

    `nodes[i+1]` uses `nodes[i]` as its parent number `slots[i]`, with the local derivative
    `local_derivatives[i]`.
    """

    nodes: tuple[Value, ...]
    local_derivatives: tuple[float, ...]
    slots: tuple[int, ...]

    @property
    def derivative(self) -> float:
        """The product of the local derivatives along the path."""
        return math.prod(reversed(self.local_derivatives))

    def __str__(self) -> str:
        names = display_names(self.nodes[-1])
        return for_output("\n".join([_written(self, names), *Definitions(names).lines(self.nodes)]))


class Paths(Printed, list[Path]):
    """A list of paths that also knows how many there are in all, `total`, and the sum over all of them.

    `derivative` is that sum, dloss/dw. Printed, the list is one path a line, and the sum below them.
    """

    w: Value
    loss: Value
    total: int
    derivative: float

    def _text(self) -> str:
        if not self.total:
            swapped = self.w is not self.loss and self.loss in {*topological_order(self.w)}
            return say("paths.swapped" if swapped else "paths.none")
        names = display_names(self.loss)
        lines = [_written(path, names) for path in self]
        if self.total > len(self):
            left, total = _large(self.total - len(self)), _large(self.total)
            lines.append(say("paths.more", left=left, total=total))
        if self.total > 1:
            w, loss = (name_in(node, names) for node in (self.w, self.loss))
            gradient = f"d{loss}/d{w} = {short_number(self.derivative)}"
            lines.append(say("paths.sum", total=_large(self.total), gradient=gradient))
        on_the_way = dict.fromkeys(node for path in self for node in path.nodes)
        lines += Definitions(names).lines(on_the_way, MAX_DEFINED)
        return "\n".join(lines)


def paths(w: Value, loss: GraphOutputs, limit: int | None = LISTED) -> Paths:
    """Every path from `w` to `loss`; their derivatives sum to the gradient dloss/dw.

    A list of at most `limit` paths (None lists them all), empty if there is none; then, printed, it says
    whether the arguments are swapped. Its `total` is the
    number of all paths and its `derivative` the sum over all of them, both found without enumerating
    them; a warning tells if the default limit left some out. Two uses of a node by one operation are
    two paths, `a⁽¹⁾ → b` and `a⁽²⁾ → b`. Raises TypeError if `w` or `loss` is not a Value, ValueError
    if `limit` is negative.

    >>> a = Value(3.0, "a")
    >>> b = a * a; b.label = "b"
    >>> c = a + b; c.label = "c"
    >>> L = b * c; L.label = "L"
    >>> found = paths(a, L)
    >>> found.total, found.derivative
    (5, 135.0)
    >>> print(found)
    a⁽¹⁾ → b → L: 3 × 12 = 36
    a⁽²⁾ → b → L: 3 × 12 = 36
    a → c → L: 1 × 9 = 9
    a⁽¹⁾ → b → c → L: 3 × 1 × 9 = 27
    a⁽²⁾ → b → c → L: 3 × 1 × 9 = 27
    sum over all 5 paths: dL/da = 135
    """
    if limit is not None and limit < 0:
        raise ValueError(f"paths: limit must be at least 0 (or None for all), not {limit}")
    require_value(w, "the start of a path")
    loss = root_of(loss, "the end of a path")
    reached, total, derivative = _totals(w, loss)
    found = Paths(islice(_walk(w, loss, reached), limit))
    found.w, found.loss, found.total, found.derivative = w, loss, total, derivative
    if found.total > LISTED == limit:
        warnings.warn(
            f"{LISTED:,} of {_large(found.total)} paths are listed; `limit=None` lists all", stacklevel=2
        )
    return found


def _totals(w: Value, loss: Value) -> tuple[set[Value], int, float]:
    """The nodes to which `w` leads, the number of paths from it to `loss`, and the sum of their derivatives.

    A node's own number is kept only until its last use: it may have as many digits as the graph has nodes.
    """
    order = topological_order(loss)
    left = Counter(parent for node in order for parent in node.parents)
    reached = {w}
    totals: dict[Value, tuple[int, float]] = {w: (1, 1.0)}
    for node in order:
        if node is w:
            continue
        uses = [use for use in zip(node.parents, node.local_derivatives, strict=True) if use[0] in reached]
        if uses:
            reached.add(node)
            count = sum(totals[parent][0] for parent, _ in uses)
            totals[node] = count, math.fsum(totals[parent][1] * local for parent, local in uses)
        for parent in node.parents:
            left[parent] -= 1
            if not left[parent]:
                totals.pop(parent, None)
    return reached, *totals.get(loss, (0, 0.0))


def _walk(w: Value, loss: Value, reached: set[Value]) -> Iterator[Path]:
    """The paths, found from `loss` down, entering only nodes that `w` leads to."""

    def uses(node: Value) -> Iterator[tuple[Value, float, int]]:
        places = zip(node.parents, node.local_derivatives, range(len(node.parents)), strict=True)
        return iter([] if node is w else [use for use in places if use[0] in reached])

    trail, locals_, slots, open_uses = [loss], [1.0], [0], [uses(loss)]
    if loss is w:
        yield Path((w,), (), ())
    while open_uses:
        use = next(open_uses[-1], None)
        if use is None:
            for pile in (trail, locals_, slots, open_uses):
                pile.pop()
            continue
        parent, local, slot = use
        trail.append(parent)
        locals_.append(local)
        slots.append(slot)
        open_uses.append(uses(parent))
        if parent is w:
            yield Path(tuple(trail[::-1]), tuple(locals_[:0:-1]), tuple(slots[:0:-1]))


def _written(path: Path, names: dict[Value, str]) -> str:
    nodes = [printable(names[node]) for node in path.nodes]
    for i, (user, slot) in enumerate(zip(path.nodes[1:], path.slots, strict=True)):
        if repeated(user, slot):
            nodes[i] = TEXT.marked(nodes[i], slot + 1)
    shown = [short_number(local) for local in path.local_derivatives]
    factors = [f"({text})" if text.startswith("−") and i else text for i, text in enumerate(shown)]
    product = short_number(path.derivative)
    if len(factors) > 1:
        product = f"{' × '.join(factors)} {relation(shown, product, math.prod)} {product}"
    return f"{' → '.join(nodes)}: {product}"


def _large(count: int) -> str:
    if count < 10**15:
        return f"{count:,}"
    return f"about 10^{math.floor(math.log10(count))}"
