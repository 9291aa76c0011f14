"""The table: one row per operation, and everything else reads it.

    row(name, value, operand=partial derivative with respect to that operand, …)

The formulas are in the operands' names; `y` is the result. They are the schoolbook's: explanations show
them, and the tests evaluate them with as many digits as it takes. If floats need more care than
mathematics does, `numeric` states what is computed instead: `1 - y*y` as tanh′ is wrong by 2e13 ulp at
x = 17, `1 / cosh(x) / cosh(x)` by one or two. Second derivatives are those of the formulas that are
computed, so these keep their digits when they are differentiated, too: the one of `(1 - x) * (1 + x)` is
(1 − x) − (1 + x), which has none near 0, and the one of `1 - x * x` is −2x.

Conventions at kinks are decided here and nowhere else: `relu'(0) = 0`, `abs'(0) = 0`, ties of max and
min share equally, steps (sign, floor, …) have derivative 0.
"""

from __future__ import annotations

import math

from .table import arithmetic, special
from .table.adding import end_of_table, row
from .table.lists import LISTS, ListRule, list_row
from .table.row import RULES, FormulaRule, Rule

__all__ = ["RULES", "FormulaRule", "ListRule", "Rule", "list_row", "row"]

POSITIVE = ((0.3,), (1.0,), (2.5,), (1e-8,), (1e8,))
INSIDE_ONE = ((0.3,), (-0.7,), (1e-9,), (0.999,), (-0.999,))

# Arithmetic
row("add", "a + b", a="1", b="1", operator="+", symbol="+", written="a + b", numpy="add")
row("sub", "a - b", a="1", b="-1", operator="-", symbol="−", written="a − b", numpy="subtract")
row("mul", "a * b", a="b", b="a", operator="*", symbol="×", written="a·b", numpy="multiply")
row(
    "div",
    "a / b",
    a="1 / b",
    b="-y / b",
    operator="/",
    symbol="÷",
    written="a / b",
    numpy="divide",
    domain="a divisor other than 0",
)
row("identity", "x", x="1", forms="", symbol="=", written="= x")
row("neg", "-x", x="-1", operator="unary -", symbol="−", written="−x", numpy="negative")
row(
    "sign",
    "1 if x > 0 else -1 if x < 0 else 0",
    x="0",
    numeric={"y": "1 if x > 0 else -1 if x < 0 else x"},  # nan is neither
    symbol="sgn",
    written="sgn(x)",
    numpy="sign",
)
row(
    "abs",
    math.fabs,
    x="sign(x)",
    operator="abs",
    forms="operator method function",
    symbol="|x|",
    written="|x|",
    numpy="absolute",
)
row("floor", arithmetic.floor, x="0", numpy="floor", symbol="⌊x⌋", written="⌊x⌋")
row("ceil", arithmetic.ceil, x="0", numpy="ceil", symbol="⌈x⌉", written="⌈x⌉")
row("round", arithmetic.round_half_even, x="0", numpy="rint")
row(
    "floordiv",
    "floor(a / b)",
    a="0",
    b="0",
    numeric={"y": arithmetic.floor_divide},
    ieee=arithmetic.divide,
    operator="//",
    symbol="⌊÷⌋",
    written="= floor(a / b)",
    numpy="floor_divide",
    array_api="{0} // {1}",
    domain="a divisor other than 0",
)
row(
    "mod",
    "a - b * floor(a / b)",  # of the divisor's sign, as Python's
    a="1",
    b="-floor(a / b)",
    numeric={"y": arithmetic.remainder, "b": "-floordiv(a, b)"},
    operator="%",
    symbol="mod",
    written="a mod b",
    numpy="remainder",
    array_api="{0} % {1}",
    domain="a divisor other than 0",
)

