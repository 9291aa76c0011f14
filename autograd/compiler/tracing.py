"""Calling a function once to record what it does with any numbers, not with these.

In this one call inputs and parameters have no number, and what is done with them is recorded. So both
branches of a `where` are recorded and nothing can overflow. What needs a number, or a truth value, is
refused: the program would keep the choice that one example made. The user's Values stay as they are: a
`Trace` knows which node stands in for which parameter, and the transforms work inside the function as
they do outside, since a `Traced` value has parents like any other.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce
from math import copysign
from typing import Any, NoReturn

from ..nodes.lines import at, user_line
from ..nodes.numbers import to_float
from ..nodes.scopes import current_scope, open_scopes, scope
from ..operations.apply import apply_operator
from ..table.row import RULES, Rule
from ..value import Value
from .comparisons import COMPARISONS, DETACH

# (rule, operands by number), or a leaf: ("param", index), ("input", argument, index),
# ("constant", number, its sign, which tells 0.0 from -0.0)
Node = tuple[Any, ...]
new = Value.__new__


_MUL, _POW, _WHERE, _IDENTITY, _PROD = (RULES[name] for name in ("mul", "pow", "where", "identity", "prod"))

_ZEROS = {("constant", 0.0, 1.0), ("constant", -0.0, -1.0)}

NO_NUMBER = (
    "this number depends on an input or a parameter of the function being compiled, so it has no "
    "value and no truth value yet: `if`, `while`, `max(…)` or `float(…)` would keep what one example "
    "chose. Write where(condition, a, b), relu, maximum, minimum or clip, and autograd.exp for math.exp."
)
ELSEWHERE = (
    "this number was made while another function was compiled, or by an earlier call of this one, and has "
    "no value here: a cache, a list or an object kept it. Let f compute all that it uses from its inputs "
    "and parameters."
)
BEFOREHAND = (
    "{result} was computed from {param} before f was compiled: in the program it would be a constant, and "
    "{param} would get no gradient through it. Compute it in f; if a constant is meant, write .detach()."
)


def _refuse(self: Any, *_: Any, **__: Any) -> NoReturn:
    raise TypeError((NO_NUMBER if self.trace.is_open else ELSEWHERE) + at(user_line()))


class Trace:
    """The record of one call: every expression once, operands before what uses them."""

    def __init__(self, params: Sequence[Value]) -> None:
        self.numbers: dict[Node, Traced] = {}  # to find an expression that is there already
        self.nodes: list[Traced] = []
        self.keys: list[Node] = []  # of the nodes, when the trace is closed
        self.scopes: dict[int, scope] = {}  # of the nodes that were made inside one
        self.choices: set[int] = set()  # the comparisons, which are 0 or 1
        self.operations = 0  # as the user wrote them
        self.one = -1  # the number of the constant 1, if it is there
        self.is_open = True
        self.beforehand: dict[int, Value] = {}  # results from outside that depend on no parameter, by id
        self.labels: list[str] = [param.label for param in params]
        self.params = list(params)
        self.stand_ins = {id(param): self.fresh(("param", i)).number for i, param in enumerate(params)}

    def close(self) -> None:
        """Keep what was recorded, and nothing for what outlives the trace."""
        self.keys = [node.key for node in self.nodes]
        self.nodes, self.numbers, self.beforehand, self.is_open = [], {}, {}, False

    def node(self, key: Node) -> Traced:
        """The node for `key`, which may be there already."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = self.fresh(key)
        return found

    def fresh(self, key: Node) -> Traced:
        """A node of its own, even if there is another for the same expression."""
        if not self.is_open:
            raise TypeError(ELSEWHERE + at(user_line()))
        made = new(Traced)
        made.number = len(self.nodes)
        made.trace = self
        made.key = key
        made.rule = None if key[0].__class__ is str else key[0]
        made._label = ""
        self.nodes.append(made)
        if open_scopes and (place := current_scope()):
            self.scopes[made.number] = place
        return made

    def is_traced(self, operand: Any) -> bool:
        """Whether this is a node of a trace, or a parameter of this one."""
        return operand.__class__ is Traced or id(operand) in self.stand_ins

    def number_of(self, operand: Any) -> int:
        """The number of an operand's node; what is not traced is a constant."""
        if operand.__class__ is Traced:
            if operand.trace is not self:
                raise TypeError(ELSEWHERE + at(user_line()))
            return operand.number
        param = self.stand_ins.get(id(operand))
        if param is not None:
            return param
        if isinstance(operand, Value) and operand.rule is not None:
            self.refuse_beforehand(operand)
        constant: Any = operand._data if isinstance(operand, Value) else operand
        if constant.__class__ is not float:
            constant = to_float(operand, "an operand")
        return self.constant(constant)

    def constant(self, number: float) -> int:
        """The number of a constant's node."""
        made = self.node(("constant", number, copysign(1.0, number))).number
        if number == 1.0:
            self.one = made
        return made

    def refuse_beforehand(self, result: Value) -> None:
        """Raise TypeError if a result from outside, which would be a constant, depends on a parameter."""
        waiting = [result]
        while waiting:
            node = waiting.pop()
            if id(node) in self.stand_ins:
                name = node.label or f"params[{self.stand_ins[id(node)]}]"
                message = BEFOREHAND.format(result=result.label or f"a result of {result.op!r}", param=name)
                raise TypeError(message + at(user_line()))
            if id(node) not in self.beforehand:
                self.beforehand[id(node)] = node
                waiting.extend(node.parents)

    def operation(self, rule: Rule | str, operands: Sequence[Any]) -> Any:
        """The node of an operation, of a comparison or a `detach`, which come by name.

        None leaves one without anything traced to eager mode. Raises TypeError for what needs a number.
        """
        if rule is _WHERE:
            return self.choice(*operands)
        if rule is _IDENTITY:  # a transform's variable
            return self.fresh((rule, self.number_of(operands[0])))
        if not any(map(self.is_traced, operands)):
            return None
        if isinstance(rule, str):
            if rule in COMPARISONS:
                return self.comparison(rule, *operands)
            if rule != "detach":
                raise TypeError(NO_NUMBER + at(user_line()))
            rule = DETACH
        if rule is _PROD:  # arrays have products of two factors
            return reduce(operator.mul, operands)
        self.operations += 1
        return self.operate(rule, *map(self.number_of, operands))

    def operate(self, rule: Rule, *operands: int) -> Traced:
        """x·x and x² are one expression; of what derivatives are full of, 1·x and x¹ are x, and x⁰ is 1."""
        if rule is _MUL or rule is _POW:
            a, b = operands
            if b == self.one:
                return self.nodes[a]
            if rule is _MUL and a == self.one:
                return self.nodes[b]
            if rule is _MUL and a == b:
                return self.node((_POW, a, self.constant(2.0)))
            if rule is _POW and self.nodes[b].key in _ZEROS:
                return self.nodes[self.constant(1.0)]
        return self.node((rule, *operands))

    def comparison(self, name: str, a: Any, b: Any) -> Traced:
        """The node of a comparison, which is 0 or 1; whether one of these is 1 is itself."""
        if name == "equal" and b.__class__ is float and b == 1.0 and self.number_of(a) in self.choices:
            return self.nodes[self.number_of(a)]
        made = self.node((COMPARISONS[name], self.number_of(a), self.number_of(b)))
        self.choices.add(made.number)
        return made

    def choice(self, condition: Any, a: Any, b: Any) -> Any:
        """`where`: both branches are recorded, unless the condition is known already."""
        if not self.is_traced(condition):
            taken = a if condition else b
            value = taken() if callable(taken) else taken
            return value if isinstance(value, Value) else to_float(value, "where: the branch taken")
        self.operations += 1
        truth = self.number_of(condition)
        if truth not in self.choices:
            truth = self.comparison("not_equal", condition, 0.0).number
        branches = [self.number_of(branch() if callable(branch) else branch) for branch in (a, b)]
        return self.node((_WHERE, truth, *branches)) if len({*branches}) > 1 else self.nodes[branches[0]]


