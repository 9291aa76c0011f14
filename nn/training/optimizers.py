"""How a step is taken once the gradient is known. Names and defaults are PyTorch's.

Each rule is written once, for a number; on an array it is the same for all its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from autograd import RangeError, Value

State = dict[str, Any]


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate η, a state, and when to refuse.

    A step happens whole or not at all: where a parameter would become infinite or nan, `step` raises
    RangeError before any has changed. Raises TypeError for parameters that are no leaves, ValueError
    for none, for one given twice, and for a learning rate that is not above 0.
    """

    def __init__(self, parameters: Iterable[Value], lr: float, *memory: str) -> None:
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
        self._state: State = {"steps": 0} | {name: [0.0] * len(self.parameters) for name in memory}

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
        data = [parameter.data for parameter in self.parameters]
        gradient = [parameter.grad for parameter in self.parameters]
        moved, self._state = self.stepped(data, gradient, self._state, self.parameters)
        for parameter, data in zip(self.parameters, moved):
            parameter.data = data

    def stepped(
        self, data: Any, gradient: Any, state: State, parameters: Sequence[Value]
    ) -> tuple[Any, State]:
        """(data, state) after a step, for lists or for flat arrays of any library; nothing is changed.

        `state` is what `state_dict` gave, with arrays for its lists where `data` is one. Raises
        RangeError, naming one of the `parameters`, where a number would become infinite or nan.
        """
        steps = state["steps"] + 1
        rule, names = self._rule(steps), [name for name in state if name != "steps"]
        if isinstance(data, list):
            moves, *memory = map(list, zip(*map(rule, gradient, *(state[name] for name in names))))
            moved: Any = [number - move for number, move in zip(cast("list[float]", data), moves)]
            finite = all(map(math.isfinite, moved))
        else:
            move, *memory = rule(gradient, *(state[name] for name in names))
            moved = data - move
            finite = math.isfinite(float(moved.sum())) or all(map(math.isfinite, moved.tolist()))
        if not finite:
            raise self._refusal(data, gradient, moved, parameters)
        return moved, {"steps": steps, **dict(zip(names, memory))}

    def _refusal(self, data: Any, gradient: Any, moved: Any, parameters: Sequence[Value]) -> RangeError:
        place = next(place for place, number in enumerate(moved) if not math.isfinite(number))
        before, slope, after = (float(numbers[place]) for numbers in (data, gradient, moved))
        return RangeError(
            f"{self._name}: this step would take {parameters[place].label or 'a parameter'} from "
            f"{before!r} to {after!r} (its gradient is {slope!r}); a smaller lr or clip_grad_norm helps"
        )

    def _rule(self, steps: int) -> Callable[..., tuple[Any, ...]]:
        """The function of a gradient and what is remembered of it: what to subtract, and to remember."""
        raise NotImplementedError

    def state_dict(self) -> State:
        """A copy of what the optimizer remembers between steps: numbers and lists, fit for JSON."""
        return _copied(self._state)

    def load_state_dict(self, state: State) -> None:
        """Remember `state`, which `state_dict` gave. Raises ValueError where it is another optimizer's."""
        fits = state.keys() == self._state.keys() and all(
            len(kept) == len(self.parameters) for kept in state.values() if hasattr(kept, "__len__")
        )
        if not fits:
            raise ValueError(f"{self._name}: this is the state of another optimizer or of other parameters")
        self._state = _copied(state)


def _copied(state: State) -> State:
    return {name: kept if name == "steps" else list(kept) for name, kept in state.items()}


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
        super().__init__(parameters, lr, "velocities")
        if not 0.0 <= momentum < 1.0:
            raise ValueError(f"SGD: momentum must be at least 0 and below 1, not {momentum!r}")
        self.momentum = momentum

    def _settings(self) -> State:
        return {"momentum": self.momentum}

    def _rule(self, steps: int) -> Callable[..., tuple[Any, ...]]:
        def rule(g: Any, v: Any) -> tuple[Any, ...]:
            v = self.momentum * v + g
            return self.lr * v, v

        return rule


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
        super().__init__(parameters, lr, "means", "squares")
        if not all(0.0 <= beta < 1.0 for beta in betas):
            raise ValueError(f"Adam: betas must be at least 0 and below 1, not {betas!r}")
        if not 0.0 < eps < math.inf:
            raise ValueError(f"Adam: eps must be a positive number, not {eps!r}")
        self.betas = betas
        self.eps = eps

    def _settings(self) -> State:
        return {"betas": self.betas, "eps": self.eps}

    def _rule(self, steps: int) -> Callable[..., tuple[Any, ...]]:
        beta1, beta2 = self.betas
        bias1, bias2 = 1.0 - beta1**steps, 1.0 - beta2**steps

        def rule(g: Any, m: Any, s: Any) -> tuple[Any, ...]:
            m = beta1 * m + (1.0 - beta1) * g
            s = beta2 * s + (1.0 - beta2) * g * g
            return self.lr * (m / bias1) / ((s / bias2) ** 0.5 + self.eps), m, s

        return rule


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
    parameters = list(parameters)
    norm = math.hypot(*(parameter.grad for parameter in parameters))
    scale = clip_factor(norm, max_norm)
    if scale < 1.0:
        for parameter in parameters:
            parameter.grad *= scale
    return norm


def clip_factor(norm: float, max_norm: float) -> float:
    """What `clip_grad_norm` multiplies a gradient of that norm by; ValueError where `max_norm` ≤ 0."""
    if not max_norm > 0.0:
        raise ValueError(f"clip_grad_norm: max_norm must be above 0, not {max_norm!r}")
    return min(1.0, max_norm / (norm + 1e-6))
