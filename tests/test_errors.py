"""The text of an error, where it points, and that nothing has changed after it."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_graph import programs

import autograd
import autograd.nodes.errors
import nn
from autograd import DivisionError, DomainError, RangeError, Value, backward_steps, topological_order
from autograd.nodes import modes, scopes

HERE = Path(__file__).name


def line_of(text: str) -> int:
    """The number of the line of the calling function that ends with `# text`."""
    caller = inspect.currentframe().f_back.f_code
    lines, first = inspect.getsourcelines(caller)
    return first + next(i for i, line in enumerate(lines) if line.rstrip().endswith(f"# {text}"))


def test_an_operation_error_names_operation_operands_labels_numbers_and_line():
    w = Value(-1.5, "w")
    with pytest.raises(DomainError) as caught:
        w.log()  # here
    message = str(caught.value)
    assert message.startswith("log(w = -1.5) needs x > 0")
    assert 'errstate("ieee")' in message
    assert f"{HERE}:{line_of('here')}: w.log()  # here" in message


def test_the_line_is_the_users_through_methods_functions_operators_and_lists():
    x = Value(0.0, "x")
    mlp = nn.MLP([1, 1], activation="identity", seed=0)
    mlp.parameters()[0].data = 1e308
    for attempt in (
        lambda: x.log(),  # 0
        lambda: autograd.log(x),  # 1
        lambda: 1 / x,  # 2
        lambda: x**-1,  # 3
        lambda: autograd.sum([Value(1e308), Value(1e308)]),  # 4
        lambda: autograd.where(True, lambda: x.log(), 0),  # 5
        lambda: mlp([1e308]),  # 6
        lambda: autograd.log(0),  # 7
    ):
        with pytest.raises((DomainError, RangeError)) as caught:
            attempt()
        line = str(caught.value).rsplit("\n  at ", 1)[1]
        assert line.startswith(f"{__file__}:{attempt.__code__.co_firstlineno}: ")


def test_the_line_is_the_users_where_the_package_is_reached_by_a_symbolic_link(tmp_path):
    try:
        (tmp_path / "link").symlink_to(Path(autograd.__file__).parent.parent, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make symbolic links")
    script = tmp_path / "users.py"
    script.write_text(
        "import sys; sys.path[0] = 'link'; import autograd\nautograd.log(0.0)\n", encoding="utf-8"
    )
    run = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert f"{script}:2: autograd.log(0.0)" in run.stderr.rsplit("\n  at ", 1)[1]


@pytest.mark.parametrize(
    ("make", "kind", "also"),
    [
        (lambda: 1 / Value(0.0), DivisionError, ZeroDivisionError),
        (lambda: Value(0.0) ** -1, DivisionError, ZeroDivisionError),
        (lambda: Value(-1.0).sqrt(), DomainError, ValueError),
        (lambda: Value(-1.0).log(), DomainError, ArithmeticError),
        (lambda: Value(1000.0).exp(), RangeError, OverflowError),
        (lambda: Value(1e200) * 1e200, RangeError, OverflowError),
    ],
)
def test_errors_are_caught_as_the_ones_of_floats_are(make, kind, also):
    with pytest.raises(also) as caught:
        make()
    assert type(caught.value) is kind


def test_the_message_gives_the_reason_that_holds():
    infinity = Value(float("inf"))
    for make, reason in (
        (lambda: infinity / infinity, "div(inf, inf) has no value there"),
        (lambda: infinity - infinity, "sub(inf, inf) has no value there"),
        (lambda: Value(1.0) + float("nan"), "add(1.0, nan) is given nan"),
        (lambda: Value(8.0) / 0, "div(8.0, 0.0) needs a divisor other than 0"),
        (lambda: Value(5e-324) ** -1, "pow(5e-324, -1.0): the result is too large for a float"),
    ):
        with pytest.raises((DomainError, RangeError)) as caught:
            make()
        assert reason in str(caught.value)


def test_long_lists_and_hostile_labels_make_short_messages():
    xs = [Value(1e308, f"x{i}") for i in range(1000)]
    hostile = Value(0.0, "a\n\x1b[31m" + 1_000_000 * "b")
    for make, part in (
        (lambda: autograd.sum(xs), "x9 = 1e+308, … 990 more)"),
        (hostile.log, r"'a\n\x1b[31mbbb"),
    ):
        with pytest.raises((DomainError, RangeError)) as caught:
            make()
        message = str(caught.value)
        assert part in message
        assert len(message) < 600
        assert "\x1b" not in message


def test_the_error_carries_a_node_of_its_own_that_can_be_drawn():
    x = Value(-4.0, "x")
    y = x * 2
    with pytest.raises(DomainError) as caught:
        y.sqrt()
    node = caught.value.node
    assert node.op == "sqrt"
    assert node.parents == (y,)
    assert "√" in autograd.draw(node).source  # pyright: ignore[reportArgumentType]
    y.backward()
    assert node.grad == 0.0


def test_a_backward_error_names_the_step_and_says_how_to_find_the_line():
    x = Value(0.0, "x")
    root = x.sqrt()
    y = root * 0.0
    with pytest.raises(DomainError) as caught:
        y.backward()
    message = str(caught.value)
    assert "through sqrt(x = 0.0), gives nan" in message
    assert "x.grad += " in message
    assert "0 × ∞ = nan" in message
    assert "record_lines()" in message
    assert caught.value.node is root


def test_under_record_lines_a_backward_error_shows_the_line():
    with autograd.record_lines():
        x = Value(0.0, "x")
        y = x.sqrt() * 0.0  # here
    with pytest.raises(DomainError) as caught:
        y.backward()
    assert f"{HERE}:{line_of('here')}: " in str(caught.value)


def test_record_lines_keeps_a_line_for_every_node():
    with autograd.record_lines():
        x = Value(2.0)  # leaf
        y = 3 * x  # binary
        z = autograd.dot([x, y], [y, 1.0])  # list
        w = autograd.where(x > 0, y, z)  # branch
    for node, text in ((x, "leaf"), (y, "binary"), (z, "list"), (w, "branch")):
        assert node.line.startswith(f"{__file__}:{line_of(text)}: ")
    assert (x * y).line == ""


def test_a_file_beside_the_package_with_a_similar_name_is_the_users():
    beside = f"{Path(autograd.__file__).parent}_lesson.py"
    with pytest.raises(DomainError, match=r"autograd_lesson\.py:1"):
        exec(compile("Value(0.0).log()", beside, "exec"), {"Value": Value})


def state(roots) -> list[tuple]:
    """Everything about a graph that an error could have changed."""
    return [
        (
            *(id(node), node.data, node._grad, node.label, node.rule, node.line, node.scope),
            *(tuple(map(id, node.parents)), node.local_derivatives, tuple(map(id, node.operands))),
        )
        for node in topological_order(*roots)
    ]


BAD = {
    "log of a negative": lambda v: (-(v * v) - 1).log(),
    "division by zero": lambda v: v / (v - v),
    "overflow": lambda v: (v * v + 1000).exp(),
    "text": lambda v: v + "s",
    "None": lambda v: autograd.maximum(v, None),  # pyright: ignore[reportArgumentType, reportCallIssue]
    "a list": lambda v: autograd.sum([v, [v]]),  # pyright: ignore[reportArgumentType, reportCallIssue]
    "lengths": lambda v: autograd.dot([v, v], [1.0]),
    "target": lambda v: autograd.cross_entropy([v, v], 2),
    "complex": lambda v: v * 1j,
    "data of a result": lambda v: setattr(v * 2, "data", 3.0),
    "label": lambda v: Value(1.0, label=v),
    "nan": lambda v: setattr(v, "grad", float("nan")),
    "text as gradient": lambda v: setattr(v, "grad", "1"),
    "0 · inf": lambda v: (0.0 * (v - v).sqrt() + v).backward(),
    "overflow backward": lambda v: (((v - v + 1e-200) * 1e200) * 1e200 * 1e-200 * 1e200).backward(),
    "0 · inf, stepwise": lambda v: list(backward_steps(0.0 * (v - v).sqrt())),
    "0 · inf, explained": lambda v: autograd.explain(0.0 * (v - v).sqrt() + v),
}


@pytest.mark.parametrize("kind", [kind for kind in BAD if kind != "0 · inf, stepwise"])
@given(root=programs(), passes=st.integers(0, 2))
def test_after_an_error_everything_is_as_before(kind, root, passes):
    for _ in range(passes):
        root.backward()
    root.label = "root"
    before = state([root])
    with pytest.raises((ArithmeticError, ValueError, TypeError, AttributeError)):
        BAD[kind](root)
    assert state([root]) == before
    assert not modes.active_modes
    assert not scopes.open_scopes


@given(root=programs())
def test_after_a_failed_or_abandoned_stepwise_pass_a_full_pass_is_right(root):
    root.backward()
    expected = [node.grad for node in topological_order(root)]
    root.zero_grad()
    with pytest.raises(DomainError):
        BAD["0 · inf, stepwise"](root)
    steps = backward_steps(root)
    next(steps)
    steps.close()  # pyright: ignore[reportAttributeAccessIssue]
    root.zero_grad()
    root.backward()
    assert [node.grad for node in topological_order(root)] == expected


def test_an_interrupt_in_the_middle_restores_every_gradient(monkeypatch):
    x = Value(3.0, "x")
    y = (x * x).tanh() * x
    y.backward()
    before = state([y])

    def interrupted(*_):
        x._grad = 99.0
        raise KeyboardInterrupt

    monkeypatch.setattr(autograd.graph, "core", None)  # whose pass cannot be interrupted
    monkeypatch.setattr(autograd.graph, "_add_gradients", interrupted)
    with pytest.raises(KeyboardInterrupt):
        y.backward()
    assert state([y]) == before


def interrupted_at(instruction, run):
    """Run with an interrupt before that instruction of graph.py's; whether it came to that."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if frame.f_code.co_filename != autograd.graph.__file__:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            count += 1
            if count == instruction:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        run()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.parametrize("inputs", [1.0, 0.0], ids=["a plain pass", "a pass that is looked at again"])
