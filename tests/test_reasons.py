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
from autograd import Value, backward_steps, explain, step, topological_order
from autograd.rules import RULES, ListRule
from autograd.table.row import FormulaRule
from autograd.text.kinks import kink, kinks_above
from autograd.text.mathematics import LATEX, MATHML
from autograd.text.names import applied_to, display_names, written_name
from autograd.text.narration import Narration
from autograd.text.numbers import short_number
from autograd.text.reasons import reason, symbol

STEPS = {"floor", "ceil", "round", "floordiv", "mod", "heaviside"}  # whose points include jumps


def steps_of(y: Value, names: dict[str, object] | None = None) -> list[str]:
    return explain(y, names).splitlines()


def at_point(rule: FormulaRule, point: tuple[float, ...]) -> Value:
    """The operation at a point of its row; leading operands that are whole numbers stay numbers."""
    whole = getattr(rule, "index_operands", 0)
    assert rule.function
    return rule.function(*map(int, point[:whole]), *map(Value, point[whole:]))


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def said(y: Value, slot: int = 0) -> str:
    names, local = display_names(y), short_number(y.local_derivatives[slot])
    return f"{symbol(y, slot, names)} {reason(y, slot, names).chain(local)}"


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
    assert steps_of(cost)[-2:] == [
        "where v4 = log(exp(z0) + exp(z1) + exp(z2)) − z2",
        "      p = softmax(z0, z1, z2), so p₀ = exp(z0) / (exp(z0) + exp(z1) + exp(z2)) and likewise the "
        "others; t₂ = 1 for the target, class 2 (z2); every other t is 0",
    ]
    w, x, b = Value(-3.0, "w"), Value(2.0, "x"), Value(1.0, "b")
    y = autograd.dot([w], [x], b)
    assert [said(y, slot) for slot in range(3)] == ["∂v4/∂w = x = 2", "∂v4/∂x = w = −3", "∂v4/∂b = 1"]
    assert said(autograd.softmax(zs)[1], 0).endswith("·(−p₀) = 0.629·(−0.231) ≈ −0.145")
    assert said(autograd.logsumexp(zs), 1).endswith(" = p₁ ≈ 0.629")


def test_two_softmaxes_and_a_node_named_p_are_told_apart():
    zs = [Value(1.0, "p"), Value(2.0, "z")]
    last = steps_of(nn.cross_entropy(zs, 0))[-1]
    assert last.startswith("      p1 = softmax(p, z), so p1₀ = exp(p) / (exp(p) + exp(z)) and likewise")
    assert "; t1₀ = 1 for the target, class 0 (p)" in last
    two = "\n".join(steps_of(nn.cross_entropy(zs, 0) + nn.cross_entropy(zs, 1)))
    assert "p1₀ − t1₀" in two
    assert "p2₀ − t2₀" in two


EXTREMES = {"max": max, "min": min}


def value_of_text(text: str, numbers: dict[str, float]) -> float:
    """A printed formula, evaluated: `exp(x0) / (exp(x0) + exp(x1))`, `p₀ − t₀`."""
    text = text.translate(str.maketrans("₀₁₂₃", "0123"))
    for shown, python in {"·": "*", "−": "-", "²": "**2", "√": "sqrt"}.items():
        text = text.replace(shown, python)
    functions = {name: getattr(math, name) for name in ("exp", "log", "sqrt")}
    return eval(text, functions | {name: lambda *xs, f=f: f(xs) for name, f in EXTREMES.items()}, numbers)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if isinstance(r, ListRule)], ids=lambda r: r.name)
@pytest.mark.parametrize("numbers", [(2.0, -3.0, 0.5), (1.5, 1.5), (-1.0, 4.0, 4.0, 0.25), (3.0,)], ids=str)
def test_a_rule_of_lists_is_written_out_and_true(rule, numbers):
    """The value and each local derivative, as printed with the items of the lists, give the numbers."""
    lists = [[Value(x + k, f"{name}{i}") for i, x in enumerate(numbers)] for k, name in enumerate(rule.lists)]
    chosen, rest = (
        [0.0] * rule.index_operands,
        [Value(0.75, "s")] * (len(rule.arguments) - rule.index_operands - len(rule.lists)),
    )
    y = rule(*chosen, *(x for one in lists for x in one), *rest)
    y.label = "y"
    names = display_names(y)
    known = {node.label: node.data for node in topological_order(y)}
    softmax = [math.exp(x) / sum(map(math.exp, numbers)) for x in numbers]
    known |= {f"p{i}": p for i, p in enumerate(softmax)}
    known |= {f"t{i}": float(i == 0) for i in range(len(numbers))}
    shown = applied_to(y, lambda node: written_name(node, names)).text
    assert value_of_text(shown, known) == pytest.approx(y.data, rel=1e-12)
    for slot, local in enumerate(y.local_derivatives):
        found = reason(y, slot, names)
        assert value_of_text(found.letters, known) == pytest.approx(local, rel=1e-9)
        if found.condition:
            assert eval(found.condition.replace(" = ", " == "), {}, known)


