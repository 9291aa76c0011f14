"""Pictures of computation graphs: `draw(v)`, and the SVG that the stepper drives.

`selection` and `fold` decide which nodes share a box; `compose` and `boxes` write the `figure`, with what
`rows` have space for, the words of `wording` and `folded`, and the colours and sizes of `style`; `dot`
(with its `tables`) writes that down as DOT, `mermaid` as Mermaid, `tree` as plain text. `render` finds a
program to lay it out, `svg` finishes what the program wrote (and documents the ids and classes in it), and
`labels` and `placement` put every label beside its own edge; from the `shapes` of such an SVG `fixed`
paints PNG and PDF, and `tikz` writes LaTeX.
`picture` is what the user holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never, get_args

from ..graph import gradients_of, topological_order
from ..nodes.display import mime
from ..nodes.files import save_by_suffix
from ..nodes.foreign import advice_table
from ..nodes.hints import Shown, hinted, hinting
from ..nodes.plain import Printed, Text, aligned, for_output
from ..text.catalogue import language
from ..text.characters import visible
from ..text.names import display_names
from ..text.roots import GraphOutputs, fold_of, refuse_more, roots_of
from ..value import Value
from . import fold as folding
from .compose import figure_of
from .figure import Direction
from .fixed import pdf_beside
from .render import RendererNotFound, use_renderer
from .selection import Fold, TooLarge, flows, neighbourhood, select
from .showing import page_of, show, writers
from .style import Theme
from .wording import Blank, Edges, Wording

if TYPE_CHECKING:
    from .picture import Picture

__all__ = [
    "Printed",
    "RendererNotFound",
    "Shown",
    "Text",
    "TooLarge",
    "advice_table",
    "aligned",
    "draw",
    "for_output",
    "hinting",
    "mime",
    "mimebundle",
    "page_of",
    "pdf_beside",
    "render_svg",
    "save_by_suffix",
    "show",
    "use_renderer",
    "visible",
    "writers",
]

MAX_BOXES_WITH_LABELS, MAX_EDGE_LABELS = 32, 60  # with more, nobody reads the numbers on the edges
MAX_IN_NOTEBOOK = 200  # boxes of a value that is shown without being asked to
MAX_NODES_IN_NOTEBOOK = 20_000
SECONDS_IN_NOTEBOOK = 5.0  # for the layout of such a value


@hinted
def draw(
    v: GraphOutputs,
    *more: Never,
    names: Mapping[str, Any] | None = None,
    gradients: Mapping[Value, float] | None = None,
    edges: Edges | None = None,
    fold: Fold = None,
    open: Sequence[str] = (),
    around: Value | None = None,
    radius: int = 3,
    path: Value | None = None,
    blank: Blank | Sequence[Blank] = (),
    direction: Direction = "LR",
    numbers: int = 3,
    theme: Theme = "auto",
    ids: str = "ad",
    lang: str = "en",
) -> Picture:
    """The picture of the graph below `v`: `.save("graph.svg")` and `.show()` it, or leave it to a notebook.

    One box per value with its operation, label, data and gradient ("·" where no backward pass has
    been); one edge per use, in operand order, as wide as its contribution is large. On it stands the
    local derivative (`edges="local"`) or, after a backward pass, upstream × local = contribution
    (`"chain"`), or nothing (`"none"`, the default in large pictures); its colour is the sign of that
    number, orange above 0 and blue below.

    Several outputs, in a list or another container, share one picture. `path` and `blank="grad"`
    follow one.

    - `names` (such as `vars()`) names the nodes that have no label; in IPython the user's own
      variables do. `gradients` are shown instead of the nodes' own.
    - `fold` draws scopes as one box each, whose edges carry total derivatives: a name ("layer" for
      "layer 1", "layer 2" …) or several, True for the outermost scopes, False for none; by default
      graphs above 60 nodes fold by themselves. `open=["layer 1/neuron 3"]` keeps these open.
    - `around=w` shows only what is within `radius` edges of w; `path=w` highlights every path from w
      to v, as wide as the share of dv/dw that it carries.
    - `blank="grad"` (or "data", "local", or several) leaves these numbers out: a worksheet, whose
      solution is its `.answer_key`.
    - `direction` is "LR" or "TB", `numbers` how many significant digits are shown, `theme` "auto"
      (light or dark as the reader prefers), "light" or "dark"; `ids` begins the ids in the SVG; `lang`
      is the language of its texts, "en" or "ja".

    Raises TooLarge (a ValueError) for more than 500 boxes, ValueError for an option that does not
    exist or a scope or node that is not in the graph. No gradient changes.

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> draw(a * b)
    <The graph of a·b, 3 boxes: .show() it, .save('graph.svg'), print() it>
    """
    from .picture import picture_of  # here, for it imports graphviz

    refuse_more("draw", more)
    hidden: frozenset[Blank] = frozenset((blank,) if isinstance(blank, str) else blank)
    _check("edges", edges, Edges)
    _check("direction", direction, Direction)
    _check("theme", theme, Theme)
    for what in hidden:
        _check("blank", what, Blank)
    if numbers < 1:
        raise ValueError(f"numbers must be at least 1 digit, not {numbers}")
    if around is not None and (fold or open):
        raise ValueError("around shows single nodes: leave out fold and open")
    fold, outputs = fold_of(v, fold), roots_of(v)
    if len(outputs) > 1 and (path is not None or "grad" in hidden):
        option = "path" if path is not None else 'blank="grad"'
        raise ValueError(
            f"{option} is for one output, and there are {len(outputs)}: draw one of them, or their sum, "
            "draw(sum(outputs), …)"
        )
    order = topological_order(*outputs)
    made = neighbourhood(order, around, radius) if around is not None else select(order, fold, open)
    if gradients is None:
        gradients = _known(order, need="grad" in hidden)
    links = folding.links(made, outputs, gradients)
    if edges is None:
        crowded = len(made) > MAX_BOXES_WITH_LABELS or len(links) > MAX_EDGE_LABELS
        chain = gradients and path is None and not hidden
        # The local derivatives of results that are left out would give them away.
        edges = "none" if crowded or "data" in hidden else "chain" if chain else "local"
    shares = {} if path is None else flows(order, path)
    called = display_names(outputs, names)

    def picture(blank: frozenset[Blank]) -> Picture:
        shown = {} if "data" in blank and "grad" not in blank else gradients
        wording = Wording(called, shown, edges, numbers, shares, blank, language(lang))
        return picture_of(figure_of(order, outputs, made, links, wording, direction), ids, theme)

    sheet = picture(hidden)
    if hidden:
        sheet.answer_key = picture(frozenset())
    return sheet


def _known(order: list[Value], need: bool) -> dict[Value, float]:
    """The gradients that passes have left in the graph, or, if needed, those of a pass from the output."""
    gradients = {node: node._grad for node in order if node._grad is not None}
    return gradients or (gradients_of(order[-1]) if need else {})


def _check(option: str, given: object, literal: object) -> None:
    known = get_args(literal)
    if given is not None and given not in known:
        raise ValueError(f"{option} must be {' or '.join(map(repr, known))}, not {given!r}")


def render_svg(v: GraphOutputs, ids: str = "ad", **options: Any) -> str:
    """The SVG of `draw(v, **options)`, whose elements are named as `autograd.drawing.svg` says.

    Raises RendererNotFound if nothing can lay the graph out, and what `draw` raises.
    """
    drawn: str = draw(v, ids=ids, **options).pipe("svg", encoding="utf-8")
    return drawn


def mimebundle(value: Value) -> dict[str, Any]:
    """The notebook's display of a Value: its picture, if it is small, and always its text."""
    order = topological_order(value)
    hint = f"(a graph of {len(order):,} nodes: `draw(value)` draws it)"
    if len(order) <= MAX_NODES_IN_NOTEBOOK:
        try:
            if len(select(order)) <= MAX_IN_NOTEBOOK:
                picture = draw(value)
                picture.seconds = SECONDS_IN_NOTEBOOK
                return picture.bundle(repr(value))
        except TooLarge as error:
            hint = f"({error})"
        except RendererNotFound as error:
            return {"text/plain": f"{draw(value).tree(colour=False)}\n({error})"}
    return {"text/plain": f"{value!r}\n{hint}"}
