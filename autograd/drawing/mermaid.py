"""A figure as Mermaid, which GitHub, GitLab and many editors draw inside Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from .figure import Arrow, Box, Cluster, Figure
from .style import LIGHT

_SAFE = set("._,:;=+-*/()[]{}' ·×÷−√Σσ∂≈…")


def mermaid(figure: Figure) -> str:
    """The figure as a flowchart, to be put into a Markdown block that begins with ```mermaid."""
    arrows = [_arrow(arrow) for arrow in figure.arrows]
    styles = [
        f"  linkStyle {i} stroke:{LIGHT[arrow.colour]},stroke-width:{arrow.width:.1f}px"
        for i, arrow in enumerate(figure.arrows)
    ]
    kinds = {box.kind for box in figure.top.all_boxes()}
    classes = [
        f"  classDef {kind} stroke:{LIGHT['result' if kind == 'folded' else kind]}" for kind in sorted(kinds)
    ]
    return "\n".join(
        [f"flowchart {figure.direction}", *_cluster(figure.top, "  "), *arrows, *classes, *styles]
    )


def _cluster(cluster: Cluster, indent: str) -> Iterator[str]:
    for box in cluster.boxes:
        left, right = ("([", "])") if box.kind == "constant" else ("[", "]")
        yield f'{indent}{box.key}{left}"{_text(box)}"{right}:::{box.kind}'
    for inner in cluster.clusters:
        yield f'{indent}subgraph {inner.key}["{quoted(inner.name)}"]'
        yield from _cluster(inner, indent + "  ")
        yield f"{indent}end"


def _text(box: Box) -> str:
    head = " ".join(filter(None, (box.badge, box.caption))) if box.kind == "folded" else box.badge
    lines = [f"<b>{quoted(head)}</b>"] if head else []
    for row in box.rows:
        numbers = [*map(quoted, row.numbers())]
        name = f"<b>{quoted(row.name)}</b>" if row.main and box.kind != "constant" else quoted(row.name)
        lines.append(" · ".join([name, *numbers]) if box.kind == "folded" else name)
        if box.kind != "folded":
            lines += filter(None, (*map(quoted, box.definitions), " · ".join(numbers)))
    return "<br>".join(lines + [quoted(text) for text in box.definitions if box.kind == "folded"])


def _arrow(arrow: Arrow) -> str:
    label = f'|"{quoted(arrow.said)}"|' if arrow.said else ""
    return f"  {arrow.tail} -->{label} {arrow.head}"


def quoted(text: str) -> str:
    """Text that Mermaid shows and does not read: every other character as its number.

    >>> quoted('a<b> "c"')
    'a#60;b#62; #34;c#34;'
    """
    return "".join(c if c.isalnum() or c in _SAFE else f"#{ord(c)};" for c in text)
