"""The page's JavaScript, run by Node: every row computes and refuses what Python computes and refuses."""

from __future__ import annotations

import itertools
import json
import math
import random
import shutil
import subprocess
from typing import Any

import pytest
from needed import missing
from numerics_page import headings
from numerics_page import rows as page_rows
from test_numerics import NAMES, outcome

from autograd import RULES, Value, errstate, topological_order
from autograd.rules import ListRule, list_row, row
from autograd.stepper.engine import engine_script, program
from autograd.stepper.javascript import by_hand, computes, javascript
from autograd.table.row import FLOATS, IEEE_FLOATS, VALUES

RUN = """
const read = (key, value) => ({inf: Infinity, "-inf": -Infinity, nan: NaN})[value] ?? value;
const written = (x) => x === x && Math.abs(x) !== Infinity ? (Object.is(x, -0) ? "-0.0" : x) : String(x);
let text = "";
for await (const part of process.stdin) text += part;
console.log(JSON.stringify(JSON.parse(text, read).map((program) => {
  const engine = new Engine(program, table);
  engine.forward();
  const forward = {data: [...engine.data].map(written), locals: engine.locals.map((all) => all.map(written))};
  engine.backward();
  const seen = [...engine.reached].map((reached, k) => reached ? written(engine.grad[k]) : null);
  return {...forward, grad: seen, refused: [...engine.refused], unknown: [...engine.unknown],
          stopped: engine.stopped};
})));
"""

# The rows whose JavaScript may be farther than 4 ulp from Python's, and the bounds. cbrt: the C library's own
# error is 1 ulp, and 1/(3y²) doubles it. polygamma, silu: powers and products of a few factors that differ in
# the last place. lgamma: Python's own is 36 ulp from mpmath's near its zeros, the page's 2.
LOOSER = {"cbrt": 8, "polygamma": 8, "silu": 8, "lgamma": 64}


def run(programs: list[dict[str, Any]], ops: Any) -> list[dict[str, Any]]:
    """The results of these programs in Node."""
    node = shutil.which("node")
    if node is None:
        missing("Node")
    assert node
    text = json.dumps(programs).replace("-Infinity", '"-inf"').replace("Infinity", '"inf"')
    script = engine_script(ops) + RUN
    done = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        input=text.replace("NaN", '"nan"'),
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr, done.stderr[:2000]
    return json.loads(done.stdout)


def number(text: Any) -> float:
    return float(text)


def ulps(given: float, expected: float) -> float:
    """Their distance in units in the last place; 0 for nan and nan."""
    if math.isnan(expected) or math.isinf(expected) or not math.isfinite(given):
        same = given == expected or (math.isnan(given) and math.isnan(expected))
        return 0.0 if same else math.inf
    if expected == 0.0 and given == 0.0:
        return 0.0
    return abs(given - expected) / math.ulp(expected)


def graph(name: str, operands: tuple[float, ...]) -> Value | Exception:
    """A row applied to leaves."""
    rule = RULES[name]
    index = rule.index_operands
    return outcome(lambda: rule(*operands[:index], *map(Value, operands[index:])))


SPECIAL = (
    0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 2.5, -3.0, 1e-320, -1e-320, 5e-324, 1e-200, 1e200, -1e200,
    1.7e308, -1.7e308, 1000.0, -1000.0, 40.0, 1e16, math.inf, -math.inf,
)  # fmt: skip


def edges(name: str) -> list[tuple[float, ...]]:
    """Points at which functions end: all special numbers, for two operands all pairs."""
    rule = RULES[name]
    chance = random.Random(name)
    if isinstance(rule, ListRule):
        lists = [tuple(chance.choice(SPECIAL) for _ in range(chance.randint(1, 4))) for _ in range(60)]
        if rule.name == "dot":
            return [(*xs, *reversed(xs), 0.5) for xs in lists]
        return [(float(chance.randrange(len(xs))), *xs) if rule.index else xs for xs in lists]
    operands = len(rule.operands)  # pyright: ignore[reportAttributeAccessIssue]
    if rule.index_operands:
        return [(float(n), x) for n in range(4) for x in SPECIAL]
    if operands > 2:
        return [tuple(chance.choice(SPECIAL) for _ in range(operands)) for _ in range(300)]
    return list(itertools.product(SPECIAL, repeat=operands))


def ordinary(name: str) -> list[tuple[float, ...]]:
    """The row's own test points, and points around each of them."""
    rule, chance = RULES[name], random.Random(name)
    index = rule.index_operands
    near = [
        (*point[:index], *(x * chance.uniform(0.9, 1.1) for x in point[index:]))
        for point in rule.points
        for _ in range(20)
    ]
    return [*rule.points, *near]


