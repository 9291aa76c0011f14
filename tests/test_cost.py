"""A guard against slowness that needs no clock: how many bytecode instructions the hot paths run.

The counts are exact for one version of Python, so a regression of 20 % fails here on any machine,
however noisy. Who makes a path cheaper lowers its number.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

import autograd
from autograd import Value
from autograd.nodes import methods
from autograd.operations import functions

ALLOWED = 1.2
INSTRUCTIONS = {  # per version: what the path ran when it was last made cheaper
    (3, 11): {
        "mul": 80,
        "mul by a number": 95,
        "tanh": 117,
        "dot of 16": 406,
        "dot with 16 numbers": 343,
        "backward": 24_195,
        "backward of a wide sum": 32_716,
    },
    (3, 12): {
        "mul": 75,
        "mul by a number": 92,
        "tanh": 107,
        "dot of 16": 393,
        "dot with 16 numbers": 329,
        "backward": 23_579,
        "backward of a wide sum": 32_494,
    },
    (3, 13): {
        "mul": 71,
        "mul by a number": 88,
        "tanh": 105,
        "dot of 16": 353,
        "dot with 16 numbers": 301,
        "backward": 22_177,
        "backward of a wide sum": 29_687,
    },
}


def deep() -> Value:
    """A graph of 200 binary operations."""
    x, y = Value(0.5), Value(0.3)
    z = x
    for _ in range(100):
        z = (z + x) * y
    return z


def paths() -> dict[str, Any]:
    x, y, z = Value(0.5), Value(0.3), deep()
    weights, inputs, numbers = [Value(0.1)] * 16, [Value(0.2)] * 16, [0.3] * 16
    wide = autograd.sum([x * y for _ in range(200)])
    return {
        "mul": lambda: x * y,
        "mul by a number": lambda: x * 2,
        "tanh": lambda: x.tanh(),
        "dot of 16": lambda: autograd.dot(weights, inputs, x),
        "dot with 16 numbers": lambda: autograd.dot(weights, numbers, x),
        "backward": lambda: z.backward(),
        "backward of a wide sum": lambda: wide.backward(),
    }


def instructions(run: Any) -> int:
    """The number of bytecode instructions that `run()` executes in Python frames."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    for _ in range(2):  # 3.12 traces no instruction in the first frame it sees
        count = 0
        sys.settrace(trace)
        try:
            run()
        finally:
            sys.settrace(before)
    return count


@pytest.mark.parametrize("path", sorted(INSTRUCTIONS[3, 11]))
def test_the_hot_paths_do_no_more_work_than_they_did(path):
    expected = INSTRUCTIONS.get(sys.version_info[:2])
    if expected is None:
        pytest.skip(f"no counts for Python {sys.version_info[0]}.{sys.version_info[1]}")
    assert 0 < instructions(paths()[path]) <= ALLOWED * expected[path]


def test_the_guard_notices_more_work():
    x, y = Value(0.5), Value(0.3)
    assert instructions(lambda: x * y * y) > ALLOWED * instructions(lambda: x * y)


def test_common_operands_never_leave_the_quick_path(monkeypatch):
    def refused(rule: Any, *operands: Any) -> None:
        raise AssertionError(f"{rule.name} of {operands} went the long way")

    monkeypatch.setattr(methods, "apply", refused)
    monkeypatch.setattr(methods, "apply_operator", refused)
    monkeypatch.setattr(functions, "apply", refused)
    x, values, numbers = Value(0.5), [Value(0.1), Value(0.3)], [0.2, 0.4]
    _ = x + x, x * 2, 2.0 - x, -x, x.tanh(), autograd.maximum(x, 0), autograd.leaky_relu(x)
    for ws, xs in ((values, values), (values, numbers), (numbers, values)):
        autograd.dot(ws, xs)
        autograd.dot(ws, xs, x)
    autograd.sum(values)
    autograd.logsumexp(values)
    autograd.softmax(values)
    autograd.cross_entropy(values, 1)
