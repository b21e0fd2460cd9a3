"""The reports of one check: all their forms in a folder, and what GitHub's runner is told of them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gate.cli.bounded import note
from gate.cli.output import write

if TYPE_CHECKING:
    from gate.report import Links
    from gate.review import Review

PEOPLE = "report.md"
FEWEST = 4_096  # bytes; in less room than this there is no summary worth reading


def write_all(review: Review, links: Links, folder: Path) -> Path:
    """report.md, report.html, report.json and junit.xml; the folder is made, and files there are replaced.

    Answers the one that people read.
    """
    for name, text in _forms(review, links).items():
        write(text, folder / name)
    return folder / PEOPLE


def _forms(review: Review, links: Links) -> Mapping[str, str]:
    from gate import report

    return {
        PEOPLE: report.markdown(review, links, report.SUMMARY),
        "report.html": report.html(review, links),
        "report.json": json_of(review),
        "junit.xml": report.junit(review),
    }


def json_of(review: Review) -> str:
    from gate import report

    return json.dumps(report.as_json(review), indent=2, ensure_ascii=False) + "\n"


def told_to_actions(review: Review, links: Links) -> None:
    """The step summary, and the worst findings as annotations; nothing outside of a workflow.

    Annotations go to standard error, which the runner reads as well: standard output holds the report.
    """
    from gate import report

    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        _append(review, links, Path(summary))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in report.notices(review):
            note(line)


def _append(review: Review, links: Links, summary: Path) -> None:
    """The file is the whole step's: a file that is too large is dropped as a whole, so what is there counts."""
    from gate import report

    used = summary.stat().st_size if summary.exists() else 0
    room = report.SUMMARY.less(used + 1)
    if room.limit < FEWEST:
        note(f"the step summary has no room left: {used:,} bytes are written already")
        return
    with summary.open("a", encoding="utf-8", newline="\n") as file:
        file.write(("\n" if used else "") + report.markdown(review, links, room))
