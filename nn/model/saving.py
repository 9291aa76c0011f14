"""A network as a text file: readable JSON, a line for each neuron, with the exact bits of every parameter."""

from __future__ import annotations

import json
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

from autograd import write_file

from .activations import activation as activation_named
from .mlp import MLP
from .parameters import assign

FORMAT = "stepgrad MLP"
VERSION = 1


def save(mlp: MLP, path: str | os.PathLike[str]) -> None:
    """Write the network to a file, which `load` reads.

    The file holds sizes, activations and parameters, no gradients. Floats are written with the
    digits that give back the same bits, and the file is written whole or not at all. Raises TypeError
    for anything but an MLP, ValueError for a parameter that is not finite, that is shared by two places
    or that is a result and not a leaf (`pickle` keeps these); then the file is unchanged.

    >>> import tempfile
    >>> mlp = MLP([2, 3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(mlp, f"{folder}/mlp.json")
    ...     load(f"{folder}/mlp.json")([1.0, 2.0]) == mlp([1.0, 2.0])
    True
    """
    if not isinstance(mlp, MLP):  # pyright: ignore[reportUnnecessaryIsInstance]
        swapped = "the network comes first, as in save(mlp, path)"
        advice = swapped if isinstance(path, MLP) else "pickle keeps everything else"
        raise TypeError(f"save takes an MLP, not {type(mlp).__name__}; {advice}")
    parameters = mlp.parameters()
    for parameter in parameters:
        if not math.isfinite(parameter.data):
            raise ValueError(f"save: the parameter {parameter.label} is {parameter.data!r}")
        if parameter.op:
            raise ValueError(
                f"save: {parameter.label} is the result of {parameter.op!r}; pickle keeps its graph"
            )
    if len(set(parameters)) < len(parameters):
        raise ValueError("save: two places of the network share a parameter; pickle keeps what is shared")
    layers = ",\n".join(_layer(layer) for layer in mlp.layers)
    head = f'"format": {json.dumps(FORMAT)}, "version": {VERSION}, "sizes": {json.dumps(mlp.sizes)}'
    write_file(path, f'{{{head},\n"layers": [\n{layers}\n]}}\n')


def _layer(layer: Any) -> str:
    neurons = ",\n  ".join(
        json.dumps(
            {
                "activation": neuron.activation,
                "expand": neuron.expand,
                "b": neuron.b.data,
                "w": [weight.data for weight in neuron.w],
            }
        )
        for neuron in layer.neurons
    )
    return f' {{"softmax": {json.dumps(layer.softmax)}, "neurons": [\n  {neurons}\n ]}}'


def load(path: str | os.PathLike[str], mlp: MLP | None = None) -> MLP:
    """The network that `save` wrote: a new one, or `mlp` with the parameters of the file.

    The Values of `mlp` stay the same and get new data, so that its optimizer continues with them. Raises
    ValueError, before anything has changed, if the file is not a network or is of a later version, if it
    names an activation that is not defined here, and if `mlp` has other sizes or activations.
    """
    if isinstance(path, MLP):
        raise TypeError("load takes a path: mlp = load(path), or load(path, mlp) to fill a network")
    read = _read(Path(path))
    if mlp is not None and (problem := _difference(read, mlp)):
        raise ValueError(f"{path} does not fit the network: {problem}")
    if mlp is None:
        return read
    assign(mlp.parameters(), "data", [parameter.data for parameter in read.parameters()])
    return mlp


def _difference(read: MLP, mlp: MLP) -> str:
    if read.sizes != mlp.sizes:
        return f"its sizes are {read.sizes}, the network's {mlp.sizes}"
    for number, (theirs, ours) in enumerate(zip(read.layers, mlp.layers, strict=True), 1):
        if (theirs.softmax, [n.activation for n in theirs.neurons]) != (
            ours.softmax,
            [n.activation for n in ours.neurons],
        ):
            return f"layer {number} is {theirs.activation} there and {ours.activation} here"
    return ""


class _Undefined(ValueError):
    """A network with an activation that is not defined here."""


class _Malformed(ValueError):
    """A file that `save` did not write; the message says why."""


def _read(path: Path) -> MLP:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        if _entry(state, "format", str) != FORMAT:
            raise _Malformed(f"its format is {state['format']!r:.40}")
        if _entry(state, "version", int) != VERSION:
            raise _Malformed(f"version {state['version']} is not {VERSION}, the one that this stepgrad reads")
        return _network(state)
    except _Undefined as error:
        raise ValueError(f"{path}: {error}") from None
    except _Malformed as error:
        raise ValueError(f"{path} is not a network that nn.save wrote: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a network that nn.save wrote: it is not JSON ({error})") from error


def _entry(state: Any, key: str, kind: type[Any]) -> Any:
    if not isinstance(state, dict) or type(state.get(key)) is not kind:  # pyright: ignore
        raise _Malformed(f"there is no {key!r} of type {kind.__name__}")
    return state[key]  # pyright: ignore[reportUnknownVariableType]


def _network(state: Any) -> MLP:
    sizes, layers = _entry(state, "sizes", list), _entry(state, "layers", list)
    if len(sizes) < 2 or any(type(size) is not int or size < 1 for size in sizes):
        raise _Malformed(f"sizes are {sizes!r:.60}")
    if len(layers) != len(sizes) - 1:
        raise _Malformed(f"sizes {sizes} mean {len(sizes) - 1} layers, but there are {len(layers)}")
    rows = [
        _neurons(layer, outputs, inputs, number)
        for number, (layer, (inputs, outputs)) in enumerate(zip(layers, pairwise(sizes)), 1)
    ]
    mlp = MLP(sizes, init=lambda rng, inputs, outputs: ([0.0] * inputs, 0.0))
    for layer, entry, neurons in zip(mlp.layers, layers, rows, strict=True):
        layer.softmax = _entry(entry, "softmax", bool)
        for neuron, row in zip(layer.neurons, neurons, strict=True):
            neuron.activation, neuron.expand = row["activation"], row["expand"]
            for parameter, number in zip(neuron.parameters(), [*row["w"], row["b"]], strict=True):
                parameter.data = number
    return mlp


def _neurons(layer: Any, outputs: int, inputs: int, number: int) -> list[Any]:
    """The layer's neurons, checked."""
    neurons = _entry(layer, "neurons", list)
    if len(neurons) != outputs:
        raise _Malformed(f"layer {number} should have {outputs} neurons, not {len(neurons)}")
    for j, neuron in enumerate(neurons, 1):
        where = f"neuron {j} of layer {number}"
        weights = _entry(neuron, "w", list)
        if len(weights) != inputs:
            raise _Malformed(f"{where} should have {inputs} weights, not {len(weights)}")
        for data in (*weights, _entry(neuron, "b", float)):
            if type(data) is not float or not math.isfinite(data):
                raise _Malformed(f"{where} has a parameter {data!r:.40}")
        _entry(neuron, "expand", bool)
        name = _entry(neuron, "activation", str)
        try:
            activation_named(name)
        except ValueError as error:
            if not name.isidentifier() or name.startswith("_") or name == "softmax":
                raise _Malformed(f"{where}: {error}") from None
            raise _Undefined(
                f"{where} has the activation {name!r}, which is not defined here: define it with "
                f"@autograd.primitive, as a function of that name, before loading"
            ) from None
    return neurons
