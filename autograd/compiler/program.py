"""`compile`: from a function of one example to a program for batches."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from ..containers import leaves, like, names, shaper
from ..errors import DomainError
from ..formulas import function
from ..mathematics import LATEX, TEXT
from ..modes import errstate, mode
from ..value import Value
from .arrays import Array
from .canonical import Graph
from .regroup import Group, Layout, Map, levels
from .straight import Straight
from .tracing import trace_call

if TYPE_CHECKING:
    from ..drawing.picture import Picture
    from ..typesetting import Style
    from .equations import Equations

Plan = Literal["arrays", "straight-line"]

# Measured: from some ten nodes × examples a group on, an array operation saves more than it costs (5 for
# small networks, 13 for a chain); and thousands of groups take seconds to write.
WORTH_AN_ARRAY, TOO_MANY_GROUPS = 12, 3000
BATCH = 10  # how many examples a function with inputs is expected to get at a time


def _numpy() -> Any:
    try:
        import numpy
    except ModuleNotFoundError:
        return None
    return numpy


class Program:
    """A compiled function: call it with batches. Made by `autograd.compile`.

    `plan` is "arrays" (NumPy) or "straight-line" (Python statements), `source` the generated code
    and `groups` which nodes became which array operation. `parameters` is the flat vector of
    parameters that the program reads, in the order in which it reads them; change it in place.
    `gradient` is the flat vector that the latest `backward` filled, in the same order, so that
    `program.parameters -= lr * program.gradient` is a training step. A program works in its own
    memory: a second thread that calls it meanwhile gets a RuntimeError.
    """

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any], params: Any, plan: Plan | None) -> None:
        if plan not in (None, "arrays", "straight-line"):
            raise ValueError(f'plan must be "arrays" or "straight-line", not {plan!r}')
        self._f, self._example = f, inputs
        trace, cost, outputs, self._outputs_like = trace_call(f, inputs, params)
        self._params, self._params_like = leaves(params), params
        self.inputs = [len(leaves(given)) for given in inputs]  # numbers an example, per input
        self.graph = Graph(trace, cost, outputs)
        self.operations = trace.operations  # as the user wrote them
        self.groups: list[Group] = []
        numpy = _numpy()
        if plan == "arrays" and numpy is None:
            raise ModuleNotFoundError(
                'array programs need NumPy: pip install "stepgrad[compile]"; '
                'plan="straight-line" needs nothing',
                name="numpy",
            )
        if plan is None:
            work, groups = len(self.graph.order) * (BATCH if inputs else 1), len(levels(self.graph))
            narrow = work < WORTH_AN_ARRAY * groups or groups > TOO_MANY_GROUPS
            plan = "straight-line" if narrow or numpy is None else "arrays"
        self.plan: Plan = plan
        if plan == "arrays":
            self._write_arrays(numpy)
        else:
            self._run = Straight(self.graph)
            self.parameters: Any = [0.0] * len(self._params)
            self.gradient: Any = [0.0] * len(self._params)
            self._order = list(range(len(self._params)))
        self.load()

    def _write_arrays(self, numpy: Any) -> None:
        from .derivation import Derivation

        self.numpy, self._kind, self._double = numpy, numpy.ndarray, numpy.dtype(float)
        self.layout = Layout(self.graph)
        self.groups = self.layout.groups
        self._has_quick = any(isinstance(group, Map) and group.rule.quick for group in self.groups)
        self._order = self.layout.params
        self._places = numpy.argsort(self._order)  # where each parameter lies in the flat vectors
        self._shaped_gradient = shaper(self._params_like)
        self._shaped_outputs = shaper(self._outputs_like)
        self.derivation = Derivation(self.layout, self.inputs)
        self._column = numpy.zeros((len(self._params), 1))
        self.parameters = self._column[:, 0]
        self.gradient = numpy.zeros(len(self._params))
        self._bind: dict[str, Callable[..., Any]] = {}
        self._bound: dict[tuple[str, int], Callable[..., Any]] = {}

    def _write(self, kind: str) -> None:
        """Make the "forward" pass, the "gradient", a "careful" twin of these or all "groups"."""
        from .derivation import Derivation
        from .numpy_code import Source

        derived = self.derivation
        if kind.startswith("careful"):
            derived = Derivation(self.layout, self.inputs, quick=False)
        roots = [derived.results] if kind.endswith("forward") else [derived.mean, derived.gradient]
        source = Source(list(derived.values.values()) if kind == "groups" else roots, len(self.inputs))
        self._bind[kind] = function(source.code, "bind", source.namespace, f"autograd {kind} {id(self)}")

    @property
    def source(self) -> str:
        """The code that runs: of array programs, with comments that say which lines compute what."""
        if self.plan == "straight-line":
            return self._run.source
        from .numpy_code import Source, owner

        made, derived = self.equations(), self.derivation
        notes = {
            owner(array): " = ".join(dict.fromkeys(made.written[group]))
            for group, array in derived.values.items()
        }
        for group, name in made.errors.items():
            if isinstance(derived.adjoints.get(group), Array):
                notes[owner(derived.adjoints[group])] = name
        row = 0
        for part in derived.gradient.arrays:
            notes |= {owner(part): made.gradient_at[row]} if row in made.gradient_at else {}
            row += part.size
        forward = Source([derived.results], len(self.inputs), notes).code
        gradient = Source([derived.mean, derived.gradient], len(self.inputs), notes).code
        return f"# forward\n{forward}\n\n# gradient\n{gradient}"

    # Parameters
    @property
    def params(self) -> list[Value]:
        """The Values of the parameters, in the order of `parameters` and `gradient`."""
        return [self._params[i] for i in self._order]

    def load(self) -> None:
        """Read the data of the parameters' Values."""
        self.parameters[:] = [param.data for param in self.params]

    def store(self) -> None:
        """Write the program's parameters into the Values they came from."""
        for param, value in zip(self.params, map(float, self.parameters)):
            param.data = value

    # Running
    def __call__(self, *batches: Any) -> Any:
        """The cost of each example (batch,), or (costs, outputs); numbers where there are no inputs.

        Outputs come as f returned them, with arrays in place of numbers, (batch,), and of lists of
        one shape, (batch, …). Raises TypeError and ValueError for batches that do not fit,
        DomainError for results that are not finite (outside `errstate("ieee")`).
        """
        inputs, m = self._checked(batches)
        if self.plan == "straight-line":
            rows = [self._run.forward(self.parameters, *example) for example in _examples(inputs)]
            columns: Any = [list(column) for column in zip(*rows)]
            if not all(math.isfinite(number) for row in rows for number in row):
                self._refuse("a result is not finite", inputs, m)
        else:
            (results,) = self._call("forward", inputs, m)
            columns = self.numpy.empty((1 + len(self.graph.outputs), m))
            columns[...] = results.reshape(len(columns), -1)
        if not self.inputs:
            columns = [float(column[0]) for column in columns]
            results = like(self._outputs_like, columns[1:])
        elif self.plan == "arrays":
            results = self._shaped_outputs(columns[1:].T)
        else:
            results = like(self._outputs_like, columns[1:])
        return (columns[0], results) if self.graph.outputs else columns[0]

    def backward(self, *batches: Any) -> float:
        """The mean cost over the batch; its derivative by the parameters goes into `gradient`."""
        inputs, m = self._checked(batches)
        if self.plan == "straight-line":
            cost, self.gradient = self._run.mean_gradient(self.parameters, _examples(inputs))
            if not (math.isfinite(cost) and all(map(math.isfinite, self.gradient))):
                self._refuse("the cost or its gradient is not finite", inputs, m)
            return cost
        mean, self.gradient = self._call("gradient", inputs, m)
        return mean.item()

    def value_and_grad(self, *batches: Any) -> tuple[float, Any]:
        """The mean cost and ∂cost/∂params in the shape of params; lists of one shape become arrays."""
        cost = self.backward(*batches)
        if self.plan == "straight-line":
            return cost, like(self._params_like, self.gradient)
        return cost, self._shaped_gradient(self.gradient.take(self._places))

    def _call(self, kind: str, inputs: list[Any], m: int) -> Any:
        """Run the program; what is not finite is computed carefully, and then refused."""
        run = self._bound.get((kind, m)) or self._bind_to(kind, m)
        results, squares = run(*inputs)
        if math.isfinite(squares) or all(map(all_finite, results)):
            return results
        if kind in ("forward", "gradient") and self._has_quick:
            return self._call(f"careful {kind}", inputs, m)
        self._refuse(f"the {kind.removeprefix('careful ')} result is not finite", inputs, m)
        return results

    def _bind_to(self, kind: str, m: int) -> Callable[..., Any]:
        """The function for batches of m examples, with its memory and a context where nothing warns."""
        if len(self._bound) >= 8:
            self._bound.clear()
        if kind not in self._bind:
            self._write(kind)
        context = copy_context()
        context.run(self.numpy.seterr, all="ignore")
        run = self._bound[kind, m] = partial(context.run, self._bind[kind](m, self._column))
        return run

    # Explaining
    def equations(self, style: Style = TEXT) -> Equations:
        """The matrix equations of an array program, forward and reverse."""
        from .equations import Equations

        if self.plan != "arrays":
            raise ValueError('a straight-line program has no matrix equations; compile with plan="arrays"')
        given = list(inspect.signature(self._f).parameters)
        names = [*given, *(f"x{k}" for k in range(len(given), len(self.inputs)))]
        return Equations(self.layout, names, style)

    def __repr__(self) -> str:
        return f"<Program: {self._size()}>"

    def _size(self) -> str:
        if self.plan != "arrays":
            return f"straight-line program of {len(self.graph.order):,} statements"
        return f"{self.operations:,} operations in {len(self.groups)} array operations"

    def __str__(self) -> str:
        if self.plan != "arrays":
            return self._size()
        made = self.equations()
        width = max(len(e.name) for e in made.forward + made.reverse)
        lines = [self._size(), ""]
        for part in (made.forward, made.reverse):
            equations = [f"{e.name:<{width}} = {e.text}" for e in part]
            room = max(map(len, equations), default=0) + 3
            known = [f"({e.known_as})" if e.known_as else "" for e in part]
            lines += [f"{text:<{room}}{name}".rstrip() for text, name in zip(equations, known)]
            lines.append("")
        return "\n".join(lines) + ("(means over the batch: 1/m)" if self.inputs else "")

    def _repr_latex_(self) -> str | None:
        if self.plan != "arrays":
            return None
        made = self.equations(LATEX)
        rows = [
            rf"{e.name} &= {e.text}" + (rf" && \text{{({e.known_as})}}" if e.known_as else "")
            for e in made.forward + made.reverse
        ]
        return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"

    def draw(self) -> Picture:
        """The array graph below the scalar graph of one example, as a picture (see `autograd.draw`).

        Raises ValueError for a straight-line program, which has no array graph.
        """
        from .diagram import diagram

        with errstate("ieee"):
            named = zip(self.equations().inputs, self._example)
            result: Any = self._f(*(like(x, map(Value, leaves(x), names(x, name))) for name, x in named))
        cost: Any = result[0] if self.graph.outputs else result
        return diagram(self.equations(), cost)

    # Elsewhere
    def to(self, xp: Any) -> Functional:
        """The program on another array library: NumPy, PyTorch, JAX or Dask, as a pure function.

        `xp` is the library, as in `program.to(torch)`, `program.to(jax.numpy)`. Numbers have the
        library's precision: JAX computes in float32 unless jax_enable_x64 is set. Raises
        ModuleNotFoundError without array-api-compat, ValueError for a straight-line program and
        NotImplementedError for a function that the library lacks.
        """
        if self.plan != "arrays":
            raise ValueError('a straight-line program has no arrays; compile with plan="arrays"')
        return Functional(self, xp)

    # Checks
    def _checked(self, batches: tuple[Any, ...]) -> tuple[list[Any], int]:
        """The batches as (examples, numbers), and the number of examples."""
        if len(batches) != len(self.inputs):
            raise TypeError(f"this program takes {len(self.inputs)} inputs, {len(batches)} were given")
        if not batches:
            return [], 1
        inputs: list[Any] = []
        for k, (batch, size) in enumerate(zip(batches, self.inputs)):
            if self.plan == "straight-line":
                batch = _lists(batch, k, size)
            elif not (
                batch.__class__ is self._kind and batch.dtype is self._double and batch.shape[1:] == (size,)
            ):
                batch = self._array(batch, k, size)
            inputs.append(batch)
        m = len(inputs[0])
        if not m or any(len(batch) != m for batch in inputs):
            lengths = sorted({len(batch) for batch in inputs})
            raise ValueError(f"the inputs must have the same number of examples, at least 1, not {lengths}")
        if self.graph.trace.choices:  # else nan shows itself in the result
            self._refuse_nan(inputs)
        return inputs, m

    def _array(self, batch: Any, k: int, size: int) -> Any:
        given = self.numpy.asarray(batch)
        if given.dtype.kind not in "biuf":
            raise TypeError(f"input {k} must be an array of real numbers, not of {given.dtype}")
        if given.ndim == 0 or given.size != len(given) * size or (given.ndim == 1 and size > 1):
            raise ValueError(f"input {k} must have the shape (batch, {size}), not {given.shape}")
        return given.astype(float).reshape(len(given), size)

    def _refuse_nan(self, inputs: list[Any]) -> None:
        if self.plan == "arrays" and not mode().ieee:
            for k, batch in enumerate(inputs):
                if math.isnan(batch.sum()) and (rows := self.numpy.isnan(batch).any(axis=1)).any():
                    raise ValueError(f"input {k}: example {int(rows.argmax())} has nan in it")

    def _refuse(self, problem: str, inputs: list[Any], m: int) -> None:
        """Raise ValueError for nan in an input, or DomainError with the first group that is not finite."""
        if mode().ieee:
            return
        place = ""
        if self.plan == "arrays":
            self._refuse_nan(inputs)
            for group, values in zip(self.groups, self._bind_to("groups", m)(*inputs)[0]):
                if not self.numpy.isfinite(values).all():
                    place = f"; first in the group {group.described()}"
                    break
        raise DomainError(f'{problem}{place}. `with autograd.errstate("ieee"):` lets it pass.')


