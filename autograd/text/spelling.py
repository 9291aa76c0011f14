"""Other spellings of mathematics, of other libraries and of books, and how it is written here."""

from __future__ import annotations

import ast
import re
from difflib import get_close_matches

from ..nodes.foreign import advice
from ..rules import RULES, FormulaRule, Rule

_ALIASES = {"max": "maximum", "min": "minimum", "ln": "log"}

# Other notations of mathematics, and the one here.
_SPELLINGS: tuple[tuple[str, str], ...] = (
    (r"\^", "**"),
    ("[·×⋅]", "*"),
    ("÷", "/"),
    ("−", "-"),
    ("²", "**2"),
    ("³", "**3"),
    (r"\|([^|]+)\|", r"abs(\1)"),
    (r"√\s*(\w+|\([^()]*\))", r"sqrt(\1)"),
    (r"(?<![\w.])(?!0[xob])(\d[\d_]*\.?\d*(?:e[+-]?\d+)?|\.\d+)\s*(?!e[+-]?\d|j\b)(?=[^\W\d_]|\()", r"\1*"),
    (r"\)\s*(?=\()", ")*"),
    (r"\b(?:np|numpy|math|jnp|torch|autograd)\.(?=[^\W\d])", ""),
    (r"^\s*([^\W\d]\w*)\s*\([\w\s,]*\)\s*=(?!=)\s*", r"\1 = "),
)
_CALL = re.compile(r"\b([^\W\d]\w*) +(\w+)")  # sin x
_POWER = re.compile(r"\b([^\W\d]\w*)((?:\^|\*\*)\d+|[²³])\s*(\([^()]*\))")  # sin²(x)


def row_of(name: str) -> Rule | None:
    """The row of a function, by its name here or in NumPy and SciPy; None if there is none."""
    if (rule := RULES.get(_ALIASES.get(name, name))) is not None:
        return rule
    rows = (rule for rule in RULES.values() if isinstance(rule, FormulaRule))
    return next((rule for rule in rows if name and name in (rule.numpy, rule.special)), None)


def instead(name: str) -> str:
    """`: write x**2`, or a function with a name that is near; "" if nothing is known."""
    if found := advice(name):
        return f": {found.replace('autograd.', '')}"
    if name in RULES:
        return f" in an expression; Python has it: from autograd import {name}"
    functions = [row for row, rule in RULES.items() if "function" in rule.forms]
    near = get_close_matches(name, functions, 1)
    return f"; did you mean {near[0]}?" if near else ""


def rewritten(text: str) -> str:
    """The text in Python's spelling, if it is written in another and could be read in Python's; else ""."""
    spelled = _CALL.sub(lambda call: f"{call[1]}({call[2]})" if row_of(call[1]) else call[0], text)
    spelled = _POWER.sub(lambda call: f"{call[1]}{call[3]}{call[2]}" if row_of(call[1]) else call[0], spelled)
    for theirs, ours in _SPELLINGS:
        spelled = re.sub(theirs, ours, spelled)
    if spelled == text:
        return ""
    try:
        ast.parse(spelled.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return spelled
