"""Other libraries, each in an environment of its own: some share a name with ours or another's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "peers"


def python(package: str) -> Path | None:
    """The interpreter of an environment with `package`, made at first use; None without it."""
    home = HOME / package
    interpreter = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not interpreter.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    present = home / "installed"
    if not present.exists():
        command = [str(interpreter), "-m", "pip", "install", "--quiet", package]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        present.touch()
    return interpreter


def answer(interpreter: Path, script: Path, *words: str, ours: bool = False) -> dict[str, Any]:
    """What a script printed last, as JSON; with `ours` it can import this checkout."""
    environment = os.environ | ({"PYTHONPATH": str(ROOT)} if ours else {})
    run = subprocess.run(
        [str(interpreter), *([] if ours else ["-I"]), str(script), *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=HOME.parent,
        check=False,
    )
    if run.returncode:
        return {"error": run.stderr.strip().rpartition("\n")[2]}
    return json.loads(run.stdout.strip().rpartition("\n")[2])
