"""The words and numbers of one picture: its names, gradients, options and language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..text.catalogue import say
from ..text.characters import cut, visible
from ..text.names import name_in
from ..text.narration import Narration
from ..text.numbers import short_number
from ..value import Value
from .fold import Use

Edges = Literal["local", "chain", "none"]
Blank = Literal["data", "grad", "local"]


@dataclass(frozen=True, eq=False)
class Wording:
    """The content of one picture: its names, gradients, options and language.

    `flows`, if there are any, are the edges to highlight, with the share that each carries; `blank`
    names the numbers that a worksheet leaves out.
    """

    names: Mapping[Value, str]
    gradients: Mapping[Value, float]
    edges: Edges
    digits: int = 3
    flows: Mapping[Use, float] = field(default_factory=dict[Use, float])
    blank: frozenset[Blank] = frozenset()
    lang: str = "en"

    def short(self, x: float) -> str:
        """A number as the picture shows it."""
        return short_number(x, self.digits)

    def name(self, node: Value) -> str:
        """A node's name as it is written in a formula: an expression gets parentheses."""
        return name_in(node, self.formula_names)

    @cached_property
    def formula_names(self) -> dict[Value, str]:
        """The names as formulas have them: short, without control characters."""
        return {node: cut(visible(name), 60) for node, name in self.names.items()}

    def say(self, key: str, **values: str | int) -> str:
        """A sentence of the catalogue, in the language of the picture."""
        return say(f"picture.{key}", self.lang, **values)

    @cached_property
    def narration(self) -> Narration:
        """The graph in words, in the names that formulas have here."""
        return Narration(self.formula_names, self.lang)

    def is_dim(self, nodes: Iterable[Value]) -> bool:
        """Whether paths are highlighted, and none of them visits these nodes."""
        return bool(self.flows) and not any(node in self._lit for node in nodes)

    @cached_property
    def _lit(self) -> set[Value]:
        return {node for user, slot in self.flows for node in (user, user.parents[slot])}
