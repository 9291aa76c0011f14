# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""From a JAX function to Values: its jaxpr, looked at and then interpreted, beside JAX's own gradients."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..value import Value
from .arrays import array
from .imported import Imported, as_given, scalars_in, seeds
from .jax_equations import floats, is_float
from .jax_interpreter import Interpreter, Lane
from .jax_survey import Survey
from .jax_table import LIBRARY, ROWS
from .places import label, place_leaves
from .products import INPUTS
from .refusals import needed, refuse_large, refuse_uncovered

jax: Any = needed("jax", "jax")
jnp: Any = needed("jax.numpy", "jax")


def import_jax(f: Callable[..., Any], args: Any, kwargs: Any) -> Imported:
    """See `autograd.from_jax`."""
    closed, shape = jax.make_jaxpr(f, return_shape=True)(*args, **kwargs)
    paths, tree = jax.tree_util.tree_flatten_with_path((args, kwargs))
    names = [_name(f, path) for path, _ in paths]
    given = [jnp.asarray(leaf) if not hasattr(leaf, "dtype") else leaf for _, leaf in paths]
    survey = Survey()
    outputs = survey.jaxpr(closed.jaxpr, [is_float(leaf) for leaf in given], 1)
    refuse_uncovered("jax", survey.uncovered, [*ROWS, *LIBRARY])
    if not any(outputs):
        raise ValueError(
            "from_jax: the result depends on no argument of floats through which a gradient passes"
        )
    examples = next((leaf.shape[0] for leaf in given[::-1] if len(leaf.shape) > 1), 1)
    survey.count("the leaves", sum(math.prod(leaf.shape) for leaf in given))
    largest = max(survey.scalars.items(), key=lambda pair: pair[1])
    refuse_large("jax", sum(survey.scalars.values()), largest, examples)

    lanes: list[Lane] = []
    leaves: dict[str, Any] = {}
    for name, (path, _), leaf in zip(names, paths, given, strict=True):
        if is_float(leaf):
            values = array(map(Value, floats(leaf).flat), leaf.shape)
            label(values, name)
            if path[:2] != paths[0][0][:2]:  # by JAX's convention the first argument is the parameters
                INPUTS.update(values.flat)
            leaves[name] = as_given(values)
            lanes.append(Lane(leaf, values, True))
        else:
            lanes.append(Lane(leaf))
    interpreter = Interpreter()
    results = interpreter.jaxpr(closed.jaxpr, closed.consts, lanes, ())
    gradients = dict(zip(leaves, _gradients(f, tree, given, results), strict=True))
    shown = [as_given(lane.values) if lane.tracked else np.asarray(lane.theirs) for lane in results]
    output = jax.tree_util.tree_unflatten(jax.tree_util.tree_structure(shape), shown)
    place_leaves(scalars_in(output))
    return Imported("JAX", output, leaves, tuple(interpreter.rows), gradients, interpreter.boxes)


def _name(f: Callable[..., Any], path: Sequence[Any]) -> str:
    """An argument by its parameter's name and its place in it: `params['w'][0]`."""
    (_, first), *rest = [(None, key) for key in path[1:]]
    name = getattr(first, "key", None)
    if name is None:
        place = first.idx
        try:
            parameters = list(inspect.signature(f).parameters.values())
        except ValueError:
            parameters = []
        kinds = [parameter.kind for parameter in parameters]
        several = (
            kinds.index(inspect.Parameter.VAR_POSITIONAL)
            if inspect.Parameter.VAR_POSITIONAL in kinds
            else None
        )
        if several is not None and place >= several:
            name = f"{parameters[several].name}[{place - several}]"
        else:
            name = parameters[place].name if place < len(parameters) else f"x{place}"
    return name + jax.tree_util.keystr(tuple(key for _, key in rest))


def _gradients(f: Callable[..., Any], tree: Any, given: Sequence[Any], results: Sequence[Lane]) -> list[Any]:
    """JAX's own gradients of the leaves of floats, each with its dtype."""
    places = [place for place, leaf in enumerate(given) if is_float(leaf)]

    @jax.jit  # compiled once, not operation by operation
    def gradients(cotangents: list[Any], leaves: list[Any]) -> Any:
        return jax.vjp(outputs, *leaves)[1](cotangents)

    def outputs(*differentiated: Any) -> list[Any]:
        leaves = list(given)
        for place, leaf in zip(places, differentiated, strict=True):
            leaves[place] = leaf
        args, kwargs = jax.tree_util.tree_unflatten(tree, leaves)
        flat = jax.tree_util.tree_leaves(f(*args, **kwargs))
        return [result for result, lane in zip(flat, results, strict=True) if lane.tracked]

    values = [lane.theirs for lane in results if lane.tracked]
    cotangents = [
        jnp.asarray(seed).astype(value.dtype)
        for seed, value in zip(seeds([value.shape for value in values]), values, strict=True)
    ]
    found = gradients(cotangents, [given[place] for place in places])
    return [(floats(gradient), str(gradient.dtype)) for gradient in found]
