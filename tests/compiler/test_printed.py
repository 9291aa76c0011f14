"""`print(program)` is true: a reader evaluates each line and compares it with the engine."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from random_graphs import grow
from reading import Reader

import autograd
from autograd import RULES, Value, compile, dot, relu, sigmoid, softmax, tanh, where
from autograd.compiler.groups import reads
from autograd.compiler.partials import Partial
from autograd.table.row import FormulaRule


def values_of(program, batches):
    """The engine's value of every row, by space; adjoints without the factor 1/m of the mean."""
    engine, m = program._engines.arrays, len(batches[0]) if batches else 1
    arrays, _ = engine._bind_to("groups", m)(*batches)
    known, layout = {}, engine.layout
    homes = {row: group for group in layout.groups for row in group_rows(group)}
    found = {space: np.full((size, m), np.nan) for space, size in layout.sizes.items()}
    found["U"][: layout.params] = program.parameters[:, None]
    found |= {f"X{k}": batch.T for k, batch in enumerate(batches)}
    for group, array in zip(engine.computation.values, arrays, strict=True):
        factor = m if has_the_factor(group, homes, known) else 1.0
        found[group.space][group.start : group.stop] = array.reshape(len(group.nodes), -1) * factor
    return found, m


def group_rows(group):
    return [(group.space, row) for row in range(group.start, group.stop)]


def has_the_factor(group, homes, known):
    """Whether 1/m is in the numbers: from the seed on, until a mean is taken; not in local derivatives."""
    if group not in known:
        read = {(rows.space, row) for rows in reads(group) for row in rows.index.ravel().tolist()}
        sources = {homes[row] for row in read if row in homes}
        seeded = any(rows.space == "S" for rows in reads(group))
        seeded |= any(isinstance(operand, tuple) for operand in getattr(group, "operands", ()))
        done = getattr(group, "mean", False) or any(getattr(s, "mean", False) for s in sources)
        known[group] = not done and not isinstance(getattr(group, "rule", None), Partial)
        known[group] &= seeded or any(has_the_factor(s, homes, known) for s in sources)
    return known[group]


def check(program, *batches, tolerance=1e-9):
    """Evaluate every line; the number of lines that are written, and of those with an ellipsis."""
    batches = [np.asarray(batch, float).reshape(len(batch), -1) for batch in batches]
    equations = program.equations()
    rows, m = values_of(program, batches)
    names = {}
    for name, unit in equations.units.items():
        column = rows[unit.space][unit.rows[:1] if unit.shape == (1, 1) else unit.rows]
        for less in unit.less:
            column = column + rows[less.space][less.index.ravel()]
        names[name] = column.reshape(*unit.shape, m)
    if program.params:
        program.backward(*batches)
    gradient = np.tile(program.gradient[:, None], (1, m)) if program.params else np.zeros((0, m))
    slopes = {
        name: gradient[unit.rows].reshape(*unit.shape, m)
        for name, unit in equations.units.items()
        if of_parameters(unit, gradient)
    }
    costs = program(*batches)
    names["C"] = np.reshape(costs[0] if program.graph.outputs else costs, (1, 1, -1))
    read, read_slope = (Reader(values, equations.indices, m).read for values in (names, slopes))
    written = hidden = 0
    for equation in (*equations.forward, *equations.reverse):
        if "…" in equation.text:
            hidden += 1
            continue
        written += 1
        with np.errstate(all="ignore"):
            result = read(equation.text)
        left = equation.name
        if left in names or not left.startswith("∂C/∂"):
            expected = read(left)
        else:
            expected = read_slope(left.removeprefix("∂C/∂").removeprefix("(").removesuffix(")"))
        unit = equations.units.get(left)
        if unit is None or unit.space == "U":
            result, expected = result.mean(axis=-1), expected.mean(axis=-1)  # one for all examples
        same = result.shape[:2] in (expected.shape[:2], (1, 1))
        close = same and np.allclose(
            np.broadcast_to(result, expected.shape), expected, rtol=tolerance, atol=tolerance
        )
        assert close, f"{equation.name} = {equation.text}\n{result}\n{expected}\n{program}"
    return written, hidden


def of_parameters(unit, gradient):
    return unit.space == "U" and (unit.rows < len(gradient)).all()


r = random.Random(0)


def matrix(n, m):
    return [[Value(r.gauss(0, 0.5)) for _ in range(m)] for _ in range(n)]


