"""The stepper in JupyterLab and Notebook with a real kernel, reopened without it, and untrusted."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from needed import missing

ROOT = Path(__file__).parents[2]
TOKEN = "secret"
CODE = """\
from autograd import Value, step
a = Value(3.0)
b = a * a
c = a + b
L = b * c
step(L)
"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """A server of JupyterLab and Notebook in a folder of its own; (address, folder)."""
    for package in ("jupyterlab", "notebook"):
        if importlib.util.find_spec(package) is None:
            missing(f'{package}: pip install "stepgrad[browser-test]"')
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    options = [f"--port={port}", "--no-browser", "--allow-root", f"--IdentityProvider.token={TOKEN}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command = [sys.executable, "-m", "jupyterlab", *options, str(folder)]
    address = f"http://127.0.0.1:{port}"
    with (
        open(home / "log", "w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            _wait_for(f"{address}/api/status?token={TOKEN}", home / "log")
            yield address, folder
        finally:
            server.terminate()


def _wait_for(url, log):
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(log.read_text("utf-8"))


def write(path, *codes):
    cells = [nbformat.v4.new_code_cell(code, id=f"cell{i}") for i, code in enumerate(codes or [CODE])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(browser, jupyter, place, name, scheme="light"):
    page = browser.new_page(viewport={"width": 1250, "height": 1000}, color_scheme=scheme)
    page.add_locator_handler(page.locator("dialog.jp-Dialog").first, _accept)
    page.goto(f"{jupyter[0]}/{place}/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    return page


def _accept(dialog):
    """JupyterLab's own questions, such as "Kernel Restarting" where a kernel found its port taken."""
    print("JupyterLab asked:", dialog.inner_text())  # shown with a test that fails
    dialog.locator(".jp-mod-accept").click()


def run_first_cell(page):
    """The page takes no command before its kernel is connected, and doesn't say when that is."""
    for _ in range(20):
        page.locator(".jp-Cell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1500)
        if page.locator(".jp-OutputArea-output").count():
            return


def step_through(page):
    """Click through all steps; the gradients of a and of the output after each."""
    host = page.locator(".ad-stepper.ad-live")
    host.wait_for(timeout=60_000)
    seen = []
    while True:
        seen.append([host.locator(f"[data-key={key}] .ad-grad").text_content() for key in ("n0", "n1", "n3")])
        at, count = host.locator(".ad-position").text_content().split(" / ")
        if at == count:
            return seen
        host.locator("[aria-label=Next]").click()


STEPS = [["·", "·", "·"], ["·", "·", "1"], ["·", "12", "1"], ["·", "12", "1"], ["9", "12", "1"]]
STEPS += [["9", "21", "1"], ["72", "21", "1"], ["135", "21", "1"]]


@pytest.mark.parametrize(("place", "name"), [("lab/tree", "lab.ipynb"), ("notebooks", "notebook.ipynb")])
def test_with_a_real_kernel_then_reopened_then_untrusted(place, name, chromium, jupyter, tmp_path):
    _, folder = jupyter
    write(folder / name)
    page = open_notebook(chromium, jupyter, place, name)
    run_first_cell(page)
    assert step_through(page) == STEPS
    assert "∂L" in page.locator(".ad-statement math").first.text_content()
    page.locator(".ad-picture").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".ad-position").text_content() == "6 / 7"
    if "SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png")
    page.keyboard.press("Control+s")
    for _ in range(100):
        saved = json.loads((folder / name).read_text("utf-8"))
        if saved["cells"][0]["outputs"]:
            break
        page.wait_for_timeout(100)
    page.close()

    (output,) = saved["cells"][0]["outputs"]
    assert set(output["data"]) == {"text/html", "text/plain"}
    reopened = open_notebook(chromium, jupyter, place, name)
    assert step_through(reopened) == STEPS
    reopened.close()

    # Somebody else's notebook: it carries no signature of this server.
    saved["cells"][0]["source"] += "# changed\n"
    (folder / f"untrusted-{name}").write_text(json.dumps(saved), "utf-8")
    untrusted = open_notebook(chromium, jupyter, place, f"untrusted-{name}")
    image = untrusted.locator(".ad-stepper img, .jp-OutputArea img").first
    image.wait_for(timeout=60_000)
    assert image.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 300
    assert untrusted.locator(".ad-live, .ad-bar").count() == 0
    assert "72 → 135" in untrusted.locator(".jp-OutputArea details").text_content()
    if "SCREENSHOTS" in os.environ:
        untrusted.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"untrusted-{name}.png")
    untrusted.close()


def test_nbconvert_keeps_the_stepper_alive(chromium, tmp_path):
    if importlib.util.find_spec("nbconvert") is None:
        missing('nbconvert: pip install "stepgrad[browser-test]"')
    write(tmp_path / "lesson.ipynb")
    convert = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(tmp_path / "lesson.ipynb")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")}
    subprocess.run(convert, env=environment, check=True, capture_output=True)
    page = chromium.new_page()
    page.route("http*://**", lambda route: route.abort())  # nbconvert's page asks for MathJax
    page.goto((tmp_path / "lesson.html").as_uri())
    assert step_through(page) == STEPS
    page.close()


WIDGET = """\
from autograd import Value, step
a = Value(3.0, "a")
b = a * a
widget = step(b, widget=True)
widget
"""
READ, SET = "print('at', widget.at, widget.stepper.at)", "widget.at = 3"


def test_a_widget_shares_its_step_with_python(chromium, jupyter):
    if importlib.util.find_spec("anywidget") is None:
        missing('anywidget: pip install "stepgrad[browser-test]"')
    write(jupyter[1] / "widget.ipynb", WIDGET, READ, SET)
    page = open_notebook(chromium, jupyter, "lab/tree", "widget.ipynb")
    run_first_cell(page)
    host = page.locator(".ad-stepper.ad-live")
    host.locator("[aria-label=Next]").click()
    host.locator("[aria-label=Next]").click()
    assert host.get_attribute("data-at") == "2"
    for _ in range(20):  # the kernel hears of a click after a while
        page.locator(".jp-Cell .cm-content").nth(1).click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(1000)
        if page.locator("text=at 2 2").count():
            break
    assert page.locator("text=at 2 2").count() == 1
    page.locator(".jp-Cell .cm-content").nth(2).click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("document.querySelector('.ad-stepper').dataset.at === '3'", timeout=30_000)
    assert host.locator("[data-key=n0] .ad-grad").text_content() == "6"
    page.close()
