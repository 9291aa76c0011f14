"""Automatic differentiation one scalar at a time, with every number of the chain rule in sight."""

import os as _os

if _os.path.isdir(_os.path.join(_os.path.dirname(__file__), "numpy")):
    raise ImportError(
        "two projects named `autograd` lie in one folder: stepgrad and PyPI's autograd. Uninstall "
        "both (`pip uninstall autograd stepgrad`), then install the one that this environment is for"
    )

from .check import Gradcheck, GradcheckError, gradcheck
from .drawing import draw
from .errors import DivisionError, DomainError, RangeError
from .explanation import explain
from .grading import EngineReport, Finding, check_engine
from .graph import Step, backward_steps, topological_order
from .modes import errstate, no_grad, record_lines, scope
from .operations import abs as abs
from .operations import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cbrt,
    ceil,
    clip,
    cos,
    cosh,
    cross_entropy,
    dot,
    elu,
    erf,
    erfc,
    exp,
    exp2,
    expm1,
    floor,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log2,
    log10,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    softsign,
    sqrt,
    tan,
    tanh,
    where,
)
from .operations import pow as pow
from .operations import round as round
from .operations import sum as sum
from .primitives import primitive
from .routes import Path, paths
from .row import FormulaRule, Rule
from .rules import RULES
from .stepper import Stepper as Stepper
from .stepper import step
from .transforms import grad, hessian, hvp, jacfwd, jacobian, jacrev, jvp, linearize, value_and_grad, vjp
from .value import Value

# `from autograd import *` leaves Python's own abs, pow, round and sum alone.
__all__ = [
    "RULES",
    "DivisionError",
    "DomainError",
    "EngineReport",
    "Finding",
    "FormulaRule",
    "Gradcheck",
    "GradcheckError",
    "Path",
    "RangeError",
    "Rule",
    "Step",
    "Value",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "backward_steps",
    "cbrt",
    "ceil",
    "check_engine",
    "clip",
    "cos",
    "cosh",
    "cross_entropy",
    "dot",
    "draw",
    "elu",
    "erf",
    "erfc",
    "errstate",
    "exp",
    "exp2",
    "explain",
    "expm1",
    "floor",
    "gelu",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "hypot",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "leaky_relu",
    "linearize",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "maximum",
    "minimum",
    "no_grad",
    "paths",
    "primitive",
    "record_lines",
    "relu",
    "scope",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "step",
    "tan",
    "tanh",
    "topological_order",
    "value_and_grad",
    "vjp",
    "where",
]
