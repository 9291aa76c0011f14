"""Terms made with transforms reach `backward()`: against PyTorch's create_graph=True."""

from __future__ import annotations

import random

import numpy
import pytest

import autograd
import nn
from autograd import (
    Value,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    no_grad,
    value_and_grad,
    vjp,
)
from autograd.functional.containers import leaves

torch = pytest.importorskip("torch", reason='PyTorch is not installed: pip install "stepgrad[torch]"')


def tensor(numbers):
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def gradients(loss, parameters):
    loss.backward()
    return [p.grad for p in parameters]


def close(ours, theirs):
    assert ours == pytest.approx([0.0 if t is None else t.item() for t in theirs], rel=1e-10, abs=1e-13)


def test_a_slope_in_a_loss():
    w = Value(2.0)
    u = lambda x: (w * x).tanh()  # noqa: E731
    loss = (u(0.5) - 0.3) ** 2 + 0.7 * (grad(u)(0.5) - 1.0) ** 2

    v, x = tensor(2.0), tensor(0.5)
    theirs = torch.tanh(v * x)
    (slope,) = torch.autograd.grad(theirs, x, create_graph=True)
    ((theirs - 0.3) ** 2 + 0.7 * (slope - 1.0) ** 2).backward()
    close(gradients(loss, [w]), [v.grad])


# Each way of asking for the same slope of f at x, along 1.
WAYS = {
    "grad": lambda f, x: grad(f)(x),
    "value_and_grad": lambda f, x: value_and_grad(f)(x)[1],
    "vjp": lambda f, x: vjp(f, x)[1](1.0)[0],
    "jvp": lambda f, x: jvp(f, (x,), (1.0,))[1],
    "linearize": lambda f, x: linearize(f, x)[1](1.0),
    "jacobian": lambda f, x: jacobian(lambda x: [f(x)])(x)[0],
    "jacfwd": lambda f, x: jacfwd(f)(x),
    "jacrev": lambda f, x: jacrev(f)(x),
    "in a dict": lambda f, x: grad(lambda p: f(p["x"]))({"x": x})["x"],
    "in an array": lambda f, x: grad(lambda p: f(p[0, 0]))(numpy.array([[x]]))[0, 0],
    "cotangent": lambda f, x: vjp(lambda x: [f(x), x], x)[1]([Value(1.0), 0.0])[0],
    "tangent": lambda f, x: jvp(f, (x,), (Value(1.0),))[1],
    "aux": lambda f, x: value_and_grad(lambda x: (f(x), [f(x)]), has_aux=True)(x)[1],
}
SECOND = {
    "hessian": lambda f, x: hessian(f)(x),
    "hvp": lambda f, x: hvp(f, (x,), (1.0,))[0],
    **{
        f"{a} of {b}": lambda f, x, a=a, b=b: WAYS[a](lambda x: WAYS[b](f, x), x)
        for a in ("grad", "jvp", "jacrev")
        for b in ("grad", "jvp", "vjp")
    },
}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("x_is_a_value", [False, True])
def test_every_transform_and_nesting(order, x_is_a_value):
    for way, derivative in (WAYS if order == 1 else SECOND).items():
        w, x = Value(1.3), Value(0.4) if x_is_a_value else 0.4
        made = derivative(lambda x, w=w: (w * x).sin() * (w + x).exp(), x)
        assert isinstance(made, Value), way

        v, y = tensor(1.3), tensor(0.4)
        theirs = torch.sin(v * y) * torch.exp(v + y)
        for _ in range(order):
            (theirs,) = torch.autograd.grad(theirs, y, create_graph=True)
        (theirs * theirs).backward()
        (made * made).backward()
        close([made.data, w.grad], [theirs, v.grad])
        if x_is_a_value:
            close([x.grad], [y.grad])  # pyright: ignore[reportAttributeAccessIssue]


def torch_twin(mlp):
    """The network's parameters as tensors, and the same function of them."""
    parameters = [tensor(p.data) for p in mlp.parameters()]
    position = dict(zip(mlp.parameters(), parameters, strict=True))

    def network(x):
        a = x
        for layer in mlp.layers:
            z = [
                sum(position[w] * c for w, c in zip(neuron.w, a, strict=True)) + position[neuron.b]
                for neuron in layer.neurons
            ]
            a = [torch.tanh(c) if layer is not mlp.layers[-1] else c for c in z]
        return a

    return parameters, network


def test_a_physics_informed_network():
    """u'' + u = 0 with u(0) = 0, u'(0) = 1: residuals of second derivatives of an nn.MLP."""
    mlp = nn.MLP([1, 4, 4, 1], "tanh", seed=3)
    u = lambda x: mlp([x])[0]  # noqa: E731
    du, points = grad(u), [0.1, 0.7, 1.3]
    loss = u(0.0) ** 2 + (du(0.0) - 1.0) ** 2
    for x in points:
        loss = loss + (grad(du)(x) + u(x)) ** 2

    parameters, network = torch_twin(mlp)
    start = tensor(0.0)
    theirs = network([start])[0]
    (slope,) = torch.autograd.grad(theirs, start, create_graph=True)
    total = theirs**2 + (slope - 1.0) ** 2
    for x in map(tensor, points):
        value = network([x])[0]
        (slope,) = torch.autograd.grad(value, x, create_graph=True)
        (second,) = torch.autograd.grad(slope, x, create_graph=True)
        total = total + (second + value) ** 2
    total.backward()
    close([loss.data], [total])
    close(gradients(loss, mlp.parameters()), [p.grad for p in parameters])


