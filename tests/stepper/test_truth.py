"""The page tells the truth: no symbol has two values, and no sentence about a change is contradicted by
finite differences, in the limit and from both sides."""

from __future__ import annotations

import doctest
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stepper_graphs import fan, random_graph

import autograd
import nn
from autograd import Value, dot, step, topological_order
from autograd.graph import sweep
from autograd.operations.apply import apply
from autograd.rules import RULES
from autograd.text.catalogue import LANGUAGES
from autograd.text.names import display_names

ROOT = Path(__file__).parents[2]

# At every step of a page: its mathematics and its sentences; and each node's details.
SAID = """(host) => {
  const text = (e) => e.textContent, all = (name) => [...host.querySelectorAll(name)].map(text);
  const next = host.querySelector("[aria-label=Next]"), seen = [];
  const count = Number(host.querySelector(".ad-slider").max);
  for (let at = 0; at <= count; at++) {
    seen.push({reasons: all(".ad-reason"), words: all(".ad-words"), rules: all(".ad-rule")});
    next.click();
  }
  const details = [];
  for (const box of host.querySelectorAll(".ad-node")) {
    box.dispatchEvent(new Event("click"));
    details.push(...all(".ad-details dd math"));
    box.dispatchEvent(new Event("click"));
  }
  return {seen, details};
}"""


def template(key: str) -> re.Pattern[str]:
    """The sentence of the catalogue as a pattern that finds its values."""
    escaped = re.escape(LANGUAGES["en"][f"page.{key}"])
    names: set[str] = set()

    def group(match: re.Match[str]) -> str:
        name = match[1]
        if name in names:
            return f"(?P={name})"
        names.add(name)
        return f"(?P<{name}>.+?)"

    return re.compile("^" + re.sub(r"\\\{(\w+)\\\}", group, escaped) + "$", re.DOTALL)


CLAIMS = {key: template(key) for key in ("direct", "direct_place", "arrow", "complete")}


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("∞", "inf"))


def slopes(curve: Callable[[float], float], x: float) -> tuple[float, float]:
    """The slopes to the left and to the right, by Richardson's extrapolation."""
    h = 1e-4 * max(1.0, abs(x))
    here = curve(x)

    def side(sign: float) -> float:
        one, half = ((curve(x + sign * d) - here) / (sign * d) for d in (h, h / 2))
        return 2 * half - one

    return side(-1.0), side(1.0)


def output(root: Value, changed: dict[Value, float]) -> float:
    """The output if these nodes had these values."""
    values: dict[Value, float] = {}
    for node in topological_order(root):
        operands = [values[x] if isinstance(x, Value) else x for x in node.operands]
        values[node] = (
            changed[node] if node in changed else node.rule.evaluate(*operands) if node.rule else node.data
        )
    return values[root]


def through(root: Value, node: Value, slot: int, x: float) -> tuple[float, float]:
    """`node` and the output if its operand in this slot alone were x."""
    places = [i for i, operand in enumerate(node.operands) if isinstance(operand, Value)]
    operands = [o.data if isinstance(o, Value) else o for o in node.operands]
    operands[places[slot]] = x
    assert node.rule
    y = node.rule.evaluate(*operands)
    return y, output(root, {node: y})


def agrees(claimed: str, found: tuple[float, float]) -> bool:
    wanted = number(claimed)
    return all(math.isclose(slope, wanted, rel_tol=0.01, abs_tol=2e-3) for slope in found)


def check_words(root: Value, words: list[str], nodes: dict[str, Value], now: autograd.Step) -> int:
    """Hold each sentence of a step to finite differences; how many there were."""

    def in_all(node: Value) -> tuple[float, float]:
        return slopes(lambda x: output(root, {node: x}), node.data)

    def of_arrow(which: int) -> tuple[float, float]:
        assert now.parent is not None
        return slopes(lambda x: through(root, now.node, now.slot or 0, x)[which], now.parent.data)

    claims = [
        (key, match.groupdict(), sentence)
        for sentence in words
        for key, pattern in CLAIMS.items()
        if (match := pattern.match(sentence))
    ]
    for key, said, sentence in claims:
        assert nodes[said["to"]] is now.parent
        if key == "complete":
            assert agrees(said["gradient"], in_all(nodes[said["to"]])), sentence
        elif key == "arrow":
            assert agrees(said["contribution"], of_arrow(1)), sentence
            assert agrees(said["upstream"], in_all(nodes[said["node"]])), sentence
        else:
            assert nodes[said["node"]] is now.node
            assert agrees(said["local"], of_arrow(0)), sentence
    return len(claims)


def symbols(lines: list[str]) -> dict[str, set[str]]:
    """Each derivative that mathematics on the page gives a value, with all values it is given."""
    found: dict[str, set[str]] = {}
    for line in lines:
        parts = re.split("[=≈→]", line.split("\u2003")[0])
        if parts[0].startswith(("∂", "d")) and len(parts) > 1:
            last = re.match(r"−?[\d.]+(e−?\d+)?", parts[-1])
            found.setdefault(parts[0], set()).add(last[0] if last else parts[-1])
    return found


def readme() -> Value:
    a, b, c, f = (Value(x, name) for x, name in ((2.0, "a"), (-3.0, "b"), (10.0, "c"), (-2.0, "f")))
    return (a * b + c) * f


def square_plus() -> Value:
    a = Value(3.0, "a")
    loss = a * a + a
    loss.label = "L"
    return loss


def neuron() -> Value:
    w, x = [Value(-3.0, "w1"), Value(1.0, "w2")], [Value(2.0, "x1"), Value(0.0, "x2")]
    return dot(w, x, Value(6.881, "b")).tanh()


