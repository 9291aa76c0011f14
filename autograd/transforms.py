"""Derivatives of plain Python functions: a derivative is a function again.

Every transform calls the function once on fresh nodes and applies the linearization of its graph:
`vjp` and `grad` backwards, `jvp` forwards. Transforms nest to any order. Numbers may be in lists,
tuples, dicts and numpy arrays; results come back in the same shape.

Plain numbers give plain numbers. If the function is given Values or uses Values from outside (the
weights of a network), the results are Values attached to them: `backward()` through a term made with
a transform reaches the weights, as with PyTorch's `create_graph=True`. Under `no_grad` results are
plain numbers.

Raises TypeError if an argument or a result is not a number, or a Value becomes a plain float on the
way (`math.exp(x)`), and whatever the function raises.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast, overload

from .functional.calls import Argnums, Trace, is_nested, numbers_like
from .functional.containers import leaves, like
from .nodes.hints import hinted
from .nodes.numbers import in_short
from .operations.signatures import Unary
from .value import Value

# A derivative takes the arguments that the function takes: editors and type checkers see them. The
# overloads are for `tanh` and its kin, which have two signatures, where a ParamSpec holds one.
P = ParamSpec("P")
Derivative = Callable[..., Any]
Transform = TypeVar("Transform", bound=Callable[..., Any])


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The value f(*primals) and the pullback v̄ ↦ Jᵀ·v̄: reverse mode.

    The pullback takes a cotangent of the value's shape and returns a tuple, one entry per primal,
    of the primal's shape; it may be called many times. One call costs a constant multiple of f,
    however many inputs there are. Raises ValueError if the cotangent has another shape.

    >>> value, pullback = vjp(lambda x, y: [x * y, x + y], 3.0, 5.0)
    >>> value, pullback([1.0, 10.0])
    ([15.0, 8.0], (15.0, 13.0))
    """
    trace = Trace(f, primals)
    return trace.value(), trace.pull