# Powers, exponentials, logarithms
row("log", math.log, x="1 / x", ieee=arithmetic.pole_at(0.0), points=POSITIVE, domain="x > 0")
row(
    "pow",
    math.pow,
    a="b * pow(a, b - 1)",
    b="y * log(a)",
    numeric={
        # b·y/a if b − 1 would be rounded: for small b it loses digits, for large b its parity.
        # If y is 0 or ∞ (y + y = y), y/a says nothing.
        "a": "b * pow(a, b - 1) if y + y == y else (0 if a == 0 else b * y / a) if b < 0.5 "
        "else b * pow(a, b - 1) if b < 1e15 else b * y / a",
        "b": "(0 if b >= 0 else -y) if a == 0 else y * log(a)",
    },
    ieee=arithmetic.power_limit,
    operator="**",
    forms="operator function",
    symbol="xʸ",
    written="a^b",
    numpy="power",
    array_api="{0} ** {1}",
    points=((2.0, 3.0), (0.5, -1.5), (1.7, 0.3), (30.0, 0.01)),
    domain="a base above 0 (or below 0 with a whole exponent, or 0 with an exponent of at least 0)",
)
row(
    "sqrt",
    math.sqrt,
    x="1 / (2 * y)",
    numeric={"x": "0.5 / y"},
    symbol="√",
    written="√x",
    points=POSITIVE,
    domain="x ≥ 0",
)
row(
    "cbrt",
    math.cbrt,
    x="1 / (3 * y ** 2)",
    numeric={"x": "1 / (3 * y * y) if x == 0 else y / x / 3"},  # one rounding of y in place of two
    symbol="∛",
    written="∛x",
    array_api="xp.sign({0}) * xp.abs({0}) ** (1 / 3)",
)
row("exp", math.exp, x="y")
row("exp2", math.exp2, x="y * LN2", written="= 2 ** x", array_api="xp.exp({0} * LN2)")
row("expm1", math.expm1, x="exp(x)")
row("log1p", math.log1p, x="1 / (1 + x)", ieee=arithmetic.pole_at(-1.0), points=POSITIVE, domain="x > −1")
row(
    "log2",
    math.log2,
    x="1 / (x * LN2)",
    numeric={"x": "1 / LN2 / x"},
    ieee=arithmetic.pole_at(0.0),
    points=POSITIVE,
    domain="x > 0",
)
row(
    "log10",
    math.log10,
    x="1 / (x * LN10)",
    numeric={"x": "1 / LN10 / x"},
    ieee=arithmetic.pole_at(0.0),
    points=POSITIVE,
    domain="x > 0",
)
row(
    "hypot",
    "sqrt(a * a + b * b)",
    a="a / y",
    b="b / y",
    numpy="hypot",
    numeric={
        "y": math.hypot,
        # The slope of a / y by a is b² / y³, which 1 / y − a² / y³ loses where a is the larger.
        "a": "0 if y == 0 else sign(a) / hypot(1, b / a) if abs(a) > abs(b) else a / y",
        "b": "0 if y == 0 else sign(b) / hypot(1, a / b) if abs(b) > abs(a) else b / y",
    },
)
row(
    "xlogy",
    "a * log(b)",
    a="log(b)",
    b="a / b",
    numeric={"y": "0 if a == 0 else a * log(b)", "b": "0 if a == 0 else a / b"},
    written="= a * log(b)",
    forms="function",
    points=((2.0, 3.0), (-1.5, 0.25), (0.7, 0.5), (1e-4, 1e4)),
    domain="b > 0, or b ≥ 0 if a = 0",
)

# Trigonometric functions
row("sin", math.sin, x="cos(x)", domain="a finite x")
row("cos", math.cos, x="-sin(x)", domain="a finite x")
row("tan", math.tan, x="1 + y * y", domain="a finite x")
row(
    "asin",
    math.asin,
    x="1 / sqrt(1 - x * x)",
    numeric={"x": "1 / sqrt(1 - x * x if abs(x) < 0.5 else (1 - x) * (1 + x))"},
    written="arcsin(x)",
    numpy="arcsin",
    points=INSIDE_ONE,
    domain="−1 ≤ x ≤ 1",
)
row(
    "acos",
    math.acos,
    x="-1 / sqrt(1 - x * x)",
    numeric={"x": "-1 / sqrt(1 - x * x if abs(x) < 0.5 else (1 - x) * (1 + x))"},
    written="arccos(x)",
    numpy="arccos",
    points=INSIDE_ONE,
    domain="−1 ≤ x ≤ 1",
)
row(
    "atan",
    math.atan,
    x="1 / (1 + x * x)",
    numeric={"x": "1 / hypot(1, x) / hypot(1, x)"},
    written="arctan(x)",
    numpy="arctan",
)
row(
    "atan2",
    math.atan2,
    a="b / (a * a + b * b)",
    b="-a / (a * a + b * b)",
    numeric={"a": "b / hypot(a, b) / hypot(a, b)", "b": "-a / hypot(a, b) / hypot(a, b)"},
    numpy="arctan2",
)
row(
    "sinc",
    "sin(x) / x",  # NumPy's sinc is sin(πx) / (πx)
    x="(cos(x) - y) / x",
    numeric={
        "y": "1 if x == 0 else sin(x) / x",
        # near 0 the series, of which each term is −x²/(2n(2n + 3)) of the one before
        "x": "(cos(x) - y) / x if abs(x) > 1 else "
        "-x / 3 * (1 - x * x / 10 * (1 - x * x / 28 * (1 - x * x / 54 * (1 - x * x / 88 * "
        "(1 - x * x / 130 * (1 - x * x / 180 * (1 - x * x / 238 * (1 - x * x / 304))))))))",
    },
    points=((0.3,), (-1.7,), (2.5,), (-0.01,), (17.0,), (1e-9,)),
    domain="a finite x",
)

