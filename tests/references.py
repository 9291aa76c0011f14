"""References for every row of the table.

`exact` evaluates a row's schoolbook formulas on mpmath, with as many digits as it takes until two
precisions agree: they are what `numeric` formulas and float code are compared with. Against a slip in
both, `INDEPENDENT` has each value once more, as a function of mpmath's or by another formula; its
derivatives are found by mpmath itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from mpmath import mp, mpc, mpf

from autograd.rules import RULES, FormulaRule, ListRule, Rule
from autograd.table.formulas import Formula

PRECISIONS = (60, 120, 400, 800, 1600)  # digits; a float has exponents down to −324


def _erf(x: Any) -> Any:
    """mpmath's own fails on numbers of more digits than a float can count."""
    return mp.erf(x) if abs(x) < 1e6 else mp.sign(x)


def _erfc(x: Any) -> Any:
    return mp.erfc(x) if abs(x) < 1e6 else mpf(2) if x < 0 else mpf(0)


# The functions that formulas end in, where mpmath has another name for them.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "acosh": mp.acosh,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "digamma": mp.digamma,
    "erf": _erf,
    "erfc": _erfc,
    "erfinv": mp.erfinv,
    "exp2": lambda x: mp.power(2, x),
    "lgamma": lambda x: mp.re(mp.loggamma(x)),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "log10": lambda x: mp.log(x) / mp.log(10),
    "polygamma": lambda n, x: mp.polygamma(int(n), x),
    "pow": mp.power,
    "round": mp.nint,
}
CONSTANTS = {"PI": lambda: mp.pi, "LN2": lambda: mp.log(2), "LN10": lambda: mp.log(10)}
REDUCTIONS = {"sum": mp.fsum, "prod": mp.fprod, "max": max, "min": min}
_ARITHMETIC = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}
_COMPARISONS = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
}


def read(tree: ast.expr, names: dict[str, Any]) -> Any:
    """The number a formula stands for; `names` holds numbers and lists, i and j count items."""

    def item(name: str, counter: str) -> Any:
        value = names[name]
        return value[int(names[counter])] if isinstance(value, list) else value

    def value(tree: ast.expr, counter: str) -> Any:
        match tree:
            case ast.Constant(value=number):
                return mpf(number)
            case ast.Name(id=name) if name in CONSTANTS:
                return CONSTANTS[name]()
            case ast.Name(id=name):
                return item(name, counter)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=chosen)):
                return item(name, chosen)
            case ast.UnaryOp(operand=operand):
                return -value(operand, counter)
            case ast.BinOp(left=left, op=op, right=right):
                return _ARITHMETIC[type(op)](value(left, counter), value(right, counter))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _COMPARISONS[type(op)](value(left, counter), value(right, counter))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return value(body if value(test, counter) else otherwise, counter)
            case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
                return mpf(len(names[name]))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return call(name, arguments, counter)
        raise AssertionError(ast.unparse(tree))

    def call(name: str, arguments: list[ast.expr], counter: str) -> Any:
        rule = RULES.get(name)
        if isinstance(rule, ListRule):
            [argument] = arguments[rule.index_operands :]
            size = len(next(v for v in names.values() if isinstance(v, list)))
            outer = names.get("j")
            items = []
            for j in range(size):
                names["j"] = j
                items.append(value(argument, "j"))
            names["j"] = outer
            if name in REDUCTIONS:
                return REDUCTIONS[name](items)
            index = [value(arguments[0], counter)] if rule.index_operands else []
            return read(
                rule.shown[0].tree, dict(zip([a.lstrip("*") for a in rule.arguments], [*index, items]))
            )
        numbers = [value(argument, counter) for argument in arguments]
        if isinstance(rule, FormulaRule) and name not in rule.shown[0].functions:
            return read(rule.shown[0].tree, dict(zip(rule.operands, numbers)))
        return FUNCTIONS.get(name, getattr(mp, name, None))(*numbers)  # pyright: ignore[reportOptionalCall]

    return value(tree, "i")


