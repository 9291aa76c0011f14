"""The table: one row per operation, and everything else reads it.

    row(name, value, operand=partial derivative by that operand, …)

The formulas are in the operands' names; `y` is the result. The same text gives eager mode its float
code, higher derivatives their Values, explanations their mathematics and the tests their cases.
Where floats need more care than mathematics does, `numeric` says what takes a formula's place.
Conventions at kinks are decided here and nowhere else: `relu'(0) = 0`,
`abs'(0) = 0`, ties of max and min share 1/2 each, steps (sign, floor, …) have derivative 0.

Where the obvious formula loses digits, the row has one that keeps them: `1 - y*y` as tanh′ is wrong
by 2e13 ulp at x = 17, `4 * sigmoid(2*x) * sigmoid(-2*x)` by one or two.
"""

from __future__ import annotations

from .table import lists as variadic
from .table.row import RULES, row

__all__ = ["RULES", "variadic"]  # sum, dot, logsumexp, softmax, cross_entropy are rows too

ANY = ((0.3,), (-1.7,), (2.5,), (-0.01,), (17.0,), (-40.0,))
POSITIVE = ((0.3,), (1.0,), (2.5,), (1e-8,), (1e8,))
INSIDE_ONE = ((0.3,), (-0.7,), (1e-9,), (0.999,), (-0.999,))
PAIRS = ((2.0, 3.0), (-1.5, 0.25), (0.7, -0.3), (1e-4, 1e4))

# Arithmetic
row("add", "a + b", a="1", b="1", symbol="+", points=PAIRS)
row("sub", "a - b", a="1", b="-1", symbol="−", points=PAIRS)
row("mul", "a * b", a="b", b="a", symbol="×", points=PAIRS)
row("div", "a / b", a="1 / b", b="-y / b", symbol="÷", points=PAIRS, domain="a divisor other than 0")
row("identity", "x", x="1", symbol="=", points=ANY)
row("neg", "-x", x="-1", symbol="−", points=ANY)
row(
    "pow",
    "pow(a, b)",
    a="b * pow(a, b - 1)",
    b="y * log(a)",
    numeric={
        # b·y/a where b − 1 would be rounded: for small b it loses digits, for large b its parity.
        # Where y is 0 or ∞ (y + y = y), y/a says nothing.
        "a": "b * pow(a, b - 1) if y + y == y else (0 if abs(a) + abs(b) == 0 else b * y / a) if b < 0.5 "
        "else b * pow(a, b - 1) if b < 1e15 else b * y / a",
        "b": "(0 if b >= 0 else -abs(y)) if a == 0 else y * log(a)",
    },
    symbol="xʸ",
    points=((2.0, 3.0), (0.5, -1.5), (1.7, 0.3), (30.0, 0.01)),
    domain="a base above 0 (below 0 only with a whole exponent, 0 only with an exponent of at least 0)",
)

# Powers, exponentials, logarithms
row("sqrt", "sqrt(x)", x="0.5 / y", symbol="√", points=POSITIVE, domain="x ≥ 0")
row("cbrt", "cbrt(x)", x="1 / (3 * y * y)", symbol="∛", points=ANY)
row("exp", "exp(x)", x="y", points=ANY)
row("exp2", "exp2(x)", x="y * LN2", points=ANY)
row("expm1", "expm1(x)", x="exp(x)", points=ANY)
row("log", "log(x)", x="1 / x", points=POSITIVE, domain="x > 0")
row("log1p", "log1p(x)", x="1 / (1 + x)", points=POSITIVE, domain="x > −1")
row("log2", "log2(x)", x="1 / LN2 / x", points=POSITIVE, domain="x > 0")
row("log10", "log10(x)", x="1 / LN10 / x", points=POSITIVE, domain="x > 0")
row("hypot", "hypot(a, b)", a="0 if y == 0 else a / y", b="0 if y == 0 else b / y", points=PAIRS)

