"""A machine that builds, differentiates, clears, detaches and edits graphs, beside a plain model.

The model keeps numbers in lists and knows calculus of its own: a node's gradient is found by a loop
over the nodes in the order they were made.
"""

from __future__ import annotations

import copy
import math
import pickle

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

import autograd
from autograd import Value, backward_steps

UNARY = {  # what we call, the number, its derivative
    "neg": (lambda v: -v, lambda x: -x, lambda x: -1.0),
    "tanh": (lambda v: v.tanh(), math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "sin": (autograd.sin, math.sin, math.cos),
    "half": (lambda v: v * 0.5, lambda x: x * 0.5, lambda x: 0.5),
    "from two": (lambda v: 2 - v, lambda x: 2 - x, lambda x: -1.0),
}
BINARY = {
    "add": (lambda a, b: a + b, lambda x, y: x + y, lambda x, y: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda x, y: x - y, lambda x, y: (1.0, -1.0)),
    "mul": (lambda a, b: a.tanh() * b.tanh(), None, None),
    "bounded": (
        lambda a, b: a / (1 + b * b),
        lambda x, y: x / (1 + y * y),
        lambda x, y: (1 / (1 + y * y), -2 * x * y / (1 + y * y) ** 2),
    ),
}
BINARY["mul"] = (
    BINARY["mul"][0],
    lambda x, y: math.tanh(x) * math.tanh(y),
    lambda x, y: (math.tanh(y) / math.cosh(x) ** 2, math.tanh(x) / math.cosh(y) ** 2),
)
NUMBERS = st.floats(-3, 3)


class Graphs(RuleBasedStateMachine):
    """`nodes[i]` is ours; `data[i]`, `uses[i]` (parent, derivative) and `grads[i]` are the model's."""

    names = Bundle("names")

    @initialize()
    def begin(self):
        self.nodes: list[Value] = []
        self.data: list[float] = []
        self.uses: list[list[tuple[int, float]]] = []
        self.grads: list[float] = []

    def add(self, node: Value, data: float, uses=()) -> int:
        self.nodes.append(node)
        self.data.append(data)
        self.uses.append(list(uses))
        self.grads.append(0.0)
        return len(self.nodes) - 1

    @rule(target=names, number=NUMBERS)
    def leaf(self, number):
        return self.add(Value(number, f"x{len(self.nodes)}"), number)

    @rule(target=names, kind=st.sampled_from(sorted(UNARY)), i=names)
    def unary(self, kind, i):
        ours, value, slope = UNARY[kind]
        x = self.data[i]
        return self.add(ours(self.nodes[i]), value(x), [(i, slope(x))])

    @rule(target=names, kind=st.sampled_from(sorted(BINARY)), i=names, j=names)
    def binary(self, kind, i, j):
        ours, value, slopes = BINARY[kind]
        x, y = self.data[i], self.data[j]
        by_x, by_y = slopes(x, y)
        return self.add(ours(self.nodes[i], self.nodes[j]), value(x, y), [(i, by_x), (j, by_y)])

    @rule(target=names, chosen=st.lists(names, min_size=1, max_size=5), weight=NUMBERS)
    def weighted(self, chosen, weight):
        node = autograd.dot([self.nodes[i] for i in chosen], [weight] * len(chosen), 0.5)
        total = sum(self.data[i] * weight for i in chosen) + 0.5
        return self.add(node.tanh(), math.tanh(total), [(i, weight / math.cosh(total) ** 2) for i in chosen])

    @rule(target=names, i=names)
    def detach(self, i):
        return self.add(self.nodes[i].detach(), self.data[i])

    def below(self, i: int) -> set[int]:
        found, waiting = {i}, [i]
        while waiting:
            parents = {parent for parent, _ in self.uses[waiting.pop()]} - found
            found |= parents
            waiting += parents
        return found

    @rule(i=names, stepwise=st.booleans())
    def backward(self, i, stepwise):
        if stepwise:
            for _ in backward_steps(self.nodes[i]):
                pass
        else:
            self.nodes[i].backward()
        passing = dict.fromkeys(self.below(i), 0.0)
        passing[i] = 1.0
        for node in sorted(passing, reverse=True):
            for parent, slope in self.uses[node]:
                passing[parent] += passing[node] * slope
        for node, gradient in passing.items():
            self.grads[node] = gradient + (0.0 if self.uses[node] else self.grads[node])

    @rule(i=names)
    def zero_grad(self, i):
        self.nodes[i].zero_grad()
        for node in self.below(i):
            self.grads[node] = 0.0

    @rule(i=names, number=NUMBERS)
    def edit_a_leaf(self, i, number):
        if not self.uses[i]:
            self.nodes[i].data = number
            self.data[i] = number

    @rule(i=names, number=NUMBERS)
    def set_a_gradient(self, i, number):
        self.nodes[i].grad = number
        self.grads[i] = number

    @rule(deep=st.booleans())
    def go_on_with_copies(self, deep):
        self.nodes = copy.deepcopy(self.nodes) if deep else pickle.loads(pickle.dumps(self.nodes))

    @invariant()
    def numbers_and_gradients_agree(self):
        for node, data, gradient in zip(self.nodes, self.data, self.grads, strict=True):
            assert math.isclose(node.data, data, rel_tol=1e-9, abs_tol=1e-9)
            assert math.isclose(node.grad, gradient, rel_tol=1e-9, abs_tol=1e-9)


Graphs.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_graphs = Graphs.TestCase
