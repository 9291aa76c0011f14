"""Write the functions and methods of rows of formulas, each with a fast path for Values in default mode."""

from __future__ import annotations

import ast
import math

from only_the_table import FLOATS, RULES, FormulaRule, Rule, code

# The special methods of each operator: of the Value on its left, and of one on its right only.
OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow", "//": "floordiv", "%": "mod",
    "unary -": "neg", "abs": "abs",
}  # fmt: skip

NODE = """\
node = new(Value)
node._data = y
node._grad = None
node._label = ""
node.rule = rule_{name}
node.first = {first}
node.d_first = {d_first}
node.second = {second}
node.d_second = {d_second}
node.rest = None
node.scope = current_scope() if open_scopes else None
node.line = ""
return node
"""

FAST_PATH = """\
if {condition} and not active_modes:
    try:
{reads}
        y = {value}
{partials}
    except (ArithmeticError, ValueError):
        return {fallback}
    if y - y == 0.0:
{node}"""


def indented(text: str, spaces: int) -> str:
    """The lines of `text`, further right."""
    return "".join(f"{' ' * spaces if line.strip() else ''}{line}\n" for line in text.splitlines())


def typed_for_arrays(name: str) -> str:
    """An operator with an array is an array of Values, and a Value with anything else."""
    arrays = f"@overload\ndef {name}(self, other: Array) -> NDArray[Any]: ...\n"
    return f"{arrays}@overload\ndef {name}(self, other: Any) -> Self: ...\n"


