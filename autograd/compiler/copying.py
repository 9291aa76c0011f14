"""Which items of a group are better computed apart: those that would have to be copied together first."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from .arrays import numpy
from .layout import Layout
from .shapes import strides


class Copying:
    """Counts the arrays that groups copy; `lined_up` are groups that are computed next to each other."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lined_up: list[set[int]] = []

    def apart(self, *tables: Any, more: int = 1) -> list[Any]:
        """Which items of a group become groups of their own: those that read the same groups, once.

        What an item reads is a row of each table. One operation on what lies in several groups has to copy
        it together first; if the copies cost as much as several operations, these are better. `more` says
        how many operations each part is.
        """
        together = sum(map(self.copies, tables))
        if not together:
            return self._together(tables)
        lines = [self.layout.home[table].reshape(len(table), -1) for table in tables]
        lines += [_occurrences(table)[:, None] for table in tables if table.ndim == 1]
        parts: defaultdict[bytes, list[int]] = defaultdict(list)
        for i, line in enumerate(self.layout.numpy.concatenate(lines, axis=1)):
            parts[line.tobytes()].append(i)
        if (len(parts) - 1) * more > together:
            return self._together(tables)
        apart = (len(parts) - 1) * more
        apart += sum(self.copies(table[part]) for part in parts.values() for table in tables)
        return list(parts.values()) if apart <= together else self._together(tables)

    def _together(self, tables: tuple[Any, ...]) -> list[Any]:
        """All items; what lies in several groups comes to lie together."""
        homes = [{*self.layout.home[table].ravel().tolist()} for table in tables]
        self.lined_up += [several for several in homes if len(several) > 1]
        return [slice(None)]

    def copies(self, index: Any) -> int:
        """The number of arrays to copy in order to have the values of nodes together, in this order."""
        np = self.layout.numpy
        rows, homes = self.layout.row[index].ravel(), self.layout.home[index].ravel()
        found: set[int] = {*homes.tolist()}
        if len(found) == 1:
            return int(strides(self.layout.row[index]) is None)
        taken = [together for together in self.lined_up if not together.isdisjoint(found)]
        if any(together.issuperset(found) for together in taken):
            return 1
        copies = int(np.count_nonzero(np.diff(homes)) >= len(found))
        for home in found:
            part = rows[homes == home]
            whole = (
                home >= 0 and len(part) == len(self.layout.groups[home].nodes) and (np.diff(part) == 1).all()
            )
            copies += not whole or any(home in together for together in taken)
        return copies


def _occurrences(line: Any) -> Any:
    """For each number of a line, its count before that place."""
    seen = Counter[int]()
    found = numpy().zeros(len(line), int)
    for i, number in enumerate(line.tolist()):
        found[i] = seen[number]
        seen[number] += 1
    return found