def test_a_long_rule_of_lists_shows_its_beginning_and_its_end():
    xs = [Value(i + 1.0, f"x{i}") for i in range(9)]
    assert said(autograd.prod(xs), 1) == "∂v10/∂x1 = x0·x2·x3·x4·…·x8 = 1·3·4·5·…·9 = 181440"
    assert steps_of(autograd.mean(xs))[-1] == "where v10 = (x0 + x1 + x2 + x3 + … + x8) / 9"


def test_a_maximum_says_which_operand_it_is():
    x, z = Value(2.0, "x"), Value(3.0, "z")
    assert [said(autograd.max([x, z]), slot) for slot in (0, 1)] == [
        "∂v3/∂x = 0 (x < v3)",
        "∂v3/∂z = 1 (z = v3)",
    ]
    tied = steps_of(autograd.min([z, 3.0 * Value(1.0, "one")]))
    assert any(line.endswith("= 1 / 2 = 0.5 (z = v4)") for line in tied)
    assert (
        "    z is at a corner of min: slope 1 to the left, 0 to the right; 0.5 is the convention here" in tied
    )


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


def test_all_gradients_above_a_kink_are_ones_by_convention():
    x, w = Value(0.0), Value(3.0)
    above = x * 2.0
    corner = above.relu()
    assert kinks_above(topological_order(corner * w + w)) == {above: (corner, 0), x: (corner, 0)}


@pytest.mark.parametrize("y", [Value(0.0).elu(), Value(0.0).softsign(), Value(0.0) ** 2, Value(0.0).gelu()])
def test_what_is_smooth_at_zero_has_no_kink(y):
    assert kink(y, 0) is None


def test_explain_and_a_printed_step_say_that_there_is_a_corner():
    x = Value(0.0, "x")
    y = x.relu()
    words = "x is at a corner of relu: slope 0 to the left, 1 to the right; 0 is the convention here"
    assert steps_of(y)[-1] == f"    {words}"
    assert str(list(backward_steps(y))[-1]).endswith(words)
    assert "x is at a jump of floor" in steps_of(x.floor())[-1]


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
    lines = steps_of(y)
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
        assert f"0 → {short_number(parameter.grad)}   ∂" in line
    through = [line for line in lines if "through layer 2/neuron 1" in line]
    assert [line.split("   ")[-2].strip() for line in through] == [
        f"∂z²₁/∂a¹{k} = w²₁,{k} ≈ {short_number(w.data)}"
        for k, w in zip("₁₂₃", mlp.layers[1].neurons[0].w, strict=True)
    ]


def test_a_step_through_a_box_says_what_its_inside_multiplies_and_adds():
    a, x = Value(0.5, "a"), Value(-1.0, "x")
    with autograd.scope("box"):
        z = a * x + a
        y = z.tanh()
        z.label, y.label = "z", "y"
    lines = step(y * 2.0 + x, fold=True).trace()
    (line,) = [line for line in lines if line.endswith("through box")]
    assert "∂y/∂x = ∂y/∂(a·x)·∂(a·x)/∂x = 1 × 0.5 = 0.5" in line
    with autograd.scope("two"):
        c, d = x * 3.0, x * x
        c.label, d.label = "c", "d"
    lines = step(c + d + x, fold=True).trace()
    assert lines[-1].endswith("through two")
    assert (
        "Σ = c.grad·∂c/∂x + d.grad·∂d/∂x⁽¹⁾ + d.grad·∂d/∂x⁽²⁾ = 1 × 3 + 1 × (−1) + 1 × (−1) = 1 " in lines[-1]
    )


def test_what_a_box_uses_itself_of_its_outputs_counts():
    """c goes into the output, and inside the box into d: its gradient is complete after both."""
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    with autograd.scope("box"):
        c = a * b
        d = c * c + a
        c.label, d.label = "c", "d"
    cost = d * 2.0 + c * 5.0
    stepper = step(cost, fold=True)
    cost.backward()
    received = {"c": 0.0, "a": 0.0, "b": 0.0}
    for line in stepper.trace():
        name, _, rest = line.strip().partition(".grad += ")
        if name in received:
            before, after = (number(end) for end in re.findall(r"(\S+) → (\S+)", rest)[0])
            assert before == received[name]
            received[name] = after
    assert received == {"c": c.grad, "a": a.grad, "b": b.grad}
    assert "    d.grad is complete; inside its box:" in stepper.trace()  # which is the last to come
    model = stepper.model()
    gains = {key: value for done in model["steps"] for key, value in done["gains"].items()}
    by_name = {node["label"]: gains.get(node["id"]) for node in model["nodes"]}
    assert (by_name["c"], by_name["a"], by_name["b"]) == (c.grad, a.grad, b.grad)
    into_c = [done for done in model["steps"] if done.get("to") == model["nodes"][2]["id"]]
    assert all(done["nth"] < done["of"] for done in into_c)


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