def all_finite(line: Any) -> bool:
    """Whether all numbers are finite, where the sum of their squares is not."""
    return all(map(math.isfinite, line.tolist()))


def _lists(batch: Any, k: int, size: int) -> list[list[float]]:
    """One list of numbers for each example."""
    examples: list[list[float]] = []
    for i, example in enumerate(batch.tolist() if hasattr(batch, "tolist") else batch):
        try:
            numbers = [float(leaf) for leaf in leaves(example)]
        except (TypeError, ValueError):
            raise TypeError(f"input {k} must hold real numbers, not {example!r:.60}") from None
        if len(numbers) != size:
            raise ValueError(f"input {k} has {size} numbers an example, not {len(numbers)}")
        if not mode().ieee and any(map(math.isnan, numbers)):
            raise ValueError(f"input {k}: example {i} has nan in it")
        examples.append(numbers)
    return examples


def _examples(inputs: list[Any]) -> list[tuple[Any, ...]]:
    return list(zip(*inputs)) if inputs else [()]


class Functional:
    """A program as a pure function on arrays of the library `xp`, made by `program.to(xp)`.

    `value_and_grad(parameters, X, Y)` is the mean cost and the flat gradient, `twin(parameters, X, Y)`
    the costs, or (costs, outputs as (batch, number of outputs)). `parameters` is the flat vector to
    start from, in the program's order; pass on what a step made of it. Results that are not finite
    are returned: a traced function cannot raise.
    """

    def __init__(self, program: Program, xp: Any) -> None:
        try:
            from array_api_compat import array_namespace
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                'program.to(…) needs array-api-compat: pip install "stepgrad[arrays]"'
            ) from None
        from .derivation import Derivation
        from .functional import functional

        self.xp: Any = array_namespace(xp.asarray([0.0]))
        self.parameters: Any = self.xp.asarray(program.parameters.copy())
        derivation, inputs = Derivation(program.layout, program.inputs, quick=False), len(program.inputs)
        source, self._gradient = functional([derivation.mean, derivation.gradient], inputs, self.xp)
        self.source, self._forward = functional([derivation.results], inputs, self.xp)
        self.source += "\n\n" + source
        self._outputs = len(program.graph.outputs)

    def value_and_grad(self, parameters: Any, *batches: Any) -> tuple[Any, Any]:
        """The mean cost, of shape (), and its derivative by the flat parameters."""
        mean, gradient = self._gradient(parameters, *batches)
        return self.xp.reshape(mean, ()), self.xp.reshape(gradient, (-1,))

    def __call__(self, parameters: Any, *batches: Any) -> Any:
        """The cost of each example, or (costs, outputs)."""
        results = self._forward(parameters, *batches)
        return (results[0, :], results[1:, :].T) if self._outputs else results[0, :]


def compile(
    f: Callable[..., Any], inputs: Sequence[Any] = (), params: Any = (), plan: Plan | None = None
) -> Program:
    """Trace `f` once and compile what it did into a program for batches, forward and reverse.

    `inputs` are one example's inputs, numbers in nested lists, of which only the shape counts; f is
    called with Values in their place. `params` are the Values to differentiate by; other Values
    that f uses are constants. f returns the cost of one example, or (cost, outputs). `plan` is
    chosen by how much each array operation would do, unless given.

    Raises TypeError where f needs the truth value or the number of something that depends on an
    input or a parameter (use `where`), and what `program` raises when it is called.

    >>> from autograd import Value
    >>> w, b = Value(2.0), Value(1.0)
    >>> program = compile(lambda x, y: (w * x + b - y) ** 2, [0.0, 0.0], [w, b], plan="straight-line")
    >>> program.value_and_grad([1.0, 2.0], [2.0, 7.0])
    (2.5, [-3.0, -1.0])
    """
    return Program(f, inputs, params, plan)
