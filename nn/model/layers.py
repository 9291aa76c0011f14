"""Neuron and Layer, made of Values.

A neuron computes `z = w·x + b` and `a = f(z)`; a layer is a list of neurons on the same inputs. Row j of
its weights belongs to the receiving neuron, column k to the sending one: `layer.neurons[j].w[k]` is w_jk,
and is labelled so in pictures.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

import autograd
from autograd import Value, scope

from .activations import activation as activation_named
from .drawn import Drawn
from .hints import HintedNetwork, hinted, one_input
from .initializers import Initializer, InitializerName, find
from .numbers import inputs_for, refuse_inputs, whole
from .outputs import Outputs

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(*numbers: int) -> str:
    """Numbers as an index: 2, 1 as ₂,₁."""
    return ",".join(map(str, numbers)).translate(_SUBSCRIPTS)


@hinted
class Neuron(HintedNetwork):
    """One neuron: `z = w·x + b`, `a = f(z)`.

    `w` holds one Value per input, `b` is a Value, `activation` is the name of f and may be changed
    (Nielsen, chapter 2: one neuron with another f).

    Args:
        inputs: the number of inputs.
        activation: "identity", or a row of autograd's table with one operand.
        init: "normal", "glorot", "he", or a function (see `nn.initializers`); None chooses by activation.
        seed: a number, or a `random.Random` to draw from.
        expand: build z of binary × and +, as in micrograd, so that pictures show every product;
            otherwise z is a single `dot` node.
        fan_out: the size of the layer, by which some initializers scale.

    Raises ValueError for an unknown activation or initializer.

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
        init: InitializerName | Initializer | None = None,
        seed: int | Random | None = None,
        expand: bool = False,
        fan_out: int = 1,
    ) -> None:
        inputs = whole("Neuron: the number of inputs", inputs)
        rng = seed if isinstance(seed, Random) else Random(seed)
        weights, bias = find(init, activation)(rng, inputs, fan_out)
        if len(weights) != inputs:
            raise ValueError(f"Neuron: the initializer gives {len(weights)} weights for {inputs} inputs")
        self.w = [Value(weight, f"w{subscript(k)}") for k, weight in enumerate(weights, 1)]
        self.b = Value(bias, "b")
        self.activation = activation
        self.expand = expand

    @property
    def activation(self) -> str:
        """The name of f: "identity" or a one-operand row of the table."""
        return self._activation

    @activation.setter
    def activation(self, name: str) -> None:
        self._activation, self._function = name, activation_named(name)

    def weighted_input(self, x: Iterable[Any] | Any) -> Value:
        """z = w·x + b. Raises ValueError if `x` has another length than `w`, TypeError if not of numbers."""
        inputs = inputs_for("the neuron", len(self.w), x)
        try:
            if not self.expand:
                return autograd.dot(self.w, inputs, self.b)
            z = self.w[0] * inputs[0]
            for weight, value in zip(self.w[1:], inputs[1:]):
                z = z + weight * value
            return z + self.b
        except TypeError:
            refuse_inputs(inputs)
            raise

    def activate(self, z: Value) -> Value:
        """a = f(z)."""
        return self._function(z)

    @one_input
    def __call__(self, x: Iterable[Any] | Any) -> Value:
        """The activation a for inputs `x`, numbers or Values."""
        return self.activate(self.weighted_input(x))

    def parameters(self) -> list[Value]:
        """The weights, then the bias."""
        return [*self.w, self.b]

    def __repr__(self) -> str:
        return f"Neuron({len(self.w)}, {self.activation!r})"


@hinted
class Layer(HintedNetwork, Drawn):
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
        init: InitializerName | Initializer | None = None,
        seed: int | Random | None = None,
        expand: bool = False,
    ) -> None:
        outputs = whole("Layer: the number of outputs", outputs)
        rng = seed if isinstance(seed, Random) else Random(seed)
        self.softmax = activation == "softmax"
        one = "identity" if self.softmax else activation
        self.neurons = [
            Neuron(inputs, one, init=init, seed=rng, expand=expand, fan_out=outputs) for _ in range(outputs)
        ]
        self.label()

    @property
    def activation(self) -> str:
        """The name of f; the names joined by "/" if neurons differ."""
        if self.softmax:
            return "softmax"
        return "/".join(dict.fromkeys(neuron.activation for neuron in self.neurons))

    def label(self, layer: str = "") -> None:
        """Name the parameters w₂,₁ and b₂, and the nodes of later passes z₂ and a₂, after the layer."""
        self._names: list[tuple[str, str, str]] = []
        for j, neuron in enumerate(self.neurons, 1):
            neuron.b.label = f"b{layer}{subscript(j)}"
            for k, weight in enumerate(neuron.w, 1):
                weight.label = f"w{layer}{subscript(j, k)}"
            self._names.append((f"neuron {j}", f"z{layer}{subscript(j)}", f"a{layer}{subscript(j)}"))

    def trace(self, x: Iterable[Any] | Any) -> tuple[list[Value], list[Value]]:
        """The weighted inputs z and the activations a, one of each per neuron."""
        inputs = inputs_for("the layer", len(self.neurons[0].w), x)
        zs: list[Value] = []
        activations: list[Value] = []
        for neuron, (place, _, _) in zip(self.neurons, self._names):
            with scope(place):
                zs.append(neuron.weighted_input(inputs))
                activations.append(neuron.activate(zs[-1]))
        if self.softmax:
            activations = autograd.softmax(zs)
        for z, a, (_, z_label, a_label) in zip(zs, activations, self._names):
            a.label = a_label
            z.label = z_label  # after a: with the identity both are one node
        return zs, activations

    @one_input
    def __call__(self, x: Iterable[Any] | Any) -> list[Value]:
        """The activations, one per neuron, for inputs `x`, numbers or Values."""
        return Outputs(self.trace(x)[1])

    def parameters(self) -> list[Value]:
        """All weights and biases, neuron by neuron."""
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]

    def __repr__(self) -> str:
        return f"Layer({len(self.neurons[0].w)}, {len(self.neurons)}, {self.activation!r})"
