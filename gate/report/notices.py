"""The worst findings as workflow commands, which GitHub's runner shows beside the files of a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gate.markdown import visible
from gate.review import Review
from gate.verdict import Outcome

MOST = 5  # of ten that a step may have
LONGEST = 1_000
LEVELS: Mapping[Outcome, str] = {Outcome.FAILED: "error", Outcome.UNKNOWN: "error", Outcome.REVIEW: "warning"}
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}


def notices(review: Review) -> Iterator[str]:
    """A line each, worst first; none of what passed."""
    found = [finding for finding in review.verdict.findings if finding.outcome in LEVELS]
    for finding in sorted(found, key=lambda each: (not each.conflict, -each.outcome.severity))[:MOST]:
        title = _escaped(visible(f"{finding.outcome.name}: {finding.rule}"), PROPERTY)
        yield f"::{LEVELS[finding.outcome]} title={title}::{_escaped(visible(finding.message, LONGEST), DATA)}"


def _escaped(text: str, codes: Mapping[str, str]) -> str:
    return "".join(codes.get(character, character) for character in text)
