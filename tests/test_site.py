"""The pages of the site in a browser: an expression is tried, with this Python in the place of Pyodide."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import sys
import threading
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

import autograd
from autograd.__main__ import EXAMPLE, main
from autograd.stepper import Stepper
from autograd.text.expressions import ExpressionError, read_expression, read_number, variables

DOCS = Path(__file__).parent.parent / "docs"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<main class="md-content"><h1>Live</h1>{content}</main><script src="site.js"></script>"""
PYODIDE = """const call = (name) => (...texts) => {
  const request = new XMLHttpRequest();
  request.open("POST", `/${name}`, false);
  request.send(JSON.stringify(texts));
  return request.responseText;
};
export const loadPyodide = async () => ({
  unpackArchive() {}, runPython() {}, globals: { get: call, set() {} },
});"""


class Server(ThreadingHTTPServer):
    """A server that knows the functions of docs/python.py."""

    functions: dict[str, Any]


class Site(SimpleHTTPRequestHandler):
    """A folder, and Python's half of docs/python.js."""

    server: Any

    def log_message(self, format, *args):
        """Says nothing."""

    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.functions[self.path[1:]](*texts).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


@pytest.fixture
def site(chromium, tmp_path, monkeypatch):
    """Opens the page with the field at an address; fails the test on an error or on a missing file."""
    for kept in (*DOCS.glob("*.js"), DOCS / "python.py"):
        shutil.copy(kept, tmp_path)
    field = re.search(r'<div class="try">.*?</div>', (DOCS / "live.md").read_text("utf-8"), re.DOTALL)
    assert field
    (tmp_path / "index.html").write_text(PAGE.format(content=field[0]), "utf-8")
    (tmp_path / "live").mkdir()
    (tmp_path / "playground").mkdir()
    for name, text in {"pyodide.mjs": PYODIDE, "viz.js": "export const instance = () => ({});"}.items():
        (tmp_path / "playground" / name).write_text(text, "utf-8")
    (tmp_path / "playground" / "packages.zip").touch()
    Stepper(read_expression("a*a", {"a": 2.0})).save(tmp_path / "live" / "try.html")
    monkeypatch.setattr(autograd.drawing.render, "_chosen", None)
    for module in ("IPython", "IPython.display"):
        monkeypatch.setitem(sys.modules, module, None)
    renderer = next(autograd.drawing.render._renderers(20.0))
    lay_out = {"lay_out": lambda source, format: renderer(source, format).decode()}
    functions = runpy.run_path(str(DOCS / "python.py"), init_globals=lay_out)
    server = Server(("127.0.0.1", 0), partial(Site, directory=str(tmp_path)))
    server.functions = functions
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages, troubles = [], []

    def open_page(address="", playground=True):
        example = {"expression": "a*a", "numbers": {"a": "2"}, "playground": playground}
        (tmp_path / "live" / "site.json").write_text(json.dumps(example), "utf-8")
        page = chromium.new_page(reduced_motion="reduce")
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("response", lambda answer: answer.status >= 400 and troubles.append(answer.url))
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/{address}")
        page.wait_for_selector(".try-form, .try-instead")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    server.shutdown()
    server.server_close()
    assert not troubles


def draw(page):
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_function("!document.querySelector('.try-form').hasAttribute('aria-busy')")


def numbers(page):
    read = "fields => fields.map(field => [field.name, field.value])"
    return dict(page.eval_on_selector_all(".try-numbers input", read))


def drawn(page):
    """The values in the boxes of the stepper, from left to right."""
    page.frame_locator(".try iframe").locator(".ad-live").wait_for()
    return page.frame_locator(".try iframe").locator(".ad-data").all_text_contents()


def test_an_expression_is_drawn_and_shared_by_its_address(site):
    page = site()
    assert numbers(page) == {"a": "2"}
    page.get_by_label("Expression").fill("d = q*a; sigmoid(d) + pi")
    draw(page)
    assert page.locator(".try-error").text_content() == "'q' has no value: add q=…"
    assert numbers(page) == {"q": "", "a": "2"}  # in the order of the expression; a keeps its number
    page.locator(".try-numbers input[name=q]").fill("1/4")
    draw(page)
    assert page.locator(".try-error").text_content() == ""
    values = drawn(page)
    assert sorted(values) == ["0.25", "0.5", "0.622", "2", "3.76"]
    address = page.evaluate("location.hash")
    assert dict(parse_qsl(address[1:])) == {"try": "d = q*a; sigmoid(d) + pi", "q": "1/4", "a": "2"}
    other = site(address)
    other.wait_for_function("document.querySelector('.try iframe').srcdoc")
    assert numbers(other) == {"q": "1/4", "a": "2"}
    assert drawn(other) == values
    other.evaluate("location.hash = '#try=e*a&e=2&a=-3'")  # another link in the same tab; e is its own name
    other.wait_for_selector("iframe[title='Stepper: e*a']")
    assert numbers(other) == {"e": "2", "a": "-3"}
    assert sorted(drawn(other)) == ["2", "−3", "−6"]


