"""Show that the tests would notice a wrong formula: `python scripts/mutate.py [ROW …]`.

For every row of the table, the formula of its value and of each partial derivative is put 0.1 % off,
and then given the wrong sign (a 0 becomes another number): first only what floats compute, then the
schoolbook's formula in the same way. Each time the comparison with mpmath in tests/test_rules.py has to
fail on the spoilt row. Exit status 1 if it does not, or if it fails on a row that is whole.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_rules import check_independently, check_row  # noqa: E402

from autograd.table.formulas import Formula  # noqa: E402
from autograd.table.lists import ListRule  # noqa: E402
from autograd.table.row import RULES, FormulaRule, Rule  # noqa: E402

FAULTS = {"0.1 % off": 1.001, "of the other sign": -1.0}


def spoilt(stated: Any, factor: float) -> Any:
    """A formula, its text or a Python function, times the factor; a derivative of 0 becomes another."""
    if callable(stated):
        return lambda *given: _times(stated(*given), factor)
    text = stated if isinstance(stated, str) else stated.text
    changed = f"{factor!r} * ({text})" if text != "0" else repr(factor - 1.0)
    return changed if isinstance(stated, str) else Formula(changed)


def _times(result: Any, factor: float) -> Any:
    return [_times(item, factor) for item in result] if isinstance(result, list) else result * factor


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every way to spoil a row, with what was done."""
    assert isinstance(rule, FormulaRule | ListRule)
    skipped = rule.index_operands if isinstance(rule, FormulaRule) else 0
    operands = rule.operands if isinstance(rule, FormulaRule) else rule.arguments[rule.index_operands :]
    for what, factor in FAULTS.items():
        for both in (False, True):
            also = " in both places" if both else ""
            shown = list(rule.shown)
            shown[0] = spoilt(shown[0], factor)
            changed = {"shown": tuple(shown)} if both else {}
            yield f"the value {what}{also}", replace(rule, value=spoilt(rule.value, factor), **changed)
            for slot, operand in list(enumerate(operands))[skipped:]:
                if both and (rule.name, operand) == ("where", "condition"):
                    continue  # of which there is no derivative
                partials, shown = list(rule.partials), list(rule.shown)
                partials[slot], shown[1 + slot] = (
                    spoilt(partials[slot], factor),
                    spoilt(shown[1 + slot], factor),
                )
                changed = {"shown": tuple(shown)} if both else {}
                fault = f"the derivative with respect to {operand} {what}{also}"
                yield fault, replace(rule, partials=tuple(partials), **changed)


def is_caught(rule: Rule) -> bool:
    """Whether the comparison with mpmath fails on the row."""
    try:
        check_independently(rule)
        check_row(rule)
    except AssertionError:
        return True
    return False


def main(names: list[str]) -> int:
    """Spoil the rows (all of them by default) and report what the tests missed."""
    unknown = [name for name in names if name not in RULES]
    if unknown:
        print(f"no row is called {', '.join(unknown)}; rows are {', '.join(RULES)}")
        return 2
    begun, tried, missed = time.perf_counter(), 0, []
    for rule in [RULES[name] for name in names] or RULES.values():
        if is_caught(rule):
            missed.append(f"{rule.name}: fails though it is whole")
        for what, mutant in mutants(rule):
            tried += 1
            if not is_caught(mutant):
                missed.append(f"{rule.name}: {what} is not noticed")
    for line in missed:
        print(line)
    print(f"{tried} faults, {len(missed)} missed, {time.perf_counter() - begun:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
