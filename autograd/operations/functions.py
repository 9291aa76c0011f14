"""Written by scripts/write_code.py from autograd/rules.py: the operations as functions.

They take Values and plain numbers; without a Value among the operands the result is a float.
"""
# pyright: basic

from __future__ import annotations

from collections.abc import Iterable
from math import exp as _exp
from math import fabs as _abs
from math import log as _log
from math import log1p as _log1p
from math import pow as _pow
from typing import Any, Never, overload

from ..native import plain_case
from ..nodes.modes import active_modes
from ..nodes.node import Node, list_node, numbers_of
from ..nodes.scopes import current_scope, open_scopes
from ..rules import RULES
from ..table.row import FLOATS, VALUES
from ..value import Value
from .apply import apply, index_of, items_of, require_list
from .choices import clip, where
from .signatures import Operand, Unary

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "cross_entropy",
    "digamma",
    "dot",
    "elu",
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "gelu",
    "heaviside",
    "hypot",
    "leaky_relu",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "maximum",
    "mean",
    "minimum",
    "norm",
    "polygamma",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "tan",
    "tanh",
    "where",
    "xlogy",
]

new = Node.__new__
rule_pow = RULES["pow"]
rule_xlogy = RULES["xlogy"]
rule_logaddexp = RULES["logaddexp"]
rule_polygamma = RULES["polygamma"]
rule_heaviside = RULES["heaviside"]
rule_maximum = RULES["maximum"]
rule_minimum = RULES["minimum"]
rule_sum: Any = RULES["sum"]
rule_mean: Any = RULES["mean"]
rule_dot: Any = RULES["dot"]
rule_prod: Any = RULES["prod"]
rule_max: Any = RULES["max"]
rule_min: Any = RULES["min"]
rule_norm: Any = RULES["norm"]
rule_softmax: Any = RULES["softmax"]
rule_logsumexp: Any = RULES["logsumexp"]
rule_cross_entropy: Any = RULES["cross_entropy"]
rule_log_softmax: Any = RULES["log_softmax"]
_LN2 = 0.6931471805599453
_sigmoid = RULES["sigmoid"].evaluate
float_all_softmax = FLOATS["all_softmax"]
float_cross_entropy = FLOATS["cross_entropy"]
float_exp = FLOATS["exp"]
float_expm1 = FLOATS["expm1"]
float_log = FLOATS["log"]
float_log1p = FLOATS["log1p"]
float_max = FLOATS["max"]
float_prod = FLOATS["prod"]
float_sum = FLOATS["sum"]
_evaluate_sum = rule_sum.evaluate_lists
_evaluate_mean = rule_mean.evaluate_lists
_evaluate_dot = rule_dot.evaluate_lists
_evaluate_prod = rule_prod.evaluate_lists
_evaluate_max = rule_max.evaluate_lists
_evaluate_min = rule_min.evaluate_lists
_evaluate_norm = rule_norm.evaluate_lists
sign: Unary = Value.sign  # pyright: ignore


abs: Unary = Value.abs  # pyright: ignore


floor: Unary = Value.floor  # pyright: ignore


ceil: Unary = Value.ceil  # pyright: ignore


round: Unary = Value.round  # pyright: ignore


log: Unary = Value.log  # pyright: ignore


