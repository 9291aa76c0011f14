"""The parts of the SVG that the stepper and other programs rely on."""

from __future__ import annotations

import pytest
from drawing_graphs import SVG, diamond, expression, of_class, parsed, texts, tooltip

from autograd import Value, draw, topological_order
from autograd.drawing import render_svg
from autograd.drawing.svg import finish


def test_every_node_and_every_use_is_found_by_its_id():
    L = diamond()
    L.backward()
    elements = parsed(render_svg(L, ids="pic"))
    order = topological_order(L)
    expected = {"pic"} | {f"pic-n{k}" for k in range(len(order))}
    expected |= {f"pic-e{k}-{slot}" for k, node in enumerate(order) for slot in range(len(node.parents))}
    assert set(elements) == expected
    assert elements["pic"].tag == f"{SVG}svg"


def test_texts_and_the_gradients_background_are_found_by_class():
    L = expression()
    L.backward()
    elements = parsed(render_svg(L))
    for k, node in enumerate(topological_order(L)):
        group = elements[f"ad-n{k}"]
        assert texts(group, "ad-label") == [node.label]
        assert texts(group, "ad-data") == [f"{node.data:g}".replace("-", "−")]
        assert texts(group, "ad-grad") == [f"{node.grad:g}".replace("-", "−")]
        assert texts(group, "ad-badge") == ([node.rule.symbol] if node.rule else [])
        (cell,) = of_class(group, "ad-grad-cell")
        assert cell.tag == f"{SVG}rect"
        assert "ad-fill-positive" in cell.get("class", "") or node.grad < 0
        assert len(of_class(group, "ad-frame")) == 1


def test_the_gradient_has_a_background_before_it_is_known():
    group = parsed(render_svg(expression()))["ad-n0"]
    assert texts(group, "ad-grad") == ["·"]
    assert len(of_class(group, "ad-grad-cell")) == 1


def test_an_edge_has_a_line_a_head_and_its_label():
    L = expression()
    L.backward()
    edge = parsed(render_svg(L))["ad-e2-0"]
    assert [e.tag for e in of_class(edge, "ad-line")] == [f"{SVG}path"]
    assert [e.tag for e in of_class(edge, "ad-head")] == [f"{SVG}polygon"]
    assert texts(edge, "ad-edge-label") == ["−2 × (−3) = 6"]
    assert len(of_class(edge, "ad-edge-label-cell")) == 1


def test_tooltips_have_the_exact_numbers():
    x = Value(1 / 3, "x")
    y = x * 0.1
    y.backward()
    elements = parsed(render_svg(y))
    assert tooltip(elements["ad-n0"]) == f"x\ndata = {1 / 3!r}\ngrad = 0.1"
    assert "= 0.1" in tooltip(elements["ad-e1-0"])


def test_the_same_graph_gives_the_same_svg():
    assert render_svg(diamond()) == render_svg(diamond())


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_theme_is_a_class_and_follows_the_reader_unless_told(theme):
    svg = parsed(draw(expression(), theme=theme).pipe("svg", encoding="utf-8"))["ad"]
    assert svg.get("class") == f"ad ad-{theme}"


def test_no_trace_of_the_renderer_is_left():
    svg = render_svg(expression())
    assert "xlink" not in svg
    assert "DOCTYPE" not in svg
    assert "font-family=" not in svg


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError, match="not SVG"):
        finish("not at all", "ad")
