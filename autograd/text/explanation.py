"""A backward pass in words: the chain rule of each step with its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..graph import Step, sweep
from ..value import Value
from .characters import printable
from .mathematics import Written, derivative
from .names import applied_to, display_names, name_in, product_text, repeated, short_number, superscript
from .typesetting import LATEX

WIDEST = 72  # columns up to which the running sums of a trace stand below each other


def explain(v: Value, names: Mapping[str, Any] | None = None) -> None:
    """Print the backward pass from `v`, one line per use of the chain rule; no gradient changes.

    The pass starts from gradients of 0, whatever earlier passes left in the graph. `names` (such
    as `vars()`) names nodes that have no label; in IPython the user's variables do so anyway.

    >>> a = Value(3.0, "a")
    >>> b = a * a
    >>> L = b * (a + b)
    >>> explain(L, vars())
    L.grad += ∂L/∂L = 1                              0 → 1
    b.grad += ∂L/∂L · ∂L/∂b = 1 × 12 = 12            0 → 12
    (a + b).grad += ∂L/∂L · ∂L/∂(a + b) = 1 × 9 = 9  0 → 9
    a.grad += ∂L/∂(a + b) · ∂(a + b)/∂a = 9 × 1 = 9  0 → 9
    b.grad += ∂L/∂(a + b) · ∂(a + b)/∂b = 9 × 1 = 9  12 → 21
    a.grad += ∂L/∂b · ∂b/∂a⁽¹⁾ = 21 × 3 = 63         9 → 72
    a.grad += ∂L/∂b · ∂b/∂a⁽²⁾ = 21 × 3 = 63         72 → 135
    """
    for line in trace(v, names):
        print(line)


def trace(v: Value, names: Mapping[str, Any] | None = None) -> list[str]:
    """The lines that `explain` prints."""
    return aligned(sweep(v, {}), display_names(v, names))


def definitions(names: Mapping[Value, str]) -> list[str]:
    """What the names say that `display_names` made up: `v7 = w1·x1 + w2·x2`."""
    return [
        f"{name} = {applied_to(node, lambda operand: Written(name_in(operand, names))).text}"
        for index, (node, name) in enumerate(names.items(), 1)
        if node.rule and not node.label and name.rstrip("′") == f"v{index}"
    ]


def aligned(steps: Iterable[Step], names: Mapping[Value, str]) -> list[str]:
    """The sentences of steps, with the running sums below each other."""
    pieces = [(product(step, names), change(step)) for step in steps]
    width = max((len(left) for left, _ in pieces if len(left) <= WIDEST), default=0)
    return [f"{left:{width}}  {right}" for left, right in pieces]


def sentence(step: Step, names: Mapping[Value, str] | None = None) -> str:
    """One step: `a.grad += ∂L/∂b · ∂b/∂a⁽¹⁾ = 21 × 3 = 63   9 → 72`."""
    shown = display_names(step.root) if names is None else names
    return f"{product(step, shown)}   {change(step)}"


def latex(step: Step) -> str:
    """One step as LaTeX, as notebooks show it: the chain rule in letters, in numbers, and the change."""
    names = display_names(step.root)
    root, node = (LATEX.name(printable(names[value])) for value in (step.root, step.node))
    value = step.node if step.parent is None else step.parent
    parent = LATEX.name(printable(names[value]))
    terms = [derivative(root, node, LATEX)]
    numbers = short_number(step.contribution)
    if step.upstream is not None and step.local is not None:
        place = f"^{{({step.slot + 1})}}" if step.slot is not None and repeated(step.node, step.slot) else ""
        terms.append(derivative(node, f"{{{parent}}}{place}", LATEX))
        numbers = product_text(step.upstream, step.local, step.contribution)
    elif step.parent is not None:
        terms = [r"\sum"]
    chain = r" \cdot ".join(terms)
    shown = rf"{derivative(root, parent, LATEX)} \mathrel{{+}}= {chain} = {numbers} \qquad {change(step)}"
    return f"$${''.join(_LATEX_NUMBERS.get(c, c) for c in shown)}$$"


def product(step: Step, names: Mapping[Value, str]) -> str:
    """What the step adds to which gradient, in letters and in numbers.

    The local derivative is the one of the operand's place; the place is marked where one operation
    uses a node twice: in b = a·a, ∂b/∂a⁽¹⁾ = a, with the other a held fixed.
    """
    root, node = name_in(step.root, names), name_in(step.node, names)
    if step.parent is None:
        return f"{node}.grad += ∂{root}/∂{root} = {short_number(step.contribution)}"
    parent = name_in(step.parent, names)
    if step.upstream is None or step.local is None:
        return f"{parent}.grad += Σ = {short_number(step.contribution)}"
    numbers = product_text(step.upstream, step.local, step.contribution)
    place = "" if step.slot is None else superscript(step.node, step.slot)
    return f"{parent}.grad += ∂{root}/∂{node} · ∂{node}/∂{parent}{place} = {numbers}"


def change(step: Step) -> str:
    """The gradient before and after: `9 → 72`."""
    return f"{short_number(step.before)} → {short_number(step.after)}"


_LATEX_NUMBERS = {"×": r"\times", "≈": r"\approx", "−": "-", "→": r"\to", "∞": r"\infty"}
