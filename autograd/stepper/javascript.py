"""The table's rows as JavaScript, for a page that computes by itself.

One more reader of the parsed formulas: those that floats use, so that the page's numbers are Python's.
Written by hand is only what a formula calls that is not a formula (`web/arithmetic.js`, `lists.js`,
`special.js`). For a row the script has its value and its partial derivatives:

    value.mul = (a, b) => a * b;
    partials.mul = (y, a, b) => [b, a];

and, if a partial derivative is shown by cases, the number of the one that applies (`branches`).

JavaScript's arithmetic never raises: it follows IEEE 754, as Python's code does under `errstate("ieee")`.
The functions of arithmetic.js note where Python raises, as the flags of a processor do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path

from ..rules import RULES, FormulaRule, ListRule, Rule
from ..table.arithmetic import CONSTANTS
from ..table.formulas import Formula

_WEB = Path(__file__).with_name("web")
# The precedence of JavaScript's operators; a part of lower precedence gets parentheses.
_CHOICE, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(6)
_OPERATORS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: ("+", _SUM), ast.Sub: ("-", _SUM), ast.Mult: ("*", _PRODUCT), ast.Div: ("/", _PRODUCT),
    ast.Lt: ("<", _COMPARISON), ast.LtE: ("<=", _COMPARISON), ast.Gt: (">", _COMPARISON),
    ast.GtE: (">=", _COMPARISON), ast.Eq: ("===", _COMPARISON),
}  # fmt: skip

Text = tuple[str, int]  # JavaScript, and how tightly it binds


@cache
def by_hand() -> frozenset[str]:
    """The rows that the page's own functions compute, since their value is not a formula."""
    source = "".join((_WEB / f"{name}.js").read_text("utf-8") for name in ("arithmetic", "lists", "special"))
    return frozenset(re.findall(r"^table\.value\.(\w+) =", source, re.MULTILINE))


def computes(name: str) -> bool:
    """Whether a page can compute this row: all that its formulas call are formulas, or functions of web/.

    >>> computes("tanh"), computes("softmax")
    (True, True)
    """
    return _closure(name) is not None


