"""Steps and whole passes as text."""

from __future__ import annotations

import pytest

import autograd
from autograd import DomainError, Value, backward_steps, explain, topological_order
from autograd.text.explanation import sentence, trace


def fan() -> Value:
    a = Value(3.0, "a")
    b = a * a
    c = a + b
    loss = b * c
    b.label, c.label, loss.label = "b", "c", "L"
    return loss


FAN = """\
L.grad += ∂L/∂L = 1   0 → 1
b.grad += ∂L/∂L · ∂L/∂b = 1 × 12 = 12   0 → 12
c.grad += ∂L/∂L · ∂L/∂c = 1 × 9 = 9   0 → 9
a.grad += ∂L/∂c · ∂c/∂a = 9 × 1 = 9   0 → 9
b.grad += ∂L/∂c · ∂c/∂b = 9 × 1 = 9   12 → 21
a.grad += ∂L/∂b · ∂b/∂a⁽¹⁾ = 21 × 3 = 63   9 → 72
a.grad += ∂L/∂b · ∂b/∂a⁽²⁾ = 21 × 3 = 63   72 → 135"""


def test_a_printed_step_is_the_chain_rule_with_its_numbers():
    assert "\n".join(map(str, backward_steps(fan()))) == FAN


def test_a_place_is_marked_only_where_one_operation_uses_a_node_twice():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    total = autograd.sum([b, a, b])
    total.label = "s"
    derivatives = [str(step).split(" · ")[1].split(" = ")[0] for step in list(backward_steps(total))[1:]]
    assert derivatives == ["∂s/∂b⁽¹⁾", "∂s/∂a", "∂s/∂b⁽³⁾"]


def test_explain_changes_no_gradient_and_ignores_earlier_ones(capsys):
    loss = fan()
    loss.backward()
    before = [node._grad for node in topological_order(loss)]
    explain(loss)
    assert [node._grad for node in topological_order(loss)] == before
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [line.split() for line in FAN.splitlines()]
    assert len({line.index(" → ") - len(line.split(" → ")[0].split()[-1]) for line in lines}) == 1


def test_explain_takes_the_names_of_variables():
    x = Value(0.5)
    y = x.tanh() * 2
    assert trace(y, vars())[-1].startswith("x.grad += ∂y/∂tanh(x) · ∂tanh(x)/∂x = 2 × 0.786 ≈ 1.57")
    assert sentence(next(backward_steps(y)), {y: "out"}) == "out.grad += ∂out/∂out = 1   0 → 1"


def test_hostile_labels_stay_on_their_line():
    x = Value(2.0, "x\n\x1b[31m\u202e")
    y = x * x
    y.label = "y" * 1000
    assert len(trace(y)) == 3
    assert all(line.isprintable() for line in trace(y))


def test_a_failing_pass_is_explained_up_to_its_error():
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match=r"x\.grad \+= "):
        explain(0.0 * x.sqrt())


def test_only_values_can_be_explained():
    with pytest.raises(TypeError, match=r"must be a Value, not 3\.0 \(float\)"):
        explain(3.0)  # pyright: ignore


def test_a_deep_graph_is_traced():
    x = Value(1.0, "x")
    y = x
    for _ in range(20_000):
        y = y + 0.5
    assert len(trace(y)) == 20_001


def test_a_step_is_latex_in_a_notebook():
    a = Value(3.0, "a")
    b = a * a
    b.label = "b_%"
    seed, first, _ = backward_steps(b)
    letters = r"\frac{\partial \text{b\_\%}}{\partial "
    assert seed._repr_latex_() == rf"$${letters}\text{{b\_\%}}}} \mathrel{{+}}= " + (
        rf"{letters}\text{{b\_\%}}}} = 1 \qquad 0 \to 1$$"
    )
    assert rf"{letters}{{a}}^{{(1)}}}} = 1 \times 3 = 3 \qquad 0 \to 3$$" in first._repr_latex_()
