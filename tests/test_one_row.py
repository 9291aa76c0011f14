"""An operation is one row: each of these is added by its row alone, and works everywhere.

The rows are put into a copy of the package from which they were taken out, and the code is generated again,
as CONTRIBUTING.md has it.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
KEPT = ("polygamma", "digamma", "lgamma", "norm")  # in the table already
NEW = {
    "log1mexp": """
row(
    "log1mexp",
    "log(1 - exp(x))",
    x="-exp(x) / (1 - exp(x))",
    numeric={"y": "log(-expm1(x)) if x > -LN2 else log1p(-exp(x))", "x": "exp(x) / expm1(x)"},
    points=((-0.3,), (-1.7,), (-1e-9,), (-40.0,)),
    domain="x < 0",
)
"""
}

CHECK = '''
import contextlib, inspect, io
import mpmath
import autograd, nn
from autograd import RULES, Value, compile, draw, explain, grad, hessian, step

def close(a, b, tolerance=1e-12):
    assert abs(a - float(b)) <= tolerance * abs(float(b)), (a, b)

def everywhere(name, x, exact):
    """A row of one operand."""
    f = getattr(autograd, name)
    first, second = mpmath.diff(exact, x), mpmath.diff(exact, x, 2)
    v = Value(x, "v")
    y = getattr(v, name)()  # a method
    close(f(x), exact(x))
    close(y.data, exact(x))
    y.backward()
    close(v.grad, first)
    close(grad(grad(f))(x), second, 1e-9)
    assert "∂y/∂x" in (inspect.getdoc(f) or "")
    assert name in f(Value(x)).op
    assert RULES[name].symbol in draw(y).source
    assert "v.grad +=" in explain(y)
    assert name in step(y)._repr_html_()
    w = Value(1.0, "w")
    program = compile(lambda u: f(w * u), [x], [w])
    cost, gradient = program.value_and_grad([x])
    close(cost, exact(x))
    close(gradient[0], x * first)
    assert str(program)
    layer = nn.MLP([1, 2, 1], activation=name, seed=1)
    assert layer.parameters()

mpmath.mp.dps = 40
if "log1mexp" in RULES:
    everywhere("log1mexp", -0.7, lambda x: mpmath.log(1 - mpmath.exp(x)))
everywhere("lgamma", 2.7, lambda x: mpmath.re(mpmath.loggamma(x)))
everywhere("digamma", 2.7, mpmath.digamma)

# An order that is never differentiated
x = Value(2.7)
y = autograd.polygamma(1, x)
y.backward()
close(y.data, mpmath.psi(1, 2.7))
close(x.grad, mpmath.psi(2, 2.7))
assert len(y.parents) == 1
try:
    autograd.polygamma(Value(1.0), x)
except TypeError as error:
    assert "polygamma" in str(error) and "whole number" in str(error)
else:
    raise AssertionError("an order with a gradient was accepted")

# A list
xs = [Value(3.0, "a"), Value(4.0, "b")]
length = autograd.norm(xs)
length.backward()
assert (length.data, [x.grad for x in xs]) == (5.0, [0.6, 0.8])
close(hessian(autograd.norm)([3.0, 4.0])[0][0], 16 / 125)
assert "a.grad +=" in explain(length)
assert RULES["norm"].symbol in draw(length).source
program = compile(lambda u: autograd.norm([w * u for w in xs]), [2.0], xs)
cost, gradient = program.value_and_grad([2.0])
close(cost, 10.0)
close(gradient[0], 1.2)
assert "softmax" not in str(program), program
print("works")
'''


def without(source: str, names: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The table without these rows, and their source."""
    lines = source.splitlines(keepends=True)
    taken: dict[str, str] = {}
    for statement in reversed(ast.parse(source).body):
        match statement:
            case ast.Expr(value=ast.Call(args=[ast.Constant(value=str() as name), *_])) if name in names:
                piece = slice(statement.lineno - 1, statement.end_lineno)
                taken[name] = "".join(lines[piece])
                lines[piece] = []
    return "".join(lines), taken


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the rows added one by one to a table that lacks them."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("autograd", "nn", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    table = folder / "autograd" / "rules.py"
    rest, taken = without(table.read_text("utf-8"), KEPT)
    assert set(taken) == set(KEPT)
    table.write_text(rest, encoding="utf-8")
    assert run(folder, "scripts/write_code.py").returncode == 0
    gone = run(folder, "-c", "import autograd; autograd.norm")
    assert "has no attribute 'norm'" in gone.stderr
    rows = "\n".join([*(taken[name] for name in KEPT), *NEW.values()])
    table.write_text(rest.replace("\nend_of_table()", f"\n{rows}\nend_of_table()"), encoding="utf-8")
    written = run(folder, "scripts/write_code.py")
    assert written.returncode == 0, written.stderr
    return folder


def test_a_row_is_all_that_an_operation_needs(copied):
    done = run(copied, "-c", CHECK)
    assert done.stdout.strip() == "works", done.stderr


def test_the_shell_knows_it(copied):
    done = run(copied, "-m", "autograd", "log1mexp(x)", "x=-0.7")
    assert done.returncode == 0, done.stderr
    assert "-0.686" in done.stdout.replace("−", "-")


def test_the_documentation_has_it(copied):
    code = "import sys; sys.path.insert(0, 'scripts'); import operations; print(operations.line('log1mexp'))"
    done = run(copied, "-c", code)
    assert 'id="log1mexp"' in done.stdout, done.stderr


def test_the_generated_code_is_up_to_date():
    done = run(ROOT, "scripts/write_code.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('row("f", "nonsense(x)", x="1")', "calls 'nonsense', which is not an operation"),
        ('row("f", "x", x="1", points=((1.0, 2.0),))', "every point needs 1 operands"),
        ('row("f", "x", x="1", defaults=(1.0,))', "1 defaults for 1 operands"),
        ('row("f", "x", x="1", branch_free=("x if x > 0 else 0", "1"))', "is not free of branches"),
        ('row("f", "x", x="1", branch_free=("x",))', "branch_free needs a value and 1 partials"),
        ('row("f", "x * z", x="1")', "reads 'z'"),
        ('row("f", "x", x="1", numeric={"z": "1"})', "a numeric formula for 'z'"),
        ('row("tanh", "x", x="1")', "already has a row 'tanh'"),
        ('list_row("f", "sum(x * z)", x="1")', "reads 'z', which is not an argument"),
        ('list_row("f", "nonsense(x)", x="1")', "calls 'nonsense'"),
    ],
)
def test_a_row_that_is_not_whole_is_refused(row, message):
    from autograd import rules
    from autograd.table.lists import list_row

    before = dict(rules.RULES)
    with pytest.raises(ValueError, match=message):
        eval(row, {"row": rules.row, "list_row": list_row})
    assert before == rules.RULES
