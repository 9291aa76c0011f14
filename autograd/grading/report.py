"""What `check_engine` found, as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = ("wrong", "missing", "limit")


@dataclass(frozen=True)
class Finding:
    """One mistake: a plain sentence and the smallest example that shows it.

    `kind` is "wrong" (a wrong number in everyday use), "missing" (an operator that is not there) or
    "limit" (right as far as it goes, but not in a second pass, a deep graph or an extreme number).
    """

    kind: str
    sentence: str
    example: str


@dataclass
class EngineReport:
    """All findings about an engine; `ok` where nothing is wrong. `str()` is for people."""

    engine: str
    checks: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])

    def add(self, finding: Finding | None) -> None:
        """Count a check and what it found."""
        self.checks += 1
        if finding is not None:
            self.findings.append(finding)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong (missing operators and limits don't count)."""
        return not self.of("wrong")

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def as_json(self) -> dict[str, Any]:
        """Everything, for `json.dumps`."""
        return {"engine": self.engine, "ok": self.ok, "checks": self.checks} | {
            "findings": [asdict(finding) for finding in self.findings]
        }

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> EngineReport:
        """The report that `as_json` wrote."""
        return cls(given["engine"], given["checks"], [Finding(**finding) for finding in given["findings"]])

    def __str__(self) -> str:
        if not self.findings:
            return f"{self.engine}: nothing wrong in {self.checks} checks"
        counts = ", ".join(f"{len(self.of(kind))} {kind}" for kind in KINDS if self.of(kind))
        lines = [f"{self.engine}: {counts}, in {self.checks} checks"]
        for kind in KINDS:
            for finding in self.of(kind):
                lines += ["", f"{kind.upper():8} {finding.sentence}"]
                lines += [f"         | {line}" for line in finding.example.splitlines()]
        return "\n".join(lines)
