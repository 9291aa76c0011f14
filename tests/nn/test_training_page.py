"""The page of a training in a browser: its numbers are those of `fit`, for every example and every epoch."""

from __future__ import annotations

import copy
import json
import math
import random
import re
from pathlib import Path
from typing import Any

import pytest

import autograd
import nn
from autograd import Value, drawing

XOR, MOONS, SPIRALS = nn.data.xor(), nn.data.moons(24), nn.data.spirals(30)
LINEAR = nn.data.linear(20, w=[2.0, -1.0], noise=0.3)


def visit(tab, page, tmp_path: Path):
    """Open the saved page; its training can then be asked."""
    tab.goto(page.save(tmp_path / "training.html").as_uri())
    tab.wait_for_selector(".nn-training.nn-live")
    return tab


def parameters(tab) -> list[list[float]]:
    """The parameters at the end of every epoch, the start first."""
    return tab.evaluate(
        "document.querySelector('.nn-training').training.history.map(({parameters}) => parameters)"
    )


def press(tab, name: str, times: int = 1) -> None:
    for _ in range(times):
        tab.get_by_role("button", name=name, exact=True).click()


def huber(outputs, target):
    """Huber's loss, a loss of one's own."""
    error = autograd.abs(outputs[0] - target)
    inside = autograd.minimum(error, 1.0)
    return 0.5 * inside**2 + (error - inside)


CASES = {
    "xor, bce": (lambda: nn.MLP([2, 4, 1], seed=1), XOR, "bce"),
    "xor, σ and mse": (lambda: nn.MLP([2, 3, 1], output="sigmoid", seed=2), XOR, "mse"),
    "xor, expanded": (lambda: nn.MLP([2, 3, 1], "relu", seed=4, expand=True), XOR, "bce"),
    "moons, bce": (lambda: nn.MLP([2, 6, 1], seed=1), MOONS, "bce"),
    "moons, hinge": (lambda: nn.MLP([2, 4, 4, 1], "relu", seed=3),
                     (MOONS[0], [2 * y - 1 for y in MOONS[1]]), "hinge"),
    "moons, probabilities": (lambda: nn.MLP([2, 4, 1], "gelu", output="sigmoid", seed=1), MOONS,
                             "binary_cross_entropy_of_probabilities"),
    "spirals, ce": (lambda: nn.MLP([2, 5, 3], "sigmoid", seed=1), SPIRALS, "ce"),
    "spirals, softmax": (lambda: nn.MLP([2, 5, 3], output="softmax", seed=1), SPIRALS,
                         "cross_entropy_of_probabilities"),
    "a line, mse": (lambda: nn.MLP([2, 3, 1], "softplus", seed=1), LINEAR, "mse"),
    "a line, a loss of one's own": (lambda: nn.MLP([2, 3, 1], seed=1), LINEAR, huber),
    "two numbers, quadratic": (lambda: nn.MLP([2, 3, 2], seed=1),
                               (LINEAR[0], [[y, math.tanh(y)] for y in LINEAR[1]]), "quadratic"),
}  # fmt: skip


