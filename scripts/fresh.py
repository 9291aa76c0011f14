"""Install into a new environment, and run the README there from top to bottom: `python scripts/fresh.py`.

The environment gets what `pip install .` brings and no more: no NumPy, and no program `dot` on the PATH. Its
Python runs the README's Python in one go and the commands that begin with `python -m`. If a block
needs an extra, the error has to name it; it is then installed, and the block runs. With
`--without-pygraphviz`, the two commands of docs/where-it-shows.md for systems without a wheel of it install.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)

# Runs blocks in one namespace; says on which one it stopped, and for which extra.
RUN = """
import json, re, sys, warnings
warnings.simplefilter("error")
names, blocks, done = {"__name__": "__main__"}, json.load(sys.stdin), []
for number, code in enumerate(blocks):
    try:
        exec(compile(code, f"README.md, block {number}", "exec"), names)
    except ModuleNotFoundError as error:
        extra = re.search(r'pip install "stepgrad\\[(\\w+)\\]"', str(error))
        if not extra:
            raise
        sys.exit(f"needs {extra[1]}")
"""


def main(words: list[str]) -> None:
    """Make the environment, and run everything in it."""
    import json

    blocks = BLOCK.findall((ROOT / "README.md").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "venv", with_pip=True)
        scripts = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
        python = str(scripts / "python")
        place = home / "empty"
        place.mkdir()
        environment = {**os.environ, "PATH": str(scripts), "PYTHONPATH": "", "PYTHONWARNINGS": "error"}

        def pip(*arguments: str) -> None:
            subprocess.run([python, "-m", "pip", "install", "--quiet", *arguments], check=True)

        if "--without-pygraphviz" in words:
            pip("graphviz", "graphviz-pure")
            pip("--no-deps", str(ROOT))
        else:
            pip(str(ROOT))

        installed: set[str] = set()
        code = json.dumps([text for language, text in blocks if language == "python"])
        while True:
            done = subprocess.run(
                [python, "-c", RUN], input=code, text=True, cwd=place, env=environment, stderr=subprocess.PIPE
            )
            if not (extra := re.fullmatch(r"needs (\w+)\n", done.stderr)) or extra[1] in installed:
                break
            installed.add(extra[1])
            print(f"-- the README needs the extra {extra[1]} from here on")
            pip(f"{ROOT}[{extra[1]}]" if "--without-pygraphviz" not in words else "numpy")
        if done.returncode:
            sys.exit(done.stderr)
        for language, text in blocks:
            for line in text.splitlines() if language == "sh" else ():
                if line.startswith("python -m autograd"):
                    subprocess.run([python, *shlex.split(line)[1:]], cwd=place, env=environment, check=True)
        print("written:", *sorted(path.name for path in place.iterdir()))


if __name__ == "__main__":
    main(sys.argv[1:])
