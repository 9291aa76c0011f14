"""Where labels go: each beside its own edge, and clear of everything else.

Graphviz leaves space for labels but may put one next to another's edge. Here every label tries places
along its edge, on every side of it, and takes the best: the one that covers least.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

MARGIN = 3  # points between a label's letters and its left and right end
GAP = 2  # points between a label and its edge
ACROSS = 400  # how much it is disliked that a label lies across an edge
BORDER = 60  # and across the border of a frame, near the name of its scope
ROUNDS = 4  # in which all labels choose their places
SHARES = sorted((n / 25 for n in range(2, 24)), key=lambda share: abs(share - 0.5))  # of the edge's length


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

    def distances(self, points: Sequence[Point]) -> list[float]:
        """The distances of points from the rectangle."""
        left, top, right, bottom = self.left, self.top, self.right, self.bottom
        return [
            math.hypot(
                left - x if x < left else x - right if x > right else 0.0,
                top - y if y < top else y - bottom if y > bottom else 0.0,
            )
            for x, y in points
        ]


def place(
    labels: Sequence[tuple[int, Rect]],
    lines: Sequence[Sequence[Point]],
    boxes: Sequence[Rect],
    frames: Sequence[Rect],
    page: Rect,
) -> list[Rect]:
    """New places for labels, each given with the number of its line and its present place.

    `lines` are points along the edges, close together; `boxes` must not be covered, nor the `page`
    be left, and better no border of the `frames` be crossed. Labels choose one after the other; those
    that find no good place choose first the next time.
    """
    extents = [Rect.around(line, margin=5 * GAP) for line in lines]
    order = list(range(len(labels)))
    best: dict[int, tuple[Rect, float]] = {}
    for _ in range(ROUNDS):
        placed: dict[int, tuple[Rect, float]] = {}
        for i in order:
            others = [*boxes, *(rect for rect, _ in placed.values())]
            placed[i] = _best(*labels[i], lines, extents, others, frames, page)
        if not best or _total(placed) < _total(best):
            best = placed
        crowded = [i for i in order if placed[i][1] >= ACROSS]
        if not crowded:
            break
        order = crowded + [i for i in order if i not in crowded]
    return [best[i][0] for i in range(len(labels))]


def _total(placed: Mapping[int, tuple[Rect, float]]) -> float:
    return sum(cost for _, cost in placed.values())


def _best(
    own: int,
    label: Rect,
    lines: Sequence[Sequence[Point]],
    extents: Sequence[Rect],
    others: Sequence[Rect],
    frames: Sequence[Rect],
    page: Rect,
) -> tuple[Rect, float]:
    """The best place for the label of a line beside the `others`, and how much it is disliked."""
    best, least = label, math.inf
    ends = (lines[own][0], lines[own][-1])  # where edges meet, none is another's neighbour
    for rect, dislike in _candidates(label, lines[own]):
        covered = sum(map(rect.overlap, others))
        cost = dislike + 20 * covered + 2 * ACROSS * (covered > 0)
        whole = rect.overlap(rect)
        cost += 20 * (whole - rect.overlap(page))
        cost += BORDER * sum(0 < rect.overlap(frame) < whole for frame in frames)
        text = Rect(rect.left + MARGIN, rect.top, rect.right - MARGIN, rect.bottom)
        distance = min(text.distances(lines[own]))
        for number, line in enumerate(lines):
            if cost >= least:
                break
            if number != own and rect.overlap(extents[number]):
                away = rect.distances(line)
                nearest = min(away)
                cost += ACROSS * (nearest == 0)
                if nearest < 2 * GAP + MARGIN:
                    cost += ACROSS / 4 * (min(text.distances(line)) < distance + GAP)
                    cost += 8 * sum(d < 2 * GAP and not _close(p, ends) for d, p in zip(away, line))
        if cost < least:
            best, least = rect, cost
    return best, least


def _close(point: Point, ends: Sequence[Point]) -> bool:
    return any(math.dist(point, end) < 24 for end in ends)


def _candidates(label: Rect, line: Sequence[Point]) -> Iterator[tuple[Rect, float]]:
    """Places along the line, snugly on each side and across it, with how much each is disliked."""
    half_width, half_height = (label.right - label.left) / 2, (label.bottom - label.top) / 2
    for share in SHARES:
        x, y = line[round(share * (len(line) - 1))]
        heights = [py for px, py in line if abs(px - x) <= half_width + GAP]
        widths = [px for px, py in line if abs(py - y) <= half_height + GAP]
        above, below = min(heights) - GAP - half_height, max(heights) + GAP + half_height
        left, right = min(widths) - GAP - half_width, max(widths) + GAP + half_width
        aside = 60 * abs(share - 0.5)
        for centre, dislike in (((x, above), 0), ((x, below), 4), ((right, y), 2), ((left, y), 4)):
            rect = _snug(label.moved_to(centre), line, (x, y))
            yield rect, aside + dislike + 0.7 * rect.distances([(x, y)])[0]
        yield label.moved_to((x, y)), aside + ACROSS


def _snug(rect: Rect, line: Sequence[Point], point: Point) -> Rect:
    """The rectangle moved towards a point of the line, as near to the line as labels stand."""
    for _ in range(3):
        distance = min(rect.distances(line))
        (x, y), way = rect.centre, math.dist(rect.centre, point)
        if distance < 1.2 * GAP or not way:
            break
        share = (distance - GAP) / way
        rect = rect.moved_to((x + share * (point[0] - x), y + share * (point[1] - y)))
    return rect
