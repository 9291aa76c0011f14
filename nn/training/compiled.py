"""The engine that compiles model and loss once, and takes its steps on flat arrays."""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import autograd
from autograd import RangeError

from ..data.reading import as_float
from . import losses
from .clipping import clipped
from .engines import Examples, StepResult, Task, ValidationResult
from .losses import Loss
from .meaning import classes
from .targets import listed, vector

BLOCK = 1000  # examples in a call that only measures


class Compiled:
    """A program for minibatches, compiled from the cost of one example, on flat parameters.

    From `load` to `store` the parameters are one array, of NumPy or of the library `xp`, there on `device`.
    `dtype` is the precision of the program. Raises
    ModuleNotFoundError without NumPy, and TypeError if model or loss need to know a number of the
    example (see `autograd.compile`).
    """

    def __init__(self, task: Task, xp: Any = None, device: Any = None, dtype: str | None = None) -> None:
        try:
            self.numpy: Any = import_module("numpy")
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                'fit: engine="compiled" needs NumPy: pip install "stepgrad[compile]"'
            ) from None
        self.task, self.xp, self.dtype = task, xp, dtype
        self._floats = {} if device is None else {"device": device}
        self._integers = dict(self._floats)
        if xp is not None and dtype is not None:
            self._floats["dtype"] = getattr(xp, dtype)
        self.outputs = len(task.model(task.examples[0][0]))
        self.X, self.Y, self.classes = self._arrays(task.examples)
        self.validation = None if task.validation is None else self._arrays(task.validation)
        self.program = self._program()
        if xp is not None:
            self.ported = self.program.to(xp)
            self.value_and_grad = _jitted(xp, self.ported.value_and_grad)
            self.forward = _jitted(xp, self.ported)

    def _arrays(self, examples: Examples) -> tuple[Any, Any, Any]:
        """The inputs and the targets of each example, and its class, −1 for none."""
        X, Y = examples
        kind = self.dtype if self.xp is None else None  # else `_placed` decides
        targets = self.numpy.array(vectors(Y, self.task.loss, self.outputs), kind)
        labels = classes(Y, self.outputs, self.task.limit)
        numbered = self.numpy.array([-1 if label is None else label for label in labels])
        return self.numpy.array(X, kind), targets, numbered

    def _program(self) -> autograd.Program:
        task, (X, Y) = self.task, self.task.examples
        alone = task.loss not in losses.LOSSES.values() and not isinstance(Y[0], Iterable)

        def cost(x: list[Any], y: list[Any]) -> tuple[Any, list[Any]]:
            outputs = task.model(x)
            return task.loss(outputs, y[0] if alone else y), outputs

        try:
            examples = [X[0], self.Y[0].tolist()]
            own = "float64" if self.dtype is None or self.xp is not None else self.dtype
            return autograd.compile(cost, examples, task.optimizer.parameters, "arrays", own)
        except (TypeError, ValueError) as error:
            hint = "; to choose an output, give one-hot targets, not class indices" if alone else ""
            error.add_note(
                "fit compiles model and loss once, when inputs and targets have no numbers yet"
                f'{hint}; engine="eager" needs no compiling'
            )
            raise

    def load(self) -> None:
        """Read parameters and the optimizer's state, which may have changed between epochs."""
        self.program.load()
        # A pair, so that one assignment replaces both: an interrupt cannot part them.
        self.now: tuple[Any, dict[str, Any]] = (
            self._placed_for_steps(self.program.parameters),
            {
                name: part if name == "steps" else self._placed_for_steps(self.numpy.array(part))
                for name, part in self.task.optimizer.state_dict().items()
            },
        )

    def store(self) -> None:
        """Write them back, as the last good step left them."""
        parameters, state = self.now
        lists = {name: part if name == "steps" else part.tolist() for name, part in state.items()}
        self.task.optimizer.adopt(parameters.tolist(), lists)

    def step(self, rows: list[int]) -> StepResult:
        """One step, as `Engine.step`."""
        task, X, Y = self.task, self.X.take(rows, 0), self.Y.take(rows, 0)
        share = None
        if (labels := self.classes.take(rows)).min() >= 0:
            share = self._right(self._forward(X, Y)[1], labels) / len(rows)
        with self.numpy.errstate(all="ignore"):
            mean, gradient = self._gradient(X, Y)
            if task.l2:
                gradient = gradient + 2.0 * task.l2 * self.now[0]
            if task.clip_norm is not None:
                gradient, _ = clipped(gradient, task.clip_norm)
            optimizer = task.optimizer
            self.now = optimizer.stepped(self.now[0], gradient, self.now[1], optimizer.parameters)
        return len(rows), mean, share

    def validate(self) -> ValidationResult:
        """Loss and accuracy, as `Engine.validate`."""
        if self.validation is None:
            return None, None
        X, Y, labels = self.validation
        total, right = 0.0, 0
        for start in range(0, len(X), BLOCK):
            part = slice(start, start + BLOCK)
            costs, outputs = self._forward(X[part], Y[part])
            total += float(costs.sum())
            right += self._right(outputs, labels[part]) if labels.min() >= 0 else 0
        return total / len(X), right / len(X) if labels.min() >= 0 else None

    def _forward(self, X: Any, Y: Any) -> tuple[Any, Any]:
        """The cost and the outputs of each example."""
        if self.xp is None:
            self._write_parameters()
            return self.program(X, Y)
        return self.forward(self._placed(self.now[0]), self._placed(X), self._placed(Y))

    def _gradient(self, X: Any, Y: Any) -> tuple[float, Any]:
        """The mean cost and its gradient."""
        if self.xp is None:
            self._write_parameters()
            return self.program.backward(X, Y), self.program.gradient
        mean, gradient = self.value_and_grad(*map(self._placed, (self.now[0], X, Y)))
        if _is_lazy(gradient):
            mean, gradient = mean.compute(), gradient.compute()
        if not math.isfinite(mean):
            self._write_parameters()
            self.program.backward(X, Y)  # names what is not finite
            raise RangeError(f"the mean cost is {float(mean)} in the precision of {self.xp.__name__}")
        return float(mean), gradient

    def _right(self, outputs: Any, labels: Any) -> int:
        """The number of classes that are predicted rightly, by the rule of `predict`."""
        if self.outputs > 1:
            return int((outputs.argmax(1) == self._placed(labels, self._integers)).sum())
        return int(((outputs[:, 0] > self.task.limit) == self._placed(labels, self._integers)).sum())

    def _write_parameters(self) -> None:
        parameters = self.now[0]
        self.program.parameters[:] = parameters if self.xp is None else parameters.tolist()

    def _placed(self, array: Any, kind: dict[str, Any] | None = None) -> Any:
        """The array in the library that computes, with its precision and on its device."""
        return (
            array if self.xp is None else self.xp.asarray(array, **(self._floats if kind is None else kind))
        )

    def _placed_for_steps(self, array: Any) -> Any:
        """The array in the library that takes the steps: the one that computes, unless it is lazy."""
        placed = self._placed(array)
        return array if _is_lazy(placed) else placed


def vectors(Y: list[Any], loss: Loss, outputs: int) -> list[list[float]]:
    """Each target as a list of numbers, as many in every row: a class index becomes one-hot.

    A loss of the user's own gets its targets as they are. Raises ValueError, naming the row, for a
    target that is not a number or a list of numbers, or is of another length.
    """
    ours = loss in losses.LOSSES.values()
    rows: list[list[float]] = []
    for row, y in enumerate(Y):
        try:
            numbers = [as_float(number) for number in (vector(y, outputs) if ours else listed(y))]
        except (TypeError, ValueError):
            raise ValueError(f"row {row} of the targets is not a list of numbers: {y!r:.60}") from None
        rows.append(numbers)
        if len(numbers) != len(rows[0]):
            raise ValueError(f"row {row} of the targets has {len(numbers)} numbers, row 0 has {len(rows[0])}")
    return rows


def _is_lazy(array: Any) -> bool:
    """Whether it is one of Dask's, which remembers all that led to it until it is asked for numbers."""
    return hasattr(array, "compute")


def _jitted(xp: Any, function: Any) -> Any:
    """The function, compiled by XLA if the library is JAX."""
    return import_module("jax").jit(function) if xp.__name__ == "jax.numpy" else function
