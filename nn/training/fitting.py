"""Training by minibatches: `fit`, and the loop that it runs."""

from __future__ import annotations

import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Literal

from autograd import paused_collector

from ..model.hints import did_you_mean, hinted
from ..model.numbers import at_least_0, whole
from ..model.parameters import assign, parameters_of
from . import checkpoints, losses
from .clipping import require_limit
from .compiled import Compiled
from .engines import Eager, Engine, StepResult, Task
from .evaluation import examples
from .history import Callback, Epoch, History
from .losses import Loss, LossName
from .meaning import Model, meaning, threshold
from .optimizers import OPTIMIZERS, Optimizer, OptimizerName


@hinted
def fit(
    model: Model,
    data: Any,
    targets: Any = None,
    *,
    loss: LossName | Loss = "cross_entropy",
    optimizer: OptimizerName | Optimizer = "adam",
    lr: float | None = None,
    epochs: int = 10,
    batch_size: int = 10,
    l2: float = 0.0,
    clip_norm: float | None = None,
    validation: Any = None,
    callbacks: Sequence[Callback] = (),
    checkpoint: str | os.PathLike[str] | None = None,
    seed: int = 0,
    progress: bool = True,
    engine: Literal["eager", "compiled"] = "eager",
    arrays: Any = None,
    device: Any = None,
    dtype: str | None = None,
) -> History:
    """Train by minibatches: C = 1/m Σ C_x over m examples, then one step of the optimizer.

    The examples are `fit(model, X, Y)`, a tuple `(X, Y)`, or a list or an iterator of pairs `(x, y)`;
    X and Y may be lists, arrays or data frames.

    Args:
        model: an MLP, or anything that is called like one and has `parameters()`.
        data: the inputs, or inputs and targets, as above.
        targets: the targets, if `data` are the inputs: class indices, numbers, or lists of numbers.
        loss: the name of a loss in `nn.losses` ("mse", "ce" and "bce" are short for the usual ones), or a
            function of the outputs and the target of one example.
        optimizer: "sgd", "adam" or "adamw", or one that you made, as `SGD(model, lr=0.1)`.
        lr: the learning rate of an optimizer given by name; 0.1 for "sgd", 0.01 for the others.
        epochs: how many times every example is visited.
        batch_size: how many examples make one step.
        l2: adds `l2 · Σ p²` to the cost.
        clip_norm: the largest norm that a gradient keeps (see `clip_grad_norm`).
        validation: examples to measure after each epoch; a tuple `(X, Y)` or pairs.
        callbacks: functions of the history, called after each epoch; one that returns True ends the
            training (see `early_stopping`).
        checkpoint: a file that is replaced after each epoch; a run that finds its file continues from
            there, to the result that it would have had.
        seed: decides the order of the examples, together with the number of the epoch.
        progress: show a progress bar in terminals and notebooks, if tqdm is installed.
        engine: "compiled" compiles model and loss once, with `autograd.compile`, and is tens to hundreds
            of times as fast; the numbers are those of "eager" up to rounding. Class indices then reach
            the loss as one-hot lists, and what is not among the optimizer's parameters stays as it is.
        arrays: the array library that computes the compiled program: None for NumPy's own code, or torch,
            jax.numpy, … (see `Program.to`).
        device: the device of that library's arrays, as "cuda"; its default if None.
        dtype: the precision of the compiled program, "float64", "float32", or "bfloat16" where `arrays` has
            it; the parameters are then rounded to it.

    Raises ValueError (or TypeError), before any step, for data that are empty, ragged, not finite or
    mislabelled, naming the row; for a loss that does not fit the outputs, an optimizer of other
    parameters and a checkpoint of another run. Raises ArithmeticError if a number leaves the range of
    floats; then, and after an interrupt, the parameters are those of the last good step. The compiled
    engine raises TypeError for a model or a loss that cannot be traced, ModuleNotFoundError without
    NumPy.

    >>> from nn import MLP
    >>> mlp = MLP([2, 4, 1], seed=1)
    >>> X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> history = fit(mlp, X, Y, loss="bce", optimizer="sgd", lr=0.5, epochs=200, batch_size=4)
    >>> history[-1].accuracy
    1.0
    """
    epochs, batch_size = whole("fit: epochs", epochs), whole("fit: batch_size", batch_size)
    l2 = at_least_0("fit: l2", l2)
    if clip_norm is not None:
        require_limit("fit: clip_norm", clip_norm)
    if callable(callbacks) or not all(map(callable, callbacks := [*callbacks])):
        raise TypeError("fit: callbacks must be a list of functions, even of one")
    if engine not in ("eager", "compiled") or (engine == "eager" and arrays is not None):
        raise ValueError(f'fit: engine must be "eager", or "compiled" with arrays, not {engine!r}')
    if engine == "eager" and dtype is not None:
        raise ValueError('fit: dtype is the precision of engine="compiled"; eager numbers are float64')
    if device is not None and arrays is None:
        raise ValueError("fit: device needs the array library whose device it is, as arrays=torch")
    cost = losses.named(loss)
    train, held_out = examples(model, data, targets, cost), None
    if validation is not None:
        try:
            held_out = examples(model, validation, None, cost)
        except (ValueError, TypeError) as error:
            error.add_note("in the validation examples")
            raise
    restore_best = any(getattr(callback, "restore_best", False) for callback in callbacks)
    if restore_best and held_out is None:
        raise ValueError("fit: early_stopping(restore_best=True) needs validation=(X, Y)")
    optimizer = _optimizer(optimizer, model, lr)
    limit = threshold(cost, meaning(model, model(train[0][0])))
    task = Task(model, train, held_out, cost, limit, optimizer, l2, clip_norm)
    computing: Engine = Eager(task) if engine == "eager" else Compiled(task, arrays, device, dtype)
    path = None if checkpoint is None else Path(checkpoint)
    history, best, run = History(), None, dict[str, Any]()
    if path is not None:
        run = checkpoints.description(task) | {
            "batch_size": batch_size,
            "seed": seed,
            "engine": engine,
            "arrays": arrays and arrays.__name__,
            "dtype": dtype,
            "restore_best": restore_best,
        }
        history, best = checkpoints.load(path, run, optimizer)

    per_epoch = -(-len(train[0]) // batch_size)
    with paused_collector(), _bar(per_epoch, len(history), epochs, progress) as bar:
        while not _ended(callbacks, history) and len(history) < epochs:
            done: list[StepResult] = []
            computing.load()
            try:
                for batch in minibatches(len(train[0]), batch_size, seed, len(history)):
                    try:
                        done.append(computing.step(batch))
                    except ArithmeticError as error:
                        rows = ", ".join(map(str, batch))
                        error.add_note(
                            f"in epoch {len(history) + 1}, on rows {rows}; the last good step is kept"
                        )
                        raise
                    if bar is not None:
                        bar.update()
            finally:
                computing.store()
            history.epochs.append(Epoch(*_mean(done), *computing.validate()))
            if restore_best and history.best == len(history):
                best = [parameter.data for parameter in optimizer.parameters]
            if bar is not None:
                bar.set_description(str(history[-1]))
            if path is not None:
                checkpoints.save(path, run, history, optimizer, best)
    if best is not None:
        assign(optimizer.parameters, "data", best)
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


def _mean(measured: list[StepResult]) -> tuple[float, float | None]:
    total = sum(count for count, _, _ in measured)
    loss = sum(count * loss for count, loss, _ in measured) / total
    right = [count * share for count, _, share in measured if share is not None]
    return loss, sum(right) / total if right else None


def _ended(callbacks: Sequence[Callback], history: History) -> bool:
    """Ask the callbacks, all of them; a resumed run asks about its last epoch again."""
    return len(history) > 0 and True in [callback(history) for callback in callbacks]


def _optimizer(optimizer: OptimizerName | Optimizer, model: Model, lr: float | None) -> Optimizer:
    parameters = parameters_of(model, "fit")
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZERS:
            near = did_you_mean(optimizer, OPTIMIZERS)
            raise ValueError(f"no optimizer {optimizer!r}; there are {', '.join(OPTIMIZERS)}{near}")
        usual = 0.1 if optimizer == "sgd" else 0.01
        return OPTIMIZERS[optimizer](parameters, lr=usual if lr is None else lr)
    if not isinstance(optimizer, Optimizer):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"fit: optimizer must be a name, or made as SGD(model, lr=0.1), not {optimizer!r}")
    if lr is not None:
        raise ValueError(f"fit: lr is for an optimizer that is given by its name; {optimizer!r} has its own")
    if not set(parameters) & set(optimizer.parameters):
        raise ValueError(
            f"fit: {optimizer!r} was made with other parameters; it would move none of the model's"
        )
    return optimizer


@contextmanager
def _bar(per_epoch: int, done: int, epochs: int, wanted: bool) -> Generator[Any, None, None]:
    """tqdm's bar in a terminal or notebook, None elsewhere and without tqdm."""
    tqdm: Any = None
    if wanted:
        with warnings.catch_warnings(), suppress(ImportError):
            warnings.simplefilter("ignore")  # tqdm warns if a notebook has no ipywidgets
            tqdm = import_module("tqdm.auto").tqdm
    if tqdm is None:
        yield None
        return
    with tqdm(total=epochs * per_epoch, initial=done * per_epoch, unit="batch", disable=None) as bar:
        yield bar
