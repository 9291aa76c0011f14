"""A row of the table: everything about one operation, and the code made from it.

Eager mode, higher derivatives, explanations, pictures, array programs and the tests all read a `Rule`;
no other module states a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .arithmetic import CONSTANTS, divide
from .formulas import Formula, code, function

# The functions that formulas call, once per reader. They hold mathematics only: rows add themselves.
FLOATS: dict[str, Any] = {**CONSTANTS, "len": len}
IEEE_FLOATS: dict[str, Any] = {**CONSTANTS, "len": len, "divide": divide}
VALUES: dict[str, Any] = {**CONSTANTS, "len": len}
ARRAYS: dict[str, Any] = {**CONSTANTS}  # filled by `autograd.compiler.arrays`

Numbers = tuple[float, ...]
Formulas = tuple[Formula, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rule:
    """One operation; called, it is applied to Values and numbers.

    `evaluate(*operands)` is the value and `differentiate(y, *operands)` the local derivatives (one
    per operand, in operand order) on floats; both raise if Python's arithmetic does. Their `_ieee`
    twins return inf or nan instead. `differentiate_values(y, *operands, wanted=…)` is the same on
    Values, with None for an operand that is not wanted: a derivative that nobody asks for must not
    raise (that of `(-2)**b` with respect to b, say).

    `shown` is the value and the partial derivatives as a textbook states them. `evaluate` and
    `differentiate` compute the same with more care for rounding.

    >>> from autograd import RULES
    >>> RULES["mul"].evaluate(3.0, 5.0), RULES["mul"].differentiate(15.0, 3.0, 5.0)
    (15.0, (5.0, 3.0))
    >>> RULES["tanh"].shown[1].text
    '1 - y * y'
    """

    apply: ClassVar[Callable[..., Any]]  # set by `autograd.operations.apply`, a layer above
    on_lists: ClassVar[bool] = False  # a `ListRule`

    name: str
    symbol: str  # on a node's badge: "×", "tanh"
    written: str = ""  # as a person writes it: "a + b", "|x|", "arcsin(x)"
    domain: str = ""  # completes the sentence "the operation needs …"
    points: Sequence[Numbers] = ()  # operands at which tests check the row
    index_operands: int = 0  # how many leading operands are whole numbers, never Values
    shown: Formulas = ()  # value, and one partial derivative per operand that has one
    operator: str = ""  # Python's: "+", "unary -"
    forms: str = ""  # how users call it: "operator", "method", "function"
    evaluate: Callable[..., float] = field(init=False, repr=False)
    evaluate_ieee: Callable[..., float] = field(init=False, repr=False)
    differentiate: Callable[..., Numbers] = field(init=False, repr=False)
    differentiate_ieee: Callable[..., Numbers] = field(init=False, repr=False)
    differentiate_values: Callable[..., tuple[Any, ...]] = field(init=False, repr=False)
    evaluate_arrays: Callable[..., Any] = field(init=False, repr=False)
    differentiate_arrays: Callable[..., Any] = field(init=False, repr=False)

    def __call__(self, *operands: Any) -> Any:
        """The result for these operands: a Value, or a float without a Value among them."""
        return Rule.apply(self, *operands)

    @property
    def function(self) -> Callable[..., Any]:
        """The operation as `autograd` has it: on Values and numbers, with its defaults."""
        return VALUES[self.name]

    def generate(self, kind: str, parameters: str, body: str, names: dict[str, Any]) -> Callable[..., Any]:
        """Write and keep the function `kind`, whose body returns a result."""
        source = f"def {kind}({parameters}):\n{body}\n"
        written = function(source, kind, names, where=f"autograd rule {self.name}, {kind}")
        object.__setattr__(self, kind, written)
        return written


@dataclass(frozen=True, eq=False, kw_only=True)
class FormulaRule(Rule):
    """An operation of a fixed number of operands.

    The `_arrays` functions compute on whole arrays (`autograd.compiler.arrays`), both branches of
    every condition; with `quick`, by the branch-free formulas.

    >>> from autograd import RULES
    >>> rule = RULES["div"]
    >>> rule.operands, rule.value.text, [partial.text for partial in rule.partials]
    (('a', 'b'), 'a / b', ['1 / b', '-y / b'])
    """

    operands: tuple[str, ...]
    value: Formula  # what is computed: `shown`, unless the row states `numeric` formulas
    partials: Formulas  # with respect to each operand; 0 for an index operand
    defaults: Numbers = ()  # of the last operands, as in leaky_relu(x, slope=0.01)
    # Value and partials without branches, for arrays: right unless an infinity or nan comes of them.
    branch_free: Formulas = ()
    reduction: str = ""  # the row of lists that takes more than two operands
    numpy: str = ""  # NumPy's name, also of the method that NumPy calls on an array of objects
    array_api: str = ""  # an expression of the Array API standard, with {0} for the first operand
    special: str = ""  # the name in scipy.special, torch.special, jax.scipy.special

    @property
    def is_native(self) -> bool:
        """Whether arrays have a function for it, or it is a Python function: not written out as a formula."""
        return bool(self.numpy or self.special) or self.name in self.value.functions

    @property
    def result(self) -> str:
        """The name of the value in formulas: y, unless an operand has that name."""
        return "y" if "y" not in self.operands else "_y"

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        """The code for `kind` is written from the formulas when it is first asked for."""
        if kind not in _READ_AS:
            raise AttributeError(kind)
        return self._write(kind, *_READ_AS[kind])

    def freeze(self) -> None:
        """Compute from now on as now, though a function that the formulas call may be defined again."""
        for kind, (reader, names) in _READ_AS.items():
            if reader != "arrays":
                self._write(kind, reader, names.copy())

    def _write(self, kind: str, reader: str, names: dict[str, Any]) -> Callable[..., Any]:
        parameters = ", ".join(self.operands)
        if kind.startswith("evaluate"):
            body = code(self.value.tree, reader)
            if kind == "evaluate_arrays" and self.branch_free:
                body = f"({code(self.branch_free[0].tree, reader)}) if quick else {body}"
        else:
            parameters = f"{self.result}, {parameters}"
            written = [code(partial.tree, reader) for partial in self.partials]
            if kind == "differentiate_values":
                written = [f"({text}) if wanted[{slot}] else None" for slot, text in enumerate(written)]
                parameters += f", *, wanted=({'True, ' * len(self.operands)})"
            body = f"({', '.join(written)},)"
            if kind == "differentiate_arrays" and self.branch_free:
                quick = ", ".join(code(partial.tree, reader) for partial in self.branch_free[1:])
                body = f"({quick},) if quick else {body}"
        if reader == "arrays":
            parameters += ", *, quick=False"
        return self.generate(kind, parameters, f"    return {body}", names)


# The functions that a row writes from its formulas: how the formula is read, and what its names mean.
_READ_AS: dict[str, tuple[str, dict[str, Any]]] = {
    "evaluate": ("floats", FLOATS),
    "evaluate_ieee": ("ieee", IEEE_FLOATS),
    "differentiate": ("floats", FLOATS),
    "differentiate_ieee": ("ieee", IEEE_FLOATS),
    "differentiate_values": ("values", VALUES),
    "evaluate_arrays": ("arrays", ARRAYS),
    "differentiate_arrays": ("arrays", ARRAYS),
}

RULES: dict[str, Rule] = {}
