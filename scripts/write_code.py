"""Write the code that follows from the table: `python scripts/write_code.py`.

autograd/nodes/methods.py gets a method for each operator and operation, autograd/operations/functions.py
the functions. Both are kept in the repository, where readers, editors and type checkers see them; a test
says when they are out of date.

Each function has a fast path for the common case, Values (and, as second operand, a plain number) in
default mode: compute the value and the local derivatives, check that the value is finite, fill in a node.
Everything else, errors included, is left to `apply`. For `row("exp", math.exp, x="y")` that is

    def exp(self: Any) -> Value:
        if self.__class__ is Value and not active_modes:
            try:
                x = self._data
                y = _exp(x)
                dx = y
            except (ArithmeticError, ValueError):
                return apply(rule_exp, self)
            if y - y == 0.0:
                node = new(Value)
                …
                return node
        return apply(rule_exp, self)
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fast_paths import Writer
from list_functions import list_functions
from only_the_table import ROOT, RULES, FormulaRule, ListRule, check_table

TARGETS = {
    "methods": ROOT / "autograd" / "nodes" / "methods.py",
    "functions": ROOT / "autograd" / "operations" / "functions.py",
}
BUILTINS = {"abs", "max", "min", "pow", "round", "sum"}  # which `import *` leaves alone

METHODS = '''\
"""Written by scripts/write_code.py from autograd/rules.py: the operators and methods of Value.

Each has a fast path for Values, and for a plain number as second operand, in default mode; everything
else, errors included, is left to `apply`.
"""
# pyright: basic, reportSelfClsParameterName=false

from __future__ import annotations

{math}
from typing import TYPE_CHECKING, Any, Self, SupportsFloat, overload

from ..native import plain_case
from ..rules import RULES
from ..table.row import FLOATS
from .modes import active_modes
from .scopes import current_scope, open_scopes
from .node import Node
from .float_protocol import Array, FloatLike

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Set by the layers above, `autograd.value` and `autograd.operations.apply`.
Value: Any = None
apply: Any = None
apply_operator: Any = None

new = Node.__new__
{rules}
{helpers}

class Methods(FloatLike):
    """The arithmetic of a Value."""

    __slots__ = ()
{body}

# Errors of arity, and tracebacks, name the class that users know.
for _method in vars(Methods).values():
    for _function in (_method, getattr(_method, "__wrapped__", _method)):
        if callable(_function):
            _function.__qualname__ = f"Value.{{_function.__name__}}"
'''

FUNCTIONS = '''\
"""Written by scripts/write_code.py from autograd/rules.py: the operations as functions.

They take Values and plain numbers; without a Value among the operands the result is a float.
"""
# pyright: basic

from __future__ import annotations

from collections.abc import Iterable
{math}
from typing import Any, Never, overload

from ..native import plain_case
from ..nodes.modes import active_modes
from ..nodes.scopes import current_scope, open_scopes
from ..nodes.node import Node, list_node, numbers_of
from ..rules import RULES
from ..table.row import FLOATS, VALUES
from ..value import Value
from .apply import apply, index_of, items_of, require_list
from .choices import clip, where
from .signatures import Operand, Unary

__all__ = {names}

new = Node.__new__
{rules}
{helpers}
{body}

VALUES.update({values})
'''


def methods_source() -> str:
    """The text of autograd/nodes/methods.py."""
    writer = Writer()
    rows = [
        rule
        for rule in RULES.values()
        if isinstance(rule, FormulaRule) and (rule.operator or "method" in rule.forms)
    ]
    body = "\n".join(writer.methods(rule) for rule in rows)
    of_math, helpers = writer.helpers()
    rules = "\n".join(f"rule_{name} = RULES[{name!r}]" for name in writer.rules)
    return METHODS.format(math=of_math, rules=rules, helpers=helpers, body="\n" + body)


def functions_source() -> str:
    """The text of autograd/operations/functions.py."""
    writer = Writer()
    rows = [rule for rule in RULES.values() if "function" in rule.forms]
    body = "\n\n".join(
        list_functions(writer, rule) if isinstance(rule, ListRule) else writer.functions(rule)
        for rule in rows
        if isinstance(rule, FormulaRule | ListRule)
    )
    of_math, helpers = writer.helpers()
    helpers += "".join(f"\nfloat_{name} = FLOATS[{name!r}]" for name in sorted(writer.floats))
    helpers += "".join(f"\n{line}" for line in writer.python)
    names = sorted({*(rule.name for rule in rows), "clip", "where"} - BUILTINS)
    values = ", ".join(
        [f"{rule.name}={rule.name}" for rule in rows if not (isinstance(rule, ListRule) and rule.index)]
    )
    rules = "\n".join(
        f"rule_{name}{': Any' if isinstance(RULES[name], ListRule) else ''} = RULES[{name!r}]"
        for name in writer.rules
    )
    return FUNCTIONS.format(math=of_math, names=names, rules=rules, helpers=helpers, body=body, values=values)


def formatted(source: str) -> str:
    """The source as the project's formatter leaves it."""
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml")]
    fixed = subprocess.run(
        [*ruff, "check", "--fix-only", "--quiet", "--stdin-filename", "generated.py", *config, "-"],
        input=source, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    done = subprocess.run(
        [*ruff, "format", "--stdin-filename", "generated.py", *config, "-"],
        input=fixed.stdout, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout


def sources() -> dict[Path, str]:
    """The generated files and what they should hold."""
    written = {TARGETS["methods"]: methods_source(), TARGETS["functions"]: functions_source()}
    return {path: formatted(source) for path, source in written.items()}


def main(arguments: list[str]) -> int:
    """Write the files; with --check, only say whether they are out of date."""
    check_table()
    written = sources()
    due = [path for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in due:
        if "--check" in arguments:
            print(f"{path.relative_to(ROOT)} is out of date: run python scripts/write_code.py")
        else:
            path.write_text(written[path], encoding="utf-8")
    return int("--check" in arguments and bool(due))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
