"""scripts/fuzz.py: a few of its programs, and a fault that it must find."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "scripts"))

import fuzz
import random_programs


def test_a_few_programs_agree(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--seed", "7", "--programs", "20"])
    assert fuzz.main() == 0
    assert "20 programs" in capsys.readouterr().out


def test_a_spoilt_row_is_found(monkeypatch, capsys):
    """As if our sine were off: its reference is, by a part in 10⁶."""
    value = random_programs.INDEPENDENT["sin"]
    monkeypatch.setitem(random_programs.INDEPENDENT, "sin", lambda x: value(x * (1 + fuzz.mpf("1e-6"))))
    monkeypatch.setattr(sys, "argv", ["fuzz.py", "--seed", "7", "--programs", "200"])
    assert fuzz.main() == 1
    assert "'sin'" in capsys.readouterr().out


def test_an_error_that_is_not_ours_is_found(monkeypatch):
    def raises(*_, **__):
        raise IndexError("tuple index out of range")

    monkeypatch.setattr(fuzz, "apply", raises)
    with pytest.raises(fuzz.Wrong, match="IndexError"):
        fuzz.check_edge(random.Random(3))
