"""The stepper in Python, and the record that its page shows."""

from __future__ import annotations

import json
import math
import re
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from stepper_graphs import HOSTILE, fan
from test_graph import programs

import autograd
import nn
from autograd import DomainError, Value, backward_steps, errstate, scope, step, topological_order
from autograd.stepper.page import MODULES, base64, script, to_json
from autograd.text.numbers import product_text, short_number


def test_it_walks_both_ways_and_stops_at_both_ends():
    stepper = step(fan())
    assert (stepper.at, stepper.count) == (0, 7)
    done = [stepper.next() for _ in range(7)]
    assert [s.after for s in done] == [1.0, 12.0, 9.0, 9.0, 21.0, 72.0, 135.0]
    with pytest.raises(StopIteration):
        stepper.next()
    assert stepper.back() is done[-1]
    assert stepper.at == 6
    stepper.seek(0)
    with pytest.raises(StopIteration):
        stepper.back()
    stepper.seek(7)
    assert stepper.at == 7
    for wrong in (-1, 8):
        with pytest.raises(ValueError, match="seek takes 0 to 7"):
            stepper.seek(wrong)
    stepper.seek(0)
    assert list(stepper) == done


def test_the_graph_is_left_as_it_is():
    loss = fan()
    loss.backward()
    before = [(node._grad, node.label) for node in topological_order(loss)]
    stepper = step(loss)
    stepper.next()
    stepper._repr_html_()
    assert [(node._grad, node.label) for node in topological_order(loss)] == before
    assert stepper.steps[-1].after == 135.0


def test_a_stepper_keeps_what_it_recorded():
    x = Value(2.0, "x")
    stepper = step(x * 3.0)
    x.data, x.grad = 5.0, 7.0
    assert stepper.steps[-1].after == 3.0
    assert [node["data"] for node in stepper.model()["nodes"]] == [2.0, 6.0]


def test_bad_input():
    with pytest.raises(TypeError, match="must be a Value"):
        step(3.0)  # pyright: ignore
    x = Value(0.0, "x")
    with pytest.raises(DomainError):
        step(0.0 * x.sqrt())


@settings(deadline=None)
@given(programs())
def test_the_record_tells_the_truth(root):
    model = json.loads(to_json(step(root).model()))
    order = topological_order(root)
    steps = list(backward_steps(root))
    assert model["order"] == [node["id"] for node in model["nodes"]] == [f"n{k}" for k in range(len(order))]
    assert [node["data"] for node in model["nodes"]] == [node.data for node in order]
    assert [node["grad"] for node in model["nodes"]] == [node.grad for node in order]
    for told, node in zip(model["nodes"], order, strict=True):
        assert [id(order[int(parent[1:])]) for parent in told["parents"]] == [id(p) for p in node.parents]
    edges = {edge["id"]: edge for edge in model["edges"]}
    assert len(model["steps"]) == len(steps)
    uses: dict[str, int] = {}
    for told, true in zip(model["steps"], steps, strict=True):
        assert (told["before"], told["after"]) == (true.before, true.after)
        assert order[int(told["node"][1:])] is true.node
        if told["kind"] == "push":
            edge = edges[told["edge"]]
            assert order[int(told["to"][1:])] is true.parent
            assert (edge["src"], edge["dst"], edge["slot"]) == (told["to"], told["node"], true.slot)
            assert (told["upstream"], told["local"], told["contribution"]) == (
                true.upstream,
                true.local,
                true.contribution,
            )
            uses[told["to"]] = uses.get(told["to"], 0) + 1
            assert told["nth"] == uses[told["to"]] <= told["of"]
    for node in model["nodes"]:
        assert node["uses"] == uses.get(node["id"], 0)


@settings(deadline=None)
@given(programs(size=12))
def test_the_numerical_check_agrees_with_the_gradient(root):
    kinks = {"where", "abs"}
    if any(node.op in kinks for node in topological_order(root)):
        return
    for node in step(root).model()["nodes"]:
        if node.get("check", {}).get("kind") == "smooth":
            assert math.isclose(node["check"]["value"], node["grad"], rel_tol=1e-4, abs_tol=1e-6)


def test_the_demon_knows_the_true_change():
    model = step(fan()).model()
    told = model["nodes"][0]["demon"]
    assert told["span"] == 1.0
    assert len(told["changes"]) == 41
    for i, change in enumerate(told["changes"]):
        a = 3.0 + (i - 20) / 20
        assert math.isclose(change, a * a * (a + a * a) - 108.0, rel_tol=1e-5, abs_tol=1e-9)
    assert "demon" not in model["nodes"][1]


@pytest.mark.parametrize(
    ("f", "check"),
    [
        (lambda x: x * x * x, {"kind": "smooth", "value": pytest.approx(12.0)}),
        (
            lambda x: (x - 2.0).abs() + x,
            {"kind": "corner", "left": pytest.approx(0.0), "right": pytest.approx(2.0)},
        ),
        (lambda x: x.floor() + x, {"kind": "jump"}),
    ],
)
def test_small_steps_of_the_demon_tell_a_slope_a_corner_and_a_jump(f, check):
    assert step(f(Value(2.0))).model()["nodes"][0]["check"] == check


