"""Pictures of computation graphs: `draw(v)`, and the SVG that the stepper drives.

The rooms: `fold` decides which nodes share a box, `wording` says in a `figure` what stands in it,
`dot` writes that down as DOT, `render` finds a program to lay it out, `svg` finishes what the
program wrote (and says what others may rely on in it), `style` holds colours and sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..graph import topological_order
from ..notation import display_names
from ..value import Value
from . import fold
from .figure import Direction
from .render import RendererNotFound
from .style import Theme
from .wording import Author, Edges, Wording

if TYPE_CHECKING:
    from .picture import Picture

__all__ = ["RendererNotFound", "draw", "mimebundle", "render_svg"]

MAX_EDGE_LABELS = 30  # boxes; with more, nobody reads what stands on the edges
MAX_IN_NOTEBOOK = 200  # nodes of a value that is shown without being asked to


def draw(
    v: Value,
    *,
    names: Mapping[str, Any] | None = None,
    gradients: Mapping[Value, float] | None = None,
    edges: Edges | None = None,
    direction: Direction = "LR",
    numbers: int = 3,
    theme: Theme = "auto",
    ids: str = "ad",
) -> Picture:
    """The picture of the graph below `v`: a graphviz.Digraph that needs no `dot` program.

    One box per value with its operation, label, data and gradient ("·" where no backward pass has
    been); one edge per use, in operand order, with the local derivative, and after a backward pass
    upstream × local = contribution. `gradients` are shown instead of the nodes' own.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> picture = draw(a * b)
    >>> picture.render("ab", format="svg")  # doctest: +SKIP
    'ab.gv.svg'
    """
    from .picture import picture_of  # here, for it imports graphviz

    order = topological_order(v)
    made = fold.groups(order, lambda place: False)
    if gradients is None:
        gradients = {node: node._grad for node in order if node._grad is not None}
    if edges is None:
        edges = "none" if len(made) > MAX_EDGE_LABELS else "chain" if gradients else "local"
    wording = Wording(display_names(v, names), gradients, edges, numbers)
    drawn = Author(order, made, wording).figure(fold.links(made, v, gradients), direction)
    return picture_of(drawn, ids, theme, repr(v))


def render_svg(v: Value, ids: str = "ad", **options: Any) -> str:
    """The SVG of `draw(v, **options)`, whose elements are named as `autograd.drawing.svg` says.

    Raises RendererNotFound where nothing can lay the graph out.
    """
    drawn: str = draw(v, ids=ids, **options).pipe("svg", encoding="utf-8")
    return drawn


def mimebundle(value: Value) -> dict[str, Any]:
    """What a notebook shows for a Value: its picture, where it is small, and always its text."""
    if len(topological_order(value)) > MAX_IN_NOTEBOOK:
        return {"text/plain": f"{value!r}\n(more than {MAX_IN_NOTEBOOK} nodes: `draw(value)` draws them)"}
    return draw(value)._repr_mimebundle_() | {"text/plain": repr(value)}
