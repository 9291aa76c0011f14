"""Pictures in a real browser: nothing overlaps, nothing runs, text is shown as it was typed."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import pytest
from drawing_graphs import diamond, expression, network, neuron

import autograd
from autograd import Value, draw, topological_order
from autograd.drawing.style import PALETTE, text_width
from autograd.text.characters import cut, visible

HOSTILE = [
    "<b>bold</b>",
    "a & b",
    '"quoted"',
    "back\\slash \\N \\l",
    "line\nbreak",
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror='window.hacked=1'>",
    "\x00\x1b[31m\x7f",
    "x" * 10_000,
    "שלום עולם",
    "a\u202eb",
    "&lt;",
    "]]>",
    "<>",
    "n0--grad",
    "😀",
    "日本語の変数",
    "\ud800",
]

# An SVG as a browser shows it: where boxes, texts and lines are, and what a reader sees.
MEASURE = """() => {
  const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] }
  const frames = [...document.querySelectorAll('.ad-node')].map(node => ({
    id: node.id, box: box(node.querySelector('.ad-frame')),
    texts: [...node.querySelectorAll('text')].map(t => [t.textContent, ...box(t)]),
  }))
  const labelled = document.querySelector('.ad-edge-label')
  const edges = [...document.querySelectorAll('.ad-edge')].map(edge => {
    const line = edge.querySelector('.ad-line'), text = edge.querySelector('.ad-edge-label')
    const points = [], length = line.getTotalLength(), m = line.getScreenCTM()
    for (let s = 0; labelled && s <= length; s += 2) {
      const p = line.getPointAtLength(s).matrixTransform(m)
      points.push([p.x, p.y])
    }
    return {id: edge.id, points, label: text && box(text)}
  })
  const labels = [...document.querySelectorAll('.ad-label')].map(t => t.textContent)
  const names = [...document.querySelectorAll('.ad-cluster > text')].map(box)
  const picture = box(document.querySelector('svg'))
  const titles = [...document.querySelectorAll('.ad title')].map(t => t.textContent)
  return {picture, names, frames, edges, labels, titles}
}"""


def hostile() -> Value:
    product = Value(1.0, "start")
    for label in HOSTILE:
        product = product * Value(1.0, label)
    product.label = "end"
    product.backward()
    return product


def after_backward(v: Value) -> Value:
    v.backward()
    return v


def ladder() -> Value:
    """Pairs of arrows, of which the lower ones hang below everything else."""
    x = Value(1.1, "x")
    for grow in (lambda v: v + v, lambda v: v * v) * 3:
        x = grow(x)
    return x


PICTURES = {
    "expression": lambda: draw(after_backward(expression())),
    "expression, local": lambda: draw(expression()),
    "neuron": lambda: draw(after_backward(neuron())),
    "diamond": lambda: draw(after_backward(diamond())),
    "diamond, downwards": lambda: draw(after_backward(diamond()), direction="TB"),
    "constants": lambda: draw((Value(3.0, "x") ** 2 + 1) / 7),
    "network": lambda: draw(network([2, 3, 1])),
    "ladder": lambda: draw(after_backward(ladder())),
    "network, downwards": lambda: draw(network([2, 3, 1]), fold="neuron", direction="TB"),
    "network, folded": lambda: draw(network([2, 3, 1]), fold="neuron"),
    "network, layers": lambda: draw(network([2, 3, 1]), fold="layer"),
    "network, opened": lambda: draw(network([2, 3, 1]), fold="neuron", open=["layer 1/neuron 2"]),
    "digits": lambda: draw(network([64, 16, 10])),
    "tiny numbers": lambda: draw(after_backward(Value(-1.23456e-300, "x") * Value(-9.87e250, "y"))),
    "hostile": lambda: draw(hostile(), edges="local", direction="TB"),
}


@pytest.fixture(scope="module")
def show(chromium):
    """Shows an SVG in a page and measures it; fails where anything ran or was asked for."""
    troubles = []
    page = chromium.new_page(viewport={"width": 1600, "height": 1200})
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("request", lambda request: troubles.append(request.url))

    def measure(svg: str):
        svg = svg.replace("max-width:100%", "max-width:none")
        page.set_content(f"<!doctype html><meta charset=utf-8><body>{svg}</body>")
        assert page.evaluate("window.hacked") is None
        assert not troubles
        return page.evaluate(MEASURE)

    yield measure
    page.close()


@pytest.fixture(scope="module", params=PICTURES)
def seen(request, show):
    return show(PICTURES[request.param]().pipe("svg", encoding="utf-8"))


def overlap(a, b) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(0.0, width) * max(0.0, height)


def inside(inner, outer, slack=0.5) -> bool:
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def distance(rect, points) -> float:
    return min(
        max(rect[0] - x, 0.0, x - rect[2]) ** 2 + max(rect[1] - y, 0.0, y - rect[3]) ** 2 for x, y in points
    )


def test_boxes_do_not_overlap_and_texts_stay_inside_them(seen):
    assert seen["frames"]
    for one, other in itertools.combinations(seen["frames"], 2):
        assert overlap(one["box"], other["box"]) == 0, (one["id"], other["id"])
    for frame in seen["frames"]:
        for text, *box in frame["texts"]:
            assert inside(box, frame["box"]), (frame["id"], text)
        for (one, *a), (other, *b) in itertools.combinations(frame["texts"], 2):
            assert overlap(a, b) < 12, (frame["id"], one, other)  # line boxes may touch


def test_a_label_covers_nothing_and_is_beside_its_own_edge(seen):
    labelled = [edge for edge in seen["edges"] if edge["label"]]
    for edge in labelled:
        for frame in seen["frames"]:
            assert overlap(edge["label"], frame["box"]) < 2, (edge["id"], frame["id"])
        nearest = min(seen["edges"], key=lambda other: distance(edge["label"], other["points"]))
        own = distance(edge["label"], edge["points"])
        assert own <= distance(edge["label"], nearest["points"]), (edge["id"], nearest["id"])
    for one, other in itertools.combinations(labelled, 2):
        assert overlap(one["label"], other["label"]) < 2, (one["id"], other["id"])


def test_labels_are_inside_the_picture_and_leave_the_names_of_scopes_free(seen):
    for edge in seen["edges"]:
        if edge["label"]:
            assert inside(edge["label"], seen["picture"]), edge["id"]
            assert sum(overlap(edge["label"], name) for name in seen["names"]) < 2, edge["id"]


def test_labels_are_shown_as_typed_and_nothing_runs(show):
    v = hostile()
    seen = show(draw(v).pipe("svg", encoding="utf-8"))
    for label in HOSTILE:
        assert cut(visible(label)) in seen["labels"]
        assert any(title.startswith(visible(label)) for title in seen["titles"]), label


def test_scopes_are_shown_as_named(show):
    v = Value(1.0, "x")
    for name in HOSTILE:
        with autograd.scope(name):
            v = v * 2.0
    svg = draw(v).pipe("svg", encoding="utf-8")
    show(svg)
    shown = {"".join(element.itertext()) for element in ElementTree.fromstring(svg).iter()}
    assert {cut(visible(name)) for name in HOSTILE} <= shown


def test_an_svg_is_an_image_too(chromium):
    page = chromium.new_page()
    svg = draw(hostile()).pipe("svg", encoding="utf-8")
    page.set_content("<img>")
    loaded = page.evaluate(
        """async svg => {
        const img = document.querySelector('img')
        img.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(svg)
        await img.decode()
        return img.naturalWidth
    }""",
        svg,
    )
    page.close()
    assert loaded > 100


def colour(value: str) -> str:
    red, green, blue = (int(value[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("around", ["style='color-scheme: light'", "style='color-scheme: dark'",
    "data-jp-theme-light=true", "data-jp-theme-light=false", "class=vscode-light", "class=vscode-dark",
    "data-theme=light", "data-theme=dark", "data-md-color-scheme=default", "data-md-color-scheme=slate", ""],
)  # fmt: skip
def test_a_picture_is_as_dark_as_the_page_whatever_the_system_is(around, system, chromium):
    page = chromium.new_page(color_scheme=system)
    page.set_content(f"<body {around}>" + draw(expression()).pipe("svg", encoding="utf-8"))
    ink = page.evaluate("getComputedStyle(document.querySelector('.ad-label')).fill")
    page.close()
    dark = any(word in around for word in ("dark", "slate", "false"))
    assert ink == colour(PALETTE["ink"][dark])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_of_its_own_is_as_the_reader_prefers(scheme, chromium, tmp_path):
    page = chromium.new_page(color_scheme=scheme)
    for path in (tmp_path / "L.svg", tmp_path / "L.html"):
        page.goto(draw(expression()).save(path).as_uri())
        ink = page.evaluate("getComputedStyle(document.querySelector('.ad-label')).fill")
        assert ink == colour(PALETTE["ink"][scheme == "dark"])
    page.close()


def test_pictures_on_one_page_do_not_disturb_each_other(show):
    one = draw(expression(), ids="one", theme="light").pipe("svg", encoding="utf-8")
    two = draw(expression(), ids="two", theme="dark").pipe("svg", encoding="utf-8")
    seen = show(one + two)
    ids = [frame["id"] for frame in seen["frames"]]
    assert len(set(ids)) == len(ids) == 2 * len(topological_order(expression()))


def test_our_widths_are_those_of_the_font(chromium):
    page = chromium.new_page()
    texts = ["−0.0753", "tanh(w·x + b)", "cross_entropy", "h¹₁₄", "21 × 3 = 63", "ŷ − y", "∂b/∂a⁽¹⁾ = 3"]
    page.set_content("<svg xmlns='http://www.w3.org/2000/svg'><text font-family='Helvetica'></text></svg>")
    for text in texts:
        for bold in (False, True):
            width = page.evaluate(
                """([text, bold]) => {
                const e = document.querySelector('text')
                e.textContent = text
                e.style.fontSize = '10px'
                e.style.fontWeight = bold ? 'bold' : 'normal'
                return e.getComputedTextLength()
            }""",
                [text, bold],
            )
            assert width <= text_width(text, 10, bold) <= 1.35 * width, text
    page.close()


def test_a_graph_that_is_only_a_leaf(show):
    assert len(show(draw(autograd.Value(1.0)).pipe("svg", encoding="utf-8"))["frames"]) == 1
