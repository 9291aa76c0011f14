"""Write the code that follows from the table: `python scripts/write_code.py`.

autograd/nodes/methods.py gets a method for each operator and operation, autograd/operations/functions.py
the functions. Both are kept in the repository, where readers, editors and type checkers see them; a test
says when they are out of date.

Each function has a fast path for the common case, Values (and, as second operand, a plain number) in
default mode: compute the value and the local derivatives, check that the value is finite, fill in a node.
Everything else, errors included, is left to `apply`. For `row("exp", math.exp, x="y")` that is

    def exp(self: Any) -> Value:
        if self.__class__ is Value and not active_modes:
            try:
                x = self._data
                y = _exp(x)
                dx = y
            except (ArithmeticError, ValueError):
                return apply(rule_exp, self)
            if y - y == 0.0:
                node = new(Value)
                …
                return node
        return apply(rule_exp, self)
"""

from __future__ import annotations

import ast
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent

# Only the table is loaded: the rest of the package imports what is written here.
_package = ModuleType("autograd")
_package.__path__ = [str(ROOT / "autograd")]
sys.modules["autograd"] = _package

from autograd.rules import RULES, FormulaRule, ListRule, Rule  # noqa: E402
from autograd.table.formulas import code  # noqa: E402
from autograd.table.row import FLOATS, check_table  # noqa: E402


def typed_for_arrays(name: str) -> str:
    """An operator with an array is an array of Values, and a Value with anything else."""
    arrays = f"@overload\ndef {name}(self, other: Array) -> NDArray[Any]: ...\n"
    return f"{arrays}@overload\ndef {name}(self, other: Any) -> Self: ...\n"


# The special methods of each operator: of the Value on its left, and of one on its right only.
OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow", "//": "floordiv", "%": "mod",
    "unary -": "neg", "abs": "abs",
}  # fmt: skip
TARGETS = {
    "methods": ROOT / "autograd" / "nodes" / "methods.py",
    "functions": ROOT / "autograd" / "operations" / "functions.py",
}
BUILTINS = {"abs", "max", "min", "pow", "round", "sum"}  # which `import *` leaves alone

METHODS = '''\
"""Written by scripts/write_code.py from autograd/rules.py: the operators and methods of Value.

Each has a fast path for Values, and for a plain number as second operand, in default mode; everything
else, errors included, is left to `apply`.
"""
# pyright: basic, reportSelfClsParameterName=false

from __future__ import annotations

{math}
from typing import TYPE_CHECKING, Any, Self, SupportsFloat, overload

from ..native import plain_case
from ..rules import RULES
from ..table.row import FLOATS
from .modes import active_modes, current_scope, open_scopes
from .node import Node
from .numbers import Array, FloatLike

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Set by the layers above, `autograd.value` and `autograd.operations.apply`.
Value: Any = None
apply: Any = None
apply_operator: Any = None

new = Node.__new__
{rules}
{helpers}

class Methods(FloatLike):
    """The arithmetic of a Value."""

    __slots__ = ()
{body}'''

FUNCTIONS = '''\
"""Written by scripts/write_code.py from autograd/rules.py: the operations as functions.

They take Values and plain numbers; without a Value among the operands the result is a float.
"""
# pyright: basic

from __future__ import annotations

from collections.abc import Iterable
{math}
from typing import Any, Never, overload

from ..native import plain_case
from ..nodes.modes import active_modes, current_scope, open_scopes
from ..nodes.node import Node, list_node, numbers_of
from ..rules import RULES
from ..table.row import FLOATS, VALUES
from ..value import Value
from .apply import apply, index_of, items_of, require_list
from .choices import clip, where
from .signatures import Operand, Reduction, Unary

__all__ = {names}

new = Node.__new__
{rules}
{helpers}
{body}

VALUES.update({values})
'''

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


