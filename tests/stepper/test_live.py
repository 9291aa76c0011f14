"""The live page: after an edit, an update and an undo every number on it is Python's for the new inputs."""

from __future__ import annotations

import math
import random
from functools import partial
from typing import Any

import pytest
from stepper_graphs import HOSTILE, fan, random_graph
from test_page import SCREENS, VIOLATIONS, visit
from test_truth import EXAMPLES

import autograd
from autograd import Value, recompute, step, topological_order
from autograd.operations import primitives
from autograd.text.numbers import short_number

# All numbers that the picture shows, and all digits of them in its tooltips.
READ = """(host) => {
  const by = (field) => Object.fromEntries([...host.querySelectorAll(`.ad-node [data-field=${field}]`)]
    .map((text) => [text.dataset.label, text.textContent]));
  const title = (group) => group.querySelector("title").textContent;
  return {
    data: by("data"), grad: by("grad"),
    exact: Object.fromEntries([...host.querySelectorAll(".ad-node[data-label]")].map(
      (group) => [group.dataset.label, title(group).match(/^data = (.*)$/m)?.[1]])),
    locals: Object.fromEntries([...host.querySelectorAll(".ad-edge[data-key^=e]")].map(
      (group) => [group.dataset.key, title(group)?.split("\\n")[0].split(" (")[0].split(" = ").at(-1)])),
  };
}"""
# Do something with the stepper, and read it.
AT = """([i, action, value]) => {
  const host = document.querySelectorAll(".ad-stepper")[i];
  const buttons = [...host.querySelectorAll(".ad-options button")];
  const press = (name) => buttons.find((one) => one.textContent === name).click();
  {DO}
  return (READ)(host);
}"""
EDIT = """
  const box = [...host.querySelectorAll(".ad-node")].find((one) => one.dataset.label === action);
  box.dispatchEvent(new Event("click"));
  const field = host.querySelector(".ad-field");
  field.value = value;
  field.dispatchEvent(new Event("input"));
  field.dispatchEvent(new Event("change"));
  box.dispatchEvent(new Event("click"));
"""


def ulps(given: float, expected: float) -> float:
    return 0.0 if given == expected else abs(given - expected) / math.ulp(max(abs(expected), 1e-300))


def is_short_of(text: str, expected: float, slack: float) -> bool:
    """Whether a text is the short form of a number, or of one as far from it as rounding may be."""
    return text in {short_number(x) for x in (expected, expected - slack, expected + slack)}


def check(seen: dict[str, Any], root: Value, names: dict[Value, str]) -> None:
    """Hold everything on the screen to a graph of Python's with these names."""
    root.zero_grad()
    root.backward()
    for node, name in names.items():
        assert is_short_of(seen["data"][name], node.data, 4 * math.ulp(node.data)), (name, node)
        assert ulps(float(seen["exact"][name]), node.data) <= 4, (name, node, seen["exact"][name])
        assert is_short_of(seen["grad"][name], node.grad, 4 * math.ulp(node.grad)), (name, node.grad)
    for k, node in enumerate(topological_order(root)):
        for slot, local in enumerate(node.local_derivatives):
            assert ulps(float(seen["locals"][f"e{k}-{slot}"]), local) <= 4, (node, slot, local)


