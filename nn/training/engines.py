"""The engines of `fit`: a new graph for each minibatch, or a program (see `nn.training.compiled`).

Both engines take the same steps: the mean cost over the rows, its gradient and that of the penalty,
a limit for its norm, the optimizer's rule. They differ in rounding only, as they add up sums in
another order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import autograd
from autograd import Value

from ..data.reading import Examples, as_float
from . import losses
from .clipping import clip_grad_norm
from .evaluation import accuracy, evaluate
from .losses import Loss
from .meaning import Model
from .optimizers import Optimizer

StepResult = tuple[int, float, float | None]  # examples, mean loss, accuracy
ValidationResult = tuple[float | None, float | None]  # mean loss, accuracy; None without validation examples


@dataclass(frozen=True)
class Task:
    """The arguments of `fit` that an engine needs, checked.

    `limit` is what a single output must exceed to say class 1, None if it does not say a class.
    """

    model: Model
    examples: Examples
    validation: Examples | None
    loss: Loss
    limit: float | None
    optimizer: Optimizer
    l2: float
    clip_norm: float | None


class Engine(Protocol):
    """The interface between `fit` and an engine."""

    def load(self) -> None:
        """Begin an epoch."""
        ...

    def store(self) -> None:
        """End an epoch, after the last step or an error: write the parameters of the last good step back."""
        ...

    def step(self, rows: list[int]) -> StepResult:
        """Take one step on some rows; returns loss and accuracy on them before the step."""
        ...

    def validate(self) -> ValidationResult:
        """The mean loss and the accuracy on the validation examples."""
        ...


def _number(cost: Any) -> Value | float:
    """The cost of one example, as the loss returned it; TypeError if it is not a number."""
    if isinstance(cost, list) or not hasattr(cost, "__float__"):
        raise TypeError(f"the loss must return a number for each example, not {cost!r:.60}")
    return cost


class Eager:
    """A graph of Values for each minibatch, which all of autograd's tools can look at."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def load(self) -> None:
        """Nothing to do: the Values are the parameters."""

    def store(self) -> None:
        """Nothing to do: the Values are the parameters."""

    def step(self, rows: list[int]) -> StepResult:
        """One step, as `Engine.step`."""
        task, optimizer, (X, Y) = self.task, self.task.optimizer, self.task.examples
        outputs = [task.model(X[row]) for row in rows]
        targets = [Y[row] for row in rows]
        costs = [_number(task.loss(a, y)) for a, y in zip(outputs, targets)]
        mean = autograd.sum(costs) / len(rows)
        total = mean + losses.l2_penalty(optimizer.parameters, task.l2) if task.l2 else mean
        optimizer.zero_grad()
        if isinstance(total, Value):  # else the loss is constant on these rows
            total.backward()
        if task.clip_norm is not None:
            clip_grad_norm(optimizer.parameters, task.clip_norm)
        optimizer.step()
        return len(rows), as_float(mean), accuracy(outputs, targets, task.limit)

    def validate(self) -> ValidationResult:
        """Loss and accuracy, as `Engine.validate`."""
        task = self.task
        return evaluate(task.model, task.validation, loss=task.loss) if task.validation else (None, None)
