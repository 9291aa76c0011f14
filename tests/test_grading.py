"""check_engine: a right engine passes, and each mistake a student makes is named."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import Value, check_engine
from autograd.__main__ import main
from autograd.grading import _deep
from autograd.grading.report import EngineReport

# A student's engine without mistakes. Tests change one piece of it.
ENGINE = """
import math


class Number:
    def __init__(self, data, parents=(), locals=()):
        self.data, self.parents, self.locals, self.grad = float(data), parents, locals, 0.0

    def __add__(self, other):
        other = wrapped(other)
        return Number(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = wrapped(other)
        return Number(self.data * other.data, (self, other), (other.data, self.data))

    def __sub__(self, other):
        other = wrapped(other)
        return Number(self.data - other.data, (self, other), (1.0, -1.0))

    def __rsub__(self, other):
        return wrapped(other) - self

    def __truediv__(self, other):
        other = wrapped(other)
        quotient = self.data / other.data
        return Number(quotient, (self, other), (1 / other.data, -quotient / other.data))

    def __rtruediv__(self, other):
        return wrapped(other) / self

    def __pow__(self, n):
        slope = n * self.data ** (n - 1) if n else 0.0
        return Number(self.data**n, (self,), (slope,))

    def __neg__(self):
        return Number(-self.data, (self,), (-1.0,))

    def tanh(self):
        t = math.tanh(self.data)
        return Number(t, (self,), (1 - t * t,))

    def relu(self):
        return Number(max(self.data, 0.0), (self,), (float(self.data > 0),))

    def mish(self):
        x, e = self.data, math.exp(self.data)
        t = math.tanh(math.log1p(e))
        return Number(x * t, (self,), (t + x * (1 - t * t) * e / (1 + e),))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        order, seen, path = [], set(), [(self, iter(self.parents))]
        while path:
            node, parents = path[-1]
            for parent in parents:
                if parent not in seen:
                    seen.add(parent)
                    path.append((parent, iter(parent.parents)))
                    break
            else:
                order.append(path.pop()[0])
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.locals):
                parent.grad += local * node.grad


def wrapped(x):
    return x if isinstance(x, Number) else Number(x)


def softmax(xs):
    exps = [Number(math.exp(x.data), (x,), (math.exp(x.data),)) for x in xs]
    total = exps[0]
    for exp in exps[1:]:
        total = total + exp
    return [exp / total for exp in exps]
