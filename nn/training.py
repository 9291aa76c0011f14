"""Training by minibatches: `fit`, and the loop that it runs."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from random import Random
from typing import Any, Protocol

import autograd
from autograd import Value

from . import losses
from .data import checked
from .history import Epoch, History, shown
from .optimizers import SGD

Loss = Callable[[list[Any], Any], Any]
Data = tuple[Sequence[Any], Sequence[Any]]

LOSSES: dict[str, Loss] = {
    "quadratic": losses.quadratic,
    "cross_entropy": losses.cross_entropy,
    "binary_cross_entropy": losses.binary_cross_entropy,
}


class Model(Protocol):
    """What can be trained: an MLP, or anything else that is called with one input like it."""

    def __call__(self, x: Iterable[Any], /) -> list[Value]:
        """The outputs for one input."""
        ...

    def parameters(self) -> list[Value]:
        """The Values to train."""
        ...


def fit(
    model: Model,
    data: Data,
    *,
    loss: str | Loss = "cross_entropy",
    optimizer: SGD | None = None,
    epochs: int = 10,
    batch_size: int = 10,
    validation: Data | None = None,
    callbacks: Sequence[Callable[[History], object]] = (),
    seed: int = 0,
    progress: bool = True,
) -> History:
    """Train on `(X, Y)` by minibatches: C = 1/m Σ C_x over m examples, then one optimizer step.

    Every epoch visits all examples once, in an order that `seed` and the epoch's number decide.
    `loss` is a name or a function of the outputs and the target of one example. `callbacks` are
    called with the history after every epoch; one that returns True ends the training. A progress
    bar is shown in terminals and notebooks where tqdm is installed.

    Raises ValueError for data that is empty, ragged, nan or mislabelled, naming the row, and
    ArithmeticError where a number leaves the floats; the parameters are then those of the last good
    step.

    >>> from nn import MLP
    >>> xor = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> mlp = MLP([2, 4, 1], seed=1)
    >>> history = fit(mlp, xor, loss="binary_cross_entropy", optimizer=SGD(mlp.parameters(), lr=0.5),
    ...               epochs=200, batch_size=4, progress=False)
    >>> history[-1].accuracy
    1.0
    """
    if isinstance(loss, str) and loss not in LOSSES:
        raise ValueError(f"no loss {loss!r}; there are {', '.join(LOSSES)}")
    cost = LOSSES[loss] if isinstance(loss, str) else loss
    X, Y = checked(data)
    held_out = None if validation is None else checked(validation)
    optimizer = SGD(model.parameters(), lr=0.1) if optimizer is None else optimizer
    history = History()
    with paused_collector(), _bar(epochs * -(-len(X) // batch_size), progress) as bar:
        while len(history) < epochs:
            batches = minibatches(len(X), batch_size, seed, len(history))
            done = [_step(model, cost, optimizer, [(X[i], Y[i]) for i in batch], bar) for batch in batches]
            measured = evaluate(model, held_out, cost) if held_out else (None, None)
            history.epochs.append(Epoch(*_mean(done), *measured))
            if bar is not None:
                bar.set_description(_summary(history))
            answers = [callback(history) for callback in callbacks]
            if True in answers:
                break
    return history


def minibatches(count: int, batch_size: int, seed: int, epoch: int) -> Iterator[list[int]]:
    """The rows of each minibatch of an epoch: all rows once, in an order of that epoch's own.

    >>> [len(batch) for batch in minibatches(25, 10, seed=0, epoch=0)]
    [10, 10, 5]
    """
    order = list(range(count))
    Random(f"{seed}/{epoch}").shuffle(order)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


Measured = tuple[int, float, float | None]  # examples, mean loss, accuracy


def _step(model: Model, cost: Loss, optimizer: SGD, batch: list[tuple[Any, Any]], bar: Any) -> Measured:
    outputs = [model(x) for x, _ in batch]
    mean = autograd.sum(cost(a, y) for a, (_, y) in zip(outputs, batch)) / len(batch)
    optimizer.zero_grad()
    mean.backward()
    optimizer.step()
    if bar is not None:
        bar.update()
    return len(batch), mean.data, accuracy(outputs, [y for _, y in batch])


def _mean(measured: list[Measured]) -> tuple[float, float | None]:
    total = sum(count for count, _, _ in measured)
    loss = sum(count * loss for count, loss, _ in measured) / total
    right = [count * share for count, _, share in measured if share is not None]
    return loss, sum(right) / total if right else None


def evaluate(model: Model, data: Data, loss: str | Loss = "cross_entropy") -> tuple[float, float | None]:
    """The mean loss and the accuracy (None where targets are no classes) of a model on `(X, Y)`."""
    cost = LOSSES[loss] if isinstance(loss, str) else loss
    X, Y = checked(data)
    outputs = [model(x) for x in X]
    mean = sum(float(cost(a, y)) for a, y in zip(outputs, Y)) / len(X)
    return mean, accuracy(outputs, Y)


def predict(outputs: Sequence[Any]) -> int:
    """The class that outputs say: the largest, or, of a single one, whether it is above 0."""
    if len(outputs) == 1:
        return int(outputs[0] > 0.0)
    return max(range(len(outputs)), key=lambda k: float(outputs[k]))


def accuracy(outputs: Sequence[Sequence[Any]], targets: Sequence[Any]) -> float | None:
    """The share of examples whose predicted class is the target; None where targets are no classes."""
    classes = [_class(target) for target in targets]
    if None in classes:
        return None
    return sum(predict(a) == y for a, y in zip(outputs, classes)) / len(classes)


def _class(target: Any) -> int | None:
    if hasattr(target, "__index__"):
        return max(int(target), 0)  # the labels of a margin are −1 and 1
    numbers = losses.listed(target)
    one_hot = len(numbers) > 1 and sorted(numbers)[-2:] == [0, 1] and sum(numbers) == 1
    return numbers.index(1) if one_hot else None


@contextmanager
def paused_collector() -> Generator[None, None, None]:
    """Pause Python's cyclic garbage collector, as graphs have no cycles, and restore it always."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _bar(steps: int, wanted: bool) -> Generator[Any, None, None]:
    """tqdm's bar in a terminal or notebook, None elsewhere and without tqdm."""
    tqdm: Any = None
    if wanted:
        with warnings.catch_warnings(), suppress(ImportError):
            warnings.simplefilter("ignore")  # tqdm warns where a notebook has no ipywidgets
            tqdm = import_module("tqdm.auto").tqdm
    if tqdm is None:
        yield None
        return
    with tqdm(total=steps, unit="batch", disable=None) as bar:
        yield bar


def _summary(history: History) -> str:
    epoch = history[-1]
    said = "" if epoch.accuracy is None else f", accuracy {shown('accuracy', epoch.accuracy)}"
    return f"epoch {len(history)}: loss {shown('loss', epoch.loss)}{said}"
