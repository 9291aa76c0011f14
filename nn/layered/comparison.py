"""The layered equations compared with the engine, which knows nothing of layers."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from autograd import drawing

from ..model.mlp import MLP
from ..training import losses
from ..training.losses import LossName
from .arrays import Vector
from .network import backprop


@dataclass(frozen=True)
class Difference:
    """The largest relative difference between the layered equations and the engine in one layer."""

    layer: int
    equation: str
    quantity: str
    numbers: int
    largest: float


@dataclass(frozen=True, repr=False)
class Comparison(drawing.Printed):
    """The table of `compare`, one row per layer and equation."""

    rows: tuple[Difference, ...]

    @property
    def largest(self) -> float:
        """The largest difference of all."""
        return max(row.largest for row in self.rows)

    def _text(self) -> str:
        table = [("layer", "equation", "quantity", "numbers", "largest difference")]
        for row in self.rows:
            table.append((str(row.layer), row.equation, row.quantity, str(row.numbers), f"{row.largest:.1e}"))
        return drawing.aligned(table, right=(0, 3))


def compare(mlp: MLP, x: Vector, y: Any, cost: LossName = "quadratic") -> Comparison:
    """Compute one example with the layered equations and with the engine, and compare all numbers.

    The engine knows nothing of layers: it multiplies local derivatives node by node. Its gradients at
    the weighted inputs are the errors δ. Differences are relative to each number, however small it is,
    so a saturated network hides nothing. Works on a copy, so no gradient of `mlp` changes. Raises as
    `backprop` does.

    >>> compare(MLP([2, 3, 1], "sigmoid", seed=0), [1.0, -2.0], [1.0]).largest < 1e-12
    True
    """
    layered = backprop(mlp, x, y, cost)
    engine = copy.deepcopy(mlp)
    engine.zero_grad()
    zs, activations = engine.trace(x)
    losses.named(cost)(activations[-1], y).backward()
    rows: list[Difference] = []
    for l, layer in enumerate(engine.layers, 1):  # noqa: E741  (the chapter's name)
        flat_nabla_w = [w for row in layered.nabla_w[l] for w in row]
        for equation, quantity, ours, nodes, attribute in (
            ("forward", "a", layered.a[l], activations[l - 1], "data"),
            ("BP1" if l == len(engine.layers) else "BP2", "δ", layered.delta[l], zs[l - 1], "grad"),
            ("BP3", "∂C/∂b", layered.nabla_b[l], [n.b for n in layer.neurons], "grad"),
            ("BP4", "∂C/∂w", flat_nabla_w, [w for n in layer.neurons for w in n.w], "grad"),
        ):
            theirs = [getattr(node, attribute) for node in nodes]
            largest = max(map(_relative, ours, theirs))
            rows.append(Difference(l, equation, quantity, len(nodes), largest))
    return Comparison(tuple(rows))


def _relative(p: float, q: float) -> float:
    """|p − q| as a share of the larger of the two; below 1e-290, where floats get coarser, of 1e-290."""
    return abs(p - q) / max(abs(p), abs(q), 1e-290)
