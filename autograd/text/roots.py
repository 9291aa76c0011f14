"""The outputs that a picture, a stepper or an explanation starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..functional.containers import leaves
from ..nodes.modes import Block
from ..nodes.numbers import require_value
from ..operations.functions import sum as sum_of
from ..value import Value


class HasGraph(Protocol):
    """An object that stands for a graph, such as what `autograd.from_torch` returns."""

    def __autograd_graph__(self) -> tuple[Value, list[str]]:
        """The root, and the paths of the scopes that a picture folds at first."""
        ...


# One output, or several in a container: a list, a tuple, a dict, an array, nested.
GraphOutputs = Value | HasGraph | Sequence[Any] | Mapping[Any, Any]


def roots_of(given: Any, role: str = "the output of a graph") -> list[Value]:
    """The outputs: those in a container, what an object stands for, or `given` itself.

    Raises TypeError, which calls them by their `role`, if one is not a Value, ValueError if there are none.
    """
    if hasattr(given, "__autograd_graph__"):
        return [given.__autograd_graph__()[0]]
    if callable(given):
        raise TypeError(f"{role} must be a Value, not a function: call it, as in f(x)")
    outputs = leaves(given)
    if not outputs:
        raise ValueError("there are no outputs: the list is empty")
    for output in outputs:
        if output is None:
            raise TypeError(
                f"{role} must be a Value, not None: y.backward() gives None, draw(y) comes after it"
            )
        if isinstance(output, int | float):
            raise TypeError(
                f"{role} must be a Value, not {output!r} ({type(output).__name__}), which has no graph: "
                "compute it from Values, as in x = Value(2.0); y = x * x"
            )
        require_value(output, role)
    return outputs


def root_of(given: Any, role: str = "the output of a graph") -> Value:
    """The output that a backward pass starts from: of several, a node for their sum, called `total`.

    The gradients of the sum are the sums of the gradients, as of PyTorch's `autograd.backward(outputs)`.
    Raises as `roots_of` does.
    """
    outputs = roots_of(given, role)
    if len(outputs) == 1:
        return outputs[0]
    with Block(recording=True):
        total = sum_of(outputs)
    total.label = "total"
    return total


def refuse_more(function: str, more: Sequence[object]) -> None:
    """Raise TypeError for further arguments of `draw` or `step`, saying what to write instead."""
    if more:
        raise TypeError(
            f"{function} takes one argument without a name: several outputs go in a list, "
            f"{function}([a, b]); {function}(y).save(path) writes a file"
        )


def fold_of(given: Any, fold: Any) -> Any:
    """The scopes to fold: `fold`, or if that is None, those that `given` names."""
    if fold is None and hasattr(given, "__autograd_graph__"):
        return given.__autograd_graph__()[1] or None
    return fold
