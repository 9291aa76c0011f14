"""How a step is taken once the gradient is known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd import Value


class SGD:
    """Gradient descent with momentum: `v ← μ v + g`, `p ← p − η v` (μ = 0: `p ← p − η g`).

    The names are PyTorch's: `lr` is η, `momentum` is μ. Raises ValueError for no parameters, a
    learning rate that is not above 0, or a momentum outside 0 … 1.

    >>> p = Value(3.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 12)
    2.4
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 1e-3, momentum: float = 0.0) -> None:
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError("SGD: there are no parameters to optimize")
        if not 0.0 < lr < math.inf:
            raise ValueError(f"SGD: lr must be a positive number, not {lr!r}")
        if not 0.0 <= momentum < 1.0:
            raise ValueError(f"SGD: momentum must be at least 0 and below 1, not {momentum!r}")
        self.lr = lr
        self.momentum = momentum
        self.velocities = [0.0] * len(self.parameters)

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self) -> None:
        """Move every parameter against its gradient."""
        for index, parameter in enumerate(self.parameters):
            velocity = self.momentum * self.velocities[index] + parameter.grad
            self.velocities[index] = velocity
            parameter.data -= self.lr * velocity
