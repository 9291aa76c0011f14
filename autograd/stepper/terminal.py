"""The stepper in a terminal: Enter does a step, b undoes one, q ends."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from ..graph import Step, topological_order
from ..nodes.plain import for_output
from ..text.catalogue import say
from ..text.names import name_in
from ..text.narration import change
from ..text.numbers import short_number
from ..value import Value

if TYPE_CHECKING:
    from . import Stepper

MOST = 24  # gradients that are shown at a time
BOLD, BLUE, ORANGE, FAINT, PLAIN = "\x1b[1m", "\x1b[34m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


def walk(stepper: Stepper, ask: Callable[[str], str] = input, show: Callable[[str], None] = print) -> None:
    """Step until the pass is complete or the reader has seen enough."""
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def coloured(text: str, colour: str) -> str:
        text = for_output(text)
        return f"{colour}{text}{PLAIN}" if colours else text

    show(coloured(_gradients(stepper), FAINT))
    while True:
        try:
            prompt = say("terminal.next" if stepper.at < stepper.count else "terminal.done", stepper.lang)
            answer = ask(for_output(f"[{stepper.at}/{stepper.count}] {prompt} ")).strip().lower()
        except (EOFError, KeyboardInterrupt):
            answer = "q"
        if answer == "q" or (not answer and stepper.at == stepper.count):
            return
        if answer not in ("", "b"):
            continue
        stepper.seek(min(max(stepper.at + (-1 if answer else 1), 0), stepper.count))
        if stepper.at:
            step = stepper.steps[stepper.at - 1]
            sign = BLUE if step.contribution < 0 else ORANGE
            told = stepper.narration
            show(coloured(told.product(step), BOLD) + "   " + coloured(change(step), sign))
            for line in filter(None, [told.why(step), *told.notes(step), told.where(step)]):
                show(for_output(f"    {line}"))
        show(coloured(_gradients(stepper), FAINT))


def _gradients(stepper: Stepper) -> str:
    """The gradients so far in the order of evaluation; of many, those that changed last."""
    passed = stepper.steps[: stepper.at]
    known = {_receiver(step): step.after for step in passed}
    shown = {_receiver(step) for step in stepper.steps}
    if len(shown) > MOST:
        shown = {_receiver(step) for step in passed[-MOST:]}
    pieces = [
        f"{name_in(node, stepper.names)} {short_number(known[node]) if node in known else '·'}"
        for node in topological_order(stepper.root)
        if node in shown
    ]
    # A name and its number stay on one line.
    text = "  ".join(piece.replace(" ", "\0") for piece in pieces) or "·"
    width = get_terminal_size().columns
    lines = textwrap.wrap(
        text, width, initial_indent="  grad: ", subsequent_indent=" " * 8, break_on_hyphens=False
    )
    return "\n".join(lines).replace("\0", " ")


def _receiver(step: Step) -> Value:
    return step.node if step.parent is None else step.parent