def vector(n):
    return [Value(r.gauss(0, 0.5)) for _ in range(n)]


def batch(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape)


def feed(layers, x, *activations):
    for (W, b), activation in zip(layers, itertools.cycle(activations)):
        x = [activation(dot(w, x, c)) for w, c in zip(W, b, strict=True)]
    return x


def network(*sizes):
    return [(matrix(m, n), vector(m)) for n, m in itertools.pairwise(sizes)]


def squared(a, y):
    return 0.5 * autograd.sum((p - t) ** 2 for p, t in zip(a, y, strict=True))


@pytest.mark.parametrize("sizes", [(4, 3, 2), (1, 1, 1), (3, 1, 2), (2, 5, 4, 3), (1, 4, 1), (5, 1), (2, 2)])
@pytest.mark.parametrize("activations", [(sigmoid,), (lambda z: z,), (relu, sigmoid), (tanh, lambda z: z)])
def test_layers(sizes, activations):
    layers = network(*sizes)
    program = compile(
        lambda x, y: squared(feed(layers, x, *activations), y),
        [[0.0] * sizes[0], [0.0] * sizes[-1]],
        layers,
        plan="arrays",
    )
    written, hidden = check(program, batch(5, sizes[0]), batch(5, sizes[-1]))
    assert hidden == 0
    assert written >= 3 * len(layers)


def test_softmax_with_cross_entropy_is_y_minus_t():
    layers = network(3, 4, 3)

    def one_hot(x, t):
        z = feed(layers, x, tanh, lambda z: z)
        return autograd.logsumexp(z) - dot(t, z)

    program = compile(one_hot, [[0.0] * 3, [1.0, 0.0, 0.0]], layers, plan="arrays")
    assert check(program, batch(4, 3), np.eye(3)[[0, 2, 1, 0]])[1] == 0
    assert "δ²     = softmax(z²) − t " in str(program)
    index = compile(
        lambda x: autograd.cross_entropy(feed(layers, x, tanh, lambda z: z), 2),
        [[0.0] * 3],
        layers,
        plan="arrays",
    )
    assert check(index, batch(4, 3))[1] == 0
    assert "softmax(z²) − one_hot(2)" in str(index)
    choice = compile(lambda x: -softmax(feed(layers, x, tanh))[2].log(), [[0.0] * 3], layers, plan="arrays")
    assert check(choice, batch(4, 3))[1] == 0


def test_rows_of_lists_are_written_from_their_own_formulas():
    layers = network(3, 4, 3)
    t = [0.2, 0.5, 0.3]
    f = {
        "log_softmax": lambda z: -dot(t, autograd.log_softmax(z)),
        "softmax": lambda z: dot(t, autograd.softmax(z)),
        "norm": autograd.norm,
        "mean": lambda z: autograd.mean([tanh(v) for v in z]) ** 2,
    }
    written = {
        "log_softmax": "(Σ (0.2, 0.5, 0.3))·softmax(z²) − (0.2, 0.5, 0.3)",
        "softmax": "softmax(z²) ⊙ (",
        "norm": "z² / ‖z²‖",
        "mean": "2·mean(a²)·tanh′(z²) / 3",
    }
    cost_of = lambda loss: lambda x: loss(feed(layers, x, tanh, lambda z: z))  # noqa: E731
    for name, loss in f.items():
        program = compile(cost_of(loss), [[0.0] * 3], layers, plan="arrays")
        assert check(program, batch(4, 3))[1] == 0
        assert written[name] in str(program).partition("δ²")[2], program


def test_single_neurons():
    w, b = vector(3), Value(0.1)
    linear = compile(lambda x, y: (dot(w, x, b) - y) ** 2 / 2, [[0.0] * 3, 0.0], [w, b], plan="arrays")
    assert check(linear, batch(6, 3), batch(6))[1] == 0

    def logistic(x, y):
        a = sigmoid(dot(w, x, b))
        return -(y * a.log() + (1 - y) * (1 - a).log())

    assert (
        check(compile(logistic, [[0.0] * 3, 0.0], [w, b], plan="arrays"), batch(6, 3), [0, 1, 1, 0, 1, 0])[1]
        == 0
    )
    v, c = Value(0.4, "v"), Value(0.3, "c")
    simplest = compile(
        lambda x, y: (sigmoid(w[0] * sigmoid(v * x + c) + b) - y) ** 2,
        [0.0, 0.0],
        [w[0], v, b, c],
        plan="arrays",
    )
    assert check(simplest, batch(6), batch(6))[1] == 0


