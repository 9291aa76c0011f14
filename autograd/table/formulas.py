"""A formula is one line of text with many readers.

A row of the table states a value and its partial derivatives as text such as
`"4 * sigmoid(2*x) * sigmoid(-2*x)"`. The text is parsed once; every part of the package reads that
one tree: as float code that raises where Python does (`float_code`), as float code that follows
IEEE 754 (`ieee_code`), as code on Values (`value_code`), as code on arrays (`array_code`) and,
elsewhere, as mathematics to show.

The language is Python's: `+ - * /`, unary minus, comparisons, `p if condition else q`, calls of
functions by name, numbers, and the names of the operands. `y` is the operation's own result.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any

_ALLOWED = (
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.UnaryOp, ast.USub,
    ast.IfExp, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq,
    ast.Call, ast.Name, ast.Load, ast.Constant,
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Formula:
    """One parsed line of mathematics; raises ValueError where the text is not in the language.

    >>> Formula("-y / b").names
    ('b', 'y')
    """

    text: str
    tree: ast.expr = field(init=False, repr=False)
    words: frozenset[str] = field(init=False, repr=False)  # all names: operands, y, functions, constants
    functions: frozenset[str] = field(init=False, repr=False)  # the names of those it calls

    def __post_init__(self) -> None:
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise ValueError(f"formula {self.text!r}: {error.msg}") from None
        words: set[str] = set()
        functions: set[str] = set()
        for node in ast.walk(tree):
            several = isinstance(node, ast.Compare) and len(node.ops) > 1
            no_number = isinstance(node, ast.Constant) and type(node.value) not in (int, float)
            if not isinstance(node, _ALLOWED) or several or no_number:
                part = ast.unparse(node) or type(node).__name__
                raise ValueError(
                    f"formula {self.text!r}: {part} cannot be read; a formula has + - * /, numbers, names, "
                    "calls such as pow(a, b), `p if a < b else q`"
                )
            if isinstance(node, ast.Name):
                words.add(node.id)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                functions.add(node.func.id)
        object.__setattr__(self, "tree", tree)
        object.__setattr__(self, "words", frozenset(words))
        object.__setattr__(self, "functions", frozenset(functions))

    @property
    def names(self) -> tuple[str, ...]:
        """The lower-case names the formula reads (operands, and `y` for the result), sorted."""
        return tuple(sorted(name for name in self.words - self.functions if name.islower()))


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


def _rewritten(formula: Formula, reader: _Reader) -> str:
    fresh = ast.parse(formula.text, mode="eval")
    return ast.unparse(reader.visit(fresh))


def float_code(formula: Formula, rename: Mapping[str, str] | None = None) -> str:
    """The formula as Python code on floats that raises where Python's arithmetic does.

    >>> float_code(Formula("1 / b"), rename={"b": "b_data"})
    '1.0 / b_data'
    """
    return _rewritten(formula, _Reader(rename or {}))


def ieee_code(formula: Formula, rename: Mapping[str, str] | None = None) -> str:
    """The formula as Python code on floats that gives inf and nan instead of raising.

    >>> ieee_code(Formula("1 / b"))
    'divide(1.0, b)'
    """
    return _rewritten(formula, _IEEE(rename or {}))


def value_code(formula: Formula) -> str:
    """The formula as Python code on Values; conditions go through `where`.

    >>> value_code(Formula("1 if x > 0 else 0"))
    'where(x > 0.0, lambda: 1.0, lambda: 0.0)'
    """
    return _rewritten(formula, _OnValues({}))


def array_code(formula: Formula) -> str:
    """The formula as code on arrays, with both branches of a condition evaluated.

    >>> array_code(Formula("1 if x > 0 else 0"))
    'where(gt(x, 0.0), 1.0, 0.0)'
    """
    return _rewritten(formula, _OnArrays({}))


def function(source: str, name: str, namespace: dict[str, Any], where: str) -> Callable[..., Any]:
    """Compile generated source so that tracebacks, `inspect.getsource` and pdb can show it."""
    filename = f"<{where}>"
    code: CodeType = compile(source, filename, "exec")
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    defined: dict[str, Any] = {}
    exec(code, namespace, defined)
    made = defined[name]
    assert isinstance(made, FunctionType)
    return made
