"""Attributes of micrograd's and PyTorch's values: a few work on ours, others get an error that helps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..rules import RULES, ListRule
from .foreign import advice

_DICTIONARY = (
    "keep it in a dictionary, as {p: 0.0 for p in parameters}, or on a subclass: class Parameter(Value): pass"
)
_PRIMITIVE = "an operation of your own states its derivative with @autograd.primitive"

# Names that optimizers keep their state in, on the parameters.
STATE = (
    "m", "v", "s", "m1", "m2", "velocity", "momentum", "cache", "exp_avg", "exp_avg_sq",
    "grad_squared", "prev_grad", "last_grad", "accumulated",
)  # fmt: skip

_KEPT = "every result keeps its gradient: leave it out"
_FLOATS = "numbers are Python floats, on the processor: leave it out"
_ONE = "a Value is one number, without a shape: leave it out"
_DATA = "write x.data, a float"

ADVICE = {
    "requires_grad": "every Value records its gradient, unless it is made under `with no_grad():`",
    "requires_grad_": "every Value records its gradient",
    "retain_grad": _KEPT,
    "grad_fn": "x.op and x.parents say how it was computed",
    "is_leaf": "write `not x.parents`",
    "clamp": "write autograd.clip(x, low, high)",
    "numpy": _DATA,
    "tolist": _DATA,
    "val": _DATA,
    "value": _DATA,
    "_value": _DATA,
    "zero_": "write x.grad = 0, or y.zero_grad() for all below y",
    "clone": "write `+x` for the same Value, 1 * x for a result of its own, copy.copy(x) for a copy",
    "gradient": "write x.grad",
    "children": "x.parents are the values it was computed from",
    "_children": "x.parents are the values it was computed from",
    "_local_grads": "x.local_derivatives are they",
    "square": "write x**2",
    **dict.fromkeys(("draw", "plot", "show", "graph", "save"), "write autograd.draw(x)"),
    "explain": "write autograd.explain(x)",
    "step": "write autograd.step(x)",
    "backward_steps": "write autograd.backward_steps(x)",
    "paths": "write autograd.paths(w, x)",
    "reciprocal": "write 1 / x",
    **{
        rule.name: f"a Value is one number; write autograd.{rule.name}(values) for a list of them"
        if isinstance(rule, ListRule)
        else advice(rule.name)
        for rule in RULES.values()
        if rule.forms and "method" not in rule.forms
    },
    **dict.fromkeys(("cpu", "cuda", "to", "float", "double", "half", "type", "dtype", "device"), _FLOATS),
    **dict.fromkeys(
        ("T", "shape", "size", "ndim", "dim", "numel", "view", "reshape", "flatten", "squeeze", "unsqueeze"),
        _ONE,
    ),
}  # fmt: skip


class _Foreign:
    """An attribute of other libraries: read by `get`, if there is one; only subclasses can hold it."""

    def __init__(self, advice: str, get: Callable[[Any], Any] | None = None) -> None:
        self.advice, self.get = advice, get

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, node: Any, owner: type | None = None) -> Any:
        if node is None and self.get is None:
            raise AttributeError(f"{owner!r} has no attribute {self.name!r}", name=self.name, obj=owner)
        if node is None:
            return self
        if self.get is not None:
            return self.get(node)
        try:
            return node.__dict__[self.name]
        except (AttributeError, KeyError):
            raise AttributeError(_message(node, self.name, self.advice), name=self.name, obj=node) from None

    def __set__(self, node: Any, value: Any) -> None:
        if self.get is not None or not hasattr(node, "__dict__"):
            raise AttributeError(_message(node, self.name, self.advice), name=self.name, obj=node)
        node.__dict__[self.name] = value


def _message(node: Any, name: str, advice: str) -> str:
    message = f"{type(node).__name__!r} object has no attribute {name!r}"
    return f"{message}: {advice}" if advice else message


# Arguments of other libraries' functions, by their names.
_ARGUMENTS = {
    "gradient": "to weigh an output, write (weight * y).backward()",
    "grad_tensors": "to weigh an output, write (weight * y).backward()",
    "inputs": "autograd.grad differentiates with respect to chosen inputs",
    "retain_graph": "graphs are kept as long as they are used: leave it out",
    "create_graph": "for derivatives of derivatives use autograd.grad, whose results are Values of a graph",
    "argnum": "it is called argnums here, an int or a tuple of ints",
    "holomorphic": "derivatives are of real numbers",
    "allow_int": "whole numbers are taken as floats",
    "requires_grad": "every Value records its gradient, unless it is made under `with no_grad():`",
    "dtype": "numbers are Python floats",
    "device": "numbers are Python floats, on the processor",
    "_children": _PRIMITIVE,
    "_op": _PRIMITIVE,
    "name": "it is called label here",
    "eps": "steps and errors are found for each function: leave it out",
    "atol": "write tolerance=1e-6, a relative error",
    "rtol": "write tolerance=1e-6, a relative error",
    "modes": "write order=2",
    "raise_exception": "an error is always raised: leave it out",
    "rankdir": 'write direction="TB"',
    "orientation": 'write direction="TB"',
    **dict.fromkeys(("format", "filename", "file", "path", "outfile"), 'write draw(y).save("graph.svg")'),
    "view": "write draw(y).show()",
    "show": "write draw(y).show()",
}


def refuse_arguments(function: str, arguments: Iterable[str]) -> None:
    """Raise TypeError if there are any, saying what to write instead of those of other libraries."""
    for name in arguments:
        advice = f": {_ARGUMENTS[name]}" if name in _ARGUMENTS else ""
        raise TypeError(f"{function}() got an unexpected argument {name!r}{advice}")


def _pass_on(node: Any) -> Callable[[], None]:
    """micrograd's step from a node to its parents, for those who call it by hand."""

    def backward() -> None:
        for parent, local in zip(node.parents, node.local_derivatives):
            parent.grad += node.grad * local

    return backward


class Hinted:
    """A base of Value that knows the attributes of micrograd's and PyTorch's values."""

    __slots__ = ()

    _prev = _Foreign(_PRIMITIVE, lambda node: set(node.parents))
    _op = _Foreign(_PRIMITIVE, lambda node: node.rule.symbol if node.rule else "")
    _backward = _Foreign(_PRIMITIVE, _pass_on)

    # Not __getattr__: it would make every access to every attribute slow.
    def __init_subclass__(cls, **options: Any) -> None:
        """Have Values that are not of this subclass say so when they are asked for its attributes."""
        super().__init_subclass__(**options)
        if Hinted in cls.__bases__ or cls.__module__.startswith("autograd."):
            return
        for name in vars(cls):
            if not name.startswith("__") and not any(name in vars(base) for base in cls.__mro__[1:]):
                _add(
                    name,
                    f"{cls.__name__} has, but results of operations are plain Values, whatever their "
                    "operands are; write a function, or @autograd.primitive",
                )

    def __dir__(self) -> list[str]:
        hidden = {name for name in vars(Hinted) if isinstance(vars(Hinted)[name], _Foreign)}
        own = {name for kind in type(self).__mro__ if kind is not Hinted for name in vars(kind)}
        return sorted({*object.__dir__(self)} - (hidden - own - {*getattr(self, "__dict__", ())}))


def _add(name: str, advice: str) -> None:
    foreign = _Foreign(advice)
    foreign.__set_name__(Hinted, name)
    setattr(Hinted, name, foreign)


for _name in (*STATE, *ADVICE):
    _add(_name, ADVICE.get(_name, _DICTIONARY))
