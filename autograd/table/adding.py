"""Adding a row to the table: `row` reads the formulas, checks that they fit together, and files them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .arithmetic import Function, total
from .formulas import Formula
from .row import FLOATS, IEEE_FLOATS, RULES, VALUES, FormulaRule, Numbers, Rule

# The operands at which rows of one and of two operands are checked if they don't say where.
POINTS: dict[int, Sequence[Numbers]] = {
    1: ((0.3,), (-1.7,), (2.5,), (-0.01,), (17.0,), (-40.0,)),
    2: ((2.0, 3.0), (-1.5, 0.25), (0.7, -0.3), (1e-4, 1e4)),
}


def row(
    name: str,
    value: str | Function,
    /,
    *,
    symbol: str = "",
    written: str = "",
    domain: str = "",
    points: Sequence[Numbers] = (),
    defaults: Numbers = (),
    index: str = "",
    numeric: Mapping[str, str | Function] | None = None,
    branch_free: Sequence[str] = (),
    ieee: Function | None = None,
    operator: str = "",
    forms: str | None = None,
    reduction: str = "",
    numpy: str = "",
    array_api: str = "",
    special: str = "",
    **partials: str,
) -> FormulaRule:
    """Add an operation to the table: its value, and one partial derivative per operand.

    Args:
        name: The name of the function and of the row.
        value: A formula in the operands, or a Python function on floats.
        symbol: What a node's badge shows, the name if nothing is given.
        written: The operation as a person writes it, `name(operands)` if nothing is given.
        domain: Completes "the operation needs …" in errors.
        points: Operands at which the tests check the row; usual ones of any sign if nothing is given.
        defaults: Values of the last operands.
        index: A leading operand that is a whole number and never differentiated.
        numeric: By operand, or `y` for the value, a formula that is the same in mathematics and
            better in floats; or, for the value, a Python function.
        branch_free: Value and partials without conditions, for arrays.
        ieee: The value where the Python function raises, instead of inf for an overflow and nan.
        operator: The operator of Python's that stands for the operation.
        forms: How users call it: of "operator", "method" and "function" those that exist; "operator"
            if there is one and nothing is given, else "method function".
        reduction: The row of lists that takes over if there are more than two operands.
        numpy: NumPy's name; for a function of Python's `math`, `name` if nothing is given.
        array_api: An expression in the Array API standard, if there is no function of that name.
        special: The name in scipy.special, if array libraries keep the function there.
        partials: The partial derivatives, as formulas in the operands and `y`, the value.

    Raises ValueError if a formula cannot be read, reads a name that is neither an operand nor `y`
    (which is how a forgotten partial shows itself) or calls a function that is not a row above; if a
    point, the defaults or the branch-free formulas do not fit the operands; if the name is taken.
    """
    if not numpy and not special and getattr(value, "__module__", "") == "math":
        numpy = name
    options: dict[str, Any] = {
        "symbol": symbol,
        "written": written,
        "domain": domain,
        "points": points or POINTS.get(len(partials) + bool(index), ()),
        "defaults": defaults,
        "forms": ("operator" if operator else "method function") if forms is None else forms,
        "operator": operator,
        "reduction": reduction,
        "numpy": numpy,
        "array_api": array_api,
        "special": special,
    }
    return formula_row(name, value, partials, index, numeric or {}, branch_free, ieee, **options)


def formula_row(
    name: str,
    value: str | Function,
    partials: Mapping[str, str | Function],
    index: str = "",
    numeric: Mapping[str, str | Function] | None = None,
    branch_free: Sequence[str] = (),
    ieee: Function | None = None,
    **options: Any,
) -> FormulaRule:
    """`row`, with the partials as a mapping, so that an operand may have any name.

    A partial may also be a function of (y, *operands) that takes floats and Values.
    """
    operands = (index, *partials) if index else tuple(partials)
    if name in RULES:
        raise ValueError(f"the table already has a row {name!r}")
    if not partials:
        raise ValueError(f"row {name!r}: state a partial derivative for each operand")
    call = f"{name}({', '.join(operands)})"
    better = {"" if of == "y" else of: given for of, given in (numeric or {}).items()}
    on_floats = next((f for f in (better.get(""), value) if callable(f)), None)
    for of in better.keys() - {"", *partials}:
        raise ValueError(f"row {name!r}: a numeric formula for {of!r}, which is not an operand")
    stated = {of: p if isinstance(p, str) else _called(name, of, p, operands) for of, p in partials.items()}
    parsed = {
        of: Formula(given) for of, given in ({"": value if isinstance(value, str) else call} | stated).items()
    }
    computed = parsed | {
        of: Formula(given if isinstance(given, str) else call) for of, given in better.items()
    }
    options["symbol"] = options.get("symbol") or name
    options["written"] = options.get("written") or call
    rule = FormulaRule(
        name=name,
        operands=operands,
        value=computed[""],
        partials=tuple(computed[of] if of in computed else Formula("0") for of in operands),
        shown=tuple(parsed[of] if of in parsed else Formula("0") for of in ("", *operands)),
        branch_free=tuple(map(Formula, branch_free)),
        index_operands=int(bool(index)),
        **options,
    )
    formulas = [*parsed.values(), *computed.values(), *rule.branch_free]
    add(rule, lambda: _validate(rule, formulas, on_floats is not None), on_floats, ieee)
    return rule


def _called(name: str, operand: str, partial: Function, operands: Sequence[str]) -> str:
    """The formula that calls a partial derivative given as a function."""
    called = f"{name}_by_{operand}"
    FLOATS[called], IEEE_FLOATS[called], VALUES[called] = partial, total(partial), partial
    return f"{called}({', '.join(('_y' if 'y' in operands else 'y', *operands))})"


def _validate(rule: FormulaRule, formulas: Sequence[Formula], is_python: bool) -> None:
    """Refuse a row that is not whole."""
    name, n = rule.name, len(rule.operands)
    values = (rule.shown[0], rule.value, *rule.branch_free[:1])
    for formula in formulas:
        known = rule.operands if formula in values else (*rule.operands, rule.result)
        for unknown in sorted(set(formula.names) - set(known)):
            raise ValueError(
                f"row {name!r}: {formula.text!r} reads {unknown!r}, but there is no partial "
                f"derivative {unknown}=…; operands are {', '.join(rule.operands)}"
            )
        if name in formula.functions and not is_python and formula in values:
            raise ValueError(f"row {name!r}: {formula.text!r} calls itself")
    check_calls(rule, formulas)
    if any(len(point) != n for point in rule.points):
        raise ValueError(f"row {name!r}: every point needs {n} operands")
    if len(rule.defaults) >= n:
        raise ValueError(f"row {name!r}: {len(rule.defaults)} defaults for {n} operands")
    if rule.branch_free and len(rule.branch_free) != n + 1:
        raise ValueError(f"row {name!r}: branch_free needs a value and {n} partials")
    for formula in rule.branch_free:
        if not formula.is_branch_free:
            raise ValueError(f"row {name!r}: {formula.text!r} is not free of branches")


def check_calls(rule: Rule, formulas: Sequence[Formula]) -> None:
    """Raise ValueError if a formula of the row calls a function that is not a row."""
    for formula in formulas:
        for unknown in sorted(formula.functions - VALUES.keys() - {rule.name}):
            raise ValueError(
                f"row {rule.name!r}: {formula.text!r} calls {unknown!r}, which is not an operation"
            )


# The rows of the table itself are checked by the tests and when the code is generated from them, not on
# every import; rows added later are checked immediately.
_unchecked: list[Callable[[], None]] = []
_table_ended = False


def end_of_table() -> None:
    """From now on, rows are checked when they are added."""
    global _table_ended
    _table_ended = True


def check_table() -> None:
    """Raise ValueError if a row of the table is not whole."""
    for check in _unchecked:
        check()


def add(
    rule: Rule,
    check: Callable[[], None],
    on_floats: Function | None = None,
    ieee: Function | None = None,
) -> None:
    """Put a row into the table, where formulas of other rows may call it by name."""
    if _table_ended:
        check()
    else:
        _unchecked.append(check)
    RULES[rule.name] = VALUES[rule.name] = rule
    if on_floats:
        FLOATS[rule.name], IEEE_FLOATS[rule.name] = on_floats, total(on_floats, ieee)
    else:
        FLOATS[rule.name], IEEE_FLOATS[rule.name] = _later(rule, "evaluate"), _later(rule, "evaluate_ieee")


def _later(rule: Rule, kind: str) -> Function:
    """A function of a row whose code is written when it is first called."""

    def evaluate(*operands: float) -> float:
        return getattr(rule, kind)(*operands)

    return evaluate
