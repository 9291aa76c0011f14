"""Value as its users meet it: construction, operators, comparisons, conversions."""

from __future__ import annotations

import gc
import math
import weakref
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.nodes.node import Node

numbers = st.floats(-1e6, 1e6)


def test_micrograd_readme_example():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_a_leaf_knows_its_number_and_label():
    x = Value(3, label="x")
    assert (x.data, x.grad, x.label, x.op) == (3.0, 0.0, "x", "")
    assert x.parents == () == x.local_derivatives == x.operands
    assert isinstance(x.data, float)


def test_attributes_tell_type_checkers_what_they_are():
    attributes = {name: made for name, made in vars(Node).items() if isinstance(made, property)}
    types = {name: made.fget.__annotations__["return"] for name, made in attributes.items()}
    assert (types["data"], types["grad"], types["label"], types["op"]) == ("float", "float", "str", "str")
    assert all(made.__doc__ for made in attributes.values())


def test_parents_have_one_entry_per_use_in_operand_order():
    a, b = Value(3.0), Value(5.0)
    square, difference = a * a, a - b
    assert len(square.parents) == 2
    assert all(parent is a for parent in square.parents)
    assert square.local_derivatives == (3.0, 3.0)
    assert difference.parents[0] is a
    assert difference.parents[1] is b
    assert difference.local_derivatives == (1.0, -1.0)


def test_plain_numbers_stay_operands():
    x = Value(3.0)
    assert (2 * x).operands == (2.0, x)
    assert (2 * x).parents == (x,)
    assert (x**2).local_derivatives == (6.0,)
    assert (2**x).parents == (x,)


ACCEPTED = [
    (True, 1.0),
    (3, 3.0),
    (2.5, 2.5),
    (Fraction(1, 4), 0.25),
    (Decimal("0.5"), 0.5),
    (numpy.float64(2), 2.0),
    (numpy.float32(2), 2.0),
    (numpy.int64(7), 7.0),
    (numpy.bool_(True), 1.0),
    (numpy.array(3.0), 3.0),
    (numpy.array([3.0]), 3.0),
]


@pytest.mark.parametrize(("given", "stored"), ACCEPTED, ids=repr)
def test_numbers_of_every_kind_become_floats(given, stored):
    value = Value(given)
    assert type(value.data) is float
    assert value.data == stored


REFUSED = ["abc", "3", None, [1, 2], 1j, numpy.zeros(2), numpy.complex128(1), object(), Value(2.0)]


@pytest.mark.parametrize("given", REFUSED, ids=lambda given: type(given).__name__)
def test_anything_else_is_refused(given):
    with pytest.raises(TypeError, match=r"Value\(data\)"):
        Value(given)


def test_what_is_refused_is_shown_as_it_is():
    with pytest.raises(TypeError, match="an array of 2 elements"):
        Value(numpy.zeros(2))
    with pytest.raises(TypeError, match=r"array\('a', dtype"):
        Value(numpy.array("a"))


TOO_LARGE = [10**400, Fraction(10**400), Decimal("-1e400")]


@pytest.mark.parametrize("given", TOO_LARGE, ids=lambda given: type(given).__name__)
def test_a_finite_number_never_becomes_infinity(given):
    with pytest.raises(OverflowError, match=r"Value\(data\).*too large"):
        Value(given)
    with pytest.raises(OverflowError, match="too large"):
        _ = Value(1.0) + given
    assert Value(Decimal("-inf")).data == -math.inf


@pytest.mark.parametrize("label", [3, None, b"x"], ids=repr)
def test_a_label_is_text(label):
    x = Value(1.0, "x")
    with pytest.raises(TypeError, match="label must be text"):
        Value(1.0, label)
    with pytest.raises(TypeError, match="label must be text"):
        x.label = label
    assert x.label == "x"


def test_nan_is_refused_and_inf_is_not():
    with pytest.raises(ValueError, match="nan"):
        Value(math.nan)
    assert Value(math.inf).data == math.inf


def test_a_result_cannot_be_overwritten_but_a_leaf_can():
    x = Value(2.0)
    y = x * 3
    with pytest.raises(AttributeError, match="mul"):
        y.data = 7.0
    x.data = 5
    assert (x.data, y.data) == (5.0, 6.0)
    with pytest.raises(TypeError):
        x.data = "5"  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError, match="Value already"):
        x.data = x - 0.1
    assert x.data == 5.0


