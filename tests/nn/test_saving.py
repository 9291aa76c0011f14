"""Networks in files: every bit, whole files only, and words for what does not fit."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value

ROOT = Path(__file__).resolve().parents[2]


def network() -> nn.MLP:
    mlp = nn.MLP([2, 3, 4], output="softmax", seed=1)
    mlp.layers[0].neurons[1].activation = "relu"
    mlp.layers[0].neurons[2].expand = True
    return mlp


def bits(mlp: nn.MLP) -> list[str]:
    return [parameter.data.hex() for parameter in mlp.parameters()]


def test_a_loaded_network_is_the_one_that_was_saved(tmp_path):
    mlp = network()
    nn.save(mlp, tmp_path / "mlp.json")
    twin = nn.load(tmp_path / "mlp.json")
    assert bits(twin) == bits(mlp)
    assert repr(twin) == repr(mlp)
    assert [p.label for p in twin.parameters()] == [p.label for p in mlp.parameters()]
    assert [n.expand for n in twin.layers[0].neurons] == [False, False, True]
    assert [y.data for y in twin([0.5, -2.0])] == [y.data for y in mlp([0.5, -2.0])]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3))
def test_every_bit_survives(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("bits") / "mlp.json"
    mlp = nn.MLP([2, 1], seed=0)
    for parameter, number in zip(mlp.parameters(), numbers, strict=True):
        parameter.data = number
    nn.save(mlp, path)
    assert bits(nn.load(path)) == bits(mlp)


def test_the_file_is_text_with_a_line_for_each_neuron(tmp_path):
    path = tmp_path / "mlp.json"
    nn.save(network(), path)
    text = path.read_text(encoding="utf-8")
    state = json.loads(text)
    assert (state["format"], state["version"], state["sizes"]) == ("stepgrad MLP", 1, [2, 3, 4])
    assert sum('"w"' in line for line in text.splitlines()) == 7
    assert text.count('"w"') == 7


def test_into_an_existing_network_numbers_go_in_place(tmp_path):
    source, target = network(), network()
    for parameter in target.parameters():
        parameter.data = 0.0
    nn.save(source, tmp_path / "mlp.json")
    before = target.parameters()
    assert nn.load(tmp_path / "mlp.json", target) is target
    assert all(new is old for new, old in zip(target.parameters(), before, strict=True))
    assert bits(target) == bits(source)


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (
            lambda: nn.MLP([2, 3, 5], output="softmax"),
            r"its sizes are \[2, 3, 4\], the network's \[2, 3, 5\]",
        ),
        (lambda: nn.MLP([2, 3, 4], output="softmax"), "layer 1 is tanh/relu there and tanh here"),
    ],
)
def test_a_network_of_another_shape_is_refused_and_unchanged(tmp_path, other, problem):
    nn.save(network(), tmp_path / "mlp.json")
    mlp = other()
    before = bits(mlp)
    with pytest.raises(ValueError, match=problem):
        nn.load(tmp_path / "mlp.json", mlp)
    assert bits(mlp) == before


def edited(change):
    def edit(text):
        state = json.loads(text)
        change(state)
        return json.dumps(state)

    return edit


def neuron(state):
    return state["layers"][0]["neurons"][1]


BROKEN = {
    "nothing": (lambda text: "", "not JSON"),
    "cut short": (lambda text: text[: len(text) // 2], "not JSON"),
    "a list": (lambda text: "[1, 2]", "no 'format'"),
    "nested": (lambda text: "[" * 100_000, "not JSON"),
    "another format": (edited(lambda s: s.update(format="checkpoint")), "format is 'checkpoint'"),
    "a later version": (edited(lambda s: s.update(version=2)), "version 2 is not 1"),
    "no version": (edited(lambda s: s.pop("version")), "no 'version'"),
    "strange sizes": (edited(lambda s: s.update(sizes=[2, -3, 4])), "sizes are"),
    "more layers": (edited(lambda s: s["sizes"].append(4)), "mean 3 layers, but there are 2"),
    "fewer neurons": (edited(lambda s: s["layers"][1]["neurons"].pop()), "layer 2 should have 4 neurons"),
    "more weights": (
        edited(lambda s: neuron(s)["w"].append(1.0)),
        "neuron 2 of layer 1 should have 2 weights",
    ),
    "softmax in a neuron": (edited(lambda s: neuron(s).update(activation="softmax")), "softmax needs all"),
    "text for a weight": (edited(lambda s: neuron(s)["w"].__setitem__(0, "1")), "has a parameter '1'"),
    "infinity": (edited(lambda s: neuron(s).update(b=float("inf"))), "has a parameter inf"),
    "no bias": (edited(lambda s: neuron(s).pop("b")), "no 'b' of type float"),
    "a private name": (
        edited(lambda s: neuron(s).update(activation="__class__")),
        "no activation '__class__'",
    ),
}


@pytest.mark.parametrize(("break_it", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path, break_it, problem):
    path = tmp_path / "mlp.json"
    nn.save(network(), path)
    path.write_text(break_it(path.read_text(encoding="utf-8")), encoding="utf-8")
    mlp = network()
    before = bits(mlp)
    for into in (None, mlp):
        with pytest.raises(ValueError, match=r"mlp\.json is not a network that nn\.save wrote") as caught:
            nn.load(path, into)
        assert problem in str(caught.value)
    assert bits(mlp) == before


def test_an_activation_that_is_not_defined_here_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "mlp.json"
    nn.save(network(), path)
    path.write_text(path.read_text("utf-8").replace('"relu"', '"bump"'), encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"neuron 2 of layer 1 has the activation 'bump'.*@autograd\.primitive"
    ):
        nn.load(path)

    @nn._autograd.primitive(x="-2*x*exp(-x*x)")
    def bump(x):
        return math.exp(-x * x)

    try:
        assert nn.load(path).layers[0].neurons[1].activation == "bump"
    finally:
        del nn._autograd.RULES["bump"]


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "mlp.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not JSON"):
        nn.load(path)


def infinite(mlp):
    with nn._autograd.errstate("ieee"):
        mlp.parameters()[0].data = float("inf")


def shared(mlp):
    mlp.layers[0].neurons[0].b = mlp.layers[0].neurons[1].b


def computed(mlp):
    mlp.layers[0].neurons[0].b = Value(1.0) * 2


@pytest.mark.parametrize(
    ("spoil", "problem"), [(infinite, "is inf"), (shared, "share"), (computed, "result of 'mul'")]
)
def test_what_cannot_be_kept_is_refused_and_the_file_stays(tmp_path, spoil, problem):
    path = tmp_path / "mlp.json"
    nn.save(network(), path)
    before = path.read_bytes()
    mlp = network()
    spoil(mlp)
    with pytest.raises(ValueError, match=problem):
        nn.save(mlp, path)
    assert path.read_bytes() == before
    with pytest.raises(TypeError, match="Layer"):
        nn.save(network().layers[0], path)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("failing", ["os.fsync", "os.replace"])
def test_a_failure_while_writing_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, failing):
    path = tmp_path / "mlp.json"
    nn.save(network(), path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(failing, fail)
    with pytest.raises(OSError, match="no space"):
        nn.save(nn.MLP([2, 2]), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["mlp.json"]


def test_a_process_killed_at_any_moment_leaves_a_whole_file(tmp_path):
    path = tmp_path / "mlp.json"
    sizes = [20, 200, 5]
    code = f"""
import nn
mlp = nn.MLP({sizes}, seed=1)
print("ready", flush=True)
while True:
    nn.save(mlp, {str(path)!r})
"""
    nn.save(nn.MLP(sizes, seed=1), path)
    rng = random.Random(0)
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
        with process:
            assert process.stdout.readline()
            time.sleep(rng.random() * 0.1)
            process.kill()
        assert bits(nn.load(path)) == bits(nn.MLP(sizes, seed=1))