def classifier() -> Value:
    return nn.cross_entropy([Value(z, f"z{k}") for k, z in enumerate((1.0, 2.0, 0.5))], 2)


def network() -> Value:
    return (nn.MLP([2, 3, 1], seed=1)([Value(0.5, "x1"), Value(-1.0, "x2")])[0] - 1.0) ** 2


def at_corners() -> Value:
    x, y = Value(0.0, "x"), Value(2.0, "y")
    return x.relu() * 3.0 + x.abs() * y + autograd.maximum(y, 2.0) + y.floor() + y * y


def collisions() -> Value:
    """Names that the page uses itself."""
    delta, h, v = Value(0.5, "Δ"), Value(-0.25, "h"), Value(1.5, "v4")
    twin = Value(2.0, "h")
    return (delta * h + v) * (twin * delta).tanh()


EXAMPLES = (readme, square_plus, fan, neuron, classifier, network, at_corners, collisions)


def truth(tab, roots):
    return check_pages(
        tab, [(step(root, fold=False)._repr_html_(), root, display_names(root)) for root in roots]
    )


def check_pages(tab, pages: list[tuple[str, Value, dict[Value, str]]]) -> int:
    """Hold each page, of a graph with these names, to the graph; how many sentences there were."""
    tab.set_content("".join(page for page, _, _ in pages))
    tab.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
    said = tab.evaluate(f"() => [...document.querySelectorAll('.ad-stepper')].map({SAID})")
    checked = 0
    for (_, root, names), page in zip(pages, said, strict=True):
        nodes = {name: node for node, name in names.items()}
        assert len(nodes) == len(topological_order(root))
        lines = page["details"] + [line for seen in page["seen"] for line in seen["reasons"]]
        for symbol, values in symbols(lines).items():
            assert len(values) == 1, (symbol, values)
        for now, seen in zip(sweep(root, {}), page["seen"][1:], strict=True):
            assert not re.search(r"undefined|\{|NaN", "".join(seen["words"]))
            checked += check_words(root, seen["words"], nodes, now)
    return checked


@pytest.mark.parametrize("first", range(0, 50, 10))
def test_what_is_said_of_random_graphs_is_true(first, tab):
    assert truth(tab, [random_graph(seed) for seed in range(first, first + 10)]) > 100


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__)
def test_what_is_said_of_the_examples_is_true(example, tab):
    assert truth(tab, [example()]) >= 3


def test_at_a_corner_the_page_says_so_and_claims_no_slope(tab):
    x = Value(0.0, "x")
    root = x.relu() * 3.0
    tab.set_content(step(root)._repr_html_())
    tab.wait_for_selector(".ad-live")
    tab.click("[aria-label=Last]")
    said = tab.locator(".ad-words").all_text_contents()
    assert (
        said[0] == "x is at a corner of relu: slope 0 to the left, 1 to the right; 0 is the convention here."
    )
    assert "follows from a convention" in said[1]
    assert not any("changes" in sentence for sentence in said)
    tab.locator(".ad-node").first.click()
    check = tab.locator(".ad-details dd").nth(2).text_content()
    assert check == "slope 0 to the left, 3 to the right: a corner"


# The pages whose code leaves graphs behind; that of the others leaves none.
PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ["index", "tour", "micrograd", "live", "teaching", "gallery"]),
)
MAX_NODES = 60


def results(blocks: list[str]) -> list[Value]:
    """The results that code leaves in its variables, block after block, if a page can show them."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    found: dict[int, Value] = {}
    for block in blocks:
        for example in doctest.DocTestParser().get_examples(block) or [doctest.Example(block, "")]:
            if example.exc_msg is None:
                exec(example.source, namespace)
        values = [v for v in namespace.values() if isinstance(v, Value) and v.parents]
        found.update((id(v), v) for v in values)
    # Of a network that has been trained since, the recorded numbers are no longer those of its parameters.
    fresh = [v for v in found.values() if math.isclose(output(v, {}), v.data, rel_tol=1e-12)]
    return [v for v in fresh if len(topological_order(v)) <= MAX_NODES]


def test_what_is_said_of_the_examples_of_the_documentation_is_true(tab, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    fence = re.compile(r"^```python[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    roots = [v for page in PAGES for v in results(fence.findall((ROOT / page).read_text("utf-8")))]
    for name in autograd.__all__:
        if ">>>" in (text := getattr(autograd, name).__doc__ or ""):
            roots += results([f"from autograd import *\nfrom autograd import {name}\n", text])
    assert len(roots) > 15
    assert truth(tab, roots) > 100


def graph_of(page: str) -> tuple[Value, dict[Value, str]] | None:
    """The graph that a kept page shows, built again from its record, if nothing in it is folded."""
    found = re.search('<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    model = json.loads(found[1])
    if model["boxes"]:
        return None
    program, nodes = model["program"], list[Value]()
    for op, operands, data in zip(
        program["ops"].split(" "), program["operands"], program["data"], strict=True
    ):
        known = [nodes[x] if isinstance(x, int) else None if x is None else x[0] for x in operands]
        nodes.append(apply(RULES[op], *known) if op else Value(data))
        assert nodes[-1].data == data
    return nodes[-1], {node: told["label"] for node, told in zip(nodes, model["nodes"], strict=True)}


def test_what_the_pages_in_the_lessons_say_is_true(tab):
    """Each stepper that a lesson keeps, as it is kept: its script, its picture and its record."""
    pages: list[tuple[str, Value, dict[Value, str]]] = []
    for path in sorted((ROOT / "notebooks").glob("**/*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                page = "".join(output.get("data", {}).get("text/html", ()))
                if 'class="ad-stepper"' in page and (graph := graph_of(page)):
                    pages.append((page, *graph))
    assert len(pages) >= 3
    assert check_pages(tab, pages) > 25
