"""A review as text for a terminal."""

from __future__ import annotations

import re

from gate import sources
from gate.report.headline import headline
from gate.review import Review

COMMAND = re.compile(r"##\[|^(\s*):(?=:)")  # a line of a log that GitHub's runner would obey


def text(review: Review) -> str:
    """The headline, then one line per finding."""
    lines = [headline(review), *([f"APPROVED {review.override.said}"] if review.override else []), ""]
    for finding in review.verdict.findings:
        lines.append(f"{finding.outcome.name:8}{finding.message}")
        if finding.effect is not None and finding.effect.needed:
            lines.append(f"{'':8}  {finding.effect.label}: {finding.effect.needed}")
    lines += [f"{'':8}{said}" for said in sources.sentences(review)]
    return "\n".join(plain(line) for line in [*lines, "", f"packet {review.packet_digest}"]) + "\n"


def plain(line: str) -> str:
    """Control characters could move a terminal's cursor or begin a line; what a runner obeys gets a space inside."""
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
    return COMMAND.sub(lambda match: "## [" if match[0] == "##[" else f"{match[1]}: ", shown)
