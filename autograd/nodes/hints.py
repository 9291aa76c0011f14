"""Names of other libraries: some work here, others get an error that says what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from inspect import CO_VARARGS
from typing import TYPE_CHECKING, Any, ClassVar, Never, TypeVar, cast

from ..rules import RULES, ListRule
from .foreign import advice, advice_table

_PRIMITIVE = "an operation of your own states its derivative with @autograd.primitive"

# The attributes of other libraries' values, and names under which optimizers keep their state on parameters.
ADVICE = advice_table("""
m v s m1 m2 velocity momentum cache exp_avg exp_avg_sq grad_squared prev_grad last_grad accumulated: keep
    it in a dictionary, as {p: 0.0 for p in parameters}, or on a subclass: class Parameter(Value): pass
requires_grad: every Value records its gradient, unless it is made under `with no_grad():`
requires_grad_: every Value records its gradient
retain_grad: every result keeps its gradient: leave it out
grad_fn: x.op and x.parents say how it was computed
is_leaf: write `not x.parents`
clamp: write autograd.clip(x, low, high)
numpy tolist val value _value eval evaluate evalf run asscalar: write x.data, a float
zero_: write x.grad = 0, or y.zero_grad() for all below y
set_grad: write x.grad = 0
add_ sub_ mul_ div_ copy_ fill_: a Value is not changed in place: write x = x + 1, or x.data = 3.0 for a leaf
register_hook: for step in autograd.backward_steps(y) stops at each step
relu6: write autograd.clip(x, 0, 6)
name: write x.label
parent prev inputs children _children: x.parents are the values it was computed from
local_grads _local_grads: x.local_derivatives are they
parameters: write [v for v in autograd.topological_order(x) if not v.parents] for the leaves below x
diff derivative: derivatives are of functions, autograd.grad(f)(x), or come from y.backward(), as x.grad
subs: a Value is a number: write a function, and call it with other numbers
clone: write `+x` for the same Value, 1 * x for a result of its own, copy.copy(x) for a copy
gradient: write x.grad
square: write x**2
draw plot show graph save: write autograd.draw(x)
explain: write autograd.explain(x)
step: write autograd.step(x)
backward_steps: write autograd.backward_steps(x)
paths: write autograd.paths(w, x)
reciprocal: write 1 / x
cpu cuda to float double half type astype dtype device is_cuda: numbers are Python floats, on the processor:
    leave it out
T shape size ndim dim numel view reshape flatten squeeze unsqueeze: a Value is one number, without a shape:
    leave it out
