"""Optimizers: rules for a step once the gradient is known. Names and defaults are PyTorch's.

Each rule is written once, for a number; on an array it is the same for all its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from autograd import RangeError, Value

from ..model.advice import OPTIMIZER
from ..model.hints import Hinted, answering, hinted
from ..model.numbers import above_0, at_least_0
from ..model.parameters import Parameters, assign, completed, values_of
from .clipping import clip_grad_norm

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "OptimizerName",
    "clip_grad_norm",
]

if not TYPE_CHECKING:
    _name_advice, __getattr__ = answering("nn.optimizers")

State = dict[str, Any]
OptimizerName = Literal["sgd", "adam", "adamw"]


class Optimizer(Hinted):
    """The base of SGD and Adam: the parameters, the learning rate η, a state, and when to refuse.

    `parameters` are Values, or a network. A step happens whole or not at all: if a parameter would
    become infinite or nan, `step` raises RangeError before any has changed. Raises TypeError for
    parameters that are not leaves, ValueError for none, for one given twice, and for a learning rate
    that is not above 0.
    """

    _answers = OPTIMIZER
    weight_decay = 0.0

    def __init__(self, parameters: Parameters, lr: float, *memory: str) -> None:
        self.parameters = values_of(parameters)
        if not self.parameters:
            raise ValueError(f"{self._name}: there are no parameters to optimize")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.parents:  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{self._name}: a parameter must be a leaf Value, not {parameter!r}")
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError(f"{self._name}: a parameter is in the list twice, and would move twice")
        self.lr = above_0(f"{self._name}: lr", lr)
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
        assign(self.parameters, "grad", [0.0] * len(self.parameters))

    def step(self) -> None:
        """Move every parameter by one step, against its gradient.

        Raises RangeError, before any has moved, if one would become infinite or nan. An interrupt
        leaves the step untaken or whole.
        """
        data = [parameter.data for parameter in self.parameters]
        gradient = [parameter.grad for parameter in self.parameters]
        self.adopt(*self.stepped(data, gradient, self._state, self.parameters))

    def adopt(self, data: Iterable[float], state: State) -> None:
        """Set all parameters and the state, even if an interrupt arrives meanwhile."""
        pairs = list(zip(self.parameters, data, strict=True))

        def write() -> None:
            self._state = state
            for parameter, number in pairs:
                parameter.data = number

        completed(write)

    def stepped(
        self,
        data: Any,
        gradient: Any,
        state: State,
        parameters: Sequence[Value],
    ) -> tuple[Any, State]:
        """(data, state) after a step, for lists or for flat arrays of any library; nothing is changed.

        `state` is what `state_dict` gave, with arrays in place of its lists if `data` is one. Raises
        RangeError, naming one of the `parameters`, if a number would become infinite or nan.
        """
        steps = state["steps"] + 1
        rule, names = self._rule(steps), [name for name in state if name != "steps"]
        keep = 1.0 - self.lr * self.weight_decay
        if isinstance(data, list):
            moves, *memory = map(list, zip(*map(rule, gradient, *(state[name] for name in names))))
            moved: Any = [keep * number - move for number, move in zip(cast("list[float]", data), moves)]
            finite = all(map(math.isfinite, moved))
        else:
            move, *memory = rule(gradient, *(state[name] for name in names))
            moved = keep * data - move
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
        """The function of a gradient and its memory that gives what to subtract, and the new memory."""
        raise NotImplementedError

    def state_dict(self) -> State:
        """A copy of the state: numbers and lists, fit for JSON."""
        return _copied(self._state)

    def load_state_dict(self, state: State) -> None:
        """Continue from `state`, which `state_dict` gave.

        Raises ValueError, before anything has changed, for any other state.
        """
        self._state = self.checked(state)

    def checked(self, state: Any) -> State:
        """A copy of `state`; ValueError if it is not a state of this optimizer."""
        fits = isinstance(state, dict) and cast("State", state).keys() == self._state.keys()
        if not fits or not all(self._is_part(*part) for part in cast("State", state).items()):
            raise ValueError(f"{self._name}: this is the state of another optimizer or of other parameters")
        return _copied(cast("State", state))

    def _is_part(self, name: str, part: Any) -> bool:
        if name == "steps":
            return type(part) is int and part >= 0
        return (
            isinstance(part, list)
            and len(cast("list[Any]", part)) == len(self.parameters)
            and all(type(number) is float and math.isfinite(number) for number in cast("list[Any]", part))
        )


def _copied(state: State) -> State:
    return {name: part if name == "steps" else list(part) for name, part in state.items()}


@hinted
class SGD(Optimizer):
    """Gradient descent with momentum: `v ← μ v + g`, `p ← p − η v` (μ = 0: `p ← p − η g`).

    `parameters` are Values or a network, `lr` is η, `momentum` is μ. Raises ValueError unless
    0 ≤ μ < 1; else see `Optimizer`.

    >>> p = Value(3.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 12)
    2.4
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, "velocities")
        self.momentum = at_least_0("SGD: momentum", momentum, below=1.0)

    def _settings(self) -> State:
        return {"momentum": self.momentum}

    def _rule(self, steps: int) -> Callable[..., tuple[Any, ...]]:
        def rule(g: Any, v: Any) -> tuple[Any, ...]:
            v = self.momentum * v + g
            return self.lr * v, v

        return rule


@hinted
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps of about η each, whatever the gradient's size.

    `m ← β₁ m + (1 − β₁) g`, `s ← β₂ s + (1 − β₂) g²`, both divided by `1 − βᵗ` as they start at 0, and
    `p ← p − η m / (√s + ε)`. Raises ValueError unless 0 ≤ β < 1 and ε > 0.

    >>> p = Value(3.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    2.9
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr, "means", "squares")
        if not isinstance(betas, tuple | list) or len(betas) != 2:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{self._name}: betas are two numbers, as in (0.9, 0.999), not {betas!r:.60}")
        self.betas = tuple(at_least_0(f"{self._name}: betas", beta, below=1.0) for beta in betas)
        self.eps = above_0(f"{self._name}: eps", eps)

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


@hinted
class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019): `p ← (1 − η λ) p`, then Adam's step.

    `weight_decay` is λ. The decay does not pass through the gradient, so Adam does not rescale it.
    Raises ValueError for a λ below 0, and as `Adam` does.

    >>> p = Value(3.0)
    >>> AdamW([p], lr=0.1, weight_decay=0.5).step()  # no gradient: decay alone
    >>> round(p.data, 12)
    2.85
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = at_least_0("AdamW: weight_decay", weight_decay)

    def _settings(self) -> State:
        return {**super()._settings(), "weight_decay": self.weight_decay}


OPTIMIZERS: dict[str, type[SGD] | type[Adam]] = {"sgd": SGD, "adam": Adam, "adamw": AdamW}