@overload
def pow(a: float, b: float) -> float: ...
@overload
def pow(a: Operand, b: Operand) -> Any: ...
@plain_case(rule_pow)
def pow(a: Any, b: Any) -> Any:
    """y = pow(a, b)

    ∂y/∂a = b * pow(a, b - 1)
    ∂y/∂b = y * log(a)

    Needs a base above 0 (or below 0 with a whole exponent, or 0 with an exponent of at least 0);
    raises DomainError elsewhere (see `errstate`).
    """
    if a.__class__ is Value and b.__class__ is Value and not active_modes:
        try:
            a_data = a._data
            b_data = b._data
            y = _pow(a_data, b_data)
            da = (
                b_data * _pow(a_data, b_data - 1.0)
                if y + y == y
                else (0.0 if a_data == 0.0 else b_data * y / a_data)
                if b_data < 0.5
                else b_data * _pow(a_data, b_data - 1.0)
                if b_data < 1000000000000000.0
                else b_data * y / a_data
            )
            db = (0.0 if b_data >= 0.0 else -y) if a_data == 0.0 else y * _log(a_data)
        except (ArithmeticError, ValueError):
            return apply(rule_pow, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_pow
            node.first = a
            node.d_first = da
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if b.__class__ is Value and (a.__class__ is float or a.__class__ is int) and not active_modes:
        try:
            b_data = b._data
            a_data = float(a)
            y = _pow(a_data, b_data)
            db = (0.0 if b_data >= 0.0 else -y) if a_data == 0.0 else y * _log(a_data)
        except (ArithmeticError, ValueError):
            return apply(rule_pow, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_pow
            node.first = a_data
            node.d_first = None
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if a.__class__ is Value and (b.__class__ is float or b.__class__ is int) and not active_modes:
        try:
            a_data = a._data
            b_data = float(b)
            y = _pow(a_data, b_data)
            da = (
                b_data * _pow(a_data, b_data - 1.0)
                if y + y == y
                else (0.0 if a_data == 0.0 else b_data * y / a_data)
                if b_data < 0.5
                else b_data * _pow(a_data, b_data - 1.0)
                if b_data < 1000000000000000.0
                else b_data * y / a_data
            )
        except (ArithmeticError, ValueError):
            return apply(rule_pow, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_pow
            node.first = a
            node.d_first = da
            node.second = b_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_pow, a, b)


sqrt: Unary = Value.sqrt  # pyright: ignore


cbrt: Unary = Value.cbrt  # pyright: ignore


exp: Unary = Value.exp  # pyright: ignore


exp2: Unary = Value.exp2  # pyright: ignore


expm1: Unary = Value.expm1  # pyright: ignore


log1p: Unary = Value.log1p  # pyright: ignore


log2: Unary = Value.log2  # pyright: ignore


log10: Unary = Value.log10  # pyright: ignore


hypot: Any = Value.hypot  # pyright: ignore


@overload
def xlogy(a: float, b: float) -> float: ...
@overload
def xlogy(a: Operand, b: Operand) -> Any: ...
@plain_case(rule_xlogy)
def xlogy(a: Any, b: Any) -> Any:
    """y = a * log(b)

    ∂y/∂a = log(b)
    ∂y/∂b = a / b

    Needs b > 0, or b ≥ 0 if a = 0;
    raises DomainError elsewhere (see `errstate`).
    """
    if a.__class__ is Value and b.__class__ is Value and not active_modes:
        try:
            a_data = a._data
            b_data = b._data
            y = 0.0 if a_data == 0.0 else a_data * _log(b_data)
            da = _log(b_data)
            db = 0.0 if a_data == 0.0 else a_data / b_data
        except (ArithmeticError, ValueError):
            return apply(rule_xlogy, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_xlogy
            node.first = a
            node.d_first = da
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if b.__class__ is Value and (a.__class__ is float or a.__class__ is int) and not active_modes:
        try:
            b_data = b._data
            a_data = float(a)
            y = 0.0 if a_data == 0.0 else a_data * _log(b_data)
            db = 0.0 if a_data == 0.0 else a_data / b_data
        except (ArithmeticError, ValueError):
            return apply(rule_xlogy, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_xlogy
            node.first = a_data
            node.d_first = None
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if a.__class__ is Value and (b.__class__ is float or b.__class__ is int) and not active_modes:
        try:
            a_data = a._data
            b_data = float(b)
            y = 0.0 if a_data == 0.0 else a_data * _log(b_data)
            da = _log(b_data)
        except (ArithmeticError, ValueError):
            return apply(rule_xlogy, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_xlogy
            node.first = a
            node.d_first = da
            node.second = b_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_xlogy, a, b)


sin: Unary = Value.sin  # pyright: ignore


cos: Unary = Value.cos  # pyright: ignore


tan: Unary = Value.tan  # pyright: ignore


asin: Unary = Value.asin  # pyright: ignore


acos: Unary = Value.acos  # pyright: ignore


atan: Unary = Value.atan  # pyright: ignore


atan2: Any = Value.atan2  # pyright: ignore


sinc: Unary = Value.sinc  # pyright: ignore


sinh: Unary = Value.sinh  # pyright: ignore


cosh: Unary = Value.cosh  # pyright: ignore


sigmoid: Unary = Value.sigmoid  # pyright: ignore


tanh: Unary = Value.tanh  # pyright: ignore


asinh: Unary = Value.asinh  # pyright: ignore


acosh: Unary = Value.acosh  # pyright: ignore


atanh: Unary = Value.atanh  # pyright: ignore


softplus: Unary = Value.softplus  # pyright: ignore


@overload
def logaddexp(a: float, b: float) -> float: ...
@overload
def logaddexp(a: Operand, b: Operand) -> Any: ...
@plain_case(rule_logaddexp)
def logaddexp(a: Any, b: Any) -> Any:
    """y = log(exp(a) + exp(b))

    ∂y/∂a = exp(a - y)
    ∂y/∂b = exp(b - y)
    """
    if a.__class__ is Value and b.__class__ is Value and not active_modes:
        try:
            a_data = a._data
            b_data = b._data
            y = (
                a_data + _LN2
                if a_data == b_data
                else (a_data if a_data > b_data else b_data) + _log1p(_exp(-_abs(a_data - b_data)))
            )
            da = _sigmoid(a_data - b_data)
            db = _sigmoid(b_data - a_data)
        except (ArithmeticError, ValueError):
            return apply(rule_logaddexp, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_logaddexp
            node.first = a
            node.d_first = da
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if b.__class__ is Value and (a.__class__ is float or a.__class__ is int) and not active_modes:
        try:
            b_data = b._data
            a_data = float(a)
            y = (
                a_data + _LN2
                if a_data == b_data
                else (a_data if a_data > b_data else b_data) + _log1p(_exp(-_abs(a_data - b_data)))
            )
            db = _sigmoid(b_data - a_data)
        except (ArithmeticError, ValueError):
            return apply(rule_logaddexp, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_logaddexp
            node.first = a_data
            node.d_first = None
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if a.__class__ is Value and (b.__class__ is float or b.__class__ is int) and not active_modes:
        try:
            a_data = a._data
            b_data = float(b)
            y = (
                a_data + _LN2
                if a_data == b_data
                else (a_data if a_data > b_data else b_data) + _log1p(_exp(-_abs(a_data - b_data)))
            )
            da = _sigmoid(a_data - b_data)
        except (ArithmeticError, ValueError):
            return apply(rule_logaddexp, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_logaddexp
            node.first = a
            node.d_first = da
            node.second = b_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_logaddexp, a, b)


erf: Unary = Value.erf  # pyright: ignore


erfc: Unary = Value.erfc  # pyright: ignore


erfinv: Unary = Value.erfinv  # pyright: ignore


@overload
def polygamma(n: float, x: float) -> float: ...
@overload
def polygamma(n: Operand, x: Operand) -> Any: ...
def polygamma(n: Any, x: Any) -> Any:
    """y = polygamma(n, x)

    ∂y/∂x = polygamma(n + 1, x)

    Needs a whole n ≥ 0, and an x other than 0, −1, −2, …;
    raises DomainError elsewhere (see `errstate`).
    """
    return apply(rule_polygamma, n, x)


digamma: Unary = Value.digamma  # pyright: ignore


lgamma: Unary = Value.lgamma  # pyright: ignore


@overload
def heaviside(x: float, h: float) -> float: ...
@overload
def heaviside(x: Operand, h: Operand) -> Any: ...
@plain_case(rule_heaviside)
def heaviside(x: Any, h: Any) -> Any:
    """y = 1 if x > 0 else 0 if x < 0 else h

    ∂y/∂x = 0
    ∂y/∂h = 1 if x == 0 else 0
    """
    if x.__class__ is Value and h.__class__ is Value and not active_modes:
        try:
            x_data = x._data
            h_data = h._data
            y = 1.0 if x_data > 0.0 else 0.0 if x_data < 0.0 else h_data if x_data == 0.0 else x_data
            dx = 0.0
            dh = 1.0 if x_data == 0.0 else 0.0
        except (ArithmeticError, ValueError):
            return apply(rule_heaviside, x, h)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_heaviside
            node.first = x
            node.d_first = dx
            node.second = h
            node.d_second = dh
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if h.__class__ is Value and (x.__class__ is float or x.__class__ is int) and not active_modes:
        try:
            h_data = h._data
            x_data = float(x)
            y = 1.0 if x_data > 0.0 else 0.0 if x_data < 0.0 else h_data if x_data == 0.0 else x_data
            dh = 1.0 if x_data == 0.0 else 0.0
        except (ArithmeticError, ValueError):
            return apply(rule_heaviside, x, h)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_heaviside
            node.first = x_data
            node.d_first = None
            node.second = h
            node.d_second = dh
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if x.__class__ is Value and (h.__class__ is float or h.__class__ is int) and not active_modes:
        try:
            x_data = x._data
            h_data = float(h)
            y = 1.0 if x_data > 0.0 else 0.0 if x_data < 0.0 else h_data if x_data == 0.0 else x_data
            dx = 0.0
        except (ArithmeticError, ValueError):
            return apply(rule_heaviside, x, h)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_heaviside
            node.first = x
            node.d_first = dx
            node.second = h_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_heaviside, x, h)


@overload
def maximum(a: float, b: float, *more: float) -> float: ...
@overload
def maximum(a: Operand, b: Operand, *more: Operand) -> Any: ...
@plain_case(rule_maximum)
def maximum(a: Any, b: Any, *more: Any) -> Any:
    """y = a if a >= b else b

    ∂y/∂a = 1 if a > b else 0 if a < b else 0.5
    ∂y/∂b = 0 if a > b else 1 if a < b else 0.5
    """
    if more:
        return max((a, b, *more))
    if a.__class__ is Value and b.__class__ is Value and not active_modes:
        try:
            a_data = a._data
            b_data = b._data
            y = a_data if a_data >= b_data else b_data if a_data < b_data else a_data + b_data
            da = 1.0 if a_data > b_data else 0.0 if a_data < b_data else 0.5
            db = 0.0 if a_data > b_data else 1.0 if a_data < b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_maximum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_maximum
            node.first = a
            node.d_first = da
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if b.__class__ is Value and (a.__class__ is float or a.__class__ is int) and not active_modes:
        try:
            b_data = b._data
            a_data = float(a)
            y = a_data if a_data >= b_data else b_data if a_data < b_data else a_data + b_data
            db = 0.0 if a_data > b_data else 1.0 if a_data < b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_maximum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_maximum
            node.first = a_data
            node.d_first = None
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if a.__class__ is Value and (b.__class__ is float or b.__class__ is int) and not active_modes:
        try:
            a_data = a._data
            b_data = float(b)
            y = a_data if a_data >= b_data else b_data if a_data < b_data else a_data + b_data
            da = 1.0 if a_data > b_data else 0.0 if a_data < b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_maximum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_maximum
            node.first = a
            node.d_first = da
            node.second = b_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_maximum, a, b)


@overload
def minimum(a: float, b: float, *more: float) -> float: ...
@overload
def minimum(a: Operand, b: Operand, *more: Operand) -> Any: ...
@plain_case(rule_minimum)
def minimum(a: Any, b: Any, *more: Any) -> Any:
    """y = a if a <= b else b

    ∂y/∂a = 1 if a < b else 0 if a > b else 0.5
    ∂y/∂b = 0 if a < b else 1 if a > b else 0.5
    """
    if more:
        return min((a, b, *more))
    if a.__class__ is Value and b.__class__ is Value and not active_modes:
        try:
            a_data = a._data
            b_data = b._data
            y = a_data if a_data <= b_data else b_data if a_data > b_data else a_data + b_data
            da = 1.0 if a_data < b_data else 0.0 if a_data > b_data else 0.5
            db = 0.0 if a_data < b_data else 1.0 if a_data > b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_minimum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_minimum
            node.first = a
            node.d_first = da
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if b.__class__ is Value and (a.__class__ is float or a.__class__ is int) and not active_modes:
        try:
            b_data = b._data
            a_data = float(a)
            y = a_data if a_data <= b_data else b_data if a_data > b_data else a_data + b_data
            db = 0.0 if a_data < b_data else 1.0 if a_data > b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_minimum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_minimum
            node.first = a_data
            node.d_first = None
            node.second = b
            node.d_second = db
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    if a.__class__ is Value and (b.__class__ is float or b.__class__ is int) and not active_modes:
        try:
            a_data = a._data
            b_data = float(b)
            y = a_data if a_data <= b_data else b_data if a_data > b_data else a_data + b_data
            da = 1.0 if a_data < b_data else 0.0 if a_data > b_data else 0.5
        except (ArithmeticError, ValueError):
            return apply(rule_minimum, a, b)
        if y - y == 0.0:
            node = new(Value)
            node._data = y
            node._grad = None
            node._label = ""
            node.rule = rule_minimum
            node.first = a
            node.d_first = da
            node.second = b_data
            node.d_second = None
            node.rest = None
            node.scope = current_scope() if open_scopes else None
            node.line = ""
            return node
    return apply(rule_minimum, a, b)


relu: Unary = Value.relu  # pyright: ignore


leaky_relu: Any = Value.leaky_relu  # pyright: ignore


elu: Any = Value.elu  # pyright: ignore


gelu: Unary = Value.gelu  # pyright: ignore


silu: Unary = Value.silu  # pyright: ignore


softsign: Unary = Value.softsign  # pyright: ignore


def _differentiate_sum(y, x):
    return ([1.0] * len(x),)


def _sum(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_sum(x_data)
            (d_x,) = _differentiate_sum(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_sum, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_sum, y, operands, parents, local_derivatives)
    return apply(rule_sum, *x)


@overload
def sum(xs: Iterable[Value], start: Operand = 0) -> Value: ...
@overload
def sum(xs: Iterable[float], start: Operand = 0) -> float: ...
@overload
def sum(xs: Iterable[Operand], start: Operand = 0) -> Any: ...
def sum(xs: Iterable[Operand], start: Operand = 0) -> Any:
    """y = sum(x), as one node

    ∂y/∂x[i] = 1
    """
    try:
        xs = tuple(xs)
    except TypeError:
        require_list("sum", xs)
        raise
    if start.__class__ is not int or start:
        xs = (*xs, start)
    return _sum(xs)


def _differentiate_mean(y, x):
    return ([1.0 / len(x) for i in range(len(x))],)


def _mean(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_mean(x_data)
            (d_x,) = _differentiate_mean(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_mean, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_mean, y, operands, parents, local_derivatives)
    return apply(rule_mean, *x)


@overload
def mean(xs: Iterable[Value]) -> Value: ...
@overload
def mean(xs: Iterable[float]) -> float: ...
@overload
def mean(xs: Iterable[Operand]) -> Any: ...
def mean(xs: Iterable[Operand], *more: Never) -> Any:
    """y = sum(x) / len(x), as one node

    ∂y/∂x[i] = 1 / len(x)

    Raises ValueError if there are no operands.
    """
    xs = items_of("mean", xs, 1, more)
    return _mean(xs)


def _differentiate_dot(y, w, x, bias):
    return (x, w, 1.0)


def _dot(w, x, bias) -> Any:
    if not active_modes:
        try:
            w_data = numbers_of(w)
            x_data = numbers_of(x)
            bias_data = bias if bias.__class__ is float else bias._data
            y = _evaluate_dot(w_data, x_data, bias_data)
            (
                d_w,
                d_x,
                d_bias,
            ) = _differentiate_dot(y, w_data, x_data, bias_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_dot, *w, *x, bias)
        operands = (
            *w,
            *x,
            bias,
        )
        if w_data is not w and x_data is not x and bias_data is not bias:
            parents, local_derivatives = (
                operands,
                (
                    *d_w,
                    *d_x,
                    d_bias,
                ),
            )
        else:
            parents = (
                *(() if w_data is w else w),
                *(() if x_data is x else x),
                *(() if bias_data is bias else (bias,)),
            )
            local_derivatives = (
                *(() if w_data is w else d_w),
                *(() if x_data is x else d_x),
                *(() if bias_data is bias else (d_bias,)),
            )
        if parents and y - y == 0.0:
            return list_node(Value, rule_dot, y, operands, parents, local_derivatives)
    return apply(rule_dot, *w, *x, bias)


@overload
def dot(ws: Iterable[Value], xs: Iterable[Operand], bias: Operand = 0.0) -> Value: ...
@overload
def dot(ws: Iterable[float], xs: Iterable[float], bias: float = 0.0) -> float: ...
@overload
def dot(ws: Iterable[Operand], xs: Iterable[Operand], bias: Operand = 0.0) -> Any: ...
def dot(ws: Iterable[Operand], xs: Iterable[Operand], bias: Operand = 0.0) -> Any:
    """y = sum(w * x) + bias, as one node

    ∂y/∂w[i] = x
    ∂y/∂x[i] = w
    ∂y/∂bias = 1

    Raises ValueError if the lists differ in length.
    """
    try:
        ws = tuple(ws)
    except TypeError:
        require_list("dot", ws)
        raise
    try:
        xs = tuple(xs)
    except TypeError:
        require_list("dot", xs)
        raise
    if len(ws) != len(xs):
        raise ValueError(f"dot: {len(ws)} ws but {len(xs)} xs")
    return _dot(ws, xs, bias)


def _differentiate_prod(y, x):
    return ([float_prod([1.0 if j == i else x_j for j, x_j in enumerate(x)]) for i in range(len(x))],)


def _prod(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_prod(x_data)
            (d_x,) = _differentiate_prod(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_prod, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_prod, y, operands, parents, local_derivatives)
    return apply(rule_prod, *x)


@overload
def prod(xs: Iterable[Value]) -> Value: ...
@overload
def prod(xs: Iterable[float]) -> float: ...
@overload
def prod(xs: Iterable[Operand]) -> Any: ...
def prod(xs: Iterable[Operand], *more: Never) -> Any:
    """y = prod(x), as one node

    ∂y/∂x[i] = prod(1 if j == i else x)
    """
    xs = items_of("prod", xs, 0, more)
    return _prod(xs)


def _differentiate_max(y, x):
    t1 = float_sum([1.0 if x_j == y else 0.0 for x_j in x])
    return ([(1.0 if x_i == y else 0.0) / t1 for x_i in x],)


def _max(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_max(x_data)
            (d_x,) = _differentiate_max(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_max, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_max, y, operands, parents, local_derivatives)
    return apply(rule_max, *x)


@overload
def max(xs: Iterable[Value]) -> Value: ...
@overload
def max(xs: Iterable[float]) -> float: ...
@overload
def max(xs: Iterable[Operand]) -> Any: ...
def max(xs: Iterable[Operand], *more: Never) -> Any:
    """y = max(x), as one node

    ∂y/∂x[i] = (1 if x == y else 0) / sum(1 if x == y else 0)

    Raises ValueError if there are no operands.
    """
    xs = items_of("max", xs, 1, more)
    return _max(xs)


def _differentiate_min(y, x):
    t1 = float_sum([1.0 if x_j == y else 0.0 for x_j in x])
    return ([(1.0 if x_i == y else 0.0) / t1 for x_i in x],)


def _min(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_min(x_data)
            (d_x,) = _differentiate_min(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_min, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_min, y, operands, parents, local_derivatives)
    return apply(rule_min, *x)


@overload
def min(xs: Iterable[Value]) -> Value: ...
@overload
def min(xs: Iterable[float]) -> float: ...
@overload
def min(xs: Iterable[Operand]) -> Any: ...
def min(xs: Iterable[Operand], *more: Never) -> Any:
    """y = min(x), as one node

    ∂y/∂x[i] = (1 if x == y else 0) / sum(1 if x == y else 0)

    Raises ValueError if there are no operands.
    """
    xs = items_of("min", xs, 1, more)
    return _min(xs)


def _differentiate_norm(y, x):
    return ([0.0 if y == 0.0 else x_i / y for x_i in x],)


def _norm(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_norm(x_data)
            (d_x,) = _differentiate_norm(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_norm, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_norm, y, operands, parents, local_derivatives)
    return apply(rule_norm, *x)


@overload
def norm(xs: Iterable[Value]) -> Value: ...
@overload
def norm(xs: Iterable[float]) -> float: ...
@overload
def norm(xs: Iterable[Operand]) -> Any: ...
def norm(xs: Iterable[Operand], *more: Never) -> Any:
    """y = sqrt(sum(x * x)), as one node

    ∂y/∂x[i] = x / y

    Raises ValueError if there are no operands.
    """
    xs = items_of("norm", xs, 1, more)
    return _norm(xs)


def _evaluate_softmax(k, x):
    t1 = x[int(k)]
    t2 = float_max(x)
    t3 = float_sum([1.0 if x_j == t2 else float_exp(x_j - t2) for x_j in x])
    return (1.0 if t1 == t2 else float_exp(t1 - t2)) / t3


def _differentiate_softmax(y, k, x):
    t1 = float_all_softmax(x)
    t2 = float_sum([0.0 if j == k else t1_j for j, t1_j in enumerate(t1)])
    return (0.0, [y * t2 if i == k else -(y * t1_i) for i, t1_i in enumerate(t1)])


def _softmax(k, x) -> Any:
    if not active_modes:
        try:
            k_data = k if k.__class__ is float else k._data
            x_data = numbers_of(x)
            y = _evaluate_softmax(k_data, x_data)
            (
                d_k,
                d_x,
            ) = _differentiate_softmax(y, k_data, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_softmax, k, *x)
        operands = (
            k,
            *x,
        )
        if k_data is not k and x_data is not x:
            parents, local_derivatives = (
                operands,
                (
                    d_k,
                    *d_x,
                ),
            )
        else:
            parents = (
                *(() if k_data is k else (k,)),
                *(() if x_data is x else x),
            )
            local_derivatives = (
                *(() if k_data is k else (d_k,)),
                *(() if x_data is x else d_x),
            )
        if parents and y - y == 0.0:
            return list_node(Value, rule_softmax, y, operands, parents, local_derivatives)
    return apply(rule_softmax, k, *x)


def softmax(xs: Iterable[Operand], *more: Never) -> list[Any]:
    """y = exp(x[k]) / sum(exp(x)), as one node per result

    ∂y/∂x[i] = y * ((1 if i == k else 0) - softmax(i, x))

    Raises ValueError if there are no operands.
    """
    xs = items_of("softmax", xs, 1, more)
    return [_softmax(float(k), xs) for k in range(len(xs))]


def _evaluate_logsumexp(x):
    t1 = float_max(x)
    t2 = float_sum([1.0 if x_j == t1 else float_exp(x_j - t1) for x_j in x])
    return t1 + float_log(t2)


def _differentiate_logsumexp(y, x):
    t1 = float_all_softmax(x)
    return (t1,)


def _logsumexp(x) -> Any:
    if not active_modes:
        try:
            x_data = numbers_of(x)
            y = _evaluate_logsumexp(x_data)
            (d_x,) = _differentiate_logsumexp(y, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_logsumexp, *x)
        operands = (*x,)
        if x_data is not x:
            parents, local_derivatives = operands, (*d_x,)
        else:
            parents = (*(() if x_data is x else x),)
            local_derivatives = (*(() if x_data is x else d_x),)
        if parents and y - y == 0.0:
            return list_node(Value, rule_logsumexp, y, operands, parents, local_derivatives)
    return apply(rule_logsumexp, *x)


@overload
def logsumexp(xs: Iterable[Value]) -> Value: ...
@overload
def logsumexp(xs: Iterable[float]) -> float: ...
@overload
def logsumexp(xs: Iterable[Operand]) -> Any: ...
def logsumexp(xs: Iterable[Operand], *more: Never) -> Any:
    """y = log(sum(exp(x))), as one node

    ∂y/∂x[i] = softmax(i, x)

    Raises ValueError if there are no operands.
    """
    xs = items_of("logsumexp", xs, 1, more)
    return _logsumexp(xs)


def _evaluate_cross_entropy(t, x):
    t1 = x[int(t)]
    t2 = float_max(x)
    t3 = float_sum([0.0 if j == t else 1.0 if x_j == t2 else float_exp(x_j - t2) for j, x_j in enumerate(x)])
    return (0.0 if t1 == t2 else t2 - t1) + float_log1p(t3 + (0.0 if t1 == t2 else float_expm1(t1 - t2)))


def _differentiate_cross_entropy(y, t, x):
    t1 = float_all_softmax(x)
    return (0.0, [float_expm1(-y) if i == t else t1_i for i, t1_i in enumerate(t1)])


def _cross_entropy(t, x) -> Any:
    if not active_modes:
        try:
            t_data = t if t.__class__ is float else t._data
            x_data = numbers_of(x)
            y = _evaluate_cross_entropy(t_data, x_data)
            (
                d_t,
                d_x,
            ) = _differentiate_cross_entropy(y, t_data, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_cross_entropy, t, *x)
        operands = (
            t,
            *x,
        )
        if t_data is not t and x_data is not x:
            parents, local_derivatives = (
                operands,
                (
                    d_t,
                    *d_x,
                ),
            )
        else:
            parents = (
                *(() if t_data is t else (t,)),
                *(() if x_data is x else x),
            )
            local_derivatives = (
                *(() if t_data is t else (d_t,)),
                *(() if x_data is x else d_x),
            )
        if parents and y - y == 0.0:
            return list_node(Value, rule_cross_entropy, y, operands, parents, local_derivatives)
    return apply(rule_cross_entropy, t, *x)


def cross_entropy(xs: Iterable[Operand], target: int) -> Any:
    """y = log(sum(exp(x))) - x[t], as one node

    ∂y/∂x[i] = softmax(i, x) - (1 if i == t else 0)

    Raises ValueError if there are no operands or if `target` is not an index of `xs`.
    """
    xs = items_of("cross_entropy", xs, 1)
    return _cross_entropy(index_of(rule_cross_entropy, xs, target), xs)


def _evaluate_log_softmax(k, x):
    t1 = float_cross_entropy(k, x)
    return -t1


def _differentiate_log_softmax(y, k, x):
    t1 = float_all_softmax(x)
    return (0.0, [-float_expm1(y) if i == k else -t1_i for i, t1_i in enumerate(t1)])


def _log_softmax(k, x) -> Any:
    if not active_modes:
        try:
            k_data = k if k.__class__ is float else k._data
            x_data = numbers_of(x)
            y = _evaluate_log_softmax(k_data, x_data)
            (
                d_k,
                d_x,
            ) = _differentiate_log_softmax(y, k_data, x_data)
        except (AttributeError, TypeError, ArithmeticError, ValueError):
            return apply(rule_log_softmax, k, *x)
        operands = (
            k,
            *x,
        )
        if k_data is not k and x_data is not x:
            parents, local_derivatives = (
                operands,
                (
                    d_k,
                    *d_x,
                ),
            )
        else:
            parents = (
                *(() if k_data is k else (k,)),
                *(() if x_data is x else x),
            )
            local_derivatives = (
                *(() if k_data is k else (d_k,)),
                *(() if x_data is x else d_x),
            )
        if parents and y - y == 0.0:
            return list_node(Value, rule_log_softmax, y, operands, parents, local_derivatives)
    return apply(rule_log_softmax, k, *x)


def log_softmax(xs: Iterable[Operand], *more: Never) -> list[Any]:
    """y = x[k] - log(sum(exp(x))), as one node per result

    ∂y/∂x[i] = (1 if i == k else 0) - softmax(i, x)

    Raises ValueError if there are no operands.
    """
    xs = items_of("log_softmax", xs, 1, more)
    return [_log_softmax(float(k), xs) for k in range(len(xs))]


VALUES.update(
    sign=sign,
    abs=abs,
    floor=floor,
    ceil=ceil,
    round=round,
    log=log,
    pow=pow,
    sqrt=sqrt,
    cbrt=cbrt,
    exp=exp,
    exp2=exp2,
    expm1=expm1,
    log1p=log1p,
    log2=log2,
    log10=log10,
    hypot=hypot,
    xlogy=xlogy,
    sin=sin,
    cos=cos,
    tan=tan,
    asin=asin,
    acos=acos,
    atan=atan,
    atan2=atan2,
    sinc=sinc,
    sinh=sinh,
    cosh=cosh,
    sigmoid=sigmoid,
    tanh=tanh,
    asinh=asinh,
    acosh=acosh,
    atanh=atanh,
    softplus=softplus,
    logaddexp=logaddexp,
    erf=erf,
    erfc=erfc,
    erfinv=erfinv,
    polygamma=polygamma,
    digamma=digamma,
    lgamma=lgamma,
    heaviside=heaviside,
    maximum=maximum,
    minimum=minimum,
    relu=relu,
    leaky_relu=leaky_relu,
    elu=elu,
    gelu=gelu,
    silu=silu,
    softsign=softsign,
    sum=sum,
    mean=mean,
    dot=dot,
    prod=prod,
    max=max,
    min=min,
    norm=norm,
    logsumexp=logsumexp,
)
