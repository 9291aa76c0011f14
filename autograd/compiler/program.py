"""`compile`: from a function of one example to a program for batches."""

from __future__ import annotations

import inspect
import math
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from ..functional.containers import leaves, like, names, shaper
from ..nodes.collector import paused_collector
from ..nodes.files import save_by_suffix
from ..nodes.hints import PROGRAM, SHOWN, Shown
from ..nodes.modes import errstate
from ..nodes.numbers import to_float
from ..nodes.plain import for_output
from ..text.latex import latex_document
from ..text.mathematics import LATEX, TEXT
from ..value import Value
from .arrays import numpy
from .batches import Batches
from .calling import Definition
from .canonical import Graph
from .derivatives import derived
from .groups import Group
from .levels import levels
from .planning import Engines, Plan
from .replay import Replay
from .reverse import differentiate

if TYPE_CHECKING:
    from ..drawing.picture import Picture
    from ..text.typesetting import Style
    from .equations import Equations
    from .functional import Functional

Argnums = int | tuple[int, ...] | Literal["params"]


class Program(Shown):
    """A compiled function: call it with batches. Made by `autograd.compile`.

    `plan` is "arrays" (NumPy) or "straight-line" (Python statements); unless it was given, batches of so few
    examples that arrays don't pay run as statements all the same. `source` is the generated code
    and `groups` which nodes became which array operation. `parameters` is the flat vector of
    parameters, in the order of `params` as `compile` got them: change it in place. `gradient` is the
    flat vector that the latest `backward` filled, in the same order, so that
    `program.parameters -= lr * program.gradient` is a training step. Both are NumPy arrays under every
    plan, like all results. A program works in its own memory: a second thread that calls it meanwhile
    gets a RuntimeError.
    """

    _answers = SHOWN | PROGRAM

    def __init__(self, definition: Definition, plan: Plan | None, dtype: Any) -> None:
        self._numpy: Any = numpy()
        self.dtype = self._numpy.dtype(dtype)
        if self.dtype not in ("float64", "float32"):
            raise ValueError(f'dtype must be "float64" or "float32", not {dtype!r}')
        if plan not in (None, "arrays", "straight-line"):
            raise ValueError(f'plan must be "arrays" or "straight-line", not {plan!r}')
        if plan == "straight-line" and self.dtype != "float64":
            raise ValueError("a straight-line program computes with Python's floats: float64")
        trace, cost, outputs, self._outputs_like = definition.traced()
        self._definition, self._params = definition, trace.params
        self.inputs = [len(leaves(example)) for example in definition.inputs]  # numbers an example, per input
        self.operations = trace.operations  # as the user wrote them
        replay = Replay(definition, trace)
        self.graph = Graph(trace, cost, outputs)
        forward = levels(self.graph, self.graph.order)
        if self._params and definition.derivative is None:
            differentiate(self.graph)
        self._parameters: Any = self._numpy.zeros(len(self._params), self.dtype)
        self._engines = Engines(self.graph, forward, self.inputs, self._parameters, replay, plan)
        self.plan: Plan = self._engines.plan
        self._derived_plan: Plan | None = plan
        self._batches = Batches(self.inputs, bool(self.graph.choices), self.dtype)
        self._derived: dict[Any, Program] = {}
        self._latest: Any = None  # the engine that computed the latest gradient
        self.load()

    # Parameters
    @property
    def params(self) -> list[Value]:
        """The Values of the parameters, in the order of `parameters` and `gradient`."""
        return list(self._params)

    @property
    def parameters(self) -> Any:
        """The flat vector of parameters; what is assigned is copied into it."""
        return self._parameters

    @parameters.setter
    def parameters(self, given: Any) -> None:
        if given is not self._parameters:
            if not hasattr(given, "shape"):
                given = [to_float(leaf, "program.parameters") for leaf in leaves(given)]
            shape = self._numpy.shape(given)
            if shape != self._parameters.shape:
                raise ValueError(
                    f"program.parameters is a vector of {len(self._params)} numbers, not {shape}"
                )
            self._parameters[:] = given

    @property
    def gradient(self) -> Any:
        """The flat gradient that the latest `backward` left; the next one overwrites it."""
        return self._latest.latest if self._latest else self._numpy.zeros_like(self._parameters)

    def load(self) -> None:
        """Read the data of the parameters' Values; raises OverflowError for one beyond float32's range."""
        data = [param.data for param in self._params]
        largest = float(self._numpy.finfo(self.dtype).max)
        for i, number in enumerate(data if self.dtype == "float32" else ()):
            if largest < abs(number) < math.inf:
                raise OverflowError(f"parameter {i} is {number!r}, beyond the range of float32")
        self._parameters[:] = data

    def store(self) -> None:
        """Write the program's parameters into the Values they came from."""
        for param, value in zip(self._params, self._parameters.tolist()):
            param.data = value

    # Running
    def __call__(self, *batches: Any) -> Any:
        """The cost of each example (batch,), or (costs, outputs); numbers if there are no inputs.

        Outputs come as f returned them, with arrays in place of numbers, (batch,), and of lists of
        one shape, (batch, …). Raises TypeError and ValueError for batches that do not fit,
        DomainError for results that are not finite (outside `errstate("ieee")`).
        """
        columns = self._columns(batches)
        if not self.inputs:
            numbers = columns[:, 0].tolist()
            return (numbers[0], like(self._outputs_like, numbers[1:])) if self.graph.outputs else numbers[0]
        return (columns[0], self._shaped_outputs(columns[1:].T)) if self.graph.outputs else columns[0]

    @cached_property
    def _shaped_outputs(self) -> Callable[[Any], Any]:
        return shaper(self._outputs_like)

    def _columns(self, batches: tuple[Any, ...]) -> Any:
        inputs, m = self._batches.read(batches, self._parameters)
        return self._engines.for_examples(m).forward(inputs, m)

    def backward(self, *batches: Any) -> float:
        """The mean cost over the batch; its derivatives with respect to the parameters go into `gradient`."""
        if not self._params:
            raise ValueError(
                "this program has no parameters to differentiate with respect to: compile(f, inputs, params)"
            )
        inputs, m = self._batches.read(batches, self._parameters)
        self._latest = self._engines.for_examples(m)
        return self._latest.gradient(inputs, m)

    def value_and_grad(self, *batches: Any) -> tuple[float, Any]:
        """The mean cost and ∂cost/∂params in the shape of params; lists of one shape become arrays."""
        cost = self.backward(*batches)
        return cost, self._shaped_gradient(self.gradient.copy())

    @cached_property
    def _shaped_gradient(self) -> Callable[[Any], Any]:
        return shaper(self._definition.params)

    # Derivatives of each example
    def jacobian(self, *batches: Any, argnums: Argnums = 0) -> Any:
        """∂outputs/∂input of each example, ∂cost/∂input without outputs: (batch, outputs…, inputs…).

        `argnums` says with respect to which input, or inputs, or "params". The result has the shape of f's
        outputs, and in the place of each number its derivatives, in the shape of the input.

        >>> program = compile(lambda x: (0.0, [x[0] * x[1], x[0]]), [[0.0, 0.0]])
        >>> program.jacobian([[3.0, 5.0]]).tolist()
        [[[5.0, 3.0], [1.0, 0.0]]]
        """
        return self._derivative("jacobian", argnums)(*batches)[1]

    def hessian(self, *batches: Any, argnums: Argnums = 0) -> Any:
        """∂²cost/∂xᵢ∂xⱼ of each example: (batch, inputs…, inputs…); `argnums` as for `jacobian`.

        >>> compile(lambda x: x[0] ** 2 * x[1], [[0.0, 0.0]]).hessian([[3.0, 5.0]]).tolist()
        [[[10.0, 6.0], [6.0, 0.0]]]
        """
        return self._derivative("hessian", argnums)(*batches)[1]

    def hvp(self, *batches: Any, vectors: Any, argnums: Argnums = 0) -> Any:
        """Hessian · vector of each example, without the Hessian; `vectors` are a batch like the input.

        With respect to "params" one vector like `parameters` will do for all examples.

        >>> compile(lambda x: x[0] ** 2 * x[1], [[0.0, 0.0]]).hvp([[3.0, 5.0]], vectors=[[1.0, 0.0]]).tolist()
        [[10.0, 6.0]]
        """
        program = self._derivative("hvp", argnums)
        if self.inputs and argnums == "params":
            vectors = self._numpy.asarray(vectors, float)
            vectors = self._numpy.broadcast_to(vectors, (len(batches[0]), len(self._params)))
        elif not self.inputs:
            return like(program._outputs_like, program._columns(([leaves(vectors)],))[1:, 0].tolist())
        return program(*batches, vectors)[1]

    def _derivative(self, kind: str, argnums: Argnums) -> Program:
        """The program of a derivative, with the parameters as they are now."""
        if (kind, argnums) not in self._derived:
            definition = derived(kind, self._definition, argnums)
            self._derived[kind, argnums] = Program(definition, self._derived_plan, self.dtype)
        program = self._derived[kind, argnums]
        program.parameters = self._parameters
        return program

    # Explaining
    @property
    def groups(self) -> list[Group]:
        """Which scalar nodes became which array operation; empty for a straight-line program."""
        return self._engines.arrays.layout.forward if self.plan == "arrays" else []

    @property
    def source(self) -> str:
        """The code that runs: of array programs, with comments that say which lines compute what."""
        if self.plan == "straight-line":
            return self._engines.statements.code
        engine = self._engines.arrays
        notes = self.equations().notes(engine.computation)
        codes = {kind: engine.source(kind, notes).code for kind in ("forward", "gradient")}
        return "\n\n".join(f"# {kind}\n{code}" for kind, code in codes.items())

    def equations(self, style: Style = TEXT) -> Equations:
        """The matrix equations of an array program, forward and reverse."""
        from .equations import Equations

        given = list(inspect.signature(self._definition.f).parameters)
        called = [*given, *(f"x{k}" for k in range(len(given), len(self.inputs)))]
        return Equations(self._engines.arrays.layout, called, style)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a program is code and memory, which cannot be copied or pickled; compile f again")

    def __repr__(self) -> str:
        return f"<Program: {self._size()}>"

    def _size(self) -> str:
        if self.plan == "straight-line":
            return f"straight-line program of {len(self.graph.order):,} statements"
        return f"{self.operations:,} operations in {len(self.groups)} array operations"

    def __str__(self) -> str:
        return for_output(self._written())

    def _written(self) -> str:
        if self.plan == "straight-line":
            return self._size()
        return f"{self._size()}\n\n{self.equations()}".rstrip()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write what `print` shows as `.txt`, or the equations as a LaTeX document, `.tex`.

        The path is returned; the file is written whole or not at all. Raises ValueError for any other
        suffix, and for the .tex of a straight-line program, which has no matrix equations; OSError if the
        file cannot be written.
        """
        writers: dict[str, Callable[[], str]] = {
            "txt": lambda: f"{self._written()}\n",
            "tex": lambda: latex_document(self.equations(LATEX).aligned()),
        }
        one = "draw() makes a picture, and program.draw().save(…) writes it as"
        return save_by_suffix(
            path, writers, "a program", {kind: f"{one} .{kind}" for kind in ("svg", "png", "pdf", "html")}
        )

    def _repr_latex_(self) -> str | None:
        return self.equations(LATEX).aligned() if self.plan == "arrays" else None

    def draw(self) -> Picture:
        """The array graph beside the scalar graph of one example, as a picture (see `autograd.draw`).

        Raises ValueError for a straight-line program, which has no array graph.
        """
        from .diagram import diagram

        equations = self.equations()
        named = zip(self._definition.inputs, equations.inputs)
        example = [like(x, map(Value, leaves(x), names(x, name))) for x, name in named]
        with errstate("ieee"):
            result: Any = self._definition.f(*example)
        cost = result[0] if self.graph.outputs else result
        return diagram(equations, cost if isinstance(cost, Value) else Value(cost))

    # Elsewhere
    def to(self, xp: Any) -> Functional:
        """The program on another array library: NumPy, PyTorch, JAX or Dask, as a pure function.

        `xp` is the library, as in `program.to(torch)`, `program.to(jax.numpy)`. The function computes in
        the precision, and on the device, of the parameters that it is called with (without parameters, of
        the batches): float32, bfloat16, a GPU. JAX has float64 only if jax_enable_x64 is set. Raises
        ModuleNotFoundError without array-api-compat, ValueError for a straight-line program and
        NotImplementedError for a function that the library lacks.
        """
        from .functional import Functional

        if isinstance(xp, str):
            raise TypeError(f"to takes the library, not its name: import {xp}; program.to({xp})")
        return Functional(self._engines.arrays, xp, self._parameters)


def compile(
    f: Callable[..., Any],
    inputs: Sequence[Any] = (),
    params: Any = (),
    plan: Plan | None = None,
    dtype: Any = "float64",
) -> Program:
    """Trace `f` once and compile what it did into a program for batches, forward and reverse.

    `inputs` are one example's inputs, numbers in nested lists, of which only the shape counts; f is
    called with Values in their place. `params` are the Values with respect to which to differentiate;
    other Values that f uses are constants. f returns the cost of one example, or (cost, outputs); it may
    use `grad`, `jvp`, `hessian` and the other transforms. `plan` is chosen by how much each array
    operation would do, unless given. NumPy is needed under every plan. With `dtype="float32"` arrays have
    half the size and seven digits: large batches take about two thirds of the time.

    Raises TypeError if f does not take these inputs, needs the truth value or the number of something
    that depends on an input or a parameter (use `where`) or uses a result that was computed from a
    parameter beforehand, and what `program` raises when it is called.

    >>> from autograd import Value
    >>> w, b = Value(2.0), Value(1.0)
    >>> program = compile(lambda x, y: (w * x + b - y) ** 2, [0.0, 0.0], [w, b])
    >>> program.value_and_grad([1.0, 2.0], [2.0, 7.0])
    (2.5, array([-3., -1.]))
    """
    with paused_collector():
        return Program(Definition(f, inputs, params), plan, dtype)
