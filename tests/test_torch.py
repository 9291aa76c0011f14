"""Random programs of up to 500 nodes against PyTorch: value, gradient, second derivative."""

from __future__ import annotations

import math
import random

import pytest

import autograd
from autograd import hvp, value_and_grad

torch = pytest.importorskip("torch", reason='PyTorch is not installed: pip install "stepgrad[torch]"')
F = torch.nn.functional

# The same function of two numbers in both libraries, tame wherever it is evaluated.
PAIRS = {
    "add": (lambda a, b: 0.5 * (a + b), lambda a, b: 0.5 * (a + b)),
    "sub": (lambda a, b: a - 0.5 * b, lambda a, b: a - 0.5 * b),
    "rsub": (lambda a, b: 1 - b, lambda a, b: 1 - b),
    "mul": (lambda a, b: a * b, lambda a, b: a * b),
    "div": (lambda a, b: a / (1 + b * b), lambda a, b: a / (1 + b * b)),
    "neg": (lambda a, b: -a, lambda a, b: -a),
    "square": (lambda a, b: a**2, lambda a, b: a**2),
    "pow": (lambda a, b: (1 + a * a) ** autograd.sin(b), lambda a, b: (1 + a * a) ** torch.sin(b)),
    "rpow": (lambda a, b: 2 ** autograd.sin(a), lambda a, b: 2 ** torch.sin(a)),
    "sqrt": (lambda a, b: autograd.sqrt(1 + a * a), lambda a, b: torch.sqrt(1 + a * a)),
    "exp": (lambda a, b: autograd.exp(-a * a), lambda a, b: torch.exp(-a * a)),
    "exp2": (lambda a, b: autograd.exp2(-a * a), lambda a, b: torch.exp2(-a * a)),
    "expm1": (lambda a, b: autograd.expm1(-a * a), lambda a, b: torch.expm1(-a * a)),
    "log": (lambda a, b: autograd.log(1 + a * a), lambda a, b: torch.log(1 + a * a)),
    "log2": (lambda a, b: autograd.log2(2 + a * a), lambda a, b: torch.log2(2 + a * a)),
    "log10": (lambda a, b: autograd.log10(2 + a * a), lambda a, b: torch.log10(2 + a * a)),
    "log1p": (lambda a, b: autograd.log1p(a * a), lambda a, b: torch.log1p(a * a)),
    "sin": (lambda a, b: autograd.sin(a), lambda a, b: torch.sin(a)),
    "cos": (lambda a, b: autograd.cos(a), lambda a, b: torch.cos(a)),
    "tan": (lambda a, b: autograd.tan(autograd.tanh(a)), lambda a, b: torch.tan(torch.tanh(a))),
    "asin": (lambda a, b: autograd.asin(0.9 * a.tanh()), lambda a, b: torch.asin(0.9 * a.tanh())),
    "acos": (lambda a, b: autograd.acos(0.9 * a.tanh()), lambda a, b: torch.acos(0.9 * a.tanh())),
    "atan": (lambda a, b: autograd.atan(a), lambda a, b: torch.atan(a)),
    "atan2": (lambda a, b: autograd.atan2(a, 1 + b * b), lambda a, b: torch.atan2(a, 1 + b * b)),
    "sinh": (lambda a, b: autograd.sinh(a.tanh()), lambda a, b: torch.sinh(a.tanh())),
    "cosh": (lambda a, b: autograd.cosh(a.tanh()), lambda a, b: torch.cosh(a.tanh())),
    "tanh": (lambda a, b: autograd.tanh(a), lambda a, b: torch.tanh(a)),
    "asinh": (lambda a, b: autograd.asinh(a), lambda a, b: torch.asinh(a)),
    "acosh": (lambda a, b: autograd.acosh(2 + a * a), lambda a, b: torch.acosh(2 + a * a)),
    "atanh": (lambda a, b: autograd.atanh(0.9 * a.tanh()), lambda a, b: torch.atanh(0.9 * a.tanh())),
    "hypot": (lambda a, b: 0.3 * autograd.hypot(a, 1 + b * b), lambda a, b: 0.3 * torch.hypot(a, 1 + b * b)),
    "sigmoid": (lambda a, b: autograd.sigmoid(a), lambda a, b: torch.sigmoid(a)),
    "softplus": (lambda a, b: autograd.softplus(a), lambda a, b: F.softplus(a)),
    "softsign": (lambda a, b: autograd.softsign(a), lambda a, b: F.softsign(a)),
    "relu": (lambda a, b: autograd.relu(a), lambda a, b: torch.relu(a)),
    "leaky_relu": (lambda a, b: autograd.leaky_relu(a), lambda a, b: F.leaky_relu(a)),
    "elu": (lambda a, b: autograd.elu(a), lambda a, b: F.elu(a)),
    "gelu": (lambda a, b: autograd.gelu(a), lambda a, b: F.gelu(a)),
    "silu": (lambda a, b: autograd.silu(a), lambda a, b: F.silu(a)),
    "erf": (lambda a, b: autograd.erf(a), lambda a, b: torch.erf(a)),
    "erfc": (lambda a, b: autograd.erfc(a), lambda a, b: torch.erfc(a)),
    "abs": (lambda a, b: abs(a), lambda a, b: torch.abs(a)),
    "sign": (lambda a, b: autograd.sign(a) * b, lambda a, b: torch.sign(a) * b),
    "maximum": (lambda a, b: autograd.maximum(a, b), lambda a, b: torch.maximum(a, b)),
    "minimum": (lambda a, b: autograd.minimum(a, b), lambda a, b: torch.minimum(a, b)),
    "clip": (lambda a, b: autograd.clip(a, -0.7, 0.7), lambda a, b: torch.clip(a, -0.7, 0.7)),
    "where": (lambda a, b: autograd.where(a > b, a * b, a), lambda a, b: torch.where(a > b, a * b, a)),
    "sum": (
        lambda a, b: 0.3 * autograd.sum([a, b, a, 1.0]),
        lambda a, b: 0.3 * torch.stack([a, b, a, torch.ones_like(a)]).sum(),
    ),
    "dot": (
        lambda a, b: autograd.dot([a, b, 0.5], [b, a, a], b),
        lambda a, b: a * b + b * a + 0.5 * a + b,
    ),
    "logsumexp": (
        lambda a, b: autograd.logsumexp([a, b, a, 0.5]),
        lambda a, b: torch.logsumexp(torch.stack([a, b, a, torch.full_like(a, 0.5)]), 0),
    ),
    "softmax": (
        lambda a, b: autograd.softmax([a, b, 0.5])[1],
        lambda a, b: torch.softmax(torch.stack([a, b, torch.full_like(a, 0.5)]), 0)[1],
    ),
    "cross_entropy": (
        lambda a, b: autograd.cross_entropy([a, b, 0.5], 0),
        lambda a, b: F.cross_entropy(torch.stack([a, b, torch.full_like(a, 0.5)])[None], torch.tensor([0])),
    ),
}


