"""A formula is one line of text with many readers.

A row of the table states a value and its partial derivatives as text such as
`"4 * sigmoid(2*x) * sigmoid(-2*x)"`. The text is parsed once; every part of the package reads that
one tree: `code` writes it as Python on floats, on floats with IEEE 754's infinities, on Values and on
arrays; other modules write mathematics, or the JavaScript of a page.

The language is Python's: `+ - * / **`, unary minus, comparisons, `p if condition else q`, calls of
functions by name, numbers, and the names of the operands. `y` is the operation's own result.
`autograd.table.lists` says what the name of a list means.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any

_ALLOWED = (
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.UnaryOp, ast.USub,
    ast.IfExp, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq,
    ast.Call, ast.Name, ast.Load, ast.Constant, ast.Subscript,
)  # fmt: skip


class _Powers(ast.NodeTransformer):
    """`a ** b` is another way to write `pow(a, b)`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name("pow", ast.Load()), [node.left, node.right], [])
        return node


class Formula:
    """One line of mathematics, parsed when it is first read.

    Reading raises ValueError if the text is not in the language.

    >>> Formula("-y / b").names
    ('b', 'y')
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._templates: dict[str, str] = {}  # by reader, with each name in braces

    def __repr__(self) -> str:
        return f"Formula({self.text!r})"

    @cached_property
    def tree(self) -> ast.expr:
        """The parsed text."""
        try:
            tree = _Powers().visit(ast.parse(self.text, mode="eval").body)
        except SyntaxError as error:
            raise ValueError(f"formula {self.text!r}: {error.msg}") from None
        for node in ast.walk(tree):
            chained = isinstance(node, ast.Compare) and len(node.ops) > 1
            not_a_number = isinstance(node, ast.Constant) and type(node.value) not in (int, float)
            not_an_item = isinstance(node, ast.Subscript) and not (
                isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Name)
            )
            not_a_call = isinstance(node, ast.Call) and (node.keywords or not isinstance(node.func, ast.Name))
            if not isinstance(node, _ALLOWED) or chained or not_a_number or not_an_item or not_a_call:
                part = ast.unparse(node) or type(node).__name__
                raise ValueError(
                    f"formula {self.text!r}: {part} cannot be read; a formula has + - * / **, numbers, "
                    "names, calls such as pow(a, b), `p if a < b else q`"
                )
        return tree

    @cached_property
    def words(self) -> frozenset[str]:
        """All names: operands, y, functions, constants."""
        return frozenset(node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of the functions it calls."""
        calls = (node.func for node in ast.walk(self.tree) if isinstance(node, ast.Call))
        return frozenset(called.id for called in calls if isinstance(called, ast.Name))

    @property
    def names(self) -> tuple[str, ...]:
        """The lower-case names the formula reads (operands, and `y` for the result), sorted."""
        return tuple(sorted(name for name in self.words - self.functions if not name.isupper()))

    def code(self, reader: str, rename: Mapping[str, str]) -> str:
        """Python code for the formula, as one of `READERS` reads it, with other names for its operands."""
        if reader not in self._templates:
            braces = {word: f"{{{word}}}" for word in self.words}
            self._templates[reader] = code(self.tree, reader, braces)
        return self._templates[reader].format_map({**dict(zip(self.words, self.words)), **rename})

    @property
    def is_branch_free(self) -> bool:
        """Whether no condition occurs in it."""
        return not any(isinstance(node, ast.IfExp | ast.Compare) for node in ast.walk(self.tree))


class _Reader(ast.NodeTransformer):
    """Rewrites a tree for floats: numbers become floats, operands may be renamed."""

    def __init__(self, rename: Mapping[str, str]) -> None:
        self.rename = rename

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        assert isinstance(node.value, int | float)
        return ast.Constant(float(node.value))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.rename.get(node.id, node.id), node.ctx)


class _IEEE(_Reader):
    """Python's `/` raises on a zero divisor, so IEEE code calls `divide`."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Div):
            return ast.Call(ast.Name("divide", ast.Load()), [node.left, node.right], [])
        return node


class _OnValues(_Reader):
    """On Values a condition becomes `where`, so that tracing sees both branches."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        no_arguments = ast.arguments([], [], None, [], [], None, [])
        branches: list[ast.expr] = [
            ast.Lambda(no_arguments, node.body),
            ast.Lambda(no_arguments, node.orelse),
        ]
        return ast.Call(ast.Name("where", ast.Load()), [node.test, *branches], [])


class _OnArrays(_IEEE):
    """An array takes both branches of a condition, element by element; `==` would compare objects."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        self.generic_visit(node)
        return ast.Call(ast.Name("where", ast.Load()), [node.test, node.body, node.orelse], [])

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        compared = type(node.ops[0]).__name__.lower()
        return ast.Call(ast.Name(compared, ast.Load()), [node.left, *node.comparators], [])


READERS: dict[str, type[_Reader]] = {
    "floats": _Reader,
    "ieee": _IEEE,
    "values": _OnValues,
    "arrays": _OnArrays,
}


def code(tree: ast.expr, reader: str, rename: Mapping[str, str] | None = None) -> str:
    """Python code for the tree of a formula, as one of `READERS` reads it, with names replaced.

    >>> tree = Formula("1 if x > 0 else 1 / x").tree
    >>> code(tree, "floats", {"x": "x_data"})
    '1.0 if x_data > 0.0 else 1.0 / x_data'
    >>> code(tree, "ieee")
    '1.0 if x > 0.0 else divide(1.0, x)'
    >>> code(tree, "values")
    'where(x > 0.0, lambda: 1.0, lambda: 1.0 / x)'
    >>> code(tree, "arrays")
    'where(gt(x, 0.0), 1.0, divide(1.0, x))'
    """
    return ast.unparse(READERS[reader](rename or {}).visit(deepcopy(tree)))


def function(source: str, name: str, namespace: dict[str, Any], where: str) -> Callable[..., Any]:
    """Compile generated source so that tracebacks, `inspect.getsource` and pdb can show it."""
    filename = f"<{where}>"
    compiled: CodeType = compile(source, filename, "exec")
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    defined: dict[str, Any] = {}
    exec(compiled, namespace, defined)
    made = defined[name]
    assert isinstance(made, FunctionType)
    return made
