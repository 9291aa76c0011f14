"""How `fit` computes a minibatch: as a new graph each time, or with a program (see `nn.training.compiled`).

Both engines take the same steps: the mean cost over the rows, its gradient and that of the penalty,
a limit for its norm, the optimizer's rule. They differ in rounding only, as they add up sums in
another order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import autograd
from autograd import Value

from . import losses
from .evaluation import Model, accuracy, evaluate
from .losses import Loss
from .optimizers import Optimizer, clip_grad_norm

Measured = tuple[int, float, float | None]  # examples, mean loss, accuracy
Held = tuple[float | None, float | None]  # mean loss, accuracy; None without examples held out
Examples = tuple[list[list[float]], list[Any]]


@dataclass(frozen=True)
class Task:
    """What is trained, and how: the arguments of `fit` that an engine needs."""

    model: Model
    examples: Examples
    held_out: Examples | None
    loss: Loss
    optimizer: Optimizer
    l2: float
    clip_norm: float | None


class Eager:
    """A graph of Values for each minibatch, that all of autograd's tools can look at."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def load(self) -> None:
        """Begin an epoch: nothing to do, the Values are the parameters."""

    def store(self) -> None:
        """End an epoch, after the last step or an error."""

    def step(self, rows: list[int]) -> Measured:
        """One step on some rows; what the model did there before it."""
        task, optimizer, (X, Y) = self.task, self.task.optimizer, self.task.examples
        outputs = [task.model(X[row]) for row in rows]
        targets = [Y[row] for row in rows]
        costs: list[Value | float] = [task.loss(a, y) for a, y in zip(outputs, targets)]
        mean = autograd.sum(costs) / len(rows)
        total = mean + losses.l2_penalty(optimizer.parameters, task.l2) if task.l2 else mean
        optimizer.zero_grad()
        if isinstance(total, Value):  # else the loss is constant on these rows
            total.backward()
        if task.clip_norm is not None:
            clip_grad_norm(optimizer.parameters, task.clip_norm)
        optimizer.step()
        return len(rows), float(mean), accuracy(outputs, targets, task.loss)

    def validate(self) -> Held:
        """The mean loss and the accuracy on the examples that are held out."""
        task = self.task
        return evaluate(task.model, task.held_out, task.loss) if task.held_out else (None, None)
