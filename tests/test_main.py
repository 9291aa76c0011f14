"""The command line, and the expressions it reads."""

from __future__ import annotations

import contextlib
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd.__main__ import main
from autograd.stepper import Stepper
from autograd.stepper.terminal import walk
from autograd.text.expressions import ExpressionError, read_expression

ROOT = Path(__file__).parent.parent
NEURON = ["tanh(w1*x1 + w2*x2 + b)", "x1=2", "x2=0", "w1=-3", "w2=1", "b=6.881"]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograd", *words],
        capture_output=True,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )


def test_a_neuron_is_computed_and_explained(capsys):
    main(NEURON)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"y = {math.tanh(-6 + 6.881)!r}"
    gradients = {line.split()[0]: float(line.split()[2]) for line in lines[2:7]}
    expected = 1 - math.tanh(0.881) ** 2
    assert gradients == pytest.approx(
        {
            "dy/dw1": 2 * expected,
            "dy/dx1": -3 * expected,
            "dy/dw2": 0.0,
            "dy/dx2": expected,
            "dy/db": expected,
        }
    )
    assert lines[8].split("  ")[0] == "y.grad += dy/dy = 1"
    assert lines[18] == "where v7 = w1·x1 + w2·x2"  # which no reader could guess
    assert len(lines) == 19


def test_it_runs_as_a_module():
    done = run("b = a*a; c = a + b; L = b*c", "a=3")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout.splitlines()[-1]
        == "a.grad += b.grad · ∂b/∂a⁽²⁾ = 21 × 3 = 63   72 → 135   ∂b/∂a⁽²⁾ = a = 3"
    )


def test_an_expression_may_begin_with_a_minus_sign(capsys):
    main(["-x**2", "x=3"])
    assert capsys.readouterr().out.startswith("y = -9.0\n")


BAD = {
    "9**9**9": "too large",
    "__import__('os').system('true')": "only + - * / **",
    "__import__('os')": "no function '__import__'",
    "x +": "not an expression",
    "1/0*x": "a divisor other than 0",
    "sqrt(-1)*x": "needs x ≥ 0",
    "x\x1b[31m": "not an expression",
    "x\0": "not an expression",
    "x\x00y": "not an expression",
    "1e999*x": "too large for a float",
    "9" * 400 + "*x": "too large for a float",
    "9" * 5000 + "*x": "not an expression",
    "x if x else 1": "only + - * / **",
    "tanh(x, x)": "tanh takes 1 operand",
    "leaky_relu()": "takes 1 or 2 operands",
    "where(1, x, x)": "no function 'where'",
    "tanh(x=x)": "only + - * / **",
    "sum(*x)": "only + - * / **",
    "  ": "give an expression",
    "x = 1": "'x' has a value already",
    "x.y = 1": "one name",
    "x; x": "only the last part",
    "import os": "no statements",
    "True*x": "only + - * / **",
    "1j*x": "only + - * / **",
    "'x'*9**9": "only + - * / **",
    "z": "'z' has no value: add z=…",
    "x^2": "write x**2",
    "2x": "write 2*x",
    "3x^2 + 2(x + 1)": "write 3*x**2 + 2*(x + 1)",
    "(x + 1)(x - 1)": "write (x + 1)*(x - 1)",
    "1e-3x": "write 1e-3*x",
    "x² − 2·x": "write x**2 - 2*x",
    "sin x": "write sin(x)",
    "np.sin(x) + math.exp(x)": "write sin(x) + exp(x)",
    "f(x) = x*x": "write f = x*x",
    "sinx": "add sinx=…, or write sin(x)",
    "xx": "add xx=…, or write x*x",
    "square(x)": "no function 'square': write x**2",
    "logistic(x)": "no function 'logistic': write sigmoid(x)",
    "sigmiod(x)": "no function 'sigmiod'; did you mean sigmoid?",
    "sum()": "sum takes at least 1 operand",
    "softmax(x, x)": "no function 'softmax' in an expression; Python has it: from autograd import softmax\n",
    "where(x, 1, 2)": "no function 'where' in an expression; Python has it: from autograd import where\n",
    "|x| + √x": "write abs(x) + sqrt(x)",
    "sin²(x) + cos^2(2x)": "write sin(x)**2 + cos(2*x)**2\n",
    "x²(x + 1)": "write x**2*(x + 1)\n",
    "engine.py": "is a file: python -m autograd check engine.py",
    "1": "no variable 'x'",
    "(" * 10_000 + "x" + ")" * 10_000: "more than 10,000",
    "(" * 4_000 + "x" + ")" * 4_000: "nested",
    "~" * 9_000 + "x": "nested",
    "x" + "+x" * 4_900: "nested too deeply",
    "x+" * 500_000 + "x": "1,000,001 characters",
    "sqrt(x - 2) * 0": "nan",
}


