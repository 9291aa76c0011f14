"""PNG, PDF, TikZ and animations of whatever is an SVG of ours: network views, weights, steps of a pass."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys

import needed
import pytest
from drawing_graphs import expression, network

import nn
from autograd import Value, draw, step
from autograd.drawing.animation import AT_THE_END, SECONDS
from autograd.drawing.fixed import arrow_of, painted
from autograd.drawing.render import _program
from autograd.drawing.shapes import Shape, page_of_shapes
from autograd.drawing.style import FONT_STACK
from autograd.text.latex import latex_text


def square_plus() -> Value:
    a = Value(3.0, "a")
    loss = a * a + a
    loss.label = "L"
    return loss


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


VIEWS = {
    "graph": lambda: draw(expression()),
    "network": lambda: nn.draw_network(nn.MLP([2, 3, 1], seed=0), [0.5, -1.0]),
    "weights": lambda: nn.draw_weights(nn.MLP([16, 4, 1], seed=0).layers[0]),
    "step": lambda: step(square_plus()),
}


@pytest.fixture
def images(tmp_path):
    """Skips if the only renderer here is one that paints no images, and says so."""
    try:
        VIEWS["weights"]().save(tmp_path / "weights.png").unlink()
    except ValueError as error:
        pytest.skip(str(error))


def test_a_renderer_without_images_is_refused_rather_than_leaving_them_out(tmp_path, monkeypatch):
    program = tmp_path / "graphviz-pure"
    program.write_text("#!/bin/sh\necho never\n")
    program.chmod(0o755)
    monkeypatch.setattr("autograd.drawing.render._renderers", lambda s: [_program([str(program)], s)])
    with pytest.raises(ValueError, match="graphviz-pure paints no images"):
        VIEWS["weights"]().save(tmp_path / "weights.png")
    assert not (tmp_path / "weights.png").exists()


@pytest.mark.parametrize("view", VIEWS)
def test_every_picture_is_saved_as_png_and_pdf_of_its_own_size(view, tmp_path, request):
    if view == "weights":
        request.getfixturevalue("images")
    shown = VIEWS[view]()
    page = page_of_shapes(shown.save(tmp_path / "view.svg").read_text("utf-8"))
    png = shown.save(tmp_path / "view.png").read_bytes()
    wanted = (page.width * 96 / 72, page.height * 96 / 72)
    assert size_of(png) == pytest.approx(wanted, abs=2)
    needed.written("pdf")
    pdf = shown.save(tmp_path / "view.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert not [path for path in tmp_path.iterdir() if path.suffix not in (".svg", ".png", ".pdf")]


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "weights"])
def test_every_picture_is_a_latex_document(view, tmp_path):
    path = VIEWS[view]().save(tmp_path / "view.tex")
    written = path.read_text("utf-8")
    assert written.isascii()
    assert written.startswith("\\documentclass")
    colours = set(re.findall(r"\bad[0-9A-F]{6}\b", written))
    assert {f"ad{c}" for c in re.findall(r"definecolor\{ad(\w+)\}", written)} == colours
    assert written.count("{") == written.count("}") or "\\{" in written
    if shutil.which("pdflatex"):
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", path.name]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout[-2000:]


def test_latex_refuses_by_name_what_it_cannot_hold(tmp_path):
    with pytest.raises(ValueError, match=r"cannot hold images.*pdf"):
        VIEWS["weights"]().save(tmp_path / "weights.tex")
    with pytest.raises(ValueError, match="no letter for '重'"):
        draw(Value(1.0, "重み") * 2).save(tmp_path / "name.tex")
    assert not list(tmp_path.iterdir())


def test_names_with_special_characters_are_shown_as_they_are():
    assert latex_text("50 % & a_b {x} \\n ^ ~ #1 $") == (
        r"50 \% \& a\_b \{x\} \textbackslash{}n \textasciicircum{} \textasciitilde{} \#1 \$"
    )
    assert latex_text("w¹₂ < σ") == r"w$^{1}$$_{2}$ $<$ $\sigma$"


def test_a_weight_is_a_square_of_one_colour(tmp_path, images):
    image = pytest.importorskip("PIL.Image")
    layer = nn.MLP([4, 1, 1], seed=0).layers[0]
    for w, data in zip(layer.neurons[0].w, (1.0, -1.0, -1.0, 1.0), strict=True):
        w.data = data
    with image.open(nn.draw_weights(layer).save(tmp_path / "weights.png")) as written:
        drawn = written.convert("RGBA")
    side = drawn.width / page_of_shapes(nn.draw_weights(layer).svg).width
    at = {
        (column, row): drawn.getpixel(
            (round((4 + 36 * column + 18) * side), round((4 + 36 * row + 18) * side))
        )
        for column in (0, 1)
        for row in (0, 1)
    }
    orange, blue = (224, 108, 20, 255), (45, 115, 230, 255)
    assert at == {(0, 0): orange, (1, 0): blue, (0, 1): blue, (1, 1): orange}


def test_a_curve_whose_control_points_lie_outside_moves_nothing():
    image = pytest.importorskip("PIL.Image")
    svg = (
        '<svg viewBox="0 0 90 60"><rect x="10" y="10" width="70" height="40" fill="#123456"/>'
        '<path d="M20,30C20,{0} 60,{0} 60,30" fill="none" stroke="#000000"/></svg>'
    )
    inside, outside = (
        image.open(io.BytesIO(painted(svg.format(y), "png", "#ffffff"))).convert("RGB") for y in (20, 99)
    )
    for x, y in ((11, 11), (78, 11), (11, 48), (78, 48), (8, 8), (82, 52)):
        at = (round(x * 96 / 72), round(y * 96 / 72))
        assert inside.getpixel(at) == outside.getpixel(at) == ((18, 52, 86) if 10 < x < 80 else (255,) * 3)


def test_a_painted_text_asks_for_the_fonts_of_the_svg(monkeypatch):
    """Where Helvetica is missing, a wider font would run out of its box."""
    svg, written = draw(square_plus()).pipe("svg").decode(), list[str]()
    monkeypatch.setattr("autograd.drawing.fixed.render.layout", lambda dot, *_: written.append(dot) or b"")
    painted(svg, "png")
    assert f'fontname="{FONT_STACK.replace(chr(34), "")}"' in written[-1]


@pytest.mark.parametrize("kind", ["gif", "webp", "apng"])
def test_a_pass_is_saved_as_an_animation(kind, tmp_path):
    image = pytest.importorskip("PIL.Image")
    stepper = step(square_plus())
    with image.open(stepper.save(tmp_path / f"pass.{kind}")) as animation:
        assert animation.n_frames == stepper.count + 1
        shown, times = [], []
        for frame in range(animation.n_frames):
            animation.seek(frame)
            shown.append(animation.convert("RGB").tobytes())
            times.append(animation.info["duration"] / 1000)
    assert len(set(shown)) == len(shown)
    assert times == [SECONDS] * stepper.count + [AT_THE_END]


def test_an_animation_without_pillow_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=re.escape('pip install "stepgrad[animation]"')):
        step(square_plus()).save(tmp_path / "pass.gif")


def test_a_dark_picture_is_painted_in_the_dark_theme():
    texts = [s.fill for s in page_of_shapes(draw(square_plus(), theme="dark").pipe("svg").decode()).shapes]
    assert "#f1f4f8" in texts
    assert "#15203b" not in texts


def test_what_is_dimmed_and_moved_is_read_as_shown():
    svg = (
        '<svg viewBox="-5 -5 20 20"><g class="ad-dim" transform="scale(1 1) translate(1 2)" fill="#123456">'
        '<g opacity="0.5"><text x="3" y="4" text-anchor="end" font-size="9">a<tspan>b</tspan></text></g>'
        '<rect x="0" y="0" width="2" height="3" opacity="0"/></g></svg>'
    )
    [text] = page_of_shapes(svg).shapes
    assert text == Shape(
        "text", ((9.0, 11.0),), "#123456", fill_opacity=0.175, stroke_opacity=0.175, size=9.0, text="ab",
        anchor="end",
    )  # fmt: skip


@pytest.mark.parametrize("corner", range(3))
def test_an_arrowhead_points_to_its_tip(corner):
    corners = [(10.0, 0.0), (0.0, 2.0), (0.0, -2.0)]
    turned = tuple(corners[corner:] + corners[:corner])
    assert arrow_of(Shape("head", turned)) == ((10.0, 0.0), (0.0, 0.0), 10.0)


def test_the_painted_picture_has_the_gradient_colours():
    image = pytest.importorskip("PIL.Image")
    loss = network([2, 2, 1])
    loss.backward()
    png = image.open(io.BytesIO(painted(draw(loss).pipe("svg").decode(), "png", "#ffffff"))).convert("RGB")
    colours = {colour for _, colour in png.getcolors(1 << 20)}
    assert (0xC2, 0x57, 0x0C) in colours
    assert (0x1D, 0x63, 0xD8) in colours
