"""Names and arguments of other libraries: an error says what to write here instead."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Never, TypeVar, cast

import autograd
from autograd import drawing

from .advice import ARGUMENTS, ATTRIBUTES, NAMES, OURS

_Called = TypeVar("_Called", bound=Callable[..., Any])


def _advice(option: str, ours: Sequence[str]) -> str:
    """The name among `ours` that is meant, or what to do instead; "" if nothing is known."""
    if (synonym := OURS.get(option)) in ours:
        return f": it is called {synonym} here"
    return f": {ARGUMENTS[option]}" if option in ARGUMENTS else did_you_mean(option, ours)


hinted = drawing.hinting(_advice)


def did_you_mean(name: object, choices: Iterable[str]) -> str:
    """`; did you mean "bce"?` for a name that is near to one of the choices, else "".

    Case, "-" and "_" do not count, nor words such as "loss" and "uniform" at the end.

    >>> did_you_mean("CrossEntropyLoss", ["ce", "cross_entropy"]), did_you_mean("lion", ["sgd"])
    ('; did you mean "cross_entropy"?', '')
    """
    spellings = {_spelled(choice): choice for choice in choices}
    spelled = _spelled(name)
    word = _WORDS.get(spelled, "")
    near = [word] if word in spellings else get_close_matches(spelled, spellings, 1, 0.75)
    return f'; did you mean "{spellings[near[0]]}"?' if near else ""


def _spelled(name: object) -> str:
    plain = re.sub(r"[\W_]", "", str(name)).lower()
    return re.sub(r"(loss|withlogits|uniform|normal)+$", "", plain) or plain


_WORDS = {  # as `_spelled` gives them
    "nll": "ce",
    "log": "bce",
    "logistic": "sigmoid",
    "swish": "silu",
    "linear": "identity",
    "none": "identity",
    "l2": "mse",
    "squarederror": "mse",
    "xavier": "glorot",
    "kaiming": "he",
}


class Hinted(drawing.Shown):
    """A base of classes that answers the attributes of other libraries' classes."""

    _answers: ClassVar[Mapping[str, str]] = {}


class HintedNetwork(Hinted):
    """The same for networks, which are functions and have no graph of their own."""

    _answers = ATTRIBUTES

    if not TYPE_CHECKING:

        def __autograd_graph__(self) -> Never:
            """A network is a function: only its outputs have a graph."""
            kind = type(self).__name__
            raise TypeError(
                f"{'an' if kind == 'MLP' else 'a'} {kind} is a function and has no graph of its own: take an "
                "output, as in draw(mlp(x)[0]), or draw the network itself, nn.draw_network(mlp)"
            )

        def __getitem__(self, item: object) -> Never:
            """A network has no items: TypeError."""
            part = next(part for part in ("layers", "neurons", "w") if part in vars(self))
            kind = type(self).__name__
            raise TypeError(f"{kind} has no items, but a list of its parts: write {kind.lower()}.{part}[0]")


def one_input(call: _Called) -> _Called:
    """`__call__` of a network, with a TypeError that helps if it gets its inputs one by one."""

    @wraps(call)
    def checked(network: HintedNetwork, x: Any, *more: Any) -> Any:
        if more:
            raise TypeError(f"{type(network).__name__} takes its inputs in a list, as in mlp([1.0, 2.0])")
        return call(network, x)

    return cast("_Called", checked)


def answering(module: str) -> tuple[Callable[[str], str], Callable[[str], Never]]:
    """The functions `_name_advice` and `__getattr__` of a module of `nn`, which answer names of elsewhere.

    `autograd` asks the first one for `from nn import Linear`. Names that another module of `nn` has, or
    `autograd`, are answered too.
    """

    def advice(name: str) -> str:
        if name in NAMES:
            return NAMES[name]
        for place in MODULES:
            if place != module and name in getattr(sys.modules.get(place), "__all__", ()):
                return f"it is {place}.{name}"
        if name in autograd.RULES and hasattr(autograd, name):
            return f"write autograd.{name}(…)"
        return f"it is autograd.{name}" if name in dir(autograd) and not name.startswith("_") else ""

    def get(name: str) -> Never:
        message = f"module {module!r} has no attribute {name!r}"
        if found := advice(name):
            raise AttributeError(f"{message}: {found}")
        raise AttributeError(message, name=name, obj=sys.modules.get(module))

    return advice, get


MODULES = (
    "nn",
    "nn.data",
    "nn.plots",
    "nn.losses",
    "nn.optimizers",
    "nn.initializers",
    "nn.activations",
    "nn.layered",
)