@pytest.mark.parametrize("expression", BAD, ids=lambda text: ascii(text)[:30])
def test_bad_input_gets_one_clear_line_and_exit_status_2(expression, capsys):
    began = time.monotonic()
    with pytest.raises(SystemExit) as ended:
        main([expression, "x=2"])
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert out == ""
    assert BAD[expression] in err
    assert err.count("\n") == 1
    assert err[:-1].isprintable()
    assert len(err) < 320
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x=a"], "x=a: give a number, such as x=0.5 or x=1/3 ('a' has no value"),
        (["x=nan"], "nan is not a number"),
        (["x=1e400"], "too large for a float"),
        (["x=2**2000"], "OverflowError|2000"),
        (["x=2,5"], "give a number"),
        (["x=2t"], "write 2*t"),
        (["x="], "give a number"),
        (["x"], "write name=number, such as x=2"),
        (["x=1", "x=2"], "x is given twice"),
        (["1=2"], "write name=number"),
        (["--foo"], "unrecognized arguments"),
        (["x=1", "\x1b=2"], "write name=number"),
    ],
)
def test_bad_numbers(words, says, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["x", *words])
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert any(text in err for text in says.split("|"))


@pytest.mark.parametrize(
    ("text", "number"),
    [("1/3", 1 / 3), ("-2*pi", -2 * math.pi), ("1e-3", 1e-3), ("inf", math.inf), ("sqrt(2)", math.sqrt(2))],
)
def test_numbers_may_be_arithmetic(text, number, capsys):
    main(["x*2", f"x={text}"])
    assert f"at x = {number!r}\n" in capsys.readouterr().out


def test_e_is_a_number_unless_it_is_a_name():
    assert read_expression("e**x", {"x": 2.0}).data == math.e**2
    assert read_expression("e**x", {"x": 2.0, "e": 3.0}).data == 9.0
    assert read_expression("e = x*x; e + 1", {"x": 3.0}).data == 10.0


def test_ln_is_the_natural_logarithm():
    assert read_expression("ln(x)", {"x": 100.0}).data == math.log(100.0)
    assert read_expression("log(x)", {"x": 100.0}).data == math.log(100.0)


@pytest.mark.parametrize(
    "expression", ["0x10*x", "x1e5 + 2e3", "2.5e-3 + x", "1_000*x", "max(x, 2)*(x)", "sqrt(x)"]
)
def test_what_can_be_read_is_not_respelled(expression):
    names = {"x": 2.0} if "x1e5" not in expression else {"x1e5": 2.0}
    assert read_expression(expression, names).data == eval(expression, {"sqrt": math.sqrt, **names})


@pytest.mark.parametrize("words", [["--help"], ["x", "--help"], ["check", "--help"], ["check", "-h"]])
def test_help_is_given_everywhere(words, capsys):
    with pytest.raises(SystemExit, match="0"):
        main(words)
    assert capsys.readouterr().out.startswith("usage: python -m autograd")


