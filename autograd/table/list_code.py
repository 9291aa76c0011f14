"""Writing Python code for formulas on lists, item by item or for whole arrays."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from .formulas import Formula, code
from .row import ARRAYS, RULES


@dataclass(frozen=True)
class Arguments:
    """The names that the formulas of a row of lists read."""

    row: str
    names: tuple[str, ...]  # in order, with a star before a list
    lists: tuple[str, ...]
    index: str  # "" without one


def is_on_lists(name: str) -> bool:
    """Whether a formula's call of this name is one of a row of lists."""
    return name in RULES and RULES[name].on_lists


class ListCode:
    """Writes Python code for formulas on lists; what is the same for all items is computed once.

    For `exp(x) / sum(exp(x))` it writes

        t1 = sum([exp(x_j) for x_j in x])
        return [exp(x_i) / t1 for x_i in x]
    """

    def __init__(self, read: Arguments, reader: str, every: bool = False) -> None:
        self.read, self.reader, self.every = read, reader, every
        self.lines: list[str] = []
        self.known: dict[str, str] = {}  # the name of what has been computed, by its code

    def value(self, text: str) -> str:
        """The body that returns the value, or with `every` a list of the results for all indices."""
        return self._returning(self._result(Formula(text).tree, self.every))

    def partials(self, texts: Sequence[str]) -> str:
        """The body that returns the partial derivatives, a list for a list."""
        pairs = zip(self.read.names, texts, strict=True)
        results = [self._result(Formula(text).tree, argument[0] == "*") for argument, text in pairs]
        return self._returning(f"({', '.join(results)},)")

    def _returning(self, result: str) -> str:
        return "".join(f"    {line}\n" for line in self.lines) + f"    return {result}"

    def _result(self, tree: ast.expr, per_item: bool) -> str:
        if not per_item:
            return self._code(tree, "")
        if isinstance(tree, ast.Name) and tree.id in self.read.lists:
            return tree.id
        if isinstance(tree, ast.Constant):
            return f"[{float(tree.value)!r}] * len({self.read.lists[0]})"  # type: ignore[arg-type]
        return self._comprehension(tree, "i")

    def _comprehension(self, tree: ast.expr, counter: str) -> str:
        """A list of what `tree` gives for each item."""
        text = self._code(tree, counter)
        words = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        read = {f"{name}_{counter}": name for name in (*self.read.lists, *self.known.values())}
        read = {item: name for item, name in read.items() if item in words}
        counted = counter in words
        if not read:
            return f"[{text} for {counter} in range(len({self.read.lists[0]}))]"
        items, sources = ", ".join(read), ", ".join(read.values())
        if text == items:
            return sources
        if len(read) > 1:
            sources, items = f"zip({sources})", f"({items})" if counted else items
        return (
            f"[{text} for {counter}, {items} in enumerate({sources})]"
            if counted
            else f"[{text} for {items} in {sources}]"
        )

    def _code(self, tree: ast.expr, counter: str) -> str:
        return code(_Items(self, counter).visit(deepcopy(tree)), self.reader)

    def once(self, text: str) -> str:
        """The name of what `text` gives, computed once in a line of its own."""
        if text not in self.known:
            self.known[text] = f"t{len(self.known) + 1}"
            self.lines.append(f"{self.known[text]} = {text}")
        return self.known[text]

    def reduction(self, call: ast.Call, counter: str) -> str:
        """The code of a call of a row of lists inside a formula, in the item number `counter`, if any."""
        assert isinstance(call.func, ast.Name)
        name, arguments = call.func.id, call.args
        if name in RULES and RULES[name].index_operands:
            which, arguments = arguments[0], arguments[1:]
            assert isinstance(which, ast.Name)
            if which.id in ("i", "j") or (self.every and which.id == self.read.index):
                every = f"all_{name}({self._list(arguments[0])})"
                return f"{self.once(every)}_{which.id if not self.every else 'i'}"
            return self.once(f"{name}({which.id}, {self._list(arguments[0])})")
        text = f"{name}({', '.join(self._list(argument) for argument in arguments)})"
        depends = counter == "i" and any(
            (isinstance(node, ast.Name) and node.id == "i") for a in arguments for node in ast.walk(a)
        )
        return text if depends else self.once(text)

    def _list(self, tree: ast.expr) -> str:
        """The list over which a reduction runs."""
        if isinstance(tree, ast.Name) and tree.id in self.read.lists:
            return tree.id
        return self._comprehension(tree, "j")


class _Items(ast.NodeTransformer):
    """Puts `x_i` for the item of a list, `x[int(k)]` for the one that an index chooses."""

    def __init__(self, lists: ListCode, counter: str) -> None:
        self.lists, self.counter = lists, counter
        self.read = lists.read

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if self.counter and node.id in self.read.lists:
            return ast.Name(f"{node.id}_{self.counter}", ast.Load())
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        assert isinstance(node.value, ast.Name)
        assert isinstance(node.slice, ast.Name)
        which = node.slice.id
        if self.lists.every and which == self.read.index:
            return ast.Name(f"{node.value.id}_i", ast.Load())
        if which in ("i", "j"):
            return ast.Name(f"{node.value.id}_{which}", ast.Load())
        chosen = f"{node.value.id}[int({which})]"
        return ast.Name(self.lists.once(chosen), ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name == self.read.row or is_on_lists(name):
            return ast.Name(self.lists.reduction(node, self.counter), ast.Load())
        if name == "len":
            assert isinstance(node.args[0], ast.Name)
            return ast.Name(f"len({node.args[0].id})", ast.Load())
        node.args = [self.visit(argument) for argument in node.args]
        return node


def array_code(read: Arguments, vector: bool, tree: ast.expr) -> str:
    """The formula on an array of lists (L, n), with `chosen`, 1 at the item that the index points to."""
    return code(_OnArrays(read, vector).visit(deepcopy(tree)), "arrays")


class _OnArrays(ast.NodeTransformer):
    def __init__(self, read: Arguments, vector: bool) -> None:
        self.read, self.vector = read, vector

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        assert isinstance(node.value, ast.Name)
        assert isinstance(node.slice, ast.Name)
        x = node.value.id
        if self.vector and node.slice.id == self.read.index:
            return ast.Name(x, ast.Load())
        return _call("total", _call("where", _call("eq", "chosen", 1.0), x, 0.0))

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Whether an item is the chosen one."""
        left, right = node.left, node.comparators[0]
        names = {part.id for part in (left, right) if isinstance(part, ast.Name)}
        if self.read.index and self.read.index in names:
            return _call("eq", "chosen", 1.0)
        return self.generic_visit(node)  # type: ignore[return-value]

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if is_on_lists(name):
            if f"list_{name}" not in ARRAYS:
                ARRAYS[f"list_{name}"] = RULES[name].evaluate_arrays
            indices = {"i", "j", self.read.index}
            lists = [a for a in node.args if not (isinstance(a, ast.Name) and a.id in indices)]
            arguments = [self.visit(argument) for argument in lists]
            return _call(f"list_{name}", *arguments, "chosen")
        node.args = [self.visit(argument) for argument in node.args]
        return node


def _call(name: str, *arguments: str | float | ast.expr) -> ast.expr:
    parts: list[ast.expr] = []
    for argument in arguments:
        match argument:
            case str():
                parts.append(ast.Name(argument, ast.Load()))
            case ast.expr():
                parts.append(argument)
            case _:
                parts.append(ast.Constant(argument))
    return ast.Call(ast.Name(name, ast.Load()), parts, [])
