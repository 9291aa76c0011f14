"""The look of a picture: its colours in two themes, strengths by magnitude, widths of text.

A colour has one name here. DOT knows only the light theme, as hex numbers; in the SVG every such
number becomes a class (`autograd.drawing.svg`), which the style sheet below gives a colour per theme.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Literal

Theme = Literal["auto", "light", "dark"]

# name: (light, dark). Text keeps a contrast of 4.5:1 on every background, in both.
PALETTE = {
    "ink": ("#15203b", "#f1f4f8"),
    "muted": ("#55637a", "#a3afbf"),
    "box": ("#fffffe", "#161b22"),
    "leaf": ("#5b6b82", "#8d9bad"),
    "result": ("#6d3fd1", "#b79cff"),
    "output": ("#b4235f", "#ff80b5"),
    "constant": ("#8791a0", "#7a8696"),
    "positive": ("#c2570c", "#ff9f4d"),
    "negative": ("#1d63d8", "#6fa8ff"),
    "zero": ("#8f99a7", "#737f8e"),
    "cluster": ("#7b8799", "#8593a6"),
}
LIGHT = {name: light for name, (light, _) in PALETTE.items()}

FONT = "Helvetica"  # alone: Graphviz has its metrics, and takes Times for a list
FONT_STACK = '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'


# The pages that say with a class or an attribute, and not with CSS's `color-scheme`, whether they are dark.
_DARK = (
    "[data-jp-theme-light=false],.vscode-dark,.vscode-high-contrast,[data-theme=dark],[theme=dark],"
    "[data-md-color-scheme=slate]"
)
_LIGHT = (
    "[data-jp-theme-light=true],.vscode-light,.vscode-high-contrast-light,[data-theme=light],[theme=light],"
    "[data-md-color-scheme=default]"
)


def _variables(theme: int) -> str:
    return ";".join(f"--ad-{name}:{colours[theme]}" for name, colours in PALETTE.items())


def _both_themes() -> str:
    return ";".join(f"--ad-{name}:light-dark({light},{dark})" for name, (light, dark) in PALETTE.items())


def style_sheet() -> str:
    """The CSS inside every SVG: the two themes, and one class per use of a colour.

    A picture is as dark as the place where it stands: inside a page, as the page is (its
    `color-scheme`, or the attributes that notebooks and this project's site have); in a file of its
    own or an <img>, as the reader prefers. Older browsers go by the reader's preference everywhere.
    """
    uses = [f".ad-{use}-{name}{{{use}:var(--ad-{name})}}" for name in PALETTE for use in ("fill", "stroke")]
    old = f"@media(prefers-color-scheme:dark){{.ad-auto{{{_variables(1)}}}}}"
    return "\n".join(
        [
            f".ad{{{_variables(0)};max-width:100%;height:auto}}",
            f".ad-dark{{{_variables(1)}}}",
            f"@supports not (color:light-dark(red,red)){{{old}}}",
            f"@supports (color:light-dark(red,red)){{.ad-auto{{{_both_themes()}}}}}",
            ":root.ad-auto{color-scheme:light dark}",
            f":is({_LIGHT}) .ad-auto{{color-scheme:light}}",
            f":is({_DARK}) .ad-auto{{color-scheme:dark}}",
            f".ad text{{font-family:{FONT_STACK};font-variant-numeric:tabular-nums}}",
            ".ad-dim{opacity:.35}",
            *uses,
        ]
    )


def sign_colour(x: float) -> str:
    """The palette's name for the sign of a number."""
    return "positive" if x > 0 else "negative" if x < 0 else "zero"


def strength(x: float, largest: float) -> float:
    """The strength of a number's colour, 0 to 1: it distinguishes three decades below the largest."""
    if not math.isfinite(x):  # what a reader must not overlook
        return 1.0
    if x == 0 or largest == 0 or math.isinf(largest):
        return 0.0
    return max(0.0, 1.0 + (math.log10(abs(x)) - math.log10(largest)) / 3.0)


def tint(x: float, largest: float) -> str:
    """The background of a gradient: its sign as colour, its magnitude as opacity, in hex."""
    opacity = 0.06 if x == 0 else 0.12 + 0.34 * strength(x, largest)
    return f"{LIGHT[sign_colour(x)]}{round(255 * opacity):02x}"


def line_width(x: float, largest: float) -> float:
    """Of an edge: √|contribution| on the scale of the largest; thin for zero, and wide for inf and nan."""
    if x == 0:
        return 0.6
    share = 1.0 if not math.isfinite(x) else abs(x) / largest if math.isfinite(largest) else 0.0
    return 1.0 + 2.0 * math.sqrt(share)


# Helvetica's advance widths in thousandths of the size; other characters are estimated.
_WIDTHS = {
    character: width
    for width, characters in {
        191: "'",
        222: "ijl",
        278: " !,./:;I[\\]ft",
        260: "|",
        333: "()-`r{}·",
        389: "*",
        469: "^",
        500: "Jcksvxyz",
        584: "+<=>~−×≈",
        611: "FTZ",
        667: "&ABEKPSVXY",
        722: "CDHNRUw",
        778: "GOQ",
        833: "Mm",
        889: "%",
        944: "W",
        1015: "@",
    }.items()
    for character in characters
}


def text_width(text: str, size: float, bold: bool = False) -> float:
    """An estimate in points, a little generous, that needs no font: the same on every machine."""
    total = sum(map(_character_width, text))
    return total * size / 1000 * (1.1 if bold else 1.04)


def _character_width(character: str) -> int:
    if character in _WIDTHS:
        return _WIDTHS[character]
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1000
    if category in ("Lm", "No"):  # super- and subscripts
        return 370
    return 556 if character.isascii() else 640
