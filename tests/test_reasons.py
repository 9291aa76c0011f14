"""The reasons for local derivatives, corners and jumps, and the sentences about the steps of a pass."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph import GROW, programs

import autograd
import nn
from autograd import Value, backward_steps, step, topological_order
from autograd.rules import RULES
from autograd.table.row import FormulaRule
from autograd.text.explanation import Narration, trace
from autograd.text.kinks import kink
from autograd.text.mathematics import LATEX, MATHML
from autograd.text.names import display_names, short_number
from autograd.text.reasons import explained, reason, symbol

STEPS = {"floor", "ceil", "round", "floordiv", "mod", "heaviside"}  # whose points include jumps


def at_point(rule: FormulaRule, point: tuple[float, ...]) -> Value:
    """The operation at a point of its row; leading operands that are whole numbers stay numbers."""
    whole = getattr(rule, "index_operands", 0)
    assert rule.function
    return rule.function(*map(int, point[:whole]), *map(Value, point[whole:]))


def said(y: Value, slot: int = 0) -> str:
    return explained(y, slot, display_names(y))


def test_a_rule_is_said_with_the_operands_of_the_node_and_their_numbers():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    assert said(a * b) == "∂(a·b)/∂a = b = −3"
    assert said(a / b, 1) == "∂(a / b)/∂b = −a / b / b = −(−0.667) / (−3) ≈ −0.222"
    assert said(a**3) == "∂a³/∂a = 3·a² = 3·2² = 12"
    assert said(a.exp()) == "∂exp(a)/∂a = exp(a) ≈ 7.39"
    assert said(a + b) == "∂(a + b)/∂a = 1"
    assert said(a * a, 1) == "∂(a·a)/∂a⁽²⁾ = a = 2"
    assert said((a + b) * b, 1) == "∂((a + b)·b)/∂b = a + b = −1"  # no needless parentheses


def test_the_branch_that_applies_is_said_with_its_condition():
    x, low = Value(2.0, "x"), Value(-1.0, "low")
    assert said(x.relu()) == "∂relu(x)/∂x = 1 (x > 0)"
    assert said((-x).relu()) == "∂relu(−x)/∂(−x) = 0 (−x ≤ 0)"
    assert said(autograd.maximum(x, low)) == "∂max(x, low)/∂x = 1 (x > low)"
    assert said(autograd.maximum(x, x), 1).endswith("= 0.5 (x = x)")
    assert said(autograd.clip(x, low, 5.0)).endswith("= 1 (x ≥ low, x ≤ 5)")
    assert said(autograd.where(x > low, x, low)) == "∂v2/∂x = 1"


def test_a_rule_of_lists_is_said_for_the_item_of_the_operand():
    zs = [Value(z, f"z{k}") for k, z in enumerate((1.0, 2.0, 0.5))]
    cost = nn.cross_entropy(zs, 2)
    assert [said(cost, slot) for slot in range(3)] == [
        "∂v4/∂z0 = p₀ − t₀ = 0.231 − 0 ≈ 0.231",
        "∂v4/∂z1 = p₁ − t₁ = 0.629 − 0 ≈ 0.629",
        "∂v4/∂z2 = p₂ − t₂ = 0.14 − 1 ≈ −0.86",
    ]
    assert trace(cost)[-2:] == [
        "where v4 = cross_entropy(z0, z1, z2)₂",
        "      p = softmax(z0, z1, z2), and t₂ = 1 for the target, class 2 (z2); every other t is 0",
    ]
    w, x, b = Value(-3.0, "w"), Value(2.0, "x"), Value(1.0, "b")
    y = autograd.dot([w], [x], b)
    assert [said(y, slot) for slot in range(3)] == ["∂v4/∂w = x = 2", "∂v4/∂x = w = −3", "∂v4/∂b = 1"]
    assert said(autograd.softmax(zs)[1], 0).endswith("·(−p₀) = 0.629·(−0.231) ≈ −0.145")
    assert said(autograd.logsumexp(zs), 1).endswith(" = p₁ ≈ 0.629")


def test_two_softmaxes_and_a_node_named_p_are_told_apart():
    zs = [Value(1.0, "p"), Value(2.0, "z")]
    assert trace(nn.cross_entropy(zs, 0))[-1].startswith("      p1 = softmax(p, z), and t1₀ = 1")
    two = "\n".join(trace(nn.cross_entropy(zs, 0) + nn.cross_entropy(zs, 1)))
    assert "p1₀ − t1₀" in two
    assert "p2₀ − t2₀" in two


@pytest.mark.parametrize("rule", [r for r in RULES.values() if isinstance(r, FormulaRule)], ids=str)
def test_every_rule_has_a_reason_in_every_notation(rule):
    for point in rule.points:
        if rule.name in ("identity", "where"):
            continue
        y = at_point(rule, point) if rule.function else None
        for slot in range(len(y.parents) if y is not None else 0):
            names = display_names(y)  # pyright: ignore[reportArgumentType]
            for style in (LATEX, MATHML):
                assert reason(y, slot, names, style).letters  # pyright: ignore[reportArgumentType]
            assert said(y, slot).startswith(symbol(y, slot, names))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("y", "left", "right"),
    [
        (Value(0.0).relu(), 0.0, 1.0),
        (Value(0.0).abs(), -1.0, 1.0),
        (Value(0.0).leaky_relu(0.1), 0.1, 1.0),
        (Value(0.0).elu(2.0), 2.0, 1.0),
        (Value(0.0).hypot(0.0), -1.0, 1.0),
        (autograd.maximum(Value(2.0), 2.0), 0.0, 1.0),
        (autograd.minimum(Value(-7.5), -7.5), 1.0, 0.0),
        (autograd.clip(Value(1.0), 1.0, 2.0), 0.0, 1.0),
        (autograd.clip(Value(2.0), 1.0, 2.0), 1.0, 0.0),
    ],
)
def test_at_a_corner_both_slopes_are_known(y, left, right):
    found = kink(y, 0)
    assert found
    assert (found.left, found.right, found.jumps) == (left, right, False)


@pytest.mark.parametrize(
    "y", [Value(3.0).floor(), Value(0.0).sign(), Value(2.5).round(), Value(0.0).atan2(-1.0)]
)
def test_a_jump_is_told_from_a_corner(y):
    found = kink(y, 0)
    assert found
    assert found.jumps


@pytest.mark.parametrize("rule", [r for r in RULES.values() if isinstance(r, FormulaRule)], ids=str)
def test_no_kink_is_seen_at_ordinary_points(rule):
    for point in rule.points:
        if rule.function and rule.name not in STEPS | {"where", "identity"}:
            y = at_point(rule, point)
            assert not any(kink(y, slot) for slot in range(len(y.parents)))


@pytest.mark.parametrize("y", [Value(0.0).elu(), Value(0.0).softsign(), Value(0.0) ** 2, Value(0.0).gelu()])
def test_what_is_smooth_at_zero_has_no_kink(y):
    assert kink(y, 0) is None


def test_explain_and_a_printed_step_say_that_there_is_a_corner():
    x = Value(0.0, "x")
    y = x.relu()
    words = "x is at a corner of relu: slope 0 to the left, 1 to the right; 0 is the convention here"
    assert trace(y)[-1] == f"    {words}"
    assert str(list(backward_steps(y))[-1]).endswith(words)
    assert "x is at a jump of floor" in trace(x.floor())[-1]


def random_root(seed_kinds: list[str], numbers: list[float]) -> Value:
    nodes = [Value(x) for x in numbers]
    for i, kind in enumerate(seed_kinds):
        nodes.append(GROW[kind](nodes[i % len(nodes)], nodes[-1]))
    return nodes[-1]


@settings(deadline=None)
@given(programs())
def test_no_symbol_has_two_values(root):
    names = display_names(root)
    assert len(set(names.values())) == len(names)
    told = Narration(names)
    values: dict[str, float] = {}
    for each in backward_steps(root):
        if each.slot is not None:
            local = symbol(each.node, each.slot, names)
            assert local in told.product(each)
            assert values.setdefault(local, each.local or 0.0) == each.local


@pytest.mark.parametrize("names", [["w"] * 4, ["v3", "v4", "v3", "h"], ["Δ", "∂", "d", "L"]])
def test_names_that_collide_are_told_apart(names):
    a, b, c, d = (Value(i + 1.5, name) for i, name in enumerate(names))
    shown = display_names(a * b + c * d)
    assert len(set(shown.values())) == len(shown)


def test_made_up_names_are_defined_where_they_are_used():
    x = Value(2.0)
    y = autograd.sum([x * 3.0 for _ in range(9)])
    lines = trace(y)
    used = set(re.findall(r"\bv\d+", "\n".join(lines)))
    assert used <= {line.replace("where", "").split(" = ")[0].strip() for line in lines if " = " in line}
    last = str(list(backward_steps(y))[-1])
    assert "where v1 = 2" in last


def test_a_folded_box_says_what_its_parameters_receive():
    mlp = nn.MLP([2, 3, 1], seed=1)
    cost = (mlp([0.5, -1.0])[0] - 1.0) ** 2
    lines = step(cost, fold="neuron").trace()
    cost.backward()
    for parameter in mlp.parameters():
        (line,) = [line for line in lines if line.strip().startswith(f"{parameter.label}.grad +=")]
        assert line.endswith(f"0 → {short_number(parameter.grad)}")
    through = [line for line in lines if "through layer 2/neuron 1" in line]
    assert len(through) == 3


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(sorted(GROW)), min_size=1, max_size=10), st.integers(0, 100))
def test_what_is_said_of_a_step_is_what_finite_differences_find(kinds, seed):
    """A local derivative against the operation alone, its other operands (and its other uses) held still."""
    chance = [math.sin(seed + i) * 2 for i in range(3)]
    root = random_root(kinds, chance)
    for node in topological_order(root):
        for slot, local in enumerate(node.local_derivatives):
            if node.op == "where" or kink(node, slot):
                continue
            place = [i for i, x in enumerate(node.operands) if isinstance(x, Value)][slot]
            numbers = [x.data if isinstance(x, Value) else x for x in node.operands]
            h = 1e-6 * max(1.0, abs(numbers[place] or 0.0))
            up, down = (
                node.rule.evaluate(*numbers[:place], numbers[place] + s * h, *numbers[place + 1 :])
                for s in (1, -1)
            )
            assert (up - down) / (2 * h) == pytest.approx(local, rel=1e-4, abs=1e-6)