@pytest.mark.parametrize("first", range(0, 30, 10))
def test_every_number_follows_an_edit(first, tab):
    """30 random graphs, ten on a page, ten edits each: forward, backward, updates, undo."""
    roots = [random_graph(seed) for seed in range(first, first + 10)]
    steppers = [step(root) for root in roots]
    for stepper in steppers:
        stepper.seek(stepper.count)
    tab.set_content("".join(stepper._repr_html_() for stepper in steppers))
    tab.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
    act = lambda do: AT.replace("{DO}", do).replace("READ", READ)  # noqa: E731
    chance = random.Random(first)
    for i, (root, stepper) in enumerate(zip(roots, steppers, strict=True)):
        order = topological_order(root)
        leaves = [node for node in order if not node.rule]
        before = [leaf.data for leaf in leaves]

        def again(root=root, order=order, stepper=stepper):
            """The graph at the leaves' numbers, and the names of its nodes."""
            new = recompute(root)
            return new, {
                node: stepper.names[old] for node, old in zip(topological_order(new), order, strict=True)
            }

        for _ in range(10):
            leaf = chance.choice(leaves)
            leaf.data = float(f"{chance.uniform(-2, 2):.3f}")
            seen = tab.evaluate(act(EDIT), [i, stepper.names[leaf], repr(leaf.data)])
            check(seen, *again())
        edited = [leaf.data for leaf in leaves]
        # Three updates of all leaves.
        seen = tab.evaluate(
            act("""
              host.querySelector("[data-pass=update]").click();
              for (const box of host.querySelectorAll(".ad-parameters input")) if (!box.checked) box.click();
              for (let k = 0; k < 3; k++) host.querySelector("[aria-label=Next]").click();
            """),
            [i, "", ""],
        )
        for _ in range(3):
            new = recompute(root)
            new.zero_grad()
            new.backward()
            for leaf in leaves:
                leaf.data -= 0.1 * leaf.grad
        check(seen, *again())
        seen = tab.evaluate(
            act("""
              press("undo");
              host.querySelector("[data-pass=backward]").click();
              host.querySelector("[aria-label=Last]").click();
            """),
            [i, "", ""],
        )
        for leaf, data in zip(leaves, edited, strict=True):
            leaf.data = data
        check(seen, *again())
        seen = tab.evaluate(
            act("press('reset');"),
            [i, "", ""],
        )
        for leaf, data in zip(leaves, before, strict=True):
            leaf.data = data
        check(seen, *again())


# All that the page says at every step, forward and backward.
SAID = """(host) => {
  const statement = host.querySelector(".ad-statement");
  const seen = [];
  for (const phase of ["forward", "backward"]) {
    host.querySelector(`[data-pass=${phase}]`).click();
    const count = Number(host.querySelector(".ad-slider").max);
    for (let at = 0; at <= count; at++) {
      seen.push(statement.textContent);
      host.querySelector("[aria-label=Next]").click();
    }
  }
  return seen;
}"""


def test_an_edited_page_says_what_a_new_page_would(tab):
    """Formulas in numbers, sentences, corners and conventions, for the examples and random graphs."""
    chance = random.Random(0)
    for make in (*EXAMPLES, *(partial(random_graph, seed) for seed in range(100, 108))):
        root = make()
        leaves = [node for node in topological_order(root) if not node.rule]
        tab.set_content(step(root, fold=False)._repr_html_())
        tab.wait_for_selector(".ad-live")
        names = step(root).names
        for leaf in leaves:
            leaf.data = chance.choice([-2.0, -1.5, -0.25, 0.0, 0.5, 3.0])
            tab.evaluate(
                AT.replace("{DO}", EDIT).replace("(READ)(host)", "0"), [0, names[leaf], repr(leaf.data)]
            )
        edited = tab.evaluate(f"() => ({SAID})(document.querySelector('.ad-stepper'))")
        tab.set_content(step(recompute(root), fold=False)._repr_html_())
        tab.wait_for_selector(".ad-live")
        assert edited == tab.evaluate(f"() => ({SAID})(document.querySelector('.ad-stepper'))")


@pytest.fixture
def opened(tab, tmp_path):
    def open_page(root, **options):
        step(root, **options).save(tmp_path / "page.html")
        return visit(tab, tmp_path / "page.html")

    return open_page


def edit(page, name: str, number: str) -> None:
    """Type a number for an input."""
    field = page.get_by_label(f"value of {name}", exact=True)
    if not field.count():
        page.locator(f".ad-node[data-label='{name}']").click()
    field.fill(number)


def shown(page, name: str, field: str = "data") -> str:
    return page.locator(f".ad-node[data-label='{name}'] [data-field={field}]").text_content()


