"""Where array libraries differ: the place of constants, and of special functions."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def name_of(xp: Any) -> str:
    """The name of an array library, as torch."""
    return xp.__name__.removeprefix("array_api_compat.").split(".")[0]


def like(xp: Any, to_device: Any, operands: list[Any], constants: list[Any]) -> list[Any]:
    """The constants in the precision, and on the device, of the first operand that has floats."""
    floats = [x for x in operands if x.shape != (0,) and xp.isdtype(x.dtype, "real floating")]
    if not floats:
        return constants
    dtype = floats[0].dtype
    constants = [to_device(c, floats[0]) for c in constants]
    return [xp.astype(c, dtype, copy=False) if xp.isdtype(c.dtype, "real floating") else c for c in constants]


def mover(xp: Any) -> Callable[[Any, Any], Any]:
    """A function that puts a constant onto the device of an operand; JAX and Dask place them themselves."""
    compat: Any = import_module("array_api_compat")
    if compat.is_jax_namespace(xp) or compat.is_dask_namespace(xp):
        return lambda constant, _: constant
    if compat.is_torch_namespace(xp):  # torch.compile warns of what compat does
        return lambda constant, operand: constant.to(operand.device)
    return lambda constant, operand: compat.to_device(constant, compat.device(operand))


def special(xp: Any, name: str) -> Any:
    """A special function, where the array library keeps them."""
    places = {
        "torch": "torch.special",
        "jax": "jax.scipy.special",
        "numpy": "scipy.special",
        "dask": "scipy.special",
    }
    try:
        return getattr(import_module(places[name_of(xp)]), name)
    except (KeyError, ImportError, AttributeError):
        raise NotImplementedError(f"{name_of(xp)} has no {name!r} for whole arrays") from None
