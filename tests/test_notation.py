"""Names, numbers and formulas as people read them."""

import ast
import math
import re
import sys
from fractions import Fraction
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, backward_steps, dot
from autograd.rules import RULES
from autograd.table.formulas import Formula
from autograd.table.row import FormulaRule
from autograd.text.characters import printable
from autograd.text.mathematics import LATEX, MATHML, SIGN, Written, applied, equation, partials, written
from autograd.text.names import display_names
from autograd.text.numbers import product_text, short_number
from autograd.text.typesetting import number_place


def test_a_label_wins_then_a_variable_then_an_expression_then_an_index():
    a, b = Value(2.0, "a"), Value(3.0)
    c = a * b
    L = dot([c, c], [a, b])
    assert list(display_names(L).values()) == ["a", "v2", "a·v2", "v4"]
    assert list(display_names(L, {"b": b, "_": L, "loss": L}).values()) == ["a", "b", "a·b", "loss"]


def test_made_up_names_avoid_labels_and_each_other():
    a, b = Value(2.0, "v2"), Value(3.0)
    first, second = a * b, a * b
    total = first + second + Value(1.0, "v2·v2′")
    names = display_names(total)
    assert names[a] == "v2"
    assert names[b] == "v2′"
    assert names[first] == "v3"
    made_up = [name for node, name in names.items() if not node.label]
    assert len(set(made_up)) == len(made_up)
    assert not set(made_up) & {"v2", "v2·v2′"}


def test_a_variable_named_like_another_nodes_label_is_not_used():
    a, other = Value(2.0, "a"), Value(3.0)
    assert display_names(a * other, {"a": other})[other] == "v2"


def test_variables_win_over_names_that_would_be_made_up():
    first, later = Value(1.0), Value(2.0)
    assert list(display_names(first + later, {"v1": later}).values()) == ["v1′", "v1", "v1′ + v1"]


def test_equal_labels_of_different_nodes_are_numbered():
    a, b = Value(2.0, "w"), Value(3.0, "w")
    assert list(display_names(a * b).values()) == ["w#1", "w#2", "w#1·w#2"]


def test_expressions_get_the_parentheses_they_need():
    a, b, c = Value(2.0, "a"), Value(3.0, "b"), Value(5.0, "c")
    texts = [
        ((a + b) * c, "(a + b)·c"),
        (a - (b - c), "a − (b − c)"),
        (a / (b * c), "a / (b·c)"),
        (-a * b, "−a·b"),
        (a * -b, "a·(−b)"),
        ((a + b) ** 2, "(a + b)²"),
        (a ** (b + c), "a^(b + c)"),
        ((a * b).tanh(), "tanh(a·b)"),
        (2 - a, "2 − a"),
        (a * -3, "a·(−3)"),
        (Value(1.0, "x + y") * a, "(x + y)·a"),
    ]
    assert [display_names(node, {})[node] for node, _ in texts] == [text for _, text in texts]


def test_in_ipython_the_users_variables_are_found(monkeypatch):
    w = Value(1.0)
    shell = SimpleNamespace(user_ns={"weight": w, "text": "no Value"})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert display_names(w.tanh())[w] == "weight"
    assert display_names(w.tanh(), {})[w] == "v1"


def test_short_numbers():
    numbers = [0.0, -0.0, 9.0, 123456.0, -1e6, 0.1 + 0.2, 1 / 3, -2e-7, 99.96, 1e300, 0.9999, 999999.7]
    assert [short_number(x) for x in numbers] == [
        "0", "0", "9", "123456", "−1e6", "0.3", "0.333", "−2e−7", "100", "1e300", "1", "1000000",
    ]  # fmt: skip
    assert [short_number(x) for x in (math.inf, -math.inf, math.nan)] == ["∞", "−∞", "nan"]
    assert short_number(math.pi, digits=6) == "3.14159"


@given(st.floats(-1e308, 1e308))
def test_short_numbers_are_right_to_three_digits(x):
    read = float(short_number(x).replace("−", "-"))
    assert math.isclose(read, x, rel_tol=5.1e-3, abs_tol=0.0 if abs(x) > 1e-300 else 5e-324)
    assert len(short_number(x)) <= 10


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_an_equals_sign_is_true_of_the_printed_numbers(x, y):
    text = product_text(x, y, x * y)
    plain = text.replace("−", "-").replace("×", "*")
    left, right = (plain.split("=") if "=" in plain else plain.split("≈"))[:2]
    exact = eval(re.sub(r"[\d.]+(e-?\d+)?", r"Fraction('\g<0>')", left))
    assert (Fraction(right) == exact) == ("=" in text)


