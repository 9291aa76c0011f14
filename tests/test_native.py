"""The native core does what the Python that it stands for does, to the last bit, and no more than that."""

from __future__ import annotations

import copy
import gc
import inspect
import math
import operator
import os
import pickle
import shutil
import subprocess
import sys
import threading
import weakref
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import autograd.graph
from autograd import RULES, FormulaRule, ListRule, Value, topological_order
from autograd.functional import linearization
from autograd.native import core
from autograd.native.programs import program
from autograd.nodes.methods import Methods
from autograd.operations import functions
from autograd.table.row import FLOATS

ROOT = Path(__file__).parent.parent
PACKAGE = Path(autograd.__file__).parent
pytestmark = pytest.mark.skipif(core is None, reason="no native core: not built, or STEPGRAD_PURE is set")

OPERATORS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow", "//": "floordiv", "%": "mod"}
NUMBERS = st.one_of(
    st.floats(-3.0, 3.0),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 20.0, 40.0, 700.0, -745.0, 1e15, 1e308, 5e-324]),
)
ODD = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([10**400, True, Fraction(1, 3), np.float64(0.5), None, "1"]),
    st.sampled_from([math.inf, -math.inf, math.nan]),
)


def python_of(function: Any) -> Any:
    """The Python function that an operation of the core stands for."""
    return getattr(function, "__wrapped__", function)


def forms() -> dict[str, tuple[int, Any, Any]]:
    """Every way to call an operation on one or two operands: their number, natively, and in Python."""
    found: dict[str, tuple[int, Any, Any]] = {}
    for name, rule in RULES.items():
        if not isinstance(rule, FormulaRule) or rule.index_operands or len(rule.operands) > 2:
            continue
        if rule.operator in OPERATORS:
            found[rule.operator] = (2, getattr(operator, OPERATORS[rule.operator]), binary(rule.operator))
        if hasattr(functions, name):
            function = getattr(functions, name)
            found[name] = (len(rule.operands), function, python_of(function))
    found["-x"] = (1, operator.neg, lambda x: python_of(Value.__neg__)(x) if isinstance(x, Value) else -x)
    found["|x|"] = (
        1,
        operator.abs,
        lambda x: python_of(Value.__abs__)(x) if isinstance(x, Value) else abs(x),
    )
    return found


def binary(sign: str) -> Any:
    """The operator by Python's protocol, on the functions in Python."""

    def call(a: Any, b: Any) -> Any:
        name = OPERATORS[sign]
        if isinstance(a, Value):
            result = python_of(getattr(Value, f"__{name}__"))(a, b)
        else:
            result = python_of(getattr(Value, f"__r{name}__"))(b, a)
        if result is NotImplemented:
            raise TypeError("not an operand")
        return result

    return call


FORMS = forms()
LISTS = [name for name, rule in RULES.items() if isinstance(rule, ListRule)]


def bits(number: float | None) -> str:
    """A number exactly; one nan is as good as another."""
    return "None" if number is None else "nan" if number != number else number.hex()


def call_list(name: str, items: list[Any]) -> Any:
    if name == "dot":
        half = len(items) // 2
        return autograd.dot(items[:half], items[half : 2 * half], items[-1])
    if name == "cross_entropy":
        return autograd.cross_entropy(items, len(items) // 2)
    result = getattr(functions, name)(items)
    return result[-1] if isinstance(result, list) else result


def outcome(call: Any, *operands: Any) -> Any:
    """The result, or the error: its class, and its message without the line of the call."""
    try:
        return call(*operands)
    except Exception as error:
        message = str(error)
        if isinstance(error, TypeError) and ": operand" not in message:
            return "TypeError"  # of Python's protocol for operators
        return f"{type(error).__name__}: {message.splitlines()[0]}"


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[float], list[tuple[str, list[Any]]]]:
    """Leaves, and steps: an operation and its operands, which are numbers of earlier nodes or constants."""
    leaves = draw(st.lists(NUMBERS, min_size=1, max_size=4))
    steps: list[tuple[str, list[Any]]] = []
    for _ in range(draw(st.integers(1, 15))):
        name = draw(st.sampled_from([*FORMS, *LISTS]))
        count = FORMS[name][0] if name in FORMS else draw(st.integers(1, 5))
        node = st.tuples(st.just("node"), st.integers(0, 30))
        constant = st.tuples(st.just("constant"), st.one_of(NUMBERS, ODD))
        operands = [draw(node), *(draw(st.one_of(node, constant)) for _ in range(count - 1))]
        steps.append((name, draw(st.permutations(operands))))
    return leaves, steps


