"""The DOT text, which no renderer's floats disturb; and the words in it."""

from __future__ import annotations

import math
import random
import re

import pytest
from drawing_graphs import diamond, expression, network, of_class, parsed, texts, tooltip

import autograd
from autograd import Value, draw, record_lines, softmax, topological_order
from autograd.drawing import render_svg
from autograd.drawing.style import PALETTE, line_width, strength, text_width, tint
from autograd.text.characters import cut, visible
from autograd.text.names import display_names

GOLDEN = """\
n0:e -> n2:p0:w ∂e/∂a = −3 negative
n1:e -> n2:p1:w ∂e/∂b = 2 positive
n2:e -> n4:p0:w ∂d/∂e = 1 positive
n3:e -> n4:p1:w ∂d/∂c = 1 positive
n4:e -> n6:p0:w ∂L/∂d = −2 negative
n5:e -> n6:p1:w ∂L/∂f = 4 positive"""

NAMES = {light: name for name, (light, _) in PALETTE.items()}


def arrows(source: str) -> str:
    """The edges of DOT text: ends, label, colour."""
    lines = []
    for line in source.splitlines():
        if match := re.match(r"\s*(\S+ -> \S+) \[", line):
            label = re.search(r'FONT POINT-SIZE="9"[^>]*>([^<]*)<', line)
            colour = NAMES[re.search(r' color="(#\w+)"', line)[1]]
            lines.append(f"{match[1]} {label[1] if label else ''} {colour}")
    return "\n".join(lines)


def boxes(source: str) -> list[list[str]]:
    """The texts of every box."""
    return [re.findall(r">([^<>]+)</(?:B|FONT)>", line) for line in source.splitlines() if "ad-node" in line]


def test_the_edges_of_the_expression():
    assert arrows(draw(expression()).source) == GOLDEN


def test_the_boxes_of_the_expression():
    assert boxes(draw(expression()).source)[:3] == [
        ["a", "data", "2", "grad", "·"],
        ["b", "data", "−3", "grad", "·"],
        ["×", "e", "data", "−6", "grad", "·"],
    ]


def test_after_backward_edges_say_the_chain_rule_in_the_colour_of_the_contribution():
    L = expression()
    L.backward()
    lines = arrows(draw(L).source).splitlines()
    assert lines[0] == "n0:e -> n2:p0:w −2 × (−3) = 6 positive"
    assert lines[1] == "n1:e -> n2:p1:w −2 × 2 = −4 negative"
    local = arrows(draw(L, edges="local").source)
    assert local == GOLDEN  # the colour is that of the number printed, whatever flows
    assert all(line.split()[3:-1] == [] for line in arrows(draw(L, edges="none").source).splitlines())


def test_two_uses_are_two_edges_to_two_ports_in_operand_order():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert [line.split()[0] + line.split()[2] for line in arrows(draw(y - x).source).splitlines()] == [
        "n0:en2:p0:w",
        "n1:en2:p1:w",
    ]
    assert arrows(draw(x * x).source).splitlines() == [
        "n0:e -> n1:p0:w ∂(x·x)/∂x⁽¹⁾ = 2 positive",
        "n0:e -> n1:p1:w ∂(x·x)/∂x⁽²⁾ = 2 positive",
    ]


def test_constants_are_small_and_grey_and_keep_their_place():
    source = draw(2.0 - Value(3.0, "x")).source
    assert 'class="ad-node ad-constant"' in source
    assert arrows(source).splitlines() == [
        '"k1-0":e -> n1:p0:w  constant',
        "n0:e -> n1:p1:w −1 negative",
    ]


def test_many_constants_are_drawn_as_one_and_a_branch_left_out_not_at_all():
    many = draw(autograd.dot([Value(1.0, f"w{i}") for i in range(9)], [0.5] * 9)).source
    assert many.count("ad-constant") == 1
    assert ">9 numbers<" in many
    x = Value(1.0, "x")
    assert draw(autograd.where(x > 0, x, 5.0)).source.count("ad-node") == 3  # x, the 1 that chose, y