def tuple_of(name: str, xs: str) -> str:
    """The quickest way to a tuple of operands that may be none."""
    return f"try:\n    {xs} = tuple({xs})\nexcept TypeError:\n    require_list({name!r}, {xs})\n    raise"


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
            if rule.numpy:
                parts.append(f"{rule.numpy} = {rule.name}\n")
        return "\n".join(indented(part, 4) for part in parts)

    def functions(self, rule: Rule) -> str:
        """The function of a row; a method is the function too, as it leaves all but Values to `apply`."""
        if isinstance(rule, ListRule):
            return self.list_functions(rule)
        assert isinstance(rule, FormulaRule)
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

    def list_functions(self, rule: ListRule) -> str:
        """The function of a row of lists, and the one on tuples that records a node."""
        name, use = rule.name, self.use(rule)
        names = [argument.lstrip("*") for argument in rule.arguments]
        reads: list[str] = []
        parents: list[str] = []
        kept: list[str] = []
        for x, argument in zip(names, rule.arguments, strict=True):
            if argument[0] == "*":
                reads.append(f"{x}_data = numbers_of({x})")
                items, derivatives = x, f"d_{x}"
            else:
                reads.append(f"{x}_data = {x} if {x}.__class__ is float else {x}._data")
                items, derivatives = f"({x},)", f"(d_{x},)"
            parents.append(f"*(() if {x}_data is {x} else {items})")
            kept.append(f"*(() if {x}_data is {x} else {derivatives})")
        data = ", ".join(f"{x}_data" for x in names)
        operands = ", ".join(rule.arguments)
        all_derivatives = ", ".join(a.replace(x, f"d_{x}") for x, a in zip(names, rule.arguments))
        float_code = self.on_lists(rule, "evaluate", [rule.value]) + self.on_lists(
            rule, "differentiate", rule.partials
        )
        recorded = f"""\
def _{name}({", ".join(names)}) -> Any:
    if not active_modes:
        try:
{indented(chr(10).join(reads), 12).rstrip(chr(10))}
            y = _evaluate_{name}({data})
            ({", ".join(f"d_{x}" for x in names)},) = _differentiate_{name}(y, {data})
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply({use}, {operands})
        operands = ({operands},)
        if {" and ".join(f"{x}_data is not {x}" for x in names)}:
            parents, local_derivatives = operands, ({all_derivatives},)
        else:
            parents = ({", ".join(parents)},)
            local_derivatives = ({", ".join(kept)},)
        if parents and y - y == 0.0:
            return list_node(Value, {use}, y, operands, parents, local_derivatives)
    return apply({use}, {operands})
"""
        return float_code + recorded + "\n\n" + self.public(rule)

    def on_lists(self, rule: ListRule, what: str, stated: Sequence[object]) -> str:
        """The value or the derivatives of a row on lists of floats, unless it is a Python function."""
        name = f"_{what}_{rule.name}"
        if any(map(callable, stated)):
            kind = "evaluate_lists" if what == "evaluate" else "differentiate_lists"
            self.python.append(f"{name} = rule_{rule.name}.{kind}")
            return ""
        body = rule.float_code(what)
        [function] = ast.parse(f"def f():\n{body}").body
        assert isinstance(function, ast.FunctionDef)
        for node in ast.walk(function):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in FLOATS and called.id != "len":
                self.floats.add(called.id)
                called.id = f"float_{called.id}"
        names = [argument.lstrip("*") for argument in rule.arguments]
        parameters = ", ".join(names if what == "evaluate" else ["y", *names])
        return f"def {name}({parameters}):\n{indented(chr(10).join(map(ast.unparse, function.body)), 4)}\n\n"

    def public(self, rule: ListRule) -> str:
        """The function of a row of lists that users call."""
        name = rule.name
        lists = [f"{x}s" for x in rule.lists]
        doc = f'    """{list_docstring(rule)}"""\n'
        if rule.vector:
            return (
                f"def {name}(xs: Iterable[Operand], *more: Never) -> list[Any]:\n{doc}"
                f"    xs = items_of({name!r}, xs, {rule.at_least}, more)\n"
                f"    return [_{name}(float(k), xs) for k in range(len(xs))]\n"
            )
        if rule.index:
            return (
                f"def {name}(xs: Iterable[Operand], target: int) -> Any:\n{doc}"
                f"    xs = items_of({name!r}, xs, {rule.at_least})\n"
                f"    return _{name}(index_of({self.use(rule)}, xs, target), xs)\n"
            )
        scalars = [a for a in rule.arguments if a[0] != "*"]
        if len(lists) == 1 and not scalars:
            start = ", start: Operand = 0" if name == "sum" else ""
            more = "" if start else ", more"
            body = f"    xs = items_of({name!r}, xs, {rule.at_least}{more})\n"
            if start:
                body = indented(tuple_of(name, "xs"), 4)
                body += "    if start.__class__ is not int or start:\n        xs = (*xs, start)\n"
            overloads = "".join(
                f"@overload\ndef {name}(xs: Iterable[{kind}]{start}) -> {result}: ...\n"
                for kind, result in (("Value", "Value"), ("float", "float"), ("Operand", "Any"))
            )
            signature = f"def {name}(xs: Iterable[Operand]{start or ', *more: Never'}) -> Any:"
            return f"{overloads}{signature}\n{doc}{body}    return _{name}(xs)\n"
        several = ", ".join(f"{x}: Iterable[{{}}]" for x in lists)
        more = "".join(f", {a}: {{}} = 0.0" for a in scalars)
        signature = f"def {name}({several}{more})"
        kinds = [
            ("Value",) + ("Operand",) * (len(lists) + len(scalars) - 1),
            ("float",) * (len(lists) + len(scalars)),
        ]
        overloads = "".join(f"@overload\n{signature.format(*kind)} -> {kind[0]}: ...\n" for kind in kinds)
        any_kind = signature.format(*["Operand"] * (len(lists) + len(scalars)))
        lines = [
            f"{x} = items_of({name!r}, {x}, {rule.at_least})" if rule.at_least else tuple_of(name, x)
            for x in lists
        ]
        lines += [
            f"if len({lists[0]}) != len({x}):\n"
            f'    raise ValueError(f"{name}: {{len({lists[0]})}} {lists[0]} but {{len({x})}} {x}")'
            for x in lists[1:]
        ]
        lines.append(f"return _{name}({', '.join([*lists, *scalars])})")
        body = indented("\n".join(lines), 4)
        return f"{overloads}@overload\n{any_kind} -> Any: ...\n{any_kind} -> Any:\n{doc}{body}"

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


