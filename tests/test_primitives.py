"""User-defined operations are operations: drawn, explained, checked and differentiated again."""

from __future__ import annotations

import copy
import math

import pytest

import autograd
from autograd import DomainError, Value, errstate, grad, gradcheck, hessian, primitive
from autograd.table import row


@pytest.fixture
def self_power():
    @primitive(x="y * (log(x) + 1)", symbol="xˣ", domain="x > 0")
    def self_power(x):
        """x to the power of itself."""
        return x**x if x > 0 else math.nan

    return self_power


@pytest.fixture
def wave():
    @primitive(
        x=lambda y, x, k=0.5: k * autograd.cos(k * x),
        k=lambda y, x, k: x * autograd.cos(k * x),
    )
    def wave(x, k=0.5):
        return math.sin(k * x)

    return wave


def test_is_an_operation_of_the_graph(self_power):
    x = Value(2.0, "x")
    y = self_power(x) * 3
    y.backward()
    assert y.parents[0].op == "self_power"
    assert x.grad == pytest.approx(3 * 4 * (math.log(2) + 1))
    assert row.RULES["self_power"].symbol == "xˣ"
    assert self_power.__doc__ == "x to the power of itself."
    assert self_power(2.0) == 4.0
    assert type(self_power(2)) is float
    text = "\n".join(str(step) for step in autograd.backward_steps(y))
    assert "4" in text
    assert "xˣ" in autograd.draw(y).source


def test_is_differentiated_to_any_order_and_checked(self_power, wave):
    gradcheck(self_power, 1.3)
    gradcheck(wave, 0.4, 1.7)
    assert grad(grad(grad(wave)))(0.4, 2.0) == pytest.approx(-8 * math.cos(0.8))
    assert hessian(wave, (0, 1))(0.4, 2.0)[0][1] == pytest.approx(
        math.cos(0.8) - 0.8 * math.sin(0.8), rel=1e-14
    )


def test_defaults_and_names_of_parameters_work(wave):
    assert wave(2.0) == math.sin(1.0)
    assert wave(x=Value(2.0), k=3).data == math.sin(6.0)
    for call, problem in (
        (lambda: wave(), "missing a required argument: 'x'"),
        (lambda: wave(1, 2, 3), "too many positional arguments"),
        (lambda: wave(1, n=2), "got an unexpected keyword argument 'n'"),
    ):
        with pytest.raises(TypeError, match=rf"wave\(x.*k.*\): {problem}"):
            call()


def test_errors_of_the_function_are_domain_errors(self_power):
    with pytest.raises(DomainError, match=r"self_power\(-1.0\) needs x > 0"):
        self_power(Value(-1.0))
    with errstate("ieee"):
        assert math.isnan(self_power(Value(-1.0)).data)

    @primitive(x="1")  # pyright: ignore[reportArgumentType]
    def words(x):
        return "three"

    with pytest.raises(TypeError, match="words: the result must be a real number"):
        words(1.0)


@pytest.mark.parametrize("given", [None, "2", [1.0]], ids=repr)
def test_a_partial_that_gives_no_number_is_named(given):
    """None is what a function without `return` gives; it would be a gradient of 0."""

    @primitive(x=lambda y, x: given)
    def twice(x):
        return 2 * x

    for refused in (lambda: twice(Value(1.0)), lambda: grad(grad(twice))(1.0)):
        with pytest.raises(
            TypeError, match="twice: the partial derivative with respect to x must be a real number"
        ):
            refused()


def test_can_be_used_in_the_formulas_of_others_and_defined_again():
    @primitive(x="2 * x")
    def squared(x):  # pyright: ignore[reportRedeclaration]
        return x * x

    @primitive(x="2 * x * 2 * squared(x)")
    def fourth(x):
        return x**4

    assert grad(grad(fourth))(3.0) == 108.0

    @primitive(x="2 * x")  # as when a notebook's cell runs twice
    def squared(x):  # noqa: F811
        return x * x + 1

    assert squared(3.0) == 10.0


def test_a_graph_keeps_the_definition_that_it_was_computed_with():
    def defined(power):
        @primitive(x=lambda y, x: power * x ** (power - 1))
        def to_a_power(x):
            return x**power

        return to_a_power

    cube = defined(3)
    x = Value(2.0)
    y = cube(x) * 2
    square = defined(2)
    assert (cube(x).data, square(x).data) == (8.0, 4.0)
    assert (grad(grad(cube))(2.0), grad(grad(square))(2.0)) == (12.0, 2.0)
    for graph in (y, copy.copy(y), copy.deepcopy(y)):
        again = autograd.recompute(graph)
        [leaf] = [node for node in autograd.topological_order(again) if node.rule is None]
        leaf.grad = 0
        again.backward()
        assert (again.data, leaf.grad) == (16.0, 24.0)
    x.data = 3.0
    assert autograd.recompute(y).data == 54.0


