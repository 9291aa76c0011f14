"""MLP: a network as a list of layers.

Layer 1 is the first that computes (the chapter's layer 2, whose layer 1 is the input). In pictures w¹₂,₃
is the weight in layer 1 to neuron 2 from input 3: `mlp.layers[0].neurons[1].w[2]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from autograd import Value, scope

from .initializers import Initializer
from .layers import Layer, exactly

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class MLP:
    """A multilayer perceptron: `a[0] = x`, `a[l] = f(w[l] a[l-1] + b[l])` (Nielsen ch. 2, eq. 25).

    `sizes` include the input: `MLP([784, 30, 10])` has two layers. `activation` is that of the
    hidden layers, `output` that of the last one ("softmax" too). `init` is "normal", "glorot",
    "he" or a function (see `nn.initializers`); by default he for the relu family, glorot for the
    rest. The same `seed` gives the same parameters on every platform. `expand` is as for `Neuron`.
    Raises ValueError for fewer than two sizes or an unknown name.

    >>> mlp = MLP([2, 3, 1], seed=0)
    >>> mlp
    MLP([2, 3, 1]: 2 → 3 tanh → 1 identity, 13 parameters)
    >>> [y] = mlp([1.0, -2.0])
    >>> y.backward()
    >>> mlp.layers[1].neurons[0].b.grad
    1.0
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "tanh",
        output: str = "identity",
        seed: int | Random | None = None,
        *,
        init: str | Initializer | None = None,
        expand: bool = False,
    ) -> None:
        if not isinstance(sizes, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"MLP takes all sizes in one list, inputs first, as MLP([2, 3, 1]), not {sizes!r}"
            )
        if len(sizes) < 2:
            raise ValueError(f"MLP(sizes) needs the number of inputs and of outputs at least, not {sizes!r}")
        rng = seed if isinstance(seed, Random) else Random(seed)
        last = len(sizes) - 2
        if activation == "softmax" and last:
            raise ValueError('softmax is for the last layer: MLP(sizes, output="softmax")')
        self.layers = [
            Layer(
                inputs,
                outputs,
                output if index == last else activation,
                init=init,
                seed=rng,
                expand=expand,
            )
            for index, (inputs, outputs) in enumerate(pairwise(sizes))
        ]
        for index, layer in enumerate(self.layers):
            number = str(index + 1).translate(_SUPERSCRIPTS)
            layer.label(number, "ŷ" if index == last else f"h{number}")

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, then of neurons in each layer."""
        return [len(self.layers[0].neurons[0].w), *(len(layer.neurons) for layer in self.layers)]

    def trace(self, x: Iterable[Any]) -> tuple[list[list[Value]], list[list[Value]]]:
        """The weighted inputs and the activations, layer by layer, of one forward pass.

        Both lists have one entry per layer after the input, each a list of Values in neuron order;
        the last activations are the outputs. Nothing is kept on the network. Each layer computes in
        `scope("layer 1")`, each neuron in it in `scope("neuron 3")`. Raises ValueError where `x`
        does not have as many numbers as the network has inputs.

        >>> zs, activations = MLP([2, 3, 1], seed=0).trace([1.0, -2.0])
        >>> [len(layer) for layer in zs], activations[0][0].op, activations[0][0].scope.path
        ([3, 1], 'tanh', 'layer 1/neuron 1')
        """
        a = exactly("the network", self.sizes[0], x)
        zs: list[list[Value]] = []
        activations: list[list[Value]] = []
        for number, layer in enumerate(self.layers, 1):
            with scope(f"layer {number}"):
                z, a = layer.trace(a)
            zs.append(z)
            activations.append(a)
        return zs, activations

    def __call__(self, x: Iterable[Any]) -> list[Value]:
        """The outputs, a list even of one, for inputs `x`, numbers or Values."""
        return self.trace(x)[1][-1]

    def parameters(self) -> list[Value]:
        """All weights and biases, layer by layer, neuron by neuron."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def summary(self) -> str:
        """A table to print: the shape of each layer's weights, its activation, its parameters.

        >>> print(MLP([2, 3, 1], seed=0).summary())
        layer  weights  activation  parameters
            1  3 × 2    tanh                 9
            2  1 × 3    identity             4
               total                        13
        """
        rows = [("layer", "weights", "activation", "parameters")]
        for number, layer in enumerate(self.layers, 1):
            shape = f"{len(layer.neurons)} × {len(layer.neurons[0].w)}"
            rows.append((str(number), shape, layer.activation, f"{len(layer.parameters()):,}"))
        rows.append(("", "total", "", f"{len(self.parameters()):,}"))
        a, b, c, d = (max(map(len, column)) for column in zip(*rows))
        return "\n".join(f"{row[0]:>{a}}  {row[1]:{b}}  {row[2]:{c}}  {row[3]:>{d}}" for row in rows)

    def _repr_svg_(self) -> str:
        """In a notebook: the circles and edges of `nn.draw_network`."""
        from ..views.network_view import draw_network

        return draw_network(self).svg

    def __repr__(self) -> str:
        count = len(self.parameters())
        layers = " → ".join(f"{len(layer.neurons)} {layer.activation}" for layer in self.layers)
        return f"MLP({self.sizes}: {self.sizes[0]} → {layers}, {count} parameters)"
