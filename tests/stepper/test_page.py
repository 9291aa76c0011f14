"""The saved page in a real browser: every number on it is Python's."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from stepper_graphs import HOSTILE, fan, random_graph

import autograd
import nn
from autograd import Value, backward_steps, dot, errstate, scope, step, topological_order, where
from autograd.stepper.page import script
from autograd.text.catalogue import say
from autograd.text.numbers import product_text, short_number

# Everything that the page says at one step, as text.
READ = """(host) => {
  host ??= document.querySelector(".ad-stepper");
  const text = (e) => e?.textContent ?? null;
  const nodes = [...host.querySelectorAll(".ad-node[data-key^=n]")];
  nodes.sort((a, b) => a.dataset.key.slice(1) - b.dataset.key.slice(1));
  return {
    at: Number(host.dataset.at), position: text(host.querySelector(".ad-position")),
    data: nodes.map((n) => text(n.querySelector(".ad-data"))),
    grad: nodes.map((n) => text(n.querySelector(".ad-grad"))),
    labels: [...host.querySelectorAll(".ad-edge .ad-edge-label")].map(text).filter(Boolean),
    rule: text(host.querySelector(".ad-rule")), reason: text(host.querySelector(".ad-reason")),
    words: [...host.querySelectorAll(".ad-words")].map(text), sum: text(host.querySelector(".ad-sum")),
    live: text(host.querySelector(".ad-live-region")),
    slider: Number(host.querySelector(".ad-slider").value),
  };
}"""

SCREENS = [(1280, 800), (1920, 1080), (390, 844)]
VIOLATIONS = """async () => (await axe.run()).violations.map(
  v => [v.id, v.nodes.map(n => n.html.slice(0, 150) + n.failureSummary)])"""


def visit(page, path):
    """Open a saved page and wait until it is alive."""
    page.goto(path.as_uri())
    page.wait_for_selector(".ad-stepper.ad-live")
    return page


@pytest.fixture
def opened(tab, tmp_path):
    def open_page(loss, at=0):
        stepper = step(loss)
        stepper.seek(at)
        stepper.save(tmp_path / "lesson.html")
        return visit(tab, tmp_path / "lesson.html")

    return open_page


def shown(root: Value, at: int) -> dict[str, list[str]]:
    """The words on the page when `at` steps are done, from a real pass over the graph."""
    root.zero_grad()
    passing = backward_steps(root)
    for _ in range(at):
        next(passing)
    order = topological_order(root)
    return {
        "data": [short_number(node.data) for node in order],
        "grad": ["·" if node._grad is None else short_number(node.grad) for node in order],
    }


@pytest.mark.parametrize("first", range(0, 50, 10))
def test_every_number_on_screen_is_pythons(first, tab):
    """50 random graphs, ten on a page, every step of each."""
    roots = [random_graph(seed) for seed in range(first, first + 10)]
    steppers = [step(root) for root in roots]
    tab.set_content("".join(stepper._repr_html_() for stepper in steppers))
    tab.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
    screens = tab.evaluate(f"""() => [...document.querySelectorAll(".ad-stepper")].map((host) => {{
      const read = {READ}, seen = [read(host)], next = host.querySelector("[aria-label=Next]");
      const count = Number(host.querySelector(".ad-slider").max);
      for (let i = 0; i < count; i++) {{ next.click(); seen.push(read(host)); }}
      return seen;
    }})""")
    for root, stepper, screen in zip(roots, steppers, screens, strict=True):
        assert len(screen) == stepper.count + 1
        for at, seen in enumerate(screen):
            expected = shown(root, at)
            assert (seen["at"], seen["slider"], seen["position"]) == (at, at, f"{at} / {stepper.count}")
            assert (seen["grad"], seen["data"]) == (expected["grad"], expected["data"])
            if at < 2:
                continue
            now = stepper.steps[at - 1]
            product = product_text(now.upstream, now.local, now.contribution)  # pyright: ignore[reportArgumentType]
            assert seen["rule"].endswith(product.replace(" ", "").partition("×")[2])
            assert product in seen["live"]
            assert f" {short_number(now.after)}use " in seen["sum"]
            passed = [product_text(s.upstream, s.local, s.contribution) for s in stepper.steps[1:at]]  # pyright: ignore[reportArgumentType]
            assert sorted(seen["labels"]) == sorted(passed)


def test_infinite_gradients_are_shown(opened):
    with errstate("ieee"):
        x = Value(0.0, "inf")
        root = -x.sqrt()
        page = opened(root, at=3)
        assert page.evaluate(READ)["grad"] == ["−∞", "−1", "1"] == shown(root, 3)["grad"]
    assert page.evaluate(READ)["rule"].endswith("=−1×∞=−∞")
    assert (
        page.locator("[data-key=n0] .ad-grad-cell")
        .get_attribute("style")
        .startswith("fill: var(--ad-negative)")
    )
    page.locator("[data-key=n0]").click()
    assert page.inner_text(".ad-details h2") == "inf"


def test_a_pass_made_under_ieee_is_shown_outside_of_it(tab):
    with errstate("ieee"):
        x = Value(0.0, "x")
        with scope("roots"):
            made = step(x.sqrt() * 2.0 - x.sqrt(), fold=True)
    tab.set_content(made._repr_html_())
    tab.wait_for_selector(".ad-live")
    tab.locator(".ad-folded").click()
    tab.click("text=open roots")
    assert tab.locator(".ad-node[data-key^=n]").count() == 5


def test_seeking_both_ways_gives_the_same_as_stepping(opened):
    root = fan()
    page = opened(root)
    stepped = []
    for _ in range(7):
        page.click("[aria-label=Next]")
        stepped.append(page.evaluate(READ))
    for at in (3, 7, 1, 5, 2):
        page.fill(".ad-slider", str(at))
        assert page.evaluate(READ) == stepped[at - 1]
    page.click("[aria-label=First]")
    assert page.evaluate(READ)["at"] == 0
    page.click("[aria-label=Last]")
    assert page.evaluate(READ) == stepped[6]
    page.click("[aria-label=Previous]")
    assert page.evaluate(READ) == stepped[5]
    assert stepped[5]["rule"] == "a.grad+=b.grad·∂b∂a(1)=21×3=63"
    assert stepped[5]["reason"] == "∂b∂a(1)=a=3"
    assert stepped[5]["sum"] == "a.grad = 9 + 63 = 72use 2 of 3"


def test_the_keyboard_steps(opened):
    page = opened(fan())
    page.focus(".ad-picture")
    for key, at in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 7), ("Home", 0)):
        page.keyboard.press(key)
        assert page.evaluate(READ)["at"] == at


def test_a_page_just_opened_obeys_the_keyboard(opened):
    page = opened(fan())
    page.keyboard.press("ArrowRight")
    assert page.evaluate(READ)["at"] == 1


def test_the_page_begins_where_the_stepper_is(opened):
    assert opened(fan(), at=6).evaluate(READ)["position"] == "6 / 7"


def test_playing_goes_to_the_end(opened):
    page = opened(fan(), at=4)
    page.select_option("[aria-label=Speed]", "4")
    page.click("[aria-label=Play]")
    page.wait_for_function("document.querySelector('.ad-stepper').dataset.at === '7'")
    page.wait_for_selector("[aria-label=Play]")


def test_the_forward_pass_computes_and_flows_into_the_backward_pass(opened):
    page = opened(fan())
    page.click("text=forward")
    assert page.evaluate(READ)["data"] == ["3", "·", "·", "·"]
    page.keyboard.press("ArrowRight")
    seen = page.evaluate(READ)
    assert (seen["data"], seen["rule"]) == (["3", "9", "·", "·"], "b=a·a=3·3=9")
    assert seen["grad"] == ["·"] * 4
    page.keyboard.press("End")
    assert page.evaluate(READ)["data"] == ["3", "9", "12", "108"]
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".ad-stepper", "data-pass") == "backward"
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute(".ad-stepper", "data-pass") == "forward"


def neuron() -> Value:
    """tanh of a sum without labels."""
    x1, x2, w1, w2 = Value(2.0, "x1"), Value(-1.0, "x2"), Value(-3.0, "w1"), Value(1.0, "w2")
    loss = (w1 * x1 + w2 * x2 + Value(6.881, "b")).tanh()
    loss.label = "L"
    return loss


def scores() -> Value:
    loss = autograd.cross_entropy([Value(1.0, "z0"), Value(2.0, "z1"), Value(-1.0, "z2")], 1)
    loss.label = "L"
    return loss


@pytest.mark.parametrize(
    ("graph", "formulas"),
    [
        (neuron, {"L = tanh(v7 + b)", "v7 = w1·x1 + w2·x2"}),
        (scores, {"L = log(exp(z0) + exp(z1) + exp(z2)) − z1"}),
        (fan, {"L = b·c", "c = a + b", "b = a·a"}),
    ],
)
def test_beside_a_reason_stands_the_formula_that_was_differentiated(graph, formulas, opened):
    page = opened(graph())
    said = set[str]()
    for _ in range(int(page.get_attribute(".ad-slider", "max"))):
        page.keyboard.press("ArrowRight")
        words = page.locator(".ad-defined").all_text_contents()
        said |= {part for text in words for part in text.removeprefix("where ").split(", ")}
        name = page.text_content(".ad-rule").partition("+=")[2]
        assert words or name.startswith("(")  # which says what it is
    assert formulas <= said


def test_no_formula_says_that_a_thing_is_itself_or_has_brackets_twice(opened):
    a = Value(-3.0)
    page = opened(autograd.exp(abs(a) * a) + autograd.maximum(a, 1.0))
    page.click("text=forward")
    rules = []
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        rules.append(page.evaluate(READ)["rule"])
    assert rules[:2] == ["|v1|=|−3|=3", "|v1|·v1=3·(−3)=−9"]
    assert rules[3] == "max(v1,1)=max(−3,1)=1"
    page = opened(scores())
    page.click("text=forward")
    page.keyboard.press("ArrowRight")
    rule = page.evaluate(READ)["rule"]
    assert rule == "L=log(exp(z0)+exp(z1)+exp(z2))−z1=log(exp(1)+exp(2)+exp(−1))−2≈0.349"


def test_an_arrow_that_was_passed_leaves_no_gap_at_either_end(opened):
    page = opened(scores())
    gaps = """() => [...document.querySelectorAll(".ad-edge[data-key^=e]")].map((edge) => {
      const line = edge.querySelector(".ad-line"), box = document.querySelector(".ad-output .ad-frame");
      const end = line.getPointAtLength(line.getTotalLength()).matrixTransform(line.getScreenCTM());
      return box.getBoundingClientRect().left - end.x;
    })"""
    before = page.evaluate(gaps)
    page.keyboard.press("End")
    after = page.evaluate(gaps)
    assert min(before) > 5  # there the heads are
    assert max(after) < 5
    page.keyboard.press("Home")
    assert page.evaluate(gaps) == before


def test_the_forward_pass_shows_no_local_derivative_before_it_is_known(opened):
    page = opened(fan())
    page.click("text=forward")
    assert page.evaluate(READ)["labels"] == []
    page.keyboard.press("ArrowRight")
    assert page.evaluate(READ)["labels"] == ["3", "3"]


def test_node_by_node_stops_where_a_node_has_passed_all_on(opened):
    page = opened(fan())
    page.check("text=node by node")
    stops = []
    for _ in range(4):
        page.click("[aria-label=Next]")
        stops.append(page.evaluate(READ)["at"])
    assert stops == [1, 3, 5, 7]
    assert page.locator(".ad-list p").count() == 2


def test_a_node_tells_all_about_itself(opened):
    page = opened(fan())
    node = page.locator(".ad-node").first
    node.focus()
    page.keyboard.press("Enter")
    text = page.inner_text(".ad-details")
    for told in (
        "the sum over 3 uses",
        "through c: 9 × 1 = 9",
        "a⁽¹⁾ through b: 21 × 3 = 63",
        "a⁽²⁾ through b: 21 × 3 = 63",
    ):
        assert told in text
    assert page.locator(".ad-details dt", has_text="check").count() == 1
    page.fill(".ad-demon input", "30")
    output = page.inner_text(".ad-demon output")
    assert output.splitlines() == ["Δ = 0.5", "predicted a.grad·Δ = 67.5", "true change = 84.9"]
    page.keyboard.press("Escape")
    page.locator(".ad-node").nth(1).click()
    text = page.inner_text(".ad-details")
    assert "to a: 21 × 3 = 63" in text
    page.click("[aria-label=Close]")
    assert page.locator(".ad-details").count() == 0
    assert page.evaluate("document.activeElement.dataset.key") == "n1"  # where the reader was


def answer(page, text):
    page.fill("input.ad-answer", text)
    page.keyboard.press("Enter")
    return page.inner_text(".ad-score")


def test_the_quiz_asks_for_the_rule_its_number_the_gradient_the_product_and_the_sum(opened):
    page = opened(fan())
    page.check("text=quiz")
    page.click("[aria-label=Next]")
    page.click("[aria-label=Next]")
    assert page.evaluate(READ)["rule"] == "b.grad+=L.grad·∂L∂b=?×?=?"
    page.click("[aria-label=Next]")  # no further before it is answered
    assert page.evaluate(READ)["at"] == 2
    choices = page.locator(".ad-choice")
    assert sorted(choices.all_text_contents()) == ["1", "L", "b", "c"]
    for choice, said in (
        ("b", "That is b itself. Hold the rest still, change b: how does L change?"),
        ("L", "That is L itself, not how it changes with b."),
        ("c", "Right. 0 right at once, 1 wrong."),
    ):
        choices.filter(has_text=choice).click()
        assert said in page.inner_text(".ad-score")
    for wrong, said, right in (
        ("9", "That is b itself", "12"),
        ("108", "That is the value of L (its data), not its gradient.", "1"),
        ("-12", "The size is right; look at the sign.", "12"),
    ):
        assert said in answer(page, wrong)
        assert "Type a number" in answer(page, "twelve")
        assert answer(page, right).startswith("Right.")
    seen = page.evaluate(READ)
    assert seen["rule"] == "b.grad+=L.grad·∂L∂b=1×12=12"
    assert seen["grad"] == ["·", "12", "·", "1"]


def test_the_quiz_knows_the_common_mistakes_and_ends_with_a_summary_to_keep(opened):
    page = opened(fan())
    page.check("text=quiz")
    page.click("[aria-label=Next]")
    mistakes = {
        (4, "product"): [("1", "multiply by 9"), ("10", "multiplied, not added")],
        (5, "sum"): [("9", "12 was there already"), ("108", "added, not multiplied")],
        (6, "product"): [
            ("3", "multiply by 21"),
            ("21", "the local derivative"),
            ("24", "not added"),
        ],
    }
    for at in range(2, 8):
        page.click("[aria-label=Next]")
        while page.locator(".ad-question").count():
            if page.locator("input.ad-answer").count() == 0:
                page.locator(".ad-question >> text=Show").click()
                continue
            asked = page.inner_text(".ad-question label")
            part = "product" if "pass on" in asked else "sum" if "now?" in asked else ""
            for wrong, said in mistakes.get((at, part), []):
                assert said in answer(page, wrong)
            page.click("text=Show")
    lines = page.locator(".ad-summary li").all_text_contents()
    assert any("a.grad" in line and "after 3 wrong answers" not in line for line in lines)
    assert all("undefined" not in line and "{" not in line for line in lines)
    with page.expect_download() as kept:
        page.click("text=Save the summary")
    text = Path(kept.value.path()).read_text("utf-8")
    assert all(line in text for line in lines)


def test_the_quiz_asks_on_at_other_numbers(opened):
    page = opened(fan())
    assert not page.is_visible("text=other numbers")
    page.check("text=quiz")
    for _ in range(3):
        page.click("text=other numbers")
        page.click("[aria-label=Next]")
        page.click("[aria-label=Next]")
        a = float(page.evaluate(READ)["data"][0].replace("−", "-"))
        assert a in [k / 2 for k in range(-6, 7) if k]
        assert page.evaluate(READ)["grad"] == ["·", "·", "·", "1"]
        page.locator(".ad-choice").filter(has_text="c").click()
        assert answer(page, repr(a * a + a)).startswith("Right.")
    page.uncheck("text=quiz")
    page.click("text=reset")
    assert page.evaluate(READ)["data"][0] == "3"


def test_other_numbers_are_other_than_those_on_show_and_those_recorded(opened):
    page = opened(fan())  # at a = 3
    page.check("text=quiz")
    # Drawn one after the other: 3 and 1; then 1, 3 and −2.
    drawn = [0.99, 0.9, 0.2, 0.9, 0.2, 0.9, 0.99, 0.9, 0.6, 0.1]
    page.evaluate("drawn => { Math.random = () => drawn.shift() }", drawn)
    for expected in ("1", "−2"):
        page.click("text=other numbers")
        assert page.evaluate(READ)["data"][0] == expected


def test_the_quiz_keeps_its_numbers_on_a_locked_page(tab):
    tab.set_content(step(fan(), quiz=True, lock=True)._repr_html_())
    tab.wait_for_selector(".ad-live")
    assert not tab.is_visible("text=other numbers")


def test_the_quiz_asks_through_folded_boxes_and_for_the_sum_of_several_outputs(tab, tmp_path):
    root = nn.MLP([2, 3, 1], seed=1)([Value(0.5, "x1"), Value(-1.0, "x2")])[0]
    step(root, fold=True, quiz=True).save(tmp_path / "quiz.html")
    page = visit(tab, tmp_path / "quiz.html")
    asked: list[str] = []
    for _ in range(7):
        page.click("[aria-label=Next]")
        while page.locator(".ad-question").count():
            if page.locator("input.ad-answer").count():
                asked.append(page.inner_text(".ad-question label").replace("\n", ""))
            page.click(".ad-question >> text=Show")
    several = [text for text in asked if "layer 1 has several outputs" in text]
    assert len(several) == 2
    assert "In all, z¹₁.grad·∂z¹₁/∂x1 + z¹₂.grad·∂z¹₂/∂x1 + z¹₃.grad·∂z¹₃/∂x1 = " in several[0]
    summary = page.locator(".ad-summary li").all_text_contents()
    assert len(summary) > len(several)
    assert all("undefined" not in line and "{" not in line for line in summary)


def test_one_part_of_a_sum_through_a_box_is_recognised(tab):
    x = Value(2.0, "x")
    with scope("two"):
        c, d = x * 3.0, x * x
    tab.set_content(step(c + d + x, fold=True, quiz=True)._repr_html_())
    tab.wait_for_selector(".ad-live")
    for _ in range(6):
        tab.click("[aria-label=Next]")
        while tab.locator(".ad-question").count():
            if "several outputs" in tab.inner_text(".ad-question"):
                assert "one of the parts" in answer(tab, "3")
                assert answer(tab, "7").startswith("Right.")
            else:
                tab.click(".ad-question >> text=Show")
    assert tab.evaluate(READ)["grad"][0] == "8"


def test_nothing_on_the_page_gives_an_answer_away(tab, tmp_path):
    """Neither box nor tooltip nor text trace nor slider; and so from the start with quiz=True."""
    step(fan(), quiz=True).save(tmp_path / "quiz.html")
    assert "<img hidden " in (tmp_path / "quiz.html").read_text("utf-8")  # for who has no scripts
    page = visit(tab, tmp_path / "quiz.html")
    page.click("[aria-label=Next]")
    page.click("[aria-label=Next]")
    page.click("[aria-label=Last]")
    page.fill(".ad-slider", "7")
    page.keyboard.press("End")
    assert page.evaluate(READ)["at"] == 2
    page.locator(".ad-node").first.click()
    assert page.locator(".ad-details dt").all_text_contents() == ["value"]
    everything = page.evaluate("""() => {
      const host = document.querySelector(".ad-stepper").cloneNode(true);
      for (const hidden of host.querySelectorAll("script, style, .ad-help")) hidden.remove();
      const attributes = [...host.querySelectorAll("*")].flatMap((e) => [...e.attributes]);
      const said = attributes.filter((a) => a.name.startsWith("aria") || a.name === "title");
      return [host.textContent, ...said.map((a) => a.value)].join(" ");
    }""")
    for secret in ("135", "63", "72", "21"):  # gradients that come later
        assert not re.search(rf"\b{secret}\b", everything), secret
    assert page.locator(".ad-trace").count() == 0


def test_an_infinite_contribution_can_be_guessed(opened):
    with errstate("ieee"):
        page = opened(Value(0.0, "x").sqrt() * 2.0)
    page.check("text=quiz")
    for _ in range(3):
        page.click("[aria-label=Next]")
        while page.locator(".ad-question").count():
            if "pass on" in page.inner_text(".ad-question") and page.evaluate(READ)["at"] == 3:
                assert answer(page, "inf").startswith("Right.")
            else:
                page.click("text=Show")
    assert page.evaluate(READ)["at"] == 3


def test_several_steppers_on_one_page_are_apart(tab):
    parts = "".join(step(loss)._repr_html_() for loss in (fan(), fan(), random_graph(3)))
    tab.set_content(f"<main>{parts}</main>")
    tab.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
    hosts = tab.locator(".ad-stepper")
    hosts.nth(1).locator("[aria-label=Next]").click()
    hosts.nth(2).locator("[aria-label=Last]").click()
    tab.keyboard.press("ArrowLeft")  # the focus is in the third
    assert [hosts.nth(i).get_attribute("data-at") for i in (0, 1)] == ["0", "1"]
    assert hosts.nth(2).locator(".ad-position").inner_text().split(" / ")[0] == str(
        step(random_graph(3)).count - 1
    )
    tab.evaluate("document.activeElement.blur()")
    tab.keyboard.press("ArrowRight")
    assert [hosts.nth(i).get_attribute("data-at") for i in (0, 1)] == ["0", "1"]
    assert (
        tab.evaluate("new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size")
        == tab.locator("[id]").count()
    )


def network() -> Value:
    """A loss over a network of 2 + 1 tanh neurons, each in its scope."""
    inputs = [Value(0.5, "x1"), Value(-1.0, "x2")]
    for layer, weights in enumerate([[[0.3, -0.7], [1.1, 0.4]], [[0.9, -1.3]]], 1):
        outputs = []
        with scope(f"layer {layer}"):
            for j, row in enumerate(weights, 1):
                with scope(f"neuron {j}"):
                    ws = [Value(w, f"w{layer}{j}{k}") for k, w in enumerate(row, 1)]
                    outputs.append(dot(ws, inputs, Value(0.1, f"b{layer}{j}")).tanh())
                outputs[-1].label = f"a{layer}{j}"
        inputs = outputs
    loss = (inputs[0] - 1.0) ** 2
    loss.label = "C"
    return loss


def drawn_gradients(page):
    """The gradient beside every name in the picture."""
    return page.evaluate("""() => {
      const read = (box) => {
        const texts = (name) => [...box.querySelectorAll(name)].map((e) => e.textContent);
        const gradients = texts(".ad-grad");
        return texts(".ad-label").map((label, row) => [label, gradients[row]]);
      };
      return Object.fromEntries([...document.querySelectorAll(".ad-node")].flatMap(read));
    }""")


@pytest.mark.parametrize("fold", ["neuron", "layer", None])
def test_folded_boxes_pass_on_total_derivatives(fold, tab, tmp_path):
    root = network()
    stepper = step(root, fold=fold)
    stepper.save(tmp_path / "folded.html")
    visit(tab, tmp_path / "folded.html")
    root.backward()
    true = {node.label: short_number(node.grad) for node in topological_order(root) if node.label}
    for at in range(stepper.count + 1):
        drawn = {name: grad for name, grad in drawn_gradients(tab).items() if name in true}
        now = {s.parent.label: short_number(s.after) for s in stepper.steps[1:at] if s.parent.label}
        assert {name: drawn[name] for name in now} == now
        tab.click("[aria-label=Next]")
    drawn = {name: grad for name, grad in drawn_gradients(tab).items() if name in true}
    assert drawn == {name: true[name] for name in drawn}
    assert {"x1", "x2", "C"} < drawn.keys()
    assert stepper.count == {"neuron": 9, "layer": 7, None: 21}[fold]


def test_forward_through_folded_boxes_shows_no_number_that_is_not_there(tab, tmp_path):
    stepper = step(network(), fold="layer")
    stepper.save(tmp_path / "folded.html")
    visit(tab, tmp_path / "folded.html")
    tab.click("text=forward")
    tab.click("[aria-label=Last]")
    labels = [text for text in tab.locator(".ad-edge-label").all_text_contents() if text]
    assert labels
    assert set(labels) <= {short_number(s.local) for s in stepper.steps[1:] if s.local is not None}


def test_a_folded_box_opens_in_place_and_closes_again(tab, tmp_path):
    root = network()
    step(root, fold="layer").save(tmp_path / "folded.html")
    visit(tab, tmp_path / "folded.html")
    tab.click("[aria-label=Last]")
    folded = tab.locator(".ad-folded")
    before = folded.count()
    tab.locator("[data-key=s0]").click()
    assert "tanh(w·x + b)" in tab.inner_text(".ad-details dd")
    tab.click("text=open layer 1")
    root.backward()
    assert (before, folded.count()) == (2, 3)  # its neurons are boxes now
    assert int(tab.inner_text(".ad-position").split(" / ")[1]) > 7
    w = next(node for node in topological_order(root) if node.label == "w111")
    assert drawn_gradients(tab)["w111"] == short_number(w.grad)
    tab.click("text=fold again")
    assert tab.inner_text(".ad-position") == "7 / 7"
    tab.keyboard.press("Home")
    assert tab.inner_text(".ad-position") == "0 / 7"
    tab.locator("[data-key=s0]").click()
    tab.click("text=open layer 1")
    assert folded.count() == 3


def test_a_network_of_thousands_of_nodes_folds_as_its_picture_does(tab, tmp_path):
    ys = nn.MLP([64, 32, 32, 10], seed=1)([Value(0.1 * (i % 7) - 0.3, f"x{i}") for i in range(64)])
    stepper = step(nn.cross_entropy(ys, 3))
    assert (len(topological_order(stepper.root)), stepper.count) == (3669, 139)
    stepper.seek(stepper.count)
    stepper.save(tmp_path / "large.html")
    visit(tab, tmp_path / "large.html")
    assert tab.locator(".ad-folded").count() == 4
    tab.locator(".ad-node", has_text="layer 1").click()
    assert tab.locator("text=open layer 1").count() == 0  # its 32 neurons have 2,000 uses
    tab.locator(".ad-node", has_text="layer 3").click()
    tab.click("text=open layer 3")
    assert tab.locator(".ad-folded").count() == 13
    assert len(stepper._repr_html_()) < 900_000  # each step with its reason


def test_a_hostile_label_is_text_and_runs_nothing(opened):
    x = Value(2.0, HOSTILE)
    y = x * x
    y.label = "<b>bold</b>"
    page = opened(y, at=3)
    assert page.evaluate(READ)["at"] == 3
    page.locator(".ad-node").last.click()
    assert page.locator(".ad-stepper b", has_text="bold").count() == 0
    assert "<b>bold</b>" in page.inner_text(".ad-details h2")
    page.click("text=forward")
    page.keyboard.press("ArrowRight")
    assert page.locator("img").count() == 0


def test_a_name_from_right_to_left_does_not_turn_numbers_around(opened):
    x, w = Value(2.0, "שלום"), Value(3.0, "w")
    page = opened(w * x, at=3)
    page.locator(".ad-node", has_text="w").first.click()
    # The positions of the first number and the last one on the screen.
    places = page.evaluate("""() => {
      const text = document.evaluate("//dd//text()[contains(., '1 × 2 = 2')]", document).iterateNext();
      const at = text.data.indexOf("1 × 2 = 2");
      return [at, at + 8].map((i) => {
        const range = document.createRange();
        range.setStart(text, i);
        range.setEnd(text, i + 1);
        return range.getBoundingClientRect().left;
      });
    }""")
    assert places[0] < places[1]


def test_the_branch_not_taken_has_its_place_in_the_formula(opened):
    x = Value(-1.5, "x")
    page = opened(where(x > 0, x, x * x))
    page.click("text=forward")
    page.click("[aria-label=Last]")
    assert "where(0,…,x·x)" in page.evaluate(READ)["rule"]
    commas = page.locator(".ad-rule mo", has_text=",").all_text_contents()
    assert set(commas) == {","}  # and no space with them, or a browser would not know the operator


def test_without_scripts_the_picture_and_the_text_are_there(chromium, tmp_path):
    step(fan()).save(tmp_path / "page.html")
    page = chromium.new_page(java_script_enabled=False)
    page.goto((tmp_path / "page.html").as_uri())
    box = page.locator("img").bounding_box()
    assert box["width"] > 300
    assert box["height"] > 50
    assert "72 → 135" in page.text_content("details")
    page.close()


def test_numbers_are_written_as_python_writes_them(opened):
    chance = random.Random(1)
    numbers = [chance.uniform(-1, 1) * 10 ** chance.randint(-320, 300) for _ in range(3000)]
    numbers += [chance.randint(-(10**7), 10**7) / chance.choice([1, 2, 4, 8, 1000]) for _ in range(3000)]
    numbers += [
        0.0,
        -0.0,
        0.125,
        2.5,
        0.0005,
        999999.5,
        1e6,
        1e21,
        5e-324,
        1e-3,
        0.00099999,
        0.001,
        0.01,
        0.1,
    ]
    page = opened(fan())
    written = page.evaluate(
        """async ([source, numbers]) => {
          const module = await import("data:text/javascript," + encodeURIComponent(source));
          return numbers.map((x) => module.short(x));
        }""",
        [script(), numbers],
    )
    assert written == [short_number(x) for x in numbers]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_nothing_is_inaccessible(screen, scheme, opened, axe):
    page = opened(fan())
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(axe)
    states = [
        lambda: None,
        lambda: page.click("[aria-label=Next]"),
        lambda: page.click("[aria-label=Last]"),
        lambda: page.click("text=The backward pass as text"),
        lambda: page.locator(".ad-node").first.click(),
        lambda: page.click("text=forward"),
        lambda: page.check("text=quiz"),
        lambda: [page.click("[aria-label=Next]"), page.click("[aria-label=Next]")],
        lambda: page.locator(".ad-choice").first.click(),
        lambda: [page.click(".ad-question >> text=Show") for _ in range(4)],
        lambda: page.uncheck("text=quiz"),
        lambda: page.click("text=What the picture shows, and keys"),
        lambda: page.keyboard.press("f"),
    ]
    for change in states:
        change()
        assert page.evaluate(VIOLATIONS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_folded_network_and_its_insides_are_accessible(screen, scheme, chromium, axe, tmp_path):
    page = chromium.new_page(
        viewport=dict(zip(("width", "height"), screen, strict=True)), color_scheme=scheme
    )
    visit(page, step(small_network(), fold=True, lang="ja").save(tmp_path / "page.html"))
    page.evaluate(axe)
    page.click("[aria-label=最後]")
    page.locator(".ad-folded").first.click()
    assert page.evaluate(VIOLATIONS) == []
    while not page.locator(".ad-inside").count():
        page.click("[aria-label=前へ]")
    page.click(".ad-inside summary")
    assert page.evaluate(VIOLATIONS) == []
    page.close()


# The position of the active message's head, and its words: it moves, so one call reads both.
MESSAGE = """(click) => {
  if (click) document.querySelector("[aria-label=Next]").click();
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const [head, from, to] = [".ad-message-head", ".ad-now .ad-frame", ".ad-receives .ad-frame"].map(box);
  return {toGo: head.left - to.right, gone: from.left - head.right};
}"""


def test_reduced_motion_moves_nothing(opened):
    page = opened(fan(), at=5)
    before = page.evaluate(MESSAGE, True)
    assert abs(before["toGo"]) < 3
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(MESSAGE) == before
    assert page.locator(".ad-message-head").count() == 1


def test_motion_carries_the_arrow_from_the_node_to_its_parent(chromium, tmp_path):
    step(fan()).save(tmp_path / "page.html")
    page = visit(chromium.new_page(reduced_motion="no-preference"), tmp_path / "page.html")
    page.click("[aria-label=Next]")
    begins = page.evaluate(MESSAGE, True)
    assert abs(begins["gone"]) < 12
    assert begins["toGo"] > 50
    page.wait_for_function(f"Math.abs(({MESSAGE})().toGo) < 3")
    assert page.evaluate(MESSAGE)["gone"] > 50
    page.close()


def test_a_message_forward_ends_at_the_tip_of_its_edges_arrow(opened):
    page = opened(fan(), at=0)
    page.click("text=forward")
    page.click("[aria-label=Next]")
    ends = page.evaluate("""() => {
      const right = (e) => e.getBBox().x + e.getBBox().width;
      const all = (name) => [...document.querySelectorAll(name)].map(right);
      return [all(".ad-message path:not(.ad-message-head)"), all(".ad-active .ad-head")];
    }""")
    assert ends[0] == pytest.approx(ends[1], abs=0.1)
    assert len(ends[0]) == 2


# By edge: whether something has passed along it, and how far its head is from the two ends of its line.
HEADS = """() => [...document.querySelectorAll(".ad-edge")].map((edge) => {
  const [line, head] = [edge.querySelector(".ad-line"), edge.querySelector(".ad-head")];
  const matrix = head.getScreenCTM(), place = line.getScreenCTM();
  const corners = [...head.points].map((corner) => new DOMPoint(corner.x, corner.y).matrixTransform(matrix));
  const far = (length) => {
    const end = line.getPointAtLength(length).matrixTransform(place);
    return Math.min(...corners.map((corner) => Math.hypot(corner.x - end.x, corner.y - end.y)));
  };
  return [!edge.classList.contains("ad-waits"), far(0), far(line.getTotalLength())];
})"""


@pytest.mark.parametrize("at", [0, 3, 5])
def test_the_head_of_an_arrow_points_where_the_pass_goes(at, opened):
    page = opened(fan(), at=at)
    heads = page.evaluate(HEADS)
    assert any(passed for passed, *_ in heads) == (at > 1)
    for passed, to_parent, to_node in heads:
        assert (to_parent < to_node) == passed
    page.click("text=forward")
    assert all(to_node < to_parent for _, to_parent, to_node in page.evaluate(HEADS))


# The elements that extend beyond the page if nothing around them scrolls.
CUT_OFF = """() => {
  const host = document.querySelector(".ad-stepper");
  const scrolled = (e) => getComputedStyle(e).overflowX !== "visible";
  const scrolls = (e) => e !== host && (scrolled(e) || scrolls(e.parentElement));
  const out = (e) => e.getBoundingClientRect().right > host.getBoundingClientRect().right;
  const lost = [...host.querySelectorAll("*")].filter((e) => out(e) && !scrolls(e));
  return lost.map((e) => e.outerHTML.slice(0, 99));
}"""


@pytest.mark.parametrize("name", ["b", "the bias of the very first neuron"])
def test_a_narrow_page_cuts_nothing_off(name, chromium, tmp_path):
    x1, w1, b = Value(2.0, "x1"), Value(-3.0, "w1"), Value(6.88, name)
    stepper = step((x1 * w1 + b).tanh())
    stepper.save(tmp_path / "page.html")
    page = visit(chromium.new_page(viewport={"width": 380, "height": 800}), tmp_path / "page.html")
    page.locator(".ad-node", has_text=name[:10]).first.click()
    for _ in range(stepper.count):
        page.click("[aria-label=Next]")
        assert page.evaluate(CUT_OFF) == []
        if name == "b":  # the rule breaks before its numbers; only long names need to scroll
            assert page.locator(".ad-rule").evaluate("(rule) => rule.scrollWidth <= rule.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_frame_holds_its_caption_and_gives_no_sign_away(scheme, chromium, tmp_path):
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    paths = step(a * b).frames(tmp_path)
    page = chromium.new_page(viewport={"width": 1250, "height": 400}, color_scheme=scheme)
    seen = []
    for path in paths:
        page.set_content(path.read_text("utf-8"))
        seen.append(
            page.evaluate("""() => {
              const right = (name) => document.querySelector(name).getBoundingClientRect().right;
              const stroke = (line) => getComputedStyle(line).stroke;
              const strokes = [...document.querySelectorAll(".ad-line")].map(stroke);
              return [right(".ad-rule") < right("svg"), ...strokes];
            }""")
        )
    page.close()
    assert all(holds for holds, *_ in seen)
    _, first, second = seen[0]
    assert first == second  # one contribution is negative, which nobody knows yet
    _, negative, active = seen[-1]
    assert len({first, negative, active}) == 3


def test_on_paper_the_whole_graph_is_seen_and_no_button(opened):
    root = autograd.sum([Value(1.0, f"x{i}") for i in range(20)])
    for _ in range(8):
        root = root * 1.1
    page = opened(root, at=3)
    page.emulate_media(media="print")
    picture = page.locator(".ad-picture")
    assert picture.evaluate("(e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    assert not page.locator(".ad-bar").is_visible()


OUTSIDE = """() => {
    const view = document.querySelector('.ad-picture').getBoundingClientRect()
    const parts = [...document.querySelectorAll('.ad-now, .ad-receives, .ad-edge.ad-active')]
    const buttons = document.querySelector('.ad-view').getBoundingClientRect()
    return parts.filter((part) => {
        const box = part.getBoundingClientRect()
        const beside = box.right <= buttons.left || box.left >= buttons.right
        const apart = beside || box.bottom <= buttons.top || box.top >= buttons.bottom
        if (part.matches('.ad-node') && !apart) return true
        return box.left < view.left - 2 || box.right > view.right + 2 ||
            box.top < view.top - 2 || box.bottom > view.bottom + 2
    }).map((part) => part.dataset.key)
}"""


HEIGHT_OF_NUMBERS = """() => {
    const text = document.querySelector(".ad-now .ad-data")
    return parseFloat(text.getAttribute("font-size")) * text.getScreenCTM().a
}"""


def small_network():
    [y] = nn.MLP([2, 3, 1], seed=1)([Value(-0.5, "x₁"), Value(-1.0, "x₂")])
    return (y - 1.0) ** 2


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_the_whole_graph_is_in_view_at_first_and_the_walked_arrow_with_its_boxes_always(
    screen, chromium, tmp_path
):
    stepper = step(small_network(), fold=False)
    page = chromium.new_page(viewport={"width": screen[0], "height": screen[1]})
    page.goto(stepper.save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".ad-live")
    inside = """() => {
        const [view, graph] = ['.ad-picture', 'svg.ad'].map((name) =>
            document.querySelector(name).getBoundingClientRect())
        return graph.width <= view.width && graph.height <= view.height
    }"""
    assert page.evaluate(inside)
    for at in range(stepper.count):
        page.keyboard.press("ArrowRight")
        assert not page.evaluate(OUTSIDE), at
        assert page.evaluate(HEIGHT_OF_NUMBERS) > 8.5, at
    page.close()


def test_buttons_keys_wheel_and_dragging_zoom_and_move(chromium, tmp_path):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(step(fan()).save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".ad-live")

    def width() -> float:
        return page.evaluate("document.querySelector('svg.ad').getBoundingClientRect().width")

    whole = width()
    for larger, smaller in (
        (page.get_by_label("Zoom in").click, page.get_by_label("Zoom out").click),
        (lambda: page.keyboard.press("+"), lambda: page.keyboard.press("-")),
    ):
        larger()
        assert width() == pytest.approx(1.25 * whole)
        smaller()
        assert width() == pytest.approx(whole)
    page.mouse.move(640, 200)
    page.mouse.wheel(0, -300)
    assert width() == pytest.approx(whole)  # without Ctrl the page scrolls
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function(f"document.querySelector('svg.ad').getBoundingClientRect().width > {whole} * 1.5")
    empty = page.evaluate("""() => {
        const view = document.querySelector('.ad-picture').getBoundingClientRect()
        for (let y = view.top + 5; y < view.bottom - 5; y += 5)
            for (let x = view.left + 150; x < view.right - 5; x += 5)
                if (!document.elementFromPoint(x, y).closest('.ad-node, .ad-view')) return [x, y]
    }""")
    before = page.evaluate("document.querySelector('.ad-picture').scrollLeft")
    page.mouse.move(*empty)
    page.mouse.down()
    page.mouse.move(empty[0] - 40, empty[1], steps=4)
    page.mouse.up()
    assert page.evaluate("document.querySelector('.ad-picture').scrollLeft") == pytest.approx(
        before + 40, abs=1
    )
    page.keyboard.press("0")
    assert width() == pytest.approx(whole)
    page.close()


def test_two_fingers_zoom_the_picture_and_not_the_page(chromium, tmp_path):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(step(fan()).save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".ad-live")
    whole = page.evaluate("document.querySelector('svg.ad').getBoundingClientRect().width")
    top = page.evaluate("document.querySelector('.ad-picture').getBoundingClientRect().top") + 40
    session = context.new_cdp_session(page)

    def touch(kind, apart):
        points = [{"x": 200 + side * apart, "y": top, "id": side + 2} for side in (-1, 1)] if apart else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 30)
    for apart in range(40, 91, 10):
        touch("touchMove", apart)
    touch("touchEnd", 0)
    page.wait_for_function(f"document.querySelector('svg.ad').getBoundingClientRect().width > 2 * {whole}")
    assert page.evaluate("visualViewport.scale") == 1
    context.close()


def test_a_presentation_hides_the_controls_and_keeps_the_keys(chromium, tmp_path):
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    page.goto(step(fan()).save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".ad-live")
    page.keyboard.press("f")
    page.wait_for_selector(".ad-presenting")
    assert not page.is_visible(".ad-bar")
    assert not page.is_visible(".ad-help")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".ad-stepper", "data-at") == "1"
    assert page.evaluate("document.querySelector('.ad-stepper').scrollHeight <= innerHeight")
    page.keyboard.press("f")
    page.wait_for_selector(".ad-presenting", state="detached")
    assert page.is_visible(".ad-bar")
    page.close()


def test_a_presentation_leaves_the_picture_most_of_the_screen(chromium, tmp_path):
    stepper = step(small_network(), fold=False)
    page = chromium.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(stepper.save(tmp_path / "page.html").as_uri())
    page.wait_for_selector(".ad-live")
    page.keyboard.press("f")
    page.wait_for_selector(".ad-presenting")
    for at in range(stepper.count):
        page.keyboard.press("ArrowRight")
        assert page.locator(".ad-picture").bounding_box()["height"] > 0.6 * 1080, at
        assert page.evaluate(HEIGHT_OF_NUMBERS) > 11, at
        assert page.evaluate("document.querySelector('.ad-stepper').scrollHeight <= innerHeight"), at
    page.close()


def test_a_page_in_japanese(tab, tmp_path):
    step(fan(), lang="ja").save(tmp_path / "ja.html")
    page = visit(tab, tmp_path / "ja.html")
    assert page.evaluate("document.documentElement.lang") == "ja"
    assert page.title() == "L の逆伝播"
    for _ in range(7):
        page.click("[aria-label=次へ]")
        said = page.evaluate(READ)
        assert not re.search(r"undefined|\{|[a-z]{4,} [a-z]{2,}", " ".join(said["words"]))
    assert said["sum"] == "a.grad = 72 + 63 = 1353 回の使用のうち 3 回目: 完了"  # pyright: ignore[reportPossiblyUnboundVariable]
    page.check("text=クイズ")
    page.click("[aria-label=次へ]")
    page.click("[aria-label=次へ]")
    page.locator(".ad-choice", has_text="c").click()
    assert page.inner_text(".ad-score").startswith("正解です。")


def test_a_page_says_what_it_was_made_from_and_marks_the_line(tab, tmp_path):
    with autograd.record_lines():
        a = Value(3.0, "a")
        b = a * a
        loss = b + a
    step(loss, names={"b": b, "L": loss}).save(tmp_path / "page.html")
    page = visit(tab, tmp_path / "page.html")
    assert page.inner_text(".ad-made") == f"Made with stepgrad {autograd.__version__} from test_page.py"
    page.click("text=The program")
    for at, line in ((1, "loss = b + a"), (4, "b = a * a")):
        while page.evaluate(READ)["at"] < at:
            page.click("[aria-label=Next]")
        assert page.locator(".ad-here").inner_text().endswith(line)


def test_a_click_or_the_pointer_gives_the_arrow_keys_to_the_stepper(tab):
    tab.set_content(step(fan())._repr_html_())
    tab.wait_for_selector(".ad-live")
    tab.keyboard.press("ArrowRight")  # in a notebook, not a page of its own
    assert tab.evaluate(READ)["at"] == 0
    tab.hover(".ad-statement")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(READ)["at"] == 1
    tab.mouse.move(0, 0)
    tab.click(".ad-statement")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(READ)["at"] == 2


def test_the_forward_pass_gives_no_gradient_away(opened):
    """Colours and widths are of the local derivatives; tooltips have no gradient."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    page = opened(-(x * y))  # local derivatives 3, 2, −1; all contributions negative
    page.click("text=forward")
    page.click("[aria-label=Last]")
    page.click("[aria-label=Previous]")
    strokes = page.evaluate(
        "[...document.querySelectorAll('.ad-edge')].map((e) => e.querySelector('.ad-line').style.stroke)"
    )
    assert sorted(strokes) == ["", "var(--ad-positive)", "var(--ad-positive)"]
    titles = page.locator("svg.ad title").all_text_contents()
    assert titles
    assert not any("grad = " in title or ".grad +=" in title for title in titles)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("lock", [False, True])