@pytest.mark.parametrize("batch_size", [None, 1])
@pytest.mark.parametrize("case", CASES)
def test_the_epochs_are_those_of_fit(case, batch_size, tab, tmp_path):
    make, data, loss = CASES[case]
    model, copied, epochs, rate = make(), make(), 5, 0.02 if data[0] is LINEAR[0] else 0.3
    page = nn.step(model, data, loss=loss, lr=rate, batch_size=batch_size, seed=3)
    visit(tab, page, tmp_path)
    press(tab, "one epoch", epochs)
    found = parameters(tab)
    costs = tab.evaluate("document.querySelector('.nn-training').training.history.map(({cost}) => cost)")
    expected = [[p.data for p in copied.parameters()]]
    measured = [nn.evaluate(copied, data, loss=loss)[0]]

    def note(history):
        expected.append([p.data for p in copied.parameters()])
        measured.append(nn.evaluate(copied, data, loss=loss)[0])

    size = len(data[0]) if batch_size is None else batch_size
    nn.fit(copied, data, loss=loss, optimizer="sgd", lr=rate, batch_size=size, epochs=epochs, seed=3,
           callbacks=[note], progress=False)  # fmt: skip
    assert len(found) == len(expected) == epochs + 1
    for ours, theirs in zip(found, expected, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    assert costs == pytest.approx(measured, rel=1e-12, abs=1e-12)
    assert [p.data for p in model.parameters()] == expected[0]  # the user's model stays as it is


def test_the_page_says_what_python_says(tab, tmp_path):
    """Status, facts and circles of every example, after some epochs."""
    model, data = nn.MLP([2, 5, 3], seed=1), nn.data.spirals(9)
    visit(tab, nn.step(model, data, loss="ce", lr=0.5), tmp_path)
    press(tab, "one epoch", 5)
    nn.fit(model, data, loss="ce", optimizer="sgd", lr=0.5, batch_size=9, epochs=5, progress=False)
    cost, accuracy = nn.evaluate(model, data, loss="ce")
    assert accuracy is not None
    short = autograd.text.numbers.short_number
    assert tab.text_content(".nn-status") == f"epoch 5: loss {cost:.4g} · {round(9 * accuracy)} of 9 right"
    for row, (x, y) in enumerate(zip(*data)):
        outputs = model(x)
        facts = tab.text_content(".nn-facts")
        assert f"target {y}: output {', '.join(short(o.data) for o in outputs)}, loss" in facts, row
        shown = float(facts.rpartition("loss ")[2].replace("−", "-"))
        assert shown == pytest.approx(nn.cross_entropy(outputs, y).data, rel=1e-3)
        circles = tab.locator(".nn-card g[data-neuron] text").all_text_contents()
        numbers = [*x, *(a.data for layer in model.trace(x)[1] for a in layer)]
        assert [float(text.replace("−", "-")) for text in circles] == pytest.approx(
            numbers, rel=0.06, abs=1e-12
        )
        press(tab, "Next example")
    assert tab.text_content(".nn-example b") == "Example 1 of 9"  # round again


@pytest.mark.parametrize("case", ["moons, bce", "spirals, softmax", "a line, mse"])
def test_the_surface_shows_the_outputs_of_any_input(case, tab, tmp_path):
    make, data, loss = CASES[case]
    model, rng = make(), random.Random(1)
    visit(tab, nn.step(model, data, loss=loss, lr=0.5), tmp_path)
    press(tab, "one epoch", 3)
    nn.fit(model, data, loss=loss, optimizer="sgd", lr=0.5, batch_size=len(data[0]), epochs=3, progress=False)
    for _ in range(20):
        x = [rng.uniform(-3, 3), rng.uniform(-3, 3)]
        ask = "x => [...document.querySelector('.nn-training').training.outputs(x)]"
        assert tab.evaluate(ask, x) == pytest.approx([o.data for o in model(x)], rel=1e-12, abs=1e-12)
    decided = (
        "x => { const t = document.querySelector('.nn-training').training; return t.decided(t.outputs(x)); }"
    )
    if loss != "mse":
        assert [tab.evaluate(decided, x) for x in data[0]] == nn.predict(model, data[0], loss=loss)
    else:
        assert tab.evaluate(decided, data[0][0]) is None


def test_a_reader_goes_back_to_any_epoch_and_on_from_there(tab, tmp_path):
    page = nn.step(nn.MLP([2, 4, 1], seed=1), XOR, loss="bce", lr=0.5)
    visit(tab, page, tmp_path)
    press(tab, "one epoch", 8)
    first = parameters(tab)
    slider = tab.get_by_label("Epoch to show")
    slider.fill("3")
    assert tab.text_content(".nn-status").startswith("epoch 3: ")
    assert tab.text_content(".ad-position") == "3 / 8"
    assert parameters(tab) == first  # nothing is forgotten
    slider.fill("8")
    assert tab.text_content(".nn-status").startswith("epoch 8: ")
    slider.fill("3")
    tab.get_by_label("Learning rate as a number").fill("0.25")
    press(tab, "one epoch")
    second = parameters(tab)
    assert second[:4] == first[:4]
    assert len(second) == 5
    start, half = zip(*((a, b) for a, b in zip(first[3], second[4], strict=True)))
    moved = [b - a for a, b in zip(first[3], first[4], strict=True)]
    assert [b - a for a, b in zip(start, half)] == pytest.approx([m / 2 for m in moved], rel=1e-6)
    press(tab, "Back to the start")
    assert tab.text_content(".ad-position").split("/")[0].strip() == "0"


def test_one_step_after_another_makes_an_epoch(tab, tmp_path):
    page = nn.step(nn.MLP([2, 3, 1], seed=1), XOR, loss="bce", lr=0.5, batch_size=1)
    visit(tab, page, tmp_path)
    press(tab, "one step", 3)
    assert "3 of 4 examples of epoch 1 done" in tab.text_content(".nn-status")
    press(tab, "one step")
    stepped = parameters(tab)
    visit(tab, page, tmp_path)
    press(tab, "one epoch")
    assert parameters(tab) == stepped


def test_training_runs_and_stops(tab, tmp_path):
    visit(tab, nn.step(nn.MLP([2, 4, 1], seed=1), XOR, loss="bce", lr=1.0), tmp_path)
    press(tab, "Train")
    tab.wait_for_function("document.querySelector('.nn-training').training.at >= 60")
    press(tab, "Stop")
    at = tab.evaluate("document.querySelector('.nn-training').training.at")
    tab.evaluate("new Promise(requestAnimationFrame)")
    assert tab.evaluate("document.querySelector('.nn-training').training.at") == at
    assert "4 of 4 right" in tab.text_content(".nn-status")


def test_a_divergence_is_said_and_survived(tab, tmp_path):
    visit(tab, nn.step(nn.MLP([2, 4, 1], seed=1), LINEAR, loss="mse", lr=1e9), tmp_path)
    for _ in range(60):
        press(tab, "one epoch")
        if "diverges" in tab.text_content(".nn-status"):
            break
    else:
        pytest.fail("a learning rate of 1e9 does not diverge")
    kept = parameters(tab)
    assert all(map(math.isfinite, kept[-1]))
    press(tab, "Back to the start")
    tab.get_by_label("Learning rate as a number").fill("0.01")
    press(tab, "one epoch")
    assert tab.text_content(".nn-status").startswith("epoch 1: loss")


class Root:
    """y = log(w), with a cost that moves w below 0."""

    def __init__(self):
        self.w = Value(0.5, "w")

    def __call__(self, x, /):
        return [autograd.log(self.w) * x[0]]

    def parameters(self):
        return [self.w]


def test_a_domain_that_is_left_is_said_and_survived(tab, tmp_path):
    page = nn.step(Root(), [[1.0]], [-9.0], loss=lambda outputs, y: outputs[0], lr=1.0)
    visit(tab, page, tmp_path)
    press(tab, "one epoch")
    assert "out of its domain" in tab.text_content(".nn-status")
    assert parameters(tab) == [[0.5]]
    tab.get_by_label("Learning rate as a number").fill("0.1")
    press(tab, "one epoch")
    assert parameters(tab)[1] == pytest.approx([0.5 - 0.1 * 2.0])
    assert tab.locator(".nn-card g[data-neuron]").count() == 0  # a model without layers has no such picture


def test_an_epoch_that_cannot_end_is_not_begun(tab, tmp_path):
    """If the second of two steps leaves the domain, the first is undone too."""
    page = nn.step(
        Root(), [[1.0], [1.0]], [0.0, 0.0], loss=lambda outputs, y: outputs[0], lr=0.1, batch_size=1
    )
    visit(tab, page, tmp_path)
    press(tab, "one epoch")
    assert "out of its domain" in tab.text_content(".nn-status")
    run = "(({ at, position, parameters }) => [at, position, parameters])"
    assert tab.evaluate(f"{run}(document.querySelector('.nn-training').training)") == [0, 0, [0.5]]


def test_a_strict_policy_runs_it_and_two_are_on_a_page(tab):
    """No `eval`, nothing from elsewhere; the pages know nothing of each other."""
    one = nn.step(nn.MLP([2, 3, 1], seed=1), XOR, loss="bce", lr=0.5)
    two = nn.step(nn.MLP([2, 2], seed=1), XOR, loss="ce", lr=0.5)
    policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    tab.set_content(head + one._repr_html_() + two._repr_html_())
    tab.wait_for_function("document.querySelectorAll('.nn-training.nn-live').length === 2")
    tab.get_by_role("button", name="one epoch").first.click()
    at = "[...document.querySelectorAll('.nn-training')].map((host) => host.training.at)"
    assert tab.evaluate(at) == [1, 0]


def test_without_scripts_the_pictures_are_there(chromium, tmp_path):
    path = nn.step(nn.MLP([2, 3, 1], seed=1), XOR, loss="bce").save(tmp_path / "training.html")
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    sizes = page.locator("img.nn-fallback").evaluate_all(
        "images => images.map((image) => image.naturalWidth)"
    )
    assert len(sizes) == 2
    assert min(sizes) > 100
    assert "if scripts may run here" in page.text_content(".nn-training")
    context.close()


def test_hostile_labels_stay_text(tab, tmp_path):
    mlp = nn.MLP([2, 2, 1], seed=1)
    for k, parameter in enumerate(mlp.parameters()):
        parameter.label = f"</script><img src=x onerror=alert({k})>"
    visit(tab, nn.step(mlp, XOR, loss="bce"), tmp_path)
    press(tab, "one epoch")
    assert tab.locator("img[src=x]").count() == 0


VIOLATIONS = """async () => (await axe.run()).violations.map(
  v => [v.id, v.nodes.map(n => n.html.slice(0, 150) + n.failureSummary)])"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [(1280, 800), (1920, 1080), (390, 844)], ids=str)
def test_anyone_can_use_it(screen, scheme, tab, tmp_path, axe):
    tab.set_viewport_size({"width": screen[0], "height": screen[1]})
    tab.emulate_media(color_scheme=scheme)
    visit(tab, nn.step(nn.MLP([2, 3, 1], seed=1), MOONS, loss="bce"), tmp_path)
    tab.evaluate(axe)
    assert tab.evaluate(VIOLATIONS) == []
    press(tab, "one epoch")
    assert tab.evaluate(VIOLATIONS) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_small_network_fits_a_phone(chromium, tmp_path):
    path = nn.step(nn.MLP([2, 3, 1], seed=1), nn.data.xor(), loss="bce").save(tmp_path / "training.html")
    page = chromium.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(path.as_uri())
    page.wait_for_selector(".nn-live")
    hidden = page.locator(".nn-scroll").evaluate("one => one.scrollWidth - one.clientWidth")
    assert hidden <= 0
    page.close()


def test_a_phone_shows_what_can_be_read(chromium, tmp_path):
    """Nothing is cut off, the network can be read, and the graph is in view where the pass is."""
    path = nn.step(nn.MLP([2, 8, 8, 1], seed=1), MOONS, loss="bce").save(tmp_path / "training.html")
    page = chromium.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(path.as_uri())
    page.wait_for_selector(".nn-live")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    heights = page.locator(".nn-scroll text").evaluate_all(
        "texts => texts.map((text) => text.getAttribute('font-size') * text.getScreenCTM().a)"
    )
    assert min(heights) > 8.5
    for _ in range(3):
        page.get_by_role("button", name="Next", exact=True).click()
        view, box = (
            page.locator(name).first.bounding_box() for name in (".ad-picture", ".ad-picture .ad-now")
        )
        assert view["x"] - 1 <= box["x"] <= box["x"] + box["width"] <= view["x"] + view["width"] + 1
    page.close()


def test_the_page_costs_less_than_80_kilobytes_besides_its_graphs():
    html = nn.step(nn.MLP([2, 3, 1], seed=1), XOR, loss="bce")._repr_html_()
    (model,) = re.findall(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', html)
    said = {key: json.loads(model)[key] for key in ("training", "sentences")}
    assert len(pictures) == 2
    graphs = len(model.encode()) - len(json.dumps(said)) + sum(map(len, pictures))
    assert len(html.encode()) - graphs < 80_000


def test_a_language_is_chosen():
    page = nn.step(nn.MLP([2, 2, 1], seed=1), XOR, loss="bce", lang="ja")
    assert 'lang="ja"' in page._repr_html_()
    assert "学習率" in page._repr_html_()
    with pytest.raises(ValueError, match="lang must be"):
        nn.step(nn.MLP([2, 2, 1], seed=1), XOR, loss="bce", lang="fr")


def test_other_formats_are_refused_by_name(tmp_path):
    page = nn.step(nn.MLP([2, 2, 1], seed=1), XOR, loss="bce")
    with pytest.raises(ValueError, match=r"draw_network\(mlp\)"):
        page.save(tmp_path / "training.svg")
    assert not list(tmp_path.iterdir())


def branching(outputs, target):
    return (outputs[0] - target) ** 2 if outputs[0] > 0.0 else outputs[0] - target


def deaf(outputs, target):
    """Takes no Value for a target."""
    return (outputs[0] - float(f"{target}")) ** 2


def opaque(outputs, target):
    """Calls an operation whose formulas no page can read."""

    @autograd.primitive(x=lambda x, y: y)
    def growth(x):
        return math.exp(x)

    return growth(outputs[0])


def choosing(outputs, target):
    return autograd.where(outputs[0] > target, outputs[0], 2.0 * outputs[0])


@pytest.mark.parametrize(
    ("make", "data", "options", "error", "words"),
    [
        ((2, 3, 1), XOR, {"loss": "ce"}, ValueError, "compares the outputs of several classes"),
        ((2, 3, 1), XOR, {"loss": "nothing"}, ValueError, "no loss 'nothing'"),
        ((3, 3, 1), XOR, {"loss": "bce"}, ValueError, "the network takes 3 inputs, not 2"),
        ((2, 3, 1), XOR, {"loss": "bce", "lr": 0.0}, ValueError, "lr must be a positive number"),
        ((2, 3, 1), XOR, {"loss": "bce", "lr": "1"}, TypeError, "lr must be a positive number, not '1'"),
        ((2, 3, 1), XOR, {"loss": "bce", "batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ((2, 3, 1), nn.data.moons(501), {"loss": "bce"}, drawing.TooLarge, "501 examples are more than"),
        ((2, 40, 40, 1), XOR, {"loss": "bce"}, drawing.TooLarge, "1,801 parameters are more than"),
        ((2, 20, 20, 1), XOR, {"loss": "bce"}, drawing.TooLarge, "nodes, and a page takes 500"),
        ((2, 3, 1), LINEAR, {"loss": deaf}, drawing.TooLarge, "more than 12 different graphs"),
        ((2, 3, 1), XOR, {"loss": branching}, TypeError, "no truth value yet"),
        ((2, 3, 1), XOR, {"loss": lambda a, y: Value(1.0)}, TypeError, "does not depend on the parameters"),
        ((2, 3, 1), XOR, {"loss": opaque}, TypeError, "a page cannot compute growth"),
        ((2, 3, 1), XOR, {"loss": choosing}, TypeError, "the branch of a `where`"),
    ],
)  # fmt: skip
def test_what_a_page_cannot_show_is_refused(make, data, options, error, words):
    with pytest.raises(error, match=words):
        nn.step(nn.MLP(list(make), seed=1), data, **options)


def test_a_model_that_chooses_by_its_inputs_has_a_graph_for_each_choice(tab, tmp_path):
    class Gated(nn.MLP):
        def __call__(self, x: Any):
            first, second = x
            number = first.data if isinstance(first, Value) else first
            return super().__call__([first, second] if number < 0.5 else [second, first])

    model = Gated([2, 3, 1], seed=1)
    other = copy.deepcopy(model)
    visit(tab, nn.step(model, XOR, loss="bce", lr=0.5), tmp_path)
    press(tab, "one epoch", 4)
    nn.fit(other, XOR, loss="bce", optimizer="sgd", lr=0.5, batch_size=4, epochs=4, progress=False)
    assert parameters(tab)[-1] == pytest.approx([p.data for p in other.parameters()], rel=1e-12, abs=1e-12)
    assert tab.locator(".nn-surface").count() == 0  # no one graph has the outputs for every input


@pytest.mark.parametrize(("case", "epochs"), [("xor, bce", 3), ("spirals, softmax", 2), ("a line, mse", 2)])
def test_the_stepper_has_the_numbers_of_now(case, epochs, tab, tmp_path):
    """Every box of the stepper, at the end of the pass, for some examples at an epoch."""
    make, data, loss = CASES[case]
    model, cost = make(), nn.losses.LOSSES.get(loss) or nn.losses.named(loss)
    visit(tab, nn.step(model, data, loss=loss, lr=0.05), tmp_path)
    press(tab, "one epoch", epochs)
    press(tab, "Last")
    nn.fit(
        model,
        data,
        loss=loss,
        optimizer="sgd",
        lr=0.05,
        batch_size=len(data[0]),
        epochs=epochs,
        progress=False,
    )
    short = autograd.text.numbers.short_number
    for x, y in list(zip(*data))[:4]:
        y = Value(y) if case.startswith("a line") else y
        root = cost(model([Value(number) for number in x]), y)
        model.zero_grad()
        root.backward()
        nodes = autograd.topological_order(root)
        for what in ("data", "grad"):
            shown = tab.evaluate(
                """what => [...document.querySelectorAll(".nn-walk .ad-node[data-key^=n]")]
                .sort((a, b) => a.dataset.key.slice(1) - b.dataset.key.slice(1))
                .map(box => [box.dataset.key, box.querySelector(`.ad-${what}`)?.textContent])""",
                what,
            )
            numbers = {f"n{k}": short(getattr(node, what)) for k, node in enumerate(nodes)}
            assert len(shown) > 20
            assert [pair for pair in shown if not _close(pair[1], numbers[pair[0]])] == [], numbers
        press(tab, "Next example")


def _close(shown: str, expected: str) -> bool:
    """The same short number, or one that is rounded from the other side."""
    if shown == "·":
        return False
    one, other = (float(text.replace("−", "-")) for text in (shown, expected))
    return one == other or abs(one - other) <= 1.01e-2 * abs(other)
