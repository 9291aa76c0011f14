"""Parameters: reading them, and the layers that have them, from a network, and setting all or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, Protocol, cast

from autograd import Value


class HasParameters(Protocol):
    """A network, as far as an optimizer is concerned."""

    def parameters(self) -> list[Value]:
        """The Values to train."""
        ...


Parameters = Iterable[Value] | HasParameters


def completed(write: Callable[[], None]) -> None:
    """Write to several objects: all of them, even if an interrupt arrives meanwhile.

    `write` is called once more after an interrupt, so it must give the same when it is repeated.
    """
    try:
        write()
    except BaseException:
        write()
        raise


def assign(parameters: Iterable[Value], attribute: Literal["data", "grad"], numbers: Iterable[float]) -> None:
    """Set the data or grad of all parameters to finite numbers, even if an interrupt arrives meanwhile."""
    pairs = list(zip(parameters, numbers, strict=True))

    def write() -> None:
        for parameter, number in pairs:
            setattr(parameter, attribute, number)

    completed(write)


def values_of(parameters: Parameters) -> list[Value]:
    """The Values of a network or an iterable; TypeError for anything else."""
    read = getattr(parameters, "parameters", None)
    if not read and not isinstance(parameters, Iterable):
        name = getattr(parameters, "__name__", "")
        call = "; call it: mlp.parameters()" if name == "parameters" else ""
        raise TypeError(f"parameters are a list of Values, or a network, not {parameters!r:.60}{call}")
    return list(read() if read else cast("Iterable[Value]", parameters))


def parameters_of(model: HasParameters, caller: str) -> list[Value]:
    """The Values of a model; TypeError, naming the caller, if it has no method that gives them."""
    if not hasattr(model, "parameters"):
        what = "a model has parameters(), the list of Values to train"
        raise TypeError(f"{caller}: {what}; {model!r:.60} has none")
    return model.parameters()


def layers_of(network: Any) -> Sequence[Any]:
    """The layers of a network; TypeError for anything else."""
    layers = getattr(network, "layers", None)
    if not layers or not all(hasattr(layer, "neurons") for layer in layers):
        raise TypeError(f"this takes a network of layers, as MLP([2, 3, 1]), not {network!r:.60}")
    return layers