""") | {
    rule.name: f"a Value is one number; write autograd.{rule.name}(values) for a list of them"
    if isinstance(rule, ListRule)
    else advice(rule.name)
    for rule in RULES.values()
    if rule.forms and "method" not in rule.forms
}


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
_ARGUMENTS = advice_table("""
gradient grad_tensors: to weigh an output, write (weight * y).backward()
inputs: autograd.grad differentiates with respect to chosen inputs
retain_graph: graphs are kept as long as they are used: leave it out
create_graph: for derivatives of derivatives use autograd.grad, whose results are Values of a graph
argnum: it is called argnums here, an int or a tuple of ints
holomorphic: derivatives are of real numbers
allow_int: whole numbers are taken as floats
requires_grad: every Value records its gradient, unless it is made under `with no_grad():`
dtype: numbers are Python floats
device: numbers are Python floats, on the processor
_children _op: an operation of your own states its derivative with @autograd.primitive
name: it is called label here
eps: steps and errors are found for each function: leave it out
atol rtol: write tolerance=1e-6, a relative error
modes: write order=2
has_aux: return one result, and compute the rest apart
params labels: name nodes with labels, Value(2.0, label='a'), or with names=vars()
figsize size dpi width height scale: an SVG fits any size: leave it out
depth max_depth level: write around=w, radius=3 for a part, or fold=True
show_grad show_grads show_data grad: blank=("data", "grad") leaves numbers out
interactive controls: it is: leave it out, or write widget=True
rankdir orientation: write direction="TB"
format filename file path outfile: write draw(y).save("graph.svg")
view show: write draw(y).show()
""")


Called = TypeVar("Called", bound=Callable[..., Any])


def hinting(advise: Callable[[str, Sequence[str]], str]) -> Callable[[Called], Called]:
    """A decorator of functions and classes: an argument that they do not have raises TypeError with advice.

    `advise(argument, ours)` ends the message; `ours` are the arguments that there are.
    """

    def hinted(called: Called) -> Called:
        if isinstance(called, type):
            called.__init__ = _checked(called.__init__, called.__name__, advise)
            return cast("Called", called)
        return cast("Called", _checked(called, called.__name__, advise))

    return hinted


def _checked(function: Any, name: str, advise: Callable[[str, Sequence[str]], str]) -> Any:
    code = getattr(function, "__wrapped__", function).__code__
    most = code.co_argcount
    ours = code.co_varnames[: most + code.co_kwonlyargcount]
    takes_more = code.co_flags & CO_VARARGS

    @wraps(function)
    def checked(*arguments: Any, **options: Any) -> Any:
        for option in options:
            if option not in ours:
                raise TypeError(f"{name}() got an unexpected argument {option!r}{advise(option, ours)}")
        if len(arguments) > most and len(ours) > most and not takes_more:
            example = f"{name}(…, {ours[most]}=…)"
            raise TypeError(f"{name}: options have names, as in {example}, not {arguments[most]!r:.60}")
        return function(*arguments, **options)

    return checked


def _instead(argument: str, _: object = None) -> str:
    return f": {_ARGUMENTS[argument]}" if argument in _ARGUMENTS else ""


hinted = hinting(_instead)


def refuse_argument(function: str, argument: str) -> Never:
    """Raise TypeError, saying what to write instead of an argument of other libraries."""
    raise TypeError(f"{function}() got an unexpected argument {argument!r}{_instead(argument)}")


# Attributes of Matplotlib's, graphviz's and IPython's pictures.
SHOWN = advice_table("""
savefig write export to_file download write_image: write .save(path), whose suffix names the format
display plot view open draw imshow: write .show(), or leave it to a notebook's cell
""") | {
    name.format(suffix): f'write .save("x.{suffix}"), whose suffix names the format'
    for suffix in ("svg", "png", "pdf", "html", "dot")
    for name in ("{}", "to_{}", "as_{}", "write_{}", "create_{}", "save_{}")
}
STEPPER = advice_table("""
step forward run: write stepper.next(), or `for step in stepper`
prev previous backward undo: write stepper.back()
reset: write stepper.seek(0)
goto go_to jump set_step: write stepper.seek(3)
play: write .show(), or leave it to a notebook's cell
widget: write step(y, widget=True)
""")


PROGRAM = advice_table("""
show display plot: write program.draw().show()
code text: write program.source
grad grads: write program.value_and_grad(X), or program.backward() and program.gradient
""")


class Shown:
    """A base of pictures and pages: it answers the methods by which other libraries save and show theirs."""

    _answers: ClassVar[Mapping[str, str]] = SHOWN

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Never:
            advice = self._answers.get(name, "")
            raise AttributeError(
                _message(self, name, advice), **({} if advice else {"name": name, "obj": self})
            )


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

    # No __getitem__ with advice: NumPy would take a Value for a sequence, and would say so in place of the
    # error for a derivative that is lost.

    def __matmul__(self, other: object) -> Never:
        """A Value is not a matrix: TypeError."""
        raise TypeError("@ is for matrices: write x * w for two numbers, autograd.dot(xs, ws) for two lists")

    __rmatmul__ = __matmul__

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


for _name, _advice in ADVICE.items():
    _add(_name, _advice)
