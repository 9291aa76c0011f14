"""Operations of the reverse pass alone: local derivatives, which stay one node until code is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from ..table.formulas import Formula
from ..table.lists import ListRule
from ..table.row import FormulaRule

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Partial:
    """∂result/∂operand of a row, of (result, *operands)."""

    rule: FormulaRule
    slot: int

    @property
    def name(self) -> str:
        """As σ′, or ∂hypot/∂b."""
        one = len(self.rule.operands) == 1
        return f"{self.rule.name}′" if one else f"∂{self.rule.name}/∂{self.rule.operands[self.slot]}"

    symbol = name

    @property
    def formula(self) -> Formula:
        """The local derivative as the row shows it."""
        return self.rule.shown[1 + self.slot]

    @property
    def branch_free(self) -> tuple[Any, ...]:
        """The row's formulas without branches, if it has some."""
        return self.rule.branch_free


@dataclass(frozen=True, eq=False)
class Pullback:
    """The gradient that a row of lists passes to one operand: of (which, *chosen, *adjoints, *operands)."""

    rule: ListRule
    index_operands = 1
    vector = True

    @property
    def name(self) -> str:
        """As softmax′."""
        return f"{self.rule.name}′"

    symbol = name

    def split(self, operands: Sequence[T]) -> tuple[Sequence[T], Sequence[T], Sequence[T]]:
        """(chosen, adjoints, operands of the list), without which."""
        chosen = 0 if self.rule.vector else self.rule.index_operands
        adjoints = len(operands) // 2 if self.rule.vector else 1
        return operands[:chosen], operands[chosen : chosen + adjoints], operands[chosen + adjoints :]

    def on_floats(self, *operands: float) -> list[float]:
        """The gradients of all operands of a list, of (*chosen, *adjoints, *operands)."""
        rule, (chosen, adjoints, listed) = self.rule, self.split(operands)
        received = [0.0] * len(listed)
        for k, g in enumerate(adjoints):
            about = (float(k),) if rule.vector else chosen
            y = rule.evaluate(*about, *listed)
            for i, slope in enumerate(rule.differentiate(y, *about, *listed)[rule.index_operands :]):
                received[i] += g * slope
        return received


@dataclass(frozen=True, eq=False)
class MeanProduct:
    """The mean over the examples of a·b, of (a, b): what a weight receives that one neuron reads."""

    name = symbol = "mean product"


MEAN_PRODUCT = MeanProduct()
partial_of, pullback_of = cache(Partial), cache(Pullback)