def test_an_interrupt_at_any_instruction_leaves_one_pass_or_the_other(monkeypatch, inputs):
    monkeypatch.setattr(autograd.graph, "core", None)  # whose pass cannot be interrupted

    def graph():
        x = Value(inputs, "x")
        return x * autograd.sqrt(x) if inputs else x + autograd.sqrt(x)  # of infinite slope at 0

    def gradients(y):
        return [node._grad for node in topological_order(y)]

    finished = graph()
    begun = gradients(finished)
    finished.backward()
    interrupted_at(0, graph().backward)  # never; Python 3.12 traces instructions from the second run on
    instruction, y = 1, graph()
    while interrupted_at(instruction, y.backward):
        assert gradients(y) in (begun, gradients(finished)), instruction
        instruction, y = instruction + 1, graph()
    assert instruction > 200
    assert gradients(y) == gradients(finished)


def test_blocks_are_left_on_errors():
    for block in (
        autograd.errstate("ieee"),
        autograd.no_grad(),
        autograd.record_lines(),
        autograd.scope("s"),
    ):
        with pytest.raises(RuntimeError, match="inside"), block:
            raise RuntimeError("inside")
    y = Value(2.0) * 3
    assert y.parents
    assert (y.line, y.scope) == ("", None)
    with pytest.raises(DomainError):
        Value(0.0).log()


@pytest.mark.parametrize("folder", ["/tmp/ipykernel_123/", "C:\\Users\\me\\Temp\\ipykernel_123\\"])
def test_a_cell_of_a_notebook_is_named_without_the_file_of_its_kernel(folder):
    """The kernel invents that file for each run; no reader can open it."""
    code = compile("\nlog(Value(-1.0))", f"{folder}456.py", "exec")
    with pytest.raises(DomainError) as caught:
        exec(code, {"log": autograd.log, "Value": Value})
    assert str(caught.value).endswith("\n  at <cell>:2")


def test_infinity_flows_on_from_a_pole_and_is_refused_where_finite_factors_overflow():
    x = Value(0.0)
    autograd.sqrt(2.0 * x).backward()
    assert x.grad == float("inf")
    x = Value(1e-300)
    with pytest.raises(RangeError, match=r"through mul\(.*\), overflows:"):
        (1e200 * (1e200 * x)).backward()
    assert x.grad == 0.0


def test_no_division_fails_outside_a_domain():
    with pytest.raises(autograd.DomainError) as caught:
        Value(-1.0).sqrt()
    assert type(caught.value) is autograd.DomainError
    with pytest.raises(autograd.DivisionError):
        _ = Value(0.0) ** -1
