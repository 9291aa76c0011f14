"""A box, or an edge's label, as a table in Graphviz's HTML-like language.

Each text has a cell of fixed size, measured by `style.text_width`, so that every renderer
makes the same layout whatever fonts it knows. A cell has an id ending in its role ("--grad"), by
which `autograd.drawing.svg` finds it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from .figure import Arrow, Box, Cell, Direction, Row
from .style import LIGHT, text_width


@dataclass(frozen=True)
class Type:
    """A size of type in points, the height of its line, its colour and weight."""

    size: float
    line: int
    colour: str = "ink"
    bold: bool = False
    margins: int = 8

    def width(self, text: str) -> float:
        """The width of a cell that holds the text, its margins included."""
        return text_width(text, self.size, self.bold) + self.margins


NAME, NUMBER, CAPTION = Type(13, 17, bold=True), Type(11, 17), Type(8, 17, "muted")
SMALL_NAME, SMALL_NUMBER = Type(9, 13, "muted"), Type(9, 13)
BADGE, SCOPE = Type(12, 17, bold=True), Type(10, 15, "result", bold=True)
MAX_QUOTED = 15_000  # bytes; older versions of Graphviz refuse strings above 16,384
BACKSLASH = "\ue05c"  # a character for private use
REFERENCE = Type(11, 15)
EDGE, CONSTANT = Type(9, 16, "muted", margins=2), Type(9, 11, "muted")
BLANK_WIDTH, BLANK_LINE = 66, 34  # of a worksheet's empty cell: space to write, on paper too
BLANK_ON_EDGE = Type(11, 24)


def box_table(box: Box, id: str, direction: Direction) -> str:
    """The table that stands for a box."""
    return _Label(id, box).write(direction)


def edge_table(arrow: Arrow, id: str) -> str:
    """The label of an edge, or, in a worksheet, a place for it."""
    if arrow.blank:  # as wide for every answer
        return _table(_row(_cell(f"{id}--edge-blank", "", BLANK_ON_EDGE, BLANK_WIDTH)))
    return _table(_row(_cell(f"{id}--edge-label", arrow.label, EDGE, EDGE.width(arrow.label))))


def colour_of(box: Box) -> str:
    """The palette's name for the colour of a box."""
    return {"folded": "result", "reference": "leaf"}.get(box.kind, box.kind)


