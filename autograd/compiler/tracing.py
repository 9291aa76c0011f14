"""Calling a function once to see what it does with any numbers, not with these.

Inputs and parameters are `Traced` values in this one call: they have no number, and record what is
done with them. So both branches of a `where` are recorded and nothing can overflow. What needs a
number, or a truth value, is refused: the program would keep the choice that one example made.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from math import copysign
from typing import Any, NoReturn

from ..functional.containers import leaves, like, names
from ..nodes.errors import at, user_line
from ..nodes.modes import _Block, current_scope, open_scopes, paused_collector, scope
from ..nodes.numbers import require_value, to_float
from ..operations.apply import apply_operator
from ..table.formulas import Formula
from ..table.row import RULES, FormulaRule, Rule
from ..value import Value

# (rule, operands by number), or a leaf: ("param", index), ("input", argument, index),
# ("constant", number, its sign, which tells 0.0 from -0.0)
Node = tuple[Any, ...]
new = object.__new__


def _refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
    raise TypeError(
        "this number depends on an input or a parameter of the function being compiled, so it has no "
        "value and no truth value yet: `if`, `while`, `max(…)` or `float(…)` would keep what one example "
        "chose. Write where(condition, a, b), relu, maximum, minimum or clip." + at(user_line())
    )


def _comparison(name: str, symbol: str, value: str) -> FormulaRule:
    """A row that only traces have: on Values as such a comparison is one of Python's booleans."""
    flat = (Formula("0"), Formula("0"))
    return FormulaRule(name=name, symbol=symbol, operands=("a", "b"), value=Formula(value), partials=flat)


COMPARISONS = {
    "less": _comparison("less", "<", "1 if a < b else 0"),
    "less_equal": _comparison("less_equal", "≤", "1 if a <= b else 0"),
    "greater": _comparison("greater", ">", "1 if a > b else 0"),
    "greater_equal": _comparison("greater_equal", "≥", "1 if a >= b else 0"),
    "equal": _comparison("equal", "=", "1 if a == b else 0"),
    "not_equal": _comparison("not_equal", "≠", "0 if a == b else 1"),
}
_MUL, _POW, _WHERE = RULES["mul"], RULES["pow"], RULES["where"]


class Trace:
    """What one call recorded: every expression once, operands before what uses them."""

    def __init__(self) -> None:
        self.nodes: dict[Node, Traced] = {}
        self.scopes: dict[int, scope] = {}  # of the nodes that were made inside one
        self.choices: set[int] = set()  # the comparisons, which are 0 or 1
        self.operations = 0  # as the user wrote them

    def node(self, key: Node) -> Traced:
        """The node for `key`, which may be there already."""
        nodes = self.nodes
        found = nodes.get(key)
        if found is None:
            made = new(Traced)
            made.first = len(nodes)
            made.second = self
            made.rule = None
            made.label = ""
            nodes[key] = made
            if open_scopes and (place := current_scope()):
                self.scopes[made.first] = place
            return made
        return found

    def number_of(self, operand: Any) -> int:
        """The number of an operand's node; what is not traced is a constant."""
        if operand.__class__ is Traced:
            return operand.first
        constant: float = operand._data if isinstance(operand, Value) else to_float(operand, "an operand")
        return self.node(("constant", constant, copysign(1.0, constant))).first

    def operation(self, rule: Rule, operands: Sequence[Any]) -> Any:
        """The node of an operation; None leaves one without anything traced to eager mode."""
        if rule is _WHERE:
            return self.choice(*operands)
        if not any(operand.__class__ is Traced for operand in operands):
            return None
        self.operations += 1
        return self.node((rule, *map(self.number_of, operands)))

    def choice(self, condition: Any, a: Any, b: Any) -> Any:
        """`where`: both branches are recorded, unless the condition is known already."""
        if condition.__class__ is not Traced:
            taken = a if condition else b
            value = taken() if callable(taken) else taken
            return value if isinstance(value, Value) else to_float(value, "where: the branch taken")
        self.operations += 1
        truth: Any = condition if condition.first in self.choices else condition != 0.0
        branches = [branch() if callable(branch) else branch for branch in (a, b)]
        return self.node((_WHERE, truth.first, *map(self.number_of, branches)))


def _operator(rule: Rule, reverse: bool = False) -> Any:
    def method(self: Traced, other: Any) -> Any:
        trace: Trace = self.second
        if other.__class__ is Traced:
            b = other.first
        elif other.__class__ is float:
            b = trace.number_of(other)
        else:
            return apply_operator(rule, other, self) if reverse else apply_operator(rule, self, other)
        trace.operations += 1
        key = (rule, b, self.first) if reverse else (rule, self.first, b)
        if rule is _MUL and b == self.first:  # x·x and x² are one expression
            key = (_POW, b, trace.number_of(2.0))
        found = trace.nodes.get(key)
        return trace.node(key) if found is None else found

    return method


