"""The stepper: walk a backward pass in a notebook, a saved page, a terminal or a program."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, Never, overload

from ..drawing.selection import Fold
from ..drawing.variants import variant
from ..graph import topological_order
from ..nodes.hints import hinted
from ..text.roots import GraphOutputs, refuse_more, root_of
from ..value import Value
from . import page
from .engine import engine_script, program
from .stepping import Stepper

__all__ = ["Stepper", "engine_script", "page", "program", "step"]


@overload
def step(
    loss: GraphOutputs,
    *,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    quiz: bool = False,
    seed: int | None = None,
    params: Iterable[Value] = (),
    lock: bool = False,
    lang: str = "en",
) -> Stepper: ...
@overload
def step(
    loss: GraphOutputs,
    *,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    quiz: bool = False,
    seed: int | None = None,
    params: Iterable[Value] = (),
    lock: bool = False,
    lang: str = "en",
    widget: Literal[True],
) -> Any: ...
@hinted
def step(
    loss: GraphOutputs,
    *more: Never,
    names: Mapping[str, Any] | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    quiz: bool = False,
    seed: int | None = None,
    params: Iterable[Value] = (),
    lock: bool = False,
    lang: str = "en",
    widget: bool = False,
) -> Any:
    """Step through the backward pass from `loss`, in a notebook, a browser or a program.

    In a notebook the result shows itself; a script that runs at a terminal opens a browser. The
    graph is left as it is: the pass starts from gradients of 0 and writes none.

    On the page a reader clicks an input or a constant and changes its number: values, local derivatives
    and gradients follow immediately. The recorded operations are repeated, as by `recompute`, so a branch
    that `if` or `where` took is taken again. An input of an operation that is not a formula
    (a `@primitive` of several statements) cannot be changed there.

    Args:
        loss: The output; of several in a list or another container, the pass of their sum, `total`.
        names: Names for nodes without a label, such as `vars()`.
        fold: As for `draw`: graphs above 60 nodes fold by scope, and step box by box.
        open: The paths of folded scopes to open, as for `draw`.
        quiz: Whether the page begins by asking, with nothing on it that gives the answers away.
        seed: Small random numbers in place of the inputs' values, the same for the same seed.
        params: The inputs that the page's third phase, "update", moves against their gradients; the
            reader can choose others.
        lock: Whether the page keeps its numbers, for an exam: it has no editing, no updates, no links.
        lang: The language of the page, "en" or "ja".
        widget: A Jupyter widget instead, whose `at` Python reads and sets (it needs a kernel and
            `pip install "stepgrad[widget]"`).

    Raises TypeError if `loss` or a parameter is not a Value, ValueError for a scope or a language that
    does not exist, for a parameter that is not an input of the graph, or if there are no random values
    at which the graph is defined.

    >>> a = Value(3.0, "a")
    >>> b = a * a; b.label = "b"
    >>> stepper = step(b)
    >>> stepper.next().contribution, stepper.next().contribution, stepper.at, stepper.count
    (1.0, 3.0, 2, 3)
    >>> stepper
    Stepper(b, step 2 of 3: a.grad += b.grad · ∂b/∂a⁽¹⁾ = 1 × 3 = 3   0 → 3)
    """
    refuse_more("step", more)
    if seed is not None:
        root = root_of(loss)
        loss = variant(root, seed, names)
        other = dict(zip(topological_order(root), topological_order(loss), strict=True))
        params = [other.get(param, param) for param in params]
    stepper = Stepper(loss, names, fold, open, lang, quiz, params, lock)
    if widget:
        from .widget import widget as widget_of

        return widget_of(stepper)
    if sys.stdout and sys.stdout.isatty() and "IPython" not in sys.modules:
        stepper.open()
    return stepper
