"""What one row of the table holds, and the code that is made from it.

Eager mode, higher derivatives, explanations, the compiler and the tests all read a `Rule`; nobody
else states a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .arithmetic import CONSTANTS, IEEE, STRICT
from .formulas import Formula, float_code, function, ieee_code, value_code

# What the names in formulas mean, once per reader. Rows add themselves; operations on Values are
# added where they are made.
FLOATS: dict[str, Any] = {**STRICT, **CONSTANTS}
IEEE_FLOATS: dict[str, Any] = {**IEEE, **CONSTANTS}
VALUES: dict[str, Any] = {**CONSTANTS}

Numbers = tuple[float, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule:
    """One operation.

    `evaluate(*operands)` is the value and `differentiate(y, *operands)` the local derivatives (one
    per operand, in operand order) on floats; both raise where Python's arithmetic does. Their
    `_ieee` twins return inf or nan there. `differentiate_values(y, *operands, wanted=…)` is the
    same formulas on Values, with None for an operand that is not wanted: a derivative that nobody
    asks for must not raise (the one of `(-2)**b` by b, say).
    """

    name: str
    symbol: str  # on a node's badge: "×", "tanh"
    domain: str = ""  # completes the sentence "the operation needs …"
    points: Sequence[Numbers] = ()  # operands at which tests hold the row to account
    evaluate: Callable[..., float]
    evaluate_ieee: Callable[..., float]
    differentiate: Callable[..., Numbers]
    differentiate_ieee: Callable[..., Numbers]
    differentiate_values: Callable[..., tuple[Any, ...]]


@dataclass(frozen=True, eq=False, kw_only=True)
class FormulaRule(Rule):
    """An operation of a fixed number of operands, stated as formulas."""

    operands: tuple[str, ...]
    value: Formula
    partials: tuple[Formula, ...]
    defaults: Numbers = ()  # of the last operands, as in leaky_relu(x, slope=0.01)


@dataclass(frozen=True, eq=False, kw_only=True)
class VariadicRule(Rule):
    """An operation on any number of operands; `equation` and `partial` say it in formulas."""

    equation: str
    partial: str
    constants: int = 0  # how many leading operands are numbers that choose, never Values


RULES: dict[str, Rule] = {}


def row(
    name: str,
    value: str,
    *,
    symbol: str = "",
    domain: str = "",
    points: Sequence[Numbers] = (),
    defaults: Numbers = (),
    **partials: str,
) -> FormulaRule:
    """Add an operation to the table: its value, and one partial derivative per operand.

    Raises ValueError where a formula reads a name that is neither an operand nor `y`, which is
    also how a forgotten partial shows itself.
    """
    operands = tuple(partials)
    formula = Formula(value)
    derivatives = tuple(Formula(text) for text in partials.values())
    if name in RULES:
        raise ValueError(f"the table already has a row {name!r}")
    if not operands:
        raise ValueError(f"row {name!r}: state a partial derivative for each operand")
    for read in (formula, *derivatives):
        known = operands if read is formula else (*operands, "y")
        for unknown in set(read.names) - set(known):
            raise ValueError(
                f"row {name!r}: {read.text!r} reads {unknown!r}, but there is no partial "
                f"derivative {unknown}=…; operands are {', '.join(operands)}"
            )

    def make(kind: str, parameters: tuple[str, ...], body: str, names: dict[str, Any]) -> Any:
        source = f"def {kind}({', '.join(parameters)}):\n    return {body}\n"
        return function(source, kind, names, where=f"autograd rule {name}, {kind}")

    def tupled(read: Callable[[Formula], str]) -> str:
        return "(" + "".join(f"{read(partial)}, " for partial in derivatives) + ")"

    wanted = f"wanted=({'True, ' * len(operands)})"
    on_values = "".join(
        f"({value_code(partial)}) if wanted[{slot}] else None, " for slot, partial in enumerate(derivatives)
    )
    with_y = ("y", *operands)
    rule = FormulaRule(
        name=name,
        symbol=symbol or name,
        domain=domain,
        points=points,
        operands=operands,
        value=formula,
        partials=derivatives,
        defaults=defaults,
        evaluate=make("evaluate", operands, float_code(formula), FLOATS),
        evaluate_ieee=make("evaluate_ieee", operands, ieee_code(formula), IEEE_FLOATS),
        differentiate=make("differentiate", with_y, tupled(float_code), FLOATS),
        differentiate_ieee=make("differentiate_ieee", with_y, tupled(ieee_code), IEEE_FLOATS),
        differentiate_values=make("differentiate_values", (*with_y, "*", wanted), f"({on_values})", VALUES),
    )
    add(rule)
    return rule


def add(rule: Rule) -> None:
    """Put a row into the table, where formulas of later rows may call it by name."""
    RULES[rule.name] = rule
    FLOATS.setdefault(rule.name, rule.evaluate)
    IEEE_FLOATS.setdefault(rule.name, rule.evaluate_ieee)
