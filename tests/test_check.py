"""gradcheck finds wrong derivatives, names kinks, and leaves right ones alone."""

from __future__ import annotations

import math
import random

import numpy
import pytest

import autograd
from autograd import GradcheckError, Value, check, grad, gradcheck, primitive
from autograd.check import _verdict
from autograd.check.differences import Estimate, Slope, derivatives
from autograd.check.report import table
from autograd.operations.apply import apply
from autograd.table.row import RULES, FormulaRule

ROWS = [rule for rule in RULES.values() if isinstance(rule, FormulaRule)]


def verdicts(f, *inputs):
    return [entry.verdict for entry in gradcheck(f, *inputs).entries]


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.sin, 0.3, math.cos(0.3)),
        (math.exp, -40.0, math.exp(-40.0)),
        (math.log, 1e-8, 1e8),
        (math.log, 1e8, 1e-8),
        (math.sqrt, 1e-6, 500.0),
        (math.log, 1e-300, 1e300),  # nothing of it is seen with steps beside 1
        (lambda x: -1 / (x * x), 1e-5, 2e15),  # over the pole two sides agree on something else
        (lambda x: math.cos(1e3 * x), 1e-9, -1e-3),  # differences of small steps are rounded away
        (lambda x: x**9, 0.0, 0.0),
        (lambda x: 1e6 * x, 1e-9, 1e6),
        (lambda x: math.tanh(1e4 * x), 0.0, 1e4),
        (lambda x: math.sin(1e3 * x), 2.0, 1e3 * math.cos(2e3)),
        (lambda x: math.pow(x, 2.5), 0.0, 0.0),  # defined on the right only
    ],
)
def test_numerical_derivatives_choose_their_step(f, x, slope):
    (estimate,) = derivatives(lambda t: [f(t)], x)
    assert abs(estimate.slope.value - slope) <= 1e-7 * abs(slope) + 1e-6 * (slope == 0.0)
    assert abs(estimate.slope.value - slope) <= 100 * estimate.slope.error + 1e-15
    assert not estimate.at_corner
    assert not estimate.jumps


def test_what_underflows_is_no_slope_of_zero():
    (estimate,) = derivatives(lambda t: [t * t], 1e-200)
    assert abs(estimate.slope.value - 2e-200) <= estimate.slope.error
    (estimate,) = derivatives(lambda t: [3 * t], 5e-324)  # no step becomes 0
    assert estimate.slope.value == 3.0


def test_corners_and_jumps_are_seen():
    (corner,) = derivatives(lambda t: [abs(t)], 0.0)
    assert corner.at_corner
    assert (corner.left.value, corner.right.value) == (-1.0, 1.0)
    (jump,) = derivatives(lambda t: [float(math.floor(t))], 2.0)
    assert jump.jumps
    (near,) = derivatives(lambda t: [abs(t - 1e-3)], 0.0)
    assert not near.at_corner
    assert near.slope.value == pytest.approx(-1.0)


@pytest.mark.parametrize("rule", ROWS, ids=lambda rule: rule.name)
def test_every_row_passes_at_its_points(rule):
    for point in rule.points[:3]:
        variables = point[fixed(rule) :]
        constants = point[: len(point) - len(variables)]
        report = gradcheck(lambda *xs, c=constants: apply(rule, *c, *xs), *variables)
        assert not any(entry.wrong for entry in report.entries)


def fixed(rule) -> int:
    """The number of leading operands that have no derivative."""
    return rule.index_operands or int(rule.name == "where")


