# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""Facts about PyTorch's tensors and operations, as their schemas and tags and its own graph state them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..functional.containers import mapped, parts_of
from .refusals import needed, refuse_uncovered
from .torch_table import ROWS

torch: Any = needed("torch", "torch")
BackwardCFunction: Any = needed("torch.autograd.function", "torch").BackwardCFunction
BackwardHookFunction: Any = needed("torch.nn.modules._functions", "torch").BackwardHookFunction


def tensors_in(tree: Any) -> list[Any]:
    """The tensors in nested lists, tuples and dicts."""
    return [part for part in parts_of(tree) if isinstance(part, torch.Tensor)]


def replaced(tree: Any, replace: Callable[[Any], Any]) -> Any:
    """The tree with its tensors replaced."""
    return mapped(lambda part: replace(part) if isinstance(part, torch.Tensor) else part, tree)


def numbers_of(tensor: Any) -> Any:
    """A copy of a tensor's numbers as a NumPy array, floats in double precision."""
    plain = tensor.detach().cpu()
    return (plain.double() if plain.is_floating_point() else plain).numpy().copy()


def address(tensor: Any) -> int:
    """The address of a tensor's storage, which views of one tensor share."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else id(tensor)


def whole_storage(tensor: Any) -> Any:
    """All items of a tensor's storage, in a row."""
    size = tensor.untyped_storage().nbytes() // tensor.element_size()
    return tensor.detach().as_strided((size,), (1,), 0)


def row_of(function: Any) -> str | None:
    """The key of the row for an ATen operation: "max.dim" before "max", and "add" for "add_"."""
    name, _, overload = str(function).removeprefix("aten.").partition(".")
    keys = [key for named in (name, name.rstrip("_")) for key in (f"{named}.{overload}", named)]
    return next((key for key in keys if key in ROWS), None)


def in_order(func: Any, args: Any, kwargs: Any) -> tuple[Any, ...]:
    """The arguments in the order of the operation's schema, with its defaults."""
    arguments: Iterable[Any] = func._schema.arguments
    return tuple(
        args[place] if place < len(args) else kwargs.get(argument.name, argument.default_value)
        for place, argument in enumerate(arguments)
    )


def is_view(func: Any) -> bool:
    """Whether an operation gives another view of its operand, and computes nothing."""
    changes = torch.Tag.inplace_view in func.tags  # squeeze_ and its kin: another view in place of the tensor
    return changes or any(
        given.alias_info and not given.alias_info.is_write for given in func._schema.returns
    )


def is_in_place(func: Any) -> bool:
    """Whether an operation changes the numbers of its first operand."""
    arguments = func._schema.arguments
    return bool(
        not is_view(func) and arguments and arguments[0].alias_info and arguments[0].alias_info.is_write
    )


def is_right(decomposition: Any, func: Any, args: Any, kwargs: Any) -> bool:
    """Whether a decomposition gives the operation's own numbers: that of multilabel_margin_loss does not."""
    if is_in_place(func) or torch.Tag.nondeterministic_seeded in func.tags:
        return True
    found, wanted = (tensors_in(f(*args, **kwargs)) for f in (decomposition, func))
    return all(torch.allclose(a, b, equal_nan=True) for a, b in zip(found, wanted, strict=True))


def refuse_kinds(func: Any, tensors: Any) -> None:
    """Raise NotImplementedError for an operation on complex or sparse tensors."""
    for tensor in tensors_in(tensors):
        kind = "complex" if tensor.is_complex() else "" if tensor.layout is torch.strided else "sparse"
        if kind:
            name = str(func).removeprefix("aten.")
            refuse_uncovered("torch", [f"{kind} tensors, such as that of {name}"], ROWS)


def functions_behind(results: Iterable[Any]) -> list[Any]:
    """The autograd.Functions in PyTorch's own graph, but for those by which it calls the hooks of modules."""
    waiting, seen, found = [tensor.grad_fn for tensor in results], {None}, list[Any]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting.extend(parent for parent, _ in node.next_functions)
        if isinstance(node, BackwardCFunction) and node._forward_cls is not BackwardHookFunction:
            found.append(node)
    return found


def of_your_own(node: Any) -> str:
    """The name, for a refusal, of a node that made a tensor without operations that could be seen."""
    if isinstance(node, BackwardCFunction):
        return f"{node._forward_cls.__name__}, an autograd.Function of your own,"
    if type(node).__name__ == "NotImplemented":
        return "an operation that PyTorch has no derivative of"
    return f"a tensor that {type(node).__name__} made out of sight"
