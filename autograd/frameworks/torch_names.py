# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The names by which a reader of PyTorch code knows the tensors that a function uses."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any

from .refusals import needed

Named = Iterator[tuple[str, Any]]


def named_in(name: str, thing: Any) -> Named:
    """The tensors in an argument or a variable called `name`: of modules, containers, or itself."""
    torch = needed("torch", "torch")
    for own, part in _parts(name, thing):
        if isinstance(part, torch.Tensor):
            yield own, part
        elif isinstance(part, torch.nn.Module):
            prefix = f"{own}." if own else ""
            tensors = (*part.named_parameters(), *part.named_buffers())
            yield from ((prefix + path, tensor) for path, tensor in tensors)


def modules_in(name: str, thing: Any) -> Named:
    """The modules in a variable, each with the name that its parent knows it by."""
    torch = needed("torch", "torch")
    for own, part in _parts(name, thing):
        if isinstance(part, torch.nn.Module):
            if own:
                yield own, part
            for path, module in part.named_modules():
                if path:
                    yield path.rpartition(".")[2], module


def _parts(name: str, thing: Any, around: tuple[int, ...] = ()) -> Named:
    """The things in a variable's containers, each with the expression for it; one in itself is left out."""
    items: Any = ()
    if isinstance(thing, Mapping):
        items = thing.items()
    elif isinstance(thing, (list, tuple)):
        items = enumerate(thing)
    else:
        yield name, thing
    around = (*around, id(thing))
    for key, part in items:
        if id(part) not in around:
            yield from _parts(f"{name}[{key!r}]", part, around)


def variables_of(f: Any) -> dict[str, Any]:
    """The variables that a function, and the functions that it calls, read from outside."""
    torch = needed("torch", "torch")
    found: dict[str, Any] = {}
    waiting, seen = [f], {id(f)}
    while waiting:
        function: Any = waiting.pop(0)
        if isinstance(function, torch.nn.Module):
            return {"": function}
        owner = getattr(function, "__self__", None)
        if isinstance(owner, torch.nn.Module):  # of a method, such as model.loss
            found.setdefault("", owner)
        function = inspect.unwrap(getattr(function, "__func__", function))
        if not inspect.isfunction(function) or (function.__module__ or "").partition(".")[0] == "torch":
            continue
        known = {name: function.__globals__.get(name) for name in _names_in(function.__code__)}
        for name, thing in {**known, **inspect.getclosurevars(function).nonlocals}.items():
            found.setdefault(name, thing)
            if callable(thing) and not isinstance(thing, torch.nn.Module) and id(thing) not in seen:
                seen.add(id(thing))
                waiting.append(thing)
    return found


def _names_in(code: CodeType) -> set[str]:
    """The global names of a function's code, and of the code in it, such as lambdas and comprehensions."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return {*code.co_names, *(name for part in inner for name in _names_in(part))}


def arguments_of(f: Callable[..., Any], args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments by the names of their parameters; `*args` become args[0], args[1], …"""
    forward: Any = getattr(f, "forward", f)
    try:
        return dict(inspect.signature(forward).bind(*args, **kwargs).arguments)
    except ValueError:  # a builtin function has no signature
        return {f"x{place}" if place else "x": argument for place, argument in enumerate(args)} | kwargs
