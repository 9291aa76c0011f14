"""A run that is killed at any moment continues to the identical result."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy
import pytest

from nn import MLP, SGD, Adam, Epoch, History, data, early_stopping, fit
from nn.training import checkpoints

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import sys
from nn import MLP, data, fit
(X, Y), _ = data.split(*data.digits())
mlp = MLP([64, 4, 10], seed=0)
examples, validation = (X[:30], Y[:30]), (X[30:45], Y[30:45])
history = fit(mlp, examples, epochs=200, validation=validation, checkpoint=sys.argv[1], engine=sys.argv[2])
print([p.data for p in mlp.parameters()], history)
"""


def command(path, engine):
    return [sys.executable, "-c", RUN, str(path), engine]


def epochs_in(path):
    return len(json.loads(path.read_text(encoding="utf-8"))["state"]["epochs"]) if path.exists() else 0


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_a_run_killed_at_random_moments_ends_as_one_left_alone(tmp_path, engine):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    options = {"env": environment, "encoding": "utf-8"}
    alone = subprocess.run(
        command(tmp_path / "alone", engine), capture_output=True, check=True, **options
    ).stdout
    path, rng = tmp_path / "killed", random.Random(0)
    for _ in range(4):
        before = epochs_in(path)
        process = subprocess.Popen(command(path, engine), stdout=subprocess.DEVNULL, **options)
        while epochs_in(path) == before:
            assert process.poll() is None
            time.sleep(0.002)
        time.sleep(rng.uniform(0.0, 0.05 if engine == "eager" else 0.01))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert 4 <= epochs_in(path) < 200  # killed on its way
    assert subprocess.run(command(path, engine), capture_output=True, check=True, **options).stdout == alone


XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]


class Killed(Exception):
    pass


def run(path=None, epochs=6, kill_after=None, optimizer=Adam, **settings):
    def kill(history):
        if len(history) == kill_after:
            raise Killed

    mlp = MLP([2, 3, 1], seed=2)
    made = optimizer(mlp.parameters(), lr=0.05)
    settings = {"loss": "binary_cross_entropy", "batch_size": 2, "callbacks": [kill]} | settings
    history = fit(mlp, XOR, optimizer=made, epochs=epochs, checkpoint=path, **settings)
    return [p.data for p in mlp.parameters()], history


@pytest.mark.parametrize("engine", ["eager", "compiled"])
@pytest.mark.parametrize("optimizer", [Adam, lambda ps, lr: SGD(ps, lr=lr, momentum=0.9)])
def test_resuming_gives_the_same_parameters_and_history(tmp_path, optimizer, engine):
    path, settings = tmp_path / "run.json", {"optimizer": optimizer, "engine": engine}
    for kill_after in (1, 4):
        with pytest.raises(Killed):
            run(path, kill_after=kill_after, **settings)
    assert run(path, **settings) == run(**settings)


def test_more_epochs_go_on_from_the_last_one(tmp_path):
    path = tmp_path / "run.json"
    run(path, epochs=3)
    assert run(path, epochs=6) == run(epochs=6)


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    path = tmp_path / "run.json"

    def stop(history):
        return len(history) == 2

    assert run(path, callbacks=[stop]) == run(path, callbacks=[stop])
    assert len(run(path, callbacks=[stop])[1]) == 2


def test_early_stopping_ends_a_run_that_no_longer_improves():
    mlp = MLP([2, 1], seed=0)  # a line can't learn XOR
    stop = early_stopping(patience=3, min_delta=1e-4)
    history = fit(mlp, XOR, loss="quadratic", optimizer="sgd", epochs=500, callbacks=[stop])
    assert len(history) < 200
    assert history[-4].loss - history[-1].loss < 3e-4


@pytest.mark.parametrize(
    ("losses", "patience", "min_delta", "stops"),
    [
        ([0.5, 0.45], 1, 0.1, True),  # better, but by too little
        ([0.5, 0.35], 1, 0.1, False),
        ([0.5, 0.45, 0.39], 2, 0.1, False),  # counted from the best, not from the last
        ([0.5, 0.6, 0.55], 2, 0.0, True),
        ([0.5, 0.6, 0.49], 2, 0.0, False),
    ],
)
def test_only_a_loss_that_is_lower_by_more_than_min_delta_is_better(losses, patience, min_delta, stops):
    history = History([Epoch(loss) for loss in losses])
    assert early_stopping(patience, min_delta)(history) is stops
    with_validation = History([Epoch(9.0 - n, None, loss) for n, loss in enumerate(losses)])
    assert early_stopping(patience, min_delta)(with_validation) is stops


def overfitting(path=None, kill_after=None, **settings):
    """A run whose validation loss falls and then rises; its parameters after each epoch."""
    mlp, seen = MLP([2, 3, 1], seed=2), []

    def look(history):
        seen.append([p.data for p in mlp.parameters()])
        if len(history) == kill_after:
            raise Killed

    settings = {"callbacks": [early_stopping(patience=4, restore_best=True), look]} | settings
    other = ([[0.2, 0.1], [0.9, 0.2]], [0.3, 0.6])
    history = fit(mlp, XOR, loss="mse", lr=0.2, epochs=40, validation=other, checkpoint=path, **settings)  # pyright: ignore[reportArgumentType]
    return [p.data for p in mlp.parameters()], history, seen


@pytest.mark.parametrize("engine", ["eager", "compiled"])
def test_the_best_parameters_come_back(engine):
    parameters, history, seen = overfitting(engine=engine)
    losses = [epoch.validation_loss for epoch in history.epochs]
    assert 1 < history.best < len(history) < 40
    assert losses[history.best - 1] == min(losses)  # pyright: ignore[reportArgumentType]
    assert parameters == seen[history.best - 1] != seen[-1]
    last, history, seen = overfitting(engine=engine, callbacks=[early_stopping(patience=4)])
    assert last != parameters


