"""A real browser for the tests that need one.

Without Chromium these tests are skipped and say so; with REQUIRE_BROWSER=1, as in CI, they fail; with
REQUIRE_BROWSER=0 they are skipped in any case.
"""

from __future__ import annotations

import os
import shutil

import pytest
from needed import AXE, missing

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium, driven by Playwright."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None or os.environ.get("REQUIRE_BROWSER") == "0":
        missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright: pip install --group browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """An empty page that fails the test on any error in its scripts and on any request."""
    page = chromium.new_page(viewport={"width": 1150, "height": 800}, reduced_motion="reduce")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: message.type == "error" and troubles.append(message.text))
    page.on("request", lambda r: r.url.startswith("http") and troubles.append(f"asked for {r.url}"))
    yield page
    page.close()
    assert not troubles


@pytest.fixture
def axe():
    """The source of axe-core, which .ci/browser installs from npm."""
    if not AXE.exists():
        missing("axe-core in node_modules: npm install axe-core")
    return AXE.read_text("utf-8")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """If no renderer is installed, the tests that need one are skipped and say so."""
    outcome = yield
    if call.excinfo is None or call.excinfo.typename != "RendererNotFound":
        return
    report = outcome.get_result()
    report.outcome = "skipped"
    path, line, _ = item.location
    report.longrepr = (path, line or 0, f"Skipped: {call.excinfo.value}")
