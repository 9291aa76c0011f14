"""Notations: how plain text, LaTeX and MathML spell a fraction, a power, a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape


def number_place(reference: str) -> str:
    """A place for a number, which a page fills (`filled` in stepper/web/numbers.js), in any notation.

    It is written between two characters that no name has. If the number needs parentheses there when it
    is negative, a parenthesis follows the first (`Style.parenthesized`).
    """
    return f"\ufff9{reference}\ufffb"


_PLACE_FIRST = re.compile("((?:<mrow>)*)\ufff9(\\w+\ufffb)(.*)", re.DOTALL)


class Style:
    """The spelling of mathematics in a notation; this one is plain text, and the others override it."""

    stacked = False  # fractions stand over each other, so they need no parentheses
    symbols: Mapping[str, str] = {}

    def name(self, text: str) -> str:
        """An operand's name, whatever characters a user put into it."""
        return text

    def number(self, text: str) -> str:
        """A number as it is to be read, without its sign."""
        return text

    def word(self, name: str) -> str:
        """The name of a function."""
        return name

    def words(self, text: str) -> str:
        """A sentence beside the mathematics."""
        return text

    def symbol(self, text: str) -> str:
        """An operator, a bracket, a comma."""
        return self.symbols.get(text, text)

    def row(self, *parts: str) -> str:
        """Pieces one after another."""
        return "".join(parts)

    def infix(self, left: str, operator: str, right: str) -> str:
        """Two operands with an operator between them."""
        space = "" if operator == "·" else " "
        return f"{left}{space}{operator}{space}{right}"

    def fraction(self, above: str, below: str) -> str:
        """A division; the operands have their parentheses where the notation needs them."""
        return f"{above} / {below}"

    def power(self, base: str, exponent: str) -> str:
        """A power."""
        raised = exponent.translate(_SUPERSCRIPTS)
        plain = set(exponent) <= set("0123456789−")
        return base + raised if plain else f"{base}^{exponent}"

    def root(self, body: str, index: str) -> str:
        """A square root (no index) or another root."""
        return {"": "√", "3": "∛"}[index] + body

    def subscripted(self, body: str, index: str) -> str:
        """A component."""
        return body + {"i": "ᵢ", "j": "ⱼ", "k": "ₖ", "t": "ₜ"}[index]

    def transposed(self, body: str) -> str:
        """A transposed matrix."""
        return body + "ᵀ"

    def marked(self, name: str, place: int) -> str:
        """An operand that an operation uses several times, with its place among the operands."""
        return f"{name}⁽{str(place).translate(_SUPERSCRIPTS)}⁾"

    def elements(self, body: str, index: str) -> str:
        """Elements of a vector by Python's slices, columns of them with `|` between: v[0:2 | 1:3]."""
        return f"{body}[{index}]"

    def aside(self, condition: str) -> str:
        """The condition under which a formula holds, behind it."""
        return f" ({condition})"

    def parenthesized(self, operand: str, *, for_sign: bool) -> str:
        """An operand that would be misread without parentheses, or only next to its minus sign (`for_sign`).

        If a place for a number is all of it, or has the sign, the number gets the parentheses on the page.
        """
        found = _PLACE_FIRST.fullmatch(operand)
        if found and (for_sign or not (found[1] or found[3])):
            return f"{found[1]}\ufff9({found[2]}{found[3]}"
        return self.fenced(operand)

    def fenced(self, body: str, left: str = "(", right: str = ")") -> str:
        """Something in brackets."""
        return self.row(self.symbol(left), body, self.symbol(right))

    def cases(self, branches: Sequence[tuple[str, str]], otherwise: str) -> str:
        """A value that depends on conditions."""
        return ", ".join(f"{value} if {test}" for value, test in branches) + f", else {otherwise}"


