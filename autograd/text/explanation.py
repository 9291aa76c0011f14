"""`explain`: a backward pass as text, one line per use of the chain rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..graph import sweep, topological_order
from ..nodes.plain import Text
from ..value import Value
from .catalogue import language, say
from .names import display_names
from .narration import Narration
from .roots import GraphOutputs, root_of

MAX_LINES = 1000  # steps, and definitions of names, that are written out


def explain(
    v: GraphOutputs,
    w: Value | Mapping[str, Any] | None = None,
    names: Mapping[str, Any] | None = None,
    *,
    lang: str = "en",
) -> Text:
    """The backward pass from `v` as text, one line per use of the chain rule; no gradient changes.

    A prompt and a notebook's cell show it, a program prints it, `print(explain(L))`.

    Each line has what is added to which gradient, the gradient before and after, and the reason for
    the local derivative: the operation's rule with its own operands. The pass starts from gradients of
    0, whatever earlier passes left in the graph. With a Value `w`, `explain(L, w)`, only the steps that
    lead to it are written. `names` (such as `vars()`, also in the place of `w`) names nodes that have no
    label; in IPython the user's variables do so anyway. `lang` is the language of the notes. If `v` are
    several outputs, in a list or another container, the pass is that of their sum, `total`. Of a longer
    pass the first 1,000 steps are printed, and how many are missing.

    Raises TypeError if `v` is not a Value, ValueError if `w` is not in the graph below it.

    >>> a = Value(3.0, "a")
    >>> b = a * a
    >>> L = b * (a + b)
    >>> explain(L, vars())
    L.grad += dL/dL = 1                                0 → 1
    b.grad += L.grad · ∂L/∂b = 1 × 12 = 12             0 → 12     ∂L/∂b = a + b = 12
    (a + b).grad += L.grad · ∂L/∂(a + b) = 1 × 9 = 9   0 → 9      ∂L/∂(a + b) = b = 9
    a.grad += (a + b).grad · ∂(a + b)/∂a = 9 × 1 = 9   0 → 9      ∂(a + b)/∂a = 1
    b.grad += (a + b).grad · ∂(a + b)/∂b = 9 × 1 = 9   12 → 21    ∂(a + b)/∂b = 1
    a.grad += b.grad · ∂b/∂a⁽¹⁾ = 21 × 3 = 63          9 → 72     ∂b/∂a⁽¹⁾ = a = 3
    a.grad += b.grad · ∂b/∂a⁽²⁾ = 21 × 3 = 63          72 → 135   ∂b/∂a⁽²⁾ = a = 3
    """
    if not (w is None or isinstance(w, Value)):
        w, names = None, w if names is None else names
    v = root_of(v)
    narration = Narration(display_names(v, names), language(lang))
    above = set(narration.names) if w is None else _above(v, w)
    steps = [step for step in sweep(v, {}) if step.parent is None or step.parent in above]
    shown, more = steps[:MAX_LINES], len(steps) - MAX_LINES
    lines = narration.lines(shown, (), printed=True)
    if more > 0:
        lines.append(say("text.more_steps", narration.lang, count=f"{more:,}"))
    everything = w is None and more <= 0
    told = narration.names if everything else [n for step in shown for n in (step.node, *step.node.parents)]
    return Text("\n".join([*lines, *narration.definitions.lines(told, MAX_LINES)]))


def _above(v: Value, w: Value) -> set[Value]:
    """The nodes that `w` leads to, and itself; ValueError if `v` is not among them."""
    above = {w}
    for node in topological_order(v):
        if not above.isdisjoint(node.parents):
            above.add(node)
    if v not in above:
        swapped = "; the output comes first: explain(L, w)" if v in {*topological_order(w)} else ""
        raise ValueError(f"explain: {w!r} is not in the graph below {v!r}{swapped}")
    return above
