# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# What is in arrays, and what a framework gives, has no types.
"""From a JAX function's jaxpr to Values: an interpreter of its equations.

Each equation is computed twice, by JAX on its arrays and here on Values. Equations through which no
gradient can pass, such as comparisons and random bits, are computed by JAX alone.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..nodes.scopes import scope
from ..value import Value
from .arrays import INPUTS, array, data_of, has_values
from .comparison import Difference
from .imported import Imported, as_given, scalars_in, weights
from .jax_table import LIBRARY, ROWS
from .operations import Call
from .places import Places, has_new, label, place_leaves, settle
from .refusals import needed, refuse_large, refuse_uncovered

jax: Any = needed("jax", "jax")
jnp: Any = needed("jax.numpy", "jax")

# Primitives that call a function, and the parameter that has its jaxpr.
INLINE = {
    "checkpoint": "jaxpr",
    "closed_call": "call_jaxpr",
    "core_call": "call_jaxpr",
    "custom_jvp_call": "call_jaxpr",
    "custom_vjp_call": "call_jaxpr",
    "jit": "jaxpr",
    "pjit": "jaxpr",
    "remat2": "jaxpr",
}
Path = tuple[tuple[Any, str], ...]


@dataclass(frozen=True, eq=False)
class Lane:
    """One variable of a jaxpr: JAX's array, and the same in Values if it depends on a leaf.

    `tracked` is False behind stop_gradient: the Values are then leaves.
    """

    theirs: Any
    values: Any = None
    tracked: bool = False

    @property
    def operand(self) -> Any:
        """An array of scalars for floats, else a NumPy array."""
        if self.values is not None:
            return self.values
        return _floats(self.theirs).astype(object) if _is_float(self.theirs) else np.asarray(self.theirs)


def import_jax(f: Callable[..., Any], args: Any, kwargs: Any) -> Imported:
    """See `autograd.from_jax`."""
    closed, shape = jax.make_jaxpr(f, return_shape=True)(*args, **kwargs)
    paths, tree = jax.tree_util.tree_flatten_with_path((args, kwargs))
    names = [_name(f, path) for path, _ in paths]
    given = [jnp.asarray(leaf) if not hasattr(leaf, "dtype") else leaf for _, leaf in paths]
    survey = Survey()
    outputs = survey.jaxpr(closed.jaxpr, [_is_float(leaf) for leaf in given], 1)
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
        if _is_float(leaf):
            values = array(map(Value, _floats(leaf).flat), leaf.shape)
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
    places = [place for place, leaf in enumerate(given) if _is_float(leaf)]

    @jax.jit  # compiled once, not operation by operation
    def gradients(seeds: list[Any], floats: list[Any]) -> Any:
        return jax.vjp(outputs, *floats)[1](seeds)

    def outputs(*floats: Any) -> list[Any]:
        leaves = list(given)
        for place, leaf in zip(places, floats, strict=True):
            leaves[place] = leaf
        args, kwargs = jax.tree_util.tree_unflatten(tree, leaves)
        flat = jax.tree_util.tree_leaves(f(*args, **kwargs))
        return [result for result, lane in zip(flat, results, strict=True) if lane.tracked]

    values = [lane.theirs for lane in results if lane.tracked]
    flat = np.array(weights(sum(value.size for value in values)))
    seeds: list[Any] = []
    for value in values:
        seeds.append(jnp.asarray(flat[: value.size].reshape(value.shape)).astype(value.dtype))
        flat = flat[value.size :]
    found = gradients(seeds, [given[place] for place in places])
    return [(_floats(gradient), str(gradient.dtype)) for gradient in found]


class Survey:
    """The operations without a row and the number of scalars of a jaxpr, found without computing."""

    def __init__(self) -> None:
        self.uncovered: list[str] = []
        self.scalars: dict[str, int] = {}

    def count(self, name: str, scalars: int) -> None:
        """Add to the scalars of an operation."""
        self.scalars[name] = self.scalars.get(name, 0) + scalars

    def jaxpr(self, jaxpr: Any, tracked: Sequence[bool], times: int) -> list[bool]:
        """Which results depend on tracked inputs; the equations count `times` times."""
        known = dict(zip(jaxpr.invars, tracked, strict=True))

        def read(variable: Any) -> bool:
            return not _is_literal(variable) and known.get(variable, False)

        for equation in jaxpr.eqns:
            inputs = [read(variable) for variable in equation.invars]
            floats = [_is_float(variable.aval) for variable in equation.outvars]
            passes = [False] * len(floats)
            if any(inputs) and any(floats):
                passes = self.equation(equation, inputs, times)
            known.update(
                zip(equation.outvars, (a and b for a, b in zip(passes, floats, strict=True)), strict=True)
            )
        return [read(variable) for variable in jaxpr.outvars]

    def equation(self, equation: Any, inputs: list[bool], times: int) -> list[bool]:
        """Which results of an equation depend on tracked inputs."""
        name, params = equation.primitive.name, equation.params
        if name == "stop_gradient":
            return [False] * len(equation.outvars)
        if name == "scan":
            return self._scan(params, inputs, times)
        if name == "cond":
            branches = [self.jaxpr(branch.jaxpr, inputs[1:], times) for branch in params["branches"]]
            return [any(passes) for passes in zip(*branches, strict=True)]
        if name in INLINE and _library_row(equation) is None:
            if name.startswith("custom_") and not _is_of_jax(_inner(equation)):
                self.uncovered.append(f"{_called(equation)}, whose derivative is a {name[:10]} of your own,")
            return self.jaxpr(_inner(equation), inputs, times)
        if name not in ROWS and _library_row(equation) is None:
            advice = (
                ", which JAX itself can't differentiate in reverse (write a scan)" if name == "while" else ""
            )
            self.uncovered.append(name + advice)
        size = sum(variable.aval.size for variable in equation.outvars)
        self.count(name, size * (1 + _factors(equation)) * times)
        return [True] * len(equation.outvars)

    def _scan(self, params: Any, inputs: list[bool], times: int) -> list[bool]:
        body, consts, carries = params["jaxpr"].jaxpr, params["num_consts"], params["num_carry"]
        carry = inputs[consts : consts + carries]
        while True:
            trial = Survey()
            around = [*inputs[:consts], *carry, *inputs[consts + carries :]]
            results = trial.jaxpr(body, around, times * params["length"])
            grown = [a or b for a, b in zip(carry, results, strict=False)]
            if grown == carry:
                break
            carry = grown
        self.uncovered += trial.uncovered
        for name, scalars in trial.scalars.items():
            self.count(name, scalars)
        return results


class Interpreter:
    """Computes the equations of a jaxpr on lanes."""

    def __init__(self) -> None:
        self.rows: list[Difference] = []
        self._places = Places()
        self._applied: list[tuple[Path, scope]] = []
        self._calls = 0

    @property
    def boxes(self) -> frozenset[scope]:
        """The innermost scopes that the user's code named, and the operations outside of these."""
        parents = {path[:n] for path, _ in self._applied for n in range(len(path))}
        found = [
            self._places.within(path) if path and path not in parents else p for path, p in self._applied
        ]
        return frozenset(filter(None, found))

    def jaxpr(self, jaxpr: Any, consts: Sequence[Any], lanes: Sequence[Lane], path: Path) -> list[Lane]:
        """The results of a jaxpr, computed in the scopes of a path."""
        known = dict(zip(jaxpr.constvars, map(Lane, consts), strict=True))
        known.update(zip(jaxpr.invars, lanes, strict=True))

        def read(variable: Any) -> Lane:
            return Lane(jnp.asarray(variable.val)) if _is_literal(variable) else known[variable]

        for equation in jaxpr.eqns:
            operands = [read(variable) for variable in equation.invars]
            around = (*path, *_named_scopes(equation, path))
            if any(lane.tracked for lane in operands) and any(_is_float(v.aval) for v in equation.outvars):
                results = self.equation(equation, operands, around)
            else:
                results = [Lane(result) for result in _apply(equation, [lane.theirs for lane in operands])]
            known.update(zip(equation.outvars, results, strict=True))
        return [read(variable) for variable in jaxpr.outvars]

    def equation(self, equation: Any, operands: list[Lane], path: Path) -> list[Lane]:
        """The results of one equation."""
        name, params = equation.primitive.name, equation.params
        if name == "stop_gradient":
            return [self._stopped(lane) for lane in operands]
        if name == "scan":
            return self._scan(params, operands, path)
        if name == "cond":
            branch = params["branches"][int(operands[0].theirs)]
            return self.jaxpr(branch.jaxpr, branch.consts, operands[1:], path)
        library = _library_row(equation)
        if name in INLINE and library is None:
            inner = params[INLINE[name]]
            called = _called(equation)
            if called and called[0] not in "_<":  # a private helper of JAX, a lambda
                path = (*path, self._call(called))
            return self.jaxpr(_inner(equation), getattr(inner, "consts", ()), operands, path)
        return self._row(
            equation, operands, path, library or ROWS[name], _called(equation) if library else name
        )

    def _call(self, name: str) -> tuple[Any, str]:
        self._calls += 1
        return ("call", self._calls), name

    def _stopped(self, lane: Lane) -> Lane:
        """Leaves in the place of results through which no gradient passes, shown as such."""
        if lane.values is None:
            return lane
        flat = [
            Value(v.data, f"stop_gradient({v.label})" if v.label else "stop_gradient")
            if isinstance(v, Value)
            else v
            for v in lane.values.flat
        ]
        return Lane(lane.theirs, array(flat, lane.values.shape))

    def _scan(self, params: Any, operands: list[Lane], path: Path) -> list[Lane]:
        """The body, once a step; each step is a scope."""
        body, length = params["jaxpr"], params["length"]
        first, last = params["num_consts"], params["num_consts"] + params["num_carry"]
        consts, carry, xs = operands[:first], operands[first:last], operands[last:]
        steps: list[list[Lane]] = []
        for step in reversed(range(length)) if params["reverse"] else range(length):
            given = [
                Lane(x.theirs[step], None if x.values is None else array(x.values[step]), x.tracked)
                for x in xs
            ]
            around = (*path, (self._call("step")[0], f"step {step}"))
            results = self.jaxpr(body.jaxpr, body.consts, [*consts, *carry, *given], around)
            carry, ys = results[: len(carry)], results[len(carry) :]
            steps.append(ys)
        if params["reverse"]:
            steps.reverse()
        return [*carry, *map(_stacked, zip(*steps, strict=True))]

    def _row(self, equation: Any, operands: list[Lane], path: Path, row: Any, name: str) -> list[Lane]:
        theirs = _apply(equation, [lane.theirs for lane in operands])
        recorded = [_floats(result) if _is_float(result) else np.asarray(result) for result in theirs]

        def run(*given: Any) -> list[Any]:
            return [np.asarray(result) for result in _apply(equation, [_as_jax(x) for x in given])]

        is_primitive = equation.primitive.name in ROWS
        options = dict(equation.params) if is_primitive else {}
        call = Call(name, [lane.operand for lane in operands], options, recorded, run)
        around = self._places.within(path)
        place = self._places.new(name, around)
        with place:
            place.parent = around
            try:
                made = row(call)
            except (ArithmeticError, ValueError) as error:
                error.add_note(f"in {place.path}, from JAX's {equation.primitive.name}")
                raise
        results = [array(values) for values in (made if isinstance(made, tuple) else (made,))]
        if any(map(has_new, results)):
            self._applied.append((path, place))
            shown = self._places.result(name)
            for result, numbers, values in zip(theirs, recorded, results, strict=True):
                label(values, shown)
                settle(values, place)
                self.rows.append(Difference("value", shown, data_of(values), numbers, str(result.dtype)))
        return [
            Lane(result, values, has_values(values)) if _is_float(result) else Lane(result)
            for result, values in zip(theirs, results, strict=True)
        ]


