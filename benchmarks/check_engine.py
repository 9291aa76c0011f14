"""check_engine on the scalar engines that PyPI has: what it finds in each.

python -m benchmarks check_engine
"""

from __future__ import annotations

from pathlib import Path

from . import environments
from .harness import Table

# package: (module and class, which functions `peers` adds)
ENGINES = {
    "micrograd": ("micrograd.engine:Value", ""),
    "micrograd-viz": ("micrograd.engine:Value", ""),
    "lilgrad": ("micrograd.engine:Value", ""),
    "learngrad": ("learngrad.engine:Value", ""),
    "bitgrad": ("bitgrad.engine:Value", ""),
    "propgrad": ("propgrad.engine:Value", ""),
    "scalargrad": ("scalargrad.core:Scalar", ""),
    "coregrad": ("coregrad.engine:Scalar", ""),
    "gradflow-kit": ("micrograd.node:Node", ""),
    "kaitorch": ("kaitorch.core:Scalar", "kaitorch"),
    "omnigrad": ("omnigrad.diffengine:Value", "omnigrad"),
}


def tables(rounds: int) -> list[Table]:
    """One row per engine; `rounds` doesn't matter: nothing is timed."""
    from autograd import Value, check_engine

    table = Table(
        "check_engine on published engines",
        ["engine", "wrong", "missing", "limits", "checks", "what is wrong"],
    )
    reports = {"stepgrad": check_engine(Value).as_json()}
    for package, words in ENGINES.items():
        interpreter = environments.python(package)
        script = Path(__file__).with_name("peers.py")
        reports[package] = (
            environments.answer(interpreter, script, *words, ours=True)
            if interpreter
            else {"error": "not installed"}
        )
    for package, report in reports.items():
        if "error" in report:
            table.rows.append([package, "–", "–", "–", "–", report["error"]])
            continue
        kinds = [finding["kind"] for finding in report["findings"]]
        counts = [str(kinds.count(kind)) for kind in ("wrong", "missing", "limit")]
        wrong = [f["sentence"] for f in report["findings"] if f["kind"] == "wrong"]
        table.rows.append([package, *counts, str(report["checks"]), "<br>".join(wrong) or "nothing"])
    table.notes = [environments.HINT]
    return [table]
