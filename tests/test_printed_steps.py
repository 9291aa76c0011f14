"""The steps that the documentation and the lessons print are true: their arithmetic, and each symbol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STEP = re.compile(
    r"^\s*(?P<receiver>.+?)\.grad \+= (?P<factors>.+?) = (?P<numbers>.+?)   +"
    r"(?P<before>\S+) → (?P<after>\S+)"
    r"(?:   +(?P<why>.*))?$"
)
PRODUCT = re.compile(r"(\S+) × (\S+) ([=≈]) (\S+)")
SYMBOL = re.compile(
    r"(?P<symbol>[∂d]\S+/[∂d].+?) (?:= .+? )?[=≈] (?P<value>−?[\d.]+(?:e−?\d+)?)(?:   .*| \(.*)?$"
)


def number(text: str) -> Fraction:
    return Fraction(text.strip("()").replace("−", "-"))


def texts(path: Path) -> Iterator[str]:
    """The blocks of a page, the outputs of a lesson, or the docstrings of a module."""
    source = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        yield from re.split(r"^```.*$|\"\"\"", source, flags=re.MULTILINE)
        return
    for cell in json.loads(source)["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            yield "".join(output.get("text", data.get("text/plain", ())))
            pages = re.findall("<pre[^>]*>(.*?)</pre>", "".join(data.get("text/html", ())), re.DOTALL)
            yield from map(unescape, pages)  # the trace of a stepper


def false_steps(text: str) -> tuple[int, list[str]]:
    """The number of printed steps, and those that say something false."""
    found: list[str] = []
    gradients: dict[str, str] | None = None  # none as long as the beginning of the pass is not told
    symbols: dict[str, str] = {}
    count = 0
    for line in text.splitlines():
        step = STEP.match(line)
        if step is None or re.search("nan|∞", step["numbers"] + step["after"]):
            continue
        count += 1
        if step["factors"].startswith("d"):  # another pass begins
            gradients, symbols = {}, {}
        before, after, added = number(step["before"]), number(step["after"]), step["numbers"]
        if product := PRODUCT.fullmatch(added):
            a, b, sign, added = product.groups()
            exact = number(a) * number(b)
            off = abs(exact - number(added))
            if (off == 0) != (sign == "=") or off > abs(exact) / 50:
                found.append(line)
        largest = max(abs(before), abs(after), abs(number(added)))
        if abs(before + number(added) - after) > largest / 60:
            found.append(line)
        receiver = step["receiver"].strip()
        if gradients is not None:
            if gradients.get(receiver, "0") != step["before"]:
                found.append(line)
            gradients[receiver] = step["after"]
        if reason := SYMBOL.match(step["why"] or ""):
            if symbols.setdefault(reason["symbol"], reason["value"]) != reason["value"]:
                found.append(line)
            if product and number(reason["value"]) != number(product[2]):
                found.append(line)
    return count, found


PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("notebooks/**/*.ipynb")),
    *sorted(path for name in ("autograd", "nn") for path in (ROOT / name).rglob("*.py")),
]


def test_every_printed_step_is_true():
    told = {path: [false_steps(text) for text in texts(path)] for path in PAGES}
    assert [line for path in told for _, lines in told[path] for line in lines] == []
    assert sum(count for path in told for count, _ in told[path]) > 60
    assert sum(any(count for count, _ in told[path]) for path in told) >= 6


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("= 21 × 3 = 63", "= 21 × 3 ≈ 63"),
        ("= 21 × 3 = 63", "= 21 × 3 = 64"),
        ("9 → 72", "9 → 70"),
        ("9 → 72", "0 → 63"),
        ("a = 3", "a = 4"),
    ],
)
def test_a_false_step_is_found(right, wrong):
    text = (
        "b.grad += db/db = 1                           0 → 1\n"
        "a.grad += b.grad · ∂b/∂a = 1 × 9 = 9          0 → 9     ∂b/∂a = 9\n"
        "a.grad += c.grad · ∂c/∂a⁽¹⁾ = 21 × 3 = 63     9 → 72    ∂c/∂a⁽¹⁾ = a = 3\n"
    )
    assert false_steps(text) == (3, [])
    assert false_steps(text.replace(right, wrong))[1] != []