def _stacked(lanes: Sequence[Lane]) -> Lane:
    theirs = jnp.stack([lane.theirs for lane in lanes])
    tracked = any(lane.tracked for lane in lanes)
    if not tracked:
        return Lane(theirs)
    return Lane(theirs, np.stack([lane.operand for lane in lanes]), True)


def _apply(equation: Any, operands: Sequence[Any]) -> list[Any]:
    """An equation, computed by JAX."""
    bound = equation.primitive.get_bind_params(equation.params)
    functions, params = bound if isinstance(bound, tuple) else ((), bound)  # by the version of JAX
    results = equation.primitive.bind(*functions, *operands, **params)
    return list(results) if equation.primitive.multiple_results else [results]


def _as_jax(given: Any) -> Any:
    return jnp.asarray(given.astype(jnp.float_) if given.dtype == float else given)


def _floats(theirs: Any) -> Any:
    return np.asarray(theirs).astype(float)


def _is_float(given: Any) -> bool:
    return jnp.issubdtype(given.dtype, np.floating) if hasattr(given, "dtype") else False


def _is_literal(variable: Any) -> bool:
    return hasattr(variable, "val")


def _inner(equation: Any) -> Any:
    inner = equation.params[INLINE[equation.primitive.name]]
    return getattr(inner, "jaxpr", inner)