def _closure(name: str) -> set[str] | None:
    """The rows that a row calls, with itself; None if one is a Python function that JavaScript lacks."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        called = waiting.pop()
        rule = RULES.get(called)
        if called in found or called == "len":
            continue
        if rule is None or (called not in by_hand() and not _has_formula(rule)):
            return None
        found.add(called)
        waiting += {function for formula in _formulas(rule) for function in formula.functions} - found
    return found


def _has_formula(rule: Rule) -> bool:
    if isinstance(rule, ListRule):
        return isinstance(rule.value, str)
    return _value(rule) is not None


def _value(rule: Rule) -> Formula | None:
    """The formula of a value: what is computed, or, for a Python function, what it is written as."""
    assert isinstance(rule, FormulaRule)
    return next((f for f in (rule.value, rule.shown[0]) if rule.name not in f.functions), None)


def _formulas(rule: Rule) -> list[Formula]:
    """The formulas that floats compute: the value, unless it is by hand, and the partial derivatives."""
    if isinstance(rule, ListRule):
        texts = [rule.value, *rule.partials]
        return [*(Formula(text) for text in texts if isinstance(text, str)), *rule.shown[1:]]
    assert isinstance(rule, FormulaRule)
    tests = [Formula(ast.unparse(test)) for partial in rule.shown[1:] for test in _tests(partial.tree)]
    value = None if rule.name in by_hand() else _value(rule)
    return [*([value] if value else []), *rule.partials, *tests]


def _tests(tree: ast.expr) -> list[ast.expr]:
    """The conditions that choose a branch of a formula."""
    return [tree.test, *_tests(tree.body), *_tests(tree.orelse)] if isinstance(tree, ast.IfExp) else []


def javascript(names: Iterable[str]) -> str:
    """The rows of these names, and those that they call, as statements of JavaScript.

    A row that a page cannot compute (`computes`) is left out.

    >>> print(javascript(["mul"]))
    value.mul = (a, b) => a * b;
    partials.mul = (y, a, b) => [b, a];
    """
    wanted = {called for name in names for called in _closure(name) or ()}
    return "\n".join(line for name, rule in RULES.items() if name in wanted for line in _row(rule))


def _row(rule: Rule) -> Iterator[str]:
    of = f".{rule.name}" if rule.name.isascii() else f"[{rule.name!r}]"
    written = rule.name not in by_hand()
    if isinstance(rule, ListRule):
        names = list(_letters([name.lstrip("*") for name in rule.arguments]).values())
        yield f'shapes{of} = "{"".join("*" if name[0] == "*" else "1" for name in rule.arguments)}";'
        if written:
            assert isinstance(rule.value, str)
            body = _Lists(rule).value(rule.value)
            yield f"value{of} = ({', '.join(names)}) => {body};"
            if rule.index:
                body = _Lists(rule, every=True).value(rule.value)
                yield f"every{of} = ({', '.join(names[1:])}) => {body};"
        body = _Lists(rule).partials([*(["0"] * rule.index_operands), *rule.partials])
        yield f"partials{of} = (y, {', '.join(names)}) => {body};"
        return
    assert isinstance(rule, FormulaRule)
    letters = _letters(rule.operands)
    operands = ", ".join(letters[name] for name in rule.operands)
    if written and (value := _value(rule)):
        yield f"value{of} = ({operands}) => {formula_code(value, letters)};"
    derivatives = ", ".join(formula_code(partial, {**letters, rule.result: "y"}) for partial in rule.partials)
    yield f"partials{of} = (y, {operands}) => [{derivatives}];"
    if any(_tests(partial.tree) for partial in rule.shown[1:]):
        reader = _Reader({**letters, rule.result: "y"})
        chosen = ", ".join(_branch_code(partial.tree, reader, count()) for partial in rule.shown[1:])
        yield f"branches{of} = (y, {operands}) => [{chosen}];"


def _branch_code(tree: ast.expr, reader: _Reader, number: Iterator[int]) -> str:
    """The number of the branch of a formula that applies, counted as `autograd.text.reasons` does."""
    if not isinstance(tree, ast.IfExp):
        return str(next(number))
    then, other = (_branch_code(branch, reader, number) for branch in (tree.body, tree.orelse))
    return f"{reader.read(tree.test)[0]} ? {then} : {other}"


def _letters(operands: Sequence[str]) -> dict[str, str]:
    """A short name per operand that is not a word of JavaScript's."""
    return {
        name: name if len(name) == 1 and name.isascii() and name != "y" else f"x{place}"
        for place, name in enumerate(operands)
    }


def formula_code(formula: Formula, letters: Mapping[str, str] | None = None) -> str:
    """A formula without lists as an expression of JavaScript, with its operands renamed.

    >>> formula_code(Formula("1 / b if b > 0 else pow(b, 2)"))
    'b > 0 ? divide(1, b) : value.pow(b, 2)'
    """
    return _Reader(letters or {}).read(formula.tree)[0]


