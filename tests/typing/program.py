"""A user's program, which type checkers read in their strict modes (tests/test_typing.py); it also runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

import numpy

import nn
from autograd import (
    Program,
    Value,
    backward_steps,
    dot,
    draw,
    grad,
    hessian,
    jvp,
    maximum,
    no_grad,
    primitive,
    sigmoid,
    step,
    tanh,
    value_and_grad,
    vjp,
    where,
)
from autograd import compile as compiled
from autograd import sum as total

# Arithmetic: a Value with anything is a Value; a function of floats is a float.
a, b = Value(2.0, "a"), Value(-3.0, label="b")
assert_type(a * b + 1, Value)
assert_type(2.0 / a - 1, Value)
assert_type(-(a**2), Value)
assert_type(tanh(a), Value)
assert_type(tanh(0.5), float)
assert_type(a > b, bool)
assert_type(a.data, float)
assert_type(a.grad, float)

# A numpy array with a Value is an array, in either order; numpy's numbers are numbers.
weights = numpy.ones((2, 2))
assert_type((weights * a).shape, tuple[Any, ...])
assert_type((a - weights).shape, tuple[Any, ...])
assert_type(a * numpy.float64(2.0), Value)
assert_type(numpy.float32(2.0) / a, Value)

# Lists.
xs = [a, b]
assert_type(total(xs), Value)
assert_type(total([1.0, 2.0]), float)
assert_type(dot(xs, [1.0, 2.0], bias=b), Value)
assert_type(where(a > 0, a, b), Value)
assert_type(where(a > 0, lambda: a.log(), lambda: b * 2), Value)

L = total(xs) * sigmoid(a)
L.backward()
for each in backward_steps(L):
    assert_type(each.contribution, float)
with no_grad():
    assert_type(a * b, Value)


# Transforms keep the parameters of what they transform.
def area(width: float, height: float) -> float:
    return width * height


slope: float = grad(area)(3.0, height=4.0)
value, slopes = value_and_grad(area, argnums=(0, 1))(3.0, 4.0)
rows = hessian(area, argnums=(0, 1))(3.0, 4.0)
second: float = grad(grad(tanh))(0.5)
third: float = hessian(grad(grad(tanh)))(0.5)
tangent = jvp(area, (3.0, 4.0), (1.0, 0.0))[1]
pullback = vjp(area, 3.0, 4.0)[1]


# An operation of one's own takes Values as well as floats.
@primitive(x="3 * x * x", symbol="x³")
def cube(x: float) -> float:
    return x * x * x


assert_type(cube(2.0), float)
assert_type(cube(a), Value)

# A network.
mlp = nn.MLP([2, 3, 1], activation="tanh", seed=1)
X, Y = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]
history = nn.fit(mlp, (X, Y), loss="quadratic", optimizer=nn.SGD(mlp.parameters(), lr=0.1), epochs=2)
assert_type(history[-1].loss, float)


def cost(x: Sequence[Value], y: Sequence[Value]) -> Value:
    return nn.quadratic(mlp(x), y)


# Subclasses override the methods that refuse arguments of other libraries.
class Doubled(nn.MLP):
    def __call__(self, x: Any) -> list[Value]:
        return [2 * output for output in super().__call__(x)]


class Counted(Value):
    def backward(self) -> None:
        super().backward()


program = compiled(cost, [[0.0, 0.0], [0.0]], mlp.parameters())
assert_type(program, Program)

# Pictures.
picture = draw(L, direction="TB", theme="dark")
page = step(L, names={"a": a})
assert maximum(a, b) is not None
