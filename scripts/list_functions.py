"""Write the functions of rows of lists: one on tuples that records a node, and the one that users call."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from fast_paths import Writer, indented
from only_the_table import FLOATS, ListRule


def list_functions(writer: Writer, rule: ListRule) -> str:
    """The function of a row of lists, and the one on tuples that records a node."""
    name, use = rule.name, writer.use(rule)
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
    float_code = _on_lists(writer, rule, "evaluate", [rule.value]) + _on_lists(
        writer, rule, "differentiate", rule.partials
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
    return float_code + recorded + "\n\n" + _public(writer, rule)


def _on_lists(writer: Writer, rule: ListRule, what: str, stated: Sequence[object]) -> str:
    """The value or the derivatives of a row on lists of floats, unless it is a Python function."""
    name, kind = f"_{what}_{rule.name}", f"{what}_lists"
    if any(map(callable, stated)):
        writer.python.append(f"{name} = rule_{rule.name}.{kind}")
        return ""
    body = rule.list_code(kind)
    [function] = ast.parse(f"def f():\n{body}").body
    assert isinstance(function, ast.FunctionDef)
    for node in ast.walk(function):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id in FLOATS and called.id != "len":
            writer.floats.add(called.id)
            called.id = f"float_{called.id}"
    names = [argument.lstrip("*") for argument in rule.arguments]
    parameters = ", ".join(names if what == "evaluate" else ["y", *names])
    return f"def {name}({parameters}):\n{indented(chr(10).join(map(ast.unparse, function.body)), 4)}\n\n"


def _public(writer: Writer, rule: ListRule) -> str:
    """The function of a row of lists that users call."""
    name = rule.name
    lists = [f"{x}s" for x in rule.lists]
    doc = f'    """{_docstring(rule)}"""\n'
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
            f"    return _{name}(index_of({writer.use(rule)}, xs, target), xs)\n"
        )
    scalars = [a for a in rule.arguments if a[0] != "*"]
    if len(lists) == 1 and not scalars:
        start = ", start: Operand = 0" if name == "sum" else ""
        more = "" if start else ", more"
        body = f"    xs = items_of({name!r}, xs, {rule.at_least}{more})\n"
        if start:
            body = indented(_tuple_of(name, "xs"), 4)
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
        f"{x} = items_of({name!r}, {x}, {rule.at_least})" if rule.at_least else _tuple_of(name, x)
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


def _tuple_of(name: str, xs: str) -> str:
    """The quickest way to a tuple of operands that may be none."""
    return f"try:\n    {xs} = tuple({xs})\nexcept TypeError:\n    require_list({name!r}, {xs})\n    raise"


def _docstring(rule: ListRule) -> str:
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
