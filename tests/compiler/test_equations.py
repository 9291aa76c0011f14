"""A program explains itself: equations, LaTeX, groups, a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import autograd
from autograd import Value, compile, dot, relu, sigmoid
from autograd.text.mathematics import LATEX


def network(sizes):
    return [
        (
            [[Value(0.1 * (i + 1) - 0.2 * j) for i in range(n)] for j in range(m)],
            [Value(0.1) for _ in range(m)],
        )
        for n, m in pairwise(sizes)
    ]


def feed(layers, x, activation=sigmoid):
    for W, b in layers:
        x = [activation(dot(w, x, bias)) for w, bias in zip(W, b, strict=True)]
    return x


OFFSET, SLOPE = Value(0.5), Value(2.0)
LAYERS = network([4, 3, 2])


def quadratic(x, y):
    return 0.5 * autograd.sum((a - t) ** 2 for a, t in zip(feed(LAYERS, x), y, strict=True))


PROGRAM = compile(quadratic, [[0.1, 0.2, 0.3, 0.4], [0.0, 1.0]], LAYERS, plan="arrays")


def test_the_equations_of_backpropagation_are_found_and_named():
    assert str(PROGRAM).splitlines() == [
        "16 operations in 8 array operations",
        "",
        "z¹     = W¹·x + b¹",
        "a¹     = σ(z¹)",
        "z²     = W²·a¹ + b²",
        "a²     = σ(z²)",
        "C      = 0.5·Σ (a² − y)²",
        "",
        "δ²     = (a² − y) ⊙ σ′(z²)   (BP1)",
        "δ¹     = W²ᵀ·δ² ⊙ σ′(z¹)     (BP2)",
        "∂C/∂W¹ = δ¹·xᵀ               (BP4)",
        "∂C/∂b¹ = δ¹                  (BP3)",
        "∂C/∂W² = δ²·a¹ᵀ              (BP4)",
        "∂C/∂b² = δ²                  (BP3)",
        "(means over the batch: 1/m)",
    ]


def test_latex_says_the_same():
    latex = PROGRAM._repr_latex_()
    assert latex.startswith(r"$$\begin{aligned}")
    assert latex.endswith(r"\end{aligned}$$")
    assert r"{\delta}^{1} &= {{W}^{2}}^{T} \cdot {\delta}^{2} \odot \sigma'\left({z}^{1}\right)" in latex  # pyright: ignore[reportOperatorIssue]
    assert latex.count(r"\text{(BP4)}") == 2
    assert latex.count("{") == latex.count("}")


def test_a_target_is_no_part_of_the_last_layer():
    layers = network([2, 3, 1])
    program = compile(
        lambda x, y: (feed(layers, x, relu)[0] - y) ** 2, [[0.1, 0.2], 0.0], layers, plan="arrays"
    )
    assert "δ²     = 2·(a² − y)·relu′(z²)   (BP1)" in str(program)
    w, b = [Value(0.5), Value(-0.5)], Value(0.1)
    program = compile(lambda x, y: (dot(w, x, b) - y) ** 2, [[0.1, 0.2], 0.0], [w, b], plan="arrays")
    assert "z¹     = W¹·x + b¹" in str(program)
    assert "C      = (z¹ − y)²" in str(program)
    assert "δ¹     = 2·(z¹ − y)   (BP1)" in str(program)


def printed(f, inputs, params):
    """The equations as {left side: right side, with the name}, spaces made one."""
    lines = str(compile(f, inputs, params, plan="arrays")).splitlines()
    sides = [re.match(r"(.*?) +(=) +(.*)", line) for line in lines]
    found = {side[1] + side[2].removesuffix("="): " ".join(side[3].split()) for side in sides if side}
    assert len(found) == sum(map(bool, sides))
    return found


def test_a_filter_says_over_which_windows_it_slides():
    k = [Value(0.2), Value(-0.5), Value(0.3)]

    def slide(x):
        return [autograd.tanh(dot(k, x[i : i + 3])) for i in range(len(x) - 2)]

    once = printed(lambda x: autograd.sum(v * v for v in slide(x)), [[0.0] * 6], k)
    assert once["z¹"] == "W¹·x[0:3 | 1:4 | 2:5 | 3:6]"
    assert once["C"] == "Σ (a¹)²"
    assert once["∂C/∂W¹"] == "δ¹·x[0:3 | 1:4 | 2:5 | 3:6]ᵀ"
    program = compile(lambda x: autograd.sum(v * v for v in slide(slide(x))), [[0.0] * 9], k, plan="arrays")
    equations = program.equations()
    assert equations.forward[2].text == "W·a¹[π₂]"
    assert equations.indices["π₂"].T.tolist() == [[i, i + 1, i + 2] for i in range(5)]
    assert "π₂: rows 0, 1, 2, 3, 4, 1, 2" in str(program)


def test_a_choice_is_written_with_its_condition_to_which_nothing_is_passed():
    c = Value(0.2)
    found = printed(lambda x: autograd.where(x > c, c * x, x), [1.0], c)
    assert found == {"C": "where(x > w, w·x, x)", "∂C/∂w": "x·where(x > w, 1, 0)"}


def test_softmax_passes_on_with_all_of_its_slopes():
    W = network([2, 3])[0][0]

    def f(x, t):
        a = autograd.softmax([dot(w, x) for w in W])
        return autograd.sum((p - q) ** 2 for p, q in zip(a, t, strict=True))

    found = printed(f, [[0.1, 0.2], [1.0, 0.0, 0.0]], W)
    a = "softmax(z¹)"
    assert found["δ¹"] == f"{a} ⊙ (2·({a} − t) − 2·Σ (({a} − t) ⊙ {a})) (BP1)"


@pytest.mark.parametrize(
    ("f", "cost"),
    [
        (lambda x: 3.0, "3"),
        (lambda x: x, "x"),
        (lambda x: OFFSET, "w"),
        (lambda x: dot([OFFSET, SLOPE], [x, x]), "z¹"),
        (lambda x: (autograd.tanh(x), [autograd.tanh(OFFSET), autograd.tanh(SLOPE)]), "tanh(x)"),
        (lambda x: (autograd.tanh(OFFSET), [autograd.tanh(SLOPE)]), "v₁[0]"),
    ],
)
def test_there_is_always_an_equation_for_the_cost(f, cost):
    program = compile(f, [1.0], [OFFSET, SLOPE], plan="arrays")
    assert f"C = {cost}" in " ".join(str(program).split())
    assert "return run" in program.source
    assert program.draw()._repr_mimebundle_()


def test_a_program_shows_its_size():
    assert repr(PROGRAM) == "<Program: 16 operations in 8 array operations>"


def test_groups_say_which_nodes_they_hold():
    described = [group.described() for group in PROGRAM.groups]
    assert described[0] == "3 × dot (level 1)"
    assert [len(group.nodes) for group in PROGRAM.groups] == [3, 3, 2, 2, 2, 2, 1, 1]


def test_the_picture_shows_both_graphs():
    assert {"one example", "m examples", "W¹", "z¹", "δ¹", "∂C/∂W²", "3 × m", "3 × 4"} <= texts(PROGRAM)


def test_a_straight_line_program_has_no_matrix_equations():
    x = Value(0.5)
    program = compile(lambda: (x.sin() * x).exp(), [], x)
    assert program.plan == "straight-line"
    assert str(program) == "straight-line program of 3 statements"
    assert program._repr_latex_() is None
    with pytest.raises(ValueError, match="no matrix equations"):
        program.draw()


def test_the_source_says_which_lines_compute_what():
    _, gradient = PROGRAM.source.split("# gradient")
    noted = [line.split("  # ")[1] for line in gradient.splitlines() if "  # " in line]
    assert noted[:4] == ["z¹ = W¹·x + b¹", "a¹ = σ(z¹)", "z² = W²·a¹ + b²", "a² = σ(z²)"]
    assert {"δ¹", "δ²", "∂C/∂W¹", "∂C/∂b¹", "∂C/∂W²", "∂C/∂b²"} <= set(noted)
    assert gradient.count(" times(") == 5


def test_logistic_regression_reads_as_in_a_book():
    w, b = [Value(0.5), Value(-0.5)], Value(0.1)

    def cost(x, y):
        a = sigmoid(dot(w, x, b))
        return -(y * a.log() + (1 - y) * (1 - a).log())

    found = printed(cost, [[0.1, 0.2], 1.0], [w, b])
    assert found["C"] == "−(y·log(a¹) + (1 − y)·log(1 − a¹))"
    assert found["δ¹"] == "((1 − y) / (1 − a¹) − y / a¹)·σ′(z¹) (BP1)"


def test_parameters_among_other_terms_have_their_labels_and_gradients():
    r, sigma, x = Value(0.05, "r"), Value(0.2, "sigma"), Value(1.0, "x")

    def f(x_, t):
        return (autograd.tanh(r + sigma**2 / 2) * t + x_ * 9.81) * (-r * t).exp() + x

    found = printed(f, [1.0, 0.5], [r, sigma, x])
    assert found["C"] == "v₁·exp(−r·t) + x"
    assert found["v₁"] == "9.81·x_ + tanh(r + sigma² / 2)·t"
    assert found["∂C/∂x"] == "1"
    twice = compile(lambda x: autograd.tanh(r + sigma * sigma + 1.0) * x, [1.0], [r, sigma], plan="arrays")
    assert {"∂C/∂r", "∂C/∂sigma"} <= texts(twice)
    a, b = Value(1.0, "x"), Value(2.0, "the second one")
    named = printed(lambda x: a * x + b, [1.0], [a, b])
    assert {name for name in named if name.startswith("∂")} == {"∂C/∂w¹", "∂C/∂b¹"}


def texts(program):
    """All that its picture says."""
    svg = ET.fromstring(program.draw().pipe("svg", encoding="utf-8"))
    return {text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")}


def test_two_activations_of_a_layer_have_two_names():
    W = network([2, 2])[0][0]

    def both(x):
        z = [dot(w, x) for w in W]
        return autograd.sum(autograd.tanh(a) + sigmoid(a) for a in z)

    found = printed(both, [[0.1, 0.2]], W)
    assert found["C"] == "Σ a¹ + Σ σ(z¹)"
    assert found["δ¹"].endswith("(BP1)")


def test_what_several_read_receives_their_sum():
    w = [[Value(0.1 * i), Value(0.2)] for i in range(3)]

    def cost(x, y):
        z = [dot(row, x) for row in w]
        whole = autograd.logsumexp(z)
        return autograd.sum(t * (whole - a) for t, a in zip(y, z, strict=True))

    text = str(compile(cost, [[0.1, 0.2], [0.0, 1.0, 0.0]], w, plan="arrays"))
    assert "δ¹     = (Σ y)·softmax(z¹) − y   (BP1)" in text


def test_a_function_compiled_again_has_the_same_source():
    sources = {
        compile(quadratic, [[0.1, 0.2, 0.3, 0.4], [0.0, 1.0]], LAYERS, plan="arrays").source for _ in range(5)
    }
    assert sources == {PROGRAM.source}


# Each source's networks in its own form
def lines_of(f, inputs, params):
    """The equations of a compiled function, one line each."""
    equations = compile(f, inputs, params, plan="arrays").equations()
    lines = (*equations.forward, *equations.reverse)
    return [f"{e.name} = {e.text}" + (f" ({e.known_as})" if e.known_as else "") for e in lines]


def test_one_neuron_a_layer_has_layers():
    layers = network([1, 1, 1])
    assert lines_of(lambda x, y: (feed(layers, [x])[0] - y) ** 2, [0.0, 0.0], layers) == [
        "z¹ = w¹·x + b¹",
        "a¹ = σ(z¹)",
        "z² = w²·a¹ + b²",
        "a² = σ(z²)",
        "C = (a² − y)²",
        "δ² = 2·(a² − y)·σ′(z²) (BP1)",
        "δ¹ = w²·δ²·σ′(z¹) (BP2)",
        "∂C/∂w¹ = δ¹·x (BP4)",
        "∂C/∂b¹ = δ¹ (BP3)",
        "∂C/∂w² = δ²·a¹ (BP4)",
        "∂C/∂b² = δ² (BP3)",
    ]
    slope, height = Value(1.0, "slope"), Value(0.0, "height")
    assert lines_of(lambda x: (slope * x + height) ** 3, [0.0], [slope, height])[:2] == [
        "z¹ = slope·x + height",
        "C = (z¹)³",
    ]


def test_a_layer_of_several_activations_is_one_layer():
    layers = network([2, 3, 1])

    def cost(x, y):
        (W, b), last = layers
        z = [dot(w, x, c) for w, c in zip(W, b, strict=True)]
        (a,) = feed([last], [sigmoid(z[0]), autograd.tanh(z[1]), sigmoid(z[2])])
        return (a - y) ** 2

    lines = lines_of(cost, [[0.0, 0.0], 0.0], layers)
    assert lines[1] == "a¹ = (σ(z¹[0]), tanh(z¹[1]), σ(z¹[2]))"
    assert "δ¹ = W²ᵀ·δ² ⊙ (σ′(z¹[0]), tanh′(z¹[1]), σ′(z¹[2])) (BP2)" in lines
    assert "∂C/∂W¹ = δ¹·xᵀ (BP4)" in lines


def test_the_weights_of_dummy_units_are_added():
    W, V = [[Value(0.1 * i + j) for j in range(3)] for i in range(2)], [[Value(0.3), Value(0.2), Value(0.1)]]

    def cost(x, t):
        h = [1.0, *(sigmoid(dot(w, [1.0, *x])) for w in W)]
        return (dot(V[0], h) - t) ** 2

    lines = lines_of(cost, [[0.0, 0.0], 0.0], [W, V])
    assert [line for line in lines if line.startswith(("z", "∂"))] == [
        "z¹ = W¹·x + b¹",
        "z² = W²·a¹ + b²",
        "∂C/∂W¹ = δ¹·xᵀ (BP4)",
        "∂C/∂b¹ = δ¹ (BP3)",
        "∂C/∂W² = δ²·a¹ᵀ (BP4)",
        "∂C/∂b² = δ² (BP3)",
    ]


@pytest.mark.parametrize(
    "loss", [lambda z: -autograd.softmax(z)[1].log(), lambda z: autograd.cross_entropy(z, 1)]
)
def test_the_error_of_softmax_with_cross_entropy_is_the_difference(loss):
    W = network([2, 3])[0][0]
    lines = lines_of(lambda x: loss([dot(w, x) for w in W]), [[0.0, 0.0]], W)
    assert "δ¹ = softmax(z¹) − one_hot(1) (BP1)" in lines


def test_a_letter_has_numbers_everywhere_or_nowhere():
    """W² is the matrix of layer 2, or the square of W."""
    W, b = network([2, 2])[0]
    last = network([2, 1])

    def cost(x, y):
        for _ in range(2):
            x = feed([(W, b)], x)
        return (feed(last, x)[0] - y) ** 2

    lines = lines_of(cost, [[0.0, 0.0], 0.0], [W, b, last])
    assert lines[0] == "z¹ = W·x + b"
    assert lines[4] == "z³ = U³·a² + c³"
    W, C = W[0], Value(0.5, "C")
    lines = lines_of(lambda W_, a: autograd.tanh(dot(W, W_)) * a + C, [[0.0, 0.0], 0.0], [W, C])
    assert [line.split(" = ")[0] for line in lines[:2]] == ["z¹", "h¹"]
    assert "L = h¹·a + C" in lines


def test_bp_names_are_given_to_single_products_only():
    W, b = network([2, 2])[0]

    def shared(x, y):
        p, q = feed([(W, b)], x), feed([(W, b)], y)
        return autograd.sum((s - t) ** 2 for s, t in zip(p, q, strict=True))

    lines = lines_of(shared, [[0.0, 0.0], [0.0, 0.0]], [W, b])
    assert [line for line in lines if "BP" in line] == [line for line in lines if line.startswith("δ")]
    assert "∂C/∂W = δ¹·xᵀ + δ²·yᵀ" in lines


def test_latex_has_the_lines_of_the_text():
    """Which group has a name does not depend on how long its LaTeX is."""
    w, b = [Value(0.5), Value(-0.5)], Value(0.1)

    def cost(x, y):
        a = sigmoid(dot(w, x, b))
        return -(y * a.log() + (1 - y) * (1 - a).log())

    for program in (PROGRAM, compile(cost, [[0.1, 0.2], 1.0], [w, b], plan="arrays")):
        text, latex = program.equations(), program.equations(LATEX)
        for one, other in ((text.forward, latex.forward), (text.reverse, latex.reverse)):
            assert [e.known_as for e in one] == [e.known_as for e in other]
    assert r"\text{(means over the batch: }1/m\text{)}" in str(PROGRAM._repr_latex_())


def test_shapes_are_written():
    """A matrix is a column where the text says so; the scores of attention are products of matrices."""
    filters = [[Value(0.1 * i - 0.2 * j) for j in range(2)] for i in range(2)]
    last = [Value(0.1 * i) for i in range(6)]

    def convolution(x):
        return dot(last, [autograd.tanh(dot(f, x[i : i + 2])) for f in filters for i in range(3)])

    lines = lines_of(convolution, [[0.0] * 4], [filters, last])
    assert lines[0] == "z¹ = W¹·x[0:2 | 1:3 | 2:4]"
    assert "z² = W²·vec(a¹)" in lines
    assert "vec(δ¹) = W²ᵀ ⊙ vec(tanh′(z¹)) (BP1)" in lines
    Q, K, V = ([[Value(0.1 * i), Value(0.2)] for i in range(3)] for _ in range(3))

    def attention(x):
        q, k, v = ([[dot(w, token) for w in M] for token in (x[:2], x[2:])] for M in (Q, K, V))
        weights = [autograd.softmax([dot(a, b) for b in k]) for a in q]
        return autograd.sum(dot(p, [b[d] for b in v]) ** 2 for p in weights for d in range(3))

    assert lines_of(attention, [[0.0] * 4], [Q, K, V])[:4] == [
        "z¹ = W¹·x[0:2 | 2:4]",
        "v₁ = z¹[0:3]ᵀ·z¹[3:6]",
        "v₂ = z¹[6:9]·softmax(v₁ᵀ)",
        "C = Σ v₂²",
    ]


def test_a_long_fraction_has_its_divisor():
    x = [Value(0.1 * i) for i in range(3)]
    lines = lines_of(lambda y: (autograd.sum(x) / 3 - y) ** 2, [0.0], x)
    assert lines[-1] == "∂C/∂w = 2·(Σ w / 3 − y) / 3"
