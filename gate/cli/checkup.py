"""The work of `gate doctor` on the installation: a line for each thing that `gate check` depends on."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gate.cli.bounded import note
from gate.cli.doctor import Format
from gate.cli.hidden import hidden
from gate.cli.output import write
from gate.markdown import visible

if TYPE_CHECKING:
    from gate.checkup import Line, Patient

LONGEST = 600
MARKS = {"ok": "✓", "unsure": "?", "wrong": "✗", "unreachable": "✗", "not asked": "-"}
REQUEST, BEGIN = 0.1, 0.6  # shares of the time: of one request, of which there may be three, and for beginning checks


def checkup(form: Format, timeout: float) -> int:
    """Look at everything. Text appears line by line; JSON at the end, and what is being done before."""
    from gate.checkup import exit_code

    with tempfile.TemporaryDirectory(prefix="gate-doctor-") as fresh:  # a kept artifact would not show the file server
        lines = list(_told(_patient(Path(fresh), timeout), form))
    if form is Format.json:
        found = {"exit_code": exit_code(lines), "checks": [asdict(line) for line in lines]}
        write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    else:
        typer.echo(_summary(lines))
    return exit_code(lines)


def _patient(artifacts: Path, timeout: float) -> Patient:
    """No check begins in the last part of the time, so that the one before can end in it."""
    from gate.checkup import Patient
    from gate.connect import Budget, forge, tracker
    from gate.ports import Passing

    environment, left, seconds = dict(os.environ), Budget(timeout * BEGIN, Passing), max(1, int(timeout * REQUEST))
    return Patient(
        environment,
        Path.cwd(),
        lambda: forge(environment, rate_wait=seconds, request_seconds=seconds),
        lambda: tracker(left, artifacts=artifacts),
        left,
    )


def _told(patient: Patient, form: Format) -> Iterator[Line]:
    from gate.checkup import examined

    doing = (lambda name: note(f"looking at {name}")) if form is Format.json else lambda _: None
    for line in examined(patient, doing):
        shown = replace(line, found=hidden(line.found, patient.environment))
        if form is Format.text:
            typer.echo(_text(shown))
            sys.stdout.flush()
        yield shown


def _text(line: Line) -> str:
    remedy = f" → {line.remedy}" if line.remedy else ""
    return visible(f"{MARKS[line.state]} {line.name + ':':18}{line.found}{remedy}", LONGEST)


def _summary(lines: Iterable[Line]) -> str:
    counts = Counter(line.state for line in lines)
    return ", ".join(f"{count} {state}" for state, count in counts.items())