def test_the_demo_has_help():
    done = subprocess.run([sys.executable, "-m", "nn", "--help"], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.startswith("usage: python -m nn")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("option", ["--svg", "--html"])
def test_a_file_that_cannot_be_written_is_named(option, tmp_path, capsys):
    path = tmp_path / "nowhere" / f"neuron.{option[2:]}"
    with pytest.raises(SystemExit, match="2"):
        main([*NEURON, option, str(path)])
    err = capsys.readouterr().err
    assert str(path.parent) in err
    assert err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close in another way")
@pytest.mark.parametrize("command", ["autograd 'x*x' x=3", "stepgrad doctor", "nn"])
def test_a_closed_pipe_is_no_error(command):
    words = f'"{sys.executable}" -m {command} | head -n 0'
    done = subprocess.run(words, shell=True, capture_output=True, cwd=ROOT)
    assert done.stderr == b""


def test_bad_input_in_a_process_of_its_own():
    done = run("x" * 100_000, "x=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "autograd: the expression has 100,000 characters, more than 10,000\n"


def test_unicode_names_are_the_ones_python_reads():
    assert read_expression("ﬁ * λ", {"fi": 2.0, "λ": 3.0}).data == 6.0
    assert read_expression("fi", {"ﬁ": 2.0}).label == "fi"


@pytest.mark.parametrize(
    ("expression", "number"),
    [
        ("x % 3 + x // 2", 7.5 % 3 + 7.5 // 2),
        ("arctan(x) + arcsin(0*x)", math.atan(7.5)),
        ("absolute(-x)", 7.5),
        ("gammaln(x)", math.lgamma(7.5)),
        ("max(x, 9) - max(1, x, 8) + max(x)", 9 - 8 + 7.5),
        ("min(x, 1, 2) + mean(x, 0.5) + prod(x, 2) + norm(0*x + 3, 4)", 1 + 4 + 15 + 5),
        ("sum(x) + sum(x, 1)", 16.0),
    ],
)
def test_rows_have_the_names_of_numpy_too_and_lists_any_number_of_operands(expression, number):
    assert read_expression(expression, {"x": 7.5}).data == pytest.approx(number)


def test_functions_constants_and_names():
    made = read_expression("max(x, 1) + sum(x, 2, 3) + leaky_relu(-x, 0.5) + atan2(x, x)*pi", {"x": 2.0})
    assert made.data == 2 + 7 - 1 + math.pi / 4 * math.pi
    assert made.label == "y"
    assert read_expression("ln(x)", {"x": 8.0}).data == math.log(8.0)
    assert read_expression("y", {"y": 1.0}).label == "y"
    assert read_expression("y * 2", {"y": 1.0}).label == "L"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ExpressionError, ArithmeticError):
        assert isinstance(read_expression(text, {"x": 1.0}), autograd.Value)


@given(st.recursive(st.sampled_from(["a", "b", "2", "0.5"]), lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    inner.map(lambda t: f"tanh({t})"), inner.map(lambda t: f"-{t}")), max_leaves=20))  # fmt: skip
def test_reading_agrees_with_python(text):
    numbers = {"a": 1.5, "b": -0.3}
    wanted = eval(text, {"tanh": math.tanh, **numbers})
    used = {name: number for name, number in numbers.items() if name in text.replace("tanh", "")}
    assert read_expression(text, used).data == wanted


def test_everything_in_the_table_can_be_called():
    for name in ("tanh", "gelu", "hypot", "clip", "logsumexp", "pow"):
        assert callable(getattr(autograd, name))
        count = {"clip": 3, "hypot": 2, "pow": 2}.get(name, 1)
        assert math.isfinite(read_expression(f"{name}({', '.join(['x'] * count)})", {"x": 0.5}).data)


def test_the_picture_is_written(tmp_path, capsys):
    main([*NEURON, "--svg", str(tmp_path / "neuron.svg")])
    assert "<svg" in (tmp_path / "neuron.svg").read_text("utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([*NEURON, "--svg", str(tmp_path / "nowhere" / "neuron.svg")])
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "starts"), [(("--png", "x.png"), b"\x89PNG"), (("--svg", "x.pdf"), b"%PDF")]
)
def test_the_suffix_names_the_format(words, starts, tmp_path):
    pytest.importorskip("pygraphviz")
    main([*NEURON, words[0], str(tmp_path / words[1])])
    assert (tmp_path / words[1]).read_bytes().startswith(starts)