# Trigonometric and hyperbolic functions
row("sin", "sin(x)", x="cos(x)", points=ANY, domain="a finite x")
row("cos", "cos(x)", x="-sin(x)", points=ANY, domain="a finite x")
row("tan", "tan(x)", x="1 + y * y", points=ANY, domain="a finite x")
row("asin", "asin(x)", x="1 / sqrt((1 - x) * (1 + x))", points=INSIDE_ONE, domain="−1 ≤ x ≤ 1")
row("acos", "acos(x)", x="-1 / sqrt((1 - x) * (1 + x))", points=INSIDE_ONE, domain="−1 ≤ x ≤ 1")
row("atan", "atan(x)", x="1 / hypot(1, x) / hypot(1, x)", points=ANY)
row(
    "atan2",
    "atan2(a, b)",
    a="b / hypot(a, b) / hypot(a, b)",
    b="-a / hypot(a, b) / hypot(a, b)",
    points=PAIRS,
)
row("sinh", "sinh(x)", x="cosh(x)", points=ANY)
row("cosh", "cosh(x)", x="sinh(x)", points=ANY)
row(
    "tanh",
    "tanh(x)",
    x="4 * sigmoid(2 * x) * sigmoid(-2 * x)",
    quick=("tanh(x)", "1 / (cosh(x) * cosh(x))"),
    points=ANY,
)
row("asinh", "asinh(x)", x="1 / hypot(1, x)", points=ANY)
row("acosh", "acosh(x)", x="1 / (sqrt(x - 1) * sqrt(x + 1))", points=((1.5,), (30.0,)), domain="x ≥ 1")
row("atanh", "atanh(x)", x="1 / ((1 - x) * (1 + x))", points=INSIDE_ONE, domain="−1 < x < 1")

# Activations
row(
    "sigmoid",
    "1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))",
    x="y * sigmoid(-x)",
    quick=("1 / (1 + exp(-x))", "exp(-x) * y * y"),
    symbol="σ",
    points=ANY,
)
row("softplus", "(x if x > 0 else 0) + log1p(exp(-abs(x)))", x="sigmoid(x)", points=ANY)
row(
    "relu",
    "0 if x <= 0 else x",
    x="1 if x > 0 else 0",
    numeric={"x": "0 if x <= 0 else 1 if x > 0 else x"},  # nan is neither
    quick=("maximum(x, 0)", "heaviside(x, 0)"),
    points=ANY,
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
    "x if x > 0 else alpha * expm1(x)",
    x="1 if x > 0 else alpha * exp(x)",
    alpha="0 if x > 0 else expm1(x)",
    defaults=(1.0,),
    points=((2.0, 1.0), (-3.0, 1.0), (-0.5, 0.3)),
)
row(
    "gelu",
    "0.5 * x * erfc(-x / sqrt(2))",
    x="0.5 * erfc(-x / sqrt(2)) + x * exp(-0.5 * x * x) / sqrt(2 * PI)",
    points=ANY,
)
row("silu", "x * sigmoid(x)", x="sigmoid(x) * (1 + x * sigmoid(-x))", points=ANY)
row("softsign", "x / (1 + abs(x))", x="1 / (1 + abs(x)) / (1 + abs(x))", points=ANY)
row("erf", "erf(x)", x="2 / sqrt(PI) * exp(-x * x)", points=ANY)
row("erfc", "erfc(x)", x="-2 / sqrt(PI) * exp(-x * x)", points=ANY)

# Kinks and steps
row(
    "sign",
    "1 if x > 0 else -1 if x < 0 else 0",
    x="0",
    numeric={"y": "1 if x > 0 else -1 if x < 0 else x"},
    symbol="sgn",
    points=ANY,
)
row("abs", "abs(x)", x="sign(x)", symbol="|x|", points=ANY)
row(
    "maximum",
    "a if a >= b else b",
    numeric={"y": "a if a >= b else b if a < b else a + b"},  # nan where either is
    a="1 if a > b else 0 if a < b else 0.5",
    b="0 if a > b else 1 if a < b else 0.5",
    symbol="max",
    points=PAIRS,
)
row(
    "minimum",
    "a if a <= b else b",
    numeric={"y": "a if a <= b else b if a > b else a + b"},
    a="1 if a < b else 0 if a > b else 0.5",
    b="0 if a < b else 1 if a > b else 0.5",
    symbol="min",
    points=PAIRS,
)
row(
    "clip",
    "low if x < low else high if x > high else x",
    x="0 if x < low else 0 if x > high else 1",
    low="1 if x < low else 0",
    high="0 if x < low else 1 if x > high else 0",
    points=((0.5, -1.0, 1.0), (3.0, -1.0, 1.0), (-3.0, -1.0, 1.0)),
)
row("floor", "floor(x)", x="0", symbol="⌊x⌋", points=ANY)
row("ceil", "ceil(x)", x="0", symbol="⌈x⌉", points=ANY)
row("round", "round(x)", x="0", points=ANY)

# The branch not taken is no operand's business: it is None among the operands and no parent.
row(
    "where",
    "a if condition == 1 else b",
    condition="0",
    a="1 if condition == 1 else 0",
    b="0 if condition == 1 else 1",
    points=((1.0, 2.0, 3.0), (0.0, 2.0, 3.0)),
)
