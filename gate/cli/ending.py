"""How a check ends for the workflow it runs in: its outputs, and which verdicts turn the step red."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gate.review import Review

PERSON = 6  # a person must review, and --fail-on is review


class FailOn(StrEnum):
    """The mildest verdict that turns the step red."""

    never = "never"
    failed = "failed"
    unknown = "unknown"
    review = "review"


RED: Mapping[str, tuple[FailOn, ...]] = {
    "failed": (FailOn.failed, FailOn.unknown, FailOn.review),
    "unknown": (FailOn.unknown, FailOn.review),
    "review": (FailOn.review,),
}
OF_VERDICTS = {0: "review", 1: "failed", 3: "unknown"}


@dataclass
class Ending:
    """Filled in while a check goes on; called with its exit code, it writes the outputs and answers the step's."""

    fail_on: FailOn = FailOn.unknown
    outputs: dict[str, str] = field(default_factory=dict)

    def judged(self, review: Review, report: Path | None) -> None:
        from gate.markdown import visible

        found = {
            "verdict": review.verdict.outcome.value,
            "candidate-task-id": review.candidate.id if review.candidate else "",
            "best-task-id": review.best.id if review.best else "",
            "packet-digest": review.packet_digest,
            "report-path": str(report or ""),
        }
        self.outputs |= {name: visible(value, 1_000) for name, value in found.items()}

    def __call__(self, code: int) -> int:
        self.outputs["exit-code"] = str(code)
        place = os.environ.get("GITHUB_OUTPUT")
        if place:
            with open(place, "a", encoding="utf-8") as file:
                file.writelines(f"{name}={value}\n" for name, value in self.outputs.items())
        return self.red(code)

    def red(self, code: int) -> int:
        """The step's exit code: 0 where ``fail_on`` lets the verdict pass. What is no verdict is always red."""
        verdict = self.outputs.get("verdict", "")
        if OF_VERDICTS.get(code) != verdict:
            return code
        if self.fail_on in RED[verdict]:
            return code or PERSON
        return 0
