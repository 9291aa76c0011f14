# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The result of an import: Values in the shape of the original, and the framework's numbers beside ours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..functional.containers import parts_of
from ..graph import gradients_of
from ..nodes.scopes import scope
from ..operations.functions import dot
from ..value import Value
from .arrays import Array, array
from .comparison import Comparison, Difference, at_tolerance
from .operations import is_array
from .places import folded_at_first


@dataclass(frozen=True, eq=False)
class Imported:
    """A function of another framework as a graph of Values.

    - `output` is the result: a Value, or an array of Values in the result's shape (in containers, if the
      function gives those).
    - `leaves` are the parameters and inputs by the framework's names, each a Value or an array of them.

    `draw`, `step` and `explain` take it directly if the output is a single Value; pictures begin with
    one box for each module and each operation outside of modules.
    """

    framework: str
    output: Any
    leaves: dict[str, Any]
    operations: tuple[Difference, ...]
    gradients: dict[str, tuple[Any, str]]  # by leaf, the framework's own and their dtype
    boxes: frozenset[scope]  # modules, and operations outside of modules

    def compare(self) -> Comparison:
        """The framework's numbers beside ours: the results of each operation, then the gradient of each leaf.

        If the output has several numbers, the gradients are those of their sum with weights
        1/n, 2/n, …, 1. No gradient changes.
        """
        items = scalars_in(self.output)
        root: Any = dot(weights(len(items)), items)
        ours = gradients_of(root)
        rows = [
            Difference("gradient", name, _gradients(self.leaves[name], ours), theirs, dtype)
            for name, (theirs, dtype) in self.gradients.items()
        ]
        return Comparison(self.framework, at_tolerance([*self.operations, *rows]))

    def __autograd_graph__(self) -> tuple[Value, list[str]]:
        """For `draw`, `step` and `explain`: the output, and the scopes that a picture folds at first.

        Raises TypeError if the output is not one Value.
        """
        if not isinstance(self.output, Value):
            raise TypeError(
                "pictures, steps and explanations start from one number, and this output has several: choose "
                "one, as in `draw(imported.output[0])`, or import a function that ends in a loss"
            )
        return self.output, folded_at_first(self.output, self.boxes)

    def __repr__(self) -> str:
        count = len(scalars_in(self.leaves))
        shape = "" if isinstance(self.output, Value) else f" of shape {np.shape(self.output)}"
        return (
            f"Imported from {self.framework}: {len(self.operations)} operations on {count} leaves "
            f"({', '.join(self.leaves)}), output{shape}"
        )


def scalars_in(tree: Any) -> list[Any]:
    """The Values and numbers in arrays of scalars and containers of them, in order."""
    parts = [part for part in parts_of(tree) if isinstance(part, Value) or is_array(part)]
    return [item for part in parts for item in ([part] if isinstance(part, Value) else part.flat)]


def weights(count: int) -> list[float]:
    """The weights of the outputs in `compare`: 1/n, 2/n, …, 1.

    >>> weights(4)
    [0.25, 0.5, 0.75, 1.0]
    """
    return [(place + 1) / count for place in range(count)]


def seeds(shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """The same weights, as an array for each output of a framework's own backward pass."""
    sizes = [math.prod(shape) for shape in shapes]
    parts = np.split(np.array(weights(sum(sizes))), np.cumsum(sizes)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes)]


def as_given(values: Array) -> Any:
    """An array of scalars as a user gets it: without axes, the scalar itself."""
    return values if values.ndim else values.item()


def _gradients(leaf: Any, gradients: dict[Value, float]) -> Any:
    values = array(leaf)
    flat = [gradients.get(value, 0.0) for value in values.flat]
    return np.array(flat, dtype=float).reshape(values.shape)
