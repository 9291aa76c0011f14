"""One call of a function on fresh nodes: the graph that a transform differentiates.

Every transform calls its function once, inside a `Trace`. Inside another transform, and where Values
from outside take part, derivatives are Values too, made from the recorded graph: an outer transform
or `backward()` sees through them. Which transform we are inside is a context variable, so that
threads and tasks never meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from types import MappingProxyType
from typing import Any, cast

from ..nodes.float_protocol import plain
from ..nodes.modes import Block, mode
from ..nodes.numbers import in_short, to_float
from ..nodes.transforming import Transform, open_transforms, transforming
from ..operations.apply import apply
from ..rules import RULES
from ..value import Value
from .containers import leaves, like, same_shape
from .curvature import hessian_rows, hessian_vector
from .linearization import Linearization

Argnums = int | tuple[int, ...]


def _indices(argnums: Argnums | None, given: int) -> tuple[int, ...]:
    if argnums is None:
        return tuple(range(given))
    if argnums.__class__ is int and 0 <= argnums < given:  # pyright: ignore[reportOperatorIssue]
        return (argnums,)  # pyright: ignore[reportReturnType]
    chosen = argnums if isinstance(argnums, tuple) else (argnums,)
    for index in chosen:
        if not -given <= index < given:
            raise ValueError(
                f"argnums names argument {index}, "
                f"but the function was called with {given} positional arguments"
            )
    positions = tuple(range(given)[index] for index in chosen)
    if len(set(positions)) < len(positions):
        raise ValueError(f"argnums names an argument twice: {argnums!r}")
    return positions


def is_nested() -> bool:
    """Whether a transform or `compile` is under way, whose derivatives have to see through this one."""
    return transforming.get() is not None or mode().tracer is not None


class Trace:
    """One call of a function on fresh nodes: its `output` as it came, and the derivative there.

    `attached` says whether derivatives are Values, through which gradients flow on to the Values
    that the function was given or used from outside; under `no_grad` they never are.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        arguments: Sequence[Any],
        options: Mapping[str, Any] = MappingProxyType({}),
        argnums: Argnums | None = None,
        has_aux: bool = False,
    ) -> None:
        """Differentiate with respect to the arguments that `argnums` names, or to all; pass on the others.

        With `has_aux`, f returns (output, aux), of which only the output is differentiated.
        """
        chosen = _indices(argnums, len(arguments))
        self.primals = tuple(arguments[index] for index in chosen)
        # In this shape come the derivatives of one number.
        self.shape: Any = self.primals[0] if isinstance(argnums, int) else self.primals
        name = getattr(f, "__name__", "f")
        recording, outer, compiling = mode().recording, transforming.get(), mode().tracer is not None
        attached = compiling or (recording and outer is not None)
        inputs: list[Value] = []
        for index, primal in zip(chosen, self.primals):
            for leaf in leaves(primal):
                # A node of its own, so that nested transforms do not confuse perturbations.
                if compiling or (recording and isinstance(leaf, Value)):
                    inputs.append(apply(RULES["identity"], leaf))
                    attached = True
                elif not isinstance(leaf, Value):
                    inputs.append(Value(_number(leaf, f"{name}: argument {index}")))
                else:
                    inputs.append(leaf.detach())
        traced = list(arguments)
        for index, primal in zip(chosen, like(self.primals, inputs)):
            traced[index] = primal
        result: Any
        transform = Transform(outer)
        token = transforming.set(transform)
        open_transforms.append(None)
        try:
            with nullcontext() if recording else Block(recording=True):
                result = f(*traced, **options)
        finally:
            open_transforms.pop()
            transforming.reset(token)
        self.output: Any = result
        self._aux: Any = None
        if has_aux:
            self.output, self._aux = _pair(result, name)
        outputs = leaves(self.output)
        for output in outputs:
            if not isinstance(output, Value):
                _number(output, f"{name}: the result")
        self.derivative = Linearization(
            inputs,
            outputs,
            on_values=attached,
            older=outer.met if attached and outer and not compiling else None,
            constants=transform.leaves if recording and not attached else None,
        )
        self.attached = self.derivative.on_values

    def value(self) -> Any:
        """The output: Values if attached, else floats."""
        if isinstance(self.output, Value):
            return self._settled([self.output])[0]
        return like(self.output, self._settled(leaves(self.output)))

    def aux(self) -> Any:
        """The part of the result beside the output; its Values are floats unless attached."""
        return self._aux if self.attached else _plain_values(self._aux)

    def pull(self, cotangent: Any) -> tuple[Any, ...]:
        """Jᵀ·cotangent, one container per argument."""
        numbers = numbers_like(cotangent, self.output, "the cotangent", "the function's value")
        return like(self.primals, self._settled(self.derivative.pull(numbers), numbers))

    def gradient(self) -> Any:
        """∇ of an output that is one number."""
        self._require_scalar()
        return like(self.shape, self._settled(self.derivative.pull([1.0])))

    def push(self, tangents: tuple[Any, ...]) -> Any:
        """J·tangents, a container like the output."""
        numbers = numbers_like(tangents, self.primals, "the tangents", "the primals")
        return like(self.output, self._settled(self.derivative.push(numbers), numbers))

    def jacobian(self, forward: bool | None = None) -> Any:
        """J: in the place of each number of the output its derivatives; `forward` as for `rows`."""
        rows = self.derivative.rows(forward)
        return like(self.output, [like(self.shape, self._settled(row)) for row in rows])

    def hessian(self) -> Any:
        """H of an output that is one number: in the place of each derivative its own derivatives."""
        self._require_scalar()
        rows = None if self.attached else hessian_rows(self.derivative)
        if rows is None:
            rows = self._gradient_on_values().rows(forward=True)
        return like(self.shape, [like(self.shape, self._settled(row)) for row in rows])

    def hessian_vector(self, vectors: tuple[Any, ...]) -> tuple[Any, ...]:
        """H·vectors of an output that is one number, one container per argument."""
        self._require_scalar()
        numbers = numbers_like(vectors, self.primals, "the vectors", "the primals")
        products: list[Any] | None = None
        if not self.attached and not any(isinstance(number, Value) for number in numbers):
            products = hessian_vector(self.derivative, numbers)
        if products is None:
            products = self._gradient_on_values().push(numbers)
        return like(self.primals, self._settled(products, numbers))

    def _require_scalar(self) -> None:
        output = self.output
        if not isinstance(output, Value | float) and [*map(id, leaves(output))] != [id(output)]:
            raise TypeError(
                f"a gradient needs a function that returns one number, not {in_short(output, 80)}; "
                "jacobian differentiates several"
            )

    def _gradient_on_values(self) -> Linearization:
        """The derivative of the gradient, with Values as local derivatives."""
        inputs, outputs = self.derivative.inputs, self.derivative.outputs
        with nullcontext() if mode().recording else Block(recording=True):
            gradients = Linearization(inputs, outputs, on_values=True).pull([1.0])
        return Linearization(inputs, gradients, on_values=self.attached)

    def _settled(self, numbers: list[Any], factors: Sequence[Any] = ()) -> list[Any]:
        """Values if gradients are to flow on (outside all transforms all of them), else floats."""
        now = mode()
        if now.tracer is not None or (now.recording and transforming.get() is not None):
            return numbers
        if now.recording and (self.attached or any(isinstance(factor, Value) for factor in factors)):
            return [x if isinstance(x, Value) else Value(x) for x in numbers]
        if set(map(type, numbers)) == {float}:
            return numbers
        return [x if x.__class__ is float else plain(x) for x in numbers]


