"""A row of the table: everything about one operation, and the code made from it.

Eager mode, higher derivatives, explanations, pictures, array programs and the tests all read a `Rule`;
no other module states a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .arithmetic import CONSTANTS, Function, divide, total
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
        reader, names = _READ_AS[kind]
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


def row(
    name: str,
    value: str | Function,
    /,
    *,
    symbol: str = "",
    written: str = "",
    domain: str = "",
    points: Sequence[Numbers] = (),
    defaults: Numbers = (),
    index: str = "",
    numeric: Mapping[str, str | Function] | None = None,
    branch_free: Sequence[str] = (),
    ieee: Function | None = None,
    operator: str = "",
    forms: str = "method function",
    reduction: str = "",
    numpy: str = "",
    array_api: str = "",
    special: str = "",
    **partials: str,
) -> FormulaRule:
    """Add an operation to the table: its value, and one partial derivative per operand.

    Args:
        name: The name of the function and of the row.
        value: A formula in the operands, or a Python function on floats.
        symbol: What a node's badge shows, the name if nothing is given.
        written: The operation as a person writes it, `name(operands)` if nothing is given.
        domain: Completes "the operation needs …" in errors.
        points: Operands at which the tests check the row.
        defaults: Values of the last operands.
        index: A leading operand that is a whole number and never differentiated.
        numeric: By operand, or `y` for the value, a formula that is the same in mathematics and
            better in floats; or, for the value, a Python function.
        branch_free: Value and partials without conditions, for arrays.
        ieee: The value where the Python function raises, instead of inf for an overflow and nan.
        operator: The operator of Python's that stands for the operation.
        forms: How users call it: of "operator", "method" and "function" those that exist.
        reduction: The row of lists that takes over if there are more than two operands.
        numpy: NumPy's name; for a function of Python's `math`, `name` if nothing is given.
        array_api: An expression in the Array API standard, if there is no function of that name.
        special: The name in scipy.special, if array libraries keep the function there.
        partials: The partial derivatives, as formulas in the operands and `y`, the value.

    Raises ValueError if a formula cannot be read, reads a name that is neither an operand nor `y`
    (which is how a forgotten partial shows itself) or calls a function that is not a row above; if a
    point, the defaults or the branch-free formulas do not fit the operands; if the name is taken.
    """
    if not numpy and not special and getattr(value, "__module__", "") == "math":
        numpy = name
    options: dict[str, Any] = {
        "symbol": symbol,
        "written": written,
        "domain": domain,
        "points": points,
        "defaults": defaults,
        "forms": forms,
        "operator": operator,
        "reduction": reduction,
        "numpy": numpy,
        "array_api": array_api,
        "special": special,
    }
    return formula_row(name, value, partials, index, numeric or {}, branch_free, ieee, **options)


def formula_row(
    name: str,
    value: str | Function,
    partials: Mapping[str, str | Function],
    index: str = "",
    numeric: Mapping[str, str | Function] | None = None,
    branch_free: Sequence[str] = (),
    ieee: Function | None = None,
    **options: Any,
) -> FormulaRule:
    """`row`, with the partials as a mapping, so that an operand may have any name.

    A partial may also be a function of (y, *operands) that takes floats and Values.
    """
    operands = (index, *partials) if index else tuple(partials)
    if name in RULES:
        raise ValueError(f"the table already has a row {name!r}")
    if not partials:
        raise ValueError(f"row {name!r}: state a partial derivative for each operand")
    call = f"{name}({', '.join(operands)})"
    better = {"" if of == "y" else of: given for of, given in (numeric or {}).items()}
    on_floats = next((f for f in (better.get(""), value) if callable(f)), None)
    for of in better.keys() - {"", *partials}:
        raise ValueError(f"row {name!r}: a numeric formula for {of!r}, which is not an operand")
    stated = {of: p if isinstance(p, str) else _called(name, of, p, operands) for of, p in partials.items()}
    parsed = {
        of: Formula(given) for of, given in ({"": value if isinstance(value, str) else call} | stated).items()
    }
    computed = parsed | {
        of: Formula(given if isinstance(given, str) else call) for of, given in better.items()
    }
    defaults: dict[str, Any] = {**options}
    defaults["symbol"] = options.get("symbol") or name
    defaults["written"] = options.get("written") or f"{name}({', '.join(operands)})"
    rule = FormulaRule(
        name=name,
        operands=operands,
        value=computed[""],
        partials=tuple(computed[of] if of in computed else Formula("0") for of in operands),
        shown=tuple(parsed[of] if of in parsed else Formula("0") for of in ("", *operands)),
        branch_free=tuple(map(Formula, branch_free)),
        index_operands=int(bool(index)),
        **defaults,
    )
    formulas = [*parsed.values(), *computed.values(), *rule.branch_free]
    add(rule, lambda: _validate(rule, formulas, on_floats is not None), on_floats, ieee)
    return rule


def _called(name: str, operand: str, partial: Function, operands: Sequence[str]) -> str:
    """The formula that calls a partial derivative given as a function."""
    called = f"{name}_by_{operand}"
    FLOATS[called], IEEE_FLOATS[called], VALUES[called] = partial, total(partial), partial
    return f"{called}({', '.join(('_y' if 'y' in operands else 'y', *operands))})"


def _validate(rule: FormulaRule, formulas: Sequence[Formula], is_python: bool) -> None:
    """Refuse a row that is not whole."""
    name, n = rule.name, len(rule.operands)
    values = (rule.shown[0], rule.value, *rule.branch_free[:1])
    for formula in formulas:
        known = rule.operands if formula in values else (*rule.operands, rule.result)
        for unknown in sorted(set(formula.names) - set(known)):
            raise ValueError(
                f"row {name!r}: {formula.text!r} reads {unknown!r}, but there is no partial "
                f"derivative {unknown}=…; operands are {', '.join(rule.operands)}"
            )
        if name in formula.functions and not is_python and formula in values:
            raise ValueError(f"row {name!r}: {formula.text!r} calls itself")
    check_calls(rule, formulas)
    if any(len(point) != n for point in rule.points):
        raise ValueError(f"row {name!r}: every point needs {n} operands")
    if len(rule.defaults) >= n:
        raise ValueError(f"row {name!r}: {len(rule.defaults)} defaults for {n} operands")
    if rule.branch_free and len(rule.branch_free) != n + 1:
        raise ValueError(f"row {name!r}: branch_free needs a value and {n} partials")
    for formula in rule.branch_free:
        if not formula.is_branch_free:
            raise ValueError(f"row {name!r}: {formula.text!r} is not free of branches")


def check_calls(rule: Rule, formulas: Sequence[Formula]) -> None:
    """Raise ValueError if a formula of the row calls a function that is not a row."""
    for formula in formulas:
        for unknown in sorted(formula.functions - VALUES.keys() - {rule.name}):
            raise ValueError(
                f"row {rule.name!r}: {formula.text!r} calls {unknown!r}, which is not an operation"
            )


# The rows of the table itself are checked by the tests and when the code is generated from them, not on
# every import; rows added later are checked immediately.
_unchecked: list[Callable[[], None]] = []
_table_ended = False


def end_of_table() -> None:
    """From now on, rows are checked when they are added."""
    global _table_ended
    _table_ended = True


def check_table() -> None:
    """Raise ValueError if a row of the table is not whole."""
    for check in _unchecked:
        check()


def add(
    rule: Rule,
    check: Callable[[], None],
    on_floats: Function | None = None,
    ieee: Function | None = None,
) -> None:
    """Put a row into the table, where formulas of other rows may call it by name."""
    if _table_ended:
        check()
    else:
        _unchecked.append(check)
    RULES[rule.name] = VALUES[rule.name] = rule
    if on_floats:
        FLOATS[rule.name], IEEE_FLOATS[rule.name] = on_floats, total(on_floats, ieee)
    else:
        FLOATS[rule.name], IEEE_FLOATS[rule.name] = _later(rule, "evaluate"), _later(rule, "evaluate_ieee")


def _later(rule: Rule, kind: str) -> Function:
    """A function of a row whose code is written when it is first called."""

    def evaluate(*operands: float) -> float:
        return getattr(rule, kind)(*operands)

    return evaluate
