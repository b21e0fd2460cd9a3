"""The verdict in one line."""

from __future__ import annotations

from collections.abc import Mapping

from gate.markdown import visible
from gate.review import Review
from gate.verdict import Outcome

STATUS_LIMIT = 140  # characters of a commit status
SIGNS: Mapping[Outcome, str] = {
    Outcome.PASSED: "✅",
    Outcome.REVIEW: "👀",
    Outcome.UNKNOWN: "❔",
    Outcome.FAILED: "❌",
}
WORDS: Mapping[Outcome, str] = {
    Outcome.PASSED: "may replace the best, once a person approves",
    Outcome.REVIEW: "needs a person's judgement",
    Outcome.UNKNOWN: "cannot be judged: evidence is missing",
    Outcome.FAILED: "must not replace the best",
}
CONFLICT = 5  # the exit code


def headline(review: Review) -> str:
    """At most 140 characters that print, as a commit status allows."""
    outcome = review.verdict.outcome
    if review.verdict.exit_code == CONFLICT:
        return "Conflict: who is best must be settled first"
    worst = [each.rule for each in review.verdict.findings if each.outcome is outcome]
    names = f" ({', '.join(worst)})" if outcome is not Outcome.PASSED else ""
    return visible(f"{outcome.name}: the candidate {WORDS[outcome]}{names}", STATUS_LIMIT)