# Hyperbolic functions, and the logistic one
row("sinh", math.sinh, x="cosh(x)", ieee=arithmetic.infinity_of_sign)
row("cosh", math.cosh, x="sinh(x)")
row(
    "sigmoid",
    "1 / (1 + exp(-x))",
    x="y * (1 - y)",
    numeric={
        "y": "1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))",
        "x": "0.25 / cosh(x / 2) / cosh(x / 2) if abs(x) < 40 else exp(-abs(x))",
    },
    branch_free=("1 / (1 + exp(-x))", "exp(-x) * y * y"),
    symbol="σ",
    written="σ(x)",
)
row(
    "tanh",
    math.tanh,
    x="1 - y * y",
    numeric={"x": "1 / cosh(x) / cosh(x) if abs(x) < 20 else 4 * exp(-2 * abs(x))"},
    branch_free=("tanh(x)", "1 / (cosh(x) * cosh(x))"),
)
row("asinh", math.asinh, x="1 / sqrt(1 + x * x)", numeric={"x": "1 / hypot(1, x)"}, numpy="arcsinh")
row(
    "acosh",
    math.acosh,
    x="1 / sqrt(x * x - 1)",
    numeric={"x": "1 / (sqrt(x - 1) * sqrt(x + 1))"},
    numpy="arccosh",
    points=((1.5,), (30.0,)),
    domain="x ≥ 1",
)
row(
    "atanh",
    math.atanh,
    x="1 / (1 - x * x)",
    numeric={"x": "1 / (1 - x * x if abs(x) < 0.5 else (1 - x) * (1 + x))"},
    ieee=arithmetic.poles_at_one,
    numpy="arctanh",
    points=INSIDE_ONE,
    domain="−1 < x < 1",
)
row("softplus", "log(1 + exp(x))", x="sigmoid(x)", numeric={"y": "(x if x > 0 else 0) + log1p(exp(-abs(x)))"})
row(
    "logaddexp",
    "log(exp(a) + exp(b))",
    a="exp(a - y)",
    b="exp(b - y)",
    numeric={
        "y": "a + LN2 if a == b else (a if a > b else b) + log1p(exp(-abs(a - b)))",
        "a": "sigmoid(a - b)",
        "b": "sigmoid(b - a)",
    },
    forms="function",
)

# Special functions
row(
    "erf",
    math.erf,
    x="2 * exp(-(x * x)) / sqrt(PI)",
    numeric={"x": "2 / sqrt(PI) * exp(-x * x) if abs(x) < 30 else 0"},
    special="erf",
)
row(
    "erfc",
    math.erfc,
    x="-2 * exp(-(x * x)) / sqrt(PI)",
    numeric={"x": "-2 / sqrt(PI) * exp(-x * x) if abs(x) < 30 else -0"},
    special="erfc",
)
row(
    "erfinv",
    special.erfinv,
    x="sqrt(PI) * exp(y * y) / 2",
    ieee=arithmetic.poles_at_one,
    special="erfinv",
    points=INSIDE_ONE,
    domain="−1 < x < 1",
)
row(
    "polygamma",
    special.polygamma,
    index="n",
    x="polygamma(n + 1, x)",
    symbol="ψ⁽ⁿ⁾",
    forms="function",
    points=((0.0, 2.5), (1.0, 0.3), (2.0, 17.0), (1.0, -1.7), (3.0, -40.3)),
    domain="a whole n ≥ 0, and an x other than 0, −1, −2, …",
)
row(
    "digamma",
    special.digamma,
    x="polygamma(1, x)",
    symbol="ψ",
    written="ψ(x)",
    special="digamma",
    points=((0.3,), (-1.7,), (2.5,), (-0.01,), (17.0,), (-40.3,)),
    domain="an x other than 0, −1, −2, …",
)
row(
    "lgamma",
    math.lgamma,
    x="digamma(x)",
    ieee=arithmetic.infinite,
    symbol="log|Γ|",
    written="log|Γ|(x)",
    special="gammaln",
    points=((0.3,), (-1.7,), (2.5,), (-0.01,), (17.0,), (-40.3,)),
    domain="an x other than 0, −1, −2, …",
)