@pytest.mark.parametrize("after_the_best", [False, True])
def test_a_resumed_run_gives_back_the_same_best_parameters(tmp_path, after_the_best):
    parameters, history, _ = overfitting()
    path = tmp_path / "run.json"
    with pytest.raises(Killed):
        overfitting(path, kill_after=history.best + (1 if after_the_best else -1))
    assert overfitting(path)[:2] == (parameters, history)
    assert overfitting(path)[:2] == (parameters, history)  # nothing is left to do but to restore


def test_the_best_epoch_is_judged_on_validation_examples_only():
    with pytest.raises(ValueError, match=r"restore_best=True\) needs validation"):
        fit(MLP([2, 1]), XOR, loss="mse", callbacks=[early_stopping(restore_best=True)])


def test_patience_is_at_least_an_epoch():
    with pytest.raises(ValueError, match="patience must be at least 1"):
        early_stopping(patience=0)


def test_nothing_but_the_checkpoint_is_left_behind(tmp_path):
    run(tmp_path / "run.json", epochs=2)
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"batch_size": 4}, "batch_size was 2 there and is 4 now"),
        ({"seed": 7}, "seed was 0"),
        ({"l2": 0.1}, "l2 was 0.0"),
        ({"loss": "quadratic"}, "loss was 'binary_cross_entropy'"),
        ({"optimizer": lambda ps, lr: Adam(ps, lr=0.5)}, "optimizer was 'Adam"),
        ({"validation": XOR}, "validation was"),
        ({"engine": "compiled"}, "engine was 'eager' there and is 'compiled' now"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(tmp_path, changes, named):
    path = tmp_path / "run.json"
    run(path, epochs=1)
    with pytest.raises(ValueError, match=named):
        run(path, **changes)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}', '{"format": 2, "state": {}}', "\x00"])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    path = tmp_path / "run.json"
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(ValueError, match=r"run\.json is not a checkpoint of fit .*; delete it"):
        run(path)


def test_a_file_that_is_damaged_anywhere_changes_nothing(tmp_path):
    """Bytes changed, removed, doubled, cut: 2,000 files, each refused as a whole, or the same as before."""
    path = tmp_path / "run.json"
    run(path, epochs=2)
    whole, rng, refused = path.read_bytes(), random.Random(0), 0
    settings = json.loads(whole)["state"]["run"]
    for _ in range(2000):
        content, at = bytearray(whole), rng.randrange(len(whole))
        damage = rng.randrange(5)
        if damage == 0:
            content[at] ^= 1 << rng.randrange(8)
        elif damage == 1:
            del content[at : at + rng.randrange(1, 20)]
        elif damage == 2:
            content[at:at] = content[at : at + rng.randrange(1, 20)]
        elif damage == 3:
            del content[at:]
        else:
            word = rng.choice([b"NaN", b"null", b"-1", b"1e999", b"[]", b"{}", b"true", b'"x"', b"0.5"])
            content[at : at + len(word)] = word
        path.write_bytes(content)
        mlp = MLP([2, 3, 1], seed=2)
        adam = Adam(mlp, lr=0.05)
        before = [p.data for p in mlp.parameters()], adam.state_dict()
        problem = ""
        try:
            checkpoints.load(path, settings, adam)
        except ValueError as error:
            problem = str(error)
        if problem:
            refused += 1
            assert "run.json is not a checkpoint of fit" in problem
            assert ([p.data for p in mlp.parameters()], adam.state_dict()) == before
        else:
            state = json.loads(whole)["state"]
            assert [p.data for p in mlp.parameters()] == state["parameters"]
            assert adam.state_dict() == state["optimizer"]
    assert refused > 1900


@pytest.mark.parametrize("mlp", [MLP([2, 4, 1]), MLP([2, 3, 1], "relu")], ids=["sizes", "activation"])
def test_a_checkpoint_of_another_network_is_refused(tmp_path, mlp):
    path = tmp_path / "run.json"
    run(path, epochs=1)
    before = [p.data for p in mlp.parameters()]
    with pytest.raises(ValueError, match=r"model was .* 3 tanh"):
        fit(
            mlp, XOR, loss="binary_cross_entropy", batch_size=2, checkpoint=path,
            optimizer=Adam(mlp.parameters(), lr=0.05),
        )  # fmt: skip
    assert [p.data for p in mlp.parameters()] == before


def test_the_data_are_part_of_the_run(tmp_path):
    X, Y = data.digits()
    mlp = MLP([64, 10], seed=0)
    fit(mlp, (X[:20], Y[:20]), epochs=1, checkpoint=tmp_path / "run.json")
    others = {"images": (X[1:21], Y[:20]), "labels": (X[:20], Y[1:21])}
    assert Y[:20] != Y[1:21]
    for examples in others.values():
        with pytest.raises(ValueError, match="data was"):
            fit(mlp, examples, epochs=1, checkpoint=tmp_path / "run.json")


def test_a_folder_that_does_not_exist_is_named_before_the_training(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        run(tmp_path / "nowhere" / "run.json")


def test_labels_of_numpy_are_part_of_the_run_too(tmp_path):
    X, Y = [[0.0], [1.0]], list(numpy.array([0, 1]))
    for _ in range(2):
        fit(MLP([1, 2], seed=0), (X, Y), epochs=1, checkpoint=tmp_path / "run.json")
    with pytest.raises(ValueError, match="data was"):
        fit(MLP([1, 2], seed=0), (X, Y[::-1]), epochs=1, checkpoint=tmp_path / "run.json")
