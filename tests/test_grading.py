"""check_engine: a right engine passes, and each mistake a student makes is named."""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from engines import CLOSURES, NUMBERS, RIGHT, class_in

from autograd import Value, check_engine
from autograd.__main__ import main
from autograd.grading import _deep
from autograd.grading.interface import Interface
from autograd.grading.report import EngineReport

# name: the source, what to replace in it, with what, and what the first finding says
IN_PLACE = """    def {}(self, other):
        self.data {} wrapped(other).data
        return self"""
EQUAL = """    def __eq__(self, other):
        return self.data == other.data"""
ADD_IT = "contribution from each use: add it"
REVERSE = r"in \*reverse\* topological order"
MISTAKES = {
    "= for +=": (
        NUMBERS,
        "parent.grad += local",
        "parent.grad = local",
        r"`= takes the place of|`=` takes the place of `\+=` in the backward pass",
    ),
    "subtraction": (
        NUMBERS,
        "(1.0, -1.0))\n\n    def __rsub__",
        "(1.0, 1.0))\n\n    def __rsub__",
        "`a - b`.*b has the wrong sign",
    ),
    "both of subtraction": (
        NUMBERS,
        "(self, other), (1.0, -1.0)",
        "(self, other), (-1.0, 1.0)",
        "`a - b`.*are swapped",
    ),
    "reflected": (
        NUMBERS,
        "return wrapped(other) - self",
        "return self - wrapped(other)",
        "`3 - a` gives -1.0 instead of 1.0",
    ),
    "division": (NUMBERS, "-quotient / other.data", "-1 / other.data", "`a / b`.*of b is -0.33"),
    "reflected division": (
        NUMBERS,
        "return wrapped(other) / self",
        "return self / wrapped(other)",
        "`3 / a` gives 0.66",
    ),
    "power": (
        NUMBERS,
        "n * self.data ** (n - 1)",
        "n * self.data ** n",
        r"`a \*\* 3`.*is 24.0 instead of 12.0",
    ),
    "power without its factor": (
        NUMBERS,
        "n * self.data ** (n - 1)",
        "self.data ** (n - 1)",
        r"`a \*\* 3`.*is 4.0 instead of 12.0",
    ),
    "power value": (
        NUMBERS,
        "Number(self.data**n",
        "Number(self.data*n",
        r"`a \*\* 3` gives 6.0 instead of 8.0",
    ),
    "negation": (NUMBERS, "(-1.0,)", "(1.0,)", "`-a`.*wrong sign"),
    "nothing passed on": (
        NUMBERS,
        "(self,), (1 - t * t,)",
        "(), ()",
        r"`a.tanh\(\)` the gradient of a is 0 instead of 0.78",
    ),
    "tanh": (NUMBERS, "1 - t * t,", "1 - t,", r"`a.tanh\(\)` the gradient of a is 0.53"),
    "tanh by its value": (
        NUMBERS,
        "t = math.tanh(self.data)",
        "t = math.sin(self.data)",
        r"`a.tanh\(\)` gives 0.47.* instead of 0.46",
    ),
    "relu": (NUMBERS, "float(self.data > 0)", "1.0", r"`a.relu\(\)` the gradient of a is 1.0 instead of 0.0"),
    "relu's value": (
        NUMBERS,
        "max(self.data, 0.0)",
        "abs(self.data)",
        r"`a.relu\(\)` gives 0.7 instead of 0.0",
    ),
    "mish": (NUMBERS, "* e / (1 + e)", "* e", r"`a.mish\(\)` the gradient .*the slope of its values"),
    "order": (NUMBERS, "reversed(order)", "[self, *order[:-1]]", "must wait until all its uses|" + REVERSE),
    "no reversed": (NUMBERS, "reversed(order)", "order", REVERSE),
    "one step only": (NUMBERS, "reversed(order)", "order[-1:]", REVERSE),
    "without the result": (
        NUMBERS,
        "reversed(order)",
        "reversed(order[:-1])",
        "So it is with every operation",
    ),
    "no seen": (
        NUMBERS,
        "                if parent not in seen:\n                    seen",
        "                if True:\n                    seen",
        "gone through for each of its uses",
    ),
    "seen by data": (
        NUMBERS,
        "if parent not in seen:\n                    seen.add(parent)",
        "if parent.data not in seen:\n                    seen.add(parent.data)",
        "== compares numbers",
    ),
    "upstream": (
        NUMBERS,
        "+= local * node.grad",
        "+= local",
        "The backward pass takes the incoming gradient for 1",
    ),
    "upstream added": (
        NUMBERS,
        "+= local * node.grad",
        "+= local + node.grad",
        "`a [+] b` the gradient of a is 2.0.* every operation",
    ),
    "upstream of the parent": (
        NUMBERS,
        "+= local * node.grad",
        "+= local * parent.grad",
        "nothing arrives there. So it is with every operation",
    ),
    "seed": (
        NUMBERS,
        "self.grad = 1.0\n",
        "self.grad = 2.0\n",
        "gradient of a value with respect to itself is 1",
    ),
    "seed with data": (
        NUMBERS,
        "self.grad = 1.0\n",
        "self.grad = self.data\n",
        "gradient of a value with respect to itself is 1",
    ),
    "unseeded": (
        NUMBERS,
        "        self.grad = 1.0\n        for",
        "        for",
        "gradient of a value with respect to itself is 1",
    ),
    "softmax": (
        NUMBERS,
        "total = total + exp",
        "total = Number(total.data + exp.data)",
        r"`softmax\(\[a, b, k\]\)\[0\]`.*through the sum",
    ),
    "grad is None": (
        NUMBERS,
        "parents, locals, 0.0",
        "parents, locals, None",
        "raises TypeError.*NoneType.*So it is with every operation",
    ),
    "not a number": (NUMBERS, "float(data)", "str(data)", "raises ValueError.*So it is with every operation"),
    "no backward": (NUMBERS, "def backward", "def run", "has no attribute 'backward'"),
    "swapped factors": (
        NUMBERS,
        "(other.data, self.data)",
        "(self.data, other.data)",
        r"`a \* b` the gradients of a and b are swapped",
    ),
    "one factor": (
        NUMBERS,
        "(other.data, self.data)",
        "(other.data, other.data)",
        r"`a \* b` the gradient of b",
    ),
    "sum of the data": (
        NUMBERS,
        "(other.data, self.data)",
        "(self.data + other.data,) * 2",
        r"`a \* b` the gradient of a is 5",
    ),
    "in place +=": (
        NUMBERS,
        "    __radd__,",
        IN_PLACE.format("__iadd__", "+=") + "\n\n    __radd__,",
        "changes the number of a value",
    ),
    "in place *=": (
        NUMBERS,
        "    __radd__,",
        IN_PLACE.format("__imul__", "*=") + "\n\n    __radd__,",
        "changes the number of a value",
    ),
    "0 is replaced": (
        NUMBERS,
        "float(data), parents",
        "float(data or 1.0), parents",
        r"Number\(0.0\).data is 1.0",
    ),
    "no gradient is 1": (
        NUMBERS,
        "local * node.grad",
        "local * (node.grad or 1.0)",
        "0 is what must be passed on",
    ),
    "membership by == of data": (
        NUMBERS.replace("seen, path = [], set(), [", "seen, path = [], [], [").replace(
            "seen.add(", "seen.append("
        ),
        "    def backward",
        "    def __eq__(self, other):\n        return self.data == other.data\n\n    def backward",
        "== compares numbers",
    ),
    "set with == and hash of data": (
        NUMBERS,
        "    def backward",
        EQUAL + "\n\n    def __hash__(self):\n        return hash(self.data)\n\n    def backward",
        "== compares numbers",
    ),
    "a right operand": (
        NUMBERS,
        "__radd__, __rmul__ = __add__, __mul__",
        "__radd__, __rmul__ = __add__, __add__",
        r"`3 \* a` gives 5.0 instead of 6.0",
    ),
    "another class": (
        NUMBERS + 'Plain = type("Plain", (), {"__init__": Number.__init__, "backward": Number.backward})\n',
        "return Number(t, (self,), (1 - t * t,))",
        "return Plain(t, (self,), (1 - t * t,))",
        r"`\(a.tanh\(\)\) \* k \+ a` is not supported: TypeError",
    ),
    "creation order": (CLOSURES, "reversed(order)", "order", REVERSE),
    "as they are met": (
        CLOSURES,
        "stack.append((node, True))",
        "order.insert(0, node)",
        "as soon as it is met, and only once",
    ),
    "level by level": (
        CLOSURES.replace("stack.append((node, True))", "order.insert(0, node)"),
        "stack.pop()",
        "stack.pop(0)",
        "as soon as it is met",
    ),
    "no set of seen nodes": (
        CLOSURES,
        "elif node not in seen:",
        "else:",
        "gone through for each of its uses",
    ),
    "calls itself": (
        CLOSURES,
        "        for node in reversed(order):\n            node.pull()",
        "        def back(node):\n            node.pull()\n"
        "            for child in node.children:\n                back(child)\n\n        back(self)",
        "gone through for each of its uses",
    ),
}
# In closures, every operation can have a mistake of its own.
STEPS = {
    "+": (
        "self.grad += out.grad\n            other",
        "self.grad = out.grad\n            other",
        "self.grad += 1.0\n            other",
    ),
    "+, right": ("other.grad += out.grad\n", "other.grad = out.grad\n", "other.grad += 1.0\n"),
    "*": (
        "self.grad += other.data * out.grad",
        "self.grad = other.data * out.grad",
        "self.grad += other.data",
    ),
    "*, right": (
        "other.grad += self.data * out.grad",
        "other.grad = self.data * out.grad",
        "other.grad += self.data",
    ),
    "a - b": ("self.grad += 1.0 * out.grad", "self.grad = 1.0 * out.grad", "self.grad += 1.0"),
    "a - b, right": ("other.grad -= 1.0 * out.grad", "other.grad = -1.0 * out.grad", "other.grad -= 1.0"),
    "a / b": (
        "self.grad += 1 / other.data * out.grad",
        "self.grad = 1 / other.data * out.grad",
        "self.grad += 1 / other.data",
    ),
    "a / b, right": (
        "other.grad += -self.data / other.data**2 * out.grad",
        "other.grad = -self.data / other.data**2 * out.grad",
        "other.grad += -self.data / other.data**2",
    ),
    "a ** 3": (
        "self.grad += other.data * self.data ** (other.data - 1) * out.grad",
        "self.grad = other.data * self.data ** (other.data - 1) * out.grad",
        "self.grad += other.data * self.data ** (other.data - 1)",
    ),
    "a ** b": (
        "other.grad += out.data * math.log(self.data) * out.grad",
        "other.grad = out.data * math.log(self.data) * out.grad",
        "other.grad += out.data * math.log(self.data)",
    ),
    "-a": ("self.grad += -1 * out.grad", "self.grad = -1 * out.grad", "self.grad += -1"),
    "abs(a)": (
        "self.grad += math.copysign(1, self.data) * out.grad",
        "self.grad = math.copysign(1, self.data) * out.grad",
        "self.grad += math.copysign(1, self.data)",
    ),
    "a.tanh()": (
        "self.grad += (1 - out.data**2) * out.grad",
        "self.grad = (1 - out.data**2) * out.grad",
        "self.grad += 1 - out.data**2",
    ),
    "a.exp()": (
        "self.grad += out.data * out.grad",
        "self.grad = out.data * out.grad",
        "self.grad += out.data",
    ),
    "a.log()": (
        "self.grad += out.grad / self.data",
        "self.grad = out.grad / self.data",
        "self.grad += 1 / self.data",
    ),
    "a.relu()": (
        "self.grad += (self.data > 0) * out.grad",
        "self.grad = (self.data > 0) * out.grad",
        "self.grad += self.data > 0",
    ),
    "a.sigmoid()": (
        "self.grad += out.data * (1.0 - out.data) * out.grad",
        "self.grad = out.data * (1.0 - out.data) * out.grad",
        "self.grad += out.data * (1.0 - out.data)",
    ),
    "a.mish()": (
        "self.grad += (t + x * (1 - t * t) * e / (1 + e)) * out.grad",
        "self.grad = (t + x * (1 - t * t) * e / (1 + e)) * out.grad",
        "self.grad += t + x * (1 - t * t) * e / (1 + e)",
    ),
}
for _name, (_right, _assigns, _forgets) in STEPS.items():
    _code = re.escape(_name.partition(",")[0])
    MISTAKES[f"= for += in {_name}"] = (
        CLOSURES,
        _right,
        _assigns,
        f"backward step of `{_code}` .*{ADD_IT}|of `{_code}`. {ADD_IT}|step of `{_code}`. A value that",
    )
    MISTAKES[f"{_name} forgets upstream"] = (
        CLOSURES,
        _right,
        _forgets,
        f"backward step of `{_code}` (forgets|takes) the incoming gradient",
    )


