"""The names in the equations of a program: the names of parameters, inputs and groups.

W² and b² are what layer 2 multiplies by and adds; a parameter that stands alone has its label. Those
that are also read in other sets, as by a penalty, are rows of θ, the program's `parameters`, and each
equation adds (+=) to their gradient.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from ..text.mathematics import ATOM, POWER, PRODUCT, SIGN, Style, Written, derivative, write_number
from ..text.names import is_one_word
from .groups import Group, Matrix, Rows, reads
from .regroup import Layout


class Names:
    """The names of everything that a layout's groups read, in a style; `names` those of groups."""

    def __init__(self, layout: Layout, inputs: Sequence[str], style: Style) -> None:
        self.layout, self.inputs, self.style = layout, inputs, style
        self.names: dict[Group, Written] = {}
        self.groups: defaultdict[str, list[Group]] = defaultdict(list)  # by space, and their first rows
        self.starts: defaultdict[str, list[int]] = defaultdict(list)
        for group in layout.forward:
            self.groups[group.space].append(group)
            self.starts[group.space].append(group.start)
        self.letters: dict[bytes, Written] = {}  # of parameters, by their rows
        self.turned: dict[str, Written] = {}  # by the names of transposed matrices, the matrices
        self.gradient_at: dict[int, str] = {}  # the names of gradients, by the first row of what they are of
        self.adding: set[str] = set()  # the gradients whose rows other gradients share
        self.sharing = self._sharing()
        self._name_parameters()

    # Parameters
    def _letter(self, letter: str, layer: int) -> Written:
        return Written(self.style.power(self.style.name(letter), str(layer)), POWER)

    def _are_params(self, rows: Rows) -> bool:
        return rows.space == "U" and bool((rows.index < len(self.layout.params)).all())

    def _params_among(self, rows: Rows) -> Rows | None:
        """The parameters among the operands, or None."""
        if self._are_params(rows):
            return rows
        index = rows.index[rows.index < len(self.layout.params)]
        return Rows("U", index) if rows.space == "U" and index.size else None

    def _name_parameters(self) -> None:
        """W and b for what a layer multiplies by and adds; the layer that reads them first counts."""
        layers = (g for g in self.layout.forward if isinstance(g, Matrix) and self._weights(g))
        for layer, group in enumerate(layers, 2):
            for rows in self._weights(group):
                self._parameters(rows, "W", layer)
            for _, rows in group.terms:
                if self._are_params(rows):
                    self._parameters(rows, "b", layer)

    def _weights(self, group: Matrix) -> list[Rows]:
        return [left for left, _ in group.blocks if self._are_params(left)]

    def _parameters(self, rows: Rows, letter: str = "w", layer: int = 1) -> Written:
        """The name of parameters, given at the first use."""
        key = rows.index.tobytes()
        if key not in self.letters:
            taken = {written.text for written in self.letters.values()}
            names = (
                self._letter(c, layer) if layer > 1 else Written(self.style.name(c))
                for c in (letter, *"UVSPQ")
            )
            turned = self.letters.get(rows.index.swapaxes(-1, -2).tobytes()) if rows.index.ndim == 3 else None
            if turned is not None:
                self.letters[key] = self._transposed(turned)
                self.turned[self.letters[key].text] = turned
            elif layer == 1 and (label := self._label(rows)) and self.style.name(label) not in taken:
                self.letters[key] = Written(self.style.name(label))
            elif layer == 1 and self._is_shared(rows):
                self.letters[key] = self._part_of_all(rows)
            else:
                free = (name for name in names if name.text not in taken)
                self.letters[key] = next(free, self._part_of_all(rows))
            name = self._derivative(self.letters[key].text)
            self.gradient_at[int(rows.index.min())] = name
            if self._is_shared(rows):
                self.adding.add(name)
        return self.letters[key]

    def _label(self, rows: Rows) -> str:
        """The user's name of a single parameter; "" if it would be misread."""
        if rows.index.size > 1:
            return ""
        label = self.layout.graph.labels[self.layout.params[int(rows.index.flat[0])]]
        return (
            label if is_one_word(label) and label.isprintable() and label not in ("C", *self.inputs) else ""
        )

    def _part_of_all(self, rows: Rows) -> Written:
        """Parameters as rows of θ, the program's vector of parameters."""
        part = sliced(rows.index.ravel(), len(self.layout.params))
        return Written(self.style.name("θ") + part, POWER if part else ATOM)

    def _sharing(self) -> Any:
        """The number of sets that each parameter is in, among those that are read."""
        read = (self._params_among(rows) for group in self.layout.forward for rows in reads(group))
        sets = {rows.index.tobytes(): rows.index for rows in read if rows}
        counts = self.layout.numpy.zeros(len(self.layout.params), int)
        for index in sets.values():
            counts[self.layout.numpy.unique(index)] += 1
        return counts

    def _is_shared(self, rows: Rows) -> bool:
        return bool((self.sharing[rows.index] > 1).any())

    # Rows
    def _whole(self, rows: Rows) -> Group | None:
        """The group of which these are all rows, in order."""
        [group, *others] = [group for group, _ in self._parts(rows)] or [None]
        return group if group and not others and self._part(group, rows.index) == "" else None

    def _parts(self, rows: Rows) -> list[tuple[Group, Any]]:
        """The groups whose results are in the rows, each with those of the rows that it has."""
        index, groups = rows.index.ravel(), self.groups[rows.space]
        places = self.layout.numpy.searchsorted(self.starts[rows.space], index, "right") - 1
        return [(groups[k], index[places == k]) for k in sorted({*places.tolist()} - {-1})]

    def _part(self, group: Group, index: Any) -> str:
        """Which rows of a group these are: "" for all, else as a slice."""
        return sliced(index.ravel() - group.start, len(group.nodes))

    def _read(self, rows: Rows) -> Written:
        """The contents of these rows."""
        style = self.style
        if self._are_params(rows):
            return self._parameters(rows)
        if rows.space.startswith("X"):
            name, size = self.inputs[int(rows.space[1:])], self.layout.sizes[rows.space]
            return Written(style.name(name) + windows(rows.index, size))
        params = self._params_among(rows)
        pieces = [self._parameters(params)] if params else []
        for group, inside in self._parts(rows):
            index = rows.index if inside.size == rows.index.size else inside
            part = windows(index - group.start, len(group.nodes))
            name = self.names[group]
            pieces.append(Written(self._fence(name, POWER) + part) if part else name)
        constants = self._constants(rows)
        if constants:
            alike = len({*map(repr, constants)}) == 1 and (len(constants) == 1 or rows.index.ndim < 3)
            pieces.append(write_number(constants[0], style) if alike else Written(style.name("c")))
        return pieces[0] if len(pieces) == 1 else Written(style.fenced(", ".join(p.text for p in pieces)))

    def _constants(self, rows: Rows) -> list[float]:
        """The constants among what is read."""
        places: list[int] = (rows.index - self.layout.first_constant).ravel().tolist()
        known = self.layout.constants
        return [known[k] for k in places if 0 <= k < len(known)] if rows.space == "U" else []

    # Phrases
    def _derivative(self, by: str) -> str:
        return derivative(self.style.name("C"), by, self.style)

    def _fence(self, piece: Written, binds: int = PRODUCT) -> str:
        return self.style.fenced(piece.text) if piece.binds < binds else piece.text

    def _dot(self, a: Written, b: Written) -> Written:
        return Written(self.style.infix(self._fence(a), "·", self._fence(b)), PRODUCT)

    def _sum(self, a: Written) -> Written:
        return Written(self.style.row(self.style.symbol("Σ"), self.style.symbol(" "), self._fence(a)), SIGN)

    def _transposed(self, a: Written) -> Written:
        raised = "^" in a.text and not self.style.stacked
        body = self._fence(a, ATOM if raised else POWER)
        return self.turned.get(a.text) or Written(self.style.transposed(body))


def are_windows(index: Any) -> bool:
    """Whether an index has several columns, as where a filter slides over rows."""
    return index.ndim == 3 and index.shape[0] == 1 and index.shape[2] > 1


def windows(index: Any, size: int) -> str:
    """Which rows an index has: for a matrix its columns, as [0:3 | 1:4], where a filter slides over rows."""
    if not are_windows(index):
        return sliced(index.ravel(), size)
    columns = [sliced(column, size)[1:-1] for column in index[0].T]
    return f"[{' | '.join(columns if len(columns) <= 4 else [*columns[:2], '…', columns[-1]])}]"


def sliced(index: Any, size: int) -> str:
    """Which of `size` rows an index has: "" for all, else Python's slices."""
    numbers: list[int] = index.tolist()
    if set(numbers) == set(range(size)):
        return ""
    runs: list[list[int]] = []
    for row in sorted(set(numbers)):
        if runs and runs[-1][1] == row:
            runs[-1][1] += 1
        else:
            runs.append([row, row + 1])
    return f"[{', '.join(f'{a}:{b}' for a, b in runs)}]" if len(runs) <= 3 else "[…]"
