"""Sums of products: one form for every way to write a weighted sum.

`b + w₀·x₀ + w₁·x₁`, `dot(ws, xs, b)` and `sum(…) - …` all become one node Σ left·right + Σ ±term, so
that regrouping can find the matrices. Sums are only flattened, never through a change of sign, and
no product with 0 is dropped: 0 · inf is nan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from math import copysign
from typing import Any, cast

from ..nodes.scopes import scope
from ..table.lists import ListRule
from ..table.row import RULES, FormulaRule
from .tracing import Node, Trace

_ADD, _SUB, _NEG, _SUM, _DOT = (RULES[name] for name in ("add", "sub", "neg", "sum", "dot"))
_MUL, _IDENTITY, _WHERE = RULES["mul"], RULES["identity"], RULES["where"]
_SWALLOWED = {_ADD, _SUB, _SUM, _DOT, _IDENTITY}
_LINEAR = {*_SWALLOWED, _NEG}
ZERO = ("constant", 0.0, 1.0)


@dataclass(slots=True)
class Sum:
    """Σ lefts·rights + Σ plus − Σ minus, all nodes by number; or its mean over the examples."""

    lefts: list[int] = field(default_factory=list[int])
    rights: list[int] = field(default_factory=list[int])
    plus: list[int] = field(default_factory=list[int])
    minus: list[int] = field(default_factory=list[int])
    mean: bool = False

    @property
    def operands(self) -> list[int]:
        """All that the sum reads."""
        return [*self.lefts, *self.rights, *self.plus, *self.minus]


class Graph:
    """The operations that the results need, in `order`: a `Sum`, or a rule and operands.

    A leaf is a parameter, an input or a constant. `batched` tells what differs between examples; the
    space of a node is "X0", "X1", … for inputs, "V" for what else is batched, "U" for the rest.
    """

    def __init__(self, trace: Trace, cost: int, outputs: list[int]) -> None:
        self.nodes: list[Node] = []
        self.scopes: dict[int, scope] = {}  # of the nodes that were made inside one
        number = self._simplified(trace.keys, trace.scopes)
        self.cost, self.outputs = number[cost], [number[output] for output in outputs]
        self.labels: list[str] = trace.labels  # of the parameters
        self.sums: dict[int, Sum] = {}
        self.order: list[int] = []
        self.batched = self._batched()
        self._flatten()
        self.choices = {number[node] for node in trace.choices} & {*self.order}  # comparisons: 0 or 1
        self.level: list[int] = []  # of each node: see `levels`
        self.spaces = [self.space(node) for node in range(len(self.nodes))]
        self.first_adjoint = len(self.nodes)
        self.reverse: list[int] = []  # the nodes of the reverse pass, in order
        self.adjoint: dict[int, int] = {}  # of nodes that depend on a parameter
        self.gradient: list[int] = []  # the adjoints of the parameters

    def _simplified(self, keys: list[Node], scopes: dict[int, scope]) -> Sequence[int]:
        """List the nodes; where each came to stand.

        The variable of a transform is what the transform was called with, so that what f computed before
        is not computed again, and what depends on constants only is a constant.
        """
        if not any(key[0] is _IDENTITY for key in keys):
            self.nodes, self.scopes = keys, scopes
            return range(len(keys))
        number: list[int] = []
        known: dict[Node, int] = {}
        for i, key in enumerate(cast(Any, keys)):
            rule: Any = key[0]
            if rule.__class__ is not str:
                operands: list[int] = [number[operand] for operand in key[1:]]
                constants: list[Node] = [self.nodes[operand] for operand in operands]
                same = operands[0] if rule is _IDENTITY else None
                if rule is _WHERE and (operands[1] == operands[2] or constants[0][0] == "constant"):
                    same = operands[1 if constants[0][1] == 1.0 else 2]
                if same is not None:
                    number.append(same)
                    continue
                key = (rule, *operands)
                if isinstance(rule, FormulaRule) and all(node[0] == "constant" for node in constants):
                    y = rule.evaluate_ieee(*(node[1] for node in constants))
                    key = ("constant", y, copysign(1.0, y))
            if key not in known:
                known[key] = len(self.nodes)
                self.nodes.append(key)
                if i in scopes:
                    self.scopes[known[key]] = scopes[i]
            number.append(known[key])
        return number

    def rule(self, node: int) -> Any:
        """The operation of a node other than a leaf."""
        return self.nodes[node][0]

    def operands(self, node: int) -> tuple[int, ...] | list[int]:
        """The operands of a node."""
        return self.sums[node].operands if node in self.sums else self.nodes[node][1:]

    def number(self, node: int) -> Any:
        """The number of a constant; of a seed, which is c/m for m examples, ("seed", c)."""
        key = self.nodes[node]
        return key[1] if key[0] == "constant" else key if key[0] == "seed" else None

    def space(self, node: int) -> str:
        """The place of a node's result."""
        if not self.batched[node]:
            return "S" if self.nodes[node][0] == "seed" else "U"
        return f"X{self.nodes[node][1]}" if self.nodes[node][0] == "input" else "V"

    def _batched(self) -> list[bool]:
        flags: list[bool] = []
        for node in cast(Any, self.nodes):
            if node[0].__class__ is str:
                flags.append(node[0] == "input")
            elif len(node) == 3:
                flags.append(flags[node[1]] or flags[node[2]])  # pyright: ignore
            else:
                flags.append(any([flags[operand] for operand in node[1:]]))  # noqa: C419 # pyright: ignore
        return flags

    def add(self, key: Node, batched: bool) -> int:
        """A new node, by number."""
        self.nodes.append(key)
        self.batched.append(batched)
        return len(self.nodes) - 1

    def _flatten(self) -> None:
        """Replace trees of sums by `Sum`s and list what remains."""
        uses = [0] * len(self.nodes)
        for result in (self.cost, *self.outputs):
            uses[result] += 2  # a result stays a node
        live: list[int] = []
        for number in range(len(self.nodes) - 1, -1, -1):
            if not uses[number]:
                continue
            node = self.nodes[number]
            if node[0].__class__ is not str:
                live.append(number)
                for operand in node[1:]:
                    uses[operand] += 1
        inside = bytearray(len(self.nodes))
        for number in live:
            if not inside[number] and self.nodes[number][0] in _LINEAR:
                self.sums[number] = self._collected(number, uses, inside)
        before = self.give_back(list(self.sums))
        remaining = [number for number in live if not inside[number] or number in self.sums]
        for number in remaining:
            if isinstance(self.nodes[number][0], ListRule) and number not in self.sums:
                before[number] = self._aligned(number)
        for number in reversed(remaining):
            self.order += [*before.get(number, ()), number]

    def _collected(self, root: int, uses: list[int], inside: bytearray) -> Sum:
        """The products and terms below `root`; marks the nodes that it swallows as `inside`."""
        whole, nodes, batched = Sum(), self.nodes, self.batched
        pending, is_batched = [root], batched[root]
        while pending:
            number = pending.pop()
            node = nodes[number]
            rule = node[0]
            if number != root and (uses[number] != 1 or batched[number] is not is_batched):
                rule = None  # which stays a node
            if rule is _MUL:
                inside[number] = True
                whole.lefts.append(node[1])
                whole.rights.append(node[2])
            elif rule in _SWALLOWED or number == root:
                inside[number] = True
                if rule is _NEG or rule is _SUB:
                    whole.minus.append(node[-1])
                    pending += node[1:-1]
                elif rule is _DOT:
                    n = len(node) // 2
                    for left, right in zip(node[1:n], node[n:-1]):
                        whole.lefts.append(left)
                        whole.rights.append(right)
                    pending.append(node[-1])
                else:
                    pending += node[:0:-1]
            elif node != ZERO:
                whole.plus.append(number)
        # The factor that is the same for all examples is on the left: a weight.
        for i, (left, right) in enumerate(zip(whole.lefts, whole.rights)):
            if batched[left] and not batched[right]:
                whole.lefts[i], whole.rights[i] = right, left
        return whole

    def give_back(self, numbers: list[int]) -> dict[int, list[int]]:
        """Products of two spaces stay in a sum if there are several, or where sums share their factors.

        The others become nodes again: a list of them for each sum, which they precede.
        """
        batched = self.batched
        products: list[tuple[int, list[int], list[int]]] = []  # (sum, left factors, right factors)
        for number in numbers:
            whole = self.sums[number]
            spaces = [*zip(map(batched.__getitem__, whole.lefts), map(batched.__getitem__, whole.rights))]
            for own in dict.fromkeys(spaces):
                of_own = [space == own for space in spaces]
                products.append((number, [*compress(whole.lefts, of_own)], [*compress(whole.rights, of_own)]))
            whole.lefts, whole.rights = [], []
        shared = Counter(tuple(sorted(factors)) for _, *both in products for factors in both)
        before: dict[int, list[int]] = {}
        for number, lefts, rights in products:
            whole = self.sums[number]
            if self._worth_a_matrix(lefts, rights, shared):
                whole.lefts += lefts
                whole.rights += rights
            else:
                made = [self.add((_MUL, a, b), batched[a] or batched[b]) for a, b in zip(lefts, rights)]
                before[number] = [*before.get(number, ()), *made]
                whole.plus = [*whole.plus, *made]
        return before

    def _worth_a_matrix(self, lefts: list[int], rights: list[int], shared: Counter[tuple[int, ...]]) -> bool:
        if len({*lefts}) == 1 and self.number(lefts[0]) is not None:
            return False  # 100·a + 100·b is a multiplication by a number, not by a matrix
        if len(lefts) >= 4 or max(shared[tuple(sorted(factors))] for factors in (lefts, rights)) > 1:
            return True
        return len(lefts) >= 2 and all(self.nodes[left][0] == "param" for left in lefts)

    def _aligned(self, number: int) -> list[int]:
        """Operands of softmax and the like shall lie in one space; those that don't are copied."""
        rule, constants = self.nodes[number][0], self.nodes[number][0].index_operands
        chosen, listed = self.nodes[number][1 : 1 + constants], self.nodes[number][1 + constants :]
        spaces = [self.space(operand) for operand in listed]
        if len(set(spaces)) == 1:
            return []
        copies = [
            operand if space == "V" else self.add((_IDENTITY, operand), True)
            for operand, space in zip(listed, spaces)
        ]
        made = [copy for copy, operand in zip(copies, listed) if copy != operand]
        self.sums.update({copy: Sum(plus=[self.nodes[copy][1]]) for copy in made})
        self.nodes[number] = (rule, *chosen, *copies)
        return made
