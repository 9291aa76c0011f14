"""How a graph is put into words: short numbers, with signs as colours and magnitudes as widths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..text.names import short_number
from ..value import Value
from .fold import Use
from .phrases import name_of

Edges = Literal["local", "chain", "none"]
Blank = Literal["data", "grad", "local"]


@dataclass(frozen=True, eq=False)
class Wording:
    """The choices of one picture, and what follows from them.

    `flows`, where there are any, are the edges to highlight, with what flows through each; `blank`
    says which numbers a worksheet leaves out.
    """

    names: Mapping[Value, str]
    gradients: Mapping[Value, float]
    edges: Edges
    digits: int = 3
    flows: Mapping[Use, float] = field(default_factory=dict[Use, float])
    blank: frozenset[Blank] = frozenset()

    def short(self, x: float) -> str:
        """A number as it stands in the picture."""
        return short_number(x, self.digits)

    def name(self, node: Value) -> str:
        """A node's name as it stands in a formula."""
        return name_of(node, self.names)

    def is_dim(self, nodes: Iterable[Value]) -> bool:
        """Whether paths are highlighted, and none of them comes by these nodes."""
        return bool(self.flows) and not any(node in self._lit for node in nodes)

    @cached_property
    def _lit(self) -> set[Value]:
        return {node for user, slot in self.flows for node in (user, user.parents[slot])}


def largest(numbers: Iterable[float]) -> float:
    """The largest finite magnitude, on whose scale colours and widths are; 0.0 where there is none."""
    return max((abs(x) for x in numbers if math.isfinite(x)), default=0.0)