def once(rule: Rule, operands: Sequence[float]) -> list[Any]:
    """Value and partials at the current precision; None where a formula is undefined."""
    numbers = [mpf(x) for x in operands]
    if isinstance(rule, ListRule):
        grouped = [list(g) if isinstance(g, list | tuple) else g for g in rule.group_operands(numbers)]
        names = dict(zip([a.lstrip("*") for a in rule.arguments], grouped))
        tasks = [(rule.shown[0], None)]
        for argument, formula in zip(rule.arguments[rule.index_operands :], rule.shown[1:]):
            items = range(len(names[argument[1:]])) if argument[0] == "*" else [None]
            tasks += [(formula, i) for i in items]
    else:
        assert isinstance(rule, FormulaRule)
        names = dict(zip(rule.operands, numbers))
        tasks = [(formula, None) for formula in rule.shown]
    results: list[Any] = []
    for formula, i in tasks:
        results.append(_number(formula, names | {"i": i}))
        if len(results) == 1:
            if results[0] is None:
                return [None] * len(tasks)
            names["y" if "y" not in names else "_y"] = results[0]
    return results


def _number(formula: Formula, names: dict[str, Any]) -> Any:
    try:
        result = read(formula.tree, dict(names))
    except (ZeroDivisionError, ValueError, TypeError, OverflowError):
        return None
    if isinstance(result, mpc):
        if result.imag != 0:
            return None
        result = result.real
    return result if mp.isfinite(result) else None


def exact(rule: Rule, operands: Sequence[float]) -> list[Any]:
    """The value and the partial derivatives (of the operands that have one), None where undefined.

    Two precisions must agree to 40 digits, or to less than any float; a 0 may come of cancellation and
    is believed from 800 digits on.
    """
    everyday = all(x == 0 or 1e-15 < abs(x) < 1e15 for x in operands)
    precisions = PRECISIONS if everyday else PRECISIONS[2:]
    with mp.workdps(precisions[0]):
        before = once(rule, operands)
    for digits in precisions[1:]:
        with mp.workdps(digits):
            now = once(rule, operands)
            if all(_agree(a, b, digits) for a, b in zip(before, now, strict=True)):
                return now
            before = now
    raise AssertionError(f"{rule.name}{tuple(operands)}: {PRECISIONS[-1]} digits are not enough")


def _agree(a: Any, b: Any, digits: int) -> bool:
    if a is None or b is None:
        return a is b
    if b == 0 and digits < 800:
        return False
    return abs(a - b) <= abs(b) * mpf(10) ** -40 + mpf(10) ** -400


