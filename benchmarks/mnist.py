"""The chapter's own job: a 784-30-10 network learns to read MNIST, written one scalar at a time.

python benchmarks/mnist.py --data FOLDER    the four idx files of MNIST, gzip or not

Sigmoid neurons, the quadratic cost, weights from N(0, 1), 30 epochs, mini-batches of 10, η = 3; as in
the chapter, the first 50,000 of the training images. The cost of one image is written with `nn.MLP`,
on Values, and compiled; the 10,000 test images say how well it reads (Nielsen ch. 1: about 95 %).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: benchmarks is found from the folder above
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks import references  # first of all: it tells NumPy to use one core

# isort: split
import numpy as np

import autograd
import nn

TRAINING, MINI_BATCH, ETA = 50_000, 10, 3.0
CHECKED, TOLERANCE = 1000, 1e-9


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train a compiled 784-30-10 network of Values on MNIST.")
    parser.add_argument("--data", required=True, metavar="FOLDER", help="where the idx files are")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="of the first weights and of the order")
    parser.add_argument(
        "--check",
        action="store_true",
        help=f"hold the first {CHECKED:,} updates against a program that takes one example after another",
    )
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        train, test = arrays(options.data, "train", TRAINING), arrays(options.data, "test")
    except (OSError, ValueError) as error:
        parser.error(str(error))
    say(f"{len(train[0]):,} images to learn from and {len(test[0]):,} for the test", started)

    started = time.perf_counter()
    mlp = nn.MLP([train[0].shape[1], 30, 10], "sigmoid", "sigmoid", seed=options.seed, init="normal")
    program = compiled(mlp)
    say(f"compiled {mlp} into {len(program.groups)} groups", started)

    if options.check and not checked(program, mlp, train, options.seed):
        return 1
    started = time.perf_counter()
    order = np.random.default_rng(options.seed)
    for epoch in range(1, options.epochs + 1):
        began = time.perf_counter()
        for rows in bar(list(references.batches(len(train[0]), MINI_BATCH, order)), f"epoch {epoch}"):
            update(program, train[0][rows], train[1][rows])
        say(f"epoch {epoch:2}: {right(program, *test):5,} of {len(test[0]):,} right", began)
    say(f"{options.epochs} epochs", started)
    return 0


def say(text: str, since: float) -> None:
    print(f"{text}, {time.perf_counter() - since:.1f} s", flush=True)


def arrays(folder: str, part: Any, limit: int | None = None) -> tuple[Any, Any]:
    """Images as rows of numbers from 0 to 1, targets as rows with a 1 for the label."""
    X, labels = nn.data.mnist(folder, part, limit)
    return np.array(X), references.one_hot(labels)


def compiled(mlp: nn.MLP) -> Any:
    """The cost of one image, ½ |a − y|², and the activations; parameters as in `references`."""

    def cost(x: Any, y: Any) -> Any:
        a = mlp(x)
        return nn.quadratic(a, y), a

    return autograd.compile(cost, [[0.0] * mlp.sizes[0], [0.0] * mlp.sizes[-1]], params=list(parameters(mlp)))


def parameters(mlp: nn.MLP) -> tuple[list[Any], list[Any]]:
    """The Values of the weights, (to, from) in each layer, and of the biases."""
    weights = [[neuron.w for neuron in layer.neurons] for layer in mlp.layers]
    return weights, [[neuron.b for neuron in layer.neurons] for layer in mlp.layers]


def update(program: Any, X: Any, Y: Any) -> None:
    """One step down the gradient of the mean cost, without a copy."""
    program.backward(X, Y)
    step, vector = program.gradient, program.parameters
    step *= ETA
    vector -= step


def right(program: Any, X: Any, Y: Any) -> int:
    """The number of images with the largest activation at the 1 of the target."""
    _, activations = program(X, Y)
    return int((activations.argmax(1) == Y.argmax(1)).sum())


def bar(batches: list[Any], text: str) -> Iterable[Any]:
    """Show a progress bar in a terminal if tqdm is installed."""
    try:
        from tqdm import tqdm
    except ImportError:
        return batches
    return tqdm(batches, desc=text, unit="batch", leave=False, disable=None)


def checked(program: Any, mlp: nn.MLP, train: tuple[Any, Any], seed: int) -> bool:
    """Whether both programs make the same first updates; restores the parameters."""
    started = time.perf_counter()
    before = program.parameters.copy()
    others = numbers(mlp)
    first = islice(references.batches(len(train[0]), MINI_BATCH, np.random.default_rng(seed)), CHECKED)
    differences = []
    count = 0
    for count, rows in enumerate(first, 1):
        X, Y = train[0][rows], train[1][rows]
        update(program, X, Y)
        columns = [(x[:, None], y[:, None]) for x, y in zip(X, Y)]
        others = references.example_update(*others, columns, ETA)
        if count % 100 == 0 or count == 1:
            differences.append(difference(program, mlp, others))
    differences.append(difference(program, mlp, others))
    program.parameters[:] = before
    program.store()
    largest = float(np.max(differences))  # nan if one of them is
    ok = largest <= TOLERANCE
    verdict = "the same" if ok else f"not the same: more than {TOLERANCE:.0e}"
    say(f"after {count:,} updates the chapter's loop differs by {largest:.1e}, {verdict}", started)
    return ok


def numbers(mlp: nn.MLP) -> tuple[list[Any], list[Any]]:
    """The network's parameters as `references` has them."""
    weights, biases = parameters(mlp)
    return (
        [np.array([[w.data for w in row] for row in layer]) for layer in weights],
        [np.array([[b.data] for b in layer]) for layer in biases],
    )


def difference(program: Any, mlp: nn.MLP, others: tuple[list[Any], list[Any]]) -> float:
    """The largest between a parameter of the program and of the others."""
    program.store()
    pairs = [pair for parts in zip(numbers(mlp), others) for pair in zip(*parts, strict=True)]
    return float(np.max([abs(a - b).max() for a, b in pairs]))


if __name__ == "__main__":
    sys.exit(main())