def _compare(name: str) -> Any:
    rule = COMPARISONS[name]

    def method(self: Traced, other: Any) -> Traced:
        trace: Trace = self.second
        made = trace.node((rule, self.first, trace.number_of(other)))
        trace.choices.add(made.first)
        return made

    return method


class Traced(Value):
    """A number that is known only when the program runs.

    It is no node of a graph, so two of a Value's slots have other contents: `first` is its number
    in a `Trace`, `second` the trace.
    """

    __slots__ = ()

    __add__, __radd__ = _operator(RULES["add"]), _operator(RULES["add"], reverse=True)
    __sub__, __rsub__ = _operator(RULES["sub"]), _operator(RULES["sub"], reverse=True)
    __mul__, __rmul__ = _operator(_MUL), _operator(_MUL, reverse=True)
    __truediv__, __rtruediv__ = _operator(RULES["div"]), _operator(RULES["div"], reverse=True)
    __lt__, __le__ = _compare("less"), _compare("less_equal")
    __gt__, __ge__ = _compare("greater"), _compare("greater_equal")
    __eq__, __ne__ = _compare("equal"), _compare("not_equal")  # pyright: ignore
    __hash__ = Value.__hash__

    __bool__ = __float__ = __int__ = __trunc__ = __floor__ = __ceil__ = _refuse
    __round__ = __format__ = __copy__ = __deepcopy__ = __reduce__ = _refuse  # pyright: ignore
    backward = zero_grad = detach = _refuse  # pyright: ignore
    _data = data = grad = operands = parents = local_derivatives = property(_refuse, _refuse)  # pyright: ignore

    def __repr__(self) -> str:
        return f"Traced({self.label!r})" if self.label else "Traced()"


@contextmanager
def _tracing(trace: Trace, params: Sequence[Value]) -> Generator[None]:
    """In this block the parameters are Traced and operations on what is traced are recorded."""
    kinds = [param.__class__ for param in params]
    try:
        for i, param in enumerate(params):
            param.__class__ = Traced
            param.first, param.second = i, trace
            trace.nodes["param", i] = param  # type: ignore[assignment]
        with paused_collector(), _Block(tracer=trace.operation, ieee=True, recording=True):
            yield
    finally:
        for param, kind in zip(params, kinds):
            param.__class__ = kind
            param.first = param.second = None


def trace_call(
    f: Callable[..., Any], inputs: Sequence[Any], params: Any
) -> tuple[Trace, int, list[int], Any]:
    """Call `f` once with traced inputs: the trace, the cost, the outputs by number and as they came.

    Raises TypeError where an input is no number or a parameter no Value, where f needs the number
    of something traced, and where it returns no cost; ValueError for a parameter that is not a
    leaf, or is given twice.
    """
    if not hasattr(inputs, "__iter__"):
        raise TypeError(f"inputs must be a list with one entry for each argument of f, not {inputs!r:.80}")
    parameters = leaves(params)
    for i, param in enumerate(parameters):
        if param.__class__ is not Value or param.rule is not None:
            name = names(params, "params")[i]
            require_value(param, name)
            if param.__class__ is Traced:
                raise ValueError(f"{name} is a parameter of a function that is being compiled")
            raise ValueError(f"{name} is the result of {param.op!r}; a parameter is a leaf")
    if len(set(parameters)) < len(parameters):
        raise ValueError("a parameter is in params twice; list each Value once")
    for k, given in enumerate(inputs):
        for i, leaf in enumerate(leaves(given)):
            if leaf.__class__ is not float:
                name = names(given, f"inputs[{k}]")[i]
                if isinstance(leaf, Value):
                    raise TypeError(
                        f"{name} is a Value: inputs are numbers; what to differentiate by is one of params"
                    )
                to_float(leaf, name)
    trace = Trace()
    with _tracing(trace, parameters):
        arguments = [
            like(given, [trace.node(("input", k, i)) for i in range(len(leaves(given)))])
            for k, given in enumerate(inputs)
        ]
        result: Any = f(*arguments)
        cost, outputs = result if result.__class__ is tuple and len(result) == 2 else (result, ())
        if not isinstance(cost, Value | float | int):
            raise TypeError(f"f must return the cost, or (cost, outputs), not {result!r:.80}")
        for name, output in zip(names(outputs, "outputs"), leaves(outputs), strict=True):
            if not isinstance(output, Value):
                to_float(output, f"f: {name}")
        numbers = [trace.number_of(output) for output in leaves(outputs)]
        return trace, trace.number_of(cost), numbers, outputs