def test_a_checkout_without_its_packages_says_what_to_install():
    code = (
        "import sys; sys.modules['graphviz'] = None; from autograd.__main__ import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "x*x", "x=3", "--svg", "x.svg"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr.startswith("autograd: drawing needs the package graphviz")
    assert done.stderr.count("\n") == 1


def test_a_suffix_that_names_no_format_is_refused(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([*NEURON, "--png", str(tmp_path / "neuron.jpg")])
    assert "cannot be saved as .jpg; save it as .svg, .png" in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


def test_the_stepping_page_is_written(tmp_path, capsys):
    main([*NEURON, "--html", str(tmp_path / "neuron.html")])
    page = (tmp_path / "neuron.html").read_text("utf-8")
    assert 'class="ad-stepper"' in page or "no renderer found" in page


def test_without_a_terminal_step_prints_the_trace():
    words = ["b = a*a; c = a + b; L = b*c", "a=3"]
    assert run(*words, "--step").stdout == run(*words).stdout


def walked(root: autograd.Value, columns: int, answers: str) -> list[str]:
    """The output of the walk in a terminal of `columns` columns."""
    given, said = iter(answers), list[str]()

    def ask(prompt: str) -> str:
        said.append(prompt)
        return next(given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        walk(Stepper(root, {}), ask, said.append)
    return "\n".join(said).splitlines()


def test_a_walk_fits_its_terminal_and_keeps_names_and_numbers_together():
    root = read_expression(NEURON[0], {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.881})
    lines = walked(root, 44, ["", "", "q"])  # pyright: ignore[reportArgumentType]
    assert lines[-4:-1] == [
        "  grad: w1 ·  x1 ·  (w1·x1) ·  w2 ·  x2 ·",
        "        (w2·x2) ·  v7 ·  b ·  (v7 + b) 0.5",
        "        y 1",
    ]
    assert walked(root, 200, ["q"])[:-1] == [  # pyright: ignore[reportArgumentType]
        "  grad: w1 ·  x1 ·  (w1·x1) ·  w2 ·  x2 ·  (w2·x2) ·  v7 ·  b ·  (v7 + b) ·  y ·"
    ]
    assert walked(root, 80, [*[""] * 10, ""])[-1] == "[10/10] Enter: done, b: back, q: quit "  # pyright: ignore[reportArgumentType]


def test_a_walk_through_a_large_graph_shows_what_changed_last():
    root = autograd.sum([autograd.Value(1.0, f"x{i}") for i in range(100)])
    lines = walked(root, 400, [*[""] * 50, "q"])  # pyright: ignore[reportArgumentType]
    assert lines[0] == "  grad: ·"
    assert lines[-2].split() == ["grad:", *" ".join(f"x{i} 1" for i in range(25, 49)).split()]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_at_a_terminal_step_walks_both_ways():
    import pty

    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "autograd", "x*x", "x=3", "--step"]
    with subprocess.Popen(words, stdin=follower, stdout=follower, stderr=follower, cwd=ROOT) as walking:
        os.close(follower)
        os.write(leader, b"\n\nb\nx\n\nq\n")
        said = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(leader, 4096):
                said += piece
        assert walking.wait(30) == 0
    os.close(leader)
    text = re.sub(r"\x1b\[\d+m", "", said.decode())
    assert text.count("x.grad += y.grad · ∂y/∂x⁽¹⁾ = 1 × 3 = 3   0 → 3") == 2
    assert text.count("[1/3]") == 3
    assert "\x1b[1m" in said.decode()