@pytest.mark.parametrize(
    "rule", [r for r in ROWS if r.name not in ("sign", "floor", "ceil", "round", "floordiv", "heaviside")]
)
@pytest.mark.parametrize("factor", [1.001, 0.0, -1.0])
def test_a_partial_that_is_off_is_found_in_every_row(rule, factor, monkeypatch):
    """The mutation run: each partial in turn, off by 0.1 %, missing or of the wrong sign."""
    for slot in range(fixed(rule), len(rule.operands)):
        broken = type("Broken", (), dict(vars(rule)))
        differentiate = rule.differentiate

        def off(y, *xs, differentiate=differentiate, slot=slot):
            partials = list(differentiate(y, *xs))
            partials[slot] *= factor
            return tuple(partials)

        broken.differentiate = broken.differentiate_ieee = staticmethod(off)  # pyright: ignore[reportAttributeAccessIssue]
        broken.evaluate = staticmethod(rule.evaluate)  # pyright: ignore[reportAttributeAccessIssue]
        broken.evaluate_ieee = staticmethod(rule.evaluate_ieee)  # pyright: ignore[reportAttributeAccessIssue]
        found = False
        for point in rule.points:
            constants, variables = point[: fixed(rule)], point[fixed(rule) :]
            try:
                gradcheck(lambda *xs, c=constants, rule=broken: apply(rule, *c, *xs), *variables)  # pyright: ignore[reportArgumentType]
            except GradcheckError as error:
                found = error.report.entries[slot - len(constants)].wrong
                if found:
                    break
            except AttributeError:  # the second order of the stand-in has no formulas
                pass
        assert found, f"{rule.name}, operand {slot}"


def test_an_error_shows_the_worst_first_and_holds_the_report():
    @primitive(a="2 * a", b="3.0003 * b * b")
    def wrong(a, b):
        return 3 * a + b**3

    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda a, b, c: wrong(a, b) + c, 2.0, 1.5, 0.5)
    first, second = str(caught.value).splitlines()[2:]
    assert str(caught.value).startswith("2 of 3 derivatives are wrong\nderivative")
    assert first.split()[:5] == ["∂f/∂a", "4", "4", "3", "0.2"]
    assert first.endswith("WRONG")
    assert second.startswith("∂f/∂b")
    assert isinstance(caught.value, AssertionError)
    assert [entry.wrong for entry in caught.value.report.entries] == [True, True, False]


def test_a_second_derivative_lost_in_a_partial_is_found():
    @primitive(x=lambda y, x: math.cos(x))  # math turns a Value into a float
    def sine(x):
        return math.sin(x)

    with pytest.raises(TypeError, match=r"test_check.py:\d+: .*math.cos"):
        gradcheck(lambda x: sine(x), 0.7)

    @primitive(x=lambda y, x: math.cos(getattr(x, "data", x)))  # a constant, on purpose
    def other_sine(x):
        return math.sin(x)

    with pytest.raises(GradcheckError, match="∂²f/∂x∂x"):
        gradcheck(lambda x: other_sine(x), 0.7)


def test_kinks_edges_and_infinite_slopes_are_named_and_do_not_fail():
    assert verdicts(autograd.relu, 0.0) == ["a corner: slope 0 to the left, 1 to the right"]
    assert verdicts(abs, 0.0)[0].startswith("a corner: slope -1 to the left, 1 to the right")
    assert verdicts(autograd.floor, 2.0) == ["the function jumps here"]
    assert verdicts(autograd.sqrt, 0.0) == ["an infinite slope"]
    assert verdicts(lambda x: x**2.5, 0.0) == ["ok, on the side where the function is defined"]
    assert verdicts(autograd.log, 1e-8) == ["ok", "ok"]


def test_a_wrong_convention_at_a_kink_fails():
    @primitive(x="5 if x >= 0 else 0")
    def odd_relu(x):
        return max(x, 0.0)

    with pytest.raises(GradcheckError, match="WRONG: a corner: slope 0 to the left, 1"):
        gradcheck(odd_relu, 0.0)


def test_inputs_are_finite_numbers():
    with pytest.raises(TypeError, match="gradcheck: an input must be a real number"):
        gradcheck(autograd.exp, "1")
    with pytest.raises(ValueError, match="gradcheck: an input is -inf"):
        gradcheck(autograd.exp, -math.inf)


