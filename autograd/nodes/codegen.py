"""Eager mode's functions, made from the table: one per row, as fast as Python gets.

For each row this writes the source of a function whose quick path handles Values (and, as second
operand, a plain number; in a row of lists, lists of plain numbers) in default mode: compute the value
and the local derivatives, check that the value is finite, fill in a node. Everything else, errors
included, is `apply`'s business (`autograd.operations.apply`). `inspect.getsource(Value.tanh)` shows what was
written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, SupportsFloat

from ..rules import RULES
from ..table.formulas import float_code, function
from ..table.row import FLOATS, FormulaRule, VariadicRule

if TYPE_CHECKING:
    from ..value import Value

    Operand = Value | SupportsFloat

# The globals of all generated functions; `operations.apply` adds Value, apply, apply_operator and the rest.
NAMES: dict[str, Any] = FLOATS

_NODE = """\
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_{name}
            node.first = {first}
            node.d_first = {d_first}
            node.second = {second}
            node.d_second = {d_second}
            node.rest = {rest}
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
"""

_QUICK = """\
    if {condition} and not active_modes:
        try:
            {data}
            y = {value}
            {partials}
        except (ArithmeticError, ValueError):
            return {fallback}
        if y - y == 0.0:
"""

# Of a row of lists; `x_data is x` where an argument is made of plain numbers.
_LISTS = """\
def {signature}:
    if not active_modes:
        try:
            {reads}
            y = evaluate_{name}({data})
            ({partials},) = differentiate_{name}(y, {data})
        except (AttributeError, TypeError):
            return apply(rule_{name}, {operands})
        operands = ({operands},)
        if {are_values}:
            parents, local_derivatives = operands, ({derivatives},)
        else:
            parents = ({parents},)
            local_derivatives = ({kept},)
        if parents and y - y == 0.0:
{node}    return apply(rule_{name}, {operands})
"""


@cache
def _in_line(rule: FormulaRule) -> tuple[str, dict[str, str]]:
    """The code of the value and of the derivative by each operand, on `x_data` where the row says x."""
    data = {name: f"{name}_data" for name in rule.operands}
    slopes = (float_code(partial, data) for partial in rule.partials)
    return float_code(rule.value, data), dict(zip(rule.operands, slopes, strict=True))


def _quick_path(rule: FormulaRule, literal: str, fallback: str) -> str:
    """The quick path with every operand a Value except the one named `literal`, if any."""
    values = [name for name in rule.operands if name != literal]
    data = {name: f"{name}_data" for name in rule.operands}
    checks = [f"{name}.__class__ is Value" for name in values]
    reads = [f"{data[name]} = {name}._data" for name in values]
    if literal:
        checks.append(f"({literal}.__class__ is float or {literal}.__class__ is int)")
        reads.append(f"{data[literal]} = float({literal})")
    value, slopes = _in_line(rule)
    partials = [f"d{name} = {slopes[name]}" for name in values]
    operands = [data[name] if name == literal else name for name in rule.operands]
    locals_ = ["None" if name == literal else f"d{name}" for name in rule.operands]
    first, second = [*operands, "None"][:2]
    d_first, d_second = [*locals_, "None"][:2]
    return _QUICK.format(
        condition=" and ".join(checks),
        data="; ".join(reads),
        value=value,
        partials="; ".join(partials),
        fallback=fallback,
    ) + _NODE.format(
        name=rule.name, first=first, second=second, d_first=d_first, d_second=d_second, rest=None
    )


def _docstring(rule: FormulaRule) -> str:
    """What `help(Value.log)` says: the row's equations, and where the operation refuses."""
    value, *partials = (formula.text for formula in rule.shown)
    lines = [f"y = {value}", ""]
    lines += [f"    ∂y/∂{operand} = {partial}" for operand, partial in zip(rule.operands, partials)]
    if rule.domain:
        lines += ["", f"    Needs {rule.domain}; raises DomainError elsewhere (see `errstate`)."]
    return "\n".join([*lines, "    "])