def _pair(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: function(list(xs))


def _chosen(function: Callable[[int, list[Any]], Any]) -> Callable[..., Any]:
    return lambda k, *xs: function(int(k), list(xs))


def _softmax(k: int, xs: list[Any]) -> Any:
    return 1 / mp.fsum(mp.exp(x - xs[k]) for x in xs)


# Each value by a function of mpmath's that the formulas do not use, or by another formula.
INDEPENDENT: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: mp.fsum([a, b]),
    "sub": lambda a, b: mp.fsum([a, -b]),
    "mul": lambda a, b: mp.fdot([a], [b]),
    "div": mp.fdiv,
    "identity": lambda x: +x,
    "neg": mp.fneg,
    "sign": lambda x: mp.sign(x),
    "abs": mp.fabs,
    "floor": lambda x: mpf(mp.mpf(x).__floor__()) if hasattr(x, "__floor__") else mp.floor(x),
    "ceil": lambda x: -mp.floor(-x),
    "round": lambda x: mp.floor(x + mpf(1) / 2) if (x + mpf(1) / 2) % 2 != 1 else x - mpf(1) / 2,
    "floordiv": lambda a, b: mp.floor(mp.fdiv(a, b)),
    "mod": mp.fmod,
    "pow": lambda a, b: mp.exp(b * mp.log(a)) if a > 0 else mp.power(a, b),
    "sqrt": lambda x: mp.root(x, 2),
    "cbrt": lambda x: mp.sign(x) * mp.root(abs(x), 3),
    "exp": lambda x: mp.power(mp.e, x),
    "exp2": lambda x: mp.exp(x * mp.ln2),
    "expm1": mp.expm1,
    "log": mp.ln,
    "log1p": lambda x: mp.log(1 + x),
    "log2": lambda x: mp.log(x, 2),
    "log10": mp.log10,
    "hypot": mp.hypot,
    "xlogy": lambda a, b: mp.log(mp.power(b, a)) if a else mpf(0),
    "sin": lambda x: mp.im(mp.expj(x)),
    "cos": lambda x: mp.re(mp.expj(x)),
    "tan": lambda x: mp.sin(x) / mp.cos(x),
    "asin": lambda x: mp.atan2(x, mp.sqrt((1 - x) * (1 + x))),
    "acos": lambda x: mp.atan2(mp.sqrt((1 - x) * (1 + x)), x),
    "atan": lambda x: mp.atan2(x, 1),
    "atan2": lambda a, b: mp.arg(mp.mpc(b, a)),
    "sinc": mp.sinc,
    "sinh": lambda x: (mp.exp(x) - mp.exp(-x)) / 2,
    "cosh": lambda x: (mp.exp(x) + mp.exp(-x)) / 2,
    "tanh": lambda x: mp.sinh(x) / mp.cosh(x),
    "asinh": lambda x: mp.sign(x) * mp.log(abs(x) + mp.sqrt(x * x + 1)),
    "acosh": lambda x: mp.log(x + mp.sqrt(x * x - 1)),
    "atanh": lambda x: mp.log((1 + x) / (1 - x)) / 2,
    "sigmoid": lambda x: (1 + mp.tanh(x / 2)) / 2,
    "softplus": lambda x: x / 2 + mp.log(2 * mp.cosh(x / 2)),
    "logaddexp": lambda a, b: (a + b) / 2 + mp.log(2 * mp.cosh((a - b) / 2)),
    "erf": lambda x: 1 - 2 * mp.ncdf(-x * mp.sqrt(2)),
    "erfc": lambda x: 2 * mp.ncdf(-x * mp.sqrt(2)),
    "erfinv": mp.erfinv,
    "polygamma": lambda n, x: mp.psi(int(n), x),
    "digamma": lambda x: mp.psi(0, x),
    "lgamma": lambda x: mp.log(abs(mp.gamma(x))),
    "heaviside": lambda x, h: (1 + mp.sign(x)) / 2 + (h - mpf(1) / 2) * (x == 0),
    "maximum": max,
    "minimum": min,
    "clip": lambda x, low, high: min(max(x, low), high),
    "where": lambda condition, a, b: a if condition else b,
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, slope: max(x, mpf(0)) + slope * min(x, mpf(0)),
    "elu": lambda x, alpha: max(x, mpf(0)) + alpha * mp.expm1(min(x, mpf(0))),
    "gelu": lambda x: x * mp.ncdf(x),
    "silu": lambda x: x * (1 + mp.tanh(x / 2)) / 2,
    "softsign": lambda x: mp.sign(x) * (1 - 1 / (1 + abs(x))),
    "sum": _pair(mp.fsum),
    "mean": _pair(lambda xs: mp.fsum(x / len(xs) for x in xs)),
    "dot": lambda *xs: mp.fdot(xs[: len(xs) // 2], xs[len(xs) // 2 : -1]) + xs[-1],
    "prod": _pair(mp.fprod),
    "max": _pair(max),
    "min": _pair(min),
    "norm": _pair(lambda xs: mp.norm(xs, 2)),
    "softmax": _chosen(_softmax),
    "logsumexp": _pair(lambda xs: max(xs) + mp.log(mp.fsum(mp.exp(x - max(xs)) for x in xs))),
    "cross_entropy": _chosen(lambda t, xs: mp.log(mp.fsum(mp.exp(x - xs[t]) for x in xs))),
    "log_softmax": _chosen(lambda k, xs: mp.log(_softmax(k, xs))),
}
