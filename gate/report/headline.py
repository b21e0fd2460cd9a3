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


def sentence(review: Review) -> str:
    """The verdict alone."""
    if review.verdict.exit_code == CONFLICT:
        return "Conflict: who is best must be settled first"
    return f"{review.verdict.outcome.name}: the candidate {WORDS[review.verdict.outcome]}"


def headline(review: Review) -> str:
    """The verdict and the rules it comes from: at most 140 characters that print, as a commit status allows."""
    said, outcome = sentence(review), review.verdict.outcome
    if outcome is Outcome.PASSED or review.verdict.exit_code == CONFLICT:
        return said
    names = [visible(each.rule) for each in review.verdict.findings if each.outcome is outcome]
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept:,} more" if kept < len(names) else ""
        if len(line := f"{said} ({', '.join(names[:kept])}{more})") <= STATUS_LIMIT:
            return line
    return said
