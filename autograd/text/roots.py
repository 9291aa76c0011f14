"""The node that a picture, a stepper or an explanation starts from."""

from __future__ import annotations

from typing import Any, Protocol

from ..value import Value


class HasGraph(Protocol):
    """An object that stands for a graph, such as what `autograd.from_torch` returns."""

    def __autograd_graph__(self) -> tuple[Value, list[str]]:
        """The root, and the paths of the scopes that a picture folds at first."""
        ...


def root_of(given: Any) -> Value:
    """The root of the graph: `given` itself, or what it stands for.

    Anything else is given back, for the next function to say what is wrong with it.
    """
    return given.__autograd_graph__()[0] if hasattr(given, "__autograd_graph__") else given


def fold_of(given: Any, fold: Any) -> Any:
    """The scopes to fold: `fold`, or if that is None, those that `given` names."""
    if fold is None and hasattr(given, "__autograd_graph__"):
        return given.__autograd_graph__()[1] or None
    return fold
