"""The whole idea on one page: numbers that remember how they were computed, and the chain rule.

Run it with `python examples/engine.py`. The package `autograd` is this algorithm, under the same
names, made exact, fast and visible: read on in autograd/rules.py, graph.py and value.py.
"""

import math


class Value:
    """A number, the values it was computed from, and its derivative with respect to each of them."""

    def __init__(self, data, parents=(), local_derivatives=()):
        self.data = data
        self.parents = parents
        self.local_derivatives = local_derivatives
        self.grad = 0.0  # d(output)/d(self), once output.backward() has run

    def __repr__(self):
        return f"Value({self.data}, grad={self.grad})"

    # An operation computes its result, and notes for each parent how fast the result changes
    # with that parent while the other one stays as it is.

    def __add__(self, other):
        a, b = self, as_value(other)
        return Value(a.data + b.data, (a, b), (1.0, 1.0))

    def __mul__(self, other):
        a, b = self, as_value(other)
        return Value(a.data * b.data, (a, b), (b.data, a.data))

    def __pow__(self, n):
        slope = n * self.data ** (n - 1) if n else 0.0
        return Value(self.data**n, (self,), (slope,))

    def exp(self):
        """The exponential function, which is its own derivative."""
        y = math.exp(self.data)
        return Value(y, (self,), (y,))

    def tanh(self):
        """The hyperbolic tangent y, whose derivative is 1 - y²."""
        y = math.tanh(self.data)
        return Value(y, (self,), (1 - y * y,))

    def relu(self):
        """The number if it is positive, else 0: a slope of 1 or 0."""
        return Value(max(self.data, 0.0), (self,), (1.0 if self.data > 0 else 0.0,))

    # Everything else is made of these operations, and needs no derivative of its own.
    # fmt: off
    def __neg__(self): return self * -1.0
    def __sub__(self, other): return self + -as_value(other)
    def __truediv__(self, other): return self * as_value(other) ** -1
    def __rsub__(self, other): return -self + other
    def __rtruediv__(self, other): return self**-1 * other
    __radd__, __rmul__ = __add__, __mul__
    # fmt: on

    def backward(self):
        """Set the gradient of every result below this one, and add to the gradients of its inputs."""
        order = topological_order(self)
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        # A node passes its gradient on when it is complete: after all that was computed from it.
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_derivatives):
                parent.grad += node.grad * local  # the chain rule; += because there may be several ways


def as_value(x):
    """A plain number becomes a Value without parents."""
    return x if isinstance(x, Value) else Value(float(x))


def topological_order(root):
    """All nodes that `root` was computed from, each after its parents; `root` is last."""
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_are_listed = stack.pop()
        if parents_are_listed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(node.parents))
    return order


if __name__ == "__main__":
    w, b, loss = Value(0.0), Value(0.0), Value(0.0)
    for _ in range(100):  # find the line y = w·x + b through three points
        loss = sum(((w * x + b - y) ** 2 for x, y in [(0, 1), (1, 3), (2, 5)]), Value(0.0))
        w.grad = b.grad = 0.0
        loss.backward()
        w.data -= 0.1 * w.grad
        b.data -= 0.1 * b.grad
    print(f"y = {w.data:.3f} x + {b.data:.3f}, loss {loss.data:.1e}")
