"""The live page: the script time of one edit, until everything on the screen follows, in Chromium."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import autograd
from autograd import Value, step

from .harness import Table

NODES = 500
EDITS = 30
GROW: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a * b,
    lambda a, b: a + b,
    lambda a, _: a.tanh(),
    lambda _, b: b.sigmoid(),
]
EDIT = """(i) => {
  const field = document.querySelector(".ad-field");
  field.value = String(0.1 + (i % 100) / 100);
  field.dispatchEvent(new Event("input"));
}"""
PLACES = 5  # in the backward pass, from its first step to its last


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
    """Milliseconds of script for one edit, on the page's thread: the least, the median."""
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
        # The time that the page's thread computes: what other processes do meanwhile does not count.
        session: Any = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        for part in range(PLACES):
            at = stepper.count * part // (PLACES - 1)
            page.locator(".ad-slider").fill(str(at))
            times = sorted(_cost(page, session, i) for i in range(EDITS * rounds))
            rows.append([str(at), f"{times[0]:.1f}", f"{times[len(times) // 2]:.1f}"])
        browser.close()
    title = f"An edit on the live page: {size} nodes, {stepper.count} steps; 16 ms are a frame"
    return [Table(title, ["steps done", "least, ms", "median, ms"], rows)]


def _cost(page: Any, session: Any, i: int) -> float:
    """Milliseconds of script that an edit takes."""

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration")

    before = spent()
    page.evaluate(EDIT, i)
    return 1000 * (spent() - before)
