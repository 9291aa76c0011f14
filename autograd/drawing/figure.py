"""The content of a picture, independent of its format: boxes, arrows and clusters, with their words.

`autograd.drawing.compose` writes this form; DOT, Mermaid and the text tree are three ways to read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["LR", "TB"]
BLANK = "____"
Kind = Literal["leaf", "result", "output", "folded", "constant", "reference"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a box: short, exact, and how its background is tinted ("" for not at all).

    A worksheet leaves the place of a `blank` number empty.
    """

    text: str = ""
    exact: str = ""
    tint: str = ""
    blank: bool = False

    @property
    def said(self) -> str:
        """The number as text has it, or a line to write on."""
        return BLANK if self.blank else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A name with its data and its gradient; the `main` rows of a box are its outputs."""

    name: str
    whole_name: str
    data: Cell = Cell()
    grad: Cell = Cell()
    main: bool = True

    def numbers(self) -> list[str]:
        """The numbers as text: `data 2`, `grad ____`."""
        cells = {"data": self.data, "grad": self.grad}
        return [f"{what} {cell.said}" for what, cell in cells.items() if cell.text]


@dataclass(frozen=True, slots=True)
class Box:
    """A node, a folded scope, a constant, or the name of a box elsewhere (`autograd.drawing.references`).

    `caption` is the formula of a folded box, `definitions` are those of made-up names in it; `ports` is how
    many places arrows end in.
    """

    key: str
    kind: Kind
    rows: list[Row]
    tooltip: str
    badge: str = ""
    caption: str = ""
    definitions: Sequence[str] = ()
    ports: int = 1
    dim: bool = False

    @property
    def name(self) -> str:
        """The name by which other boxes refer to it."""
        return self.badge if self.kind == "folded" else self.rows[0].name


@dataclass(frozen=True, slots=True)
class Arrow:
    """From the box `tail` to a port of the box `head`, or to the box itself."""

    key: str
    tail: str
    head: str
    port: int | None
    label: str = ""
    colour: str = "constant"
    width: float = 0.6
    tooltip: str = ""
    blank: bool = False
    dim: bool = False

    @property
    def said(self) -> str:
        """The label as text has it, or a line to write on."""
        return BLANK if self.blank else self.label


@dataclass(slots=True)
class Cluster:
    """A frame around the boxes of a scope."""

    key: str
    name: str
    boxes: list[Box] = field(default_factory=list[Box])
    clusters: list[Cluster] = field(default_factory=list["Cluster"])

    def all_boxes(self) -> Iterator[Box]:
        """The boxes in this frame and in the frames inside it."""
        yield from self.boxes
        for cluster in self.clusters:
            yield from cluster.all_boxes()


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A whole picture: `top` holds the boxes that lie in no frame, and the frames."""

    top: Cluster
    arrows: list[Arrow]
    direction: Direction = "LR"
