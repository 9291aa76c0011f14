"""A backward pass in words: the chain rule of each step, its numbers and the reason for them.

A gradient is written as code has it, `b.grad` (in mathematics dL/db), and ∂ is kept for a local
derivative: one operand of one operation, with the others held fixed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..graph import Step, sweep, topological_order
from ..nodes.plain import Text, aligned_lines, for_output
from ..rules import ListRule
from ..value import Value
from .catalogue import language, say
from .characters import printable
from .items import SUBSCRIPTS, marks, softmax_item
from .kinks import kink
from .mathematics import Written, derivative
from .names import (
    Constant,
    definition,
    display_names,
    gradient_name,
    is_variable,
    name_in,
    product_text,
    short_number,
    written_name,
    written_out,
)
from .reasons import Reason, explained, reason, symbol
from .roots import GraphOutputs, root_of
from .through import Through
from .typesetting import LATEX, TEXT, Style

WIDEST = 72  # columns up to which the parts of a trace are aligned
MAX_DEFINED = 6  # names, in one sentence
MAX_INSIDE = 24  # steps inside a folded box that are written out
MAX_LINES = 1000  # steps, and definitions of names, that are written out


def explain(
    v: GraphOutputs,
    w: Value | Mapping[str, Any] | None = None,
    names: Mapping[str, Any] | None = None,
    *,
    lang: str = "en",
) -> Text:
    """The backward pass from `v` as text, one line per use of the chain rule; no gradient changes.

    A prompt and a notebook's cell show it, a program prints it, `print(explain(L))`.

    Each line has what is added to which gradient, the gradient before and after, and the reason for
    the local derivative: the operation's rule with its own operands. The pass starts from gradients of
    0, whatever earlier passes left in the graph. With a Value `w`, `explain(L, w)`, only the steps that
    lead to it are written. `names` (such as `vars()`, also in the place of `w`) names nodes that have no
    label; in IPython the user's variables do so anyway. `lang` is the language of the notes. If `v` are
    several outputs, in a list or another container, the pass is that of their sum, `total`. Of a longer
    pass the first 1,000 steps are printed, and how many are missing.

    Raises TypeError if `v` is not a Value, ValueError if `w` is not in the graph below it.

    >>> a = Value(3.0, "a")
    >>> b = a * a
    >>> L = b * (a + b)
    >>> explain(L, vars())
    L.grad += dL/dL = 1                                0 → 1
    b.grad += L.grad · ∂L/∂b = 1 × 12 = 12             0 → 12     ∂L/∂b = a + b = 12
    (a + b).grad += L.grad · ∂L/∂(a + b) = 1 × 9 = 9   0 → 9      ∂L/∂(a + b) = b = 9
    a.grad += (a + b).grad · ∂(a + b)/∂a = 9 × 1 = 9   0 → 9      ∂(a + b)/∂a = 1
    b.grad += (a + b).grad · ∂(a + b)/∂b = 9 × 1 = 9   12 → 21    ∂(a + b)/∂b = 1
    a.grad += b.grad · ∂b/∂a⁽¹⁾ = 21 × 3 = 63          9 → 72     ∂b/∂a⁽¹⁾ = a = 3
    a.grad += b.grad · ∂b/∂a⁽²⁾ = 21 × 3 = 63          72 → 135   ∂b/∂a⁽²⁾ = a = 3
    """
    if not (w is None or isinstance(w, Value)):
        w, names = None, w if names is None else names
    return Text("\n".join(trace(v, names, lang, w)))


def trace(
    v: GraphOutputs,
    names: Mapping[str, Any] | None = None,
    lang: str = "en",
    w: Value | None = None,
) -> list[str]:
    """The lines of `explain`."""
    v = root_of(v)
    narration = Narration(display_names(v, names), language(lang))
    above = set(narration.names) if w is None else _above(v, w)
    steps = [step for step in sweep(v, {}) if step.parent is None or step.parent in above]
    shown, more = steps[:MAX_LINES], len(steps) - MAX_LINES
    lines = narration.lines(shown, (), printed=True)
    if more > 0:
        lines.append(say("text.more_steps", narration.lang, count=f"{more:,}"))
    everything = w is None and more <= 0
    told = narration.names if everything else [n for step in shown for n in (step.node, *step.node.parents)]
    return lines + narration.definitions(told, MAX_LINES)


def _above(v: Value, w: Value) -> set[Value]:
    """The nodes that `w` leads to, and itself; ValueError if `v` is not among them."""
    above = {w}
    for node in topological_order(v):
        if not above.isdisjoint(node.parents):
            above.add(node)
    if v not in above:
        swapped = "; the output comes first: explain(L, w)" if v in {*topological_order(w)} else ""
        raise ValueError(f"explain: {w!r} is not in the graph below {v!r}{swapped}")
    return above


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
        return lines + self.definitions(self.names if told is None else told)

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
        return self.meanings([step.node, *operands, *inside])

    def meanings(self, nodes: Iterable[Value]) -> str:
        """The definitions of the made-up names in a formula with these nodes, on one line; "" without any."""
        found = self.defined(nodes, MAX_DEFINED)
        return f"{say('text.where', self.lang)} {', '.join(found)}" if found else ""

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
            said = explained(*use, self.names, self.marks.get(use[0], ""))
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
        return reason(node, slot, self.names, style, self.marks.get(node, ""))

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

    def definitions(self, told: Iterable[Value], most: int | None = None) -> list[str]:
        """`where v7 = w1·x1 + w2·x2`: the made-up names among those of `told`, a line each."""
        found = self.defined(told, most)
        return aligned_lines(
            [("" if i else say("text.where", self.lang), line) for i, line in enumerate(found)], gap=" "
        )

    def defined(self, told: Iterable[Value], most: int | None = None, style: Style = TEXT) -> list[str]:
        """`v7 = w1·x1 + w2·x2`, for each made-up name that `told` leads to.

        Beyond `most` definitions there is an ellipsis.
        """
        waiting, seen = deque(dict.fromkeys(told)), set[Value]()
        lines: dict[Value, str] = {}
        rules: dict[Value, str] = {}
        while waiting and (most is None or len(lines) < most):
            node = waiting.popleft()
            name = self.names[node]
            if node not in seen and node in self.marks:
                rules[node] = self._softmax(node)
            meaning = definition(node, self.names, self._place[node], self.constant, style)
            if node in seen or (is_variable(name) and not meaning):
                continue
            seen.add(node)
            if node.rule and not node.label:  # an expression has the names of its operands in it
                waiting.extend(node.parents)
            if meaning:
                lines[node] = meaning
        found = [lines[node] for node in sorted(lines, key=self._place.__getitem__)]
        return [*found, *map(style.words, rules.values()), *[style.symbol("…")] * bool(waiting)]

    def _softmax(self, node: Value) -> str:
        """The meaning of p in the rule of a node, and the class that t marks."""
        assert isinstance(node.rule, ListRule)
        first = node.rule.index_operands
        shown = [self._operand(node, i) for i in range(first, len(node.operands))]
        if len(shown) > MAX_DEFINED:
            shown = [*shown[:2], "…", shown[-1]]
        mark, chosen = self.marks[node], node.operands[0]
        has_target = node.rule.index == "t" and isinstance(chosen, float)
        index = int(chosen) if has_target and isinstance(chosen, float) else 0
        softmax = f"p{mark} = softmax({', '.join(shown)})"
        if item := softmax_item(node, 0):
            text = written_out(item, node, self._written_name, constant=self.constant).text
            softmax = say("text.softmax", self.lang, softmax=softmax, item=f"p{mark}₀ = {text}")
        if not has_target:
            return softmax
        t = f"t{mark}{str(index).translate(SUBSCRIPTS)}"
        return say(
            "text.target",
            self.lang,
            softmax=softmax,
            t=t,
            letter=f"t{mark}",
            index=index,
            name=self._operand(node, first + index),
        )

    def _operand(self, node: Value, place: int) -> str:
        operand = node.operands[place]
        if isinstance(operand, Value):
            return self._written_name(operand).text
        if operand is None:
            return "…"
        written = self.constant and self.constant(node, place, operand)
        return written.text if written else short_number(operand)

    def _written_name(self, node: Value) -> Written:
        return written_name(node, self.names)

    @cached_property
    def marks(self) -> Mapping[Value, str]:
        """The marks of p and t in the rules of softmax and cross-entropy."""
        return marks(self.names)

    @cached_property
    def _place(self) -> dict[Value, int]:
        """The places of the nodes in topological order, by which names are made up."""
        return {node: place for place, node in enumerate(self.names, 1)}

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
        told = [step.node, *step.node.parents]
        lines += [where * (not i) + line for i, line in enumerate(self.defined(told, MAX_DEFINED, LATEX))]
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
    return "".join(_LATEX.get(c, c) for c in text)


_LATEX = {"×": r"\times", "≈": r"\approx", "−": "-", "→": r"\to", "∞": r"\infty"}
