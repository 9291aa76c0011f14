"""Neuron and Layer, nothing but Values.

A neuron computes `z = w·x + b` and `a = f(z)`; a layer is a list of neurons on the same inputs. Row j of
its weights belongs to the receiving neuron, column k to the sending one: `layer.neurons[j].w[k]` is w_jk,
and is labelled so in pictures.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from random import Random
from typing import Any

import autograd
from autograd import Value, scope

from .activations import activation as activation_named
from .initializers import Initializer, find

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _sub(*numbers: int) -> str:
    return ",".join(map(str, numbers)).translate(_SUBSCRIPTS)


def at_least_1(what: str, number: Any) -> int:
    """The whole number as an int; TypeError where it is none, ValueError where it is below 1."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a whole number, not {number!r}")
    if number < 1:
        raise ValueError(f"{what} must be at least 1, not {number}")
    return index(number)


def exactly(whose: str, expected: int, x: Iterable[Any]) -> list[Any]:
    """The inputs as a list; ValueError, naming whose they are, where there are not `expected`."""
    inputs = list(x)
    if len(inputs) != expected:
        raise ValueError(f"{whose} takes {expected} inputs, not {len(inputs)}")
    return inputs


class Neuron:
    """One neuron: `z = w·x + b`, `a = f(z)`.

    `w` holds one Value per input, `b` is a Value, `activation` the name of f and may be changed
    (Nielsen ch. 2: one neuron with another f). z is a single `dot` node, or, with `expand=True`,
    built of binary × and + as in micrograd, to see every product in the picture. `seed` is a
    number or a `random.Random` to draw from; `fan_out`, the size of the layer, is what some
    initializers scale by. Raises ValueError for an unknown activation or initializer.

    >>> neuron = Neuron(2, "tanh", seed=1)
    >>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 0.5, -1.0
    >>> neuron([2.0, -2.0]).data
    0.0
    """

    def __init__(
        self,
        inputs: int,
        activation: str = "tanh",
        *,
        init: str | Initializer | None = None,
        seed: int | Random | None = None,
        expand: bool = False,
        fan_out: int = 1,
    ) -> None:
        inputs = at_least_1("Neuron: the number of inputs", inputs)
        rng = seed if isinstance(seed, Random) else Random(seed)
        weights, bias = find(init, activation)(rng, inputs, fan_out)
        if len(weights) != inputs:
            raise ValueError(f"Neuron: the initializer gives {len(weights)} weights for {inputs} inputs")
        self.w = [Value(weight, f"w{_sub(k)}") for k, weight in enumerate(weights, 1)]
        self.b = Value(bias, "b")
        self.activation = activation
        self.expand = expand

    @property
    def activation(self) -> str:
        """The name of f: "identity" or a one-operand row of the table."""
        return self._activation

    @activation.setter
    def activation(self, name: str) -> None:
        self._function = activation_named(name)
        self._activation = name

    def weighted_input(self, x: Iterable[Any]) -> Value:
        """z = w·x + b. Raises ValueError where `x` has another length than `w`."""
        inputs = exactly("the neuron", len(self.w), x)
        if not self.expand:
            return autograd.dot(self.w, inputs, self.b)
        z = self.w[0] * inputs[0]
        for weight, value in zip(self.w[1:], inputs[1:]):
            z = z + weight * value
        return z + self.b

    def activate(self, z: Value) -> Value:
        """a = f(z)."""
        return self._function(z)

    def __call__(self, x: Iterable[Any]) -> Value:
        """The activation a for inputs `x`, numbers or Values."""
        return self.activate(self.weighted_input(x))

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, {self.activation!r})"


class Layer:
    """Neurons side by side on the same inputs: `z_j = Σ_k w_jk x_k + b_j`, `a_j = f(z_j)`.

    `activation="softmax"` takes the softmax over the layer's weighted inputs. The other arguments
    are those of `Neuron`.

    >>> [a.data for a in Layer(2, 3, "sigmoid", init=lambda rng, n, m: ([0.0] * n, 0.0))([1.0, 2.0])]
    [0.5, 0.5, 0.5]
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str = "tanh",
        *,
        init: str | Initializer | None = None,
        seed: int | Random | None = None,
        expand: bool = False,
    ) -> None:
        outputs = at_least_1("Layer: the number of outputs", outputs)
        rng = seed if isinstance(seed, Random) else Random(seed)
        self.softmax = activation == "softmax"
        one = "identity" if self.softmax else activation
        self.neurons = [
            Neuron(inputs, one, init=init, seed=rng, expand=expand, fan_out=outputs) for _ in range(outputs)
        ]
        self.label()

    @property
    def activation(self) -> str:
        """The name of f; the names joined by "/" where neurons differ."""
        if self.softmax:
            return "softmax"
        return "/".join(dict.fromkeys(neuron.activation for neuron in self.neurons))

    def label(self, layer: str = "", output: str = "a") -> None:
        """Name the parameters w₂,₁ and b₂, and what later passes compute z₂ and a₂, after the layer."""
        self._names: list[tuple[str, str, str]] = []
        for j, neuron in enumerate(self.neurons, 1):
            neuron.b.label = f"b{layer}{_sub(j)}"
            for k, weight in enumerate(neuron.w, 1):
                weight.label = f"w{layer}{_sub(j, k)}"
            a = f"{output}{_sub(j)}" if len(self.neurons) > 1 else output
            self._names.append((f"neuron {j}", f"z{layer}{_sub(j)}", a))

    def trace(self, x: Iterable[Any]) -> tuple[list[Value], list[Value]]:
        """The weighted inputs z and the activations a, one of each per neuron."""
        inputs = exactly("the layer", len(self.neurons[0].w), x)
        zs: list[Value] = []
        activations: list[Value] = []
        for neuron, (place, z_label, a_label) in zip(self.neurons, self._names):
            with scope(place):
                z = neuron.weighted_input(inputs)
                a = neuron.activate(z)
            z.label, a.label = z_label, a_label
            zs.append(z)
            activations.append(a)
        if self.softmax:
            activations = autograd.softmax(zs)
            for z, a, (_, z_label, a_label) in zip(zs, activations, self._names):
                z.label, a.label = z_label, a_label
        return zs, activations

    def __call__(self, x: Iterable[Any]) -> list[Value]:
        """The activations, one per neuron, for inputs `x`, numbers or Values."""
        return self.trace(x)[1]

    def parameters(self) -> list[Value]:
        """All weights and biases, neuron by neuron."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def _repr_svg_(self) -> str:
        """In a notebook: the circles and edges of `nn.draw_network`."""
        from ..views.network_view import draw_network

        return draw_network(self).svg

    def __repr__(self) -> str:
        return f"Layer({len(self.neurons[0].w)}, {len(self.neurons)}, {self.activation!r})"