def test_an_edit_outside_the_domain_says_what_is_needed_and_loses_nothing(opened):
    x, a = Value(2.0, "x"), Value(3.0, "a")
    root = x.log() * a
    root.label = "L"
    page = opened(root)
    edit(page, "x", "-1")
    assert page.text_content(".ad-refusals") == "needs x > 0"
    assert [shown(page, name) for name in ("x", "log(x)", "L", "a")] == ["−1", "–", "–", "3"]
    assert "log needs x > 0." in page.text_content(".ad-editor")
    page.click("[aria-label=Last]")
    assert {shown(page, name, "grad") for name in ("x", "log(x)", "L", "a")} == {"–"}
    edit(page, "a", "4")
    page.click("text=undo")
    page.click("text=undo")
    assert [shown(page, name) for name in ("x", "log(x)", "a")] == ["2", "0.693", "3"]
    assert not page.locator(".ad-refusals text").count()
    assert shown(page, "x", "grad") == "1.5"


def test_the_sentences_and_formulas_follow(opened):
    page = opened(fan())
    for _ in range(6):
        page.click("[aria-label=Next]")
    edit(page, "a", "-2")
    assert page.text_content(".ad-reason") == "∂b∂a(1)=a=−2"
    assert page.text_content(".ad-rule") == "a.grad+=b.grad·∂b∂a(1)=6×(−2)=−12"
    assert page.text_content(".ad-sum") == "a.grad = 4 − 12 = −8use 2 of 3"
    page.click("text=forward")
    page.click("[aria-label=Next]")
    assert page.text_content(".ad-rule") == "b=a·a=−2·(−2)=4"


def test_a_corner_that_an_edit_reaches_is_named(opened):
    x = Value(2.0, "x")
    page = opened(x.relu() * 3.0)
    page.click("[aria-label=Last]")
    assert page.text_content(".ad-reason") == "∂relu(x)∂x=1x>0"
    edit(page, "x", "0")
    said = page.text_content(".ad-statement")
    assert "x is at a corner of relu: slope 0 to the left, 1 to the right" in said
    assert "follows from a convention" in said
    edit(page, "x", "-1")
    assert page.text_content(".ad-reason") == "∂relu(x)∂x=0x≤0"


def test_what_is_typed_must_be_a_number(opened):
    page = opened(fan())
    edit(page, "a", "two")
    assert page.get_by_label("value of a", exact=True).get_attribute("aria-invalid") == "true"
    assert shown(page, "a") == "3"


def test_divergence_is_seen_and_survived(opened):
    w = Value(1.0, "w")
    page = opened(w * w, params=[w])
    page.click("text=update")
    page.get_by_label("learning rate η", exact=True).fill("1e200")
    for _ in range(4):
        page.click("[aria-label=Next]")
    assert "too large for a float" in page.text_content(".ad-descent")
    page.click("text=reset")
    assert shown(page, "w") == "1"
    assert page.text_content(".ad-loss figcaption") == "w·w = 1 after 0 updates"


def test_the_updates_can_be_walked_back(opened):
    w, x = Value(1.0, "w"), Value(3.0, "x")
    page = opened(w * x, params=[w])
    page.click("text=update")
    for expected in ("0.7", "0.4", "0.1"):
        page.click("[aria-label=Next]")
        assert shown(page, "w") == expected
    page.fill(".ad-slider", "1")
    assert shown(page, "w") == "0.7"
    assert page.text_content(".ad-position") == "1 / 3"


def test_an_address_opens_a_moment(opened, tab):
    page = opened(fan())
    page.click("[aria-label=Next]")
    page.click("[aria-label=Next]")
    edit(page, "a", "-2.5")
    page.click("text=copy link")
    assert page.url.endswith("#pass=backward&step=2&value.a=-2.5")
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.wait_for_selector(".ad-live")
    assert (shown(page, "a"), page.text_content(".ad-position")) == ("−2.5", "2 / 7")


@pytest.mark.parametrize(
    "hash", ["#step=99", "#step=x&value.a=", "#value.zzz=1&value.a=1e999", "#%%%", "#pass=nowhere"]
)
def test_a_wrong_address_does_no_harm(hash, tab, tmp_path):
    path = step(fan()).save(tmp_path / "page.html")
    tab.goto(path.as_uri() + hash)
    tab.wait_for_selector(".ad-live")
    assert shown(tab, "a") == "3"