def test_products_with_signs_and_infinities():
    assert product_text(-2.0, 1.0, -2.0) == "−2 × 1 = −2"
    assert product_text(1.0, -2.0, -2.0) == "1 × (−2) = −2"
    assert product_text(math.inf, -1.0, -math.inf) == "∞ × (−1) = −∞"


def test_control_and_direction_characters_are_shown_not_obeyed():
    assert printable("a\x00\u202eb\u2028é∂") == "a\\x00\\u202eb\\u2028é∂"


@pytest.mark.parametrize("name", RULES)
def test_every_row_has_its_mathematics(name):
    rule = RULES[name]
    arguments = rule.operands if isinstance(rule, FormulaRule) else rule.arguments  # pyright: ignore[reportAttributeAccessIssue]
    count = len(arguments) - rule.index_operands
    for style in (LATEX, MATHML):
        lines = [equation(rule, style), *partials(rule, style)]
        assert len(lines) == 1 + count
        for line in lines:
            assert line.isascii() or style is MATHML
            if style is LATEX:
                assert line.count("{") == line.count("}")
                assert line.count(r"\left") == line.count(r"\right")
            else:
                ElementTree.fromstring(f"<math>{line}</math>")


@pytest.mark.parametrize(
    "rule", [r for r in RULES.values() if isinstance(r, FormulaRule)], ids=lambda r: r.name
)
def test_text_read_back_is_the_same_formula(rule):
    """Parentheses are right: Python reads the text (without cases) as the tree it came from."""
    for formula in (rule.value, *rule.partials):
        text = written(formula).text
        if "if" in text or " mod " in text or "^" in text or "|" in text or "⌊" in text or "⌈" in text:
            continue
        for shown, python in {"·": "*", "−": "-", "π": "PI", "log 2": "LN2", "log 10": "LN10"}.items():
            text = text.replace(shown, python)
        for shown, python in {
            "σ": "sigmoid",
            "√": "sqrt",
            "∛": "cbrt",
            "arc": "a",
            "max": "maximum",
            "sgn": "sign",
            "ψ": "digamma",
        }.items():
            text = text.replace(shown, python)
        text = re.sub(r"([xy])²", r"\1 * \1", text)
        for single in ("x", "2", "PI"):
            text = text.replace(f"sqrt{single}", f"sqrt({single})").replace(
                f"cbrt{single}", f"cbrt({single})"
            )
        assert ast.unparse(ast.parse(text)) == ast.unparse(formula.tree)


def test_latex_of_delicate_and_hostile_names():
    assert written(Formula("pow(a, b)"), LATEX).text == "{a}^{b}"
    assert LATEX.name("x₁₂") == "x_{12}"
    assert LATEX.name("w1") == r"\mathit{w1}"
    assert LATEX.name("}$\\") == r"\text{\}\$\textbackslash{}}"
    assert MATHML.name("<b>") == "<mi>&lt;b&gt;</mi>"


def test_no_minus_sign_follows_another_operator():
    """−2·c and −2 / c begin with a sign, so after an operator they are in parentheses."""
    c, d = Value(2.0, "c"), Value(3.0, "d")
    product, quotient = -2.0 * c, -2.0 / c
    shown = [d - product, d + product, -product, d * product, d - quotient, -quotient, product * d + d]
    assert [display_names(node)[node] for node in shown] == [
        "d − (−2·c)", "d + (−2·c)", "−(−2·c)", "d·(−2·c)", "d − (−2 / c)", "−(−2 / c)", "−2·c·d + d",
    ]  # fmt: skip
    [*_, last] = backward_steps(quotient)
    assert "∂(−2 / c)/∂c = −(−2 / c) / c = −(−1) / 2 = 0.5" in str(last)


def test_a_place_for_a_number_gets_the_parentheses_that_its_sign_needs():
    a, b, c = (Written(number_place(name), SIGN) for name in "abc")

    def filled(piece: Written) -> str:
        return re.sub("\ufff9(\\(?)(\\w+)\ufffb", lambda m: f"[{m[2]}]" if m[1] else m[2], piece.text)

    product = applied("mul", [a, b])
    assert filled(product) == "a·[b]"
    assert filled(applied("add", [product, applied("mul", [b, c])])) == "a·[b] + [b]·[c]"
    assert filled(applied("pow", [product, Written("2")])) == "(a·[b])²"
    assert filled(applied("pow", [a, Written("2")])) == "[a]²"
    assert filled(applied("tanh", [a])) == "tanh(a)"
    assert filled(applied("mul", [applied("add", [a, b]), c])) == "(a + [b])·[c]"