def run(leaves: list[float], steps: list[tuple[str, list[Any]]], natively: bool) -> list[Any]:
    """All that can be seen of a program's graph, and of backward passes from its last nodes."""
    nodes = [Value(number) for number in leaves]
    seen: list[Any] = []
    for name, operands in steps:
        given = [nodes[at % len(nodes)] if kind == "node" else at for kind, at in operands]
        if name in FORMS:
            made = outcome(FORMS[name][1 if natively else 2], *given)
        else:
            made = outcome(call_list, name, given)
        if isinstance(made, Value):
            nodes.append(made)
        else:
            seen.append(bits(made) if isinstance(made, float) else made)
    place = {id(node): i for i, node in enumerate(nodes)}
    for root in nodes[-3:]:
        order = topological_order(root)
        seen.append([place[id(node)] for node in order])
        seen.append(outcome(root.backward))
        seen += [bits(node._grad) for node in nodes]
    for node in nodes:
        operands = [place.get(id(o), o) if isinstance(o, Value) else bits(o) for o in node.operands]
        parents = [place[id(parent)] for parent in node.parents]
        seen.append((node.op, bits(node.data), [*map(bits, node.local_derivatives)], operands, parents))
    return seen


@settings(deadline=None, max_examples=300)
@given(programs())
def test_random_programs_are_the_same_to_the_last_bit(made):
    leaves, steps = made
    natively = run(leaves, steps, natively=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograd.graph, "core", None)
        assert run(leaves, steps, natively=False) == natively


@settings(deadline=None, max_examples=200)
@given(programs())
def test_gradients_of_functions_are_the_same_to_the_last_bit(made):
    leaves, steps = made
    kept: list[Value] = []

    def f(*inputs: Value) -> Value:
        nodes = [*inputs]
        for name, operands in steps:
            given = [nodes[at % len(nodes)] if kind == "node" else at for kind, at in operands]
            result = outcome(FORMS[name][1], *given) if name in FORMS else outcome(call_list, name, given)
            nodes += [result] if isinstance(result, Value) else []
        inputs[0].grad = 2.0
        kept[:] = nodes
        return nodes[-1]

    def found() -> Any:
        gradient = outcome(autograd.grad(f, tuple(range(len(leaves)))), *leaves)
        assert [node.grad for node in kept] == [2.0] + [0.0] * (len(kept) - 1)
        return [*map(bits, gradient)] if isinstance(gradient, tuple) else gradient

    natively = found()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(autograd.graph, "core", None)
        patch.setattr(linearization, "core", None)
        assert found() == natively


# Functions that `math` does more for than call the C library, or that are Python's own.
IN_PYTHON = {
    *("hypot", "floor", "ceil", "round", "floordiv", "mod", "atan2"),
    *("lgamma", "digamma", "polygamma", "erfinv"),
}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if isinstance(rule, FormulaRule)])
def test_a_row_is_native_unless_it_calls_a_function_of_pythons_own(name):
    rule = RULES[name]
    assert isinstance(rule, FormulaRule)
    calls = rule.value.functions.union(*(partial.functions for partial in rule.partials))
    assert (program(rule, core) is None) == bool(({name} | calls) & IN_PYTHON)


@pytest.mark.parametrize("name", sorted(core.FUNCTIONS if core else ()))
@settings(deadline=None, max_examples=200)
@given(x=NUMBERS)
def test_functions_of_the_c_library_are_those_of_math(name, x):
    [row] = [row for row, function in FLOATS.items() if function is getattr(math, name)]
    natively = outcome(getattr(functions, row), Value(x))
    try:
        expected = getattr(math, name)(x)
    except (ValueError, OverflowError):
        assert isinstance(natively, str)
    else:
        assert bits(natively.data) == bits(expected)


