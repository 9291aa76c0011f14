"""LaTeX documents: text with mathematical characters in it, and a formula on a page of its own."""

from __future__ import annotations

import re
import unicodedata

from .typesetting import LATEX, LATEX_TEXT, SUBSCRIPTS

_NAMED = "".join(
    f" \\{name}"
    for name in re.findall(
        r"\w+",
        "alpha beta gamma varepsilon zeta eta kappa lambda mu nu xi rho sigma tau varphi chi psi omega Gamma "
        "Delta Lambda Sigma Phi Psi Omega nabla times div neq in leftarrow cdots vdots langle rangle",
    )
).split()
_LATEX_MATHS = {
    **{c: symbol.strip() for c, symbol in LATEX.symbols.items() if not c.isascii()},
    **{c: f"^{{{unicodedata.normalize('NFKC', c)}}}" for c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺ᵀᵗ"},
    **{c: f"_{{{index}}}" for c, index in SUBSCRIPTS.items()},
    **dict(zip("αβγεζηκλμνξρστφχψωΓΔΛΣΦΨΩ∇×÷≠∈←⋯⋮⟨⟩", _NAMED, strict=True)),
    "⁻": "^{-}", "√": "\\surd", "∛": "^{3}\\surd", "▢": "\\square", "<": "<", ">": ">", "|": "|",
}  # fmt: skip


def latex_document(mathematics: str) -> str:
    """A LaTeX document as large as the mathematics in it, which may have its `$$` already."""
    return (
        "\\documentclass[border=4bp]{standalone}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath,amssymb}\n"
        f"\\begin{{document}}\n$\\displaystyle {mathematics.strip('$')}$\n\\end{{document}}\n"
    )


def latex_text(text: str) -> str:
    """Text with mathematical characters, as `∂b/∂a⁽¹⁾ = −3`, in a LaTeX document.

    Raises ValueError for a character that pdflatex has no letter for.

    >>> latex_text("∂b/∂a = −3 & 100 %")
    '$\\\\partial$b/$\\\\partial$a = $-$3 \\\\& 100 \\\\%'
    """
    return "".join(map(_latex_character, text))


def _latex_character(c: str) -> str:
    if c in _LATEX_MATHS:
        return f"${_LATEX_MATHS[c]}$"
    if c in LATEX_TEXT or c == "…":
        return LATEX_TEXT.get(c, r"\ldots{}")
    if ord(c) > 0xFF or not c.isprintable():  # what is below is in the fonts
        raise ValueError(f"LaTeX has no letter for {c!r} here: save the picture as .pdf, or use another name")
    return c
