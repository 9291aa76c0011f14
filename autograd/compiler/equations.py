"""The matrix equations that a program computes, forward and in reverse, written from its own groups.

A name stands for the rows of a group, one column for each example; what is read once stands where it is
read. `·` is a product of matrices or with a number, `⊙` works element by element, `Σ` adds up the rows.
What is one for all examples, as ∂C/∂W, is the mean over the batch of what is written. Layers count from 1;
the input is layer 0. What cannot be written so that the line is true and readable is "…" with its shape.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..table.row import FormulaRule
from ..text.mathematics import (
    CASES,
    POWER,
    SUM,
    TEXT,
    Style,
    Written,
    applied,
    derivative,
    write_number,
    written,
)
from ..text.names import is_one_word
from .arrays import Array, owner
from .computation import Computation
from .gradients_of_lists import Slopes, Unwritable
from .groups import Group, Listed, Map, Matrix, Rows, reads
from .phrases import FEW, Phrases, Term, is_function, sliced
from .regroup import Layout
from .reverse import Partial, Pullback
from .tracing import COMPARISONS

LONG = 60  # characters, from which on what is read once has a name and a line of its own
PAGE = 120  # lines, after which a text is cut
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Equation:
    """One line: `name = text`, and the names that books give it."""

    name: str
    text: str
    known_as: str = ""


class Equations:
    """`forward` and `reverse` equations of a layout; `inputs` are the names of f's arguments.

    `groups` tells which group has which name, `parameters` which parameters a name stands for, by number
    in the order of `program.parameters`, in the shape that they have there, and `indices` which rows
    an index π means.
    """

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style = TEXT) -> None:
        self.layout, self.inputs, self.style = layout, inputs, style
        self.phrases = Phrases(style)
        self.numpy: Any = layout.numpy
        self.forward: list[Equation] = []
        self.reverse: list[Equation] = []
        self.terms: dict[Group, Term] = {}  # what stands where a group is read
        self.written: dict[Group, tuple[str, str]] = {}  # name and value
        self.groups: dict[str, Group] = {}
        self.parameters: dict[str, Any] = {}
        self.indices: dict[str, Any] = {}
        self.shapes: dict[Group, tuple[int, int]] = {}
        self.pushed: dict[Group, Map] = {}  # those of parameters alone, which are written where they are read
        self.targets: dict[str, list[Rows]] = {}  # by the name of a layer, what its group subtracts besides
        self.errors: dict[Group, str] = {}  # by forward groups, the names of their adjoints
        self.layer: dict[Group, int] = {}
        self.blocks: dict[bytes, Written] = {}
        self.first = {space: [g for g in layout.groups if g.space == space] for space in ("U", "V")}
        self.starts = {
            space: self.numpy.array([g.start for g in groups], int) for space, groups in self.first.items()
        }
        self.stops = {
            space: self.numpy.array([g.stop for g in groups], int) for space, groups in self.first.items()
        }
        self.uses = self._uses(layout.forward)
        self._name_parameters()
        graph = layout.graph
        self.cost = next((g for g in layout.forward if graph.cost in g.nodes), None)
        for group in layout.forward:
            self._write_forward(group)
        self._write_cost()
        self._write_reverse()

    # Which rows
    def _uses(self, groups: list[Group]) -> Counter[Group]:
        return Counter(g for group in groups for rows in reads(group) for g in self._sources(rows))

    def _sources(self, rows: Rows) -> list[Group]:
        """The groups in which rows lie."""
        groups = self.first.get(rows.space)
        places = {*self._places(rows.space, rows.index.ravel()).tolist()} if groups else set[int]()
        return [groups[k] for k in sorted(places) if k >= 0] if groups else []

    def _places(self, space: str, index: Any) -> Any:
        """In which group of a space each row lies, by number; −1 for a parameter or a constant."""
        if not len(self.starts[space]):
            return self.numpy.full(index.shape, -1)
        places = self.numpy.searchsorted(self.starts[space], index, "right") - 1
        return self.numpy.where(index < self.stops[space][places], places, -1)

    def _are_params(self, rows: Rows) -> bool:
        return rows.space == "U" and bool((rows.index < self.layout.params).all())

    # Parameters
    def _letter(self, letter: str, layer: int) -> Written:
        return Written(self.style.power(self.style.name(letter), str(layer)), POWER)

    def _name_parameters(self) -> None:
        """W and b for what a layer multiplies by and adds; θ for what is read in several sets."""
        read = [rows for group in self.layout.groups for rows in reads(group) if rows.space == "U"]
        inside = [rows.index[rows.index < self.layout.params] for rows in read]
        sets = {i.tobytes(): i for i in (self.numpy.unique(index) for index in inside if index.size)}
        self.sharing = self.numpy.zeros(self.layout.params, int)
        for index in sets.values():
            self.sharing[index] += 1
        layer = 0
        for group in self.layout.forward:
            if isinstance(group, Matrix) and group.space == "V" and self._weights(group):
                layer += 1
                self.layer[group] = layer
                for left in self._weights(group):
                    self._name_block(left.index[0], "WUVSPQ", layer)
                for _, rows in group.terms:
                    bias = self._column(rows.index, group)
                    if self._are_params(rows) and bias is not None:
                        self._name_block(bias, "bcdef", layer)

    def _weights(self, group: Matrix) -> list[Rows]:
        return [left for left, _ in group.blocks if self._are_params(left) and len(left.index) == 1]

    def _column(self, index: Any, group: Matrix) -> Any:
        """The column of a term's index, if the columns of a matrix all have the same; else None."""
        _, f, p = group.shape
        if index.ndim != 1 or group.shape[0] != 1:
            return None
        table = index.reshape(f, p)
        return table[:, 0] if p == 1 or (table == table[:, :1]).all() else None

    def _name_block(self, index: Any, letters: str, layer: int) -> None:
        shared = not layer and (self.sharing[index] > 1).any()
        if index.tobytes() in self.blocks or shared or self._repeats(index):
            return
        taken = {name.text for name in self.blocks.values()} | set(self.inputs)
        names = (self._letter(c, layer) if layer else Written(self.style.name(c)) for c in letters)
        name = next((name for name in names if name.text not in taken), None)
        if name is not None:
            self.blocks[index.tobytes()] = name
            self.parameters[name.text] = index
            if index.ndim == 2 and min(index.shape) > 1:
                turned = self.numpy.ascontiguousarray(index.T)
                self.blocks[turned.tobytes()] = Written(
                    self.style.transposed(self.phrases.fence(name, POWER))
                )

    def _repeats(self, index: Any) -> bool:
        return len(self.numpy.unique(index)) < index.size

    def _parameter(self, index: Any) -> Written:
        """Parameters in the shape of an index: by the name of a block, a label, or as rows of θ."""
        index = self.numpy.ascontiguousarray(index)
        if index.size > 1 and index.ndim == 1 and (index == index[0]).all():
            index = index[:1]
        key = index.tobytes()
        if key not in self.blocks and not (self.sharing[index] > 1).any() and not self._repeats(index):
            label = self.layout.graph.labels[int(index.flat[0])] if index.size == 1 else ""
            plain = label != "" and is_one_word(label) and label.isprintable()
            plain = plain and label not in ("C", "θ", *self.inputs)
            plain = plain and self.style.name(label) not in {name.text for name in self.blocks.values()}
            if plain:
                self.blocks[key] = Written(self.style.name(label))
                self.parameters[self.blocks[key].text] = index
            else:
                self._name_block(index, "wuvspq", 0)
        if key in self.blocks:
            name = self.blocks[key]
            block = self.parameters.get(name.text)
            if block is None or block.ndim == 1:
                return name
            as_column = index.ndim == 1 and len(block) == 1 < index.size
            is_turned = index.ndim == 2 and block.shape == index.shape[::-1] != index.shape
            return self.phrases.transposed(name) if as_column or is_turned else name
        if index.ndim > 1:
            raise Unwritable
        return self._part(Written(self.style.name("θ")), index, self.layout.params)

    # Reading
    def _part(self, name: Written, index: Any, size: int) -> Written:
        """Rows of what has a name, in the order of the index."""
        if index.ndim == 1 and len(index) > 1 and (index == index[0]).all():
            index = index[:1]
        numbers: list[int] = index.ravel().tolist()
        if index.ndim == 1 and numbers == list(range(size)):
            return name
        if index.ndim == 1:
            text = sliced(numbers)
        else:
            columns = [sliced(column) for column in index.T.tolist()]
            text = " | ".join(columns) if None not in columns and len(columns) <= FEW else None  # pyright: ignore
        if text is None:
            text = next((p for p, rows in self.indices.items() if self.numpy.array_equal(rows, index)), None)
        if text is None:
            text = self.style.name(f"π{str(len(self.indices) + 1).translate(_SUBSCRIPTS)}")
            self.indices[text] = index
        return Written(f"{self.phrases.fence(name, POWER)}[{text}]", POWER)

    def _read(self, rows: Rows, index: Any = None) -> Term:
        """The contents of rows; `index` says which of them, if not all."""
        index = rows.index if index is None else index
        if rows.space == "S":
            seeds: list[int] = index.ravel().tolist()
            return self._numbers([self.layout.seeds[i] for i in seeds], index)
        if rows.space.startswith("X"):
            name = Written(self.style.name(self.inputs[int(rows.space[1:])]))
            return Term(1.0, (self._part(name, index, self.layout.sizes[rows.space]),))
        if self._are_params(Rows("U", index)) and rows.space == "U":
            return Term(1.0, (self._parameter(index),))
        known = self._constants(rows.space, index)
        if known is not None:
            return self._numbers(known, index)
        groups = self._sources(Rows(rows.space, index))
        if len(groups) == 1 and ((index >= groups[0].start) & (index < groups[0].stop)).all():
            return self._read_group(groups[0], index - groups[0].start)
        if index.ndim > 1:
            raise Unwritable
        return Term(1.0, (self._pieces(rows.space, index),))

    def _numbers(self, numbers: list[float], index: Any) -> Term:
        """A number for all rows, or a column of numbers: (1, 2, 3)."""
        if len({*numbers}) == 1:
            return Term(numbers[0])
        if index.ndim > 1 or len(numbers) > 2 * FEW:
            raise Unwritable
        texts = [write_number(number, self.style).text for number in numbers]
        return Term(1.0, (Written(self.style.fenced(self.style.symbol(", ").join(texts))),))

    def _constants(self, space: str, index: Any) -> list[float] | None:
        """The constants at rows, if they are nothing else."""
        layout = self.layout
        for first, constants in (
            (layout.params, layout.constants),
            (layout.first_of_reverse, layout.more_constants),
        ):
            if space == "U" and ((index >= first) & (index < first + len(constants))).all():
                return [constants[i - first] for i in index.ravel().tolist()]
        return None

    def _read_group(self, group: Group, index: Any) -> Term:
        if group in self.pushed:
            return self._map(self.pushed[group], index)
        term, size = self.terms[group], len(group.nodes)
        if index.ndim == 1 and index.tolist() == list(range(size)):
            return term
        shape = self._shape(group)
        if index.ndim == 2 and index.shape == shape and (index.ravel() == self.numpy.arange(size)).all():
            return term
        if index.ndim == 2 and 1 in index.shape:
            index = index.ravel()
            if index.tolist() == list(range(size)):
                return term
        if not term.factors:
            return term
        return Term(1.0, (self._part(self.phrases.times(term), index, size),))

    def _shape(self, group: Group) -> tuple[int, int]:
        """Rows and columns of what a group computes: those of what it reads as a whole."""
        if group not in self.shapes:
            self.shapes[group] = len(group.nodes), 1
            if isinstance(group, Matrix) and group.blocks and group.shape[0] == 1:
                self.shapes[group] = group.shape[1:]
            else:
                read = [source for rows in reads(group) for source in self._sources(rows)]
                whole = [self._shape(source) for source in read if len(source.nodes) == len(group.nodes)]
                wide = [shape for shape in whole if shape[1] > 1]
                if wide and len({*wide}) == 1:
                    self.shapes[group] = wide[0]
        return self.shapes[group]

    def _pieces(self, space: str, index: Any) -> Written:
        """Rows of several places, one after the other: (a, b)."""
        owners = self._places(space, index)
        if space == "U":
            owners = self.numpy.where(index < self.layout.params, -2, owners)
        cuts = [0, *(self.numpy.flatnonzero(self.numpy.diff(owners)) + 1).tolist(), len(index)]
        if len(cuts) > FEW + 1 or len(cuts) == 2:
            raise Unwritable
        parts = [self._read(Rows(space, index[a:b])) for a, b in pairwise(cuts)]
        texts: list[str] = []
        for part, low, high in zip(parts, cuts, cuts[1:]):
            same = not part.factors or len({*index[low:high].tolist()}) == 1
            texts += [self.phrases.times(part).text] * (high - low if same else 1)
        if len(texts) > 2 * FEW:
            raise Unwritable
        return Written(self.style.fenced(self.style.symbol(", ").join(texts)))

    # The value of a group
    def _value(self, group: Group) -> Term:
        if isinstance(group, Map):
            return self._map(group)
        return self._listed(group) if isinstance(group, Listed) else self._matrix(group)  # pyright: ignore

    def _operands(self, group: Map, index: Any = None) -> list[Term]:
        terms: list[Term] = []
        for operand in group.operands:
            if isinstance(operand, Rows):
                terms.append(self._read(operand, None if index is None else operand.index[index]))
            else:
                terms.append(Term(operand[1] if isinstance(operand, tuple) else operand))  # pyright: ignore
        return terms

    def _map(self, group: Map, index: Any = None) -> Term:
        rule, style = group.rule, self.style
        if isinstance(rule, Partial):
            return self._partial(group, rule, index)
        terms = self._operands(group, index)
        if rule.name == "mul":
            a, b = terms
            if len(a.factors) == len(b.factors) == 1 and self._is_row_block(a) and self._is_one(group, 1):
                return Term(a.number * b.number, (self.phrases.dot(a.factors[0], b.factors[0]),))
            if isinstance(self._single(group.operands[0]), Map):  # the local derivative comes last
                a, b = b, a
            return Term(a.number * b.number, (*a.factors, *b.factors))
        if rule.name == "neg":
            return Term(-terms[0].number, terms[0].factors)
        operands = [self.phrases.times(term) for term in terms]
        if rule.name in COMPARISONS.values() or rule in COMPARISONS.values():
            left, right = (self.phrases.fence(operand, SUM) for operand in operands)
            return Term(1.0, (Written(style.infix(left, rule.symbol, right), CASES),))
        return Term(1.0, (applied(rule.name, operands, style),))

    def _used(self, group: Map) -> list[Rows]:
        """The rows that are read where a group is written."""
        operands = group.operands
        if isinstance(group.rule, Partial):
            names = group.rule.rule.shown[1 + group.rule.slot].names
            operands = [o for o, name in zip(operands, ("y", *group.rule.rule.operands)) if name in names]
        return [operand for operand in operands if isinstance(operand, Rows)]

    def _is_plain(self, rows: Rows) -> bool:
        """Whether these are parameters, or written as what parameters give."""
        return self._are_params(rows) or (
            bool(groups := self._sources(rows)) and all(group in self.pushed for group in groups)
        )

    def _is_row_block(self, term: Term) -> bool:
        """Whether this is the weights of one neuron, transposed."""
        names = [name for name, block in self.parameters.items() if block.ndim == 2 and len(block) == 1]
        turned = {self.phrases.transposed(Written(name, POWER)).text for name in names}
        return term.factors[0].text in turned

    def _is_one(self, group: Map, i: int) -> bool:
        operand = group.operands[i]
        return isinstance(operand, Rows) and self._is_one_row(operand.index)

    def _single(self, operand: Any) -> Any:
        """The local derivative that an operand is, if it is one."""
        groups = self._sources(operand) if isinstance(operand, Rows) else []
        is_local = len(groups) == 1 and isinstance(groups[0], Map) and isinstance(groups[0].rule, Partial)
        return groups[0] if is_local else None

    def _partial(self, group: Map, partial: Partial, index: Any = None) -> Term:
        """∂result/∂operand."""
        rule, style = partial.rule, self.style
        operands: list[Any] = [
            Rows(o.space, o.index[index]) if isinstance(o, Rows) and index is not None else o
            for o in group.operands
        ]
        result, *given = operands
        constant = [not isinstance(operand, Rows) for operand in given]
        if rule.name == "pow" and partial.slot == 0 and constant[1]:
            base, exponent = self._read(given[0]), given[1]
            if exponent == 2.0:
                return Term(2.0 * base.number, base.factors)
            power = [self.phrases.times(base), write_number(exponent - 1.0, style)]
            return Term(exponent, (applied("pow", power, style),))
        only_first = not constant[0] and all(constant[1:]) and partial.slot == 0
        if only_first and is_function(rule):
            known = [self.phrases.times(self._read(given[0])), *(write_number(c, style) for c in given[1:])]
            called = applied(rule.name, known, style)
            word = called.text.split("(")[0].removesuffix("\\left")
            return Term(1.0, (Written(called.text.replace(word, word + style.symbol("′"), 1)),))
        formula = rule.shown[1 + partial.slot]
        if any(isinstance(node, ast.IfExp) for node in ast.walk(formula.tree)):
            raise Unwritable
        names: dict[str, Written | float] = {}
        for name, operand in zip(("y", *rule.operands), (result, *given)):
            if name in formula.names:
                names[name] = (
                    self.phrases.times(self._read(operand)) if isinstance(operand, Rows) else operand
                )
        return Term(1.0, (written(formula, style, names),))

    def _listed(self, group: Listed) -> Term:
        style, rule = self.style, group.rule
        if len(group.lists.index) > 1:
            raise Unwritable
        if group.lists.index.shape[1] > 1 and self._is_one_row(group.lists.index[0]):
            raise Unwritable
        listed = self.phrases.times(self._read(group.lists, group.lists.index[0]))
        n = group.lists.index.shape[1]
        if isinstance(rule, Pullback):
            assert group.adjoints is not None
            passed = self._read(group.adjoints, group.adjoints.index[0])
            slopes = Slopes(rule.rule, listed, group.chosen, style)
            if rule.rule.vector:
                received = Term(passed.number, (*passed.factors, *slopes.factors))
                shared = self.phrases.sum(self.phrases.times(received))
                if slopes.is_factor:  # a ⊙ (g − Σ g ⊙ a)
                    inner = applied("sub", [self.phrases.times(passed), shared], style)
                    whole = Term(1.0, (slopes.subtracted, inner))
                else:
                    whole = self.phrases.added([received, Term(-1.0, (slopes.subtracted, shared))])
            else:
                whole = Term(passed.number, (*passed.factors, slopes.whole()))
            return self._chosen(whole, group.choices, n)
        if rule.vector:
            return self._chosen(Term(1.0, (applied(rule.name, [listed], style),)), group.choices, n)
        numbers = group.choices if rule.index_operands else []
        which = [write_number(float(choice), style) for choice in numbers]
        if len(which) > 1:
            raise Unwritable
        return Term(1.0, (applied(rule.name, [listed, *which], style),))

    def _chosen(self, whole: Term, choices: list[int], n: int) -> Term:
        if choices == list(range(n)):
            return whole
        return Term(1.0, (self._part(self.phrases.times(whole), self.numpy.array(choices), n),))

    def _matrix(self, group: Matrix) -> Term:
        terms = [term for left, right in group.blocks for term in self._product(group, left, right)]
        for sign, rows in group.terms:
            if not (group in self.layer and sign < 0 and rows.space.startswith("X")):
                terms += [Term(sign * t.number, t.factors) for t in self._addends(group, rows)]
        return self.phrases.added(terms)

    def _product(self, group: Matrix, left: Rows, right: Rows) -> list[Term]:
        t, f, p = group.shape
        k = left.index.shape[2]
        if t > 1:
            if (f, p) != (1, 1) or k > FEW:
                raise Unwritable
            a, b = left.index[:, 0, :], right.index[:, :, 0]
            return [self._pair(Rows(left.space, a[:, i]), Rows(right.space, b[:, i])) for i in range(k)]
        a, b = left.index[0], right.index[0]
        if group.mean:
            return self._mean_product(Rows(left.space, a), Rows(right.space, b))
        if self._constants(right.space, b) is not None:
            if k > FEW or p > 1:
                raise Unwritable
            return [self._pair(Rows(left.space, a[:, i]), Rows(right.space, b[i])) for i in range(k)]
        if self._are_params(left):
            if p == 1 < k and self._is_one_row(b[:, 0]):
                if k > FEW:
                    raise Unwritable
                return [self._pair(Rows("U", a[:, i]), Rows(right.space, b[i])) for i in range(k)]
            weights = self._read(Rows("U", a))
            columns = self._read(Rows(right.space, b[:, 0] if p == 1 else b))
            if not columns.factors:
                raise Unwritable
            product = self.phrases.dot(
                self.phrases.times(weights), self.phrases.times(Term(1.0, columns.factors))
            )
            return [Term(columns.number, (product,))]
        if (f, p) == (1, 1):
            pair = self._pair(Rows(left.space, a[0]), Rows(right.space, b[:, 0]))
            return [Term(1.0, (self.phrases.sum(self.phrases.times(pair)),))] if k > 1 else [pair]
        raise Unwritable

    def _pair(self, left: Rows, right: Rows) -> Term:
        a, b = self._read(left), self._read(right)
        return Term(a.number * b.number, (*a.factors, *b.factors))

    def _mean_product(self, left: Rows, right: Rows) -> list[Term]:
        """The product of adjoints (F, K) and their operands (K, P): δ·xᵀ."""
        (f, k), p = left.index.shape, right.index.shape[1]
        if k > 1:
            try:
                return [self._as_a_whole(left, right)]
            except Unwritable:
                if k > FEW:
                    raise
        terms: list[Term] = []
        for i in range(k):
            a = self._read(Rows(left.space, left.index[:, i]))
            b = self._read(Rows(right.space, right.index[i]))
            if f == p == 1 or not a.factors or not b.factors:
                if f > 1 and p > 1:
                    raise Unwritable
                terms.append(Term(a.number * b.number, (*a.factors, *b.factors)))
                continue
            rows, columns = left.index[:, i], right.index[i]
            if (f > 1 and self._is_one_row(rows)) or (p > 1 and self._is_one_row(columns)):
                raise Unwritable
            turned = self.phrases.transposed(self.phrases.times(Term(1.0, b.factors)))
            product = self.phrases.dot(self.phrases.times(Term(1.0, a.factors)), turned)
            terms.append(Term(a.number * b.number, (product,)))
        return terms

    def _as_a_whole(self, left: Rows, right: Rows) -> Term:
        """The product of several columns of adjoints and their operands: δ·x[0:3 | 1:4]ᵀ."""
        if left.index.shape[0] == right.index.shape[1] == 1:
            pair = self._pair(Rows(left.space, left.index[0]), Rows(right.space, right.index[:, 0]))
            return Term(1.0, (self.phrases.sum(self.phrases.times(pair)),))
        if right.index.shape[1] == 1:
            raise Unwritable
        a, b = self._read(left), self._read(right, self.numpy.ascontiguousarray(right.index.T))
        if not a.factors or not b.factors:
            raise Unwritable
        turned = self.phrases.transposed(self.phrases.times(Term(1.0, b.factors)))
        product = self.phrases.dot(self.phrases.times(Term(1.0, a.factors)), turned)
        return Term(a.number * b.number, (product,))

    def _is_one_row(self, index: Any) -> bool:
        return bool((index == index[0]).all())

    def _addends(self, group: Matrix, rows: Rows) -> list[Term]:
        """The terms of a sum: term by term if there are few, else as a sum over rows."""
        n, index = len(group.nodes), rows.index
        if index.ndim == 1:
            if group.shape[2] > 1:
                column = self._column(index, group)
                table = index.reshape(group.shape[1:]) if group.shape[0] == 1 else None
                if column is None and table is None:
                    raise Unwritable
                return [self._read(rows, table if column is None else column)]
            return [self._read(rows)]
        if n == 1:
            places = self._places(rows.space, index[0]) if rows.space in self.first else index[0] * 0
            if rows.space == "U":
                places = self.numpy.where(index[0] < self.layout.params, -2, places)
            if len({*places.tolist()}) == index.shape[1] <= FEW:
                return [self._read(rows, column) for column in index.T]
            row = self._read(rows, index[0])
            if not row.factors or self._is_one_row(index[0]):
                return [Term(row.number * index.shape[1], row.factors)]
            return [Term(row.number, (self.phrases.sum(self.phrases.times(Term(1.0, row.factors))),))]
        if index.shape[1] > FEW or group.shape[2] > 1:
            raise Unwritable
        return [self._read(rows, column) for column in index.T]

    # Lines
    def _size(self, group: Group) -> str:
        return f"{len(group.nodes)} × m" if group.space == "V" else f"{len(group.nodes)}"

    def _text(self, group: Group) -> Term:
        try:
            return self._value(group)
        except Unwritable:
            return Term(1.0, (Written(f"…   ({self._size(group)})", CASES),))

    def _line(self, lines: list[Equation], group: Group, name: Written, value: Term, known: str = "") -> None:
        text = self.phrases.times(value).text
        self.terms[group] = Term(1.0, (name,))
        self.written[group] = name.text, text
        self.groups[name.text] = group
        lines.append(Equation(name.text, text, known))

    def _fresh(self) -> Written:
        count = sum(name.startswith(self.style.name("v₁")[:1]) for name in self.groups) + 1
        while (name := self.style.name(f"v{str(count).translate(_SUBSCRIPTS)}")) in self.groups:
            count += 1
        return Written(name)

    def _write_forward(self, group: Group) -> None:
        value = self._text(group)
        if group in self.layer and isinstance(group, Matrix):
            name = self._letter("z", self.layer[group])
            self._line(self.forward, group, name, value)
            targets = [rows for sign, rows in group.terms if sign < 0 and rows.space.startswith("X")]
            if targets and "…" not in self.written[group][1]:
                self.targets[name.text] = targets
                minus = [Term(-t.number, t.factors) for rows in targets for t in self._addends(group, rows)]
                self.terms[group] = self.phrases.added([Term(1.0, (name,)), *minus])
        elif (layer := self._activated(group)) is not None:
            self.layer[group] = layer
            self._line(self.forward, group, self._letter("a", layer), value)
        elif group is self.cost and len(group.nodes) == 1:
            self._line(self.forward, group, Written(self.style.name("C")), value)
        elif self._stands_alone(group, value, self.uses[group]) or group is self.cost:
            self._line(self.forward, group, self._fresh(), value)
        else:
            self.terms[group] = value
            text = self.phrases.times(value).text
            self.written[group] = text, text

    def _stands_alone(self, group: Group, value: Term, uses: int) -> bool:
        text = self.phrases.times(value).text
        is_product = isinstance(group, Matrix) and bool(group.blocks) and group.shape[1:] != (1, 1)
        return uses != 1 or is_product or "…" in text or len(text) > LONG or self._is_narrow(group)

    def _is_narrow(self, group: Group) -> bool:
        """Whether one row is written for several, which only a name can stand for everywhere."""
        if len(group.nodes) == 1:
            return False
        rows = self._used(group) if isinstance(group, Map) else reads(group)
        return bool(rows) and all(self._is_one_row(r.index.ravel()) for r in rows if r.index.size)

    def _activated(self, group: Group) -> int | None:
        """The layer of which this is the first activation."""
        if isinstance(group, Map) and isinstance(group.rule, FormulaRule) and is_function(group.rule):
            rows = [operand for operand in group.operands if isinstance(operand, Rows)]
            sources = self._sources(rows[0]) if len(rows) == 1 else []
            whole = len(sources) == 1 and len(group.nodes) == len(sources[0].nodes)
            if whole and isinstance(sources[0], Matrix) and sources[0] in self.layer:
                layer = self.layer[sources[0]]
                in_order = (rows[0].index - sources[0].start).tolist() == list(range(len(group.nodes)))
                return layer if in_order and [*self.layer.values()].count(layer) == 1 else None
        return None

    def _write_cost(self) -> None:
        name = self.style.name("C")
        if self.cost is None or self.groups.get(name) is not self.cost:
            try:
                text = self.phrases.times(self._read(self.layout.rows([self.layout.graph.cost]))).text
            except Unwritable:
                text = "…"
            self.forward.append(Equation(name, text))

    def _write_reverse(self) -> None:
        layout, graph = self.layout, self.layout.graph
        if not graph.gradient:
            return
        reverse = layout.groups[len(layout.forward) :]
        uses = self._uses(layout.groups)
        of: dict[int, list[int]] = {}
        for node, adjoint in graph.adjoint.items():
            of.setdefault(adjoint, []).append(node)
        home = {node: group for group in layout.forward for node in group.nodes}
        used = set(graph.gradient)
        for group in reverse:
            plain = isinstance(group, Map) and all(map(self._is_plain, self._used(group)))
            if isinstance(group, Map) and plain and not self._is_narrow(group):
                self.pushed[group] = group
                continue
            value = self._text(group)
            text = self.phrases.times(value).text
            owner_, part = self._adjoint_of(group, of, home)
            layer = self.layer.get(owner_) if isinstance(owner_, Matrix) else None
            is_gradient = used.issuperset(group.nodes)
            if layer is not None and owner_ is not None:
                name = Written(self._letter("δ", layer).text + part, POWER)
                self.errors.setdefault(owner_, name.text)
                self._line(self.reverse, group, name, value, self._known(text, layer))
            elif not self._is_narrow(group) and (
                (is_gradient and uses[group] == 0 and "…" not in text) or self._is_short(value)
            ):
                self.terms[group] = value
            elif uses[group] != 1 or "…" in text or len(text) > LONG or self._is_narrow(group):
                name = self._fresh()
                if owner_ is not None:
                    by = derivative(self.style.name("C"), self.written[owner_][0], self.style)
                    if self.written[owner_][0] in self.groups and by + part not in self.groups:
                        name = Written(by + part)
                        self.errors.setdefault(owner_, name.text)
                self._line(self.reverse, group, name, value)
            else:
                self.terms[group] = value
        self._write_gradient()

    def _is_short(self, value: Term) -> bool:
        """Whether this is a name or a number, which is written wherever it is read."""
        factors = value.factors
        return not factors or (len(factors) == 1 and abs(value.number) == 1.0 and len(factors[0].text) <= 3)

    def _adjoint_of(
        self, group: Group, of: dict[int, list[int]], home: dict[int, Group]
    ) -> tuple[Group | None, str]:
        """The forward group whose adjoint this is, a layer if possible, and which of its rows."""
        if any(node not in of for node in group.nodes):
            return None, ""
        owners = [g for node in of[group.nodes[0]] if (g := home.get(node)) is not None]
        for owner_ in sorted(owners, key=lambda g: not (isinstance(g, Matrix) and g in self.layer)):
            inside = {node: i for i, node in enumerate(owner_.nodes)}
            places = [[inside[n] for n in of[node] if n in inside] for node in group.nodes]
            if all(len(place) == 1 for place in places):
                rows = [place[0] for place in places]
                if rows == list(range(len(owner_.nodes))):
                    return owner_, ""
                part = sliced(rows)
                if part is not None and "," not in part:
                    return owner_, f"[{part}]"
        return None, ""

    def _known(self, text: str, layer: int) -> str:
        """BP1 for the error of the last layer, BP2 for one that the next layer's error is pulled back to."""
        last = max(self.layer.values())
        delta = self._letter("δ", layer + 1).text
        weights = [name for name in self.parameters if name.startswith(self._letter("W", layer + 1).text)]
        if layer == last:
            return "BP1"
        turned = self.phrases.transposed(Written(weights[0], POWER)).text if weights else delta
        return "BP2" if turned in text and delta in text else ""

    def _write_gradient(self) -> None:
        """∂C/∂ of every block of parameters that has a name, and of what else there is as rows of θ."""
        layout, graph = self.layout, self.layout.graph
        gradient = self.numpy.array(graph.gradient)
        left = self.numpy.ones(len(gradient), bool)
        deltas = {self._letter("δ", layer).text for layer in self.layer.values()}
        for name, index in list(self.parameters.items()):
            if not left[index.ravel()].any():
                continue
            left[index.ravel()] = False
            by = derivative(self.style.name("C"), name, self.style)
            rows = layout.rows(gradient[index.ravel()])
            try:
                text = self.phrases.times(self._gradient_of(rows, index.shape)).text
            except Unwritable:
                text = f"…   ({' × '.join(map(str, index.shape))})"
            known = "BP3" if text in deltas else ""
            known = "BP4" if self._is_outer(rows, deltas) else known
            self.reverse.append(Equation(by, text, known))
        rest = self.numpy.flatnonzero(left)
        runs: list[list[int]] = []
        places = self._places("U", layout.rows(gradient[rest]).index) if len(rest) else rest
        for i, param in enumerate(rest.tolist()):
            if runs and runs[-1][-1] == param - 1 and places[i] == places[i - 1]:
                runs[-1].append(param)
            else:
                runs.append([param])
        for run in runs:
            name = self._part(Written(self.style.name("θ")), self.numpy.array(run), len(gradient))
            rows = layout.rows(gradient[run])
            try:
                text = self.phrases.times(self._read(rows)).text
            except Unwritable:
                text = f"…   ({len(run)})"
            by = derivative(self.style.name("C"), self.phrases.fence(name, POWER), self.style)
            self.reverse.append(Equation(by, text))

    def _is_outer(self, rows: Rows, deltas: set[str]) -> bool:
        """Whether these are one product δ·aᵀ."""
        groups = self._sources(rows)
        if len(groups) != 1 or not isinstance(groups[0], Matrix) or not groups[0].mean:
            return False
        if len(groups[0].blocks) != 1 or groups[0].terms or groups[0].blocks[0][0].index.shape[2] != 1:
            return False
        left = groups[0].blocks[0][0]
        try:
            return self.phrases.times(self._read(left, left.index.ravel())).text in deltas
        except Unwritable:
            return False

    def _gradient_of(self, rows: Rows, shape: tuple[int, ...]) -> Term:
        """The gradient of a block: of a matrix, only what is one product as a whole."""
        groups = self._sources(rows)
        if len(shape) == 2 and len(groups) == 1 and groups[0] in self.terms:
            group = groups[0]
            same = (rows.index - group.start).tolist() == list(range(len(group.nodes)))
            if same and isinstance(group, Matrix) and group.shape == (1, *shape):
                return self.terms[group]
            plain = isinstance(group, Matrix) and not group.blocks and not group.mean
            terms = group.terms if isinstance(group, Matrix) else []
            if same and plain and all(rows.index.ndim == 1 for _, rows in terms):
                read = [(sign, self._read(r, r.index.reshape(shape))) for sign, r in terms]
                return self.phrases.added([Term(sign * term.number, term.factors) for sign, term in read])
            if same and 1 in shape and not isinstance(group, Matrix):
                raise Unwritable
        if len(shape) == 2 and min(shape) > 1:
            raise Unwritable
        return self._read(rows)

    def read_by(self, group: Group) -> list[tuple[str, str, str]]:
        """The operands of a group: groups, parameters, constants, inputs, each with its size and gradient."""
        found: dict[tuple[str, str, str], None] = {}
        for rows in reads(group):
            for source in self._sources(rows):
                found[self.written[source][0], "", ""] = None
            index = rows.index[0] if rows.index.ndim == 3 and len(rows.index) == 1 else rows.index
            params = rows.space == "U" and index[index < self.layout.params]
            if params is not False and params.size:
                shaped = index if params.size == index.size else params
                try:
                    name = self._parameter(shaped).text
                except Unwritable:
                    name = "…"
                shape = self.parameters[name].shape if name in self.parameters else (params.size,)
                by = derivative(self.style.name("C"), name, self.style)
                found[name, " × ".join(map(str, shape)), by] = None
            elif rows.space.startswith("X"):
                name = self.inputs[int(rows.space[1:])]
                found[self.style.name(name), f"{self.layout.sizes[rows.space]} × m", ""] = None
        return list(found)

    # As a whole
    def _lines(self) -> list[Equation | None]:
        """The equations, cut at a page; None stands for what is left out."""
        lines: list[Equation | None] = [*self.forward, Equation("", ""), *self.reverse]
        if len(lines) <= PAGE:
            return lines
        return [*lines[: PAGE // 2], None, *lines[-PAGE // 2 :]]

    def __str__(self) -> str:
        lines = self._lines()
        width = max((len(e.name) for e in lines if e), default=0)
        texts = [f"{e.name:<{width}} = {e.text}" if e and e.name else "" for e in lines]
        room = max((len(text) for text, e in zip(texts, lines) if e and e.known_as), default=0) + 3
        shown: list[str] = []
        for text, e in zip(texts, lines):
            if e is None:
                hidden = len(self.forward) + len(self.reverse) + 1 - PAGE
                shown.append(f"… ({hidden} more lines: program.equations().forward and .reverse)")
            else:
                shown.append(f"{text:<{room}}({e.known_as})" if e.known_as else text)
        for name, index in self.indices.items():
            numbers = ", ".join(map(str, index.ravel().tolist()[:12]))
            more = ", …" if index.size > 12 else ""
            shown.append(f"{name}: rows {numbers}{more}")
        return "\n".join(shown) + "\n"

    def aligned(self) -> str:
        """All equations below each other, if the style is LaTeX."""
        rows: list[str] = []
        for e in self._lines():
            if e is None:
                rows.append(r"&\;\vdots")
            elif e.name:
                known = rf" && \text{{({e.known_as})}}" if e.known_as else ""
                rows.append(rf"{e.name} &= {e.text}{known}")
        return r"$$\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}$$"

    def notes(self, computation: Computation) -> dict[Array, str]:
        """A description of the arrays of a program, for comments in its source."""
        notes: dict[Array, str] = {}
        for group, array in computation.values.items():
            if group in self.written:
                name, text = self.written[group]
                forward = group in self.layout.forward
                notes.setdefault(owner(array), name if name == text or not forward else f"{name} = {text}")
        for name, index in self.parameters.items():
            rows = self.layout.rows([self.layout.graph.gradient[i] for i in index.ravel().tolist()])
            groups = self._sources(rows)
            if len(groups) == 1 and len(groups[0].nodes) == index.size:
                by = derivative(self.style.name("C"), name, self.style)
                notes[owner(computation.values[groups[0]])] = by
        return notes