def test_every_text_is_a_group_in_every_version_of_graphviz():
    source = draw(expression()).source
    assert source.count("<TD ID=") == source.count('HREF="#" TOOLTIP=')  # older versions need the link


def test_directions():
    assert "n0:s -> n1:p0:n" in draw(Value(1.0, "x").exp(), direction="TB").source
    assert "rankdir=TB" in draw(Value(1.0, "x").exp(), direction="TB").source


def test_where_many_arrows_meet_they_have_more_room():
    def room(inputs: int) -> float:
        made = autograd.sum([Value(1.0, f"x{i}") for i in range(inputs)])
        return float(re.search(r"ranksep=([\d.]+)", draw(made).source)[1])

    assert room(2) == room(3) < room(6) < room(12)


def test_numbers_have_as_many_digits_as_asked():
    x = Value(math.pi, "x")
    assert [t for t in boxes(draw(x, numbers=5).source)[0] if t.startswith("3")] == ["3.1416"]
    with pytest.raises(ValueError, match="at least 1"):
        draw(x, numbers=0)


def test_approximate_products_say_so():
    x, y = Value(1 / 3, "x"), Value(1 / 7, "y")
    L = (x * y) * (x * y)
    L.backward()
    assert "≈" in arrows(draw(L).source)


def test_infinities_and_nan_are_drawn():
    with autograd.errstate("ieee"):
        x = Value(0.0, "x")
        L = autograd.log(x) * 0.0
        L.backward()
    elements = parsed(render_svg(L))
    assert texts(elements["ad-n1"], "ad-data") == ["−∞"]
    assert texts(elements["ad-n2"], "ad-data") == ["nan"]


@pytest.mark.parametrize(
    ("option", "value"),
    [("edges", "all"), ("direction", "RL"), ("theme", "blue"), ("blank", "all")],
)
def test_options_that_do_not_exist_are_refused_with_those_that_do(option, value):
    with pytest.raises(ValueError, match=f"{option} must be '.*' or '.*', not '{value}'"):
        draw(expression(), **{option: value})


def test_tooltips_have_the_formula_the_exact_number_and_the_source_line():
    with record_lines():
        a, b = Value(2.0, "a"), Value(1 / 3, "b")
        e = a / b
    e.label = "e"
    e.backward()
    elements = parsed(render_svg(e))
    assert "test_dot.py" in tooltip(elements["ad-n2"])
    assert "e = a / b" in tooltip(elements["ad-n2"])
    formula, chain = tooltip(elements["ad-e2-1"]).splitlines()
    assert formula == f"∂e/∂b = −e / b = {-e.data / b.data!r}"
    assert chain == f"b.grad += 1.0 × {-e.data / b.data!r} = {b.grad!r}"


@pytest.mark.parametrize(
    ("compute", "formula"),
    [
        (lambda x: x**2, "∂x²/∂x = 2·x = 6.0"),
        (lambda x: x**3, "∂x³/∂x = 3·x² = 27.0"),
        (lambda x: 2**x, "∂(2^x)/∂x = 2^x·log(2) = 5.545177444479562"),
        (lambda x: x.relu(), "∂relu(x)/∂x = 1.0 (x > 0)"),
    ],
)
def test_the_formula_of_an_edge_is_mathematics(compute, formula):
    """Without the cases by which floats keep their digits, and with a number for what is one."""
    elements = parsed(render_svg(compute(Value(3.0, "x"))))
    assert f"\n{formula}\n" in "\n".join(["", *map(tooltip, elements.values()), ""])


def test_the_tooltip_of_a_folded_edge_says_that_it_is_a_total():
    elements = parsed(render_svg(network([2, 2, 1]), fold="layer"))
    totals = [tooltip(e) for name, e in elements.items() if "-s" in name and "-e" in name]
    assert any("in all through layer" in text or "values" in text for text in totals)