def _number(leaf: object, role: str) -> float:
    """The float of a leaf; TypeError, which says what numbers may be in, if it is none."""
    try:
        return to_float(leaf, role)
    except TypeError as error:
        raise TypeError(f"{error}; numbers may be in lists, tuples, dicts and NumPy arrays") from None


def _pair(result: Any, name: str) -> Any:
    if not isinstance(result, tuple) or len(result) != 2:  # pyright: ignore[reportUnknownArgumentType]
        raise TypeError(
            f"with has_aux=True, {name} must return (value, aux), not {in_short(cast('object', result), 80)}"
        )
    return result  # pyright: ignore[reportUnknownVariableType]


def _plain_values(tree: Any) -> Any:
    numbers = leaves(tree)
    if not any(isinstance(number, Value) for number in numbers):
        return tree
    return like(tree, map(plain, numbers))


def numbers_like(given: Any, shape: Any, role: str, of: str) -> list[Any]:
    """The numbers of a container, which must have the shape of another; ValueError if not."""
    numbers = leaves(given)
    if not same_shape(given, shape):
        unlike = f"{in_short(given, 80)} does not fit {in_short(shape, 80)}"
        raise ValueError(f"{role} must have the shape of {of}: {unlike}")
    return [number if isinstance(number, Value) else to_float(number, role) for number in numbers]