def _operator(rule: Rule, reverse: bool = False) -> Any:
    def method(self: Traced, other: Any) -> Any:
        trace: Trace = self.trace
        if other.__class__ is Traced and other.trace is trace:
            b = other.number
        elif (param := trace.stand_ins.get(id(other))) is not None:
            b = param
        elif other.__class__ is Traced or other.__class__ is float:
            b = trace.number_of(other)
        else:
            return apply_operator(rule, other, self) if reverse else apply_operator(rule, self, other)
        trace.operations += 1
        return trace.operate(rule, b, self.number) if reverse else trace.operate(rule, self.number, b)

    return method


def _compare(name: str) -> Any:
    def method(self: Traced, other: Any) -> Traced:
        return self.trace.comparison(name, self, other)

    return method


class Traced(Value):
    """A number that is known only when the program runs: node `number` of a trace, made as `key` says."""

    __slots__ = ("key", "number", "trace")

    key: Node
    number: int
    trace: Trace
    is_known = False
    first = second = d_first = d_second = scope = None  # pyright: ignore
    line = ""  # pyright: ignore

    @property
    def rest(self) -> Any:  # pyright: ignore
        """Operands, parents and no local derivatives: transforms make these from the row."""
        if self.rule is None:
            return None
        nodes: list[Traced] = [self.trace.nodes[number] for number in self.key[1:]]
        operands: list[Any] = [node.key[1] if node.key[0] == "constant" else node for node in nodes]
        return tuple(operands), tuple(node for node in nodes if node.key[0] != "constant"), ()

    __add__, __radd__ = _operator(RULES["add"]), _operator(RULES["add"], reverse=True)
    __sub__, __rsub__ = _operator(RULES["sub"]), _operator(RULES["sub"], reverse=True)
    __mul__, __rmul__ = _operator(_MUL), _operator(_MUL, reverse=True)
    __truediv__, __rtruediv__ = _operator(RULES["div"]), _operator(RULES["div"], reverse=True)
    __lt__, __le__ = _compare("less"), _compare("less_equal")
    __gt__, __ge__ = _compare("greater"), _compare("greater_equal")
    __eq__, __ne__ = _compare("equal"), _compare("not_equal")  # pyright: ignore
    __hash__ = Value.__hash__

    def detach(self) -> Value:
        """The same number, to which no derivative is passed."""
        return self.trace.operation("detach", (self,))

    __bool__ = __float__ = __int__ = __trunc__ = __floor__ = __ceil__ = _refuse
    __round__ = __format__ = __copy__ = __deepcopy__ = __reduce__ = _refuse  # pyright: ignore
    backward = zero_grad = _refuse  # pyright: ignore
    _data = data = grad = local_derivatives = property(_refuse, _refuse)  # pyright: ignore

    def __repr__(self) -> str:
        return f"Traced({self.label!r})" if self.label else "Traced()"
