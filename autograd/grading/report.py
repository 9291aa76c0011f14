"""The findings of `check_engine`, as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ..nodes.plain import Printed

KINDS = ("wrong", "missing", "limit")


@dataclass(frozen=True)
class Finding:
    """One mistake: a plain sentence and the smallest example that shows it.

    `kind` is "wrong" (a wrong number in everyday use), "missing" (an operator that is not there) or
    "limit" (right as far as it goes, but not in a second pass, a deep graph or an extreme number).
    `follow_ups` are the other examples that fail because of it.
    """

    kind: str
    sentence: str
    example: str
    follow_ups: tuple[str, ...] = ()


@dataclass(repr=False)
class EngineReport(Printed):
    """All findings about an engine, the root of the trouble first.

    `checks` is the number of checks there are for what the engine has, and `passed` how many of
    them it passes; a check of something built on what is wrong is not made, and does not pass.
    """

    engine: str
    checks: int = 0
    passed: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (missing operators and limits don't count)."""
        return not self.of("wrong")

    @property
    def score(self) -> int:
        """The checks that pass, in percent; 100 only if all do."""
        return 100 * self.passed // self.checks if self.checks else 0

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """Everything, for `json.dumps`."""
        counts = {"checks": self.checks, "passed": self.passed, "score": self.score}
        findings = [asdict(finding) for finding in self.findings]
        return {"engine": self.engine, "ok": self.ok, **counts, "findings": findings}

    @classmethod
    def from_json(cls, report: dict[str, Any]) -> EngineReport:
        """The report that `as_json` wrote."""
        findings = [
            Finding(**finding | {"follow_ups": tuple(finding["follow_ups"])})
            for finding in report["findings"]
        ]
        return cls(report["engine"], report["checks"], report["passed"], findings)

    def _text(self) -> str:
        if not self.findings:
            return f"{self.engine}: nothing wrong in {self.checks} checks"
        counts = ", ".join(f"{len(self.of(kind))} {kind}" for kind in KINDS if self.of(kind))
        lines = [f"{self.engine}: {counts}; {self.passed} of {self.checks} checks pass"]
        for kind in KINDS:
            for finding in self.of(kind):
                lines += ["", f"{kind.upper():8} {finding.sentence}"]
                lines += [f"         | {line}" for line in finding.example.splitlines()]
                if finding.follow_ups:
                    lines.append(f"         {_and_others(finding.follow_ups)}")
        return "\n".join(lines)


def _and_others(codes: tuple[str, ...]) -> str:
    """The number of other checks that fail because of a mistake, and the first of them."""
    shown = ", ".join(f"`{code}`" for code in codes[:3]) + (", …" if len(codes) > 3 else "")
    checks = "check fails" if len(codes) == 1 else "checks fail"
    return f"{len(codes)} more {checks} because of it: {shown}"
