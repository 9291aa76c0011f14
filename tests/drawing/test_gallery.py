"""The gallery is what its own lines draw."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from autograd.drawing.render import layout

ROOT = Path(__file__).parents[2]
TOLD = "docs/gallery.md is not what its lines draw: run `make gallery`"


def words(svg: str) -> list[str]:
    """The texts of a picture, whatever the layout, and the last digits of the machine's functions."""
    return sorted(e.text or "" for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text"))


def test_the_gallery_is_up_to_date_and_its_pictures_are_small(tmp_path):
    layout("digraph {}")  # or there is nothing to draw with
    script = [sys.executable, ROOT / "scripts" / "gallery.py", tmp_path]
    subprocess.run(script, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    committed = ROOT / "docs"
    text = (committed / "gallery.md").read_text("utf-8")
    assert text == (tmp_path / "gallery.md").read_text("utf-8"), TOLD
    named = set(re.findall(r"\((pictures/gallery/[^)]+)\)", text))
    assert named == {p.relative_to(committed).as_posix() for p in committed.glob("pictures/gallery/*")}
    for name in named:
        svg = (committed / name).read_text("utf-8")
        assert len(svg.encode()) < 200_000
        assert words(svg) == words((tmp_path / name).read_text("utf-8")), f"{TOLD} ({name})"
