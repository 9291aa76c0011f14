"""Written by scripts/write_code.py from autograd/rules.py: the operators and methods of Value.

Each has a fast path for Values, and for a plain number as second operand, in default mode; everything
else, errors included, is left to `apply`.
"""
# pyright: basic, reportSelfClsParameterName=false

from __future__ import annotations

from math import acos as _acos
from math import acosh as _acosh
from math import asin as _asin
from math import asinh as _asinh
from math import atan as _atan
from math import atan2 as _atan2
from math import atanh as _atanh
from math import cbrt as _cbrt
from math import cos as _cos
from math import cosh as _cosh
from math import erf as _erf
from math import erfc as _erfc
from math import exp as _exp
from math import exp2 as _exp2
from math import expm1 as _expm1
from math import fabs as _abs
from math import hypot as _hypot
from math import lgamma as _lgamma
from math import log as _log
from math import log1p as _log1p
from math import log2 as _log2
from math import log10 as _log10
from math import pow as _pow
from math import sin as _sin
from math import sinh as _sinh
from math import sqrt as _sqrt
from math import tan as _tan
from math import tanh as _tanh
from typing import TYPE_CHECKING, Any, Self, overload

from ..native import plain_case
from ..rules import RULES
from ..table.row import FLOATS
from .float_protocol import Array, FloatLike
from .modes import active_modes
from .node import Node
from .scopes import current_scope, open_scopes

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Set by the layers above, `autograd.value` and `autograd.operations.apply`.
Value: Any = None
apply: Any = None
apply_operator: Any = None

new = Node.__new__
rule_add = RULES["add"]
rule_sub = RULES["sub"]
rule_mul = RULES["mul"]
rule_div = RULES["div"]
rule_neg = RULES["neg"]
rule_sign = RULES["sign"]
rule_abs = RULES["abs"]
rule_floor = RULES["floor"]
rule_ceil = RULES["ceil"]
rule_round = RULES["round"]
rule_floordiv = RULES["floordiv"]
rule_mod = RULES["mod"]
rule_log = RULES["log"]
rule_pow = RULES["pow"]
rule_sqrt = RULES["sqrt"]
rule_cbrt = RULES["cbrt"]
rule_exp = RULES["exp"]
rule_exp2 = RULES["exp2"]
rule_expm1 = RULES["expm1"]
rule_log1p = RULES["log1p"]
rule_log2 = RULES["log2"]
rule_log10 = RULES["log10"]
rule_hypot = RULES["hypot"]
rule_sin = RULES["sin"]
rule_cos = RULES["cos"]
rule_tan = RULES["tan"]
rule_asin = RULES["asin"]
rule_acos = RULES["acos"]
rule_atan = RULES["atan"]
rule_atan2 = RULES["atan2"]
rule_sinc = RULES["sinc"]
rule_sinh = RULES["sinh"]
rule_cosh = RULES["cosh"]
rule_sigmoid = RULES["sigmoid"]
rule_tanh = RULES["tanh"]
rule_asinh = RULES["asinh"]
rule_acosh = RULES["acosh"]
rule_atanh = RULES["atanh"]
rule_softplus = RULES["softplus"]
rule_erf = RULES["erf"]
rule_erfc = RULES["erfc"]
rule_erfinv = RULES["erfinv"]
rule_digamma = RULES["digamma"]
rule_lgamma = RULES["lgamma"]
rule_relu = RULES["relu"]
rule_leaky_relu = RULES["leaky_relu"]
rule_elu = RULES["elu"]
rule_gelu = RULES["gelu"]
rule_silu = RULES["silu"]
rule_softsign = RULES["softsign"]
_LN10 = 2.302585092994046
_LN2 = 0.6931471805599453
_PI = 3.141592653589793
_ceil = FLOATS["ceil"]
_digamma = FLOATS["digamma"]
_erfinv = FLOATS["erfinv"]
_floor = FLOATS["floor"]
_floordiv = FLOATS["floordiv"]
_mod = FLOATS["mod"]
_polygamma = FLOATS["polygamma"]
_round = FLOATS["round"]
_sigmoid = RULES["sigmoid"].evaluate
_sign = RULES["sign"].evaluate