def test_lock_and_quiz_keep_the_numbers(opened, tab, tmp_path):
    page = opened(fan(), lock=True)
    page.locator(".ad-node").first.click()
    for what in (".ad-editor", "[data-pass=update]", "text=copy link"):
        assert not page.locator(what).count()
    path = step(fan(), quiz=True).save(tmp_path / "quiz.html")
    tab.goto(path.as_uri() + "#step=7&value.a=1")
    tab.wait_for_selector(".ad-live")
    assert (shown(tab, "a"), tab.text_content(".ad-position")) == ("3", "0 / 7")
    tab.locator(".ad-node").first.click()
    assert not tab.locator(".ad-editor").count()
    assert tab.locator("[data-pass=update]").is_disabled()


def test_an_input_of_a_python_function_is_not_changed(opened):
    @autograd.primitive(x="2")
    def doubled_by_hand(x: float) -> float:
        y = 2.0 * x
        return y

    try:
        a, b = Value(2.0, "a"), Value(3.0, "b")
        page = opened(doubled_by_hand(a) * b)
        page.locator(".ad-node[data-label=a]").click()
        assert "written in Python only" in page.text_content(".ad-stepper")
        assert not page.locator(".ad-editor").count()
        edit(page, "b", "5")
        page.click("[aria-label=Last]")
        assert shown(page, "a", "grad") == "10"
    finally:
        primitives._defined.discard("doubled_by_hand")
        autograd.RULES.pop("doubled_by_hand")


def test_a_primitive_that_returns_a_formula_is_computed(opened):
    @autograd.primitive(x="(1 + x) * exp(x)", domain="x < 700")
    def growth(x: float) -> float:
        """An expression of math's functions."""
        return x * math.exp(x)

    try:
        a = Value(2.0, "a")
        page = opened(growth(a) * 1.0)
        page.click("[aria-label=Last]")
        for number in (1.5, -3.0):
            edit(page, "a", repr(number))
            root = growth(x := Value(number)) * 1.0
            root.backward()
            assert (shown(page, "growth(a)"), shown(page, "a", "grad")) == (
                short_number(root.data),
                short_number(x.grad),
            )
        edit(page, "a", "1000")
        assert page.text_content(".ad-refusals") == "too large for a float"
    finally:
        primitives._defined.discard("growth")
        autograd.RULES.pop("growth")


def test_hostile_labels_stay_text(opened):
    a = Value(2.0, HOSTILE)
    page = opened(a * a, params=[a])
    page.locator(".ad-node").first.click()
    page.locator(".ad-field").first.fill("3")
    page.click("text=update")
    page.click("[aria-label=Next]")
    assert not page.locator("img").count()


def test_a_policy_without_eval_is_enough(chromium, tmp_path):
    path = step(fan()).save(tmp_path / "page.html")
    policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
    text = path.read_text("utf-8").replace(
        "<head>", f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">'
    )
    path.write_text(text, "utf-8")
    page = chromium.new_page()
    refused: list[str] = []
    page.on("console", lambda message: message.type == "error" and refused.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_selector(".ad-live")
    edit(page, "a", "5")
    assert (shown(page, "L"), refused) == ("750", [])
    page.close()


def test_two_steppers_with_rows_of_their_own_share_a_page(tab):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    tab.set_content(step(x.exp())._repr_html_() + step(y.tanh() * y)._repr_html_())
    tab.wait_for_function("!document.querySelector('.ad-stepper:not(.ad-live)')")
    edit(tab, "x", "0")
    edit(tab, "y", "0")
    assert (shown(tab, "exp(x)"), shown(tab, "tanh(y)")) == ("1", "0")


def test_folded_boxes_follow(tab):
    import nn

    mlp = nn.MLP([2, 3, 1], seed=1)
    x = [Value(0.5, "x1"), Value(-1.0, "x2")]
    root = (mlp(x)[0] - 1.0) ** 2
    root.label = "L"
    stepper = step(root, fold=True)
    tab.set_content(stepper._repr_html_())
    tab.wait_for_selector(".ad-live")
    edit(tab, "x1", "0.25")
    tab.click("[aria-label=Last]")
    x[0].data = 0.25
    new = recompute(root)
    new.backward()
    assert shown(tab, "L") == short_number(new.data)
    assert shown(tab, "x1", "grad") == short_number(x[0].grad)
    assert shown(tab, "x2", "grad") == short_number(x[1].grad)


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("ja", "dark")])
@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_editing_and_updating_are_accessible(screen, lang, scheme, opened, axe):
    w, x = Value(1.0, "w"), Value(3.0, "x")
    page = opened((w * x).log(), params=[w], lang=lang)
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(axe)
    page.locator(".ad-node[data-label=w]").click()
    page.locator(".ad-editor .ad-field").fill("-1")
    assert page.evaluate(VIOLATIONS) == []
    page.locator(".ad-editor .ad-field").fill("2")
    page.locator("[data-pass=update]").click()
    assert page.evaluate(VIOLATIONS) == []


