"""The work of `gate compare`: two runs of the tracker, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gate.cli.bounded import note
from gate.cli.output import write


class Format(StrEnum):
    text = "text"
    json = "json"


@dataclass(frozen=True)
class Wish:
    a: str
    b: str
    form: Format
    everything: bool
    output: Path | None


def compare(wish: Wish, timeout: float) -> int:
    from gate.compare import as_json, as_text
    from gate.connect import Budget, connect
    from gate.workflow.compare import compare

    found = compare(connect(timeout=Budget(timeout)), wish.a, wish.b, note)
    say = as_json if wish.form is Format.json else as_text
    write(say(found, wish.everything), wish.output)
    return 0
