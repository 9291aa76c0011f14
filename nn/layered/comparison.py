"""The layered equations and the engine, side by side."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from ..model.mlp import MLP
from ..training import losses
from .arrays import Vector
from .network import backprop


@dataclass(frozen=True)
class Difference:
    """The largest difference between layered equations and engine in one layer, relative above 1."""

    layer: int
    equation: str
    quantity: str
    numbers: int
    largest: float


@dataclass(frozen=True)
class Comparison:
    """The table of `compare`: `rows` by layer; printing it shows it."""

    rows: tuple[Difference, ...]

    @property
    def largest(self) -> float:
        """The largest difference of all."""
        return max(row.largest for row in self.rows)

    def __str__(self) -> str:
        lines = ["layer  equation  quantity  numbers  largest difference"]
        for row in self.rows:
            lines.append(
                f"{row.layer:>5}  {row.equation:<8}  {row.quantity:<8}  {row.numbers:>7}  {row.largest:.1e}"
            )
        return "\n".join(lines)


def compare(mlp: MLP, x: Vector, y: Any, cost: str = "quadratic") -> Comparison:
    """Run the layered equations and the engine side by side on one example.

    The engine knows no layers: it multiplies local derivatives node by node. The errors δ are held
    against its gradients at the weighted inputs. Works on a copy, so no gradient of `mlp` changes.
    Raises as `backprop` does.

    >>> compare(MLP([2, 3, 1], "sigmoid", seed=0), [1.0, -2.0], [1.0]).largest < 1e-12
    True
    """
    layered = backprop(mlp, x, y, cost)
    engine = copy.deepcopy(mlp)
    engine.zero_grad()
    zs, activations = engine.trace(x)
    getattr(losses, cost)(activations[-1], y).backward()
    rows: list[Difference] = []
    for number, layer in enumerate(engine.layers):
        flat_nabla_w = [w for row in layered.nabla_w[number] for w in row]
        output = number == len(engine.layers) - 1
        for equation, quantity, ours, nodes, read in (
            ("forward", "a", layered.a[number], activations[number], "data"),
            ("BP1" if output else "BP2", "δ", layered.delta[number], zs[number], "grad"),
            ("BP3", "∂C/∂b", layered.nabla_b[number], [n.b for n in layer.neurons], "grad"),
            ("BP4", "∂C/∂w", flat_nabla_w, [w for n in layer.neurons for w in n.w], "grad"),
        ):
            theirs = [getattr(node, read) for node in nodes]
            largest = max(abs(p - q) / max(1.0, abs(q)) for p, q in zip(ours, theirs, strict=True))
            rows.append(Difference(number + 1, equation, quantity, len(nodes), largest))
    return Comparison(tuple(rows))