def linearize(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value f(*primals) and the map (v, …) ↦ J·v, which may be called many times: forward mode.

    >>> value, push = linearize(lambda x, y: x * y, 3.0, 5.0)
    >>> value, push(1.0, 0.0), push(0.0, 1.0)
    (15.0, 5.0, 3.0)
    """
    trace = Trace(f, primals)
    return trace.value(), lambda *tangents: trace.push(tangents)


def jvp(f: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """The value f(*primals) and the tangent J·v = d/dt f(primals + t·tangents) at t = 0: forward mode.

    One sweep: how small changes of the inputs change everything after them (Nielsen ch. 2,
    equations 47 to 52). Raises TypeError if `primals` or `tangents` is not a tuple, ValueError
    if their shapes differ.

    >>> jvp(lambda x, y: x * y, (3.0, 5.0), (1.0, 0.0))
    (15.0, 5.0)
    """
    _check_tuples("jvp", primals, tangents)
    numbers_like(tangents, primals, "the tangents", "the primals")  # refused before f runs
    value, push = linearize(f, *primals)
    return value, push(*tangents)


def _check_tuples(transform: str, *given: Any) -> None:
    if not all(isinstance(entry, tuple) for entry in given):
        shown: list[Any] = [entry if isinstance(entry, tuple) else (entry,) for entry in given]
        written = ", ".join(map(repr, shown)) if len(repr(shown)) < 80 else "(x,), (v,)"
        raise TypeError(f"{transform} takes tuples, one entry per argument of f: {transform}(f, {written})")


def _of_functions(transform: Transform) -> Transform:
    """A transform that refuses whatever is not a function; what it returns passes for the function."""

    @hinted
    @wraps(transform)
    def checked(f: Any, argnums: Any = 0, **options: Any) -> Any:
        _check_function(transform.__name__, f, argnums)
        return wraps(f)(transform(f, argnums, **options))

    return cast("Transform", checked)


def _check_function(transform: str, f: Any, argnums: Any) -> None:
    if not callable(f):
        of_values = isinstance(f, Value | list | tuple)
        instead = "; for a Value, write y.backward() and read x.grad" if of_values else ""
        raise TypeError(
            f"{transform} takes a function: {transform}(f)(x), not {transform}({in_short(f, 40)}){instead}"
        )
    chosen = cast("tuple[Any, ...]", argnums) if isinstance(argnums, tuple) else (argnums,)
    if not all(isinstance(index, int) for index in chosen):
        given = in_short(cast("object", argnums), 40)
        raise TypeError(
            f"{transform}: argnums must be an int or a tuple of ints, not {given}; "
            f"the arguments of f follow: {transform}(f)(x)"
        )


@overload
def value_and_grad(
    f: Unary,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
) -> Callable[..., tuple[Any, Any]]: ...
@overload
def value_and_grad(
    f: Callable[P, Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
) -> Callable[P, tuple[Any, Any]]: ...
@_of_functions
def value_and_grad(
    f: Callable[..., Any],
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
) -> Callable[..., tuple[Any, Any]]:
    """The function (x, …) ↦ (f(x, …), ∇f(x, …)), for the price of a few evaluations of f.

    ∇f has the shape of the argument that `argnums` names, and is a tuple if `argnums` is one. With
    `has_aux`, f returns (value, aux), where aux is anything that is not differentiated, and the
    function gives ((value, aux), ∇f). Raises TypeError if f returns anything else.

    >>> value_and_grad(lambda p: p["w"] * 3 + p["b"])({"w": 2.0, "b": 1.0})
    (7.0, {'w': 3.0, 'b': 1.0})
    >>> value_and_grad(lambda x: (x * x, "aux"), has_aux=True)(3.0)
    ((9.0, 'aux'), 6.0)
    """

    def differentiated(*arguments: Any, **options: Any) -> tuple[Any, Any]:
        trace = Trace(f, arguments, options, argnums, has_aux)
        gradient = trace.gradient()
        return (trace.value(), trace.aux()) if has_aux else trace.value(), gradient

    return differentiated


@overload
def grad(f: Unary, argnums: Argnums = 0) -> Derivative: ...
@overload
def grad(f: Callable[P, Any], argnums: Argnums = 0) -> Callable[P, Any]: ...
@_of_functions
def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The gradient ∇f as a function: `grad(f)(x)` is df/dx at x, `grad(grad(f))` the second derivative.

    It is that with respect to the first argument, or to the one that `argnums` names; a tuple of
    several gives a tuple. `jacobian` and `hessian` take `argnums` alike.

    >>> slope = grad(lambda x: x**3)
    >>> slope(2.0), grad(slope)(2.0), grad(grad(slope))(2.0)
    (12.0, 12.0, 6.0)
    >>> grad(lambda x, y: x * y)(3.0, 5.0), grad(lambda x, y: x * y, (0, 1))(3.0, 5.0)
    (5.0, (5.0, 3.0))
    """
    both = value_and_grad(f, argnums)
    return lambda *arguments, **options: both(*arguments, **options)[1]


def stop_gradient(x: Any) -> Any:
    """x as a constant: derivatives do not pass through it. Value ↦ a leaf with its data, float ↦ itself.

    Containers of numbers give containers. A compiled program passes nothing through it either.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return like(x, [leaf.detach() if isinstance(leaf, Value) else leaf for leaf in leaves(x)])


@overload
def jacobian(f: Unary, argnums: Argnums = 0) -> Derivative: ...
@overload
def jacobian(f: Callable[P, Any], argnums: Argnums = 0) -> Callable[P, Any]: ...
@_of_functions
def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The matrix J of first derivatives as a function, in whichever mode takes fewer sweeps.

    The result has the shape of f's value, and in the place of each number the derivatives of that
    number, in the shape of the argument: rows are outputs, columns are inputs. With arrays its
    shape is the output's followed by the input's.

    >>> jacobian(lambda x: [x[0] * x[1], x[0], 7.0])([3.0, 5.0])
    [[5.0, 3.0], [1.0, 0.0], [0.0, 0.0]]
    """
    return lambda *arguments, **options: Trace(f, arguments, options, argnums).jacobian()


@overload
def jacfwd(f: Unary, argnums: Argnums = 0) -> Derivative: ...
@overload
def jacfwd(f: Callable[P, Any], argnums: Argnums = 0) -> Callable[P, Any]: ...
@_of_functions
def jacfwd(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The `jacobian` in forward mode, a sweep per input (a column).

    >>> jacfwd(lambda x: [x, 2 * x, x * x])(3.0)
    [1.0, 2.0, 6.0]
    """
    return lambda *arguments, **options: Trace(f, arguments, options, argnums).jacobian(forward=True)


@overload
def jacrev(f: Unary, argnums: Argnums = 0) -> Derivative: ...
@overload
def jacrev(f: Callable[P, Any], argnums: Argnums = 0) -> Callable[P, Any]: ...
@_of_functions
def jacrev(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The `jacobian` in reverse mode, a sweep per output (a row).

    >>> jacrev(lambda x: [x[0] * x[1]])([3.0, 5.0])
    [[5.0, 3.0]]
    """
    return lambda *arguments, **options: Trace(f, arguments, options, argnums).jacobian(forward=False)


@overload
def hessian(f: Unary, argnums: Argnums = 0) -> Derivative: ...
@overload
def hessian(f: Callable[P, Any], argnums: Argnums = 0) -> Callable[P, Any]: ...
@_of_functions
def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The matrix H of second derivatives ∂²f/∂xᵢ∂xⱼ as a function.

    One call of f and one sweep back over the pairs of nodes that meet: variables that never meet in
    an operation cost nothing.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    nested = jacfwd(grad(f, argnums), argnums)

    def differentiated(*arguments: Any, **options: Any) -> Any:
        if is_nested():
            return nested(*arguments, **options)
        return Trace(f, arguments, options, argnums).hessian()

    return differentiated


def hvp(f: Callable[..., Any], primals: tuple[Any, ...], vectors: tuple[Any, ...]) -> tuple[Any, ...]:
    """H·v without H, for two or three times the price of the gradient: a tuple, one entry per primal.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 5.0],), ([1.0, 0.0],))
    ([10.0, 6.0],)
    """
    _check_tuples("hvp", primals, vectors)
    if is_nested():
        return jvp(grad(f, tuple(range(len(primals)))), primals, vectors)[1]
    numbers_like(vectors, primals, "the vectors", "the primals")  # refused before f runs
    return Trace(f, primals).hessian_vector(vectors)
