"""Steps and whole passes as text."""

from __future__ import annotations

import random
import re

import pytest

import autograd
from autograd import DomainError, Value, backward_steps, explain, paths, topological_order
from autograd.text.narration import Narration


def steps_of(y: Value, names: dict[str, object] | None = None) -> list[str]:
    return explain(y, names).splitlines()


def fan() -> Value:
    a = Value(3.0, "a")
    b = a * a
    c = a + b
    loss = b * c
    b.label, c.label, loss.label = "b", "c", "L"
    return loss


FAN = """\
L.grad += dL/dL = 1   0 → 1
b.grad += L.grad · ∂L/∂b = 1 × 12 = 12   0 → 12   ∂L/∂b = c = 12
c.grad += L.grad · ∂L/∂c = 1 × 9 = 9   0 → 9   ∂L/∂c = b = 9
a.grad += c.grad · ∂c/∂a = 9 × 1 = 9   0 → 9   ∂c/∂a = 1
b.grad += c.grad · ∂c/∂b = 9 × 1 = 9   12 → 21   ∂c/∂b = 1
a.grad += b.grad · ∂b/∂a⁽¹⁾ = 21 × 3 = 63   9 → 72   ∂b/∂a⁽¹⁾ = a = 3
a.grad += b.grad · ∂b/∂a⁽²⁾ = 21 × 3 = 63   72 → 135   ∂b/∂a⁽²⁾ = a = 3"""


def test_a_printed_step_is_the_chain_rule_with_its_numbers():
    assert "\n".join(map(str, backward_steps(fan()))) == FAN


def test_a_place_is_marked_only_where_one_operation_uses_a_node_twice():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    total = autograd.sum([b, a, b])
    total.label = "s"
    derivatives = [str(step).split(" · ")[1].split(" = ")[0] for step in list(backward_steps(total))[1:]]
    assert derivatives == ["∂s/∂b⁽¹⁾", "∂s/∂a", "∂s/∂b⁽³⁾"]


def test_explain_changes_no_gradient_and_ignores_earlier_ones():
    loss = fan()
    loss.backward()
    before = [node._grad for node in topological_order(loss)]
    text = explain(loss)
    assert [node._grad for node in topological_order(loss)] == before
    lines = text.splitlines()
    assert repr(text) == str(text) == "\n".join(lines)
    assert [line.split() for line in lines] == [line.split() for line in FAN.splitlines()]
    assert len({line.index(" → ") - len(line.split(" → ")[0].split()[-1]) for line in lines}) == 1


def test_explain_takes_the_names_of_variables():
    x = Value(0.5)
    y = x.tanh() * 2
    assert steps_of(y, vars())[-1].startswith("x.grad += tanh(x).grad · ∂tanh(x)/∂x = 2 × 0.786 ≈ 1.57")
    assert Narration({y: "out"}).product(next(backward_steps(y))) == "out.grad += dout/dout = 1"


def test_hostile_labels_stay_on_their_line():
    x = Value(2.0, "x\n\x1b[31m\u202e")
    y = x * x
    y.label = "y" * 1000
    assert len(steps_of(y)) == 3
    assert all(line.isprintable() for line in steps_of(y))


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
    lines = steps_of(y)
    assert len(lines) == 2_001 + 1  # the steps, how many are missing, the names; an ellipsis
    assert lines[1_000].startswith("… and 19,001 more steps: ")
    assert lines[1_001].startswith("where v1800")
    assert lines[-1].strip() == "…"
    assert lines[-2].strip() == "v20001 = v19999 + 0.5 + 0.5"
    assert len(str(next(backward_steps(y)))) < 500


def test_a_step_is_latex_in_a_notebook():
    a = Value(3.0, "a")
    b = a * a
    b.label = "b_%"
    seed, first, _ = backward_steps(b)
    assert seed._repr_latex_() == (
        r"$$\begin{gathered}\text{b\_\%}\mathtt{.grad} \mathrel{+}= "
        r"\frac{\mathrm{d}\text{b\_\%}}{\mathrm{d}\text{b\_\%}} = 1 \qquad 0 \to 1\end{gathered}$$"
    )
    local = r"\frac{\partial \text{b\_\%}}{\partial {a}^{(1)}}"
    shown = first._repr_latex_()
    assert rf"\text{{b\_\%}}\mathtt{{.grad}} \cdot {local} = 1 \times 3 = 3 \qquad 0 \to 3 \\" in shown
    assert rf"\\ {local} = a = 3\end{{gathered}}" in shown


def test_latex_defines_the_names_that_are_made_up():
    w, x, b = Value(2.0, "w"), Value(-3.0, "x"), Value(0.5, "b")
    step = list(backward_steps(autograd.dot([w, w, w], [x, b, 2.0], b) * x))[1]
    assert step._repr_latex_().endswith(
        r" \\ \text{where }\mathit{v4} = w \cdot x + w \cdot b + w \cdot 2 + b\end{gathered}$$"
    )


@pytest.mark.parametrize("seed", range(30))
def test_a_sentence_defines_every_made_up_name_in_it(seed):
    chance = random.Random(seed)
    nodes = [Value(1.5, "a"), Value(2.0), Value(0.5)]
    for _ in range(5):
        one, other = chance.choice(nodes), chance.choice(nodes)
        nodes.append(chance.choice([one * other, one + other, one.tanh(), one * other + one]))
    for each in backward_steps(nodes[-1]):
        said = str(each)
        defined = re.findall(r"\b(v\d+) = ", said.partition("where ")[2])
        assert set(re.findall(r"\bv\d+\b", said)) <= set(defined) or "…" in said


def test_a_node_is_not_taken_for_another_with_the_same_number():
    """== compares the numbers of Values."""
    y, z = Value(2.0, "a") * 1.0, Value(2.0, "b") * 1.0
    with pytest.raises(ValueError, match="is not in the graph below") as refused:
        explain(y, z)
    assert "comes first" not in str(refused.value)
    assert str(paths(z, y)) == "no path"


def test_large_and_infinite_numbers_are_mathematics_in_latex_too():
    a, b = Value(1.5e-5, "a"), Value(1e300, "b")
    with autograd.errstate("ieee"):
        written = "".join(one._repr_latex_() for one in backward_steps(a * b * b))
    assert r"10^{300} \times 1.5 \cdot 10^{-5}" in written
    assert r"\infty" in written
    assert not set("∞−×≈") & set(written)
    assert not re.search(r"\de-?\d", written)
