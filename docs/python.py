"""Python's half of docs/python.js: run a cell as a notebook does, or read an expression; say what it shows.

`lay_out(dot, format)` comes from the page. The package takes this for IPython, so that nodes are
called by the user's variables.
"""

import ast
import contextlib
import io
import json
import sys
import traceback
from types import SimpleNamespace

from autograd import step
from autograd.drawing import use_renderer
from autograd.text.expressions import ExpressionError, one_line, read_expression, read_number, variables


class SVG:
    """A picture, as IPython.display has it."""

    def __init__(self, data):
        self.data = data


user = {"__name__": "__main__"}
missing = []  # modules that a cell asked for
sys.modules["IPython"] = SimpleNamespace(get_ipython=lambda: SimpleNamespace(user_ns=user))
sys.modules["IPython.display"] = SimpleNamespace(SVG=SVG)
use_renderer(lambda source: lay_out(source, "svg"))  # noqa: F821
NOTE = "This cell needs {}, which the browser does not have. What stands below is from Jupyter."


def run_cell(source):
    """Run a cell; return its printed text, its last expression or its error, as JSON."""
    shown = []
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<cell>", "exec"), user)
            if last is not None:
                result = eval(compile(ast.Expression(last.value), "<cell>", "eval"), user)
                if result is not None:
                    shown.append(display(result))
    except (ModuleNotFoundError, NameError) as error:
        if isinstance(error, ModuleNotFoundError) and error.name:
            missing.append(error.name.partition(".")[0])
        if missing:
            return json.dumps([{"kind": "missing", "text": NOTE.format(missing[0])}])
        shown.append({"kind": "error", "text": told(error)})
    except BaseException as error:
        shown.append({"kind": "error", "text": told(error)})
    if printed.getvalue():
        shown.insert(0, {"kind": "text", "text": printed.getvalue().rstrip()})
    return json.dumps(shown)


def told(error):
    """The traceback, without this file's own line."""
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
    return "".join(traceback.format_exception(error)).strip()


def display(result):
    """The richest of what an object can show."""
    if isinstance(result, SVG):
        return {"kind": "svg", "text": result.data}
    bundle = result._repr_mimebundle_() if hasattr(result, "_repr_mimebundle_") else {}
    if "image/svg+xml" in bundle:
        return {"kind": "svg", "text": bundle["image/svg+xml"]}
    if hasattr(result, "_repr_html_"):
        return {"kind": "html", "text": result._repr_html_()}
    return {"kind": "text", "text": repr(result)}


def names_in(expression, numbers):
    """The names of an expression that need a number, as JSON; null if it cannot be read."""
    try:
        return json.dumps(variables(expression, json.loads(numbers)))
    except ExpressionError:
        return "null"


def try_expression(expression, numbers):
    """Read an expression with its numbers as text, by name; return its stepper or the error, as JSON."""
    try:
        given = {name: read_number(name, text) for name, text in json.loads(numbers).items() if text.strip()}
        return json.dumps({"html": step(read_expression(expression, given))._repr_html_()})
    except (ValueError, ArithmeticError) as error:
        return json.dumps({"error": one_line(error)})