def test_one_neuron_with_another_activation():
    layers = network(3, 3, 2)

    def f(x, y):
        (W, b), last = layers
        z = [dot(w, x, c) for w, c in zip(W, b, strict=True)]
        return squared(feed([last], [sigmoid(z[0]), tanh(z[1]), sigmoid(z[2])], sigmoid), y)

    check(compile(f, [[0.0] * 3, [0.0] * 2], layers, plan="arrays"), batch(5, 3), batch(5, 2))


def test_dummy_units():
    W, V = matrix(3, 4), matrix(2, 4)

    def f(x, y):
        h = [*(sigmoid(dot(w, [*x, 1.0])) for w in W), 1.0]
        return squared([sigmoid(dot(v, h)) for v in V], y)

    check(compile(f, [[0.0] * 3, [0.0] * 2], [W, V], plan="arrays"), batch(5, 3), batch(5, 2))


def test_convolution_recurrence_attention_and_sharing():
    k, W, U, x = vector(3), matrix(3, 2), matrix(3, 3), batch(4, 6)
    slide = compile(
        lambda x: autograd.sum(tanh(dot(k, x[i : i + 3])) ** 2 for i in range(4)),
        [[0.0] * 6],
        k,
        plan="arrays",
    )
    assert check(slide, x)[1] == 0

    def recurrent(x):
        h = [0.1, 0.1, 0.1]
        for t in range(3):
            h = [tanh(dot(w, x[2 * t : 2 * t + 2], dot(u, h))) for w, u in zip(W, U, strict=True)]
        return autograd.sum(v * v for v in h)

    check(compile(recurrent, [[0.0] * 6], [W, U], plan="arrays"), x)
    Q = matrix(2, 2)

    def attention(x):
        tokens = [x[0:2], x[2:4], x[4:6]]
        q = [[dot(w, token) for w in Q] for token in tokens]
        weights = [softmax([dot(a, b) for b in tokens]) for a in q]
        mixed = [dot(p, [t[d] for t in tokens]) for p in weights for d in (0, 1)]
        return autograd.sum(v * v for v in mixed)

    check(compile(attention, [[0.0] * 6], Q, plan="arrays"), x)

    def tied(x):
        h = [tanh(dot(w, x[:2])) for w in W]
        back = [autograd.sum(W[j][i] * h[j] for j in range(3)) for i in range(2)]
        return autograd.sum((b - v) ** 2 for b, v in zip(back, x[2:4], strict=True))

    check(compile(tied, [[0.0] * 6], W, plan="arrays"), x)
    layers = network(3, 2)

    def siamese(x):
        a, b = feed(layers, x[:3], tanh), feed(layers, x[:2:-1], tanh)
        return autograd.sum((p - q) ** 2 for p, q in zip(a, b, strict=True))

    check(compile(siamese, [[0.0] * 6], layers, plan="arrays"), x)

    def penalized(x):
        return autograd.sum(feed(layers, x[:3], relu)) + 0.1 * autograd.sum(
            p * p for p in (*layers[0][0][0], layers[0][1][1])
        )

    check(compile(penalized, [[0.0] * 6], layers, plan="arrays"), x)