@pytest.mark.parametrize("policy", ["strict", "ieee"])
@pytest.mark.parametrize("where", [ordinary, edges])
def test_every_row_computes_and_refuses_as_python_does(where, policy):
    found, programs = [], []
    for name in RULES:
        for operands in where(name):
            with errstate("ieee"):
                made = graph(name, operands)
            assert isinstance(made, Value)
            if not made.parents:
                continue
            with errstate(policy):
                strict = graph(name, operands)
                refused = outcome(made.backward) if isinstance(strict, Value) else strict
            found.append((name, operands, made, strict, refused))
            programs.append(program(topological_order(made), ieee=policy == "ieee"))
    wrong = []
    worst: dict[str, float] = {}
    for (name, operands, made, strict, refused), seen in zip(found, run(programs, RULES), strict=True):
        if isinstance(strict, Exception) != bool(seen["refused"]):
            wrong.append((name, operands, "refuses", strict, seen["refused"]))
        elif isinstance(strict, Value):
            if (refused is not None) != (seen["stopped"] is not None):
                wrong.append((name, operands, "stops", refused, seen["stopped"], seen["locals"][-1]))
            pairs = [
                (seen["data"][-1], made.data),
                *zip(seen["locals"][-1], made.local_derivatives, strict=True),
            ]
            for place, (given, expected) in enumerate(pairs):
                apart = ulps(number(given), expected)
                worst[name] = max(worst.get(name, 0.0), apart)
                if apart > LOOSER.get(name, 4):
                    wrong.append((name, operands, place, given, expected, apart))
    far = {name: apart for name, apart in worst.items() if apart > 4}
    assert not wrong, f"{len(wrong)} {far}\n" + "\n".join(map(repr, wrong[:40]))


CASES = [
    row[0] for heading in headings() if heading not in ("Passes", "Accuracy") for row in page_rows(heading)
]


def test_the_edges_of_the_documentation_are_the_pages_too():
    """docs/numerics.md: whole graphs, with their refusals forward and backward."""
    cases, programs = [], []
    for policy, (expression, *inputs) in itertools.product(("strict", "ieee"), CASES):
        pairs = [text.split(" = ") for text in inputs]

        def build(pairs=pairs, expression=expression):
            leaves = {name: Value(eval(given, NAMES), name) for name, given in pairs}
            return eval(expression, NAMES | leaves)

        with errstate("ieee"):
            root = outcome(build)
        if not isinstance(root, Value) or not root.parents:
            continue
        with errstate(policy):
            strict = outcome(build)
            refused = outcome(strict.backward) if isinstance(strict, Value) else None
        cases.append((policy, expression, inputs, strict, refused))
        programs.append(program(topological_order(root), ieee=policy == "ieee"))
    assert len(cases) > 120
    for (policy, expression, inputs, strict, refused), seen in zip(cases, run(programs, RULES), strict=True):
        case = (policy, expression, inputs, seen)
        assert isinstance(strict, Exception) == bool(seen["refused"]), case
        if isinstance(strict, Exception):
            continue
        assert (refused is not None) == (seen["stopped"] is not None), case
        assert ulps(number(seen["data"][-1]), strict.data) <= 4, case
        if refused is None:
            for node, given in zip(topological_order(strict), seen["grad"], strict=True):
                if node._grad is not None and given is not None:
                    assert ulps(number(given), node.grad) <= 8, case


def test_a_row_of_the_users_is_computed_and_a_python_function_is_not():
    made = [
        row("log1mexp", "log(-expm1(x))", x="-exp(x) / (-expm1(x))", points=((-0.3,),), domain="x < 0"),
        list_row("weighted", "sum(new * value) / len(new)", new="value / len(new)", value="new / len(new)"),
        row("twice", lambda x: 2.0 * x, x="2"),
        row("thrice", "x + twice(x)", x="3"),
    ]
    try:
        assert [computes(rule.name) for rule in made] == [True, True, False, False]
        assert "twice" not in javascript(["twice", "thrice"])
        a, b = Value(-0.7), Value(0.25)
        root = made[1](a, b, made[0](a), made[2](b)) * made[2](a)
        order = topological_order(root)
        [seen] = run([program(order)], {node.op for node in order if node.op})
        root.backward()
        for node, data, grad in zip(order, seen["data"], seen["grad"], strict=True):
            assert (ulps(number(data), node.data), ulps(number(grad), node.grad)) <= (4, 4)
        [refused] = run(
            [program(order) | {"data": [0.5, *[0.0] * (len(order) - 1)]}], ["log1mexp", "mul", "weighted"]
        )
        assert refused["refused"][0][1] == "domain"
    finally:
        for rule in made:
            for names in (RULES, FLOATS, IEEE_FLOATS, VALUES):
                names.pop(rule.name, None)


def test_only_what_is_no_formula_is_written_by_hand():
    assert by_hand() == {
        name
        for name, rule in RULES.items()
        if (callable(rule.value) if isinstance(rule, ListRule) else name in rule.value.functions)  # pyright: ignore
    }


def test_the_script_makes_no_code_from_text():
    assert not [word for word in ("eval(", "Function(", "import(") if word in engine_script(RULES)]
