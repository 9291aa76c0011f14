"""Other libraries, each in an environment of its own: some share a name with ours or another's.

python -m benchmarks.environments [PACKAGE …]    install them, once (700 MB)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "libraries"
HINT = "`python -m benchmarks.environments` installs what is missing."


def _interpreter(package: str) -> Path:
    return HOME / package / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def python(package: str) -> Path | None:
    """The interpreter of the environment that has `package`, or None; this one's for JAX and PyTorch."""
    if package in ("jax", "torch") and find_spec(package):
        return Path(sys.executable)
    return _interpreter(package) if (HOME / package / "installed").exists() else None


def install(package: str) -> None:
    """Make the environment of `package`. Raises CalledProcessError if pip fails."""
    home = HOME / package
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    pip = [str(_interpreter(package)), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, package, "numpy"], check=True)
    (home / "installed").touch()


def answer(interpreter: Path, script: Path, *words: str, ours: bool = False) -> dict[str, Any]:
    """The last line that a script printed, as JSON; with `ours` it can import this checkout."""
    environment = os.environ | ({"PYTHONPATH": str(ROOT)} if ours else {})
    run = subprocess.run(
        [str(interpreter), *([] if ours else ["-I"]), str(script), *words],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tempfile.gettempdir(),  # not here, where `autograd` is ours
        check=False,
    )
    if run.returncode:
        return {"error": run.stderr.strip().rpartition("\n")[2]}
    return json.loads(run.stdout.strip().rpartition("\n")[2])


if __name__ == "__main__":
    from .check_engine import ENGINES
    from .transforms import LIBRARIES

    for wanted in sys.argv[1:] or [*ENGINES, *LIBRARIES]:
        if not python(wanted):
            print(wanted, flush=True)
            install(wanted)