@given(numbers, numbers.filter(lambda b: abs(b) > 1e-3))
def test_operators_agree_with_floats_in_both_orders(a, b):
    x, y = Value(a), Value(b)
    for left, right in ((x, y), (x, b), (a, y)):
        assert (left + right).data == a + b
        assert (left - right).data == a - b
        assert (left * right).data == a * b
        assert (left / right).data == a / b
    assert (-x).data == -a
    assert (+x) is x
    assert abs(x).data == abs(a)


@given(st.floats(0.1, 10), st.floats(-3, 3))
def test_powers_in_both_orders(a, b):
    for power in (Value(a) ** Value(b), Value(a) ** b, a ** Value(b), autograd.pow(Value(a), b)):
        assert power.data == math.pow(a, b)


def test_functions_take_floats_and_give_floats():
    assert autograd.tanh(0.5) == math.tanh(0.5)
    assert type(autograd.tanh(1)) is float
    assert autograd.sum([1, 2, 3.5]) == 6.5
    assert autograd.maximum(1, 2) == 2.0
    assert autograd.leaky_relu(-2) == -0.02
    assert autograd.where(True, 1, 2) == 1.0
    assert autograd.sum([]) == 0.0


def test_comparisons_compare_data_and_hash_is_identity():
    a, b, other = Value(1.0), Value(1.0), Value(2.0)
    assert a == b
    assert a == 1.0
    assert a != other
    assert a < other
    assert other > 1
    assert a <= b
    assert a >= 1
    assert (a == "1") is False
    assert len({a, b}) == 2
    assert max([a, other]) is other
    with pytest.raises(TypeError):
        _ = a < "2"  # pyright: ignore[reportOperatorIssue]


def test_a_value_works_where_a_float_does():
    v = Value(2.345)
    assert f"{v:.1f}" == "2.3"
    assert round(v, 1) == 2.3
    assert round(v) == 2
    assert (math.floor(v), math.ceil(v)) == (2, 3)
    assert bool(v)
    assert not Value(0.0)
    assert f"{v}" == repr(v) == "Value(2.345)"


def test_unknown_operands_get_pythons_own_error():
    v = Value(1.0)
    for operation in (lambda: v + "s", lambda: v * None, lambda: [1] - v, lambda: v ** "2", lambda: v / 1j):  # pyright: ignore[reportOperatorIssue]
        with pytest.raises(TypeError, match="Value"):
            operation()


def test_other_classes_may_answer_for_themselves():
    class Other:
        def __rmul__(self, left):
            return "mine"

    assert Value(1.0) * Other() == "mine"


def test_bounds_that_are_numbers_must_be_in_order():
    with pytest.raises(ValueError, match=r"low = 2.0 is not at most high = 1.0"):
        autograd.clip(Value(3.0), 2.0, 1.0)
    assert autograd.clip(Value(3.0), Value(2.0), 1.0).data == 1.0  # as the formula says
    assert autograd.clip(Value(3.0), 2.0, Value(1.0)).data == 1.0


def test_where_leaves_the_other_branch_alone():
    a, b = Value(2.0), Value(3.0)
    node = autograd.where(a < b, a, b)
    assert len(node.parents) == 1
    assert node.parents[0] is a
    assert node.local_derivatives == (1.0,)
    for holds in (True, False):
        chosen = autograd.where(holds, a, b)
        assert chosen.operands == ((1.0, a, None) if holds else (0.0, None, b))
    assert autograd.where(False, lambda: Value(0.0).log(), lambda: a * 2).data == 4.0


def test_many_operands_are_one_node():
    xs = [Value(float(i)) for i in range(5)]
    total = autograd.sum(xs)
    assert len(total.parents) == 5
    assert all(parent is x for parent, x in zip(total.parents, xs, strict=True))
    z = autograd.dot(xs[:2], [3.0, xs[4]], bias=xs[0])
    assert z.data == 0.0 * 3 + 1.0 * 4 + 0.0
    assert [parent.data for parent in z.parents] == [0.0, 1.0, 4.0, 0.0]
    assert z.local_derivatives == (3.0, 4.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="dot: 2 ws but 1 xs"):
        autograd.dot(xs[:2], xs[:1])
    with pytest.raises(ValueError, match="at least 1"):
        autograd.logsumexp([])


