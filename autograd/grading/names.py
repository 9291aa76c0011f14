"""The names of functions and methods, as engines spell them."""

from __future__ import annotations

# Names of methods and functions of one value, as engines spell them: the row of our table whose
# values they must have.
_SAME_NAME = """
    abs acos acosh asin asinh atan atanh cbrt cos cosh erf exp expm1 log log10 log1p log2 relu sigmoid silu
    sin sinh softplus softsign sqrt tan tanh
"""
FUNCTIONS = {name: name for name in _SAME_NAME.split()} | {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "logistic": "sigmoid", "swish": "silu",
}  # fmt: skip

# Others, whose values are a matter of parameters or in none of our rows: only gradients are checked.
_NO_ROW = """
    cube digamma elu gamma gelu leaky_relu leakyrelu lgamma mish reciprocal selu softmax square
"""
MORE_FUNCTIONS = dict.fromkeys(_NO_ROW.split(), "")

TAILS = ("tanh", "sigmoid", "softplus", "softsign")  # rows that are finite however large x is

# The methods that one operation of an engine may be built on.
METHODS = frozenset(
    f"__{prefix}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for prefix in ("", "r", "i")
) | {"__neg__", "__pos__", "__abs__", *FUNCTIONS, *MORE_FUNCTIONS}
