"""docs/operations.md: the table of operations, with the package's own mathematics.

Its sections are the comments in autograd/rules.py.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from autograd import RULES, FormulaRule
from autograd.text.mathematics import MATHML, equation, partials

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
---
hide:
  - toc
---

# Operations

Every operation is one row of one table, [`autograd/rules.py`][table]; this page is printed from it. The same
rows compute, differentiate and explain.

A function takes Values and plain numbers, `autograd.tanh(x)`; most are methods too, `x.tanh()`. Without a
Value among the operands the result is a float. The formulas are the schoolbook's. Floats compute the same
with more care where digits would be lost, as 4·σ(2x)·σ(−2x) for the derivative of tanh: `help` and
[the table][table] show both. What happens outside a domain or at a kink is
on [its own page](numerics.md); operations on lists, such as `sum` and `softmax`, are
[in the reference](reference/autograd.md#on-lists).

[table]: how-it-works.md#the-table
"""
SPELLED = {
    "add": "a + b", "sub": "a - b", "mul": "a * b", "div": "a / b", "pow": "a ** b", "neg": "-x",
    "floordiv": "a // b", "mod": "a % b", "abs": "abs(x)", "identity": "",
}  # fmt: skip


def sections() -> dict[str, list[str]]:
    """The names of the rows of fixed length under their headings, in the order of the source."""
    source = (ROOT / "autograd" / "rules.py").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for title, name in re.findall(r'^# ([^\n]*[^.\n])$|^row\(\s*"(\w+)"', source, flags=re.MULTILINE):
        if title:
            found[title] = []
        else:
            list(found.values())[-1].append(name)
    return found


def line(name: str) -> str:
    """The row of the page for one operation."""
    rule = RULES[name]
    assert isinstance(rule, FormulaRule)
    operands = [*rule.operands[: len(rule.operands) - len(rule.defaults)]]
    operands += [f"{o}={d:g}" for o, d in zip(rule.operands[len(operands) :], rule.defaults)]
    call = SPELLED.get(name, f"{name}({', '.join(operands)})")
    value, slopes = (
        f"<math>{equation(rule, MATHML)}</math>",
        "".join(f"<math>{partial}</math>" for partial in partials(rule, MATHML)),
    )
    return (
        f'<tr id="{name}"><td><code>{escape(call)}</code></td><td>{value}</td><td>{slopes}</td>'
        f"<td>{escape(rule.domain)}</td></tr>"
    )


def page() -> str:
    """The whole page."""
    parts = [HEADER]
    for title, names in sections().items():
        rows = [line(name) for name in names if SPELLED.get(name) != ""]
        head = "<tr><th>operation</th><th>value</th><th>local derivatives</th><th>needs</th></tr>"
        table = "\n".join(
            [
                "<div class=operations><table>",
                f"<thead>{head}</thead>",
                "<tbody>",
                *rows,
                "</tbody>",
                "</table></div>",
            ]
        )
        parts.append(f"## {title}\n\n{table}\n")
    return "\n".join(parts)
