"""The answers a rule can give, and the verdict they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

Unit = Literal["metric", "score", "share", "ratio", "confidence", "classes", "progress", "uses"]


class Outcome(Enum):
    """REVIEW: the evidence exists but a person must judge. UNKNOWN: evidence is missing. The later, the worse."""

    PASSED = "passed"
    REVIEW = "review"
    UNKNOWN = "unknown"
    FAILED = "failed"

    @property
    def severity(self) -> int:
        return list(Outcome).index(self)


@dataclass(frozen=True)
class Effect:
    """How large a thing is that a rule looks at: an ``estimate`` between ``low`` and ``high``, and a limit, ``margin``.

    A difference is candidate minus best, so that a limit of -0.01 allows a loss of 0.01. ``fewer`` is better where a
    limit is a ceiling. ``formula`` is a key of `gate.formulas.FORMULAS`; ``needed`` says what would change the answer.
    Ends and limit are None where there is no interval, and nothing is demanded. ``levels`` are what the best and the
    candidate have by themselves, where ``estimate`` is their difference.
    """

    label: str
    estimate: float
    low: float | None
    high: float | None
    margin: float | None
    unit: Unit
    n: float
    formula: str
    needed: str = ""
    confidence: float | None = None
    fewer: bool = False
    levels: tuple[float, float] | None = None


@dataclass(frozen=True)
class Finding:
    """One rule's answer: what was ``found``, what was ``required``, and a sentence that says both.

    ``conflict`` marks a finding about who is best now, which no rule can weigh: tag and ledger disagree. ``lacking``
    marks one that rests on less than the rule asks for, such as a first baseline: it never ends as a pass. ``own`` is
    the outcome before the rule's level changed it, where it did; ``measured`` that of the effect alone, where the rule
    demands more than it.
    """

    rule: str
    outcome: Outcome
    message: str
    found: str
    required: str
    conflict: bool = False
    lacking: bool = False
    effect: Effect | None = None
    own: Outcome | None = None
    measured: Outcome | None = None

    @property
    def of_effect(self) -> Outcome:
        """What the number says by itself, whatever else is demanded and whatever the rule's level."""
        return self.measured or self.own or self.outcome


@dataclass(frozen=True)
class Verdict:
    """The findings of one comparison, in the order of the rules; at least one."""

    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if not self.findings:
            raise ValueError("a verdict needs at least one finding: nothing examined is not a pass")

    @property
    def outcome(self) -> Outcome:
        return max((finding.outcome for finding in self.findings), key=lambda outcome: outcome.severity)

    @property
    def exit_code(self) -> int:
        """0 passed or review, 1 failed, 3 unknown, 5 conflict (which weighs more than any comparison)."""
        if any(finding.conflict for finding in self.findings):
            return 5
        return {Outcome.FAILED: 1, Outcome.UNKNOWN: 3}.get(self.outcome, 0)
