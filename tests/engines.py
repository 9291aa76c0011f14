"""Right engines of different make, and the sources that tests plant mistakes in."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, ClassVar

import pytest

# Local derivatives as numbers, one loop backward; operations that are built on others where possible.
NUMBERS = """
import math


class Number:
    def __init__(self, data, parents=(), locals=()):
        self.data, self.parents, self.locals, self.grad = float(data), parents, locals, 0.0

    def __add__(self, other):
        other = wrapped(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = wrapped(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __sub__(self, other):
        other = wrapped(other)
        return Number(self.data - other.data, (self, other), (1.0, -1.0))

    def __rsub__(self, other):
        return wrapped(other) - self

    def __truediv__(self, other):
        other = wrapped(other)
        quotient = self.data / other.data
        return Number(quotient, (self, other), (1 / other.data, -quotient / other.data))

    def __rtruediv__(self, other):
        return wrapped(other) / self

    def __pow__(self, n):
        slope = n * self.data ** (n - 1) if n else 0.0
        return Number(self.data**n, (self,), (slope,))

    def __neg__(self):
        return Number(-self.data, (self,), (-1.0,))

    def tanh(self):
        t = math.tanh(self.data)
        return Number(t, (self,), (1 - t * t,))

    def relu(self):
        return Number(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def mish(self):
        x, e = self.data, math.exp(self.data)
        t = math.tanh(math.log1p(e))
        return Number(x * t, (self,), (t + x * (1 - t * t) * e / (1 + e),))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, path = [], set(), [(self, iter(self.parents))]
        while path:
            node, parents = path[-1]
            for parent in parents:
                if parent not in seen:
                    seen.add(parent)
                    path.append((parent, iter(parent.parents)))
                    break
            else:
                order.append(path.pop()[0])
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.locals):
                parent.grad += local * node.grad


def wrapped(x):
    return x if isinstance(x, Number) else Number(x)


def softmax(xs):
    exps = [Number(math.exp(x.data), (x,), (math.exp(x.data),)) for x in xs]
    total = exps[0]
    for exp in exps[1:]:
        total = total + exp
    return [exp / total for exp in exps]
"""

# A function per node that knows how to go back, as in a well-known lecture; every operation has its own.
CLOSURES = """
import math


class Number:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self.children, self.pull = children, lambda: None

    def __add__(self, other):
        other = wrapped(other)
        out = Number(self.data + other.data, (self, other))
        def pull():
            self.grad += out.grad
            other.grad += out.grad
        out.pull = pull
        return out

    def __mul__(self, other):
        other = wrapped(other)
        out = Number(self.data * other.data, (self, other))
        def pull():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out.pull = pull
        return out

    def __sub__(self, other):
        other = wrapped(other)
        out = Number(self.data - other.data, (self, other))
        def pull():
            self.grad += 1.0 * out.grad
            other.grad -= 1.0 * out.grad
        out.pull = pull
        return out

    def __truediv__(self, other):
        other = wrapped(other)
        out = Number(self.data / other.data, (self, other))
        def pull():
            self.grad += 1 / other.data * out.grad
            other.grad += -self.data / other.data**2 * out.grad
        out.pull = pull
        return out

    def __pow__(self, other):
        other = wrapped(other)
        out = Number(self.data**other.data, (self, other))
        def pull():
            if other.data:
                self.grad += other.data * self.data ** (other.data - 1) * out.grad
            if self.data > 0:
                other.grad += out.data * math.log(self.data) * out.grad
        out.pull = pull
        return out

    def __neg__(self):
        out = Number(-self.data, (self,))
        def pull():
            self.grad += -1 * out.grad
        out.pull = pull
        return out

    def __abs__(self):
        out = Number(abs(self.data), (self,))
        def pull():
            self.grad += math.copysign(1, self.data) * out.grad
        out.pull = pull
        return out

    def tanh(self):
        out = Number(math.tanh(self.data), (self,))
        def pull():
            self.grad += (1 - out.data**2) * out.grad
        out.pull = pull
        return out

    def exp(self):
        out = Number(math.exp(self.data), (self,))
        def pull():
            self.grad += out.data * out.grad
        out.pull = pull
        return out

    def log(self):
        out = Number(math.log(self.data), (self,))
        def pull():
            self.grad += out.grad / self.data
        out.pull = pull
        return out

    def relu(self):
        out = Number(max(0.0, self.data), (self,))
        def pull():
            self.grad += (self.data > 0) * out.grad
        out.pull = pull
        return out

    def sigmoid(self):
        out = Number(0.5 + 0.5 * math.tanh(self.data / 2), (self,))
        def pull():
            self.grad += out.data * (1.0 - out.data) * out.grad
        out.pull = pull
        return out

    def mish(self):
        x, e = self.data, math.exp(self.data)
        t = math.tanh(math.log1p(e))
        out = Number(x * t, (self,))
        def pull():
            self.grad += (t + x * (1 - t * t) * e / (1 + e)) * out.grad
        out.pull = pull
        return out

    def __pos__(self): return self
    def __radd__(self, other): return self + other
    def __rmul__(self, other): return self * other
    def __rsub__(self, other): return wrapped(other) - self
    def __rtruediv__(self, other): return wrapped(other) / self
    def __rpow__(self, other): return wrapped(other) ** self

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, listed = stack.pop()
            if listed:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in node.children)
        for node in order:
            if node.children:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node.pull()


def wrapped(x):
    return x if isinstance(x, Number) else Number(x)
"""


def class_in(source: str) -> tuple[Any, dict[str, Any]]:
    """The class, and the functions beside it."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace["Number"], {name: namespace[name] for name in ("softmax",) if name in namespace}


# Built on as few primitives as possible.
class Frugal:
    """Everything from exp, log, sums and products; recursion; a set of children."""

    def __init__(self, data, _children=(), _op=""):
        self.data, self.grad = data, 0
        self._backward = lambda: None
        self._prev, self._op = set(_children), _op

    def __add__(self, other):
        other = other if isinstance(other, Frugal) else Frugal(other)
        out = Frugal(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Frugal) else Frugal(other)
        out = Frugal(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def _unary(self, y, slope):
        out = Frugal(y, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def exp(self):
        return self._unary(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._unary(math.log(self.data), 1 / self.data)

    def __pow__(self, n):
        return self._unary(self.data**n, n * self.data ** (n - 1))

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return other * self**-1

    def tanh(self):
        return 1 - 2 / ((self * 2).exp() + 1)

    def sigmoid(self):
        return 1 / (1 + (-self).exp())

    def sqrt(self):
        return self**0.5

    def softplus(self):
        return (1 + self.exp()).log()

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()


class Taped:
    """A tape of all operations, read from its end; no nodes at all."""

    tape: ClassVar[list[Any]] = []

    def __init__(self, value):
        self.value, self.gradient = value, 0.0

    def _result(self, value, *edges):
        out = Taped(value)
        Taped.tape.append((out, edges))
        return out

    def __add__(self, other):
        if not isinstance(other, Taped):
            return self._result(self.value + other, (self, 1.0))
        return self._result(self.value + other.value, (self, 1.0), (other, 1.0))

    def __mul__(self, other):
        if not isinstance(other, Taped):
            return self._result(self.value * other, (self, other))
        return self._result(self.value * other.value, (self, other.value), (other, self.value))

    def __neg__(self):
        return self._result(-self.value, (self, -1.0))

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    __radd__, __rmul__ = __add__, __mul__

    def sin(self):
        return self._result(math.sin(self.value), (self, math.cos(self.value)))

    def backprop(self):
        for out, _ in Taped.tape:
            out.gradient = 0.0
        self.gradient = 1.0
        for out, edges in reversed(Taped.tape):
            for operand, slope in edges:
                operand.gradient += slope * out.gradient
        Taped.tape = []


class Counted:
    """Use counts instead of an order: a node passes its gradient on after its last use did."""

    def __init__(self, val, edges=()):
        self.val, self.g, self.edges = float(val), None, edges

    def __add__(self, other):
        other = other if isinstance(other, Counted) else Counted(other)
        return Counted(self.val + other.val, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Counted) else Counted(other)
        return Counted(self.val * other.val, [(self, other.val), (other, self.val)])

    def __truediv__(self, other):
        other = other if isinstance(other, Counted) else Counted(other)
        q = self.val / other.val
        return Counted(q, [(self, 1 / other.val), (other, -q / other.val)])

    def relu(self):
        return Counted(self.val if self.val > 0 else 0.0, [(self, 1.0 if self.val > 0 else 0.0)])

    __radd__, __rmul__ = __add__, __mul__

    def back(self):
        uses, stack, seen = Counter(), [self], {self}
        while stack:
            for operand, _ in stack.pop().edges:
                uses[operand] += 1
                if operand not in seen:
                    seen.add(operand)
                    stack.append(operand)
        for node in seen:
            node.g = 0.0
        self.g, ready = 1.0, [self]
        while ready:
            node = ready.pop()
            for operand, local in node.edges:
                operand.g += node.g * local
                uses[operand] -= 1
                if not uses[operand]:
                    ready.append(operand)


class Numbered:
    """Nodes have the number of their creation, and a heap gives the latest first."""

    made = 0

    def __init__(self, data, operands=(), slopes=()):
        self.data, self.operands, self.slopes, self.grad = data, operands, slopes, 0.0
        Numbered.made += 1
        self.number = Numbered.made

    def __lt__(self, other):
        return self.number > other.number

    def __add__(self, other):
        other = Numbered.of(other)
        return Numbered(self.data + other.data, (self, other), (1, 1))

    def __sub__(self, other):
        other = Numbered.of(other)
        return Numbered(self.data - other.data, (self, other), (1, -1))

    def __mul__(self, other):
        other = Numbered.of(other)
        return Numbered(self.data * other.data, (self, other), (other.data, self.data))

    def __rsub__(self, other):
        return Numbered.of(other) - self

    @staticmethod
    def of(x):
        return x if isinstance(x, Numbered) else Numbered(x)

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        from heapq import heappop, heappush

        grads, heap = {self: 1.0}, [self]
        while heap:
            node = heappop(heap)
            node.grad = grads[node]
            for operand, slope in zip(node.operands, node.slopes):
                if operand not in grads:
                    heappush(heap, operand)
                grads[operand] = grads.get(operand, 0.0) + slope * node.grad


class Recursive:
    """The sum over all paths: each call carries one amount down."""

    def __init__(self, data, pairs=()):
        self.data, self.pairs, self.grad = data, pairs, 0.0

    def __add__(self, other):
        return Recursive(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Recursive(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self, amount=1.0):
        self.grad += amount
        for operand, slope in self.pairs:
            operand.backward(amount * slope)


class Equal(class_in(NUMBERS)[0]):
    """`==` compares numbers, as ours does, and `hash` is identity."""

    def __eq__(self, other):
        return self.data == getattr(other, "data", other)

    __hash__ = object.__hash__


class Slotted:
    """A base class, a subclass per operation, properties for data and grad."""

    __slots__ = ("_data", "_grad", "inputs")

    def __init__(self, data):
        self._data, self._grad, self.inputs = data, 0.0, ()

    @property
    def data(self):
        return self._data

    @property
    def grad(self):
        return self._grad

    def __add__(self, other):
        return Plus(self, lift(other))

    def __mul__(self, other):
        return Times(self, lift(other))

    def __iadd__(self, other):
        return self + other

    def local(self):
        return ()

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen = [], {id(self)}

        def walk(node):
            for operand in node.inputs:
                if id(operand) not in seen:
                    seen.add(id(operand))
                    yield from walk(operand)
            yield node

        order = list(walk(self))
        self._grad = 1.0
        for node in order[::-1]:
            for operand, slope in zip(node.inputs, node.local()):
                operand._grad += slope * node._grad


class Plus(Slotted):
    __slots__ = ()

    def __init__(self, a, b):
        super().__init__(a.data + b.data)
        self.inputs = (a, b)

    def local(self):  # pyright: ignore[reportIncompatibleMethodOverride]
        return 1.0, 1.0


class Times(Slotted):
    __slots__ = ()

    def __init__(self, a, b):
        super().__init__(a.data * b.data)
        self.inputs = (a, b)

    def local(self):  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.inputs[1].data, self.inputs[0].data


def lift(x):
    return x if isinstance(x, Slotted) else Slotted(x)


def single() -> Any:
    """Everything in NumPy's float32."""
    np = pytest.importorskip("numpy", reason="NumPy is not installed")

    class Single:
        def __init__(self, data, edges=()):
            self.data, self.edges, self.grad = np.float32(data), edges, np.float32(0)

        def __add__(self, other):
            other = other if isinstance(other, Single) else Single(other)
            return Single(self.data + other.data, [(self, np.float32(1)), (other, np.float32(1))])

        def __mul__(self, other):
            other = other if isinstance(other, Single) else Single(other)
            return Single(self.data * other.data, [(self, other.data), (other, self.data)])

        def __pow__(self, n):
            return Single(self.data**n, [(self, np.float32(n * self.data ** (n - 1)))])

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + -other

        def __truediv__(self, other):
            return self * other**-1

        def exp(self):
            return Single(np.exp(self.data), [(self, np.exp(self.data))])

        def tanh(self):
            t = np.tanh(self.data)
            return Single(t, [(self, 1 - t * t)])

        def square(self):
            return Single(self.data * self.data, [(self, 2 * self.data)])

        __radd__, __rmul__ = __add__, __mul__

        def backward(self):
            order = []

            def visit(node):
                for operand, _ in node.edges:
                    if not any(operand is other for other in order):
                        visit(operand)
                if not any(node is other for other in order):
                    order.append(node)

            visit(self)
            self.grad = np.float32(1)
            for node in reversed(order):
                for operand, slope in node.edges:
                    operand.grad = operand.grad + slope * node.grad

    return Single


RIGHT = {
    "numbers": lambda: class_in(NUMBERS)[0],
    "closures": lambda: class_in(CLOSURES)[0],
    "frugal": lambda: Frugal,
    "taped": lambda: Taped,
    "counted": lambda: Counted,
    "numbered": lambda: Numbered,
    "recursive": lambda: Recursive,
    "equal": lambda: Equal,
    "slotted": lambda: Slotted,
    "single": single,
}
