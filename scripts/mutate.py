"""Show that the tests would notice a wrong formula: `python scripts/mutate.py [ROW …]`.

For every row of the table, the formula of its value and of each partial derivative is put 0.1 % off,
and then given the wrong sign (a 0 becomes another number). Each time the comparison with mpmath in
tests/test_rules.py has to fail on the spoilt row. Exit status 1 if it does not, or if it fails
on a row that is whole.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_rules import check_row  # noqa: E402

from autograd.table.formulas import Formula  # noqa: E402
from autograd.table.row import RULES, FormulaRule, Rule, VariadicRule  # noqa: E402

FAULTS = {"0.1 % off": 1.001, "of the other sign": -1.0}


def spoilt_formula(formula: Formula, factor: float) -> Formula:
    """The formula times the factor; a derivative that is 0 becomes another number."""
    return Formula(f"{factor!r} * ({formula.text})" if formula.text != "0" else repr(factor - 1.0))


def spoilt_code(rule: VariadicRule, name: str, slot: int | None, factor: float) -> Callable[..., Any]:
    """A row's Python code, with its result, or one slot of it, times the factor."""
    code = getattr(rule, name)

    def spoilt(*given: Any) -> Any:
        result = code(*given)
        if slot is None:
            return result * factor
        return rule.group_operands(
            [
                number if i != slot else number * factor if number != 0.0 else factor - 1.0
                for i, number in enumerate(rule.flatten(result))
            ]
        )

    return spoilt


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Every way to spoil a row, with what was done."""
    for what, factor in FAULTS.items():
        if isinstance(rule, FormulaRule):
            yield f"the value {what}", replace(rule, value=spoilt_formula(rule.value, factor))
            for slot, operand in enumerate(rule.operands):
                partials = list(rule.partials)
                partials[slot] = spoilt_formula(partials[slot], factor)
                yield f"the derivative by {operand} {what}", replace(rule, partials=tuple(partials))
            continue
        assert isinstance(rule, VariadicRule)
        value = spoilt_code(rule, "evaluate_lists", None, factor)
        yield f"the value {what}", replace(rule, evaluate_lists=value)
        for slot in range(max(map(len, rule.points))):
            partials = {name: spoilt_code(rule, name, slot, factor) for name in DERIVATIVES}
            yield f"derivative {slot + 1} {what}", replace(rule, **partials)


DERIVATIVES = ("differentiate_lists", "differentiate_lists_of_values")


def is_caught(rule: Rule) -> bool:
    """Whether the comparison with mpmath fails on the row."""
    try:
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