class _Reader:
    """Writes a tree as JavaScript."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self.letters = letters

    def read(self, tree: ast.expr) -> Text:
        """The code of a tree."""
        match tree:
            case ast.Constant(value=int() | float() as number):
                text = repr(number)
                return text.removesuffix(".0"), _ATOM
            case ast.Name(id=name):
                return self.name(name), _ATOM
            case ast.UnaryOp(operand=operand):
                return f"-{self.fenced(operand, _ATOM)}", _SIGN
            case ast.BinOp(left=left, op=ast.Div(), right=right) if not _is_number(right):
                return f"divide({self.read(left)[0]}, {self.read(right)[0]})", _ATOM
            case ast.BinOp(left=left, op=op, right=right):
                sign, binds = _OPERATORS[type(op)]
                return f"{self.fenced(left, binds)} {sign} {self.fenced(right, binds + 1)}", binds
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sign, binds = _OPERATORS[type(op)]
                return f"{self.fenced(left, binds + 1)} {sign} {self.fenced(right, binds + 1)}", binds
            case ast.IfExp(test=test, body=body, orelse=other):
                then = self.fenced(body, _COMPARISON)
                return f"{self.fenced(test, _COMPARISON)} ? {then} : {self.read(other)[0]}", _CHOICE
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, arguments), _ATOM
            case _:
                return self.other(tree), _ATOM

    def fenced(self, tree: ast.expr, least: int) -> str:
        """The code, in parentheses if it binds less than it must."""
        text, binds = self.read(tree)
        return text if binds >= least else f"({text})"

    def name(self, name: str) -> str:
        """A constant or an operand."""
        return f"Math.{name}" if name in CONSTANTS else self.letters.get(name, name)

    def call(self, name: str, arguments: Sequence[ast.expr]) -> str:
        """A call of a row."""
        return f"value.{name}({', '.join(self.read(argument)[0] for argument in arguments)})"

    def other(self, tree: ast.expr) -> str:
        """Syntax of formulas on lists."""
        raise ValueError(f"{ast.unparse(tree)} cannot be written as JavaScript")


def _is_number(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and tree.value != 0


class _Lists(_Reader):
    """Writes the formulas of a row of lists; what is the same for all items is computed once.

    For `exp(x) / sum(exp(x))` it writes

        { const t1 = value.sum(x.map((_, j) => value.exp(x[j])));
          return x.map((_, i) => divide(value.exp(x[i]), t1)); }

    With `every`, for a row with an index, the results for all indices.
    """

    def __init__(self, rule: ListRule, every: bool = False) -> None:
        super().__init__(_letters([name.lstrip("*") for name in rule.arguments]))
        self.rule = rule
        self.length = f"{self.letters[rule.lists[0]]}.length"
        self.item = rule.index if every else "i"  # what the items of a result are counted by
        self.every = every
        self.counter = ""  # what counts the items of a list here
        self.computed: dict[str, str] = {}  # the names of what is computed once, by its code

    def value(self, text: str) -> str:
        """The body that computes the value."""
        tree = Formula(text).tree
        return self._returning(self._map(tree, self.item) if self.every else self.read(tree)[0])

    def partials(self, texts: Sequence[str]) -> str:
        """The body that computes the partial derivatives, in a row."""
        results = [
            f"...{self._map(Formula(text).tree, 'i')}" if argument[0] == "*" else text
            for argument, text in zip(self.rule.arguments, texts, strict=True)
        ]
        return self._returning(f"[{', '.join(results)}]")

    def _returning(self, result: str) -> str:
        lines = "".join(f"const {name} = {text}; " for text, name in self.computed.items())
        return f"{{ {lines}return {result}; }}"

    def _map(self, tree: ast.expr, counter: str) -> str:
        """A list of what the tree gives for each item."""
        if isinstance(tree, ast.Name) and tree.id in self.rule.lists:
            return self.letters[tree.id]
        outside, self.counter = self.counter, self.letters.get(counter, counter)
        text = self.read(tree)[0]
        counter, self.counter = self.counter, outside
        return f"{self.letters[self.rule.lists[0]]}.map((_, {counter}) => {text})"

    def name(self, name: str) -> str:
        of = super().name(name)
        return f"{of}[{self.counter}]" if self.counter and name in self.rule.lists else of

    def other(self, tree: ast.expr) -> str:
        match tree:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=which)):
                return f"{self.letters[name]}[{self.letters.get(which, which)}]"
            case _:
                return super().other(tree)

    def call(self, name: str, arguments: Sequence[ast.expr]) -> str:
        called = RULES.get(name)
        if name == "len":
            return self.length
        if not isinstance(called, ListRule):
            return super().call(name, arguments)
        if not called.index:
            pairs = zip(called.arguments, arguments, strict=False)
            given = ", ".join(self._map(a, "j") if of[0] == "*" else self.read(a)[0] for of, a in pairs)
            return self._once(f"value.{name}({given})", arguments)
        which, items = arguments
        assert isinstance(which, ast.Name)
        if which.id in ("i", "j", self.item):
            results = f"every.{name}({self._map(items, 'j')})"
            return f"{self._once(results, [items])}[{self.letters.get(which.id, which.id)}]"
        return self._once(f"value.{name}({self.name(which.id)}, {self._map(items, 'j')})", arguments)

    def _once(self, text: str, arguments: Sequence[ast.expr]) -> str:
        """The name of what is computed once; the code itself if it is another for each item."""
        names = {node.id for a in arguments for node in ast.walk(a) if isinstance(node, ast.Name)}
        return text if self.item in names else self.computed.setdefault(text, f"t{len(self.computed) + 1}")
