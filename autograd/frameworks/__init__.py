"""Other people's graphs: functions of PyTorch, JAX and micrograd as graphs of Values.

`torch_recording` runs a PyTorch function and notes what it does, by the facts of `torch_schema`, and
`torch_graph` computes that once more on Values; `jax_graph` interprets a jaxpr; `micrograd_graph` walks a
graph. `torch_table` and `jax_table` have one row per operation, in the forms of `operations`, on the arrays
of Values of `arrays` and `products`. `places` names results and scopes, `refusals` says what can't be
imported, `comparison` sets the framework's numbers beside ours, and `imported` is what the user holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .refusals import needed

if TYPE_CHECKING:
    from .comparison import Comparison, Difference
    from .imported import Imported

__all__ = ["Comparison", "Difference", "Imported", "from_jax", "from_micrograd", "from_torch"]


def from_torch(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Imported:
    """A PyTorch function or module at these arguments, as a graph of Values.

    The function is run once, with random numbers as they come, and afterwards parameters, gradients,
    buffers and the random generator are as before. Leaves are the arguments of floats and the parameters
    that require a gradient; all other numbers (integers, masks, buffers, what was computed under no_grad)
    are plain numbers, and what was detached is a leaf named `detach(…)`.

    Raises ImportError without PyTorch (`pip install "stepgrad[torch]"`); NotImplementedError, with their
    names, for operations that are not covered; ValueError for more than 500,000 scalars, or a result that
    depends on nothing that has a gradient.

    >>> import torch
    >>> layer = torch.nn.Linear(2, 1, dtype=torch.float64)
    >>> def loss(x):
    ...     return layer(x).square().mean()
    >>> imported = from_torch(loss, torch.tensor([[1.0, 2.0]], dtype=torch.float64))
    >>> list(imported.leaves)
    ['x', 'layer.weight', 'layer.bias']
    >>> imported.compare().largest < 1e-12
    True
    """
    needed("numpy", "torch")
    needed("torch", "torch")
    from .torch_graph import import_torch

    return import_torch(f, args, kwargs)


def from_jax(f: Callable[..., Any], *args: Any, **kwargs: Any) -> Imported:
    """A JAX function at these arguments, as a graph of Values.

    Leaves are the arguments of floats, by name and place: `params['w'][0]`. `scan` is unrolled, `cond`
    shows the branch that is taken, integers and conditions are plain numbers, and what goes through
    stop_gradient is a leaf named `stop_gradient(…)`.

    Raises ImportError without JAX (`pip install "stepgrad[jax]"`); NotImplementedError, with their names,
    for primitives that are not covered and derivatives of your own (custom_jvp, custom_vjp); ValueError
    for more than 500,000 scalars, or a result that depends on no argument of floats.

    >>> import jax.numpy as jnp
    >>> def loss(params, x):
    ...     return jnp.tanh(x @ params["w"]).sum()
    >>> imported = from_jax(loss, {"w": jnp.ones((2, 3))}, jnp.array([0.5, -1.0]))
    >>> list(imported.leaves)
    ["params['w']", 'x']
    >>> imported.compare().agrees
    True
    """
    needed("numpy", "jax")
    needed("jax", "jax")
    from .jax_graph import import_jax

    return import_jax(f, args, kwargs)


def from_micrograd(value: Any, names: Mapping[str, Any] | None = None) -> Imported:
    """The graph below a micrograd Value, or a node of an engine like it, as a graph of Values.

    Such nodes have `data`, `grad`, `_prev`, `_op` and `backward()`. `names` (such as `vars()`) names
    those that have no `label`. The nodes' gradients are afterwards as before.

    Raises TypeError for anything else; NotImplementedError, with their names, for operations that are not
    covered; ValueError for a node whose `data` its operation doesn't give, or more than 500,000 nodes.

    >>> from micrograd.engine import Value as Micro
    >>> a, b = Micro(2.0), Micro(-3.0)
    >>> imported = from_micrograd(a * b + b, vars())
    >>> imported.output.backward()
    >>> imported.leaves["a"].grad, imported.leaves["b"].grad
    (-3.0, 3.0)
    """
    needed("numpy", "micrograd")
    from .micrograd_graph import import_micrograd

    return import_micrograd(value, names or {})


def __getattr__(name: str) -> Any:
    if name in ("Comparison", "Difference"):
        from . import comparison

        return getattr(comparison, name)
    if name == "Imported":
        from .imported import Imported

        return Imported
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
