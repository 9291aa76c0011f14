"""docs/typed.md: what is typed by habit from other libraries, and the answer, from the tables of hints."""

from __future__ import annotations

import re
from collections.abc import Mapping

from autograd import RULES
from autograd.nodes import foreign, hints
from nn.model import advice as of_nn

HEADER = """\
# Typed, and answered

Names and arguments that people type who know PyTorch, JAX, HIPS autograd, micrograd, Keras, scikit-learn,
SymPy or Matplotlib. Each raises an error (AttributeError, ImportError or TypeError) that ends with the
answer on the right. This page is printed from the tables that the errors read. NumPy's functions have
[a page of their own](arrays.md), and so has [code written for micrograd](micrograd.md).
"""


def page() -> str:
    """The whole page."""
    synonyms = {name: f"it is called {ours} here" for name, ours in of_nn.OURS.items()}
    names = {name: foreign.advice(name) for name in foreign._ADVICE}
    values = {name: answer for name, answer in hints.ADVICE.items() if name not in RULES}
    sections: dict[str, Mapping[str, str]] = {
        "`autograd.` …": names,
        "A Value: `x.` …": values,
        "Arguments of `Value`, `backward`, `draw`, `step` and the transforms": hints._ARGUMENTS,
        "Pictures, steppers and pages: `draw(y).` …": hints.SHOWN,
        "Steppers: `step(y).` …": hints.STEPPER,
        "Compiled programs: `program.` …": hints.PROGRAM,
        "`nn.` …, and its modules": of_nn.NAMES,
        "Networks, layers and neurons: `mlp.` …": of_nn.ATTRIBUTES,
        "Arguments in `nn`": synonyms | of_nn.ARGUMENTS,
        "Histories: `history.` …, `history[0].` …": of_nn.HISTORY | of_nn.EPOCH,
        "Optimizers: `optimizer.` …": of_nn.OPTIMIZER,
    }
    return "\n".join([HEADER, *(section(title, table) for title, table in sections.items())])


def section(title: str, table: Mapping[str, str]) -> str:
    """A table with one row for each answer."""
    by_answer: dict[str, list[str]] = {}
    for name, answer in table.items():
        by_answer.setdefault(answer, []).append(f"`{name}`")
    rows = [f"| {', '.join(names)} | {escaped(answer)} |" for answer, names in by_answer.items()]
    return "\n".join([f"## {title}\n", "| typed | answered |", "|---|---|", *rows, ""])


def escaped(text: str) -> str:
    """Text without a meaning for Markdown."""
    return re.sub(r"([*_\[\]<>|`])", r"\\\1", text)