def list_docstring(rule: ListRule) -> str:
    """The equations of a row of lists, and what it raises."""
    value, *partials = (formula.text for formula in rule.shown)
    names = [a.lstrip("*") + ("[i]" if a[0] == "*" else "") for a in rule.arguments[rule.index_operands :]]
    lines = [f"y = {value}, as one node" + (" per result" if rule.vector else ""), ""]
    lines += [f"    ∂y/∂{name} = {partial}" for name, partial in zip(names, partials, strict=True)]
    refused = []
    if rule.at_least:
        refused.append("if there are no operands")
    if len(rule.lists) > 1:
        refused.append("if the lists differ in length")
    if rule.index and not rule.vector:
        refused.append("if `target` is not an index of `xs`")
    if refused:
        lines += ["", f"    Raises ValueError {' or '.join(refused)}."]
    return "\n".join([*lines, "    "])


def methods_source() -> str:
    """The text of autograd/nodes/methods.py."""
    writer = Writer()
    rows = [
        rule
        for rule in RULES.values()
        if isinstance(rule, FormulaRule) and (rule.operator or "method" in rule.forms)
    ]
    body = "\n".join(writer.methods(rule) for rule in rows)
    of_math, helpers = writer.helpers()
    rules = "\n".join(f"rule_{name} = RULES[{name!r}]" for name in writer.rules)
    return METHODS.format(math=of_math, rules=rules, helpers=helpers, body="\n" + body)


def functions_source() -> str:
    """The text of autograd/operations/functions.py."""
    writer = Writer()
    rows = [rule for rule in RULES.values() if "function" in rule.forms]
    body = "\n\n".join(writer.functions(rule) for rule in rows)
    of_math, helpers = writer.helpers()
    helpers += "".join(f"\nfloat_{name} = FLOATS[{name!r}]" for name in sorted(writer.floats))
    helpers += "".join(f"\n{line}" for line in writer.python)
    names = sorted({*(rule.name for rule in rows), "clip", "where"} - BUILTINS)
    values = ", ".join(
        [f"{rule.name}={rule.name}" for rule in rows if not (isinstance(rule, ListRule) and rule.index)]
    )
    rules = "\n".join(
        f"rule_{name}{': Any' if isinstance(RULES[name], ListRule) else ''} = RULES[{name!r}]"
        for name in writer.rules
    )
    return FUNCTIONS.format(math=of_math, names=names, rules=rules, helpers=helpers, body=body, values=values)


def formatted(source: str) -> str:
    """The source as the project's formatter leaves it."""
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml")]
    fixed = subprocess.run(
        [*ruff, "check", "--fix-only", "--quiet", "--stdin-filename", "generated.py", *config, "-"],
        input=source, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    done = subprocess.run(
        [*ruff, "format", "--stdin-filename", "generated.py", *config, "-"],
        input=fixed.stdout, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout


def sources() -> dict[Path, str]:
    """The generated files and what they should hold."""
    written = {TARGETS["methods"]: methods_source(), TARGETS["functions"]: functions_source()}
    return {path: formatted(source) for path, source in written.items()}


def main(arguments: list[str]) -> int:
    """Write the files; with --check, only say whether they are out of date."""
    check_table()
    due = [path for path, text in sources().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in due:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is out of date: run python scripts/write_code.py")
        else:
            path.write_text(sources()[path], encoding="utf-8")
    return int("--check" in arguments and bool(due))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
