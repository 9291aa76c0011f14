"""From outcomes to findings: the mistake that others follow from comes first, and they are counted below it.

The evidence is the methods of the engine that ran in an example. A method is proven if an operation
built on it passes everything; the fewer unproven methods a failing operation is built on, the nearer
it is to the root, and whatever else runs its unproven methods and fails is a follow-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .examples import Outcome
from .interface import Interface
from .passes import mistake_in
from .report import Finding
from .trials import ADD, K, Operation


@dataclass
class Subject:
    """An operation and what an engine made of it, alone and with more around it."""

    operation: Operation
    alone: list[Outcome]
    inside: list[Outcome] = field(default_factory=list[Outcome])

    @property
    def outcomes(self) -> list[Outcome]:
        """All, from the simplest."""
        return self.alone + self.inside

    @property
    def wrong(self) -> list[Outcome]:
        """Those with a wrong number."""
        return [outcome for outcome in self.outcomes if outcome.wrong]

    def first(self, kind: str) -> Finding | None:
        """The first finding of a kind about the operation by itself."""
        found = (outcome.finding for outcome in self.alone)
        return next((finding for finding in found if finding and finding.kind == kind), None)

    @property
    def missing(self) -> Finding | None:
        """The finding that the engine does not support the operation."""
        return self.first("missing")

    @property
    def planned(self) -> int:
        """The number of checks, whether or not they could be made."""
        return len(self.alone) + len(list(self.operation.inside()))

    @property
    def works(self) -> bool:
        """Whether it is right by itself."""
        return not self.missing and not any(outcome.wrong for outcome in self.alone)

    @property
    def methods(self) -> frozenset[str]:
        """The checks that it builds on; only itself if nothing could be seen."""
        seen = frozenset[str]().union(*(outcome.methods for outcome in self.alone))
        return seen or frozenset({self.operation.code})


@dataclass
class _Root:
    finding: Finding
    culprits: frozenset[str]  # methods; none for the backward pass, which everything uses
    follow_ups: list[Outcome] = field(default_factory=list[Outcome])
    everything: bool = False

    def causes(self, outcome: Outcome, alone: bool) -> bool:
        """Whether a wrong outcome may follow from this."""
        if self.culprits:
            return bool(self.culprits & outcome.methods)
        # The pass has no say in the values of an operation by itself, nor in the gradients of one step.
        return self.everything or not alone or (bool(outcome.gradients) and len(outcome.methods) > 1)

    def reported(self) -> Finding:
        """The finding with the codes of the other examples."""
        codes = dict.fromkeys(outcome.example.code for outcome in self.follow_ups)
        own = self.finding.example.splitlines()
        return replace(self.finding, follow_ups=tuple(c for c in codes if f"c = {c}" not in own))


def roots(
    engine: Interface,
    passes: Sequence[Outcome],
    subjects: Sequence[Subject],
    others: Sequence[Outcome],
) -> list[Finding]:
    """The mistakes: each root with the codes of its follow-ups; `others` are roots only as a last resort."""
    found: list[_Root] = []
    failed = [outcome for outcome in passes if outcome.wrong]
    if failed:
        mistake = mistake_in(engine, passes)
        simplest = min(failed, key=lambda outcome: len(outcome.example.code))
        finding = simplest.finding
        assert finding is not None
        if mistake is not None:
            finding = replace(finding, sentence=f"{_without_why(simplest)} {mistake.sentence}")
        found.append(_Root(finding, mistake.methods if mistake else frozenset(), failed))
    elif shared := _in_every_operation(subjects):
        found.append(shared)

    proven = frozenset[str]().union(*(s.methods for s in subjects if s.works and not s.wrong))
    failing = [
        (subject.methods - proven or subject.methods, subject) for subject in subjects if subject.wrong
    ]
    for culprits, subject in sorted(failing, key=lambda pair: len(pair[0])):
        own: _Root | None = None
        for outcome in subject.wrong:
            root = own or next((r for r in found if r.causes(outcome, outcome in subject.alone)), None)
            if root is None:
                own = _Root(_explained(engine, subject.operation, outcome), culprits)
                found.append(own)
            else:
                root.follow_ups.append(outcome)
    last: _Root | None = None
    for outcome in filter(lambda outcome: outcome.wrong, others):
        root = next((r for r in found if r.causes(outcome, alone=False)), last)
        if root is None:
            assert outcome.finding is not None
            last = _Root(outcome.finding, frozenset())
        else:
            root.follow_ups.append(outcome)
    return [root.reported() for root in (*found, *filter(None, [last]))]


def _in_every_operation(subjects: Sequence[Subject]) -> _Root | None:
    """If no operation is right, the fault is in what they share."""
    tried = [s for s in subjects if not s.missing and s.operation.code != "+a"]  # which may be a itself
    first = tried[0].first("wrong") if tried else None
    if len(tried) < 2 or first is None or any(subject.works for subject in tried):
        return None
    nothing = not any(any(outcome.gradients.values()) for outcome in tried[0].alone + tried[1].alone)
    advice = (
        "the pass must go through all nodes, the result first, and call the backward step of each."
        if nothing and tried[0].alone[0].gradients
        else "look at what they share, the constructor and the backward pass."
    )
    return _Root(
        replace(first, sentence=f"{first.sentence} So it is with every operation: {advice}"),
        frozenset(),
        everything=True,
    )


def _without_why(outcome: Outcome) -> str:
    assert outcome.finding is not None
    return outcome.finding.sentence.removesuffix(outcome.example.why).rstrip()


def _explained(engine: Interface, operation: Operation, outcome: Outcome) -> Finding:
    """The finding, with its reason if the numbers are those of a popular mistake."""
    finding = outcome.finding
    assert finding is not None
    got, expected = outcome.gradients, outcome.expected
    wrong = [name for name in got if not engine.close(got[name], expected[name])]
    if outcome.example.code == operation.code and len(wrong) == 2:
        a, b = wrong
        if engine.close(got[a], expected[b]) and engine.close(got[b], expected[a]):
            sentence = f"In `{operation.code}` the gradients of {a} and {b} are swapped."
            return replace(finding, sentence=sentence)
    if outcome.example.at.get("k") != K or not wrong or "k" in wrong:
        return finding
    # (operation) * k + a + b: the gradient of a is k·∂operation/∂a + 1.
    local = {name: (expected[name] - 1.0) / K for name in wrong}
    before = _without_why(outcome)
    if all(engine.close(got[name], local[name] + 1.0) for name in wrong):
        why = "forgets the incoming gradient: multiply each local derivative by the result's own gradient."
    elif all(engine.close(got[name], local[name] * K) for name in wrong):
        why = f"has = for +=. {ADD}"
    else:
        why = "is right by itself, but not with another operation above it."
    return replace(finding, sentence=f"{before} The backward step of `{operation.code}` {why}")
