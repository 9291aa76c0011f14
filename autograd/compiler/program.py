"""`compile`: from a function of one example to a program for batches."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from ..functional.containers import leaves, like, names, shaper
from ..nodes.modes import errstate
from ..nodes.numbers import to_float
from ..text.mathematics import LATEX, TEXT
from ..value import Value
from .canonical import Graph
from .groups import Group
from .planning import Plan, array_engine, best
from .straight import StraightEngine
from .tracing import trace_call

if TYPE_CHECKING:
    from ..drawing.picture import Picture
    from ..text.typesetting import Style
    from .equations import Equations
    from .functional import Functional
    from .running import ArrayEngine


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
        trace, cost, outputs, outputs_like = trace_call(f, inputs, params)
        self._params, self._params_like, self._outputs_like = leaves(params), params, outputs_like
        self.inputs = [len(leaves(given)) for given in inputs]  # numbers an example, per input
        self.graph = Graph(trace, cost, outputs)
        self.operations = trace.operations  # as the user wrote them
        self.plan: Plan = plan or best(self.graph)
        self._arrays: ArrayEngine | None = None
        if self.plan == "straight-line":
            self._engine: Any = StraightEngine(self.graph, self.inputs)
        else:
            self._engine = self._arrays = array_engine(self.graph, self.inputs)
            self._places = self._arrays.numpy.argsort(self._engine.order)  # of params in the flat vectors
            self._shaped_gradient, self._shaped_outputs = shaper(params), shaper(outputs_like)
        self.load()

    # Parameters
    @property
    def params(self) -> list[Value]:
        """The Values of the parameters, in the order of `parameters` and `gradient`."""
        return [self._params[i] for i in self._engine.order]

    @property
    def parameters(self) -> Any:
        """The flat vector of parameters that the program reads; what is assigned is copied into it."""
        return self._engine.parameters

    @parameters.setter
    def parameters(self, given: Any) -> None:
        if given is not self._engine.parameters:
            if not (self._arrays and hasattr(given, "shape")):
                given = [to_float(leaf, "program.parameters") for leaf in leaves(given)]
            if len(given) != len(self._params):
                raise ValueError(f"a program of {len(self._params)} parameters was given {len(given)}")
            self._engine.parameters[:] = given

    @property
    def gradient(self) -> Any:
        """The flat gradient that the latest `backward` left; the next one overwrites it."""
        return self._engine.latest

    def load(self) -> None:
        """Read the data of the parameters' Values."""
        self._engine.parameters[:] = [param.data for param in self.params]

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
        columns: Any = self._engine.forward(*self._checked(batches))
        if not self.inputs:
            numbers = [float(column[0]) for column in columns]
            return (numbers[0], like(self._outputs_like, numbers[1:])) if self.graph.outputs else numbers[0]
        if not self.graph.outputs:
            return columns[0]
        if self._arrays:
            return columns[0], self._shaped_outputs(columns[1:].T)
        return columns[0], like(self._outputs_like, columns[1:])

    def backward(self, *batches: Any) -> float:
        """The mean cost over the batch; its derivative by the parameters goes into `gradient`."""
        return self._engine.gradient(*self._checked(batches))

    def value_and_grad(self, *batches: Any) -> tuple[float, Any]:
        """The mean cost and ∂cost/∂params in the shape of params; lists of one shape become arrays."""
        cost = self.backward(*batches)
        if self._arrays is None:
            return cost, like(self._params_like, self.gradient)
        return cost, self._shaped_gradient(self.gradient.take(self._places))

    def _checked(self, batches: tuple[Any, ...]) -> tuple[list[Any], int]:
        """The batches as the engine takes them, and the number of examples."""
        if len(batches) != len(self.inputs):
            raise TypeError(f"this program takes {len(self.inputs)} inputs, {len(batches)} were given")
        if not batches:
            return [], 1
        inputs = self._engine.read(batches)
        lengths = {*map(len, inputs)}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(
                f"the inputs must have the same number of examples, at least 1, not {sorted(lengths)}"
            )
        return inputs, lengths.pop()

    # Explaining
    @property
    def groups(self) -> list[Group]:
        """Which scalar nodes became which array operation; empty for a straight-line program."""
        return self._arrays.layout.groups if self._arrays else []

    @property
    def source(self) -> str:
        """The code that runs: of array programs, with comments that say which lines compute what."""
        if self._arrays is None:
            return self._engine.code
        notes = self.equations().notes(self._arrays.derivation)
        codes = {kind: self._arrays.source(kind, notes).code for kind in ("forward", "gradient")}
        return "\n\n".join(f"# {kind}\n{code}" for kind, code in codes.items())

    def equations(self, style: Style = TEXT) -> Equations:
        """The matrix equations of an array program, forward and reverse."""
        from .equations import Equations

        given = list(inspect.signature(self._f).parameters)
        called = [*given, *(f"x{k}" for k in range(len(given), len(self.inputs)))]
        return Equations(self._array_engine("matrix equations").layout, called, style)

    def _array_engine(self, wanted: str) -> ArrayEngine:
        if self._arrays is None:
            raise ValueError(f'a straight-line program has no {wanted}; compile with plan="arrays"')
        return self._arrays

    def __reduce__(self) -> NoReturn:
        raise TypeError("a program is code and memory, which cannot be copied or pickled; compile f again")

    def __repr__(self) -> str:
        return f"<Program: {self._size()}>"

    def _size(self) -> str:
        if self._arrays is None:
            return f"straight-line program of {len(self.graph.order):,} statements"
        return f"{self.operations:,} operations in {len(self.groups)} array operations"

    def __str__(self) -> str:
        if self._arrays is None:
            return self._size()
        mean = "(means over the batch: 1/m)" if self.inputs else ""
        return f"{self._size()}\n\n{self.equations()}{mean}".rstrip()

    def _repr_latex_(self) -> str | None:
        return self.equations(LATEX).aligned() if self._arrays else None

    def draw(self) -> Picture:
        """The array graph beside the scalar graph of one example, as a picture (see `autograd.draw`).

        Raises ValueError for a straight-line program, which has no array graph.
        """
        from .diagram import diagram

        equations = self.equations()
        named = zip(equations.inputs, self._example)
        with errstate("ieee"):
            result: Any = self._f(*(like(x, map(Value, leaves(x), names(x, name))) for name, x in named))
        cost = result[0] if self.graph.outputs else result
        return diagram(equations, cost if isinstance(cost, Value) else Value(cost))

    # Elsewhere
    def to(self, xp: Any) -> Functional:
        """The program on another array library: NumPy, PyTorch, JAX or Dask, as a pure function.

        `xp` is the library, as in `program.to(torch)`, `program.to(jax.numpy)`. Numbers have the
        library's precision: JAX computes in float32 unless jax_enable_x64 is set. Raises
        ModuleNotFoundError without array-api-compat, ValueError for a straight-line program and
        NotImplementedError for a function that the library lacks.
        """
        from .functional import Functional

        return Functional(self._array_engine("arrays"), xp)


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
