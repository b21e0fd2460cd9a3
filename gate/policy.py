"""A policy, and the one function that judges evidence by it."""

from __future__ import annotations

from dataclasses import dataclass

from gate.evidence import Evidence
from gate.rules import Rule
from gate.verdict import Finding, Verdict


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
    return Verdict((*standing, *(rule.judge(evidence) for rule in policy.rules)))
