"""The steps of a backward pass in words: the chain rule of each, its numbers and the reason for them.

A gradient is written as code has it, `b.grad` (in mathematics dL/db), and ∂ is kept for a local
derivative: one operand of one operation, with the others held fixed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..graph import Step
from ..nodes.plain import aligned_lines, for_output
from ..value import Value
from .catalogue import say
from .characters import printable
from .definitions import MAX_DEFINED, Definitions
from .kinks import kink
from .mathematics import derivative
from .names import Constant, display_names, gradient_name, name_in
from .numbers import product_text, short_number
from .reasons import Reason, reason, symbol
from .through import Through
from .typesetting import LATEX, TEXT, Style

WIDEST = 72  # columns up to which the parts of a trace are aligned
MAX_INSIDE = 24  # steps inside a folded box that are written out


@dataclass(frozen=True, eq=False)
class Narration:
    """Puts the steps of a pass into words, with the names of one graph and in one language.

    Over the boxes of a folded picture, `through` has the ways of a step through its box and `inside`
    the steps inside the box whose gradient a step completes. `constant` writes the constants in
    definitions; otherwise they are their numbers.
    """

    names: Mapping[Value, str]
    lang: str = "en"
    through: Mapping[Step, Through] = field(default_factory=dict[Step, Through])
    inside: Mapping[Step, Sequence[Step]] = field(default_factory=dict[Step, Sequence[Step]])
    constant: Constant | None = None

    @cached_property
    def definitions(self) -> Definitions:
        """The definitions of the made-up names, with what it tells."""
        return Definitions(self.names, self.lang, self.constant)

    def lines(
        self, steps: Sequence[Step], told: Iterable[Value] | None = None, *, printed: bool = False
    ) -> list[str]:
        """The steps, their parts in columns, with notes and the definitions of made-up names among `told`.

        `printed` says that standard output will show the columns, in the letters that it has.
        """
        rows = [(self.product(step), change(step), self.why(step)) for step in steps]
        aligned = aligned_lines(rows, gap="   ", widest=WIDEST, printed=printed)
        lines: list[str] = []
        for step, line in zip(steps, aligned, strict=True):
            lines += [line, *(f"    {note}" for note in self.notes(step))]
        return lines + self.definitions.lines(self.names if told is None else told)

    def sentence(self, step: Step) -> str:
        """One step on one line: what it adds, the change, the reason."""
        parts = [self.product(step), change(step), self.why(step), *self.notes(step), self.where(step)]
        return "   ".join(filter(None, parts))

    def where(self, step: Step) -> str:
        """The definitions of the made-up names in one step: `where v7 = w1·x1 + w2·x2, v8 = …`."""
        # The first step reads the root, which is its node.
        uses = self.through[step].uses if step in self.through else ()
        inside = [x for inner in self.inside.get(step, ()) for x in (inner.node, *inner.node.parents)]
        operands = [node for node, _ in uses] or step.node.parents
        return self.definitions.on_one_line([step.node, *operands, *inside])

    def product(self, step: Step) -> str:
        """The line of a step: `a.grad += b.grad · ∂b/∂a⁽¹⁾ = 21 × 3 = 63`.

        The place of an operand is marked if one operation uses a node twice: in b = a·a,
        ∂b/∂a⁽¹⁾ = a, with the other a held fixed.
        """
        numbers = short_number(step.contribution)
        if step.upstream is not None and step.local is not None:
            numbers = product_text(step.upstream, step.local, step.contribution)
        return f"{self.factors(step)} = {numbers}"

    def factors(self, step: Step) -> str:
        """The line of a step without its numbers: `a.grad += b.grad · ∂b/∂a⁽¹⁾`."""
        node = name_in(step.node, self.names)
        if step.parent is None:
            root = name_in(step.root, self.names)
            return f"{gradient_name(step.node, self.names)} += d{root}/d{root}"
        parent, receives = name_in(step.parent, self.names), gradient_name(step.parent, self.names)
        if step.upstream is None or step.local is None:
            return f"{receives} += Σ"
        slot = step.slot
        local = derivative(node, parent) if slot is None else symbol(step.node, slot, self.names)
        return f"{receives} += {gradient_name(step.node, self.names)} · {local}"

    def why(self, step: Step) -> str:
        """The reason for the local derivative: `∂b/∂a⁽¹⁾ = a = 3`; through a box, also its name."""
        way, use = self.through.get(step), self._use(step)
        if use:
            node, slot = use
            value = short_number(node.local_derivatives[slot])
            said = f"{symbol(node, slot, self.names)} {self.reason(node, slot).chain(value)}"
        elif way is None or step.parent is None:
            return ""
        elif step.local is None:
            said = f"Σ {way.chain(self.names, step.contribution)}"
        else:
            total = derivative(name_in(step.node, self.names), name_in(step.parent, self.names))
            said = f"{total} {way.chain(self.names, step.local)}"
        return said if way is None else f"{said}   {say('text.through', self.lang, box=printable(way.box))}"

    def _use(self, step: Step) -> tuple[Value, int] | None:
        """The node and the slot whose rule is the reason for a step, if it is one use."""
        if step in self.through:
            return self.through[step].direct
        return None if step.slot is None else (step.node, step.slot)

    def reason(self, node: Value, slot: int, style: Style = TEXT) -> Reason:
        """The reason for a local derivative, in a notation."""
        return reason(node, slot, self.names, style, self.definitions.marks.get(node, ""))

    def notes(self, step: Step) -> list[str]:
        """That an operand is at a corner or a jump; the steps inside a box that is now complete."""
        lines: list[str] = []
        use = self._use(step)
        if use and (note := self.kink(*use)):
            lines.append(note)
        inside = self.inside.get(step, ())
        if inside:
            gradient = gradient_name(step.node if step.parent is None else step.parent, self.names)
            lines.append(say("text.inside", self.lang, gradient=gradient))
            for inner in inside[:MAX_INSIDE]:
                lines.append(f"  {self.product(inner)}   {change(inner)}   {self.why(inner)}")
            if len(inside) > MAX_INSIDE:
                lines.append("  " + say("text.more_inside", self.lang, count=len(inside) - MAX_INSIDE))
        return lines

    def kink(self, node: Value, slot: int) -> str:
        """A note on a corner or a jump of `node` at this operand; "" if there is none."""
        found = kink(node, slot)
        if found is None or node.rule is None:
            return ""
        return say(
            "kink.jump" if found.jumps else "kink.corner",
            self.lang,
            operand=name_in(node.parents[slot], self.names),
            operation=node.rule.name,
            left=short_number(found.left),
            right=short_number(found.right),
            convention=short_number(node.local_derivatives[slot]),
        )

    def latex(self, step: Step) -> str:
        """One step as LaTeX, as notebooks show it: the chain rule, the change, and below them the reason."""

        def name(node: Value) -> str:
            return LATEX.name(name_in(node, self.names))

        receiver, slot = step.node if step.parent is None else step.parent, step.slot
        lines: list[str] = []
        if step.parent is None:
            terms, numbers = LATEX.fraction(*[rf"\mathrm{{d}}{name(step.root)}"] * 2), "1"
        elif step.upstream is None or step.local is None or slot is None:
            terms, numbers = r"\sum", short_number(step.contribution)
        else:
            local = symbol(step.node, slot, self.names, LATEX)
            terms = rf"{name(step.node)}\mathtt{{.grad}} \cdot {local}"
            numbers = product_text(step.upstream, step.local, step.contribution)
            value = short_number(step.local)
            lines = [f"{local} {self.reason(step.node, slot, LATEX).chain(_latex(value), LATEX)}"]
        numbers = rf"{_latex(numbers)} \qquad {_latex(change(step))}"
        where = LATEX.words(say("text.where", self.lang) + " ")
        defined = self.definitions.of([step.node, *step.node.parents], MAX_DEFINED, LATEX)
        lines += [where * (not i) + line for i, line in enumerate(defined)]
        lines.insert(0, rf"{name(receiver)}\mathtt{{.grad}} \mathrel{{+}}= {terms} = {numbers}")
        return r"$$\begin{gathered}" + r" \\ ".join(lines) + r"\end{gathered}$$"


def sentence(step: Step) -> str:
    """A step as `print` shows it: `a.grad += b.grad · ∂b/∂a = 21 × 3 = 63   9 → 72   ∂b/∂a = c = 3`."""
    return for_output(Narration(display_names(step.root)).sentence(step))


def latex(step: Step) -> str:
    """A step as a notebook shows it."""
    return Narration(display_names(step.root)).latex(step)


def change(step: Step) -> str:
    """The gradient before and after: `9 → 72`."""
    return f"{short_number(step.before)} → {short_number(step.after)}"


def _latex(text: str) -> str:
    """Numbers and relations in LaTeX."""
    numbers = re.sub(r"[\d.]+e−?\d+", lambda found: LATEX.number(found[0]), text)
    return "".join(LATEX.symbol(c).strip() or c for c in numbers)
