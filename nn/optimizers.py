"""How a step is taken once the gradient is known. Names and defaults are PyTorch's."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import RangeError, Value

State = dict[str, Any]


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate η, a state, and when to refuse.

    A step happens whole or not at all: where a parameter would become infinite or nan, `step` raises
    RangeError before any has changed. Raises TypeError for parameters that are no leaves, ValueError
    for none, for one given twice, and for a learning rate that is not above 0.
    """

    def __init__(self, parameters: Iterable[Value], lr: float, state: State) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError(f"{self._name}: there are no parameters to optimize")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.parents:  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{self._name}: a parameter must be a leaf Value, not {parameter!r}")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{self._name}: a parameter is in the list twice, and would move twice")
        if not 0.0 < lr < math.inf:
            raise ValueError(f"{self._name}: lr must be a positive number, not {lr!r}")
        self.lr = lr
        self._state = state

    def __repr__(self) -> str:
        settings = {"lr": self.lr, **self._settings()}
        return f"{self._name}({', '.join(f'{name}={value!r}' for name, value in settings.items())})"

    def _settings(self) -> State:
        raise NotImplementedError

    @property
    def _name(self) -> str:
        return type(self).__name__

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move every parameter by one step, against its gradient.

        Raises RangeError, before any has moved, where one would become infinite or nan.
        """
        moves, state = self._advance([parameter.grad for parameter in self.parameters])
        moved = [parameter.data - move for parameter, move in zip(self.parameters, moves)]
        for parameter, data in zip(self.parameters, moved):
            if not math.isfinite(data):
                raise RangeError(
                    f"{self._name}: this step would take {parameter.label or 'a parameter'} from "
                    f"{parameter.data!r} to {data!r} (its gradient is {parameter.grad!r}); "
                    "a smaller lr or clip_grad_norm helps"
                )
        for parameter, data in zip(self.parameters, moved):
            parameter.data = data
        self._state = state

    def _advance(self, gradients: Sequence[float]) -> tuple[list[float], State]:
        """What to subtract from each parameter, and the state after it."""
        raise NotImplementedError

    def state_dict(self) -> State:
        """A copy of what the optimizer remembers between steps: numbers and lists, fit for JSON."""
        return copy.deepcopy(self._state)

    def load_state_dict(self, state: State) -> None:
        """Remember `state`, which `state_dict` gave. Raises ValueError where it is another optimizer's."""
        fits = state.keys() == self._state.keys() and all(
            len(kept) == len(self.parameters) for kept in state.values() if hasattr(kept, "__len__")
        )
        if not fits:
            raise ValueError(f"{self._name}: this is the state of another optimizer or of other parameters")
        self._state = copy.deepcopy(state)


class SGD(Optimizer):
    """Gradient descent with momentum: `v ← μ v + g`, `p ← p − η v` (μ = 0: `p ← p − η g`).

    `lr` is η, `momentum` is μ. Raises ValueError for a momentum outside 0 … 1; else see `Optimizer`.

    >>> p = Value(3.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 12)
    2.4
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 1e-3, momentum: float = 0.0) -> None:
        parameters = list(parameters)
        super().__init__(parameters, lr, {"velocities": [0.0] * len(parameters)})
        if not 0.0 <= momentum < 1.0:
            raise ValueError(f"SGD: momentum must be at least 0 and below 1, not {momentum!r}")
        self.momentum = momentum

    def _settings(self) -> State:
        return {"momentum": self.momentum}

    def _advance(self, gradients: Sequence[float]) -> tuple[list[float], State]:
        velocities = [self.momentum * v + g for v, g in zip(self._state["velocities"], gradients)]
        return [self.lr * v for v in velocities], {"velocities": velocities}


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps of about η each, whatever the gradient's size.

    `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, both divided by `1 − βᵗ` as they begin at 0, and
    `p ← p − η m / (√s + ε)`. Raises ValueError for a β outside 0 … 1 or an ε that is not above 0.

    >>> p = Value(3.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    2.9
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        parameters = list(parameters)
        zeros = [0.0] * len(parameters)
        super().__init__(parameters, lr, {"steps": 0, "means": zeros, "squares": zeros})
        if not all(0.0 <= beta < 1.0 for beta in betas):
            raise ValueError(f"Adam: betas must be at least 0 and below 1, not {betas!r}")
        if not 0.0 < eps < math.inf:
            raise ValueError(f"Adam: eps must be a positive number, not {eps!r}")
        self.betas = betas
        self.eps = eps

    def _settings(self) -> State:
        return {"betas": self.betas, "eps": self.eps}

    def _advance(self, gradients: Sequence[float]) -> tuple[list[float], State]:
        beta1, beta2 = self.betas
        steps = self._state["steps"] + 1
        means = [beta1 * m + (1.0 - beta1) * g for m, g in zip(self._state["means"], gradients)]
        squares = [beta2 * s + (1.0 - beta2) * g * g for s, g in zip(self._state["squares"], gradients)]
        bias1, bias2 = 1.0 - beta1**steps, 1.0 - beta2**steps
        moves = [self.lr * (m / bias1) / (math.sqrt(s / bias2) + self.eps) for m, s in zip(means, squares)]
        return moves, {"steps": steps, "means": means, "squares": squares}


OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"sgd": SGD, "adam": Adam}


def clip_grad_norm(parameters: Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients together so that their norm √Σ g² is at most `max_norm`; the norm before.

    As PyTorch's `clip_grad_norm_`, it multiplies by `max_norm / (norm + 1e-6)` where that is below 1.
    Raises ValueError where `max_norm` is not above 0.

    >>> p, q = Value(0.0), Value(0.0)
    >>> (3.0 * p + 4.0 * q).backward()
    >>> clip_grad_norm([p, q], max_norm=1.0)
    5.0
    >>> round(p.grad, 6), round(q.grad, 6)
    (0.6, 0.8)
    """
    if not max_norm > 0.0:
        raise ValueError(f"clip_grad_norm: max_norm must be above 0, not {max_norm!r}")
    parameters = list(parameters)
    norm = math.hypot(*(parameter.grad for parameter in parameters))
    scale = max_norm / (norm + 1e-6)
    if scale < 1.0:
        for parameter in parameters:
            parameter.grad *= scale
    return norm
