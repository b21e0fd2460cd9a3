"""A policy, and the one function that judges evidence by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gate.evidence import Evidence
from gate.rules import Level, Rule
from gate.verdict import Finding, Outcome, Verdict

CHANGED: Mapping[Level, Mapping[Outcome, Outcome]] = {
    "block": {},
    "warn": {Outcome.FAILED: Outcome.REVIEW, Outcome.UNKNOWN: Outcome.REVIEW},
    "info": {Outcome.FAILED: Outcome.PASSED, Outcome.REVIEW: Outcome.PASSED, Outcome.UNKNOWN: Outcome.REVIEW},
}
SAID: Mapping[Level, str] = {"block": "", "warn": "it only warns", "info": "for information"}


@dataclass(frozen=True)
class Policy:
    """The rules of one scope; at least one. ``source`` says where they were read, ``digest`` is their sha256."""

    rules: tuple[Rule, ...]
    source: str
    digest: str

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("a policy needs at least one rule: nothing demanded is not a pass")


def judge(evidence: Evidence, policy: Policy, standing: tuple[Finding, ...] = ()) -> Verdict:
    """Judge by every rule, never stopping at the first failure.

    ``standing`` are the findings about the runs themselves (is there a candidate, who is best), which come first.
    """
    return Verdict((*standing, *(leveled(rule.judge(evidence), rule.level) for rule in policy.rules)))


def leveled(finding: Finding, level: Level) -> Finding:
    """What a rule of this level makes of its finding. Whatever lacks evidence passes at no level."""
    outcome = CHANGED[level].get(finding.outcome, finding.outcome)
    if outcome is Outcome.PASSED and finding.lacking:
        outcome = Outcome.REVIEW
    if outcome is finding.outcome:
        return finding
    return replace(finding, outcome=outcome, own=finding.outcome, message=f"{finding.message} ({SAID[level]})")
