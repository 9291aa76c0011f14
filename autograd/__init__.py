"""Automatic differentiation one scalar at a time, with every number of the chain rule in sight."""

import os as _os
import sys as _sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if _os.path.isdir(_os.path.join(_os.path.dirname(__file__), "numpy")):
    raise ImportError(
        "two projects have files in one folder `autograd`: stepgrad and PyPI's autograd. Run `python -m pip "
        "uninstall --yes autograd stepgrad`, then install the one that this environment is for"
    )

from . import native as _native
from .graph import Step, backward_steps, topological_order
from .nodes import foreign as _foreign
from .nodes.collector import paused_collector
from .nodes.display import displays as _displays
from .nodes.errors import DivisionError, DomainError, RangeError
from .nodes.float_protocol import LostGradientWarning
from .nodes.modes import errstate, no_grad, record_lines
from .nodes.scopes import scope
from .nodes.stale import StaleGraphWarning
from .operations import functions as _functions
from .operations.functions import *  # noqa: F403
from .operations.functions import abs as abs
from .operations.functions import max as max
from .operations.functions import min as min
from .operations.functions import pow as pow
from .operations.functions import round as round
from .operations.functions import sum as sum
from .rules import RULES, FormulaRule, ListRule, Rule
from .value import Value

__native__ = _native.core is not None  # whether the native core does the plain case

# The upper layers are loaded on first use, so that `import autograd` stays fast.
if TYPE_CHECKING:
    from .check import Gradcheck, GradcheckError, gradcheck
    from .compiler import Program
    from .compiler import compile as compile
    from .drawing import draw
    from .drawing.worksheets import worksheet
    from .frameworks import Comparison, Difference, Imported, from_jax, from_micrograd, from_torch
    from .grading import EngineReport, Finding, check_engine
    from .nodes.files import write_file
    from .operations.primitives import primitive
    from .operations.recomputation import recompute
    from .stepper import Stepper as Stepper
    from .stepper import step
    from .text.explanation import explain
    from .text.paths import Path, paths
    from .transforms import (
        grad,
        hessian,
        hvp,
        jacfwd,
        jacobian,
        jacrev,
        jvp,
        linearize,
        stop_gradient,
        value_and_grad,
        vjp,
    )

_LATE = {
    "check": ("Gradcheck", "GradcheckError", "gradcheck"),
    "compiler": ("Program", "compile"),
    "drawing": ("draw",),
    "drawing.worksheets": ("worksheet",),
    "frameworks": ("Comparison", "Difference", "Imported", "from_jax", "from_micrograd", "from_torch"),
    "grading": ("EngineReport", "Finding", "check_engine"),
    "nodes.files": ("write_file",),
    "operations.primitives": ("primitive",),
    "operations.recomputation": ("recompute",),
    "stepper": ("Stepper", "step"),
    "text.explanation": ("explain",),
    "text.paths": ("Path", "paths"),
    "transforms": (
        "grad",
        "hessian",
        "hvp",
        "jacfwd",
        "jacobian",
        "jacrev",
        "jvp",
        "linearize",
        "stop_gradient",
        "value_and_grad",
        "vjp",
    ),
}
_MODULE_OF = {name: module for module, names in _LATE.items() for name in names}


# Names of other libraries, for attributes and (asked after all other finders) for imports.
_name_advice = _foreign.advice
_sys.meta_path.append(_foreign.Finder)


def __getattr__(name: str) -> Any:
    if name == "draw_dot":  # its name in micrograd's notebook
        name = "draw"
    module_name = _MODULE_OF.get(name, name)
    if module_name not in _LATE:
        raise _foreign.refuse_name(_sys.modules[__name__], name)
    module = import_module(f".{module_name}", __name__)
    found = globals()[name] = module if name == module_name else getattr(module, name)
    return found


def _late(module_name: str, name: str) -> Callable[[Any], Any]:
    """A function that is imported when it is first called."""
    return lambda thing: getattr(import_module(f".{module_name}", __name__), name)(thing)


_displays.update(
    sentence=_late("text.narration", "sentence"),
    latex=_late("text.narration", "latex"),
    mimebundle=_late("drawing", "mimebundle"),
)


def __dir__() -> list[str]:
    return sorted({*__all__, *_SHADOWING, "__native__", "__version__"})


# `from autograd import *` leaves Python's own functions of these names alone.
_SHADOWING = ("abs", "compile", "pow", "round", "sum")
__all__ = [
    "RULES",
    "Comparison",
    "Difference",
    "DivisionError",
    "DomainError",
    "EngineReport",
    "Finding",
    "FormulaRule",
    "Gradcheck",
    "GradcheckError",
    "Imported",
    "ListRule",
    "LostGradientWarning",
    "Path",
    "Program",
    "RangeError",
    "Rule",
    "StaleGraphWarning",
    "Step",
    "Value",
    "backward_steps",
    "check_engine",
    "draw",
    "errstate",
    "explain",
    "from_jax",
    "from_micrograd",
    "from_torch",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linearize",
    "no_grad",
    "paths",
    "paused_collector",
    "primitive",
    "recompute",
    "record_lines",
    "scope",
    "step",
    "stop_gradient",
    "topological_order",
    "value_and_grad",
    "vjp",
    "worksheet",
    "write_file",
]
__all__ += _functions.__all__