@pytest.mark.parametrize(
    ("partials", "message"),
    [
        ({}, r"f: no partial derivative with respect to a, b; write @primitive\(a=…, b=…\)"),
        ({"a": "1"}, r"f: no partial derivative with respect to b; write @primitive\(b=…\)"),
        ({"a": "1", "b": "1", "c": "1"}, "a partial derivative with respect to c, which is not a parameter"),
        (
            {"a": "1", "b": "c"},
            "the partial derivative with respect to b, 'c', has c in it, which is neither a parameter",
        ),
        (
            {"a": "sinus(b)", "b": "1"},
            "the partial derivative with respect to a, 'sinus.b.', has sinus in it",
        ),
        ({"a": "1", "b": "E * a"}, "has E in it"),
        ({"a": "1", "b": "a // 2"}, r"'a // 2': .* cannot be read; .* calls such as pow\(a, b\)"),
        ({"a": "1", "b": "0 < a < 1"}, "'0 < a < 1': 0 < a < 1 cannot be read"),
        ({"a": "1", "b": "a if a and b else 1"}, "a and b cannot be read"),
        ({"a": "1", "b": "'a'"}, "'a' cannot be read"),
        ({"a": "1", "b": "a b"}, "formula 'a b': invalid syntax"),
    ],
)
def test_a_partial_forgotten_or_wrong_is_named(partials, message):
    def f(a, b):
        return a + b

    with pytest.raises(ValueError, match=message):
        primitive(**partials)(f)
    assert "f" not in row.RULES


@pytest.mark.parametrize(
    ("partial", "message"),
    [
        (2, "with respect to a is a formula in quotes or a function, not 2"),
        (lambda a, b: b, r"a is called with \(y, a, b\), the result first: too many"),
        (
            lambda y, a, b, c: b,
            r"a is called with \(y, a, b\), the result first: missing .* 'c'",
        ),
    ],
)
def test_a_partial_of_another_kind_is_refused_when_it_is_stated(partial, message):
    def f(a, b):
        return a + b

    with pytest.raises(TypeError, match=message):
        primitive(a=partial, b="1")(f)
    assert "f" not in row.RULES
    assert primitive(a=lambda *all: 1.0, b="1")(f)(Value(1.0), 2.0).local_derivatives == (1.0,)


def test_what_is_no_function_of_numbers_is_refused():
    class Doubled:
        def __call__(self, x):
            return 2 * x

    with pytest.raises(ValueError, match="write def and another name"):
        primitive(x="2")(Doubled())

    def nothing():
        return 1.0

    with pytest.raises(ValueError, match="nothing: the function has no parameter"):
        primitive()(nothing)


def test_names_that_are_taken_are_refused():
    for name in ("tanh", "add", "sum", "PI", "where", "total", "<lambda>"):

        def f(x):
            return x

        f.__name__ = name
        with pytest.raises(ValueError, match="the name is taken or is not an identifier"):
            primitive(x="1")(f)
    for name in ("wanted", "symbol", "domain", "points", "quick"):
        g: dict = {}
        exec(f"def g({name}): return 1.0", g)
        with pytest.raises(
            ValueError, match=f"'{name}' cannot be an operand; .* no operand is called domain, "
        ):
            primitive(**{name: "1"})(g["g"])  # pyright: ignore[reportArgumentType]
    for name in ("name", "value", "rule", "y", "numeric", "record", "x"):
        g = {}
        exec(f"def g({name}): return 2.0 * {name}", g)
        assert primitive(**{name: "2"})(g["g"])(Value(3.0)).local_derivatives == (2.0,)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=r"'\*xs' cannot be an operand"):

        @primitive(xs="1")
        def h(*xs):
            return 1.0


@pytest.mark.parametrize("name", ["record", "new", "apply", "operate", "Value", "node"])
def test_names_of_the_engine_s_own_functions_are_free(name):
    """Formulas know mathematics only, so that a primitive may be called as anything else is."""

    def f(x, y):
        return x * y**2

    f.__name__ = name
    operation = primitive(x="y ** 2", y="2 * x * y")(f)
    assert operation(Value(3.0), Value(2.0)).local_derivatives == (4.0, 12.0)
    assert grad(grad(operation, 1), 1)(3.0, 2.0) == 6.0
    assert (Value(2.0).tanh() * 3.0 + 1.0).data == math.tanh(2.0) * 3.0 + 1.0


def test_without_parentheses_asks_for_partials():
    with pytest.raises(ValueError, match=r"write @primitive\(x=…\)"):

        @primitive
        def lonely(x):
            return x


def test_a_function_that_is_an_expression_is_a_formula():
    """And one that is more, or calls something else of that name, is not."""
    from autograd.operations.written import written_formula

    def exp(x):
        return 3.0 * x

    def local(x):
        return exp(x)

    def ours(x, y):
        return autograd.tanh(x) ** 2 + math.sin(y) if x > 0 else abs(y)

    def two_lines(x):
        y = x * x
        return y

    def constant(x):
        return x * scale

    scale = 2.0
    found = [written_formula(f) for f in (ours, local, two_lines, constant, math.sin, lambda x: x)]
    assert found == ["tanh(x) ** 2 + sin(y) if x > 0 else abs(y)", "", "", "", "", ""]