def test_readers_see_the_python():
    assert "y = a_data + b_data" in inspect.getsource(Value.__add__)
    assert "_tanh(x_data)" in inspect.getsource(autograd.tanh)
    assert "b_data * _pow(" in inspect.getsource(autograd.pow)
    assert list(inspect.signature(Value.leaky_relu).parameters) == ["x", "slope"]
    assert Value.tanh.__doc__ == python_of(Value.tanh).__doc__
    assert Value.tanh.__qualname__ == "Value.tanh"
    assert repr(Value.tanh) == repr(python_of(Value.tanh))
    assert pickle.loads(pickle.dumps(autograd.tanh)) is autograd.tanh is copy.deepcopy(autograd.tanh)
    assert weakref.ref(autograd.tanh)() is autograd.tanh
    x = Value(0.5)
    assert x.tanh.__self__ is x
    assert x.tanh().data == math.tanh(0.5)
    assert isinstance(autograd.__native__, bool)


def test_whoever_replaces_an_operator_is_heard(monkeypatch):
    a, b = Value(2.0), Value(3.0)
    for holder in (Value, Methods):
        with monkeypatch.context() as patch:
            patch.setattr(holder, "__add__", lambda self, other: "replaced")
            assert a + b == "replaced"
        assert (a + b).data == 5.0
    with monkeypatch.context() as patch:
        patch.setattr(Value, "__rsub__", lambda self, other: "replaced")
        assert 1.0 - a == "replaced"
        assert (a - 1.0).data == 1.0
    assert (1.0 - a).data == -1.0


def test_subclasses_keep_their_own_operators():
    class Loud(Value):
        def __radd__(self, other) -> Any:
            return "loud"

        def __mul__(self, other) -> Any:
            return "louder"

    a: Any = Value(2.0)
    b: Any = Loud(3.0)
    assert a + b == "loud"
    assert b * a == "louder"
    assert (a * b).data == 6.0
    assert (b + a).parents == (b, a)
    assert type(-b) is Value
    b.note = "kept"
    assert copy.copy(b).note == "kept"
    autograd.sum([a * b, b]).backward()
    assert (a.grad, b.grad) == (3.0, 3.0)


def test_the_protocol_for_operators_is_pythons():
    class Other:
        def __radd__(self, other):
            return "other"

        def __rpow__(self, other):
            return "power"

    x: Any = Value(2.0)
    assert x + Other() == "other"
    assert x ** Other() == "power"
    for call in (lambda: x + "1", lambda: "1" + x, lambda: [] * x, lambda: pow(x, 2, 3), lambda: x + None):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError):
        x.leaky_relu(0.1, 0.2)
    with pytest.raises(TypeError):
        x.tanh(1.0)
    assert x.leaky_relu(slope=Value(0.1)).data == 2.0
    assert RULES["maximum"].function(x, 1.0, 5.0).data == 5.0
    array: Any = np.array([1.0, 2.0], dtype=object)
    assert [v.data for v in x * array] == [v.data for v in array * x] == [2.0, 4.0]


def test_a_value_that_was_not_initialized_says_so():
    empty = Value.__new__(Value)
    calls = (lambda: empty + 1.0, empty.tanh, lambda: autograd.sum([empty, Value(1.0)]), lambda: empty.data)
    for call in calls:
        with pytest.raises(AttributeError, match="_data"):
            call()


FIELDS = (
    "_data",
    "_grad",
    "_label",
    "d_first",
    "d_second",
    "first",
    "line",
    "rest",
    "rule",
    "scope",
    "second",
)