def test_a_worksheet_gives_nothing_away_and_its_key_everything():
    L = diamond()
    sheet = draw(L, blank="grad")
    answers = parsed(sheet.answer_key.pipe("svg", encoding="utf-8"))
    assert texts(answers["ad-n0"], "ad-grad") == ["135"]
    blank = sheet.pipe("svg", encoding="utf-8")
    said = " ".join("".join(group.itertext()) for group in of_class(parsed(blank)["ad"], "graph"))
    assert not re.search(r"135|21|63", said)
    assert texts(parsed(blank)["ad-n0"], "ad-grad") == []
    assert texts(parsed(blank)["ad-n3"], "ad-grad") == ["1"]  # the seed is given
    assert len({element.get("stroke-width") for element in of_class(parsed(blank)["ad"], "ad-line")}) == 1
    assert all(node._grad is None for node in topological_order(L))


def test_a_worksheet_on_local_derivatives_or_data():
    local = draw(expression(), blank=["grad", "local"])
    assert len(of_class(parsed(local.pipe("svg", encoding="utf-8"))["ad"], "ad-edge-label-cell")) == 6
    assert local.source.count("--edge-blank") == 6
    assert "∂e/∂a" not in local.source
    data = parsed(draw(expression(), blank="data").pipe("svg", encoding="utf-8"))
    assert texts(data["ad-n0"], "ad-data") == ["2"]  # leaves are given
    assert texts(data["ad-n2"], "ad-data") == []


def test_gradients_of_someone_elses_are_shown():
    L = expression()
    gradients = dict.fromkeys(topological_order(L), 7.0)
    elements = parsed(render_svg(L, gradients=gradients))
    assert texts(elements["ad-n0"], "ad-grad") == ["7"]
    assert L._grad is None


