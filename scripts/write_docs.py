"""Write what the documentation takes from the source: `python scripts/write_docs.py`.

docs/operations.md is the table of operations; its sections are the comments in autograd/rules.py, its
mathematics the package's own. docs/typed.md is made of the tables of hints. The list of modules in
docs/how-it-works.md consists of their docstrings' first lines. It redraws docs/pictures/. docs/live/,
which is not committed, gets pages of the stepper and site.json.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import sys
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import layers  # noqa: E402
import lessons  # noqa: E402
import typed  # noqa: E402

import nn  # noqa: E402
from autograd import RULES, FormulaRule, Program, Value, compile, dot, draw, scope, sigmoid  # noqa: E402
from autograd import sum as total  # noqa: E402
from autograd.__main__ import EXAMPLE  # noqa: E402
from autograd.stepper import Stepper  # noqa: E402
from autograd.text.expressions import read_expression, read_number  # noqa: E402
from autograd.text.mathematics import MATHML, equation, partials  # noqa: E402

DOCS = ROOT / "docs"
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


def listed(page: str) -> str:
    """The page with the list of modules, between its markers, as it should be."""
    rows = ["| module | contents |", "|---|---|"]
    for first, names in reversed(layers.layers().items()):
        title, *_ = layers.LAYERS[first]
        rows.append(f"| **{title}** | |")
        rows += [f"| `{name}` | {layers.about(name)} |" for name in names]
    return between("modules", page, rows)


def lesson_list(page: str) -> str:
    """The page with the list of lessons, between its markers, as it should be."""
    rows = ["| lesson | minutes | you will |", "|---|---|---|"]
    for path in lessons.NOTEBOOKS:
        aims, minutes = lessons.aims_and_minutes(path)
        rows.append(f"| [{lessons.title(path)}](lessons/{path.stem}.md) | {minutes} | {aims} |")
    return between("lessons", page, ["", *rows, ""])


def navigation(config: str) -> str:
    """The site's configuration with all lessons in its `nav`."""
    rows = [f'    "lessons/{path.stem}.md",\n' for path in lessons.NOTEBOOKS]
    japanese = ", ".join(f'"lessons/ja/{path.stem}.md"' for path in lessons.JAPANESE)
    for name, lines in (("lessons", rows), ("japanese", [f'    {{ "日本語" = [{japanese}] }},\n'])):
        before, mark, rest = config.partition(f"    # <{name}>\n")
        config = before + mark + "".join(lines) + f"    # </{name}>" + rest.partition(f"    # </{name}>")[2]
    return config


def between(name: str, page: str, lines: list[str]) -> str:
    """The page with these lines between the markers of that name."""
    before, _, rest = page.partition(f"<!-- {name} -->\n")
    after = rest.partition(f"<!-- /{name} -->")[2]
    return "\n".join([before + f"<!-- {name} -->", *lines, f"<!-- /{name} -->" + after])


def product() -> Value:
    """L = (a·b + c)·f."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    L = (a * b + c) * f
    L.label = "L"
    return L


def fan() -> Value:
    """a is used three times: L = b·c, c = a + b, b = a·a."""
    a = Value(3.0, "a")
    b = a * a
    c = a + b
    L = b * c
    for node, label in ((b, "b"), (c, "c"), (L, "L")):
        node.label = label
    return L


def network() -> Value:
    """The output of a small network for one example."""
    with scope("input"):
        x = [Value(0.5, "x₁"), Value(-1.0, "x₂")]
    [y] = nn.MLP([2, 3, 1], seed=1)(x)
    return y


def layer() -> Program:
    """Two neurons, each with two inputs, compiled."""
    W = [[Value(0.5, "w₁₁"), Value(-1.0, "w₁₂")], [Value(0.3, "w₂₁"), Value(0.8, "w₂₂")]]
    b = [Value(0.1, "b₁"), Value(-0.1, "b₂")]

    def cost(x: list[Value], y: list[Value]) -> Value:
        a = [sigmoid(dot(w, x, b_j)) for w, b_j in zip(W, b, strict=True)]
        return total((a_j - y_j) ** 2 for a_j, y_j in zip(a, y, strict=True))

    return compile(cost, [[1.0, 2.0], [1.0, 0.0]], [W, b], plan="arrays")


def pictures() -> dict[str, str]:
    """The drawings of docs/pictures/, by file name."""
    drawn = {"layers.svg": layers.picture()}
    for name, value, fold in (
        ("readme", product(), None),
        ("fan", fan(), None),
        ("network", network(), "neuron"),
    ):
        value.backward()
        drawn[f"{name}.svg"] = draw(value, fold=fold).pipe("svg", encoding="utf-8")
    drawn["program.svg"] = layer().draw().pipe("svg", encoding="utf-8")
    return drawn


def site() -> dict[str, Any]:
    """The facts that docs/site.js asks for: whether it has Python, and an expression to try."""
    expression, *numbers = shlex.split(EXAMPLE)
    return {
        "playground": (DOCS / "playground" / "packages.zip").exists(),
        "expression": expression,
        "numbers": dict(number.split("=") for number in numbers),
    }


def live_pages(folder: Path) -> None:
    """Run the blocks of live.md and gallery.md that save pages, in the folder that their frames point to,
    and the one that index.md begins with."""
    blocks = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):  # at a terminal they would open
        for name in ("live.md", "gallery.md"):
            first, *others = blocks.findall((DOCS / name).read_text(encoding="utf-8"))
            for code in (first, *(first + code for code in others)):
                if ".save(" in code:
                    exec(code, {})
        shown, *_ = blocks.findall((DOCS / "index.md").read_text(encoding="utf-8"))
        exec(shown + "import autograd\nautograd.step(L, names=vars()).save('product.html')", {})


def words(svg: str) -> list[str]:
    """The texts in a picture; renderers differ only in their positions."""
    return sorted(re.findall("<(?:text|title)[^>]*>([^<]*)", svg))


def write(path: Path, text: str) -> None:
    """A text file, the same on every system."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


PARTLY_WRITTEN = {
    DOCS / "how-it-works.md": listed,
    DOCS / "lessons.md": lesson_list,
    ROOT / "zensical.toml": navigation,
}

if __name__ == "__main__":
    write(DOCS / "operations.md", page())
    write(DOCS / "typed.md", typed.page())
    for path, fresh in PARTLY_WRITTEN.items():
        write(path, fresh(path.read_text(encoding="utf-8")))
    for name, text in pictures().items():
        kept = DOCS / "pictures" / name
        if not kept.exists() or words(kept.read_text(encoding="utf-8")) != words(text):
            write(kept, text)
    (DOCS / "live").mkdir(exist_ok=True)
    example = site()
    numbers = {name: read_number(name, text) for name, text in example["numbers"].items()}
    tried = read_expression(example["expression"], numbers)
    Stepper(tried).save(DOCS / "live" / "try.html")
    live_pages(DOCS / "live")
    write(DOCS / "live" / "site.json", json.dumps(example) + "\n")