@pytest.mark.parametrize("name", FIELDS)
def test_fields_take_anything_without_harm(name):
    """No caller outside of the package sets them; one that does must get an answer, not a crash."""
    x, y = Value(2.0), Value(3.0)
    lists = [
        ((x,), (x,), (1.0,)),
        ((x,), (x, y), (1.0,)),
        ((x,), (5,), (1.0,)),
        ((x,), (y,), (1,)),
        (1, 2, 3),
    ]
    things = [None, 1.0, 1, "text", object(), (), *lists, x, y, [x], RULES["add"], {}]
    calls = (topological_order, Value.backward, Value.zero_grad, repr, pickle.dumps, copy.deepcopy)
    for thing in things:
        for node in (x * y, autograd.sum([x, y]), x * 2.0, Value(1.0)):
            outcome(setattr, node, name, thing)
            outcome(getattr, node, name)
            with pytest.raises((TypeError, AttributeError)):
                delattr(node, name)
            for call in calls:
                outcome(call, node)
            outcome(lambda node=node: (node + x).backward())
            outcome(autograd.sum, [node, x])
    fresh = x * y
    fresh.backward()
    assert fresh.data == 6.0


def test_a_failed_search_leaves_no_mark():
    x = Value(2.0)
    middle = x * x
    broken = middle * x
    broken.first = 5.0  # whose derivative is there: Python's search fails, too
    for _ in range(2):
        with pytest.raises(AttributeError):
            topological_order(broken)
    assert topological_order(middle) == [x, middle]
    assert [*map(id, topological_order(middle, x * 1.0))][:2] == [id(x), id(middle)]


def test_the_collector_sees_only_what_may_be_part_of_a_cycle():
    class Text(str):
        __slots__ = ("node",)

    x = Value(2.0, "x")
    with autograd.scope("place"):
        y = autograd.sum([x * x + 1.0, x, 2.0 * x]).tanh()
    for node in topological_order(y):
        assert not gc.is_tracked(node)
    assert not gc.is_tracked(y.first.rest)

    class Sub(Value):
        pass

    assert gc.is_tracked(Sub(1.0) * x)
    assert gc.is_tracked((Sub(1.0) * x) + x)
    assert gc.is_tracked(autograd.sum([Sub(1.0) * x, x]))

    z = Value(3.0)
    label: Any = Text("z")
    z.label = label
    label.node = z * z
    gone = weakref.ref(z)
    del z, label
    gc.collect()
    assert gone() is None


def test_references_are_released():
    """A single reference that is not released would leave a block for every graph."""

    def once() -> None:
        a, b = Value(0.5, "a"), Value(1.5)
        c = (a * b + 1 - a / b) ** 2.0 - (-a).exp() + abs(b) + functions.maximum(a, 2)
        d = autograd.dot([a, b], [c, 1.0], b) + autograd.softmax([a, b, c])[0]
        d.backward()
        topological_order(d, c)
        pickle.loads(pickle.dumps(d))
        for call in (lambda: a / 0.0, lambda: (a - 1.0).log(), lambda: a + "x", lambda: a**10**400):
            outcome(call)

    def blocks(rounds: int) -> int:
        for _ in range(rounds):
            once()
        gc.collect()
        return sys.getallocatedblocks()

    blocks(20)
    before = blocks(20)
    assert blocks(2000) - before < 1000
    assert sys.getrefcount(RULES["add"]) < 1000


@pytest.mark.parametrize("kind", ["binary", "list", "subclass"])
def test_a_million_nodes_are_freed_without_recursion(kind):
    class Sub(Value):
        pass

    def build() -> None:
        x = Sub(1.0) if kind == "subclass" else Value(1.0)
        node = x * 1.0
        for _ in range(1_000_000 if kind == "binary" else 100_000):
            node = autograd.sum([node, 1.0]) if kind == "list" else node + x
        if kind == "binary":
            node.backward()
            assert x.grad == 1_000_001.0
        gone = weakref.ref(node)
        del node
        assert gone() is None

    # Python 3.13 bounds the recursion at 10,000 levels of C, whatever the size of the stack.
    before = threading.stack_size((4096 if sys.version_info[:2] == (3, 13) else 256) * 1024)
    try:
        thread = threading.Thread(target=build)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)


def test_threads_share_a_graph():
    x = Value(0.5)
    shared = (x * x).tanh()
    totals: list[float] = []

    def work() -> None:
        for _ in range(200):
            y = shared * 2.0 + x
            order = topological_order(y)
            assert order[-1] is y
            assert len(order) == 5
            with autograd.errstate("ieee"):
                assert (Value(-1.0).log()).data != 0.0
            totals.append((y + y).data)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert totals == [(shared.data * 2.0 + 0.5) * 2.0] * 800