made = class_in


def test_a_right_engine_passes():
    report = check_engine(*made(NUMBERS))
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
    assert report.checks > 500
    second, in_place = report.findings
    assert second.sentence.startswith("A second c.backward() raises RuntimeError: Trying to backward")
    assert "modified by an inplace operation" in in_place.sentence
    assert {second.kind, in_place.kind} == {"limit"}
    single = check_engine(
        lambda x: torch.tensor(float(x), dtype=torch.float32, requires_grad=True), functions
    )
    assert single.findings == report.findings


@pytest.mark.parametrize("name", RIGHT)
def test_right_engines_of_every_make_pass(name):
    report = check_engine(RIGHT[name]())
    assert report.ok, report
    assert report.passed > 50


def test_micrograd_passes():
    engine = pytest.importorskip("micrograd.engine", reason="micrograd is not installed")
    report = check_engine(engine.Value)
    assert report.ok
    assert [finding.sentence.split()[0] for finding in report.of("limit")] == ["In", "After", "`a"]


def test_single_precision_is_no_licence():
    """A mistake in the third digit is found in float32, too."""
    single = RIGHT["single"]()

    class Wrong(single):
        def exp(self):
            return type(self).__mro__[1].exp(self) * 1.001

    assert "`a.exp()` gives" in check_engine(Wrong).of("wrong")[0].sentence  # pyright: ignore[reportArgumentType]


