"""Constants on the live page: every number and every name follows an edit, and no name becomes false."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from test_live import AT, EDIT, READ, check, edit, opened, shown
from test_truth import SAID, check_words, symbols

import autograd
from autograd import Value, dot, step, topological_order
from autograd.text.numbers import short_number

Numbers = Callable[[float], float]
__all__ = ["opened"]  # a fixture

GROW: dict[str, Callable[[Value, Value, Numbers], Value]] = {
    "add": lambda a, b, c: a + c(1.0),
    "take": lambda a, b, c: c(2.0) - a,
    "scale": lambda a, b, c: a * c(0.3),
    "divide": lambda a, b, c: b / c(4.0),
    "power": lambda a, b, c: (a.sigmoid() + 1.0) ** c(3.0),
    "maximum": lambda a, b, c: autograd.maximum(a, c(0.25)),
    "clip": lambda a, b, c: autograd.clip(b, c(-1.0), c(1.5)),
    "sum": lambda a, b, c: autograd.sum([a, c(0.5), b]),
    "dot": lambda a, b, c: dot([a, b], [c(0.5), 2.0], b),
    "mul": lambda a, b, c: a.tanh() * b,
}


def grown(seed: int, changed: dict[int, float]) -> Value:
    """A random graph, some of whose constants are changed, by their place in the program."""
    chance, places = random.Random(seed), count()
    nodes = [Value(chance.uniform(-2, 2)) for _ in range(3)]
    for _ in range(chance.randint(6, 10)):
        grow = GROW[chance.choice(sorted(GROW))]
        operands = chance.choice(nodes), chance.choice(nodes[-4:])
        nodes.append(grow(*operands, lambda x: changed.get(next(places), x)))
    return nodes[-1]


def constants(root: Value) -> Iterator[tuple[int, int]]:
    """The constants that a reader may change: the node's place, the operand's."""
    for id in step(root).model().get("open", {"constants": []})["constants"]:
        k, slot = id[1:].split("_")
        yield int(k), int(slot)


def recomputed(root: Value, changed: dict[tuple[int, int], float]) -> Value:
    """The graph again, with other constants."""
    again: dict[Value, Value] = {}
    for k, node in enumerate(topological_order(root)):
        operands = [
            again[o] if isinstance(o, Value) else changed.get((k, i), o) for i, o in enumerate(node.operands)
        ]
        again[node] = node.rule(*operands) if node.rule else Value(node.data, node.label)
    return again[root]


EDIT_CONSTANT = EDIT.replace(
    'const box = [...host.querySelectorAll(".ad-node")].find((one) => one.dataset.label === action);',
    'const box = host.querySelector(`.ad-node[data-key="${action}"]`);',
)
# All texts and attributes that a reader or a screen reader can meet.
SHOWN = """() => {
  const copy = document.documentElement.cloneNode(true);
  for (const element of copy.querySelectorAll("script, [hidden]")) element.remove();
  return copy.innerHTML;
}"""
NAMES = """(host) => Object.fromEntries([...host.querySelectorAll(".ad-node[data-key^=n]")].map(
  (box) => [box.dataset.key, box.dataset.label]))"""


@pytest.mark.parametrize("first", range(0, 20, 10))
def test_every_number_and_every_sentence_follows_a_constant(first, tab):
    """20 random graphs, up to five edits each: numbers, names, formulas, sentences."""
    chance, edits, claims = random.Random(first), 0, 0
    for seed in range(first, first + 10):
        root = grown(seed, {})
        tab.set_content(step(root)._repr_html_())
        tab.wait_for_selector(".ad-live")
        tab.click("[aria-label=Last]")
        changed: dict[tuple[int, int], float] = {}
        found, new, nodes = list(constants(root)), root, dict[str, Value]()
        for k, slot in chance.sample(found, min(5, len(found))):
            x = chance.choice([-1.5, 0.125, 2.0, 3.0, round(chance.uniform(-2, 2), 3)])
            changed[k, slot] = x
            act = AT.replace("{DO}", EDIT_CONSTANT).replace("READ", READ)
            seen = tab.evaluate(act, [0, f"k{k}-{slot}", repr(x)])
            new = recomputed(root, changed)
            names = tab.evaluate(f"({NAMES})(document.querySelector('.ad-stepper'))")
            nodes = {names[f"n{k}"]: node for k, node in enumerate(topological_order(new))}
            assert len(nodes) == len(names), "two nodes have one name"
            check(seen, new, {node: name for name, node in nodes.items()})
            edits += 1
            assert tab.text_content(f".ad-node[data-key='k{k}-{slot}'] text") == short_number(x, 6)
        if nodes:
            claims += is_true(tab, new, nodes)
    assert (edits > 20, claims > 40) == (True, True)


def is_true(tab, root: Value, nodes: dict[str, Value]) -> int:
    """Hold what the page says at every step to the graph; how many sentences there were."""
    tab.click("[aria-label=First]")
    said = tab.evaluate(f"({SAID})(document.querySelector('.ad-stepper'))")
    lines = said["details"] + [line for seen in said["seen"] for line in seen["reasons"]]
    assert not re.search("[\ufff9\ufffb]|undefined", "".join(lines))
    for symbol, values in symbols(lines).items():
        assert len(values) == 1, (symbol, values)
    root.zero_grad()
    steps = list(autograd.backward_steps(root))
    words = zip(steps, said["seen"][1:], strict=True)
    return sum(check_words(root, seen["words"], nodes, now) for now, seen in words)


def chain(one: float = 1.0, factor: float = 2.5, power: float = 2.0) -> Value:
    """Names that are made of constants, one of another."""
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    return (a * b + one) * factor - a**power


def pick(page, key: str, number: str) -> None:
    page.locator(f".ad-node[data-key={key}]").click()
    page.locator(".ad-editor .ad-field").fill(number)


def definitions(page) -> dict[str, str]:
    """All definitions that the statements of the backward pass give."""
    found: dict[str, str] = {}
    page.click("[aria-label=First]")
    for _ in range(int(page.get_attribute(".ad-slider", "max"))):
        page.click("[aria-label=Next]")
        for text in page.locator(".ad-defined").all_text_contents():
            found |= dict(one.split(" = ") for one in text.removeprefix("where ").split(", "))
    return found


def test_a_name_made_of_constants_gives_way_and_comes_back(opened):
    page = opened(chain())
    title = page.title()
    assert title == page.text_content("h1") == "Backward pass of v5 − a²"
    before = page.evaluate(f"({NAMES})(document.querySelector('.ad-stepper'))")
    assert [before[key] for key in ("n2", "n3", "n4", "n5")] == ["a·b", "a·b + 1", "v5", "a²"]
    pick(page, "k3-1", "-4")
    assert page.get_by_label("value of operand 2 of v4", exact=True).input_value() == "-4"
    page.locator(".ad-node[data-key=k5-1]").click()
    assert page.get_by_label("value of operand 2 of v6", exact=True).input_value() == "2"
    page.get_by_label("value of operand 2 of v6", exact=True).fill("3")
    after = page.evaluate(f"({NAMES})(document.querySelector('.ad-stepper'))")
    assert [after[key] for key in ("n2", "n3", "n4", "n5")] == ["a·b", "v4", "v5", "v6"]
    assert definitions(page) == {"v4": "a·b + (−4)", "v5": "v4·2.5", "v6": "a^3", "v7": "v5 − v6"}
    assert shown(page, "v7") == short_number(chain(-4.0, 2.5, 3.0).data)
    assert not re.search(r"a·b \+ 1|a²", page.evaluate(SHOWN))
    page.click("text=undo")
    page.click("text=undo")
    assert page.evaluate(f"({NAMES})(document.querySelector('.ad-stepper'))") == before
    assert definitions(page)["v5"] == "(a·b + 1)·2.5"
    assert page.locator(".ad-bar >> text=reset").is_hidden()


def test_a_name_made_of_such_a_name_gives_way_too(opened):
    x = Value(2.0, "x")
    page = opened((x + 1.0).tanh())
    assert page.locator(".ad-output").get_attribute("data-label") == "tanh(x + 1)"
    pick(page, "k1-1", "3")
    assert page.locator(".ad-output").get_attribute("data-label") == "v3"


def test_the_title_follows_the_name_of_the_output(opened):
    x = Value(3.0, "x")
    page = opened(x + 1.0)
    pick(page, "k1-1", "2")
    assert page.title() == page.text_content("h1") == "Backward pass of v2"
    page.click("text=reset")
    assert page.title() == page.text_content("h1") == "Backward pass of x + 1"


def test_the_rule_has_the_constant_of_now(opened):
    x = Value(3.0, "x")
    page = opened(x**2.0)
    page.click("[aria-label=Last]")
    assert page.text_content(".ad-reason") == "∂x²∂x=2·x=2·3=6"
    pick(page, "k1-1", "-1")
    assert page.text_content(".ad-reason") == "∂v2∂x=−1·x−1−1=−1·3−1−1≈−0.111"
    page.click("text=forward")
    page.click("[aria-label=Next]")
    assert page.text_content(".ad-rule") == "v2=x−1=3−1≈0.333"


def test_a_constant_is_refused_undone_and_linked(opened, tab):
    x = Value(2.0, "x")
    page = opened((x - 1.0).log())
    pick(page, "k1-1", "5")
    assert page.text_content(".ad-refusals") == "needs x > 0"
    page.locator(".ad-editor .ad-field").fill("0.5")
    assert not page.locator(".ad-refusals text").count()
    page.click("text=copy link")
    link = page.url
    assert link.endswith("constant.1.1=0.5")
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(".ad-live")
    assert shown(page, "v3") == short_number(math.log(1.5))
    edit(page, "x", "3")
    page.click("text=reset")
    assert shown(page, "log(x − 1)") == "0"


def test_the_keyboard_picks_a_constant(opened):
    page = opened(chain())
    box = page.locator(".ad-node[data-key=k4-1]")
    assert box.get_attribute("aria-label") == "constant 2.5"
    box.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("4")
    assert shown(page, "v5") == "−20"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.key") == "k4-1"
    assert box.get_attribute("aria-label") == "constant 4"


def test_constants_that_a_page_cannot_change(opened):
    """A class index, a locked page, an operation that is a function of Python."""
    scores = [Value(z, f"z{k}") for k, z in enumerate((1.0, 2.0))]
    assert list(constants(autograd.cross_entropy(scores, 1))) == []
    page = opened(chain(), lock=True)
    assert page.locator(".ad-constant[role=button]").count() == 0


def test_constants_inside_a_folded_box_stay(opened):
    """Folded again, the box would say what it was."""
    x = Value(2.0, "x")
    with autograd.scope("inner"):
        y = (x * 3.0).tanh()
    page = opened(y * 5.0, fold=True)
    assert page.locator(".ad-constant[role=button]").count() == 1
    page.locator(".ad-folded").click()
    page.get_by_role("button", name="open inner").click()
    assert page.locator(".ad-constant").count() == 2
    assert page.locator(".ad-constant[role=button]").count() == 1


BOXES = """() => [...document.querySelectorAll(".ad-node[data-key^=n]")].map((box) =>
  [".ad-label", ".ad-definition"].map((name) => box.querySelector(name)?.textContent ?? ""))"""


def test_a_name_that_an_edit_makes_up_is_defined_in_its_box(opened):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    page = opened((a + 1.0) * b + a / 4.0)
    drawn = page.evaluate(BOXES)
    pick(page, "k1-1", "7.25")
    labels = dict(page.evaluate(BOXES))
    assert labels["v2"] == "= a + 7.25"
    assert labels["v4"] == "= v2·b"
    assert all(line.startswith("= ") for name, line in labels.items() if re.fullmatch(r"v\d+", name))
    page.click("text=reset")
    assert page.evaluate(BOXES) == drawn


def test_the_words_of_a_folded_box_follow_a_constant_outside(opened):
    x = Value(2.0, "x")
    shifted = x + 1.0
    with autograd.scope("inner"):
        y = (shifted * x).tanh()
    page = opened(y * 5.0, fold=True)
    caption = page.locator(".ad-folded .ad-caption")
    assert caption.text_content() == "tanh((x + 1)·x)"
    pick(page, "k1-1", "7")
    assert caption.text_content() == "tanh(v2·x)"
    page.click("text=reset")
    assert caption.text_content() == "tanh((x + 1)·x)"


@pytest.mark.parametrize(
    ("change", "label", "recorded", "edited"),
    [
        (lambda a: a**2.0, "beta_of_the_scope", ["a² + beta_of_the_scope"], ["1 node"]),
        (
            lambda a: a * 9.0,
            "beta_of_the_box",
            ["1 node", "v113 = (a·9) + beta_of_the_…"],
            ["v112 + beta_of_the_box", ""],
        ),
    ],
)
def test_a_formula_that_has_its_place_only_at_some_constants(opened, change, label, recorded, edited):
    """In the head of a folded box; `v112` is longer than `a²` and shorter than `(a·9)`."""
    a = b = Value(1.5, label)
    for _ in range(110):
        a = a.sin()
    a.label = "a"
    changed = change(a)
    with autograd.scope("inner"):
        y = changed + b
    page = opened(y * a, fold=True)
    words = page.locator(".ad-folded").locator(".ad-caption, .ad-definition")
    assert words.all_text_contents() == recorded
    pick(page, "k111-1", "7")
    assert words.all_text_contents() == edited
    page.click("text=reset")
    assert words.all_text_contents() == recorded
