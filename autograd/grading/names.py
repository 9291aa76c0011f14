"""The names of functions and methods, as engines spell them."""

from __future__ import annotations

# Names of methods and functions of one value, as engines spell them: the row of our table whose
# values they must have.
FUNCTIONS = {
    "exp": "exp", "log": "log", "ln": "log", "log2": "log2", "log10": "log10", "log1p": "log1p",
    "sqrt": "sqrt", "cbrt": "cbrt", "expm1": "expm1", "abs": "abs",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "arcsin": "asin", "acos": "acos",
    "arccos": "acos", "atan": "atan", "arctan": "atan", "sinh": "sinh", "cosh": "cosh",
    "tanh": "tanh", "asinh": "asinh", "acosh": "acosh", "atanh": "atanh", "erf": "erf",
    "sigmoid": "sigmoid", "logistic": "sigmoid", "relu": "relu", "softplus": "softplus",
    "softsign": "softsign", "silu": "silu", "swish": "silu",
}  # fmt: skip

# Others, whose values are a matter of parameters or in none of our rows: only gradients are checked.
MORE_FUNCTIONS = {
    "leaky_relu": "", "leakyrelu": "", "elu": "", "selu": "", "gelu": "", "mish": "", "square": "",
    "cube": "", "reciprocal": "", "gamma": "", "lgamma": "", "digamma": "", "softmax": "",
}  # fmt: skip

TAILS = ("tanh", "sigmoid", "softplus", "softsign")  # rows that are finite however large x is

# The methods that one operation of an engine may be built on.
METHODS = frozenset(
    f"__{prefix}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for prefix in ("", "r", "i")
) | {"__neg__", "__pos__", "__abs__", *FUNCTIONS, *MORE_FUNCTIONS}