def test_softmax_is_a_list_that_sums_to_one():
    ys = autograd.softmax([Value(1.0), Value(2.0), Value(1000.0)])
    assert isinstance(ys, list)
    assert sum(y.data for y in ys) == 1.0


BAD_TARGETS = [(3, ValueError), (-1, ValueError), (1.0, TypeError), (True, TypeError)]


@pytest.mark.parametrize(("target", "error"), BAD_TARGETS)
def test_cross_entropy_wants_a_class_index(target, error):
    with pytest.raises(error, match="cross_entropy"):
        autograd.cross_entropy([Value(1.0), Value(2.0), Value(3.0)], target)


def test_arrays_are_taken_element_by_element():
    v = Value(2.0)
    for product in (numpy.array([1.0, 3.0]) * v, v * numpy.array([1.0, 3.0])):
        assert product.dtype == object  # pyright: ignore[reportAttributeAccessIssue]
        assert [element.data for element in product] == [2.0, 6.0]  # pyright: ignore[reportGeneralTypeIssues]
    values = numpy.array([Value(0.5), Value(1.0)])
    matrix = numpy.array([[1.0, 2.0], [3.0, 4.0]])
    assert [z.data for z in matrix @ values] == [2.5, 5.5]
    assert [y.data for y in numpy.tanh(values)] == [math.tanh(0.5), math.tanh(1.0)]
    assert (v - numpy.array([1.0]))[0].data == 1.0  # pyright: ignore[reportIndexIssue]
    assert (numpy.array([1.0]) - v)[0].data == -1.0
    assert values.mean().data == 0.75
    assert (numpy.float64(3) * v).data == 6.0
    assert (v / numpy.float32(4)).data == 0.5
    assert type(numpy.array(3.0) * v) is Value


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "arcsin", "sqrt", "log1p", "absolute", "negative"])
def test_functions_of_numpy_take_a_value(name):
    """As they take an array of Values: by the Value's own method."""
    x = Value(0.3)
    y = getattr(numpy, name)(x)
    y.backward()
    assert y.data == pytest.approx(getattr(numpy, name)(0.3), rel=1e-15)
    assert y.parents == (x,)
    assert numpy.linalg.norm([Value(3.0), Value(4.0)]).data == 5.0  # pyright: ignore[reportArgumentType]
    assert numpy.arctan2(x, 1.0).op == numpy.arctan2([x], 1.0)[0].op == "atan2"  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert numpy.hypot([Value(3.0)], 4.0)[0].data == 5.0  # pyright: ignore[reportArgumentType, reportCallIssue]


def test_detach_and_no_grad_remember_nothing():
    x = Value(2.0, "x")
    y = x * 3
    assert y.detach().parents == ()
    assert y.detach().data == 6.0
    with autograd.no_grad():
        z = x * 3 + autograd.sum([x, x, x])
    assert (z.data, z.parents, z.op) == (12.0, (), "")

    @autograd.no_grad()
    def predict():
        return x * 2

    assert predict().parents == ()
    assert len((x * 2).parents) == 1


def test_scopes_nest_and_end():
    with autograd.scope("layer 1"):
        with autograd.scope("neuron 2"):
            inner = Value(1.0) * 2
        outer = Value(1.0) + autograd.sum([inner, inner, 1.0])
    assert inner.scope.path == "layer 1/neuron 2"
    assert outer.scope.path == "layer 1"
    assert (inner * 2).scope is None
    place = autograd.scope("once")
    with place:
        pass
    with pytest.raises(RuntimeError, match="once"), place:
        pass


def test_graphs_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = Value(2.0)
        y = autograd.sum([x * x, x.tanh(), x]) ** 2
        y.backward()
        dead = [weakref.ref(node) for node in autograd.topological_order(y)]
        del x, y
        assert all(ref() is None for ref in dead)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_ties_of_several_share_equally():
    a, b, c = Value(2.0), Value(2.0), Value(1.0)
    autograd.max([a, b, c]).backward()
    assert (a.grad, b.grad, c.grad) == (0.5, 0.5, 0.0)
    d, e, f = Value(-1.0), Value(-1.0), Value(-1.0)
    autograd.minimum(d, e, f).backward()
    assert (d.grad, e.grad, f.grad) == (1 / 3, 1 / 3, 1 / 3)
    with pytest.raises(ValueError, match="at least 1"):
        autograd.max([])
