"""The examples run, and find what they promise."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


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
    assert "100 % of the points are on their own side" in capsys.readouterr().out
    assert (tmp_path / "moons.png").read_bytes().startswith(b"\x89PNG")


def test_compiled(capsys):
    ran = runpy.run_path(str(EXAMPLES / "compiled.py"))
    assert ran["accuracies"] == {"eager": 1.0, "compiled": 1.0}
    assert ran["apart"] < 1e-9
    assert "a²     = relu(z²)" in capsys.readouterr().out