def test_what_people_type_is_seen_and_not_obeyed():
    assert visible("a\tb\x7f\u202e\u2028\ue05c") == "a␉b␡���"
    assert visible("👩\u200d👧 שלום") == "👩\u200d👧 שלום"
    assert cut("x" * 50) == "x" * 21 + "…"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: (L₁ + 0.05) / (L₂ + 0.05)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, opacity: float, below: str) -> str:
    parts = [
        round(opacity * int(colour[i : i + 2], 16) + (1 - opacity) * int(below[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_in_both_themes(theme):
    colour = {name: pair[theme] for name, pair in PALETTE.items()}
    strongest = int(tint(1.0, 1.0)[7:], 16) / 255
    for text in ("ink", "muted", "result", "output"):
        assert contrast(colour[text], colour["box"]) >= 4.5, text
    for sign in ("positive", "negative"):
        assert contrast(colour["ink"], mixed(colour[sign], strongest, colour["box"])) >= 4.5
        assert contrast(colour[sign], colour["box"]) >= 3.0  # lines, not text
    for badge in ("result", "output"):
        assert contrast(colour[badge], mixed(colour[badge], 0x21 / 255, colour["box"])) >= 4.5
    assert contrast(colour["muted"], mixed(colour["result"], 0x21 / 255, colour["box"])) >= 4.5


def test_magnitudes_become_strengths_and_widths():
    assert [strength(x, 10.0) for x in (0.0, 10.0, -10.0, 0.01)] == [0.0, 1.0, 1.0, 0.0]
    assert strength(1e-320, 1e300) == 0.0
    assert line_width(0.0, 5.0) < line_width(0.01, 5.0) < line_width(-1.0, 5.0) < line_width(5.0, 5.0)
    assert line_width(math.inf, 5.0) == line_width(math.nan, 5.0) == line_width(5.0, 5.0)
    assert tint(math.nan, 5.0) == PALETTE["zero"][0] + tint(5.0, 5.0)[7:]  # no sign, and not overlooked
    assert text_width("漢字", 10) > text_width("ab", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_mermaid_has_every_box_and_every_use():
    L = diamond()
    L.backward()
    lines = draw(L).mermaid().splitlines()
    assert lines[0] == "flowchart LR"
    assert '  n0["<b>a</b><br>data 3 · grad 135"]:::leaf' in lines
    assert lines.count('  n0 -->|"21 × 3 = 63"| n1') == 2
    sheet = draw(L, blank="grad").mermaid()
    assert not re.search("grad 135|grad 21|= 63", sheet)
    assert sheet.count("grad ____") == 3  # the seed is given
    hostile = draw(Value(1.0, 'x"] --> evil["<script>')).mermaid()
    assert '"x' not in hostile.replace('["<b>x', "")
    assert "<script>" not in hostile


def test_the_tree_shows_each_value_once_and_colour_only_when_asked():
    L = diamond()
    L.backward()
    assert draw(L).tree(colour=False).splitlines() == [
        "× L  data 108  grad 1",
        "├─ × b  data 9  grad 21   [1 × 12 = 12]",
        "│  ├─ a  data 3  grad 135   [21 × 3 = 63]",
        "│  └─ a (above)   [21 × 3 = 63]",
        "└─ + c  data 12  grad 9   [1 × 9 = 9]",
        "   ├─ a (above)   [9 × 1 = 9]",
        "   └─ b (above)   [9 × 1 = 9]",
    ]
    assert "\x1b[" in draw(L).tree(colour=True)
    assert "\x1b" not in draw(Value(1.0, "\x1b[31m")).tree(colour=False)


def test_the_tree_of_a_large_graph_ends():
    v = Value(1.0)
    for _ in range(1500):
        v = v + 1.0
    assert len(draw(v, fold=False).tree(colour=False).splitlines()) <= 201


def test_a_made_up_name_has_its_definition_in_the_same_place_in_every_format():
    """In its own box for a result; and in each tooltip that has the name, for a result and an input."""
    chance = random.Random(4)
    for _ in range(12):
        nodes = [Value(chance.uniform(0.5, 2.0), name) for name in ("first", "second")]
        nodes += [Value(chance.uniform(0.5, 2.0))]
        for _ in range(6):
            one, other = chance.sample(nodes, 2)
            grow = chance.choice([lambda a, b: a + b, lambda a, b: a * b, lambda a, b: softmax([a, b, a])[1]])
            nodes.append(grow(one, other))
        loss = nodes[-1]
        loss.backward()
        picture = draw(loss)
        names = display_names(loss)
        invented = [n for n, name in names.items() if n.rule and re.fullmatch(r"v\d+", name)]
        elements = parsed(picture.pipe("svg", encoding="utf-8"))
        written = (picture.tree(colour=False), picture.mermaid().replace("</b><br>", " "))
        for k, node in enumerate(names):
            below = texts(elements[f"ad-n{k}"], "ad-definition")
            assert len(below) == (node in invented), names[node]
            for line in below:
                assert line.startswith("= ")
                assert all(f"{names[node]} {line}" in text for text in written)
                assert tooltip(elements[f"ad-n{k}"]).startswith(f"{names[node]} = ")
        for name, element in elements.items():
            if re.fullmatch(r"ad-e\d+-\d+", name):
                told = tooltip(element)
                assert set(re.findall(r"\bv\d+\b", told)) <= set(re.findall(r"\b(v\d+) = ", told)), told


def test_the_letters_of_a_softmax_are_explained_where_they_are():
    loss = autograd.cross_entropy([Value(1.0, "z0"), Value(2.0, "z1")], 1)
    loss.label = "L"
    elements = parsed(draw(loss).pipe("svg", encoding="utf-8"))
    rule, where = tooltip(elements["ad-e2-1"]).splitlines()
    assert rule.startswith("∂L/∂z1 = p₁ − t₁ = ")
    assert where.startswith("where p = softmax(z0, z1), so p₀ = ")
    assert "t₁ = 1 for the target, class 1 (z1)" in where
