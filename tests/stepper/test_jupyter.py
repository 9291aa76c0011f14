"""The stepper in JupyterLab and Notebook with a real kernel, reopened without it, and untrusted."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
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
            missing(f"{package}: pip install --group browser")
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    settings = home / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}', "utf-8")
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    options = ["--port=8888", "--port-retries=500", "--no-browser", "--allow-root"]
    options += [f"--IdentityProvider.token={TOKEN}"]
    options += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    options += [f"--{app}.expose_app_in_browser=True" for app in ("LabApp", "JupyterNotebookApp")]
    command = [sys.executable, "-m", "jupyterlab", *options, str(folder)]
    with (
        open(home / "log", "w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            yield _address(home / "runtime", home / "log"), folder
        finally:
            server.terminate()


def _address(runtime, log):
    """The address that the server prints, as soon as it answers there."""
    for _ in range(600):
        with contextlib.suppress(StopIteration, ValueError, OSError):
            told = json.loads(next(runtime.glob("jpserver-*.json")).read_text("utf-8"))
            address = f"http://127.0.0.1:{told['port']}"
            with urllib.request.urlopen(f"{address}/api/status?token={TOKEN}", timeout=5):
                return address
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8"))


def write(path, *codes):
    cells = [nbformat.v4.new_code_cell(code, id=f"cell{i}") for i, code in enumerate(codes or [CODE])]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(browser, jupyter, place, name, scheme="light"):
    page = browser.new_page(viewport={"width": 1250, "height": 1000}, color_scheme=scheme)
    page.set_default_timeout(120_000)  # on a busy machine JupyterLab takes its time
    page.add_locator_handler(page.locator("dialog.jp-Dialog").first, _accept)
    page.goto(f"{jupyter[0]}/{place}/{name}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    return page


def _accept(dialog):
    """JupyterLab's own questions, such as "Kernel Restarting" where a kernel found its port taken."""
    print("JupyterLab asked:", dialog.inner_text())  # shown with a test that fails
    dialog.locator(".jp-mod-accept").click()


# The page takes no command before its kernel is connected, and only the application knows when that is.
READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RAN = """([number, before]) => {
  const prompt = document.querySelectorAll(".jp-Cell .jp-InputPrompt")[number].textContent;
  return /\\[\\d+\\]/.test(prompt) && prompt !== before;
}"""


def run_cell(page, number=0):
    """Run a cell as a reader does, and wait until it has run; again where a restart lost it."""
    from playwright.sync_api import TimeoutError as Late

    for _ in range(4):
        page.wait_for_function(READY)
        before = page.locator(".jp-Cell .jp-InputPrompt").nth(number).text_content()
        page.locator(".jp-Cell .cm-content").nth(number).click()
        page.keyboard.press("Shift+Enter")
        with contextlib.suppress(Late):
            page.wait_for_function(RAN, arg=[number, before], timeout=30_000)
            page.wait_for_function(READY)
            return
    pytest.fail(f"cell {number} did not run")


def step_through(page):
    """Click through all steps; the gradients of a and of the output after each."""
    host = page.locator(".ad-stepper.ad-live")
    host.wait_for()
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
    run_cell(page)
    assert step_through(page) == STEPS
    assert "a.grad" in page.locator(".ad-statement math").first.text_content()
    page.locator(".ad-picture").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator(".ad-position").text_content() == "6 / 7"
    if "SCREENSHOTS" in os.environ:
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png")
    page.keyboard.press("Control+s")
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    page.close()
    saved = json.loads((folder / name).read_text("utf-8"))

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
    image.wait_for()
    assert image.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 300
    assert untrusted.locator(".ad-live, .ad-bar").count() == 0
    assert "72 → 135" in untrusted.locator(".jp-OutputArea details").text_content()
    if "SCREENSHOTS" in os.environ:
        untrusted.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"untrusted-{name}.png")
    untrusted.close()


LOG = """\
from autograd import Value, step
x = Value(3.0, "x")
step((x - 1.0).log())
"""


@pytest.mark.parametrize(("place", "name"), [("lab/tree", "edits.ipynb"), ("notebooks", "edits7.ipynb")])
def test_two_steppers_of_a_notebook_are_edited_apart(place, name, chromium, jupyter):
    """By typing, which the front end must not take for its own keys."""
    write(jupyter[1] / name, CODE, LOG)
    page = open_notebook(chromium, jupyter, place, name)
    run_cell(page, 0)
    run_cell(page, 1)
    page.wait_for_function("document.querySelectorAll('.ad-stepper.ad-live').length === 2")

    def typed(host, key: str, number: str, node: str) -> str | None:
        """Type a number for an input or a constant; the number of a node then."""
        host.locator(f"[data-key={key}]").click()
        host.locator(".ad-editor .ad-field").press("ControlOrMeta+a")
        page.keyboard.type(number)
        return host.locator(f"[data-key={node}] .ad-data").text_content()

    one, two = (page.locator(".ad-stepper").nth(i) for i in (0, 1))
    assert typed(one, "n0", "-4", "n3") == "192"  # a²·(a + a²)
    assert typed(two, "k1-1", "5", "n2") == "–"
    assert "needs x > 0" in two.locator(".ad-refusals").text_content()
    assert typed(two, "n0", "6", "n2") == "0"
    one.locator(".ad-bar >> text=undo").click()
    assert one.locator("[data-key=n3] .ad-data").text_content() == "108"
    assert two.locator("[data-key=n1] .ad-label").text_content() == "v2"
    assert page.locator(".jp-CodeCell").count() == 3  # running the last one adds one
    page.close()


def test_nbconvert_keeps_the_stepper_alive(chromium, tmp_path):
    if importlib.util.find_spec("nbconvert") is None:
        missing("nbconvert: pip install --group browser")
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
READ, SET = (
    "print('at', widget.at, widget.stepper.at, widget.values)",
    "widget.at = 3; widget.values = {'a': 5}",
)


def test_a_widget_shares_its_step_with_python(chromium, jupyter):
    if importlib.util.find_spec("anywidget") is None:
        missing("anywidget: pip install --group browser")
    write(jupyter[1] / "widget.ipynb", WIDGET, READ, SET)
    page = open_notebook(chromium, jupyter, "lab/tree", "widget.ipynb")
    run_cell(page)
    host = page.locator(".ad-stepper.ad-live")
    host.locator("[aria-label=Next]").click()
    host.locator("[aria-label=Next]").click()
    assert host.get_attribute("data-at") == "2"
    host.locator("[data-key=n0]").click()
    host.locator(".ad-editor .ad-field").fill("4")
    for _ in range(20):  # the kernel hears of a click after a while
        run_cell(page, 1)
        told = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output").last.inner_text()
        if told.strip() == "at 2 2 {'a': 4.0}":
            break
    assert told.strip() == "at 2 2 {'a': 4.0}"  # pyright: ignore[reportPossiblyUnboundVariable]
    run_cell(page, 2)
    page.wait_for_function("document.querySelector('.ad-stepper').dataset.at === '3'")
    assert host.locator("[data-key=n0] .ad-grad").text_content() == "10"  # at a = 5
    assert host.locator("[data-key=n1] .ad-data").text_content() == "25"
    page.close()