class Methods(FloatLike):
    """The arithmetic of a Value."""

    __slots__ = ()

    @overload
    def __add__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __add__(self, other: Any) -> Self: ...

    @plain_case(rule_add)
    def __add__(self, other: Any) -> Any:
        """y = a + b

        ∂y/∂a = 1
        ∂y/∂b = 1
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = a_data + b_data
                da = 1.0
                db = 1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_add, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_add
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = a_data + b_data
                da = 1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_add, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_add
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_add, self, other)

    @overload
    def __radd__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __radd__(self, other: Any) -> Self: ...

    @plain_case(rule_add, reflected=True)
    def __radd__(self, other: Any) -> Any:
        """y = a + b

        ∂y/∂a = 1
        ∂y/∂b = 1
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = a_data + b_data
                db = 1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_add, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_add
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_add, other, self)

    @overload
    def __sub__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __sub__(self, other: Any) -> Self: ...

    @plain_case(rule_sub)
    def __sub__(self, other: Any) -> Any:
        """y = a - b

        ∂y/∂a = 1
        ∂y/∂b = -1
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = a_data - b_data
                da = 1.0
                db = -1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_sub, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sub
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = a_data - b_data
                da = 1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_sub, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sub
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_sub, self, other)

    @overload
    def __rsub__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rsub__(self, other: Any) -> Self: ...

    @plain_case(rule_sub, reflected=True)
    def __rsub__(self, other: Any) -> Any:
        """y = a - b

        ∂y/∂a = 1
        ∂y/∂b = -1
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = a_data - b_data
                db = -1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_sub, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sub
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_sub, other, self)

    @overload
    def __mul__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __mul__(self, other: Any) -> Self: ...

    @plain_case(rule_mul)
    def __mul__(self, other: Any) -> Any:
        """y = a * b

        ∂y/∂a = b
        ∂y/∂b = a
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = a_data * b_data
                da = b_data
                db = a_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mul, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mul
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = a_data * b_data
                da = b_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mul, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mul
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_mul, self, other)

    @overload
    def __rmul__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rmul__(self, other: Any) -> Self: ...

    @plain_case(rule_mul, reflected=True)
    def __rmul__(self, other: Any) -> Any:
        """y = a * b

        ∂y/∂a = b
        ∂y/∂b = a
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = a_data * b_data
                db = a_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mul, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mul
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_mul, other, self)

    @overload
    def __truediv__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __truediv__(self, other: Any) -> Self: ...

    @plain_case(rule_div)
    def __truediv__(self, other: Any) -> Any:
        """y = a / b

        ∂y/∂a = 1 / b
        ∂y/∂b = -y / b

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = a_data / b_data
                da = 1.0 / b_data
                db = -y / b_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_div, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_div
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = a_data / b_data
                da = 1.0 / b_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_div, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_div
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_div, self, other)

    @overload
    def __rtruediv__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rtruediv__(self, other: Any) -> Self: ...

    @plain_case(rule_div, reflected=True)
    def __rtruediv__(self, other: Any) -> Any:
        """y = a / b

        ∂y/∂a = 1 / b
        ∂y/∂b = -y / b

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = a_data / b_data
                db = -y / b_data
            except (ArithmeticError, ValueError):
                return apply_operator(rule_div, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_div
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_div, other, self)

    @plain_case(rule_neg)
    def __neg__(self) -> Self:
        """y = -x

        ∂y/∂x = -1
        """
        if self.__class__ is Value and not active_modes:
            try:
                x_data = self._data
                y = -x_data
                dx = -1.0
            except (ArithmeticError, ValueError):
                return apply(rule_neg, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_neg
                node.first = self
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_neg, self)

    @plain_case(rule_sign)
    def sign(x) -> Self:
        """y = 1 if x > 0 else -1 if x < 0 else 0

        ∂y/∂x = 0
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = 1.0 if x_data > 0.0 else -1.0 if x_data < 0.0 else x_data
                dx = 0.0
            except (ArithmeticError, ValueError):
                return apply(rule_sign, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sign
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sign, x)

    @plain_case(rule_abs)
    def __abs__(self) -> Self:
        """y = abs(x)

        ∂y/∂x = sign(x)
        """
        if self.__class__ is Value and not active_modes:
            try:
                x_data = self._data
                y = _abs(x_data)
                dx = _sign(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_abs, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_abs
                node.first = self
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_abs, self)

    abs = __abs__

    @plain_case(rule_floor)
    def floor(x) -> Self:
        """y = floor(x)

        ∂y/∂x = 0
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _floor(x_data)
                dx = 0.0
            except (ArithmeticError, ValueError):
                return apply(rule_floor, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_floor
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_floor, x)

    @plain_case(rule_ceil)
    def ceil(x) -> Self:
        """y = ceil(x)

        ∂y/∂x = 0
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _ceil(x_data)
                dx = 0.0
            except (ArithmeticError, ValueError):
                return apply(rule_ceil, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_ceil
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_ceil, x)

    @plain_case(rule_round)
    def round(x) -> Self:
        """y = round(x)

        ∂y/∂x = 0
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _round(x_data)
                dx = 0.0
            except (ArithmeticError, ValueError):
                return apply(rule_round, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_round
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_round, x)

    rint = round

    @overload
    def __floordiv__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __floordiv__(self, other: Any) -> Self: ...

    @plain_case(rule_floordiv)
    def __floordiv__(self, other: Any) -> Any:
        """y = floor(a / b)

        ∂y/∂a = 0
        ∂y/∂b = 0

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = _floordiv(a_data, b_data)
                da = 0.0
                db = 0.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_floordiv, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_floordiv
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = _floordiv(a_data, b_data)
                da = 0.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_floordiv, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_floordiv
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_floordiv, self, other)

    @overload
    def __rfloordiv__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rfloordiv__(self, other: Any) -> Self: ...

    @plain_case(rule_floordiv, reflected=True)
    def __rfloordiv__(self, other: Any) -> Any:
        """y = floor(a / b)

        ∂y/∂a = 0
        ∂y/∂b = 0

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = _floordiv(a_data, b_data)
                db = 0.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_floordiv, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_floordiv
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_floordiv, other, self)

    @overload
    def __mod__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __mod__(self, other: Any) -> Self: ...

    @plain_case(rule_mod)
    def __mod__(self, other: Any) -> Any:
        """y = a - b * floor(a / b)

        ∂y/∂a = 1
        ∂y/∂b = -floor(a / b)

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
                y = _mod(a_data, b_data)
                da = 1.0
                db = -_floordiv(a_data, b_data)
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mod, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mod
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
                y = _mod(a_data, b_data)
                da = 1.0
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mod, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mod
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_mod, self, other)

    @overload
    def __rmod__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rmod__(self, other: Any) -> Self: ...

    @plain_case(rule_mod, reflected=True)
    def __rmod__(self, other: Any) -> Any:
        """y = a - b * floor(a / b)

        ∂y/∂a = 1
        ∂y/∂b = -floor(a / b)

        Needs a divisor other than 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = _mod(a_data, b_data)
                db = -_floordiv(a_data, b_data)
            except (ArithmeticError, ValueError):
                return apply_operator(rule_mod, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_mod
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_mod, other, self)

    @plain_case(rule_log)
    def log(x) -> Self:
        """y = log(x)

        ∂y/∂x = 1 / x

        Needs x > 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _log(x_data)
                dx = 1.0 / x_data
            except (ArithmeticError, ValueError):
                return apply(rule_log, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_log
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_log, x)

    @overload
    def __pow__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __pow__(self, other: Any) -> Self: ...

    @plain_case(rule_pow)
    def __pow__(self, other: Any) -> Any:
        """y = pow(a, b)

        ∂y/∂a = b * pow(a, b - 1)
        ∂y/∂b = y * log(a)

        Needs a base above 0 (or below 0 with a whole exponent, or 0 with an exponent of at least 0);
        raises DomainError elsewhere (see `errstate`).
        """
        if self.__class__ is Value and other.__class__ is Value and not active_modes:
            try:
                a_data = self._data
                b_data = other._data
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
                return apply_operator(rule_pow, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_pow
                node.first = self
                node.d_first = da
                node.second = other
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                a_data = self._data
                b_data = float(other)
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
                return apply_operator(rule_pow, self, other)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_pow
                node.first = self
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_pow, self, other)

    @overload
    def __rpow__(self, other: Array) -> NDArray[Any]: ...
    @overload
    def __rpow__(self, other: Any) -> Self: ...

    @plain_case(rule_pow, reflected=True)
    def __rpow__(self, other: Any) -> Any:
        """y = pow(a, b)

        ∂y/∂a = b * pow(a, b - 1)
        ∂y/∂b = y * log(a)

        Needs a base above 0 (or below 0 with a whole exponent, or 0 with an exponent of at least 0);
        raises DomainError elsewhere (see `errstate`).
        """
        if (
            self.__class__ is Value
            and (other.__class__ is float or other.__class__ is int)
            and not active_modes
        ):
            try:
                b_data = self._data
                a_data = float(other)
                y = _pow(a_data, b_data)
                db = (0.0 if b_data >= 0.0 else -y) if a_data == 0.0 else y * _log(a_data)
            except (ArithmeticError, ValueError):
                return apply_operator(rule_pow, other, self)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_pow
                node.first = a_data
                node.d_first = None
                node.second = self
                node.d_second = db
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply_operator(rule_pow, other, self)

    @plain_case(rule_sqrt)
    def sqrt(x) -> Self:
        """y = sqrt(x)

        ∂y/∂x = 1 / (2 * y)

        Needs x ≥ 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _sqrt(x_data)
                dx = 0.5 / y
            except (ArithmeticError, ValueError):
                return apply(rule_sqrt, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sqrt
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sqrt, x)

    @plain_case(rule_cbrt)
    def cbrt(x) -> Self:
        """y = cbrt(x)

        ∂y/∂x = 1 / (3 * y ** 2)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _cbrt(x_data)
                dx = 1.0 / (3.0 * y * y) if x_data == 0.0 else y / x_data / 3.0
            except (ArithmeticError, ValueError):
                return apply(rule_cbrt, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_cbrt
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_cbrt, x)

    @plain_case(rule_exp)
    def exp(x) -> Self:
        """y = exp(x)

        ∂y/∂x = y
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _exp(x_data)
                dx = y
            except (ArithmeticError, ValueError):
                return apply(rule_exp, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_exp
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_exp, x)

    @plain_case(rule_exp2)
    def exp2(x) -> Self:
        """y = exp2(x)

        ∂y/∂x = y * LN2
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _exp2(x_data)
                dx = y * _LN2
            except (ArithmeticError, ValueError):
                return apply(rule_exp2, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_exp2
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_exp2, x)

    @plain_case(rule_expm1)
    def expm1(x) -> Self:
        """y = expm1(x)

        ∂y/∂x = exp(x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _expm1(x_data)
                dx = _exp(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_expm1, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_expm1
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_expm1, x)

    @plain_case(rule_log1p)
    def log1p(x) -> Self:
        """y = log1p(x)

        ∂y/∂x = 1 / (1 + x)

        Needs x > −1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _log1p(x_data)
                dx = 1.0 / (1.0 + x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_log1p, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_log1p
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_log1p, x)

    @plain_case(rule_log2)
    def log2(x) -> Self:
        """y = log2(x)

        ∂y/∂x = 1 / (x * LN2)

        Needs x > 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _log2(x_data)
                dx = 1.0 / _LN2 / x_data
            except (ArithmeticError, ValueError):
                return apply(rule_log2, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_log2
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_log2, x)

    @plain_case(rule_log10)
    def log10(x) -> Self:
        """y = log10(x)

        ∂y/∂x = 1 / (x * LN10)

        Needs x > 0;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _log10(x_data)
                dx = 1.0 / _LN10 / x_data
            except (ArithmeticError, ValueError):
                return apply(rule_log10, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_log10
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_log10, x)

    @plain_case(rule_hypot)
    def hypot(a, b: Any) -> Self:
        """y = sqrt(a * a + b * b)

        ∂y/∂a = a / y
        ∂y/∂b = b / y
        """
        if a.__class__ is Value and b.__class__ is Value and not active_modes:
            try:
                a_data = a._data
                b_data = b._data
                y = _hypot(a_data, b_data)
                da = (
                    0.0
                    if y == 0.0
                    else _sign(a_data) / _hypot(1.0, b_data / a_data)
                    if _abs(a_data) > _abs(b_data)
                    else a_data / y
                )
                db = (
                    0.0
                    if y == 0.0
                    else _sign(b_data) / _hypot(1.0, a_data / b_data)
                    if _abs(b_data) > _abs(a_data)
                    else b_data / y
                )
            except (ArithmeticError, ValueError):
                return apply(rule_hypot, a, b)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_hypot
                node.first = a
                node.d_first = da
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
                y = _hypot(a_data, b_data)
                da = (
                    0.0
                    if y == 0.0
                    else _sign(a_data) / _hypot(1.0, b_data / a_data)
                    if _abs(a_data) > _abs(b_data)
                    else a_data / y
                )
            except (ArithmeticError, ValueError):
                return apply(rule_hypot, a, b)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_hypot
                node.first = a
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_hypot, a, b)

    @plain_case(rule_sin)
    def sin(x) -> Self:
        """y = sin(x)

        ∂y/∂x = cos(x)

        Needs a finite x;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _sin(x_data)
                dx = _cos(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_sin, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sin
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sin, x)

    @plain_case(rule_cos)
    def cos(x) -> Self:
        """y = cos(x)

        ∂y/∂x = -sin(x)

        Needs a finite x;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _cos(x_data)
                dx = -_sin(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_cos, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_cos
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_cos, x)

    @plain_case(rule_tan)
    def tan(x) -> Self:
        """y = tan(x)

        ∂y/∂x = 1 + y * y

        Needs a finite x;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _tan(x_data)
                dx = 1.0 + y * y
            except (ArithmeticError, ValueError):
                return apply(rule_tan, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_tan
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_tan, x)

    @plain_case(rule_asin)
    def asin(x) -> Self:
        """y = asin(x)

        ∂y/∂x = 1 / sqrt(1 - x * x)

        Needs −1 ≤ x ≤ 1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _asin(x_data)
                dx = 1.0 / _sqrt(
                    1.0 - x_data * x_data if _abs(x_data) < 0.5 else (1.0 - x_data) * (1.0 + x_data)
                )
            except (ArithmeticError, ValueError):
                return apply(rule_asin, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_asin
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_asin, x)

    arcsin = asin

    @plain_case(rule_acos)
    def acos(x) -> Self:
        """y = acos(x)

        ∂y/∂x = -1 / sqrt(1 - x * x)

        Needs −1 ≤ x ≤ 1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _acos(x_data)
                dx = -1.0 / _sqrt(
                    1.0 - x_data * x_data if _abs(x_data) < 0.5 else (1.0 - x_data) * (1.0 + x_data)
                )
            except (ArithmeticError, ValueError):
                return apply(rule_acos, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_acos
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_acos, x)

    arccos = acos

    @plain_case(rule_atan)
    def atan(x) -> Self:
        """y = atan(x)

        ∂y/∂x = 1 / (1 + x * x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _atan(x_data)
                dx = 1.0 / _hypot(1.0, x_data) / _hypot(1.0, x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_atan, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_atan
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_atan, x)

    arctan = atan

    @plain_case(rule_atan2)
    def atan2(a, b: Any) -> Self:
        """y = atan2(a, b)

        ∂y/∂a = b / (a * a + b * b)
        ∂y/∂b = -a / (a * a + b * b)
        """
        if a.__class__ is Value and b.__class__ is Value and not active_modes:
            try:
                a_data = a._data
                b_data = b._data
                y = _atan2(a_data, b_data)
                da = b_data / _hypot(a_data, b_data) / _hypot(a_data, b_data)
                db = -a_data / _hypot(a_data, b_data) / _hypot(a_data, b_data)
            except (ArithmeticError, ValueError):
                return apply(rule_atan2, a, b)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_atan2
                node.first = a
                node.d_first = da
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
                y = _atan2(a_data, b_data)
                da = b_data / _hypot(a_data, b_data) / _hypot(a_data, b_data)
            except (ArithmeticError, ValueError):
                return apply(rule_atan2, a, b)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_atan2
                node.first = a
                node.d_first = da
                node.second = b_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_atan2, a, b)

    arctan2 = atan2

    @plain_case(rule_sinc)
    def sinc(x) -> Self:
        """y = sin(x) / x

        ∂y/∂x = (cos(x) - y) / x

        Needs a finite x;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = 1.0 if x_data == 0.0 else _sin(x_data) / x_data
                dx = (
                    (_cos(x_data) - y) / x_data
                    if _abs(x_data) > 1.0
                    else -x_data
                    / 3.0
                    * (
                        1.0
                        - x_data
                        * x_data
                        / 10.0
                        * (
                            1.0
                            - x_data
                            * x_data
                            / 28.0
                            * (
                                1.0
                                - x_data
                                * x_data
                                / 54.0
                                * (
                                    1.0
                                    - x_data
                                    * x_data
                                    / 88.0
                                    * (
                                        1.0
                                        - x_data
                                        * x_data
                                        / 130.0
                                        * (
                                            1.0
                                            - x_data
                                            * x_data
                                            / 180.0
                                            * (
                                                1.0
                                                - x_data * x_data / 238.0 * (1.0 - x_data * x_data / 304.0)
                                            )
                                        )
                                    )
                                )
                            )
                        )
                    )
                )
            except (ArithmeticError, ValueError):
                return apply(rule_sinc, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sinc
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sinc, x)

    @plain_case(rule_sinh)
    def sinh(x) -> Self:
        """y = sinh(x)

        ∂y/∂x = cosh(x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _sinh(x_data)
                dx = _cosh(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_sinh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sinh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sinh, x)

    @plain_case(rule_cosh)
    def cosh(x) -> Self:
        """y = cosh(x)

        ∂y/∂x = sinh(x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _cosh(x_data)
                dx = _sinh(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_cosh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_cosh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_cosh, x)

    @plain_case(rule_sigmoid)
    def sigmoid(x) -> Self:
        """y = 1 / (1 + exp(-x))

        ∂y/∂x = y * (1 - y)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = 1.0 / (1.0 + _exp(-x_data)) if x_data >= 0.0 else _exp(x_data) / (1.0 + _exp(x_data))
                dx = (
                    0.25 / _cosh(x_data / 2.0) / _cosh(x_data / 2.0)
                    if _abs(x_data) < 40.0
                    else _exp(-_abs(x_data))
                )
            except (ArithmeticError, ValueError):
                return apply(rule_sigmoid, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_sigmoid
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_sigmoid, x)

    @plain_case(rule_tanh)
    def tanh(x) -> Self:
        """y = tanh(x)

        ∂y/∂x = 1 - y * y
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _tanh(x_data)
                dx = (
                    1.0 / _cosh(x_data) / _cosh(x_data)
                    if _abs(x_data) < 20.0
                    else 4.0 * _exp(-2.0 * _abs(x_data))
                )
            except (ArithmeticError, ValueError):
                return apply(rule_tanh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_tanh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_tanh, x)

    @plain_case(rule_asinh)
    def asinh(x) -> Self:
        """y = asinh(x)

        ∂y/∂x = 1 / sqrt(1 + x * x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _asinh(x_data)
                dx = 1.0 / _hypot(1.0, x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_asinh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_asinh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_asinh, x)

    arcsinh = asinh

    @plain_case(rule_acosh)
    def acosh(x) -> Self:
        """y = acosh(x)

        ∂y/∂x = 1 / sqrt(x * x - 1)

        Needs x ≥ 1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _acosh(x_data)
                dx = 1.0 / (_sqrt(x_data - 1.0) * _sqrt(x_data + 1.0))
            except (ArithmeticError, ValueError):
                return apply(rule_acosh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_acosh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_acosh, x)

    arccosh = acosh

    @plain_case(rule_atanh)
    def atanh(x) -> Self:
        """y = atanh(x)

        ∂y/∂x = 1 / (1 - x * x)

        Needs −1 < x < 1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _atanh(x_data)
                dx = 1.0 / (1.0 - x_data * x_data if _abs(x_data) < 0.5 else (1.0 - x_data) * (1.0 + x_data))
            except (ArithmeticError, ValueError):
                return apply(rule_atanh, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_atanh
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_atanh, x)

    arctanh = atanh

    @plain_case(rule_softplus)
    def softplus(x) -> Self:
        """y = log(1 + exp(x))

        ∂y/∂x = sigmoid(x)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = (x_data if x_data > 0.0 else 0.0) + _log1p(_exp(-_abs(x_data)))
                dx = _sigmoid(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_softplus, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_softplus
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_softplus, x)

    @plain_case(rule_erf)
    def erf(x) -> Self:
        """y = erf(x)

        ∂y/∂x = 2 * exp(-(x * x)) / sqrt(PI)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _erf(x_data)
                dx = 2.0 / _sqrt(_PI) * _exp(-x_data * x_data) if _abs(x_data) < 30.0 else 0.0
            except (ArithmeticError, ValueError):
                return apply(rule_erf, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_erf
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_erf, x)

    @plain_case(rule_erfc)
    def erfc(x) -> Self:
        """y = erfc(x)

        ∂y/∂x = -2 * exp(-(x * x)) / sqrt(PI)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _erfc(x_data)
                dx = -2.0 / _sqrt(_PI) * _exp(-x_data * x_data) if _abs(x_data) < 30.0 else -0.0
            except (ArithmeticError, ValueError):
                return apply(rule_erfc, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_erfc
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_erfc, x)

    @plain_case(rule_erfinv)
    def erfinv(x) -> Self:
        """y = erfinv(x)

        ∂y/∂x = sqrt(PI) * exp(y * y) / 2

        Needs −1 < x < 1;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _erfinv(x_data)
                dx = _sqrt(_PI) * _exp(y * y) / 2.0
            except (ArithmeticError, ValueError):
                return apply(rule_erfinv, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_erfinv
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_erfinv, x)

    @plain_case(rule_digamma)
    def digamma(x) -> Self:
        """y = digamma(x)

        ∂y/∂x = polygamma(1, x)

        Needs an x other than 0, −1, −2, …;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _digamma(x_data)
                dx = _polygamma(1.0, x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_digamma, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_digamma
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_digamma, x)

    @plain_case(rule_lgamma)
    def lgamma(x) -> Self:
        """y = lgamma(x)

        ∂y/∂x = digamma(x)

        Needs an x other than 0, −1, −2, …;
        raises DomainError elsewhere (see `errstate`).
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = _lgamma(x_data)
                dx = _digamma(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_lgamma, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_lgamma
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_lgamma, x)

    @plain_case(rule_relu)
    def relu(x) -> Self:
        """y = x if x > 0 else 0

        ∂y/∂x = 1 if x > 0 else 0
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = 0.0 if x_data <= 0.0 else x_data
                dx = 0.0 if x_data <= 0.0 else 1.0 if x_data > 0.0 else x_data
            except (ArithmeticError, ValueError):
                return apply(rule_relu, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_relu
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_relu, x)

    @plain_case(rule_leaky_relu)
    def leaky_relu(x, slope: Any = 0.01) -> Self:
        """y = x if x > 0 else slope * x

        ∂y/∂x = 1 if x > 0 else slope
        ∂y/∂slope = 0 if x > 0 else x
        """
        if x.__class__ is Value and slope.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                slope_data = slope._data
                y = x_data if x_data > 0.0 else slope_data * x_data
                dx = 1.0 if x_data > 0.0 else slope_data
                dslope = 0.0 if x_data > 0.0 else x_data
            except (ArithmeticError, ValueError):
                return apply(rule_leaky_relu, x, slope)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_leaky_relu
                node.first = x
                node.d_first = dx
                node.second = slope
                node.d_second = dslope
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if x.__class__ is Value and (slope.__class__ is float or slope.__class__ is int) and not active_modes:
            try:
                x_data = x._data
                slope_data = float(slope)
                y = x_data if x_data > 0.0 else slope_data * x_data
                dx = 1.0 if x_data > 0.0 else slope_data
            except (ArithmeticError, ValueError):
                return apply(rule_leaky_relu, x, slope)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_leaky_relu
                node.first = x
                node.d_first = dx
                node.second = slope_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_leaky_relu, x, slope)

    @plain_case(rule_elu)
    def elu(x, alpha: Any = 1.0) -> Self:
        """y = x if x > 0 else alpha * (exp(x) - 1)

        ∂y/∂x = 1 if x > 0 else alpha * exp(x)
        ∂y/∂alpha = 0 if x > 0 else exp(x) - 1
        """
        if x.__class__ is Value and alpha.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                alpha_data = alpha._data
                y = x_data if x_data > 0.0 else alpha_data * _expm1(x_data)
                dx = 1.0 if x_data > 0.0 else alpha_data * _exp(x_data)
                dalpha = 0.0 if x_data > 0.0 else _expm1(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_elu, x, alpha)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_elu
                node.first = x
                node.d_first = dx
                node.second = alpha
                node.d_second = dalpha
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        if x.__class__ is Value and (alpha.__class__ is float or alpha.__class__ is int) and not active_modes:
            try:
                x_data = x._data
                alpha_data = float(alpha)
                y = x_data if x_data > 0.0 else alpha_data * _expm1(x_data)
                dx = 1.0 if x_data > 0.0 else alpha_data * _exp(x_data)
            except (ArithmeticError, ValueError):
                return apply(rule_elu, x, alpha)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_elu
                node.first = x
                node.d_first = dx
                node.second = alpha_data
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_elu, x, alpha)

    @plain_case(rule_gelu)
    def gelu(x) -> Self:
        """y = x * (1 + erf(x / sqrt(2))) / 2

        ∂y/∂x = (1 + erf(x / sqrt(2))) / 2 + x * exp(-(x * x) / 2) / sqrt(2 * PI)
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = 0.5 * x_data * _erfc(-x_data / _sqrt(2.0))
                dx = 0.5 * _erfc(-x_data / _sqrt(2.0)) + x_data * _exp(-0.5 * x_data * x_data) / _sqrt(
                    2.0 * _PI
                )
            except (ArithmeticError, ValueError):
                return apply(rule_gelu, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_gelu
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_gelu, x)

    @plain_case(rule_silu)
    def silu(x) -> Self:
        """y = x * sigmoid(x)

        ∂y/∂x = sigmoid(x) * (1 + x * (1 - sigmoid(x)))
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = x_data * _sigmoid(x_data)
                dx = _sigmoid(x_data) * (1.0 + x_data * _sigmoid(-x_data))
            except (ArithmeticError, ValueError):
                return apply(rule_silu, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_silu
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_silu, x)

    @plain_case(rule_softsign)
    def softsign(x) -> Self:
        """y = x / (1 + abs(x))

        ∂y/∂x = 1 / (1 + abs(x)) ** 2
        """
        if x.__class__ is Value and not active_modes:
            try:
                x_data = x._data
                y = x_data / (1.0 + _abs(x_data))
                dx = 1.0 / (1.0 + _abs(x_data)) / (1.0 + _abs(x_data))
            except (ArithmeticError, ValueError):
                return apply(rule_softsign, x)
            if y - y == 0.0:
                node = new(Value)
                node._data = y
                node._grad = None
                node._label = ""
                node.rule = rule_softsign
                node.first = x
                node.d_first = dx
                node.second = None
                node.d_second = None
                node.rest = None
                node.scope = current_scope() if open_scopes else None
                node.line = ""
                return node
        return apply(rule_softsign, x)


# Errors of arity, and tracebacks, name the class that users know.
for _method in vars(Methods).values():
    for _function in (_method, getattr(_method, "__wrapped__", _method)):
        if callable(_function):
            _function.__qualname__ = f"Value.{_function.__name__}"
