"""Operations on lists: each is a single node, however many operands there are.

They are stated by formulas too, which read lists item by item. In a partial derivative a list's name
stands for its item number i, the one that the derivative is taken with respect to, and `x[k]` for the
item number k. A call of another row of lists, `sum(exp(x))`, takes all items of what is inside, where
j counts them. A row with an index, as softmax(k, x), gives one of its results; `softmax(i, x)` is
result number i.

    list_row("norm", "sqrt(sum(x * x))", x="0 if y == 0 else x / y")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .adding import add, check_calls
from .formulas import Formula
from .list_code import Arguments, ListCode, array_code
from .row import ARRAYS, FLOATS, RULES, VALUES, Formulas, Numbers, Rule

Stated = str | Callable[..., Any]
# The lists at which rows are checked that don't say where.
LISTS = ((0.5, -1.2, 3.0), (2.0,), (1.0, 1.0, 1.0, 1.0), (30.0, -20.0))


@dataclass(frozen=True, eq=False, kw_only=True)
class ListRule(Rule):
    """An operation on lists of operands.

    `arguments` names what it takes, a star before a list: lists have one length, and the operands
    are their items in a row. `evaluate_lists(*arguments)` and `differentiate_lists(y, *arguments)`,
    which gives a list of derivatives for a list, compute on lists of floats;
    `differentiate_lists_of_values` is the same on Values. The functions of flat operands that every
    row has follow from them.

    >>> from autograd import RULES
    >>> dot = RULES["dot"]
    >>> dot.arguments, dot.evaluate_lists([2.0, -1.0], [3.0, 4.0], 1.0)
    (('*w', '*x', 'bias'), 3.0)
    >>> dot.differentiate(3.0, 2.0, -1.0, 3.0, 4.0, 1.0)
    (3.0, 4.0, 2.0, -1.0, 1.0)
    """

    on_lists: ClassVar[bool] = True
    arguments: tuple[str, ...]
    value: Stated  # what is computed: a formula's text, or a function of the arguments on floats
    partials: tuple[str, ...]  # formulas, one per argument that is not an index
    at_least: int = 1  # how many operands a list must have
    on_arrays: Formulas = ()  # value, and for a `vector` its pullback, where arrays need other formulas
    vector: bool = False  # whether the array code gives the results for all indices at once

    @property
    def lists(self) -> tuple[str, ...]:
        """The names of the arguments that are lists."""
        return tuple(name[1:] for name in self.arguments if name[0] == "*")

    @property
    def _read(self) -> Arguments:
        return Arguments(self.name, self.arguments, self.lists, self.index)

    @property
    def index(self) -> str:
        """The name of the index; "" without one."""
        return self.arguments[0] if self.index_operands else ""

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        """The code for `kind` is written from the formulas when it is first asked for."""
        if kind == "evaluate_lists" and callable(self.value):
            object.__setattr__(self, kind, self.value)
            return self.value
        names = [name.lstrip("*") for name in self.arguments]
        match kind:
            case "evaluate_lists":
                return self.generate(kind, ", ".join(names), self.list_code(kind), FLOATS)
            case "evaluate_all" if isinstance(self.value, str):  # the results for all indices, in a list
                return self.generate(kind, ", ".join(names[1:]), self.list_code(kind), FLOATS)
            case "differentiate_lists":
                return self.generate(kind, ", ".join(["y", *names]), self.list_code(kind), FLOATS)
            case "differentiate_lists_of_values":
                return self.generate(kind, ", ".join(["y", *names]), self.list_code(kind), VALUES)
            case "evaluate_arrays":
                stated = self.shown[0] if callable(self.value) else Formula(self.value)
                formula = self.on_arrays[0] if self.on_arrays else stated
                body = f"    return {array_code(self._read, self.vector, formula.tree)}"
                return self.generate(kind, f"{self.lists[0]}, chosen", body, ARRAYS)
            case "differentiate_arrays":
                (name,) = self.lists
                if self.vector:
                    passed = array_code(self._read, self.vector, self.on_arrays[1].tree)
                else:
                    partial = array_code(self._read, self.vector, Formula(self.partials[0]).tree)
                    passed = f"over(g * ({partial}), {name})"
                body = f"    y = evaluate({name}, chosen)\n    return {passed}"
                namespace = {**ARRAYS, "evaluate": self.evaluate_arrays}
                return self.generate(kind, f"g, {name}, chosen", body, namespace)
            case _:
                raise AttributeError(kind)

    def list_code(self, kind: str) -> str:
        """The body of one of the functions that read formulas item by item."""
        lists = ListCode(
            self._read, "values" if kind.endswith("values") else "floats", kind == "evaluate_all"
        )
        if kind.startswith("evaluate"):
            assert isinstance(self.value, str)
            return lists.value(self.value)
        return lists.partials([*(["0"] * self.index_operands), *self.partials])

    def evaluate(self, *operands: float) -> float:
        """The value at the operands, in a row."""
        return self.evaluate_lists(*self.group_operands(operands))

    def differentiate(self, y: float, *operands: float) -> Numbers:
        """The local derivatives, one per operand."""
        return self.flatten(self.differentiate_lists(y, *self.group_operands(operands)))

    def differentiate_values(self, y: Any, *operands: Any, wanted: Sequence[bool] = ()) -> tuple[Any, ...]:
        """The local derivatives as Values; none of them can raise, so all are computed."""
        return self.flatten(self.differentiate_lists_of_values(y, *self.group_operands(operands)))

    def evaluate_ieee(self, *operands: float) -> float:
        """`evaluate`, with inf or nan where it raises."""
        try:
            return self.evaluate(*operands)
        except (ArithmeticError, ValueError):
            return float("inf") if all(x == x for x in operands) else float("nan")

    def differentiate_ieee(self, y: float, *operands: float) -> Numbers:
        """`differentiate`, with nan where it raises."""
        try:
            return self.differentiate(y, *operands)
        except (ArithmeticError, ValueError):
            return (0.0,) * self.index_operands + (float("nan"),) * (len(operands) - self.index_operands)

    def group_operands(self, operands: Sequence[Any]) -> list[Any]:
        """The arguments of which these are the operands."""
        lists = len(self.lists)
        size = (len(operands) - len(self.arguments) + lists) // lists
        arguments: list[Any] = []
        start = 0
        for name in self.arguments:
            if name[0] == "*":
                arguments.append(operands[start : start + size])
                start += size
            else:
                arguments.append(operands[start])
                start += 1
        return arguments

    def flatten(self, arguments: Iterable[Any]) -> tuple[Any, ...]:
        """The operands, or one number for each, in a row."""
        pairs = zip(self.arguments, arguments, strict=True)
        return tuple(item for name, given in pairs for item in (given if name[0] == "*" else (given,)))


def list_row(
    name: str,
    value: str,
    /,
    *,
    index: str = "",
    scalars: Sequence[str] = (),
    numeric: Mapping[str, Stated] | None = None,
    on_arrays: Sequence[str] = (),
    at_least: int = 1,
    symbol: str = "",
    written: str = "",
    domain: str = "",
    points: Sequence[Numbers] = (),
    **partials: str,
) -> ListRule:
    """Add an operation on lists: its value, and a partial derivative per argument.

    Args:
        name: The name of the function and of the row.
        value: A formula of the arguments.
        index: A leading argument that is a whole number and chooses one of the results.
        scalars: The arguments that are one number, not a list.
        numeric: By argument, or `y` for the value, a formula that is the same in mathematics and better
            in floats; or, for the value, a Python function of the arguments.
        on_arrays: A formula of the value for arrays; and, so that all results are computed at once, of
            the pullback of their cotangents `g`.
        at_least: How many items a list must have.
        symbol: What a node's badge shows, the name if nothing is given.
        written: The operation as a person writes it, `name(x)` if nothing is given.
        domain: Completes "the operation needs …" in errors.
        points: Operands, in a row, at which the tests check the row; for one list the usual ones if nothing
            is given.
        partials: The partial derivatives, with respect to item i of a list.

    Raises ValueError if a formula cannot be read, reads an unknown name or calls a function that is not
    a row above; if the name is taken.
    """
    if name in RULES:
        raise ValueError(f"the table already has a row {name!r}")
    lists = [argument for argument in partials if argument not in scalars]
    arguments = ([index] if index else []) + [f"*{a}" if a in lists else a for a in partials]
    better = dict(numeric or {})
    computed = [better.get(argument, partial) for argument, partial in partials.items()]
    rule = ListRule(
        name=name,
        symbol=symbol or name,
        written=written or f"{name}(x)",
        domain=domain,
        points=points or (LISTS if len(arguments) == 1 else ()),
        index_operands=int(bool(index)),
        shown=tuple(map(Formula, (value, *partials.values()))),
        arguments=tuple(arguments),
        value=better.get("y", value),
        partials=tuple(text for text in computed if isinstance(text, str)),
        at_least=at_least,
        on_arrays=tuple(map(Formula, on_arrays)),
        vector=len(on_arrays) > 1,
        forms="function",
    )
    formulas = [Formula(text) for text in (rule.value, *rule.partials) if isinstance(text, str)]
    formulas += [*rule.shown, *rule.on_arrays]

    def on_lists(*arguments: Any) -> float:
        return rule.evaluate_lists(*arguments)

    def all_on_floats(xs: Sequence[float]) -> list[float]:
        return rule.evaluate_all(xs)

    def all_on_values(xs: Sequence[Any]) -> list[Any]:
        return [rule(float(k), *xs) for k in range(len(xs))]

    add(rule, lambda: _validate(rule, formulas), rule.value if callable(rule.value) else on_lists)
    if rule.index:
        FLOATS[f"all_{name}"], VALUES[f"all_{name}"] = all_on_floats, all_on_values
    return rule


def _validate(rule: ListRule, formulas: Sequence[Formula]) -> None:
    """Refuse a row that is not whole."""
    check_calls(rule, formulas)
    plain = {name.lstrip("*") for name in rule.arguments}
    for formula in formulas:
        for unknown in sorted(set(formula.names) - plain - {"y", "i", "j", "g"}):
            raise ValueError(
                f"row {rule.name!r}: {formula.text!r} reads {unknown!r}, which is not an argument"
            )
    lists, others = len(rule.lists), len(rule.arguments) - len(rule.lists)
    if any((len(point) - others) % lists for point in rule.points):
        raise ValueError(f"row {rule.name!r}: a point does not fill lists of one length")