def test_what_printed_wrongly_before():
    ring = [Value(v) for v in (0.1, 0.4, -0.2)]
    pairs = lambda: zip(ring, ring[1:] + ring[:1], strict=True)  # noqa: E731
    check(compile(lambda: autograd.sum((a - b) ** 2 for a, b in pairs()), [], ring, plan="arrays"))
    W, b = matrix(3, 2), vector(3)
    check(
        compile(
            lambda x: -autograd.log(softmax([dot(row, x) for row in W])[2]), [[0.0] * 2], W, plan="arrays"
        ),
        batch(4, 2),
    )
    named = compile(
        lambda w: autograd.sum(tanh(p * q) for p, q in zip(b, w, strict=True)), [[0.0] * 3], b, plan="arrays"
    )
    assert check(named, batch(4, 3))[1] == 0
    power = compile(
        lambda x: autograd.sum(2.0 ** dot(row, x) for row in W) + dot(b, b),
        [[0.0] * 2],
        [W, b],
        plan="arrays",
    )
    check(power, batch(4, 2))
    repeated = compile(
        lambda x: dot(b, [x, x, x]) + softmax([x, x])[1] * b[0] + autograd.logsumexp([b[0], b[0]]),
        [0.0],
        b,
        plan="arrays",
    )
    check(repeated, batch(4))
    mirrored = compile(
        lambda x: autograd.sum(tanh(p * q) for p, q in zip(x, x[::-1], strict=True)) * b[0],
        [[0.0] * 3],
        b,
        plan="arrays",
    )
    check(mirrored, batch(4, 3))


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.written.startswith("=")])
def test_rows_that_are_written_as_formulas_of_other_rows(name):
    """Of columns too: a·log(b) is a ⊙ log(b)."""
    rule, w = RULES[name], vector(3)
    assert isinstance(rule, FormulaRule)
    count = len(rule.operands)

    def f(x):
        pairs = [(v + a, v * a + 3.0) for v, a in zip(w, x, strict=True)]
        return autograd.sum(rule(*pair[:count]) for pair in pairs)

    program = compile(f, [[0.0] * 3], w, plan="arrays")
    assert check(program, batch(4, 3))[1] == 0


def operations(nodes, a, b, j):
    return [
        lambda: a + b,
        lambda: a - b,
        lambda: tanh(a * b),
        lambda: tanh(a * b + a),
        lambda: autograd.maximum(a, b),
        lambda: autograd.sum(nodes[-5:]),
        lambda: tanh(dot(nodes[:4], nodes[-4:], a)),
        lambda: where(a < b, lambda: a * 2.0, lambda: b - 1.0),
        lambda: softmax(nodes[-3:])[j % 3],
        lambda: autograd.logsumexp(nodes[-3:]),
        lambda: a * 3.0 + 1.0,
        lambda: a / 2.0,
        lambda: autograd.cross_entropy(nodes[-4:], j % 4),
        lambda: tanh(getattr(autograd, ["sin", "sigmoid", "softplus", "abs", "relu", "exp"][j % 6])(a)),
    ]


def random_program(seed):
    draw = random.Random(seed)
    graph = [
        (draw.randrange(14), draw.randrange(51), draw.randrange(51)) for _ in range(draw.randrange(1, 25))
    ]
    wide = draw.random() < 0.5
    params = [Value(v) for v in (0.5, -1.25, 0.75)]
    W = [[Value(draw.gauss(0, 0.5)) for _ in range(3)] for _ in range(2)]

    def f(x, y):
        start = [tanh(dot(w, [*x, params[0]], y)) for w in W] if wide else []
        nodes = grow([*params, *x, *start], graph, operations)
        return autograd.sum(nodes[-3:]) + params[0] * x[0]

    return compile(f, [[0.0, 0.0], 0.0], [params, W], plan="arrays")


def check_random(seeds):
    """All lines of random programs are true, and most of them are written."""
    written = hidden = 0
    for seed in seeds:
        found = check(random_program(seed), [[0.3, -0.8], [1.1, 0.2], [-0.4, 0.6]], [0.1, 0.7, -0.3])
        written, hidden = written + found[0], hidden + found[1]
    assert written > 4 * hidden
    return written, hidden


@pytest.mark.parametrize("start", range(0, 200, 40))
def test_random_programs(start):
    check_random(range(start, start + 40))


@pytest.mark.parametrize("seed", [456, 510, 543, 1014, 1587, 2147, 2823, 4587])
def test_rows_for_columns_shared_weights_and_elements_of_nothing_but_zeros(seed):
    check(random_program(seed), [[0.3, -0.8], [1.1, 0.2], [-0.4, 0.6]], [0.1, 0.7, -0.3])


def test_length_is_linear_in_depth_and_cut_at_a_page():
    lengths = []
    for depth in (20, 40):
        layers = network(*[2] * (depth + 1))
        f = lambda x, layers=layers: autograd.sum(feed(layers, x, tanh))  # noqa: E731
        program = compile(f, [[0.0] * 2], layers, plan="arrays")
        equations = program.equations()
        lengths.append(sum(len(e.name) + len(e.text) for e in (*equations.forward, *equations.reverse)))
    assert lengths[1] < 2.3 * lengths[0]
    assert len(str(program)) < 10_000
    assert "more lines" in str(program)
