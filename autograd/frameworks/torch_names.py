# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""The names by which a reader of PyTorch code knows the tensors that a function uses."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .refusals import needed

Named = Iterator[tuple[str, Any]]


def named_in(name: str, thing: Any) -> Named:
    """The tensors in an argument or a variable called `name`: of modules, containers, or itself."""
    torch = needed("torch", "torch")
    if isinstance(thing, torch.Tensor):
        yield name, thing
    elif isinstance(thing, torch.nn.Module):
        prefix = f"{name}." if name else ""
        tensors = (*thing.named_parameters(), *thing.named_buffers())
        yield from ((prefix + path, tensor) for path, tensor in tensors)
    elif isinstance(thing, Mapping):
        items: Any = thing.items()
        for key, part in items:
            yield from named_in(f"{name}[{key!r}]", part)
    elif isinstance(thing, (list, tuple)):
        parts: Any = thing
        for place, part in enumerate(parts):
            yield from named_in(f"{name}[{place}]", part)


def modules_in(name: str, thing: Any) -> Named:
    """The modules in a variable, each with the name that its parent knows it by."""
    torch = needed("torch", "torch")
    if isinstance(thing, torch.nn.Module):
        if name:
            yield name, thing
        for path, module in thing.named_modules():
            if path:
                yield path.rpartition(".")[2], module
    elif isinstance(thing, Mapping):
        items: Any = thing.items()
        for key, part in items:
            yield from modules_in(f"{name}[{key!r}]", part)
    elif isinstance(thing, (list, tuple)):
        parts: Any = thing
        for place, part in enumerate(parts):
            yield from modules_in(f"{name}[{place}]", part)


def variables_of(f: Any) -> dict[str, Any]:
    """The variables that a function reads from outside: its closure and the globals that it names."""
    torch = needed("torch", "torch")
    if isinstance(f, torch.nn.Module):
        return {"": f}
    found: dict[str, Any] = {}
    owner = getattr(f, "__self__", None)
    if isinstance(owner, torch.nn.Module):  # a bound method, such as model.loss
        found[""] = owner
    function = inspect.unwrap(getattr(f, "__func__", f))
    if inspect.isfunction(function):
        outside = inspect.getclosurevars(function)
        found |= {**outside.globals, **outside.nonlocals}
    return found


def arguments_of(f: Callable[..., Any], args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments by the names of their parameters; `*args` become args[0], args[1], …"""
    forward: Any = getattr(f, "forward", f)
    try:
        return dict(inspect.signature(forward).bind(*args, **kwargs).arguments)
    except ValueError:  # a builtin function has no signature
        return {f"x{place}" if place else "x": argument for place, argument in enumerate(args)} | kwargs