def test_names_are_given_or_discovered():
    source = NUMBERS
    for ours, theirs in (("data", "amount"), ("grad", "slope"), ("backward", "go")):
        source = re.sub(rf"\b{ours}\b", theirs, source)
    engine, functions = made(source)
    assert not check_engine(engine, functions).ok  # a method may have any name
    assert check_engine(engine, functions, backward="go").ok
    given = check_engine(engine, functions, data="amount", grad="slope", backward="go")
    assert given.ok
    assert given.passed == check_engine(*made(NUMBERS)).passed
    wrong = check_engine(made(source.replace("(-1.0,)", "(1.0,)"))[0], backward="go")
    assert wrong.of("wrong")[0].example == "a = Number(2.0)\nc = -a\nc.go()\na.slope"
    assert "has no attribute 'nothing'" in str(check_engine(engine, data="nothing", backward="go"))


def test_what_follows_from_a_mistake_is_counted_below_it():
    source = NUMBERS.replace("(other.data, self.data)", "(self.data, other.data)")
    report = check_engine(*made(source))
    (root,) = report.of("wrong")
    assert root.sentence == "In `a * b` the gradients of a and b are swapped."
    assert {"a * 3", "3 * a"} <= set(root.follow_ups)
    assert re.search(r"\d+ more checks fail because of it: `a \* 3`, `3 \* a`", str(report))
    # Subtraction is built on negation here, and division on powers.
    derived = CLOSURES.replace("self.grad += -1 * out.grad", "self.grad += out.grad")
    start, end = derived.index("    def __sub__"), derived.index("    def __truediv__")
    derived = (
        derived[:start] + "    def __sub__(self, other): return self + -wrapped(other)\n\n" + derived[end:]
    )
    (root,) = check_engine(made(derived)[0]).of("wrong")
    assert root.sentence.startswith("In `-a` the gradient of a has the wrong sign")
    assert {"a - b", "3 - a"} <= set(root.follow_ups)


