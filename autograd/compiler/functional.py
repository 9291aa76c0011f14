"""`program.to(xp)`: a program as a pure function on another array library."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .array_api_code import FunctionalSource
from .computation import Computation
from .running import ArrayEngine


class Functional:
    """A program as a pure function on arrays of the library `xp`, made by `program.to(xp)`.

    `value_and_grad(parameters, X, Y)` is the mean cost and the flat gradient, `twin(parameters, X, Y)`
    the costs, or (costs, outputs as (batch, number of outputs)). `parameters` is the flat vector to
    start from, in the order of `params`; pass on what a step made of it. Results that are not finite
    are returned: a traced function cannot raise. An infinite slope of a branch that is not taken gives
    nan (0·∞), as in gradients of PyTorch and JAX.
    """

    def __init__(self, engine: ArrayEngine, xp: Any, parameters: Any) -> None:
        try:
            compat: Any = import_module("array_api_compat")
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                'program.to(…) needs array-api-compat: pip install "stepgrad[arrays]"'
            ) from None
        self.xp: Any = compat.array_namespace(xp.asarray([0.0]))
        self.parameters: Any = self.xp.asarray(parameters.copy())
        derivation, inputs = Computation(engine.layout, engine.sizes, quick=False), len(engine.sizes)
        forward = FunctionalSource([derivation.results], inputs, self.xp)
        gradient = FunctionalSource([derivation.mean, derivation.gradient], inputs, self.xp)
        self.source = f"{forward.code}\n\n{gradient.code}"
        self._forward, self._gradient = forward.function(), gradient.function()
        self._outputs = derivation.results.size > 1

    def value_and_grad(self, parameters: Any, *batches: Any) -> tuple[Any, Any]:
        """The mean cost, of shape (), and its derivative with respect to the flat parameters."""
        mean, gradient = self._gradient(parameters, *batches)
        return self.xp.reshape(mean, ()), self.xp.reshape(gradient, (-1,))

    def __call__(self, parameters: Any, *batches: Any) -> Any:
        """The cost of each example, or (costs, outputs)."""
        results = self._forward(parameters, *batches)
        return (results[0, :], results[1:, :].T) if self._outputs else results[0, :]
