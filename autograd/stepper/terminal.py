"""The stepper in a terminal: Enter does a step, b undoes one, q ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..explanation import change, product
from ..graph import topological_order
from ..notation import printable, short_number

if TYPE_CHECKING:
    from . import Stepper

BOLD, BLUE, ORANGE, FAINT, PLAIN = "\x1b[1m", "\x1b[34m", "\x1b[33m", "\x1b[2m", "\x1b[0m"


def walk(stepper: Stepper, ask: Callable[[str], str] = input, show: Callable[[str], None] = print) -> None:
    """Step until the pass is complete or the reader has seen enough."""
    colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def coloured(text: str, colour: str) -> str:
        return f"{colour}{text}{PLAIN}" if colours else text

    show(coloured(_gradients(stepper), FAINT))
    while True:
        try:
            answer = ask(f"[{stepper.at}/{stepper.count}] Enter: next, b: back, q: quit ").strip().lower()
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
            show(coloured(product(step, stepper.names), BOLD) + "   " + coloured(change(step), sign))
        show(coloured(_gradients(stepper), FAINT))


def _gradients(stepper: Stepper) -> str:
    """All gradients so far in one line, in the order of evaluation."""
    known = {
        step.node if step.parent is None else step.parent: step.after for step in stepper.steps[: stepper.at]
    }
    order = topological_order(stepper.root)
    pieces = [
        f"{printable(stepper.names[node])} {short_number(known[node]) if node in known else '·'}"
        for node in order
    ]
    return "  grad: " + "  ".join(pieces)
