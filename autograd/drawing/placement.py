"""Where labels go: each beside its own edge, and clear of everything else.

Graphviz leaves room for labels but may put one next to another's edge. Here every label tries places
along its edge, above, below and on it, and takes the best: the one that covers least.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

GAP = 2  # points between a label and its edge


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle by its corners."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, points: Sequence[Point], margin: float = 0.0) -> Rect:
        """The smallest rectangle that holds the points, and a margin."""
        xs, ys = zip(*points, strict=True)
        return cls(min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin)

    @property
    def centre(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def moved_to(self, centre: Point) -> Rect:
        """The same size around another centre."""
        width, height = (self.right - self.left) / 2, (self.bottom - self.top) / 2
        x, y = centre
        return Rect(x - width, y - height, x + width, y + height)

    def overlap(self, other: Rect) -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def distance(self, point: Point) -> float:
        """How far outside a point lies."""
        x, y = point
        return math.hypot(max(self.left - x, 0.0, x - self.right), max(self.top - y, 0.0, y - self.bottom))


def place(
    labels: Sequence[tuple[int, Rect]], lines: Sequence[Sequence[Point]], boxes: Sequence[Rect], page: Rect
) -> list[Rect]:
    """New places for labels, each given with the number of its line and where it is now.

    `lines` are points along the edges, close together; `boxes` must not be covered, nor the `page`
    be left.
    """
    near = [Rect.around(line, margin=2 * GAP) for line in lines]
    placed: list[Rect] = []
    for own, label in labels:
        best, least = label, math.inf
        for rect, cost in _candidates(label, lines[own]):
            cost += 20 * sum(map(rect.overlap, boxes)) + 20 * sum(map(rect.overlap, placed))
            cost += 20 * (rect.overlap(rect) - rect.overlap(page))
            if cost >= least:
                continue
            for number, line in enumerate(lines):
                if number != own and rect.overlap(near[number]):
                    cost += 12 * sum(rect.distance(point) < 2 * GAP for point in line)
            if cost < least:
                best, least = rect, cost
        placed.append(best)
    return placed


def _candidates(label: Rect, line: Sequence[Point]) -> Iterator[tuple[Rect, float]]:
    """Places along the line, with how much each is disliked for itself."""
    width, height = label.right - label.left, label.bottom - label.top
    for share in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74):
        i = round(share * (len(line) - 1))
        x, y = line[i]
        (x0, y0), (x1, y1) = line[max(i - 2, 0)], line[min(i + 2, len(line) - 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1.0
        across = (y0 - y1) / length, (x1 - x0) / length
        reach = abs(across[0]) * width / 2 + abs(across[1]) * height / 2 + GAP
        for side in (-1, 1, 0):
            rect = label.moved_to((x + side * reach * across[0], y + side * reach * across[1]))
            touched = sum(rect.distance(point) == 0.0 for point in line)
            aside = 60 * abs(share - 0.5) + (side == 1) * 4 + (side == 0) * 25
            yield rect, aside + (6 * touched if side else 0.4 * touched)