@pytest.mark.parametrize(
    ("expression", "number", "reason"),
    [
        ("log(a)", "-1", "log(a = -1.0) needs x > 0"),
        ("a +", "2", "this is not an expression: invalid syntax"),
        ("a^2", "2", "a^2 is not an expression: write a**2"),
        ("a*a", "two", "a=two: give a number, such as a=0.5 or a=1/3"),
        ("<img src=x onerror=document.title='run'>", "2", "this is not an expression"),
        ("1/a", "0", "div(1.0, a = 0.0) needs a divisor"),
        ("f(a)", "2", "there is no function 'f'"),
    ],
)
def test_errors_stand_below_the_field_in_the_librarys_words(site, expression, number, reason):
    page = site()
    page.get_by_label("Expression").fill(expression)
    page.locator(".try-numbers input").fill(number)
    draw(page)
    assert page.locator(".try-error").text_content().startswith(reason)
    assert page.get_by_label("Expression").get_attribute("aria-invalid") == "true"
    assert page.title() == ""
    assert drawn(page) == ["2", "4"]  # what was there before


def test_without_python_the_page_says_what_is_missing(site, tmp_path, monkeypatch, capsys):
    shutil.rmtree(tmp_path / "playground")
    page = site("#" + "try=a*b%20%2B%20a&a=-2&b=1/3", playground=False)
    assert "make playground docs" in page.locator(".try-instead").text_content()
    assert page.locator(".try-form").count() == 0
    words = shlex.split(page.locator(".try-instead pre").text_content())
    assert words[:3] == ["python", "-m", "autograd"]
    monkeypatch.chdir(tmp_path)
    main(words[3:])
    assert capsys.readouterr().out.startswith(f"y = {-2 * (1 / 3) - 2!r}")
    assert (tmp_path / "page.html").exists()
    assert drawn(page) == ["2", "4"]  # made beforehand


def test_python_that_cannot_start_is_said_so_and_may_start_later(site, tmp_path):
    page = site()
    stub = tmp_path / "playground" / "viz.js"
    good = stub.read_text("utf-8")
    stub.write_text("export const instance = () => { throw new Error('no layout'); };", "utf-8")
    draw(page)
    assert page.get_by_role("status").first.text_content() == "Python could not start: no layout"
    stub.write_text(good, "utf-8")
    page.reload()
    page.wait_for_selector(".try-form")
    draw(page)
    assert page.locator(".try-error").text_content() == ""


def test_pyodide_itself(site, tmp_path):
    """The real one, where `make playground` has fetched it."""
    playground = DOCS / "playground"
    if not (playground / "packages.zip").exists():
        pytest.skip("there is no docs/playground: make playground")
    shutil.copytree(playground, tmp_path / "playground", dirs_exist_ok=True)
    page = site("#try=tanh(w*x)%2Bb&w=-3&x=1/2&b=1")
    page.wait_for_function("document.querySelector('.try iframe').srcdoc", timeout=120_000)
    assert sorted(drawn(page)) == ["0.0949", "0.5", "1", "−0.905", "−1.5", "−3"]


def test_the_names_that_need_a_number():
    assert variables("tanh(w1*x1 + w2*x2 + b)") == ["w1", "x1", "w2", "x2", "b"]
    assert variables("b = a*a; c = a + b; b*c") == ["a"]
    assert variables("a = a + 1; a") == ["a"]
    assert variables("e*x + pi") == ["x"]
    assert variables("e*x + pi", ["e"]) == ["e", "x"]
    assert variables("sin(sin)") == ["sin"]
    assert variables("2.0") == []
    with pytest.raises(ExpressionError, match=r"write 2\*x"):
        variables("2x")
    with pytest.raises(ExpressionError, match="nested too deeply"):
        variables("-" * 9_000 + "a")


def test_the_example_can_be_read():
    expression, *words = shlex.split(EXAMPLE)
    pairs = [word.split("=") for word in words]
    assert sorted(variables(expression)) == sorted(name for name, _ in pairs)
    read_expression(expression, {name: read_number(name, text) for name, text in pairs})


TRANSCRIPT = """<button data-clipboard-target="#one > code">copy</button>
<pre id="one"><code>{text}</code></pre>"""
FUNCTION = ">>> def f(x):\n...     return x\n...\n>>> f(2)\n2\n"
COPIED = "() => { document.body.onclick = ({ target }) => (window.copied = target.dataset.clipboardText); }"


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (FUNCTION, "def f(x):\n    return x\n\nf(2)"),
        ("print(2)\n", None),  # the button's own text, all of it
    ],
)
def test_a_transcript_is_copied_without_prompts_and_outputs(chromium, tmp_path, text, copied):
    shutil.copy(DOCS / "site.js", tmp_path)
    (tmp_path / "index.html").write_text(PAGE.format(content=TRANSCRIPT.format(text=escape(text))), "utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    page.evaluate(COPIED)
    page.get_by_role("button").click()
    assert page.evaluate("window.copied ?? null") == copied
    page.close()
