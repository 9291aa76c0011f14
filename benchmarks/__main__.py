"""`python -m benchmarks [THEME …] [--rounds N] [--json FILE] [--write]`: the tables, as Markdown and JSON."""

from __future__ import annotations

import argparse
import importlib
import json
from dataclasses import asdict
from pathlib import Path

from . import page
from .harness import Table, machine

THEMES = ["eager", "compile", "drawing", "transforms", "check_engine", "live_page"]
COMPARED = ["stepgrad", "numpy", "micrograd", "torch", "jax", "xad"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("themes", nargs="*", metavar="THEME", help=f"of {', '.join(THEMES)}; all by default")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", metavar="FILE", help="also write the tables as JSON")
    parser.add_argument("--write", action="store_true", help="put them into docs/benchmarks.md and README.md")
    options = parser.parse_args()
    if unknown := set(options.themes) - set(THEMES):
        parser.error(f"unknown theme {', '.join(sorted(unknown))}; there are {', '.join(THEMES)}")
    if options.write and options.themes:
        parser.error("--write needs all themes")
    report = {"machine": machine(COMPARED), "tables": []}
    print(page.measured_on(report))
    for theme in options.themes or THEMES:
        for table in _tables(theme, options.rounds):
            print(f"\n{table.markdown()}", flush=True)
            report["tables"].append(asdict(table))
    if options.json:
        path = Path(options.json)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")
    if options.write:
        page.write(report)


def _tables(theme: str, rounds: int) -> list[Table]:
    """The tables of a theme; one that says so if a package that the theme needs is not installed."""
    try:
        return importlib.import_module(f"benchmarks.{theme}").tables(rounds)
    except ImportError as error:
        return [Table(theme, ["missing"], [[str(error)]])]


if __name__ == "__main__":
    main()
