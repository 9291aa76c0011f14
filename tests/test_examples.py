"""The examples run, and find what they promise."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd

EXAMPLES = Path(__file__).parent.parent / "examples"


ENGINE = runpy.run_path(str(EXAMPLES / "engine.py"))


def test_the_page_for_beginners_is_a_right_engine():
    report = autograd.check_engine(ENGINE["Value"])
    assert report.ok
    assert report.of("limit") == []
    assert {finding.sentence.split("`")[1] for finding in report.of("missing")} == {
        "+a",
        "a ** b",
        "3 ** a",
        "abs(a)",
    }


def test_the_page_for_beginners_fits_on_a_page():
    assert len((EXAMPLES / "engine.py").read_text("utf-8").splitlines()) <= 101


OPERATIONS = (
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b,
    lambda a, b: (a * 0.1).exp() / (b * b + 1),
    lambda a, b: 2 - (a * 0.5).tanh() + b.relu(),
)


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 3), min_size=1, max_size=12))
def test_the_page_for_beginners_gives_the_gradients_of_the_package(choices):
    def gradients(number):
        leaves = [number(0.5), number(-1.25)]
        values = list(leaves)
        for operation, i, j in choices:
            operate = OPERATIONS[operation % len(OPERATIONS)]
            values.append(operate(values[i % len(values)], values[j % len(values)]))
        root = values[-1] * 0.001
        root.backward()
        return [leaf.grad for leaf in leaves]

    try:
        expected = gradients(autograd.Value)
    except ArithmeticError:  # numbers that grow beyond a float
        return
    assert gradients(ENGINE["Value"]) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_page_for_beginners_lists_nodes_in_the_order_of_the_package():
    def order(number, topological_order):
        a, b = number(2.0), number(-3.0)
        c = (a * b + b).tanh()
        return [node.data for node in topological_order((c + a) * (b * c))]

    assert order(ENGINE["Value"], ENGINE["topological_order"]) == order(
        autograd.Value, autograd.topological_order
    )


def test_the_page_for_beginners_finds_a_line(capsys):
    runpy.run_path(str(EXAMPLES / "engine.py"), run_name="__main__")
    assert capsys.readouterr().out.startswith("y = 2.000 x + 1.000, loss ")


def test_hessian(capsys):
    runpy.run_path(str(EXAMPLES / "hessian.py"))
    first, *table = capsys.readouterr().out.splitlines()
    assert first == "((802.0, -400.0), (-400.0, 200.0))"
    assert [line.split()[-1] for line in table[1:]] == ["ok"] * 6


def test_minimize(capsys):
    pytest.importorskip("scipy")
    ran = runpy.run_path(str(EXAMPLES / "minimize.py"))
    assert ran["found"].x == pytest.approx([1.0] * 5, abs=1e-4)
    bfgs, newton = capsys.readouterr().out.splitlines()
    assert "at [1. 1. 1. 1. 1.]" in bfgs
    assert newton.startswith("Newton-CG  f = ")


def test_moons(capsys, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed").use("Agg")
    monkeypatch.chdir(tmp_path)
    assert runpy.run_path(str(EXAMPLES / "moons.py"))["accuracy"] == 1.0
    assert "100% of the points are on their own side" in capsys.readouterr().out
    assert (tmp_path / "moons.png").read_bytes().startswith(b"\x89PNG")


def test_compiled(capsys):
    ran = runpy.run_path(str(EXAMPLES / "compiled.py"))
    assert ran["accuracies"] == {"eager": 1.0, "compiled": 1.0}
    assert ran["apart"] < 1e-9
    assert "a¹     = relu(z¹)" in capsys.readouterr().out
