"""`python -m benchmarks [THEME …] [--rounds N] [--json FILE]`: the tables, as Markdown and JSON."""

from __future__ import annotations

import argparse
import importlib
import json
from dataclasses import asdict
from pathlib import Path

from .harness import machine

THEMES = ["eager", "compile", "drawing", "transforms", "check_engine", "live_page"]
COMPARED = ["stepgrad", "numpy", "micrograd", "torch", "jax", "xad"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=f"of {', '.join(THEMES)}; all by default")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", metavar="FILE", help="also write the tables as JSON")
    options = parser.parse_args()
    if unknown := set(options.themes) - set(THEMES):
        parser.error(f"unknown theme {', '.join(sorted(unknown))}; there are {', '.join(THEMES)}")
    report = {"machine": machine(COMPARED), "tables": []}
    facts = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["versions"].items())
    print(f"{facts['date']}, Python {facts['python']}, {facts['system']} {facts['machine']}; {versions}")
    for theme in options.themes or THEMES:
        for table in importlib.import_module(f"benchmarks.{theme}").tables(options.rounds):
            print(f"\n{table.markdown()}", flush=True)
            report["tables"].append(asdict(table))
    if options.json:
        path = Path(options.json)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