class Writer:
    """Writes functions, and keeps what their module has to import."""

    def __init__(self) -> None:
        self.rules: list[str] = []
        self.python: list[str] = []  # functions of rows that are Python functions
        self.floats: set[str] = set()  # functions of floats that formulas on lists call
        self.called: set[str] = set()

    def formula(self, tree: ast.expr, operands: dict[str, str]) -> str:
        """A formula on floats; what it calls gets an underscore, as it is not the function of Values."""
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - operands.keys() - {"y"}
        self.called |= names
        return code(tree, "floats", operands | {name: f"_{name}" for name in names})

    def use(self, rule: Rule) -> str:
        """The global name of a row."""
        if rule.name not in self.rules:
            self.rules.append(rule.name)
        return f"rule_{rule.name}"

    def fast_path(self, rule: FormulaRule, names: list[str], literal: str, fallback: str) -> str:
        """The path with every operand a Value but `literal`, if any; `names` are the parameters."""
        parameter = dict(zip(rule.operands, names, strict=True))
        values = [operand for operand in rule.operands if operand != literal]
        data = {operand: f"{operand}_data" for operand in rule.operands}
        checks = [f"{parameter[operand]}.__class__ is Value" for operand in values]
        reads = [f"{data[operand]} = {parameter[operand]}._data" for operand in values]
        if literal:
            given = parameter[literal]
            checks.append(f"({given}.__class__ is float or {given}.__class__ is int)")
            reads.append(f"{data[literal]} = float({given})")
        operands = [data[o] if o == literal else parameter[o] for o in rule.operands]
        derivatives = ["None" if o == literal else f"d{o}" for o in rule.operands]
        partials = dict(zip(rule.operands, rule.partials, strict=True))
        first, second = [*operands, "None"][:2]
        d_first, d_second = [*derivatives, "None"][:2]
        node = NODE.format(name=rule.name, first=first, d_first=d_first, second=second, d_second=d_second)
        return FAST_PATH.format(
            condition=" and ".join(checks),
            reads=indented("\n".join(reads), 8).rstrip("\n"),
            value=self.formula(rule.value.tree, data),
            partials=indented(
                "\n".join(f"d{o} = {self.formula(partials[o].tree, data)}" for o in values), 8
            ).rstrip("\n"),
            fallback=fallback,
            node=indented(node, 8),
        )

    def function(
        self,
        rule: FormulaRule,
        name: str,
        names: list[str],
        signature: str,
        apply: str,
        literals: list[str],
        first: str = "",
    ) -> str:
        """A function with fast paths for these literal operands; "" is the one without."""
        fallback = f"{apply}({self.use(rule)}, {', '.join(names)})"
        paths = "".join(self.fast_path(rule, names, literal, fallback) for literal in literals)
        body = f'"""{docstring(rule)}"""\n{first}{paths}return {fallback}\n'
        is_typed = "other" not in names and (name not in RULES or "method" in rule.forms)
        result = "Self" if is_typed else "Any"
        reflected = ", reflected=True" if names == ["other", "self"] else ""
        is_plain = len(names) <= 2 and not rule.index_operands
        decorator = f"@plain_case({self.use(rule)}{reflected})\n" if is_plain else ""
        return f"{decorator}def {name}({signature}) -> {result}:\n{indented(body, 4)}"

    def methods(self, rule: FormulaRule) -> str:
        """The operators and the method of a row, and its aliases."""
        self.use(rule)
        parts: list[str] = []
        operands = list(rule.operands)
        if rule.operator:
            dunder = OPERATORS[rule.operator]
            if len(operands) == 1:
                parts.append(self.function(rule, f"__{dunder}__", ["self"], "self", "apply", [""]))
            else:
                _, b = operands
                parts.append(typed_for_arrays(f"__{dunder}__"))
                parts.append(
                    self.function(
                        rule,
                        f"__{dunder}__",
                        ["self", "other"],
                        "self, other: Any",
                        "apply_operator",
                        ["", b],
                    )
                )
                parts.append(typed_for_arrays(f"__r{dunder}__"))
                parts.append(
                    self.function(
                        rule,
                        f"__r{dunder}__",
                        ["other", "self"],
                        "self, other: Any",
                        "apply_operator",
                        [operands[0]],
                    )
                )
            if "method" in rule.forms:
                parts.append(f"{rule.name} = __{dunder}__\n")
        elif "method" in rule.forms:
            others = operands[1:]
            defaults = dict(zip(operands[::-1], rule.defaults[::-1]))
            typed = [f"{o}: Any" + (f" = {defaults[o]!r}" if o in defaults else "") for o in others]
            literals = ["", *others] if len(operands) == 2 else [""] if len(operands) == 1 else []
            parts.append(
                self.function(rule, rule.name, operands, ", ".join([operands[0], *typed]), "apply", literals)
            )
            if rule.numpy not in ("", rule.name):
                parts.append(f"{rule.numpy} = {rule.name}\n")
        return "\n".join(indented(part, 4) for part in parts)

    def functions(self, rule: FormulaRule) -> str:
        """The function of a row; a method is the function too, as it leaves all but Values to `apply`."""
        if "method" in rule.forms:
            kind = "Unary" if len(rule.operands) == 1 else "Any"
            return f"{rule.name}: {kind} = Value.{rule.name}  # pyright: ignore\n"
        names = list(rule.operands)
        typed = ", ".join(f"{name}: Operand" for name in names)
        first = ""
        if rule.reduction:
            typed += ", *more: Operand"
            first = f"if more:\n    return {rule.reduction}(({', '.join(names)}, *more))\n"
        literals = ["", *names] if len(names) == 2 and not rule.index_operands else []
        numbers = ", ".join(f"{name}: float" for name in names) + (", *more: float" if rule.reduction else "")
        return (
            f"@overload\ndef {rule.name}({numbers}) -> float: ...\n"
            f"@overload\ndef {rule.name}({typed}) -> Any: ...\n"
            + self.function(rule, rule.name, names, typed.replace("Operand", "Any"), "apply", literals, first)
        )

    def helpers(self) -> tuple[str, str]:
        """The imports from math, and the definitions of the other functions that formulas call."""
        of_math: list[str] = []
        others: list[str] = []
        for name in sorted(self.called):
            found, rule = FLOATS[name], RULES.get(name)
            if getattr(found, "__module__", "") == "math" and getattr(math, found.__name__, None) is found:
                of_math.append(f"{found.__name__} as _{name}")
            elif isinstance(found, float):
                others.append(f"_{name} = {found!r}")
            elif isinstance(rule, FormulaRule) and name not in rule.value.functions:
                others.append(f"_{name} = RULES[{name!r}].evaluate")
            else:
                others.append(f"_{name} = FLOATS[{name!r}]")
        return f"from math import {', '.join(of_math)}" if of_math else "", "\n".join(others)


def docstring(rule: FormulaRule) -> str:
    """The text of `help(Value.log)`: the row's equations, and where the operation refuses."""
    value, *partials = (formula.text for formula in rule.shown)
    lines = [f"y = {value}", ""]
    lines += [f"∂y/∂{o} = {p}" for o, p in list(zip(rule.operands, partials))[rule.index_operands :]]
    if rule.domain:
        lines += ["", f"Needs {rule.domain};", "raises DomainError elsewhere (see `errstate`)."]
    return "\n".join([*lines, ""])
