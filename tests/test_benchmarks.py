"""The benchmarks run, on small things, and refuse to time what does not agree."""

from __future__ import annotations

import importlib
import subprocess
import sys
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from benchmarks import __main__ as command
from benchmarks import (
    against_eager,
    compiled_graphs,
    compiled_models,
    derivatives,
    digit_networks,
    eager,
    harness,
    mnist,
    namespaces,
    nodes,
    page,
    processes,
    references,
)
from benchmarks import compile as compiled

ROOT = Path(__file__).parent.parent
SMALL = [9, 4, 10]


def test_every_theme_has_tables():
    for theme in command.THEMES:
        assert callable(importlib.import_module(f"benchmarks.{theme}").tables)


@pytest.mark.parametrize("name", compiled_models.MODELS)
def test_compiled_models_have_the_gradients_of_eager_mode(name):
    cost, example, params = compiled_models.MODELS[name]()
    program = autograd.compile(cost, example, params)
    rng = np.random.default_rng(0)
    flat = [rng.random(size) for size in program.inputs]
    program.backward(*(x[None] for x in flat))
    inputs = [np.reshape(x, np.shape(part)).tolist() for x, part in zip(flat, example, strict=True)]
    cost(*inputs).backward()
    gradient = [value.grad for value in program.params]
    np.testing.assert_allclose(program.gradient, gradient, rtol=1e-9, atol=1e-13)


def numerical(network, X, Y, h=1e-6):
    """Central differences of the mean quadratic cost."""
    weights, biases = network

    def cost():
        return ((references.feedforward(weights, biases, X.T) - Y.T) ** 2).sum() / (2 * len(X))

    for parameters in chain(weights, biases):
        for index in np.ndindex(parameters.shape):
            kept = parameters[index]
            parameters[index] = kept + h
            above = cost()
            parameters[index] = kept - h
            below = cost()
            parameters[index] = kept
            yield (above - below) / (2 * h)


@pytest.mark.parametrize("m", [1, 3])
def test_references_by_hand_agree_with_numerical_derivatives(m):
    network = references.network(SMALL)
    X, Y = references.images(m, SMALL[0])
    expected = list(numerical(network, X, Y))
    for gradient in (
        references.textbook_gradient(*network, X, Y),
        references.tuned_gradient(*network, X, Y, 1.0 / m),
    ):
        assert digit_networks.joined_parts(gradient) == pytest.approx(expected, abs=1e-9)
    after = references.example_update(*network, [(x[:, None], y[:, None]) for x, y in zip(X, Y)], 1.0)
    change = digit_networks.joined_parts(network) - digit_networks.joined_parts(after)
    assert change == pytest.approx(expected, abs=1e-9)


def test_mini_batches_visit_every_row_once():
    rows = list(references.batches(25, 10, np.random.default_rng(0)))
    assert [len(batch) for batch in rows] == [10, 10, 5]
    assert sorted(np.concatenate(rows)) == list(range(25))


