"""A rule with several demands: each is answered by itself, and the finding is the worst of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gate.rules.demand import Demand, Lacking
from gate.verdict import Effect, Finding, Outcome


@dataclass(frozen=True)
class Part:
    """What was found about one demand, or only for information.

    ``kept`` is what a reviewer decides on, where ``said`` also counts what others do meanwhile: with every new
    evaluation of a test set all open reviews would be stale.
    """

    said: str
    outcome: Outcome = Outcome.PASSED
    effect: Effect | None = None
    lacking: bool = False
    kept: str = ""


def attempted(step: Callable[[], Part]) -> Part:
    """Missing evidence for one demand leaves the others to be judged."""
    try:
        return step()
    except Lacking as gap:
        return Part(str(gap), gap.outcome, lacking=True)


def joined(rule: Demand, parts: Sequence[Part], about: str = "") -> Finding:
    """One finding; its effect is that of the worst part that has one."""
    order = sorted(parts, key=lambda part: -part.outcome.severity)
    measured = next((part for part in order if part.effect is not None), None)
    said = "; ".join(dict.fromkeys(part.said for part in order))  # what decides is read first
    return Finding(
        rule.name,
        order[0].outcome,
        f"{said} ({about})" if about else said,
        "; ".join(dict.fromkeys(part.kept or part.said for part in parts)),
        rule.required,
        lacking=any(part.lacking for part in parts),
        effect=measured.effect if measured else None,
        measured=measured.outcome if measured and measured.outcome is not order[0].outcome else None,
    )
