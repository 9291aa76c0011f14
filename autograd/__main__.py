"""The command line: `python -m autograd "tanh(w*x + b)" x=2 w=-3 b=1` explains an expression."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from .graph import topological_order
from .nodes.plain import aligned_lines, for_output
from .stepper import Stepper
from .stepper.terminal import walk
from .text.catalogue import LANGUAGES
from .text.characters import printable
from .text.explanation import explain
from .text.expressions import ExpressionError, one_line, read_expression, read_number
from .value import Value

EXAMPLE = '"tanh(w1*x1 + w2*x2 + b)" x1=2 x2=0 w1=-3 w2=1 b=6.881'


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, and exit status 2."""
        more = "; --help lists the options" if message.startswith("unrecognized") else ""
        self.exit(2, f"autograd: {printable(message):.270}{more}\n")


def _arguments(program: str) -> ArgumentParser:
    parser = _Parser(
        program,
        description="Compute an expression, and show its backward pass step by step.",
        epilog=f"Example: {program} {EXAMPLE}. `{program} check --help` tells how to check an engine; "
        "`stepgrad doctor`, whether `import autograd` finds this package.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "expression", nargs="?", default="", help='arithmetic and functions: "b = a*a; c = a + b; b*c"'
    )
    parser.add_argument("numbers", nargs="*", metavar="name=number", help="the variables' values: x=2, y=1/3")
    parser.add_argument(
        *("--svg", "--png", "--pdf"),
        dest="picture",
        type=Path,
        metavar="FILE",
        help="write the picture of the graph, in the format that the suffix names",
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page that steps through the pass")
    parser.add_argument("--lang", default="en", choices=tuple(LANGUAGES), help="the language of the texts")
    parser.add_argument("--step", action="store_true", help="step through the pass in the terminal")
    return parser


def main(given: Sequence[str] | None = None, program: str = "python -m autograd") -> None:
    """Run the command line; bad input ends it with one clear line and exit status 2."""
    parser = _arguments(program)
    words = sys.argv[1:] if given is None else given
    if words[:1] == ["check"]:
        from .grading.command import check

        status, text = check(words[1:], program)
        _print(text)
        sys.exit(status)
    # An expression may begin with a minus sign; a leading space tells it from an option.
    arguments = parser.parse_args(
        [f" {w}" if w[:1] == "-" and w[:2] not in ("--", "-h") else w for w in words]
    )
    if arguments.expression.endswith((".py", ".ipynb")):
        parser.error(f"{arguments.expression} is a file: {program} check {arguments.expression}")
    if not arguments.expression.strip():
        parser.error(f"give an expression and its variables' values: {program} {EXAMPLE}")
    try:
        root = read_expression(arguments.expression, _numbers(arguments.numbers))
        steps = explain(root, {}, lang=arguments.lang).splitlines()
        root.backward()
        if arguments.picture:
            from .drawing import draw

            draw(root, lang=arguments.lang).save(arguments.picture)
        if arguments.html:
            Stepper(root, {}, lang=arguments.lang).save(arguments.html)
    except OSError as error:
        reason = f"cannot write {error.filename}: {error.strerror}" if error.filename else str(error)
        parser.error(reason)
    except (ValueError, ArithmeticError, ImportError) as error:
        parser.error(one_line(error))
    if arguments.step and sys.stdin.isatty() and sys.stdout.isatty():
        _show(root, [])
        walk(Stepper(root, {}, lang=arguments.lang))
    else:
        _show(root, steps)


def _numbers(words: Sequence[str]) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for word in words:
        name, equals, text = word.strip().partition("=")
        if not (name.isidentifier() and equals):
            raise ExpressionError(
                f"{printable(word):.40}: write name=number, such as x=2, after the expression"
            )
        if name in numbers:
            raise ExpressionError(f"{printable(name)} is given twice")
        numbers[name] = read_number(name, text)
    return numbers


def _show(root: Value, steps: Sequence[str]) -> None:
    """The value, the gradients of the variables, the steps."""
    leaves = [node for node in topological_order(root) if not node.parents and node is not root]
    name = printable(root.label)
    slopes = [
        (
            f"d{name}/d{printable(leaf.label)}",
            f"= {leaf.grad!r:24} at {printable(leaf.label)} = {leaf.data!r}",
        )
        for leaf in leaves
    ]
    lines = [f"{name} = {root.data!r}", "", *aligned_lines(slopes, gap=" ")]
    lines += ["", *steps] if leaves else steps
    _print("\n".join(lines))


def _print(text: str) -> None:
    """Print to an output that may not have every character, or a pipe that may be closed."""
    out: Any = sys.stdout
    try:
        print(for_output(text), flush=True)
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


if __name__ == "__main__":
    main()
