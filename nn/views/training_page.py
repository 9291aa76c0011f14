"""The page of a whole small training: `step(mlp, X, Y, loss="bce")`.

The page computes with the recorded graphs of `training_model`: the same rows of the table, as JavaScript,
give the outputs, the cost and the gradients for every example and at every epoch.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from autograd import drawing, stepper

from ..model.hints import hinted
from ..training.losses import Loss, LossName
from ..training.meaning import Model
from .training_model import Training

MAX_BYTES = 4_000_000
MODULES = ("example", "run", "curve", "surface", "network", "walk", "training")

_WEB = Path(__file__).with_name("web")


@hinted
def step(
    model: Model,
    data: Any,
    targets: Any = None,
    *,
    loss: LossName | Loss = "cross_entropy",
    lr: float = 0.1,
    batch_size: int | None = None,
    seed: int = 0,
    lang: str = "en",
) -> TrainingPage:
    """Train a small network on a page: every epoch, every example, every number of the chain rule.

    In a notebook the result shows itself; a script that runs at a terminal opens a browser. The page runs
    gradient descent by itself: one step, one epoch, or on and on, with a learning rate that the reader
    sets. It shows the weights, the loss and, for one or two inputs, what the network says everywhere; it
    goes back to any epoch, and its stepper walks the graph of any example. The steps are those of `nn.fit`
    with `optimizer="sgd"` and the same seed. The model stays as it is.

    Args:
        model: an MLP, or anything that is called like one and has `parameters()`.
        data: the inputs, or inputs and targets, as for `fit`.
        targets: the targets, if `data` are the inputs.
        loss: as for `fit`.
        lr: the learning rate that the page begins with.
        batch_size: how many examples make one step; all, unless given.
        seed: decides the order of the examples, as for `fit`.
        lang: the language of the page, "en" or "ja".

    Raises what `fit` raises for data and losses that do not fit; TooLarge (a ValueError) for more examples,
    parameters or nodes than a page takes; TypeError for a model or a loss whose operations depend on the
    values of parameters, or have no formula that a page could compute.

    >>> from nn import MLP, data
    >>> step(MLP([2, 4, 1], seed=1), data.xor(), loss="bce")
    TrainingPage(MLP([2, 4, 1]: 2 → 4 tanh → 1 identity, 17 parameters), 4 examples, binary_cross_entropy)
    """
    page = TrainingPage(Training(model, data, targets, loss, lr, batch_size, seed, lang), lang)
    if sys.stdout and sys.stdout.isatty() and "IPython" not in sys.modules:
        page.show()
    return page


class TrainingPage(drawing.Shown):
    """A training that runs on its page: `.save("training.html")`, `.show()`; a notebook shows it."""

    def __init__(self, training: Training, lang: str) -> None:
        self.lang = lang
        self._training = training
        self._say = stepper.page.sentences(lang, "training")
        self._html = self._fragment()
        if len(self._html) > MAX_BYTES:
            raise drawing.TooLarge(
                f"step: the page would have {len(self._html):,} bytes, more than {MAX_BYTES:,}: use fewer or "
                "smaller layers, or fewer classes"
            )

    def __repr__(self) -> str:
        return f"TrainingPage({self._training.about})"

    def _repr_html_(self) -> str:
        """The training as HTML, for a notebook's cell: it needs no kernel and no network."""
        return self._html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page as `.html`, whole or not at all; it works from a file. The path is returned.

        Raises ValueError for any other suffix, OSError if the file cannot be written.
        """
        advice = "draw_network(mlp) and plots.plot_history(history) have pictures as"
        return drawing.save_by_suffix(
            path, {"html": self.html}, "a training", {kind: f"{advice} .{kind}" for kind in ("svg", "png")}
        )

    def show(self) -> None:
        """Show the page in the notebook's cell, or else in a browser."""
        drawing.show(self, self.html(), "training")

    def html(self) -> str:
        """The page that `.save("page.html")` writes, to embed in another application."""
        title = self._say["title"].format(model=self._training.name)
        return stepper.page.page(title, self._html, self.lang)

    def _fragment(self) -> str:
        """The training as a part of a page; a page can have any number of them."""
        training = self._training
        told = training.told | {"training": self._say, "sentences": stepper.page.sentences(self.lang)}
        images = "".join(
            f'<img class="nn-fallback" alt="" src="data:image/svg+xml;base64,{stepper.page.base64(svg)}">\n'
            for svg in (training.network, training.graph)
            if svg
        )
        rows = stepper.page.javascript(training.operations)
        return (
            f'<div class="ad-stepper ad-live nn-training" lang="{self.lang}" '
            f'data-rows="{stepper.page.rows_key(rows)}">\n'
            f"<style>\n{stepper.page.asset('page.css')}</style>\n"
            f'<p class="nn-fallback">{escape(self._say["no_script"])}</p>\n{images}'
            f'<script type="application/json">{stepper.page.to_json(told)}</script>\n'
            f'<script type="module">\n{_script(rows)}</script>\n</div>'
        )


@cache
def _script(rows: str) -> str:
    """The stepper's script with these rows, and the modules of the training."""
    own = "".join(stepper.page.stripped(_WEB / f"{module}.js") for module in MODULES)
    return stepper.page.packed(rows, own, stepper.page.stripped(_WEB / "training.css"))