def test_a_gradient_penalty():
    """(‖∇ₓ D(x)‖ − 1)² at random points, as in a Wasserstein GAN, on lists and on arrays."""
    rng = random.Random(5)
    points = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(3)]
    for as_points in (lambda x: x, numpy.array):
        mlp = nn.MLP([3, 5, 1], "tanh", seed=2)
        loss = 0.0
        for x in points:
            slope = grad(lambda x, mlp=mlp: mlp(list(x))[0])(as_points(x))
            assert type(slope) is type(as_points(x))
            loss = loss + (autograd.sqrt(autograd.sum([g * g for g in slope])) - 1.0) ** 2

        parameters, network = torch_twin(mlp)
        total = 0.0
        for x in map(tensor, points):
            (slope,) = torch.autograd.grad(network(list(x))[0], x, create_graph=True)
            total = total + (slope.norm() - 1.0) ** 2
        total.backward()  # pyright: ignore[reportAttributeAccessIssue]
        close(gradients(loss, mlp.parameters()), [p.grad for p in parameters])


def test_steps_within_a_step_as_in_maml():
    """The parameters after two inner steps are functions of the first: gradients flow through both steps."""
    tasks = [([0.3, -0.7], 0.5), ([1.1, 0.2], -0.4)]

    def error(p, x, y):
        return ((p[0] * x[0] + p[1] * x[1]).tanh() * p[2] - y) ** 2

    start = [Value(0.4), Value(-0.3), Value(0.8)]
    outer = 0.0
    for x, y in tasks:
        fast = start
        for _ in range(2):
            slopes = grad(lambda p, x=x, y=y: error(p, x, y))(fast)
            fast = [p - 0.1 * g for p, g in zip(fast, slopes, strict=True)]
        outer = outer + error(fast, x, y)

    theirs = tensor([p.data for p in start])
    total = 0.0
    for x, y in tasks:
        fast = theirs
        for _ in range(2):
            (slopes,) = torch.autograd.grad(error(fast, x, y), fast, create_graph=True)
            fast = fast - 0.1 * slopes
        total = total + error(fast, x, y)
    total.backward()  # pyright: ignore[reportAttributeAccessIssue]
    close([outer.data], [total])  # pyright: ignore[reportAttributeAccessIssue]
    close(gradients(outer, start), theirs.grad)


def test_a_mixed_hessian_with_respect_to_an_outer_weight():
    w = [Value(0.7), Value(-1.1)]

    def f(x):
        return (w[0] * x[0] * x[1]).sin() + (w[1] * x[0]).exp() * x[1] ** 3

    rows = hessian(f)([0.3, 0.9])
    assert all(isinstance(entry, Value) for entry in leaves(rows))
    loss = autograd.sum([entry * entry for entry in leaves(rows)])

    v = tensor([0.7, -1.1])
    theirs = torch.autograd.functional.hessian(
        lambda x: torch.sin(v[0] * x[0] * x[1]) + torch.exp(v[1] * x[0]) * x[1] ** 3,
        torch.tensor([0.3, 0.9], dtype=torch.float64),
        create_graph=True,
    )
    (theirs * theirs).sum().backward()
    close(gradients(loss, w), v.grad)


class TestPlainNumbers:
    """Nothing from outside takes part: results are floats, whatever the function makes inside."""

    def test_leaves_made_inside_are_constants(self):
        def f(x):
            total = Value(0.0)
            weights = [Value(2.0, "w"), Value(3.0)]
            with no_grad():
                shift = weights[0] * weights[1] + x
            inner = grad(lambda y: y * weights[0])(1.0)
            return total + x * weights[0] + shift * x + weights[1].detach() * x + inner

        assert value_and_grad(f)(1.0) == (2.0 + 7.0 + 3.0 + 2.0, 2.0 + 7.0 + 3.0)
        assert {type(number) for number in value_and_grad(f)(1.0)} == {float}

    def test_no_grad_gives_floats(self):
        w = Value(2.0)
        with no_grad():
            for derivative in (*WAYS.values(), *SECOND.values()):
                assert isinstance(derivative(lambda x: (w * x).sin(), 0.3), float)
                assert isinstance(derivative(lambda x: (w * x).sin(), Value(0.3)), float)

    def test_all_entries_are_values_if_one_is_attached(self):
        w = Value(2.0)
        value, gradient = value_and_grad(lambda x: x[0] * w + 3.0 * x[1])([1.0, 1.0])
        assert [type(entry) for entry in (value, *gradient)] == [Value] * 3
        assert jacobian(lambda x: [w * x[0], 7.0])([1.0, 2.0])[1] == [0.0, 0.0]
        assert {type(x) for x in leaves(jacobian(lambda x: [w * x[0], 7.0])([1.0, 2.0]))} == {Value}

    def test_aux_comes_back_as_numbers(self):
        label = object()
        result = value_and_grad(lambda x: (x * x, {"x": x * 3, "n": 3, "label": label}), has_aux=True)(2.0)
        assert result == ((4.0, {"x": 6.0, "n": 3, "label": label}), 4.0)
        assert type(result[0][1]["x"]) is float
        with pytest.raises(TypeError, match="has_aux"):
            value_and_grad(lambda x: x * x, has_aux=True)(2.0)


def test_outer_gradients_are_written_by_backward_only():
    w = Value(2.0)
    slope = grad(lambda x: w * w * x)(3.0)
    assert w.grad == 0.0
    slope.backward()
    assert w.grad == 4.0