TABLES = {
    "gradient": lambda: compiled.gradient(1, SMALL, batches=(1, 3)),
    "training": lambda: compiled.training(1, SMALL, examples=12, steps=3),
    "digits": lambda: against_eager.digits(1, SMALL, m=2),
    "moons": lambda: against_eager.moons(1, [2, 3, 1]),
    "lorenz": lambda: against_eager.lorenz(1, steps=4),
    "rosenbrock": lambda: compiled_graphs.rosenbrock(1, sizes=(7,)),
    "compile time": lambda: compiled_graphs.compile_time(1, [([9, 4, 10], "dot"), ([9, 4, 10], "+ and *")]),
    "namespaces": lambda: namespaces.elsewhere(1, [9, 4, 4, 10], batches=(2,)),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_the_compiler(name):
    if name == "namespaces" and not hasattr(autograd.Program, "to"):
        pytest.skip("programs do not move to other array libraries yet")
    table = TABLES[name]()
    assert table.rows
    assert all(len(row) == len(table.columns) for row in table.rows)
    missing = [note.partition(" is missing")[0] for note in table.notes if " is missing" in note]
    for row in table.rows:
        for column, cell in zip(table.columns, row):
            assert (cell == "–") == (column in missing)


def test_nodes_are_counted_as_people_count_them():
    weights, biases, inputs = 9 * 4 + 4 * 10, 4 + 10, 9 + 10
    products_and_sums, sigmoids, cost = 2 * (9 * 4 + 4 * 10), 4 + 10, 4 * 10
    [row] = compiled_graphs.compile_time(1, [(SMALL, "+ and *")]).rows
    counted = int(row[2].replace(",", ""))
    assert counted == weights + biases + inputs + products_and_sums + sigmoids + cost + 1


def test_a_wrong_gradient_is_not_timed(monkeypatch):
    right = references.tuned_gradient

    def wrong(*arguments):
        weights, biases = right(*arguments)
        weights[0][2, 3] += 1e-6
        return weights, biases

    monkeypatch.setattr(references, "tuned_gradient", wrong)
    with pytest.raises(ValueError, match="tuned gives"):
        TABLES["gradient"]()
    with pytest.raises(ValueError, match="tuned gives"):
        TABLES["training"]()


def test_what_is_not_installed_is_listed_as_missing(monkeypatch):
    def missing(start):
        raise ModuleNotFoundError("No module named 'jax'")

    monkeypatch.setitem(digit_networks.LIBRARIES, "JAX jit", missing)
    table = TABLES["gradient"]()
    assert [row[-1] for row in table.rows] == ["–", "–"]
    assert "JAX jit is missing: No module named 'jax'." in table.notes


def test_arrays_agree_entry_by_entry():
    a = np.array([1.0, 1000.0])
    assert harness.equal(a + 1e-8, a, 1e-9)
    assert not harness.equal(a + np.array([0.0, 1e-5]), a, 1e-9)
    assert not harness.equal(a * np.nan, a, 1e-9)
    assert not harness.equal(a[:1], a, 1e-9)


@pytest.fixture
def folder(tmp_path):
    """Images of 3 × 3; the label is the position of the white pixel."""
    rng = np.random.default_rng(0)
    for prefix, count in (("train", 60), ("t10k", 20)):
        labels = rng.integers(0, 9, count).astype(np.uint8)
        images = rng.integers(0, 60, (count, 9)).astype(np.uint8)
        images[np.arange(count), labels] = 255
        for name, shape, content in (
            ("images-idx3", (count, 3, 3), images),
            ("labels-idx1", (count,), labels),
        ):
            header = bytes((0, 0, 8, len(shape))) + b"".join(n.to_bytes(4) for n in shape)
            (tmp_path / f"{prefix}-{name}-ubyte").write_bytes(header + content.tobytes())
    return tmp_path


@pytest.mark.parametrize("how", [[str(ROOT / "benchmarks" / "mnist.py")], ["-m", "benchmarks.mnist"]])
def test_the_reference_job(how, folder):
    words = [sys.executable, *how, "--data", str(folder), "--epochs", "2", "--check"]
    run = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    lines = run.stdout.splitlines()
    assert lines[0].startswith("60 images to learn from and 20 for the test")
    assert "after 6 updates the chapter's loop differs by" in lines[2]
    assert [line.split(":")[0] for line in lines[3:-1]] == ["epoch  1", "epoch  2"]
    assert lines[-1].startswith("2 epochs, ")


def test_the_reference_job_learns(folder, capsys):
    assert mnist.main(["--data", str(folder), "--epochs", "60"]) == 0
    last = capsys.readouterr().out.splitlines()[-2]
    assert int(last.split(":")[1].split()[0]) >= 15


def test_the_check_notices_another_update(folder, monkeypatch, capsys):
    right = references.example_update

    def wrong(weights, biases, examples, eta):
        return right(weights, biases, examples, eta * (1.0 + 1e-7))

    monkeypatch.setattr(references, "example_update", wrong)
    assert mnist.main(["--data", str(folder), "--epochs", "1", "--check"]) == 1
    assert "not the same" in capsys.readouterr().out
    monkeypatch.setattr(references, "example_update", lambda w, b, examples, eta: ([w[0] * np.nan, w[1]], b))
    assert mnist.main(["--data", str(folder), "--epochs", "1", "--check"]) == 1


def test_a_missing_file_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        mnist.main(["--data", str(tmp_path)])
    assert "has none of the files train-images-idx3-ubyte" in capsys.readouterr().err


def test_parameters_are_put_back_after_the_check(folder):
    train = mnist.arrays(str(folder), "train")
    mlp = nn.MLP([9, 30, 10], "sigmoid", "sigmoid", seed=0, init="normal")
    before = [p.data for p in mlp.parameters()]
    program = mnist.compiled(mlp)
    assert mnist.checked(program, mlp, train, seed=0)
    program.store()
    assert [p.data for p in mlp.parameters()] == before


def test_a_library_answers_from_a_process_of_its_own():
    library = processes.Library("stepgrad", eager.ours)
    [w3] = [contender for workload, contender in library.contenders.items() if workload == "W3"]
    assert w3.name == "stepgrad"
    assert w3.result() == pytest.approx(eager.ours()["W3"].result(), rel=1e-12)
    assert 0.0 < w3.seconds(collector=False) < 60.0


def test_a_missing_library_is_an_import_error_here_too():
    with pytest.raises(ImportError, match="no_such_module"):
        processes.Library("missing", partial(importlib.import_module, "no_such_module"))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("n", [2, 7])
def test_derivatives_of_rosenbrocks_function_agree(n):
    x, v = derivatives.start(n), [1.0 / (i + 1) for i in range(n)]
    results = {job: np.asarray(run(), float) for job, run in derivatives.stepgrad(x, v).items()}
    assert results["gradient"] == pytest.approx(results["gradient, compiled"].ravel(), rel=1e-9)
    hessian = results["hessian"]
    assert results["hessian, compiled"][0] == pytest.approx(hessian, rel=1e-9)
    assert results["hessian × vector"] == pytest.approx(hessian @ v, rel=1e-9)
    pytest.importorskip("jax", reason="jax is not installed")
    by_jax = {job: np.asarray(run()) for job, run in derivatives.jax(x, v).items()}
    assert all(by_jax[job].ravel() == pytest.approx(results[job].ravel(), rel=1e-9) for job in by_jax)


def test_figures_go_between_the_markers(tmp_path):
    eager_rows = [
        [name, collector, "2 ms", f"{i}{collector}× (1–2)"]
        for i, name in enumerate(page.WORKLOADS)
        for collector in ("on", "off")
    ]
    eager_columns = ["workload", "collector", "stepgrad", "micrograd"]
    compiled_rows = [["1", "3 µs", "1× (1–1)"], ["10", "5 µs", "7× (6–8)"]]
    tables = [
        harness.Table("Eager: forward + backward + free", eager_columns, eager_rows),
        harness.Table(TITLE, ["mini-batch", "compiled", "JAX"], compiled_rows, ["A note."]),
    ]
    report = {"machine": harness.machine(["numpy", "nothing"]), "tables": [vars(table) for table in tables]}
    for name in ("README.md", "docs/benchmarks.md"):
        real, copied = (ROOT / name).read_text("utf-8"), tmp_path / name
        assert real.count(page.BEGIN) == real.count(page.END) == 1
        copied.parent.mkdir(exist_ok=True)
        copied.write_text(f"before\n{page.BEGIN}old{page.END}\nafter", "utf-8")
    for _ in range(2):
        page.write(report, tmp_path)
    readme, full = ((tmp_path / name).read_text("utf-8") for name in ("README.md", "docs/benchmarks.md"))
    assert "| a random expression of 100,000 operations | 0on× / 0off× |" in readme
    assert "| 5 µs | 7× |" in readme
    assert f"## {TITLE}\n\n| mini-batch | compiled | JAX |\n| --- | --- | --- |\n| 1 | 3 µs |" in full
    for text in (readme, full):
        assert text.startswith("before\n")
        assert text.endswith("\nafter")
        assert "old" not in text
        assert "numpy" in text
    with pytest.raises(ValueError, match="run all themes"):
        page.write(report | {"tables": []}, tmp_path)
    assert (tmp_path / "README.md").read_text("utf-8") == readme


TITLE = "Compiled: the gradient of [784, 30, 10], sigmoid, quadratic cost"


def test_what_a_node_costs_is_told_for_every_graph_and_part():
    table = nodes.growth(rounds=1, largest=3)
    assert len(table.rows) == 4 * 3
    assert all(120 < float(row[2]) < 260 for row in table.rows if row[1] == "memory, bytes")
