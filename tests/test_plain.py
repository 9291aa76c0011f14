"""Text goes through an output that cannot encode mathematics, in ASCII and without an error."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import RULES, Value, explain, gradcheck, step
from autograd.nodes import plain
from autograd.nodes.plain import Text, ascii_style, columns

ROOT = Path(__file__).parent.parent
SCRIPT = """
import nn, nn.layered
from autograd import Value, check_engine, compile, draw, explain, gradcheck, norm, paths
from autograd import prod, sigmoid, step, sum
from autograd.exercises import Exercises
a, b = Value(2.0, "a"), Value(-3.0, "b")
L = (a * b + a) * a; L.label = "L"
print(explain(L))
print(repr(explain(L, a)), draw(L))
print(next(step(L)))
print(step(L))
print(paths(a, L))
print(draw(L).tree())
print(gradcheck(lambda x: (x[0] - 1.0) ** 2, [1.0]))
class Wrong(Value): pass
Wrong.__mul__ = lambda a, b: Wrong(a.data * b.data)
print(check_engine(Wrong))
mlp = nn.MLP([2, 2, 1], seed=0)
print(mlp, mlp.summary(), repr(mlp.summary()), mlp.layers, mlp.parameters(), mlp([1.0, 2.0]))
X, Y = [[0.0, 1.0], [1.0, 0.0]], [0, 1]
history = nn.fit(mlp, X, Y, loss="bce", epochs=2, validation=(X, Y))
print(history, repr(history), history[0], repr(history[0]), nn.early_stopping(), nn.SGD(mlp), nn.Adam(mlp))
print(nn.draw_network(mlp), nn.evaluate(mlp, X, Y, loss="bce"))
print(nn.layered.compare(mlp, [0.5, 1.0], [1.0]))
print(gradcheck(lambda x: x.relu(), 0.0))
lambda_, norm_ = Value(2.5, "λ"), Value(0.5, "Ω")
print(explain((lambda_.floor() * norm_.ceil() + sum([lambda_, norm_]).lgamma()) / norm([lambda_, norm_])))
print(explain(prod([lambda_, norm_]).digamma()))
marks = Exercises(1, 2)
marks(1, 2.0, 2.0)
marks.count()
print(compile(lambda x: sigmoid(a * x + b), [1.0], [a, b]))
"""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp932"])
def test_what_is_printed_goes_through_any_pipe(encoding):
    for command in (["-c", SCRIPT], ["-m", "autograd", "a*a + a", "a=3"]):
        done = subprocess.run(
            [sys.executable, *command],
            capture_output=True,
            cwd=ROOT,
            env={"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"},
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        assert done.stdout
        assert b"?" not in done.stdout


DIALOGUE = """
from autograd import Value, sigmoid, step
from autograd.exercises import Exercises, Questions
from autograd.stepper.terminal import walk
a, b = Value(0.5, "λ"), Value(2.0, "b")
L = sigmoid(a * b) + b
walk(step(L, seed=1), ask=lambda prompt: print(prompt) or next(answers))
walk(step(L, lang="ja"), ask=lambda prompt: print(prompt) or "q")
questions = Questions(("∂(a*b)/∂a?", {"b": "× the other factor", "a": "its value"}), lang="ja")
print(questions)
questions(1, "a")
marks = Exercises(1, lang="ja")
marks(1, None, 2.0)
marks.count()
"""


def test_dialogues_go_through_an_ascii_terminal():
    code = f"answers = iter(['', '', 'b', '', 'q'])\n{DIALOGUE}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "0"},
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert b"L.grad" in done.stdout or b"lambda" in done.stdout


def test_utf_8_is_left_as_it_is():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
    )
    assert "∂" in done.stdout.decode()
    assert "├─" in done.stdout.decode()


def test_every_symbol_of_the_table_has_letters():
    for rule in RULES.values():
        written = [rule.symbol, rule.written, *map(str, rule.shown)]
        assert "?" not in ascii_style(" ".join(written).replace("?", ""))
    assert ascii_style("αΩλ ‖x‖ ⌊y⌋ ψ") == "alphaOmegalambda |x| floor(y) psi"


def test_the_demo_writes_ascii(monkeypatch, capsys):
    monkeypatch.setattr(plain, "for_output", ascii_style)
    demo = pytest.importorskip("nn.__main__")
    monkeypatch.setattr(demo.drawing, "for_output", ascii_style)
    demo.say(demo.pictures([[0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 0.0, 0.0] * 8], ["a 3"]))
    demo.title(2, "BP1–BP4")
    out = capsys.readouterr().out
    assert out.isascii()
    assert "?" not in out
    assert "  ..::++##@@" in out


def test_text_is_whole_everywhere_but_in_print(monkeypatch):
    text = Text("× a → b")
    assert text == "× a → b"
    assert f"{text}" == "× a → b"
    assert text.encode() == "× a → b".encode()
    assert ascii_style(text) == "* a -> b"


def test_columns_are_aligned_in_the_letters_of_the_output(monkeypatch):
    """In ASCII ∂ takes 8 columns and λ takes 6; in a terminal a Japanese letter takes 2."""
    lam, b = Value(2.0, "λ"), Value(3.0, "損失")
    L = lam * b
    L.label = "L"
    report = gradcheck(lambda λ, b: λ * b, 2.0, 3.0)
    for encoding, measure in (("ascii", len), ("utf-8", columns)):  # where the last two columns begin
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
        table = str(report).splitlines()
        assert len({measure(line[: line.rindex("   ")]) for line in table}) == 1
        steps = str(explain(L)).splitlines()
        assert len({measure(line[: line.index(" 0 ")]) for line in steps}) == 1


def test_a_page_has_the_columns_of_its_own_letters(monkeypatch):
    stepper = step(Value(2.0, "λ") * Value(3.0, "b"))
    written = stepper.trace()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert stepper.trace() == written