# Kinks and steps
row(
    "heaviside",
    "1 if x > 0 else 0 if x < 0 else h",
    x="0",
    h="1 if x == 0 else 0",
    numeric={"y": "1 if x > 0 else 0 if x < 0 else h if x == 0 else x"},
    numpy="heaviside",
    array_api="xp.where({0} > 0, one, xp.where({0} < 0, zero, {1}))",
    forms="function",
    points=((2.0, 0.5), (-3.0, 0.5), (0.0, 0.3)),
)
row(
    "maximum",
    "a if a >= b else b",
    numeric={"y": "a if a >= b else b if a < b else a + b"},  # nan if either is
    a="1 if a > b else 0 if a < b else 0.5",
    b="0 if a > b else 1 if a < b else 0.5",
    symbol="max",
    written="max(a, b)",
    forms="function",
    reduction="max",
    numpy="maximum",
)
row(
    "minimum",
    "a if a <= b else b",
    numeric={"y": "a if a <= b else b if a > b else a + b"},
    a="1 if a < b else 0 if a > b else 0.5",
    b="0 if a < b else 1 if a > b else 0.5",
    symbol="min",
    written="min(a, b)",
    forms="function",
    reduction="min",
    numpy="minimum",
)
row(
    "clip",
    "low if x < low else high if x > high else x",
    x="0 if x < low else 0 if x > high else 1",
    low="1 if x < low else 0",
    high="0 if x < low else 1 if x > high else 0",
    forms="",
    points=((0.5, -1.0, 1.0), (3.0, -1.0, 1.0), (-3.0, -1.0, 1.0)),
)
# The branch that is not taken is None among the operands and not a parent.
row(
    "where",
    "a if condition == 1 else b",
    condition="0",
    a="1 if condition == 1 else 0",
    b="0 if condition == 1 else 1",
    forms="",
    points=((1.0, 2.0, 3.0), (0.0, 2.0, 3.0)),
)

# Activations
row(
    "relu",
    "x if x > 0 else 0",
    x="1 if x > 0 else 0",
    numeric={"y": "0 if x <= 0 else x", "x": "0 if x <= 0 else 1 if x > 0 else x"},  # nan is neither
    branch_free=("maximum(x, 0)", "heaviside(x, 0)"),
)
row(
    "leaky_relu",
    "x if x > 0 else slope * x",
    x="1 if x > 0 else slope",
    slope="0 if x > 0 else x",
    defaults=(0.01,),
    points=((2.0, 0.01), (-3.0, 0.01), (-0.5, 0.3)),
)
row(
    "elu",
    "x if x > 0 else alpha * (exp(x) - 1)",
    x="1 if x > 0 else alpha * exp(x)",
    alpha="0 if x > 0 else exp(x) - 1",
    numeric={"y": "x if x > 0 else alpha * expm1(x)", "alpha": "0 if x > 0 else expm1(x)"},
    defaults=(1.0,),
    points=((2.0, 1.0), (-3.0, 1.0), (-0.5, 0.3)),
)
row(
    "gelu",
    "x * (1 + erf(x / sqrt(2))) / 2",
    x="(1 + erf(x / sqrt(2))) / 2 + x * exp(-(x * x) / 2) / sqrt(2 * PI)",
    numeric={
        "y": "0.5 * x * erfc(-x / sqrt(2))",
        "x": "0.5 * erfc(-x / sqrt(2)) + x * exp(-0.5 * x * x) / sqrt(2 * PI)",
    },
)
row(
    "silu",
    "x * sigmoid(x)",
    x="sigmoid(x) * (1 + x * (1 - sigmoid(x)))",
    numeric={"x": "sigmoid(x) * (1 + x * sigmoid(-x))"},
)
row(
    "softsign",
    "x / (1 + abs(x))",
    x="1 / (1 + abs(x)) ** 2",
    numeric={"x": "1 / (1 + abs(x)) / (1 + abs(x))"},
)

