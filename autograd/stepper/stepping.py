"""A recorded backward pass and a place in it: what a notebook, a page and a program walk along."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

from ..drawing import RendererNotFound, TooLarge, render_svg, show, writers
from ..drawing.animation import KINDS, animated
from ..drawing.fold import box_keys
from ..drawing.selection import Fold, select
from ..graph import Step, gradients_of, topological_order
from ..nodes.files import save_by_suffix, write_file
from ..nodes.hints import SHOWN, STEPPER, Shown
from ..nodes.modes import errstate, mode
from ..nodes.numbers import require_value
from ..nodes.plain import for_output
from ..text.catalogue import language, say
from ..text.characters import printable
from ..text.names import display_names
from ..text.narration import WIDEST, Narration, change
from ..text.roots import GraphOutputs, fold_of, root_of
from ..value import Value
from .engine import program
from .frames import frames
from .messages import messages
from .page import base64, fragment, page, sentences, without_picture
from .record import record
from .source import source_of

MAX_STEPS = 1000  # up to here a page stays fluid
MAX_VIEWS = 4  # the most folded boxes that open one by one
MAX_UNFOLDED = 200  # nodes that may open all together
_KEEP_SPACES: Any = {"replace_whitespace": False, "subsequent_indent": "    ", "break_on_hyphens": False}


class Stepper(Shown):
    """A recorded backward pass and a place in it; it never touches the graph's gradients.

    `at` counts the steps that are done, from 0 to `count`. `next()` and `back()` do and undo one and
    return it, `seek(k)` goes to any place. What a notebook shows, and what `save` writes, begins
    where the stepper is. Where scopes are folded, a step passes a box's total derivative on.
    """

    _answers = SHOWN | STEPPER

    def __init__(
        self,
        loss: GraphOutputs,
        names: Mapping[str, Any] | None = None,
        fold: Fold = None,
        open: Sequence[str] = (),
        lang: str = "en",
        quiz: bool = False,
        params: Iterable[Value] = (),
        lock: bool = False,
    ) -> None:
        fold = fold_of(loss, fold)
        self.root = loss = root_of(loss)
        self._params = _inputs_of(loss, params)
        self.lock = lock
        self.names = display_names(loss, names)
        self.lang, self.quiz = language(lang), quiz
        self._source = source_of(loss)  # now: later a notebook's machinery is the caller
        self._insists = fold is False
        self._policy: Literal["strict", "ieee"] = "ieee" if mode().ieee else "strict"
        order = topological_order(loss)
        # As `draw` does; if that is too much for a page, the outermost scopes; else node by node,
        # for Python walks a pass of any length.
        for choice in (None, True, False) if fold is None else (fold,):
            self._options: dict[str, Any] = {"fold": choice, "open": tuple(open)}
            try:
                self._boxes = select(order, choice, open)
            except TooLarge:
                if fold is not None:
                    raise
                continue
            self._messages = messages(order, self._boxes)
            if len(self._messages) <= MAX_STEPS:
                break
        self.steps = tuple(message.step for message in self._messages)
        through = {m.step: m.through for m in self._messages if m.through}
        inside = {m.step: m.inside for m in self._messages if m.inside}
        self.narration = Narration(self.names, self.lang, through, inside)
        self.at = 0
        # Later views show the graph as it is now.
        self._record = self._recorded() if self.count <= MAX_STEPS else None

    @property
    def count(self) -> int:
        """The number of steps: one that seeds the output, and one for every use of a value."""
        return len(self.steps)

    def next(self) -> Step:
        """Do one step; raises StopIteration at the end."""
        if self.at == self.count:
            raise StopIteration("the backward pass is complete")
        self.at += 1
        return self.steps[self.at - 1]

    def back(self) -> Step:
        """Undo one step, and return it; raises StopIteration at the beginning."""
        if not self.at:
            raise StopIteration("no step has been done")
        self.at -= 1
        return self.steps[self.at]

    def seek(self, k: int) -> None:
        """Go to the place after `k` steps; raises ValueError if there are fewer."""
        if not 0 <= k <= self.count:
            raise ValueError(f"seek takes 0 to {self.count}, the number of steps, not {k}")
        self.at = k

    def __next__(self) -> Step:
        return self.next()

    def __iter__(self) -> Stepper:
        return self

    def __repr__(self) -> str:
        told, done = self.narration, "no gradient yet"
        if self.at:
            step = self.steps[self.at - 1]
            done = "   ".join(filter(None, (told.product(step), change(step), told.where(step))))
        name = printable(self.names[self.root])
        return for_output(f"Stepper({name}, step {self.at} of {self.count}: {done})")

    def _repr_html_(self) -> str:
        """The stepper as HTML, for a notebook's cell: it needs no kernel and no network."""
        try:
            return self._html()
        except TooLarge as error:
            return f"<p>{escape(str(error))}</p>"

    def _html(self) -> str:
        model = self.model()  # first: it refuses a pass that is too long
        trace = [] if self.quiz else self.trace()  # which has all the answers
        try:
            picture = self.picture()
        except RendererNotFound as error:
            return f"<p>{escape(str(error))}</p>\n{without_picture(trace, self.lang)}"
        return fragment(model, picture, trace, self.lang, self._source)

    def model(self) -> dict[str, Any]:
        """The page's record (`autograd.stepper.record`), its first place, and the boxes that it can open.

        Raises TooLarge (a ValueError) for more steps than a page shows fluidly.
        """
        if self._record is None and not self._insists:
            raise TooLarge(
                f"{self.count:,} steps are more than a page shows fluidly ({MAX_STEPS:,}). Compute in "
                "scopes, `with autograd.scope(name):`, which fold into one box each; or insist: `fold=False`"
            )
        order = topological_order(self.root)
        return (self._record or self._recorded()) | {
            "sentences": sentences(self.lang),
            "at": self.at,
            "quiz": self.quiz,
            "views": self._views(),
            "program": program(order, self._policy == "ieee", self.lang),
            "leaves": {str(k): self.names[node] for k, node in enumerate(order) if not node.rule},
            "params": [k for k, node in enumerate(order) if node in self._params],
            "lock": self.lock,
        }

    def _recorded(self) -> dict[str, Any]:
        return record(self._boxes, self._messages, self.narration)

    def _views(self) -> dict[str, Any]:
        """The view when the reader opens a folded box, by the box's id.

        Few boxes open one by one, many all together, and those of a large graph not at all.
        """
        keys = box_keys(topological_order(self.root), self._boxes)
        folded = {keys[box]: box.folded.path for box in self._boxes if box.folded}
        if len(folded) <= MAX_VIEWS:
            views = {key: self._view(self._options["fold"], path) for key, path in folded.items()}
            return {key: view for key, view in views.items() if view}
        if len(self.names) > MAX_UNFOLDED or not (view := self._view(False)):
            return {}
        return {"all": view, **dict.fromkeys(folded, "all")}

    def _view(self, fold: Fold, *opened: str) -> dict[str, Any]:
        """Another view of the pass, or nothing if it has more steps than a page shows fluidly."""
        try:
            with errstate(self._policy):
                inside = Stepper(
                    self.root, self._variables(), fold, [*self._options["open"], *opened], self.lang
                )
            return {"record": inside._record, "picture": base64(inside.picture())} if inside._record else {}
        except (TooLarge, RendererNotFound):
            return {}

    def picture(self) -> str:
        """The SVG of the graph with the gradients of the whole pass."""
        with errstate(self._policy):  # in which the stepper was made
            gradients = gradients_of(self.root)
        names = self._variables()
        return render_svg(self.root, gradients=gradients, names=names, lang=self.lang, **self._options)

    def _variables(self) -> dict[str, Value]:
        return {name: node for node, name in self.names.items()}

    def trace(self) -> list[str]:
        """The pass as text, one line a step."""
        return self.narration.lines(self.steps)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the stepper in the format that the suffix names; the path is returned.

        `save("lesson.html")` is a page that works from a file, without a network; `.txt` holds the
        steps as text; `.svg`, `.png`, `.pdf` and `.tex` the picture as it looks at the current step;
        `.gif`, `.webp` and `.apng` the whole pass as an animation (`pip install "stepgrad[animation]"`).
        The file is written whole or not at all.

        Raises ValueError for any other suffix, TooLarge (a ValueError) for more steps than a page
        shows fluidly, ImportError for an animation without Pillow, OSError if the file cannot be
        written.
        """
        one = "frames(folder) writes one SVG a step, and draw(v).save(…) the picture of the whole pass as"

        def now() -> str:
            return next(islice(self._frames(), self.at, None))

        def animation(kind: str) -> Callable[[], bytes]:
            return lambda: animated(list(self._frames()), kind)

        text = {"html": self.html, "txt": lambda: "\n".join(self.trace()) + "\n"}
        formats = writers(now, "") | text | {kind: animation(kind) for kind in KINDS}
        instead = {kind: f"{one} .{kind}" for kind in ("dot", "gv", "mmd")}
        return save_by_suffix(path, formats, "a stepper", instead)

    def show(self) -> None:
        """Show the stepper in the notebook's cell, or else in a browser."""
        show(self, self.html(), "stepper")

    def html(self) -> str:
        """The page that `.save("page.html")` writes, to embed in another application."""
        title = say("page.title", self.lang, output=printable(self.names[self.root]))
        return page(title, self._html(), self.lang)

    def frames(self, folder: str | Path) -> list[Path]:
        """Write one SVG a step, `step-000.svg` first, for slides; returns their paths."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return [write_file(folder / f"step-{at:03}.svg", svg) for at, svg in enumerate(self._frames())]

    def _frames(self) -> Iterator[str]:
        captions = [[say("page.spoken_start", self.lang)], *map(self._caption, self.steps)]
        return frames(self.picture(), self.model(), captions)

    def _caption(self, step: Step) -> list[str]:
        """The caption of a frame: the sum of the step, its reason, and a note."""
        told = self.narration
        lines = (
            f"{told.product(step)}   {change(step)}",
            told.why(step),
            *told.notes(step),
            told.where(step),
        )
        return [piece for line in lines for piece in wrap(line, WIDEST, **_KEEP_SPACES)]

    def open(self) -> None:
        """Show the page in a browser."""
        self.show()


def _inputs_of(root: Value, params: Iterable[Value]) -> set[Value]:
    """The parameters, each of which must be an input of the graph."""
    order = set(topological_order(root))
    chosen = list(params)
    for param in chosen:
        require_value(param, "step(…, params=…): a parameter")
        if param.rule is not None:
            raise ValueError(f"step(…, params=…): {printable(str(param))} is a result, not an input")
        if param not in order:
            raise ValueError(f"step(…, params=…): {printable(str(param))} does not go into the output")
    return set(chosen)