class _Label:
    """The HTML-like label of one box."""

    def __init__(self, id: str, box: Box) -> None:
        self.id, self.box = id, box
        cells = [cell for row in box.rows for cell in (row.data, row.grad)]
        texts = [cell.text for cell in cells if not cell.blank]
        least = 48 if box.kind == "folded" else 34  # folded boxes have columns, of one width
        least = BLANK_WIDTH if any(cell.blank for cell in cells) else least
        self.number_width = max(least, *map(NUMBER.width, texts))

    def write(self, direction: Direction) -> str:
        """The table that stands for the box."""
        if self.box.kind in ("constant", "reference"):
            text, type = self.box.rows[0].name, CONSTANT if self.box.kind == "constant" else REFERENCE
            return _table(_row(self._cell("label", text, type, type.width(text))))
        return self._folded() if self.box.kind == "folded" else self._node(direction)

    def _node(self, direction: Direction) -> str:
        """Ports and badge, the name, and beside them data above gradient; below, the meaning of the name."""
        box, row = self.box, self.box.rows[0]
        height = sum(BLANK_LINE if cell.blank else NUMBER.line for cell in (row.data, row.grad)) + 1
        top = left = ""
        if box.badge:
            colour = colour_of(box)
            width, fill = max(22, BADGE.width(box.badge)), LIGHT[colour] + "21"
            badge = Type(BADGE.size, BADGE.line, colour, bold=True)
            left = self._cell("badge", box.badge, badge, width, height, rows=2, fill=fill)
            if direction == "LR":
                left = f'<TD ROWSPAN="2">{_ports(box.ports, height, direction)}</TD>{left}'
            else:
                top = _row(f'<TD COLSPAN="4">{_ports(box.ports, 100, direction)}</TD>')
        width = max(20, NAME.width(row.name))
        left += self._cell("label", row.name, NAME, width, height, rows=2, tooltip=row.whole_name)
        data, grad = self._numbers(row, NUMBER)
        captions = [self._cell("caption", word, CAPTION, 26, align="LEFT") for word in ("data", "grad")]
        rows = _row(left + captions[0] + data) + _row(captions[1] + grad)
        return _table(top + rows + self._definitions(5), spacing=1)

    def _folded(self) -> str:
        """The scope's name and size, then one line per output and parameter."""
        box = self.box
        name_width = max(44.0, *(NAME.width(row.name) for row in box.rows))
        caption_width = CAPTION.width(box.caption)
        head_width = max(SCOPE.width(box.badge), name_width + 2 * self.number_width + 2 - caption_width)
        head = self._cell("head", box.badge, SCOPE, head_width, align="LEFT")
        head += self._cell("note", box.caption, CAPTION, caption_width, SCOPE.line, align="RIGHT")
        fill = LIGHT["result"] + "21"
        lines = _row(f'<TD COLSPAN="3" STYLE="ROUNDED" BGCOLOR="{fill}">{_table(_row(head))}</TD>')
        for row in box.rows:
            name, number = (NAME, NUMBER) if row.main else (SMALL_NAME, SMALL_NUMBER)
            label = self._cell("name", row.name, name, name_width, align="LEFT", tooltip=row.whole_name)
            lines += _row(label + "".join(self._numbers(row, number)))
        return _table(lines + self._definitions(3, head_width + caption_width), spacing=1)

    def _definitions(self, columns: int, least: float = 0) -> str:
        """The meanings of made-up names, across all columns."""
        lines: list[str] = []
        for text in self.box.definitions:
            cell = self._cell("definition", text, CAPTION, max(CAPTION.width(text), least), 12)
            lines.append(_row(f'<TD COLSPAN="{columns}" ALIGN="LEFT">{_table(_row(cell))}</TD>'))
        return "".join(lines)

    def _numbers(self, row: Row, type: Type) -> tuple[str, str]:
        return self._number("data", row.data, type), self._number("grad", row.grad, type)

    def _number(self, role: str, cell: Cell, type: Type) -> str:
        width = self.number_width
        if cell.blank:
            return self._cell(role, "", type, width, BLANK_LINE, fill=LIGHT["zero"] + "30")
        fill = cell.tint or "transparent"
        return self._cell(role, cell.text, type, width, align="RIGHT", fill=fill, tooltip=cell.exact)

    def _cell(
        self, role: str, text: str, type: Type, width: float, height: float = 0, **attributes: Any
    ) -> str:
        return _cell(f"{self.id}--{role}", text, type, width, height, **attributes)


def _cell(
    id: str,
    text: str,
    type: Type,
    width: float,
    height: float = 0,
    *,
    rows: int = 1,
    align: str = "CENTER",
    fill: str = "transparent",
    tooltip: str = "",
) -> str:
    written = content(text) or " "
    written = f"<B>{written}</B>" if type.bold else written
    return (
        f'<TD ID="{escape(id)}" ROWSPAN="{rows}" ALIGN="{align}" STYLE="ROUNDED" BGCOLOR="{fill}" '
        f'FIXEDSIZE="TRUE" WIDTH="{width:.0f}" HEIGHT="{height or type.line:.0f}" '
        f'HREF="#" TOOLTIP="{attribute(tooltip) or " "}">'  # a link, so that the cell becomes a group
        f'<FONT POINT-SIZE="{type.size:g}" COLOR="{LIGHT[type.colour]}">{written}</FONT></TD>'
    )


def attribute(text: str) -> str:
    """Text for an attribute, where DOT gives `<…>`, entities and backslashes a meaning.

    How often backslashes are read differs between attributes and between versions of Graphviz, so
    something else stands for them until `autograd.drawing.svg` has the text.
    """
    quoted = escape(text).replace("\\", BACKSLASH)
    if len(quoted.encode()) > MAX_QUOTED:
        quoted = escape(text[: MAX_QUOTED // 10] + "…").replace("\\", BACKSLASH)
    return quoted


def content(text: str) -> str:
    """Text in an HTML-like label, where backslashes begin escapes after entities are read."""
    return escape(text).replace("\\", "&#92;&#92;")


def _row(cells: str) -> str:
    return f"<TR>{cells}</TR>"


def _table(rows: str, spacing: int = 0) -> str:
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="0">{rows}</TABLE>'


def _ports(count: int, extent: float, direction: Direction) -> str:
    """Invisible places for arrows to end in, in operand order: a column, or a row on top."""
    each = f"{max(extent / count, 5):.0f}"
    across = direction == "LR"
    size = f'WIDTH="2" HEIGHT="{each}"' if across else f'WIDTH="{each}" HEIGHT="2"'
    ports = [f'<TD PORT="p{i}" {size}></TD>' for i in range(count)]
    return _table("".join(map(_row, ports)) if across else _row("".join(ports)))