def test_help_explains_each_button_that_has_a_word_on_it_and_no_other(lang, lock, tab, tmp_path):
    page = visit(tab, step(fan(), lang=lang, lock=lock).save(tmp_path / "page.html"))
    terms = set(page.locator(".ad-help dt").all_text_contents())
    found = page.evaluate("""() => [...document.querySelectorAll(".ad-bar button, .ad-bar label")]
        .filter((one) => !one.ariaLabel).map((one) => one.textContent)""")
    explained = {word for term in terms for word in re.split(", |、", term)}
    several = {say(f"page.{key}", lang) for key in ("undo", "reset", "update", "copy_link")}
    assert set(found) - {say("page.other_numbers", lang)} <= explained | (several if lock else set())
    assert explained & several == (set() if lock else several)


def test_help_explains_layers_where_there_are_some(opened):
    for graph, found in ((small_network, 1), (fan, 0)):
        page = opened(graph())
        assert page.locator(".ad-help dt", has_text="z²₁ w²₁,₃").count() == found


def test_help_explains_what_is_on_the_screen(opened):
    page = opened(fan())
    page.focus(".ad-help summary")
    page.keyboard.press("Enter")
    terms = page.locator(".ad-help dt").all_text_contents()
    for told in ("data", "grad", "orange, blue", "dashed frame", "a⁽¹⁾, a⁽²⁾", "use 2 of 3", "∂b/∂a"):
        assert told in terms


def test_steps_that_share_an_edge_have_rules_of_their_own(tab):
    """Three activations of a folded layer go into the next along one arrow."""
    tab.set_content(step(small_network(), fold=True)._repr_html_())
    tab.wait_for_selector(".ad-live")
    reasons: list[str] = []
    for _ in range(8):
        tab.click("[aria-label=Next]")
        reasons += tab.locator(".ad-reason").all_text_contents()
    own = [text.split("=")[0] + "=" + re.split("[=≈]", text)[1] for text in reasons[2:5]]
    assert own == [f"∂z²₁∂a¹{k}=w²₁,{k}" for k in "₁₂₃"]
    assert [text[:2] for text in reasons[5:]] == ["Σ ", "Σ "]
