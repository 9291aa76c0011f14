"""The result of `gradcheck`, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..nodes.plain import Printed, aligned


@dataclass(frozen=True)
class Entry:
    """One derivative: ours in both modes, the numerical one, and what to make of them.

    `verdict` begins with "ok", or with "WRONG", or says why there is nothing to compare with; then
    `numerical` is nan.
    """

    name: str
    reverse: float
    forward: float
    numerical: float
    verdict: str
    rounding: float = 0.0  # how far off ours and the numerical one may be by rounding

    @property
    def error(self) -> float:
        """|ours − numerical|, relative to the larger of the two; 0 if they differ by rounding only."""
        apart = max(abs(self.reverse - self.numerical), abs(self.forward - self.numerical))
        return 0.0 if apart <= self.rounding else apart / max(abs(self.reverse), abs(self.numerical), 1e-300)

    @property
    def wrong(self) -> bool:
        """Whether ours is wrong."""
        return self.verdict.startswith("WRONG")


@dataclass(frozen=True, repr=False)
class Gradcheck(Printed):
    """The table of `gradcheck`; true if no derivative is wrong."""

    entries: tuple[Entry, ...]
    note: str = ""

    def __bool__(self) -> bool:
        return not any(entry.wrong for entry in self.entries)

    def _text(self) -> str:
        return table(self.entries) + (f"\n{self.note}" if self.note else "")


class GradcheckError(AssertionError):
    """Derivatives are wrong: the message is the table, worst first; `report` is the Gradcheck."""

    def __init__(self, report: Gradcheck) -> None:
        wrong = sorted((e for e in report.entries if e.wrong), key=lambda e: e.error, reverse=True)
        super().__init__(f"{len(wrong)} of {len(report.entries)} derivatives are wrong\n{table(wrong)}")
        self.report = report


def table(entries: Sequence[Entry]) -> str:
    """The entries as aligned columns; of many, the first twenty."""
    head = ("derivative", "reverse", "forward", "numerical", "relative error", "verdict")
    rows: list[tuple[str, ...]] = [head]
    for e in entries[:20]:
        numbers = (f"{number + 0.0:.9g}" for number in (e.reverse, e.forward, e.numerical))
        cells = (e.name, *numbers, f"{e.error:.1g}", e.verdict)
        rows.append(tuple("—" if cell == "nan" else cell for cell in cells))
    text = aligned(rows, right=range(1, 5), gap="   ")
    if len(entries) > 20:
        worst = max(entry.error for entry in entries)
        text += f"\n… and {len(entries) - 20} more; the largest relative error is {worst:.1g}"
    return text
