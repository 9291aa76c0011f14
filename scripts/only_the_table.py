"""The table of operations, without the rest of the package: that imports what is generated from the table."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

_package = ModuleType("autograd")
_package.__path__ = [str(ROOT / "autograd")]
sys.modules["autograd"] = _package

from autograd.rules import RULES, FormulaRule, ListRule, Rule  # noqa: E402
from autograd.table.adding import check_table  # noqa: E402
from autograd.table.formulas import code  # noqa: E402
from autograd.table.row import FLOATS  # noqa: E402

__all__ = ["FLOATS", "ROOT", "RULES", "FormulaRule", "ListRule", "Rule", "check_table", "code"]