def _called(equation: Any) -> str:
    """The name of the function that an equation calls."""
    return str(equation.params.get("name") or getattr(_inner(equation).debug_info, "func_name", ""))


def _is_of_jax(jaxpr: Any) -> bool:
    """Whether a function is one of JAX's own library."""
    source = str(getattr(jaxpr.debug_info, "func_src_info", "")).replace("\\", "/")
    return "/jax/_src/" in source or "/jax/nn/" in source


def _library_row(equation: Any) -> Any:
    """The row for a call of a function in JAX's own library, if there is one."""
    if equation.primitive.name not in INLINE:
        return None
    name, inner = _called(equation), _inner(equation)
    if name not in LIBRARY or not _is_of_jax(inner):
        return None
    function = LIBRARY[name]
    axes = [e.params["axes"] for e in inner.eqns if e.primitive.name == "reduce_max"]
    if name == "log_softmax":
        return (
            (lambda call: function(*call.operands[:1], axes[0])) if len(inner.invars) == 1 and axes else None
        )
    return lambda call: function(*call.operands)


def _named_scopes(equation: Any, path: Path) -> Path:
    """The jax.named_scope blocks that an equation was written in; "vmap(layer)" is "layer"."""
    stack = re.sub(r"\w+\(|\)", "", str(equation.source_info.name_stack))
    return tuple((("scope", path, name), name) for name in stack.split("/") if name)


def _factors(equation: Any) -> int:
    """The number of products that each result of an equation sums."""
    name, params = equation.primitive.name, equation.params
    if name == "dot_general":
        (axes, _), _ = params["dimension_numbers"]
        return math.prod(equation.invars[0].aval.shape[axis] for axis in axes)
    if name == "conv_general_dilated":
        weight = equation.invars[1].aval
        return weight.size // weight.shape[params["dimension_numbers"][1][0]]
    return 0