def test_modes_are_pythons():
    x: Any = Value(0.0, "x")
    with autograd.errstate("ieee"):
        assert (1 / x).data == math.inf
    with autograd.no_grad():
        assert (x + 1).parents == ()
    with autograd.record_lines():
        assert "test_native.py" in (x + 1).line
    with autograd.scope("outer"):
        y = x + 1
        assert y.scope.path == "outer"
        assert autograd.sum([x, y]).scope is y.scope
        assert Value(1.0).scope is y.scope
    assert (x + 1).scope is None
    assert autograd.grad(lambda v: Value(2.0) * v)(3.0) == 2.0


def test_a_backward_pass_that_fails_changes_nothing():
    x = Value(1e-320)
    z = x.log() * 1e300
    before = [(node, node._grad) for node in topological_order(z)]
    with pytest.raises((OverflowError, ArithmeticError)):
        (z * 1e300).backward()
    assert [(node, node._grad) for node in topological_order(z)] == before


def python(code: str, cwd: Path = ROOT, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=cwd, env=os.environ | environment, check=True
    )
    return done.stdout.decode().strip()


GRAPH = """
import pickle, sys, autograd
from autograd import Value
x = Value(0.3, "x")
with autograd.record_lines(), autograd.scope("s"):
    y = autograd.dot([x, x * 2], [1.0, x], x).tanh() / 3 + autograd.cross_entropy([x, x.exp(), 2.0], 1)
y.backward()
"""
SHOW = """
for v in autograd.topological_order(y):
    print(v.op, v.data.hex(), v.grad.hex(), v.label, v.line, v.scope, [d.hex() for d in v.local_derivatives])
"""


@pytest.mark.parametrize("writer", ["", "1"])
def test_each_reads_the_others_pickles(tmp_path, writer):
    path = tmp_path / "graph.pickle"
    written = python(f"{GRAPH}\npickle.dump(y, open({str(path)!r}, 'wb'))\n{SHOW}", STEPGRAD_PURE=writer)
    for reader in ("", "1"):
        load = f"import pickle, autograd\ny = pickle.load(open({str(path)!r}, 'rb'))"
        read = python(f"{load}\n{SHOW}", STEPGRAD_PURE=reader)
        assert read == written


SAY = "import autograd; print(autograd.__native__)"


def test_it_is_optional():
    assert python(SAY, STEPGRAD_PURE="1") == "False"
    assert python(SAY, STEPGRAD_PURE="0") == "True"
    assert python(f"import sys; sys.modules['autograd.native._core'] = None; {SAY}") == "False"


def test_a_second_copy_of_the_package_in_a_process_does_without():
    code = """
import sys, autograd
first = autograd.Value
x = first(2.0)
for name in [name for name in sys.modules if name.split(".")[0] == "autograd"]:
    del sys.modules[name]
import autograd as again
y = again.Value(3.0)
(x * x).backward()
(y * y).backward()
print(first is again.Value, again.__native__, x.grad, y.grad)
"""
    assert python(code) == "False False 4.0 6.0"


def test_a_core_of_another_source_is_not_used(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "autograd", ignore=shutil.ignore_patterns("__pycache__"))
    built = Path(core.__file__)
    if not (tmp_path / "autograd" / "native" / built.name).exists():
        shutil.copy(built, tmp_path / "autograd" / "native")
    assert python(SAY, tmp_path) == "True"
    source = tmp_path / "autograd" / "native" / "core.c"
    source.write_text(source.read_text("utf-8") + "\n", "utf-8")
    assert python(SAY, tmp_path) == "False"


def test_a_node_takes_no_more_memory_than_in_python():
    code = """
import tracemalloc
from autograd import Value
x = Value(0.5)
tracemalloc.start()
node = x
for _ in range(20000):
    node = node + x
print(tracemalloc.get_traced_memory()[0] / 20000)
"""
    natively, purely = round(float(python(code))), round(float(python(code, STEPGRAD_PURE="1")))
    assert natively <= purely <= 160