def test_the_score_is_100_only_if_everything_passes():
    right, missing = check_engine(Value), check_engine(made(NUMBERS)[0])
    wrong = check_engine(made(NUMBERS.replace("parent.grad +=", "parent.grad ="))[0])
    nothing = check_engine(made("class Number:\n    pass")[0])
    assert right.score == 100 > missing.score > wrong.score > nothing.score == 0


def test_a_class_that_can_do_nothing_fails():
    report = check_engine(
        made("""
class Number:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def backward(self):
        self.grad = 1.0
""")[0]
    )
    assert not report.ok
    assert report.of("wrong")[0].sentence.startswith(
        "Nothing can be computed with it. The first try: `a + b`"
    )


def mutants(source):
    """The source with one operator, number, operand or attribute changed, in every place."""
    tree = ast.parse(source)
    for node in list(ast.walk(tree)):
        changes = []
        if isinstance(node, ast.BinOp | ast.AugAssign):
            changes = [("op", kind()) for kind in (ast.Add, ast.Sub, ast.Mult, ast.Div)]
            changes = [change for change in changes if type(change[1]) is not type(node.op)]
        elif isinstance(node, ast.Name) and node.id in ("self", "other") and isinstance(node.ctx, ast.Load):
            changes = [("id", "other" if node.id == "self" else "self")]
        elif isinstance(node, ast.Attribute) and node.attr in ("data", "grad"):
            changes = [("attr", "grad" if node.attr == "data" else "data")]
        elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
            changes = [("value", number) for number in (0, 1, -1, 2) if number != node.value]
        for field, changed in changes:
            before = getattr(node, field)
            setattr(node, field, changed)
            yield ast.unparse(tree)
            setattr(node, field, before)