class _LaTeX(Style):
    stacked = True
    symbols: Mapping[str, str] = {
        "·": r" \cdot ", "−": "-", "≤": r" \le ", "≥": r" \ge ", "Σ": r"\sum ", "π": r"\pi ",
        "δ": r"\delta", "θ": r"\theta", "|": "|", "⌊": r"\lfloor ", "⌋": r" \rfloor ", "⌈": r"\lceil ",
        "⌉": r" \rceil ", "‖": r"\|", "Π": r"\prod ", "⊙": r" \odot ", "′": "'",
        "(": r"\left(", ")": r"\right)", "∂": r"\partial ", "→": r" \to ",
        "≈": r"\approx", "…": r"\ldots ", "×": r" \times ", "∞": r"\infty",
    }  # fmt: skip

    def name(self, text: str) -> str:
        base, subscript = _subscripted(text)
        if not base:
            letters = ""
        elif base in self.symbols:
            letters = self.symbols[base].strip()
        elif base.isascii() and base.isalnum():
            letters = base if len(base) == 1 else rf"\mathit{{{base}}}"
        else:
            letters = self.words(base)
        return f"{letters}_{{{subscript}}}" if subscript else letters

    def number(self, text: str) -> str:
        digits, _, exponent = text.partition("e")
        if not exponent:
            return self.symbols.get(text, text)
        power = f"10^{{{int(exponent.replace('−', '-'))}}}"
        return power if digits == "1" else rf"{digits} \cdot {power}"

    def words(self, text: str) -> str:
        return rf"\text{{{''.join(LATEX_TEXT.get(c, c) for c in text)}}}"

    def word(self, name: str) -> str:
        if name in _LATEX_WORDS:
            return _LATEX_WORDS[name]
        return rf"\operatorname{{{name}}}".replace("_", r"\_")

    def infix(self, left: str, operator: str, right: str) -> str:
        symbol = self.symbol(operator).strip()
        return f"{left} {symbol} {right}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def root(self, body: str, index: str) -> str:
        return rf"\sqrt{f'[{index}]' if index else ''}{{{body}}}"

    def subscripted(self, body: str, index: str) -> str:
        return f"{{{body}}}_{{{index}}}"

    def transposed(self, body: str) -> str:
        return f"{{{body}}}^{{T}}"

    def marked(self, name: str, place: int) -> str:
        return f"{{{name}}}^{{({place})}}"

    def elements(self, body: str, index: str) -> str:
        return f"{body}[{index.replace(':', '{:}').replace('|', chr(92) + 'mid')}]"

    def aside(self, condition: str) -> str:
        return rf"\;({condition})"

    def cases(self, branches: Sequence[tuple[str, str]], otherwise: str) -> str:
        rows = [rf"{value} & \text{{if }} {test}" for value, test in branches]
        rows.append(rf"{otherwise} & \text{{otherwise}}")
        return r"\begin{cases}" + r" \\ ".join(rows) + r"\end{cases}"


class _MathML(Style):
    stacked = True

    def name(self, text: str) -> str:
        return f"<mi>{escape(text)}</mi>"

    def number(self, text: str) -> str:
        return f"<mn>{text}</mn>"

    def word(self, name: str) -> str:
        return f"<mi>{name}</mi>"

    def symbol(self, text: str) -> str:
        return f"<mo>{escape(text.strip())}</mo>"  # by its operators MathML knows the space around them

    def row(self, *parts: str) -> str:
        return f"<mrow>{''.join(parts)}</mrow>"

    def infix(self, left: str, operator: str, right: str) -> str:
        return self.row(left, self.symbol(operator), right)

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{base}{exponent}</msup>"

    def root(self, body: str, index: str) -> str:
        return f"<mroot>{body}<mn>{index}</mn></mroot>" if index else f"<msqrt>{body}</msqrt>"

    def subscripted(self, body: str, index: str) -> str:
        return f"<msub>{body}<mi>{index}</mi></msub>"

    def transposed(self, body: str) -> str:
        return f"<msup>{body}<mi>T</mi></msup>"

    def marked(self, name: str, place: int) -> str:
        return f"<msup>{name}<mtext>({place})</mtext></msup>"

    def aside(self, condition: str) -> str:
        return self.row("<mspace width='.6em'/>", self.fenced(condition))

    def cases(self, branches: Sequence[tuple[str, str]], otherwise: str) -> str:
        rows = [f"<mtd>{value}</mtd><mtd><mtext>if\u00a0</mtext>{test}</mtd>" for value, test in branches]
        rows.append(f"<mtd>{otherwise}</mtd><mtd><mtext>otherwise</mtext></mtd>")
        table = "".join(f"<mtr>{row}</mtr>" for row in rows)
        return self.row(self.symbol("{"), f'<mtable columnalign="left">{table}</mtable>')


_SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₜ", "0123456789ijkt", strict=True))
_LATEX_WORDS = {name: f"\\{name}" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")}
_LATEX_WORDS.update({"σ": r"\sigma", "ψ": r"\psi", "log|Γ|": r"\log|\Gamma|"})
LATEX_TEXT = {c: f"\\{c}" for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _subscripted(text: str) -> tuple[str, str]:
    """x₁ as ("x", "1")."""
    base = text.rstrip("".join(SUBSCRIPTS))
    return base, "".join(SUBSCRIPTS[c] for c in text[len(base) :])


TEXT, LATEX, MATHML = Style(), _LaTeX(), _MathML()
