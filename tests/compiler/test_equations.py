"""A program explains itself: equations, LaTeX, groups, a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

import autograd
from autograd import Value, compile, dot, relu, sigmoid


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
    assert gradient.count("matmul(") == 3
    assert gradient.count("outer") == 3  # at the choice, and two products


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