def test_the_keyboard_edits(opened):
    page = opened(fan())
    page.locator(".ad-node[data-label=a]").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "value of a"
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("4")
    assert shown(page, "b") == "16"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.label") == "a"


# The widget's model, as Jupyter gives it to the page.
WIDGET = """async ([source, traits]) => {
  const module = await import("data:text/javascript," + encodeURIComponent(source));
  const heard = {};
  const model = {
    get: (name) => traits[name], set: (name, value) => (traits[name] = value), save_changes() {},
    on: (event, then) => (heard[event] = then),
  };
  const el = document.createElement("div");
  document.body.append(el);
  module.default.render({ model, el });
  window.traits = traits;
  window.setFromPython = (name, value) => { traits[name] = value; heard[`change:${name}`](); };
}"""


def test_a_widget_shares_its_inputs_with_python(tab):
    pytest.importorskip("anywidget")
    a, b = Value(3.0, "a"), Value(2.0, "b")
    widget = step(a * b, widget=True)
    assert widget.values == {"a": 3.0, "b": 2.0}
    widget.values = {"a": 4}
    assert widget.values == {"a": 4.0, "b": 2.0}
    with pytest.raises(ValueError, match="'c' is not an input; there are a, b"):
        widget.values = {"c": 1.0}
    with pytest.raises(TypeError, match="must be a real number"):
        widget.values = {"a": "x"}
    traits = {name: getattr(widget, name) for name in ("record", "picture", "at", "values")}
    tab.evaluate(WIDGET, [widget._esm, traits])
    assert shown(tab, "a·b") == "8"
    tab.evaluate("setFromPython('values', {a: 5, b: 2})")
    assert shown(tab, "a·b") == "10"
    edit(tab, "b", "-1")
    assert tab.evaluate("traits.values") == {"a": 5, "b": -1}
    assert (a.data, b.data) == (3.0, 2.0)


def test_the_rules_of_lists_follow(tab):
    x, z = Value(2.0, "x"), Value(3.0, "z")
    root = autograd.max([x, z]) * autograd.prod([x, z, 2.0])
    tab.set_content(step(root)._repr_html_())
    tab.wait_for_selector(".ad-live")

    def reasons() -> list[str]:
        tab.click("[aria-label=First]")
        found: list[str] = []
        for _ in range(7):
            tab.click("[aria-label=Next]")
            found += [text for text in tab.locator(".ad-reason").all_text_contents() if "∂x" in text]
        return found

    assert [text.partition("∂x")[2] for text in reasons()] == ["=z·2=3·2=6", "=0(x<v3)"]
    edit(tab, "x", "4")
    assert [text.partition("∂x")[2] for text in reasons()] == ["=z·2=3·2=6", "=1(x=v3)"]
    edit(tab, "z", "4")
    assert [text.partition("∂x")[2] for text in reasons()] == ["=z·2=4·2=8", "=1/2=0.5(x=v3)"]