def _function(rule: FormulaRule, kind: str, parameters: list[str], literals: list[str]) -> Any:
    fallback = f"{kind}(rule_{rule.name}, {', '.join(rule.operands)})"
    paths = "".join(_quick_path(rule, literal, fallback) for literal in literals)
    signature = f"{rule.name}({', '.join(parameters)})"
    source = f'def {signature}:\n    """{_docstring(rule)}"""\n{paths}    return {fallback}\n'
    NAMES[f"rule_{rule.name}"] = rule
    return function(source, rule.name, NAMES, where=f"autograd {kind} {signature}")


def of_lists(name: str) -> Callable[..., Any]:
    """The function of a row of lists, each given as a tuple: `dot(ws, xs, bias)`."""
    rule = RULES[name]
    assert isinstance(rule, VariadicRule)
    names = [argument.lstrip("*") for argument in rule.arguments]
    reads: list[str] = []
    parents: list[str] = []  # what an argument has of them
    kept: list[str] = []  # and the local derivatives by these
    for x, argument in zip(names, rule.arguments, strict=True):
        if argument == f"*{x}":
            is_plain = f"{x} and {x}[0].__class__ is float and set(map(type, {x})) == only_floats"
            data, items, derivatives = f"[x._data for x in {x}]", x, f"d{x}"
        else:
            is_plain = f"{x}.__class__ is float"
            data, items, derivatives = f"{x}._data", f"({x},)", f"(d{x},)"
        reads.append(f"{x}_data = {x} if {is_plain} else {data}")
        parents.append(f"*(() if {x}_data is {x} else {items})")
        kept.append(f"*(() if {x}_data is {x} else {derivatives})")
    signature = f"{name}({', '.join(names)})"
    source = _LISTS.format(
        name=name,
        signature=signature,
        reads="\n            ".join(reads),
        data=", ".join(f"{x}_data" for x in names),
        partials=", ".join(f"d{x}" for x in names),
        operands=", ".join(rule.arguments),
        are_values=" and ".join(f"{x}_data is not {x}" for x in names),
        derivatives=", ".join(star.replace(x, f"d{x}") for x, star in zip(names, rule.arguments)),
        parents=", ".join(parents),
        kept=", ".join(kept),
        node=_NODE.format(
            name=name,
            **dict.fromkeys(("first", "d_first", "second", "d_second")),
            rest="(operands, parents, local_derivatives)",
        ),
    )
    NAMES[f"rule_{name}"] = rule
    NAMES[f"evaluate_{name}"], NAMES[f"differentiate_{name}"] = rule.evaluate_lists, rule.differentiate_lists
    return function(source, name, NAMES, where=f"autograd record {signature}")


def _formula_rule(name: str) -> FormulaRule:
    rule = RULES[name]
    assert isinstance(rule, FormulaRule)
    return rule


def unary(name: str) -> Callable[[Value], Value]:
    """The method and function of a one-operand row: `x.tanh()`, `tanh(x)`."""
    rule = _formula_rule(name)
    return _function(rule, "apply", list(rule.operands), [""])


def binary(name: str) -> Callable[..., Value]:
    """The method and function of a two-operand row: `maximum(a, b)`, `leaky_relu(x, slope=0.01)`."""
    rule = _formula_rule(name)
    first, second = rule.operands
    default = f"={rule.defaults[0]!r}" if rule.defaults else ""
    return _function(rule, "apply", [first, second + default], ["", second])


def operator(name: str) -> Callable[[Value, Operand], Value]:
    """The method behind a binary operator with a Value on the left: `v * other`."""
    rule = _formula_rule(name)
    return _function(rule, "apply_operator", list(rule.operands), ["", rule.operands[1]])


def reflected(name: str) -> Callable[[Value, Operand], Value]:
    """The method behind a binary operator with a Value on the right only: `other * v`."""
    rule = _formula_rule(name)
    return _function(rule, "apply_operator", list(rule.operands[::-1]), [rule.operands[0]])
