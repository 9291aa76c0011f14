"""The meaning of a network's outputs: which losses fit them, and which class they say.

The last activation decides: softmax gives probabilities that add up to 1, sigmoid a probability per
output, every other usual activation numbers, which a loss "from logits" takes for logits.

| loss                                    | numbers | σ outputs | softmax | one output says class 1 if |
|-----------------------------------------|---------|-----------|---------|----------------------------|
| `quadratic`, `mean_squared_error`       | yes     | yes       | yes     | a > ½ with σ, else no class |
| `cross_entropy`                         | yes     | refused   | refused | refused                     |
| `binary_cross_entropy`                  | yes     | refused   | refused | z > 0                       |
| `hinge`                                 | yes     | refused   | refused | a > 0                       |
| `cross_entropy_of_probabilities`        | refused | refused   | yes     | refused                     |
| `binary_cross_entropy_of_probabilities` | refused | yes       | yes     | a > ½                       |

Several outputs say the class of the largest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

from autograd import Value

from ..model.activations import USUAL
from . import losses
from .losses import Loss
from .targets import listed

Meaning = Literal["numbers", "sigmoid", "softmax"]


class Model(Protocol):
    """Anything that can be trained: an MLP, or an object that is called with one input like it."""

    def __call__(self, x: Iterable[Any], /) -> list[Value]:
        """The outputs for one input."""
        ...

    def parameters(self) -> list[Value]:
        """The Values to train."""
        ...


def inputs_of(model: Any) -> int | None:
    """The number of inputs of a network, if it has `sizes` as an MLP has."""
    sizes: Any = getattr(model, "sizes", None)
    return sizes[0] if isinstance(sizes, list) else None  # pyright: ignore[reportUnknownVariableType]


def meaning(model: Any, outputs: Sequence[Any]) -> Meaning | None:
    """The meaning of the outputs, from the operation that made them, or from the last activation.

    None if neither tells: a model or an activation of the user's own.
    """
    operations = {output.op for output in outputs if isinstance(output, Value)} - {""}
    layers = getattr(model, "layers", None) or [None]
    names = set(str(getattr(layers[-1], "activation", "")).split("/"))
    for probability in ("softmax", "sigmoid"):
        if operations == {probability} or (not operations and names == {probability}):
            return probability
    plain = {*USUAL, "softmax"} - {"sigmoid"}
    return "numbers" if names <= plain and operations <= names | {"dot", "add"} else None


# The outputs that a loss takes, by its name; the others take all.
FITTING: dict[str, tuple[Meaning, ...]] = {
    "cross_entropy": ("numbers",),
    "binary_cross_entropy": ("numbers",),
    "hinge": ("numbers",),
    "cross_entropy_of_probabilities": ("softmax",),
    "binary_cross_entropy_of_probabilities": ("sigmoid", "softmax"),
}


def refuse_mismatch(loss: Loss, outputs: int, means: Meaning | None) -> None:
    """ValueError if the loss does not fit outputs that mean this."""
    name = getattr(loss, "__name__", "")
    if loss in (losses.cross_entropy, losses.cross_entropy_of_probabilities) and outputs == 1:
        raise ValueError(
            f"{name} compares the outputs of several classes, and there is one output: "
            'use loss="binary_cross_entropy" for a yes or no, "quadratic" for a number'
        )
    fitting = FITTING.get(name) if loss in losses.LOSSES.values() else None
    if fitting is None or means is None or means in fitting:
        return
    if loss is losses.hinge:
        raise ValueError(f"hinge takes numbers of both signs, and {means} gives probabilities")
    if "numbers" in fitting:
        raise losses.not_logits(name, means)
    raise ValueError(
        f'{name} takes probabilities: use a network with output="{fitting[0]}", '
        f"or from logits the loss {name.removesuffix('_of_probabilities')}"
    )


def threshold(loss: Loss | None, means: Meaning | None) -> float | None:
    """The number that a single output must exceed to say class 1; None if it does not say a class."""
    if means in ("sigmoid", "softmax") or loss is losses.binary_cross_entropy_of_probabilities:
        return 0.5
    return 0.0 if loss in (losses.binary_cross_entropy, losses.hinge) else None


def decided(outputs: Sequence[Any], limit: float | None, call: str = "predict(mlp, X") -> int:
    """The class that outputs say: the largest, or of a single one, 1 if it exceeds the limit, else 0.

    Raises ValueError for a single output without a limit; its advice completes the `call`.
    """
    numbers = [output.data if isinstance(output, Value) else float(output) for output in outputs]
    if len(numbers) > 1:
        return numbers.index(max(numbers))
    if limit is None:
        raise ValueError(
            "a single output that is not a probability says a class only with the loss that it was trained "
            f'for, as in {call}, loss="bce") or loss="hinge"; mlp(x)[0] is the number itself'
        )
    return int(numbers[0] > limit)


def classes(targets: Sequence[Any], outputs: int, limit: float | None) -> list[int | None]:
    """The class that each target stands for; None for a target that is not a class."""
    return [_class(y, outputs) if outputs > 1 or limit is not None else None for y in targets]


def _class(target: Any, outputs: int) -> int | None:
    numbers = listed(target)
    if not all(isinstance(number, float | int) or hasattr(number, "__float__") for number in numbers):
        return None
    if len(numbers) > 1:
        one_hot = len(numbers) == outputs and sorted(numbers)[-2:] == [0, 1] and sum(numbers) == 1
        return numbers.index(1) if one_hot else None
    label = float(numbers[0])
    return max(int(label), 0) if label.is_integer() else None  # the labels of a margin are −1 and 1