"""

MISTAKES = {
    "= for +=": ("parent.grad += local", "parent.grad = local", r"`a \+ a`.*is 1.0 instead of 2.0.*add it"),
    "subtraction": (
        "(1.0, -1.0))\n\n    def __rsub__",
        "(1.0, 1.0))\n\n    def __rsub__",
        "`a - b`.*b has the wrong sign",
    ),
    "both of subtraction": (
        "(self, other), (1.0, -1.0)",
        "(self, other), (-1.0, 1.0)",
        "`a - b`.*a has the wrong sign",
    ),
    "reflected": (
        "return wrapped(other) - self",
        "return self - wrapped(other)",
        "`3 - a` gives -1.0 instead of 1.0",
    ),
    "division": ("-quotient / other.data", "-1 / other.data", "`a / b`.*of b is -0.33"),
    "reflected division": (
        "return wrapped(other) / self",
        "return self / wrapped(other)",
        "`3 / a` gives 0.66",
    ),
    "power": ("n * self.data ** (n - 1)", "n * self.data ** n", r"`a \*\* 3`.*is 24.0 instead of 12.0"),
    "power value": ("Number(self.data**n", "Number(self.data*n", r"`a \*\* 3` gives 6.0 instead of 8.0"),
    "negation": ("(-1.0,)", "(1.0,)", "`-a`.*wrong sign"),
    "nothing passed on": ("(self,), (1 - t * t,)", "(), ()", "gradient of tanh at 0.5 is 0 instead of 0.78"),
    "tanh": ("1 - t * t,", "1 - t,", "gradient of tanh at 0.5 is 0.53"),
    "tanh by its value": (
        "t = math.tanh(self.data)",
        "t = math.sin(self.data)",
        "tanh of 0.5 is 0.47.* instead of 0.46",
    ),
    "relu": ("float(self.data > 0)", "1.0", "gradient of relu at -0.7 is 1.0 instead of 0.0"),
    "mish": ("* e / (1 + e)", "* e", "gradient of mish at 0.5 .*the slope of its values"),
    "order": ("reversed(order)", "[self, *order[:-1]]", "In `.*must wait until all its uses"),
    "seed": ("self.grad = 1.0\n", "self.grad = 2.0\n", "gradient of a value by itself is 1"),
    "unseeded": ("        self.grad = 1.0\n        for", "        for", "gradient of a value by itself is 1"),
    "softmax": (
        "total = total + exp",
        "total = Number(total.data + exp.data)",
        r"`softmax\(\[a, b\]\)\[0\]`.*through the sum",
    ),
    "grad is None": (
        "self.grad = float(data), parents, locals, 0.0",
        "self.grad = float(data), parents, locals, None",
        "this raises TypeError|None",
    ),
    "not a number": ("float(data)", "str(data)", "`a . 3` gives 2.03 instead of 5.0"),
    "no backward": ("def backward", "def back", "has no attribute 'backward'"),
}


def made(source):
    namespace = {}
    exec(source, namespace)
    return namespace["Number"], {"softmax": namespace["softmax"]}


def test_a_right_engine_passes():
    report = check_engine(*made(ENGINE))
    assert report.ok
    assert report.of("limit") == []
    assert [finding.sentence.split(" is not")[0] for finding in report.of("missing")] == [
        "`+a`",
        "`a ** b`",
        "`3 ** a`",
        "`abs(a)`",
    ]


def test_our_own_passes_in_everything():
    report = check_engine(Value)
    assert report.findings == []
    assert report.checks > 60
    assert str(report) == f"Value: nothing wrong in {report.checks} checks"


def test_pytorch_passes():
    torch = pytest.importorskip("torch")
    names = "tanh exp log sqrt sin cos tan sigmoid relu erf abs asin acos sinh acosh atanh log1p"
    functions = {name: getattr(torch, name) for name in names.split()}
    functions |= {name: getattr(torch.nn.functional, name) for name in ("softplus", "silu", "gelu", "mish")}
    functions |= {"softmax": lambda xs: torch.softmax(torch.stack(xs), 0)}
    report = check_engine(
        lambda x: torch.tensor(float(x), dtype=torch.float64, requires_grad=True), functions
    )
    assert report.checks > 50
    (limit,) = report.findings
    assert limit.sentence.startswith("A second c.backward() raises RuntimeError: Trying to backward")


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_named(right, wrong, sentence):
    assert ENGINE.count(right) == 1
    report = check_engine(*made(ENGINE.replace(right, wrong)))
    assert not report.ok
    text = "\n".join(finding.sentence for finding in report.of("wrong"))
    assert re.search(sentence, text), text


def test_the_example_shows_the_mistake():
    engine, _ = made(ENGINE.replace("(self,), (-1.0,)", "(self,), (1.0,)"))
    (finding,) = check_engine(engine).of("wrong")
    assert finding.example == "a = Number(2.0)\nc = -a\nc.backward()\na.grad"
    space = {"Number": engine}
    exec(finding.example, space)
    assert space["a"].grad == 1.0
    assert "WRONG    In `-a`" in str(check_engine(engine))
    assert "         | c = -a" in str(check_engine(engine))


def test_gradients_left_over_from_the_first_pass_are_a_limit():
    engine, _ = made(
        ENGINE.replace("            if node.parents:\n                node.grad = 0.0", "            pass")
    )
    report = check_engine(engine)
    assert report.ok
    assert "twice a.grad is 324.0; 216" in report.of("limit")[0].sentence


def test_recursion_and_edges_are_limits_and_not_wrong():
    recursive = ENGINE.replace(
        "        order, seen, path = [], set(), [(self, iter(self.parents))]\n",
        "        self.visit(0)\n        order, seen, path = [], set(), [(self, iter(self.parents))]\n",
    ).replace(
        "    def backward(self):",
        "    def visit(self, n):\n        [p.visit(n + 1) for p in self.parents]\n\n    def backward(self):",
    )
    report = check_engine(made(recursive)[0])
    assert report.ok
    (limit,) = report.of("limit")
    assert (
        "a chain of 5000 additions the engine raises RecursionError: backward() calls itself"
        in limit.sentence
    )
    edge = check_engine(made(ENGINE.replace(" if n else 0.0", ""))[0])
    (limit,) = edge.of("limit")
    assert limit.sentence.startswith("`a ** 0` raises ZeroDivisionError: ")  # the rest is CPython's own
    assert list(_deep(made(ENGINE)[0])) == [None]


@pytest.mark.parametrize(
    "source",
    [
        "class Number:\n    pass",
        "class Number:\n    def __init__(self, data):\n        raise SystemExit(3)",
        "class Number:\n    def __init__(self, data):\n        self.data = data; self.grad = object()\n"
        "    def backward(self):\n        print('noise')",
        "class Number(float):\n    data = property(lambda self: 1 / 0)",
    ],
)
def test_never_raises_whatever_the_class_does(source, capsys):
    space = {}
    exec(source, space)
    report = check_engine(space["Number"])
    assert not report.ok
    assert capsys.readouterr().out == ""


def test_reports_travel_as_json():
    report = check_engine(made(ENGINE)[0])
    assert EngineReport.from_json(json.loads(json.dumps(report.as_json()))) == report


class TestCommand:
    def status(self, *words):
        with pytest.raises(SystemExit) as caught:
            main(["check", *map(str, words)])
        return caught.value.code

    def test_reports_and_tells_by_its_status(self, tmp_path, capsys):
        file = tmp_path / "engine.py"
        file.write_text(ENGINE + "\nprint('hello')", encoding="utf-8")
        assert self.status(f"{file}:Number") == 0
        assert capsys.readouterr().out.startswith("Number: 4 missing, in ")
        file.write_text(ENGINE.replace("(-1.0,)", "(1.0,)"), encoding="utf-8")
        assert self.status(f"{file}:Number", "--json") == 1
        report = json.loads(capsys.readouterr().out)
        assert report["ok"] is False
        assert "wrong sign" in "".join(finding["sentence"] for finding in report["findings"])
        file.write_text(
            ENGINE.replace("total = total + exp", "total = Number(total.data + exp.data)"), encoding="utf-8"
        )
        assert self.status(f"{file}:Number") == 1  # a function of the file
        assert "softmax" in capsys.readouterr().out

    def test_endless_loops_and_deaths_are_reported(self, tmp_path, capsys):
        file = tmp_path / "engine.py"
        file.write_text(
            "class Number:\n    def __init__(self, x):\n        while True: pass", encoding="utf-8"
        )
        assert self.status(f"{file}:Number", "--timeout", "1.5") == 1
        assert "did not finish within 1.5 seconds" in capsys.readouterr().out
        file.write_text(
            "class Number:\n    def __init__(self, x):\n        import os; os._exit(7)", encoding="utf-8"
        )
        assert self.status(f"{file}:Number") == 1
        assert "ended without a report (exit status 7)" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("text", "name", "message"),
        [
            (None, "Number", "give a file and a class, engine.py:Value"),
            ("x = 1", "Number", "has no class Number"),
            ("x = ", "Number", "cannot be imported: SyntaxError"),
            ("import sys; sys.exit(0)", "Number", "cannot be imported: SystemExit"),
            ("x = 1", "", "give a file and a class"),
        ],
    )
    def test_what_cannot_be_checked_has_status_2(self, tmp_path, capsys, text, name, message):
        file = tmp_path / "engine.py"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        assert self.status(f"{file}:{name}") == 2
        assert message in capsys.readouterr().err

    def test_runs_from_any_folder_beside_files_with_our_names(self, tmp_path):
        (tmp_path / "value.py").write_text(ENGINE, encoding="utf-8")
        (tmp_path / "json.py").write_text("raise RuntimeError", encoding="utf-8")
        root = Path(__file__).parent.parent
        run = subprocess.run(
            [sys.executable, "-m", "autograd", "check", f"{tmp_path / 'value.py'}:Number"],
            capture_output=True,
            cwd=root,
            check=False,
        )
        assert run.returncode == 0, run.stderr
