"""The demonstration, `python -m nn`: draw a small network, check its equations, learn to read digits."""

from __future__ import annotations

import argparse
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import autograd
from autograd import Value, drawing

from . import layered
from .data import Inputs, digits, split
from .model.mlp import MLP
from .training.evaluation import evaluate, predict
from .training.fitting import fit
from .training.history import History
from .training.losses import quadratic
from .training.optimizers import SGD

OUT = Path("out")
EPOCHS = 10
INK = " .░▒▓█"


def title(number: int, text: str) -> None:
    """A numbered heading of the story."""
    say(f"\n{number}. {text}\n")


def say(text: object, end: str = "\n") -> None:
    """Print, in what the output can encode, without waiting."""
    print(drawing.for_output(str(text)), end=end, flush=True)


def one_example() -> None:
    """A small network: its graph as a picture, its backward pass as text."""
    title(1, "A network is a formula, and a formula is a graph")
    mlp = MLP([2, 3, 1], seed=1)
    with autograd.scope("input"):
        x = [Value(0.5, "x₁"), Value(-1.0, "x₂")]
    outputs = mlp(x)
    with autograd.scope("cost"):
        loss = quadratic(outputs, 1.0)
    loss.label = "C"
    loss.backward()
    nodes = autograd.topological_order(loss)
    explanation = autograd.explain(loss)
    OUT.mkdir(exist_ok=True)
    autograd.draw(loss, fold="neuron").save(OUT / "graph.svg")
    explanation.save(OUT / "steps.txt")
    steps = explanation.splitlines()
    say(f"{mlp}\nis {len(nodes)} numbers in a graph, drawn in {OUT / 'graph.svg'}.")
    say(f"Its backward pass is {len(steps)} uses of the chain rule, all in {OUT / 'steps.txt'}; they begin")
    for step in steps[:5]:
        say(f"    {step}")


def equations(mlp: MLP, x: list[float], label: int) -> None:
    """The layered equations beside the engine, which knows nothing of layers."""
    title(2, "Backpropagation by hand (BP1–BP4) and by the engine give the same numbers")
    table = layered.compare(mlp, x, label, cost="cross_entropy")
    say(f"{mlp}, one digit:\n")
    say(table)
    say(f"\nThe largest difference is {table.largest:.1e}: rounding.")


def pictures(images: Inputs, captions: list[str]) -> str:
    """8×8 images side by side in characters, with a caption below each."""
    rows: list[str] = []
    for top in range(0, 64, 8):
        cells = ("".join(2 * INK[round(5 * ink)] for ink in image[top : top + 8]) for image in images)
        rows.append("    " + "  ".join(cells))
    rows.append("    " + "  ".join(f"{caption:^16}" for caption in captions))
    return "\n".join(row.rstrip() for row in rows)


def say_epoch(history: History) -> None:
    """Print a line per epoch, in place of a progress bar."""
    say(f"    epoch {len(history):2} of {EPOCHS}: {history[-1]}")


def learn(mlp: MLP, train: tuple[Inputs, list[int]], **settings: Any) -> float:
    """Train, and return how many seconds it took."""
    started = time.perf_counter()
    optimizer = SGD(mlp, lr=0.05, momentum=0.9)
    fit(mlp, *train, optimizer=optimizer, epochs=EPOCHS, **settings)
    return time.perf_counter() - started


def as_matrices(mlp: MLP, train: tuple[Inputs, list[int]], seconds: float) -> None:
    """The same training again, compiled: the same numbers in a fraction of the time."""
    title(4, "The same training at the speed of matrices")
    if find_spec("numpy") is None:
        say('This act needs NumPy: pip install "stepgrad[compile]"')
        return
    again = MLP(mlp.sizes, seed=0)
    compiled = learn(again, train, engine="compiled", progress=False)
    pairs = zip(mlp.parameters(), again.parameters())
    say('fit(…, engine="compiled") reads the cost of one example once, finds the matrices in it,')
    say(f"and takes the same {EPOCHS} epochs from the same start in {compiled:.2f} s")
    say(f"instead of {seconds:.1f} s: {seconds / compiled:.0f} times as fast, compiling included.")
    largest = max(abs(p.data - q.data) for p, q in pairs)
    say(f"The largest difference in {len(mlp.parameters())} parameters is {largest:.1e}: rounding.")


def main(arguments: list[str] | None = None) -> int:
    """Run the demonstration; exit status 1 if the network did not learn to read."""
    parser = argparse.ArgumentParser(
        prog="python -m nn",
        description="Draw a small network, compare backpropagation by hand with the engine, and learn to "
        f"read handwritten digits, with Values and then compiled. Takes half a minute; writes to {OUT}/.",
    )
    parser.parse_args(arguments)
    started = time.perf_counter()
    one_example()
    train, test = split(*digits())
    mlp = MLP([64, 24, 10], seed=0)
    equations(mlp, train[0][0], train[1][0])

    title(3, "Real handwriting: one Value at a time, the network learns to read it")
    say(pictures(train[0][:4], [f"a {label}" for label in train[1][:4]]))
    say(f"\n{len(train[0])} images to learn from, {len(test[0])} set aside for the test.\n")
    bar = sys.stderr.isatty() and find_spec("tqdm") is not None
    seconds = learn(mlp, train, callbacks=[] if bar else [say_epoch])

    _, accuracy = evaluate(mlp, *test)
    assert accuracy is not None
    wrong = [(x, y, read) for x, y, read in zip(*test, predict(mlp, test[0])) if read != y]
    say(f"\nOf {len(test[0])} digits that it never saw it reads {100 * accuracy:.1f} % right.", end=" ")
    if wrong:
        some = Random(0).sample(wrong, min(4, len(wrong)))
        say("Some that it gets wrong:\n")
        say(pictures([x for x, _, _ in some], [f"a {y}, read as {read}" for _, y, read in some]))
    as_matrices(mlp, train, seconds)
    say(f"\n{time.perf_counter() - started:.0f} s in all. Look at {OUT / 'graph.svg'} next.")
    return 0 if accuracy >= 0.9 else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # the reader has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