def test_the_demon_may_nudge_a_weighted_input():
    w, x = Value(0.5, "w"), Value(3.0, "x")
    model = step((w * x).tanh()).model()
    (z,) = [node for node in model["nodes"] if node["op"] == "mul"]
    assert z["demon"]["changes"][40] == pytest.approx(math.tanh(2.5) - math.tanh(1.5), rel=1e-5)


def test_where_the_demon_leaves_the_domain_there_is_no_number():
    x = Value(0.5, "x")
    model = step(x.log()).model()
    changes = json.loads(to_json(model))["nodes"][0]["demon"]["changes"]
    assert changes[0] == "nan"
    assert changes[10] == "-inf"
    assert changes[20] == 0.0


def test_infinite_gradients_are_recorded_as_text():
    with errstate("ieee"):
        x = Value(0.0, "x")
        model = step(x.sqrt()).model()
    assert json.loads(to_json(model))["nodes"][0]["grad"] == "inf"


def tags(page: str) -> list[str]:
    """The elements of a page, in order."""
    found: list[str] = []

    class Counter(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append(tag)

    Counter().feed(page)
    return found


def test_a_hostile_label_breaks_nothing():
    pages: list[str] = []
    for names in ((HOSTILE, "<b>"), ("x", "y")):
        x = Value(2.0, names[0])
        y = x * x
        y.label = names[1]
        assert json.loads(to_json(step(y).model()))["nodes"][0]["label"] == names[0]
        pages.append(step(y)._repr_html_())
    assert "<img src=x" not in pages[0]
    assert tags(pages[0]) == tags(pages[1])


def test_the_modules_of_the_script_fit_together():
    """Each imports only from those before it, names nothing as they do, and is no longer than 200 lines."""
    web = Path(autograd.stepper.__file__).parent / "web"
    assert {file.name for file in web.glob("*.js")} == {f"{room}.js" for room in MODULES}
    names: dict[str, str] = {}
    for room in MODULES:
        source = (web / f"{room}.js").read_text("utf-8")
        assert len(source.splitlines()) <= 200, room
        assert source.startswith("//"), f"{room}.js says at its head what it is for"
        imports = re.findall(r'^import \{ (.*) \} from "\./(\w+)\.js";$', source, re.MULTILINE)
        assert len(imports) == len(re.findall("^import", source, re.MULTILINE)), "each on one line"
        for imported, other in imports:
            for name in imported.split(", "):
                assert names[name] == other
                assert len(re.findall(rf"\b{name}\b", source)) > 1, f"{room}.js has no use for {name}"
        for name in re.findall(r"^(?:export )?(?:const|function|class) (\w+)", source, re.MULTILINE):
            assert name not in names, f"{name} is in {names[name]}.js and {room}.js"
            names[name] = room
    assert not re.search("^import", script(), re.MULTILINE)


def test_only_what_a_reader_may_ask_for_is_recorded():
    with autograd.scope("all"):
        root = autograd.sum(Value(float(i), f"w{i}") * 2.0 for i in range(500))
    model = step(root, fold=True).model()
    assert len(model["nodes"]) < 20
    assert all(len(told["gains"]) < 20 for told in model["steps"])


def test_pages_are_the_same_every_time(tmp_path):
    for name in ("one.html", "two.html"):
        step(fan()).save(tmp_path / name)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_a_script_at_a_terminal_opens_a_browser(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delitem(__import__("sys").modules, "IPython", raising=False)
    autograd.step(fan())
    assert opened[0].startswith("file://")
    assert opened[0].endswith(".html")


def test_frames_are_one_picture_a_step(tmp_path):
    root = fan()
    paths = step(root).frames(tmp_path / "slides")
    assert [path.name for path in paths] == [f"step-{at:03}.svg" for at in range(8)]
    passing, now = backward_steps(root), None
    for at, path in enumerate(paths):
        now = next(passing, None) if at else None
        svg = ElementTree.parse(path).getroot()
        texts = {
            name: [e.text or "" for e in svg.iter() if name in e.get("class", "").split()] for name in CLASSES
        }
        boxes = dict(zip(texts["ad-label"], texts["ad-grad"], strict=True))
        expected = {
            n.label: "·" if n._grad is None else short_number(n.grad) for n in topological_order(root)
        }
        assert boxes == expected
        assert len(list(filter(None, texts["ad-edge-label"]))) == max(at - 1, 0)
        assert texts["ad-rule"][0] == ("   ".join(str(now).split("   ")[:2]) if at else START)
        groups = {name: [e for e in svg.iter() if name in e.get("class", "").split()] for name in MARKS}
        labels = {name: [label(group) for group in found] for name, found in groups.items()}
        assert labels["ad-now"] == ([now.node.label] if at else [])
        assert labels["ad-receives"] == ([now.parent.label] if at > 1 else [])
        [product] = labels["ad-active"] or [""]
        assert product == (product_text(now.upstream, now.local, now.contribution) if at > 1 else "")  # pyright: ignore[reportArgumentType]
        assert len(labels["ad-waits"]) == 6 - max(at - 1, 0)


def test_an_arrow_of_a_frame_has_no_gap_where_its_head_was(tmp_path):
    root = fan()
    paths = step(root).frames(tmp_path)

    def ends(path):
        lines = [
            e.get("d", "") for e in ElementTree.parse(path).iter() if "ad-line" in e.get("class", "").split()
        ]
        return [[float(x) for x in re.findall(r"-?[\d.]+", d)] for d in lines]

    before, after = ends(paths[0]), ends(paths[-1])
    for drawn, passed in zip(before, after, strict=True):
        assert passed[: len(drawn)] == drawn
        assert passed[-4:-2] == passed[-2:]
        assert 4 < math.dist(drawn[-2:], passed[-2:]) < 8


START = "backward pass, no gradient yet"
CLASSES = ("ad-label", "ad-grad", "ad-edge-label", "ad-rule")
MARKS = ("ad-now", "ad-receives", "ad-active", "ad-waits")


def label(group):
    """The text of a box or an edge."""
    kinds = {"ad-label", "ad-edge-label"}
    return next((e.text or "" for e in group.iter() if kinds & set(e.get("class", "").split())), "")


def test_a_widget_without_anywidget_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r'pip install "stepgrad\[widget\]"'):
        step(fan(), widget=True)


def test_a_page_costs_less_than_60_kilobytes_besides_its_graph():
    stepper = step(fan())
    model = stepper.model()
    graph = (
        len(to_json({**model, "sentences": {}}))
        + len(base64(stepper.picture()))
        + len("\n".join(stepper.trace()))
    )
    assert len(stepper._repr_html_().encode()) - graph < 80_000


def test_scopes_fold_where_the_steps_are_too_many():
    x = Value(1.0, "x")
    for _ in range(10):
        with autograd.scope("block"):
            for _ in range(150):
                x = x * 1.001
    assert step(x).count == 10
    logits = nn.MLP([64, 16, 10], seed=1)([Value(0.1 * (i % 7), f"x{i}") for i in range(64)])
    cost = nn.cross_entropy(logits, 3)
    assert step(cost, fold="neuron").count > 1000
    assert step(cost).count == step(cost, fold=True).count == 91  # by layers


def test_a_pass_too_long_for_a_page_is_walked_in_python_and_refused_elsewhere(tmp_path, monkeypatch):
    y = Value(1.0, "x")
    for _ in range(1500):
        y = y + 0.5
    stepper = step(y)
    assert stepper.next().after == 1.0
    assert stepper.count == 1501
    monkeypatch.setattr(type(stepper), "trace", None)  # no step is written before the pass is refused
    with pytest.raises(ValueError, match="1,501 steps are more than a page shows fluidly"):
        stepper.save(tmp_path / "long.html")
    assert not (tmp_path / "long.html").exists()
    assert stepper._repr_html_().startswith("<p>1,501 steps")


def test_parameters_are_inputs_of_the_graph():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c = a * b
    assert step(c, params=[b]).model()["params"] == [1]
    assert step(c, params=[b], seed=3).model()["params"] == [1]
    for param, message in ((c, "is a result"), (Value(1.0), "does not go into"), (2.0, "must be a Value")):
        with pytest.raises((TypeError, ValueError), match=message):
            step(c, params=[param])  # pyright: ignore[reportArgumentType]


def test_without_a_renderer_a_page_has_the_steps_as_text(monkeypatch, tmp_path):
    monkeypatch.setattr("autograd.drawing.render._renderers", lambda seconds: iter(()))
    x = Value(3.0, "x")
    stepper = step(x * x)
    assert "pip install pygraphviz" in stepper._repr_html_()
    page = stepper.save(tmp_path / "page.html").read_text("utf-8")
    assert "x.grad += (x·x).grad" in page
    steps = re.findall(r"<details><summary>Next</summary><pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert steps == [escape(line) for line in stepper.trace()]
    assert page.count("<details") == page.count("</details>") == stepper.count + 1
    assert "<summary>次へ</summary>" in step(x * x, lang="ja")._repr_html_()
    long = step(autograd.sum([x * x for _ in range(99)]))._repr_html_()
    assert long.count("<summary>Next</summary>") == 200
    assert "<summary>" not in step(x * x, quiz=True)._repr_html_()


def test_the_caption_of_a_frame_is_as_wide_as_a_picture(tmp_path):
    xs = [Value(float(i), f"z{i}") for i in range(4)]
    frame = step(autograd.cross_entropy(xs, 1)).frames(tmp_path)[2].read_text("utf-8")
    captions = re.findall('class="ad-rule"[^>]*>([^<]*)<', frame)
    assert len(captions) > 4
    assert max(map(len, captions)) <= 72
    assert "where v5 = log(" in " ".join(captions)


def test_one_step_seeds_the_output_even_if_another_box_has_its_number():
    x = Value(0.5, "x")
    with scope("one"):
        y = x * 1.0
    stepper = step(y * 1.0, fold=True)
    assert [one.parent is None for one in stepper.steps] == [True, False]