def test_names_follow_the_program():
    def loss(p, x):
        return {"cost": p["w"][0] * x[0] + p["b"] * x[1], "size": p["b"] ** 2}

    report = gradcheck(loss, {"w": [2.0], "b": 1.0}, numpy.array([3.0, 4.0]))
    assert [entry.name for entry in report.entries[:4]] == [
        "∂loss['cost']/∂p['w'][0]",
        "∂loss['cost']/∂p['b']",
        "∂loss['cost']/∂x[0]",
        "∂loss['cost']/∂x[1]",
    ]
    assert len(report.entries) == 2 * 4 + 2 * 16
    assert "… and 20 more" in str(report)


def test_the_result_is_true_shows_itself_and_prints_nothing(capsys, tmp_path):
    report = gradcheck(lambda x, y: x * y, 2.0, 3.0)
    assert report
    assert capsys.readouterr().out == ""
    assert repr(report) == str(report)
    assert repr(report).startswith("derivative   reverse   forward   numerical")
    report.save(tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text("utf-8") == f"{report}\n"
    with pytest.raises(ValueError, match=r"text cannot be saved as \.png; save it as \.txt"):
        report.save(tmp_path / "report.png")


def test_a_failure_is_returned_if_it_shall_not_be_raised():
    @primitive(x="3 * x")
    def square(x):
        return x * x

    report = gradcheck(square, 2.0, raise_exception=False)
    assert not report
    assert "WRONG" in str(report)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(square, 2.0)
    assert str(caught.value.report) == str(report)


@pytest.mark.parametrize(
    ("left", "right", "tolerance", "rounding"),
    [(0.09, 0.0, 0.0, 0.0), (0.0, 0.09, 0.0, 0.0), (0.0, 0.0, 0.09, 0.0), (0.0, 0.0, 0.0, 0.09)],
)
def test_at_a_corner_each_source_of_error_is_allowed_for(left, right, tolerance, rounding):
    corner = Estimate(Slope(0.5, 1.0), Slope(0.0, left), Slope(1.0, right), jumps=False)
    for slope in (-0.08, 1.08):
        assert _verdict(slope, slope, corner, tolerance / abs(slope), rounding).startswith("a corner")
    assert _verdict(1.1, 1.1, corner, tolerance / 1.1, rounding).startswith("WRONG")


def test_complex_steps_are_used_where_they_mean_the_same():
    gradcheck(lambda x: x * abs(x), 3.0)  # |x + ih| is real: not the derivative
    report = gradcheck(lambda x: 1e-30 * x**3 + 1.0, 2.0)  # lost in rounding by any difference
    assert report.entries[0].numerical == pytest.approx(1.2e-29)
    report = gradcheck(lambda x: 1 / (1 + x * x), 0.3)
    assert report.entries[0].numerical == pytest.approx(-0.6 / 1.09**2, rel=4e-16, abs=0.0)


def test_gradients_of_outer_values_stay():
    w = Value(2.0)
    gradcheck(lambda x: w * x * x, 3.0)
    assert w._grad is None


def test_an_empty_table_has_a_head():
    assert table([]).split()[0] == "derivative"


def test_extrapolation_gains_ten_digits_from_large_steps():
    for f, x, slope in ((math.sin, 0.3, math.cos(0.3)), (math.exp, 1.0, math.e), (math.log, 2.0, 0.5)):
        (estimate,) = derivatives(lambda t, f=f: [f(t)], x)
        assert estimate.slope.value == pytest.approx(slope, rel=1e-12)
        assert estimate.slope.error < 1e-11
        assert estimate.right.value == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize(("off", "ok"), [(1e-6, False), (1e-13, True)])
def test_forward_and_reverse_mode_agree_to_rounding(off, ok, monkeypatch):
    """A difference far below `tolerance` is a fault too: both modes use the same local derivatives."""
    jacfwd = check.jacfwd

    def shifted(f):
        return lambda x: [[(1.0 + off) * slope for slope in row] for row in jacfwd(f)(x)]

    monkeypatch.setattr(check, "jacfwd", shifted)
    if ok:
        gradcheck(lambda x: x * x, 3.0)
    else:
        with pytest.raises(GradcheckError, match="reverse and forward mode differ"):
            gradcheck(lambda x: x * x, 3.0)


class TestVerdicts:
    """Right functions are never accused, wrong ones always."""

    UNARY = ("sin", "cos", "tanh", "exp", "sigmoid", "softplus", "atan", "erf", "gelu", "silu", "relu", "abs")

    def program(self, rng):
        """A random composition, with cancellation, sums that are constant and corners now and then."""
        steps = [
            (
                rng.choice((*self.UNARY, *"+-*/", "softmax", "mean", "square", "norm")),
                rng.random(),
                rng.random(),
            )
            for _ in range(rng.randrange(1, 9))
        ]

        def f(*xs):
            known = list(xs)
            for kind, i, j in steps:
                a, b = known[int(i * len(known))], known[int(j * len(known))]
                if kind in self.UNARY:
                    made = getattr(autograd, kind)(a)
                elif kind in "+-*":
                    made = {"+": a + b, "-": a - b, "*": a * b}[kind]
                elif kind == "/":
                    made = a / (1 + b * b)
                elif kind == "softmax":
                    made = autograd.sum(autograd.softmax([a, b, 1.0])) * b
                elif kind == "mean":
                    made = a - (a + b + 1.0) / 3
                elif kind == "square":
                    made = (a + b) ** 2 - a * a - b * b
                else:
                    made = (a * b + 3.0) / autograd.sqrt(a * a + b * b + 1e-5)
                known.append(autograd.tanh(made) if abs(made) > 4 else made)
            return known[-1]

        return f

    @pytest.mark.parametrize("seed", range(20))
    def test_no_right_function_is_accused(self, seed):
        """20 functions for each seed; with 100 (2,000 in all) it takes minutes, and finds nothing more."""
        rng = random.Random(seed)
        for _ in range(20):
            inputs = rng.randrange(1, 4)
            at = [round(rng.uniform(-2, 2), rng.choice((1, 2, 16))) for _ in range(inputs)]
            gradcheck(self.program(rng), *at)

    @pytest.mark.parametrize(
        ("f", "at"),
        [
            (lambda x: [(c - autograd.sum(x) / 3) / autograd.sqrt(spread(x)) for c in x], [[0.1, 0.5, 0.3]]),
            (lambda x: autograd.sum(autograd.softmax(x)), [[0.1, 0.5, 0.3]]),
            (lambda x, y: x * y / y, [1.3, 0.7]),
            (autograd.floor, [20.3]),
            (lambda x: autograd.exp(-((x - 0.3) ** 2) * 1e6), [0.3002]),
            (lambda x: (1e8 + x) - 1e8, [0.7]),
            (lambda x: autograd.sin(1e6 * x), [0.7]),
        ],
    )
    def test_hard_functions_that_are_right(self, f, at):
        gradcheck(f, *at)

    def test_a_hundred_wrong_primitives(self):
        rng = random.Random(4)
        slopes = {
            "sin": "cos(x)",
            "exp": "exp(x)",
            "tanh": "1 - tanh(x) * tanh(x)",
            "atan": "1 / (1 + x * x)",
        }
        spoils = ("{} * 1.0001", "-({})", "{} + 0.001", "{} * x", "0 * x", "{} + 1e-2 * x * x", "2 * ({})")
        found = 0
        while found < 100:
            name, inner, outer = rng.choice(list(slopes)), self.program(rng), self.program(rng)

            function = getattr(math, name)

            @primitive(x=rng.choice(spoils).format(slopes[name]))
            def wrong(x):
                return function(x)  # noqa: B023  (called before the next one is defined)

            def f(x, middle, inner=inner, outer=outer):
                return outer(middle(inner(x)))

            x = rng.uniform(-1.5, 1.5)
            right, ours = (grad(f)(x, middle) for middle in (getattr(autograd, name), wrong))
            if abs(ours - right) > 1e-5 * max(abs(right), 1e-3):  # else the fault shows nowhere
                with pytest.raises(GradcheckError):
                    gradcheck(lambda x, f=f, wrong=wrong: f(x, wrong), x)
                found += 1


def spread(x):
    mean = autograd.sum(x) / len(x)
    return autograd.sum([(c - mean) ** 2 for c in x]) / len(x) + 1e-5
