"""The main job, whole: `python -m nn` in an empty folder."""

import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_help_says_what_the_main_job_does_and_runs_nothing(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", "nn", "--help"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0
    assert "usage: python -m nn" in run.stdout
    assert "handwritten" in run.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_main_job_reads_real_digits_and_leaves_its_pictures(tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "nn"], cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8"
    )
    took = time.perf_counter() - started
    assert run.stderr == ""
    assert run.returncode == 0
    assert float(re.search(r"it reads ([\d.]+) % right", run.stdout)[1]) >= 95.0
    differences = [
        float(d) for d in re.findall(r"^ +\d  (?:BP\d|forward).* (\S+)$", run.stdout, re.MULTILINE)
    ]
    assert len(differences) == 8
    assert max(differences) <= 1e-12
    assert run.stdout.count(", accuracy ") == 10
    compiled, eager = re.search(r"in ([\d.]+) s\ninstead of ([\d.]+) s: \d+ times", run.stdout).groups()
    in_all = float(re.search(r"(\d+) s in all", run.stdout)[1])
    assert 0.0 < float(compiled) + float(eager) < in_all + 1.0 < took + 2.0
    apart = re.search(r"largest difference in 1810 parameters is (\S+): rounding", run.stdout)
    assert float(apart[1]) < 1e-9
    picture = ElementTree.parse(tmp_path / "out" / "graph.svg")
    assert picture.getroot().tag.endswith("svg")
    steps = (tmp_path / "out" / "steps.txt").read_text(encoding="utf-8")
    assert "∂C/∂" in steps