# The sign of the 1 in copysign(1, x) does not matter; that log is only taken of positive numbers
# matters at 0 and below, where errors are limits.
SAME = ("copysign(-1", "self.data > -1:")


@pytest.mark.parametrize(("source", "start"), [(s, i) for s in (NUMBERS, CLOSURES) for i in range(2)])
def test_engines_with_any_one_thing_changed_are_found(source, start):
    for mutant in list(mutants(source))[12 * start :: 25]:
        if any(same in mutant for same in SAME):
            continue
        try:
            engine, functions = made(mutant)
        except Exception:
            continue  # it cannot even be defined
        assert not check_engine(engine, functions).ok, mutant


@pytest.mark.parametrize(("source", "right", "wrong", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_found_and_explained_by_its_root(source, right, wrong, sentence):
    assert source.count(right) == 1
    report = check_engine(*made(source.replace(right, wrong)))
    assert not report.ok
    first, *others = report.of("wrong")
    assert re.search(sentence, first.sentence), report
    assert not others, report


def test_the_example_shows_the_mistake():
    engine, _ = made(NUMBERS.replace("(self,), (-1.0,)", "(self,), (1.0,)"))
    (finding,) = check_engine(engine).of("wrong")
    assert finding.example == "a = Number(2.0)\nc = -a\nc.backward()\na.grad"
    space = {"Number": engine}
    exec(finding.example, space)
    assert space["a"].grad == 1.0
    assert "WRONG    In `-a`" in str(check_engine(engine))
    assert "         | c = -a" in str(check_engine(engine))


def test_gradients_left_over_from_the_first_pass_are_a_limit():
    engine, _ = made(
        NUMBERS.replace("            if node.parents:\n                node.grad = 0.0", "            pass")
    )
    report = check_engine(engine)
    assert report.ok
    assert "twice a.grad is 324.0; 216" in report.of("limit")[0].sentence


def test_recursion_and_edges_are_limits_and_not_wrong():
    recursive = NUMBERS.replace(
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
    edge = check_engine(made(NUMBERS.replace(" if n else 0.0", ""))[0])
    (limit,) = edge.of("limit")
    assert limit.sentence.startswith("`a ** 0` raises ZeroDivisionError: ")  # the rest is CPython's own
    assert _deep(Interface(made(NUMBERS)[0])).finding is None


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
    report = check_engine(made(NUMBERS)[0])
    assert EngineReport.from_json(json.loads(json.dumps(report.as_json()))) == report


class TestCommand:
    def status(self, *words):
        with pytest.raises(SystemExit) as caught:
            main(["check", *map(str, words)])
        return caught.value.code

    def test_reports_and_tells_by_its_status(self, tmp_path, capsys):
        file = tmp_path / "engine.py"
        file.write_text(NUMBERS + "\nprint('hello')", encoding="utf-8")
        assert self.status(f"{file}:Number") == 0
        assert capsys.readouterr().out.startswith("Number: 4 missing; ")
        file.write_text(NUMBERS.replace("(-1.0,)", "(1.0,)"), encoding="utf-8")
        assert self.status(f"{file}:Number", "--json") == 1
        report = json.loads(capsys.readouterr().out)
        assert report["ok"] is False
        assert "wrong sign" in "".join(finding["sentence"] for finding in report["findings"])
        file.write_text(
            NUMBERS.replace("total = total + exp", "total = Number(total.data + exp.data)"), encoding="utf-8"
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
            (None, "Number", "there is no file or folder '"),
            ("x = 1", "Number", "has no class Number"),
            ("x = ", "Number", "cannot be imported: SyntaxError"),
            ("import sys; sys.exit(0)", "Number", "cannot be imported: SystemExit"),
            ("x = 1", "", "there is no file or folder"),
        ],
    )
    def test_what_cannot_be_checked_has_status_2(self, tmp_path, capsys, text, name, message):
        file = tmp_path / "engine.py"
        if text is not None:
            file.write_text(text, encoding="utf-8")
        assert self.status(f"{file}:{name}") == 2
        assert message in capsys.readouterr().err

    def test_runs_from_any_folder_beside_files_with_our_names(self, tmp_path):
        (tmp_path / "value.py").write_text(NUMBERS, encoding="utf-8")
        (tmp_path / "json.py").write_text("raise RuntimeError", encoding="utf-8")
        root = Path(__file__).parent.parent
        run = subprocess.run(
            [sys.executable, "-m", "autograd", "check", f"{tmp_path / 'value.py'}:Number"],
            capture_output=True,
            cwd=root,
            check=False,
        )
        assert run.returncode == 0, run.stderr

    @pytest.fixture
    def homework(self, tmp_path):
        """A right engine, a wrong one in a notebook, an endless loop, and a file that cannot be read."""
        folder = tmp_path / "homework"
        (folder / "anna").mkdir(parents=True)
        (folder / ".hidden").mkdir()
        (folder / "anna" / "engine.py").write_text(NUMBERS, encoding="utf-8")
        cells = [
            "%matplotlib inline\nimport math",
            "1 / 0",
            "%%bash\nls",
            CLOSURES.replace("+= out.data * out.grad", "+= out.data"),
        ]
        notebook = {
            "cells": [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
        }
        notebook["cells"].append({"cell_type": "markdown", "source": ["# Nothing"]})
        (folder / "bert.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        (folder / "cleo.py").write_text(
            "class Number:\n    def __init__(self, x):\n        while True: pass\n\n"
            "    def backward(self): pass",
            encoding="utf-8",
        )
        (folder / "dora.py").write_text("x = ", encoding="utf-8")
        (folder / ".hidden" / "no.py").write_text("x = ", encoding="utf-8")
        (folder / "notes.txt").write_text("x", encoding="utf-8")
        return folder

    def test_a_folder_gives_a_table(self, homework, capsys):
        assert self.status(homework, "--timeout", "15") == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["file", "class", "score", "wrong", "missing", "limit", "first"]
        assert [Path(line.split()[0]).name for line in lines[1:5]] == [
            "engine.py",
            "bert.ipynb",
            "cleo.py",
            "dora.py",
        ]
        assert lines[1].split()[1:6] == ["Number", "84", "0", "4", "0"]
        assert "did not finish within 15 seconds" in lines[3]
        assert "cannot be imported: SyntaxError" in lines[4]
        assert lines[-1] == "1 of 4 without a wrong number"

    def test_a_folder_as_csv_and_json(self, homework, capsys):
        (homework / "cleo.py").unlink()
        assert self.status(homework, "--csv", "--timeout", "100") == 1
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        assert "The backward step of `a.exp()` forgets" in rows[1]["first"]
        assert self.status(homework, "--json", "--timeout", "100") == 1
        reports = json.loads(capsys.readouterr().out)
        assert [report["ok"] for report in reports] == [True, False, False]
        assert [report["score"] for report in reports] == [int(row["score"]) for row in rows]
        assert "SyntaxError" in reports[2]["error"]

    def test_several_files_of_right_engines_have_status_0(self, tmp_path, capsys):
        for name in ("a.py", "b.py"):
            (tmp_path / name).write_text(NUMBERS, encoding="utf-8")
        assert self.status(tmp_path / "a.py", f"{tmp_path / 'b.py'}:Number") == 0
        assert "2 of 2 without a wrong number" in capsys.readouterr().out

    def test_without_a_name_the_engine_is_found(self, tmp_path, capsys):
        file = tmp_path / "engine.py"
        file.write_text(
            NUMBERS + "\nclass Last(Number):\n    pass\n\nclass Other:\n    pass", encoding="utf-8"
        )
        assert self.status(file) == 0
        assert capsys.readouterr().out.startswith("Last: ")
        file.write_text(NUMBERS + "\nclass Other:\n    def backward(self): pass", encoding="utf-8")
        assert self.status(file) == 2
        assert "or name it (FILE:Class); it has Number, Other" in capsys.readouterr().err
        file.write_text("x = 1", encoding="utf-8")
        assert self.status(file) == 2
        assert "it has none" in capsys.readouterr().err

    def test_names_of_attributes_can_be_given(self, tmp_path, capsys):
        file = tmp_path / "engine.py"
        file.write_text(re.sub(r"\bbackward\b", "go", NUMBERS), encoding="utf-8")
        assert self.status(f"{file}:Number", "--backward", "go") == 0
        assert self.status(f"{file}:Number") == 1
        assert "attribute 'backward'" in capsys.readouterr().out

    @pytest.mark.skipif(os.name == "nt", reason="pipes close in another way")
    def test_a_closed_pipe_is_no_error(self, tmp_path):
        file = tmp_path / "engine.py"
        file.write_text(NUMBERS, encoding="utf-8")
        run = subprocess.run(
            f'"{sys.executable}" -m autograd check "{file}:Number" | head -n 0',
            shell=True,
            capture_output=True,
            cwd=Path(__file__).parent.parent,
            check=False,
        )
        assert run.stderr == b""
