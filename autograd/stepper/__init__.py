"""The stepper: walk a backward pass in a notebook, a saved page, a terminal or a program."""

from __future__ import annotations

import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..drawing import render_svg
from ..explanation import aligned, sentence
from ..graph import Step, sweep
from ..notation import display_names, printable
from ..value import Value
from .page import fragment, page
from .record import record

MAX_STEPS = 1000  # up to here a page stays fluid


class Stepper:
    """A recorded backward pass and a place in it; it never touches the graph's gradients.

    `at` counts the steps that are done, from 0 to `count`. `next()` and `back()` do and undo one and
    return it, `seek(k)` goes to any place. What a notebook shows, and what `save` writes, begins
    where the stepper is.
    """

    def __init__(self, loss: Value, names: Mapping[str, Any] | None = None) -> None:
        self.root = loss
        self.names = display_names(loss, names)
        self.steps = tuple(sweep(loss, {}))
        self.at = 0
        self._record = record(loss, self.steps, self.names)

    @property
    def count(self) -> int:
        """The number of steps: one that seeds the output, and one for every use of a value."""
        return len(self.steps)

    def next(self) -> Step:
        """Do one step; raises StopIteration at the end."""
        if self.at == self.count:
            raise StopIteration("the backward pass is complete")
        self.at += 1
        return self.steps[self.at - 1]

    def back(self) -> Step:
        """Undo one step, and return it; raises StopIteration at the beginning."""
        if not self.at:
            raise StopIteration("no step has been done")
        self.at -= 1
        return self.steps[self.at]

    def seek(self, k: int) -> None:
        """Go to where `k` steps are done; raises ValueError where there are fewer."""
        if not 0 <= k <= self.count:
            raise ValueError(f"seek takes 0 to {self.count}, the number of steps, not {k}")
        self.at = k

    def __next__(self) -> Step:
        return self.next()

    def __iter__(self) -> Stepper:
        return self

    def __repr__(self) -> str:
        done = sentence(self.steps[self.at - 1], self.names) if self.at else "no gradient yet"
        name = printable(self.names[self.root])
        return f"Stepper({name}, step {self.at} of {self.count}: {done})"

    def _repr_html_(self) -> str:
        """The stepper as HTML, for a notebook's cell: it needs no kernel and no network."""
        return fragment(self.model(), self.picture(), self.trace())

    def model(self) -> dict[str, Any]:
        """What the page knows (`autograd.stepper.record`), and where it begins."""
        return self._record | {"at": self.at}

    def picture(self) -> str:
        """The SVG of the graph with the gradients of the whole pass."""
        gradients = {step.node if step.parent is None else step.parent: step.after for step in self.steps}
        names = {name: node for node, name in self.names.items()}
        return render_svg(self.root, gradients=gradients, names=names, fold=False)

    def trace(self) -> list[str]:
        """The pass as text, one line a step."""
        return aligned(self.steps, self.names)

    def save(self, path: str | Path) -> None:
        """Write a page that works from a file, without a network: `save("lesson.html")`."""
        title = f"Backward pass of {printable(self.names[self.root])}"
        Path(path).write_text(page(title, self._repr_html_()), encoding="utf-8")

    def open(self) -> None:
        """Show the page in a browser."""
        with tempfile.NamedTemporaryFile(suffix=".html", prefix="stepper-", delete=False) as file:
            path = Path(file.name)
        self.save(path)
        webbrowser.open(path.as_uri())


def step(loss: Value, *, names: Mapping[str, Any] | None = None) -> Stepper:
    """Step through the backward pass from `loss`, in a notebook, a browser or a program.

    In a notebook the result shows itself; a script that runs at a terminal opens a browser. The
    graph is left as it is: the pass starts from gradients of 0 and writes none. Raises TypeError
    where `loss` is no Value.

    >>> a = Value(3.0, "a")
    >>> b = a * a; b.label = "b"
    >>> stepper = step(b)
    >>> stepper.next().contribution, stepper.next().contribution, stepper.at, stepper.count
    (1.0, 3.0, 2, 3)
    >>> stepper
    Stepper(b, step 2 of 3: a.grad += ∂b/∂b · ∂b/∂a⁽¹⁾ = 1 × 3 = 3   0 → 3)
    """
    stepper = Stepper(loss, names)
    if sys.stdout.isatty() and "IPython" not in sys.modules:
        stepper.open()
    return stepper
