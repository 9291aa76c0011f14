"""What one row of the table holds, and the code that is made from it.

Eager mode, higher derivatives, explanations and the tests all read a `Rule`; nobody
else states a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .arithmetic import CONSTANTS, IEEE, STRICT
from .formulas import Formula, array_code, float_code, function, ieee_code, value_code

# What the names in formulas mean, once per reader. Rows add themselves; operations on Values
# and on arrays are added where they are made.
FLOATS: dict[str, Any] = {**STRICT, **CONSTANTS}
IEEE_FLOATS: dict[str, Any] = {**IEEE, **CONSTANTS}
VALUES: dict[str, Any] = {**CONSTANTS}
ARRAYS: dict[str, Any] = {**CONSTANTS}

Numbers = tuple[float, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule:
    """One operation.

    `evaluate(*operands)` is the value and `differentiate(y, *operands)` the local derivatives (one
    per operand, in operand order) on floats; both raise where Python's arithmetic does. Their
    `_ieee` twins return inf or nan there. `differentiate_values(y, *operands, wanted=…)` is the
    same formulas on Values, with None for an operand that is not wanted: a derivative that nobody
    asks for must not raise (the one of `(-2)**b` by b, say). The `_arrays` twins compute on whole arrays
    (`autograd.compiler.arrays`), both branches of every condition; with `quick`, by the row's quick formulas.

    >>> from autograd import RULES
    >>> RULES["mul"].evaluate(3.0, 5.0), RULES["mul"].differentiate(15.0, 3.0, 5.0)
    (15.0, (5.0, 3.0))
    """

    name: str
    symbol: str  # on a node's badge: "×", "tanh"
    domain: str = ""  # completes the sentence "the operation needs …"
    points: Sequence[Numbers] = ()  # operands at which tests hold the row to account
    evaluate: Callable[..., float] = field(init=False, repr=False)
    evaluate_ieee: Callable[..., float] = field(init=False, repr=False)
    differentiate: Callable[..., Numbers] = field(init=False, repr=False)
    differentiate_ieee: Callable[..., Numbers] = field(init=False, repr=False)
    differentiate_values: Callable[..., tuple[Any, ...]] = field(init=False, repr=False)
    evaluate_arrays: Callable[..., Any] = field(init=False, repr=False)
    differentiate_arrays: Callable[..., Any] = field(init=False, repr=False)

    @property
    def function(self) -> Callable[..., Any] | None:
        """The operation on Values and numbers, as `autograd.tanh`; None for an operator, as `-x`."""
        return VALUES.get(self.name)


@dataclass(frozen=True, eq=False, kw_only=True)
class FormulaRule(Rule):
    """An operation of a fixed number of operands, stated as formulas.

    >>> from autograd import RULES
    >>> rule = RULES["div"]
    >>> rule.operands, rule.value.text, [partial.text for partial in rule.partials]
    (('a', 'b'), 'a / b', ['1 / b', '-y / b'])
    """

    operands: tuple[str, ...]
    value: Formula
    partials: tuple[Formula, ...]
    shown: tuple[Formula, ...] = ()  # value and partials as people read them, where floats compute others
    defaults: Numbers = ()  # of the last operands, as in leaky_relu(x, slope=0.01)
    # Value and partials without branches, for arrays: right wherever no infinity or nan comes of them.
    quick: tuple[Formula, ...] = ()

    def __post_init__(self) -> None:
        if not self.shown:
            object.__setattr__(self, "shown", (self.value, *self.partials))

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        """The code for `kind` is written from the formulas when it is first asked for."""
        parameters, wanted = ", ".join(self.operands), ""
        if kind == "evaluate":
            body, names = float_code(self.value), FLOATS
        elif kind == "evaluate_ieee":
            body, names = ieee_code(self.value), IEEE_FLOATS
        elif kind == "differentiate":
            body, names = self._tuple(float_code), FLOATS
        elif kind == "differentiate_ieee":
            body, names = self._tuple(ieee_code), IEEE_FLOATS
        elif kind == "differentiate_values":
            slots = iter(range(len(self.partials)))
            body = self._tuple(lambda partial: f"({value_code(partial)}) if wanted[{next(slots)}] else None")
            names, wanted = VALUES, f", *, wanted=({'True, ' * len(self.operands)})"
        elif kind == "evaluate_arrays":
            body, names = array_code(self.value), ARRAYS
            wanted = ", *, quick=False"
            if self.quick:
                body = f"({array_code(self.quick[0])}) if quick else {body}"
        elif kind == "differentiate_arrays":
            body, names = self._tuple(array_code), ARRAYS
            wanted = ", *, quick=False"
            if self.quick:
                body = f"{self._tuple(array_code, self.quick[1:])} if quick else {body}"
        else:
            raise AttributeError(kind)
        if kind.startswith("differentiate"):
            parameters = f"y, {parameters}"
        parameters += wanted
        source = f"def {kind}({parameters}):\n    return {body}\n"
        made = function(source, kind, names, where=f"autograd rule {self.name}, {kind}")
        object.__setattr__(self, kind, made)
        return made

    def _tuple(self, read: Callable[[Formula], str], partials: Sequence[Formula] = ()) -> str:
        return "(" + "".join(f"{read(partial)}, " for partial in partials or self.partials) + ")"


@dataclass(frozen=True, eq=False, kw_only=True)
class VariadicRule(Rule):
    """An operation on lists of operands; `equation` and `partial` say it in formulas.

    `arguments` names what it takes, a star before a list: lists have one length, and the operands
    are their items in a row. `evaluate_lists(*arguments)` and `differentiate_lists(y, *arguments)`,
    which gives a list of derivatives for a list, are what such a row states; the functions of flat
    operands that every row has follow from them. `…_of_values` is the same on Values.

    >>> from autograd import RULES
    >>> dot = RULES["dot"]
    >>> dot.arguments, dot.evaluate_lists([2.0, -1.0], [3.0, 4.0], 1.0)
    (('*ws', '*xs', 'bias'), 3.0)
    >>> dot.differentiate(3.0, 2.0, -1.0, 3.0, 4.0, 1.0)
    (3.0, 4.0, 2.0, -1.0, 1.0)
    """

    equation: str
    partial: str
    arguments: tuple[str, ...]
    constants: int = 0  # how many leading operands are numbers that choose, never Values
    vector: bool = False  # whether the array code gives all results of a list at once, not the chosen one
    evaluate_lists: Callable[..., float]
    differentiate_lists: Callable[..., tuple[Any, ...]]
    differentiate_lists_of_values: Callable[..., tuple[Any, ...]]
    # On arrays of lists (L, n) and `chosen`, 1 where the constant points to; the results are (L, 1), or
    # (L, n) for a vector. `differentiate_arrays(cotangent, x, chosen)` is the cotangent of the lists.
    evaluate_arrays: Callable[..., Any] = field(repr=False)
    differentiate_arrays: Callable[..., Any] = field(repr=False)

    def evaluate(self, *operands: float) -> float:
        """The value at the operands, in a row."""
        return self.evaluate_lists(*self.group_operands(operands))

    def differentiate(self, y: float, *operands: float) -> Numbers:
        """The local derivatives, one per operand."""
        return self.flatten(self.differentiate_lists(y, *self.group_operands(operands)))

    def differentiate_values(self, y: Any, *operands: Any, wanted: Sequence[bool] = ()) -> tuple[Any, ...]:
        """The local derivatives as Values; none of them can raise, so all are computed."""
        return self.flatten(self.differentiate_lists_of_values(y, *self.group_operands(operands)))

    evaluate_ieee, differentiate_ieee = evaluate, differentiate

    def group_operands(self, operands: Sequence[Any]) -> list[Any]:
        """The arguments of which these are the operands."""
        lists = sum(name.startswith("*") for name in self.arguments)
        size = (len(operands) - len(self.arguments) + lists) // lists
        given: list[Any] = []
        start = 0
        for name in self.arguments:
            if name.startswith("*"):
                given.append(operands[start : start + size])
                start += size
            else:
                given.append(operands[start])
                start += 1
        return given

    def flatten(self, arguments: Iterable[Any]) -> tuple[Any, ...]:
        """The operands, or one number for each, in a row."""
        pairs = zip(self.arguments, arguments, strict=True)
        return tuple(item for name, given in pairs for item in (given if name.startswith("*") else (given,)))


RULES: dict[str, Rule] = {}


def row(
    name: str,
    value: str,
    /,
    *,
    symbol: str = "",
    domain: str = "",
    points: Sequence[Numbers] = (),
    defaults: Numbers = (),
    quick: Sequence[str] = (),
    numeric: Mapping[str, str] | None = None,
    **partials: str,
) -> FormulaRule:
    """Add an operation to the table: its value, and one partial derivative per operand.

    `numeric` has, by operand or `y` for the value, what is the same in mathematics and better in floats.
    Raises ValueError where a formula reads a name that is neither an operand nor `y`, which is
    also how a forgotten partial shows itself.
    """
    operands = tuple(partials)
    stated = {"y": value, **partials}
    formula, *derivatives = (Formula(text) for text in (stated | dict(numeric or {})).values())
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

    rule = FormulaRule(
        name=name,
        symbol=symbol or name,
        domain=domain,
        points=points,
        operands=operands,
        value=formula,
        partials=tuple(derivatives),
        shown=tuple(map(Formula, stated.values())) if numeric else (),
        defaults=defaults,
        quick=tuple(map(Formula, quick)),
    )
    add(rule)
    return rule


def add(rule: Rule) -> None:
    """Put a row into the table, where formulas of later rows may call it by name."""
    RULES[rule.name] = rule
    if rule.name not in FLOATS:
        FLOATS[rule.name], IEEE_FLOATS[rule.name] = rule.evaluate, rule.evaluate_ieee
