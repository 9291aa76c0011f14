"""The stepper: walk a backward pass in a notebook, a saved page, a terminal or a program."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal, overload

from ..drawing.selection import Fold
from ..text.roots import HasGraph
from ..value import Value
from .stepping import Stepper

__all__ = ["Stepper", "step"]


@overload
def step(
    loss: Value | HasGraph,
    *,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
) -> Stepper: ...
@overload
def step(
    loss: Value | HasGraph,
    *,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    widget: Literal[True],
) -> Any: ...
def step(
    loss: Value | HasGraph,
    *,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    widget: bool = False,
) -> Any:
    """Step through the backward pass from `loss`, in a notebook, a browser or a program.

    In a notebook the result shows itself; a script that runs at a terminal opens a browser. The
    graph is left as it is: the pass starts from gradients of 0 and writes none. `names`, `fold` and
    `open` are those of `draw`: graphs above 60 nodes fold by scope, and step box by box.
    `widget=True` gives a Jupyter widget instead, whose `at` Python reads and sets (it needs a kernel
    and `pip install "stepgrad[widget]"`). Raises TypeError where `loss` is no Value, ValueError for
    a scope that does not exist.

    >>> a = Value(3.0, "a")
    >>> b = a * a; b.label = "b"
    >>> stepper = step(b)
    >>> stepper.next().contribution, stepper.next().contribution, stepper.at, stepper.count
    (1.0, 3.0, 2, 3)
    >>> stepper
    Stepper(b, step 2 of 3: a.grad += b.grad · ∂b/∂a⁽¹⁾ = 1 × 3 = 3   0 → 3)
    """
    stepper = Stepper(loss, names, fold, open)
    if widget:
        from .widget import widget as widget_of

        return widget_of(stepper)
    if sys.stdout and sys.stdout.isatty() and "IPython" not in sys.modules:
        stepper.open()
    return stepper
