"""Programs written for micrograd: the same numbers with the import line changed, or an error that helps."""

from __future__ import annotations

import builtins
import inspect
import math
import random
import re
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.nodes.hints import ADVICE

engine = pytest.importorskip("micrograd.engine", reason="micrograd is not installed")
their_nn = pytest.importorskip("micrograd.nn")


def network_module(number: Any) -> dict[str, Any]:
    """The classes of micrograd's own nn.py, on somebody's numbers."""
    source = inspect.getsource(their_nn).replace("from micrograd.engine import Value", "")
    namespace = {"Value": number, "__name__": "nn"}
    exec(source, namespace)
    return namespace


def moons(number, sum=builtins.sum):
    """micrograd's demo, shortened: max-margin loss with a penalty, plain gradient descent."""
    random.seed(1337)
    model = network_module(number)["MLP"](2, [4, 4, 1])
    X = [(math.cos(0.4 * k) + (k % 2), math.sin(0.4 * k) * (1 - 2 * (k % 2))) for k in range(16)]
    y = [1 - 2 * (k % 2) for k in range(16)]
    history = []
    for step in range(8):
        scores = list(map(model, [list(map(number, row)) for row in X]))
        losses = [(1 + -yi * score).relu() for yi, score in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        penalty = 1e-4 * sum(p * p for p in model.parameters())
        total = data_loss + penalty
        accuracy = [(yi > 0) == (score.data > 0) for yi, score in zip(y, scores)]
        model.zero_grad()
        total.backward()
        rate = 1.0 - 0.9 * step / 100
        for p in model.parameters():
            p.data -= rate * p.grad
        history += [total.data, sum(accuracy) / len(accuracy)]
    return history + [p.data for p in model.parameters()]


def momentum_in_a_dictionary(number):
    w, b = number(0.0), number(0.0)
    velocity = dict.fromkeys((w, b), 0.0)
    for _ in range(20):
        loss = sum((w * x + b - y) ** 2 for x, y in [(0, 1), (1, 3), (2, 5)])
        for p in velocity:
            p.grad = 0.0
        loss.backward()  # pyright: ignore[reportAttributeAccessIssue]
        for p in velocity:
            velocity[p] = 0.9 * velocity[p] - 0.01 * p.grad
            p.data += velocity[p]
    return [w.data, b.data, loss.data]  # pyright: ignore[reportAttributeAccessIssue, reportPossiblyUnboundVariable]


def picture(number):
    """The lecture's trace, which draw_dot is made of: nodes and edges, and the words on them."""
    a, b, c = number(2.0), number(-3.0), number(10.0)
    d = a * b
    root = (d + c) * d.relu()
    root.backward()
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    numbers = sorted((v.data, v.grad, len(v._prev), bool(v._op)) for v in nodes)
    return [*numbers, len(edges)]


def by_hand(number):
    """Each step of the backward pass called by name."""
    a, b, c = number(2.0), number(-3.0), number(10.0)
    e = a * b
    d = e + c
    root = d * a
    root.grad = 1.0
    for node in (root, d, e, c, b, a):
        node._backward()
    return [v.grad for v in (root, d, e, c, b, a)]


def neuron_with_a_start(number, sum=builtins.sum):
    w, b = [number(0.5), number(-1.0)], number(0.25)
    out = sum((wi * xi for wi, xi in zip(w, [2.0, 3.0])), b).relu()
    out = out + sum((wi * 2 for wi in w), number(1.0))
    out.backward()
    return [out.data, *(p.grad for p in (*w, b))]


def pure_python(number):
    """Loops, lists, min and max by comparing data, powers, both orders of operands."""
    xs = [number(v) for v in (0.5, -1.5, 2.0)]
    top = max(xs, key=lambda v: v.data)
    y = number(0)
    for i, x in enumerate(xs):
        y += x * i - 1 / (x**2 + 1)
        y = 2.0 - y * 0.5
    y = y / top + top**-2
    y.backward()
    return [y.data, *(x.grad for x in xs)]


def two_losses(number):
    """Gradients of two results add up in the leaves."""
    a, b = number(1.5), number(-0.5)
    (a * b).backward()
    (a * a + b).backward()
    return [a.grad, b.grad]


PROGRAMS = [moons, momentum_in_a_dictionary, picture, by_hand, neuron_with_a_start, pure_python, two_losses]


def flat(numbers):
    return [x for n in numbers for x in (n if isinstance(n, tuple) else (n,))]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs_give_the_same_numbers(program):
    assert flat(program(Value)) == pytest.approx(flat(program(engine.Value)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("program", [moons, neuron_with_a_start])
def test_they_may_take_our_sum(program):
    assert flat(program(Value, autograd.sum)) == pytest.approx(flat(program(engine.Value)), rel=1e-9)


def test_draw_dot_is_draw():
    from autograd import draw_dot

    assert draw_dot is autograd.draw
    assert "draw_dot" not in dir(autograd)


def adam(parameters, steps=3):
    """An optimizer that keeps its state on the parameters."""
    for t in range(1, steps + 1):
        for p in parameters:
            p.grad = 0.0
        sum((p - 1) ** 2 for p in parameters).backward()  # pyright: ignore[reportAttributeAccessIssue]
        for p in parameters:
            if not hasattr(p, "m"):
                p.m = p.v = 0.0
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.99 * p.v + 0.01 * p.grad**2
            p.data -= 0.1 * (p.m / (1 - 0.9**t)) / ((p.v / (1 - 0.99**t)) ** 0.5 + 1e-8)
    return [p.data for p in parameters]


def test_state_on_parameters_is_refused_with_the_way_that_works():
    with pytest.raises(
        AttributeError, match=r"no attribute 'm': keep it in a dictionary.*class Parameter\(Value\)"
    ):
        adam([Value(0.0), Value(2.0)])

    class Parameter(Value):
        pass

    assert adam([Parameter(0.0), Parameter(2.0)]) == pytest.approx(
        adam([engine.Value(0.0), engine.Value(2.0)])
    )


def test_attributes_of_a_subclass_are_its_own():
    class Parameter(Value):
        pass

    p, q = Parameter(1.0), Parameter(2.0)
    p.m, p.anything, p.requires_grad = 3.0, 4.0, False  # pyright: ignore[reportAttributeAccessIssue]
    assert (p.m, p.anything, p.requires_grad) == (3.0, 4.0, False)  # pyright: ignore[reportAttributeAccessIssue]
    assert not hasattr(q, "m")
    import copy
    import pickle

    assert copy.deepcopy(p).m == 3.0  # pyright: ignore[reportAttributeAccessIssue]
    assert pickle.loads(pickle.dumps(Value(1.0)))._prev == set()


@pytest.mark.parametrize("name", ["_prev", "_op", "_backward"])
def test_an_operation_made_by_hand_is_refused(name):
    class Extended(Value):
        pass

    for kind in (Value, Extended):
        out = kind(2.0)
        with pytest.raises(
            AttributeError, match=rf"{name}'?: an operation of your own .*@autograd.primitive"
        ):
            setattr(out, name, lambda: None)


def test_results_of_a_subclass_are_values_and_say_so():
    class Extended(Value):
        def cube(self):
            return self**3

    x = Extended(2.0)
    assert x.cube().data == 8.0
    with pytest.raises(
        AttributeError, match="no attribute 'cube': Extended has, but results of operations are"
    ):
        (x * 2).cube()
    with pytest.raises(AttributeError, match=r"^'Value' object has no attribute 'nonsense'$"):
        _ = x.detach().nonsense  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("name", ["requires_grad", "clamp", "numpy", "grad_fn", "_children"])
def test_names_of_pytorch_are_answered(name):
    with pytest.raises(AttributeError, match=re.escape(f"no attribute '{name}': {ADVICE[name]}")):
        getattr(Value(1.0), name)
    assert not hasattr(Value(1.0), name)
    assert name not in dir(Value(1.0))


def test_their_constructor_says_how_operations_are_made():
    with pytest.raises(TypeError, match="label must be text"):
        Value(2.0, (Value(1.0),))  # pyright: ignore[reportArgumentType]


def test_arguments_of_other_libraries_are_answered():
    for call, said in (
        (lambda: Value(1.0).backward(gradient=2.0), r"backward\(\) .* 'gradient': .*weight"),  # pyright: ignore[reportCallIssue]
        (lambda: Value(1.0).backward(retain_graph=True), "graphs are kept"),  # pyright: ignore[reportCallIssue]
        (lambda: autograd.grad(abs, argnum=1), "argnums"),  # pyright: ignore[reportCallIssue]
        (lambda: autograd.jacobian(abs, argnum=1), "argnums"),  # pyright: ignore[reportCallIssue]
        (lambda: autograd.hessian(abs, other=1), "'other'$"),  # pyright: ignore[reportCallIssue]
        (lambda: autograd.value_and_grad(abs, holomorphic=True), "real numbers"),  # pyright: ignore[reportCallIssue]
    ):
        with pytest.raises(TypeError, match=said):
            call()
