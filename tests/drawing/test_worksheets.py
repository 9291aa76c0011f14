"""Worksheets: space to write, several graphs a page, other numbers by seed, and no answer anywhere."""

from __future__ import annotations

import re
import shutil
from xml.etree import ElementTree

import pytest
from drawing_graphs import SVG, expression

from autograd import Value, draw, topological_order, worksheet
from autograd.drawing.worksheets import BROWSERS


def product(random):
    a, b = Value(random.randint(2, 9), "a"), Value(random.randint(2, 9), "b")
    L = a * b + a
    L.label = "L"
    return L


@pytest.mark.parametrize("edges", ["local", "chain", "none"])
@pytest.mark.parametrize("format", ["svg", "dot", "mmd", "txt", "html"])
def test_no_format_depends_on_the_answer(format, edges, tmp_path):
    """Two sheets that differ only in the gradients, which are left out, are the same file."""
    L = expression()
    files: list[bytes] = []
    for scale in (1.0, -12345.678):
        order = [node for node in topological_order(L) if node is not L]
        gradients = {node: scale * (k + 1) for k, node in enumerate(order)} | {L: 1.0}
        picture = draw(L, gradients=gradients, blank="grad", edges=edges)
        files.append(picture.save(tmp_path / f"sheet.{format}").read_bytes())
    assert files[0] == files[1]


def test_a_sheet_of_values_hides_what_they_are_multiplied_into():
    a, b, c = Value(2.0, "a"), Value(3.7, "b"), Value(5.0, "c")
    d = a * b
    L = d * c
    L.backward()
    for options in ({}, {"edges": "local"}, {"edges": "chain"}):
        sheet = draw(L, blank="data", **options)  # pyright: ignore[reportArgumentType]
        drawn = ElementTree.fromstring(sheet.pipe("svg", encoding="utf-8"))
        everything = " ".join([*drawn.itertext(), sheet.mermaid(), sheet.tree(False)])
        for answer in ("7.4", "37", "18.5"):
            assert answer not in re.sub(r"--ad-.*", "", everything)
        assert "7.4" in sheet.answer_key.source


def test_cells_are_large_enough_to_write_in_on_paper():
    sheet = worksheet([expression()])
    [svg] = sheet.pictures
    width = float(re.search(r'viewBox="\S+ \S+ (\S+) ', svg)[1])
    printed = float(re.search(r"width:([\d.]+)mm", sheet.html())[1])
    cells = [
        rect
        for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect")
        if "ad-grad-cell" in rect.get("class", "").split()
    ]
    empty = [rect for rect in cells if float(rect.get("height")) > 20]  # pyright: ignore[reportArgumentType]
    assert len(empty) == 6  # all but the output's 1
    for rect in empty:
        assert float(rect.get("height")) * printed / width > 8  # millimetres  # pyright: ignore[reportArgumentType]
        assert float(rect.get("width")) * printed / width > 15  # pyright: ignore[reportArgumentType]


def test_the_seed_makes_the_numbers_and_the_key_has_the_same():
    one, same, other = (worksheet([product, product], seed=seed) for seed in (1, 1, 2))
    assert one.html() == same.html() != other.html()
    assert len(one.pictures) == len(one.key.pictures) == 2

    def data(svg):
        texts = ElementTree.fromstring(svg).iter(f"{SVG}text")
        return [text.text for text in texts if "ad-data" in text.get("class", "").split()]

    assert data(one.pictures[0]) != data(one.pictures[1])
    assert list(map(data, one.pictures)) == list(map(data, one.key.pictures))


def test_a_page_has_a_title_a_line_for_the_name_and_instructions(tmp_path):
    sheet = worksheet([expression()], title="Week <3>", instructions="Fill & smile")
    page = sheet.save(tmp_path / "sheet.html").read_text("utf-8")
    assert "<h1>Week &lt;3&gt;</h1>" in page
    assert "Fill &amp; smile" in page
    assert "Name <span>" in page
    assert "size: A4" in page
    assert "size: letter" in worksheet([expression()], paper="letter").html()
    key = sheet.key.save(tmp_path / "key.html").read_text("utf-8")
    assert "Week &lt;3&gt;: answers" in key
    assert "Name <span>" not in key
    with pytest.raises(ValueError, match=r"a worksheet cannot be saved as \.svg; save it as \.html or \.pdf"):
        sheet.save(tmp_path / "sheet.svg")
    for wrong in ({"paper": "A5"}, {"blank": "all"}):
        with pytest.raises(ValueError, match="must be"):
            worksheet([expression()], **wrong)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="at least one graph"):
        worksheet([])


def test_a_pdf_has_as_many_pages_as_it_needs(tmp_path, monkeypatch):
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("there is no browser here")
    path = worksheet([product] * 4).save(tmp_path / "sheet.pdf")
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 2
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match=r"needs Chromium, Chrome or Edge.*save it as \.html"):
        worksheet([product]).save(tmp_path / "other.pdf")
    assert not (tmp_path / "other.pdf").exists()
