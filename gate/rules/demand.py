"""What all rules share: margins, levels, missing evidence, and what an undecided comparison means."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Literal, Protocol

from gate.counts import Counts
from gate.evidence import Evidence, Run
from gate.slices import within
from gate.verdict import Finding, Outcome

Direction = Literal["max", "min"]
Level = Literal["block", "warn", "info"]
Undecided = Literal["review", "fail"]
Opponent = Literal["incumbent", "anchor"]

FEWEST_ROWS = 100  # below, that nothing was seen says nothing
FIRST = "there is no best to be compared with: a first baseline, which a person must review"


class Lacking(Exception):
    """Why a rule cannot be judged as it asks, in words."""

    def __init__(self, why: str, outcome: Outcome = Outcome.UNKNOWN) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(frozen=True)
class Margin:
    """How much worse a candidate may be: a share of |best| (``relative``, 0.03 for 3 %) or metric units."""

    text: str
    relative: float = 0.0
    absolute: float = 0.0

    def of(self, best: float) -> float:
        return max(abs(best) * self.relative, self.absolute)


class Rule(Protocol):
    """One demand of a policy."""

    @property
    def name(self) -> str: ...

    @property
    def level(self) -> Level: ...

    @property
    def on_inconclusive(self) -> Undecided: ...

    def judge(self, evidence: Evidence) -> Finding: ...


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What every rule says besides its own keys, and what it does where evidence is missing.

    ``level``: a rule may block, only ask a person (warn), or inform. ``on_inconclusive``: what a comparison means whose
    interval allows both answers. Levels are applied by `gate.policy.judge` alone.
    """

    level: Level = "block"
    on_inconclusive: Undecided = "review"

    @property
    @abstractmethod
    def name(self) -> str:
        """The kind, and what it is about."""

    @property
    @abstractmethod
    def required(self) -> str:
        """What is demanded, in words."""

    @abstractmethod
    def weigh(self, evidence: Evidence) -> Finding:
        """Judge evidence that is there.

        Raises:
            Lacking: it is not.
        """

    def judge(self, evidence: Evidence) -> Finding:
        """Never raises for want of evidence: what is missing is a finding."""
        try:
            return self.weigh(evidence)
        except Lacking as gap:
            message = f"{gap}; required: {self.required}"
            return Finding(self.name, gap.outcome, message, str(gap), self.required, lacking=True)

    @property
    def undecided(self) -> Outcome:
        return Outcome.FAILED if self.on_inconclusive == "fail" else Outcome.REVIEW

    def decided(self, passes: bool, fails: bool) -> Outcome:
        """Of an interval that lies within what is allowed, beyond it, or on both sides."""
        if fails:
            return Outcome.FAILED
        return Outcome.PASSED if passes else self.undecided


def candidate_of(evidence: Evidence) -> Run:
    if evidence.candidate is None:
        raise Lacking("there is no candidate run to judge")
    return evidence.candidate


def opponent_of(evidence: Evidence, against: Opponent = "incumbent") -> Run:
    """The run to be compared with. No best yet is a first baseline; a missing anchor is missing evidence."""
    found = evidence.anchor if against == "anchor" else evidence.best
    if found is not None:
        return found
    if against == "anchor":
        raise Lacking(f"there is no anchor: {evidence.why('anchor')}")
    raise Lacking(FIRST, Outcome.REVIEW)


def counts_of(evidence: Evidence, against: Opponent = "incumbent", part: str = "") -> Counts:
    """The counts of both runs' predictions, or of the rows of one slice, written column=value."""
    candidate_of(evidence)
    opponent_of(evidence, against)
    counts = evidence.anchor_counts if against == "anchor" else evidence.counts
    if counts is None:
        why = evidence.why("anchor_counts") if against == "anchor" else evidence.counts_missing
        raise Lacking(f"no predictions to compare: {why}")
    if not part:
        return counts
    named = {f"{each.column}={each.value}": each for each in counts.slices}
    if part not in named:
        raise Lacking(f"there is no slice {part} in the predictions (counted: {_some(list(named))})")
    return within(counts, named[part])


def against_words(against: Opponent) -> str:
    """For the name of a rule."""
    return " against the anchor" if against == "anchor" else ""


def _some(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more