# Lists
CHOICES = ((0.0, 0.5, -1.2, 3.0), (2.0, 0.5, -1.2, 3.0), (1.0, 40.0, 2.0))
list_row("sum", "sum(x)", x="1", numeric={"y": arithmetic.add_exactly}, at_least=0, symbol="Σ", written="Σ x")
list_row("mean", "sum(x) / len(x)", x="1 / len(x)", numeric={"y": arithmetic.average}, written="mean(x)")
list_row(
    "dot",
    "sum(w * x) + bias",
    w="x",
    x="w",
    bias="1",
    scalars=("bias",),
    numeric={"y": arithmetic.add_products},
    at_least=0,
    symbol="w·x",
    points=((2.0, -3.0, 0.5, 4.0, 1.0),),
)
list_row(
    "prod",
    "prod(x)",
    x="prod(1 if j == i else x)",
    numeric={"y": arithmetic.product},
    at_least=0,
    symbol="Π",
    written="Π x",
    points=(*LISTS, (2.0, 0.0, 3.0), (0.0, 0.0)),
)
list_row(
    "max", "max(x)", x="(1 if x == y else 0) / sum(1 if x == y else 0)", numeric={"y": arithmetic.largest}
)
list_row(
    "min",
    "min(x)",
    x="(1 if x == y else 0) / sum(1 if x == y else 0)",
    numeric={"y": arithmetic.smallest},
    on_arrays=("-max(-x)",),
)
list_row(
    "norm",
    "sqrt(sum(x * x))",
    x="x / y",
    numeric={"y": arithmetic.length, "x": "0 if y == 0 else x / y"},
    symbol="‖x‖",
    written="‖x‖",
)
EXPONENTIAL = "(1 if {0} == max(x) else exp({0} - max(x)))"  # without overflow; 1 for the largest
list_row(
    "softmax",
    "exp(x[k]) / sum(exp(x))",
    index="k",
    x="y * ((1 if i == k else 0) - softmax(i, x))",
    numeric={
        "y": f"{EXPONENTIAL.format('x[k]')} / sum({EXPONENTIAL.format('x')})",
        "x": "y * sum(0 if j == k else softmax(j, x)) if i == k else -(y * softmax(i, x))",
    },
    on_arrays=(
        f"{EXPONENTIAL.format('x')} / sum({EXPONENTIAL.format('x')})",
        # y·(g − Σ y·g), with g counted from the one of the largest x, so that 1 − y keeps its digits
        "y * (g - sum(g if x == max(x) else 0) / sum(1 if x == max(x) else 0)"
        " - sum(y * (g - sum(g if x == max(x) else 0) / sum(1 if x == max(x) else 0))))",
    ),
    points=CHOICES,
)
list_row(
    "logsumexp",
    "log(sum(exp(x)))",
    x="softmax(i, x)",
    numeric={"y": f"max(x) + log(sum({EXPONENTIAL.format('x')}))"},
)
list_row(
    "cross_entropy",
    "log(sum(exp(x))) - x[t]",
    index="t",
    x="softmax(i, x) - (1 if i == t else 0)",
    numeric={
        # −log softmax(x)ₜ = (max − xₜ) + log Σ exp(xⱼ − max), exact near 0 too
        "y": "(0 if x[t] == max(x) else max(x) - x[t])"
        f" + log1p(sum(0 if j == t else {EXPONENTIAL.format('x')})"
        " + (0 if x[t] == max(x) else expm1(x[t] - max(x))))",
        "x": "expm1(-y) if i == t else softmax(i, x)",
    },
    domain="a class index as its target (if it is computed or an input, "
    "write logsumexp(xs) - dot(shares, xs))",
    points=CHOICES,
)
list_row(
    "log_softmax",
    "x[k] - log(sum(exp(x)))",
    index="k",
    x="(1 if i == k else 0) - softmax(i, x)",
    numeric={
        "y": "-cross_entropy(k, x)",
        "x": "-expm1(y) if i == k else -softmax(i, x)",
    },
    on_arrays=(f"x - max(x) - log(sum({EXPONENTIAL.format('x')}))", "g - softmax(i, x) * sum(g)"),
    points=CHOICES,
)

end_of_table()
