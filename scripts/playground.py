"""Fill docs/playground/, so that the lessons run in the browser: `make playground`.

Takes Pyodide and Viz.js from out/npm/, where npm put them, and packs autograd, nn and the `graphviz` package
of this Python into packages.zip. Nothing of it is kept in the repository (14 MB).
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import graphviz

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "out" / "npm" / "node_modules"
TARGET = ROOT / "docs" / "playground"
FILES = [
    MODULES / "@viz-js" / "viz" / "dist" / "viz.js",
    *(MODULES / "pyodide" / name for name in (
        "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"
    )),
]  # fmt: skip
PACKAGES = [ROOT / "autograd", ROOT / "nn", Path(graphviz.__file__).parent]
TYPES = {".py", ".txt", ".css", ".js"}


def main() -> None:
    """Copy and pack."""
    TARGET.mkdir(exist_ok=True)
    for file in FILES:
        shutil.copy(file, TARGET)
    with zipfile.ZipFile(TARGET / "packages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for package in PACKAGES:
            for file in sorted(package.rglob("*")):
                if file.suffix in TYPES and "__pycache__" not in file.parts:
                    archive.write(file, file.relative_to(package.parent))


if __name__ == "__main__":
    main()
