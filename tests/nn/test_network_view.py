"""The network as people sketch it, and its weights as images."""

from __future__ import annotations

import base64
import re
import zlib
from xml.etree import ElementTree

import pytest

from nn import MLP, Layer, draw_network, draw_weights

SVG = "{http://www.w3.org/2000/svg}"


def elements(sketch, tag):
    return list(ElementTree.fromstring(sketch.svg).iter(f"{SVG}{tag}"))


def number(element: ElementTree.Element, attribute: str) -> float:
    return float(element.attrib[attribute])


def test_every_weight_is_a_line_whose_colour_is_its_sign():
    mlp = MLP([2, 3, 1], seed=1)
    lines = elements(draw_network(mlp), "line")
    weights = [w for layer in mlp.layers for neuron in layer.neurons for w in neuron.w]
    assert len(lines) == len(weights)
    for line, w in zip(lines, weights, strict=True):
        assert line.get("class") == ("ad-stroke-positive" if w.data > 0 else "ad-stroke-negative")
        assert line.findtext(f"{SVG}title").startswith(f"{w.label} = {w.data!r}")


def test_a_larger_weight_has_a_wider_line():
    mlp = MLP([2, 1], seed=1)
    mlp.layers[0].neurons[0].w[0].data, mlp.layers[0].neurons[0].w[1].data = 0.1, -3.0
    narrow, wide = (number(line, "stroke-width") for line in elements(draw_network(mlp), "line"))
    assert narrow < wide


def test_gradients_colour_the_lines_on_request():
    mlp = MLP([2, 1], seed=1)
    for w, number in zip(mlp.layers[0].neurons[0].w, (0.5, -0.5), strict=True):
        w.data = number  # of the other sign than its gradient
    [y] = mlp([-1.0, 2.0])
    y.backward()
    lines = elements(draw_network(mlp, colour="gradient"), "line")
    assert [line.get("class") for line in lines] == ["ad-stroke-negative", "ad-stroke-positive"]
    lines = elements(draw_network(mlp), "line")
    assert [line.get("class") for line in lines] == ["ad-stroke-positive", "ad-stroke-negative"]


def test_circles_hold_the_activations_of_an_input():
    mlp = MLP([2, 3, 1], seed=1)
    x = [0.5, -1.0]
    shown = [text.text for text in elements(draw_network(mlp, x), "text")]
    for activations in (x, *mlp.trace(x)[1]):
        for a in activations:
            assert f"{a:.2g}".replace("-", "−") in shown
    with pytest.raises(ValueError, match="2 inputs"):
        draw_network(mlp, [1.0])


def test_numbers_stand_in_the_middle_of_their_circles():
    """The height of a digit is about 0.7 of the font size; `y` is its lower end."""
    sketch = draw_network(MLP([2, 3, 1], seed=1), [0.5, -1.0])
    middles = [(number(c, "cx"), number(c, "cy")) for c in elements(sketch, "circle")]
    for text in elements(sketch, "text"):
        x, y, size = (number(text, name) for name in ("x", "y", "font-size"))
        if text.get("class") == "ad-fill-ink":
            assert (x, pytest.approx(y - 0.35 * size, abs=1)) in middles


def test_the_outer_captions_end_where_the_circles_do():
    sketch = draw_network(MLP([2, 3, 1], seed=1))
    circles = [(number(c, "cx"), number(c, "r")) for c in elements(sketch, "circle")]
    captions = {text.text.partition(" ·")[0]: text for text in elements(sketch, "text")}
    left, right = captions["input"], captions["layer 2"]
    assert (left.get("text-anchor"), number(left, "x")) == ("start", min(x - r for x, r in circles))
    assert (right.get("text-anchor"), number(right, "x")) == ("end", max(x + r for x, r in circles))


def test_a_wide_layer_is_cut_and_says_how_many_are_left_out():
    sketch = draw_network(MLP([64, 16, 10], seed=0))
    assert "⋮ 48 more" in sketch.svg
    assert len(elements(sketch, "line")) == 16 * 16 + 16 * 10
    assert len(sketch.svg.encode()) < 200_000


def test_options_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="colour must be"):
        draw_network(MLP([2, 1]), colour="size")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="most must be"):
        draw_network(MLP([2, 1]), most=1)


def test_networks_and_layers_show_themselves_and_are_saved(tmp_path):
    mlp = MLP([2, 3, 1], seed=1)
    assert mlp._repr_mimebundle_()["image/svg+xml"] == draw_network(mlp).svg
    assert mlp._mime_() == ("text/html", draw_network(mlp).svg)
    assert Layer(2, 3)._repr_mimebundle_()["image/svg+xml"].count("<line") == 6
    path = draw_network(mlp).save(tmp_path / "network.svg")
    assert path.read_text("utf-8") == draw_network(mlp).svg


def test_a_view_is_xml_and_utf_8_whatever_labels_say(tmp_path):
    mlp = MLP([2, 2, 1], seed=1)
    mlp.parameters()[0].label = "\x00\ud800\x1b<b>"
    assert "␀\ufffd␛&lt;b&gt;" in draw_network(mlp).save(tmp_path / "network.svg").read_text("utf-8")
    for view in (draw_network(mlp), draw_weights(mlp.layers[0])):
        assert ElementTree.fromstring(view.svg.encode()).tag.endswith("svg")


def test_weights_are_pixels_orange_above_zero_and_blue_below():
    layer = Layer(4, 1)
    for w, number in zip(layer.neurons[0].w, (1.0, -1.0, 0.25, 0.0), strict=True):
        w.data = number
    data = re.search(r"base64,([^\"]+)", draw_weights(layer).svg)[1]
    png = base64.b64decode(data)
    pixels = zlib.decompress(png[png.index(b"IDAT") + 4 : png.index(b"IEND") - 8])
    side = 36  # pixels of one weight
    rows = [pixels[k : k + 8 * side] for k in range(1, len(pixels), 8 * side + 1)]
    assert len(rows) == 2 * side
    assert rows[:side] == [rows[0]] * side
    upper, lower = rows[0], rows[side]
    assert upper == upper[:4] * side + upper[-4:] * side
    (r1, _, b1, a1), (r2, _, b2, a2) = upper[:4], upper[-4:]
    assert r1 > b1
    assert b2 > r2
    assert (a1, a2, lower[3], lower[-1]) == (255, 255, 128, 0)


def test_a_shape_that_does_not_fit_is_refused():
    assert draw_weights(Layer(6, 2), (2, 3)).svg.count("<image") == 2
    with pytest.raises(ValueError, match="6 weights"):
        draw_weights(Layer(6, 2), (2, 2))


def test_without_a_shape_it_is_a_square_or_a_row():
    nine = Layer(9, 2)
    assert draw_weights(nine) == draw_weights(nine, (3, 3))
    assert draw_weights(Layer(6, 2)).svg.count('width="72" height="12"') == 2 * 2  # an image and its frame


def test_the_image_is_one_that_a_browser_can_read(chromium):
    page = chromium.new_page()
    page.set_content(draw_weights(MLP([64, 4], seed=0).layers[0]).svg)
    url = page.evaluate("document.querySelector('image').getAttribute('href')")
    size = page.evaluate(
        "async url => { const i = new Image(); i.src = url; await i.decode(); return i.width }", url
    )
    page.close()
    assert size == 8 * 9  # pixels for each weight