def program(rng: random.Random, inputs: int, steps: int):
    """Instructions (kind, i, j): what to do to which two of the nodes so far."""
    return [
        (rng.choice(sorted(PAIRS)), rng.randrange(inputs + k), rng.randrange(max(0, k - 30), inputs + k))
        for k in range(steps)
    ]


def run(instructions, side: int, tame, xs):
    """The program on our side (0) or theirs (1); results beyond 2 go through tanh, to stay tame."""
    nodes = list(xs)
    for kind, i, j in instructions:
        y = PAIRS[kind][side](nodes[i], nodes[j])
        nodes.append(tame(y) if y * y > 4 else y)
    total = nodes[-1]
    for node in nodes[-20:]:
        total = total + 0.3 * node
    return total


def close(ours, theirs) -> bool:
    scale = max(1.0, *map(abs, theirs))
    return all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-10 * scale) for a, b in zip(ours, theirs, strict=True)
    )


def compare(instructions, xs, vector) -> None:
    def ours(p):
        return run(instructions, 0, autograd.tanh, p)

    value, gradient = value_and_grad(ours)(xs)
    (product,) = hvp(ours, (xs,), (vector,))

    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in xs]
    theirs = run(instructions, 1, torch.tanh, leaves)
    first = torch.autograd.grad(theirs, leaves, create_graph=True, materialize_grads=True)
    along = sum(g * v for g, v in zip(first, vector, strict=True))
    second = [0.0] * len(xs)
    if along.requires_grad:  # pyright: ignore[reportAttributeAccessIssue]
        second = torch.autograd.grad(along, leaves, materialize_grads=True)
    assert close([value], [theirs.item()])
    assert close(gradient, [g.item() for g in first])
    assert close(product, [float(s) for s in second])


@pytest.mark.parametrize("kind", sorted(PAIRS))
def test_every_operation_twice(kind):
    for a, b in ((0.3, -1.2), (-0.8, 0.5), (1.4, 1.1), (-1.3, -0.2)):
        compare([(kind, 0, 1), (kind, 2, 0), (kind, 1, 3)], [a, b], [0.7, -0.4])


@pytest.mark.parametrize("seed", range(25))
def test_random_programs(seed):
    rng = random.Random(seed)
    inputs = rng.randrange(1, 6)
    xs, vector = ([rng.uniform(-1.5, 1.5) for _ in range(inputs)] for _ in range(2))
    compare(program(rng, inputs, rng.randrange(10, 500)), xs, vector)
