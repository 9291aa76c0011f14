"""Data to learn from: `(X, Y)`, a list of inputs and a list of targets.

`digits()` is real and comes with the package, `mnist(folder)` reads your own files, the others are random
and the same for the same seed. Nothing here downloads anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

from ..model.hints import answering, hinted
from .idx import mnist
from .points import circles, linear, moons, spirals, xor

__all__ = ["circles", "digits", "linear", "mnist", "moons", "spirals", "split", "xor"]


if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.data")

Inputs = list[list[float]]
Labels = list[int]
_X = TypeVar("_X")
_Y = TypeVar("_Y")

_LEVELS = "0123456789abcdefg"
_DIGITS = Path(__file__).with_name("digits.txt")


def digits(path: str | Path = _DIGITS) -> tuple[Inputs, Labels]:
    """1,797 handwritten digits: 64 pixels each, row by row, from 0 (paper) to 1 (ink), and the labels.

    They are the 8×8 digits of scikit-learn, the test part of UCI's "Optical Recognition of
    Handwritten Digits" (Alpaydin and Kaynak 1998, CC BY 4.0). Raises ValueError, naming the line,
    if the file is damaged.

    >>> X, Y = digits()
    >>> len(X), len(X[0]), Y[:5]
    (1797, 64, [0, 1, 2, 3, 4])
    """
    inputs: Inputs = []
    labels: Labels = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        label, _, pixels = line.partition(" ")
        if len(label) != 1 or label not in "0123456789" or len(pixels) != 64 or set(pixels) - set(_LEVELS):
            raise ValueError(
                f"{path}, line {number}: expected a label and 64 pixels from 0 to g, not {line!r}"
            )
        inputs.append([_LEVELS.index(pixel) / 16 for pixel in pixels])
        labels.append(int(label))
    if not labels:
        raise ValueError(f"{path} holds no digits")
    return inputs, labels


@hinted
def split(
    X: Sequence[_X],
    Y: Sequence[_Y],
    test: float = 0.2,
    seed: int = 0,
) -> tuple[tuple[list[_X], list[_Y]], tuple[list[_X], list[_Y]]]:
    """`(X, Y)` for training and `(X, Y)` for testing; the latter is a random share `test` of all examples.

    Raises ValueError if the lengths differ or one of the parts would be empty.

    >>> train, held_out = split(*digits())
    >>> len(train[0]), len(held_out[0])
    (1438, 359)
    """
    if len(X) != len(Y):
        raise ValueError(f"split: {len(X)} inputs but {len(Y)} targets")
    count = round(test * len(X)) if hasattr(test, "__float__") and 0.0 < test < 1.0 else 0
    if not 0 < count < len(X):
        raise ValueError(f"split: a share of {test} of {len(X)} examples leaves one part empty")
    order = list(range(len(X)))
    Random(seed).shuffle(order)
    parts = order[count:], order[:count]
    train, held_out = (([X[i] for i in part], [Y[i] for i in part]) for part in parts)
    return train, held_out
