"""The live page: the script time of one edit, until everything on the screen follows, in Chromium."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import autograd
from autograd import Value, step

from .harness import Table

NODES = 500
EDITS = 60
GROW: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, _: a.tanh(),
    lambda _, b: b.sigmoid(),
]
TIMES = """() => {
  const field = document.querySelector(".ad-field");
  return [...Array(EDITS).keys()].map((i) => {
    field.value = String(0.1 + i / 100);
    const began = performance.now();
    field.dispatchEvent(new Event("input"));
    return performance.now() - began;
  }).sort((a, b) => a - b);
}"""


def graph(nodes: int) -> Value:
    """A random graph of about this many nodes, with the input `x`."""
    chance = random.Random(1)
    found = [Value(0.5, "x"), *(Value(chance.uniform(-1, 1)) for _ in range(9))]
    while len(found) < nodes - 1:
        a, b = found[-chance.randint(1, min(9, len(found)))], chance.choice(found[-30:])
        found.append(chance.choice(GROW)(a, b))
    used = {parent for node in found for parent in node.parents}
    return autograd.sum([node for node in found if node not in used])


def tables(rounds: int) -> list[Table]:
    """Milliseconds of script for one edit: the least, the median."""
    from playwright.sync_api import sync_playwright

    root = graph(NODES)
    size = len(autograd.topological_order(root))
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    rows: list[list[str]] = []
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        stepper = step(root, fold=False)
        file = stepper.save(Path(folder) / "page.html")
        browser = playwright.chromium.launch(executable_path=path)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.goto(file.as_uri())
        page.wait_for_selector(".ad-live")
        page.locator(".ad-node[data-label=x]").dispatch_event("click")
        for place in ("First", "Last"):
            page.locator(f"[aria-label={place}]").click()
            times = page.evaluate(TIMES.replace("EDITS", str(EDITS * rounds)))
            rows.append([place.lower(), f"{times[0]:.1f}", f"{times[len(times) // 2]:.1f}"])
        browser.close()
    title = f"An edit on the live page: {size} nodes, {stepper.count} steps; 16 ms are a frame"
    return [Table(title, ["place in the backward pass", "least, ms", "median, ms"], rows)]
