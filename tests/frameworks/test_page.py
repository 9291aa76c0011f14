"""docs/frameworks.md: its code runs, and its pictures are what the code draws."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "frameworks.md").read_text("utf-8")


@pytest.fixture
def drawn(monkeypatch):
    """The pictures by name, by the blocks of the page."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for package in ("jax", "micrograd"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from gallery import of_frameworks

    before = torch.get_default_dtype()
    yield of_frameworks(PAGE)
    torch.set_default_dtype(before)


def words(svg: str) -> list[str]:
    """The words of a picture; renderers and systems differ in the places and in the last digits."""
    return sorted(w for w in re.findall("<text[^>]*>([^<]*)", svg) if not re.search(r"\d\.\d|[·Σ≈]", w))


def test_pictures_are_what_the_page_draws(drawn: dict[str, Any]):
    folder = ROOT / "docs" / "pictures" / "frameworks"
    assert set(drawn) == {path.stem for path in folder.glob("*.svg")}
    for name, svg in drawn.items():
        kept = (folder / f"{name}.svg").read_text("utf-8")
        assert words(svg) == words(kept), "run `make gallery`"
