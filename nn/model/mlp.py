"""MLP: a network as a list of layers.

Layer 0 is the input, layer 1 the first that computes (Nielsen's chapter 2 counts the input as layer 1). In
pictures w¹₂,₃ is the weight in layer 1 to neuron 2 from input 3: `mlp.layers[0].neurons[1].w[2]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import Any

from autograd import Value, drawing, scope

from .drawn import Drawn
from .hints import HintedNetwork, hinted, one_input
from .initializers import Initializer, InitializerName
from .layers import Layer
from .numbers import inputs_for
from .outputs import Outputs
from .parameters import assign

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@hinted
class MLP(HintedNetwork, Drawn):
    """A multilayer perceptron: `a[0] = x`, `a[l] = f(w[l] a[l-1] + b[l])` (Nielsen, chapter 2, eq. 25).

    Args:
        sizes: the number of inputs, then of neurons in each layer: `MLP([784, 30, 10])` has two layers.
        activation: that of the hidden layers, or a list with one for each of them, or for all layers.
        output: the activation of the last layer, "softmax" too; "identity" if it is not given.
        seed: the same seed gives the same parameters on every platform.
        init: "normal", "glorot", "he", or a function (see `nn.initializers`); None chooses he for the
            relu family, glorot for the rest.
        expand: as for `Neuron`.

    Raises ValueError for fewer than two sizes, an unknown name, or another number of activations.

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
        activation: str | Sequence[str] = "tanh",
        output: str | None = None,
        seed: int | Random | None = None,
        *,
        init: InitializerName | Initializer | None = None,
        expand: bool = False,
    ) -> None:
        if not isinstance(sizes, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(
                f"MLP takes all sizes in one list, inputs first, as MLP([2, 3, 1]), not {sizes!r}"
            )
        if len(sizes) < 2:
            raise ValueError(f"MLP(sizes) needs the number of inputs and of outputs at least, not {sizes!r}")
        rng = seed if isinstance(seed, Random) else Random(seed)
        names = _activations(len(sizes) - 1, activation, output)
        self.layers: list[Layer] = []
        for number, ((inputs, outputs), name) in enumerate(zip(pairwise(sizes), names, strict=True), 1):
            self.layers.append(Layer(inputs, outputs, name, init=init, seed=rng, expand=expand))
            self.layers[-1].label(str(number).translate(_SUPERSCRIPTS))

    @property
    def sizes(self) -> list[int]:
        """The number of inputs, then of neurons in each layer."""
        return [len(self.layers[0].neurons[0].w), *(len(layer.neurons) for layer in self.layers)]

    def trace(self, x: Iterable[Any] | Any) -> tuple[list[list[Value]], list[list[Value]]]:
        """The weighted inputs and the activations, layer by layer, of one forward pass.

        Both lists have one entry per layer after the input, each a list of Values in neuron order;
        the last activations are the outputs. Nothing is kept on the network. Each layer computes in
        `scope("layer 1")`, each neuron in it in `scope("neuron 3")`. Raises ValueError if `x`
        does not have as many numbers as the network has inputs.

        >>> zs, activations = MLP([2, 3, 1], seed=0).trace([1.0, -2.0])
        >>> [len(layer) for layer in zs], activations[0][0].op, activations[0][0].scope.path
        ([3, 1], 'tanh', 'layer 1/neuron 1')
        """
        a = inputs_for("the network", self.sizes[0], x)
        zs: list[list[Value]] = []
        activations: list[list[Value]] = []
        for number, layer in enumerate(self.layers, 1):
            with scope(f"layer {number}"):
                z, a = layer.trace(a)
            zs.append(z)
            activations.append(a)
        return zs, activations

    @one_input
    def __call__(self, x: Iterable[Any] | Any) -> list[Value]:
        """The outputs, a list even of one, for inputs `x`, numbers or Values."""
        return Outputs(self.trace(x)[1][-1])

    def parameters(self) -> list[Value]:
        """All weights and biases, layer by layer, neuron by neuron."""
        return [parameter for layer in self.layers for parameter in layer.parameters()]

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        parameters = self.parameters()
        assign(parameters, "grad", [0.0] * len(parameters))

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
        return drawing.Text(drawing.aligned(rows, right=(0, 3)))

    def __repr__(self) -> str:
        count = len(self.parameters())
        layers = " → ".join(f"{len(layer.neurons)} {layer.activation}" for layer in self.layers)
        written = f"MLP({self.sizes}: {self.sizes[0]} → {layers}, {count} parameters)"
        return drawing.for_output(written)


def _activations(layers: int, activation: str | Sequence[str], output: str | None) -> list[str]:
    """The activation of each layer."""
    if not isinstance(activation, str | list | tuple):
        raise TypeError(f'MLP: an activation is given by its name, as in "relu", not {activation!r:.60}')
    if isinstance(activation, str):
        names = [activation] * (layers - 1)
    elif len(names := list(activation)) == layers and output is None:
        output = names.pop()
    if len(names) != layers - 1:
        raise ValueError(
            f"MLP: {len(names)} activations for {layers} layers; give one for each layer, or for each "
            "hidden layer beside `output`"
        )
    if "softmax" in names:
        raise ValueError('softmax is for the last layer: MLP(sizes, output="softmax")')
    return [*names, output or "identity"]
