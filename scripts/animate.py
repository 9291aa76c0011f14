"""Film the README's animation, docs/pictures/live-light.webp and live-dark.webp: `python scripts/animate.py`.

First a number of an expression is changed, and everything computes itself again; then a network learns. It
needs Chromium, Playwright and Pillow (`pip install --group browser pillow`).
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import nn  # noqa: E402
from autograd import Value  # noqa: E402
from autograd.stepper import Stepper  # noqa: E402

LARGEST = 500_000  # bytes
WIDTH, HEIGHT = 900, 430  # pixels
Frame = tuple[Any, int]  # a picture, and for how many milliseconds it is shown


def expression() -> Stepper:
    """The graph of the README's first picture."""
    a, b, c, f = Value(2.0, "a"), Value(-3.0, "b"), Value(10.0, "c"), Value(-2.0, "f")
    e = a * b
    d = e + c
    L = d * f
    e.label, d.label, L.label = "e", "d", "L"
    stepper = Stepper(L)
    stepper.seek(stepper.count)
    return stepper


def training() -> Any:
    """Two moons, which a network learns to tell apart."""
    return nn.step(nn.MLP([2, 6, 1], seed=5), nn.data.moons(80), loss="bce", lr=1.0, batch_size=8)


def edit(page: Any, shot: Any) -> Iterator[Frame]:
    """The number of `a` moves up and down; the gradients follow."""
    page.add_style_tag(
        content=".ad-bar, .ad-help, .ad-made, .ad-details, .ad-trace, .ad-view, .ad-program, .ad-words, h1"
        " { display: none !important }"
    )
    yield shot(), 900
    page.locator(".ad-node", has_text="a").first.click()
    slider = page.locator(".ad-editor input[type=range]")
    yield shot(), 700
    for step in [*range(1, 13), *range(11, -1, -1)]:
        slider.evaluate(
            "(slider, share) => { slider.value = +slider.min + (slider.max - slider.min) * share;"
            " slider.dispatchEvent(new Event('input', { bubbles: true })) }",
            0.5 + step / 30,
        )
        yield shot(), 900 if step == 12 else 90
    yield shot(), 700


def learn(page: Any, shot: Any) -> Iterator[Frame]:
    """Forty epochs."""
    page.add_style_tag(
        content=".nn-training > .ad-bar, .nn-example, .nn-walk, h1 { display: none !important }"
    )
    yield shot(), 900
    for _ in range(40):
        page.locator("button", has_text="one epoch").evaluate("(button) => button.click()")
        yield shot(), 80
    yield shot(), 2000


def filmed(theme: Literal["light", "dark"]) -> bytes:
    """The animation in one theme."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    frames: list[Frame] = []
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox"])
        for made, act in ((expression(), edit), (training(), learn)):
            page = browser.new_page(
                viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=theme, reduced_motion="reduce"
            )
            page.goto(made.save(Path(folder) / "page.html").as_uri())
            page.wait_for_selector(".ad-bar")
            frames += act(page, lambda page=page: Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    first, *others = (picture for picture, _ in frames)
    content = io.BytesIO()
    first.save(
        content,
        format="WEBP",
        save_all=True,
        append_images=others,
        duration=[milliseconds for _, milliseconds in frames],
        loop=0,
        quality=55,
        method=6,
        minimize_size=True,
    )
    return content.getvalue()


def main() -> None:
    """Write both, and fail if one is too large."""
    themes: list[Literal["light", "dark"]] = ["light", "dark"]
    for theme in themes:
        film = filmed(theme)
        if len(film) > LARGEST:
            raise SystemExit(f"live-{theme}.webp has {len(film):,} bytes, more than {LARGEST:,}")
        (ROOT / "docs" / "pictures" / f"live-{theme}.webp").write_bytes(film)
        print(f"{len(film):8,}  live-{theme}.webp")


if __name__ == "__main__":
    main()
